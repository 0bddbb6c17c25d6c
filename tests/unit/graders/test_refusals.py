"""What the makers of questions refuse, and what a student is told where a lesson or an answer cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from stepwise.errors import StepwiseError
from stepwise.graders import nbgrader, otter

POOL = "stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n"
LARGE = "stepwise: 1\ninput: {random: {shape: [64, 64]}}\nlayers: [ReLU()]\n"

REFUSED: dict[str, Callable[[], Any]] = {
    "the question's name 'q 1' must be letters, digits, - and _, such as q1": lambda: otter.question_file(POOL, "q 1"),
    "'a b' is not the name of a variable": lambda: otter.question_file(POOL, "q1", variable="a b"),
    "'class' is not the name of a variable": lambda: otter.question_file(POOL, "q1", variable="class"),
    "4,096 cases are more than the 400 that a test file should have": lambda: otter.question_file(LARGE, "q1"),
    "the id 'q 1' must be letters, digits, - and _, such as q1": lambda: nbgrader.cells(POOL, "q 1"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_made(words: str) -> None:
    with pytest.raises(StepwiseError) as told:
        REFUSED[words]()
    assert words in str(told.value)


def test_a_notebook_of_cells_is_one_to_jupyter() -> None:
    nbformat.validate(nbgrader.notebook(nbgrader.cells(POOL, "q1")))


@pytest.mark.parametrize(("answer", "lesson"), [("4", "no: lesson"), (object(), POOL)])
def test_what_cannot_be_marked_earns_0_and_is_told(
    answer: Any, lesson: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert nbgrader.check(answer, lesson) == 0
    told = capsys.readouterr().out
    assert told.startswith("The answer could not be marked: ")
    assert " a object" not in told
    assert told.count("\n") == 1
