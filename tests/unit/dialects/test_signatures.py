"""Argument orders and defaults are the frameworks' own: facts in `tests/golden/signatures.json`, recorded from them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from stepwise.dialects import keras, onnx, torch
from stepwise.dialects.torch_functional import FUNCTIONS
from stepwise.dialects.torch_losses import LOSSES
from stepwise.dialects.torch_modules import MODULES
from stepwise.dialects.torch_pools import OWN
from stepwise.errors import CallError
from tools.conformance import read

FACTS = read("signatures")
ABSENT = object()


def own(function: Callable[..., Any]) -> list[tuple[str, Any]]:
    """A function's parameters in order, each with its default."""
    parameters = inspect.signature(function).parameters.values()
    return [(p.name, ABSENT if p.default is p.empty else p.default) for p in parameters]


def recorded(facts: list[list[Any]]) -> list[tuple[str, Any]]:
    """The same of a framework, as far as the parameters have names of their own."""
    named = [fact for fact in facts if not fact[0].startswith(("*", "_"))]
    return [(name, default[0] if default else ABSENT) for name, *default in named]


def alike(mine: Any, theirs: Any) -> bool:
    """One number stands for the same number along every axis."""
    while isinstance(theirs, list) and theirs and all(entry == theirs[0] for entry in theirs):
        theirs = theirs[0]
    return mine is theirs or bool(mine == theirs)


def agree(mine: list[tuple[str, Any]], theirs: list[tuple[str, Any]]) -> None:
    """Every parameter of the framework is there, in its place, with its default."""
    assert [name for name, _ in mine[: len(theirs)]] == [name for name, _ in theirs]
    for (name, default), (_, due) in zip(mine, theirs):
        assert alike(default, due), f"{name}={default!r}, but the framework has {due!r}"


@pytest.mark.parametrize("name", sorted(MODULES.keys() - OWN))
def test_a_module_takes_what_pytorch_takes(name: str) -> None:
    agree(own(MODULES[name]), recorded(FACTS["torch.nn"][name]))


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_loss_takes_what_pytorch_takes(name: str) -> None:
    agree(own(LOSSES[name]), recorded(FACTS["torch.nn"][name]))


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_an_option_of_a_loss_is_never_passed_over(name: str) -> None:
    """Each is carried out or refused by its name: `size_average=False` is a sum, and no mean."""
    for option, default in own(LOSSES[name]):
        assert LOSSES[name](**{option: default}).call == f"{name}()"
        for other in (value for value in (False, True, 0.5, "sum", [1.0, 2.0]) if value != default):
            with pytest.raises(CallError, match=option):
                LOSSES[name](**{option: other})


def test_a_loss_at_once_takes_its_options_in_their_places() -> None:
    scores, target = torch.nn.Identity()([[1.0, 2.0]]), [1]
    once = torch.functional.cross_entropy(scores, target, None, None, -100, None, "mean", 0.0)
    assert once.output == torch.functional.cross_entropy(input=scores, target=target).output
    with pytest.raises(CallError, match="ignore_index"):
        torch.functional.cross_entropy(scores, target, None, None, 1)
    with pytest.raises(CallError, match=r"^cross_entropy: .*target"):
        torch.functional.cross_entropy(scores)


@pytest.mark.parametrize("name", sorted(keras.LAYERS))
def test_a_layer_takes_what_keras_takes(name: str) -> None:
    agree(own(keras.LAYERS[name]), recorded(FACTS["keras.layers"][name]))


def from_docstring(line: str) -> list[tuple[str, Any]]:
    """`avg_pool1d(input, kernel_size, stride=None) -> Tensor`, read by Python."""
    scope: dict[str, Any] = {"Tensor": None}
    exec(f"def {line}: ...", scope)  # a fact of ours, in the syntax of a definition
    return own(scope[line.split("(")[0]])


@pytest.mark.parametrize("name", sorted(dir(torch.functional)))
def test_a_function_takes_what_pytorch_takes(name: str) -> None:
    fact = FACTS["torch.nn.functional"][name]
    theirs = from_docstring(fact) if isinstance(fact, str) else recorded(fact)
    if name in FUNCTIONS:  # the input comes first; the rest goes to the module, whose defaults are checked above
        _module, order = FUNCTIONS[name]
        without_type = [parameter for parameter, _ in theirs if parameter != "dtype"]
        assert ["input", *order.split()] == without_type
    else:
        agree(own(getattr(torch.functional, name)), theirs)


