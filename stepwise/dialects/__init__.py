"""Other people's words for the same operations. The spelling of a call chooses its dialect.

To add a dialect: a module with a `Dialect` named `layers`, and a line in `DIALECTS` with the prefixes people write.
"""

from ..calls import Call, parse
from ..errors import CallError, did_you_mean
from . import keras
from .base import Dialect, LayerObject

DIALECTS: dict[str, Dialect] = {"keras": keras.layers}

PREFIXES: dict[str, str] = {
    "keras.layers": "keras",
    "tf.keras.layers": "keras",
    "tensorflow.keras.layers": "keras",
    "layers": "keras",
}


def understood(call: Call) -> LayerObject:
    """The layer that a call names, in the dialect its spelling belongs to.

    Raises `CallError` for a name that no dialect has, with the nearest one that exists.
    """
    prefix = ".".join(call.path[:-1])
    if prefix and prefix not in PREFIXES:
        raise CallError(f"{prefix}.{call.name} is not known.{did_you_mean(prefix, PREFIXES)}")
    candidates = [DIALECTS[PREFIXES[prefix]]] if prefix else list(DIALECTS.values())
    for dialect in candidates:
        if call.name in dialect:
            return dialect.from_call(call)
    names = [name for dialect in candidates for name in dir(dialect)]
    hint = did_you_mean(call.name, names) or f" Known layers: {', '.join(names)}."
    raise CallError(f"there is no layer {call.name} here.{hint}")


def layers(text: str) -> list[LayerObject]:
    """Every layer in a text of one or several calls.

    >>> layers("MaxPool2D(2)")
    [MaxPool2D(2)]
    """
    return [understood(call) for call in parse(text)]


__all__ = ["DIALECTS", "Dialect", "LayerObject", "layers", "understood"]
