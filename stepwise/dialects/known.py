"""What the dialects know of names, asked by the reader of pasted code; and functions, which few requests name."""

from __future__ import annotations

from ..errors import CallError
from ..layers.calls import Call, Name
from . import ACTIVATIONS, BIAS, DIALECTS, FUNCTIONAL, PREFIXES, TENSORFLOW, signal_words, understood
from .keras_activations import FUNCTIONS as KERAS_ACTIVATIONS
from .tf_functions import TAKES_BIAS, activation_named, functions
from .torch_functional import FUNCTIONS
from .torch_tensors import LIKE_METHODS, WITH_KERNEL, is_function, is_method


class Known:
    """The `Words` of `pasted`."""

    def makes(self, path: tuple[str, ...]) -> bool:
        prefix = ".".join(path[:-1])
        dialects = [PREFIXES[prefix]] if prefix in PREFIXES else [] if prefix else list(DIALECTS)
        return any(path[-1] in DIALECTS[one] for one in dialects)

    def works(self, path: tuple[str, ...]) -> bool:
        prefix, name = ".".join(path[:-1]), path[-1]
        if self.of_signals(path):
            return True
        if prefix in TENSORFLOW:
            return name in functions(prefix) or name == BIAS
        if prefix in ACTIVATIONS:
            return name in KERAS_ACTIVATIONS
        if prefix == "torch":
            return is_function(name)
        return (not prefix or prefix in FUNCTIONAL) and (
            name in FUNCTIONS or (bool(prefix) and name in (*WITH_KERNEL, *LIKE_METHODS["F"]))
        )

    def of_signals(self, path: tuple[str, ...]) -> bool:
        prefix, name = ".".join(path[:-1]), path[-1]
        if prefix in signal_words.PREFIXES:
            return name in signal_words.NAMES[signal_words.PREFIXES[prefix]]
        return signal_words.is_function(path)

    def joins(self, path: tuple[str, ...]) -> bool:
        libraries = [signal_words.PREFIXES.get(".".join(path[:-1]), "")]
        libraries = signal_words.libraries_of(path[-1]) if len(path) == 1 else libraries
        return any((library, path[-1]) in signal_words.JOINS for library in libraries)

    def changes(self, name: str) -> bool:
        return is_method(name)

    def activation(self, path: tuple[str, ...]) -> str:
        return activation_named(path)

    def same(self, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
        own, due = (".".join(path[:-1]) for path in (one, other))
        if not own:
            return PREFIXES.get(due) == "keras" and one[-1] == other[-1]
        if own in FUNCTIONAL:
            return due in FUNCTIONAL
        return own in PREFIXES and PREFIXES[own] == PREFIXES.get(due)

    def belongs(self, path: tuple[str, ...]) -> bool:
        prefix = ".".join(path[:-1])
        return prefix in PREFIXES or prefix in FUNCTIONAL or prefix in ("tf.nn", *ACTIVATIONS)

    def refusal(self, path: tuple[str, ...]) -> str:
        try:
            understood(Call(path))
        except CallError as error:
            return str(error)
        return ""

    def with_bias(self, call: Call, bias: Name) -> Call | None:
        if ".".join(call.path[:-1]) not in TENSORFLOW or call.name not in TAKES_BIAS:
            return None  # in PyTorch a bias that is added would go along the width
        return Call(("tf", "nn", BIAS), (call, bias), {}, f"tf.nn.{BIAS}({call.text}, {bias})")


KNOWN = Known()
