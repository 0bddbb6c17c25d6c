"""A convolution's gradient as one correlation: the padding, the zeros of the stride and the turn drawn, and why."""

from __future__ import annotations

from dataclasses import replace

from ..algebra.turned import as_correlation, same_numbers
from ..document.blocks import Block, Prose, Scene, StepBlock, Steps
from ..document.inline import Math, Text
from ..document.lesson import Section, Stage
from ..formula import Difference, Formula, Number, Product, equality
from ..language import _
from ..nouns import size_of
from ..ops import ConvTranspose
from ..traces.step import Step
from ..traces.trace import Trace
from . import pictures
from .captions import input_caption, kernel_caption, output_caption, result_caption
from .gradient_names import forward, gradient_of, symbol
from .gradient_pictures import labels_of
from .inline import inline, paragraph, several
from .long import working
from .looking import LONG
from .terms import alike
from .window import step_title

UP = symbol("output")


def correlation_sections(trace: Trace) -> list[Section]:
    """Why it is one, and its windows, which a page can operate; none of a bias, or where no number is left.

    None, either, where the upstream gradient would be a window of more numbers than anybody looks at.
    """
    if gradient_of(trace).wrt == "kernel" and trace.inputs["input"].size > LONG:
        return []
    found = as_correlation(trace)
    if found is None or len(found.geometry.axes) > 2:
        return []
    wrt = gradient_of(trace).wrt
    transposed = isinstance(forward(trace).layer.operation, ConvTranspose)
    if wrt == "kernel":
        title, blocks = _("The same as a correlation with the input"), _of_kernel(trace)
    elif transposed:
        title, blocks = _("The same as a convolution"), _of_transposed(trace)
    else:
        title, blocks = _("The same as a full correlation"), _of_input(trace, found)
    names = _captions(trace, found)
    sentence = _("Slid over it, this gives the same numbers as those gathered above.")
    same = [Prose((sentence,))] if same_numbers(trace, found) else []
    slid = Section(_("Slide the window"), (_steps(found, names),), stage=Stage((found,), captions=names))
    return [Section(title, (*blocks, *same)), slid]


def _of_input(trace: Trace, found: Trace) -> list[Block]:
    """Why the kernel is turned, what stands between the numbers, and how much around them."""
    axes = forward(trace).geometry.axes
    turned = _(
        "The later a window covers an input cell, the nearer to its beginning is the weight that lies on the cell: as "
        "the places in {up} go up, those in the kernel go down. So lay the kernel on {up} turned by half a turn, the "
        "last row first and in each row the last number first; then it can slide as in any correlation."
    )
    if len(axes) == 1:
        turned = _(
            "The later a window covers an input cell, the nearer to its beginning is the weight that lies on the cell: "
            "as the places in {up} go up, those in the kernel go down. So lay the kernel on {up} turned by half a "
            "turn, the last number first; then it can slide as in any correlation."
        )
    blocks: list[Block] = [Prose((turned.format(up=UP),)), _turn(trace, found)]
    strides = [axis.stride for axis in axes]
    if set(strides) != {1}:
        between = _(
            "The stride is {stride}, so between neighbouring cells of {up} go zeros, one fewer than the stride: a "
            "window that moves by one cell then finds the same numbers."
        )
        blocks.append(Prose((between.format(stride=alike(strides), up=UP),)))
    return [*blocks, Prose(_around(trace, found))]


def _around(trace: Trace, found: Trace) -> Text:
    """How many lines are put around, with the numbers put in."""
    axes = forward(trace).geometry.axes
    lines = dict.fromkeys((axis.window, axis.dilation, axis.padding.before) for axis in axes)
    around = _(
        "Around it goes padding, which counts as 0, so that every input cell gets a place of its own: before the data "
        "k − 1 − p lines, {lines}, and behind it as many as are needed for {size} results."
    )
    if any(axis.dilation > 1 for axis in axes):
        around = _(
            "Around it goes padding, which counts as 0, so that every input cell gets a place of its own: before the "
            "data d·(k − 1) − p lines, {lines}, and behind it as many as are needed for {size} results."
        )
    cut = ""
    if any(axis.span - 1 < axis.padding.before for axis in axes):
        cut = _("A number of lines below 0 means that this many are cut off.")
    workings = several(Math(_lines(*one)) for one in lines)
    return paragraph(inline(around, lines=workings, size=size_of(found.geometry.output_shape)), cut)


def _lines(window: int, dilation: int, before: int) -> Formula:
    """`2 - 1 - 0 = 1`, or `2·(3 - 1) - 0 = 4`"""
    reach: Formula = Difference(Number(window), Number(1))
    reach = Product((Number(dilation), reach)) if dilation > 1 else reach
    return equality(Difference(reach, Number(before)), Number(dilation * (window - 1) - before))


