"""From what a person writes to a Trace: `trace("MaxPool2D(2)", [[4, 3], [2, 1]])`."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..advice import way
from ..arithmetic import Array
from ..effort import Effort, allow
from ..errors import CallError, LimitError, ShapeError, StepwiseError, named, shown
from ..io.inputs import locked, taken
from ..io.numerals import Assumed
from ..layers.forms import starting_form
from ..layers.grids import arranged
from ..layers.initializers import DEFAULT_SEED
from ..layers.outlines import outline
from ..layers.sizes import sizes
from ..layers.wiring import branched, followed, whole_batch
from ..traces.trace import LARGE, Trace
from ..traces.trace import chain as traces_of
from . import LayerObject, layers

Written = str | LayerObject
MOST_LAYERS = 1_000
"""Layers of one chain: Python's own stack has an end, and nobody reads as many."""


def trace(
    call: Written | Sequence[Written],
    input: Any,
    *,
    kernel: Any = None,
    bias: Any = None,
    weights: Sequence[Any] | Mapping[Any, Any] | None = None,
    arithmetic: str | None = None,
    assume: Assumed = "real",
    seed: int | None = None,
) -> Trace:
    """Carry out a layer, or a chain of them, and keep the whole working.

    call     a layer as its framework writes it, a dialect's layer, or a list of either for a chain
    input    an array, nested lists, text such as `"4 3; 2 1"`, or another Trace. A 2-D array is one image with one
             channel; more axes are laid out as the layer's dialect lays them out. In text, each grid is one channel;
             grids have an empty line or `;;` between them, and a row alone is a signal
    kernel, bias   the weights of the (only) layer that has any, in its dialect's shapes
    weights  for a chain: one entry a layer (None where it has none), or a mapping from the layer's number (from 0);
             an entry is a list in the framework's order or a mapping such as `{"kernel": …, "bias": …}`
    seed     what weights that nobody gives are drawn with; without it 0
    arithmetic   `float`, `exact` (rationals, never rounded) or `symbolic` (letters); without it, letters make it
             symbolic and fractions such as `13/4` exact
    assume   what is known of letters: `real`, `positive`, `nonnegative`, `negative`, a range such as `0..255`, or a
             mapping of letters to those

    Returns the Trace of the last layer; `.parents` lead back. A bias that nobody gives beside a kernel is 0. Weights of
    which none is given are small whole numbers where the call is text, unless it names an initializer; a layer object's
    are drawn by its framework's own.

    Raises `CallError`, `InputError`, `ShapeError` or `LimitError`, each with one sentence.

    >>> trace("MaxPool2D(2, strides=1, padding='valid')", [[4, 3], [2, 1]]).output.tolist()
    [[4]]
    >>> str(trace("AveragePooling2D(2)", [[1, 1], [5, 6]], arithmetic="exact").step((0, 0)).formula)
    '(1 + 1 + 5 + 6) / 4 = 13/4 = 3.25'
    >>> str(trace("Conv2D(1, 2)", "a b; c d", kernel="1 0; 0 2").step((0, 0)).formula)
    'a·1 + b·0 + c·0 + d·2 + 0 = a + 2·d'
    """
    how: dict[str, Any] = {"kernel": kernel, "bias": bias, "weights": weights, "seed": seed}
    [result] = trace_each([call], input, arithmetic=arithmetic, assume=assume, **how)
    return result


def trace_each(
    calls: Sequence[Written | Sequence[Written]],
    input: Any,
    *,
    kernel: Any = None,
    bias: Any = None,
    weights: Sequence[Any] | Mapping[Any, Any] | None = None,
    arithmetic: str | None = None,
    assume: Assumed = "real",
    seed: int | None = None,
) -> list[Trace]:
    """Several requests on one input, each as `trace` has it: where one of them joins branches, all get a batch."""
    if seed is not None and (type(seed) is not int or seed < 0):
        raise CallError(f"the seed {shown(seed)} must be a whole number, 0 or above")
    read = partial(taken, arithmetic=arithmetic, assume=assume)
    chains = [understood(call) for call in calls]
    batched = any(map(branched, chains))
    given = {"kernel": kernel, "bias": bias, "weights": weights}
    return [
        _carried_out(chain, input, read, given, DEFAULT_SEED if seed is None else seed, batched) for chain in chains
    ]


