"""Tables of numbers are written from whole arrays: each number is the one that Python would write."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwise.arithmetic import Array
from stepwise.render.digits import csv_lines, fits

ODD = [
    0.0,
    -0.0,
    0.25,
    -7.0,
    1 / 3,
    1e-5,
    1e15,
    1e16,
    -1e300,
    5e-324,
    float("nan"),
    float("inf"),
    -float("inf"),
    0.1 + 0.2,
]


def written(rows: Array) -> list[list[str]]:
    assert fits(rows)
    return list(csv.reader(io.StringIO(b"".join(csv_lines(rows)).decode())))


@given(
    st.lists(
        st.tuples(*[st.floats() | st.integers(-999, 999).map(lambda n: n / 8) | st.sampled_from(ODD)] * 3), min_size=1
    )
)
def test_decimals_are_written_as_python_writes_them(rows: list[tuple[float, ...]]) -> None:
    for kind in (np.float64, np.float32):
        with np.errstate(all="ignore"):
            array = np.array(rows, dtype=kind)
        whole = array.tolist() if kind is np.float64 else list(map(list, array))
        assert written(array) == [[str(number) for number in row] for row in whole]


@given(st.lists(st.tuples(*[st.integers(-(2**63) + 1, 2**63 - 1) | st.integers(-20, 300)] * 3), min_size=1))
def test_whole_numbers_are_written_as_python_writes_them(rows: list[tuple[int, ...]]) -> None:
    assert written(np.array(rows)) == [list(map(str, row)) for row in rows]


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint32", "int64"])
def test_every_width_of_whole_numbers(kind: str) -> None:
    ends = np.iinfo(kind)
    array = np.array([[max(ends.min, -(2**63) + 1), 0, ends.max, 7]], dtype=kind)
    assert written(array) == [list(map(str, array[0].tolist()))]


def test_what_does_not_fit_is_left_to_another_way() -> None:
    assert not fits(np.array([[2**63]], dtype=np.uint64))
    assert not fits(np.array([[-(2**63)]]))
    assert not fits(np.array([[1, "a"]], dtype=object))
