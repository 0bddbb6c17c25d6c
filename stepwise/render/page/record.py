"""The record that a page carries: its traces as JSON, from which they are read back, and what its script must know.

Every array is written once, however many traces share it (a layer's output is the next one's input). Long arrays of
floats are written as bytes, which is shorter and loses nothing; whole numbers too large for JavaScript as text.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ...arithmetic import Array
from ...document.lesson import Lesson, Section, Stage
from ...errors import FileError
from ...io.arrays import MOST_AXES
from ...language import _
from ...layers.saved import from_data
from ...traces.data import array_to_data
from ...traces.trace import Trace, chain
from .concerns import ample
from .feed import feed
from .knobs import knobs
from .network import network, too_large
from .operable import MOST_CELLS, cells, operable
from .views import view
from .way_back import too_many, way_back

LONG = 1024
"""A float array with more cells than this is written as bytes."""
T = TypeVar("T")

SAFE = 2**53 - 1
"""The largest whole number that JavaScript holds exactly among its neighbours."""


_UNSAFE = re.compile(r"[<\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What could end a script early, as `</script>` and `<!--` do, or is not to stand in a page at all."""


class Record:
    """Collects traces and arrays, each once, and numbers them."""

    def __init__(self, lesson: Lesson) -> None:
        self._network = next((s.network for s in lesson.sections if s.network is not None), None)
        self._led = next((s.led for s in lesson.sections if s.led is not None), None)
        traces = [t for s in lesson.everything if s.stage is not None for t in (*s.stage.traces, *s.stage.alternatives)]
        self.large = cells(traces) > MOST_CELLS
        if self._network is not None:
            self.large = too_large(self._network)
        elif self._led is not None:
            self.large = too_many(self._led)
        """Whether there are more numbers than a page carries."""
        sections = [] if self.large else lesson.everything
        self.stages = [s.stage for s in sections if s.stage is not None and all(map(operable, s.stage.traces))]
        self.traces: list[Any] = []
        self._arrays: list[Any] = []
        self._numbers: dict[Hashable, int] = {}  # a trace, or what an array holds -> its number
        for section in sections:
            for trace in section.stage.traces if section.stage is not None else ():
                self.number(trace)
        self.operated = [self._stage(stage) for stage in self.stages]
        practised = any(stage.practice for stage in self.stages)  # a diagram would give the answers away
        self._sections = {
            id(section.layer): n for n, section in enumerate(lesson.sections) if section.layer is not None
        }
        self.way_back = self._returned() if self._led is not None and not (self.large or practised) else None
        self.feed = feed(lesson) if lesson.fed and self.operated else None
        self.network = self._whole() if self._network is not None and not (self.large or practised) else None

    @property
    def alone(self) -> bool:
        """Whether no network is told here."""
        return self._network is None and self._led is None

    def stage(self, section: Section) -> int | None:
        """The number of a section's stage, None where it has none that can be operated."""
        return next((n for n, stage in enumerate(self.stages) if stage is section.stage), None)

    def number(self, trace: Trace) -> int:
        """The number of a trace, which is written down with every layer before it."""
        for layer in chain(trace):
            if layer not in self._numbers:
                data = layer.to_data(self._array, self._numbers.__getitem__)
                self._keep(layer, self.traces, data)
        return self._numbers[trace]

    def numbered(self, trace: Trace | None) -> int | None:
        """The number of a trace that is written down, None of any other."""
        return self._numbers.get(trace)

    def data(self) -> dict[str, Any]:
        """The whole record."""
        data = {"format": "stepwise-page", "version": 1, "arrays": self._arrays, "traces": self.traces,
                "stages": self.operated}  # fmt: skip
        data |= {"network": self.network} if self.network else {}
        data |= {"feed": self.feed} if self.feed else {}
        return data | ({"way_back": self.way_back} if self.way_back else {})

    @cached_property
    def json(self) -> str:
        """The record as text that may stand inside a `<script>` element."""
        text = json.dumps(self.data(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

    def _stage(self, stage: Stage) -> dict[str, Any]:
        data: dict[str, Any] = {"views": [{"trace": self.number(t), **view(t)} for t in stage.traces]}
        for view_data in data["views"]:
            view_data["captions"] |= stage.captions
        if stage.names:
            data |= {"names": stage.names, "remarks": stage.remarks}
        if stage.steps:
            data["steps"] = stage.steps
        if stage.practice:
            data["practice"] = True
            data["mistakes"] = [
                {"code": m.code, "text": m.text, "output": self._array(m.output)} for m in stage.mistakes
            ]
        if stage.knobs:
            data["knobs"] = knobs(stage.traces[0], stage.knobs)
        first, *others = data["views"]
        if not others and "axes" in first and (stage.knobs or not ample(first)):
            data["drag"] = _("The window: arrow keys move it, and so does dragging")
        if stage.alternatives:
            allowed = [t for t in stage.alternatives if operable(t)]
            data["alternatives"] = [{"call": t.layer.call, "trace": self.number(t), **view(t)} for t in allowed]
        return data

    def _whole(self) -> dict[str, Any] | None:
        assert self._network is not None
        self.number(self._network)
        stages = {id(stage.traces[0]): number for number, stage in enumerate(self.stages) if len(stage.traces) == 1}
        return network(self._network, self.number, stages, self._array)

    def _returned(self) -> dict[str, Any] | None:
        assert self._led is not None
        stages = {id(stage.traces[0]): number for number, stage in enumerate(self.stages) if len(stage.traces) == 1}
        return way_back(self._led, self.number, self._array, stages, self._sections)

    def layer(self, section: Section) -> int | None:
        """Which layer of the network a section tells, from 0; of a way back, which of its sections this is."""
        if self.way_back is not None:
            return self._sections.get(id(section.layer))
        if self._network is None or section.layer is None:
            return None
        return next((n for n, layer in enumerate(chain(self._network)) if layer is section.layer), None)

    def _array(self, array: Array) -> int:
        key = (str(array.dtype), array.shape, id(array) if array.dtype == object else array.tobytes())
        if key not in self._numbers:
            self._keep(key, self._arrays, encoded(array))
        return self._numbers[key]

    def _keep(self, key: Hashable, among: list[Any], data: Any) -> None:
        self._numbers[key] = len(among)
        among.append(data)


def encoded(array: Array) -> dict[str, Any]:
    """An array as the page carries it."""
    if array.dtype.kind == "f" and array.size > LONG and array.dtype.itemsize >= 4:
        data = array.astype(array.dtype.newbyteorder("<")).tobytes()
        return {"dtype": str(array.dtype), "shape": list(array.shape), "base64": base64.b64encode(data).decode()}
    plain = array_to_data(array)
    if array.dtype.kind in "iuO":
        plain["data"] = [str(n) if type(n) is int and abs(n) > SAFE else n for n in plain["data"]]
    return plain


DTYPES = ("float32", "float64")
"""The types of arrays that are written as bytes."""


def decoded(data: Any) -> Any:
    """The array as a saved trace has it. Raises `ValueError` for bytes that are none."""
    if not isinstance(data, dict):
        return data
    if "base64" in data:
        return _unpacked(data.get("base64"), data.get("dtype"), data.get("shape"))
    whole = str(data.get("dtype", "")).startswith(("int", "uint", "object"))
    if whole and isinstance(data.get("data"), list):
        data = {**data, "data": [int(n) if isinstance(n, str) else n for n in data["data"]]}
    return data


def _unpacked(text: Any, dtype: Any, shape: Any) -> Any:
    """An array that was written as bytes."""
    if not isinstance(text, str) or dtype not in DTYPES or not _is_shape(shape):
        raise ValueError("not an array written as bytes")
    raw = base64.b64decode(text, validate=True)
    if len(raw) != math.prod(shape) * np.dtype(dtype).itemsize:
        raise ValueError("not as many bytes as its shape has cells")
    return array_to_data(np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).astype(dtype).reshape(shape))


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list) and len(shape) <= MOST_AXES and all(type(n) is int and n > 0 for n in shape)


