"""Carry out the requests of `crossed.py` in the frameworks, and write what came out to tests/golden. Run by hand:

    python -m tools.crossed_facts keras|torch|onnx      where that framework is installed

A fact has the request, its numbers, the output, and the gradients of input and weights for a `grad_output`, in float64
(in float32 where the framework has nothing else); or the framework's reason, where it refuses.
"""

from __future__ import annotations

import gzip
import importlib
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .crossed import DATA, Request, requests

Array = NDArray[Any]
GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
LONGEST_REASON = 120
CLUTTER = r"Exception encountered when calling \S+\.|\x1b\[\dm|{{.*?}}|Arguments received by.*"
MACHINE = "on the CPU|only supports N"
"""What refusals say that are about a processor and not about the call; they are left out."""


def keras_fact(request: Request) -> dict[str, Any]:
    """What Keras gives, on TensorFlow."""
    keras, tf = importlib.import_module("keras"), importlib.import_module("tensorflow")
    single = "Pooling3D" in request.op and not request.op.startswith("Global")
    dtype = "float32" if single else "float64"
    layer = getattr(keras.layers, request.op)(**request.params, dtype=dtype)
    xs = [tf.constant(x.astype(dtype)) for x in request.inputs()]
    given: Any = xs if len(xs) > 1 else xs[0]
    if len(xs) == 1:
        layer.build(xs[0].shape)
    random = np.random.default_rng(zlib.crc32(request.op.encode()))
    names = [weight.path.split("/")[-1] for weight in layer.weights]
    weights = [
        DATA["positive" if "variance" in name else "mixed"](random, tuple(weight.shape)).astype(dtype)
        for name, weight in zip(names, layer.weights)
    ]
    layer.set_weights(weights)
    with tf.GradientTape() as tape:
        for x in xs:
            tape.watch(x)
        y = layer(given)
    back = DATA["mixed"](random, tuple(y.shape))
    learned = {weight.path.split("/")[-1]: weight for weight in layer.trainable_weights}
    sources = {**{"input" if not i else f"input_{i}": x for i, x in enumerate(xs)}, **learned}
    if not sound(request):
        sources = {}
    try:
        found = tape.gradient(y, list(sources.values()), output_gradients=tf.constant(back.astype(dtype)))
        grads = {name: listed(g) for name, g in zip(sources, found)}
    except tf.errors.InvalidArgumentError:  # TensorFlow has no gradient of dilated windows on a CPU
        grads = {}
    return fact_of(
        request, dtype, list(zip(names, weights)), {"output": listed(y), "grad_output": listed(back), "grads": grads}
    )


def sound(request: Request) -> bool:
    """Whether TensorFlow's gradient is to be believed (2.21, CPU). That of a mean is not where the window is larger
    than the data (it divides by cells that are not there), nor that of AdaptiveMaxPooling (it is what was in memory).
    """
    window, sizes = request.params.get("pool_size", 0), request.shapes[0]
    largest = max(window) if isinstance(window, tuple) else window
    means = request.op.startswith("AveragePooling") and largest > min(sizes)
    return not means and not request.op.startswith("AdaptiveMaxPooling")


def torch_fact(request: Request) -> dict[str, Any]:
    """What PyTorch gives."""
    torch: Any = importlib.import_module("torch")
    module = own(torch, request) or getattr(torch.nn, request.op)(**request.params).double().eval()
    x = torch.tensor(request.inputs()[0])
    random = np.random.default_rng(zlib.crc32(request.op.encode()))
    weights = []
    for name, weight in [*module.named_parameters(), *module.named_buffers()]:
        if name == "num_batches_tracked":
            continue
        value = DATA["positive" if name == "running_var" else "mixed"](random, tuple(weight.shape))
        weight.data = torch.tensor(value)
        weights.append((name, value))
    more: dict[str, Any] = {}
    if request.op.startswith("MaxUnpool"):
        n = int(request.op[-2])
        pool = getattr(torch.nn, f"MaxPool{n}d")(**request.params, return_indices=True)
        original, (x, indices) = x, pool(x)
        size = list(original.shape[-n:]) if request.more["_output_size"] else None
        more = {"indices_given": listed(indices), "output_size": size}
        x = x.detach().requires_grad_()
        y = module(x, indices, output_size=size)
    else:
        x.requires_grad_()
        y = module(x)
    if isinstance(y, tuple):
        y, indices = y
        more["indices"] = listed(indices)
    back = DATA["mixed"](random, tuple(y.shape))
    sources = {"input": x, **dict(module.named_parameters())}
    found = torch.autograd.grad(y, list(sources.values()), torch.tensor(back))
    grads = {name: listed(g) for name, g in zip(sources, found)}
    result = {"output": listed(y), "grad_output": listed(back), "grads": grads, **more}
    return fact_of(request, "float64", weights, result, [x.detach().numpy()])


