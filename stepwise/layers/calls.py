"""The call grammar: a layer written exactly as its framework writes it, read as data.

    CALL  = NAME(ARGUMENT, …)             keras.layers.MaxPool2D((2, 2), strides=1, padding='same')
    NAME  = identifiers joined by dots
    ARGUMENT = a literal, infinity as courses write it (float('inf'), math.inf, np.inf, torch.inf), a tuple or list of
               them, or (for initializers and arrays) another CALL, perhaps times or divided by a number; with or
               without `name=`; or, first in a function such as F.max_pool2d(x, 2), a name that stands for the input;
               or a constant of OpenCV or NumPy, such as cv2.CV_64F

Nothing in the text is ever executed: Python's own parser makes a tree, and only the nodes above are accepted from it.
"""

from __future__ import annotations

import ast
import math
from dataclasses import field
from typing import Any

from ..dataclass import dataclass
from ..errors import CallError
from ..exports import export_for
from ..io.literals import tree_of

LONGEST = 4000
"""Characters a call may have."""
MOST_BITS = 1000
"""Bits a whole number may have: what is longer is a slip, and does not fit a decimal."""


class NoCallError(CallError):
    """A text that has no layer in it, as far as it is read."""


@dataclass(frozen=True)
class Name:
    """A name standing where a value could: the `x` of `F.max_pool2d(x, 2)`, or `cv2.CV_64F`, which its owner knows."""

    name: str

    def __repr__(self) -> str:
        return self.name

    @property
    def shown_as(self) -> str:
        """What a message shows: the name as it was written."""
        return self.name


@dataclass(frozen=True, repr=False)
class Scaled:
    """Something made by a call, multiplied or divided by a number: `np.ones((3, 3)) / 9`."""

    made: Any  # a Call, or another of these
    factor: float
    divided: bool
    text: str

    def __repr__(self) -> str:
        return self.text

    @property
    def shown_as(self) -> str:
        """What a message shows: the product as it was written."""
        return self.text


@dataclass(frozen=True, repr=False)
class Call:
    """A call as data: its dotted name, its arguments, and its own text."""

    path: tuple[str, ...]
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def __repr__(self) -> str:
        return self.text

    @property
    def shown_as(self) -> str:
        """What a message shows: the call as it was written."""
        return self.text

    @property
    def name(self) -> str:
        """The last part of the dotted name: `MaxPool2D`."""
        return self.path[-1]


