"""A folder of worksheets: a page and a key for each variant, and the manifest that `stepwise grade` marks by.

All variants are found, verified and marked before a page is written. Pages are gathered in a hidden folder (see
`unfinished`), and moved to their place when the last is done: a run that is stopped goes on from what lies in it.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from .. import __version__
from ..advice import way
from ..document.blocks import Block
from ..document.lesson import Lesson
from ..errors import FileError, StepwiseError
from ..exercises.assignment import MANIFEST
from ..exercises.exercise import Exercise, exercise_of
from ..exercises.instructions import instructions
from ..graders.moodle import left_out, question_bank
from ..grading.pool import Pool
from ..io.files import PathLike, read_text
from ..io.whole import write_whole
from ..render import encode
from .long import refuse_long
from .proof import Proof
from .sheet import Asked, load_sheet
from .unfinished import move, opened, place_of, sha256
from .variants import Found
from .workshop import Order, Workshop, assigned

BANK = "questions.xml"
ROSTER = "roster.csv"
Progress = Callable[[int, int], None]


def make(
    paths: Sequence[PathLike],
    folder: PathLike,
    order: Order,
    *,
    workers: int = 1,
    replace: bool = False,
    progress: Progress | None = None,
) -> Proof:
    """Write a sheet's variants into a folder, all of them or none. Raises `StepwiseError` before a page is written."""
    asked = load_sheet(paths)
    if not 1 <= workers <= 256:
        raise StepwiseError(f"{way('workers')} {workers} must be 1 to 256")
    _check_extras(order)
    refuse_long(asked, order)
    place = place_of(folder)
    with opened(place, folder, fingerprint(asked, order), replace) as unfinished, _pool(asked, order, workers) as pool:
        numbers = range(1, order.variants + 1)
        shop = Workshop(asked, order)
        found = _found(shop, pool, unfinished, numbers, progress)
        done = [n for n in numbers if _finished(unfinished, order, n)]
        _written(pool, unfinished, found, [n for n in numbers if n not in set(done)], progress, order.variants)
        files = _others(shop, found)
        for name, content in files.items():
            write_whole(unfinished / name, content)
        manifest = _manifest(shop, found, unfinished, sorted(files))
        write_whole(unfinished / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        move(unfinished, place, replace)
    return Proof(Path(folder), tuple(map(order.id, numbers)), tuple(found), len(done))


def _check_extras(order: Order) -> None:
    """What is lacking is said before anything is searched for."""
    probe = Lesson("–", "", ("–",), (), "en")
    if "pdf" in order.formats:
        encode(probe, "pdf")
    if "xlsx" in order.formats:
        try:
            import xlsxwriter  # noqa: F401
        except ImportError:
            from ..errors import MissingExtra

            raise MissingExtra(
                "a spreadsheet needs XlsxWriter, which is not installed: pip install 'stepwise-cnn[xlsx]'"
            ) from None


def fingerprint(asked: Sequence[Asked], order: Order) -> str:
    contents = [__version__, [(one.file, one.text) for one in asked], asdict(order)]
    beside = [hashlib.sha256(data).hexdigest() for one in asked for data in one.beside.values()]
    return hashlib.sha256(json.dumps([contents, beside]).encode()).hexdigest()


_WORKSHOP: list[Workshop] = []  # in a worker process: the one it works in


def _enter(asked: Sequence[Asked], order: Order) -> None:
    _WORKSHOP[:] = [Workshop(asked, order)]


def _find(number: int) -> tuple[Found, ...]:
    return _WORKSHOP[0].find(number)


def _write(folder: str, number: int, found: Sequence[Found]) -> None:
    for name, content in sorted(_WORKSHOP[0].pages(number, found).items(), key=lambda item: len(item[0]), reverse=True):
        write_whole(Path(folder) / name, content)


class _Here:
    """Does in this process what a pool does in others."""

    def map(self, work: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
        return map(work, *arguments)


@contextmanager
def _pool(asked: Sequence[Asked], order: Order, workers: int) -> Iterator[Any]:
    _enter(asked, order)
    if workers == 1:
        yield _Here()
        return
    pool = Pool(workers, _enter, (asked, order))
    try:
        yield pool
    except BrokenProcessPool:
        raise StepwiseError(
            "a worker process was ended from outside, perhaps for want of memory; give the same command again, "
            f"with fewer {way('workers')}, to go on"
        ) from None
    except BaseException:  # stopped: nobody waits for what is still being made
        pool.kill()
        raise
    finally:
        pool.close()


def _found(
    shop: Workshop, pool: Any, unfinished: Path, numbers: range, progress: Progress | None
) -> list[tuple[Found, ...]]:
    """Every variant, none of them twice; those of a run before are not looked for again."""
    journal = unfinished / ".found"
    kept = _kept(journal)
    if kept is not None:
        return kept
    found: list[tuple[Found, ...]] = []
    for number, entry in enumerate(pool.map(_find, numbers), 1):
        found.append(entry)
        if progress:
            progress(number, 2 * len(numbers))
    for place, search in enumerate(shop.searches):
        if not search.drawn:
            continue
        seen: set[str] = set()
        for number, entry in enumerate(found, 1):
            if entry[place].key in seen:
                again = search.find(number, entry[place].attempt + 1, seen.__contains__)
                found[number - 1] = (*entry[:place], again, *entry[place + 1 :])
            seen.add(found[number - 1][place].key)
    line = json.dumps([[asdict(one) for one in entry] for entry in found])
    write_whole(journal, f"{_check(line)}\n{line}")
    return found


def _check(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _kept(journal: Path) -> list[tuple[Found, ...]] | None:
    """What a run before found; None where there was none, or what it wrote is not whole any more."""
    try:
        check, _line, line = read_text(journal).partition("\n")
    except FileError:
        return None
    if check != _check(line):
        return None
    return [tuple(Found(**_tupled(one)) for one in entry) for entry in json.loads(line)]


def _tupled(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"told": tuple(one["told"]), "same": tuple(map(tuple, one["same"]))}


def _finished(unfinished: Path, order: Order, number: int) -> bool:
    """Whether a variant's files are all there. Some may have gone to their place when the run before was stopped."""
    return bool(due := order.pages(number)) and all((unfinished / name).exists() for name in due)


def _written(
    pool: Any,
    unfinished: Path,
    found: Sequence[tuple[Found, ...]],
    numbers: Sequence[int],
    progress: Progress | None,
    total: int,
) -> None:
    done = total - len(numbers)
    for _nothing in pool.map(partial(_write, str(unfinished)), numbers, [found[n - 1] for n in numbers]):
        done += 1
        if progress:
            progress(total + done, 2 * total)


def _others(shop: Workshop, found: Sequence[tuple[Found, ...]]) -> dict[str, bytes]:
    """What is there once: the lesson files with all they read, and the question bank."""
    files: dict[str, bytes] = {}
    for one in shop.asked:
        files |= {one.file: one.text.encode(), **one.beside}
    if "moodle" in shop.order.formats:
        exercises: list[tuple[str, Exercise]] = []
        blocks: dict[str, list[Block]] = {}
        for number, entry in enumerate(found, 1):
            for id, (one, exercise) in zip(_ids(shop, number), shop.posed(entry)):
                exercises.append((id, exercise))
                blocks[id] = instructions(one.instructions)
        files[BANK] = question_bank(exercises, blocks).encode()
    if any(one.roster for one in shop.asked):
        table = StringIO()
        csv.writer(table, lineterminator="\n").writerows([("student", "variant"), *_assigned(shop).items()])
        files[ROSTER] = table.getvalue().encode()
    return files


def left_out_of_moodle(paths: Sequence[PathLike]) -> list[str]:
    """What a question bank of these lesson files does not say, a sentence each."""
    return left_out([exercise_of(one.lesson, one.file) for one in load_sheet(paths)])


def _ids(shop: Workshop, number: int) -> list[str]:
    """The ids that answers are marked under: the variant's, or one for each of its exercises."""
    id = shop.order.id(number)
    return [id] if len(shop.asked) == 1 else [f"{id}.{place}" for place in range(1, len(shop.asked) + 1)]


def _manifest(
    shop: Workshop, found: Sequence[tuple[Found, ...]], folder: Path, others: Sequence[str]
) -> dict[str, Any]:
    order = shop.order
    variants = []
    for number, entry in enumerate(found, 1):
        names = sorted(
            path.name for path in folder.glob(f"{order.id(number)}*") if _belongs(path.name, order.id(number))
        )
        files = {name: sha256(folder / name) for name in names}
        for id, asked, one in zip(_ids(shop, number), shop.asked, entry):
            own = {asked.file: hashlib.sha256(asked.text.encode()).hexdigest()}
            variants.append(
                {
                    "id": id,
                    "seed": order.seed,
                    "number": number,
                    "lesson": asked.file,
                    **one.numbers,
                    "files": {**own, **files},
                }
                | {"attempt": one.attempt, "told_apart": list(one.told), "difficulty": dict(one.difficulty)}
            )
    return {
        "stepwise": 1,
        "version": __version__,
        "lesson": shop.asked[0].file,
        "seed": order.seed,
        "files": {name: sha256(folder / name) for name in others},
        "variants": variants,
    } | ({"roster": _assigned(shop)} if any(one.roster for one in shop.asked) else {})


def _assigned(shop: Workshop) -> dict[str, str]:
    """Which student has which variant."""
    students = next(one.roster for one in shop.asked if one.roster)
    ids = [shop.order.id(number) for number in range(1, shop.order.variants + 1)]
    return assigned(students, ids, shop.order.seed)


def _belongs(name: str, id: str) -> bool:
    return name.startswith((f"{id}.", f"{id}-key."))
