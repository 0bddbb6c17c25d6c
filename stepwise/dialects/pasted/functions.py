"""Functions that pasted code calls by name: layers are made by them, or what flows goes through.

To read another: a case in `Functions.function`.
"""

import ast
import builtins
from collections.abc import Callable, Iterable
from typing import Any

from ...errors import CallError
from ...layers.calls import Call, Name, not_plain, parse, quoted
from .expressions import PLAIN, Names
from .filters import SQUARES, Filters
from .names import is_left_out
from .networks import Arguments, Keywords
from .reading import MOST_ENTRIES
from .seen import flows_in
from .values import (
    Applied,
    Chain,
    Class,
    Given,
    Made,
    Named,
    Numbers,
    Squares,
    Super,
    Thing,
    Unread,
)  # fmt: skip

INPUT_NAMES = ("input", "inputs", "x", "value", "features", "logits", "images", "tensor", "self")
"""What functions call the input that they are given."""
JOINS = {
    "cat": "cat", "concat": "cat", "concatenate": "cat", "add": "add", "multiply": "mul", "mul": "mul",
    "subtract": "sub", "sub": "sub",
}  # fmt: skip
"""Functions that join several flows, by what PyTorch calls them."""
OF_KERAS = {"cat": "Concatenate", "add": "Add", "mul": "Multiply", "sub": "Subtract"}
JOINING = ("", "torch", "tf", "tf.math", "keras.layers", "tf.keras.layers", "layers", "keras.ops", "K", "keras.backend")
"""What stands before them; nothing where they were imported from `keras.layers`."""
SEQUENTIAL = ("", "keras", "keras.models", "tf.keras", "tf.keras.models", "models", "nn", "torch.nn")
ARRAYS = ("randn", "rand", "randint", "ones", "zeros", "tensor", "Tensor", "array", "constant", "normal", "uniform",
          "random_normal", "Variable", "arange", "from_numpy", "as_tensor", "full", "eye", "asarray", "FloatTensor",
          "convert_to_tensor", "truncated_normal", "ones_like", "zeros_like", "Parameter", "placeholder", "stack",
          "get_variable", "expand_dims", "cast", "imread", "load", "loadtxt")  # fmt: skip
GONE_THROUGH: dict[str, Callable[..., Iterable[Any]]] = {"enumerate": enumerate, "zip": zip, "reversed": reversed}
"""Python's functions that a loop goes through."""
WRAPPING = ("nn", "torch.nn", "nn.parallel", "torch.nn.parallel", "torch", "torch.jit")
"""What stands before functions that give back a network that does the same."""
JOINED = ("tensors", "values", "inputs", "input", "x", "other", "y", "x1", "x2")
"""What they call the flows that they join."""
LITERAL = ("array", "asarray", "ones", "full", "eye")
"""Makers of arrays whose numbers stand in their brackets."""
FILES = ("cv2", "plt", "io", "mpimg", "imageio", "skimage")
"""Modules that read pictures."""
LISTS = ("OrderedDict", "ModuleList", "list", "tuple")


