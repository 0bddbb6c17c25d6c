"""What an expression of pasted code stands for. Its tree is looked at; nothing in it is run.

To read another kind of expression: a case in `Expressions.value`.
"""

from __future__ import annotations

import ast
import math
import operator
from abc import ABC, abstractmethod
from collections import ChainMap
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from ...errors import CallError
from ...layers.calls import LONGEST, MOST_BITS, Call, Name, Scaled, infinity, not_plain, parse, quoted, written
from .names import Path, shortened
from .reading import MOST_ENTRIES, Reading
from .seen import counted, is_sizes, truth
from .values import (
    BATCH,
    Applied,
    Batch,
    Chain,
    Class,
    Flow,
    Given,
    Made,
    Method,
    Model,
    Named,
    Numbers,
    Size,
    Squared,
    Squares,
    Thing,
    Unread,
)  # fmt: skip

Names = MutableMapping[str, Any]
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv
}  # fmt: skip
SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Mult: "*", ast.Sub: "-"}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.Lt: operator.lt, ast.Gt: operator.gt, ast.LtE: operator.le, ast.GtE: operator.ge,
}  # fmt: skip
LIBRARIES = ("torch", "nn", "F", "tf", "keras", "layers", "np", "numpy", "scipy", "cv2", "skimage", "plt", "K")
"""Names that stand for a module where nothing is imported, and so for no input."""
PLAIN = (bool, int, float, str, type(None))


