"""A proof that two chains of layers are one function, or an input on which they differ, told as a lesson."""

from __future__ import annotations

import math
from typing import assert_never

from ..algebra.proofs import Proof
from ..algebra.weights import Numbers, factors
from ..arithmetic import Array, Value, plain, size
from ..document.blocks import Block, FormulaLine, Prose, Scene, Table
from ..document.inline import Code, Math, Strong, Text
from ..document.lesson import Lesson, Section
from ..formula import Equality, leaf
from ..language import _, listed, plural, speaking
from ..nouns import size_of
from ..traces.axes import cell_place
from ..traces.layout import Index, cells_of, written_index
from ..traces.step import Step
from ..traces.trace import Trace
from . import drawing
from .captions import Caption, input_of
from .fold import folded
from .inline import inline, several
from .terms import by

MOST_CELLS = 9
"""Output cells that are written out side by side; all are compared."""
LONGEST = 110
"""Characters of an expression that is still written out."""
MOST_MATRICES = 4


def tell_proof(proof: Proof, language: str = "en") -> Lesson:
    """The lesson of a proof."""
    with speaking(language):
        title, kicker = _title(proof), _("Proof or counterexample")
        return Lesson(title, kicker, _lead(proof), tuple(_sections(proof)), language, proof.traces or ())


def _title(proof: Proof) -> str:
    if proof.holds is None:
        return _("Undecided")
    if proof.missing:
        return _("Weights are missing")
    return _("The same function") if proof.holds else _("Not the same function")


def _lead(proof: Proof) -> Text:
    match proof.why:
        case "equal":
            return (_("Whatever numbers stand in the input, both give the same output."),)
        case "found":
            return (_("With the weights below, both give the same output, whatever numbers stand in the input."),)
        case "sizes":
            assert proof.outputs is not None
            first, second = (by(array.shape) or _("a single number") for array in proof.outputs)
            unlike = _("They give outputs of different sizes: {first} and {second}.")
            return (unlike.format(first=first, second=second),)
        case "differs":
            if proof.missing:
                missing = _(
                    "Weights are missing, and without them it cannot be decided whether the two are the same: with the "
                    "weights below they give different outputs; with others they may not."
                )
                return (missing,)
            return (_("There is an input for which they give different outputs; one is enough."),)
        case "no_weights":
            if proof.zero:
                unless = plural(
                    "Unless the first one's bias is 0, no weights make the two agree on every input.",
                    "Unless the first one's biases are 0, no weights make the two agree on every input.",
                    len(proof.zero),
                )
                return (unless,)
            return (_("No weights make the two agree on every input."),)
        case "too_large" | "opaque" | "weights_inside" | "not_found":
            return (_undecided(proof),)
    assert_never(proof.why)


def _undecided(proof: Proof) -> str:
    match proof.why:
        case "too_large":
            large = _("No input was found for which they differ, and written in letters they are too large to compare.")
            return f"{large} ({proof.detail})" if proof.detail else large
        case "weights_inside":
            return _(
                "The unknown weights are inside a maximum, or are multiplied with one another, so their equations are "
                "not linear; with given weights, the question can be decided."
            )
        case "not_found":
            return _(
                "No weights were found with which the two agree, and no inputs were found for which no weights make "
                "them agree; with given weights, the question can be decided."
            )
    return _(
        "No input was found for which they differ, but they do not consist of sums, products with numbers and maxima "
        "alone, so comparing their expressions cannot decide it."
    )


def _sections(proof: Proof) -> list[Section]:
    sections = [Section(_("The question"), tuple(_question(proof)))]
    match proof.why:
        case "equal" | "found":
            if proof.why == "found":
                sections.append(Section(_("Weights with which they agree"), tuple(_weights(proof))))
            sections.append(Section(_("Both, written in letters"), tuple(_side_by_side(proof))))
        case "differs":
            sections.append(Section(_("An input for which they differ"), tuple(_counterexample(proof))))
            if proof.traces is not None:
                sections.append(Section(_("Where they differ"), tuple(_first_difference(*proof.traces))))
        case "no_weights":
            sections.append(Section(_("Why there are none"), tuple(_no_weights(proof))))
    return sections


