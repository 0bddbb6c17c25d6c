"""Other people's words for the same operations. The spelling of a call chooses its dialect.

To add a dialect: a module with a `Dialect` named `layers`, and a line in `DIALECTS` and `PREFIXES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import CallError, did_you_mean, listing
from ..layers.calls import Call, Name, NoCallError, parse
from ..layers.dialect import Dialect
from ..layers.layer import LayerObject
from ..layers.nearest import nearest
from ..layers.wiring import wired
from . import keras, onnx, signal_words, torch, torch_joins
from .functional import keras_input
from .torch_functional import FUNCTIONS, functional_layer

if TYPE_CHECKING:
    from .known import Known

# In this order a name without a prefix is looked up: MaxPool2D is Keras's, MaxPool2d PyTorch's, MaxPool ONNX's.
DIALECTS: dict[str, Dialect] = {"keras": keras.layers, "torch": torch.layers, "onnx": onnx.layers}

PREFIXES: dict[str, str] = {
    "keras.layers": "keras",
    "tf.keras.layers": "keras",
    "tensorflow.keras.layers": "keras",
    "layers": "keras",
    "nn": "torch",
    "torch.nn": "torch",
    "onnx": "onnx",
}
TENSORFLOW = ("tf.nn", "tensorflow.nn", "tf", "tensorflow")
BIAS = "bias_add"
ACTIVATIONS = ("keras.activations", "tf.keras.activations", "tensorflow.keras.activations", "activations")
FUNCTIONAL = ("F", "nn.functional", "torch.nn.functional", "functional")


def understood(call: Call, context: str = "") -> LayerObject:
    """The layer that a call names, in the dialect its spelling belongs to.

    `context` is the dialect of the layer before it, which decides for a name that several have (ReLU, Flatten).
    Raises `CallError` for a name that no dialect has, with the nearest one that exists.
    """
    prefix = ".".join(call.path[:-1])
    if prefix in TENSORFLOW:
        from .tf_functions import tf_layer  # functions are asked for less often than layers: see `KNOWN`, too

        return tf_layer(call)
    if prefix in ACTIVATIONS:
        from .keras_activations import activation_layer

        return activation_layer(call)
    if (
        prefix in FUNCTIONAL
        or (not prefix and call.name in FUNCTIONS)
        or (prefix == "torch" and _known().works(call.path))
    ):
        return _functional(call)
    if (prefix == "torch" and call.name in torch_joins.JOINS) or call.name in torch_joins.SIGNS:
        return _joined(call, prefix or context)
    if prefix == "x" and _known().changes(call.name):
        from .torch_tensors import method

        return method(call.name, call.arguments, call.keywords, call.text)
    if (found := _of_signals(call, prefix, context)) is not None:
        return found
    if prefix and prefix not in PREFIXES:
        hint = (
            did_you_mean(prefix, [*PREFIXES, *FUNCTIONAL, *signal_words.PREFIXES])
            or " Layers are written MaxPool2D or keras.layers.MaxPool2D."
        )
        raise CallError(f"{prefix}.{call.name} is not the name of a layer.{hint}")
    candidates = [PREFIXES[prefix]] if prefix else sorted(DIALECTS, key=lambda name: name != context)
    for name in candidates:
        if call.name in DIALECTS[name]:
            return DIALECTS[name].from_call(call)
    names = [name for dialect in candidates for name in dir(DIALECTS[dialect])]
    hint = nearest(call.name, names, listing(_SUCH_AS[candidates[0]]))
    raise CallError(f"there is no layer {call.name} here{hint}")


def _of_signals(call: Call, prefix: str, context: str) -> LayerObject | None:
    """A function of images or signals; None of what belongs to no such library. Raises `CallError`."""
    among = [signal_words.PREFIXES[prefix]] if prefix in signal_words.PREFIXES else []
    if not prefix:
        among = signal_words.libraries_of(call.name)
        among = [context] if context in among else among
    if not among:
        return None
    if len(among) > 1:
        which = listing(f"{library}.{call.name}" for library in among)
        raise CallError(f"{call.name} is in several libraries, which differ at the edges; write one of {which}")
    from .signals import LIBRARIES  # only then, for most calls are a network's

    if (among[0], call.name) in signal_words.JOINS:
        from .signals.joins import join

        return join(among[0], call, lambda part: understood(part, among[0]))
    if call.name not in LIBRARIES[among[0]]:
        names = signal_words.NAMES[among[0]]
        hint = did_you_mean(call.name, names) or f" It takes {listing(names)}."
        raise CallError(f"there is no {prefix}.{call.name} here.{hint}")
    return LIBRARIES[among[0]].from_call(call)


def _joined(call: Call, context: str) -> LayerObject:
    """What joins several layers' outputs: `torch.cat`, or a sign between two of them, in their dialect's words."""
    name = torch_joins.SIGNS.get(call.name, call.name)
    if context == "keras":
        return DIALECTS["keras"].from_call(Call((_OF_KERAS[name],), text=call.text))
    layer = torch_joins.join(name, call.arguments, call.keywords, call.text)
    if context not in ("", "torch", "onnx"):
        layer.__dict__["dialect"] = context  # of images and signals, whose filters it joins
    return layer


_OF_KERAS = {"add": "Add", "mul": "Multiply", "sub": "Subtract"}
_SUCH_AS = {
    "keras": ("Conv2D", "MaxPool2D", "AveragePooling2D", "Dense"),
    "torch": ("nn.Conv2d", "nn.MaxPool2d", "nn.AvgPool2d", "nn.Linear"),
    "onnx": ("Conv", "MaxPool", "AveragePool", "Gemm"),
}


def _functional(call: Call) -> LayerObject:
    """`F.max_pool2d(x, 2)`: the module that does the same; the name of the input is left out."""
    from .torch_tensors import LIKE_METHODS, WITH_KERNEL, method, with_kernel

    if call.name in WITH_KERNEL:
        return with_kernel(call.name, call.arguments, call.keywords, call.text)
    arguments = call.arguments
    if arguments and isinstance(arguments[0], Name):
        arguments = arguments[1:]
    if call.name in LIKE_METHODS["torch" if call.path[0] == "torch" and len(call.path) == 2 else "F"]:
        return method(call.name, arguments, call.keywords, call.text)
    if call.name not in FUNCTIONS:
        hint = did_you_mean(call.name, [*FUNCTIONS, *WITH_KERNEL])
        raise CallError(f"there is no function {call.name} that can be read as a layer.{hint}")
    layer = functional_layer(call.name, *arguments, **call.keywords)
    layer.call = call.text
    return layer


def layers(text: str, context: str = "") -> list[LayerObject]:
    """Every layer in a text of one or several calls; a `Sequential` stands for the layers in it.

    >>> layers("MaxPool2D(2), nn.ReLU()")
    [MaxPool2D(2), nn.ReLU()]
    >>> layers("keras.Sequential([layers.Conv2D(5, 3), layers.MaxPool2D(2)])")
    [layers.Conv2D(5, 3), layers.MaxPool2D(2)]
    """
    refused: CallError | None = None
    try:
        calls = parse(text)
    except CallError as error:
        if not text.strip() or signal_words.begins(text):
            raise
        calls, refused = [], error
    if not calls or not all(map(_is_plain, calls)):
        try:
            return _followed(text, context)
        except NoCallError:
            if isinstance(refused, NoCallError):
                raise refused from None  # one expression, which says what it is better than a script
            raise
    found: list[LayerObject] = []
    for call in calls:
        found += _each(call, found[-1].dialect if found else context)
    return found


def _is_plain(call: Call) -> bool:
    """Whether a call is a layer, or a chain of them, by itself."""
    prefix = ".".join(call.path[:-1])
    if call.name == "Sequential" and prefix in SEQUENTIAL:
        return "OrderedDict" not in call.text
    if signal_words.is_function(call.path) or prefix in PREFIXES:
        return True
    if not prefix and call.name not in FUNCTIONS and any(call.name in dialect for dialect in DIALECTS.values()):
        return True
    if _known().works(call.path):
        first = (*call.arguments, None)[0]
        return isinstance(first, Name | None) or not isinstance(first, Call) or call.name == BIAS
    return prefix == "x" and _known().changes(call.name)


def _known() -> Known:
    """What is known of functions and methods: most requests name none, and do not wait for it."""
    from .known import KNOWN

    return KNOWN


def _followed(text: str, context: str) -> list[LayerObject]:
    """The layers in pasted code; one that is used twice is the same."""
    from .pasted import pasted  # most requests are calls, and need none of it

    read = pasted(text, _known())
    found: dict[int, LayerObject] = {}
    each: list[LayerObject] = []
    for made in read.layers:
        if id(made) not in found:
            try:
                found[id(made)] = understood(made.call, each[-1].dialect if each else context)
            except CallError as error:
                raise CallError(f"line {made.line}: {error}" if "\n" in text.strip() else str(error)) from None
        each.append(found[id(made)])
    chain = wired(each, read.inputs)
    if read.given is not None:
        chain[0].__dict__["input_shape"] = keras_input(*read.given.arguments, **read.given.keywords).given
    chain[0].__dict__["left_out"] = read.left_out
    return chain


SEQUENTIAL = {
    "": "", "keras": "keras", "keras.models": "keras", "tf.keras": "keras", "tf.keras.models": "keras",
    "tensorflow.keras": "keras", "models": "keras", "nn": "torch", "torch.nn": "torch",
}  # fmt: skip
"""What stands before `Sequential`, and whose it then is."""
INPUTS = ("Input", "InputLayer")


def _each(call: Call, context: str, depth: int = 0) -> list[LayerObject]:
    """The layers that a call names: itself, or those of a `Sequential`."""
    prefix = ".".join(call.path[:-1])
    if call.name in INPUTS and depth:
        return []  # it only says what goes in, see below
    if call.name != "Sequential" or prefix not in SEQUENTIAL:
        return [understood(call, context)]
    if depth > DEEPEST:
        raise CallError(f"a Sequential is nested more than {DEEPEST} deep")
    arguments = list(call.arguments) or [call.keywords.get("layers", [])]
    inside = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list | tuple) else arguments
    if not inside or not all(isinstance(one, Call) for one in inside):
        raise CallError(f"{call.text[:80]!r} names no layers; write Sequential([Conv2D(5, 3), MaxPool2D(2)])")
    found: list[LayerObject] = []
    said = None
    for one in inside:
        if one.name in INPUTS and not found:
            said = keras_input(*one.arguments, **one.keywords).given
        found += _each(one, found[-1].dialect if found else SEQUENTIAL[prefix] or context, depth + 1)
    if not found:
        raise CallError(f"{call.text[:80]!r} names no layers; write Sequential([Conv2D(5, 3), MaxPool2D(2)])")
    if said is not None:
        found[0].__dict__["input_shape"] = said
    return found


DEEPEST = 20
"""How deep a `Sequential` may lie in others."""

__all__ = ["DIALECTS", "Dialect", "LayerObject", "keras", "layers", "onnx", "torch", "understood"]
