"""typst, in this process or as a program that is alone: no file to read, none to write, no network, and an end.

The program reads a source from standard input and writes its pages to standard output; it needs nothing of stepwise.
Exit status 3: typst refuses the source, and says why on standard error.
"""

from __future__ import annotations

import sys
from typing import Final

STANDARD: Final = "ua-1"  # fails on a formula or a picture without words, a document without a title or a language
NOWHERE = __file__
"""All the folders that a source could read: a file, which is always there, and in which no file can lie."""
MEMORY = 4 * 2**30
"""Bytes that the program may use."""


def compiled(source: bytes, system_fonts: bool) -> bytes:
    """The pages of a source. Raises `ImportError` and `typst.TypstError`."""
    import typst

    pages: bytes = typst.compile(  # type: ignore[call-overload]  # its stubs want a source and a root of one type
        source,
        root=NOWHERE,
        format="pdf",
        pdf_standards=STANDARD,
        ignore_system_fonts=not system_fonts,
        package_path=NOWHERE,
        package_cache_path=NOWHERE,
    )
    return pages


def drawn(source: bytes, format: str, ppi: float, system_fonts: bool) -> list[bytes]:
    """Each page of a source as a picture, `png` or `svg`. Raises as `compiled` does."""
    import typst

    pages = typst.compile(  # type: ignore[call-overload]
        source,
        root=NOWHERE,
        format=format,
        ppi=ppi,
        ignore_system_fonts=not system_fonts,
        package_path=NOWHERE,
        package_cache_path=NOWHERE,
    )
    return list(pages) if isinstance(pages, list) else [pages]


def _end_with_parent() -> None:
    """Whoever waits for the pages may be killed; on Linux this is ended, too (prctl's PR_SET_PDEATHSIG, SIGKILL)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)


def main(system_fonts: str, seconds: str) -> None:
    """The program."""
    import typst

    try:
        import resource
    except ImportError:
        pass  # Windows has no such limits; whoever started this ends it there
    else:
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _end_with_parent()
    try:
        sys.stdout.buffer.write(compiled(sys.stdin.buffer.read(), system_fonts == "True"))
    except typst.TypstError as error:
        sys.stderr.buffer.write(error.message.encode())
        sys.exit(3)


if __name__ == "__main__":
    main(*sys.argv[1:])
