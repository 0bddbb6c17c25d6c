"""The gradients of losses: the rule in one line, and where it comes from; of a cross-entropy of scores, p − t."""

from __future__ import annotations

from collections.abc import Iterator

from ..arithmetic import plain
from ..document.blocks import Block, FormulaLine, Prose
from ..document.inline import Math
from ..document.lesson import Section
from ..formula import Difference, Equality, Formula, Function, Negative, Quotient, Symbol, leaf
from ..language import _
from ..ops.cross_entropy import CrossEntropy
from ..ops.losses import BatchMean, BinaryCrossEntropy, MeanSquaredError
from ..traces.trace import Trace
from .gradient_difference import in_numbers
from .gradient_names import forward, gradient_of, symbol
from .inline import inline

UP = symbol("output")
Line = tuple[str, list[str]]


def loss_line(trace: Trace) -> Line:
    """The chain rule of a loss, and what is said of it."""
    line, reasons = _line(trace)
    return line, [*reasons, _("Where Y is the loss itself, {up} is 1.").format(up=UP)]


def _line(trace: Trace) -> Line:
    loss, count = gradient_of(trace).of, forward(trace).inputs["input"].size
    match loss:
        case MeanSquaredError():
            square = _("The square (X − t)² has the derivative 2·(X − t), and the mean divides it by the {n} numbers.")
            return f"dL/dX = {UP}·2·(X − t)/{count}", [square.format(n=count)]
        case BinaryCrossEntropy() if loss.scores:
            sigmoid = _("p is 1 / (1 + exp(−X)). The derivative of both logarithms together is p − t, and the mean "
                        "divides it by the {n} numbers.")  # fmt: skip
            return f"dL/dX = {UP}·(p − t)/{count}", [sigmoid.format(n=count)]
        case BinaryCrossEntropy():
            shares = _("X is the probability of 1. The derivative of −ln(X) is −1 / X, that of −ln(1 − X) is "
                       "1 / (1 − X), and the mean divides them by the {n} numbers.")  # fmt: skip
            return f"dL/dX = {UP}·((1 − t)/(1 − X) − t/X)/{count}", [shares.format(n=count)]
        case CrossEntropy():
            return _cross(loss)
        case BatchMean():
            share = _("The mean is the sum divided by {n}, so the derivative is 1/{n} for each loss.")
            return f"dL/dX = {UP}/{count}", [share.format(n=count)]
    return f"dL/dX = {UP}·dY/dX", []


def _cross(loss: CrossEntropy) -> Line:
    if loss.of == "shares":
        only = _("The derivative of −ln(X) is −1 / X, and only classes whose target is not 0 have a part in the loss.")
        together = _("Passed back through a softmax before it, this becomes p − t for the scores.")
        return f"dL/dX[k] = −{UP}·t[k]/X[k]", [only, together]
    if loss.of == "logarithms":
        return f"dL/dX[k] = −{UP}·t[k]", [_("The logarithm is given, so the derivative is the target, with a minus.")]
    softmax = _("p[k] is the softmax of the scores, t[k] the target.")
    minus = _("The gradient is p − t: what the network gave, minus what was right. These add up to 0.")
    return f"dL/dX[k] = {UP}·(p[k] − t[k])", [softmax, minus]


def loss_sections(trace: Trace) -> list[Section]:
    """Where p − t comes from, in letters and with the numbers of the first sample; none of another loss."""
    loss = gradient_of(trace).of
    if not isinstance(loss, CrossEntropy) or loss.of != "scores":
        return []
    return [Section(_("Where the rule comes from"), tuple(_derived(trace)))]


def _derived(trace: Trace) -> Iterator[Block]:
    sentence = _(
        "Take a sample of one class, whose score is c. With S for the sum of all exponentials, its probability is "
        "exp(c) / S, and the logarithm of a quotient is a difference:"
    )
    yield Prose((sentence,))
    c, a, s = Symbol("c"), Symbol("a"), Symbol("S")
    e_c, e_a = Function("exp", (c,)), Function("exp", (a,))
    logarithm: Formula = Negative(Function("ln", (Quotient(e_c, s),)))
    yield FormulaLine(Equality(logarithm, Difference(Function("ln", (s,)), c)))
    own = _("S grows by exp(c) with c, so ln(S) grows by exp(c) / S, the probability p; the derivative for c is "
            "{own}, for the score a of another class, which stands in S alone, {other}.")  # fmt: skip
    shares = Math(Equality(Difference(Quotient(e_c, s), leaf(1)), Difference(Symbol("p"), leaf(1))))
    yield Prose(inline(own, own=shares, other=Math(Quotient(e_a, s))))
    yield Prose(
        (_("So it is p − 1 for the true class and p for every other: p − t, where t is 1 for the true class."),)
    )
    layer = forward(trace)
    yield from in_numbers(trace, layer, layer.inputs["target"], plain(trace.inputs["input"].flat[0]))
