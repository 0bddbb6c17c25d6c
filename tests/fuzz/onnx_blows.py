"""Blows to an ONNX file: bits and bytes of it changed, or one thing that it says replaced by another.

    python -m tests.fuzz.onnx_blows 20000 [SEED]

strikes real files so many times and keeps what gets through, that is, ends in anything but a network or one sentence.
"""

from __future__ import annotations

import random
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx as standard
from google.protobuf.message import DecodeError

from stepwise.dialects import onnx
from stepwise.errors import StepwiseError
from stepwise.traces.trace import Trace, chain

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "tests" / "golden" / "models").glob("*.onnx")), ROOT / "examples" / "digit.onnx"]
CASES = Path(__file__).parent / "onnx_cases"
"""Files that once got through."""

WHOLE = (0, 1, -1, 2, 3, 7, 28, 255, -2, 65535, 10**6, 2**31 - 1, 2**31, 2**32, 2**62, -(2**63), 2**63 - 1)
DECIMAL = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-45, 3.4e38, float("inf"), float("-inf"), float("nan"))
SMALL = 20_000
"""Networks that take so many numbers are carried out, too."""


def bits(data: bytes, chance: random.Random) -> bytes:
    """A few bits turned over."""
    struck = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        struck[chance.randrange(len(struck))] ^= 1 << chance.randrange(8)
    return bytes(struck)