class Expressions(Reading, ABC):
    """Reads expressions."""

    @abstractmethod
    def called(self, node: ast.Call, names: Names) -> Any:
        """What a call gives."""

    @abstractmethod
    def joined(self, node: ast.expr, flows: Sequence[Flow], how: Call) -> Any:
        """What several flows give together, by the call of a layer or by a sign."""

    def value(self, node: ast.expr, names: Names) -> Any:
        """What an expression stands for; `Unread` for one that is not read."""
        self.worked(node)
        if (endless := infinity(node)) is not None and not (isinstance(node, ast.Name) and node.id in names):
            return endless
        match node:
            case ast.Constant(value=int() as value) if value.bit_length() > MOST_BITS:
                raise self.error(node, f"a whole number of more than {MOST_BITS} bits is larger than any that is read")
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return value
            case ast.Name(id=name):
                return names[name] if name in names else Named(self.imports.whole((name,)), name)
            case ast.Attribute():
                return self._attribute(node, names)
            case ast.Call():
                return self.called(node, names)
            case ast.Tuple(elts=entries):
                return tuple(self._entries(node, entries, names))
            case ast.List(elts=entries):
                return self._entries(node, entries, names)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                found = self.value(operand, names)
                return -found if type(found) in (int, float) else self.unread(node, found)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                found = self.value(operand, names)
                known = truth(found)
                return self.unread(node, found) if known is None else not known
            case ast.BoolOp(op=sign, values=values):
                return self._both(node, sign, values, names)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                known = truth(self.value(test, names))
                if known is not None:
                    return self.value(body if known else orelse, names)
            case ast.BinOp(left=left, op=sign, right=right):
                return self._sum(node, self.value(left, names), sign, self.value(right, names))
            case ast.Subscript(value=owner, slice=index):
                return self._entry(node, self.value(owner, names), self.value(index, names))
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                pair = self.value(left, names), self.value(right, names)
                if (
                    isinstance(sign, ast.Is | ast.IsNot)
                    and None in pair
                    and all(truth(one) is not None for one in pair)
                ):
                    return COMPARISONS[type(sign)](*pair)
                if type(sign) in COMPARISONS and all(isinstance(one, PLAIN) for one in pair):
                    try:
                        return COMPARISONS[type(sign)](*pair)
                    except TypeError:
                        return self.unread(node)
                return self.unread(node, *pair)
            case ast.NamedExpr(target=ast.Name(id=name), value=inner):
                names[name] = found = self.value(inner, names)
                return found
            case ast.ListComp(elt=entry, generators=[ast.comprehension(target=target, iter=around, ifs=[])]):
                return self._comprehended(node, entry, target, self.value(around, names), names)
        found = self.unread(node)
        if not isinstance(node, ast.JoinedStr) and any(self._has_layer(one, names) for one in ast.walk(node)):
            self.strange.append(found)
        return found

    def _both(self, node: ast.expr, sign: ast.boolop, values: Sequence[ast.expr], names: Names) -> Any:
        """`a and b`, `a or b`: the first that decides, as Python has it."""
        for one in values:
            found = self.value(one, names)
            known = truth(found)
            if known is None:
                return self.unread(node, found)
            if known == isinstance(sign, ast.Or):
                return found
        return found

    def _has_layer(self, node: ast.AST, names: Names) -> bool:
        """Whether this names a layer, or what comes out of one."""
        match node:
            case ast.Name(id=name) if name in names:
                return isinstance(names[name], Applied | Made | Chain | Thing | Model)
            case ast.Call(func=ast.Name() | ast.Attribute() as function):
                path = self.imports.whole(tuple(ast.unparse(function).split(".")))
                return self.words.makes(path) or self.words.works(path)
        return False

    def _comprehended(self, node: ast.expr, entry: ast.expr, target: ast.expr, around: Any, names: Names) -> Any:
        """`[nn.ReLU() for _ in range(3)]`"""
        if not isinstance(around, list | tuple):
            return self.unread(node)
        found: list[Any] = []
        for one in around:
            inner = ChainMap({}, names)
            self.assigned(target, one, inner)
            found.append(self.value(entry, inner))
        return self.bounded(node, found)

    @abstractmethod
    def assigned(self, target: ast.expr, value: Any, names: Names) -> None:
        """Give a value a name, or several."""

    def _entries(self, node: ast.expr, entries: Sequence[ast.expr], names: Names) -> list[Any]:
        found: list[Any] = []
        for entry in entries:
            if isinstance(entry, ast.Starred):
                inner = self.value(entry.value, names)
                if not isinstance(inner, list | tuple):
                    raise self.error(entry, f"{quoted(self.text(entry))} is not read; write the layers one by one")
                found += inner
            else:
                found.append(self.value(entry, names))
        return self.bounded(node, found)

    def _attribute(self, node: ast.Attribute, names: Names) -> Any:
        owner, name = self.value(node.value, names), node.attr
        match owner:
            case Named(path=(one,), spelled=spelled) if (
                name in ("size", "shape") or self.words.changes(name)
            ) and one not in (*LIBRARIES, *self.imports.known):
                return self._attribute_of(self.givens.setdefault(one, Given(one)), name, node)
            case Named(path=path, spelled=spelled):
                return Named((*path, name), f"{spelled}.{name}")
            case Thing(attributes=attributes) if name in attributes:
                return attributes[name]
            case Thing(kind=Class(fixed=fixed)) | Class(fixed=fixed) if name in fixed:
                return fixed[name]
            case Thing() if name == "training":
                return False  # a network is told as it is in use
        return self._attribute_of(owner, name, node)

    def _attribute_of(self, owner: Any, name: str, node: ast.Attribute) -> Any:
        match owner:
            case Given() | Applied() | Numbers() if name == "shape":
                return Method(owner, "size", self.text(node))
            case Given() | Applied() | Numbers() if name in ("T", "mT", "H"):
                return self.unread(node, owner)
        return Method(owner, name, self.text(node))

    def _entry(self, node: ast.Subscript, owner: Any, index: Any) -> Any:
        match owner:
            case Method(name="size") if index == 0 and is_sizes(owner):
                return BATCH
            case list() | tuple() if type(index) is int and -len(owner) <= index < len(owner):
                return owner[index]
            case Chain(parts=parts) if type(index) is int and -len(parts) <= index < len(parts):
                return parts[index]
            case Method(name="size") if is_sizes(owner) and type(index) is int and index > 0:
                return Size(index)
            case Method(name="size"):
                return Unread(self.text(node), node.lineno)
        return self.unread(node, owner)

    def _sum(self, node: ast.BinOp, left: Any, sign: ast.operator, right: Any) -> Any:
        numbers = all(type(one) in (int, float) and abs(one) < 2**MOST_BITS for one in (left, right))
        if numbers and type(sign) in OPERATORS and not (isinstance(sign, ast.FloorDiv) and not right):
            return self._fitting(node, OPERATORS[type(sign)](left, right))
        left, right = self.met(left), self.met(right)
        match left, sign, right:
            case ((Size(), _, Size() | int())) | (int(), _, Size()):
                return Size(-1)
            case Applied(), ast.Pow(), int() | float():
                return self.squared(node, left, right)
            case Applied(), ast.Mult(), Applied() if left is right and self.words.of_signals(left.layer.call.path):
                return self.squared(node, left)
            case Squared(), ast.Add(), Squared():
                return Squares(left, right)
            case Squares(), ast.Pow(), float() if right == 0.5:
                return self.root(node, left)
            case (list(), ast.Add(), list()) | (tuple(), ast.Add(), tuple()):
                return self.bounded(node, left + right)
            case list() | tuple(), ast.Mult(), int() if 0 <= right * max(1, counted(left)) <= MOST_ENTRIES:
                return left * right
            case ((Given() | Applied()), (ast.Add() | ast.Mult() | ast.Sub()), (Given() | Applied())):
                shown = SIGNS[type(sign)]
                return self.joined(node, (left, right), Call((shown,), text=f"x {shown} y"))
            case (Numbers() as array, _, (int() | float())) | ((int() | float()), _, Numbers() as array):
                return Numbers(array.name, self.literal(node))
            case Applied(), ast.Add(), (Numbers() | Named(alone=True)):
                return self.biased(node, left, right)
            case ((Named(alone=True, spelled=name)), (ast.Add() | ast.Mult() | ast.Sub()), Applied()):
                given = self.givens.setdefault(name, Given(name))
                return self._sum(node, given, sign, right)
        return self.unread(node, left, right)

    def literal(self, node: ast.expr) -> Any:
        """An array that is made of numbers as they stand: `np.ones((3, 3)) / 9`; None for any other."""
        try:
            [call] = parse(f"f({self.text(node)})")
        except CallError:
            return None
        [made] = call.arguments or [None]
        return made if isinstance(made, Call | Scaled) else None

    def met(self, value: Any) -> Any:
        """A name of what went in before, as that."""
        return self.givens.get(value.spelled, value) if isinstance(value, Named) else value

    def _fitting(self, node: ast.AST, number: Any) -> Any:
        if (type(number) is int and number.bit_length() > MOST_BITS) or number != number or abs(number) == math.inf:
            raise self.error(node, f"{quoted(self.text(node))} is a number larger than any that is read")
        return number

    @abstractmethod
    def squared(self, node: ast.expr, value: Any, power: Any = 2) -> Any:
        """What a filter gives, to a power."""

    @abstractmethod
    def root(self, node: ast.expr, squares: Squares) -> Any:
        """The root of the sum of two squares."""

    @abstractmethod
    def biased(self, node: ast.expr, flow: Applied, bias: Any) -> Any:
        """What flows plus a bias: of the convolution that gave it, where that has none."""

    # what stands in a call's brackets

    def argument(self, node: ast.expr, value: Any, keyword: str = "") -> Any:
        """A value as a layer takes it. Raises `CallError` for one that is not plain."""
        match value:
            case bool() | int() | float() | str() | None | Call():
                return value
            case tuple():
                return tuple(self.argument(node, one) for one in value)
            case list():
                return [self.argument(node, one) for one in value]
            case Named(path=path, spelled=spelled):
                if word := self.words.activation(path):
                    return word
                if len(path) > 1 and keyword not in ("dtype", "device"):
                    raise self.error(node, not_plain(spelled))
                return Name(spelled if len(path) == 1 else path[-1])
            case Numbers(name=name) | Given(name=name):
                return Name(name)
            case Made(call=call):
                return call
            case Unread(call=Call() as call):
                return call  # an initializer
            case Unread(source=source):
                if keyword in ("dtype", "device"):
                    return None
                raise self.error(node, not_plain(source))
            case Batch():
                raise self.error(node, f"{quoted(self.text(node))} is how many images there are; write a number")
            case Size():
                raise self.error(
                    node,
                    f"{quoted(self.text(node))} depends on the sizes of what goes in, which are not known here; write "
                    "numbers, or leave the line out where it changes nothing",
                )
        raise self.error(node, not_plain(self.text(node)))

    def call_of(
        self, node: ast.Call, path: Path, arguments: Sequence[Any], keywords: dict[str, Any], spelled: str = ""
    ) -> Call:
        """A call as data, written as a person would write it, with the numbers that its names stand for."""
        name = spelled or shortened(path)
        text = written(name, tuple(arguments), keywords)
        if len(text) > LONGEST:
            raise self.error(node, f"a call of {len(text):,} characters is longer than the {LONGEST:,} that are read")
        return Call(path, tuple(arguments), keywords, text)
