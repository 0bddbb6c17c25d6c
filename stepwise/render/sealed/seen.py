"""What a stranger's template sees of a lesson: views, which have the fields of a block and none of its methods.

Words, numbers and tuples are seen as they are. A record that is made to be told (`TOLD`) is seen as a `View` of the
same names. A formula, or a number that Python has no plain type for, is a `Token`: it can be printed, or given to a
filter. Nothing else is seen: not a trace, not an array, not a function.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from numbers import Number
from typing import Any

from markupsafe import Markup

from ...arithmetic import is_expression, plain, shown
from ...formula.tree import Node
from ..source import Source

TOLD = {
    "stepwise.document.blocks",
    "stepwise.document.inline",
    "stepwise.document.lesson",
    "stepwise.document.matrix",
    "stepwise.render.options",
    "stepwise.render.page.embedding",
}
"""The modules whose records are made to be told, field by field."""
_AS_IT_IS = {type(None), bool, int, float, str, Markup, Source}


class HiddenError(Exception):
    """What was asked for is there, and not for templates."""


class View:
    """A record as a template sees it. Read-only; what it stands for is known to `opened` alone."""

    __slots__ = ("_of", "_seen")
    _of: Any
    _seen: dict[str, Any]

    def __init__(self, of: Any) -> None:
        object.__setattr__(self, "_of", of)
        object.__setattr__(self, "_seen", {})

    def __setattr__(self, name: str, value: object) -> None:
        raise TypeError("what a template sees cannot be changed")

    def __repr__(self) -> str:
        return f"<{kind(self)}>"


class Token:
    """A formula or a number: to be printed, or to be given to a filter. It has no parts."""

    __slots__ = ("_of",)
    _of: Any

    def __init__(self, of: Any) -> None:
        object.__setattr__(self, "_of", of)

    def __setattr__(self, name: str, value: object) -> None:
        raise TypeError("what a template sees cannot be changed")

    def __repr__(self) -> str:
        return str(self._of) if isinstance(self._of, Node) or is_expression(self._of) else shown(self._of)


def seen(value: Any) -> Any:
    """A value as a template sees it. Raises `HiddenError` where it is not for templates.

    >>> from ...document.blocks import Prose
    >>> from ...document.inline import Strong
    >>> view = seen(Prose(("The ", Strong("largest"), " wins.")))
    >>> field(view, "tone"), field(view, "text")
    ('plain', ('The ', <Strong>, ' wins.'))
    """
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, tuple | list):
        return tuple(map(seen, value))
    if isinstance(value, frozenset | set):
        return frozenset(map(seen, value))
    if type(value).__module__ in TOLD and is_dataclass(value):
        return View(value)
    if isinstance(value, Node) or is_expression(value):
        return Token(value)
    value = plain(value)
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Number):
        return Token(value)
    raise HiddenError


def field(view: View, name: str) -> Any:
    """What a field of a view holds. Raises `KeyError`, and `HiddenError` for what is there and not shown."""
    if name not in view._seen:
        record: type = type(view._of)
        if name not in names(record):
            raise HiddenError if hasattr(record, name) else KeyError(name)
        view._seen[name] = seen(getattr(view._of, name))
    return view._seen[name]


def opened(value: Any) -> Any:
    """What a filter works on, where a template gave it a view."""
    match value:
        case View() | Token():
            return value._of
        case tuple() | list():
            return tuple(map(opened, value))
    return value


def kind(view: View) -> str:
    """The name of the record that a view shows."""
    return type(view._of).__name__


@cache
def names(record: Any) -> frozenset[str]:
    """What of a record can be seen: its fields and what follows from them, never what it does."""
    properties = {name for base in record.__mro__ for name, found in vars(base).items() if isinstance(found, property)}
    attributes = properties | {field.name for field in fields(record)}
    return frozenset(name for name in attributes if not name.startswith("_"))
