"""How well mistakes of the way back are named: requests and wrong answers from `gradient_loops.py`, marked by stepwise.

python -m tools.gradient_marks 20000
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwise.marking import Marker
from stepwise.marking.known import SLIP
from tools.gradient_exercises import trace_of
from tools.gradient_loops import KINDS, WRONG, Draw, Request, drawn, right
from tools.written import form, written

Array = NDArray[Any]
REQUESTS = 5000


@dataclass
class Counts:
    """What came of all answers."""

    mistaken: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    others: int = 0  # answers that no misconception made
    named_falsely: int = 0
    rights: int = 0
    right_marked: int = 0
    first: list[str] = field(default_factory=list)  # the first that were not named

    @property
    def share(self) -> float:
        """How many of the mistakes that the numbers tell were named."""
        return self.named.total() / self.mistaken.total()


def measured(requests: int, seed: int = 1) -> Counts:
    """Mark every mistake of so many requests, the right answer, and answers that nobody's misconception made."""
    draw, counts = np.random.default_rng(seed), Counts()
    for number in range(requests):
        one = drawn(draw, KINDS[number % len(KINDS)])
        trace = trace_of(one)
        due, marker = right(one).reshape(trace.shape), Marker(trace)
        counts.rights += 1
        counts.right_marked += marker.check(due.tolist()).correct
        for code, made in WRONG:
            wrong = made(one)
            if wrong is not None:
                _mistaken(marker, code, wrong[0, ..., 0] if one.kind == "ReLU" else wrong, due, number, one, counts)
        _others(marker, due, draw, counts)
    return counts


def _mistaken(marker: Marker, code: str, wrong: Array, due: Array, number: int, one: Request, counts: Counts) -> None:
    """One wrong answer, where it is another size or two cells at the least tell it."""
    same_size = [n for n in wrong.shape if n > 1] == [n for n in due.shape if n > 1]
    if same_size and np.sum(wrong.reshape(due.shape) != due) < 2:
        return
    if not same_size and len(np.unique(wrong)) < 2:
        return
    verdict = marker.check(written(wrong, form(number, wrong)))
    ways = [verdict.diagnosis.codes, *verdict.diagnosis.ties] if verdict.diagnosis else []
    counts.mistaken[code] += 1
    counts.named[code] += any(code in way for way in ways)
    counts.alone[code] += ways == [(code,)]
    if not any(code in way for way in ways) and len(counts.first) < 20:
        counts.first.append(f"{code}: {one}\n{wrong.tolist()}\n{verdict.text} {verdict.problem}")


def _others(marker: Marker, due: Array, draw: Draw, counts: Counts) -> None:
    """A cell or two gone wrong by any number near, and nothing but random numbers."""
    near = np.array(due, dtype=float)
    for _cell in range(int(draw.integers(1, 3))):
        near.flat[draw.integers(near.size)] += draw.choice([-1, 1]) * draw.integers(1, 13)
    low, high = int(np.floor(due.min())), int(np.ceil(due.max()))
    for answer in (near, draw.integers(low, max(high, low + 1) + 1, due.shape)):
        verdict = marker.check(written(answer, form(counts.others, answer)))
        if verdict.correct:
            continue
        counts.others += 1
        codes = set(verdict.diagnosis.codes) if verdict.diagnosis else set()
        false = bool(codes - {SLIP})
        counts.named_falsely += false
        if false and due.size >= 4 and len(counts.first) < 40:
            counts.first.append(f"falsely {codes}: {marker.trace.layer.call} {due.tolist()} {answer.tolist()}")


def table(counts: Counts, requests: int) -> str:
    """What was found, for docs/misconceptions.md."""
    lines = [ANOTHER.format(n=requests), "| code | answers | named | named alone |", "|:--|--:|--:|--:|"]
    for code, count in sorted(counts.mistaken.items()):
        named, alone = (f"{100 * found[code] / count:.1f} %" for found in (counts.named, counts.alone))
        lines.append(f"| `{code}` | {count:,} | {named} | {alone} |")
    lines.append(f"| all | {counts.mistaken.total():,} | {100 * counts.share:.2f} % | |")
    false = f"{counts.named_falsely} of {counts.others:,}"
    return "\n".join([*lines, "", f"Of answers that no misconception made, {false} were given the name of one."])


ANOTHER = """## The way back, made wrong by another program

{n:,} random requests for gradients, with the mistakes worked out in plain loops by a program that shares no code with
stepwise ([tools/gradient_loops.py](../tools/gradient_loops.py)), where two cells at the least, or the size, tell them.
"""

if __name__ == "__main__":
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    found = measured(requests, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    sys.stdout.write("\n".join([*found.first, table(found, requests), ""]))
