"""What a call in pasted code gives: a layer, what flows out of one, a network.

To read another function: a case in `Calls._function`; another method: one in `Calls._method`.
"""

from __future__ import annotations

import ast
import contextlib
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from ...errors import CallError
from ...layers.calls import Call, Name, not_plain, parse, quoted
from .expressions import MOST_ENTRIES, PLAIN, Expressions, Names, flows_in
from .names import METHODS_LEFT_OUT, SAME_FLOW, is_left_out
from .values import (
    BATCH,
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
)  # fmt: skip

INPUT_NAMES = ("input", "inputs", "x", "value", "features", "logits", "images", "tensor", "self")
"""What functions call the input that they are given."""
JOINS = {
    "cat": "Concatenate", "concat": "Concatenate", "concatenate": "Concatenate", "add": "Add", "multiply": "Multiply",
    "mul": "Multiply", "subtract": "Subtract", "sub": "Subtract",
}  # fmt: skip
JOINING = ("torch", "tf", "tf.math", "keras.layers", "tf.keras.layers", "layers", "keras.ops")
SEQUENTIAL = ("", "keras", "keras.models", "tf.keras", "tf.keras.models", "models", "nn", "torch.nn")
ARRAYS = ("randn", "rand", "randint", "ones", "zeros", "tensor", "Tensor", "array", "constant", "normal", "uniform",
          "random_normal", "Variable", "arange", "from_numpy", "as_tensor", "full", "eye", "asarray", "FloatTensor",
          "convert_to_tensor", "truncated_normal", "ones_like", "zeros_like", "Parameter", "placeholder", "stack",
          "get_variable", "expand_dims", "cast")  # fmt: skip
LISTS = ("OrderedDict", "ModuleList", "list", "tuple")
Arguments = Sequence[Any]
Keywords = dict[str, Any]


