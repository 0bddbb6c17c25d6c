"""What may be said of one step: templates, each with the condition under which it is said.

A condition is a small rule (`stepwise.rules`), worked out of the step by Python and by a page's script alike, or the
name of one that is common to many operations: those are in `facts.py`, and for the script in `sentence.js` and the
files beside it. Of lines of one group, the first whose condition holds is said. Between `**` stands what matters most.

The lines of each operation stand in its record, in `phrases.py`; here are those that take more than a sentence.
"""

from __future__ import annotations

from collections.abc import Callable

from ..arithmetic import shown
from ..language import _
from ..ops import Clip, MaxPool, MeanPool, Pad, ReLU
from ..ops.lp_pool import LpPool
from ..rules.tree import Constant, Figure, Holds, Rule, W, X, Y, above, equal, largest, missing, unlike
from ..traces.trace import Trace
from .sentences import channels_moved, dense_of, is_dropout

Line = tuple[str | Holds, str] | tuple[str | Holds, str, int]  # a condition, a template, and its group
Lines = tuple[Line, ...]
OTHERWISE = equal(0, 0)
"""What always holds: the condition of the last line of a group. An empty condition always holds, too."""


def _covers() -> Line:
    return "", _("The window covers {covered}.")


def _outside() -> Line:
    return "outside", _("A cell outside, past the edge, holds nothing and does not count.")


def _adds_nothing() -> Line:
    return "adds nothing", _("Padding counts as 0 and adds nothing.")


def undefined() -> Lines:
    """Why a result is NaN, where it is."""
    return (
        ("NaN", _("One of these numbers is NaN (not a number), so the result is NaN.")),
        ("∞ - ∞", _("∞ − ∞ has no value, so the result is NaN (not a number).")),
        ("0·∞", _("0·∞ has no value, so the result is NaN (not a number).")),
        ("0/0", _("0 / 0 has no value, so the result is NaN (not a number).")),
        ("∞/∞", _("∞ / ∞ has no value, so the result is NaN (not a number).")),
        ("root", _("A negative number has no such root, so the result is NaN (not a number).")),
    )


def of_max(trace: Trace) -> Lines:
    """Of equals the first counts as the winner; in Keras's global pooling (`shared`), none does before the others."""
    pool = trace.layer.operation
    assert isinstance(pool, MaxPool)
    tie = _("The largest, **{best}**, occurs {ties} times; the first of them, at {first}, counts as the winner.")
    if pool.shared:
        tie = _("The largest, **{best}**, occurs {ties} times; the first of them is at {first}.")
    return (
        _covers(),
        ("padded", _("Padding holds no value, so it cannot win.")),
        _outside(),
        ("nan", _("One of them is NaN (not a number), so the maximum is NaN.")),
        ("nans", _("{nans} of them are NaN (not a number), so the maximum is NaN.")),
        ("tie", tie),
        ("only", _("The only number is **{best}**.")),
        ("largest", _("The largest is **{best}**.")),
    )


def of_min(trace: Trace) -> Lines:
    return (
        _covers(),
        ("padded", _("Padding holds no value, so it cannot win.")),
        _outside(),
        ("nan", _("One of them is NaN (not a number), so the minimum is NaN.")),
        ("nans", _("{nans} of them are NaN (not a number), so the minimum is NaN.")),
        (
            "tie",
            _("The smallest, **{best}**, occurs {ties} times; the first of them, at {first}, counts as the winner."),
        ),
        ("only", _("The only number is **{best}**.")),
        ("largest", _("The smallest is **{best}**.")),
    )


def of_median(trace: Trace) -> Lines:
    return (
        _covers(),
        ("padded", _("Padding holds no value, so it is left out.")),
        _outside(),
        ("nan", _("One of them is NaN (not a number), so the median is NaN.")),
        ("nans", _("{nans} of them are NaN (not a number), so the median is NaN.")),
        ("only", _("The only number is **{best}**.")),
        ("few", _("In order they are {ordered}.")),
        ("odd", _("The one in the middle is **{best}**.")),
        ("even", _("The two in the middle are {low} and {high}; their mean is **{best}**.")),
    )


def of_mean(trace: Trace) -> Lines:
    operation = trace.layer.operation
    assert isinstance(operation, MeanPool)
    if operation.divisor is not None:
        return (_covers(), _outside(), ("", _("Add them up and divide by {divisor}, as the call asks.")), *undefined())
    left_out = _("Padding is not counted, so the sum is divided by {divisor}, not by {all}.")
    counted = _("Padding counts as 0, so the sum is divided by {divisor}.")
    return (
        _covers(),
        ("padded", counted if operation.counts_padding else left_out, 1),
        _outside(),
        (equal(Figure("count"), 1), _("The mean of one number is that number."), 1),
        (OTHERWISE, _("Add them up and divide by {divisor}."), 1),
        *undefined(),
    )


