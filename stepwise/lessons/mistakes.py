"""Wrong procedures with names, for practice: what each would give in every cell, and how its maker is told.

Each is a change of the request or of the rule, carried out by the same engine; nothing is typed in. To add one: a line
in `MISTAKES`, keyed by the operation's name; where it does not apply or is not defined, it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..arithmetic import Array, Value
from ..errors import StepwiseError
from ..geometry import Sliding
from ..language import _
from ..ops import Conv, Identity, MaxPool, MeanPool, Pad
from ..traces import Layer, Operation, Trace, record
from .blocks import Mistake

Made = Callable[[Trace], Array | None]  # the whole wrong output, None where the mistake cannot be made


def mistakes(trace: Trace) -> tuple[Mistake, ...]:
    """The mistakes that this trace can tell from the right answer, in the current language."""
    return tuple(_told(trace))


def _told(trace: Trace) -> Iterator[Mistake]:
    for code, text, made in MISTAKES.get(trace.layer.operation.name, ()):
        try:
            output = made(trace)
        except StepwiseError:
            continue  # the wrong way leads nowhere here, so nobody can have gone it
        if output is not None and output.shape == trace.shape and (output != trace.output).any():
            yield Mistake(code, text(), output)


def _by(trace: Trace, operation: Operation, given: Array | None = None, **inputs: Array) -> Array:
    """The output of another operation on the trace's inputs, or on others."""
    layer = Layer(operation, trace.layer.layout, trace.layer.dialect, trace.layer.call)
    own = {"input": trace.inputs["input"] if given is None else given, **inputs}
    return record(layer, {name: array.copy() for name, array in own.items()}).output


def _windows(trace: Trace) -> Sliding | None:
    windows = getattr(trace.layer.operation, "windows", None)
    return windows if isinstance(windows, Sliding) else None


def _zero_padding(trace: Trace) -> Array | None:
    windows, axes = _windows(trace), trace.geometry.axes
    if windows is None or not trace.geometry.pads or any(axis.padding.overhang for axis in axes):
        return None
    pads = tuple((axis.padding.before, axis.padding.after) for axis in axes)
    bare = replace(windows, padding="valid", pads=(), ceil=False)
    return _by(trace, MaxPool(bare), _by(trace, Pad(pads)))


def _pooled(kind: Callable[..., Operation], **how: Value) -> Made:
    def made(trace: Trace) -> Array | None:
        windows = _windows(trace)
        return None if windows is None else _by(trace, kind(windows, **how))

    return made


def _smallest(trace: Trace) -> Array | None:
    array = trace.inputs["input"]
    return -_by(trace, trace.layer.operation, -array) if array.dtype.kind in "if" else None


def _padding_counted(counted: bool) -> Made:
    def made(trace: Trace) -> Array | None:
        operation = trace.layer.operation
        assert isinstance(operation, MeanPool)
        if not trace.geometry.pads or operation.divisor is not None or operation.counts_padding is counted:
            return None
        return _by(trace, replace(operation, counts_padding=counted))

    return made


def _kernel(change: Callable[[Array, tuple[int, ...]], Array]) -> Made:
    """With a kernel changed along its spatial axes."""

    def made(trace: Trace) -> Array:
        kernel, spatial = trace.inputs["kernel"], len(trace.geometry.axes)
        first = 0 if trace.layer.layout.kernel_channels_last or kernel.ndim == spatial else kernel.ndim - spatial
        changed = change(kernel, tuple(range(first, first + spatial)))
        bias = {name: array for name, array in trace.inputs.items() if name == "bias"}
        return _by(trace, trace.layer.operation, kernel=changed, **bias)

    return made


def _flipped(kernel: Array, axes: tuple[int, ...]) -> Array:
    return kernel[tuple(slice(None, None, -1 if axis in axes else 1) for axis in range(kernel.ndim))]


def _transposed(kernel: Array, axes: tuple[int, ...]) -> Array:
    return kernel.swapaxes(axes[0], axes[-1])


def _without_bias(trace: Trace) -> Array | None:
    assert isinstance(trace.layer.operation, Conv)
    return None if "bias" not in trace.inputs else _by(trace, trace.layer.operation, kernel=trace.inputs["kernel"])


def _absolute(trace: Trace) -> Array:
    return abs(trace.inputs["input"])


MISTAKES: dict[str, tuple[tuple[str, Callable[[], str], Made], ...]] = {
    "max_pool": (
        (
            "max.padding_as_zero",
            lambda: _("That is what padding would give as 0. In a maximum it stands for −∞ and cannot win."),
            _zero_padding,
        ),
        ("rule.mean_for_max", lambda: _("That is the mean of the window, not its largest number."), _pooled(MeanPool)),
        ("rule.min_for_max", lambda: _("That is the smallest number of the window, not the largest."), _smallest),
    ),
    "mean_pool": (
        ("mean.not_divided", lambda: _("That is the sum. Divide it, too."), _pooled(MeanPool, divisor=1)),
        ("mean.padding_counted", lambda: _("You counted the padding; here it is not counted."), _padding_counted(True)),
        ("mean.padding_not_counted", lambda: _("You left the padding out; here it counts."), _padding_counted(False)),
        ("rule.max_for_mean", lambda: _("That is the largest number of the window, not its mean."), _pooled(MaxPool)),
    ),
    "conv": (
        (
            "conv.kernel_flipped",
            lambda: _("You turned the kernel around. Here it is laid on the window as it stands."),
            _kernel(_flipped),
        ),
        ("conv.kernel_transposed", lambda: _("You swapped the kernel's rows and columns."), _kernel(_transposed)),
        ("conv.bias_forgotten", lambda: _("The bias is missing."), _without_bias),
    ),
    "relu": (
        ("relu.absolute_value", lambda: _("That is the number without its sign."), _absolute),
        ("relu.skipped", lambda: _("That is the number as it came in."), lambda trace: _by(trace, Identity())),
    ),
}
MISTAKES["depthwise_conv"] = MISTAKES["conv"]
