"""The figures of conv_arithmetic (Dumoulin & Visin, arXiv:1603.07285), each made by one command of ours.

What theirs show is told in words; ours are drawn while the site is built, by the very commands that stand beside them.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import stepwise as sw
from stepwise.io.inputs import as_array

PAPER_INPUT = "3 3 2 1 0; 0 0 1 3 1; 3 1 2 2 3; 2 0 0 2 2; 2 0 0 0 1"
"""The input of the paper's figures with numbers, and their kernel below."""
KERNELS = {3: "0 1 2; 2 2 0; 0 1 2", 4: "0 1 2 1; 2 2 0 1; 0 1 2 0; 1 0 1 2"}


@dataclass(frozen=True)
class Shown:
    """One of their figures: its name, what it shows, and the call that is carried out."""

    name: str
    size: int  # of the input, along both sides
    output: int  # along both sides, as in the paper
    call: str
    theirs: str
    kernel: int = 3
    input: str = ""

    @property
    def numbers(self) -> str:
        """The input as it is typed."""
        rows = ([(7 * i + 3 * j + i * j) % 4 for j in range(self.size)] for i in range(self.size))
        return self.input or "; ".join(" ".join(map(str, row)) for row in rows)

    @property
    def has_kernel(self) -> bool:
        """Whether there are weights."""
        return "Conv" in self.call

    @property
    def way(self) -> str:
        """Theirs show a transposed convolution from its output."""
        return "gather" if "Transpose" in self.call else ""

    def command(self, numbers: bool) -> str:
        """What makes the figure, to be typed in a shell."""
        words = ["stepwise", "figure", self.call, "--input", self.numbers]
        words += ["--kernel", KERNELS[self.kernel]] if self.has_kernel else []
        words += ["--way", self.way] if self.way else []
        words += ["--animate", *([] if numbers else ["--numbers", "off"]), "-o", f"{self.name}.svg"]
        return " ".join(f'"{word}"' if set(word) & set(" ;(),") else shlex.quote(word) for word in words)

    def trace(self) -> sw.Trace:
        """The same from Python."""
        weights = {"kernel": as_array(KERNELS[self.kernel])} if self.has_kernel else {}
        return sw.trace(self.call, as_array(self.numbers), **weights)


FIGURES = (
    Shown(
        "no_padding_no_strides", 4, 2, "nn.Conv2d(1, 1, 3)",
        "a 3×3 shade goes over a blue 4×4 map; 2×2 cyan cells above it",
    ),
    Shown(
        "arbitrary_padding_no_strides", 5, 6, "nn.Conv2d(1, 1, 4, padding=2)",
        "4×4 over 5×5 with two dashed lines on each side; 6×6 above", 4,
    ),
    Shown(
        "same_padding_no_strides", 5, 5, "nn.Conv2d(1, 1, 3, padding=1)",
        "3×3 over 5×5 with a dashed line around it; 5×5 above",
    ),
    Shown(
        "full_padding_no_strides", 5, 7, "nn.Conv2d(1, 1, 3, padding=2)",
        "3×3 over 5×5 with two dashed lines around it; 7×7 above",
    ),
    Shown(
        "no_padding_strides", 5, 2, "nn.Conv2d(1, 1, 3, stride=2)",
        "3×3 over 5×5, two cells at a time; 2×2 above",
    ),
    Shown(
        "padding_strides", 5, 3, "nn.Conv2d(1, 1, 3, stride=2, padding=1)",
        "the same with a dashed line around the input; 3×3 above",
    ),
    Shown(
        "padding_strides_odd", 6, 3, "nn.Conv2d(1, 1, 3, stride=2, padding=1)",
        "6×6, whose last padded row and column no window reaches; 3×3 above",
    ),
    Shown(
        "dilation", 7, 3, "nn.Conv2d(1, 1, 3, dilation=2)",
        "3×3 shaded cells with gaps over 7×7; 3×3 above",
    ),
    Shown(
        "no_padding_no_strides_transposed", 2, 4, "nn.ConvTranspose2d(1, 1, 3)",
        "3×3 over 2×2 with two dashed lines around it; 4×4 above",
    ),
    Shown(
        "arbitrary_padding_no_strides_transposed", 6, 5, "nn.ConvTranspose2d(1, 1, 4, padding=2)",
        "4×4 over 6×6 with one dashed line around it; 5×5 above", 4,
    ),
    Shown(
        "same_padding_no_strides_transposed", 5, 5, "nn.ConvTranspose2d(1, 1, 3, padding=1)",
        "3×3 over 5×5 with one dashed line around it; 5×5 above",
    ),
    Shown(
        "full_padding_no_strides_transposed", 7, 5, "nn.ConvTranspose2d(1, 1, 3, padding=2)",
        "3×3 over 7×7 without padding; 5×5 above",
    ),
    Shown(
        "no_padding_strides_transposed", 2, 5, "nn.ConvTranspose2d(1, 1, 3, stride=2)",
        "2×2 with a dashed line between its cells and two around them; 5×5 above",
    ),
    Shown(
        "padding_strides_transposed", 3, 5, "nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1)",
        "3×3 with dashed lines between its cells and one around them; 5×5 above",
    ),
    Shown(
        "padding_strides_odd_transposed", 3, 6, "nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1)",
        "the same with one more line below and on the right; 6×6 above",
    ),
    Shown(
        "dilation_transposed", 3, 7, "nn.ConvTranspose2d(1, 1, 3, dilation=2)",
        "not drawn there",
    ),
    Shown(
        "numerical_no_padding_no_strides", 5, 3, "nn.Conv2d(1, 1, 3)",
        "the paper's figure 1.1, nine pictures side by side", input=PAPER_INPUT,
    ),
    Shown(
        "numerical_padding_strides", 5, 3, "nn.Conv2d(1, 1, 3, stride=2, padding=1)",
        "the paper's figure 1.2, nine pictures side by side", input=PAPER_INPUT,
    ),
    Shown(
        "numerical_average_pooling", 5, 3, "nn.AvgPool2d(3, stride=1)",
        "the paper's figure 1.5", input=PAPER_INPUT,
    ),
    Shown(
        "numerical_max_pooling", 5, 3, "nn.MaxPool2d(3, stride=1)",
        "the paper's figure 1.6", input=PAPER_INPUT,
    ),
)  # fmt: skip


def draw(folder: Path, figures: Sequence[Shown] = FIGURES) -> None:
    """Every figure with and without numbers, as the commands write them."""
    folder.mkdir(parents=True, exist_ok=True)
    for shown in figures:
        lesson = shown.trace().lesson(detail="none")
        for numbers in (True, False):
            name = shown.name if numbers else f"{shown.name}-cells"
            (folder / f"{name}.svg").write_text(
                str(lesson.figure("animated", numbers=numbers, way=shown.way)), encoding="utf-8"
            )
