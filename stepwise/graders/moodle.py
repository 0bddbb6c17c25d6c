"""A question bank for Moodle: one file with every variant, a gap a cell, and mistakes as wrong alternatives.

Each exercise is a `cloze` question; where its layers look through windows, a `numerical` one for each size goes with
it, unless the exercise asks for that itself. A misconception's value in a cell is an alternative worth nothing, whose
feedback is its diagnosis. A gap counts a whole number: `weights` shares a part's points out among its gaps.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from html import escape
from typing import Any, assert_never

from ..document.blocks import Block, Prose
from ..document.inline import Code, Emphasis, Inline, Link, Math, Strong
from ..errors import without_controls
from ..exercises.demands import mistakes
from ..exercises.exercise import Exercise
from ..exercises.gradient_sketches import has_own_sketch
from ..exercises.grids import grids
from ..exercises.sketches import given_scene
from ..exercises.tasks import task
from ..language import _, as_sentence, joined, plural_form, speaking
from ..lessons.inline import inline
from ..marking import Marker
from ..marking.known import meaning
from ..marking.wrong import flat, wrong_results
from ..nouns import axis_noun
from ..render.looks import in_words
from ..render.svg import scene_svg
from ..traces.trace import Trace

MOST_ALTERNATIVES = 12
"""Wrong alternatives of one gap."""


def question_bank(
    exercises: Sequence[tuple[str, Exercise]], explanations: Mapping[str, Sequence[Block]] | None = None
) -> str:
    """Moodle XML with a question for each exercise, by the ids that answers are marked under.

    What is `told` under an id, its instructions, stands above the question.
    """
    title = exercises[0][1].title
    category = f"$course$/top/{title.replace('/', '//')}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    lines += [
        '<question type="category">',
        f"<category><text>{escape(without_controls(category))}</text></category>",
        "</question>",
    ]
    for id, exercise in exercises:
        with speaking(exercise.language):
            lines += [_cloze(id, exercise, (explanations or {}).get(id, ())), *_sizes(id, exercise)]
    return "\n".join([*lines, "</quiz>"]) + "\n"


def _cloze(id: str, exercise: Exercise, explanation: Sequence[Block]) -> str:
    pictures: list[str] = []
    parts = [f"<p>{''.join(map(_piece, block.text))}</p>" for block in explanation if isinstance(block, Prose)]
    for number, trace in enumerate(exercise.layers):
        scene, name = given_scene(trace, number == 0), f"{id}-{number + 1}.svg"
        asked = inline(_("Carry out {call}."), call=Code(trace.layer.call))
        asked = task(exercise.layers, number) if has_own_sketch(trace) else asked
        parts.append(f"<p>{''.join(map(_piece, asked))}</p>")
        if scene.matrices:
            words = _words(". ".join(map(in_words, scene.matrices)))
            parts.append(f'<p><img src="@@PLUGINFILE@@/{name}" alt="{words}"></p>')
            data = base64.b64encode(scene_svg(scene).encode()).decode()
            pictures.append(f'<file name="{name}" path="/" encoding="base64">{data}</file>')
        for part, marker in enumerate(exercise.markers):
            if marker.layer is trace and marker.ask == "output":
                parts += _gaps(exercise, part, trace)
            elif marker.layer is trace and marker.ask != "formula":
                parts.append(_row(exercise, part, marker))
    return _question("cloze", id, exercise, "".join(parts), pictures, "")


def _piece(piece: Inline) -> str:
    match piece:
        case str():
            return _words(piece)
        case Link():
            return f'<a href="{_words(piece.address)}">{_words(piece.text)}</a>'
        case Math():
            return _words(str(piece.formula))
        case Strong() | Emphasis() | Code():
            tag = {Strong: "strong", Emphasis: "em", Code: "code"}[type(piece)]
            return f"<{tag}>{_words(piece.text)}</{tag}>"
    assert_never(piece)


def _gaps(exercise: Exercise, part: int, trace: Trace) -> Iterator[str]:
    """The output as tables, a gap a cell."""
    right = flat(trace.output)
    room = exercise.marking.tolerance.room(right)
    wrong = [(key[1], one.values) for key, one in mistakes(exercise) if key[0] == part]
    wrong = [(code, values) for code, values in wrong if values.shape == right.shape]
    worth = weights(exercise)[part]
    for grid in grids(trace):
        words = grid.channel if has_own_sketch(trace) else _("channel {n}").format(n=grid.channel)
        caption = f"<caption>{escape(words)}</caption>" if grid.channel else ""
        rows = "".join(
            "<tr>"
            + "".join(f"<td>{_gap(right[c], room[c], [(code, v[c]) for code, v in wrong], worth[c])}</td>" for c in row)
            + "</tr>"
            for row in grid.rows
        )
        yield f"<table>{caption}{rows}</table>"


def _row(exercise: Exercise, part: int, marker: Marker) -> str:
    """Sizes or padding as a line of gaps."""
    right, worth = flat(marker.trace.output), weights(exercise)[part]
    found = [(one.codes[0], one.values) for one in wrong_results(marker.layer, marker.ask).single]
    found = [(code, values) for code, values in found if values.shape == right.shape]
    gaps = [_gap(right[i], 0.0, [(code, values[i]) for code, values in found], worth[i]) for i in range(right.size)]
    axes = [axis_noun(axis.name) for axis in marker.layer.geometry.axes]
    label = (
        _("Size of the output ({axes}):")
        if marker.ask == "sizes"
        else _("Lines of padding, before and after the data ({axes}):")
    )
    return f"<p>{_words(label.format(axes=', '.join(axes)))} {' '.join(gaps)}</p>"


def weights(exercise: Exercise) -> list[list[int]]:
    """What each gap counts, part by part: whole numbers, for Moodle has no others.

    Where the points can be shared out so that no gap gets none, each part keeps its points to the letter, and gaps
    differ by one at most. Else all are made larger alike, until they can.
    """
    markers = [one for one in exercise.markers if one.ask != "formula"]
    points = [Fraction(part.points).limit_denominator(1000) for part in exercise.parts if part.ask != "formula"]
    sizes = [one.trace.output.size for one in markers]
    if all(each.denominator == 1 and (each >= size or each == 0) for each, size in zip(points, sizes)):
        shared = [_shared(int(each), size) for each, size in zip(points, sizes)]
    else:
        each_gap = [each / size for each, size in zip(points, sizes)]
        scale = math.lcm(*(share.denominator for share in each_gap))
        shared = [[int(share * scale)] * size for share, size in zip(each_gap, sizes)]
    found = iter(shared)
    return [[] if one.ask == "formula" else next(found) for one in exercise.markers]


def _shared(points: int, gaps: int) -> list[int]:
    """So many points shared out among gaps: the first ones get one more where it does not come out even."""
    each, more = divmod(points, gaps)
    return [each + (number < more) for number in range(gaps)]


def left_out(exercises: Sequence[Exercise]) -> list[str]:
    """What a bank for Moodle cannot say of exercises, a sentence each."""
    left = []
    if any(exercise.in_parts for exercise in exercises):
        left.append("Moodle marks every gap by itself: nothing is carried forward from a part to a later one")
    if any(one.ask == "formula" for exercise in exercises for one in exercise.markers):
        left.append("Moodle has no gap for a formula, so that part is left out")
    if any(exercise.marking.precision_credit for exercise in exercises):
        left.append("Moodle sees how far a number is off, not its digits: what is rounded too far is right or wrong")
    if any(exercise.marking.score != "cells" for exercise in exercises):
        left.append("Moodle marks by cells, not by rows or as a whole")
    for exercise in exercises[:1]:
        total = sum(map(sum, weights(exercise)))
        asked = exercise.points - sum(part.points for part in exercise.parts if part.ask == "formula")
        if total != asked:
            left.append(f"in Moodle a question is worth {total:g}, in the same shares; set it to {asked:g} in the quiz")
    return left


def _gap(right: float, room: float, wrong: Sequence[tuple[str, float]], worth: int = 1) -> str:
    """One gap; the right value comes first, so a wrong one within its tolerance never wins."""
    by_value: dict[float, list[str]] = {}
    for code, value in wrong:
        if abs(value - right) > room:
            by_value.setdefault(float(value), []).append(code)
    alternatives = [f"={_number(right)}:{_number(room)}"]
    for value, codes in list(by_value.items())[:MOST_ALTERNATIVES]:
        words = joined(dict.fromkeys(map(meaning, codes)), _("{clauses}, or {next}"))
        alternatives.append(f"%0%{_number(value)}:{_number(room)}#{feedback(as_sentence(words))}")
    return f"{{{worth}:NM:" + "~".join(alternatives) + "}"


def feedback(text: str) -> str:
    r"""Words for a gap's feedback, in which some signs have a meaning and `~` cannot be written at all.

    >>> feedback("a~b #1 {x} <i>")
    'a∼b \\#1 {x\\} &lt;i&gt;'
    """
    return escape(without_controls(text), quote=False).replace("~", "∼").replace("#", "\\#").replace("}", "\\}")


def _sizes(id: str, exercise: Exercise) -> Iterator[str]:
    if any(one.ask == "sizes" for one in exercise.markers):
        return
    for part, trace in exercise.outputs:
        for axis in trace.geometry.axes:
            asked = inline(_size_question(axis.name, axis.size), n=axis.size, call=Code(trace.layer.call))
            suffix = f"-{part + 1}" if len(exercise.outputs) > 1 else ""
            text = f"<p>{''.join(map(_piece, asked))}</p>"
            yield _question("numerical", f"{id}{suffix}-{axis.name}", exercise, text, [], _answers(trace, axis))


def _size_question(axis: str, size: int) -> str:
    """How the output's size along an axis is asked for; the places `{n}` and `{call}` are open."""
    if axis == "height":
        return plural_form(
            "The input has {n} row. How many rows does the output of {call} have?",
            "The input has {n} rows. How many rows does the output of {call} have?",
            size,
        )
    if axis == "width":
        return plural_form(
            "The input has {n} column. How many columns does the output of {call} have?",
            "The input has {n} columns. How many columns does the output of {call} have?",
            size,
        )
    if axis == "depth":
        return plural_form(
            "The input has {n} plane. How many planes does the output of {call} have?",
            "The input has {n} planes. How many planes does the output of {call} have?",
            size,
        )
    return plural_form(
        "The input has {n} cell. How many cells does the output of {call} have?",
        "The input has {n} cells. How many cells does the output of {call} have?",
        size,
    )


