"""A trace of a window operation told as a lesson, in the parts a teacher would take it in."""

from __future__ import annotations

from collections.abc import Iterable

from ..formula import Ceiling, Difference, Floor, Number, Quotient, Sum, Symbol
from ..geometry import AxisGeometry
from ..language import _, plural
from ..trace import Trace, chain
from . import pictures
from .blocks import Block, Code, Inline, Lesson, Math, Prose, Section, StepBlock, Steps, Strong, Table, Text
from .choice import WHERE, Chosen, choose
from .fold import folded
from .phrases import phrases


def tell_chain(trace: Trace, language: str, detail: str, title: str | None = None) -> Lesson:
    """The lesson of a trace and of every layer before it."""
    layers = chain(trace)
    if len(layers) == 1:
        noun = phrases(trace).noun()
        return Lesson(
            title or _("{noun}: {terms}").format(noun=noun, terms=terms(trace)),
            _("Worked example") + " · " + noun,
            _lead(trace),
            tuple(_sections(trace, detail)),
            language,
        )
    sections: list[Section] = []
    for number, layer in enumerate(layers, 1):
        heading = _("Layer {n}: {noun}").format(n=number, noun=phrases(layer).noun().lower())
        sections.append(Section(heading, (Prose(_lead(layer)),), level=1))
        sections += _sections(layer, detail)
    nouns = ", ".join(phrases(layer).noun() for layer in layers)
    lead = plural("{n} layer, one after the other.", "{n} layers, one after the other.", len(layers))
    kicker = _("Worked example") + " · " + nouns
    return Lesson(title or nouns, kicker, (lead,), tuple(sections), language)


def terms(trace: Trace) -> str:
    """The numbers of an operation in a few words: `2×2 window, stride 1, SAME padding`."""
    axes = trace.geometry.axes
    parts = [_("{size} window").format(size=_sizes([axis.window for axis in axes]))]
    strides = [axis.stride for axis in axes]
    parts.append(_("stride {n}").format(n=strides[0] if len(set(strides)) == 1 else _sizes(strides)))
    dilations = [axis.dilation for axis in axes]
    if set(dilations) != {1}:
        parts.append(_("dilation {n}").format(n=dilations[0] if len(set(dilations)) == 1 else _sizes(dilations)))
    parts.append(_("{rule} padding").format(rule=rule_name(axes[0])))
    return ", ".join(parts)


def rule_name(axis: AxisGeometry) -> str:
    """The padding rule as it is written in a sentence."""
    return {"valid": "VALID", "same_upper": "SAME", "same_lower": "SAME_LOWER"}[axis.padding.rule]


def _sizes(numbers: list[int]) -> str:
    return "×".join(map(str, numbers))


def _lead(trace: Trace) -> Text:
    axes = trace.geometry.axes
    strides = {axis.stride for axis in axes}
    pace = (
        plural("{n} cell at a time", "{n} cells at a time", strides.pop())
        if len(strides) == 1
        else _("{n} cells at a time").format(n=_sizes([axis.stride for axis in axes]))
    )
    sentence = _("Slide a {size} window over the input, {pace}; in each place, {instruction}.")
    return (
        sentence.format(size=_sizes([a.window for a in axes]), pace=pace, instruction=phrases(trace).instruction()),
    )


def _sections(trace: Trace, detail: str) -> list[Section]:
    return [
        Section(_("The question"), tuple(_question(trace))),
        Section(_("How big is the answer?"), tuple(_size(trace))),
        Section(_("Where does the padding go?"), tuple(_padding(trace))),
        Section(_("Slide the window"), tuple(_steps(trace, detail))),
        Section(_("Read off the answer"), tuple(_answer(trace))),
    ]


def _question(trace: Trace) -> list[Block]:
    shape = " × ".join(map(str, trace.inputs["input"].shape))
    text: list[Inline] = [
        _("Carry out") + " ",
        Code(trace.layer.call),
        " " + _("on this input") + f" ({shape}).",
    ]
    for name, drawn in trace.origins.items():
        text += [
            " " + _("Nobody gave the {name}; it was drawn by").format(name=_(name)) + " ",
            Code(drawn),
            ".",
        ]
    blocks: list[Block] = [Prose(tuple(text))]
    if not pictures.is_large(trace):
        return [*blocks, pictures.question(trace)]
    blocks.append(pictures.feature_maps(trace, "input"))
    return [*blocks, pictures.kernel_alone(trace)] if "kernel" in trace.inputs else blocks


def _size(trace: Trace) -> list[Block]:
    axes = trace.geometry.axes
    n, s, k = Symbol("n"), Symbol("s"), Symbol("k")
    if axes[0].padding.rule == "valid":
        general = Math(Sum((Floor(Quotient(Difference(n, k), s)), Number(1))))
        meaning = _("cells for an input of n cells, a window that spans k and a stride of s:")
    else:
        general = Math(Ceiling(Quotient(n, s)))
        meaning = _("cells for an input of n cells and a stride of s, whatever the window:")
    rows = _rows((a, (Math(a.padding.output_formula),)) for a in axes)
    windows = plural("{n} window", "{n} windows", _product([a.output for a in axes]))
    result = _("The output is {size}: {windows}").format(size=_sizes([a.output for a in axes]), windows=windows)
    channels = trace.layer.layout.channels(trace.output.shape, len(axes))
    per = ", " + _("in each of {n} channels").format(n=channels) if channels > 1 else ""
    return [
        Prose((_("Along each axis, {rule} gives").format(rule=rule_name(axes[0])) + " ", general, " " + meaning)),
        Table(_("Size of the output, axis by axis"), (_("axis"), _("cells of output")), rows),
        Prose((result + per + ".",)),
    ]


