"""PDF: the typst source compiled, tagged so that it can be heard (PDF/UA-1), with the fonts that typst brings."""

from __future__ import annotations

import re
from tempfile import TemporaryDirectory

from ..errors import MissingExtra, StepwiseError

STANDARD = "ua-1"  # fails on a formula or a picture without words, a document without a title or a language


def pdf(source: str) -> bytes:
    """The pages of a typst source; the same source gives the same bytes.

    Raises `MissingExtra` where typst is not installed, and `StepwiseError` where a font lacks a letter.
    """
    try:
        import typst
    except ImportError:
        raise MissingExtra(
            "PDF needs typst, which is not installed; install it with: pip install 'stepwise-cnn[pdf]'"
        ) from None
    try:
        # Fonts of the system are looked through only where typst's own, which come first, have no such letter.
        return _compiled(typst, source, system_fonts=False)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise StepwiseError(f"typst cannot set this page: {_one_line(error)}") from None
    try:
        return _compiled(typst, source, system_fonts=True)
    except typst.TypstError as error:
        lacking = re.search(r'the text "?(.+?)"? could not be displayed', error.message)
        which = " " + _characters(lacking[1]) if lacking else ""
        raise StepwiseError(
            f"no font here can print{which}; install one that has its letters (Noto has them all: "
            "apt-get install fonts-noto fonts-noto-cjk), or write the lesson without them"
        ) from None


def _compiled(typst: object, source: str, system_fonts: bool) -> bytes:
    with TemporaryDirectory() as nothing:  # all the files that a stranger's template could read
        compiled: bytes = typst.compile(  # type: ignore[attr-defined]  # the module, imported only where it is there
            source.encode(), root=nothing, format="pdf", pdf_standards=[STANDARD], ignore_system_fonts=not system_fonts
        )
    return compiled


def _characters(told: str) -> str:
    r"""What typst tells as `\u{378}`, as the character and its number."""
    found = [chr(int(number, 16)) for number in re.findall(r"\\u\{(\w+)\}", told)] or list(told)
    return ", ".join(f"{c} (U+{ord(c):04X})" for c in found)


def _one_line(error: Exception) -> str:
    return " ".join(str(getattr(error, "message", error)).split())
