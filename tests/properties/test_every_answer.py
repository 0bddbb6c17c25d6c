"""For every exercise: the right answer passes however it is written, one changed cell is found, nothing raises."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.marking import Marker, Marking, Tolerance
from stepwise.marking.answer_files import READERS, answer_from_bytes, entries_from_bytes
from stepwise.marking.wrong import WrongResults
from tools.misconceptions import OPERATIONS, exercise

exercises = st.builds(
    lambda name, seed: exercise(name, np.random.default_rng(seed)),
    st.sampled_from(list(OPERATIONS)),
    st.integers(0, 400),
)
quickly = settings(max_examples=60, deadline=None)


def rows(output: Any) -> list[list[str]]:
    return [[repr(value) for value in row] for row in np.asarray(output, dtype=float).tolist()]


@quickly
@given(exercises)
def test_the_right_answer_passes_in_every_form(trace: sw.Trace) -> None:
    marker, output = Marker(trace), trace.output
    stream = io.BytesIO()
    np.save(stream, output)
    forms = [output, output.tolist(), trace, repr(output), json.dumps(output.tolist())]
    if output.ndim == 2:
        written = rows(output)
        forms += ["; ".join(map(" ".join, written)), "\n".join(map(",".join, written)), written, str(output)]
        comma = "\n".join(" ".join(row) for row in written).replace(".", ",")
        assert Marker(trace, Marking(decimal="comma")).check(comma).correct
        assert marker.check(answer_from_bytes("\n".join(map(",".join, written)).encode(), ".csv")).correct
    for form in forms:
        verdict = marker.check(form)
        assert verdict.correct, form
        assert verdict.score == 1
        assert verdict.diagnosis is None
        assert verdict.size is None
    assert marker.check(answer_from_bytes(stream.getvalue(), ".npy")).correct
    assert marker.check(answer_from_bytes(json.dumps({"answer": output.tolist()}).encode(), ".json")).correct


@quickly
@given(exercises, st.data())
def test_one_changed_cell_is_found_exactly(trace: sw.Trace, data: st.DataObject) -> None:
    cell = data.draw(st.integers(0, trace.output.size - 1))
    answer = np.array(trace.output, dtype=float)
    answer.flat[cell] += data.draw(st.sampled_from([-97.0, 1234.5, 40.0])) + abs(answer.flat[cell])
    verdict = Marker(trace, Marking(Tolerance("exact"))).check(answer)
    assert [i for i, one in enumerate(verdict.cells) if one.state != "right"] == [cell]
    assert verdict.score == 1 - 1 / answer.size or abs(verdict.score - (1 - 1 / answer.size)) < 1e-12


@quickly
@given(exercises)
def test_no_wrong_result_is_a_right_one(trace: sw.Trace) -> None:
    for wrong in WrongResults(trace).single:
        right = wrong.trace.output.shape == trace.output.shape and np.allclose(wrong.trace.output, trace.output)
        assert not right
        verdict = Marker(trace, Marking(Tolerance("exact"))).check(wrong.trace.output)
        assert not verdict.correct
        assert verdict.diagnosis is not None
        assert verdict.diagnosis.explains == verdict.diagnosis.wrong


MARKERS = [
    Marker(sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])),
    Marker(sw.trace("Conv2D(2, 2)", np.arange(18).reshape(3, 3, 2))),
    Marker(sw.trace("AveragePooling2D(2)", "1/2 1/3; 4 5")),
]
PIECES = st.sampled_from(
    ["4 3", "; ", "\n", "\n\n", "[", "]", "(", ")", ",", "_", "?", "1/2", "/0", "1e5", "1e999", "nan", "∞", "−3",
     "{", "}", '"', "'", "\0", "\u202e", "9" * 401, "array(", "=cmd|' /C calc'!A0", "<script>", "../../etc/passwd",
     "&a", "*a", "- ", ": ", "answer: ", "parts: ", "---\n", "٣", "\r", "\t", "0x10", "1_000", "--1", "? ",
     "!!python/object:os.system "]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60)


@settings(max_examples=150, deadline=None)
@given(TEXTS | st.binary(max_size=80), st.sampled_from([*READERS, ".zip"]), st.sampled_from(MARKERS))
def test_whatever_a_stranger_hands_in_is_marked(given_: str | bytes, suffix: str, marker: Marker) -> None:
    data = given_ if isinstance(given_, bytes) else given_.encode("utf-8", "surrogatepass")
    answers = [given_, answer_from_bytes(data, suffix), answer_from_bytes(data, suffix, "comma")]
    for answer in [*answers, *entries_from_bytes(data, suffix, "auto", ())]:
        verdict = marker.check(answer)
        assert 0 <= verdict.score <= 1
        assert verdict.text.strip()
        assert verdict.usable == (not verdict.problem)
        assert verdict.diagnosis is None or verdict.diagnosis.text
        assert verdict.lesson().text()


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.complex_numbers() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=12,
)  # fmt: skip


@quickly
@given(nested)
def test_whatever_python_holds_is_marked(data: Any) -> None:
    for marker in MARKERS:
        verdict = marker.check(data)
        assert verdict.text
        assert len(verdict.cells) in (0, marker.due.size)
