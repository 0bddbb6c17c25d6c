"""Misconceptions of the way back: rows for the gradients of layers, in the order in which two are carried out together.

To add one: a row here, its change in `ways_back.py`.
"""

from __future__ import annotations

from ..language import _
from ..ops import Dense, MeanPool, MinPool, ReLU
from ..traces.trace import Trace
from .gradients import gradient_of, later, of, of_conv
from .misconception import Misconception, worded


def _as_it_stands(trace: Trace) -> str | None:
    gradient = of_conv(trace, "input")
    if gradient is None or not trace.layer.layout.kernel_turned:
        return None
    return _("the kernel was turned by half a turn once more; of a convolution that turns it, the gradient does not")


def _which_exchanged(trace: Trace) -> str | None:
    gradient = gradient_of(trace)
    if gradient is None:
        return None
    if gradient.wrt == "input":
        return _("the gradient of the kernel was worked out, not that of the input")
    return _("the gradient of the input was worked out, not that of the kernel")


def _tied(trace: Trace) -> str | None:
    gradient = gradient_of(trace)
    if gradient is not None and isinstance(gradient.of, MinPool):
        return _("the gradient went to every cell that equals the minimum; only the first of them gets it")
    if gradient is not None and getattr(gradient.of, "shared", False):
        return _("every cell that equals the maximum got the whole gradient; here they share it")
    return None


def _first_not_smallest(trace: Trace) -> str | None:
    gradient = gradient_of(trace)
    if gradient is None or not isinstance(gradient.of, MinPool):
        return None
    return _("the gradient went to the first cell of each window, not to the smallest")


def _undivided(trace: Trace) -> str | None:
    gradient = gradient_of(trace)
    if gradient is None or not isinstance(gradient.of, MeanPool) or gradient.of.divisor is None:
        return None
    return _("the gradient was not divided by {divisor}, as the mean is").format(divisor=gradient.of.divisor)


def _gate(trace: Trace) -> str | None:
    gradient = gradient_of(trace)
    if gradient is None or not isinstance(gradient.of, ReLU) or not gradient.of.slope:
        return None
    return _("the sign of the upstream gradient decided where the slope is 1, not that of the number that went in")


_last_product = worded(
    lambda trace: of_conv(trace, "kernel"),
    lambda: _("only the product of the last output cell was kept; the products of all output cells are added"),
)
_of_rows_in_bias = worded(
    lambda trace: of(trace, Dense, "bias"),
    lambda: _("the upstream gradient itself was taken as the bias's gradient; it is summed over the rows of the batch"),
)
_of_rows = worded(
    lambda trace: of(trace, Dense, "kernel", "bias"),
    lambda: _("the gradients of the rows of the batch were not added up"),
)
_gradient_of_sum = worded(
    gradient_of,
    lambda: _("the gradient is that of the sum of all losses; that of their mean is divided by their number"),
)
BACK: tuple[Misconception, ...] = (
    Misconception(
        "grad.kernel_and_input_exchanged",
        lambda: _("the gradients of the input and of the kernel were exchanged"),
        later("exchanged"),
        wording=_which_exchanged,
    ),
    Misconception(
        "grad.kernel_not_turned",
        lambda: _("the kernel was laid on the upstream gradient as it stands; it is turned by half a turn first"),
        later("turned", where_due=True),
    ),
    Misconception(
        "grad.kernel_turned",
        lambda: _("the kernel was turned by half a turn; of a transposed convolution, the gradient does not turn it"),
        later("turned", where_due=False),
        wording=_as_it_stands,
    ),
    Misconception(
        "grad.kernel_not_transposed",
        lambda: _("the upstream gradient was multiplied by the matrix of weights as it stands, not by its transpose"),
        later("matrix_not_transposed"),
    ),
    Misconception(
        "grad.stride_zeros_left_out",
        lambda: _("the zeros that stand for the stride were left out between the cells of the upstream gradient"),
        later("zeros_left_out"),
        also=(later("side_by_side"), later("without_zeros")),
    ),
    Misconception(
        "grad.every_tie",
        lambda: _("the gradient went to every cell that equals the maximum; only the first of them gets it"),
        later("every_tie"),
        wording=_tied,
        also=(later("every_tie", parted=True),),
    ),
    Misconception(
        "grad.first_of_window",
        lambda: _("the gradient went to the first cell of each window, not to the largest"),
        later("first_of_window"),
        wording=_first_not_smallest,
    ),
    Misconception(
        "grad.not_divided",
        lambda: _("the gradient was not divided by the count of cells, as the mean is"),
        later("not_divided"),
        wording=_undivided,
    ),
    Misconception(
        "grad.relu_by_gradient_sign",
        lambda: _("the sign of the upstream gradient decided what passes, not that of the number that went in"),
        later("gated_by_gradient"),
        wording=_gate,
    ),
    Misconception(
        "grad.overlap_overwritten",
        lambda: _("where windows overlap, only the last gradient was kept; they are added"),
        later("overwritten"),
        wording=_last_product,
    ),
    Misconception(
        "grad.bias_not_summed",
        lambda: _("the upstream gradient itself was taken as the bias's gradient; it is summed over all cells"),
        later("bias_not_summed"),
        wording=_of_rows_in_bias,
    ),
    Misconception(
        "grad.batch_not_summed",
        lambda: _("the gradients of the images of the batch were not added up"),
        later("batch_not_summed"),
        wording=_of_rows,
        also=(later("one_image", which=0), later("one_image", which=-1)),
    ),
    Misconception(
        "loss.not_averaged",
        lambda: _("the losses were added, but not divided by their number"),
        later("not_averaged"),
        wording=_gradient_of_sum,
    ),
    Misconception(
        "update.sign",
        lambda: _("the gradient times the learning rate was added to the weights; it is subtracted"),
        later("uphill"),
    ),
)

__all__ = ["BACK"]
