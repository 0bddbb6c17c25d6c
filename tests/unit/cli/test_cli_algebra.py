"""The command line over letters and exact numbers: explain, shape and prove, and every mistake in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwise.algebra.receptive import receptive_fields
from stepwise.cli.shape import _forwards
from stepwise.dialects.tracing import understood
from tests.command import run


def flat(text: str) -> str:
    return " ".join(text.split())


# ── explain


def test_explain_with_letters() -> None:
    done = run("explain", "MaxPool2D(2)", "--input", "a b; c d")
    assert done.status == 0
    assert "max(a, b, c, d)" in done.out
    assert "a, b, c and d stand for any numbers." in flat(done.out)
    done = run("explain", "MaxPool2D(2)", "--input", "a b; c 0", "--assume", "a=positive, b=-5..-1, c=negative")
    assert "= a" in done.out
    assert "b stands for a number from -5 to -1" in flat(done.out)


def test_explain_with_a_kernel_and_a_bias_of_letters() -> None:
    done = run("explain", "Conv2D(1, 2)", "--input", "1 2; 3 4", "--kernel", "p q; r s", "--bias", "t")
    assert done.status == 0
    assert "1·p + 2·q + 3·r + 4·s + t" in done.out


def test_explain_exactly() -> None:
    done = run("explain", "AveragePooling2D(2)", "--input", "1 1; 5 6", "--arithmetic", "exact")
    assert "13/4 = 3.25" in done.out
    assert "3.25" in run("explain", "AveragePooling2D(2)", "--input", "1 1; 5 6").out
    done = run("explain", "Activation('sigmoid')", "--input", "2", "--arithmetic", "exact", "--to", "md")
    assert r"\approx 0.881" in done.out


def test_explain_a_matrix() -> None:
    done = run("explain", "Conv2D(1, 2)", "--input", "a b c; d e f", "--kernel", "1 2; 3 4", "--matrix")
    assert done.status == 0
    assert "│ 1   2   0   3   4   0 │" in done.out
    assert "The same as one matrix" not in run("explain", "Conv2D(1, 2)", "--input", "1 2; 3 4").out


def test_a_lesson_file_may_show_the_matrix(tmp_path: Path) -> None:
    lesson = tmp_path / "m.yaml"
    lesson.write_text(
        "stepwise: 1\ninput: 1 2 3; 4 5 6\nlayers: ['Conv2D(1, 2)', ReLU()]\nweights: [{kernel: [[1, 2], [3, 4]]}]\n"
        "show: {matrix: true}\n"
    )
    assert "│ 1   2   0   3   4   0 │" in run("explain", str(lesson)).out
    for text, message in [
        ("stepwise: 1\ninput: 1 2; 3 4\nlayers: [MaxPool2D(2)]\nshow: {matrix: true}", "no matrix does what it does"),
        ("stepwise: 1\ninput: 1 2; 3 4\nlayers: ['Conv2D(1, 2)']\nshow: {matrix: 1}", "line 4: found matrix: 1"),
        (
            "stepwise: 1\ninput: 1 2; 3 4\ncompare: ['Conv2D(1, 2)', 'Conv2D(1, 2)']\nshow: {matrix: true}",
            "beside compare:",
        ),
    ]:
        lesson.write_text(text)
        done = run("explain", str(lesson))
        assert done.status == 2
        assert message in done.err


# ── shape


def test_shape_with_letters() -> None:
    calls = ("Conv2D(8, 3, strides=2, padding='same')", "MaxPool2D(2)")
    done = run("shape", *calls, "--input-shape", "n,n,1", "--assume", "n even")
    assert done.status == 0
    assert "n × n × 1 → (n / 2) × (n / 2) × 8 → ⌊n / 4⌋ × ⌊n / 4⌋ × 8" in flat(done.out)
    assert "⌈n / 2⌉ = n / 2" in done.out
    assert "3 + (2 - 1)·2 = 5" in done.out
    done = run("shape", *calls, "--input-shape", "n,n,1", "--assume", "n divisible by 4", "--to", "md")
    assert r"\frac{n}{4}" in done.out
    assert "r' = r + " in done.out
    assert run("shape", "MaxPool2D(2)", "--input-shape", "n,m,3").out.count("⌊m / 2⌋") >= 2


def test_shape_backwards() -> None:
    done = run("shape", "--from", "28", "--to", "14", "--dialect", "torch", "--window", "3", "--stride", "2")
    assert done.status == 0
    assert "nn.Conv2d(1, 1, 3, stride=2, padding=1)" in done.out
    assert "⌊(28 + 2 - 3) / 2⌋ + 1 = 14" in flat(done.out)
    assert "MaxPool2D(2, strides=2)" in run("shape", "--from", "28", "--to", "14", "--layer", "pool").out
    assert "auto_pad" in run("shape", "--from", "28", "--to", "14", "--dialect", "onnx").out
    none = run("shape", "--from", "28", "--to", "27", "--window", "1", "--stride", "1", "--padding", "0")
    assert none.status == 0
    assert "0 layers" in none.out or "No " in none.out or "no " in none.out


# ── prove


@pytest.mark.parametrize(
    ("a", "b", "shape", "status", "title"),
    [
        ("MaxPool2D(2), MaxPool2D(2)", "MaxPool2D(4)", "8,8", 0, "The same function"),
        ("AveragePooling2D(2)", "Conv2D(1, 2, strides=2)", "4,4", 0, "1/4   1/4"),
        ("ReLU(), AveragePooling2D(2)", "AveragePooling2D(2), ReLU()", "2,2", 1, "Not the same function"),
        ("MaxPool2D(2)", "MaxPool2D(3)", "6x6", 1, "3 × 3 and 2 × 2"),
        ("nn.MaxPool2d(2)", "MaxPool2D(2)", "1,80,80", 2, "Undecided"),
    ],
)
def test_prove(a: str, b: str, shape: str, status: int, title: str) -> None:
    done = run("prove", a, b, "--input-shape", shape)
    assert done.status == status
    assert title in done.out
    assert not done.err


ORDER = ("Conv2D(1, 2), ReLU()", "ReLU(), Conv2D(1, 2)")
"""Alike for a kernel of nothing but 0, and for most others not."""


def test_prove_says_that_weights_are_missing_where_they_decide_it() -> None:
    """With a kernel of 0 both give 0 and the orders are alike; with others they are not."""
    done = run("prove", *ORDER, "--input-shape", "3,3")
    assert done.status == 2
    assert "Weights are missing" in done.out
    assert "--kernel" in done.out
    assert "Not the same" not in done.out
    for kernel, status, title in (("0 0; 0 0", 0, "The same function"), ("1 0; 0 1", 1, "Not the same function")):
        settled = run("prove", *ORDER, "--input-shape", "3,3", "--kernel", kernel)
        assert (settled.status, title in settled.out) == (status, True)
        assert "missing" not in settled.out
        assert "--kernel" not in settled.out
    both = run(
        "prove", "Conv2D(1, 2)", "nn.Conv2d(1, 1, 2)", "--input-shape", "3,3", "--kernel", "1 2; 3 4", "--bias", "5"
    )
    assert both.status == 0
    never = run("prove", "MaxPool2D(2)", "Conv2D(1, 2, strides=2)", "--input-shape", "4,4")
    assert (never.status, "No weights make the two agree" in never.out) == (1, True)


def test_prove_a_transposed_convolution() -> None:
    done = run("prove", "Conv2DTranspose(1, 2)", "Conv2D(1, 2)", "--transposed", "--input-shape", "2,2")
    assert done.status == 0
    assert "transpose of Conv2D(1, 2)" in done.out


def test_prove_writes_a_page(tmp_path: Path) -> None:
    page = tmp_path / "proof.html"
    done = run("prove", "MaxPool2D(2), ReLU()", "ReLU(), MaxPool2D(2)", "--input-shape", "4,4", "-o", str(page))
    assert done.status == 0
    assert "All 4 cells agree" in page.read_text(encoding="utf-8")


# ── mistakes

EXPLAIN = ("explain", "MaxPool2D(2)", "--input")
SHAPE = ("shape", "MaxPool2D(2)", "--input-shape")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*EXPLAIN, "a b; c lambda"), "'lambda'"),
        ((*EXPLAIN, "a+b 1; 2 3"), "'a+b'"),
        ((*EXPLAIN, "a b; c d", "--assume", "positve"), "Did you mean positive?"),
        ((*EXPLAIN, "a b; c d", "--assume", "a="), "a=positive, b=0..255"),
        ((*EXPLAIN, "a b; c d", "--assume", "9..0"), "empty"),
        ((*EXPLAIN, "a b; c d", "--arithmetic", "float"), "has letters"),
        ((*EXPLAIN, "1 2; 3 4", "--arithmetic", "exakt"), "Did you mean exact?"),
        ((*EXPLAIN, "nan 2; 3 4", "--arithmetic", "exact"), "arithmetic='float'"),
        ((*EXPLAIN, "1/0 2; 3 4"), "divides by zero"),
        ((*EXPLAIN, "1 2; 3 4", "--matrix"), "no matrix does what it does"),
        (("explain", "x.yaml", "--matrix"), "show: {matrix: true}"),
        ((*SHAPE, "n,n-1"), "'n,n-1'"),
        ((*SHAPE, "n,n", "--assume", "n evn"), "n even"),
        ((*SHAPE, "n,n", "--assume", "n divisible by 0"), "n divisible by 4"),
        (("shape", "MaxPool2D(9)", "--input-shape", "4,n"), "a window that spans 9 does not fit into 4"),
        (("shape", "MaxPool2D(9)", "--input-shape", "4,n,1"), "take a smaller window"),
        (("shape", "nn.Conv2d(3, 8, 3)", "--input-shape", "5,28,28"), "expects 3 channels"),
        (("shape", "nn.Conv2d(3, 8, 3)", "--input-shape", "4,n,n"), "expects 3 channels"),
        (("shape", "nn.Linear(10, 2)", "--input-shape", "1,5"), "expects 10 features"),
        ((*SHAPE, "n,n,1", "--assume", "m even"), "assumed of m"),
        (("explain", "Dropout(2)", "--input", "1 2; 3 4"), "must be at most 1"),
        (("shape", "--from", "28"), "one size --from, one --to"),
        (("shape", "--from", "0", "--to", "14"), "whole number from 1"),
        (("shape", "--from", "28", "--to", "14", "--dialect", "tourch"), "keras, torch or onnx"),
        (("shape", "--from", "28", "--to", "14", "--window", "99999"), "candidates"),
        (("shape", "--from", "28", "--to", "14", "--layer", "dense"), "conv, pool or transposed"),
        (("prove", "MaxPool2D(2)", "MaxPol2D(2)", "--input-shape", "4,4"), "MaxPool2D"),
        (("prove", "MaxPool2D(2)", "MaxPool2D(2)", "--input-shape", "n,n"), "whole numbers"),
        (("prove", "MaxPool2D(2)", "MaxPool2D(2)", "--input-shape", "1,1"), "does not fit"),
        (("prove", "ReLU()", "ReLU()", "--input-shape", "2,2", "--kernel", "1"), "neither side has weights"),
        (("prove", "Dense(1), Dense(1)", "Dense(1)", "--input-shape", "2,2", "--bias", "1"), "2 layers with weights"),
        (("prove", "MaxPool2D(2)", "--input-shape", "4,4"), "CALL"),
        (("prove", "ReLU()", "MaxPool2D(2), ReLU()", "--transposed", "--input-shape", "2,2"), "single layer"),
        (("prove", "ReLU()", "MaxPool2D(1)", "--transposed", "--input-shape", "2,2"), "not a convolution"),
    ],
    ids=lambda case: " ".join(case)[:60] if isinstance(case, tuple) else None,
)
def test_a_mistake_is_one_sentence(words: tuple[str, ...], message: str) -> None:
    done = run(*words)
    assert done.status == 2, done.out
    assert done.out == ""
    assert done.err.startswith("stepwise: ")
    assert done.err.count("\n") == 1
    assert message in done.err
    assert "Traceback" not in done.err


def test_numbers_from_files_may_be_letters_too(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,1/3\n2,0.5\n")
    (tmp_path / "x.json").write_text(json.dumps([["a", "1/3"], [2, 0.5]]))
    np.save(tmp_path / "x.npy", np.array([[1, 2], [2, 1]]))
    for name in ("x.csv", "x.json"):
        done = run("explain", "MaxPool2D(2)", "--input", str(tmp_path / name))
        assert "max(2, a)" in done.out, done.err
    done = run("explain", "AveragePooling2D(2)", "--input", str(tmp_path / "x.npy"), "--arithmetic", "exact")
    assert "3/2 = 1.5" in done.out


@pytest.mark.parametrize(
    ("calls", "shape", "fields"),
    [
        ("Conv2D(4, 3), Flatten()", (8, 8, 1), [3, 3]),
        ("Conv2D(4, 3), Flatten(), Dense(2)", (8, 8, 1), [3, 3, None]),
        ("Conv2D(4, 3), Softmax()", (8, 8, 1), [3, 3]),
        ("Conv2D(4, 3), Dense(2)", (8, 8, 1), [3, 3]),
        ("Conv2D(4, 3), Softmax(axis=1)", (1, 8, 8, 1), [3, None]),
        ("nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten()", (1, 1, 8, 8), [3, 3, 3]),
        ("nn.MaxPool2d(2), nn.Softmax(dim=1)", (1, 2, 8, 8), [2, 2]),
    ],
)
def test_receptive_fields_are_what_a_cell_of_the_input_touches(
    calls: str, shape: tuple[int, ...], fields: list[int | None]
) -> None:
    """A second route: mark every cell of one row, and count the rows that reach one output cell of the layer."""
    layers = understood(calls)
    found = receptive_fields(layers, [0] * len(layers))
    assert [field.field for field in found] == fields
    rows = shape.index(8)
    for number, field in enumerate(fields):
        trace: Any = np.zeros(shape)
        for layer in layers[: number + 1]:
            trace = layer(trace)
        reached = 0
        for row in range(8):
            touched = False
            for column in range(8):
                place = tuple(row if a == rows else column if a == rows + 1 else 0 for a in range(len(shape)))
                touched |= bool(trace.touched(place).layers[-1][1].flat[0])
            reached += touched
        assert reached == (8 if field is None else field)


@pytest.mark.parametrize("call", ["nn.MaxPool2d(2, ceil_mode=True)", "nn.AvgPool2d(2)", "nn.Conv2d(1, 1, 3, stride=3)"])
def test_rounding_is_said_to_be_gone_only_where_it_is(call: str) -> None:
    told = _forwards(understood(call), (1, 1, "n", "n"), ["n odd"]).text()
    assert ("without rounding" in told) is ("stride=3" not in call)
    assert "what is rounded is whole" not in told
