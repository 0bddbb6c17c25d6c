"""Why a number is what it is, told: down through the layers to the pixels; and what can depend on a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from ..analysis.shared_out import in_decimals
from ..arithmetic import Array, Value, box_of, is_expression, plain, shown, true_minus
from ..document.blocks import Block, FeatureMap, Figure, FormulaLine, Prose, Scene, Table
from ..document.inline import Code, Math, Text
from ..document.lesson import Lesson, Section
from ..document.matrix import Cell, Frame, Matrix
from ..formula import Quotient, equality, leaf
from ..language import _, plural, speaking
from ..nouns import input_noun
from ..ops import MaxPool
from ..traces.axes import cell_place
from ..traces.influence import Box
from ..traces.layout import Index
from ..traces.trace import Trace, chain, data_inputs
from .captions import input_of
from .channel_maps import FINEST
from .inline import labels
from .long import working
from .phrases import phrases
from .summary import shape, short_call

if TYPE_CHECKING:
    from ..analysis.why import Share, Touched, Why

MOST_SHARES = 8
"""Of a number's shares, so many are named, the largest first; the others make one subtotal."""
ROOM = 12
"""A receptive field with no more rows and columns than this is drawn as numbers."""


def tell_why(why: Why, language: str = "en") -> Lesson:
    """The answer as a lesson."""
    with speaking(language):
        called = short_call(why.trace)
        title = _("Why is {place} of {layer} {value}?").format(
            place=cell_place(why.trace, why.index), layer=called, value=_number(why.value)
        )
        joins = len(data_inputs(why.trace)) > 1
        from_before = _("From what is joined here") if joins else _("From the layer before")
        lead = _("From that number back, layer by layer, to the numbers of the input that it was computed from.")
        sections = (
            Section(from_before, tuple(_shares(why))),
            Section(_("Back to the input"), tuple(_path(why))),
            Section(_("What it can depend on"), tuple(_field(why))),
            Section(_("What every number of the input contributed"), tuple(_contributions(why))),
        )
        return Lesson(title, labels(_("Why?"), phrases(why.trace).noun()), (lead,), sections, language)


def _shares(why: Why) -> Iterator[Block]:
    step = why.trace.step(why.index)
    formula, sentences = working(step)
    yield FormulaLine(formula)
    yield Prose(sentences)
    if why.trace.layer.operation.squashes:
        return  # it is its own number's, in another form
    found = why.largest(MOST_SHARES)
    if not found:
        yield Prose((_("No number of the layer before contributes to it."),))
        return
    rows = [_share_row(share, why) for share in found]
    rest, count = why.others(MOST_SHARES)
    if count:
        name = plural("{n} other", "{n} others", count)
        rows.append(((name,), ("",), ("",), (_number(rest),)))
    head = (_("cell"), _("number"), _("times"), _("share"))
    yield Table(_("What each cell of the layer before contributed"), head, tuple(rows))


def _share_row(share: Share, why: Why) -> tuple[Text, ...]:
    name = cell_place(why.trace, share.index, share.input)
    if len(data_inputs(why.trace)) > 1:
        first = share.input == "input"
        name = _("{place} of {input}").format(
            place=name, input=_("input {n}").format(n=1) if first else input_noun(share.input)
        )
    elif share.input != "input":
        name = f"{name} ({input_noun(share.input)})"
    return ((name,), (_number(share.value),), (_number(share.factor),), (_number(share.amount),))


def _path(why: Why) -> Iterator[Block]:
    largest = _("Each step goes to the number that contributed most; in a maximum, to the winner.")
    yield Prose((largest,))
    rows: list[tuple[Text, ...]] = []
    for link in why.path:
        name: Text = (Code(short_call(link.trace)),) if link.trace else (_("the input"),)
        place = cell_place(link.trace, link.index) if link.trace else _input_place(why.trace, link.index)
        rows.append((name, (place,), (_number(link.value),), (_percent(link.share),)))
    head = (_("layer"), _("cell"), _("number"), _("share of the number above"))
    yield Table(_("The path back"), head, tuple(rows))


def _input_place(trace: Trace, index: Index) -> str:
    """Where a cell of the first input of a chain is."""
    return cell_place(chain(trace)[0], index, "input")


def _percent(share: Value) -> str:
    return true_minus(f"{float(share) * 100:.0f} %") if share == share else "–"