def _question(proof: Proof) -> list[Block]:
    a, b = (Code(side.text) for side in proof.sides)
    array = proof.counterexample if proof.input is None else proof.input
    alike = inline(_("Is {a} the same as {b}?"), a=a, b=b)
    if proof.why == "sizes":
        return [Prose(alike)]
    every = _("Is {a} the same as {b} for every input of {shape}?")
    blocks: list[Block] = [Prose(alike if array is None else inline(every, a=a, b=b, shape=by(array.shape)))]
    if proof.why in ("equal", "found", "no_weights"):
        for sentence, letters in (
            (_("The weights {letters} are not given; they stand for any numbers."), proof.free),
            (_("The weights to be found are {letters}."), proof.sought),
        ):
            if letters:
                blocks.append(Prose((sentence.format(letters=listed(letters)),)))
    if any(one.zero_biases() for one in proof.sides):
        blocks.append(Prose((_("A bias that was not given beside its kernel is 0."),)))
    return blocks


def _weights(proof: Proof) -> list[Block]:
    if proof.detail == "same":
        same = _("The second takes the weights of the first, each at its own place:")
        return [Prose((same,)), *_pictured(proof.weights)]
    factor = _("Every input cell must have the same factor on both sides. This gives one equation for each; solved:")
    return [Prose((factor,)), *_pictured(proof.weights)]


def _pictured(arrays: dict[str, Array] | object) -> list[Block]:
    assert isinstance(arrays, dict)
    blocks: list[Block] = []
    for name, array in list(arrays.items())[:MOST_MATRICES]:
        squeezed = array.reshape([n for n in array.shape if n > 1] or [1])
        if all(len(str(leaf(value))) <= 14 for value in squeezed.flat) and squeezed.ndim <= 2:
            blocks.append(Scene((drawing.plane("kernel", squeezed, _named(name), (), {}),), ()))
        else:
            blocks.append(_listed(name, squeezed))
    return blocks


def _named(name: str) -> Caption:
    """The weight's letter, with its size where it has more than one number."""
    return lambda shape: name if shape == (1,) else f"{name} {size_of(shape)}"


def _listed(name: str, array: Array) -> Table:
    """Weights that are too long for a picture, one a line."""
    cells = list(cells_of(array, array.size))
    rows = tuple(((f"{name}[{', '.join(map(str, index))}]",), _expression(value)) for index, value in cells)
    return Table(_("The weights"), (_("weight"), _("value")), rows)


def _expression(value: Value) -> Text:
    formula = leaf(plain(value))
    if len(str(formula)) <= LONGEST:
        return (Math(formula),)
    return (plural("an expression of {n} term", "an expression of {n} terms", size(value)),)


def _side_by_side(proof: Proof) -> list[Block]:
    assert proof.outputs is not None
    assert proof.input is not None
    left, right = proof.outputs
    total = math.prod(left.shape)
    lettered = _("The input's cells are letters, {first} to {last}. The first output cells are, side by side:")
    if total <= MOST_CELLS:
        lettered = _("The input's cells are letters, {first} to {last}. The output is, side by side:")
    letters = [value for _index, value in cells_of(proof.input, proof.input.size)]
    shaped = proof.shaped
    rows = tuple(
        ((_place(shaped, index),), _expression(value), _expression(right[index]))
        for index, value in cells_of(left, MOST_CELLS)
    )
    head = (_("output cell"), _("first"), _("second"))
    named = Prose((lettered.format(first=letters[0], last=letters[-1]),))
    blocks: list[Block] = [named, Table(_("Both sides, cell by cell"), head, rows)]
    first = next(cells_of(left, 1))[0]
    if proof.why == "found" and max(len(str(leaf(left[first]))), len(str(leaf(right[first])))) > LONGEST:
        blocks = _by_input(proof, letters, left[first], right[first], first)
    elif total > len(rows):
        blocks.append(Prose((_("… and so on for {n} more.").format(n=total - len(rows)),)))
    agree = plural(
        "**The only cell agrees**, with like terms collected.",
        "**All {n} cells agree**, with like terms collected.",
        total,
    )
    if not _has_maxima(left):
        return [*blocks, Prose(inline(agree), tone="note")]
    agree = plural(
        "**The only cell agrees**, with like terms collected, and what can never be the largest left out of a maximum.",
        "**All {n} cells agree**, with like terms collected, and what can never be the largest left out of a maximum.",
        total,
    )
    return [*blocks, Prose(inline(agree), tone="note")]


def _has_maxima(output: Array) -> bool:
    return any("max(" in str(leaf(plain(value))) for value in output.flat)


