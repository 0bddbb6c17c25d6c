"""The network page: every reason it gives is Python's, and its reader gets into any layer and back."""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.traces import chain

HERE = Path(__file__).parent
ASK = (HERE / "network.js").read_text(encoding="utf-8")
NETWORKS = runpy.run_path(str(HERE / "networks.py"))["NETWORKS"]
NUMBERS, PIXELS, NAMED = 24, 4, 8


def written(trace: sw.Trace, folder: Path) -> str:
    file = folder / "network.html"
    file.write_text(trace.lesson().html(), "utf-8")
    return file.as_uri()


def some(trace: sw.Trace, chosen: random.Random) -> list[tuple[int, tuple[int, ...]]]:
    """Numbers of every layer, the largest and others: each its layer (from 1) and its index."""
    layers = list(enumerate(chain(trace), 1))
    asked = [(n, layer.steps[layer.largest].index) for n, layer in layers]
    while len(asked) < NUMBERS:
        n, layer = chosen.choice(layers)
        asked.append((n, tuple(chosen.randrange(size) for size in layer.shape)))
    return asked


def near(a: float, b: float, size: float) -> bool:
    return (a != a and b != b) or abs(a - b) <= 2e-5 * max(size, 1e-3)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_reason_is_pythons(name: str, visit: Any, tmp_path: Path) -> None:
    trace = NETWORKS[name]()
    layers = chain(trace)
    chosen = random.Random(7)
    asked = some(trace, chosen)
    source = trace.why(tuple(0 for _ in trace.shape)).source
    pixels = [tuple(chosen.randrange(size) for size in source.shape) for _ in range(PIXELS)]
    opened = visit(written(trace, tmp_path))
    page = opened.page
    page.wait_for_selector(".network.live")
    told = page.evaluate(ASK, [asked, pixels])
    numbers = {id(layer): n for n, layer in enumerate(layers, 1)}
    for (n, index), found in zip(asked, told["found"]):
        layer = layers[n - 1]
        why, where = layer.why(index), f"{name}, layer {n} {index}"
        below = {key: numbers[id(parent)] for key, parent in layer.parents.items()}
        due = [
            (f"{below.get(s.input, 0)}:{np.ravel_multi_index(s.index, layer.inputs[s.input].shape)}", float(s.amount))
            for s in why.largest(NAMED)
        ]
        assert [place for place, _ in found["shares"]] == [place for place, _ in due], where
        size = sum(abs(amount) for amount in (float(why.explained), *dict(due).values()) if amount == amount)
        assert all(near(a, b, size) for (_, a), (_, b) in zip(found["shares"], due)), where
        rest, count = why.others(NAMED)
        assert found["rest"][0] == count, where
        assert near(found["rest"][1], float(rest), size), where
        spread = float(np.nansum(np.abs(why.contributions))) + size
        assert near(found["total"], float(why.contributions.sum()), spread), where
        assert near(found["left"], float(why.rest), spread), where
        assert found["field"] == [end for span in why.field for end in span], where
    for at, counts in zip(pixels, told["touched"]):
        due_counts = [int(mask.sum()) for _, mask in trace.touched(at).layers]
        assert counts == due_counts, f"{name}, pixel {at}"
    assert opened.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in opened.requests)