class Calls(Expressions):
    """Reads calls."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.used: set[int] = set()  # networks, layers and classes that others use
        self.kept: list[Any] = []  # so that no other thing gets the number of one of these

    @abstractmethod
    def carried(self, function: Function, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Any:
        """What a function of the paste gives."""

    def use(self, value: Any) -> None:
        """Note that something else uses this."""
        self.kept.append(value)
        self.used.add(id(value))

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
                return self._function(owner, node, arguments, keywords, names)
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
            raise self.error(node, _no_flow(self.text(node), _shown(owner), wrong))
        return self.applied(owner, node, [flow for flow in flows if flow is not None])

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
                if not parts:
                    raise self.error(node, "a Sequential without layers gives nothing; add one, such as MaxPool2D(2)")
                for part in parts:
                    flow = self.applied(part, node, [flow])
                return flow
            case Model(output=output):
                self.use(owner)
                for layer in self.line(output, node):
                    flows = [self.applied(layer, node, flows[:1])]
                return flows[0]
            case Thing():
                self.use(owner)
                return self.through(owner, node, flows)
        raise self.error(node, f"{quoted(self.text(node))} stands where a layer belongs")

    @abstractmethod
    def through(self, thing: Thing, node: ast.AST, flows: Sequence[Flow]) -> Flow:
        """What an object's `forward` gives."""

    def line(self, flow: Flow, node: ast.AST | None = None) -> list[Made]:
        """The layers that lead to a flow, one after another. Raises `CallError` where several flows meet."""
        found: list[Made] = []
        while isinstance(flow, Applied):
            found.append(flow.layer)
            if len(flow.inputs) > 1:
                where = f"line {flow.layer.line}: " if self.source.strip().count("\n") else ""
                raise CallError(
                    f"{where}{flow.layer.call.text} joins {len(flow.inputs)} branches, and a chain has none; export "
                    "the network as ONNX and give its file, or put it together with keras.Model in Python"
                )
            flow = flow.inputs[0]
        return found[::-1]

    # functions

    def _function(self, owner: Named, node: ast.Call, arguments: Arguments, keywords: Keywords, names: Names) -> Any:
        path, name = owner.path, owner.path[-1]
        prefix = ".".join(path[:-1])
        match name:
            case "Sequential" if prefix in SEQUENTIAL:
                return self._sequential(node, arguments, keywords)
            case "OrderedDict" | "ModuleList" | "list" | "tuple" if len(arguments) <= 1:
                return arguments[0] if arguments else []
            case "Input" | "InputLayer":
                given = {key: self.argument(node, value, key) for key, value in keywords.items()}
                plain = [self.argument(node, one) for one in arguments]
                return Given("x", self.call_of(node, path, plain, given))
            case "Model" | "Functional" if "outputs" in keywords or len(arguments) > 1:
                given = [*arguments[:1], keywords.get("inputs")][0]
                return self._model(node, given, [*arguments[1:2], keywords.get("outputs")][0])
            case "range" if path == ("range",) and all(type(one) is int for one in arguments):
                counted = range(*arguments) if 0 < len(arguments) < 4 and 0 not in arguments[2:] else range(0)
                if len(counted) > MOST_ENTRIES:
                    raise self.error(node, f"a list has at most {MOST_ENTRIES:,} entries here")
                return list(counted)
            case "super":
                return Unread("super()", node.lineno)
            case "add" if len(path) == 2 and prefix != "layers" and self._is_part(arguments):
                names[path[0]] = chain = Chain()  # lines of `model.add(…)`, without the one that made the model
                return self._add(chain, node, arguments)
        if name in JOINS and prefix in JOINING:
            parts = arguments[0] if arguments and isinstance(arguments[0], list | tuple) else arguments[:2]
            flows = [self.flow(one) for one in parts]
            if len(flows) > 1 and None not in flows:
                return self.joined(JOINS[name], node, [one for one in flows if one is not None])
        if name in ARRAYS and prefix.partition(".")[0] in ("torch", "np", "numpy", "tf", "keras", "nn", "jnp"):
            return Numbers(self.text(node) if len(self.text(node)) < 20 else name)
        if self.words.works(path):
            return self._working(owner, node, arguments, keywords, names)
        if self.words.makes(path):
            return self._layer(owner, node, arguments, keywords)
        if is_left_out(path):
            return Unread(self.text(node), node.lineno, self.words.refusal(path))
        if path[0] == "self":
            raise self.error(node, _unset(owner.spelled))
        why, sure = self.words.refusal(path), self.words.belongs(path)
        takes = any(map(flows_in, [*arguments, *keywords.values()]))
        call = None
        with contextlib.suppress(CallError):
            named = {key: self.argument(node, value, key) for key, value in keywords.items()}
            call = self.call_of(node, path, [self.argument(node, one) for one in arguments], named, owner.spelled)
        found = Unread(self.text(node), node.lineno, why, takes, sure, call)
        if takes:
            self.strange.append(found)
        return found

    def _is_part(self, arguments: Arguments) -> bool:
        return len(arguments) == 1 and isinstance(arguments[0], Made | Chain | Given)

    def _layer(self, owner: Named, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Made:
        if "**" in keywords:
            raise self.error(node, f"{quoted(self.text(node))}: ** is not read; write each parameter as name=value")
        plain = [self.argument(node, one) for one in arguments]
        named = {key: self.argument(node, value, key) for key, value in keywords.items()}
        call = self.call_of(node, owner.path, plain, named, self._spelled(owner))
        return Made(call, node.lineno)

    def _spelled(self, owner: Named) -> str:
        """A name as the paste has it, where it says the same by itself."""
        own = tuple(owner.spelled.split("."))
        return owner.spelled if own == owner.path or (len(own) > 1 and self.words.same(own, owner.path)) else ""

    def _working(self, owner: Named, node: ast.Call, arguments: Arguments, keywords: Keywords, names: Names) -> Any:
        """A function that is called on what flows: `F.max_pool2d(x, 2)`."""
        name = next((name for name in INPUT_NAMES if name in keywords), None)
        given = arguments[0] if arguments else keywords.get(name or "")
        flow = self.flow(given)
        if isinstance(given, Numbers) and owner.path[-1] == "reshape":
            return given  # what goes in is given its shape
        if flow is None:
            raise self.error(node, _no_flow(self.text(node), owner.spelled, given))
        if owner.path[-1] == "bias_add" and isinstance(flow, Applied) and len(arguments) == 2:
            return self.biased(node, flow, arguments[1])
        if self.words.of_signals(owner.path):
            return self.applied(Made(self._as_written(owner, node, names), node.lineno), node, [flow])
        rest = [Name("x"), *(self.argument(node, one) for one in arguments[1:])]
        named = {key: self.argument(node, value, key) for key, value in keywords.items() if arguments or key != name}
        call = self.call_of(node, owner.path, rest, named, self._spelled(owner))
        return self.applied(Made(call, node.lineno), node, [flow])

    def _as_written(self, owner: Named, node: ast.Call, names: Names) -> Call:
        """A call whose arguments may be arrays and constants by name, with the paste's own plain values."""
        text = self.text(node)
        for one in ast.walk(node):
            if isinstance(one, ast.Starred) or (isinstance(one, ast.keyword) and one.arg is None):
                raise self.error(node, not_plain(text))
        try:
            [call] = parse(text)
        except CallError as error:
            raise self.error(node, str(error)) from None

        def settled(value: Any) -> Any:
            if isinstance(value, list | tuple):
                return type(value)(map(settled, value))
            known = names.get(value.name, value) if isinstance(value, Name) else value
            return known if isinstance(known, PLAIN) or _is_numbers(known) else value

        first = [] if not call.arguments else [Name("x") if isinstance(call.arguments[0], Call) else call.arguments[0]]
        rest = [*first, *map(settled, call.arguments[1:])]
        named = {key: settled(value) for key, value in call.keywords.items()}
        return self.call_of(node, owner.path, rest, named, owner.spelled)

    def joined(self, kind: str, node: ast.expr, flows: Sequence[Flow]) -> Any:
        return self.applied(Made(Call((kind,), text=self.text(node)), getattr(node, "lineno", 1)), node, flows)

    def biased(self, node: ast.expr, flow: Applied, bias: Any) -> Any:
        weighted = self.words.with_bias(flow.layer.call, Name(bias.name if isinstance(bias, Numbers) else bias.spelled))
        if weighted is None:
            return self.unread(node, flow)
        self.flows.remove(flow)
        return self.applied(Made(weighted, flow.layer.line), node, flow.inputs)

    # networks

    def _sequential(self, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Chain:
        inside: Any = [*arguments] or keywords.get("layers", [])
        if len(inside) == 1 and isinstance(inside[0], list | tuple):
            inside = inside[0]
        chain = Chain()
        for one in inside:
            self._add(chain, node, [one[1] if isinstance(one, tuple) and len(one) == 2 else one])
        return chain

    def _add(self, chain: Chain, node: ast.Call, arguments: Arguments) -> None:
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

    def _model(self, node: ast.Call, given: Any, output: Any) -> Any:
        if isinstance(output, list | tuple) and len(output) == 1:
            output = output[0]
        flow = self.flow(output)
        if not isinstance(flow, Applied):
            raise self.error(node, f"{quoted(self.text(node))}: a network with one output is read, outputs=x")
        origin: Flow = flow
        while isinstance(origin, Applied) and len(origin.inputs) == 1:
            origin = origin.inputs[0]
        if isinstance(given, Given) and isinstance(origin, Given) and origin is not given:
            raise self.error(node, f"{quoted(self.text(node))}: its outputs do not come from its inputs")
        return Model(flow)

    def object_of(self, kind: Class, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Thing:
        self.use(kind.node)
        thing = Thing(kind)
        if "__init__" in kind.methods:
            self.carried(Function(kind.methods["__init__"], kind.names, thing), node, arguments, keywords)
        return thing

    # methods

    def _method(self, method: Method, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Any:
        owner, name = method.owner, method.name
        match owner:
            case list() if name in ("append", "extend", "add") and len(arguments) == 1:
                owner += [arguments[0]] if name != "extend" else list(arguments[0])
                return self.bounded(node, owner)
            case Chain() if name in ("add", "append", "add_module"):
                return self._add(owner, node, arguments[-1:])
            case Chain() if name in ("pop", "insert", "extend"):
                raise self.error(node, f"{quoted(self.text(node))} is not followed; use add, layer after layer")
            case Thing(kind=kind) if name in kind.methods:
                return self.carried(Function(kind.methods[name], kind.names, owner), node, arguments, keywords)
            case Thing(attributes=attributes) if name == "add_module" and len(arguments) == 2:
                attributes[str(arguments[0])] = arguments[1]
                return None
            case Thing() if name not in METHODS_LEFT_OUT and name not in ("register_buffer", "log", "add_loss"):
                raise self.error(node, _unset(method.source))
            case Given() | Applied() | Numbers() if name == "size":
                return BATCH if arguments == [0] else method if not arguments else Unread(self.text(node), node.lineno)
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
        plain = [self.argument(node, one) for one in arguments]
        named = {key: self.argument(node, value, key) for key, value in keywords.items()}
        call = self.call_of(node, ("x", name), plain, named)
        return self.applied(Made(call, node.lineno), node, [flow])


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_is_numbers(one) or type(one) in (int, float) for one in value)


def method_owner(node: ast.Call) -> ast.expr | None:
    """What stands before a method's dot."""
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def _shown(owner: Any) -> str:
    return owner.call.text if isinstance(owner, Made) else "a network"


def _unset(name: str) -> str:
    return f"{name} is not set in what was pasted; paste the line that sets it, too, such as {name} = nn.MaxPool2d(2)"


def _no_flow(text: str, owner: str, value: Any) -> str:
    if isinstance(value, Unread):
        return value.why or not_plain(value.source)
    return f"{quoted(text)}: {owner} is called on what is no input; write a name, such as x, in its place"
