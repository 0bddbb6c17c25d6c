"""All that a stranger's template may call: what is named here, and the macros it has written itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from jinja2.filters import FILTERS
from jinja2.sandbox import SandboxedEscapeFormatter, SandboxedFormatter
from jinja2.utils import Cycler, Joiner, Namespace
from markupsafe import Markup

from ...errors import StepwiseError
from ...language import _
from .bounds import LARGEST, WIDEST, filled, fits, made, narrow_spec, small
from .seen import opened, seen

if TYPE_CHECKING:
    from jinja2 import Environment

JINJA = {
    "abs", "batch", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float",
    "forceescape", "format", "groupby", "int", "items", "join", "last", "length", "list", "lower", "map", "max",
    "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "slice",
    "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
}  # fmt: skip
"""The filters of Jinja that are there; its others look into objects, or fill up without bound."""

STRINGS = {
    "capitalize", "casefold", "count", "endswith", "find", "format", "index", "isalnum", "isalpha", "isdecimal",
    "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "join", "lower", "lstrip", "partition",
    "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split",
    "splitlines", "startswith", "strip", "swapcase", "title", "upper",
}  # fmt: skip
"""The methods of words that are there."""

DICTS = ("get", "items", "keys", "values")
LOOPS = {"cycle", "changed"}


class Listed:
    """Something that a template may call, by its name."""

    __slots__ = ("__does", "__name__")

    def __init__(self, name: str, does: Callable[..., Any]) -> None:
        self.__name__ = name
        self.__does = does

    def __call__(self, *given: Any, **named: Any) -> Any:
        return made(self.__does(*given, **named))

    def __repr__(self) -> str:
        return f"<{self.__name__}>"


def at_most(*bounds: int) -> range:
    """A `range` that is not too long."""
    numbers = range(*bounds)
    if numbers[LARGEST:]:
        raise StepwiseError(f"a range has {LARGEST:,} numbers at most")
    return numbers


GLOBALS: Mapping[str, Callable[..., Any]] = {
    "_": _, "range": at_most, "dict": dict, "namespace": Namespace, "cycler": Cycler, "joiner": Joiner,
}  # fmt: skip


def own(filter: Callable[..., Any]) -> Callable[..., Any]:
    """A filter or a function of ours, which works on blocks, for a template that has views of them."""

    @wraps(filter)
    def opening(*given: Any, **named: Any) -> Any:
        opened_names = {name: opened(value) for name, value in named.items()}
        return made(seen(filter(*map(opened, given), **opened_names)))

    return opening


def filters() -> dict[str, Callable[..., Any]]:
    """Jinja's filters, bounded."""
    special = {"format": _format, "int": _whole, "join": _join, "replace": _replace, "sum": _sum}
    return {name: _bounded(special.get(name, FILTERS[name])) for name in JINJA}


def _bounded(filter: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter)  # which copies what tells Jinja to give it the environment, too
    def bounded(*given: Any, **named: Any) -> Any:
        for number in (*given[1:], *named.values()):
            small(number)
        return made(filter(*given, **named))

    return bounded


def _like(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return wraps(FILTERS[name])


@_like("format")
def _format(value: Any, *given: Any, **named: Any) -> Any:
    filled(value, given or named)
    return FILTERS["format"](value, *given, **named)


@_like("int")
def _whole(value: Any, *given: Any, **named: Any) -> Any:
    return FILTERS["int"](value[:WIDEST] if isinstance(value, str) else value, *given, **named)


@_like("join")
def _join(context: Any, value: Any, d: str = "", attribute: Any = None) -> Any:
    pieces = list(value)
    fits(sum(len(str(piece)) for piece in pieces) + len(str(d)) * len(pieces))
    return FILTERS["join"](context, pieces, d, attribute)


@_like("replace")
def _replace(context: Any, s: Any, old: str, new: str, count: int | None = None) -> Any:
    fits(_replaced(str(s), old, new))
    return FILTERS["replace"](context, s, old, new, count)


@_like("sum")
def _sum(environment: Any, iterable: Any, attribute: Any = None, start: Any = 0) -> Any:
    if not isinstance(start, int | float):
        raise StepwiseError("sum adds numbers; its start must be one")
    return FILTERS["sum"](environment, iterable, attribute, start)


def _replaced(text: str, old: str, new: str) -> int:
    """How long a text will be."""
    return len(text) + text.count(old) * max(0, len(new) - len(old))


# Methods of what is built in


def of_string(environment: Environment, text: str, name: str) -> Listed:
    """A method of words. A markup's own escapes what it is given."""
    if name == "format":
        return Listed(name, partial(_formatted, environment, text))
    method = getattr(text, name)

    def call(*given: Any) -> Any:
        if name == "join":
            given = (list(given[0]),)
            fits(sum(len(str(piece)) for piece in given[0]) + len(text) * len(given[0]))
        elif name == "replace":
            fits(_replaced(text, str(given[0]), str(given[1])))
        return method(*given)

    return Listed(name, call)


def of_dict(found: dict[Any, Any], name: str) -> Listed:
    """A method of a dictionary; what it gives does not change with it."""
    method = getattr(found, name)
    return Listed(name, method if name == "get" else lambda: tuple(method()))


class _Formatter(SandboxedFormatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        return made(super().format_field(value, narrow_spec(format_spec)))


class _EscapeFormatter(SandboxedEscapeFormatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        return made(super().format_field(value, narrow_spec(format_spec)))


def _formatted(environment: Environment, text: str, *given: Any, **named: Any) -> str:
    formatter = (
        _EscapeFormatter(environment, escape=text.escape) if isinstance(text, Markup) else _Formatter(environment)
    )
    return type(text)(formatter.vformat(text, given, named))
