"""What is said of one cell of a median pooling's gradient: in how many windows it is in the middle."""

from __future__ import annotations

from ..arithmetic import plain
from ..language import _, plural
from ..ops import MedianPool
from ..traces.step import Step
from ..traces.trace import Trace


def median_lines() -> tuple[tuple[str, str], ...]:
    return (
        ("equals middle", "{equals}"),
        ("nan middle", "{missing}"),
        ("middle", "{middle}"),
        ("half middle", "{halves}"),
        (
            "both middles",
            _(
                "It is the number in the middle of some windows, and one of the two in the middle of others: the "
                "upstream "
                "gradients there, or half of them where there are two, are added."
            ),
        ),
        ("no middle", _("It is in the middle of no window, so its gradient is 0.")),
        ("not the middle", _("The upstream gradients go to other numbers, so its gradient is 0.")),
    )


def of_median(step: Step, forward: Trace) -> tuple[set[str], dict[str, str]]:
    """The conditions that hold of one cell, and the numbers that their lines name."""
    pool = forward.layer.operation
    assert isinstance(pool, MedianPool)
    image, channel, *position = forward.layer.layout.inner(step.index, pool.spatial)
    value = plain(forward.inputs["input"][step.index])
    covering = alone = halves = equals = 0
    for cell, _offset in pool.met(forward, tuple(position)):
        won = pool.winners(forward.step(forward.index((image, channel, *cell))).taps)
        covering += 1
        if any(tap.source == step.index for tap in won):
            alone += len(won) == 1
            halves += len(won) == 2
        else:
            equals += any(tap.value == value for tap in won)
    numbers = _in_windows(covering, alone, halves, equals)
    if not covering:
        return {"uncovered"}, numbers
    if value != value:
        return {"nan middle" if alone else "nan out"}, numbers
    tied = {"equals middle"} if equals else set()
    if alone and halves:
        return tied | {"both middles"}, numbers
    if alone or halves:
        return tied | {"middle" if alone else "half middle"}, numbers
    return tied | {"not the middle" if equals else "no middle"}, numbers


def _in_windows(covering: int, alone: int, halves: int, equals: int) -> dict[str, str]:
    return {
        "equals": plural(
            "In {n} window it equals a number in the middle, but the upstream gradient there goes to an equal number.",
            "In {n} windows it equals a number in the middle, but the upstream gradients there go to equal numbers.",
            equals,
        ),
        "missing": plural(
            "It is NaN, and so is the result of {n} window: the upstream gradient there is its gradient.",
            "It is NaN, and so are the results of {n} windows: the upstream gradients there are added.",
            alone,
        ),
        "middle": plural(
            "It is the number in the middle of {n} window: the upstream gradient there is its gradient.",
            "It is the number in the middle of {n} windows: the upstream gradients there are added.",
            alone,
        ),
        "halves": plural(
            "It is one of the two numbers in the middle of {n} window: half of the upstream gradient there is its "
            "gradient.",
            "It is one of the two numbers in the middle of {n} windows: half of each upstream gradient there is "
            "added up.",
            halves,
        ),
        "out": another_nan(covering),
    }


def another_nan(covering: int) -> str:
    """What is said of NaN beside another one, to which the upstream gradient goes."""
    return plural(
        "It lies in {n} window, where another NaN counts as the winner, so its gradient is 0.",
        "It lies in {n} windows, where another NaN counts as the winner, so its gradient is 0.",
        covering,
    )
