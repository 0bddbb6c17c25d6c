"""What a class was asked: one lesson file for all, or a folder with a manifest and an exercise for each variant.

A folder has a `manifest.json`:

    {
      "stepwise": 1,
      "lesson": "lesson.yaml",
      "variants": [
        {"id": "v01", "seed": 7, "input": [[4, 3], [2, 1]], "weights": null},
        {"id": "v02", "seed": 8, "lesson": "v02.yaml", "files": {"v02.yaml": "9f86d081…", "v02.pdf": "60303ae2…"}}
      ]
    }

Each variant is the lesson with its own `input` (and `weights`), as numbers, so that a key does not depend on how they
were once drawn; or it names a lesson file of its own. Files lie in the folder. Where `files` gives the lesson's
SHA-256, the lesson must still be that one, for it is what was handed out. Other files and keys (`seed`, …) are for
whoever wrote them and are left alone. A variant's `id` has letters, digits, `-`, `_` and `.`, so that it can stand in
the name of a file. Nothing but `load_assignment` reads a manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import __version__
from ..dataclass import dataclass
from ..errors import FileError, StepwiseError, as_yaml, one_line
from ..exports import export_for
from ..io.files import PathLike, read_bytes, read_text
from ..io.inputs import as_array
from ..lesson_files.lesson_file import LessonFile
from ..lesson_files.reading import load_lesson_file, read_lesson
from ..traces.trace import chain
from .exercise import Exercise, exercise_of

MANIFEST = "manifest.json"
MOST_VARIANTS = 100_000
_LAYER = re.compile(r"[0-9]{1,9}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, eq=False)
class Assignment:
    """The exercises of a class, by the id of the variant."""

    exercises: Mapping[str, Exercise]
    roster: Mapping[str, str] = field(default_factory=dict)  # of each student, the sheet that is theirs

    @property
    def variants(self) -> tuple[str, ...]:
        """The ids, empty where there is one exercise for all."""
        return tuple(id for id in self.exercises if id)

    @property
    def has_several(self) -> bool:
        """Whether a sheet has several exercises, which are marked under `v01.1`, `v01.2`, …"""
        sheets = [id.rpartition(".")[0] for id in self.variants if id.rpartition(".")[2].isdecimal()]
        return any(sheets) and len(set(sheets)) < len(sheets)

    @property
    def title(self) -> str:
        """What it is called."""
        return next(iter(self.exercises.values())).title

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same exercises marked in the same way by the same version."""
        digest = hashlib.blake2b(__version__.encode(), digest_size=16)
        for exercise in self.exercises.values():
            marking = vars(exercise.marking) | {"weights": str(exercise.marking.weights)}
            contents = [exercise.id, exercise.trace.layer.call, repr(sorted(marking.items()))]
            contents += [
                repr((len(chain(p.trace)), p.points, p.penalty, p.title, p.ask, p.cell)) for p in exercise.parts
            ]
            for name, array in exercise.arrays():
                contents += [name, str(array.dtype), str(array.shape)]
                digest.update(repr(array.tolist()).encode() if array.dtype == object else array.tobytes())
            digest.update(json.dumps(contents).encode())
        return digest.hexdigest()


def load_assignment(path: PathLike) -> Assignment:
    """A lesson file, or a folder with a manifest. Raises `FileError` or `StepwiseError`, with the place."""
    place = Path(path)
    if not os.path.isdir(place):
        return Assignment({"": exercise_of(read_lesson(read_text(place), str(place), place.parent), place.stem)})
    return _from_manifest(place)


def files_of(path: PathLike) -> dict[str, bytes]:
    """Everything that an assignment reads, by name: the lesson file or the manifest first.

    Raises what `load_assignment` raises, and `FileError` for lessons whose files lie below their folder.
    """
    place = Path(path)
    folder, found = (place, {}) if os.path.isdir(place) else (place.parent, {place.name: read_bytes(place)})
    if os.path.isdir(place):
        found[MANIFEST] = read_bytes(folder / MANIFEST)
        manifest = _manifest(folder)
        named = [_named(variant, manifest, str(place)) for variant in manifest["variants"]]
        found |= {name: read_bytes(folder / name) for name in dict.fromkeys(named)}
    for name in [name for name in found if name != MANIFEST]:
        for beside in load_lesson_file(folder / name).files:
            if beside.parent != folder:
                raise FileError(f"{path}: file: {beside.name!r} must lie beside the lesson to go with it")
            found[beside.name] = read_bytes(beside)
    return found


