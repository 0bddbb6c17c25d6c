"""The lesson file: a request written down in YAML, read as data and checked with one error at a time.

    stepwise: 1
    title: Max pooling by hand
    input: [[4, 3], [2, 1]]
    layers:
      - MaxPool2D(pool_size=2, strides=1, padding="same")

`compare:` in place of `layers:` sets two calls side by side. Every mistake names its line, what was found there and
what was expected. To add a key: a field of `LessonFile`, a line in `KEYS`, a reader below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from .arithmetic import Array
from .dialects import LayerObject
from .errors import FileError, StepwiseError, did_you_mean
from .files import PathLike, read_text
from .inputs import MOST_CELLS, as_array, from_file, sample_digit
from .lessons import DETAILS, Lesson, compare, tell
from .tracing import trace, understood

LONGEST = 2_000_000
KEYS = ("stepwise", "title", "language", "input", "layers", "compare", "weights", "show", "worksheet")
INPUT_KEYS = ("file", "mnist", "random", "divide")


class LessonFileError(FileError):
    """A lesson file that cannot be used: its name, the line, what is there and what was expected."""


@dataclass(frozen=True)
class LessonFile:
    """What a lesson file asks for."""

    layers: tuple[LayerObject, ...]
    compared: bool  # whether `layers` are two calls to set side by side, not a chain
    input: Array
    weights: Any = None
    title: str | None = None
    language: str = "en"
    steps: str = "auto"

    def lesson(self, detail: str | None = None) -> Lesson:
        """The lesson it asks for; `detail` comes before the file's own."""
        if self.compared:
            a, b = (trace(layer, self.input) for layer in self.layers)
            return compare(a, b, self.language, self.title)
        last = trace(list(self.layers), self.input, weights=self.weights)
        return tell(last, self.language, detail or self.steps, self.title)


def load_lesson_file(path: PathLike) -> LessonFile:
    """A lesson file read from disk. Raises `LessonFileError` or `FileError`."""
    return read_lesson(read_text(path), str(path), Path(path).parent)


def read_lesson(text: str, name: str = "the lesson", folder: Path | None = None) -> LessonFile:
    """A lesson file from its text; files it names are looked for in `folder`.

    >>> read_lesson("stepwise: 1\\ninput: 4 3; 2 1\\nlayers: [MaxPool2D(2)]").lesson().title
    'Max pooling: 2×2 window, stride 2, VALID padding'
    """
    return _Reader(name, folder or Path()).read(text)


