"""A layer as an object that can be called: its plan, its weights, and how they are given or drawn."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..effort import allow_cells
from ..errors import CallError, ShapeError, StepwiseError, listing
from ..geometry import axis_names
from ..io.inputs import Grids, locked, taken
from ..ops import BatchNorm, Dense, GroupNorm, PReLU
from ..ops.windows import WindowOperation
from ..traces.layout import Layout
from ..traces.operation import Layer, Operation
from ..traces.recording import record
from ..traces.trace import Trace
from .grids import arranged, kernel_from
from .initializers import DEFAULT_SEED, NOUGHT, Initializer, constant, whole_numbers

if TYPE_CHECKING:
    from .in_training import InTraining


@dataclass(frozen=True)
class Stage:
    """One operation of a layer. A separable convolution has two, a layer with an activation one more."""

    operation: Operation
    weights: Mapping[str, str] = field(default_factory=dict)  # the operation's name for a weight -> the layer's
    call: str = ""  # how this stage alone would be written; empty where it is the layer itself
    alone: str = ""  # the layer's call without what its other stages do
    in_training: InTraining | None = None  # what it does otherwise while its network is trained

    def call_in(self, whole: str) -> str:
        """The call of this stage alone, where the layer's whole call is this."""
        return self.call or self.alone or whole


@dataclass(frozen=True)
class Plan:
    """What a call means: its operations, how arrays are laid out, and how weights that nobody gives are drawn."""

    stages: tuple[Stage, ...]
    layout: Layout
    initializers: Mapping[str, Initializer] = field(default_factory=dict)  # by weight, in the framework's order
    in_channels: int | None = None  # what the framework was told to expect, where it was
    least: tuple[int, ...] = ()  # the fewest cells along each spatial axis, where the framework has a rule
    trainable: bool = True  # whether its weights are learned
    refused: str = ""  # why it cannot be carried out, though its sizes can be told
    any_axes: bool = False  # whether it looks along as many axes as its input has

    def whole(self, call: str) -> str:
        """The call, where it has several stages; "" where its only stage says as much."""
        return call if len(self.stages) > 1 else ""


Signature = Callable[..., Plan]


