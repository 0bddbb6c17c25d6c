"""What is proven to be told apart is told: such an answer is graded, on every sheet, and gets that name alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwise.exercises.assignment import load_assignment
from stepwise.grading.grading import grade
from stepwise.marking.wrong import wrong_results
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.command import run

CHAIN = """\
stepwise: 1
title: By hand
input: "1 0 2 1 0; 0 1 0 3 1; 2 1 0 0 1; 0 2 1 1 0; 1 0 0 2 1"
layers: ["Conv2D(1, 2)", keras.layers.ReLU(), MaxPool2D(2), keras.layers.Flatten(), Dense(1)]
weights: {0: {kernel: [[1, -1], [0, 1]], bias: [-1]}, 4: {kernel: [[1], [2], [-1], [1]], bias: [1]}}
parts: [{layer: 0, points: 8}, {layer: 1, points: 2}, {layer: 2, points: 4}, {layer: 4, points: 2}]
worksheet:
  variants:
    input: {integers: {low: 0, high: 4}}
    kernel: {integers: {low: -2, high: 2}}
    bias: {integers: {low: -2, high: 2}}
"""
THIRDS = """\
stepwise: 1
title: Means
input: "4 3 1 0 2; 2 1 5 2 2; 7 2 0 1 4; 1 2 3 4 0; 8 1 0 2 2"
layers: ["AveragePooling2D(3, strides=2, padding='same')"]
worksheet: {variants: {input: {integers: {low: 0, high: 9}}}}
"""
Grid = Any


def conv(x: Grid, kernel: Grid, bias: float) -> Grid:
    height, width = x.shape[0] - 1, x.shape[1] - 1
    return sum(kernel[a, b] * x[a : a + height, b : b + width] for a in (0, 1) for b in (0, 1)) + bias


def pool(x: Grid, of: Any = np.max) -> Grid:
    return of(x.reshape(2, 2, 2, 2), axis=(1, 3))


def dense(x: Grid, weights: Grid, bias: float) -> Grid:
    return np.array([x.ravel() @ weights.ravel() + bias])


def by_mistake(variant: dict[str, Any]) -> dict[str, list[Grid]]:
    """What a student hands in who makes one mistake in a chain and carries it on, by NumPy alone."""
    x = np.array(variant["input"], dtype=float)
    first, _relu, _pool, _flat, last = (variant["weights"] + [None] * 5)[:5]
    k, b = np.array(first["kernel"], dtype=float).reshape(2, 2), float(np.ravel(first["bias"])[0])
    w, c = np.array(last["kernel"], dtype=float), float(np.ravel(last["bias"])[0])

    def chain(a: Grid, relu: Any = lambda y: np.maximum(y, 0), of: Any = np.max, order: str = "C") -> list[Grid]:
        middle = pool(relu(a), of)
        return [a, relu(a), middle, dense(middle.ravel(order), w, c)]

    right = conv(x, k, b)
    return {
        "conv.bias_forgotten": chain(conv(x, k, 0)),
        "conv.kernel_flipped": chain(conv(x, k[::-1, ::-1], b)),
        "conv.kernel_transposed": chain(conv(x, k.T, b)),
        "relu.skipped": chain(right, relu=lambda y: y),
        "relu.absolute_value": chain(right, relu=np.abs),
        "rule.min_for_max": chain(right, of=np.min),
        "rule.mean_for_max": chain(right, of=np.mean),
        "dense.flatten_column_major": chain(right, order="F"),
        "dense.bias_forgotten": [*chain(right)[:3], dense(chain(right)[2], w, 0)],
    }


def means(variant: dict[str, Any]) -> dict[str, list[Grid]]:
    x = np.pad(np.array(variant["input"], dtype=float), 1, constant_values=np.nan)
    windows = [[x[r : r + 3, c : c + 3] for c in (0, 2, 4)] for r in (0, 2, 4)]
    return {
        "mean.padding_counted": [np.array([[np.nansum(one) / 9 for one in row] for row in windows])],
        "mean.not_divided": [np.array([[np.nansum(one) for one in row] for row in windows])],
        "rule.max_for_mean": [np.array([[np.nanmax(one) for one in row] for row in windows])],
        "output.transposed": [np.array([[np.nanmean(one) for one in row] for row in windows]).T],
    }


def text(parts: list[Grid], places: int) -> str:
    """As a student writes them, rounded to so many decimals."""
    rows = [[[f"{n:.{places}f}" for n in row] for row in np.atleast_2d(part)] for part in parts]
    return "\n---\n".join("\n".join(" ".join(row) for row in part) for part in rows)


@pytest.mark.parametrize(("lesson", "made"), [(CHAIN, by_mistake), (THIRDS, means)], ids=["chain", "thirds"])
def test_grading_names_what_the_proof_promises(lesson: str, made: Any, tmp_path: Path) -> None:
    (tmp_path / "lesson.yaml").write_text(lesson)
    make([tmp_path / "lesson.yaml"], tmp_path / "w", Order(6, 3, ("md",)))
    variants = json.loads((tmp_path / "w" / "manifest.json").read_text())["variants"]
    rows, due = [], {}
    for variant in variants:
        for code, parts in made(variant).items():
            for places in (2, 3):
                name = f"{variant['id']} {code} {places}"
                rows.append({"student": name, "variant": variant["id"], "answer": text(parts, places)})
                due[name] = code if code in variant["told_apart"] else None
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    grade(tmp_path / "w", tmp_path / "a.jsonl", [tmp_path / "r.csv"])
    report = (tmp_path / "r.csv").read_text().splitlines()
    head = report[0].split(",")
    place = head.index("diagnosis")
    found = {line.split(",")[0]: line.split(",")[place] for line in report[1:]}
    promised = [name for name, code in due.items() if code]
    assert len({due[name] for name in promised}) >= 4
    for name in promised:
        codes = set(re.split(r"[+|; ]+", found[name])) - {""}
        assert codes == {due[name]}, name


def test_what_could_as_well_be_a_slip_is_not_promised(tmp_path: Path) -> None:
    """In the one number of a dense layer, a forgotten bias looks like any term left out."""
    (tmp_path / "chain.yaml").write_text(CHAIN)
    done = run("worksheet", str(tmp_path / "chain.yaml"), "--variants", "3", "-o", str(tmp_path / "w"))
    assert done.status == 0, done.err
    assert "conv.bias_forgotten" in done.out
    assert "dense.bias_forgotten" not in done.out
    assert load_assignment(tmp_path / "w").variants == ("v01", "v02", "v03")


def test_what_mistakes_give_is_kept_for_every_part_of_a_training_step() -> None:
    """Nine parts are asked for in turn; a memory of fewer would work each of them out again for every answer."""
    [exercise] = load_assignment(Path("examples/worksheet-training-step.yaml")).exercises.values()
    for _again in range(2):
        before = wrong_results.cache_info().misses
        for marker in exercise.markers:
            wrong_results(marker.layer)
    assert len(exercise.markers) == 9
    assert wrong_results.cache_info().misses == before
