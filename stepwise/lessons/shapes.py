"""Sizes told as a lesson: for each layer, its input, the formula of each axis, its output, and its receptive field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..algebra.receptive import Field
from ..arithmetic import Value, true_minus
from ..dataclass import dataclass
from ..document.blocks import Block, FormulaLine, Prose, Table
from ..document.inline import Code, Inline, Math, Text
from ..document.lesson import Lesson, Section
from ..formula import Ceiling, Difference, Equality, Floor, Formula, Number, Product, Quotient, Sum, Symbol, leaf
from ..language import _, listed, plural_form, speaking
from ..layers.sizes import Sized
from ..nouns import axis_noun
from .counted import layer_count
from .inline import inline, paragraph
from .terms import BY, by

if TYPE_CHECKING:
    from ..algebra.sizes import Known, LayerSizes


@dataclass(frozen=True)
class Row:
    """One layer: what goes in, how each axis is worked out, what comes out."""

    call: str
    given: tuple[Value, ...]
    workings: tuple[Formula, ...]
    output: tuple[Value, ...]
    stage: int = 0  # of its call, from 0


Fields = Mapping[str, Sequence[Field]]
"""The receptive fields after every layer, by the axis (or axes) along which they are these."""


def tell_sizes(chain: Sequence[Sized], fields: Fields | None = None, language: str = "en", assumed: str = "") -> Lesson:
    """The sizes after every layer, and their receptive fields; `assumed` is what was taken for granted."""
    rows = [
        Row(
            layer.call,
            layer.given,
            tuple(a.padding.output_formula for a in layer.geometry.axes),
            layer.output,
            layer.stage,
        )
        for layer in chain
    ]
    return _sizes(rows, fields or {}, (), language, assumed)


def tell_algebraic_sizes(
    chain: Sequence[LayerSizes], fields: Fields | None = None, known: Sequence[Known] = (), language: str = "en"
) -> Lesson:
    """The same in letters; `known` is what was assumed of them."""
    rows = [
        Row(layer.call, layer.given, tuple(a.working for a in layer.axes), layer.output, layer.stage) for layer in chain
    ]
    return _sizes(rows, fields or {}, known, language)


def _sizes(rows: Sequence[Row], fields: Fields, known: Sequence[Known], language: str, assumed: str = "") -> Lesson:
    with speaking(language):
        shapes: list[Inline] = [*_shape(rows[0].given)]
        for row in rows:
            shapes += [" → ", *_shape(row.output)]
        counted = plural_form("{n} layer: {shapes}.", "{n} layers: {shapes}.", len(rows))
        calls = sum(row.stage == 0 for row in rows)
        if calls < len(rows):
            counted = _("{layers} in {n} stages: {shapes}.")
        lead = inline(counted, n=len(rows), layers=layer_count(calls), shapes=tuple(shapes))
        sections = [Section(_("Layer by layer"), tuple(_layers(rows, known)))]
        if any(field.field is not None for along in fields.values() for field in along):
            sections.append(Section(_("The receptive field of one output cell"), tuple(_fields(fields))))
        return Lesson(_("Sizes"), _("Worked example"), paragraph(lead, assumed), tuple(sections), language)


def _layers(rows: Sequence[Row], known: Sequence[Known]) -> list[Block]:
    staged = any(row.stage for row in rows)
    head = (_("stage") if staged else _("layer"), _("input"), _("output, axis by axis"), _("output"))
    table = Table(_("Sizes after every layer"), head, tuple(_row(number, row) for number, row in enumerate(rows, 1)))
    if not known:
        return [table]
    sentence = _("Assumed: {assumed}.")
    if any(_rounds(*row.workings) for row in rows) and not any(_rounds(*row.output) for row in rows):
        sentence = _("Assumed: {assumed}. Then the sizes can be written without rounding.")
    return [Prose((sentence.format(assumed=listed(map(_parity, known))),)), table]


def _rounds(*sizes: Formula | Value) -> bool:
    """Whether ⌊ ⌋ or ⌈ ⌉ stands in one of them."""
    return any(mark in str(size if isinstance(size, Formula) else leaf(size)) for size in sizes for mark in "⌊⌈")


def _parity(known: Known) -> str:
    if known.modulus == 2:
        parity = _("{name} is odd") if known.remainder else _("{name} is even")
        return parity.format(name=known.name)
    return _("{name} is divisible by {n}").format(name=known.name, n=known.modulus)


def _row(number: int, row: Row) -> tuple[Text, ...]:
    formulas: list[Inline] = []
    for i, formula in enumerate(dict.fromkeys(row.workings)):
        formulas += [", " if i else "", Math(formula)]
    return (
        (f"{number}. ", Code(row.call)),
        tuple(_shape(row.given)),
        tuple(formulas) or (_("no window"),),
        tuple(_shape(row.output)),
    )


def _shape(shape: Sequence[Value]) -> list[Inline]:
    """A shape as a sentence says it; letters are set as mathematics."""
    if all(isinstance(n, int) for n in shape):
        return [by(shape)]
    pieces: list[Inline] = []
    for i, n in enumerate(shape):
        pieces += [BY if i else "", *_factor(n, alone=len(shape) == 1)]
    return pieces


def _factor(n: Value, alone: bool) -> list[Inline]:
    """One size among several; what is neither a letter nor a number nor in brackets already stands in parentheses."""
    if isinstance(n, int):
        return [str(n)]
    formula = leaf(n)
    if alone or isinstance(formula, Symbol | Floor | Ceiling):
        return [Math(formula)]
    return [Math(Product((formula,)))]  # a factor stands in parentheses by itself


def _fields(fields: Fields) -> list[Block]:
    """The receptive field, jump and offset of every layer, first in letters, then with the numbers put in."""
    meaning = paragraph(
        _("An output cell is computed from a patch of the input: its receptive field."),
        _(
            "The jump is how far that patch moves from one cell to the next; the offset is where the centre of the "
            "first patch lies, counted from the first cell of the input."
        ),
        _("A window that spans k, with stride s and p lines of padding before the data, changes them to:"),
    )
    blocks: list[Block] = [Prose(meaning), *(FormulaLine(rule) for rule in _rules())]
    head = (_("layer"), _("receptive field"), _("jump"), _("offset"))
    for axis, along in fields.items():
        if len(fields) > 1:
            blocks.append(Prose((_("Along the {axis}:").format(axis=axis_noun(axis)),)))
        rows = tuple(_field_row(number, field) for number, field in enumerate(along, 1))
        blocks.append(Table(_("Receptive field, jump and offset after every layer"), head, rows))
    return blocks


def _rules() -> list[Formula]:
    r, j, o, k, s, p = map(Symbol, ("r", "j", "o", "k", "s", "p"))
    less_one = Difference(k, Number(1))
    return [
        Equality(Symbol("r′"), Sum((r, Product((less_one, j))))),
        Equality(Symbol("j′"), Product((j, s))),
        Equality(Symbol("o′"), Sum((o, Product((Difference(Quotient(less_one, Number(2)), p), j))))),
    ]


def _field_row(number: int, field: Field) -> tuple[Text, ...]:
    name: Text = (f"{number}. ", Code(field.call))
    if field.untold:
        return (name, (_("depends on where cells were moved"),), ("–",), ("–",))
    if field.field is None:
        return (name, (_("the whole input"),), ("–",), ("–",))
    if not field.workings:
        most = str(field.field) if field.alike else _("at most {field}").format(field=field.field)
        if field.moved:
            return (name, (most,), ("–",), ("–",))
        jump = _("not the same for every cell") if field.jump is None else str(field.jump)
        return (name, (most,), (jump,), ("–" if field.offset is None else _half(field),))
    workings = tuple((Math(working),) for working in field.workings)
    return (name, *workings) if len(workings) == 3 else (name, *workings, (_("depends on the input's size"),))


def _half(field: Field) -> str:
    assert field.offset is not None
    return true_minus(f"{float(field.offset):g}")
