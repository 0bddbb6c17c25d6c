"""How tests/golden/parameters.json was made: how many numbers a layer keeps, trained or not, as its framework counts.

    python tools/parameter_counts.py

It needs Keras 3 with TensorFlow, and PyTorch 2. Every layer that has weights is made with its options crossed; what is
counted is what Keras's `trainable_weights` and `non_trainable_weights` hold, and what PyTorch's `parameters()` and
`buffers()` do, but for its count of batches.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import torch
from torch import nn

TO = Path(__file__).parents[1] / "tests" / "golden" / "parameters.json"
YES_NO = (True, False)


def crossed(name: str, first: tuple[Any, ...], **options: tuple[Any, ...]) -> Iterator[str]:
    """A call for every way to choose one of each."""
    for chosen in itertools.product(*options.values()):
        words = [repr(one) for one in first] + [f"{key}={value!r}" for key, value in zip(options, chosen)]
        yield f"{name}({', '.join(words)})"


def keras_calls() -> Iterator[tuple[str, list[int]]]:
    both = {"use_bias": YES_NO, "trainable": YES_NO}
    sizes = {1: [2, 12, 6], 2: [2, 12, 10, 6], 3: [2, 12, 10, 9, 6]}
    for n, shape in sizes.items():
        first = [shape[0], shape[-1], *shape[1:-1]]
        layouts = (("channels_last", shape), ("channels_first", first))
        for layout, own in layouts if n > 1 else layouts[:1]:
            given = {"data_format": (layout,), **both}
            for call in crossed(f"Conv{n}D", (4, 3), groups=(1, 2), dilation_rate=(1, 2), **given):
                yield call, own
            for call in crossed(f"Conv{n}DTranspose", (4, 3), strides=(1, 2), **given):
                yield call, own
            if n < 3:
                for call in crossed(f"DepthwiseConv{n}D", (3,), depth_multiplier=(1, 3), **given):
                    yield call, own
                for call in crossed(f"SeparableConv{n}D", (4, 3), depth_multiplier=(1, 3), **given):
                    yield call, own
    for shape in ([2, 6], [2, 5, 6], [2, 4, 3, 6]):
        for call in crossed("Dense", (7,), activation=(None, "relu"), **both):
            yield call, shape
    for shape in ([3, 7], [2, 5, 7], [2, 4, 5, 7], [2, 3, 4, 5, 7]):
        for axis in range(1, len(shape)):
            options = {"axis": (axis, axis - len(shape)), "center": YES_NO, "scale": YES_NO, "trainable": YES_NO}
            for call in crossed("BatchNormalization", (), **options):
                yield call, shape


def torch_calls() -> Iterator[tuple[str, list[int]]]:
    sizes = {1: [2, 6, 12], 2: [2, 6, 12, 10], 3: [2, 6, 12, 10, 9]}
    for n, shape in sizes.items():
        for call in crossed(f"nn.Conv{n}d", (6, 4, 3), groups=(1, 2), bias=YES_NO, padding_mode=("zeros", "reflect")):
            yield call, shape
        for call in crossed(f"nn.ConvTranspose{n}d", (6, 4, 3), groups=(1, 2), bias=YES_NO, stride=(1, 2)):
            yield call, shape
        for call in crossed(f"nn.BatchNorm{n}d", (6,), affine=YES_NO, track_running_stats=YES_NO):
            yield call, shape
    yield "nn.BatchNorm1d(6)", [5, 6]
    for shape in ([6], [3, 6], [2, 3, 6]):
        for call in crossed("nn.Linear", (6, 5), bias=YES_NO):
            yield call, shape


def of_keras(call: str, shape: list[int]) -> list[int]:
    layer = eval(f"keras.layers.{call}", {"keras": keras})  # noqa: S307 - our own text
    layer.build(tuple(shape))
    trained, kept = (sum(int(np.prod(w.shape)) for w in ws)
                     for ws in (layer.trainable_weights, layer.non_trainable_weights))  # fmt: skip
    return [trained, kept]


def of_torch(call: str) -> list[int]:
    module: nn.Module = eval(call, {"nn": nn})  # noqa: S307 - our own text
    kept = sum(b.numel() for name, b in module.named_buffers() if not name.endswith("num_batches_tracked"))
    return [sum(p.numel() for p in module.parameters()), kept]


def main() -> None:
    facts = [[call, shape, *of_keras(call, shape)] for call, shape in keras_calls()]
    facts += [[call, shape, *of_torch(call)] for call, shape in torch_calls()]
    versions = {"keras": keras.__version__, "torch": torch.__version__}
    lines = ",\n".join(json.dumps(fact) for fact in facts)
    TO.write_text(f'{{"versions": {json.dumps(versions)},\n"facts": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
