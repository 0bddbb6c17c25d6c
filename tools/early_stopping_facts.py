"""When Keras's EarlyStopping ends a training, and from which epoch it takes the weights: for measures drawn here.

python -m tools.early_stopping_facts      in an environment with Keras; see tests/golden/README.md
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "early_stopping.json"
OPTIONS: list[dict[str, Any]] = [
    {"patience": 2},
    {},
    {"monitor": "loss", "patience": 1},
    {"monitor": "accuracy", "patience": 2, "restore_best_weights": True},
    {"monitor": "val_accuracy", "min_delta": 0.05, "patience": 1, "restore_best_weights": True},
    {"min_delta": 0.1, "patience": 3, "restore_best_weights": True},
    {"monitor": "loss", "mode": "max", "patience": 2},
    {"baseline": 0.4, "patience": 2, "restore_best_weights": True},
    {"start_from_epoch": 3, "patience": 1, "restore_best_weights": True},
]
NAMES = ("loss", "accuracy", "val_loss", "val_accuracy")


def facts() -> dict[str, Any]:
    """Every set of options on several drawn courses; a weight is the number of its epoch."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse", metrics=["accuracy"])
    model.fit(np.zeros((1, 1)), np.zeros((1, 1)), verbose=0)  # only then Keras knows which measures are to grow
    cases = []
    for number, options in enumerate(OPTIONS):
        for course in range(4):
            random = np.random.default_rng([number, course])
            logs = [{name: round(float(random.random()), 3) for name in NAMES} for _ in range(8)]
            stopping = keras.callbacks.EarlyStopping(**options)
            stopping.set_model(model)
            model.stop_training = False
            stopping.on_train_begin()
            ran = 0
            for epoch, measures in enumerate(logs):
                model.set_weights([np.array([[float(epoch)]])])
                stopping.on_epoch_end(epoch, measures)
                ran += 1
                if model.stop_training:
                    break
            stopping.on_train_end()
            weight = float(model.get_weights()[0][0, 0])
            cases.append({
                "options": options, "measures": logs, "epochs": ran, "stopped_epoch": stopping.stopped_epoch,
                "weight": weight,
            })  # fmt: skip
    return {"made_with": f"keras {keras.__version__}", "cases": cases}


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(facts()) + "\n")
