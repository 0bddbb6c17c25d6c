"""Reading a lesson file: a request written down in YAML, read as data and checked with one error at a time.

    stepwise: 1
    title: Max pooling by hand
    input: [[4, 3], [2, 1]]
    layers:
      - MaxPool2D(pool_size=2, strides=1, padding="same")

`compare:` in place of `layers:` sets two calls side by side, `network:` names an ONNX file. Every mistake names its
line, what was found there and what was expected.

To add a key: a field of `LessonFile`, a line in `KEYS`, a reader below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from ..arithmetic import Array
from ..dialects import LayerObject
from ..dialects.onnx import load
from ..dialects.onnx_network import OnnxNetwork
from ..dialects.tracing import refuse_long, understood
from ..errors import StepwiseError, as_yaml, hint_among, listing
from ..io.files import PathLike, read_text
from ..io.inputs import locked, taken
from ..io.numerals import Assumed, read_assumptions
from ..language import available
from ..layers.grids import arranged
from ..layers.weights import in_order, read_weights
from ..lessons.way_back import WayBack
from ..marking.written import read_marking, read_parts
from ..networks.network import Sequential
from .inputs import Inputs
from .lesson_file import LessonFile
from .show import Shown
from .values import NO_KEY, parsed, plain
from .way_back import read_way_back
from .yaml_traps import folded, typed_rows

KEYS = (
    "stepwise",
    "title",
    "language",
    "lead",
    "input",
    "layers",
    "compare",
    "network",
    "weights",
    "seed",
    "arithmetic",
    "assume",
    "classes",
    "show",
    "sections",
    "marking",
    "parts",
    "worksheet",
    "backward",
    "for",
    "update",
)


def load_lesson_file(path: PathLike) -> LessonFile:
    """A lesson file read from disk. Raises `LessonFileError` or `FileError`."""
    return read_lesson(read_text(path), str(path), Path(path).parent)


def read_lesson(text: str, name: str = "the lesson", folder: Path | None = None) -> LessonFile:
    """A lesson file from its text; files it names are looked for in `folder`.

    >>> read_lesson("stepwise: 1\\ninput: 4 3; 2 1\\nlayers: [MaxPool2D(2)]").lesson().title
    'Max pooling: 2×2 window, stride 2, VALID padding'
    """
    return _Reader(name, folder or Path()).read(text)


def lesson_of_calls(
    calls: Sequence[tuple[str, int]], asked: Mapping[str, Any], compared: bool, name: str, folder: Path, line: int
) -> LessonFile:
    """A lesson of calls that stand in a page, each on a line (from 0), and of what is `asked` for them on its `line`.

    >>> lesson_of_calls([("MaxPool2D(2)", 1)], {"input": "4 3; 2 1"}, False, "page.md", Path(), 0).lesson().title
    'Max pooling: 2×2 window, stride 2, VALID padding'
    """
    key = "compare" if compared else "layers"
    data = _at_line({"stepwise": 1, **asked, key: CommentedSeq([call for call, _line in calls])}, line)
    for number, (_call, its_line) in enumerate(calls):
        data[key].lc.add_idx_line_col(number, [its_line, 0])
    return _Reader(name, folder).lesson(data)


def _at_line(values: Mapping[Any, Any], line: int) -> CommentedMap:
    """Values as YAML's reader gives them that stand on one line."""
    found = CommentedMap({key: _at_line(v, line) if isinstance(v, Mapping) else v for key, v in values.items()})
    found.lc.line = line
    for key in found:
        found.lc.add_kv_line_col(key, [line, 0, line, 0])
    return found


