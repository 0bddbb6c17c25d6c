"""Notebooks and scripts that were handed out import from `stepwise.classroom`: they find what stands elsewhere now."""

from __future__ import annotations

from importlib import import_module

import pytest

HANDED_OUT = {
    "nbgrader": "check cells notebook",
    "otter": "Question question_file",
    "edx": "customresponse",
    "prairielearn": "grade",
    "gradescope": "write_autograder",
    "grading": "grade",
    "assignment": "load_assignment read_exercise",
}


@pytest.mark.parametrize("name", HANDED_OUT)
def test_an_older_name_is_the_very_same_thing(name: str) -> None:
    older = import_module(f"stepwise.classroom.{name}")
    room = {"grading": "grading", "assignment": "exercises"}.get(name, "graders")
    now = import_module(f"stepwise.{room}.{name}")
    for one in HANDED_OUT[name].split():
        assert getattr(older, one) is getattr(now, one)
