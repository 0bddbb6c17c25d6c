"""A picture as a PNG file, in the few lines that takes: a signature and three chunks (PNG specification, §5)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np

from ..arithmetic import Array

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def grey_png(rows: Sequence[bytes]) -> bytes:
    """An 8-bit grey PNG, one byte a pixel."""
    return _png(rows, len(rows[0]), kind=0)


def colour_png(rows: Sequence[Sequence[tuple[int, int, int]]]) -> bytes:
    """A PNG in colour, 8 bits each of red, green and blue."""
    return _png([bytes(part for pixel in row for part in pixel) for row in rows], len(rows[0]), kind=2)


def moving_png(frames: Sequence[Array], palette: bytes, milliseconds: Sequence[int]) -> bytes:
    """An APNG that plays for ever: frames of one shape, each pixel the number of a colour below 255.

    After the first, a frame is the box around what has changed, and what has not is left out of that, too: color 255
    is transparent (Animated PNG is in the PNG specification's third edition).
    """
    high, wide = frames[0].shape
    colours = palette.ljust(3 * 256, b"\0")
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)),
        (b"acTL", struct.pack(">II", len(frames), 0)),
        (b"PLTE", colours),
        (b"tRNS", b"\xff" * 255 + b"\0"),
    ]
    number = 0
    for place, (frame, duration) in enumerate(zip(frames, milliseconds)):
        changed = frame != frames[place - 1] if place else np.ones_like(frame, dtype=bool)
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        top, bottom = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 1)
        left, right = (int(columns[0]), int(columns[-1]) + 1) if columns.size else (0, 1)
        box = np.where(changed, frame, 255)[top:bottom, left:right].astype(np.uint8)
        control = right - left, bottom - top, left, top, duration, 1000, 0, 1
        chunks.append((b"fcTL", struct.pack(">IIIIIHHBB", number, *control)))
        data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in box), 9)
        chunks.append((b"fdAT", struct.pack(">I", number + 1) + data) if place else (b"IDAT", data))
        number += 2 if place else 1
    chunks.append((b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks)


def _png(rows: Sequence[bytes], width: int, kind: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, len(rows), 8, kind, 0, 0, 0)
    pixels = b"".join(b"\x00" + row for row in rows)  # filter 0: each row as it is
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")
    return SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
