"""What is said of directions: an angle in its quadrant, and where it is an exact part of a turn."""

from __future__ import annotations

from ..language import _
from ..ops import Direction
from ..ops.broadcast import FIRST, SECOND
from ..rules.tree import Rule, equal
from ..traces.trace import Trace
from .lines import Lines, undefined
from .records import Phrases

PARTS = {0: "0", 1: "π/4", 2: "π/2", 3: "3π/4", 4: "π", 5: "5π/4", 6: "3π/2", 7: "7π/4"}
"""Eighths of a turn."""
NEGATIVE = {5: "−3π/4", 6: "−π/2", 7: "−π/4"}


def _direction(trace: Trace) -> Direction:
    operation = trace.layer.operation
    assert isinstance(operation, Direction)
    return operation


def _eighths(operation: Direction, number: int) -> str:
    """So many eighths of a turn, as the call measures angles."""
    if operation.degrees:
        degrees = 45 * number
        return f"{degrees}°" if operation.full or degrees <= 180 else f"−{360 - degrees}°"
    return PARTS[number] if operation.full else NEGATIVE.get(number, PARTS[number])


def _instruction(trace: Trace) -> str:
    operation = _direction(trace)
    instructions = {
        (False, False): _(
            "take the first number as the rise and the second as the run of an arrow, and give its angle"
        ),
        (False, True): _(
            "take the first number as the rise and the second as the run of an arrow, and give its angle in degrees: "
            "180 / π ≈ 57.296 for each radian"
        ),
        (True, False): _("take the first number as the run and the second as the rise of an arrow, and give its angle"),
        (True, True): _(
            "take the first number as the run and the second as the rise of an arrow, and give its angle in degrees: "
            "180 / π ≈ 57.296 for each radian"
        ),
    }
    return instructions[operation.run_first, operation.degrees]


def _check(trace: Trace) -> str:
    operation = _direction(trace)
    ends = ("0", "360°" if operation.degrees else "2π") if operation.full else ("−180°", "180°")
    if not operation.full and not operation.degrees:
        ends = ("−π", "π")
    return _("No angle lies outside {low} to {high}.").format(low=ends[0], high=ends[1])


def _lines(trace: Trace) -> Lines:
    """First the angles that are exact parts of a turn, then the four quadrants."""
    operation = _direction(trace)
    rise, run = (SECOND, FIRST) if operation.run_first else (FIRST, SECOND)

    def is_zero(*parts: Rule) -> Rule:
        total: Rule = abs(parts[0])
        for part in parts[1:]:
            total = total + abs(part)
        return total

    def below(part: Rule) -> Rule:
        """0 where the part is not below 0."""
        return abs(part) - part

    def beyond(part: Rule) -> Rule:
        """0 where the part is not above 0."""
        return abs(part) + part

    flat, upright = _("The rise is 0: the angle is exactly {angle}."), _("The run is 0: the angle is exactly {angle}.")
    alike = _("Rise and run are equally large: the angle is exactly {angle}.")
    exact = [
        (is_zero(rise, below(run)), flat, 0),
        (is_zero(rise), flat, 4),
        (is_zero(run, below(rise)), upright, 2),
        (is_zero(run), upright, 6),
        (is_zero(rise - run, below(run)), alike, 1),
        (is_zero(rise - run), alike, 5),
        (is_zero(rise + run, below(run)), alike, 7),
        (is_zero(rise + run), alike, 3),
    ]
    return (
        (equal(is_zero(rise, run), 0), _("Rise and run are 0: there is no arrow, and 0 stands for its angle."), 1),
        *((equal(zero, 0), line.format(angle=_eighths(operation, n)), 1) for zero, line, n in exact),
        (equal(is_zero(below(rise), below(run)), 0), _("Rise and run are above 0: the first quadrant."), 1),
        (
            equal(is_zero(below(rise), beyond(run)), 0),
            _("The rise is above 0, the run below 0: the second quadrant."),
            1,
        ),
        (equal(is_zero(beyond(rise), beyond(run)), 0), _("Rise and run are below 0: the third quadrant."), 1),
        (
            equal(is_zero(beyond(rise), below(run)), 0),
            _("The rise is below 0, the run above 0: the fourth quadrant."),
            1,
        ),
        *undefined(),
    )


DIRECTIONS: dict[str, Phrases] = {
    "direction": Phrases(lambda: _("Direction"), _instruction, lambda trace: (), _check, _lines),
}