def own(torch: Any, request: Request) -> Any:
    """What no module does, as courses write it with PyTorch's functions; None where there is a module."""
    n, params = request.op[-2:-1], request.params

    class Own(torch.nn.Module):  # type: ignore[misc]  # PyTorch is known where this is run
        def forward(self, x: Any) -> Any:
            if request.op.startswith("MinPool"):
                return -getattr(torch.nn.functional, f"max_pool{n}d")(-x, **params)
            window, axes = params["kernel_size"], int(n)
            sizes = (window,) * axes if isinstance(window, int) else window
            for axis, size in enumerate(sizes, x.ndim - axes):
                x = x.unfold(axis, size, params["stride"] or size)
            return x.flatten(-axes).quantile(0.5, -1)

    return Own() if request.op.startswith(("MinPool", "MedianPool")) else None


def onnx_fact(request: Request) -> dict[str, Any]:
    """What onnxruntime gives."""
    from tests.conformance.onnxruntime_oracle import computed

    inputs: list[Any] = [x.astype(np.float32) for x in request.inputs()]
    given = request.more.get("_ints")
    several = () if given is None else given if isinstance(given[0], tuple) else (given,)
    wholes = [np.array(one, dtype=np.int64) for one in several]
    floats = [None if value is None else np.array(value, dtype=np.float32) for value in request.more.get("_floats", ())]
    inputs += [*floats, *wholes] if request.op == "Resize" else [*wholes, *floats]
    if request.op == "MaxUnpool":
        inputs = computed("MaxPool", inputs, 2, **request.params)
    attributes = {name: value for name, value in request.params.items() if value is not None}
    outputs = computed(
        request.op, inputs, 2 if request.op == "MaxPool" else 1, request.more.get("_opset", 22), **attributes
    )
    result: dict[str, Any] = {"output": listed(outputs[0]), "opset": request.more.get("_opset", 22)}
    if request.op == "MaxPool":
        result["indices"] = listed(outputs[1])
    return fact_of(request, "float32", [], result, inputs) | {"params": attributes}


def listed(array: Any) -> Any:
    """An array as lists; whole numbers are written as such."""
    numbers = np.asarray(array.detach() if hasattr(array, "detach") else array)
    if numbers.dtype.kind == "f" and np.isfinite(numbers).all() and (numbers == np.round(numbers)).all():
        numbers = numbers.astype(np.int64)
    return numbers.tolist()


def fact_of(
    request: Request, dtype: str, weights: list[Any], result: dict[str, Any], inputs: list[Any] | None = None
) -> dict[str, Any]:
    """A fact as data."""
    given = request.inputs() if inputs is None else inputs
    return {
        "id": request.name,
        "op": request.op,
        "params": request.params,
        "dtype": dtype,
        "inputs": [None if x is None else {"dtype": str(x.dtype), "data": listed(x)} for x in given],
        "weights": [[name, listed(value)] for name, value in weights],
        **result,
    }


def fact(framework: str, request: Request) -> dict[str, Any]:
    """A fact, or the refusal."""
    carry_out = {"keras": keras_fact, "torch": torch_fact, "onnx": onnx_fact}[framework]
    try:
        return carry_out(request)
    except Exception as refusal:  # each framework has a family of its own
        reason = re.sub(
            r"Exception encountered when calling \S+\.|\x1b\[\dm|{{.*?}}|Arguments received by.*", "", str(refusal)
        )
        reason = " ".join(reason.split())[:LONGEST_REASON]
        shapes = [list(shape) for shape in request.shapes]
        return {"id": request.name, "op": request.op, "params": request.params, "shapes": shapes, "refused": reason}


def versions(framework: str) -> dict[str, str]:
    """Whose facts they are."""
    modules = {"keras": ["keras", "tensorflow"], "torch": ["torch"], "onnx": ["onnxruntime", "onnx"]}[framework]
    return {name: importlib.import_module(name).__version__ for name in modules}


if __name__ == "__main__":
    framework = sys.argv[1]
    every = (fact(framework, request) for request in requests(framework))
    facts = [one for one in every if not re.search(MACHINE, one.get("refused", ""))]
    text = json.dumps({"versions": versions(framework), "facts": facts}, separators=(",", ":"))
    (GOLDEN / f"crossed_{framework}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    refused = [one for one in facts if "refused" in one]
    sys.stdout.write(f"{len(facts)} facts, {len(refused)} of them refusals\n")
