"""A lesson of each kind that stepwise tells, as small as it may be: one from every place that makes a `Lesson`.

`every_kind` says which places made them, so that a test names the one that is missing.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

import stepwise as sw
from stepwise.algebra.fits import Bounds, fits
from stepwise.dialects import keras
from stepwise.dialects.tracing import understood
from stepwise.document.lesson import Lesson
from stepwise.exercises.assignment import load_assignment
from stepwise.grading.feedback import feedback
from stepwise.grading.marker import ClassMarker
from stepwise.grading.overview import overview
from stepwise.grading.overview_lesson import overview_lesson
from stepwise.grading.submission import Submission
from stepwise.grading.tally import Tally
from stepwise.layers.sizes import sizes
from stepwise.lesson_files.reading import read_lesson
from stepwise.lessons.fits import tell_fits
from stepwise.lessons.shapes import tell_sizes
from stepwise.worksheets.pages import key_page, student_page
from stepwise.worksheets.sheet import load_sheet
from stepwise.worksheets.workshop import Order, Workshop

HERE = Path(sw.__file__).parent
NO_LESSON = {("worksheets/handout.py", "_check_extras")}
"""What is never shown: it asks whether an extra is installed."""
X, KERNEL = [[1, 2, 0], [3, 1, 2], [0, 4, 1]], [[1, 0], [2, -1]]
QUESTION = """
stepwise: 1
input: 1 2 0; 3 1 2; 0 4 1
layers: ["MaxPool2D(2, strides=1)", "ReLU()"]
parts: [{layer: 0}, {layer: 1}]
worksheet: {room: 2, instructions: Use a pencil., blank: [output, sizes, formula]}
"""


def makers() -> set[tuple[str, str]]:
    """Every place in stepwise that makes a `Lesson`: its file, and the function."""
    found = set()
    texts = {path: path.read_text(encoding="utf-8") for path in HERE.rglob("*.py")}
    for path, text in texts.items():
        for function in ast.walk(ast.parse(text if "Lesson(" in text else "")):
            if isinstance(function, ast.FunctionDef):
                called = (one.func for one in ast.walk(function) if isinstance(one, ast.Call))
                if any(isinstance(one, ast.Name) and one.id == "Lesson" for one in called):
                    found.add((path.relative_to(HERE).as_posix(), function.name))
    return found - NO_LESSON


def every_kind() -> tuple[dict[str, Lesson], set[tuple[str, str]]]:
    """The lessons, and the places in stepwise that made one."""
    made_by, begin = set(), Lesson.__init__

    def noted(self: Lesson, *given: object, **named: object) -> None:
        maker = sys._getframe(1).f_code
        path = Path(maker.co_filename)
        if path.is_relative_to(HERE):
            made_by.add((path.relative_to(HERE).as_posix(), maker.co_name))
        begin(self, *given, **named)  # type: ignore[arg-type]

    with patch.object(Lesson, "__init__", noted), TemporaryDirectory() as folder:
        return {**_forward(), **_backward(), **_of_a_class(Path(folder))}, made_by


def _forward() -> dict[str, Lesson]:
    pool, conv = sw.trace("MaxPool2D(2)", X), sw.trace("Conv2D(1, 2)", X, kernel=KERNEL)
    chain = sw.trace(["Conv2D(1, 2)", "MaxPool2D(2)"], X)
    long = sw.trace(["Conv2D(1, 2)", "ReLU()", "Flatten()", "Dense(2)", "Softmax()"], X)
    wide, verdict = Bounds(window=2, stride=2), sw.check(pool, [[4]])
    return {
        "one layer": conv.lesson(matrix=True),
        "chain": chain.lesson(),
        "network": long.lesson(),
        "why": chain.why((0, 0)).lesson(),
        "touched": chain.touched((0, 0)).lesson(),
        "compared": sw.compare(pool, sw.trace("MaxPool2D(2, padding='same')", X)),
        "question": read_lesson(QUESTION.replace("parts", "show: {practice: true}\nparts")).lesson(),
        "sizes": tell_sizes(sizes(understood("Conv2D(4, 3), MaxPool2D(2)"), (28, 28, 1))),
        "sizes, backwards": tell_fits(28, 14, fits(28, 14, layer="pool", bounds=wide), wide, "keras"),
        "proof": sw.equivalent("AveragePooling2D(2)", "Conv2D(1, 2, strides=2)", input_shape=(4, 4)).lesson(),
        "answer": verdict.lesson("working"),
    }


def _backward() -> dict[str, Lesson]:
    conv = sw.trace("Conv2D(1, 2)", X, kernel=KERNEL)
    back = sw.backward(conv, [[1, 2], [0, -1]])
    same = sw.backward(sw.trace("Conv2D(1, 2, padding='same')", X, kernel=KERNEL), np.ones((3, 3)))
    one, two = (
        sw.trace(call, [[4, 3], [2, 1]]).backward([[4]])["input"] for call in ("MaxPool2D(2)", "AveragePooling2D(2)")
    )
    layers = [keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")]
    network = keras.Sequential(layers)
    network.compile(loss="sparse_categorical_crossentropy")
    x = np.arange(8.0).reshape(2, 2, 2)
    network.fit(x, np.array([0, 1]), epochs=1, verbose=0)
    trained = network(x[:1])
    return {
        "backward": back.lesson(),
        "gradient": one.lesson(),
        "why of a gradient": one.why((0, 0)).lesson(),
        "loss": sw.backward(conv, loss="mse", target=[[1, 2], [0, -1]]).lesson(),
        "update": back.step(lr=0.1).lesson(),
        "trained": trained.lesson(),
        "way back of a network": sw.backward(trained, loss="cross_entropy", target=[1]).lesson(),
        "summary": network.summary((2, 2)),
        "gradients compared": sw.compare(one, two),
        "ways back compared": sw.compare(back, same),
    }


def _of_a_class(folder: Path) -> dict[str, Lesson]:
    (folder / "lesson.yaml").write_text(QUESTION, encoding="utf-8")
    shop = Workshop(load_sheet([folder / "lesson.yaml"]), Order())
    posed = shop.posed(shop.find(1))
    assignment = load_assignment(folder / "lesson.yaml")
    [exercise] = assignment.exercises.values()
    tally, marker, told = Tally(assignment), ClassMarker(assignment), {}
    answers = ["3 2; 4 4\n---\n3 2; 4 4", "1 0; 0 1\n---\n1 0; 0 1", "3 3"]
    handed_in = [Submission(f"{number}", "", answer=answer) for number, answer in enumerate(answers)]
    for submission in [*handed_in, Submission("3", "", problem="it is a link")]:
        mark = marker.mark(submission)
        tally.add(submission, mark)
        told[f"report of answer {submission.student}"] = feedback(submission, mark, exercise)
    return {
        "sheet": student_page(posed, "v01"),
        "key": key_page(posed, "v01"),
        "overview": overview_lesson(overview(tally)),
        **told,
    }