class _Reader(Shown, Inputs):
    """Reads one file, and knows its name and lines for messages."""

    def read(self, text: str) -> LessonFile:
        return self.lesson(parsed(text, self.name), text)

    def lesson(self, data: CommentedMap, text: str = "") -> LessonFile:
        for key in data:
            if not isinstance(key, str | int):
                raise self._error(data, key, NO_KEY)
            if key not in KEYS:
                hint = hint_among(str(key), KEYS)
                raise self._error(data, key, f"there is no key {key!r} in a lesson file.{hint}")
        version = plain(data.get("stepwise"))
        if type(version) is not int or version != 1:
            found = f"found stepwise: {as_yaml(version)}" if "stepwise" in data else "found no stepwise:"
            raise self._error(data, "stepwise", f"{found}, expected stepwise: 1")
        asked = [key for key in ("layers", "compare", "network") if key in data]
        if len(asked) != 1:
            found = " and ".join(f"{key}:" for key in asked)
            found = f"both {found}" if len(asked) == 2 else found or "neither layers: nor compare:"
            expected = "layers: (a chain), compare: (two calls) or network: (an ONNX file)"
            raise self._error(data, (asked or ["layers"])[0], f"found {found}, expected {expected}")
        self._refuse_folded(data, text)
        if "input" not in data:
            raise self._error(data, "stepwise", "found no input:, expected one such as input: 4 3; 2 1")
        key = asked[0]
        arithmetic, assume = self._text(data, "arithmetic"), self._assume(data)
        steps, matrix = self._show(data)
        layers = () if key == "network" else self._weighted(data, self._layers(data, key))
        return LessonFile(
            layers=layers,
            compared=key == "compare",
            input=self._at(data, "input", lambda: self._arranged(data, self._input(data["input"], arithmetic, assume))),
            weights=None if key == "network" or self._weights_file(data) else self._weights(data, layers),
            seed=self._seed(data),
            arithmetic=arithmetic,
            assume=assume,
            title=self._text(data, "title"),
            language=self._language(data),
            lead=" ".join((self._text(data, "lead") or "").split()),
            steps=steps,
            matrix=matrix,
            practice=self._practice(data),
            shown_parts=self._shown_parts(data),
            headed="sections" in data or "only" not in (plain(data.get("show")) or {}),
            classes=self._classes(data),
            alternatives=self._alternatives(data),
            knobs=self._knobs(data),
            origin=self._origin(data, text),
            marking=self._at(data, "marking", lambda: read_marking(plain(data.get("marking", {})), "parts" in data)),
            parts=self._at(data, "parts", lambda: read_parts(plain(data["parts"]))) if "parts" in data else (),
            place=self._place(data, key),
            network=self._at(data, key, lambda: self._network(data)) if key == "network" else None,
            worksheet=self._mapping(data, "worksheet"),
            way_back=self._way_back(data, arithmetic, assume),
            way_back_place=self._place(data, "backward") if "backward" in data else "",
            weight_places=self._weight_places(data.get("weights")),
            marking_place=next((self._place(data, asked) for asked in ("parts", "marking") if asked in data), ""),
            worksheet_place=self._place(data, "worksheet") if "worksheet" in data else self.name,
            random=self._random(data),
            files=tuple(self.files),  # last: everything has been read
        )

    def _refuse_folded(self, data: CommentedMap, text: str) -> None:
        if not isinstance(data.get("input"), str):
            return
        start = data.lc.value("input")
        after = [line for key in data if (line := data.lc.key(key)[0]) > start[0]]
        if folded(text, start, min(after, default=None)):
            advice = (
                "YAML makes one row of these lines; write input: | before them, or end each row but the last with ;"
            )
            raise self._error(data, "input", advice)

    def _weight_places(self, weights: Any) -> dict[str, str]:
        """The line of each weight; of a name that several layers have, that of the first."""
        if isinstance(weights, CommentedMap) and not any(isinstance(name, str) for name in weights):
            weights = list(weights.values())
        entries = weights if isinstance(weights, list) else [weights]
        named = [entry for entry in entries if isinstance(entry, CommentedMap)]
        return {str(name): self._place(entry, name) for entry in reversed(named) for name in entry}

    def _mapping(self, data: CommentedMap, key: str) -> Mapping[str, Any]:
        value = plain(data.get(key, {}))
        if not isinstance(value, Mapping):
            raise self._error(data, key, f"found {key}: {as_yaml(value)}, expected keys such as blank: output")
        return value

    def _network(self, data: CommentedMap) -> OnnxNetwork:
        if "weights" in data:
            raise StepwiseError("found network: and weights:, but the network's file has its weights already")
        return load(self._inside(data["network"], "network"))

    @staticmethod
    def _weights_file(data: CommentedMap) -> Any:
        """The name in `weights: {file: …}`, None where weights are given otherwise."""
        weights = plain(data.get("weights"))
        return weights["file"] if isinstance(weights, dict) and set(weights) == {"file"} else None

    def _weighted(self, data: CommentedMap, layers: tuple[LayerObject, ...]) -> tuple[LayerObject, ...]:
        """The layers, with the weights that a file holds for all of them."""
        name = self._weights_file(data)
        if name is None:
            return layers
        if "compare" in data:
            raise self._error(data, "weights", "found a file of weights, expected a list: two calls are compared here")

        def give() -> None:
            chain, arrays = Sequential(layers), read_weights(self._inside(name, "file"))
            if set(arrays) <= set(chain.named_weights()):
                chain.give(arrays)
            else:
                chain.give_in_order(in_order(arrays))

        self._at(data, "weights", give)
        return layers

    def _layers(self, data: CommentedMap, key: str) -> tuple[LayerObject, ...]:
        calls = data[key] if isinstance(data[key], CommentedSeq) else [data[key]]
        layers: list[LayerObject] = []
        self._at(data, key, partial(refuse_long, len(calls)))
        written = [plain(call) for call in calls]
        for number in range(len(calls)):
            line = data[key].lc.item(number)[0] if isinstance(data[key], CommentedSeq) else None
            call = self._call(data, key, written, number, line)
            layers += self._at(data, key, partial(understood, call), line)
            self._at(data, key, partial(refuse_long, len(layers)), line)
        if not layers:
            raise self._error(data, key, f"found no call in {key}:, expected one such as MaxPool2D(2)")
        if key == "compare" and len(layers) != 2:
            found = "1 call" if len(layers) == 1 else f"{len(layers)} calls"
            raise self._error(data, key, f"found {found} in compare:, expected two")
        return tuple(layers)

    def _assume(self, data: CommentedMap) -> Assumed:
        value = plain(data.get("assume", "real"))
        if isinstance(value, str):
            return read_assumptions(value)
        if not isinstance(value, dict) or not all(isinstance(word, str) for pair in value.items() for word in pair):
            raise self._error(
                data, "assume", f"found assume: {as_yaml(value)}, expected a word, or one for each letter"
            )
        return value

    def _way_back(self, data: CommentedMap, arithmetic: str | None, assume: Assumed) -> WayBack | None:
        """What is asked of gradients."""
        keys = [key for key in ("backward", "for", "update") if key in data]
        if not keys:
            return None
        if "backward" not in data:
            raise self._error(data, keys[0], f"found {keys[0]}: without backward:, expected backward: {{grad: …}}, too")
        show = plain(data.get("show", {}))
        for key in ("practice", "alternatives", "knobs", "matrix"):
            if show.get(key):
                raise self._error(data, "show", f"found {key}: beside backward:, which is told without it")
        whole = data["backward"]
        both = "compare" in data and isinstance(whole, list) and len(whole) == 2  # one for each of two calls
        found = []
        for asked in whole if both else [whole]:
            own = {**{key: plain(data[key]) for key in keys}, "backward": plain(asked)}
            found.append(self._read_way_back(data, asked, own, arithmetic, assume))
        if "compare" in data and any(one.lr is not None for one in found):
            raise self._error(data, "backward", "found update: beside compare:, expected it beside layers:")
        return replace(found[0], other=found[1]) if both else found[0]

    def _read_way_back(
        self, data: CommentedMap, asked: Any, values: Mapping[str, Any], arithmetic: str | None, assume: Assumed
    ) -> WayBack:
        def numbers(value: Any, name: str) -> Any:
            nested = asked.get({"gradient": "grad"}.get(name, name)) if isinstance(asked, CommentedMap) else value
            if isinstance(nested, CommentedMap):
                return self._input(nested, arithmetic, assume)
            return taken(typed_rows(value), name, arithmetic, assume)

        found: WayBack = self._at(data, "backward", lambda: read_way_back(values, numbers))
        return found

    def _arranged(self, data: CommentedMap, array: Array) -> Array:
        """Typed grids as the layers take them, so that a sheet keeps them so; of two calls, each has its own way."""
        if "layers" not in data:
            return array
        return locked(arranged(array, [layer.plan for layer in self._layers(data, "layers")]))

    def _classes(self, data: CommentedMap) -> tuple[str, ...]:
        """Names, in the order of the numbers; a number is a name, too."""
        found = plain(data.get("classes", []))
        if not isinstance(found, list) or not all(type(name) in (str, int) for name in found):
            raise self._error(
                data, "classes", f"found classes: {as_yaml(found)}, expected a list of names such as [cat, dog]"
            )
        if found and "compare" in data:
            raise self._error(data, "classes", "found classes:, but two calls are compared here, which give no answer")
        return tuple(map(str, found))

    def _weights(self, data: CommentedMap, layers: Sequence[LayerObject]) -> list[Any] | dict[Any, Any] | None:
        """What is given to each layer; arrays by their own names are those of the layer that has weights, or of both
        calls that are compared."""
        weights = plain(data.get("weights"))
        if weights is not None and not isinstance(weights, list | dict):
            raise self._error(
                data, "weights", f"found weights: {as_yaml(weights)}, expected a list with one entry for each layer"
            )
        if isinstance(weights, list) and "compare" in data and len(weights) > 2:
            raise self._error(data, "weights", f"found weights: for {len(weights)} calls, expected two")
        if isinstance(weights, dict) and weights and all(isinstance(name, str) for name in weights):
            having = [number for number, layer in enumerate(layers) if layer.plan.initializers]
            if not having or (len(having) > 1 and "compare" not in data):
                found = f"found weights: by name, where {len(having)} layers have weights"
                raise self._error(data, "weights", f"{found}, expected a list with one entry for each layer")
            return dict.fromkeys(having, weights)
        for number in weights if isinstance(weights, dict) else ():
            if type(number) is not int or not 0 <= number < len(layers):
                found = f"found weights: for layer {as_yaml(number)}"
                raise self._error(data["weights"], number, f"{found}; the layers are numbered 0 to {len(layers) - 1}")
        return weights

    def _seed(self, data: CommentedMap) -> int | None:
        seed: int | None = plain(data.get("seed"))
        if "seed" in data and (type(seed) is not int or seed < 0):
            raise self._error(data, "seed", f"found seed: {as_yaml(seed)}, expected a whole number, 0 or above")
        return seed

    def _text(self, data: CommentedMap, key: str) -> str | None:
        value = plain(data.get(key))
        if value is not None and not isinstance(value, str):
            raise self._error(data, key, f"found {key}: {as_yaml(value)}, expected words (put them in quotes)")
        return value

    def _language(self, data: CommentedMap) -> str:
        language = self._text(data, "language") or "en"
        if language not in available():
            raise self._error(data, "language", f"found language: {as_yaml(language)}, expected {listing(available())}")
        return language
