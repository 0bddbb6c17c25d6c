"""Marks held against a marker that shares no code with stepwise: `make marks` writes docs/marks.md.

Exercises, right answers, mistakes, the ways in which answers are written, and what each cell earns are all worked out
here, with plain loops over fractions. Then stepwise marks the same answers: how many get the same mark?
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

from benchmarks.million import Marked, marked
from stepwise.exercises.exercise import Exercise, read_exercise

PAGE = Path(__file__).resolve().parent.parent / "docs" / "marks.md"
ANSWERS = 10_000
MILLION = 1_000_000
Grid = list[list[Fraction]]
Words = list[list[str]]


@dataclass(frozen=True)
class Case:
    """One answer: the lesson, the text handed in, what its cells earn, and the mistake that was made, if one."""

    lesson: str
    text: str
    earned: tuple[int, int] | None  # cells that are right, of how many; None: for a person to look at
    code: str = ""
    distinct: bool = True  # whether the mistake changes two cells at the least, or the size


def windows(x: Grid, size: int, stride: int) -> Iterator[tuple[int, int, list[Fraction]]]:
    """Every window that fits, row by row, with the place it gives."""
    for i, top in enumerate(range(0, len(x) - size + 1, stride)):
        for j, left in enumerate(range(0, len(x[0]) - size + 1, stride)):
            yield i, j, [x[top + a][left + b] for a in range(size) for b in range(size)]


def slid(x: Grid, size: int, stride: int, rule: Callable[[list[Fraction]], Fraction]) -> Grid:
    """A rule carried out in every window."""
    rows: Grid = []
    for i, _j, cells in windows(x, size, stride):
        rows += [[] for _missing in range(i + 1 - len(rows))]
        rows[i].append(rule(cells))
    return rows


def below_and_right(x: Grid, fill: Fraction) -> Grid:
    """One row and one column more, as SAME has them for a window of two at stride one."""
    return [[*row, fill] for row in x] + [[fill] * (len(x[0]) + 1)]


def exercise(chance: random.Random) -> tuple[str, Grid, dict[str, Grid]]:
    """A lesson, what is right, and what each mistake gives."""
    parts = chance.choice([1, 1, 2, 4, 10])
    low = chance.choice([-9, 0, 1])

    def number(least: int, most: int) -> Fraction:
        return Fraction(chance.randint(least * parts, most * parts), parts)

    n, m = chance.randint(4, 5), chance.randint(4, 6)
    x = [[number(low, 15) for _column in range(m)] for _row in range(n)]
    written = json.dumps([[float(cell) for cell in row] for row in x])
    kind = chance.choice(["max", "mean", "conv", "conv"])
    wrong: dict[str, Grid] = {}
    if kind == "conv":
        w = [number(-3, 3) for _cell in range(4)]
        bias = number(-4, 5) or Fraction(1, 4)

        def product(cells: list[Fraction], weights: list[Fraction], added: Fraction) -> Fraction:
            return sum((a * b for a, b in zip(cells, weights)), added)

        right = slid(x, 2, 1, lambda cells: product(cells, w, bias))
        wrong["conv.bias_forgotten"] = slid(x, 2, 1, lambda cells: product(cells, w, Fraction(0)))
        wrong["conv.kernel_flipped"] = slid(x, 2, 1, lambda cells: product(cells, w[::-1], bias))
        turned = [w[0], w[2], w[1], w[3]]
        wrong["conv.kernel_transposed"] = slid(x, 2, 1, lambda cells: product(cells, turned, bias))
        padded = below_and_right(x, Fraction(0))
        wrong["padding.same_for_valid"] = slid(padded, 2, 1, lambda cells: product(cells, w, bias))
        kernel = [[float(w[0]), float(w[1])], [float(w[2]), float(w[3])]]
        lesson = f"layers: ['Conv2D(1, 2)']\nweights: [{{kernel: {kernel}, bias: [{float(bias)}]}}]\n"
    elif kind == "max":
        right = slid(below_and_right(x, Fraction(-(10**6))), 2, 1, max)
        wrong["padding.valid_for_same"] = slid(x, 2, 1, max)
        wrong["max.padding_as_zero"] = slid(below_and_right(x, Fraction(0)), 2, 1, max)
        lesson = "layers: [\"MaxPool2D(2, strides=1, padding='same')\"]\n"
    else:
        right = slid(x, 2, 1, lambda cells: sum(cells, Fraction(0)) / 4)
        wrong["mean.not_divided"] = slid(x, 2, 1, lambda cells: sum(cells, Fraction(0)))
        wrong["rule.max_for_mean"] = slid(x, 2, 1, max)
        wrong["window.stride_is_window"] = slid(x, 2, 2, lambda cells: sum(cells, Fraction(0)) / 4)
        lesson = "layers: ['AveragePooling2D(2, strides=1)']\n"
    return f"stepwise: 1\ninput: {written}\n{lesson}", right, wrong


def exactly(value: Fraction) -> str:
    """A number with all its digits, or as a fraction where they do not end."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest > 1:
        return f"{value.numerator}/{value.denominator}"
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def rounded(value: Fraction, places: int) -> str:
    """A number with so many decimals, a half away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def is_right(word: str, due: Fraction) -> bool:
    """The rule of marking, once more: equal, or the number due rounded as the word is, with three figures at least."""
    given = Fraction(word)
    if given == due:
        return True
    if "/" in word:
        return False
    places = len(word.partition(".")[2])
    figures = len(word.lstrip("-").replace(".", "").lstrip("0"))
    exact = Decimal(due.numerator) / Decimal(due.denominator)
    ways = {exact.quantize(Decimal(1).scaleb(-places), how) for how in (ROUND_HALF_UP, ROUND_HALF_EVEN)}
    return figures >= 3 and Decimal(word) in ways


def latex(words: Words) -> str:
    cells = [[_in_latex(word) for word in row] for row in words]
    return r"\begin{bmatrix} " + r" \\ ".join(" & ".join(row) for row in cells) + r" \end{bmatrix}"


def _in_latex(word: str) -> str:
    top, slash, below = word.partition("/")
    return word if not slash else ("-" if top[0] == "-" else "") + rf"\frac{{{top.lstrip('-')}}}{{{below}}}"


def table(words: Words) -> str:
    rows = ["| " + " | ".join(row) + " |" for row in words]
    return "\n".join(["|   " * len(words[0]) + "|", "|---" * len(words[0]) + "|", *rows])


def html(words: Words) -> str:
    return "<table>" + "".join("<tr>" + "".join(f"<td>{w}</td>" for w in row) + "</tr>" for row in words) + "</table>"


def listed(words: Words) -> str:
    return "[" + ", ".join("[" + ", ".join(row) + "]" for row in words) + "]"


WAYS: dict[str, Callable[[Words], str]] = {
    "rows": lambda words: "\n".join(" ".join(row) for row in words),
    "semicolons": lambda words: "; ".join(" ".join(row) for row in words),
    "commas": lambda words: "\n".join(", ".join(row) for row in words),
    "tabs": lambda words: "\n".join("\t".join(row) for row in words),
    "slashes": lambda words: " / ".join(" ".join(row) for row in words),
    "lists": listed,
    "array": lambda words: f"np.array({listed(words)}, dtype=np.float64)",
    "tensor": lambda words: f"tensor({listed(words)})",
    "MATLAB": lambda words: "Y = [" + "; ".join(" ".join(row) for row in words) + "];",
    "R": lambda words: f"matrix(c({', '.join(w for row in words for w in row)}), nrow={len(words)}, byrow=TRUE)",
    "Markdown": table,
    "LaTeX": latex,
    "HTML": html,
    "words": lambda words: "My answer is:\n" + "\n".join(" ".join(row) for row in words),
    "decimal commas": lambda words: "\n".join(";".join(w.replace(".", ",") for w in row) for row in words),
}
WHOLE_ROWS = {"slashes"}  # ways in which a fraction is no word of its own
NO_BLANKS = {"R", "MATLAB", "array", "tensor", "slashes"}


def case(chance: random.Random) -> Case:
    """One answer, drawn at random."""
    lesson, right, wrong = exercise(chance)
    kind = chance.choice(["right", "right", "slip", "blank", "mistake", "mistake", "mistake", "one row", "word"])
    code, distinct = "", True
    grid = right
    if kind == "mistake":
        code = chance.choice(sorted(wrong))
        grid = wrong[code]
        distinct = len(grid) != len(right) or sum(a != b for r, s in zip(grid, right) for a, b in zip(r, s)) > 1
        others = [other for name, other in wrong.items() if name != code]
        distinct = distinct and grid not in others
    places = chance.choice([None, None, None, 2, 3])
    words = [[exactly(v) if places is None else rounded(v, places) for v in row] for row in grid]
    if kind == "slip":
        i, j = chance.randrange(len(words)), chance.randrange(len(words[0]))
        words[i][j] = exactly(grid[i][j] + chance.choice([1, -1, 10, Fraction(1, 2)]))
    same = len(grid) == len(right) and len(grid[0]) == len(right[0])
    good = sum(is_right(w, due) for row, dues in zip(words, right) for w, due in zip(row, dues)) if same else 0
    total = len(right) * len(right[0])
    fractions = any("/" in word for row in words for word in row)
    ways = [way for way in WAYS if not (fractions and way in WHOLE_ROWS) and not (kind == "blank" and way in NO_BLANKS)]
    way = chance.choice(ways)
    if kind == "blank":
        i, j = chance.randrange(len(words)), chance.randrange(len(words[0]))
        good -= is_right(words[i][j], right[i][j])
        words[i][j] = "_"
    text = WAYS[way](words)
    if kind == "one row":
        return Case(lesson, " ".join(w for row in words for w in row), None)
    if kind == "word":
        words[0] = words[0][1:]
        return Case(lesson, "\n".join(" ".join(row) for row in words), None)
    return Case(lesson, text, (good, total), code, distinct)


@dataclass
class Counts:
    """What came of all answers."""

    answers: int = 0
    alike: int = 0
    read: int = 0
    unread: int = 0
    unread_shown: int = 0
    mistaken: int = 0
    named: int = 0
    seconds: float = 0.0
    first: str = ""  # the first on which the two part


def measured(answers: int, seed: int = 1) -> Counts:
    """Mark so many answers both ways."""
    chance, counts = random.Random(seed), Counts()
    known: dict[str, Exercise] = {}
    for _time in range(answers):
        one = case(chance)
        marker = known.setdefault(one.lesson, read_exercise(one.lesson))
        known = {one.lesson: marker}
        begun = time.process_time()
        verdict = marker.check(one.text)
        diagnosis = verdict.parts[0].verdict.diagnosis
        counts.seconds += time.process_time() - begun
        counts.answers += 1
        if one.earned is None:
            counts.unread += 1
            counts.unread_shown += not verdict.usable
            alike = not verdict.usable
        else:
            counts.read += 1
            good, total = one.earned
            alike = verdict.usable and abs(verdict.share - good / total) < 1e-9
        counts.alike += alike
        if not alike and not counts.first:
            counts.first = f"{one}: {verdict.share} {verdict.text} {verdict.problem}"
        if one.code and one.distinct and one.earned is not None and one.earned[0] < one.earned[1]:
            counts.mistaken += 1
            named = diagnosis.codes == (one.code,) or (one.code,) in diagnosis.ties if diagnosis else False
            counts.named += bool(named)
            if not named and not counts.first:
                counts.first = f"{one}: {diagnosis and diagnosis.codes}"
    return counts


def document(counts: Counts, million: Marked) -> str:
    """The page of the documentation."""
    alike, answers = counts.alike, counts.answers
    named = f"{counts.named:,} of {counts.mistaken:,} ({counts.named / counts.mistaken:.1%})"
    return f"""# Marks, measured