def _place(trace: Trace | None, index: Index) -> str:
    """Where an output cell is; of a matrix nobody knows what its axes are."""
    return written_index(index) if trace is None else cell_place(trace, index)


def _by_input(proof: Proof, letters: list[Value], left: Value, right: Value, index: Index) -> list[Block]:
    """A long output cell, told by what it multiplies each input cell by."""
    long = _("Written out, a cell is long. It is enough to compare the factor of each input cell; in cell {place}:")
    first, second = factors(left, letters), factors(right, letters)
    rows = tuple(
        ((Math(leaf(letter)),), _expression(first[letter]), _expression(second.get(letter, 0)))
        for letter in list(first)[:MOST_CELLS]
    )
    blocks: list[Block] = [
        Prose((long.format(place=_place(proof.shaped, index)),)),
        Table(_("Both sides, input cell by input cell"), (_("input cell"), *_sides()), rows),
    ]
    if len(first) > len(rows):
        blocks.append(Prose((_("… and so on for {n} more.").format(n=len(first) - len(rows)),)))
    return blocks


def _counterexample(proof: Proof) -> list[Block]:
    assert proof.counterexample is not None
    assert proof.outputs is not None
    blocks: list[Block] = []
    if proof.weights:
        blocks += [Prose((_("With these weights:"),)), *_pictured(dict(proof.weights))]
    one, two = proof.outputs
    matrices = [
        drawing.plane("input", proof.counterexample, input_of, (), {}),
        drawing.plane("output", one, lambda shape: _("first {size}").format(size=size_of(shape)), (), {}),
        drawing.plane("output", two, lambda shape: _("second {size}").format(size=size_of(shape)), (), {}),
    ]
    blocks.append(Scene(tuple(matrices), ("→", _("or"))))
    left, right = proof.outputs
    differing = [i for i, v in cells_of(left, left.size) if v != plain(right[i])]
    shaped = proof.shaped
    rows = tuple(
        ((_place(shaped, index),), (Math(leaf(plain(left[index]))),), (Math(leaf(plain(right[index]))),))
        for index in differing[:MOST_CELLS]
    )
    marks = frozenset((row, column) for row in range(len(rows)) for column in (1, 2))
    count = plural("{n} output cell differs.", "{n} output cells differ.", len(differing))
    head = (_("output cell"), *_sides())
    return [*blocks, Prose((count,)), Table(_("Output cells that differ"), head, rows, marks)]


def _sides() -> tuple[str, str]:
    return _("first"), _("second")


def _first_difference(a: Trace, b: Trace) -> list[Block]:
    """The last step of both, at the first cell that differs."""
    cells = list(cells_of(a.output, a.output.size))
    steps = next(
        ((step, b.step(step.index)) for step in map(a.step, (i for i, _v in cells)) if _differs(step, b)),
        None,
    )
    if steps is None:
        return []
    last = _("The last step at output cell {place}:").format(place=cell_place(steps[0].trace, steps[0].index))
    blocks: list[Block] = [Prose((last,))]
    for step, name in zip(steps, _sides()):
        formula, _note = folded(step)
        blocks += [Prose((Strong(name), ": ", Code(step.trace.layer.call))), FormulaLine(formula)]
    return blocks


def _differs(step: Step, other: Trace) -> bool:
    return step.trace.shape == other.shape and bool(step.result != other.step(step.index).result)


def _no_weights(proof: Proof) -> list[Block]:
    """Inputs whose equations contradict one another."""
    blocks: list[Block] = []
    if proof.weights:
        blocks += [Prose((_("With these weights on one side:"),)), *_pictured(dict(proof.weights))]
    contradictory = plural(
        "Each input of numbers gives an equation for the weights. This one has no solution:",
        "Each input of numbers gives an equation for the weights. These {n} contradict one another:",
        len(proof.equations),
    )
    rows = tuple(
        (_put_in(equation.numbers), _expression(equation.left), _expression(equation.right))
        for equation in proof.equations
    )
    return [*blocks, Prose((contradictory,)), Table(_("Equations for the weights"), (_("input"), *_sides()), rows)]


def _put_in(numbers: Numbers) -> Text:
    """Which cells of an input are not 0."""
    there = several(Math(Equality(leaf(letter), leaf(number))) for letter, number in numbers.items() if number)
    return inline(_("{numbers}, the others 0"), numbers=there) if there else (_("all 0"),)
