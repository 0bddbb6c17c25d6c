"""A folder of worksheets: a page and a key for each variant, and the manifest that `stepwise grade` marks by.

All variants are found, verified and marked before a page is written. Pages are gathered in a folder beside the place,
`.NAME.unfinished`, and moved there when the last is done: a run that is stopped goes on from what lies in it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import FileError, LimitError, StepwiseError, did_you_mean, listing
from ..files import PathLike, write_whole
from ..lessons.blocks import Block, Lesson
from ..render import Options, encode
from .assignment import MANIFEST, Exercise
from .instructions import instructions
from .moodle import question_bank
from .pages import Posed, key_page, student_page
from .sheet import Asked, load_sheet
from .variants import LARGEST_SEED, Found, Search

PAGES = ("html", "md", "typ", "tex", "pdf", "xlsx")
FORMATS = (*PAGES, "moodle")
BANK = "questions.xml"
MOST_VARIANTS = 10_000
WRAPS = ("", "sphinx-exercise")
_PAGE = re.compile(rf"v\d+(-key)?\.({'|'.join(PAGES)})")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Order:
    """What is to be made of a sheet."""

    variants: int = 1
    seed: int = 0
    formats: tuple[str, ...] = ("html",)
    wrap: str = ""
    options: Options = field(default_factory=Options)
    templates: str | None = None

    def __post_init__(self) -> None:
        if type(self.variants) is not int or not 1 <= self.variants <= MOST_VARIANTS:
            raise LimitError(f"{self.variants:,} variants cannot be made; it is 1 to {MOST_VARIANTS:,}")
        if type(self.seed) is not int or not 0 <= self.seed < LARGEST_SEED:
            raise StepwiseError(f"the seed {self.seed} must be a whole number from 0 to {LARGEST_SEED - 1}")
        for format in self.formats:
            if format not in FORMATS:
                hint = did_you_mean(format, FORMATS)
                raise StepwiseError(f"worksheets are written as {listing(FORMATS)}, not as {format!r}.{hint}")
        if self.wrap not in WRAPS:
            raise StepwiseError(f"there is no wrap {self.wrap!r}; it is {WRAPS[1]}")
        if self.wrap and "md" not in self.formats:
            raise StepwiseError(f"{self.wrap} goes with Markdown; add --to md")

    def id(self, number: int) -> str:
        """What a variant is called."""
        return f"v{number:0{max(2, len(str(self.variants)))}}"


@dataclass(frozen=True)
class Proof:
    """What is known of the variants that were made."""

    folder: Path
    ids: tuple[str, ...]
    found: tuple[tuple[Found, ...], ...]  # for each variant, its exercises
    reused: int = 0  # variants that a run before had finished


class Workshop:
    """Makes variants of one sheet: what every worker process holds."""

    def __init__(self, asked: Sequence[Asked], order: Order) -> None:
        self.asked = tuple(asked)
        self.order = order
        drawn = order.variants > 1
        self.searches = [Search(one, place, order.seed, drawn or one.written) for place, one in enumerate(self.asked)]

    def find(self, number: int) -> tuple[Found, ...]:
        """A variant's exercises."""
        return tuple(search.find(number) for search in self.searches)

    def posed(self, found: Sequence[Found]) -> list[Posed]:
        """The exercises of a variant."""
        return [(one, search.exercise(mine.numbers)) for one, search, mine in zip(self.asked, self.searches, found)]

    def pages(self, number: int, found: Sequence[Found]) -> dict[str, bytes]:
        """The files of a variant by name."""
        id, posed = self.order.id(number), self.posed(found)
        page, key = student_page(posed, id), key_page(posed, id)
        made: dict[str, bytes] = {}
        for format in self.order.formats:
            if format == "md" and self.order.wrap:
                made[f"{id}.md"] = wrapped(self._encoded(page, "md"), self._encoded(key, "md"), id)
            elif format in PAGES:
                made[f"{id}.{format}"] = self._encoded(page, format)
                made[f"{id}-key.{format}"] = self._encoded(key, format)
        return made

    def _encoded(self, lesson: Lesson, format: str) -> bytes:
        order = self.order
        options = order.options if format in ("pdf", "typ", "tex") else Options()
        if format != "tex" and options.fragment:
            options = Options(paper=options.paper)
        page = lesson if format == "xlsx" or not lesson.unanswered else _bare(lesson)
        return encode(page, format, None if format == "xlsx" else order.templates, options)


