"""A call of several stages: what a lesson writes for one of them is that stage when it is read again."""

from __future__ import annotations

from itertools import product

import pytest

from stepwise.dialects.tracing import understood

SEPARABLE = [
    f"SeparableConv{n}D(2, 3, {', '.join(options)})"
    for n in (1, 2)
    for options in product(
        ("strides=1", "dilation_rate=2", "strides=2"),
        ("padding='same'", "padding='valid'"),
        ("depth_multiplier=1", "depth_multiplier=3"),
        ("use_bias=True", "use_bias=False"),
        ("data_format='channels_first'", "activation='elu'"),
    )
]
PADDED = [
    f"nn.Conv{n}d(1, 1, 3, padding={padding!r}, padding_mode={mode!r}, dilation={gap}, bias=False)"
    for n in (1, 2, 3)
    for padding in (1, "same")
    for mode in ("reflect", "replicate", "circular")
    for gap in (1, 2)
]
NORMS = [
    f"{prefix}LPPool{n}d({sign}float('inf'), 3{stride}{ceil})"
    for prefix in ("", "torch.nn.")
    for n in (1, 2, 3)
    for sign in ("", "-")
    for stride in ("", ", stride=2")
    for ceil in ("", ", ceil_mode=True")
]
ACTIVATED = [
    f"{prefix}{layer}(2, {size}activation={activation!r})"
    for prefix in ("", "keras.layers.")
    for layer, size in (
        ("Conv2D", "3, "),
        ("Conv1DTranspose", "3, strides=2, "),
        ("Dense", ""),
        ("DepthwiseConv2D", ""),
    )
    for activation in ("relu", "sigmoid", "tanh", "softmax", "elu", "leaky_relu")
]


@pytest.mark.parametrize("call", SEPARABLE + PADDED + NORMS + ACTIVATED)
def test_the_call_of_a_stage_is_that_stage(call: str) -> None:
    [layer] = understood(call)
    assert len(layer.plan.stages) > 1
    for stage in layer.plan.stages:
        written = stage.call or stage.alone or layer.call
        if written.endswith("abs(x)"):  # no framework has a layer for it
            continue
        [again] = understood([layer, written])[1:]
        [same] = again.plan.stages
        assert (same.operation, again.plan.layout) == (stage.operation, layer.plan.layout), written
        assert written.partition("(")[0].rpartition(".")[0] == call.partition("(")[0].rpartition(".")[0]
