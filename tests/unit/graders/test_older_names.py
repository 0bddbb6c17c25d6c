"""Notebooks and scripts that were handed out import from `stepwise.classroom`: they find what stands elsewhere now."""

from __future__ import annotations

from importlib import import_module

import pytest

HANDED_OUT = [
    ("nbgrader", "graders.nbgrader", "check cells notebook"),
    ("otter", "graders.otter", "Question question_file"),
    ("edx", "graders.edx", "customresponse"),
    ("prairielearn", "graders.prairielearn", "grade"),
    ("gradescope", "graders.gradescope", "write_autograder"),
    ("grading", "grading.grading", "grade"),
    ("assignment", "exercises.assignment", "load_assignment"),
    ("assignment", "exercises.exercise", "read_exercise"),
]


@pytest.mark.parametrize(("older", "now", "names"), HANDED_OUT)
def test_an_older_name_is_the_very_same_thing(older: str, now: str, names: str) -> None:
    was, stands = import_module(f"stepwise.classroom.{older}"), import_module(f"stepwise.{now}")
    for one in names.split():
        assert getattr(was, one) is getattr(stands, one)
