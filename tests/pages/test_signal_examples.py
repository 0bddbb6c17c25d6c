"""The handouts on images and signals: they work out what NumPy says, and their commands do what they promise."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import stepwise as sw
from stepwise.cli import group
from stepwise.document.blocks import Figure
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.traces.trace import Trace

EXAMPLES = Path(__file__).parents[2] / "examples"
HANDOUTS = ("sobel", "flip", "modes", "median", "box")


def traced(name: str) -> Trace:
    return load_lesson_file(EXAMPLES / f"worksheet-{name}.yaml").traced()


def slid(padded: Any, kernel: Any) -> Any:
    """A kernel laid on every place of an array, by sums of whole shifted arrays."""
    rows, columns = (n - k + 1 for n, k in zip(padded.shape, kernel.shape))
    return sum(kernel[i, j] * padded[i : i + rows, j : j + columns] for i, j in np.ndindex(kernel.shape))


def test_sobel_is_0_in_flat_parts_and_large_at_the_edge() -> None:
    output = traced("sobel").output
    image = np.repeat([[0, 0, 0, 8, 8, 8]], 4, axis=0)
    assert output.tolist() == slid(np.pad(image, 1, mode="reflect"), ACROSS).tolist() == [[0, 0, 32, 32, 0, 0]] * 4


def test_the_edges_of_a_square_are_as_strong_on_every_side_and_the_lesson_ends_with_them() -> None:
    lesson = load_lesson_file(EXAMPLES / "sobel-edges.yaml")
    trace, image = lesson.traced(), np.zeros((8, 8))
    image[2:6, 2:6] = 9
    padded = np.pad(image, 1, mode="reflect")
    across, down = (slid(padded, kernel) for kernel in (ACROSS, ACROSS.T))
    np.testing.assert_allclose(trace.output, np.sqrt(across**2 + down**2))
    trace.verify()
    maps = [block for block in lesson.lesson().sections[0].blocks if isinstance(block, Figure)]
    np.testing.assert_allclose(maps[-1].maps[0].rows, trace.output)


ACROSS = np.outer([1, 2, 1], [-1, 0, 1])


def test_the_single_numbers_become_copies_of_the_kernel() -> None:
    kernel, due = np.arange(1, 10).reshape(3, 3), np.zeros((7, 7), dtype=int)
    due[1:4, 1:4] += kernel
    due[3:6, 4:7] += 2 * kernel
    assert traced("flip").output.tolist() == due[1:6, 1:6].tolist()


def test_full_is_what_numpy_gives_and_the_others_are_parts_of_it() -> None:
    lesson = load_lesson_file(EXAMPLES / "worksheet-modes.yaml")
    full = lesson.traced().output
    assert full.tolist() == np.convolve([1, 3, 2, 0, 4], [1, 2, -1]).tolist()
    stage = next(section.stage for section in lesson.lesson().everything if section.stage is not None)
    assert [one.output.tolist() for one in stage.alternatives] == [full[1:-1].tolist(), full[2:-2].tolist()]


def test_a_median_takes_the_grains_away_and_a_gaussian_does_not() -> None:
    assert traced("median").output.tolist() == [[2, 2, 2, 8, 8, 8]] * 4
    blurred = sw.trace(
        "ndimage.gaussian_filter(x, sigma=0.8, radius=1)", traced("median").parents["input"].inputs["input"]
    )
    assert 2 < blurred.output[0, 0] < 9
    assert blurred.output[1, 1] > 3


def test_two_passes_give_the_mean_of_every_neighbourhood() -> None:
    trace = traced("box")
    given: Any = 9 * np.array([[3, 0, 1, 2], [1, 2, 0, 3], [2, 3, 1, 0], [0, 1, 2, 3]])
    due = slid(np.pad(given, 1, mode="symmetric"), np.ones((3, 3))) / 9
    np.testing.assert_allclose(trace.output.astype(float), due)


@pytest.mark.parametrize("name", HANDOUTS)
def test_the_commands_beside_it_work(name: str, tmp_path: Path) -> None:
    lines = (EXAMPLES / f"worksheet-{name}.yaml").read_text("utf-8").replace(" \\\n#", "").splitlines()
    commands = [shlex.split(line.removeprefix("#"))[1:] for line in lines if line.startswith("#   stepwise")]
    assert len(commands) >= 2
    for number, command in enumerate(commands):
        command = [str(EXAMPLES.parent / word) if word.startswith("examples/") else word for word in command]
        if "-o" in command:
            at = command.index("-o") + 1
            command[at] = str(tmp_path / f"{number}-{command[at]}")
        command = ["md" if word == "pdf" else "3" if word == "30" else word for word in command]
        found = CliRunner().invoke(group, command)
        assert found.exit_code == 0, found.output
        if command[0] == "prove":
            assert "All 16 cells agree" in Path(command[at]).read_text("utf-8")
