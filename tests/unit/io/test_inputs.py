"""Numbers from outside: lists, arrays, text and files; whatever is none is told with its place."""

from __future__ import annotations

import gzip
import math
import re
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.errors import FileError, InputError, LimitError
from stepwise.io import inputs
from stepwise.io.arrays import read_idx
from stepwise.io.inputs import LONGEST_TEXT, as_array, from_file, sample_digit
from stepwise.lesson_files.reading import read_lesson


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("4 3; 2 1", [[4, 3], [2, 1]]),
        ("4,3\n2,1\n", [[4, 3], [2, 1]]),
        ("  4\t3 ;\n 2  1 ;", [[4, 3], [2, 1]]),
        ("7", [[7]]),
        ("-1 +2 .5 1. 1e3 -2E-2", [[-1, 2, 0.5, 1, 1000, -0.02]]),
        ("1/2 -3/4 +6/3", [[0.5, -0.75, 2]]),
        ("inf -inf +Infinity ∞ -∞", [[math.inf, -math.inf, math.inf, math.inf, -math.inf]]),
        ("[1, 2.5]", [1, 2.5]),
        ("[[[1], [2]]]", [[[1], [2]]]),
        ('["1/2", "-inf"]', [0.5, -math.inf]),
        ("[Infinity]", [math.inf]),
    ],
)
def test_text(text: str, numbers: Any) -> None:
    assert as_array(text).tolist() == numbers


def test_the_type_is_the_numbers_own() -> None:
    assert as_array("4 3").dtype == np.int64
    assert as_array("4 3.0").dtype == np.float64
    assert as_array([[True, False]]).tolist() == [[1, 0]]
    assert as_array([True]).dtype == np.int64
    assert as_array([2**63]).dtype == np.uint64
    assert as_array([2**63, -1]).tolist() == [2**63, -1]
    assert as_array([2**70, 1]).tolist() == [2**70, 1]
    assert as_array([2**70, 1.5]).dtype == np.float64
    assert as_array(np.array([1, 2], np.uint8)).dtype == np.uint8
    assert as_array(np.array([1, 2], np.float16)).dtype == np.float16
    assert as_array(np.array([1, 2], np.longdouble)).dtype == np.float64
    assert as_array(np.array([2**70, 1], object)).dtype == object
    assert as_array(np.array([0.5, 1], object)).dtype == np.float64
    assert as_array(5).shape == ()


def test_it_is_always_a_new_array() -> None:
    given = np.array([[4, 3]])
    taken = as_array(given)
    taken[0, 0] = 9
    assert given.tolist() == [[4, 3]]


@pytest.mark.parametrize("arithmetic", [None, "float", "exact"])
@pytest.mark.parametrize("data", ["4 3; 2 1", [[4, 3], [2, 1]], np.array([[4.0, 3.0], [2.0, 1.0]])])
def test_an_array_is_read_once_on_its_way_into_a_trace(
    data: Any, arithmetic: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counted(x: Any, name: str = "input", *how: Any) -> Any:
        asked.append(name)
        return as_array(x, name, *how)

    monkeypatch.setattr(inputs, "as_array", counted)
    sw.trace("Conv2D(1, 1)", data, kernel=[[2]], bias=[1], arithmetic=arithmetic)
    assert sorted(asked) == ["bias", "input", "kernel"]
    asked.clear()
    kind = f"arithmetic: {arithmetic}\n" if arithmetic else ""
    written = f'"{data}"' if isinstance(data, str) else np.asarray(data).tolist()
    read_lesson(f"stepwise: 1\n{kind}input: {written}\nlayers: [MaxPool2D(1)]").traced()
    assert asked == ["input"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("4 3; 2", "row 2 has 1 number, row 1 has 2 numbers"),
        ("4 3; 2 word", "'word' in row 2, column 2, where a number belongs"),
        ("", "empty"),
        (" ; \n ", "empty"),
        ("1/0", "divides by zero"),
        ("1" * 401, "401 characters"),
        ("[1, 2", "begins like JSON"),
        ("[1, [2]]", "at [1] there is a list where other rows have a number"),
        ("[[1, 2], [3]]", "at [1] there is a list of 1, where others have 2"),
        ("[[1], 2]", "at [1] there is 2, where others have 1"),
        ("[null]", "nothing at [0]"),
        ('["two"]', "'two' at [0]"),
        ("[" * 40 + "1" + "]" * 40, "nested deeper"),
        ([], "empty"),
        ([[]], "empty"),
        ([[1, 2], [3]], "ragged"),
        ([1, "word"], "'word' at [1]"),
        ([1, 1j], "at [1], where a number belongs"),
        ([10**400, 0.5], "too large to stand beside decimals"),
        (np.array(["a"]), "words where numbers belong, such as 'a'"),
        (np.array([], str), "empty"),
        (np.zeros((0, 2), bool), "empty"),
        (np.array([1j]), "complex128"),
        (np.array([None]), "holds nothing"),
        (None, "holds nothing where numbers belong"),
        ({"a": 1}, "holds a mapping where numbers belong"),
    ],
)  # fmt: skip
def test_what_is_no_array_is_told(data: Any, told: str) -> None:
    with pytest.raises(InputError) as caught:
        as_array(data, "kernel")
    assert told in str(caught.value)
    assert str(caught.value).startswith("the kernel ")
    assert "\n" not in str(caught.value)


