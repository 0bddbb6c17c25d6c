"""Record the frameworks' signatures in tests/golden/signatures.json. Run by hand where PyTorch and Keras are installed.

KERAS_BACKEND=torch python -m tools.signatures
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import keras  # type: ignore[import-not-found]  # not a dependency: see tests/golden/README.md
import torch  # type: ignore[import-not-found]

from stepwise.dialects import keras as own_keras
from stepwise.dialects import torch as own_torch
from stepwise.dialects.torch_losses import LOSSES
from stepwise.dialects.torch_modules import MODULES
from stepwise.dialects.torch_pools import OWN

FACTS = Path(__file__).parent.parent / "tests" / "golden" / "signatures.json"
PLAIN = (int, float, str, bool, list, type(None))


def signature(layer: Any) -> list[list[Any]]:
    """Each parameter as [name], or [name, default]; a default that JSON has no word for, as its repr."""
    facts = []
    for parameter in inspect.signature(layer).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            facts.append(["*" + parameter.name])
        elif parameter.default is parameter.empty:
            facts.append([parameter.name])
        else:
            value = list(parameter.default) if isinstance(parameter.default, tuple) else parameter.default
            facts.append([parameter.name, value if isinstance(value, PLAIN) else repr(value)])
    return facts


def functional(name: str) -> Any:
    """A function's signature; of one that is built in, the first line of its docstring, which is all there is."""
    # max_pool2d(*args, **kwargs) chooses between two; the one with indices has the parameters
    function = getattr(torch.nn.functional, f"{name}_with_indices", getattr(torch.nn.functional, name))
    try:
        return signature(function)
    except ValueError:
        return inspect.getdoc(function).strip().splitlines()[0]


if __name__ == "__main__":
    facts = {
        "torch": torch.__version__.split("+")[0],
        "keras": keras.__version__,
        "torch.nn": {
            name: signature(getattr(torch.nn, name)) for name in sorted((MODULES.keys() - OWN) | LOSSES.keys())
        },
        "torch.nn.functional": {name: functional(name) for name in dir(own_torch.functional)},
        "keras.layers": {name: signature(getattr(keras.layers, name)) for name in sorted(own_keras.LAYERS)},
    }
    lines = [
        f"{json.dumps(key)}: "
        + (
            json.dumps(value)
            if isinstance(value, str)
            else "{\n" + ",\n".join(f"  {json.dumps(n)}: {json.dumps(s)}" for n, s in value.items()) + "\n}"
        )
        for key, value in facts.items()
    ]
    FACTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