def _bare(lesson: Lesson) -> Lesson:
    """A page to be handed out carries nothing that could be asked for its answers."""
    return dataclasses.replace(lesson, traces=())


def wrapped(page: bytes, key: bytes, id: str) -> bytes:
    """A page and its key as sphinx-exercise has them, in MyST: headings, which a directive cannot hold, are strong.

    The title, which is the directive's, holds no backtick: the fence would not be one.
    """

    def body(text: str) -> str:
        lines, fenced = [], False
        for line in text.split("\n")[1:]:  # the title is the directive's
            fenced ^= line.startswith("```")
            lines.append(line if fenced else re.sub(r"^#+ (.*)$", r"**\1**", line))
        return "\n".join(lines).strip()

    title = page.decode().partition("\n")[0].removeprefix("# ").replace("\\`", "'")
    ticks = "`" * 5
    label = f"stepwise-{id}"
    return (
        f"{ticks}{{exercise}} {title}\n:label: {label}\n\n{body(page.decode())}\n{ticks}\n\n"
        f"{ticks}{{solution}} {label}\n:class: dropdown\n\n{body(key.decode())}\n{ticks}\n"
    ).encode()


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
        raise StepwiseError(f"--workers {workers} must be 1 to 256")
    _check_extras(order)
    place = Path(folder)
    _check_place(place, replace)
    unfinished = place.parent / f".{place.name}.unfinished"
    numbers = range(1, order.variants + 1)
    with _opened(unfinished, _fingerprint(asked, order)), _pool(asked, order, workers) as pool:
        shop = Workshop(asked, order)
        found = _found(shop, pool, unfinished, numbers, progress)
        done = [n for n in numbers if _finished(unfinished, order, n)]
        _written(pool, unfinished, found, [n for n in numbers if n not in set(done)], progress, order.variants)
        files = _others(shop, found)
        for name, content in files.items():
            write_whole(unfinished / name, content)
        manifest = _manifest(shop, found, unfinished, sorted(files))
        write_whole(unfinished / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    _move(unfinished, place, replace)
    return Proof(place, tuple(map(order.id, numbers)), tuple(found), len(done))


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


def _check_place(place: Path, replace: bool) -> None:
    if place.exists() and not place.is_dir():
        raise FileError(f"-o {place} is a file; name a folder for the worksheets")
    if (place / MANIFEST).exists() and not replace:
        raise FileError(f"{place} holds worksheets already; add --force to replace them, or name another folder")
    if place.name in ("", ".."):
        raise FileError(f"-o {place} has no name of its own; name a folder for the worksheets")


def _fingerprint(asked: Sequence[Asked], order: Order) -> str:
    told = [__version__, [(one.file, one.text) for one in asked], asdict(order)]
    beside = [hashlib.sha256(data).hexdigest() for one in asked for data in one.beside.values()]
    return hashlib.sha256(json.dumps([told, beside]).encode()).hexdigest()


@contextmanager
def _opened(unfinished: Path, fingerprint: str) -> Iterator[None]:
    """The folder of what is not finished, empty unless it is of the very same request."""
    mark = unfinished / ".of"
    try:
        if unfinished.exists() and (not mark.exists() or mark.read_text() != fingerprint):
            shutil.rmtree(unfinished)
        fresh = not unfinished.exists()
        unfinished.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot write into {str(unfinished.parent)!r}: {error.strerror or error}") from None
    try:
        write_whole(mark, fingerprint)
        yield
    except StepwiseError:
        if fresh or not any(unfinished.glob("v*")):  # nothing was finished: nothing is left behind
            shutil.rmtree(unfinished, ignore_errors=True)
        raise


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
    pool = ProcessPoolExecutor(workers, initializer=_enter, initargs=(asked, order))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _found(
    shop: Workshop, pool: Any, unfinished: Path, numbers: range, progress: Progress | None
) -> list[tuple[Found, ...]]:
    """Every variant, none of them twice; those of a run before are not looked for again."""
    journal = unfinished / ".found"
    if journal.exists():
        try:
            kept = [tuple(Found(**one) for one in entry) for entry in json.loads(journal.read_text())]
            return [tuple(_tupled(one) for one in entry) for entry in kept]
        except (OSError, ValueError, TypeError):
            journal.unlink()  # damaged: they are found again, the same ones
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
    write_whole(journal, json.dumps([[asdict(one) for one in entry] for entry in found]))
    return found


def _tupled(one: Found) -> Found:
    return Found(one.numbers, one.attempt, tuple(one.told), one.difficulty, tuple(map(tuple, one.same)))


def _finished(unfinished: Path, order: Order, number: int) -> bool:
    """Whether a variant's files are all there: the shortest name is written last."""
    id = order.id(number)
    due = [f"{id}.{format}" for format in order.formats if format in PAGES]
    return bool(due) and all((unfinished / name).exists() for name in due)


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
        told: dict[str, list[Block]] = {}
        for number, entry in enumerate(found, 1):
            for id, (one, exercise) in zip(_ids(shop, number), shop.posed(entry)):
                exercises.append((id, exercise))
                told[id] = instructions(one.instructions)
        files[BANK] = question_bank(exercises, told).encode()
    return files


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
        files = {name: _sha256(folder / name) for name in names}
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
        "files": {name: _sha256(folder / name) for name in others},
        "variants": variants,
    }


