"""Where worksheets are made: a hidden folder of their own, from which they go to their place when all are done.

It stands beside the place, `.NAME.unfinished`; or in it, where that is a folder already: it may be on a disk of its
own, and its owner may write nowhere else. At whatever moment a run is killed, the same command goes on from here.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..advice import way
from ..errors import FileError, StepwiseError
from ..exercises.assignment import MANIFEST
from ..io.files import PathLike, read_bytes, read_text
from ..io.locks import locked
from ..io.whole import write_whole
from .workshop import PAGES

WITHIN = ".worksheets.unfinished"
_OF = ".of"  # tells of which request it is; without it, nothing in the folder is of any use
_REPLACED = ".replaced"  # the manifest of the worksheets before, which tells whose pages are outdated
_OF_NONE = "0" * 64
_HIDDEN = re.compile(r"\.of|\.found|\.replaced|\.[0-9a-f]{16}\.unfinished.*")
_FINGERPRINT = re.compile(rb"[0-9a-f]{64}")
_PAGE = re.compile(rf"v\d+(-key)?\.({'|'.join(PAGES)})")


def place_of(folder: PathLike) -> Path:
    """The folder itself, where its name is a link's. Raises `FileError` where it can be none."""
    given = Path(folder)
    try:
        place = Path(os.path.realpath(given))
        if given.name in ("", "..") or not place.name:
            raise FileError(f"-o {given} has no name of its own; name a folder for the worksheets")
        if os.path.lexists(place) and not os.path.isdir(place):
            raise FileError(f"-o {given} is a file; name a folder for the worksheets")
    except ValueError as error:  # a null character
        raise FileError(f"cannot write {str(given)!r}: {error}") from None
    return place


def _unfinished(place: Path) -> Path:
    beside = place.parent / f".{place.name}.unfinished"
    return place / WITHIN if os.path.isdir(place) and not os.path.isdir(beside) else beside


@contextmanager
def opened(place: Path, given: PathLike, fingerprint: str, replace: bool) -> Iterator[Path]:
    """The folder of what is not finished, locked, and empty unless it is of the very same request.

    `given` is what the user calls the place. Raises `FileError` where it cannot be written, where another run is at
    it, or where it is taken and not to be replaced. Where the request fails, nothing is left of what it began.
    """
    folder = _unfinished(place)
    fresh = not os.path.exists(folder)
    taken = FileError(f"{given} holds worksheets already; {way('replace')} to replace them, or name another folder")
    try:
        if _is_taken(place, replace) and fresh:
            raise taken
        lock = _locked(folder, given)
        try:
            if not _is_of(folder, fingerprint):
                _check_ours(folder)
                _empty(folder)
            if _is_taken(place, replace):
                if {path.name for path in folder.iterdir()} <= {_OF}:  # nothing was made when its run was killed
                    shutil.rmtree(folder)
                raise taken
            write_whole(folder / _OF, fingerprint)
            yield folder
        except _InTheWayError:
            raise
        except StepwiseError as error:
            if fresh or not any(folder.glob("v*")):
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, FileError) and os.fspath(folder) in str(error):  # nobody has named the hidden folder
                raise FileError(str(error).replace(os.fspath(folder), os.fspath(given))) from None
            raise
        finally:
            if lock is not None:
                os.close(lock)
    except OSError as error:
        if isinstance(error, StepwiseError):
            raise
        raise FileError(f"cannot write into {os.fspath(given)!r}: {error.strerror or error}") from None


def _is_taken(place: Path, replace: bool) -> bool:
    return not replace and os.path.exists(place / MANIFEST)


def _is_of(folder: Path, fingerprint: str) -> bool:
    try:
        return read_bytes(folder / _OF) == fingerprint.encode()
    except FileError:
        return False


def _locked(folder: Path, given: PathLike) -> int | None:
    """The folder held open, so that no other run makes anything in it; None where folders cannot be locked."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        if not hasattr(os, "O_DIRECTORY"):
            return None
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:  # another run has just finished
            continue
        if not locked(handle):
            os.close(handle)
            raise FileError(f"{given} is being written by another run; wait for it, or name another folder")
        try:
            if os.path.samestat(os.fstat(handle), os.stat(folder)):
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)


def _check_ours(folder: Path) -> None:
    """Raises `_InTheWayError` for a folder that no run has made: it is known by its contents, not by its name."""
    with suppress(FileError):
        if _FINGERPRINT.fullmatch(read_bytes(folder / _OF)):  # of another request
            return
    if _variants_of(folder / MANIFEST):  # it was just being moved to its place
        return
    for path in folder.iterdir():
        if not _HIDDEN.fullmatch(path.name):
            raise _InTheWayError(
                f"{os.fspath(folder)!r} is in the way: worksheets are made in a folder of this name until all are "
                f"done, and this one holds {path.name!r}, which no run has made; rename it, or name another folder"
            )


class _InTheWayError(FileError):
    """A folder that is somebody else's, which stays as it is."""


def _empty(folder: Path) -> None:
    write_whole(folder / _OF, _OF_NONE)  # stays until the last: what is half emptied is of no request, and still ours
    for path in folder.iterdir():
        if path.name != _OF:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def move(folder: Path, place: Path, replace: bool) -> None:
    """All files to their place, the manifest last, so that a folder with a manifest is whole."""
    if not place.exists():
        (folder / _OF).unlink()
        for hidden in folder.glob(".*"):
            hidden.unlink()
        os.replace(folder, place)
        return
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    names.remove(MANIFEST)
    if not replace:
        for name in names:
            if os.path.lexists(place / name) and not _same(folder / name, place / name):
                raise FileError(
                    f"{place / name} exists already; {way('replace')} to replace it, or name another folder"
                )
    else:
        if (place / MANIFEST).exists():  # kept until its pages are gone: a run may be killed between
            os.replace(place / MANIFEST, folder / _REPLACED)
        for page in [page for page in _pages_of(place, folder / _REPLACED) if page.name not in names]:
            page.unlink()
    for name in names:
        os.replace(folder / name, place / name)
    (folder / _OF).unlink()
    for hidden in folder.glob(".*"):
        hidden.unlink()
    os.replace(folder / MANIFEST, place / MANIFEST)
    folder.rmdir()


def _same(made: Path, there: Path) -> bool:
    """Whether a file is there already as it was made: by a run that was killed while it moved them."""
    return there.is_file() and not there.is_symlink() and sha256(made) == sha256(there)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def _variants_of(manifest: Path) -> dict[str, str]:
    """The pages and keys that a manifest of worksheets names, with their SHA-256; none where it is another's."""
    try:
        variants = json.loads(read_text(manifest))["variants"]
        return {name: due for one in variants for name, due in one["files"].items()}
    except (FileError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _pages_of(place: Path, manifest: Path) -> Iterator[Path]:
    """Pages and keys as a run before left them: once its manifest is replaced, nobody could mark by them."""
    for name, due in _variants_of(manifest).items():
        page = place / name
        if _PAGE.fullmatch(name) and page.is_file() and sha256(page) == due:
            yield page