def _raising(pool: LpPool) -> str:
    """What is done with the numbers of a window: squares need no word about signs."""
    if pool.power == 2:
        return _("Square each of them, add the squares, and take the square root.")
    if pool.power == 1:
        return _("Add them up.") if pool.signed else _("Add them up, each without its sign.")
    sentence = _("Raise each of them to the power {p}, add the powers, and take the root.")
    if not pool.signed:
        sentence = _("Raise each of them, without its sign, to the power {p}, add the powers, and take the root.")
    return sentence.format(p=shown(pool.power))


def of_norm(trace: Trace) -> Lines:
    pool = trace.layer.operation
    assert isinstance(pool, LpPool)
    scaled = _("Inside the edge, the window has {there} of its {full} cells: the sum is multiplied by {scale}.")
    return (
        _covers(),
        ("", _raising(pool)),
        _adds_nothing(),
        _outside(),
        (unlike(Figure("scale"), 1), scaled),
        *undefined(),
    )


def of_conv(trace: Trace) -> Lines:
    return (
        _covers(),
        ("bias", _("Multiply each number by the weight that lies on it, add the products, and add the bias.")),
        ("no bias", _("Multiply each number by the weight that lies on it, and add the products.")),
        _adds_nothing(),
        *undefined(),
    )


def of_transposed(trace: Trace) -> Lines:
    return (
        ("only bias", _("No copy of the kernel reaches this cell, so it holds only the bias.")),
        ("nothing", _("No copy of the kernel reaches this cell, so it is 0.")),
        ("some", "{landed}"),
        ("some and bias", _("Then the bias is added.")),
        *undefined(),
    )


def _source() -> Line:
    return "moved", _("This number is only moved: it comes from {source}.")


def of_unpool(trace: Trace) -> Lines:
    return (
        ("none", _("No index points to this cell, so it is 0.")),
        _source(),
        ("several", _("{sent} numbers are sent to this cell; the last of them, from {source}, is kept.")),
        ("some", _("Its index counts the cells row by row, from 0: {counted}.")),
    )


def of_pad(trace: Trace) -> Lines:
    filled = trace.layer.operation
    assert isinstance(filled, Pad)
    return (
        ("constant", _("This cell is outside the data, so it holds {value}.").format(value=shown(filled.value))),
        _source(),
        ("reflect", _("Outside the data, the numbers are mirrored at the edge: this one comes from {source}.")),
        ("mirror", _("Outside the data, the numbers are mirrored at the edge: this one comes from {source}.")),
        (
            "symmetric",
            _("Outside the data, the numbers are mirrored, the edge itself too: this one comes from {source}."),
        ),
        ("replicate", _("Outside the data, the edge is repeated: this number comes from {source}.")),
        ("circular", _("Outside the data, the numbers continue from the other end: this one comes from {source}.")),
    )


def in_order(trace: Trace) -> Lines:
    """Of channels that were moved to the end, the input is not read in the order of its cells."""
    if channels_moved(trace):
        return (_source(),)
    return _source(), ("in order", _("In reading order, both cells are number {counted}, counting from 0."))


def of_crop(trace: Trace) -> Lines:
    return (_source(),)


def of_linear(trace: Trace) -> Lines:
    around = _(
        "Each number around its place is multiplied by its weight, and the products are added: the nearer a number, "
        "the larger its weight."
    )
    return (
        (
            equal(largest(W), 1),
            _("Its place is that of one input cell, or past the edge: it gets that cell's number."),
            1,
        ),
        (OTHERWISE, around, 1),
        *undefined(),
    )


def of_unfold(trace: Trace) -> Lines:
    return (("constant", _("This cell of the window lies on padding, which counts as 0.")), _source())


def of_fold(trace: Trace) -> Lines:
    return (
        ("nothing", _("No window covers this cell, so it is 0.")),
        ("some", _("One number of each window that covers this cell is added.")),
        *undefined(),
    )


def of_transpose(trace: Trace) -> Lines:
    return _source(), ("moved", _("The axes are now in the order {order}."))


def of_concat(trace: Trace) -> Lines:
    return (("moved", _("This number is only moved: it comes from {source} of input {which}.")),)


