"""What NumPy, SciPy, OpenCV and scikit-image gave for their calls, options crossed, we give."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects.signal_words import NAMES, PREFIXES
from stepwise.errors import StepwiseError
from tools.conformance import packed

PACKED = packed("signals")


def by_function() -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for fact in PACKED["facts"]:
        found[fact["call"].partition("(")[0]].append(fact)
    return found


FACTS = by_function()


def named(function: str) -> tuple[str, str]:
    prefix, _dot, name = function.rpartition(".")
    return PREFIXES[prefix], name


def carried_out(fact: dict[str, Any]) -> sw.Trace:
    return sw.trace(fact["call"], fact["input"], kernel=fact.get("kernel"))


def test_every_function_has_facts() -> None:
    told = {named(function) for function in FACTS} | {("numpy", "pad")}  # which has facts of its own
    assert {(library, name) for library, names in NAMES.items() for name in names} == told
    assert len(PACKED["facts"]) > 2000


@pytest.mark.parametrize("function", FACTS)
def test_agrees(function: str) -> None:
    for number, fact in enumerate(FACTS[function]):
        told = f"{fact['call']} on {fact['input']} with {fact.get('kernel')}"
        if "refused" in fact:
            with pytest.raises(StepwiseError):
                carried_out(fact)
            continue
        trace = carried_out(fact)
        assert trace.shape == np.shape(fact["output"]), told
        np.testing.assert_allclose(trace.output, fact["output"], rtol=1e-9, atol=1e-9, err_msg=told)
        if number % 5 == 0:
            trace.verify()


@pytest.mark.parametrize("fact", PACKED["joined"], ids=lambda fact: fact["code"].splitlines()[-1])
def test_joined_filters_find_what_python_finds(fact: dict[str, Any]) -> None:
    """The lines as they are pasted; an angle of 0 and one of a whole turn are the same."""
    trace = sw.trace(fact["code"], fact["input"])
    off = np.abs(trace.output - np.array(fact["output"]))
    turn = 360 if "egrees=True" in fact["code"] else 2 * np.pi
    off = np.minimum(off, np.abs(turn - off)) if "phase" in fact["code"] else off
    assert off.max() <= fact["slack"], fact["code"]
    trace.verify()


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap"])
@pytest.mark.parametrize("width", [1, 5, ((0, 2), (3, 1)), ((2, 2),), (1, 2)])
def test_pad_is_numpy_own(mode: str, width: Any) -> None:
    x: Any = np.arange(6.0).reshape(2, 3) + 1
    ours = sw.trace(f"np.pad(x, {width!r}, mode={mode!r})", x)
    np.testing.assert_array_equal(ours.output, np.pad(x, width, mode=mode))  # type: ignore[call-overload]  # mode is any
    ours.verify()