def parse(text: str) -> list[Call]:
    """The calls in a text, separated by commas.

    Raises `CallError`, quoting the part that is not a call or a literal.

    >>> [call] = parse("keras.layers.MaxPool2D((2, 2), strides=1)")
    >>> call.path, call.arguments, call.keywords
    (('keras', 'layers', 'MaxPool2D'), ((2, 2),), {'strides': 1})
    """
    if len(text) > LONGEST:
        raise NoCallError(f"a call of {len(text):,} characters is longer than the {LONGEST:,} that are read")
    if refusal := export_for(text):
        raise NoCallError(refusal)
    try:
        tree = tree_of(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise cannot_be_read(text, error) from None
    nodes = tree.elts if isinstance(tree, ast.Tuple) and not text.lstrip().startswith("((") else [tree]
    if not nodes:
        raise CallError(f"{quoted(text)} has no call in it; write one such as MaxPool2D(2, strides=1)")
    return [_call(node, text.strip()) for node in nodes]


def _call(node: ast.expr, text: str) -> Call:
    source = ast.get_source_segment(text, node) or text
    if not isinstance(node, ast.Call):
        raise NoCallError(f"{quoted(source)} is not a layer call; write one such as MaxPool2D(2, strides=1)")
    keywords: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise CallError(f"{quoted(source)}: ** is not read; write each parameter as name=value")
        if keyword.arg in keywords:
            raise CallError(f"{quoted(source)} gives {keyword.arg} twice; give it once")
        keywords[keyword.arg] = _argument(keyword.value, text)
    return Call(_path(node.func, text), tuple(_argument(a, text) for a in node.args), keywords, source)


def _path(node: ast.expr, text: str) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise NoCallError(f"{quoted(ast.get_source_segment(text, node) or text)} is not a layer's name")
    return (node.id, *names[::-1])


def _argument(node: ast.expr, text: str) -> Any:
    if (endless := infinity(node)) is not None:
        return endless
    match node:
        case ast.Call():
            return _call(node, text)
        case ast.Constant(value=int() as value) if value.bit_length() > MOST_BITS:
            raise CallError(f"a whole number of more than {MOST_BITS} bits is larger than any that is read")
        case ast.Name(id=name):
            return Name(name)
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.UnaryOp(op=ast.USub(), operand=operand) if (endless := infinity(operand)) is not None:
            return -endless
        case ast.Attribute(value=ast.Name(id=owner)) if owner in OWNERS:
            return Name(f"{owner}.{node.attr}")
        case ast.BinOp(op=ast.Mult() | ast.Div()) if (scaled := _scaled(node, text)) is not None:
            return scaled
        case ast.Tuple(elts=entries):
            return tuple(_argument(entry, text) for entry in entries)
        case ast.List(elts=entries):
            return [_argument(entry, text) for entry in entries]
    raise CallError(not_plain(ast.get_source_segment(text, node) or text))


def _scaled(node: ast.BinOp, text: str) -> Scaled | None:
    """A product or a quotient of one call and one number; None of anything else."""
    left, right = _argument(node.left, text), _argument(node.right, text)
    divided = isinstance(node.op, ast.Div)
    made, factor = (right, left) if isinstance(right, Call | Scaled) and not divided else (left, right)
    plain = isinstance(factor, int | float) and not isinstance(factor, bool)
    if not isinstance(made, Call | Scaled) or not plain or (divided and not factor):
        return None
    return Scaled(made, factor, divided, ast.get_source_segment(text, node) or text)


OWNERS = ("cv2", "cv", "np", "numpy")
"""Modules whose constants stand in calls, such as `cv2.CV_64F`; what each means, its own words say."""
INFINITIES = ("math.inf", "np.inf", "numpy.inf", "torch.inf", "inf")
"""Names of infinity, as courses import them; it may also be written float('inf')."""


def infinity(node: ast.expr) -> float | None:
    """Infinity, as courses write it; None where a node says anything else."""
    match node:
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as word)], keywords=[]):
            sign = -1 if word.strip().startswith("-") else 1
            return sign * math.inf if word.strip().lstrip("+-").lower() in ("inf", "infinity") else None
        case ast.Attribute(value=ast.Name(id=module), attr=name) if f"{module}.{name}" in INFINITIES:
            return math.inf
        case ast.Name(id=name) if name in INFINITIES:
            return math.inf
    return None


def not_plain(source: str) -> str:
    """What is said of a value that is not read."""
    return f"{quoted(source)} is not a plain value; only numbers, quoted words, True, False, None and tuples are read"


def cannot_be_read(text: str, error: Exception) -> CallError:
    """What is said of a text that is no Python: null bytes, integers of thousands of digits and what is nested, too."""
    where = ""
    if isinstance(error, SyntaxError) and error.offset:
        several = "\n" in text.strip() and error.lineno
        where = f" at line {error.lineno}, column {error.offset}" if several else f" at column {error.offset}"
    advice = "write a call such as MaxPool2D(2, strides=1, padding='same')"
    return CallError(f"{quoted(' '.join(text.split()) if where else text)} cannot be read{where}; {advice}")


def quoted(text: str) -> str:
    """A part of what was written, as a message shows it."""
    shown = text if len(text) <= 80 else text[:77] + "…"
    return repr(shown)


def _literal(value: Any) -> str:
    """A value as it can be read again: Python writes infinity as a name that it does not know itself."""
    if isinstance(value, float) and math.isinf(value):
        return "float('inf')" if value > 0 else "float('-inf')"
    return repr(value)


def written(name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    """A call as text, as a person would write it.

    >>> written("MaxPool2D", ((2, 2),), {"strides": 1})
    'MaxPool2D((2, 2), strides=1)'
    """
    parts = [_literal(value) for value in arguments] + [f"{key}={_literal(value)}" for key, value in keywords.items()]
    return f"{name}({', '.join(parts)})"
