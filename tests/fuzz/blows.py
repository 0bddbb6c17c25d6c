"""What is done to a good file so that it is no longer one: blows to its bytes, its words, and what it says.

A view is a way of looking at a format from within (the JSON of a page, a part of a zip, a chunk of a PNG): a blow to a
view gives a file that is sound outside, and so is read far enough to hurt. To add one: a function, and a line in the
`views` of the kinds (see `kinds`) that it fits.
"""

from __future__ import annotations

import copy
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

View = Callable[[Random, bytes, Sequence[bytes]], bytes]
"""Gives a struck file from a good one; the others are of the same kind, and pieces of them may be taken."""

NUMBERS = [
    "-1",
    "0",
    "1",
    "2",
    "3",
    "7",
    "0.5",
    "-0.0",
    "255",
    "256",
    "1000",
    "65536",
    "1000000",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1e15",
    "1e30",
    "1e308",
    "1e309",
    "-1e309",
    "1e-320",
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "inf",
    "9" * 401,
    "9" * 5000,
    "1/0",
    "1/3",
    "0x10",
    "0x" + "f" * 5000,
    "0o" + "7" * 6000,
    "1_000",
    "1e",
    "--1",
    "+1",
    "٣",
    "½",
]
WORDS = [
    "",
    " ",
    "null",
    "true",
    "~",
    "x",
    "a1",
    "input",
    "same",
    "MaxPool2D(2)",
    "Conv2D(1, 2)",
    "\x00",
    "\x1b[31m",
    "\ud800",
    "\u2028",
    "é" * 300,
    "../x",
    "/etc/passwd",
    "=1+1",
    "<b>",
    "{{7*7}}",
    "%s",
    "%n",
    "\\",
    '"',
    "'",
    "`",
    "*",
    "&a [*a]",
    "!!python/object:os.system",
    "<<",
    "? x",
    "- - -",
    "[" * 60,
    "{" * 60,
    "[" * 3000,
    '{"a":' * 3000,
    "(" * 300,
    "-" * 300,
    "\n",
    "\r",
    "\t",
    "#",
    ": ",
    "|",
    ">",
    "%",
    "@",
    "...",
    "---",
    "A" * 100_000,
]
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(rb"[A-Za-z_]\w*")