def of_relu(trace: Trace) -> Lines:
    """Of −∞ times 0 nothing is said but why it is NaN."""
    relu = trace.layer.operation
    assert isinstance(relu, ReLU)
    words = {"threshold": shown(relu.threshold), "slope": shown(relu.slope), "ceiling": shown(relu.ceiling or 0)}
    words["less"] = f"x {'−' if relu.threshold > 0 else '+'} {shown(abs(relu.threshold))}"
    lines: list[tuple[Holds, str]] = [(missing(X), _("NaN stays NaN."))]
    if relu.ceiling is not None:
        most = max(relu.threshold, relu.ceiling)
        lines.append((above(X, most), _("A number above {ceiling} becomes {ceiling}.")))
    if relu.threshold:
        lines.append((above(X, relu.threshold), _("A number above {threshold} is unchanged.")))
        below = _("A number x that is not above {threshold} becomes {slope}·({less}).")
        lines.append((equal(Y, Y), below if relu.slope else _("A number that is not above {threshold} becomes 0.")))
    else:
        lines.append((above(X, 0), _("A positive number is unchanged.")))
        lines.append((equal(X, 0), _("0 stays 0.")))
        scaled = _("A number below 0 is multiplied by {slope}.")
        lines.append((equal(Y, Y), scaled if relu.slope else _("A number below 0 becomes 0.")))
    return (*((when, line.format(**words), 1) for when, line in lines), *undefined()[1:])


def of_clip(trace: Trace) -> Lines:
    clip = trace.layer.operation
    assert isinstance(clip, Clip)
    lines: list[tuple[Holds, str]] = [(missing(X), _("NaN stays NaN."))]
    if clip.low > clip.high:
        crossed = _("The upper bound is below the lower one and is applied last, so every number becomes {high}.")
        lines.append((OTHERWISE, crossed))
    else:
        lines.append((above(clip.low, X), _("A number below {low} becomes {low}.")))
        lines.append((above(X, clip.high), _("A number above {high} becomes {high}.")))
        lines.append((OTHERWISE, _("A number between the bounds is unchanged.")))
    return tuple((when, line.format(low=shown(clip.low), high=shown(clip.high)), 1) for when, line in lines)


def of_softmax(trace: Trace) -> Lines:
    sentence = _(
        "Subtracting the largest number first divides numerator and denominator by the same number, so it changes "
        "nothing."
    )
    return ((equal(Y, Y), sentence, 1), *undefined())


def of_identity(trace: Trace) -> Lines:
    if is_dropout(trace):
        return (("", _("Outside training, no number is dropped or scaled.")),)
    return (("", _("The number stays as it is.")),)


def of_dense(trace: Trace) -> Lines:
    dense = dense_of(trace)
    dot = _("Multiply every input by its weight, and add the products: a dot product.")
    if dense.alpha != 1:
        dot = _("Multiply every input by its weight and by {alpha}, and add the products.")
    added = _("Then the bias is added.") if dense.beta == 1 else _("Then {beta} times the bias is added.")
    return (
        ("", dot.format(alpha=shown(dense.alpha))),
        ("bias", added.format(beta=shown(dense.beta))),
        *undefined(),
    )


def of_scaled(trace: Trace) -> Lines:
    gamma, beta = "gamma" in trace.inputs, "beta" in trace.inputs
    sentences = {
        (True, True): _("Mean, variance, scale and shift are those of this cell's channel."),
        (True, False): _("Mean, variance and scale are those of this cell's channel."),
        (False, True): _("Mean, variance and shift are those of this cell's channel."),
        (False, False): _("Mean and variance are those of this cell's channel."),
    }
    return ("", sentences[gamma, beta]), *undefined()


def always(sentence: Callable[[], str], *, nan: bool = False) -> Callable[[Trace], Lines]:
    """One sentence of every step."""
    return lambda trace: (("", sentence()), *(((missing(X), _("NaN stays NaN."), 1),) if nan else ()))


def of_inputs(sentence: Callable[[], str]) -> Callable[[Trace], Lines]:
    """Of two inputs or more, cell by cell."""

    def lines(trace: Trace) -> Lines:
        repeated = len({array.shape for array in trace.inputs.values()}) > 1
        repeating = _("The smaller input is repeated, so that every cell has a partner.")
        return (*((("", repeating),) if repeated else ()), ("", sentence()), *undefined())

    return lines


def mean_numbers(trace: Trace) -> dict[str, Rule]:
    """What a mean is divided by."""
    pool = trace.layer.operation
    assert isinstance(pool, MeanPool)
    return {"divisor": Figure("count") if pool.divisor is None else Constant(pool.divisor)}
