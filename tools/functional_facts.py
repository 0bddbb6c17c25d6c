"""How tests/golden/functional.json was made: what Keras gives for the networks of tests/golden/functional.py.

    python tools/functional_facts.py

It needs Keras 3 with TensorFlow. Each network is given weights and an input that are drawn by its shapes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tests.golden.functional import MODELS, arrays

TO = Path(__file__).parents[1] / "tests" / "golden" / "functional.json"


def fact(text: str) -> dict[str, Any]:
    """The shapes of its weights and its output, and what it gives for two images."""
    space: dict[str, Any] = {"keras": keras}
    exec(text, space)  # noqa: S102 - our own text
    model = space["model"]
    shapes = [list(weight.shape) for weight in model.weights]
    model.set_weights(arrays(shapes))
    [x] = arrays([(2, *model.input_shape[1:])], seed=1)
    counts = [sum(int(np.prod(w.shape)) for w in ws) for ws in (model.trainable_weights, model.non_trainable_weights)]
    output = np.asarray(model(x, training=False))
    return {
        "weights": shapes,
        "input": list(x.shape),
        "trainable": counts[0],
        "fixed": counts[1],
        "shape": list(output.shape),
        "output": [float(f"{value:.9g}") for value in output.ravel()],
    }


def main() -> None:
    """Ask, and write."""
    keras.config.set_floatx("float64")
    facts = {name: fact(text) for name, text in MODELS.items()}
    TO.write_text(json.dumps({"keras": keras.__version__, "facts": facts}, indent=None) + "\n")


if __name__ == "__main__":
    main()