class Functions(Filters):
    """Reads functions."""

    def function(self, owner: Named, node: ast.Call, arguments: Arguments, keywords: Keywords, names: Names) -> Any:
        """What a function gives that is called by its name."""
        path, name = owner.path, owner.path[-1]
        prefix = ".".join(path[:-1])
        match name:
            case "Sequential" if prefix in SEQUENTIAL:
                return self.sequential(node, arguments, keywords)
            case "OrderedDict" | "ModuleList" | "list" | "tuple" if len(arguments) <= 1:
                return arguments[0] if arguments else []
            case "Input" | "InputLayer":
                given = {key: self.argument(node, value, key) for key, value in keywords.items()}
                plain = [self.argument(node, one) for one in arguments]
                return Given("x", self.call_of(node, path, plain, given))
            case "Model" | "Functional" if "outputs" in keywords or len(arguments) > 1:
                given = [*arguments[:1], keywords.get("inputs")][0]
                return self.model(node, given, [*arguments[1:2], keywords.get("outputs")][0])
            case "range" if path == ("range",) and all(type(one) is int for one in arguments):
                counted = range(*arguments) if 0 < len(arguments) < 4 and 0 not in arguments[2:] else range(0)
                if len(counted) > MOST_ENTRIES:
                    raise self.error(node, f"a list has at most {MOST_ENTRIES:,} entries here")
                return list(counted)
            case "len" if path == ("len",) and len(arguments) == 1 and isinstance(arguments[0], list | tuple | Chain):
                return len(arguments[0].parts if isinstance(arguments[0], Chain) else arguments[0])
            case "enumerate" | "zip" | "reversed" if path == (name,) and not keywords:
                listed = [list(one.parts) if isinstance(one, Chain) else one for one in arguments]
                if listed and all(isinstance(one, list | tuple) for one in listed):
                    return self.bounded(node, [*GONE_THROUGH[name](*listed)])
            case "DataParallel" | "DistributedDataParallel" | "compile" | "script" if prefix in WRAPPING and arguments:
                return arguments[0]  # the same network, carried out in another way
            case "super" if isinstance(thing := names.get("self"), Thing):
                of = names.get(self.text(node.args[0])) if node.args else self.around.get(id(thing))
                return Super(thing, of if isinstance(of, Class) else thing.kind)
            case "super":
                return Unread("super()", node.lineno)
            case "add" if len(path) == 2 and prefix != "layers" and self._is_part(arguments):
                names[path[0]] = chain = Chain()  # lines of `model.add(…)`, without the one that made the model
                return self.add(chain, node, arguments)
        if name in JOINS and prefix in JOINING and (found := self._join(owner, node, arguments, keywords)) is not None:
            return found
        if name in ARRAYS and prefix.partition(".")[0] in ("torch", "np", "numpy", "tf", "keras", "nn", "jnp", *FILES):
            made = self.literal(node) if prefix in ("np", "numpy") and name in LITERAL else None
            return Numbers(self.text(node) if len(self.text(node)) < 20 else name, made)
        if self.words.joins(path):
            return self.filters_joined(owner, node, arguments, keywords)
        if prefix in ("np", "numpy") and len(arguments) == 1 and isinstance(arguments[0], Squares) and name == "sqrt":
            return self.root(node, arguments[0])
        if prefix in ("np", "numpy") and name in SQUARES and arguments and isinstance(arguments[0], Applied):
            return self.squared(node, *arguments)
        if self.words.works(path):
            return self._working(owner, node, arguments, keywords, names)
        if self.words.makes(path):
            return self._layer(owner, node, arguments, keywords)
        if is_left_out(path):
            return Unread(self.text(node), node.lineno, self.words.refusal(path))
        if path[0] == "self":
            raise self.error(node, unset(owner.spelled))
        why, sure = self.words.refusal(path), self.words.belongs(path)
        takes = any(map(flows_in, [*arguments, *keywords.values()]))
        call = None if path[0] in vars(builtins) else self._plain_call(owner, node, arguments, keywords)
        found = Unread(self.text(node), node.lineno, why, takes, sure, call)
        if takes:
            self.strange.append(found)
        return found

    def _plain_call(self, owner: Named, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Call | None:
        """A call of plain values, which a layer may take: an initializer. None where its values are not plain."""
        try:
            named = {key: self.argument(node, value, key) for key, value in keywords.items()}
            plain = [self.argument(node, one) for one in arguments]
            return self.call_of(node, owner.path, plain, named, owner.spelled)
        except CallError:
            return None

    def _join(self, owner: Named, node: ast.Call, arguments: Arguments, keywords: Keywords) -> Any:
        """What `torch.cat([a, b], 1)` and its like give; None where they join no flows."""
        named = dict(keywords)
        given = list(arguments) or [value for key in JOINED if (value := named.pop(key, None)) is not None]
        apart = bool(given) and not isinstance(given[0], list | tuple)
        parts, rest = (given[:2], given[2:]) if apart else (given[0] if given else [], given[1:])
        flows = [self.flow(one) for one in parts]
        if len(flows) < 2 or None in flows or not any(map(flows_in, parts)):
            return None
        plain = [self.argument(node, one) for one in rest]
        named = {key: self.argument(node, value, key) for key, value in named.items() if key != "name"}
        kind = JOINS[owner.path[-1]]
        if owner.path[0] == "torch":
            path: tuple[str, ...] = ("torch", kind)
            if "axis" in named:  # NumPy's word, which PyTorch takes, too
                named["dim"] = named.pop("axis")
        else:
            path = ("layers", OF_KERAS[kind])
        return self.joined(node, [one for one in flows if one is not None], self.call_of(node, path, plain, named))

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
            raise self.error(node, no_flow(self.text(node), owner.spelled, given))
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
            if isinstance(known, Numbers) and known.written is not None:
                return known.written
            return known if isinstance(known, PLAIN) or _is_numbers(known) else value

        first = [] if not call.arguments else [Name("x") if isinstance(call.arguments[0], Call) else call.arguments[0]]
        rest = [*first, *map(settled, call.arguments[1:])]
        named = {key: settled(value) for key, value in call.keywords.items()}
        return self.call_of(node, owner.path, rest, named, owner.spelled)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_is_numbers(one) or type(one) in (int, float) for one in value)


def unset(name: str) -> str:
    """What is said of an attribute that no pasted line sets."""
    return f"{name} is not set in what was pasted; paste the line that sets it, too, such as {name} = nn.MaxPool2d(2)"


def no_flow(text: str, owner: str, value: Any) -> str:
    """What is said of a value that no layer can be called on."""
    if isinstance(value, Unread):
        return value.why or not_plain(value.source)
    return f"{quoted(text)}: {owner} is called on what is no input; write a name, such as x, in its place"