def raw(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to bytes, whatever they mean."""
    struck = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        place, length = chance.randrange(len(struck) + 1), chance.choice((1, 1, 2, 4, 16, 200))
        match chance.randrange(9):
            case 0 if struck:  # a bit
                struck[place % len(struck)] ^= 1 << chance.randrange(8)
            case 1 if struck:
                struck[place % len(struck)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
            case 2:
                del struck[place : place + length]
            case 3:
                struck[place:place] = struck[place : place + length] * chance.choice((1, 1, 2, 50))
            case 4:
                struck[place:place] = chance.randbytes(length)
            case 5:  # a number as binary formats write it
                width, order = chance.choice((1, 2, 4, 8)), chance.choice(("little", "big"))
                number = chance.choice((0, 1, 2, 2 ** (8 * width - 1) - 1, 2 ** (8 * width - 1), 2 ** (8 * width) - 1))
                struck[place : place + width] = number.to_bytes(width, order)  # type: ignore[arg-type]
            case 6:  # two files in one
                other = chance.choice(others) if others else b""
                struck = struck[:place] + other[chance.randrange(len(other) + 1) :]
            case 7:
                del struck[place:]
            case _:
                start = chance.randrange(len(struck) + 1)
                struck[place : place + length] = struck[start : start + length]
    return bytes(struck)


def words(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to a text: its numbers, its words and its lines."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        match chance.randrange(6):
            case 0 | 1:
                data = _one_replaced(chance, _NUMBER, data, _text(chance, NUMBERS))
            case 2:
                data = _one_replaced(chance, _WORD, data, _text(chance, WORDS))
            case 3:
                data = _one_replaced(chance, _WORD, data, _one_found(chance, _WORD, chance.choice([*others, data])))
            case 4:
                lines = data.splitlines(keepends=True) or [b""]
                place = chance.randrange(len(lines))
                other = (chance.choice(others) if others else data).splitlines(keepends=True) or [b""]
                lines[place : place + chance.randrange(2)] = [chance.choice([*other, lines[place] * 2])]
                data = b"".join(lines)
            case _:
                place = chance.randrange(len(data) + 1)
                data = data[:place] + _text(chance, WORDS) + data[place:]
    return data


def _text(chance: Random, among: Sequence[str]) -> bytes:
    return chance.choice(among).encode("utf-8", "surrogatepass")


def _one_replaced(chance: Random, pattern: re.Pattern[bytes], data: bytes, by: bytes) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data + by
    one = chance.choice(found)
    return data[: one.start()] + by + data[one.end() :]


def _one_found(chance: Random, pattern: re.Pattern[bytes], data: bytes) -> bytes:
    found: list[bytes] = pattern.findall(data)
    return chance.choice(found or [b"x"])


# What a file says


class Deep:
    """A value so deep that no library would write it."""

    def __init__(self, depth: int) -> None:
        self.depth = depth


VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    3,
    255,
    -(2**31),
    2**31,
    2**53,
    2**63,
    -(2**63) - 1,
    2**64,
    10**30,
    10**4000,
    0.5,
    -0.0,
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
    "",
    "x",
    "NaN",
    "Infinity",
    "1/0",
    "1/3",
    "-1",
    "\ud800",
    "\x00",
    "A" * 5000,
    [],
    {},
    [[]],
    [1],
    [[1, 2], [3]],
    [None],
    ["x"],
    {"a": 1},
    {"": None},
    [0] * 300,
    [1] * 5000,
    [[1] * 70] * 70,
    [2**31, 2**31],
    [-1, -1],
    [10**9] * 3,
    [1.5, 2],
    [True],
    {"parent": 0},
    {"same": 1},
    {"kind": "Whole"},
    Deep(40),
    Deep(700),
    Deep(100_000),
]


def struck_data(chance: Random, data: Any, others: Sequence[Any] = ()) -> Any:
    """JSON-ready data after a few blows: something removed, added, moved, doubled or replaced."""
    data = copy.deepcopy(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        everywhere = list(_places(data))
        if not everywhere:
            return chance.choice(VALUES)
        *outer, key = chance.choice(everywhere)
        holder = _at(data, outer)
        match chance.randrange(8):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[chance.choice([*map(str, holder), "x", ""])] = copy.deepcopy(chance.choice(VALUES))
            case 2 | 3:
                source = chance.choice([data, *others])
                path = chance.choice(list(_places(source)) or [()])
                holder[key] = copy.deepcopy(_at(source, path))
            case 4 if isinstance(holder, list):
                holder[key:key] = copy.deepcopy(holder[key : key + 1]) * chance.choice((1, 3, 100))
            case 5 if type(holder[key]) in (int, float):
                holder[key] = chance.choice(
                    (-holder[key], holder[key] + 1, holder[key] * 10**6, holder[key] / 2, -1, 0)
                )
            case _:
                holder[key] = copy.deepcopy(chance.choice(VALUES))
    return data


def _places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = data.items() if isinstance(data, dict) else enumerate(data[:6]) if isinstance(data, list) else ()
    for key, value in entries:
        yield from _places(value, (*path, key))


def _at(data: Any, path: Sequence[Any]) -> Any:
    for key in path:
        data = data[key]
    return data


def dumped(data: Any) -> bytes:
    """JSON, also of what is none: NaN, halves of characters, numbers of thousands of digits, any depth."""
    text = json.dumps(data, default=lambda deep: f"\0{deep.depth}\0")
    return re.sub(r'"\\u0000(\d+)\\u0000"', lambda found: "[" * int(found[1]) + "]" * int(found[1]), text).encode()


def of_json(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to what a JSON file says."""
    return dumped(struck_data(chance, json.loads(data), [json.loads(other) for other in others[:3]]))


def of_lines(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to what one line of JSON Lines says."""
    lines = data.splitlines()
    place = chance.randrange(len(lines))
    lines[place] = dumped(struck_data(chance, json.loads(lines[place])))
    return b"\n".join(lines) + b"\n"


def of_yaml(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to what a YAML file says; it is written as JSON, which is YAML, a key a line."""
    from ruamel.yaml import YAML

    said = [YAML(typ="safe", pure=True).load(one.decode()) for one in (data, *others[:3])]
    struck = struck_data(chance, said[0], said[1:])
    if not isinstance(struck, dict):
        return dumped(struck)
    return b"".join(dumped(str(key)).strip(b'"') + b": " + dumped(value) + b"\n" for key, value in struck.items())


def of_page(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to the record that a page carries, or to the places that its cells name."""
    record = re.search(rb'(?s)class="stepwise-record">(.*?)</script>', data)
    assert record is not None
    if chance.randrange(4) == 0:
        return _one_replaced(
            chance, re.compile(rb'(?<=data-(?:in|out)=")[^"]*|(?<=value=")\d+'), data, _text(chance, NUMBERS)
        )
    struck = dumped(struck_data(chance, json.loads(record[1])))
    return data[: record.start(1)] + struck.replace(b"<", b"\\u003c") + data[record.end(1) :]


# What is packed


def of_zip(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to one part of a zip, which is packed soundly again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    name = chance.choice(sorted(parts))
    match chance.randrange(6):
        case 0:
            parts[name] = raw(chance, parts[name], list(parts.values()))
        case 1:
            del parts[name]
        case 2:
            parts[chance.choice(("x", "../x", "/x", "arr_0.npy", name + "x", "\x00"))] = parts[name]
        case 3:
            parts[name] = npy(chance, parts[name], ()) if parts[name].startswith(b"\x93NUMPY") else parts[name] * 2
        case _:
            parts[name] = words(chance, parts[name], list(parts.values()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part), content)
        if chance.randrange(20) == 0:  # small where packed, huge where not
            archive.writestr(chance.choice(("xl/x.xml", "arr_9.npy")), bytes(80 * 2**20), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def gzipped(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to what is gzipped; now and then much more than there was."""
    if chance.randrange(20) == 0:
        return gzip.compress(bytes(80 * 2**20), 1)
    return gzip.compress(raw(chance, gzip.decompress(data), ()), 1)


def npy(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to the header of NumPy's format, with its length set right again."""
    length = int.from_bytes(data[8:10], "little")
    header = (words if chance.randrange(3) else raw)(chance, data[10 : 10 + length], others)
    return data[:8] + min(len(header), 65535).to_bytes(2, "little") + header + data[10 + length :]


def safetensors(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to the header of safetensors, with its length set right again."""
    length = int.from_bytes(data[:8], "little")
    header = dumped(struck_data(chance, json.loads(data[8 : 8 + length])))
    return len(header).to_bytes(8, "little") + header + data[8 + length :]


def png(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blows to one chunk of a PNG, with its length and check set right again."""
    chunks, place = [], 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    number = chance.randrange(len(chunks))
    kind, content = chunks[number]
    match chance.randrange(5):
        case 0:
            chunks.insert(number, chunks[number])
        case 1:
            del chunks[number]
        case 2:
            chunks.insert(
                number, (chance.choice((b"tEXt", b"zTXt", b"iCCP", b"PLTE", b"tRNS", b"acTL")), chance.randbytes(20))
            )
        case 3 if kind == b"IDAT":
            chunks[number] = kind, zlib.compress(raw(chance, zlib.decompress(content), ()))
        case _:
            chunks[number] = kind, raw(chance, content, ())
    packed = data[:8]
    for kind, content in chunks:
        packed += len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
    return packed


def of_json_or_words(chance: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """As `of_json` where it is JSON; YAML of other looks is struck by its words."""
    return (of_json if data[:1] in (b"{", b"[") else words)(
        chance, data, [one for one in others if one[:1] in (b"{", b"[")]
    )
