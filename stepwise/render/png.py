"""A picture as a PNG file, in the few lines that takes: a signature and three chunks (PNG specification, §5)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence


def grey_png(rows: Sequence[bytes]) -> bytes:
    """An 8-bit grey PNG, one byte a pixel."""
    return _png(rows, len(rows[0]), kind=0)


def colour_png(rows: Sequence[Sequence[tuple[int, int, int]]]) -> bytes:
    """A PNG in colour, 8 bits each of red, green and blue."""
    return _png([bytes(part for pixel in row for part in pixel) for row in rows], len(rows[0]), kind=2)


def _png(rows: Sequence[bytes], width: int, kind: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, len(rows), 8, kind, 0, 0, 0)
    pixels = b"".join(b"\x00" + row for row in rows)  # filter 0: each row as it is
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
