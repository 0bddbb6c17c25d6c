"""Jinja, led through `seen`, `listed` and `bounds`: it never looks at an attribute of an object itself.

Jinja's own sandbox names what is forbidden; here what is allowed is named, and all else is not there. Loops and lists
are counted by a change to the template's tree before it is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, LoopContext, Macro, TemplateReference
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace
from jinja2.visitor import NodeTransformer

from . import listed
from .bounds import bounded, concatenated, counted, made, operated
from .listed import Listed
from .seen import HiddenError, View, field, kind, seen

_LOOP = {
    "depth", "depth0", "first", "index", "index0", "last", "length", "nextitem", "previtem", "revindex", "revindex0",
}  # fmt: skip
_MACRO = {"arguments", "caller", "catch_kwargs", "catch_varargs", "name"}


class _Fresh(jinja2.Template):
    """A template that keeps nothing from one page to the next, not even in what it imports."""

    def _get_default_module(self, ctx: jinja2.runtime.Context | None = None) -> TemplateModule:
        return self.make_module()


class Sandbox(SandboxedEnvironment):
    """Where a stranger's templates run."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    concat = staticmethod(concatenated)
    template_class = _Fresh

    def __init__(self, filters: Mapping[str, Callable[..., Any]], **options: Any) -> None:
        super().__init__(**options)
        self.filters = listed.filters() | {name: listed.own(filter) for name, filter in filters.items()}
        self.filters |= {"counted": counted, "made": made}
        self.globals = {name: Listed(name, does) for name, does in listed.GLOBALS.items()}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in listed.DICTS:
            return listed.of_dict(obj, attribute)
        return self._part(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An item of a list, a text or a dictionary; else see `_part`."""
        if isinstance(obj, dict) or (isinstance(obj, list | tuple | str) and isinstance(argument, int)):
            try:
                return obj[argument]
            except LookupError:
                return self.undefined(obj=obj, name=argument)
        return self._part(obj, argument)

    def _part(self, obj: Any, name: Any) -> Any:
        """What has this name in something: all that is looked up in a template is looked up here."""
        if isinstance(name, int):
            name = str(name)
        if not isinstance(name, str) or name.startswith("_"):
            return self._hidden(obj, name)
        if isinstance(obj, jinja2.Undefined):
            return getattr(obj, name)  # which says what is not defined
        match obj:
            case View():
                try:
                    return field(obj, name)
                except HiddenError:
                    return self._hidden(obj, name)
                except KeyError:
                    pass
            case str() if name in listed.STRINGS:
                return listed.of_string(self, obj, name)
            case dict() if name in obj:
                return obj[name]
            case LoopContext() if name in _LOOP:
                return getattr(obj, name)
            case LoopContext() if name in listed.LOOPS:
                return Listed(name, getattr(obj, name))
            case tuple() if name in getattr(obj, "_fields", ()):
                return getattr(obj, name)  # what `groupby` gives
            case Cycler() if name == "current":
                return obj.current
            case Cycler() if name in ("next", "reset"):
                return Listed(name, getattr(obj, name))
            case Macro() if name in _MACRO:
                return getattr(obj, name)
            case Namespace() | TemplateReference() | TemplateModule():
                return self._own(obj, name)
        if not isinstance(obj, View) and hasattr(type(obj), name):
            return self._hidden(obj, name)
        return self.undefined(f"{_called(obj)} has no {name!r}", obj=obj, name=name)

    def _own(self, obj: Any, name: str) -> Any:
        """What a template has put somewhere itself, under a name of its choice."""
        try:
            return obj[name] if isinstance(obj, TemplateReference) else getattr(obj, name)
        except (AttributeError, LookupError):
            return self.undefined(f"{_called(obj)} has no {name!r}", obj=obj, name=name)

    def _hidden(self, obj: Any, name: Any) -> jinja2.Undefined:
        problem = (
            f"access to {str(name)[:80]!r} of {_called(obj)} is unsafe; templates see words, numbers and lists alone"
        )
        return self.undefined(problem, obj=obj, name=str(name), exc=SecurityError)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as in Jinja
        """Call what is listed, or what a template has written itself."""
        if not isinstance(__obj, Listed | Macro | BlockReference | LoopContext | Joiner):
            raise SecurityError(f"{_called(__obj)} cannot be called, and is unsafe to; only what is listed can be")
        made(None)
        return __context.call(__obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        operated(operator, left, right)
        return made(super().call_binop(context, operator, left, right))

    def get_template(self, *given: Any, **named: Any) -> jinja2.Template:
        """A file that is put in, imported or extended, counted: it may be itself."""
        made(None)
        return super().get_template(*given, **named)

    def compile(
        self, source: Any, name: Any = None, filename: Any = None, raw: Any = False, defer_init: Any = False
    ) -> Any:
        """Raises `TemplateSyntaxError` for what Python cannot compile, too."""
        try:
            return super().compile(source, name, filename, raw, defer_init)
        except (RecursionError, MemoryError, SyntaxError, OverflowError, ValueError):
            raise jinja2.TemplateSyntaxError("it is nested too deeply", 1, name, filename) from None

    def _generate(self, source: nodes.Template, name: Any, filename: Any, defer_init: bool = False) -> str:
        return super()._generate(_Counting().visit(source), name, filename, defer_init)


def _called(obj: Any) -> str:
    return kind(obj) if isinstance(obj, View) else type(obj).__name__


class _Counting(NodeTransformer):
    """Makes what no operator and no call would count go through a filter: loops, lists, and `~`."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja finds it by its name
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "counted")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja finds it by its name
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), "join")

    def visit_List(self, node: nodes.List | nodes.Tuple | nodes.Dict) -> nodes.Node:  # noqa: N802 - Jinja finds it by its name
        self.generic_visit(node)
        return node if getattr(node, "ctx", "load") == "store" else _filtered(node, "made")

    visit_Tuple = visit_Dict = visit_List  # noqa: N815 - as above


def _filtered(node: Any, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def rendered(environment: Sandbox, template: str, context: Mapping[str, Any]) -> str:
    """The page of a template that sees what it is told. Raises what the template does."""
    with bounded():
        page = environment.get_template(template)
        return concatenated(map(made, page.generate({name: _as_seen(name, value) for name, value in context.items()})))


def _as_seen(name: str, value: Any) -> Any:
    """What has this name in every template of a page; an object that answers questions does so only as listed."""
    asked = getattr(value, "ASKED", None)
    if asked is None:
        return seen(value)
    values = {one: seen(getattr(value, one)) for one in value.SHOWN}
    return values | {one: Listed(f"{name}.{one}", listed.own(getattr(value, one))) for one in asked}
