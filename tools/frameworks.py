"""Where Keras, PyTorch and ONNX give different answers to the same question: the table in docs/frameworks.md.

Each row is a call, carried out; `python -m tools.frameworks` writes the table, and a test fails where the page says
another. That the calls give what the frameworks give is held by the facts in `tests/golden`.
To add a row: a line in `QUESTIONS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.errors import StepwiseError

PAGE = Path(__file__).parent.parent / "docs" / "frameworks.md"
BEGIN, END = "<!-- the table: python -m tools.frameworks -->\n", "<!-- its end -->\n"
SIXTEEN = [[4 * row + column for column in range(4)] for row in range(4)]
EIGHT = [[8]]
TWO = [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]  # channel, row, column


@dataclass(frozen=True)
class Question:
    """The same question to all three: what is asked, of which input, in whose words."""

    asked: str
    input: Any
    keras: str
    torch: str
    onnx: str


QUESTIONS = (
    Question(
        "The stride, where none is given",
        SIXTEEN,
        "MaxPool2D(2)",
        "nn.MaxPool2d(2)",
        "MaxPool(kernel_shape=[2, 2])",
    ),
    Question(
        "One line of padding around 0…15, a window of 3, a stride of 2",
        SIXTEEN,
        "MaxPool2D(3, strides=2, padding='same')",
        "nn.MaxPool2d(3, stride=2, padding=1)",
        "MaxPool(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])",
    ),
    Question(
        "The odd line of SAME, over 0…15",
        SIXTEEN,
        "MaxPool2D(2, strides=1, padding='same')",
        "nn.MaxPool2d(2, stride=1, padding='same')",
        "MaxPool(kernel_shape=[2, 2], auto_pad='SAME_LOWER')",
    ),
    Question(
        "Is padding counted in a mean? Of the number 8",
        EIGHT,
        "AveragePooling2D(2, padding='same')",
        "nn.AvgPool2d(2, stride=2, padding=1)",
        "AveragePool(kernel_shape=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1])",
    ),
    Question(
        "A last window that does not fit, over 1…9",
        [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
        "MaxPool2D(2)",
        "nn.MaxPool2d(2, ceil_mode=True)",
        "MaxPool(kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)",
    ),
    Question(
        "Two 2×2 channels, 1…4 and 5…8, flattened",
        TWO,
        "keras.layers.Flatten()",
        "nn.Flatten()",
        "onnx.Flatten(axis=1)",
    ),
)


def answer(call: str, given: Any) -> str:
    """What a call gives, in a table's cell; a framework that refuses does so in its own words."""
    array = np.asarray(given)
    if "Flatten" in call:  # the same picture, in each one's own layout
        array = np.moveaxis(array, 0, -1)[None] if call.startswith("keras") else array[None]
    try:
        output = sw.trace(call, array).output
    except StepwiseError as error:
        return f"refused: {error}"
    rows = output.reshape(-1, output.shape[-1]) if output.ndim > 1 else output[None]
    return " / ".join(" ".join(f"{value:g}" for value in row) for row in rows)


def table() -> str:
    """The table, as Markdown."""
    lines = ["| question | framework | call | gives |", "|:--|:--|:--|:--|"]
    for question in QUESTIONS:
        asked = question.asked
        for name, call in (("Keras", question.keras), ("PyTorch", question.torch), ("ONNX", question.onnx)):
            lines.append(f"| {asked} | {name} | `{call}` | {answer(call, question.input)} |")
            asked = ""
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