def test_a_list_of_arrays_is_an_array() -> None:
    assert as_array([np.array([1, 2]), np.array([3, 4])]).tolist() == [[1, 2], [3, 4]]
    with pytest.raises(InputError, match=re.escape("at [1] there is a list of 1, where others have 2")):
        as_array([np.array([1, 2]), np.array([3])])
    assert as_array([np.float32(0.5), np.int8(2)]).tolist() == [0.5, 2]


def test_text_too_long_is_refused_unread() -> None:
    with pytest.raises(LimitError, match="at most 10,000,000 are read"):
        as_array("1 " * (LONGEST_TEXT // 2 + 1))


def test_files(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[4, 3]], np.uint8))
    (tmp_path / "a.csv").write_text("4,3\n")
    (tmp_path / "a.json").write_text("[[4, 3]]")
    (tmp_path / "A.TXT").write_text("4 3")
    for name in ("a.npy", "a.csv", "a.json", "A.TXT"):
        assert from_file(tmp_path / name).tolist() == [[4, 3]]


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_text("4,three\n")
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00 cut short")
    (tmp_path / "empty.npy").write_bytes(b"")
    np.save(tmp_path / "pickled.npy", np.array([{"a": 1}], object), allow_pickle=True)
    (tmp_path / "a.xlsx").write_bytes(b"")
    for name, told in (
        ("words.csv", "'three' in row 1, column 2"), ("a.npy", "not an array"), ("empty.npy", "not an array"),
        ("pickled.npy", "not an array"), ("a.xlsx", "numbers are read from .csv"), ("none.csv", "cannot read"),
    ):  # fmt: skip
        with pytest.raises(FileError) as caught:
            from_file(tmp_path / name)
        assert told in str(caught.value)
        assert name in str(caught.value)


def idx(*sizes: int, data: bytes) -> bytes:
    """The IDX format by its description: two zeros, the type (8: bytes), the number of axes, their sizes, the cells."""
    return bytes([0, 0, 8, len(sizes)]) + b"".join(size.to_bytes(4, "big") for size in sizes) + data


def test_idx_files(tmp_path: Path) -> None:
    whole = idx(2, 3, data=bytes(range(6)))
    for content in (whole, gzip.compress(whole)):
        (tmp_path / "a.idx").write_bytes(content)
        assert read_idx(tmp_path / "a.idx").tolist() == [[0, 1, 2], [3, 4, 5]]
    for content in (whole[:-1], whole + b"\x00", whole[:5], b"", b"\x1f\x8bnot", gzip.compress(whole)[:-9],
                    b"\x00\x00\x0d" + whole[3:]):  # fmt: skip
        (tmp_path / "a.idx").write_bytes(content)
        with pytest.raises(FileError, match="is not an IDX file of bytes, or it is cut short"):
            read_idx(tmp_path / "a.idx")


def test_a_small_file_takes_little_memory(tmp_path: Path) -> None:
    """However much might be packed in it: Python sets aside room for as many bytes as are asked for."""
    (tmp_path / "a.idx").write_bytes(gzip.compress(idx(2, 3, data=bytes(range(6)))))
    read_idx(tmp_path / "a.idx")
    tracemalloc.start()
    try:
        read_idx(tmp_path / "a.idx")
        assert tracemalloc.get_traced_memory()[1] < 2**23
    finally:
        tracemalloc.stop()


def test_the_bundled_digits() -> None:
    digit = sample_digit(0)
    assert digit.base is None, "one digit does not keep all of them"
    assert (digit.shape, str(digit.dtype)) == ((28, 28), "uint8")
    assert digit.min() == 0
    assert digit.max() > 200
    for index in (-1, 10**6, 0.5, True, "0"):
        with pytest.raises(InputError, match="there is no digit"):
            sample_digit(index)  # type: ignore[arg-type]
