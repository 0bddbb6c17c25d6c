"""The overview of a class as a lesson: what was understood, and what to teach again.

Every format of lessons tells it; a page draws its counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..document.blocks import Block, Card, Prose, Scene, Stack, Table
from ..document.inline import Code, Inline, Strong, Text
from ..document.lesson import Lesson, Section
from ..language import _, plural, speaking
from ..lessons.inline import inline, paragraph, several
from .overview import Bar, Explanation, HeatCell, HeatMap, Overview

DETAILED = 8
"""Columns of a map in which there is room for counts beside the shares."""


def overview_lesson(overview: Overview) -> Lesson:
    """The lesson of an overview."""
    with speaking(overview.language):
        lead: Text = (_("What was understood, and what to teach again. No names are on this page."),)
        if overview.calls:
            asked = _("What was understood of {call}, and what to teach again. No names are on this page.")
            lead = inline(asked, call=several(Code(call) for call in overview.calls))
        return Lesson(overview.title, _("Class overview"), lead, tuple(_sections(overview)), overview.language)


def _sections(overview: Overview) -> Iterator[Section]:
    yield Section("", (_figures(overview),))
    yield Section(_("What to teach again"), tuple(_to_teach(overview)))
    head = (_("share of the points"), _("answers"))
    yield Section(_("Marks"), (_bars(_("answers by the share of the points they earned"), head, overview.marks),))
    if overview.heat or overview.worst:
        yield Section(_("Where the mistakes are"), tuple(_places(overview)))
    if overview.sizes:
        due = _("The right size is {size}. These were handed in:").format(size=overview.due_size)
        caption = _("answers by their size, where it was not the right one")
        sizes = _bars(caption, (_("size"), _("answers")), overview.sizes)
        yield Section(_("Answers of another size"), (Prose((due,)), sizes))
    if overview.variants:
        yield Section(_("Variants"), tuple(_variants(overview)))


def _figures(overview: Overview) -> Table:
    """How many there are, and how they did; what nobody could read is for a person to look at."""

    def counted(name: str, count: int) -> tuple[Text, ...]:
        return (name,), (str(count),), (_percent(count / overview.answers),) if overview.answers else ()

    rows: list[tuple[Text, ...]] = [((_("answers"),), (str(overview.answers),), ())]
    rows.append(counted(_("fully correct"), overview.right))
    rows.append(((_("mean mark"),), (_percent(overview.mean),), ()))
    if overview.blank:
        rows.append(counted(_("left blank"), overview.blank))
    if overview.unreadable:
        rows.append(counted(_("could not be read"), overview.unreadable))
    look = frozenset({(len(rows) - 1, 1)} if overview.unreadable else ())
    head = (_("of the class"), _("number"), _("share of the answers"))
    return Table(_("the class in numbers"), head, tuple(rows), look, "figures")


def _to_teach(overview: Overview) -> Iterator[Block]:
    if overview.explanations:
        explained = plural(
            "There is one student with a mistake, and this explains it.",
            "These misconceptions explain mistakes of {explained} of {n} students, the most frequent first.",
            overview.mistaken,
            explained=overview.explained,
        )
        yield Prose((explained,))
        shares = tuple(round(min(cause.share, 1.0), 4) for cause in overview.explanations)
        yield Stack(tuple(map(_card, overview.explanations)), shares)
        if overview.unexplained:
            unexplained = plural(
                "{n} student has mistakes that no misconception known here explains: look at where they are, below.",
                "{n} students have mistakes that no misconception known here explains: look at where they are, below.",
                overview.unexplained,
            )
            yield Prose((unexplained,))
    elif overview.mistaken:
        yield Prose((_("No single misconception explains the mistakes: look at where they are."),))
    else:
        yield Prose((_("Nothing: no answer that could be read has a mistake in it."),))
    if overview.unfinished:
        unfinished = plural(
            "{n} student has nothing wrong, but left something open.",
            "{n} students have nothing wrong, but left something open.",
            overview.unfinished,
        )
        yield Prose((unfinished,))


def _card(cause: Explanation) -> Card:
    remark = plural(
        "{n} student, {share} of those with a mistake",
        "{n} students, {share} of those with a mistake",
        cause.count,
        share=_percent(cause.share),
    )
    codes: list[Inline] = []
    for code in cause.codes:
        codes += [*([" "] if codes else []), Code(code)]
    example = paragraph(inline(_("**One example.**")), cause.text)
    scene = (Scene(cause.matrices, ("",) * (len(cause.matrices) - 1)),) if cause.matrices else ()
    return Card(cause.title, remark, (Prose(tuple(codes)), Prose(example), *scene))


def _places(overview: Overview) -> Iterator[Block]:
    shares = _("For each cell of the result, the share of answers in which it is wrong.")
    yield Prose(paragraph(shares, _("Answers of another size are not counted here.")))
    yield from map(_heat, overview.heat)
    if overview.worst:
        yield _bars(_("cells most often wrong"), (_("cell"), _("answers")), overview.worst)


def _heat(map_: HeatMap) -> Table:
    columns = len(map_.rows[0])
    detailed = columns <= DETAILED
    rows = tuple(((str(n),), *(_cell(cell, detailed) for cell in row)) for n, row in enumerate(map_.rows))
    shares = tuple(tuple(round(cell.heat, 4) for cell in row) for row in map_.rows)
    return Table(map_.caption, ("", *map(str, range(columns))), rows, drawn="heat", shares=shares)


def _cell(cell: HeatCell, detailed: bool) -> Text:
    share = _percent(cell.share)
    if not detailed:
        return (share,)
    counts = ""
    if cell.wrong and cell.blank:
        counts = _("{wrong} wrong, {open} open").format(wrong=cell.wrong, open=cell.blank)
    elif cell.wrong:
        counts = _("{n} wrong").format(n=cell.wrong)
    elif cell.blank:
        counts = _("{n} open").format(n=cell.blank)
    return (Strong(share), f" {counts}") if counts else (Strong(share),)


def _variants(overview: Overview) -> Iterator[Block]:
    yield Prose((_("The hardest first: a variant with a far lower mean mark may be unfair."),))
    head = (_("variant"), _("answers"), _("fully correct"), _("mean mark"))
    rows = tuple(
        ((one.id,), (str(one.answers),), (str(one.right),), (_percent(one.mean),)) for one in overview.variants
    )
    yield Table(_("how each variant went"), head, rows)
    if overview.variants_left_out:
        yield Prose((_("{n} easier variants are left out.").format(n=overview.variants_left_out),))


def _bars(caption: str, head: tuple[str, str], bars: tuple[Bar, ...]) -> Table:
    longest = max((bar.count for bar in bars), default=0) or 1
    rows = tuple(((bar.label,), (str(bar.count),)) for bar in bars)
    return Table(caption, head, rows, drawn="bars", shares=tuple((round(bar.count / longest, 4),) for bar in bars))


def _percent(share: float) -> str:
    return f"{round(share * 100)}\u00a0%"
