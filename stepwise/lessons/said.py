"""What is said of one step, as data: templates, each with the condition under which it is said.

A page's reader may visit a window that no lesson tells, or change a number; so the page says it itself, by the same
templates. `sentence` says it here. What a condition means is in `facts`, and again, word for word, in `sentence.js`.

To add an operation: its lines in `LINES`, keyed by the operation's name. Between `**` stands what matters most.
"""

from __future__ import annotations

from collections.abc import Callable

from ..arithmetic import Value, is_expression, shown
from ..language import _, plural
from ..layout import written_index
from ..ops import MeanPool, ReLU
from ..traces import Step
from .blocks import Inline, Strong, Text
from .letters import max_of_letters, relu_of_letters

Line = tuple[str, str]  # a condition, empty where it always holds, and a template

FORMS = 120
"""Counts whose plural forms are told one by one; no language tells larger ones apart otherwise."""


def _covers() -> Line:
    return "", _("The window covers {covered}.")


def _max() -> tuple[Line, ...]:
    return (
        _covers(),
        ("padded", _("Padding holds no value, so it cannot win.")),
        ("nan", _("One of them is NaN (not a number), and NaN wins over everything.")),
        ("tie", _("The largest, **{best}**, is there {ties} times; the first of them counts as the winner.")),
        ("only", _("The only number is **{best}**.")),
        ("largest", _("The largest is **{best}**.")),
    )


def _mean() -> tuple[Line, ...]:
    return (
        _covers(),
        ("left out", _("Padding is not counted, so the sum is divided by {divisor}, not by {all}.")),
        ("counted", _("Padding counts as 0, so the sum is divided by {divisor}.")),
        ("past the edge", _("Cells past the padded edge do not count.")),
        ("plain", _("Add them up and divide by {divisor}.")),
        ("given", _("Add them up and divide by {divisor}, as the call asks.")),
    )


def _conv() -> tuple[Line, ...]:
    return (
        _covers(),
        ("bias", _("Multiply each number by the weight that lies on it, add the products, then the bias.")),
        ("no bias", _("Multiply each number by the weight that lies on it, and add the products.")),
        ("padded", _("Padding counts as 0 and adds nothing.")),
    )


def _transposed() -> tuple[Line, ...]:
    return (
        ("only bias", _("No kernel reaches this cell, so only the bias is here.")),
        ("nothing", _("No kernel reaches this cell, so it is 0.")),
        ("some", _("{landed} an input number times the weight that comes to lie here.")),
    )


def _moved() -> tuple[Line, ...]:
    return (
        ("none", _("No maximum came from here, so it stays 0.")),
        ("constant", _("Outside the data: this cell is filled with the constant.")),
        ("moved", _("This number is only moved: it comes from {source}.")),
    )


def _relu() -> tuple[Line, ...]:
    return (
        ("nan", _("NaN stays NaN.")),
        ("cut off", _("A number above {ceiling} is cut off there.")),
        ("positive", _("A positive number passes.")),
        ("above", _("A number above the threshold passes.")),
        ("lacking", _("What lacks to the threshold is scaled by {slope}.")),
        ("scaled", _("A number below 0 is scaled by {slope}.")),
        ("not above", _("A number that is not above {threshold} is held back.")),
        ("negative", _("A number below 0 is held back.")),
        ("zero", _("0 stays 0.")),
    )


def _gradient() -> tuple[Line, ...]:
    return (
        ("none", _("This cell fed no output cell, so nothing comes back.")),
        ("some", "{fed}"),
        ("passed on", _("What came back there is added up.")),
        ("weighed", _("What came back there, times how much that cell grows with this one, is added up.")),
    )


def _always(sentence: Callable[[], str]) -> Callable[[], tuple[Line, ...]]:
    return lambda: (("", sentence()),)


LINES: dict[str, Callable[[], tuple[Line, ...]]] = {
    "max_pool": _max,
    "mean_pool": _mean,
    "lp_pool": lambda: (_covers(),),
    "conv": _conv,
    "depthwise_conv": _conv,
    "conv_transpose": _transposed,
    "max_unpool": _moved,
    "pad": _moved,
    "flatten": _moved,
    "relu": _relu,
    "sigmoid": _always(
        lambda: _("The further above 0 the number is, the closer to 1; the further below, the closer to 0.")
    ),
    "tanh": _always(lambda: _("The hyperbolic tangent keeps the sign and squeezes the size.")),
    "absolute": _always(lambda: _("The bars mean the distance from 0: the number without its sign.")),
    "identity": _always(lambda: _("While a network is used, nothing is dropped and nothing scaled.")),
    "softmax": _always(
        lambda: _("Taking the largest number away first scales above and below alike, so it changes nothing.")
    ),
    "dense": _always(lambda: _("One weight for every input: the dot product of the input and this output's weights.")),
    "matmul": _always(lambda: _("A row of the first times a column of the second.")),
    "batch_norm": _always(lambda: _("Mean, variance, scale and shift are those of this cell's channel.")),
    "add": _always(lambda: _("The cells at the same place are added.")),
    "multiply": _always(lambda: _("The cells at the same place are multiplied.")),
    "subtract": _always(lambda: _("The cell of the second input is taken away from that of the first.")),
    "divide": _always(lambda: _("The cell of the first input is divided by that of the second.")),
    "concat": _moved,
    "reshape": _moved,
    "transpose": _moved,
    "clip": _always(lambda: _("A number between the bounds passes; one outside becomes the bound it is beyond.")),
    "gradient": _gradient,
}


