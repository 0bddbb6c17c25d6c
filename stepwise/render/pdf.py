"""PDF: the typst source compiled, tagged so that it can be heard (PDF/UA-1), with the fonts that typst brings.

Source that a stranger's template wrote is a program. It is compiled in a process of its own, which has no file to read,
none to write, no way to the network, and an end.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from ..errors import MissingExtra, StepwiseError
from . import typesetter

SECONDS = 60
"""Of the processor, for source that a stranger's template wrote."""


class _RefusedError(Exception):
    """What typst says of a source that it cannot compile."""


def pdf(source: str, strange: bool = False) -> bytes:
    """The pages of a typst source; the same source gives the same bytes. `strange`: a stranger's template wrote it.

    Raises `MissingExtra` where typst is not installed, and `StepwiseError` where a font lacks a letter.
    """
    need_typst("PDF")
    compiled = _apart if strange else _here
    try:
        # Fonts of the system are looked through only where typst's own, which come first, have no such letter.
        return compiled(source, False)
    except _RefusedError as error:
        if "could not be displayed" not in str(error):
            raise StepwiseError(f"typst cannot set this page: {_one_line(error)}") from None
    try:
        return compiled(source, True)
    except _RefusedError as error:
        lacking = re.search(r'the text [`"]*(.+?)[`"]* could not be displayed', str(error))
        which = " " + _characters(lacking[1]) if lacking else ""
        raise StepwiseError(
            f"no font here can print{which}; install one that has its letters (Noto has them all: "
            "apt-get install fonts-noto fonts-noto-cjk), or write the lesson without them"
        ) from None


def need_typst(what: str) -> None:
    """Raises `MissingExtra`, which says how typst is installed, where it is not."""
    try:
        import typst as _found  # noqa: F401
    except ImportError:
        raise MissingExtra(
            f"{what} needs typst, which is not installed; install it with: pip install 'stepwise-cnn[pdf]'"
        ) from None


def _here(source: str, system_fonts: bool) -> bytes:
    import typst  # there: `pdf` has looked

    try:
        return typesetter.compiled(source.encode(), system_fonts)
    except typst.TypstError as error:
        raise _RefusedError(error.message) from None


_NO_NETWORK = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")}
"""Where a package that the source names would be asked for: nobody answers there."""


def _apart(source: str, system_fonts: bool) -> bytes:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    alone = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR"), typesetter.NOWHERE)
    proxies = _NO_NETWORK | {name.upper(): address for name, address in _NO_NETWORK.items()}
    try:
        done = subprocess.run(  # noqa: S603 - our own program; what is strange is its input
            [sys.executable, "-P", typesetter.__file__, str(system_fonts), str(SECONDS)],
            input=source.encode(),
            capture_output=True,
            env=kept | alone | proxies,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _RefusedError(f"it takes longer than {SECONDS} s") from None
    if done.returncode == 0:
        return done.stdout
    if done.returncode == 3:
        raise _RefusedError(done.stderr.decode(errors="replace"))
    raise _RefusedError(f"it takes longer than {SECONDS} s, or more than {typesetter.MEMORY // 2**30} GB of memory")


def _characters(message: str) -> str:
    r"""What typst tells as `\u{378}`, as the character and its number."""
    found = [chr(int(number, 16)) for number in re.findall(r"\\u\{(\w+)\}", message)] or list(message)
    return ", ".join(f"{c} (U+{ord(c):04X})" for c in found)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