def _manifest(folder: Path) -> dict[str, Any]:
    """What the manifest says: a list of variants among it. Raises `FileError`."""
    place = folder / MANIFEST
    if refusal := export_for(folder):
        raise FileError(refusal)
    if not os.path.exists(place):
        raise FileError(f"{folder} has no {MANIFEST}; give a lesson file, or a folder that holds one with variants:")
    try:
        data = json.loads(read_text(place))
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deep or a number too long"
        raise FileError(f"{place} is not JSON: {one_line(reason)[:200]}") from None
    variants = data.get("variants") if isinstance(data, dict) else None
    if not isinstance(variants, list) or not variants or not all(isinstance(one, dict) for one in variants):
        raise FileError(f'{place} has no list of variants, such as "variants": [{{"id": "v01", "input": "4 3; 2 1"}}]')
    if data.get("stepwise", 1) != 1:
        raise FileError(f"{place}: found stepwise: {one_line(repr(data['stepwise']))[:40]}, expected 1")
    if len(variants) > MOST_VARIANTS:
        raise FileError(f"{place} has {len(variants):,} variants; at most {MOST_VARIANTS:,} are read")
    return dict(data)


def _from_manifest(folder: Path) -> Assignment:
    place, data = folder / MANIFEST, _manifest(folder)
    variants = data["variants"]
    texts: dict[str, str] = {}
    exercises: dict[str, Exercise] = {}
    for number, variant in enumerate(variants, 1):
        exercise = _variant(variant, data, folder, f"{place}, variant {number}", texts)
        if exercise.id in exercises:
            raise FileError(f"{place}, variant {number}: the id {exercise.id!r} is taken by one before it")
        exercises[exercise.id] = exercise
    return Assignment(exercises, _roster(data.get("roster", {}), place))


def _roster(data: Any, place: Path) -> dict[str, str]:
    if not isinstance(data, dict) or not all(isinstance(word, str) for pair in data.items() for word in pair):
        raise FileError(f'{place}: found a roster that is none, expected one such as {{"ana": "v01", "ben": "v02"}}')
    return data


def _variant(
    variant: Mapping[str, Any], manifest: Mapping[str, Any], folder: Path, place: str, texts: dict[str, str]
) -> Exercise:
    id = variant.get("id")
    if id is None:
        raise FileError(f"{place}: found no id, expected one of letters, digits, -, _ and ., such as v01")
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise FileError(f"{place}: found the id {as_yaml(id)}, expected letters, digits, -, _ and ., such as v01")
    named = _named(variant, manifest, place)
    if named not in texts:
        texts[named] = read_text(folder / named)
    if "lesson" not in variant and variant.get("input") is None:
        raise FileError(f"{place}: found neither its own input nor a lesson file of its own")
    _check_unchanged(variant.get("files"), folder / named, place)
    lesson = read_lesson(texts[named], str(folder / named), folder)
    return exercise_of(with_own_numbers(lesson, variant, place), Path(named).stem, id)


def _named(variant: Mapping[str, Any], manifest: Mapping[str, Any], place: str) -> str:
    """The lesson file of a variant. Raises `FileError` for one that cannot lie in the folder."""
    named = variant.get("lesson", manifest.get("lesson"))
    if named is None:
        raise FileError(f"{place}: found no lesson, expected the name of a lesson file in the same folder")
    if not isinstance(named, str) or Path(named).name != named or named in (".", ".."):
        raise FileError(
            f"{place}: found lesson: {as_yaml(named)}, expected the name of a lesson file in the same folder"
        )
    return named


def _check_unchanged(files: Any, lesson: Path, place: str) -> None:
    due = files.get(lesson.name) if isinstance(files, dict) else None
    if due is not None and due != hashlib.sha256(read_bytes(lesson)).hexdigest():
        raise FileError(
            f"{place}: {lesson.name} is not the file that was handed out (files: gives another SHA-256); bring it "
            "back, or take it out of files: to mark by what it says now"
        )


def with_own_numbers(lesson: LessonFile, variant: Mapping[str, Any], place: str) -> LessonFile:
    """The lesson with a variant's `input`, `weights` and `grad`, the upstream gradient."""
    own: dict[str, Any] = {}
    try:
        if variant.get("input") is not None:
            own["input"] = as_array(variant["input"], "input", lesson.arithmetic, lesson.assume)
        if variant.get("grad") is not None and lesson.way_back is not None:
            upstream = as_array(variant["grad"], "gradient", lesson.arithmetic, lesson.assume)
            own["way_back"] = replace(lesson.way_back, grad=upstream)
    except StepwiseError as error:
        raise FileError(f"{place}: {error}") from None
    if variant.get("weights") is not None:
        if not isinstance(variant["weights"], list | dict):
            raise FileError(f"{place}: found weights: {str(variant['weights'])[:40]!r}, expected a list by layer")
        own["weights"] = variant["weights"]
        if isinstance(variant["weights"], dict):  # JSON has words for keys, layers have numbers
            own["weights"] = {int(k) if _LAYER.fullmatch(k) else k: w for k, w in variant["weights"].items()}
    return replace(lesson, **own)