Made by `make marks` ([tools/marks.py](../tools/marks.py)), in some minutes: exercises, answers, mistakes and marks are
worked out there by a program that shares no code with stepwise, written in {len(WAYS)} ways, and marked by both. A test
does the same with fewer.

| of {answers:,} answers | how many |
|:--|--:|
| marked as the other program marks them | {alike:,} ({alike / answers:.2%}) |
| that nobody can surely read, and shown as such | {counts.unread_shown:,} of {counts.unread:,} |
| with a mistake that the numbers can tell, and it is named | {named} |

| of {million.rows:,} answers of 3×3, three of four with mistakes, by `grade` with report and overview | measured |
|:--|--:|
| read, marked and diagnosed for each second of processor time, on one core | {million.rows / million.work:,.0f} |
| peak memory after a tenth of them | {million.after_a_tenth:.1f} MB |
| peak memory at the end | {million.at_the_end:.1f} MB |

Memory is that of the process that marks ([benchmarks/million.py](../benchmarks/million.py)). What grows with the
number of answers is on disk; the last few MB are the overview and the look for students who handed in twice.
"""


if __name__ == "__main__":
    large = marked(MILLION)  # first, for a process's peak memory never sinks
    found = measured(ANSWERS)
    PAGE.write_text(document(found, large))
    print(found)