def sentence(step: Step) -> Text:
    """What happens in one step, in the current language."""
    holding, numbers = facts(step)
    lines = LINES[step.trace.layer.operation.name]()
    told = " ".join(template.format(**numbers) for when, template in lines if not when or when in holding)
    return (
        *strong(told),
        *(_of_letters(step, bool(told)) if any(is_expression(tap.value) for tap in step.taps) else ()),
    )


def _of_letters(step: Step, following: bool) -> Text:
    """What letters make of a maximum; a page that shows them has no script that would say it again."""
    data = [tap.value for tap in step.taps if not tap.is_padding]
    match step.trace.layer.operation.name:
        case "max_pool":
            return (" " if following else "", *max_of_letters(data, step.result))
        case "relu":
            return relu_of_letters(step)
    return ()


def strong(text: str) -> Text:
    """`**` as markup.

    >>> strong("the **4** wins")
    ('the ', Strong(text='4'), ' wins')
    """
    pieces: list[Inline] = [Strong(piece) if i % 2 else piece for i, piece in enumerate(text.split("**"))]
    return tuple(piece for piece in pieces if piece)


def facts(step: Step) -> tuple[set[str], dict[str, str]]:
    """The conditions that hold of a step, and the numbers that templates may name."""
    taps = step.taps
    data = [tap for tap in taps if not tap.is_padding]
    padded = len(taps) - len(data)
    numbers = {
        "covered": covered(len(data), padded),
        "all": str(len(taps)),
        "landed": _landed(len(taps)),
        "fed": plural("It fed {n} output cell.", "It fed {n} output cells.", len(taps)),
        "source": written_index(taps[-1].source) if taps and isinstance(taps[-1].source, tuple) else "",
    }
    bias = "bias" in step.trace.inputs
    holding = {"bias" if bias else "no bias"}
    if not taps:
        holding |= {"none", "only bias" if bias else "nothing"}
    else:
        holding |= {"some", "constant" if taps[0].is_padding else "moved"}
    if padded:
        holding.add("padded")
    if taps:
        holding.add("passed on" if all(tap.weight == 1 for tap in taps) else "weighed")
    operation = step.trace.layer.operation
    if any(is_expression(tap.value) for tap in taps):
        return holding | _counting(step, numbers, len(data), padded), numbers
    if isinstance(operation, ReLU):
        holding.add(_passing(operation, taps[0].value))
        told = {"slope": operation.slope, "threshold": operation.threshold, "ceiling": operation.ceiling}
        numbers |= {name: shown(value) for name, value in told.items() if value is not None}
    best = step.winner
    if best is not None:
        ties = sum(tap.value == best.value for tap in data)
        holding.add(_won(best.value, len(data), ties))
        numbers |= {"best": shown(best.value), "ties": str(ties)}
    return holding | _counting(step, numbers, len(data), padded), numbers


def _counting(step: Step, numbers: dict[str, str], data: int, padded: int) -> set[str]:
    """How the divisor of a mean came to be; it is put among the numbers."""
    operation = step.trace.layer.operation
    if not isinstance(operation, MeanPool):
        return set()
    divisor = operation.counted(step.trace, step.trace.place(step.index)[2:])
    numbers["divisor"] = str(divisor)
    if operation.divisor is not None:
        return {"given"}
    if not padded:
        return {"plain"}
    if not operation.counts_padding:
        return {"left out"}
    return {"counted", "past the edge"} if divisor < data + padded else {"counted"}


def _passing(relu: ReLU, value: Value) -> str:
    if value != value:
        return "nan"
    if value > relu.threshold:
        if relu.ceiling is not None and value > relu.ceiling:
            return "cut off"
        return "positive" if value > 0 else "above"
    if relu.threshold:
        return "lacking" if relu.slope else "not above"
    if not value:
        return "zero"
    return "scaled" if relu.slope else "negative"


def _won(best: Value, data: int, ties: int) -> str:
    if best != best:
        return "nan"
    return "only" if data == 1 else "tie" if ties > 1 else "largest"


def _numbers(n: int) -> str:
    return plural("{n} number", "{n} numbers", n)


def _padded(n: int) -> str:
    return plural("{n} padded cell", "{n} padded cells", n)


def _landed(n: int) -> str:
    return plural("{n} product lands on this cell:", "{n} products land on this cell:", n)


def covered(data: int, padded: int) -> str:
    """What a window covers: `2 numbers and 2 padded cells`."""
    numbers = _numbers(data)
    return _both().format(numbers=numbers, padding=_padded(padded)) if padded else numbers


def _both() -> str:
    return _("{numbers} and {padding}")


def forms(counted: Callable[[int], str]) -> dict[str, str]:
    """The forms that a counted word takes in the current language, by count; `*` is the most common one.

    >>> forms(lambda n: plural("{n} window", "{n} windows", n))
    {'*': '{n} windows', '1': '{n} window'}
    """
    by_count = {n: counted(n).replace(str(n), "{n}", 1) for n in range(FORMS)}
    common = max(by_count.values(), key=list(by_count.values()).count)
    return {"*": common, **{str(n): form for n, form in by_count.items() if form != common}}


def words(name: str) -> dict[str, object]:
    """Everything a page needs to tell steps of this operation itself, in the current language."""
    lines = LINES[name]()
    wanted: dict[str, dict[str, object]] = {
        "covered": {"number": forms(_numbers), "padded": forms(_padded), "both": _both()},
        "landed": {"landed": forms(_landed)},
    }
    used = [parts for placeholder, parts in wanted.items() if any(f"{{{placeholder}}}" in line for _, line in lines)]
    return {"lines": [list(line) for line in lines], **{key: word for parts in used for key, word in parts.items()}}
