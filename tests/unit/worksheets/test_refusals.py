"""What a lesson file may not ask of a worksheet: each is one sentence that names what is there and what fits."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from stepwise.errors import StepwiseError
from stepwise.worksheets.sheet import load_sheet
from stepwise.worksheets.workshop import Order, Workshop
from tests.command import run

POOL = "stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n"
CONV = "stepwise: 1\ninput: 4 3; 2 1\nlayers: ['Conv2D(1, 2)']\n"

WORKSHEET = {
    "variants: 3": "found variants: 3, expected keys such as input:",
    "roster: 3": "found roster: 3, expected the name of a file beside the lesson",
    "roster: ../twice.csv": "found roster: '../twice.csv', expected the name of a file beside the lesson",
    "roster: twice.csv": "the roster has 'ana' twice",
    "roster: nobody.csv": "the roster has no student",
    "roster: empty.csv": "the roster has no student",
    "roster: long.csv": "the roster is not a table that can be read",
    "roster: away.csv": "roster: 'away.csv' does not lie in the lesson's own folder",
    "cells: 3": "found cells: 3, expected places in the output",
    "cells: [[a]]": "found cells: [['a']], expected places in the output",
    "blank: [{a: true}]": "found blank: [{a: true}], expected some of output,",
    "instructions: 3": "instructions: are words of Markdown",
    "room: true": "found room: true, expected a number of lines from 0 to 30",
    "name: null": "found name: null, expected true or false",
}
VARIANTS = {
    "demand: 3": "found demand: 3, expected keys such as no_ties: true",
    "demand: {no_tie: true}": "Did you mean no_ties?",
    "demand: {no_ties: strict}": "found no_ties: 'strict' in demand:, expected true or false",
    "demand: {no_ties: {a: null}}": "found no_ties: {a: null} in demand:, expected true or false",
    "demand: {results: [5, 1]}": "found results: [5, 1], expected the smallest and the largest",
    "alike: 3": "found alike: 3, expected true, false, or bounds",
    "alike: {carry: [1, 2]}": "there is no measure 'carry' of difficulty. Did you mean carries?",
    "alike: {carries: [1, true]}": "found carries: [1, true], expected the smallest and the largest",
    "kernel: {integers: }": "draw a kernel, but no layer here has one",
}
DRAWN = {
    "3": "input: takes one of integers, decimals, fractions, edges or crop",
    "{integers: , edges: }": "input: takes one of integers, decimals, fractions, edges or crop",
    "{whole: }": "there is no 'whole' in input:",
    "{integers: 3}": "found integers: 3 in input:, expected keys such as low: and high:",
    "{integers: {lo: 3}}": "Did you mean low?",
    "{integers: {low: true}}": "found low: true in integers:, expected a whole number up to 1,000,000",
    "{integers: {low: 10, high: 3}}": "in integers:, low: 10 is above high: 3",
    "{decimals: {places: 40}}": "found places: 40 in decimals:, expected a number from 0 to 6",
    "{edges: {noise: -1}}": "found noise: -1 in edges:, expected a number from 0 to",
    "{fractions: {denominators: [0]}}": "found denominators: [0], expected whole numbers from 1 to 1000",
    "{integers: {shape: 3}}": "found shape: 3, expected a size for each axis",
    "{integers: {shape: [[5, 3], 3]}}": "found shape: [[5, 3], 3], expected a size for each axis",
    "{integers: {shape: [4000, 4000]}}": "shape: [4000, 4000] has too many cells; at most 4,096",
    "{integers: {shape: [1, 1]}}": "a window of 2 does not fit into 1",
    "{integers: {shape: [[1, 1], [1, 2]]}}": "none of 400 draws",
    "{crop: }": "crop: takes one picture, mnist: or file:",
    "{crop: {mnist: 0, divide: 0}}": "found divide: 0 in crop:, expected a number from 1 to",
    "{crop: {mnist: 77}}": "there is no digit 77",
    "{crop: {file: 3}}": "found file: 3, expected the name of a file beside the lesson",
    "{crop: {file: cube.npy}}": "needs a grey picture of rows and columns; this has the shape (3, 4, 4)",
    "{crop: {file: shares.npy}}": "crop: needs a picture of whole numbers up to 1,000,000",
    "{crop: {file: gap.npy}}": "crop: needs a picture of whole numbers up to 1,000,000",
    "{crop: {file: small.npy, shape: [3, 3]}}": "3×3 is larger than the picture, which has 2×2 pixels; give smaller",
    "{crop: {mnist: 0, shape: [3, 3, 3]}}": "crop: gives rows and columns",
}
REFUSED = (
    {POOL + f"worksheet: {{{asked}}}\n": words for asked, words in WORKSHEET.items()}
    | {POOL + f"worksheet: {{variants: {{{asked}}}}}\n": words for asked, words in VARIANTS.items()}
    | {POOL + f"worksheet: {{variants: {{input: {draw}}}}}\n": words for draw, words in DRAWN.items()}
    | {
        f"stepwise: 1\ninput: {numbers}\nlayers: [ReLU()]\nworksheet: {{blank: output}}\n": "cannot be drawn: they are"
        for numbers in ("a b; c d", "inf 1", "nan 1", "1e30 1", "-2000000 1")
    }
    | {CONV + "worksheet: {variants: {bias: {crop: {mnist: 0}}}}\n": "crop: gives rows and columns"}
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lesson's folder, with files that do not fit."""
    (tmp_path / "twice.csv").write_text("student\nana\nana\n")
    (tmp_path / "nobody.csv").write_text("student\n")
    (tmp_path / "empty.csv").write_text("\n\n")
    (tmp_path / "long.csv").write_text(f'"{"x" * 200_000}"\n')
    (tmp_path / "away.csv").symlink_to("/etc/hosts")
    np.save(tmp_path / "cube.npy", np.zeros((3, 4, 4)))
    np.save(tmp_path / "small.npy", np.arange(4.0).reshape(2, 2))
    np.save(tmp_path / "shares.npy", np.array([[0.5, 0.25], [0.0, 1.0]]))
    np.save(tmp_path / "gap.npy", np.array([[np.nan, 1.0], [0.0, 1.0]]))
    return tmp_path