def _field(why: Why) -> Iterator[Block]:
    box, source = why.field, why.source
    cells = 1
    for low, high in box:
        cells *= high - low
    reaching = _("It can depend on {cells} of the {all} numbers of the input, those at ({spans}): its receptive field.")
    spans = ", ".join(f"{low}…{high - 1}" if high - low > 1 else str(low) for low, high in box)
    yield Prose((reaching.format(all=f"{source.size:,}", cells=f"{cells:,}", spans=spans),))
    rows, columns, lead = _plane(why, box)
    if rows is None or columns is None:
        return
    if rows[1] - rows[0] <= ROOM and columns[1] - columns[0] <= ROOM:
        yield Scene((_framed(why, rows, columns, lead),), ())


def _plane(why: Why, box: Box) -> tuple[tuple[int, int] | None, tuple[int, int] | None, Index]:
    """The rows and columns of the box in the input's picture, and the index of the plane it is drawn in."""
    axes = picture_axes(why.trace, why.source)
    if axes is None or any(low >= high for low, high in box):
        return None, None, ()
    lead = tuple(low for axis, (low, _high) in enumerate(box) if axis not in axes)
    return box[axes[0]], box[axes[1]], lead


def picture_axes(trace: Trace, source: Array) -> tuple[int, int] | None:
    """Which axes of the first input are rows and columns; None where it is no picture."""
    first = chain(trace)[0]
    if source.ndim == 2:
        return (0, 1) if first.geometry.axes or first.form == "plain" else None
    if source.ndim not in (3, 4):
        return None
    after = 1 if first.layer.layout.channels_last else 0
    return source.ndim - 2 - after, source.ndim - 1 - after


def _framed(why: Why, rows: tuple[int, int], columns: tuple[int, int], lead: Index) -> Matrix:
    """The input around the receptive field, with the field framed and what gave anything marked."""
    axes = picture_axes(why.trace, why.source)
    assert axes is not None
    given, source = why.contributions, why.source
    sizes = source.shape[axes[0]], source.shape[axes[1]]
    top, left = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
    bottom, right = min(rows[1] + 1, sizes[0]), min(columns[1] + 1, sizes[1])

    def draw(row: int, column: int) -> Cell:
        index = _index(axes, lead, row, column)
        inside = rows[0] <= row < rows[1] and columns[0] <= column < columns[1]
        tapped = inside and bool(given[index] != 0)
        marks = [name for name, on in (("window", inside), ("tapped", tapped)) if on]
        return Cell("data", plain(source[index]), index, frozenset(marks))  # type: ignore[arg-type]  # both are marks

    cells = tuple(tuple(draw(r, c) for c in range(left, right)) for r in range(top, bottom))
    frame = Frame(rows[0] - top, columns[0] - left, rows[1] - rows[0], columns[1] - columns[0])
    cut = (top, left, bottom, right) != (0, 0, *sizes)
    return Matrix("input", input_of(source.shape), cells, top, left, cut, frame)


def _index(axes: tuple[int, int], lead: Index, row: int, column: int) -> Index:
    known, others = {axes[0]: row, axes[1]: column}, iter(lead)
    return tuple(known[axis] if axis in known else next(others) for axis in range(len(lead) + 2))


def _contributions(why: Why) -> Iterator[Block]:
    given = why.contributions
    total = plain(given.sum())
    if why.explained != why.value:
        behind = _(
            "{layer} only changes the form of a score. The score before it is {score}; its parts are shown here."
        )
        yield Prose((behind.format(layer=phrases(why.trace).noun(), score=_number(why.explained)),))
    together = _("All numbers of the input together contributed {total}; biases and other added numbers, {rest}.")
    yield Prose((together.format(total=_number(total), rest=_number(why.rest)),))
    maps = contribution_maps(why)
    if maps:
        yield Figure(tuple(maps))
    rows = [
        ((_input_place(why.trace, at),), (_number(plain(why.source[at])),), (_number(amount),))
        for at, amount in why.greatest(MOST_SHARES)
    ]
    if rows:
        head = (_("cell of the input"), _("number"), _("contribution"))
        yield Table(_("The numbers of the input that contributed most"), head, tuple(rows))


