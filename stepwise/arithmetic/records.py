"""Exact numbers and expressions as JSON-ready data, and read back: built through SymPy's own classes, never parsed.

    13/4              "13/4"
    a, positive       {"letter": "a", "assume": "positive"}
    2·a + max(b, 0)   {"sum": [{"product": ["2/1", {"letter": …}]}, {"max": [{"letter": …}, "0/1"]}]}

To add a function: a line in `_FUNCTIONS` there and in `parts.taken_apart`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from .digits import Value
from .exact import MOST_DEPTH, MOST_DIGITS, is_expression, lowered

MOST_PARTS = 500_000
"""Parts of the expressions of one array that are read."""
LARGEST_EXPONENT = 64
_FRACTION = re.compile(rf"-?[0-9]{{1,{MOST_DIGITS}}}/[0-9]{{1,{MOST_DIGITS}}}")
_FUNCTIONS = ("exp", "ln", "tanh", "erf", "absolute")


class DamagedNumber(ValueError):  # noqa: N818 - it names what the data is
    """Data that is no exact number."""


def to_record(value: Value) -> Any:
    """An exact number or expression as data.

    >>> to_record(Fraction(13, 4))
    '13/4'
    """
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if not is_expression(value):
        raise TypeError(f"{value!r} is not exact")
    import sympy

    from .letters import assumed

    if value.is_Rational:
        return f"{value.p}/{value.q}"
    if value.is_Symbol:
        return {"letter": value.name, "assume": assumed(value)}
    kinds = {
        sympy.Add: "sum", sympy.Mul: "product", sympy.Pow: "power", sympy.Max: "max",
        sympy.exp: "exp", sympy.log: "ln", sympy.tanh: "tanh", sympy.erf: "erf", sympy.Abs: "absolute",
    }  # fmt: skip
    if value is sympy.E:
        return {"exp": ["1/1"]}
    if value is sympy.pi:
        return {"angle": ["0/1", "-1/1"]}
    if isinstance(value, sympy.atan | sympy.atan2):
        return {"angle": [to_record(part) for part in (*value.args, sympy.Integer(1))[:2]]}
    for kind, name in kinds.items():
        if isinstance(value, kind):
            return {name: [to_record(part) for part in value.args]}
    raise TypeError(f"{value!r} has no record")


def from_records(cells: Sequence[Any]) -> list[Value]:
    """The exact numbers and expressions in data. Raises `DamagedNumber`, or `LimitError` for one that is too large.

    >>> from_records(["13/4"])
    [Fraction(13, 4)]
    """
    left = [MOST_PARTS]
    return [_fraction(data) if isinstance(data, str) else _expression(data, left, MOST_DEPTH) for data in cells]


def _fraction(data: str) -> Fraction:
    if not _FRACTION.fullmatch(data) or not int(data.split("/")[1]):
        _damaged(data)
    return Fraction(data)


def _expression(data: Any, left: list[int], depth: int) -> Value:
    from ..errors import StepwiseError
    from .letters import absolute, angle, function, letter, power, product, raised, total

    left[0] -= 1
    if left[0] < 0:
        raise DamagedNumber(f"its expressions have more than {MOST_PARTS:,} parts")
    if depth < 0:
        raise DamagedNumber(f"an expression has more than {MOST_DEPTH} parts within one another")
    if isinstance(data, str):
        return _fraction(data)
    if not isinstance(data, dict):
        return _damaged(data)
    if set(data) == {"letter", "assume"} and all(isinstance(v, str) for v in data.values()):
        try:
            return letter(data["letter"], data["assume"])
        except StepwiseError as error:
            raise DamagedNumber(str(error)) from None
    [(name, parts)] = data.items() if len(data) == 1 else [("", None)]
    if not isinstance(parts, list) or not parts:
        return _damaged(data)
    values = [_expression(part, left, depth - 1) for part in parts]
    if name in ("sum", "product"):
        return (total if name == "sum" else product)(values)
    if name == "max":
        import sympy

        return lowered(sympy.Max(*map(raised, values), evaluate=False))
    if name == "angle" and len(values) == 2:
        return angle(*values)
    if name == "power" and len(values) == 2 and _is_small(values[1]):
        return power(*values)
    if name in _FUNCTIONS and len(values) == 1:
        return absolute(values[0]) if name == "absolute" else function(name, values[0])
    return _damaged(data)


def _is_small(exponent: Value) -> bool:
    return isinstance(exponent, Fraction) and max(abs(exponent.numerator), exponent.denominator) <= LARGEST_EXPONENT


def _damaged(data: Any) -> Value:
    raise DamagedNumber(f"{str(data)[:60]!r} is not an exact number")
