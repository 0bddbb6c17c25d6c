"""The cells of what is asked for, laid out as a person sees them."""

from __future__ import annotations

import stepwise as sw
from stepwise.exercises.grids import grids
from stepwise.marking.asked import asked


def test_sizes_and_padding_that_are_asked_for_are_a_line_of_numbers_and_no_channels() -> None:
    pool = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
    assert [(grid.channel, grid.rows) for grid in grids(asked(pool, "sizes"))] == [("", ((0, 1),))]
    assert [(grid.channel, grid.rows) for grid in grids(asked(pool, "padding"))] == [("", ((0, 1, 2, 3),))]
