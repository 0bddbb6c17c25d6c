"""An author chooses which parts of a lesson are told, in every format and on every host."""

from __future__ import annotations

from pathlib import Path

import pytest

import stepwise as sw
from stepwise.document.blocks import Steps
from stepwise.document.lesson import Lesson
from stepwise.errors import StepwiseError
from stepwise.lesson_files.lesson_file import LessonFileError
from stepwise.lesson_files.reading import read_lesson
from stepwise.lessons.parts import CHOICES, in_parts, read_parts
from stepwise.render import render
from stepwise.sites.written import Place, WrittenError, asked
from tests.command import run

M = "MaxPool2D(2, strides=1, padding='same')"
POOL = sw.trace(M, [[4, 3], [2, 1]])
LAYERS = {
    "pool": POOL,
    "conv": sw.trace("Conv2D(1, 2)", [[4, 3, 1], [2, 1, 0], [1, 5, 2]], kernel=[[1, 0], [0, 1]]),
    "spread": sw.trace("nn.ConvTranspose2d(1, 1, 2)", [[1, 2], [3, 4]]),
    "turned": sw.trace("scipy.signal.convolve2d(x, k)", [[1, 2], [3, 4]], kernel=[[1, 2], [0, 1]]),
    "relu": sw.trace("ReLU()", [[1, -2]]),
    "gradient": POOL.backward([[1, 2], [3, 4]])["input"],
}
LESSONS = {name: trace.lesson() for name, trace in LAYERS.items()}
CHAIN = sw.trace(["Conv2D(1, 2)", "MaxPool2D(2)"], [[1, 2, 3, 4], [0, 1, 2, 3], [5, 6, 7, 8], [3, 2, 1, 0]]).lesson()
NETWORK = sw.trace(
    ["Conv2D(2, 3)", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(2)"],
    [[i * j % 5 for i in range(12)] for j in range(12)],
).lesson()
TEXTS = ("md", "txt", "tex", "typ", "html")


def named(lesson: Lesson) -> list[str]:
    return [section.part for section in lesson.sections]


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_has_the_parts_that_every_lesson_has(name: str) -> None:
    parts = named(LESSONS[name])
    for part in ("question", "size", "steps", "answer"):
        assert parts.count(part) == 1
    assert ("padding" in parts) == (name not in ("relu", "gradient"))
    assert ("spread" in parts) == (name == "spread")
    assert ("turn" in parts) == (name == "turned")


@pytest.mark.parametrize("name", LESSONS)
def test_chosen_parts_are_told_in_the_order_they_are_named_in_and_nothing_else_is(name: str) -> None:
    whole = LESSONS[name]
    chosen = in_parts(whole, ("answer", "question"))
    assert named(chosen) == ["answer", "question"]
    assert (chosen.title, chosen.lead, chosen.headed) == (whole.title, whole.lead, True)
    by_part = {section.part: section for section in whole.sections}
    assert list(chosen.sections) == [by_part["answer"], by_part["question"]]


@pytest.mark.parametrize("format", TEXTS)
def test_only_leaves_out_the_title_in_every_format(format: str) -> None:
    whole, only = LESSONS["pool"], in_parts(LESSONS["pool"], ("answer",), headed=False)
    text = render(only, format)
    body = text.partition("<body>")[2] or text.partition("--------\n#show")[2].partition("\n")[2] or text
    assert "Read off the answer" in body
    for left_out in ("Slide the window", "How big is the answer", "Max pooling: 2"):
        assert left_out in render(whole, format)
        assert left_out not in body


@pytest.mark.parametrize("format", TEXTS)
@pytest.mark.parametrize("name", LESSONS)
def test_the_figure_is_the_steps_without_a_word_around_them(name: str, format: str) -> None:
    only = in_parts(LESSONS[name], ("figure",), headed=False)
    [section] = only.sections
    assert section.title == ""
    assert section.stage is not None
    assert any(isinstance(block, Steps) for block in section.blocks)
    text = render(only, format)
    assert "The question" not in text
    if format == "html" and name in ("pool", "conv"):
        assert 'data-act="next"' in text
        assert "stepwise-record" in text
        assert "<h1" not in text
        assert "<h2" not in text


def test_each_layer_of_a_chain_has_the_parts_under_its_heading() -> None:
    chosen = in_parts(CHAIN, ("size", "answer"))
    assert [(s.level, s.part) for s in chosen.sections] == 2 * [(1, ""), (2, "size"), (2, "answer")]
    assert [s.title for s in chosen.sections if s.level == 1] == ["Layer 1: Convolution", "Layer 2: Max pooling"]
    folded = in_parts(NETWORK, ("network", "steps"), headed=False)
    assert [(s.level, s.part) for s in folded.sections] == [(1, "network"), *5 * [(1, ""), (2, "steps")]]
    for format in TEXTS:
        assert render(folded, format)
    assert [s.part for s in in_parts(NETWORK, ("network",)).sections] == ["network"]


def test_what_is_no_part_or_not_there_is_refused() -> None:
    for wrong in ("", "foo", "steps,steps", "figure, steps", [], [1], 3, None, "answer,"):
        with pytest.raises(StepwiseError):
            read_parts(wrong)
    assert read_parts(list(CHOICES[:1])) == ("figure",)
    with pytest.raises(StepwiseError, match="its parts are figure, question, size, steps"):
        in_parts(LESSONS["relu"], ("padding",))
    with pytest.raises(StepwiseError, match="no parts with such names"):
        in_parts(sw.equivalent("ReLU()", "ReLU()", input_shape=(2, 2)).lesson(), ("padding",))


FILE = "stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n"


@pytest.mark.parametrize("format", ["xlsx", "csv", "npy"])
def test_what_holds_numbers_alone_has_no_parts(format: str, tmp_path: Path) -> None:
    whole = sw.trace("MaxPool2D(2)", "4 3; 2 1").lesson()
    with pytest.raises(sw.StepwiseError, match=r"not chosen parts of it \(steps\); choose none, or write"):
        in_parts(whole, ("steps",)).save(tmp_path / f"lesson.{format}")
    assert not list(tmp_path.iterdir())
    if format != "xlsx":  # the answer is all that these hold
        in_parts(whole, ("answer",)).save(tmp_path / f"lesson.{format}")
        whole.save(tmp_path / f"whole.{format}")
        assert (tmp_path / f"lesson.{format}").read_bytes() == (tmp_path / f"whole.{format}").read_bytes()


def test_a_lesson_file_says_which_parts() -> None:
    whole = read_lesson(FILE).lesson()
    only = read_lesson(FILE + "show: {only: figure}\n").lesson()
    assert only.text() == in_parts(whole, ("figure",), headed=False).text()
    assert not only.headed
    some = read_lesson(FILE + "sections: [answer, size]\n").lesson()
    assert named(some) == ["answer", "size"]
    assert some.headed
    for wrong, line in (
        ("show: {only: foo}", 4),
        ("sections: []", 4),
        ("sections: [foo]", 4),
        ("title: x\nsections: [answer]\nshow: {only: answer}", 5),
        ("show: {only: spread}", 3),
    ):
        with pytest.raises(LessonFileError, match=f"line {line}: "):
            read_lesson(FILE + wrong + "\n").lesson()


def test_a_page_of_a_site_says_which_parts() -> None:
    place = Place("page.md", 7, Path())
    found = asked("MaxPool2D(2)", {"input": "4 3; 2 1", "only": "figure"}, place).lesson
    assert found.text() == read_lesson(FILE + "show: {only: figure}\n").lesson().text()
    found = asked(FILE, {"sections": "answer, steps"}, place).lesson
    assert named(found) == ["answer", "steps"]
    with pytest.raises(WrittenError):
        asked(FILE, {"only": "foo"}, place)


def test_the_command_says_which_parts() -> None:
    request = ("explain", M, "--input", "4 3; 2 1")
    assert run(*request, "--only", "figure").out == in_parts(POOL.lesson(), ("figure",), headed=False).text()
    assert run(*request, "--sections", "answer,size").out == in_parts(POOL.lesson(), ("answer", "size")).text()
    for wrong in (["--only", "foo"], ["--only", "figure", "--sections", "size"], ["--sections", "spread"]):
        done = run(*request, *wrong)
        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
