"""Functions and classes that pasted code defines, followed where they are called."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections import ChainMap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .calls import Calls
from .expressions import Names
from .networks import Arguments, Keywords
from .values import (
    Chain,
    Flow,
    Function,
    Made,
    Model,
    Named,
    Thing,
    Unread,
)

DEEPEST = 20
"""Functions that call one another."""
DECORATORS = ("torch.no_grad", "torch.inference_mode", "tf.function", "torch.jit.export", "override", "typing.override")
"""Decorators that leave a function's result as it is."""
FORWARD = ("forward", "call", "__call__")


class Left(Exception):  # noqa: N818 - a way out, and no error
    """A `return`, `break` or `continue`."""

    def __init__(self, word: str, value: Any = None) -> None:
        self.word = word
        self.value = value


class Defined(Calls):
    """Follows what the paste defines."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.depth = 0

    @abstractmethod
    def follow(self, node: ast.stmt, names: Names) -> None:
        """Take what one statement says. Raises `CallError` for one that layers depend on and that is not read."""

    def carried(self, function: Function, node: ast.AST, arguments: Arguments, keywords: Keywords) -> Any:
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise self.error(node, f"functions call one another more than {DEEPEST} deep")
            function = self._undecorated(function)
            names: Names = ChainMap({}, function.names)  # type: ignore[arg-type]  # only its first map is written to
            names.update(self._bound(function, node, arguments, keywords))
            for statement in function.node.body:
                self.follow(statement, names)
        except Left as left:
            return left.value
        finally:
            self.depth -= 1
        return None

    def _undecorated(self, function: Function) -> Function:
        """The function without decorators that leave its result as it is. Raises `CallError` for another."""
        for one in function.node.decorator_list:
            name = self.text(one).partition("(")[0]
            if name == "staticmethod":
                function = replace(function, owner=None)
            elif name not in DECORATORS:
                raise self.error(one, f"what @{name} makes of {function.node.name} is not known here; leave it out")
        return function

    def _bound(self, function: Function, node: ast.AST, arguments: Arguments, keywords: Keywords) -> dict[str, Any]:
        """What each parameter stands for; one that nothing is given for is a name."""
        wanted = function.node.args
        parameters = [one.arg for one in (*wanted.posonlyargs, *wanted.args)]
        given = ([function.owner] if function.owner else []) + list(arguments)
        if len(given) > len(parameters) and wanted.vararg is None:
            raise self.error(
                node, f"{function.node.name} takes {len(parameters)} arguments, but {len(given)} were given"
            )
        found: dict[str, Any] = dict(zip(parameters, given))
        for name, default in zip(parameters[::-1], wanted.defaults[::-1]):
            found.setdefault(name, self.value(default, dict(function.names)))
        for one, other in zip(wanted.kwonlyargs, wanted.kw_defaults):
            if other is not None:
                found[one.arg] = self.value(other, dict(function.names))
        known = {*parameters, *(one.arg for one in wanted.kwonlyargs)}
        for name, value in keywords.items():
            if name in known:
                found[name] = value
            elif wanted.kwarg is None and name != "**":
                raise self.error(node, f"{function.node.name} has no parameter {name}")
        for name in known - found.keys():
            found[name] = Named((name,), name)
        for extra in (wanted.vararg, wanted.kwarg):
            if extra is not None:
                found[extra.arg] = Unread(extra.arg, function.node.lineno)
        return found

    def through(self, thing: Thing, node: ast.AST, flows: Sequence[Flow]) -> Flow:
        way = self.way_through(thing)
        if way is None:
            raise self.error(node, f"{thing.kind.name} has no forward, which says in what order its layers are used")
        if isinstance(way, ast.FunctionDef):
            value = self.carried(Function(way, thing.kind.names, thing), node, flows, {})
            found = self.flow(value) if not isinstance(value, Named) else None
            if found is None and isinstance(value, tuple) and value:
                found = self.flow(value[0])
            if found is None:
                raise self.error(way, f"{way.name} of {thing.kind.name} returns nothing that flows through its layers")
            return found
        return self.applied(way, node, flows)

    def way_through(self, thing: Thing) -> Any:
        """The `forward` of an object; without one, its only part."""
        for name in FORWARD:
            if name in thing.kind.methods:
                return thing.kind.methods[name]
        if thing.chain is not None:
            return thing.chain
        parts = [one for one in thing.attributes.values() if isinstance(one, Made | Chain | Thing | Model)]
        return parts[0] if len(parts) == 1 else None