def _answers(trace: Trace, axis: Any) -> str:
    """The size, and the sizes that misconceptions give."""
    place = next(i for i, one in enumerate(trace.geometry.axes) if one.name == axis.name)
    lines = [_answer(100, axis.output, "")]
    seen = {axis.output}
    for wrong in wrong_results(trace).single:
        axes = wrong.trace.geometry.axes
        if len(axes) != len(trace.geometry.axes) or (size := axes[place].output) in seen:
            continue
        seen.add(size)
        words = meaning(wrong.codes[0])
        lines.append(_answer(0, size, words[:1].upper() + words[1:] + "."))
    return "\n".join(lines)


def _answer(fraction: int, value: int, words: str) -> str:
    return (
        f'<answer fraction="{fraction}" format="moodle_auto_format"><text>{value}</text>'
        f'<feedback format="html"><text>{cdata(escape(words))}</text></feedback><tolerance>0</tolerance></answer>'
    )


def _question(kind: str, id: str, exercise: Exercise, text: str, files: Sequence[str], answers: str) -> str:
    name = escape(without_controls(f"{exercise.title} · {id}"))
    grade = "<defaultgrade>1</defaultgrade>\n" if kind != "cloze" else ""  # a cloze is worth what its gaps are
    return (
        f'<question type="{kind}">\n<name><text>{name}</text></name>\n'
        f'<questiontext format="html"><text>{cdata(text)}</text>{"".join(files)}</questiontext>\n'
        f'<generalfeedback format="html"><text></text></generalfeedback>\n{grade}'
        f"<penalty>0.3333333</penalty>\n<hidden>0</hidden>\n<idnumber>{escape(id)}</idnumber>\n{answers}</question>"
    )


def cdata(text: str) -> str:
    """Text as it stands, which may hold what would end it."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _words(text: str) -> str:
    """Words outside the gaps, none of which begins one."""
    return escape(without_controls(text)).replace("{", "&#123;")


def _number(value: float) -> str:
    """A number without an exponent."""
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")
