"""Layers and networks in pasted code: made, called on what flows, put into one another.

To let another thing be called on what flows: a case in `Networks.applied`.
"""

import ast
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from ...errors import CallError
from ...layers.calls import Call, Name, not_plain, quoted
from .expressions import Expressions
from .values import (
    Applied,
    Chain,
    Class,
    Flow,
    Function,
    Given,
    Made,
    Model,
    Named,
    Numbers,
    Thing,
    Unread,
    ordered,
    origins,
)  # fmt: skip

Arguments = Sequence[Any]
Keywords = dict[str, Any]


class Networks(Expressions):
    """Reads networks."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.used: set[int] = set()  # networks, layers and classes that others use
        self.kept: list[Any] = []  # so that no other thing gets the number of one of these

    @abstractmethod
    def carried(self, function: Function, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Any:
        """What a function of the paste gives."""

    @abstractmethod
    def of_kind(
        self, thing: Thing, kind: Class, name: str, node: ast.Call, arguments: Arguments, keywords: Keywords
    ) -> Any:
        """What a method of an object gives, as a class has it."""

    def use(self, value: Any) -> None:
        """Note that something else uses this."""
        self.kept.append(value)
        self.used.add(id(value))

    def flow(self, value: Any) -> Flow | None:
        """What flows, where a value is such: a name that nobody sets is what goes in."""
        match value:
            case Given() | Applied():
                return value
            case Model(output=output):
                return output
            case Numbers(name=name) | Named(path=(_,), spelled=name):
                return self.givens.setdefault(name, Given(name))
            case Unread(why="", takes=False, source=source):  # data from elsewhere
                return self.givens.setdefault(source, Given(source))
        return None

    def applied(self, owner: Any, node: ast.AST, flows: Sequence[Flow]) -> Flow:
        """What comes out of a layer or a network that is called on what flows."""
        self.worked(node)
        match owner:
            case Made():
                self.use(owner)
                key = id(owner), tuple(map(id, flows))
                if key not in self.made:
                    self.made[key] = Applied(owner, tuple(flows))
                    self.kept.append(flows)
                    self.flows.append(self.made[key])
                return self.made[key]
            case Chain(parts=parts):
                self.use(owner)
                flow = flows[0]
                if owner.given is not None and isinstance(flow, Given) and flow.shape is None:
                    flow = Given(flow.name, owner.given)
                if not parts and not owner.passes:
                    raise self.error(node, "a Sequential without layers gives nothing; add one, such as MaxPool2D(2)")
                for part in parts:
                    flow = self.applied(part, node, [flow])
                return flow
            case Model(output=output):
                self.use(owner)
                given = self.one_origin(output), flows[0]
                known: dict[int, Flow] = {id(given[0]): given[1]}
                for flow in ordered(output):
                    known[id(flow)] = self.applied(flow.layer, node, [known[id(one)] for one in flow.inputs])
                return known[id(output)]
            case Thing():
                self.use(owner)
                return self.through(owner, node, flows)
        raise self.error(node, f"{quoted(self.text(node))} stands where a layer belongs")

    @abstractmethod
    def through(self, thing: Thing, node: ast.AST, flows: Sequence[Flow]) -> Flow:
        """What an object's `forward` gives."""

    def one_origin(self, end: Flow) -> Given:
        """What goes in, of which a flow comes. Raises `CallError` where several things do."""
        found = origins(end) if isinstance(end, Applied) else [end]
        if len(found) > 1:
            names = ", ".join(one.name for one in found[:4])
            raise CallError(
                f"{len(found)} things go into what was pasted: {names}; a network with one input is told here. Give "
                "all of them one name, or paste the lines that make the others from the first"
            )
        return found[0]

    def joined(self, node: ast.expr, flows: Sequence[Flow], how: Call) -> Any:
        """Several flows together, by a call that says how; it is one of its own at each of its places."""
        return self.applied(Made(how, getattr(node, "lineno", 1)), node, flows)

    def biased(self, node: ast.expr, flow: Applied, bias: Any) -> Any:
        weighted = self.words.with_bias(flow.layer.call, Name(bias.name if isinstance(bias, Numbers) else bias.spelled))
        if weighted is None:
            return self.unread(node, flow)
        self.flows.remove(flow)
        return self.applied(Made(weighted, flow.layer.line), node, flow.inputs)

    def sequential(self, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Chain:
        """A `Sequential` of what stands in its brackets, pairs of a name and a layer among it."""
        inside: Any = [*arguments] or keywords.get("layers", [])
        if len(inside) == 1 and isinstance(inside[0], list | tuple):
            inside = inside[0]
        chain = Chain(passes="nn" in self.text(node.func).split("."))
        for one in inside:
            self.add(chain, node, [one[1] if isinstance(one, tuple) and len(one) == 2 else one])
        return chain

    def add(self, chain: Chain, node: ast.Call, arguments: Arguments) -> None:
        """Put a layer or a network at the end of a chain."""
        [one] = arguments or [None]
        match one:
            case Given(shape=shape) if shape is not None:
                chain.given = shape
            case Made() | Chain() | Thing() | Model() if one is not chain:
                self.use(one)
                self.bounded(node, [*chain.parts, one])
                chain.parts.append(one)
            case Class():
                raise self.error(node, f"{one.name} is a class; write {one.name}() to make a layer of it")
            case Unread(why=why, source=source):
                raise self.error(node, why or not_plain(source))
            case _:
                raise self.error(node, f"{quoted(self.text(node))} takes layers, such as Conv2D(5, 3)")

    def model(self, node: ast.Call, given: Any, output: Any) -> Any:
        """`keras.Model`, by what comes out of it."""
        if isinstance(output, list | tuple) and len(output) == 1:
            output = output[0]
        flow = self.flow(output)
        if not isinstance(flow, Applied):
            raise self.error(node, f"{quoted(self.text(node))}: a network with one output is read, outputs=x")
        if isinstance(given, Given) and self.one_origin(flow) is not given:
            raise self.error(node, f"{quoted(self.text(node))}: its outputs do not come from its inputs")
        return Model(flow)

    def object_of(self, kind: Class, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Thing:
        """An object of a class of the paste, once its `__init__` was followed."""
        self.use(kind.node)
        thing = Thing(kind, chain=Chain(passes=True) if kind.sequential else None)
        if kind.sequential and "__init__" not in kind.methods:
            thing.chain = self.sequential(node, arguments, keywords)
        if "__init__" in kind.methods:
            self.of_kind(thing, kind, "__init__", node, arguments, keywords)
        return thing
