"""Sheets of the way back: gradients, a loss and new weights as parts; marked with follow-through, by every door."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import stepwise as sw
from stepwise.exercises.assignment import load_assignment
from stepwise.exercises.exercise import Exercise, read_exercise
from stepwise.exercises.wording import question, typed
from stepwise.graders.edx import customresponse
from stepwise.graders.moodle import question_bank
from stepwise.graders.nbgrader import check as nbgrader_check
from stepwise.graders.prairielearn import grade as prairielearn_grade
from stepwise.marking.wrong import replayed, wrong_results
from stepwise.render import encode
from stepwise.traces.trace import Trace
from stepwise.worksheets.handout import make
from stepwise.worksheets.pages import key_page, student_page
from stepwise.worksheets.sheet import load_asked
from stepwise.worksheets.workshop import Order
from tools.gradient_loops import Request, gradient

CONV = """stepwise: 1
title: The gradients of a convolution
input: 1 2 0 1; 3 1 1 0; 0 2 1 4; 1 1 0 2
layers: ['Conv2D(1, 2)']
weights: {kernel: 1 0; 2 -1, bias: [1]}
backward: {grad: 1 2 0; 0 1 -1; 2 0 1}
parts:
  - {layer: 0, gradient: input, points: 4}
  - {layer: 0, gradient: kernel, points: 2}
  - {layer: 0, gradient: bias}
"""
STEP = """stepwise: 1
title: One training step
input: 1 2 0 3; 3 1 1 0; 0 2 1 1; 2 2 0 1
layers: ['Conv2D(1, 2)', 'ReLU()', 'MaxPool2D(2, strides=1)', 'Flatten()', 'Dense(2)']
weights: [{kernel: 1 0; 2 -1, bias: [-3]}, null, null, null, {kernel: 1 0; 2 -1; 1 1; 0 1, bias: [0, 1]}]
backward: {loss: cross_entropy, target: 1}
update: {lr: 0.1}
parts:
  - {layer: 0}
  - {layer: 2}
  - {layer: 4}
  - {loss: before}
  - {layer: 4, gradient: input}
  - {layer: 2, gradient: input}
  - {layer: 0, gradient: kernel}
  - {layer: 0, update: kernel}
  - {loss: after}
