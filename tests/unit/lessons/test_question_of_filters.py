"""What is asked of a convolution: every input that a filter sees is drawn, and drawn once; and what mistakes give."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import stepwise as sw
from stepwise.document.blocks import Scene, Table
from stepwise.document.inline import Code, unmarked


@pytest.mark.parametrize(
    ("call", "shape", "inputs", "kernels"),
    [
        ("Conv2d(1, 3, 2)", (1, 3, 3), 1, 3),
        ("Conv2d(2, 3, 2)", (2, 3, 3), 2, 6),
        ("Conv2d(3, 1, 2)", (3, 3, 3), 3, 3),
        ("Conv2d(4, 2, 2, groups=2)", (4, 3, 3), 4, 4),
        ("Conv2d(2, 2, 2, groups=2)", (2, 3, 3), 2, 2),
        ("ConvTranspose2d(2, 3, 2)", (2, 3, 3), 2, 6),
    ],
)
def test_each_input_stands_once(call: str, shape: tuple[int, ...], inputs: int, kernels: int) -> None:
    trace = sw.trace(call, np.arange(np.prod(shape)).reshape(shape))
    [asked] = [section for section in trace.lesson().sections if section.part == "question"]
    scenes = [block for block in asked.blocks if isinstance(block, Scene)]
    found = Counter((m.kind, m.caption, m.rows) for scene in scenes for m in scene.matrices)
    kinds = Counter(kind for (kind, caption, _rows) in found if caption != "bias")
    assert (kinds["input"], kinds["kernel"]) == (inputs, kernels)
    assert all(count == 1 for (kind, *_rest), count in found.items() if kind == "input")
    for scene in scenes:  # an arrow ends every row that asks for something
        assert [s for s, m in scene.signed if m.kind == "output"] in ([], ["→"])


def test_what_mistakes_give_in_letters_can_be_typed_in() -> None:
    lesson = sw.trace("Conv2D(1, 2)", "a b c; d e f; g h i", kernel=[[1, -1], [0, 2]]).lesson()
    [table] = [b for s in lesson.sections if s.part == "mistakes" for b in s.blocks if isinstance(b, Table)]
    grids = [part.text for row in table.rows for part in row[0] if isinstance(part, Code)]
    assert grids
    assert all(len(line.split()) == len(grid.split("; ")) for grid in grids for line in grid.split("; "))


def test_what_mistakes_give_has_a_true_minus() -> None:
    lesson = sw.trace("Conv2D(1, 3)", np.arange(49).reshape(7, 7) % 5 - 2, kernel=np.eye(3) - 2).lesson()
    [table] = [b for s in lesson.sections if s.part == "mistakes" for b in s.blocks if isinstance(b, Table)]
    told = [unmarked(row[0]) for row in table.rows if not any(isinstance(part, Code) for part in row[0])]
    assert any("−" in words for words in told)
    assert not any("-" in words for words in told)
