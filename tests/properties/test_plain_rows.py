"""Answers such as `4 3; 2 1` are read by a short way, which says what trying every style says; other texts are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwise.marking import forms
from stepwise.marking.forms import readings
from stepwise.marking.forms.rows import plain_rows

NUMBERS = st.one_of(
    st.integers(-20, 20).map(str),
    st.integers(-(10**6), 10**6).map(str),
    st.decimals(-1500, 1500, places=3).map(str),
    st.sampled_from(["0", "1", "2", "-0", "+7", "007", "1.250", "100", "234", "1.5"]),
)
TEXTS = st.lists(st.lists(NUMBERS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=4).map("; ".join)


@given(text=TEXTS, decimal=st.sampled_from(["auto", "point", "comma"]))
def test_the_short_way_says_what_the_long_one_says(text: str, decimal: forms.Decimal) -> None:
    short = readings(text, decimal)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "plain_rows", lambda text: [])
        assert readings(text, decimal) == short


@pytest.mark.parametrize(
    "text", ["4 3; 2", "4;3", "4", "4,5 3; 2 1", "4 3 ; 2 1", "4 3\n2 1", "4 3;2 1", "a 3; 2 1", "4 ٣"]
)
def test_other_texts_are_left_to_the_long_way(text: str) -> None:
    assert plain_rows(text) == []


def test_most_answers_take_the_short_way() -> None:
    assert plain_rows("-18 -12.5; 7 0") == [["-18", "-12.5"], ["7", "0"]]
