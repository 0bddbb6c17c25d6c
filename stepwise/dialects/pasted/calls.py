"""What a call in pasted code gives: a layer, what flows out of one, a network.

To read another method: a case in `Calls._method`.
"""

import ast
from typing import Any

from ...layers.calls import Name, quoted
from .expressions import Names
from .functions import INPUT_NAMES, LISTS, Functions, no_flow, unset
from .names import METHODS_LEFT_OUT, SAME_FLOW, is_left_out
from .networks import Arguments, Keywords
from .seen import flows_in
from .values import (
    BATCH,
    Applied,
    Batch,
    Chain,
    Class,
    Function,
    Given,
    Made,
    Method,
    Model,
    Named,
    Numbers,
    Size,
    Super,
    Thing,
    Unread,
)  # fmt: skip


class Calls(Functions):
    """Reads calls."""

    def called(self, node: ast.Call, names: Names) -> Any:
        owner, strange = self.value(node.func, names), len(self.strange)
        into_list = isinstance(owner, Named) and owner.path[-1] in ("Sequential", *LISTS)
        arguments: list[Any] = []
        for one in node.args:
            if isinstance(one, ast.Starred) and into_list:
                arguments += self._entries(one, [one], names)
            elif isinstance(one, ast.Starred):
                arguments.append(Unread(self.text(one), one.lineno))
            else:
                arguments.append(self.value(one, names))
        keywords: Keywords = {}
        for keyword in node.keywords:
            name = keyword.arg or "**"
            if name in keywords:
                raise self.error(node, f"{quoted(self.text(node))} gives {name} twice; give it once")
            keywords[name] = self.value(keyword.value, names)
        if (isinstance(owner, Named) and is_left_out(owner.path)) or (
            isinstance(owner, Method) and owner.name in METHODS_LEFT_OUT
        ):
            del self.strange[strange:]  # what is printed goes no further
        match owner:
            case Named():
                return self.function(owner, node, arguments, keywords, names)
            case Method():
                return self._method(owner, node, arguments, keywords)
            case Unread(why=why) if why and any(self.flow(one) for one in arguments):
                raise self.error(node, why)
            case Unread(why="") if not isinstance(node.func, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
                raise self.error(node, f"{quoted(self.text(node.func))} is not a layer's name")
            case Unread() | Batch():
                return self.unread(node, owner, *arguments, *keywords.values())
            case Class():
                return self.object_of(owner, node, arguments, keywords)
            case Function():
                self.use(owner.node)
                return self.carried(owner, node, arguments, keywords)
            case Made() | Chain() | Model() | Thing():
                return self._on(owner, node, arguments, keywords)
        raise self.error(node, f"{quoted(self.text(node.func))} is not a layer's name")

    def _on(self, owner: Any, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Any:
        """A layer or a network, called on what flows."""
        given = [*arguments, *(keywords[name] for name in INPUT_NAMES if name in keywords)]
        if len(given) == 1 and isinstance(given[0], list | tuple):
            given = list(given[0])
        if not given:
            raise self.error(node, f"{quoted(self.text(node))}: {_shown(owner)} is called on nothing; write x in it")
        flows = [self.flow(one) for one in given]
        if flows[0] is None or (None in flows and isinstance(owner, Made)):
            [wrong, *_rest] = [one for one, flow in zip(given, flows) if flow is None]
            raise self.error(node, no_flow(self.text(node), _shown(owner), wrong))
        return self.applied(owner, node, [flow for flow in flows if flow is not None])

    def _method(self, method: Method, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Any:
        owner, name = method.owner, method.name
        match owner:
            case list() if name in ("append", "extend", "add") and len(arguments) == 1:
                owner += [arguments[0]] if name != "extend" else list(arguments[0])
                return self.bounded(node, owner)
            case Chain() if name in ("add", "append", "add_module"):
                return self.add(owner, node, arguments[-1:])
            case Chain() if name in ("pop", "insert", "extend"):
                raise self.error(node, f"{quoted(self.text(node))} is not followed; use add, layer after layer")
            case Super(thing=thing, kind=kind):
                return self._of_base(thing, kind, name, node, arguments, keywords)
            case Thing(kind=kind) if name in kind.methods:
                return self.of_kind(owner, kind, name, node, arguments, keywords)
            case Thing(chain=Chain() as chain) if name in ("append", "add_module"):
                return self.add(chain, node, arguments[-1:])
            case Thing(attributes=attributes) if name in ("add_module", "register_module") and len(arguments) == 2:
                attributes[str(arguments[0])] = arguments[1]
                return None
            case Thing() if name not in METHODS_LEFT_OUT and name not in ("register_buffer", "log", "add_loss"):
                raise self.error(node, unset(method.source))
            case Given() | Applied() | Numbers() if name == "size":
                return self._size(method, node, arguments)
            case Given() | Applied() | Numbers() if self.words.changes(name):
                if isinstance(owner, Numbers) and isinstance(method_owner(node), ast.Call):
                    return owner  # an array is made, and given a shape at once
                return self._changed(owner, name, node, arguments, keywords)
            case Numbers() if name not in METHODS_LEFT_OUT or name in SAME_FLOW:
                return owner
        if name in SAME_FLOW and isinstance(owner, Given | Applied | Chain | Thing | Model | Made):
            return owner
        if name in METHODS_LEFT_OUT:
            return Unread(self.text(node), node.lineno)
        if isinstance(owner, Named | Made) and not any(map(flows_in, arguments)):
            raise self.error(node, f"{quoted(self.text(node.func))} is not a layer's name")
        return self.unread(node, owner, *arguments)

    def _size(self, method: Method, node: ast.Call, arguments: Arguments) -> Any:
        """`x.size(1)`; without an argument, all of them."""
        match list(arguments):
            case []:
                return method
            case [0]:
                return BATCH
            case [int() as axis] if axis > 0:
                return Size(axis)
        return Unread(self.text(node), node.lineno)

    def _of_base(
        self, thing: Thing, kind: Class, name: str, node: ast.Call, arguments: Arguments, keywords: Keywords
    ) -> Any:
        """A method of the class that an object's own is made from: `super().__init__(…)`."""
        if kind.base is not None and name in kind.base.methods:
            return self.of_kind(thing, kind.base, name, node, arguments, keywords)
        if thing.chain is not None and name == "__init__":
            thing.chain.parts += self.sequential(node, arguments, keywords).parts
        if thing.chain is not None and name in ("forward", "__call__"):
            return self._on(thing.chain, node, arguments, keywords)
        return None

    def of_kind(
        self, thing: Thing, kind: Class, name: str, node: ast.Call, arguments: Arguments, keywords: Keywords
    ) -> Any:
        """A method of an object, as a class has it."""
        before, self.around[id(thing)] = self.around.get(id(thing)), kind
        try:
            return self.carried(Function(kind.methods[name], kind.names, thing), node, arguments, keywords)
        finally:
            if before is None:
                del self.around[id(thing)]
            else:
                self.around[id(thing)] = before

    def _changed(self, owner: Any, name: str, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Any:
        """A method of what flows that gives something else: `x.view(-1, 16 * 5 * 5)`."""
        flow = self.flow(owner)
        assert flow is not None  # its kinds are those that flow
        if name in ("view", "reshape"):
            sizes = list(arguments[0]) if len(arguments) == 1 and isinstance(arguments[0], tuple | list) else arguments
            if len(sizes) == 2 and isinstance(sizes[0], Batch) and sizes[1] == -1:
                call = self.call_of(node, ("torch", "flatten"), (Name("x"), 1), {})
                return self.applied(Made(call, node.lineno), node, [flow])
            arguments = [-1 if isinstance(one, Batch) and not i else one for i, one in enumerate(sizes)]
            arguments = [-1 if isinstance(one, Size) and _alone(one, sizes) else one for one in arguments]
        plain = [self.argument(node, one) for one in arguments]
        named = {key: self.argument(node, value, key) for key, value in keywords.items()}
        call = self.call_of(node, ("x", name), plain, named)
        return self.applied(Made(call, node.lineno), node, [flow])


def method_owner(node: ast.Call) -> ast.expr | None:
    """What stands before a method's dot."""
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def _alone(size: Any, among: Arguments) -> bool:
    """Whether a size that is not known is the only one, so that the others leave it no choice."""
    return sum(isinstance(one, type(size)) or one == -1 for one in among) == 1 and isinstance(among[0], Batch)


def _shown(owner: Any) -> str:
    return owner.call.text if isinstance(owner, Made) else "a network"
