"""What a lesson file asks of gradients: read, told, and refused with its line."""

from __future__ import annotations

import pytest

from stepwise.lesson_files.lesson_file import LessonFileError
from stepwise.lesson_files.reading import read_lesson

START = "stepwise: 1\ninput: 1 2 0; 3 1 2; 0 4 1\nlayers: ['Conv2D(1, 2)']\nweights: {kernel: 1 0; 2 -1}\n"


@pytest.mark.parametrize(
    "asked",
    [
        "backward: {grad: [[1, 2], [0, -1]], for: kernel}",
        "backward: {grad: 1 2; 0 -1}\nfor: [kernel]",
        "backward:\n  grad: |\n    1 2\n    0 -1\n  for: [kernel]",
    ],
)
def test_a_gradient_and_what_is_told_of_it(asked: str) -> None:
    lesson = read_lesson(START + asked)
    told = lesson.lesson().text()
    assert "1·1 + 2·2 + 0·3 + (-1)·1 = 4" in told
    assert "Gradient of Conv2D for its kernel" in told
    assert lesson.backward().gradients[0]["kernel"].output.tolist() == [[4, 0], [1, 4]]


def test_a_loss_and_an_update_in_both_places() -> None:
    for asked in (
        "backward: {loss: mse, target: 0 0; 0 0, update: {lr: 0.5, momentum: 0.9}}",
        "backward: {loss: mse, target: 0 0; 0 0}\nupdate: {lr: 0.5, momentum: 0.9}\ntitle: By hand",
    ):
        lesson = read_lesson(START + asked)
        assert lesson.way_back is not None
        assert (lesson.way_back.lr, lesson.way_back.momentum) == (0.5, 0.9)
        assert "The loss again" in lesson.lesson().text()
    assert lesson.lesson().title == "By hand"
    assert read_lesson(START + "backward: {grad: 1 2; 0 -1, update: 0.1}").lesson().title == "One training step"


def test_a_class_number_and_numbers_drawn() -> None:
    text = "stepwise: 1\ninput: 1 2; 3 4\nlayers: [Flatten(), Dense(3)]\n"
    back = read_lesson(text + "backward: {loss: cross_entropy, target: 2}").backward()
    assert back.loss is not None
    assert back.loss.inputs["target"].ravel().tolist() == [0, 0, 1]
    drawn = read_lesson(START + "backward: {grad: {random: {shape: [2, 2], seed: 3}}}").backward()
    assert drawn.gradients[0]["kernel"].inputs["input"].shape == (2, 2)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("backward: 3", "line 5: found backward: 3, expected {grad: 1 2; 3 4} or {loss: mse, target: 1 0}"),
        ("backward: {gard: 1}", "there is no key 'gard' in backward:. Did you mean grad?"),
        ("backward: {for: [kernel]}", "found neither grad: nor loss: in backward:"),
        ("backward: {grad: 1, loss: mse, target: 1}", "found both grad: and loss:"),
        ("backward: {loss: mse}", "found no target:, what should have come out"),
        ("backward: {grad: 1, target: 1}", "found no loss:, which is mse, cross_entropy or binary_cross_entropy"),
        ("backward: {loss: huber, target: 1}", "found loss: 'huber', expected mse, cross_entropy or"),
        ("backward: {grad: one}", "line 5: the gradient"),
        ("backward: {grad: 1, for: 3}", "found for: 3, expected names such as [input, kernel]"),
        ("backward: {grad: 1, update: {rate: 1}}", "there is no key 'rate' in update:"),
        ("backward: {grad: 1, update: {momentum: 1}}", "found no lr: in update:"),
        ("backward: {grad: 1, update: {lr: fast}}", "found lr: 'fast' in update:, expected a number"),
        ("for: [kernel]", "line 5: found for: without backward:"),
        ("update: {lr: 1}", "found update: without backward:"),
        ("for: [input]\nbackward: {grad: 1, for: [kernel]}", "found for: twice"),
        ("backward: {grad: 1 2; 0 -1}\nshow: {practice: true}", "line 6: found practice: beside backward:"),
    ],
)
def test_a_mistake_names_its_line(asked: str, due: str) -> None:
    with pytest.raises(LessonFileError, match="line") as told:
        read_lesson(START + asked)
    assert due in str(told.value)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("backward: {grad: 1 2 3}", "line 5: the gradient has shape (1, 3), but the output (2, 2)"),
        ("backward: {grad: 1 2; 3 4, for: [weight]}", "line 5: there is no gradient for 'weight' here"),
        ("backward: {grad: 1 2; 3 4, update: {lr: 0}}", "line 5: the learning rate is 0; it must be a number above 0"),
    ],
)
def test_what_only_shows_when_it_is_carried_out_is_told_with_the_line_of_the_request(asked: str, due: str) -> None:
    with pytest.raises(LessonFileError) as told:
        read_lesson(START + asked).lesson()
    assert due in str(told.value)


COMPARED = """stepwise: 1
input: 1 2 0; 3 1 2; 0 4 1
compare: ['Conv2D(1, 2)', "Conv2D(1, 2, padding='same')"]
weights: [{kernel: 1 0; 2 -1}, {kernel: 1 0; 2 -1}]
"""


def test_two_calls_are_compared_there_and_back() -> None:
    lesson = read_lesson(COMPARED + "backward: {grad: 1}\nfor: [kernel]").lesson()
    assert lesson.title == "VALID or SAME, forward and backward"
    text = " ".join(lesson.text().split())
    # The corner of the kernel meets every input cell with SAME, and the four of the upper left with VALID.
    assert "VALID: 1·1 + 1·2 + 1·3 + 1·1 = 7" in text
    assert "SAME: 1·1 + 1·2 + 1·0 + 1·3 + 1·1 + 1·2 + 1·0 + 1·4 + 1·1 = 14" in text
    assert "dL/dX" not in text.partition("Which gradients differ")[2].partition("The forward pass")[0]
    each = read_lesson(COMPARED + "backward: [{grad: 1 2; 3 4}, {grad: 1 0 0; 0 0 0; 0 0 0}]").lesson()
    assert "VALID: 1·1 + 2·2 + 3·3 + 4·1 = 18" in " ".join(each.text().split())


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("backward: {grad: 1 2 3}", "line 5: the gradient has shape (1, 3), but the output (2, 2)"),
        ("backward: {grad: 1, update: 0.1}", "line 5: found update: beside compare:"),
        ("backward: {grad: 1}\nupdate: 0.1", "line 5: found update: beside compare:"),
        ("backward: []", "line 5: found backward: []"),
        ("backward: [{grad: 1}, {grad: 1}, {grad: 1}]", "line 5: found backward: "),
        ("backward: {grad: 1}\nfor: [weight]", "line 5: there is no gradient for 'weight' here"),
    ],
)
def test_what_does_not_fit_two_calls_is_told_with_its_line(asked: str, due: str) -> None:
    with pytest.raises(LessonFileError) as told:
        read_lesson(COMPARED + asked).lesson()
    assert due in str(told.value)


def test_a_lesson_without_a_way_back_has_no_gradients() -> None:
    lesson = read_lesson("stepwise: 1\ninput: 1 2; 3 4\nlayers: [MaxPool2D(2)]")
    with pytest.raises(LessonFileError, match="no gradient is asked for here"):
        lesson.backward()
