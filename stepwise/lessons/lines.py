"""What may be said of one step: templates, each with the condition under which it is said.

What a condition means is in `facts.py`, and for a page's script in `sentence.js` and `rules-….js`. Between `**` stands
what matters most. To add an operation: its lines in `LINES`, keyed by the operation's name.
"""

from __future__ import annotations

from collections.abc import Callable

from ..language import _
from ..ops import MaxPool
from ..traces import Trace
from .gradients import gradient_lines

Line = tuple[str, str]  # a condition, empty where it always holds, and a template
Lines = tuple[Line, ...]


def _covers() -> Line:
    return "", _("The window covers {covered}.")


def _outside() -> Line:
    return "outside", _("Outside, past the edge, there is nothing, so nothing there counts.")


def _adds_nothing() -> Line:
    return "adds nothing", _("Padding counts as 0 and adds nothing.")


def undefined() -> Lines:
    """Why a result is NaN, where it is."""
    return (
        ("NaN", _("A number that goes in is NaN (not a number), and so the result is NaN.")),
        ("∞ - ∞", _("∞ − ∞ has no value, so the result is NaN (not a number).")),
        ("0·∞", _("0·∞ has no value, so the result is NaN (not a number).")),
        ("0/0", _("0 / 0 has no value, so the result is NaN (not a number).")),
        ("∞/∞", _("∞ / ∞ has no value, so the result is NaN (not a number).")),
        ("root", _("A negative number has no such root, so the result is NaN (not a number).")),
    )


def _max(shared: bool = False) -> Lines:
    """Of equals the first counts as the winner; in Keras's global pooling (`shared`), none does before the others."""
    tie = _(
        "The largest, **{best}**, is there {ties} times; the first of them counts as the winner, which is at {first}."
    )
    if shared:
        tie = _("The largest, **{best}**, is there {ties} times; the first of them is at {first}.")
    return (
        _covers(),
        ("padded", _("Padding holds no value, so it cannot win.")),
        _outside(),
        ("nan", _("One of them is NaN (not a number), and NaN wins over everything.")),
        ("nans", _("{nans} of them are NaN (not a number), and NaN wins over everything.")),
        ("tie", tie),
        ("only", _("The only number is **{best}**.")),
        ("largest", _("The largest is **{best}**.")),
    )


def _mean() -> Lines:
    return (
        _covers(),
        ("left out", _("Padding is not counted, so the sum is divided by {divisor}, not by {all}.")),
        ("counted", _("Padding counts as 0, so the sum is divided by {divisor}.")),
        _outside(),
        ("alone", _("The mean of one number is that number.")),
        ("plain", _("Add them up and divide by {divisor}.")),
        ("given", _("Add them up and divide by {divisor}, as the call asks.")),
        *undefined(),
    )


def _norm() -> Lines:
    scaled = _("Inside the edge, the window has {there} of its {full} cells: the sum is multiplied by {scale}.")
    return (
        _covers(),
        ("summed", _("Add them up.")),
        ("sizes summed", _("Add them up, each without its sign.")),
        ("squared", _("Square each of them, add the squares, and take the square root.")),
        ("raised", _("Raise each of them to the power {p}, add the powers, and take the root.")),
        (
            "sizes raised",
            _("Raise each of them, without its sign, to the power {p}, add the powers, and take the root."),
        ),
        _adds_nothing(),
        _outside(),
        ("scaled", scaled),
        *undefined(),
    )


def _conv() -> Lines:
    return (
        _covers(),
        ("bias", _("Multiply each number by the weight that lies on it, add the products, then the bias.")),
        ("no bias", _("Multiply each number by the weight that lies on it, and add the products.")),
        _adds_nothing(),
        *undefined(),
    )


def _transposed() -> Lines:
    return (
        ("only bias", _("No kernel reaches this cell, so only the bias is here.")),
        ("nothing", _("No kernel reaches this cell, so it is 0.")),
        ("some", _("{landed} an input number times the weight that comes to lie here.")),
        ("some and bias", _("Then the bias is added.")),
        *undefined(),
    )


def _source() -> Line:
    return "moved", _("This number is only moved: it comes from {source}.")


def _unpool() -> Lines:
    return (
        ("none", _("No index points to this cell, so it is 0.")),
        _source(),
        ("several", _("{sent} numbers are sent here; the last of them, from {source}, stays.")),
        ("some", _("Its index counts the cells row by row, from 0: {counted}.")),
    )