class LayerObject:
    """A layer of some framework, ready to be called on an array or on another layer's trace.

    `weights` maps the layer's own names for its weights to arrays in the framework's own shapes. Where a layer has
    some, a bias that nobody gave is 0. Without any they are drawn: by an initializer that the call names, or else whole
    numbers for a layer that was `written` down, and by the framework's own for one that a script made.
    """

    shown_as: ClassVar[str] = "a layer"

    dialect = ""
    written = False  # as a call in a text, to be told
    named: frozenset[str] = frozenset()  # the weights whose initializer the call names
    seed = DEFAULT_SEED  # what weights that nobody gave are drawn with
    input_shape: tuple[int | None, ...] | None = None  # of one input without its batch, where the call says it
    parts: Sequence[LayerObject] = ()  # layers of one input, whose outputs it joins
    takes: tuple[int, ...] = (1,)  # in a chain, of how many layers before it each of its inputs is (see `wiring`)
    form = ""  # what a bare array is to it, where its axes do not tell (see `taking`)
    left_out: tuple[str, ...] = ()  # of what was pasted, where it is the first layer in that
    training = False  # whether its network is being trained
    makes: type[Trace] = Trace  # what a call of it gives

    def __init__(self, plan: Plan, call: str) -> None:
        self.plan = plan
        self.call = call
        self.weights: dict[str, Array] = {}
        self.drawn: dict[str, Array] = {}  # in the last call, those that nobody had given
        self.kept: dict[str, Any] = {}  # from call to call of a training, by what it does then

    def __repr__(self) -> str:
        return self.call

    def __call__(self, x: Any, *others: Any) -> Trace:
        """Carry the layer out and keep the working. Raises `ShapeError` or `InputError` where `x` does not fit.

        `others` are further inputs, for the operations that take several.
        """
        inputs: dict[str, Any] = {"input": x, **{f"input_{i}": other for i, other in enumerate(others, 1)}}
        return self.run(inputs)

    def settle(self, shape: Sequence[Any]) -> None:
        """Decide what the call leaves open until it meets an input: nothing, but in words of images and signals.

        Raises `ShapeError` for an input of a shape that it does not take.
        """

    @property
    def made(self) -> int:
        """How many traces a call of it gives: one for each stage, and those of what it joins."""
        return len(self.plan.stages)

    def run(self, inputs: Mapping[str, Any]) -> Trace:
        """Carry every stage out on inputs by name; each is an array or a trace."""
        if self.plan.refused:
            raise CallError(f"{self.call}: {self.plan.refused}")
        current: Mapping[str, Any] = {**inputs, "input": arranged(inputs["input"], [self.plan])}
        self.settle(np.shape(current["input"]))
        for number, stage in enumerate(self.plan.stages):
            trace = self._stage(stage, current, number)
            current = {"input": trace}
        return trace

    def _stage(self, stage: Stage, inputs: Mapping[str, Any], number: int) -> Trace:
        parents = {name: value for name, value in inputs.items() if isinstance(value, Trace)}
        arrays = {name: v.output if isinstance(v, Trace) else locked(taken(v, name)) for name, v in inputs.items()}
        form = self.form if self.form and not parents else form_of(inputs["input"])
        operation = self.fitting(stage.operation, arrays["input"].shape, form)
        given = {own: self.weights[name] for own, name in stage.weights.items() if name in self.weights}
        if isinstance(typed := given.get("kernel"), Grids):
            kernel = kernel_from(operation, typed, self.plan.layout, arrays["input"].shape, self.call)
            given["kernel"] = self.weights[stage.weights["kernel"]] = locked(kernel)
        missing = {own: name for own, name in stage.weights.items() if name not in self.weights}
        drawn = self._drawn(operation, missing, arrays["input"])
        self.drawn.update((missing[own], array) for own, array in drawn.items())
        weights = {own: given.get(own, drawn.get(own)) for own in stage.weights}
        origins = {own: str(self.initializer(name)) for own, name in missing.items()}
        words, own_form = (self.dialect, stage.call_in(self.call)), "" if parents else self.form
        names = tuple((own, name) for own, name in stage.weights.items() if own != name)
        plan, whole = self.plan, self.plan.whole(self.call)
        about: dict[str, Any] = {"trainable": plan.trainable, "form": own_form, "whole": whole}
        left_out = () if number or parents else self.left_out
        known = {own: w for own, w in weights.items() if w is not None}
        trained = stage.in_training if self.training and plan.trainable else None
        taken_in: Mapping[str, Array] = known
        data: Mapping[str, Array] = arrays
        if trained is not None:
            operation, data, taken_in = trained.begin(operation, arrays, known, self.kept)
        layer = Layer(operation, plan.layout, *words, number, names, left_out=left_out, **about)
        trace = record(layer, {**data, **taken_in}, parents, origins)
        if self.makes is not Trace:
            trace = self.makes(trace.layer, trace.inputs, trace.geometry, trace.output, trace.parents, trace.origins)
        if trained is not None:
            self.weights.update((stage.weights[n], locked(w)) for n, w in trained.end(trace, known, self.kept).items())
        _OWNERS[trace] = self
        return trace

    @contextlib.contextmanager
    def taking(self, form: str) -> Iterator[None]:
        """Within this, a bare array is taken for a `plain` image, an `image` with channels or a `batch`."""
        self.__dict__["form"] = form
        try:
            yield
        finally:
            self.__dict__.pop("form", None)

    def fitted(self, operation: Operation, shape: tuple[int, ...], form: str) -> Operation:
        """A stage's operation for an input of this shape and form. Raises `ShapeError` where it does not go with it."""
        return operation.fitted(shape, form)

    def fitting(self, operation: Operation, shape: tuple[int, ...], form: str) -> Operation:
        """A stage's operation for this input, whose channels are those that are due. Raises `ShapeError`."""
        found = self.fitted(operation, shape, form)
        self.check_channels(found, shape)
        return found

    def check_channels(self, operation: Operation, shape: tuple[int, ...]) -> None:
        """Refuse an input whose channels are not those the layer expects. Raises `ShapeError`."""
        expected, found, what = self.plan.in_channels, None, "channels"
        match operation:
            case Dense() if shape:
                found, what = shape[-1], "features along its last axis"
            case BatchNorm() | GroupNorm():
                found = operation.channels(shape)
            case WindowOperation() if 0 <= len(shape) - operation.spatial <= 2:
                found = self.plan.layout.channels(shape, operation.spatial)
        if isinstance(found, int) and expected not in (None, found):  # of a letter it cannot be told
            mismatch = f"{self.call} expects {expected} {what}, but the input of shape {shape} has {found}"
            typed = isinstance(operation, WindowOperation) and expected != 1
            raise ShapeError(
                mismatch + "; typed, each channel is a grid, and ;; or an empty line begins another" * typed
            )
        if self.plan.least and isinstance(operation, WindowOperation):
            sizes = self.plan.layout.images_shape(shape, operation.spatial)[2:]
            for name, size, least in zip(axis_names(operation.spatial), sizes, self.plan.least):
                if isinstance(size, int) and size < least:
                    raise ShapeError(
                        f"along the {name}, the input has {size} cells and the window {least}; {self.call} takes no "
                        "input smaller than its window, not even with padding or in ceil mode"
                    )

    def give(self, weights: Mapping[str, Any]) -> None:
        """Set weights by the layer's names or the engine's. Raises `CallError` for one the layer does not have."""
        pairs = [pair for stage in self.plan.stages for pair in stage.weights.items()]
        own, kernels = dict(pairs), {name for engine, name in pairs if engine == "kernel"}
        matrices = {name for engine, name in pairs if engine in ("kernel", "other")}
        matrices |= {  # slopes for the cells of an image
            name
            for stage in self.plan.stages
            if isinstance(stage.operation, PReLU) and stage.operation.shared is not None
            for name in stage.weights.values()
        }
        for given, value in weights.items():
            name = given if given in self.plan.initializers else own.get(given, given)
            if given == "kernel" and len(kernels) > 1:
                raise CallError(
                    f"{self.call} has {len(kernels)} kernels, {' and '.join(sorted(kernels))}; give them by name, "
                    "in a lesson file as weights: [{depthwise_kernel: …, pointwise_kernel: …}]"
                )
            if name not in self.plan.initializers:
                has = listing(self.plan.initializers) if self.plan.initializers else "no weights"
                raise CallError(f"{self.call} has no {given}; it has {has}").of(given)
            try:
                typed = taken(value, given)
            except StepwiseError as error:
                raise error.of(given) from None
            if isinstance(typed, Grids) and name in kernels:
                self.weights[name] = typed  # it is laid out where the input's channels are known
                continue
            weight = np.atleast_1d(np.asarray(typed))
            if name not in matrices and weight.shape[:-1] == (1,):
                weight = weight[0]  # a bias written as text is a row
            self.weights[name] = locked(weight)

    def known_weights(self) -> dict[str, Array]:
        """The weights that were given, or else drawn in a call, in the framework's order."""
        known = {**self.drawn, **self.weights}
        return {name: known[name] for name in self.plan.initializers if name in known}

    def _drawn(self, operation: Operation, missing: Mapping[str, str], array: Array) -> dict[str, Array]:
        if not missing:
            return {}
        operation.outline(self.plan.layout, array.shape)  # what does not fit is refused before any weight is drawn
        shapes = operation.weight_shapes(self.plan.layout, array.shape)
        dtype = array.dtype if array.dtype.kind == "f" else None
        order = list(self.plan.initializers)  # by it, and not by which are missing: so a bias never repeats its kernel
        found = {}
        for own, name in missing.items():
            allow_cells(f"the {name} of {self.call}", math.prod(shapes[own]))
            array, known = self.initializer(name).draw(shapes[own], dtype, order.index(name)), self.drawn.get(name)
            same = known is not None and known.dtype == array.dtype and np.array_equal(known, array)
            found[own] = known if known is not None and same else array  # used twice, a layer has its weights once
        return found

    def initializer(self, name: str) -> Initializer:
        """What makes a weight that nobody gives, as things stand."""
        own = self.plan.initializers[name].seeded(self.seed)
        if name in self.named:
            return own
        if name == "bias" and (self.written or self.weights):
            return NOUGHT
        if self.written and own.seed is not None:
            return whole_numbers(self.seed, self.plan.layout.kernel_channels_last)
        return own if own.seed is not None else constant(float(own.draw((1,), None)[0]))


_OWNERS: WeakKeyDictionary[Trace, LayerObject] = WeakKeyDictionary()


def owner(trace: Trace) -> LayerObject | None:
    """The layer that made a trace, where it was made here by a layer."""
    return _OWNERS.get(trace)


def form_of(x: Any) -> str:
    """Whether a value is a plain image, one image with channels, or a batch (see `layout`); a guess for bare arrays."""
    if isinstance(x, Trace):
        return x.form
    return "plain" if np.ndim(x) == 2 else "batch"
