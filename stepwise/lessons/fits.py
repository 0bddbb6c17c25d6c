"""Which windows, strides and paddings take one size to another, told as a lesson."""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra.fits import Bounds, Fit
from ..document.blocks import Prose, Table
from ..document.inline import Code, Math, Text
from ..document.lesson import Lesson, Section
from ..language import _, plural, speaking
from .terms import cells


def tell_fits(
    given: int, wanted: int, found: Sequence[Fit], bounds: Bounds, dialect: str, language: str = "en"
) -> Lesson:
    """Every answer with its formula, in the words of a dialect."""
    with speaking(language):
        padded = _(
            "Tried: windows up to {window}, strides up to {stride}, padding up to {padding} on a side, dilation up to "
            "{dilation}."
        )
        if dialect == "keras":  # which knows no number of lines
            padded = _(
                "Tried: windows up to {window}, strides up to {stride}, VALID and SAME padding, dilation up to "
                "{dilation}."
            )
        limits = padded.format(
            window=bounds.window, stride=bounds.stride, padding=bounds.padding, dilation=bounds.dilation
        )
        lead = _("No layer turns {given} into {wanted}.").format(given=cells([given]), wanted=wanted)
        if found:
            lead = plural(
                "{n} layer turns {given} into {wanted}.",
                "{n} layers turn {given} into {wanted}.",
                len(found),
                given=cells([given]),
                wanted=wanted,
            )
        blocks: tuple[Prose | Table, ...] = (Prose((limits,)),)
        if found:
            spread = any(fit.decision.rule == "transposed" for fit in found)
            lines = _("lines of padding, or cut off") if spread else _("lines of padding")
            head = (_("written"), lines, _("size"))
            blocks = (*blocks, Table(_("What fits"), head, tuple(map(_row, found))))
        else:
            blocks = (*blocks, Prose((_("To find more, allow a larger window, stride or padding."),)))
        title = _("From {given} to {wanted}").format(given=given, wanted=wanted)
        section = Section(_("What fits, in the words of {dialect}").format(dialect=TITLES[dialect]), blocks)
        return Lesson(title, _("Sizes, backwards"), (lead,), (section,), language)


TITLES = {"keras": "Keras", "torch": "PyTorch", "onnx": "ONNX"}


def _row(fit: Fit) -> tuple[Text, ...]:
    decided = fit.decision
    lines = _("{before} before, {after} after")
    if decided.rule == "transposed":
        lines = _("cut off: {before} before, {after} after")
        if decided.after < 0:
            lines = _("cut off: {before} before; added: {added} after")
            if not decided.before:
                lines = _("added: {added} after")
    lines = lines.format(before=decided.before, after=decided.after, added=-decided.after)
    if decided.rule == "transposed" and (decided.before or decided.after):
        return ((Code(fit.call),), (lines,), (Math(fit.formula),))
    return ((Code(fit.call),), (lines if decided.total else _("none"),), (Math(fit.formula),))