class _Reader:
    """Reads one file, and knows its name and lines for messages."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder

    def read(self, text: str) -> LessonFile:
        data = self._parsed(text)
        for key in data:
            if key not in KEYS:
                hint = did_you_mean(str(key), KEYS) or f" The keys are {', '.join(KEYS)}."
                raise self._error(data, key, f"there is no key {key!r} in a lesson file.{hint}")
        if data.get("stepwise") != 1:
            raise self._error(data, "stepwise", f"found stepwise: {data.get('stepwise')!r}, expected stepwise: 1")
        if ("layers" in data) == ("compare" in data):
            raise self._error(data, "layers", "expected either layers: (a chain) or compare: (two calls)")
        if "input" not in data:
            raise self._error(data, "stepwise", "expected an input:, such as input: 4 3; 2 1")
        compared = "compare" in data
        return LessonFile(
            layers=self._layers(data, "compare" if compared else "layers"),
            compared=compared,
            input=self._at(data, "input", lambda: self._input(data["input"])),
            weights=_plain(data.get("weights")),
            title=self._text(data, "title", None),
            language=self._text(data, "language", "en") or "en",
            steps=self._steps(data),
        )

    def _parsed(self, text: str) -> CommentedMap:
        if len(text) > LONGEST:
            raise LessonFileError(f"{self.name} has {len(text):,} characters; at most {LONGEST:,} are read")
        if (
            "&" in text
            and "*" in text
            and any(line.lstrip(" -").partition(": ")[2].startswith("*") for line in text.split("\n"))
        ):
            raise LessonFileError(f"{self.name}: YAML aliases (*name) are not read; write the value out")
        try:
            data = YAML(typ="rt", pure=True).load(StringIO(text))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f", line {mark.line + 1}" if mark else ""
            raise LessonFileError(f"{self.name}{where}: this is not YAML: {error.problem}") from None
        except (YAMLError, RecursionError, ValueError) as error:
            raise LessonFileError(f"{self.name} is not YAML: {str(error).splitlines()[0]}") from None
        if data is None:
            raise LessonFileError(f"{self.name} is empty; a lesson file begins with stepwise: 1")
        if not isinstance(data, CommentedMap):
            raise LessonFileError(f"{self.name}: expected keys such as stepwise: 1, input: and layers:, found none")
        return data

    def _layers(self, data: CommentedMap, key: str) -> tuple[LayerObject, ...]:
        calls = data[key] if isinstance(data[key], CommentedSeq) else [data[key]]
        layers: list[LayerObject] = []
        for number, call in enumerate(calls):
            if not isinstance(call, str):
                raise self._error(data, key, f"found {call!r} in {key}, expected a call such as MaxPool2D(2)")
            line = data[key].lc.item(number)[0] if isinstance(data[key], CommentedSeq) else None
            layers += self._at(data, key, partial(understood, call), line)
        if key == "compare" and len(layers) != 2:
            raise self._error(data, key, f"found {len(layers)} calls in compare:, expected two")
        return tuple(layers)

    def _input(self, value: Any) -> Array:
        if not isinstance(value, CommentedMap):
            return as_array(_plain(value))
        for key in value:
            if key not in INPUT_KEYS:
                raise StepwiseError(
                    f"there is no input {key!r}; it is file:, mnist: or random:.{did_you_mean(str(key), INPUT_KEYS)}"
                )
        sources = [key for key in ("file", "mnist", "random") if key in value]
        if len(sources) != 1:
            raise StepwiseError("expected one of file:, mnist: and random:")
        read: dict[str, Callable[[Any], Array]] = {
            "file": self._file,
            "mnist": sample_digit,
            "random": _random,
        }
        array = read[sources[0]](value[sources[0]])
        divisor = value.get("divide", 1)
        if isinstance(divisor, bool) or not isinstance(divisor, int | float) or divisor == 0:
            raise StepwiseError(f"divide: {divisor!r} is not a number other than 0")
        return array if divisor == 1 else array / divisor

    def _file(self, name: Any) -> Array:
        # A lesson may come from a stranger: it may name files beside it, not anything this user can read.
        if not isinstance(name, str) or PurePath(name).is_absolute() or ".." in PurePath(name).parts:
            raise StepwiseError(f"file: {name!r} must name a file in the lesson's own folder")
        return from_file(self.folder / name)

    def _steps(self, data: CommentedMap) -> str:
        show = data.get("show", {})
        if not isinstance(show, Mapping):
            raise self._error(data, "show", f"found show: {show!r}, expected keys such as steps: auto")
        for key in show:
            if key not in ("steps", "practice"):
                raise self._error(data, "show", f"there is no show: {key!r}; it is steps: or practice:")
        steps = show.get("steps", "auto")
        if steps not in DETAILS:
            raise self._error(data, "show", f"found steps: {steps!r}, expected auto, all or none")
        return str(steps)

    def _text(self, data: CommentedMap, key: str, default: str | None) -> str | None:
        value = data.get(key, default)
        if value is not None and not isinstance(value, str):
            raise self._error(data, key, f"found {key}: {value!r}, expected words (put them in quotes)")
        return value

    def _at(self, data: CommentedMap, key: str, read: Callable[[], Any], line: int | None = None) -> Any:
        """What `read` gives; its mistakes are told with the line of the key."""
        try:
            return read()
        except LessonFileError:
            raise
        except StepwiseError as error:
            raise self._error(data, key, str(error), line) from None

    def _error(self, data: CommentedBase, key: Any, message: str, line: int | None = None) -> LessonFileError:
        if line is None:
            known = isinstance(data, CommentedMap) and key in data
            line = data.lc.key(key)[0] if known else data.lc.line
        return LessonFileError(f"{self.name}, line {line + 1}: {message}")


def _random(value: Any) -> Array:
    if not isinstance(value, Mapping) or not set(value) <= {"shape", "low", "high", "seed"}:
        raise StepwiseError("random: takes shape, low, high and seed, such as {shape: [4, 4], low: 0, high: 9}")
    shape, low, high, seed = (
        value.get("shape"),
        value.get("low", 0),
        value.get("high", 9),
        value.get("seed", 0),
    )
    if not isinstance(shape, list) or not shape or not all(type(n) is int and n > 0 for n in shape):
        raise StepwiseError(f"random: shape {shape!r} must be a list of whole numbers above 0")
    if (
        not all(type(n) is int for n in (low, high, seed))
        or low > high
        or seed < 0
        or max(abs(low), abs(high)) > 10**15
    ):
        raise StepwiseError(
            f"random: low {low!r}, high {high!r} and seed {seed!r} must be whole numbers, low at most high"
        )
    if len(shape) > 8 or np.prod(shape, dtype=object) > MOST_CELLS:
        raise StepwiseError(f"random: shape {list(shape)} has too many cells; at most {MOST_CELLS:,}")
    return np.random.default_rng(seed).integers(low, high, shape, endpoint=True)


def _plain(value: Any) -> Any:
    """YAML's containers as Python's own."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return str(value) if isinstance(value, str) else value