def _belongs(name: str, id: str) -> bool:
    return name.startswith((f"{id}.", f"{id}-key."))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _move(unfinished: Path, place: Path, replace: bool) -> None:
    """All files to their place, the manifest last, so that a folder with a manifest is whole."""
    names = sorted(path.name for path in unfinished.iterdir() if not path.name.startswith("."))
    names.remove(MANIFEST)
    try:
        if not place.exists():
            for hidden in unfinished.glob(".*"):
                hidden.unlink()
            os.replace(unfinished, place)
            return
        if not replace:
            for name in (*names, MANIFEST):
                if os.path.lexists(place / name):
                    raise FileError(f"{place / name} exists already; add --force to replace it, or name another folder")
        else:
            outdated = [page for page in _pages_of(place) if page.name not in names]
            (place / MANIFEST).unlink(missing_ok=True)
            for page in outdated:
                page.unlink()
        for name in (*names, MANIFEST):
            os.replace(unfinished / name, place / name)
        shutil.rmtree(unfinished)
    except OSError as error:
        if isinstance(error, StepwiseError):
            raise
        raise FileError(f"cannot write into {str(place)!r}: {error.strerror or error}") from None


def _pages_of(place: Path) -> Iterator[Path]:
    """Pages and keys as a run before left them: once its manifest is replaced, nobody could mark by them."""
    try:
        variants = json.loads((place / MANIFEST).read_text(encoding="utf-8"))["variants"]
        written = {name: due for one in variants for name, due in one["files"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return  # there was none, or somebody else's
    for name, due in written.items():
        page = place / name
        if _PAGE.fullmatch(name) and page.is_file() and _sha256(page) == due:
            yield page


def proof_table(proof: Proof, asked: Sequence[Asked]) -> list[tuple[str, ...]]:
    """What the variants are proven to be, a row each: what is told apart, in how many; how hard they are.

    Mistakes that always come to the same have one answer between them, and share a row.
    """
    rows: list[tuple[str, ...]] = []
    count = len(proof.found)
    for place, one in enumerate(asked):
        mine = [entry[place] for entry in proof.found]
        name = f"{one.file}: " if len(asked) > 1 else ""
        rows += [(f"{name}{told}", f"has an answer of its own in {n} of {count}") for told, n in _told(mine)]
        measures: Mapping[str, Any] = mine[0].difficulty
        for measure in measures:
            values = [found.difficulty[measure] for found in mine]
            if max(values):
                rows.append((f"{name}{measure}", f"{min(values)} to {max(values)}"))
    return rows


def _told(found: Sequence[Found]) -> list[tuple[str, int]]:
    """Each misconception, with those it cannot be told from, and in how many variants it is told from all others."""
    same = sorted({group for one in found for group in one.same})
    codes = {code for one in found for code in one.told}
    grouped = {code for group in same for code in group}
    names = {" = ".join(group): group for group in same if set(group) <= codes}
    names |= {code: (code,) for code in codes - {c for group in names.values() for c in group} | (codes - grouped)}
    return sorted((name, sum(set(group) <= set(one.told) for one in found)) for name, group in names.items())


__all__ = ["FORMATS", "Order", "Proof", "Workshop", "make", "proof_table"]
