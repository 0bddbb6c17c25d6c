"""Variants: drawn as the file says, meeting every demand, and proven to tell mistakes apart by the marker itself."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.exercises.demands import carries, difficulty
from stepwise.io.inputs import sample_digit
from stepwise.marking.wrong import wrong_results
from stepwise.traces.trace import chain
from stepwise.worksheets.draws import KINDS, Draw, read_draw
from stepwise.worksheets.sheet import load_asked
from stepwise.worksheets.variants import Found, Search

CALLS = {
    "max": 'MaxPool2D(2, strides=1, padding="same")',
    "mean": 'AveragePooling2D(2, strides=1, padding="same")',
    "valid": "MaxPool2D(2)",
    "conv": 'Conv2D(1, 2, padding="same")',
}


def searched(folder: Path, call: str, variants: str, size: str = "4 3 1 0; 2 1 5 2; 7 -2 0 1; 1 2 3 4") -> Search:
    path = folder / "lesson.yaml"
    text = f"stepwise: 1\ntitle: T\ninput: {size}\nlayers:\n  - {call}\nworksheet: {{variants: {variants}}}\n"
    if "Conv" in call:
        text += "weights: [{kernel: [[1, 2], [0, -1]], bias: [1]}]\n"
    path.write_text(text)
    return Search(load_asked(path), 0, 7)


def found(search: Search, count: int = 6) -> list[Found]:
    return [search.find(number) for number in range(1, count + 1)]


@pytest.mark.parametrize("name", CALLS)
def test_every_mistake_is_diagnosed_alone_on_every_variant(name: str, tmp_path: Path) -> None:
    """The proof, by the marker and not by the search: what a misconception gives is told as that and nothing else."""
    extra = ", kernel: {integers: {low: -3, high: 3}}, bias: {integers: {low: 1, high: 3}}" if name == "conv" else ""
    search = searched(tmp_path, CALLS[name], f"{{input: {{integers: {{low: -9, high: 9}}}}{extra}}}")
    codes: set[str] = set()
    for one in found(search, 4):
        exercise = search.exercise(one.numbers)
        told = set()
        for wrong in wrong_results(exercise.trace).single:
            verdict = sw.check(exercise.trace, wrong.trace.output)
            assert verdict.diagnosis is not None
            assert verdict.diagnosis.codes == wrong.codes
            assert verdict.diagnosis.ties == ()
            told |= set(wrong.codes)
        assert told == set(one.told)
        codes |= told
    due = {
        "max": {"max.padding_as_zero", "rule.mean_for_max", "padding.valid_for_same", "padding.extra_line_first"},
        "mean": {"mean.padding_counted", "mean.not_divided", "rule.max_for_mean"},
        "valid": {"window.stride_one", "rule.min_for_max", "output.transposed"},
        "conv": {"conv.kernel_flipped", "conv.kernel_transposed", "conv.bias_forgotten"},
    }[name]
    assert due <= codes


def test_no_ties(tmp_path: Path) -> None:
    search = searched(tmp_path, "MaxPool2D(2)", "{input: {integers: {low: 0, high: 5}}, demand: {no_ties: true}}")
    for one in found(search):
        x = np.array(one.numbers["input"])
        for r in (0, 2):
            for c in (0, 2):
                window = sorted(x[r : r + 2, c : c + 2].ravel())
                assert window[-1] > window[-2]


def test_means_are_whole_outputs_distinct_and_results_in_range(tmp_path: Path) -> None:
    demand = "{input: {integers: {low: 0, high: 9}}, demand: {whole: true, distinct: true, results: [2, 7]}}"
    for one in found(searched(tmp_path, "AveragePooling2D(2)", demand)):
        means = np.array(one.numbers["input"]).reshape(2, 2, 2, 2).mean(axis=(1, 3))
        assert (means % 1 == 0).all()
        assert len(set(means.ravel())) == 4
        assert means.min() >= 2
        assert means.max() <= 7


def test_padding_on_every_side_where_the_size_varies(tmp_path: Path) -> None:
    variants = "{input: {integers: {shape: [[3, 6], [3, 6]]}}, demand: {every_side: true}}"
    for one in found(searched(tmp_path, 'MaxPool2D(3, strides=2, padding="same")', variants)):
        rows, columns = np.shape(one.numbers["input"])
        assert rows % 2 == columns % 2 == 1, "3 over an odd size with stride 2 pads 1 before and 1 after"


def test_difficulty_keeps_to_its_bounds(tmp_path: Path) -> None:
    bounds = "{multiplications: [8, 14], negatives: [6, 20], carries: [1, 6]}"
    variants = f"{{input: {{integers: {{}}}}, kernel: {{integers: {{low: -3, high: 3}}}}, alike: {bounds}}}"
    search = searched(tmp_path, "Conv2D(1, 2)", variants)
    for one in found(search):
        x, k = np.array(one.numbers["input"]), np.array(one.numbers["weights"][0]["kernel"])
        pairs = [(x[r + i, c + j], k[i, j]) for r in range(3) for c in range(3) for i in range(2) for j in range(2)]
        hard = sum(abs(a) > 1 and abs(b) > 1 for a, b in pairs)
        negative = sum((a < 0) + (b < 0) for a, b in pairs)
        assert one.difficulty["multiplications"] == hard
        assert one.difficulty["negatives"] == negative
        assert 8 <= hard <= 14
        assert 6 <= negative <= 20
        assert 1 <= one.difficulty["carries"] <= 6


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [(0, 9, 0), (5, 5, 1), (95, 7, 2), (999, 1, 3), (-8, -7, 1), (20, -7, 1), (7, -20, 1), (1.5, 9, 1)],
)
def test_carries_as_on_paper(a: float, b: float, count: int) -> None:
    assert carries(a, b) == count


def test_alike_by_itself_keeps_variants_together(tmp_path: Path) -> None:
    variants = "{input: {integers: {low: -9, high: 9}}, kernel: {integers: {low: -9, high: 9}}}"
    search = searched(tmp_path, "Conv2D(1, 2)", variants)
    low, high = search.bounds["negatives"]
    drawn = [difficulty(search.exercise(search.draw(900 + n, 0)))["negatives"] for n in range(40)]
    kept = [one.difficulty["negatives"] for one in found(search, 8)]
    assert min(drawn) < low or max(drawn) > high, "the bounds say something"
    assert all(low <= value <= high for value in kept)


SHAPE = (4, 4)


def drawn(kind: str, **settings: Any) -> Any:
    draw = read_draw({kind: settings}, "input:", lambda name: np.arange(64).reshape(8, 8))
    return draw(np.random.default_rng(3), SHAPE)


def test_what_is_drawn() -> None:
    assert {type(n) for row in drawn("integers", low=-2, high=2) for n in row} == {int}
    assert set(np.ravel(drawn("integers", low=-1, high=1))) == {-1, 0, 1}
    decimals = np.ravel(drawn("decimals", low=0, high=3, places=2))
    assert np.allclose(decimals * 100 % 1, 0) or np.allclose(np.round(decimals * 100), decimals * 100)
    fractions = [Fraction(word) for row in drawn("fractions", low=1, high=2, denominators=[3, 4]) for word in row]
    assert all(1 <= one <= 2 and one.denominator in (1, 2, 3, 4) for one in fractions)
    edges = np.array(drawn("edges", low=0, high=9, noise=0))
    assert set(np.ravel(edges)) == {0, 9}
    crop = np.array(drawn("crop", mnist=0, divide=32))
    digit = sample_digit(0).astype(int) // 32
    windows = np.lib.stride_tricks.sliding_window_view(digit, SHAPE).reshape(-1, *SHAPE)
    assert any((window == crop).all() for window in windows)
    assert np.ptp(crop) > 0 or np.ptp(sample_digit(0)) > 0
    cut = np.array(drawn("crop", file="picture.csv"))
    assert (np.diff(cut, axis=1) == 1).all()
    assert (np.diff(cut, axis=0) == 8).all()


def test_fractions_make_exact_lessons(tmp_path: Path) -> None:
    search = searched(tmp_path, "AveragePooling2D(2)", "{input: {fractions: {low: 0, high: 3}}}")
    exercise = search.exercise(search.find(1).numbers)
    assert all(isinstance(value, Fraction | int) for value in exercise.trace.output.ravel())


def test_every_kind_of_draw_is_tried_here() -> None:
    assert set(KINDS) == set(re.findall(r'drawn\("(\w+)"', Path(__file__).read_text()))
    assert Draw("integers", {}, None, ((2, 3),)).varies_in_size


def test_a_network_has_weights_of_its_own_for_every_layer(tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(
        'stepwise: 1\ninput: "1 2 3; 4 5 6; 7 8 9"\nlayers: ["nn.Conv2d(1, 1, 2)", nn.ReLU()]\n'
        "weights: [[[[[[1, 0], [0, 1]]]], [2]], null]\n"
        "worksheet: {variants: {input: {integers: {}}, kernel: {integers: {low: -4, high: 4}}}}\n"
    )
    search = Search(load_asked(path), 0, 1)
    one = search.find(1)
    [first, second] = one.numbers["weights"]
    assert second is None
    trace = chain(search.exercise(one.numbers).trace)[0]
    assert trace.inputs["kernel"].tolist() == first["weight"]
    assert trace.inputs["bias"].tolist() == [2], "what is not drawn is as the lesson has it"
