"""Whatever stands where a layer's option belongs, it is taken or refused in a sentence: every option of every layer."""

from __future__ import annotations

import inspect
import warnings

import pytest

from stepwise.dialects import DIALECTS, layers
from stepwise.errors import StepwiseError

ODD = (
    "0", "-1", "2.5", "'a'", "None", "True", "[]", "[1]", "(1, 2)", "[[1]]", "[None]", "{'a': 1}", "1e400", "1" * 31,
)  # fmt: skip
BEFORE = {"keras": "keras.layers.", "torch": "nn.", "onnx": "onnx."}
FILLED = "[2, 2]"
"""What stands for the options that a layer cannot do without."""


@pytest.mark.parametrize("dialect", BEFORE)
def test_every_option_takes_an_odd_value_or_refuses_it(dialect: str) -> None:
    tried = 0
    for name in dir(DIALECTS[dialect]):
        signature = inspect.signature(DIALECTS[dialect]._signatures[name])
        options = [
            one
            for one in signature.parameters.values()
            if one.name != "node" and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        ]
        for option in options:
            needed = "".join(f", {o.name}={FILLED}" for o in options if o.default is o.empty and o is not option)
            for value in ODD:
                call = f"{BEFORE[dialect]}{name}({option.name}={value}{needed})"
                tried += 1
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    try:
                        layers(call)
                    except StepwiseError:
                        pass
                    except Exception as error:
                        pytest.fail(f"{call} ends in {error!r}")
    assert tried > 1000
