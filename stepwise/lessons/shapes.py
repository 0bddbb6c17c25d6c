"""Sizes told as a lesson: for each layer, what goes in, the formula of each axis, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence

from ..language import _, plural, speaking
from ..shapes import Sized
from .blocks import Code, Inline, Lesson, Math, Section, Table, Text


def tell_sizes(chain: Sequence[Sized], language: str = "en") -> Lesson:
    """The sizes after every layer, as a table."""
    with speaking(language):
        rows = tuple(_row(number, layer) for number, layer in enumerate(chain, 1))
        head = (_("layer"), _("input"), _("output, axis by axis"), _("output"))
        lead = (
            plural("{n} layer", "{n} layers", len(chain))
            + ": "
            + " → ".join([_shape(chain[0].given), *(_shape(layer.output) for layer in chain)])
        )
        table = Table(_("Sizes after every layer"), head, rows)
        return Lesson(
            _("Sizes"),
            _("Worked example"),
            (lead + ".",),
            (Section(_("Layer by layer"), (table,)),),
            language,
        )


def _row(number: int, layer: Sized) -> tuple[Text, ...]:
    formulas: list[Inline] = []
    told = [axis.padding.output_formula for axis in layer.geometry.axes]
    for i, formula in enumerate(dict.fromkeys(told)):
        formulas += [", " if i else "", Math(formula)]
    return (
        (f"{number}. ", Code(layer.call)),
        (_shape(layer.given),),
        tuple(formulas) or (_("no window"),),
        (_shape(layer.output),),
    )


def _shape(shape: tuple[int, ...]) -> str:
    return "\u00a0×\u00a0".join(map(str, shape))