def _carried_out(
    chain: list[LayerObject], input: Any, read: Any, weights: Mapping[str, Any], seed: int, batched: bool
) -> Trace:
    kernel, bias = weights["kernel"], weights["bias"]
    if kernel is not None or bias is not None:
        given = {name: read(w, name) for name, w in (("kernel", kernel), ("bias", bias)) if w is not None}
        if isinstance(bias, str):
            given["bias"] = given["bias"].ravel()  # a bias is one row, however it is written
        _weighted(chain).give(given)
    for number, entry in _entries(weights["weights"], len(chain)):
        _give(chain[number], entry, read)
    if not isinstance(input, Trace):
        input = locked(whole_batch(chain, arranged(read(input), [layer.plan for layer in chain]), batched))
    _refuse_many(chain, input)
    form = "" if isinstance(input, Trace) else starting_form(chain, np.shape(input))

    def carried_out(layer: LayerObject, given: list[Any]) -> Any:
        layer.seed = seed
        try:
            with layer.taking(form):
                found: Any = layer(*given)
        except ShapeError as error:
            raise named(layer.call, error) if len(chain) > 1 else error from None
        return found[0] if isinstance(found, tuple) else found  # PyTorch's return_indices

    result: Trace = followed(chain, input, carried_out)
    return result


def _refuse_many(chain: Sequence[LayerObject], input: Any) -> None:
    """Raises `LimitError` where the layers' outputs together are too much to be kept, before the first is carried out.

    Of a small input nothing is counted; what does not fit is told by the layer itself.
    """
    cells = math.prod(np.shape(input))
    if cells < LARGE:
        return
    with contextlib.suppress(CallError, ShapeError):
        if branched(chain):
            cells += sum(layer.output.size for layer in traces_of(outline(chain, np.shape(input))))
        else:
            cells += sum(math.prod(one.output) for one in sizes(chain, np.shape(input)))
    layers = "1 layer" if len(chain) == 1 else f"{len(chain)} layers"
    allow(f"{layers} over this input", Effort(bytes=8 * cells), "take a smaller input, or fewer layers")


def refuse_long(layers: int) -> None:
    """Raises `LimitError` for a chain of more layers than are carried out, before the first is read."""
    if layers > MOST_LAYERS:
        raise LimitError(f"a chain has at most {MOST_LAYERS:,} layers, not {layers:,}; take fewer layers")


def understood(call: Written | Sequence[Written]) -> list[LayerObject]:
    """The layers that a request names, in order. Raises `CallError` where there are none."""
    written = [call] if isinstance(call, str | LayerObject) else call
    if not isinstance(written, Sequence) or not all(isinstance(one, str | LayerObject) for one in written):
        raise CallError(f"{shown(call)} is not a layer; write one such as 'MaxPool2D(2, strides=1)', or a list of them")
    refuse_long(len(written))
    chain: list[LayerObject] = []
    for one in written:
        context = chain[-1].dialect if chain else ""
        chain += layers(one, context) if isinstance(one, str) else [one]
        refuse_long(len(chain))
    if not chain:
        raise CallError("no layer was given; write one such as MaxPool2D(2, strides=1)")
    return chain


def _weighted(chain: list[LayerObject]) -> LayerObject:
    having = [layer for layer in chain if layer.plan.initializers]
    if len(having) == 1:
        return having[0]
    if not having:
        raise CallError(f"a kernel or bias was given, but {chain[0]} has no weights")
    raise CallError(f"{len(having)} layers have weights; give them by layer {way('weights')}")


def _entries(weights: Sequence[Any] | Mapping[Any, Any] | None, count: int) -> Iterable[tuple[int, Any]]:
    if weights is None:
        return []
    if not isinstance(weights, Mapping | Sequence) or isinstance(weights, str):
        raise CallError("weights must be a list with an entry for each layer, or a mapping from the layer's number")
    pairs = weights.items() if isinstance(weights, Mapping) else enumerate(weights)
    kept = [(number, entry) for number, entry in pairs if entry is not None]
    for number, _entry in kept:
        if type(number) is not int or not 0 <= number < count:
            raise ShapeError(f"weights were given for layer {number!r}; the layers are numbered 0 to {count - 1}")
    return kept


def _give(layer: LayerObject, entry: Any, read: Callable[..., Array]) -> None:
    if isinstance(entry, Mapping):
        known = {*layer.plan.initializers, *(name for stage in layer.plan.stages for name in stage.weights)}
        # the layer refuses any other name, whatever is given by it
        layer.give({str(n): _weight(value, str(n), read) if n in known else value for n, value in entry.items()})
    elif isinstance(entry, Sequence) and not isinstance(entry, str):
        names = list(layer.plan.initializers)
        if len(entry) > len(names):
            own = f" ({', '.join(names)})" if names else ""
            raise ShapeError(f"{layer} has {len(names)} weights{own}, but {len(entry)} were given")
        layer.give({name: _weight(value, name, read) for name, value in zip(names, entry)})
    else:
        raise CallError(f"the weights of {layer} must be a list or a mapping by name, not {shown(entry)}")


def _weight(value: Any, name: str, read: Callable[[Any, str], Any]) -> Any:
    """A weight as it is read; an error knows which it is about."""
    try:
        return read(value, name)
    except StepwiseError as error:
        raise error.of(name) from None
