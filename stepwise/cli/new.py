"""`stepwise new`"""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import FileError, StepwiseError, did_you_mean, listing
from ..io.whole import write_whole
from .options import FILE, among
from .telling import say

INPUT = {
    "2": "[[4, 3], [2, 1]]",
    "3": "[[1, 0, 2], [0, 3, 1], [2, 1, 0]]",
    "4": "\n  - [1, 1, 2, 4]\n  - [5, 6, 7, 8]\n  - [3, 2, 1, 0]\n  - [1, 2, 3, 4]",
}
KINDS = {
    "pooling": ("Max pooling by hand", "4", '- MaxPool2D(pool_size=2, strides=2, padding="valid")', ""),
    "convolution": (
        "Convolution by hand",
        "3",
        "- Conv2D(1, 2)                # 1 filter, a 2×2 window\n  - ReLU()",
        """
# One entry for each layer. Without a bias it is 0; without weights:, small whole numbers are drawn, by seed:.
weights:
  - {kernel: [[1, 0], [0, 1]], bias: [-1]}
""",
    ),
    "worksheet": (
        "Max pooling with SAME",
        "3",
        '- MaxPool2D(2, strides=1, padding="same")',
        """
worksheet:
  blank: [output, padding]      # also sizes, formula, steps
  instructions: |               # in Markdown
    Mark the padding in the input **first**.
  room: 3                       # empty lines to write on
  variants:                     # the numbers of each sheet, with --variants 30
    input: {integers: {low: -9, high: 9}}       # or decimals, fractions, edges, crop
    demand: {no_ties: true}     # also every_side, distinct, results, whole
""",
    ),
    "compare": ("VALID or SAME?", "2", '- MaxPool2D(2, strides=1)\n  - MaxPool2D(2, strides=1, padding="same")', ""),
}
LESSON = """\
# A lesson for stepwise. To see it while you write:  stepwise preview {name}
{sheets}stepwise: 1
title: {title}

# Rows of numbers; or {{file: numbers.csv}} beside this file; or {{random: {{shape: [4, 4], low: 0, high: 9}}}}.
input: {input}

# {about}
{key}:
  {calls}
{weights}
show:
  steps: auto                   # the windows that are told: auto, all or none
{practice}"""
SHEETS = "# To make sheets and keys of it:  stepwise worksheet {name} --variants 30 --to pdf -o handout\n"
PRACTICE = """\
  practice: false               # true: on a page, the reader works the outputs out

marking:
  tolerance: relabs             # right within 1 %; or exact; or sigfig, decdig, with digits: 2
  score: cells                  # what earns: cells, rows, or all
  reveal: working               # what a student is told: nothing, cells, diagnosis or working
  points: {points}                     # what the whole is worth
"""


@click.command(
    name="new",
    epilog="""\b
Examples:
  stepwise new pooling.yaml
  stepwise new --kind convolution convolution.yaml
  stepwise new --kind worksheet sheet.yaml
  stepwise new --kind compare - | stepwise explain -""",
)
@click.argument("file", metavar="FILE.yaml | -", type=FILE)
@click.option(
    "--kind",
    default="pooling",
    metavar="|".join(KINDS),
    help="What the lesson is about.",
    show_default=True,
    shell_complete=among(KINDS),
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def command(file: str, kind: str, force: bool) -> None:
    """Write a lesson file to start from, with a comment beside everything that can be changed.

    It is a lesson as it stands; - prints it.
    """
    if kind not in KINDS:
        raise StepwiseError(f"--kind {kind!r} is not known; it is {listing(KINDS)}.{did_you_mean(kind, KINDS)}")
    if file != "-" and Path(file).suffix not in (".yaml", ".yml"):
        raise FileError(f"a lesson file ends in .yaml; name it {Path(file).stem or 'lesson'}.yaml, not {file}")
    text = lesson(kind, file if file != "-" else "lesson.yaml")
    if file == "-":
        click.echo(text, nl=False)
        return
    written = write_whole(file, text, replace=force)
    say(f"wrote {written}; see it with: stepwise preview {written}")


def lesson(kind: str, name: str) -> str:
    """A lesson file of a kind, with its comments."""
    title, size, calls, weights = KINDS[kind]
    compared = kind == "compare"
    return LESSON.format(
        name=Path(name).name,
        sheets=SHEETS.format(name=Path(name).name) if kind == "worksheet" else "",
        title=title,
        input=INPUT[size],
        key="compare" if compared else "layers",
        about="Two calls on the same input." if compared else "Layers as Keras, PyTorch or ONNX write them, in order.",
        calls=calls,
        weights=weights,
        practice="" if compared else PRACTICE.format(points=9 if kind == "worksheet" else 1),
    )
