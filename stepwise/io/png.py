"""A PNG picture taken apart before anybody else sees it: its chunks, their checks, and how many bytes they unpack to.

Only what a picture's cells need is handed on (its header, palette, transparency and data), and only where it is sound.
Source: the PNG specification, third edition, sections 5 and 11.
"""

from __future__ import annotations

import zlib

from ..errors import FileError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""By kind of colour (grey, RGB, palette, grey and alpha, RGB and alpha): the bits that one value may have."""
VALUES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By kind of colour: the values of one cell."""
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Where each pass of an interlaced picture begins and how far it steps: x, y, x, y."""


class DamagedPicture(ValueError):  # noqa: N818 - it names what the data is
    """Bytes that are no PNG picture."""


def sound(raw: bytes, name: str, most: int) -> bytes:
    """The same picture with nothing in it but what its cells need.

    Raises `DamagedPicture`, and `FileError` for one with more than `most` values.
    """
    chunks = _chunks(raw)
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise DamagedPicture
    header = chunks[0][1]
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    depth, colour, packing, filtering, interlaced = header[8:]
    if not 0 < width < 2**31 or not 0 < height < 2**31 or depth not in DEPTHS.get(colour, ()):
        raise DamagedPicture
    if packing or filtering or interlaced > 1:
        raise DamagedPicture
    if width * height * 4 > most:
        raise FileError(f"{name} has {width:,} × {height:,}, more cells than are read")
    palette, clear = _one(chunks, b"PLTE"), _one(chunks, b"tRNS")
    if (colour == 3) != bool(palette) and colour in (0, 3, 4):
        raise DamagedPicture
    if palette and (len(palette) % 3 or len(palette) > 3 * 2 ** min(depth, 8)):
        raise DamagedPicture
    if clear and len(clear) not in {0: (2,), 2: (6,), 3: range(1, len(palette) // 3 + 1)}.get(colour, ()):
        raise DamagedPicture
    data = b"".join(content for kind, content in chunks if kind == b"IDAT")
    _check_unpacks(data, _size(width, height, depth * VALUES[colour], bool(interlaced)))
    kept = [(b"IHDR", header), (b"PLTE", palette), (b"tRNS", clear), (b"IDAT", data), (b"IEND", b"")]
    return SIGNATURE + b"".join(_written(*chunk) for chunk in kept if chunk[1] or chunk[0] == b"IEND")


def _chunks(raw: bytes) -> list[tuple[bytes, bytes]]:
    if not raw.startswith(SIGNATURE):
        raise DamagedPicture
    found, place = [], len(SIGNATURE)
    while True:
        length, kind = int.from_bytes(raw[place : place + 4], "big"), raw[place + 4 : place + 8]
        content = raw[place + 8 : place + 8 + length]
        place += 12 + length
        if place > len(raw) or zlib.crc32(kind + content).to_bytes(4, "big") != raw[place - 4 : place]:
            raise DamagedPicture
        found.append((kind, content))
        if kind == b"IEND":
            return found


def _one(chunks: list[tuple[bytes, bytes]], kind: bytes) -> bytes:
    found = [content for one, content in chunks if one == kind]
    if len(found) > 1:
        raise DamagedPicture
    return found[0] if found else b""


def _size(width: int, height: int, bits: int, interlaced: bool) -> int:
    """Bytes that the data unpacks to: each line has one that says how it is filtered."""
    parts = [(width, height)]
    if interlaced:
        parts = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in ADAM7]
    return sum(high * (1 + -(-wide * bits // 8)) for wide, high in parts if wide > 0 and high > 0)


def _check_unpacks(data: bytes, size: int) -> None:
    """Raises `DamagedPicture` for data that does not unpack to so many bytes; no more than those are unpacked."""
    unpacking, left = zlib.decompressobj(), size
    try:
        while left > 0 and not unpacking.eof:
            piece = unpacking.decompress(data, min(left, 2**20))
            if not piece:
                raise DamagedPicture
            left, data = left - len(piece), unpacking.unconsumed_tail
    except zlib.error:
        raise DamagedPicture from None
    if left:
        raise DamagedPicture


def _written(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