def contribution_maps(why: Why) -> list[FeatureMap]:
    """The input, and what each of its cells gave, as pictures."""
    axes = picture_axes(why.trace, why.source)
    if axes is None:
        return []
    source, given = why.source, why.contributions
    others = [range(1) if source.ndim == 4 and axis == 0 else range(size) for axis, size in enumerate(source.shape)]
    lead = next(iter(product(*(r for axis, r in enumerate(others) if axis not in axes))))
    shown = [_shown(source.shape[axis], why.field[axis]) for axis in axes]
    step = -(-max(len(line) for line in shown) // FINEST)
    rows, columns = (line[::step] for line in shown)
    part = ""
    if [len(rows), len(columns)] != [source.shape[axis] for axis in axes]:
        part = _("rows {top} to {bottom}, columns {left} to {right}").format(
            top=rows[0], bottom=rows[-1], left=columns[0], right=columns[-1]
        )
    thinned = _("1 row and 1 column in {n} drawn").format(n=step) if step > 1 else ""
    maps = []
    frame = None if step > 1 else field_frame(why, axes, rows[0], columns[0])
    for caption, array, diverging in ((_("the input"), source, False), (_("what each cell contributed"), given, True)):
        array = in_decimals(array)
        drawn = tuple(tuple(float(array[_index(axes, lead, r, c)]) for c in columns) for r in rows)
        values = [value for row in drawn for value in row if value - value == 0] or [0.0]
        most = max(map(abs, values))
        low, high = (-most, most) if diverging else (min(values), max(values))
        framed = _("its receptive field framed") if frame and not diverging else ""
        caption = labels(caption, part, thinned, framed)
        maps.append(FeatureMap(caption, drawn, low, high, diverging and most > 0, None if diverging else frame))
    return maps


def _shown(size: int, field: tuple[int, int]) -> range:
    """Of a line of the picture all, or as much of a long one as lies around the receptive field."""
    around = max(0, FINEST - (field[1] - field[0])) // 2
    first = max(0, min(field[0] - around, size - FINEST))
    return range(size) if size <= FINEST else range(first, min(size, max(field[1] + around, first + FINEST)))


def field_frame(why: Why, axes: tuple[int, int], first_row: int, first_column: int) -> Frame | None:
    """The receptive field on the input's picture; None where it is all of it, or nothing."""
    (top, bottom), (left, right) = why.field[axes[0]], why.field[axes[1]]
    whole = (bottom - top, right - left) == (why.source.shape[axes[0]], why.source.shape[axes[1]])
    if whole or top >= bottom or left >= right:
        return None
    return Frame(top - first_row, left - first_column, bottom - top, right - left)


def tell_touched(touched: Touched, language: str = "en") -> Lesson:
    """What can depend on a cell of the input, as a lesson."""
    with speaking(language):
        title = _("What depends on {place} of the input?").format(
            place=cell_place(touched.layers[0][0], touched.index, "input")
        )
        lead = _("It is {value}. This many numbers of each layer can depend on it:").format(
            value=_number(touched.value)
        )
        maxima = any(isinstance(layer.layer.operation, MaxPool) for layer, _mask in touched.layers)
        note = (_("In a window where another number is the maximum, this one does not change the result."),)
        rows: list[tuple[Text, ...]] = []
        for number, (layer, mask) in enumerate(touched.layers, 1):
            cells = int(mask.sum())
            share = equality(Quotient(leaf(cells), leaf(mask.size)), leaf(cells / mask.size))
            name: Text = (f"{number}. ", Code(short_call(layer)))
            rows.append((name, (shape(layer.shape),), (f"{cells:,}",), (Math(share),), (_span(mask),)))
        head = (_("layer"), _("output"), _("dependent numbers"), _("part"), _("within"))
        table = Table(_("What can depend on it"), head, tuple(rows))
        section = Section(_("Layer by layer"), (table, Prose(note)) if maxima else (table,))
        return Lesson(title, _("What depends on it?"), (lead,), (section,), language)


def _span(mask: Array) -> str:
    """The box around the marked cells."""
    spans = box_of(mask)
    if spans is None:
        return "–"
    return ", ".join(str(first) if end - first == 1 else f"{first}…{end - 1}" for first, end in spans)


def _number(value: Value) -> str:
    return str(leaf(value)) if is_expression(value) else true_minus(shown(value))