def _rows(told: Iterable[tuple[AxisGeometry, Text]]) -> tuple[tuple[Text, ...], ...]:
    """One row an axis; axes of which the same is told share one."""
    names: dict[Text, list[str]] = {}
    for axis, text in told:
        names.setdefault(text, []).append(_(axis.name))
    return tuple(((_(" and ").join(axes),), text) for text, axes in names.items())


def _product(numbers: list[int]) -> int:
    result = 1
    for number in numbers:
        result *= number
    return result


def _padding(trace: Trace) -> list[Block]:
    axes = trace.geometry.axes
    blocks: list[Block] = []
    if axes[0].padding.rule == "valid":
        blocks.append(Prose((axes[0].padding.reason,)))
    else:
        blocks += _same(trace)
    for axis in axes:
        if axis.uncovered:
            blocks.append(Prose(_uncovered(axis)))
    return blocks


def _same(trace: Trace) -> list[Block]:
    axes = trace.geometry.axes
    rows = tuple(
        (
            (_(a.name),),
            (Math(a.padding.formula),),
            (f"{a.padding.before} " + WHERE[a.name, "before"](),),
            (f"{a.padding.after} " + WHERE[a.name, "after"](),),
        )
        for a in axes
    )
    head = (_("axis"), _("lines of padding"), _("before"), _("after"))
    start = _("SAME adds just the lines that the last window is short of: (output − 1)·stride + window − input.")
    blocks: list[Block] = [Prose((start,)), Table(_("Padding, axis by axis"), head, rows)]
    if not trace.geometry.pads:
        return [*blocks, Prose((_("Here that is none: the windows fit."),))]
    odd = [a for a in axes if a.padding.total % 2]
    if odd:
        blocks.append(Prose(_odd_line(odd), tone="note"))
    else:
        blocks.append(Prose((_("The lines are split evenly between the two sides."),)))
    if not pictures.is_large(trace):
        blocks.append(pictures.padded_input(trace))
    blocks.append(Prose(phrases(trace).padding(trace)))
    return blocks


def _odd_line(axes: list[AxisGeometry]) -> Text:
    side = "after" if axes[0].padding.rule == "same_upper" else "before"
    places = _(" and ").join(WHERE[a.name, side]() for a in axes)
    after = _("after the data") if side == "after" else _("before the data")
    text: list[Inline] = [
        _("An odd line cannot be split, so it goes") + " ", Strong(after), ": " + places + "."
    ]  # fmt: skip
    if [a.name for a in axes] == ["height", "width"] and all(a.padding.total == 1 for a in axes):
        text.append(" " + _("(Bottom and right; “right and left”, as one sometimes reads, would be two columns.)"))
    return tuple(text)


def _uncovered(axis: AxisGeometry) -> Text:
    lines = {"height": (_("row"), _("rows")), "width": (_("column"), _("columns"))}.get(
        axis.name, (_("line"), _("lines"))
    )
    count = len(axis.uncovered)
    named = ", ".join(map(str, axis.uncovered[:6])) + (", …" if count > 6 else "")
    sentence = plural(
        "The stride leaves {{lines}} {{named}} never covered: no window reaches it.",
        "The stride leaves {{lines}} {{named}} never covered: no window reaches them.",
        count,
    )
    counted = _("(counting from 0)")
    return (sentence.format(lines=lines[count > 1], named=named) + " " + counted,)


def _steps(trace: Trace, detail: str) -> list[Block]:
    chosen = choose(trace, detail)
    total = len(trace.steps)
    if not chosen:
        return [Prose((plural("There is {n} window.", "There are {n} windows.", total),))]
    if len(chosen) == total:
        said: Text = (plural("The one window there is.", "All {n} windows, in reading order.", total),)
    else:
        said = (
            _("There are {total} windows. Here are {shown} telling ones; see every one with").format(
                total=f"{total:,}", shown=len(chosen)
            )
            + " ",
            Code("--steps all"),
            ", " + _("or any single one in Python with") + " ",
            Code(f"trace.step({chosen[-1].step.index})"),
            ".",
        )
    return [Prose(said), _told(chosen, total)]


def told_steps(trace: Trace) -> Steps:
    """The telling windows, each with its picture, formula and sentence."""
    return _told(choose(trace, "auto"), len(trace.steps))


def _told(chosen: list[Chosen], total: int) -> Steps:
    return Steps(tuple(_step(one, total) for one in chosen))


def _step(chosen: Chosen, total: int) -> StepBlock:
    step = chosen.step
    sentence = phrases(step.trace).sentence(step)
    return StepBlock(chosen.number, total, step.index, pictures.scene(step), folded(step), sentence, chosen.why)


def _answer(trace: Trace) -> list[Block]:
    check = Prose((Strong(_("Check it.")), " " + phrases(trace).check(trace)))
    if pictures.is_large(trace):
        return [pictures.feature_maps(trace, "input", "output"), check]
    return [pictures.answer(trace), check]