# From the operator specification (https://onnx.ai/onnx/operators/), opset 22: attributes and defaults.
WINDOW = {"strides": None, "pads": None, "dilations": None, "auto_pad": "NOTSET"}
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "MaxPool": {"kernel_shape": ABSENT, **WINDOW, "ceil_mode": 0, "storage_order": 0},
    "AveragePool": {"kernel_shape": ABSENT, **WINDOW, "ceil_mode": 0, "count_include_pad": 0},
    "LpPool": {"kernel_shape": ABSENT, **WINDOW, "ceil_mode": 0, "p": 2},
    "GlobalMaxPool": {},
    "GlobalAveragePool": {},
    "GlobalLpPool": {"p": 2},
    "Conv": {"kernel_shape": None, **WINDOW, "group": 1},
    "ConvTranspose": {"kernel_shape": None, **WINDOW, "group": 1, "output_padding": None, "output_shape": None},
    "MaxUnpool": {"kernel_shape": ABSENT, "strides": None, "pads": None},
    "Relu": {},
    "LeakyRelu": {"alpha": 0.01},
    "Elu": {"alpha": 1.0},
    "Selu": {"alpha": None, "gamma": None},  # by opset: with four digits in version 1
    "Gelu": {"approximate": "none"},
    "Mish": {},
    "Softplus": {},
    "Softsign": {},
    "HardSigmoid": {"alpha": 0.2, "beta": 0.5},
    "HardSwish": {},
    "Sigmoid": {},
    "Tanh": {},
    "Softmax": {"axis": None},  # -1 from opset 13 on, 1 before
    "Flatten": {"axis": 1},
    "Gemm": {"alpha": 1.0, "beta": 1.0, "transA": 0, "transB": 0},
    "MatMul": {},
    "PRelu": {},
    "LogSoftmax": {"axis": None},  # as Softmax's
    "LayerNormalization": {"axis": -1, "epsilon": 1e-5, "stash_type": 1},
    "GroupNormalization": {"num_groups": ABSENT, "epsilon": 1e-5, "stash_type": 1},
    "InstanceNormalization": {"epsilon": 1e-5},
    "LRN": {"size": ABSENT, "alpha": 1e-4, "beta": 0.75, "bias": 1.0},
    "BatchNormalization": {"epsilon": 1e-5, "momentum": 0.9, "training_mode": 0},
    "Dropout": {"seed": None},
    "Pad": {"mode": "constant"},
    "Add": {},
    "Sum": {},
    "Mul": {},
    "Sub": {},
    "Div": {},
    "Concat": {"axis": ABSENT},
    "Reshape": {"allowzero": 0},
    "Squeeze": {},
    "Unsqueeze": {},
    "Transpose": {"perm": None},
    "Clip": {},
    "ReduceMean": {"keepdims": 1, "noop_with_empty_axes": 0},
    "Identity": {},
    "DepthToSpace": {"blocksize": ABSENT, "mode": "DCR"},
    "SpaceToDepth": {"blocksize": ABSENT},
    "Resize": {
        "antialias": 0,
        "axes": None,
        "coordinate_transformation_mode": "half_pixel",
        "cubic_coeff_a": -0.75,
        "exclude_outside": 0,
        "extrapolation_value": 0.0,
        "keep_aspect_ratio_policy": "stretch",
        "mode": "nearest",
        "nearest_mode": "round_prefer_floor",
    },
    "Slice": {},
    "Tile": {},
    "Upsample": {"mode": "nearest"},
}
INPUTS_THAT_ARE_WRITTEN = {"Resize": {"scales", "sizes"}}
"""What is an input, and a call that is written down may give beside the attributes."""


@pytest.mark.parametrize("name", sorted(onnx.OPERATORS))
def test_an_operator_takes_what_the_standard_says(name: str) -> None:
    mine = dict(own(onnx.OPERATORS[name]))
    mine.pop("node", None)
    assert ATTRIBUTES[name].items() <= mine.items()
    assert mine.keys() - ATTRIBUTES[name].keys() <= older(name) | INPUTS_THAT_ARE_WRITTEN.get(name, set())


def older(name: str) -> set[str]:
    """The attributes that an operator had in any opset: some are inputs since, some are gone."""
    import onnx as standard

    every = standard.defs.get_all_schemas_with_history()
    return {attribute for one in every if one.name == name and not one.domain for attribute in one.attributes}


def test_every_attribute_of_the_standard_is_taken() -> None:
    import onnx as standard

    for name, attributes in ATTRIBUTES.items():
        schema = standard.defs.get_schema(name, 22)
        assert schema.attributes.keys() == attributes.keys()
        for attribute, due in attributes.items():
            stated = standard.helper.get_attribute_value(schema.attributes[attribute].default_value)
            if due not in (None, ABSENT):
                assert (stated.decode() if isinstance(stated, bytes) else stated) == pytest.approx(due)
            assert schema.attributes[attribute].required == (due is ABSENT)