def test_what_a_worksheet_refuses(folder: Path) -> None:
    place = folder / "lesson.yaml"
    for text, words in REFUSED.items():
        place.write_text(text)
        with pytest.raises(StepwiseError) as told:
            Workshop(load_sheet([place]), Order(variants=8)).find(1)
        assert words in str(told.value), (text, str(told.value))
        assert "True" not in str(told.value), text
        assert "None" not in str(told.value), text


def test_a_size_that_fits_no_window_is_drawn_again(folder: Path) -> None:
    """Of the sizes 1 and 2, a window of 2 takes the second: each variant has it, whichever was drawn first."""
    place = folder / "lesson.yaml"
    shape = "shape: [[1, 2], 2]"
    place.write_text(
        POOL + f"worksheet: {{variants: {{input: {{integers: {{{shape}}}}}, demand: {{discriminating: false}}}}}}"
    )
    shop = Workshop(load_sheet([place]), Order(variants=8))
    found = [shop.find(number)[0] for number in range(1, 9)]
    assert {np.shape(one.numbers["input"]) for one in found} == {(2, 2)}
    assert any(one.attempt for one in found)


def test_a_crop_has_the_axes_that_it_is_drawn_for(folder: Path) -> None:
    """A kernel in Keras's shape, (2, 2, 1, 1), is four pixels, and the output the sum of products."""
    np.save(folder / "small.npy", np.array([[10.0, 20.0], [30.0, 40.0]]))
    place = folder / "lesson.yaml"
    place.write_text(
        CONV
        + "worksheet: {variants: {kernel: {crop: {file: small.npy, divide: 10}}, bias: {integers: {low: 5, high: 5}}, "
        "demand: {discriminating: false}}}\n"
    )
    posed = Workshop(load_sheet([place]), Order(variants=8))
    [found] = posed.find(1)
    assert found.numbers["weights"] == [{"kernel": [[[[1]], [[2]]], [[[3]], [[4]]]], "bias": [5]}]
    assert posed.posed([found])[0][1].trace.output.tolist() == [[4 * 1 + 3 * 2 + 2 * 3 + 1 * 4 + 5]]


def test_two_files_of_one_name_and_folders_that_are_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    Path("lesson.yaml").write_text(POOL)
    Path("other").mkdir()
    shutil.copy("lesson.yaml", "other")
    for arguments, words in {
        ("lesson.yaml", "other/lesson.yaml", "-o", "out"): "two lesson files are called lesson.yaml",
        (*["lesson.yaml"] * 99, "-o", "out"): "99 exercises are too many for one sheet",
        ("lesson.yaml", "-o", ".."): "-o .. has no name of its own",
        ("lesson.yaml", "-o", "twice.csv"): "-o twice.csv is a file; name a folder",
        ("lesson.yaml", "-o", "out", "--fragment"): "--fragment goes with --to tex",
        (
            "lesson.yaml",
            "-o",
            "out",
            "--to",
            "xlsx",
            "--templates",
            "other",
        ): "have no templates; leave",
    }.items():
        done = run("worksheet", *arguments)
        assert (done.status, done.out) == (2, ""), arguments
        assert words in done.err
    assert not Path("out").exists()


def test_a_sheet_of_exact_numbers_has_its_estimate_before_it_is_begun(folder: Path) -> None:
    """Each draw works every cell out by its formula anew: 28 rows of 28 numbers, each made from the 28 of its row."""
    place = folder / "digit.yaml"
    place.write_text("stepwise: 1\nlayers: [LayerNormalization()]\ninput: {mnist: 2}\narithmetic: symbolic\n")
    told = run("worksheet", str(place), "--variants", "200", "--to", "md", "-o", str(folder / "sheet"))
    assert told.status == 2
    assert re.search(r"a sheet that asks for 1 results, in 200 variants, would take about \d+ minutes", told.err)
    assert not (folder / "sheet").exists()
    place.write_text("stepwise: 1\nlayers: [Softmax()]\ninput: 1 2 3; 0 1 2\narithmetic: exact\n")
    assert run("worksheet", str(place), "--variants", "2", "--to", "md", "-o", str(folder / "sheet")).status == 0
