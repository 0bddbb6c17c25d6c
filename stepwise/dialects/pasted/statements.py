"""Pasted code followed line by line, as far as its layers need it; nothing is run.

To follow another kind of statement: a case in `Statements.follow`.
"""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Sequence
from typing import Any

from ...layers.calls import quoted
from .defined import Defined, Left
from .expressions import Names
from .seen import flows_in, is_sizes, truth
from .values import (
    BATCH,
    Applied,
    Batch,
    Chain,
    Class,
    Function,
    Made,
    Method,
    Named,
    Numbers,
    Size,
    Thing,
    Unread,
)


class Statements(Defined):
    """Follows statements."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.names: dict[str, Any] = {}
        self.bare: list[Made] = []  # layers that stand on lines of their own
        self.doubts: list[Unread] = []  # left out, though they could have been meant as layers
        self.itself: Thing | None = None  # what `self` is where methods were pasted without their class

    def follow_all(self, body: Sequence[ast.stmt]) -> None:
        """Follow the lines of the paste itself."""
        for statement in body:
            try:
                self.follow(statement, self.names)
            except Left as left:
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
                fixed = {name: one for base in bases if isinstance(base, Class) for name, one in base.fixed.items()}
                for one in node.body:
                    if isinstance(one, ast.Assign | ast.AnnAssign):
                        self.follow(one, inner := ChainMap({}, names))
                        fixed |= inner.maps[0]
                base = next((one for one in bases if isinstance(one, Class)), None)
                sequential = any(self.text(one).split(".")[-1] == "Sequential" for one in node.bases)
                sequential = sequential or (base is not None and base.sequential)
                names[node.name] = Class(node, node.name, methods, names, fixed, base, sequential)
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
                raise Left("return", None if value is None else self.value(value, names))
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
                raise Left("break")
            case ast.Continue():
                raise Left("continue")
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
                if is_sizes(value):  # b, c, h, w = x.shape
                    listed = [BATCH, *(Size(axis) for axis in range(1, len(targets)))]
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
            return Numbers(name.rpartition(".")[2], value.written)
        return value

    def _choice(self, node: ast.If, test: ast.expr, names: Names) -> None:
        if ast.unparse(test).replace('"', "'") == "__name__ == '__main__'":
            chosen: bool | None = True
        else:
            chosen = truth(self.value(test, names))
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
            except Left as left:
                if left.word == "break":
                    break
                if left.word == "return":
                    raise

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


TRAINING = ("backward", "step", "zero_grad", "no_grad", "train_on_batch", "apply_gradients", "item", "argmax",
            "nll_loss", "cross_entropy", "GradientTape")  # fmt: skip


def _trains(node: ast.For) -> bool:
    """Whether a loop is that of a training or of a test: it is no part of the network."""
    return any(isinstance(one, ast.Attribute) and one.attr in TRAINING for one in ast.walk(node))
