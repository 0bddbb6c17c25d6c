"""Every conformance case of the ONNX standard for the operators we have, at the case's own opset and tolerance.

One stated output is disputed: in `test_maxunpool_export_with_output_shape` a 2×2 input is unpooled by indices that
count through the 4×4 array it was pooled from, into an output of 5×5. The standard (its stated output, and its
reference, `onnx/reference/ops/op_max_unpool.py`) puts each maximum where it stood in the 4×4 and adds zeros after;
onnxruntime 1.32, carrying out the same case, counts the same indices through the 5×5. We follow the standard.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from stepwise.dialects import onnx as own
from stepwise.traces.trace import Trace
from tests.conformance.onnxruntime_oracle import computed
from tools.conformance import OPERATORS, PAGE, Fact, page, standard_facts


def facts(operator: str) -> list[Fact]:
    return [fact for fact in standard_facts() if fact.operation == operator]


@pytest.mark.parametrize("operator", OPERATORS)
def test_no_case_is_left_out(operator: str) -> None:
    assert len(facts(operator)) >= OPERATORS[operator]


@pytest.mark.parametrize("operator", OPERATORS)
def test_agrees_with_the_stated_output_and_verifies(operator: str) -> None:
    for fact in facts(operator):
        pairs = fact.carry_out()
        assert pairs, fact.name
        for got, due in pairs:
            array = np.asarray(got)
            assert (array.shape, array.dtype) == (due.shape, due.dtype), fact.name
            assert fact.agrees(got, due), fact.name
            if isinstance(got, Trace):
                got.verify()


def test_cases_are_carried_out_at_their_own_opset() -> None:
    # Softmax changed its meaning at opset 13, where the axis it goes along became a single one
    assert Counter(fact.operation for fact in standard_facts()).keys() == OPERATORS.keys()
    x = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    older, newer = (np.asarray(own.node("Softmax", [x], opset=opset, axis=1)[0]) for opset in (11, 13))
    assert np.allclose(older.sum(axis=(1, 2)), 1)
    assert np.allclose(newer.sum(axis=1), 1)
    for opset, got in ((11, older), (13, newer)):
        [stated] = computed("Softmax", [x], opset=opset, axis=1)
        assert np.allclose(got, stated, rtol=1e-6)


def test_the_page_says_what_the_cases_give_now_and_all_pass() -> None:
    counted = page()
    assert PAGE.read_text(encoding="utf-8") == counted, "make conformance writes it again"
    rows = [line.split("|")[4].strip() for line in counted.splitlines() if " of " in line and line.startswith("|")]
    assert rows
    for row in rows:
        passed, count = row.strip("* ").split(" of ")
        assert passed == count