def read_back(record: Any, name: str) -> list[Trace]:
    """The traces in a page's record. Raises `FileError` for one that is damaged."""
    damaged = FileError(f"{name}: the record of its traces is damaged")
    if not isinstance(record, dict) or record.get("format") != "stepwise-page":
        raise damaged
    listed, kept = record.get("arrays"), record.get("traces")
    if not isinstance(listed, list) or not isinstance(kept, list):
        raise damaged
    try:
        arrays = [decoded(array) for array in listed]
    except ValueError:
        raise damaged from None
    traces: list[Trace] = []  # each is read once, however many look at it: a record comes after all those it names
    for trace in kept:
        if not isinstance(trace, dict) or not isinstance(trace.get("inputs"), dict):
            raise damaged
        inputs = {
            key: {"parent": _numbered(value.get("parent"), traces, damaged)}
            if isinstance(value, dict)
            else _numbered(value, arrays, damaged)
            for key, value in trace["inputs"].items()
        }
        output = _numbered(trace.get("output"), arrays, damaged)
        traces.append(from_data({**trace, "inputs": inputs, "output": output}, name))
    return traces


def _numbered(number: Any, among: Sequence[T], damaged: FileError) -> T:
    """What has this number."""
    if type(number) is not int or not 0 <= number < len(among):
        raise damaged
    return among[number]
