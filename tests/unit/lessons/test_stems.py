"""A signal drawn as stems, with the turned kernel sliding along; told as a table by every format but the page."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pytest

import stepwise as sw
from stepwise.document.blocks import Table

MODES: tuple[Literal["full", "same", "valid"], ...] = ("full", "same", "valid")
X, K = [1, 3, 2, 0, -4], [1, 2, -1]


def drawn(trace: sw.Trace) -> list[Table]:
    blocks = [block for section in trace.lesson().everything for block in section.blocks]
    return [block for block in blocks if isinstance(block, Table) and block.drawn == "stems"]


@pytest.mark.parametrize("mode", MODES)
def test_each_row_is_the_kernel_where_it_lies_and_gives_its_sum(mode: Literal["full", "same", "valid"]) -> None:
    trace = sw.trace(f"np.convolve(x, k, {mode!r})", X, kernel=K)
    [table] = drawn(trace)
    cells = [[text[0] if text else "" for text in row[1:-1]] for row in table.rows]
    numbers = [[float(str(cell).replace("−", "-") or "nan") for cell in row] for row in cells]
    signal, *kernels = np.array(numbers)
    for row, laid in zip(table.rows[1:], kernels, strict=True):
        assert [n for n in laid if n == n] == K[::-1]  # turned, and all of it
        due = np.nansum(signal * laid)
        assert row[-1] == (f"{due:g}".replace("-", "−"),)
        assert due in np.convolve(X, K, mode)
    assert signal[signal != 0].tolist() == [1, 3, 2, -4]


def test_the_longest_stem_of_each_row_has_a_share_of_one() -> None:
    [table] = drawn(sw.trace("np.correlate(x, k)", X, kernel=K))
    assert [max(abs(share) for share in shares) for shares in table.shares] == [1.0] * len(table.rows)
    assert table.shares[0][4] == -1.0  # −4, which points down


def test_a_page_draws_a_stem_over_every_number() -> None:
    trace = sw.trace("np.convolve(x, k)", X, kernel=K)
    [table] = drawn(trace)
    html = trace.lesson().html()
    [picture] = re.findall(r"<table class=stems>.*?</table>", html, re.S)
    assert picture.count("<svg") == sum(bool(text) and text != ("",) for row in table.rows for text in row[1:-1])
    assert ".stems" in html


@pytest.mark.parametrize(
    ("call", "x", "kernel"),
    [
        ("scipy.signal.convolve2d(x, k)", [X, X], [K]),
        ("Conv1D(1, 3)", X, K),
        ("np.convolve(x, k)", list(range(60)), K),
    ],
)
def test_images_networks_and_long_signals_are_not_drawn_so(call: str, x: object, kernel: object) -> None:
    assert not drawn(sw.trace(call, x, kernel=kernel))
    assert ".stems" not in sw.trace(call, x, kernel=kernel).lesson().html()