def _turn(trace: Trace, found: Trace) -> Scene:
    """The kernel as it lies on the input in the forward pass, and turned."""
    layer = forward(trace)
    given = pictures.carried_out(layer).matrices
    [first] = [matrix for matrix in given if matrix.kind == "kernel"][:1]
    [last] = [matrix for matrix in pictures.carried_out(found).matrices if matrix.kind == "kernel"][:1]
    size = layer.geometry.window
    named = replace(first, caption=labels_of("kernel", size)), replace(last, caption=_turned(found))
    return Scene(named, ("→",))


def _turned(found: Trace) -> str:
    return _("turned kernel {size}").format(size=size_of(found.geometry.window))


def _of_kernel(trace: Trace) -> list[Block]:
    """Why the upstream gradient is itself laid on the input."""
    layer = forward(trace)
    axes = layer.geometry.axes
    laid = _(
        "A weight lies on one number of the input in each window, and these numbers lie in the input as the windows "
        "do. So lay {up} on the input: where it begins at the first window's place, it gives the gradient of the first "
        "weight, and each place further on that of the next weight."
    )
    strides, dilations = ([getattr(axis, name) for axis in axes] for name in ("stride", "dilation"))
    apart = next_weight = first = ""
    if set(strides) != {1}:
        apart = _("The stride is {stride}, so the cells of {up} lie so far apart.").format(stride=alike(strides), up=UP)
    if set(dilations) != {1}:
        next_weight = _("The weights lie {dilation} apart, so it moves by so many cells.")
        next_weight = next_weight.format(dilation=alike(dilations))
    if layer.channels[0] > 1:
        first = _("Here it is done for the first channel; the others go in the same way.")
    return [Prose(paragraph(laid.format(up=UP), apart, next_weight, first))]


def _of_transposed(trace: Trace) -> list[Block]:
    """A transposed convolution is a convolution's way back, so that its own way back is the convolution."""
    back = _(
        "A transposed convolution does what takes the gradient of a convolution back to its input. Its own way back is "
        "that convolution: {up} is the input, the kernel is the same and not turned, and the stride is {stride}."
    )
    strides = [axis.stride for axis in forward(trace).geometry.axes]
    return [Prose((back.format(up=UP, stride=alike(strides)),))]


def _captions(trace: Trace, found: Trace) -> dict[str, str]:
    """What the arrays of the correlation are here: a page, too, calls them so."""
    layer, geometry = forward(trace), found.geometry
    of_kernel = gradient_of(trace).wrt == "kernel"
    transposed = isinstance(layer.layer.operation, ConvTranspose)
    padded = size_of(axis.size + axis.padding.total for axis in geometry.axes)
    if of_kernel:
        given = _("input X, padded to {size}") if geometry.has_padding else _("input X {size}")
        kernel = _("upstream gradient {symbol} {size}").format(symbol=UP, size=size_of(geometry.window))
    else:
        given = _("{up}, padded to {size}") if geometry.has_padding else _("{up} {size}")
        if not transposed and any(axis.stride > 1 for axis in layer.geometry.axes):
            given = _("{up} with zeros between, {size}")
        kernel = labels_of("kernel", geometry.window) if transposed else _turned(found)
    output = result_caption(trace)(geometry.output_shape)
    return {"input": given.format(up=UP, size=padded), "kernel": kernel, "output": output}


def _steps(found: Trace, names: dict[str, str]) -> Steps:
    """The first place, the one in the middle and the last."""
    total = len(found.steps)
    numbers = sorted({0, total // 2, total - 1})
    chosen = [found.steps[number] for number in numbers]
    before = [None, *chosen]
    return Steps(tuple(_step(*one, names, total) for one in zip(numbers, chosen, before)))


def _step(number: int, step: Step, before: Step | None, names: dict[str, str], total: int) -> StepBlock:
    formula, sentences = working(step, before)
    title = step_title(step.trace).format(n=number + 1, total=f"{total:,}")
    return StepBlock(
        title, number + 1, step.index, _renamed(pictures.scene(step), step.trace, names), formula, sentences
    )


def _renamed(scene: Scene, found: Trace, names: dict[str, str]) -> Scene:
    """The picture of a window, with the arrays' own names."""
    geometry = found.geometry
    usual = {
        "input": input_caption(geometry),
        "kernel": kernel_caption(found),
        "output": output_caption(geometry.output_shape),
    }
    matrices = (replace(m, caption=m.caption.replace(usual[m.kind], names[m.kind], 1)) for m in scene.matrices)
    return replace(scene, matrices=tuple(matrices))
