"""Other people's words for the same operations. The spelling of a call chooses its dialect.

To add a dialect: a module with a `Dialect` named `layers`, and a line in `DIALECTS` and `PREFIXES`.
"""

from ..calls import Call, Name, parse
from ..errors import CallError, did_you_mean, listing
from . import keras, onnx, torch
from .base import Dialect, LayerObject

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
    if prefix in FUNCTIONAL or (not prefix and call.name in torch.FUNCTIONS):
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
    if call.name not in torch.FUNCTIONS:
        hint = did_you_mean(call.name, torch.FUNCTIONS)
        raise CallError(f"there is no function {call.name} that can be read as a layer.{hint}")
    arguments = call.arguments
    if arguments and isinstance(arguments[0], Name):
        arguments = arguments[1:]
    layer = torch.functional_layer(call.name, *arguments, **call.keywords)
    layer.call = call.text
    return layer


def layers(text: str, context: str = "") -> list[LayerObject]:
    """Every layer in a text of one or several calls.

    >>> layers("MaxPool2D(2), nn.ReLU()")
    [MaxPool2D(2), nn.ReLU()]
    """
    found: list[LayerObject] = []
    for call in parse(text):
        found.append(understood(call, found[-1].dialect if found else context))
    return found


__all__ = ["DIALECTS", "Dialect", "LayerObject", "keras", "layers", "onnx", "torch", "understood"]