def _pad() -> Lines:
    return (
        ("constant", _("Outside the data: this cell is filled with the constant.")),
        _source(),
        ("reflect", _("Outside the data, the numbers are mirrored at the edge: this one comes from {source}.")),
        ("replicate", _("Outside the data, the edge is repeated: this number comes from {source}.")),
        ("circular", _("Outside the data, it begins again at the other end: this number comes from {source}.")),
    )


def _in_order() -> Lines:
    return _source(), ("in order", _("In reading order, both are number {counted}, counting from 0."))


def _transpose() -> Lines:
    return _source(), ("moved", _("The axes are in the order {order} now."))


def _concat() -> Lines:
    return (("moved", _("This number is only moved: it comes from {source} of input {which}.")),)


def _relu() -> Lines:
    return (
        ("nan", _("NaN stays NaN.")),
        ("cut off", _("A number above {ceiling} is cut off: it becomes {ceiling}.")),
        ("positive", _("A positive number passes.")),
        ("above", _("A number above {threshold} passes.")),
        ("lacking", _("A number x that is not above {threshold} becomes {slope}·({less}).")),
        ("scaled", _("A number below 0 is scaled by {slope}.")),
        ("not above", _("A number that is not above {threshold} becomes 0.")),
        ("negative", _("A number below 0 becomes 0.")),
        ("zero", _("0 stays 0.")),
        *undefined()[1:],
    )


def _clip() -> Lines:
    return (
        ("nan", _("NaN stays NaN.")),
        ("below", _("A number below {low} becomes {low}.")),
        ("beyond", _("A number above {high} becomes {high}.")),
        ("crossed", _("The upper bound is below the lower one, and comes last: every number becomes {high}.")),
        ("between", _("A number between the bounds passes.")),
    )


def _softmax() -> Lines:
    told = _(
        "Subtracting the largest number first divides numerator and denominator by the same number, so it changes "
        "nothing."
    )
    return (("defined", told), *undefined())


def _dense() -> Lines:
    return (
        ("", _("One weight for every input: the dot product of the input and this output's weights.")),
        ("bias", _("Then the bias is added.")),
        *undefined(),
    )


def _scaled() -> Lines:
    return (
        ("gamma and beta", _("Mean, variance, scale and shift are those of this cell's channel.")),
        ("gamma alone", _("Mean, variance and scale are those of this cell's channel.")),
        ("beta alone", _("Mean, variance and shift are those of this cell's channel.")),
        ("neither", _("Mean and variance are those of this cell's channel.")),
        *undefined(),
    )


def _repeated() -> Line:
    return "repeated", _("The smaller input is repeated, so that every cell has a partner.")


def _one(sentence: Callable[[], str], *, nan: bool = False) -> Callable[[], Lines]:
    """One sentence of every step."""
    return lambda: (("", sentence()), *((("nan", _("NaN stays NaN.")),) if nan else ()))


def _joined(sentence: Callable[[], str]) -> Callable[[], Lines]:
    """Of two inputs or more, cell by cell."""
    return lambda: (_repeated(), ("", sentence()), *undefined())


def lines_of(trace: Trace) -> Lines:
    """All that may be said of a trace's steps."""
    operation = trace.layer.operation
    if isinstance(operation, MaxPool) and operation.shared:
        return _max(shared=True)
    return LINES[operation.name]()


LINES: dict[str, Callable[[], Lines]] = {
    "max_pool": _max,
    "mean_pool": _mean,
    "lp_pool": _norm,
    "conv": _conv,
    "depthwise_conv": _conv,
    "conv_transpose": _transposed,
    "max_unpool": _unpool,
    "pad": _pad,
    "flatten": _in_order,
    "relu": _relu,
    "sigmoid": _one(
        lambda: _("The further above 0 the number is, the closer to 1; the further below, the closer to 0."), nan=True
    ),
    "tanh": _one(lambda: _("The hyperbolic tangent keeps the sign and squeezes the size."), nan=True),
    "absolute": _one(lambda: _("The bars mean the distance from 0: the number without its sign."), nan=True),
    "identity": _one(lambda: _("While a network is used, nothing is dropped and nothing scaled.")),
    "softmax": _softmax,
    "dense": _dense,
    "matmul": lambda: (("", _("A row of the first times a column of the second.")), *undefined()),
    "batch_norm": _scaled,
    "add": _joined(lambda: _("The cells at the same place are added.")),
    "multiply": _joined(lambda: _("The cells at the same place are multiplied.")),
    "subtract": _joined(lambda: _("The cell of the second input is subtracted from that of the first.")),
    "divide": _joined(lambda: _("The cell of the first input is divided by that of the second.")),
    "concat": _concat,
    "reshape": _in_order,
    "transpose": _transpose,
    "clip": _clip,
    "gradient": gradient_lines,
}