"""


def keys(exercise: Exercise) -> list[str]:
    return [typed(trace.output) for trace in exercise.traces]


def test_the_keys_are_what_plain_loops_give() -> None:
    x, grad = np.array([[1, 2, 0, 1], [3, 1, 1, 0], [0, 2, 1, 4], [1, 1, 0, 2]]), [[1, 2, 0], [0, 1, -1], [2, 0, 1]]
    kernel = np.array([[1, 0], [2, -1]])
    one = Request(
        "convolution", "", x[None, :, :, None], np.array(grad)[None, :, :, None], "input",
        kernel[:, :, None, None], np.array([1]), (2, 2),
    )  # fmt: skip
    exercise = read_exercise(CONV)
    for part, name in zip(exercise.parts, ("input", "kernel", "bias")):
        assert np.allclose(part.trace.output.ravel(), gradient(one, name).ravel())
    assert exercise.check("\n---\n".join(keys(exercise))).score == 7


def test_a_training_step_is_the_one_that_python_makes() -> None:
    exercise = read_exercise(STEP)
    weights = [[[[1, 0], [2, -1]], [-3]], None, None, None, [[[1, 0], [2, -1], [1, 1], [0, 1]], [0, 1]]]
    calls = ["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2, strides=1)", "Flatten()", "Dense(2)"]
    trace = sw.trace(calls, "1 2 0 3; 3 1 1 0; 0 2 1 1; 2 2 0 1", weights=weights)
    back = sw.backward(trace, loss="cross_entropy", target=1)
    update = back.step(lr=0.1)
    parts = [part.trace.output for part in exercise.parts]
    assert parts[3] == update.loss_before
    assert np.array_equal(parts[4], back.gradients[4]["input"].output)
    assert np.array_equal(parts[6], back.gradients[0]["kernel"].output)
    assert np.array_equal(parts[7], update.after[0]["kernel"])
    assert parts[8] == update.loss_after
    assert exercise.check("\n---\n".join(keys(exercise))).correct
    for layer in exercise.layers:
        layer.verify()


def test_the_key_of_a_batch_has_the_loss_of_each_of_its_samples(tmp_path: Path) -> None:
    (tmp_path / "batch.yaml").write_text(
        "stepwise: 1\ninput: [[0, 1], [2, 3]]\nlayers: ['ReLU()']\nbackward: {loss: cross_entropy, target: [0, 1]}\n"
    )
    make([tmp_path / "batch.yaml"], tmp_path / "out", Order(1, 1, ("md",)))
    key = (tmp_path / "out" / "v01-key.md").read_text("utf-8")
    assert key.count("### The working of every cell") == 5
    assert all(key.count(f"| ({cell}) |") == 3 for cell in ("0, 0", "0, 1", "1, 0", "1, 1"))  # there, twice back


def carried(exercise: Exercise, first: int, wrong: np.ndarray) -> list[str]:
    """The answers of somebody who has one part wrong, and works out all others from it."""
    trace, answers = exercise.parts[first].trace, keys(exercise)
    own = Trace(trace.layer, trace.inputs, trace.geometry, wrong, trace.parents)
    for number, part in enumerate(exercise.parts[first:], first):
        again = own if number == first else replayed(part.trace, {id(trace): own})
        assert again is not None
        answers[number] = typed(again.output)
    return answers


@pytest.mark.parametrize("first", [2, 4, 5, 6])
def test_one_slip_that_is_carried_on_faithfully_costs_once(first: int) -> None:
    exercise = read_exercise(STEP)
    wrong = np.array(exercise.parts[first].trace.output)
    at = tuple(int(n) for n in np.argwhere(np.abs(wrong) > 1e-9)[0])
    wrong[at] = -wrong[at]
    verdict = exercise.check("\n---\n".join(carried(exercise, first, wrong)))
    lost = [part.points - part.earned for part in verdict.parts]
    assert lost[first] == pytest.approx(1 / wrong.size)
    assert sum(lost) == pytest.approx(lost[first])
    assert any(part.followed for part in verdict.parts[first + 1 :])


def test_a_mistake_of_the_way_back_is_named_where_it_was_made() -> None:
    exercise = read_exercise(STEP)
    [left_out] = [part for part in exercise.parts if part.trace.layer.call.startswith("gradient of Max")]
    number = exercise.parts.index(left_out)
    upstream = exercise.parts[4].trace.output.reshape(2, 2)
    first = np.zeros((3, 3))  # each to the first cell of its window
    first[:2, :2] = upstream
    answers = keys(exercise)
    answers[number] = typed(first)
    found = exercise.check("\n---\n".join(answers)).parts[number].verdict.diagnosis
    assert found is not None
    assert "grad.first_of_window" in {code for way in (found.codes, *found.ties) for code in way}


def test_without_parts_the_gradients_named_are_asked_for() -> None:
    lesson = CONV.split("parts:")[0]
    assert len(read_exercise(lesson).parts) == 3
    alone = read_exercise(lesson + "for: [kernel]\n")
    assert not alone.in_parts
    assert alone.check(alone.trace.output.tolist()).correct


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("{layer: 0, gradient: weight}", "there is no gradient for 'weight' in layer 0; it is"),
        ("{layer: 3, gradient: kernel}", "parts: ask for layer 3; the layers are numbered 0 to 0"),
        ("{layer: 0, update: kernel}", "there is no update:"),
        ("{loss: before}", "backward: has none, such as loss: mse"),
        ("{loss: later}", "found loss: 'later' in part 1, expected before or after"),
        ("{layer: 0, loss: before}", "a loss belongs to no layer"),
        ("{layer: 0, gradient: kernel, update: kernel}", "found both gradient: and update: in part 1"),
        ("{layer: 0, gradient: 3}", "found gradient: 3 in part 1, expected a name such as kernel"),
        ("{layer: 0, gradient: kernel, ask: padding}", "found ask: padding in part 1"),
        ("{gradient: kernel}", "part 1 of parts: has no layer:"),
    ],
)
def test_a_part_that_does_not_fit_is_told_with_its_line(part: str, says: str) -> None:
    with pytest.raises(sw.StepwiseError, match="line 7") as raised:
        read_exercise(CONV.split("parts:")[0] + f"parts: [{part}]\n")
    assert says in str(raised.value)


def test_without_a_way_back_there_is_no_gradient_to_ask_for() -> None:
    text = "stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\nparts: [{layer: 0, gradient: input}]\n"
    with pytest.raises(sw.StepwiseError, match=r"line 4: parts: ask for a gradient, but the lesson has no backward:"):
        read_exercise(text)


def sheets(folder: Path, text: str, **how: object) -> Path:
    lesson = folder / "lesson.yaml"
    lesson.write_text(text)
    make([lesson], folder / "out", Order(**how))  # type: ignore[arg-type]
    return folder / "out"


def test_variants_have_gradients_of_their_own_and_are_told_apart(tmp_path: Path) -> None:
    drawn = "worksheet: {variants: {kernel: {integers: {low: -2, high: 2}}, grad: {integers: {low: -3, high: 3}}}}\n"
    out = sheets(tmp_path, CONV + drawn, variants=4, seed=3, formats=("md",))
    exercises = load_assignment(out).exercises
    upstream = {part.parts[0].trace.inputs["input"].tobytes() for part in exercises.values()}
    assert len(upstream) == 4
    codes = {"grad.kernel_not_turned", "grad.overlap_overwritten", "grad.kernel_and_input_exchanged"}
    for id, exercise in exercises.items():
        page = (out / f"{id}.md").read_text()
        grids = re.findall(r"<!-- stepwise \S+ grid 1\.\d -->\n\n((?:\|.*\n)+)", page)
        assert len(grids) == 3
        filled = page
        for grid, trace in zip(grids, exercise.traces):
            rows = grid.splitlines()
            for line, numbers in zip(rows[2:], np.atleast_2d(trace.output).tolist()):
                head, *_cells = line.strip("|").split("|")
                filled = filled.replace(line, f"|{head}|{'|'.join(map(str, numbers))}|", 1)
        assert exercise.check(filled.encode(), ".md").correct
        for code in codes:
            assert told(exercise, code), code


def told(exercise: Exercise, code: str) -> list[str]:
    """The code, where it is named when somebody makes that mistake in the first part."""
    found = []
    for wrong in wrong_results(exercise.parts[0].trace).single:
        if wrong.codes == (code,):
            answers = [typed(wrong.trace.output), *keys(exercise)[1:]]
            diagnosis = exercise.check("\n---\n".join(answers)).parts[0].verdict.diagnosis
            found += [code] if diagnosis is not None and diagnosis.codes == (code,) else []
    return found


@pytest.mark.parametrize("format", ["html", "md", "tex", "typ", "txt", "xlsx"])
@pytest.mark.parametrize("text", [CONV, STEP])
def test_page_and_key_are_written_in_every_format(tmp_path: Path, text: str, format: str) -> None:
    place = tmp_path / "lesson.yaml"
    place.write_text(text)
    asked, exercise = load_asked(place), read_exercise(text)
    page, key = student_page([(asked, exercise)], "v01"), key_page([(asked, exercise)], "v01")
    assert encode(key, format)
    assert encode(page, format)


def test_the_page_gives_nothing_away_and_says_what_is_asked(tmp_path: Path) -> None:
    place = tmp_path / "lesson.yaml"
    place.write_text(STEP)
    posed = [(load_asked(place), read_exercise(STEP))]
    page = student_page(posed, "v01").markdown()
    assert "Work out dL/dW, the gradient of the kernel of `Conv2D(1, 2)` (1 point)." in page
    assert "Update the kernel of `Conv2D(1, 2)`: subtract 0.1 times its gradient (1 point)." in page
    assert "With the new weights, carry out `Conv2D(1, 2)` again." in page
    assert "Work out the gradient of the loss for the output of `Dense(2)`." in page
    for value in ("0.8808", "0.88079", "2.1269", "2.64239"):
        assert value not in page
    assert "2.127" in key_page(posed, "v01").markdown()


def test_graders_take_them_as_they_take_others() -> None:
    exercise = read_exercise(CONV)
    answers = keys(exercise)
    assert customresponse(answers, CONV)["overall_message"] == ""
    data: dict[str, object] = {"submitted_answers": {"answer": "\n---\n".join(answers)}}
    prairielearn_grade(data, CONV)
    assert data["score"] == 1
    assert nbgrader_check([part.trace.output for part in exercise.parts], CONV, 7, tell=False) == 7
    bank = question_bank([("v01", exercise)])
    assert "gradient of the kernel" in bank
    assert len(re.findall(r"\{\d+:(?:NM|NUMERICAL)", bank)) == 16 + 4 + 1
    asked = question(exercise)
    assert "1. Work out dL/dX, the gradient of the input of `Conv2D(1, 2)`." in asked
    assert "upstream gradient" in asked
    assert typed(exercise.parts[1].trace.output).replace("; ", "\n") not in asked


def test_the_key_heads_each_working_by_the_layer_that_it_belongs_to(tmp_path: Path) -> None:
    place = tmp_path / "lesson.yaml"
    place.write_text(STEP)
    lesson = key_page([(load_asked(place), read_exercise(STEP))], "v01")
    titles = [section.title for section in lesson.sections if section.level == 1][1:]
    assert titles[:13] == [
        "Layer 1: Convolution",
        "Layer 2: ReLU",
        "Layer 3: Max pooling",
        "Layer 4: Flatten",
        "Layer 5: Dense layer",
        "Cross-entropy",
        "Gradient of the loss",
        "Layer 5: Gradient of Dense for its input",
        "Layer 4: Gradient of Flatten for its input",
        "Layer 3: Gradient of MaxPool2D for its input",
        "Layer 2: Gradient of ReLU for its input",
        "Layer 1: Gradient of Conv2D for its kernel",
        "Layer 1: New kernel",
    ]
    again = [title for title in titles[13:] if title in titles[:6]]
    assert again == titles[:6]  # with the new weights
    text = lesson.text()
    assert " - 1 = -" in text  # p - t, not 1 times the gradient itself
    assert not re.search(r"^\(\S.*\)\s+(\S+) = \1$", text, re.MULTILINE)
