"""Other people's words for the same operations. The spelling of a call chooses its dialect.

To add a dialect: a module with a `Dialect` named `layers`, and a line in `DIALECTS` and `PREFIXES`.
"""

from ..errors import CallError, did_you_mean, listing
from ..layers.calls import Call, Name, parse
from ..layers.layer import Dialect, LayerObject
from . import keras, onnx, torch
from .functional import keras_input
from .torch_functional import FUNCTIONS, functional_layer

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
FUNCTIONAL = ("F", "nn.functional", "torch.nn.functional", "functional")


def understood(call: Call, context: str = "") -> LayerObject:
    """The layer that a call names, in the dialect its spelling belongs to.

    `context` is the dialect of the layer before it, which decides for a name that several have (ReLU, Flatten).
    Raises `CallError` for a name that no dialect has, with the nearest one that exists.
    """
    prefix = ".".join(call.path[:-1])
    if prefix in FUNCTIONAL or (not prefix and call.name in FUNCTIONS):
        return _functional(call)
    if prefix and prefix not in PREFIXES:
        hint = (
            did_you_mean(prefix, [*PREFIXES, *FUNCTIONAL]) or " Layers are written MaxPool2D or keras.layers.MaxPool2D."
        )
        raise CallError(f"{prefix}.{call.name} is not the name of a layer.{hint}")
    candidates = [PREFIXES[prefix]] if prefix else sorted(DIALECTS, key=lambda name: name != context)
    for name in candidates:
        if call.name in DIALECTS[name]:
            return DIALECTS[name].from_call(call)
    names = [name for dialect in candidates for name in dir(DIALECTS[dialect])]
    hint = did_you_mean(call.name, names) or f" It takes layers such as {listing(_SUCH_AS[candidates[0]])}."
    raise CallError(f"there is no layer {call.name} here.{hint}")


_SUCH_AS = {
    "keras": ("Conv2D", "MaxPool2D", "AveragePooling2D", "Dense"),
    "torch": ("nn.Conv2d", "nn.MaxPool2d", "nn.AvgPool2d", "nn.Linear"),
    "onnx": ("Conv", "MaxPool", "AveragePool", "Gemm"),
}


def _functional(call: Call) -> LayerObject:
    """`F.max_pool2d(x, 2)`: the module that does the same; the name of the input is left out."""
    if call.name not in FUNCTIONS:
        hint = did_you_mean(call.name, FUNCTIONS)
        raise CallError(f"there is no function {call.name} that can be read as a layer.{hint}")
    arguments = call.arguments
    if arguments and isinstance(arguments[0], Name):
        arguments = arguments[1:]
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
    found: list[LayerObject] = []
    for call in parse(text):
        found += _each(call, found[-1].dialect if found else context)
    return found


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
