"""What an author writes in a page: calls, a lesson, or the name of one; and each mistake at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import stepwise as sw
from stepwise.lesson_files import values
from stepwise.sites.written import Place, WrittenError, asked

EXAMPLES = Path(__file__).parents[3] / "examples"
HERE = Place("page.md", 12, EXAMPLES)
INPUT = {"input": "4 3; 2 1"}


def test_calls_a_lesson_and_a_file_are_one_lesson(tmp_path: Path) -> None:
    due = sw.trace("MaxPool2D(2, strides=1)", "4 3; 2 1").lesson()
    text = "stepwise: 1\ninput: 4 3; 2 1\nlayers: ['MaxPool2D(2, strides=1)']\n"
    (tmp_path / "pool.yaml").write_text(text, encoding="utf-8")
    place = Place("page.md", 1, tmp_path)
    ways = [
        asked("MaxPool2D(2, strides=1)", INPUT, HERE),
        asked("MaxPool2D(2,\n  strides=1\n)", INPUT, HERE),
        asked(text, {}, HERE),
        asked(text.partition("\n")[2], {}, HERE),
        asked("pool.yaml", {}, place),
        asked("", {}, place, file="pool.yaml"),
    ]
    assert [way.lesson.text() == due.text() for way in ways] == [True] * len(ways)
    assert [way.files for way in ways] == [()] * 4 + [(tmp_path / "pool.yaml",)] * 2


def test_calls_are_not_written_out_as_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: Any) -> None:
        raise AssertionError("there is no YAML in calls")

    monkeypatch.setattr(values, "read_yaml", fails)
    told = asked("ReLU()\nConv2D(1, 2)", {**INPUT, "kernel": "1 0; 0 1", "seed": "3", "title": "- [x]: #"}, HERE).lesson
    assert told.title == "- [x]: #"
    assert told.traces[-1].output.tolist() == [[4 + 1]]


def test_the_first_line_of_a_page_is_a_line_too() -> None:
    with pytest.raises(WrittenError, match=r"page\.md, line 2: there is no layer MaxPol2D"):
        asked("MaxPool2D(2)\nMaxPol2D(2)", INPUT, Place("page.md", 1, EXAMPLES))


def test_weights_go_to_the_layer_that_has_them() -> None:
    told = asked("ReLU()\nConv2D(1, 2)", {**INPUT, "kernel": "1 0; 0 1", "bias": "5"}, HERE).lesson
    assert told.traces[-1].output.tolist() == [[4 * 1 + 3 * 0 + 2 * 0 + 1 * 1 + 5]]
    both = asked(
        "Conv2D(1, 2)\nConv2D(1, 2, padding='same')", {**INPUT, "kernel": "1 0; 0 1"}, HERE, compared=True
    ).lesson
    assert [trace.output.flat[0] for trace in both.traces] == [5, 5]


def test_numbers_come_from_a_file_and_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "grid.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    found = asked("MaxPool2D(2)", {"input": "grid.csv"}, Place("page.md", 3, tmp_path))
    assert found.files == (tmp_path / "grid.csv",)
    assert found.lesson.traces[0].output.tolist() == [[4]]


def test_flags_and_steps_go_with_a_lesson_too() -> None:
    told = asked("", {"practice": None, "steps": "none"}, HERE, file="maximum.yaml").lesson
    assert [section.stage.practice for section in told.sections if section.stage] == [True]


@pytest.mark.parametrize(
    ("body", "options", "line", "says"),
    [
        ("MaxPool2D(2)", {**INPUT, "steps": "some"}, 12, "found steps: some, expected auto, all or none"),
        ("MaxPool2D(2)\nMaxPol2D(2)", INPUT, 13, "there is no layer MaxPol2D here. Did you mean MaxPool2D?"),
        ("MaxPool2D(2,\n strides=1)\nReLU(\n  slope=2)", INPUT, 15, "ReLU: there is no parameter slope"),
        ("input: 4 3; 2 1\nlayers:\n  - Rleu(2)", {}, 14, "there is no layer Rleu"),
        ("input: 4 3; 2\nlayers: [ReLU()]", {}, 12, "row"),
        ("stepwise: 1\n\ninput: 4 3; 2 1\nlayer: x", {}, 15, "there is no key 'layer'"),
        ("MaxPool2D(2)", {}, 12, "add the option input, such as input: 4 3; 2 1"),
        ("MaxPool2D(2)", {"inptu": "1"}, 12, "there is no option 'inptu' here"),
        ("ReLU()", {**INPUT, "kernel": "1"}, 12, "a kernel or bias was given, but ReLU() has no weights"),
        ("Conv2D(1,2)\nConv2D(1,2)", {**INPUT, "kernel": "1"}, 12, "2 layers have weights"),
        ("ReLU()", {"input": "../secret.csv"}, 11, "in the lesson's own folder"),
        ("absent.yaml", {}, 12, "No such file"),
        (" \n", INPUT, 12, "there is nothing here"),
        ("input: 1\nlayers: [ReLU()]", {"title": "A"}, 12, "sections, practice or matrix; a lesson says its own"),
    ],
)
def test_a_mistake_is_told_at_its_line(body: str, options: dict[str, Any], line: int, says: str) -> None:
    with pytest.raises(WrittenError) as caught:
        asked(body, options, HERE)
    assert says in caught.value.message
    assert (caught.value.page, caught.value.line) == ("page.md", line)
    assert "\n" not in str(caught.value)


def test_a_mistake_in_a_file_names_the_file_and_its_line(tmp_path: Path) -> None:
    (tmp_path / "pool.yaml").write_text("stepwise: 1\ninput: 1 2\nlayers: [Rleu()]\n", encoding="utf-8")
    with pytest.raises(WrittenError, match=r"page\.md, line 12: pool\.yaml, line 3: there is no layer Rleu"):
        asked("", {}, Place("page.md", 12, tmp_path), file="pool.yaml")
    with pytest.raises(WrittenError, match=r"found both the file pool\.yaml and a body"):
        asked("ReLU()", {}, Place("page.md", 12, tmp_path), file="pool.yaml")


@pytest.mark.parametrize(("value", "on"), [("", True), (None, True), ("true", True), ("false", False), (False, False)])
def test_a_flag_that_is_turned_off_is_off(value: Any, on: bool) -> None:
    found = asked("MaxPool2D(2)", {"input": "4 3; 2 1", "practice": value}, Place("page", 1, Path())).lesson
    assert any(section.stage and section.stage.practice for section in found.sections) is on
