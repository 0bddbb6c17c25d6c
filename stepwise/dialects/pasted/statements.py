"""Pasted code followed line by line, as far as its layers need it; nothing is run.

To follow another kind of statement: a case in `Statements.follow`.
"""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...layers.calls import quoted
from .calls import Arguments, Calls, Keywords
from .expressions import PLAIN, Names, flows_in
from .values import (
    Applied,
    Batch,
    Chain,
    Class,
    Flow,
    Function,
    Given,
    Made,
    Method,
    Model,
    Named,
    Numbers,
    Thing,
    Unread,
)

DEEPEST = 20
"""Functions that call one another."""
DECORATORS = ("torch.no_grad", "torch.inference_mode", "tf.function", "torch.jit.export", "override", "typing.override")
"""Decorators that leave a function's result as it is."""
FORWARD = ("forward", "call", "__call__")


class _Left(Exception):  # noqa: N818 - a way out, and no error
    """A `return`, `break` or `continue`."""

    def __init__(self, word: str, value: Any = None) -> None:
        self.word = word
        self.value = value


class Statements(Calls):
    """Follows statements."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.names: dict[str, Any] = {}
        self.bare: list[Made] = []  # layers that stand on lines of their own
        self.doubts: list[Unread] = []  # left out, though they could have been meant as layers
        self.depth = 0
        self.itself: Thing | None = None  # what `self` is where methods were pasted without their class

    def follow_all(self, body: Sequence[ast.stmt]) -> None:
        """Follow the lines of the paste itself."""
        for statement in body:
            try:
                self.follow(statement, self.names)
            except _Left as left:
                if left.word == "return" and isinstance(left.value, Made | Chain):
                    self.alone(left.value)

    def follow(self, node: ast.stmt, names: Names) -> None:
        """Take what one statement says. Raises `CallError` for one that layers depend on and that is not read."""
        match node:
            case ast.Import() | ast.ImportFrom():
                self.imports.read(node)
            case ast.FunctionDef():
                self._defined(node, names)
            case ast.ClassDef():
                bases = [names.get(one.id) for one in node.bases if isinstance(one, ast.Name)]
                methods = {name: one for base in bases if isinstance(base, Class) for name, one in base.methods.items()}
                methods |= {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
                names[node.name] = Class(node, node.name, methods, names)
            case ast.Assign(targets=targets, value=value):
                found = self._kept(value, names)
                for target in targets:
                    self.assigned(target, found, names)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.assigned(target, self._kept(value, names), names)
            case ast.AugAssign(target=target, op=sign, value=value):
                whole = ast.BinOp(_loaded(target), sign, value)
                ast.copy_location(whole, node)
                ast.fix_missing_locations(whole)
                self.assigned(target, self.value(whole, names), names)
            case ast.Expr(value=value):
                self.alone(self.value(value, names), top=names is self.names)
            case ast.Return(value=value):
                raise _Left("return", None if value is None else self.value(value, names))
            case ast.If(test=test):
                self._choice(node, test, names)
            case ast.For():
                self._loop(node, names)
            case ast.With(body=body):
                for one in body:
                    self.follow(one, names)
            case ast.Try(body=body, orelse=orelse, finalbody=final):
                for one in [*body, *orelse, *final]:
                    self.follow(one, names)
            case ast.Break():
                raise _Left("break")
            case ast.Continue():
                raise _Left("continue")
            case ast.Pass() | ast.Assert() | ast.Raise() | ast.Global() | ast.Nonlocal() | ast.AnnAssign():
                return
            case ast.AsyncFunctionDef() | ast.Delete():
                self.left_out.append(self._first_line(node))
            case _:
                raise self.error(node, f"{quoted(self._first_line(node))} is not followed; write its layers one by one")

    def alone(self, value: Any, top: bool = True) -> None:
        """A value on a line of its own: a layer is one of a chain, anything else is left out."""
        match value:
            case Made() if top:
                self.bare.append(value)
            case [str(), Made() as layer] | (str(), Made() as layer) if top:
                self.bare.append(layer)
            case list() | tuple():
                for one in value:
                    self.alone(one, top)
            case Unread():
                self._doubted(value)
            case Method(source=source) | Named(spelled=source) if not isinstance(value, Batch):
                self.left_out.append(source)

    def _kept(self, node: ast.expr, names: Names) -> Any:
        """A value that gets a name; a call that is not read is left out, unless it is meant to be a layer."""
        found = self.value(node, names)
        if isinstance(found, Unread) and isinstance(node, ast.Call):
            self._doubted(found)
        return found

    def _doubted(self, value: Unread) -> None:
        if value.sure:
            raise self.error(_At(value.line), value.why)
        if value.source.startswith("super("):
            return
        self.left_out.append(value.source)
        if value.why:
            self.doubts.append(value)

    def _defined(self, node: ast.FunctionDef, names: Names) -> None:
        first = node.args.args[0].arg if node.args.args else ""
        if names is self.names and first == "self":
            thing = self.own_object()
            assert isinstance(thing.kind.methods, dict)  # made right below
            thing.kind.methods[node.name] = node
        else:
            names[node.name] = Function(node, names)

    def own_object(self) -> Thing:
        """What `self` is where there is no class around it."""
        if self.itself is None:
            self.itself = self.names["self"] = Thing(Class(ast.Pass(), "self", {}, self.names))
        return self.itself

    def assigned(self, target: ast.expr, value: Any, names: Names) -> None:
        match target:
            case ast.Name(id=name):
                names[name] = self._called(value, name)
            case ast.Attribute(value=owner, attr=name):
                thing = self.value(owner, names)
                if isinstance(thing, Named) and thing.path == ("self",):
                    thing = self.own_object()
                if isinstance(thing, Thing):
                    thing.attributes[name] = self._called(value, f"self.{name}")
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                listed = value if isinstance(value, list | tuple) else []
                whole = len(listed) == len(targets) and not any(isinstance(one, ast.Starred) for one in targets)
                other = Unread(self.text(target), target.lineno, takes=flows_in(value) and not whole)
                if isinstance(value, Applied) and "return_indices" in value.layer.call.keywords:
                    listed, whole = [value, *[other] * (len(targets) - 1)], True
                elif other.takes:
                    self.strange.append(other)
                for number, one in enumerate(targets):
                    self.assigned(one, listed[number] if whole else other, names)

    @staticmethod
    def _called(value: Any, name: str) -> Any:
        """A value with the name it is now known by."""
        if isinstance(value, Numbers):
            return Numbers(name.rpartition(".")[2])
        if isinstance(value, Given) and value.shape is not None:
            return value
        return value

    def _choice(self, node: ast.If, test: ast.expr, names: Names) -> None:
        if ast.unparse(test).replace('"', "'") == "__name__ == '__main__'":
            chosen: bool | None = True
        else:
            found = self.value(test, names)
            chosen = bool(found) if isinstance(found, PLAIN) else None
        if chosen is None:
            before = len(self.flows), len(self.used), len(self.bare)
            for one in [*node.body, *node.orelse]:
                if not isinstance(one, ast.Raise | ast.Pass | ast.Return):
                    self.follow(one, dict(names))
            if (len(self.flows), len(self.used), len(self.bare)) != before or _returns(node):
                question = quoted(f"if {self.text(test)}")
                raise self.error(
                    node, f"which way {question} goes is not known here; paste only the lines that it takes"
                )
            return
        for one in node.body if chosen else node.orelse:
            self.follow(one, names)

    def _loop(self, node: ast.For, names: Names) -> None:
        around = self.value(node.iter, names)
        if isinstance(around, Chain):
            around = list(around.parts)
        if not isinstance(around, list | tuple):
            before = len(self.flows), len(self.used), len(self.bare)
            for one in node.body:
                self.follow(one, dict(names))
            if (len(self.flows), len(self.used), len(self.bare)) != before and not _trains(node):
                question = quoted(f"for … in {self.text(node.iter)}")
                raise self.error(node, f"what {question} goes through is not known here; write its layers one by one")
            return
        for entry in list(around):
            self.assigned(node.target, entry, names)
            try:
                for one in node.body:
                    self.follow(one, names)
            except _Left as left:
                if left.word == "break":
                    break
                if left.word == "return":
                    raise

    # functions

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
        except _Left as left:
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
        parts = [one for one in thing.attributes.values() if isinstance(one, Made | Chain | Thing | Model)]
        return parts[0] if len(parts) == 1 else None

    def _first_line(self, node: ast.AST) -> str:
        return self.lines[getattr(node, "lineno", 1) - 1].decode("utf-8", "replace").strip()


class _At(ast.AST):
    """A place in the paste, for a message."""

    def __init__(self, line: int) -> None:
        self.lineno = line


def _loaded(target: ast.expr) -> ast.expr:
    """What is assigned to, as what is read."""
    match target:
        case ast.Name(id=name):
            return ast.Name(name, ast.Load())
        case ast.Attribute(value=value, attr=name):
            return ast.Attribute(value, name, ast.Load())
    return target


def _returns(node: ast.If) -> bool:
    return any(isinstance(one, ast.Return) for part in (node.body, node.orelse) for one in part)


TRAINING = ("backward", "step", "zero_grad", "no_grad", "train_on_batch", "apply_gradients")


def _trains(node: ast.For) -> bool:
    """Whether a loop is that of a training: it is no part of the network."""
    return any(isinstance(one, ast.Attribute) and one.attr in TRAINING for one in ast.walk(node))