def one_byte(data: bytes, chance: random.Random) -> bytes:
    """A byte made extreme."""
    struck = bytearray(data)
    struck[chance.randrange(len(struck))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
    return bytes(struck)


def cut(data: bytes, chance: random.Random) -> bytes:
    """A stretch left out."""
    first = chance.randrange(len(data))
    length = chance.choice((1, 2, 8, 64, len(data)))
    return data[:first] + data[first + length :]


def put_in(data: bytes, chance: random.Random) -> bytes:
    """A stretch of it once more, elsewhere."""
    first, place = chance.randrange(len(data)), chance.randrange(len(data))
    return data[:place] + data[first : first + chance.choice((1, 2, 8, 64, 300))] + data[place:]


def said(data: bytes, chance: random.Random) -> bytes:
    """What the file says changed in some places, and written anew: what bits do not reach."""
    model = standard.ModelProto()
    try:
        model.ParseFromString(data)
        for _ in range(chance.choice((1, 1, 2, 3))):
            _change(model, chance)
        return bytes(model.SerializeToString())
    except (DecodeError, UnicodeDecodeError):
        return data


def _messages(message: Any, depth: int = 0) -> list[Any]:
    found = [message]
    for field, value in message.ListFields():
        if field.message_type is not None and depth < 8:
            for one in value if field.is_repeated else [value]:
                found += _messages(one, depth + 1)
    return found


def _change(model: Any, chance: random.Random) -> None:
    """One field of one message: another value, one more, one fewer, or two the other way round."""
    every = _messages(model)
    names = [name for message in every for name in _words(message)]
    message = chance.choice(every)
    fields = [field for field in type(message).DESCRIPTOR.fields if field.message_type is None]
    nested = [field for field, value in message.ListFields() if field.message_type is not None and field.is_repeated]
    if nested and chance.random() < 0.3:
        values = getattr(message, chance.choice(nested).name)
        first, second = chance.randrange(len(values)), chance.randrange(len(values))
        if chance.random() < 0.4:
            del values[first]
        elif chance.random() < 0.5:
            values.add().CopyFrom(values[first])
        else:
            kept = type(values[first])()
            kept.CopyFrom(values[first])
            values[first].CopyFrom(values[second])
            values[second].CopyFrom(kept)
        return
    there = [field for field, _value in message.ListFields() if field.message_type is None]
    if not fields:
        return
    field = chance.choice(there if there and chance.random() < 0.8 else fields)
    value = _value(field, message, chance, names)
    if not field.is_repeated:
        if chance.random() < 0.1:
            message.ClearField(field.name)
        elif value is not None:
            setattr(message, field.name, value)
        return
    values = getattr(message, field.name)
    if values and chance.random() < 0.6 and value is not None:
        values[chance.randrange(len(values))] = value
    elif values and chance.random() < 0.5:
        del values[chance.randrange(len(values))]
    elif value is not None:
        values.extend([value] * chance.choice((1, 1, 2, 40)))


def _words(message: Any) -> list[str]:
    return [value for field, value in message.ListFields() if field.type == field.TYPE_STRING and not field.is_repeated]


def _value(field: Any, message: Any, chance: random.Random, names: list[str]) -> Any:
    match field.type:
        case field.TYPE_INT64 | field.TYPE_UINT64:
            return abs(chance.choice(WHOLE)) if field.type == field.TYPE_UINT64 else chance.choice(WHOLE)
        case field.TYPE_INT32:
            return chance.choice([n for n in WHOLE if -(2**31) <= n < 2**31])
        case field.TYPE_FLOAT | field.TYPE_DOUBLE:
            return chance.choice(DECIMAL)
        case field.TYPE_STRING:
            return chance.choice([*names, *onnx.OPERATORS, "", "\x00", "x" * 400, "\u202e\x1b[31m"])
        case field.TYPE_BYTES:
            old = bytes(getattr(message, field.name)) if not field.is_repeated else b"NOTSET"
            return chance.choice(
                (b"", old[:-1], old * 2, bits(old, chance) if old else b"\xff", b"SAME_UPPER", b"\xff\xfe")
            )
        case field.TYPE_ENUM:
            return chance.choice([value.number for value in field.enum_type.values])
    return None


Blow = Callable[[bytes, random.Random], bytes]
BLOWS: tuple[Blow, ...] = (bits, one_byte, cut, put_in, said, said, said, said)


def struck(seed: int, number: int) -> bytes:
    """The struck file of a number: the same for the same seed."""
    chance = random.Random(f"{seed}-{number}")
    data = FILES[number % len(FILES)].read_bytes()
    for _ in range(chance.choice((1, 1, 1, 2))):
        data = chance.choice(BLOWS)(data, chance) if data else data
    return data


def told(path: Path) -> str:
    """What becomes of a file: its summary, and of a small network what it gives; or the one sentence about it."""
    try:
        return carried_out(path)
    except StepwiseError as error:
        return str(error)


def carried_out(path: Path) -> str:
    """A file's summary, after its network was carried out where it is small. Raises `StepwiseError`."""
    network = onnx.load(path)
    summary = network.summary()
    trace = network.outlined()
    first = _first(trace)
    if first.inputs["input"].size <= SMALL and sum(layer.output.size for layer in chain(trace)) <= 20 * SMALL:
        network(np.zeros(first.inputs["input"].shape))
    return str(summary)


def _first(trace: Trace) -> Trace:
    while trace.parents:
        trace = next(iter(trace.parents.values()))
    return trace


def main() -> None:
    """Strike, tell, keep."""
    import signal
    import tempfile

    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    warnings.simplefilter("error")
    kept: dict[str, int] = {}

    def late(*_: Any) -> None:
        raise TimeoutError("it takes more than 5 seconds")

    signal.signal(signal.SIGPROF, late)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        for number in range(count):
            data = struck(seed, number)
            path.write_bytes(data)
            signal.setitimer(signal.ITIMER_PROF, 5)
            try:
                message = told(path)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                last = traceback.extract_tb(error.__traceback__)[-1]
                ours = [f for f in traceback.extract_tb(error.__traceback__) if "stepwise/" in f.filename][-1]
                where = f"{ours.filename.rpartition('/')[2]}:{ours.lineno} {last.name}"
                key = f"{type(error).__name__} {where}: {str(error)[:90]}"
                if key not in kept:
                    print(f"{number}: {key}", flush=True)
                    (CASES.parent / "found").mkdir(exist_ok=True)
                    (CASES.parent / "found" / f"{seed}-{number}.onnx").write_bytes(data)
                kept[key] = kept.get(key, 0) + 1
            else:
                assert message
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
    print(f"{count} struck, {sum(kept.values())} got through in {len(kept)} ways")


if __name__ == "__main__":
    main()
