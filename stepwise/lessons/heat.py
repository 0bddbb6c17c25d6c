"""The way there and back as maps: under what each layer gave, the gradient that came back to it, and its weights'."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.backpropagation import Backward
from ..analysis.backward import stages
from ..analysis.came_back import came_back
from ..analysis.update import Update
from ..arithmetic import Array, Value, holds_expressions, plain, shown, span, true_minus
from ..document.blocks import Block, FeatureMap, Figure, Prose
from ..document.inline import Code
from ..document.led import Learned, Led, Returned
from ..document.lesson import Section
from ..formula import near
from ..language import _
from ..traces.trace import Trace, chain, data_inputs
from .gradient_names import gradient_of, letter, own_symbol, symbol
from .inline import inline, labels, paragraph
from .maps import left_out, planes, planes_of_weight, scaled


def heat_sections(back: Backward, update: Update | None = None) -> list[Section]:
    """The picture of a whole way back; none of letters."""
    led = led_of(back, update)
    if led is None:
        return []
    return [
        Section(_("The forward and the backward pass as maps"), tuple(_maps(led)), level=1, part="network", led=led)
    ]


def led_of(back: Backward, update: Update | None = None) -> Led | None:
    """What the maps are drawn from; None where there are letters among the numbers."""
    layers, came = chain(back.trace), came_back(back)
    if any(map(holds_expressions, (array for one in layers for array in (*one.inputs.values(), one.output)))):
        return None
    owners = {id(stage): number for number, call in enumerate(back.calls) for stage in stages(call)}
    found = []
    for one in layers:
        number = owners[id(one)]
        weights = tuple(_learned(back, update, number, one))
        after = None if update is None else update.again[id(one)].output
        found.append(Returned(number + 1, one, came.get(id(one)), weights, after))
    losses = [] if back.loss is None else [back.loss] if update is None else [back.loss, update.trace]
    if any(holds_expressions(one.output) for one in losses):  # of letters in the target
        return None
    shown_losses = tuple(true_minus(shown(near(one.output[()]))) for one in losses)
    source = layers[0].inputs[data_inputs(layers[0])[0]]
    led = Led(tuple(found), source, back.input, shown_losses, update is not None)
    arrays = [back.input.output, *(one.numbers for one in found if one.numbers is not None)]
    return None if any(map(holds_expressions, arrays)) else led


def _learned(back: Backward, update: Update | None, number: int, stage: Trace) -> Iterator[Learned]:
    """The weights of one stage that a gradient came back to."""
    for name, array in stage.inputs.items():
        called = stage.layer.named(name)
        gradient = back.gradients[number].get(called)
        if name in data_inputs(stage) or gradient is None or gradient_of(gradient).wrt != name:
            continue
        after = None if update is None else update.after[number].get(called)
        yield Learned(name, called, own_symbol(gradient), array, gradient, after)


def _maps(led: Led) -> Iterator[Block]:
    """The same as pictures that stand still, from the last layer to the first."""
    yield Prose(
        (
            _(
                "Each layer's output, and with it the gradient that comes back to it, from the last layer to the first."
                " Of a gradient, blue cells (in text, lines) are below 0 and orange cells (in text, blocks) above 0:"
                " the stronger the colour, the farther from 0."
            ),
        )
    )
    first = led.layers[0].layer
    yield from (Prose((sentence,)) for sentence in left_out(first, led.source, "input"))
    for one in reversed(led.layers):
        yield from _layer(one)
    own = symbol("input")
    about = _("The input X, and its gradient {symbol}.").format(symbol=own)
    yield Prose(paragraph(about, _range(own, led.gradient.output)))
    yield from _beside(
        [
            scaled(planes(first, led.source, "input"), called="X"),
            scaled(planes(first, led.gradient.output, "input"), _farthest(led.gradient.output), own),
        ]
    )


def _layer(one: Returned) -> Iterator[Block]:
    layer, call, up = one.layer, Code(one.layer.layer.call), symbol("output")
    if one.numbers is None:
        return  # nothing depends on what it gave but which cells were taken
    sentence = _("{n}. {call}: its output Y, and its upstream gradient {symbol}.")
    about, ends = inline(sentence, n=one.number, call=call, symbol=up), _range(up, one.numbers)
    maps = [
        scaled(planes(layer, layer.output, "output"), called="Y"),
        scaled(planes(layer, one.numbers, "output"), _farthest(one.numbers), up),
    ]
    yield Prose(paragraph(about, ends, *left_out(layer, layer.output, "output")))
    yield from _beside(maps)
    for weight in one.weights:
        yield from _weight(one, weight)


def _weight(one: Returned, weight: Learned) -> Iterator[Block]:
    """A weight and its gradient; after an update, what became of it beside them, in the scale it had before."""
    sentence, kept = _("Its {name} {letter}, and the gradient {symbol}."), [weight.before]
    if weight.after is not None:
        sentence = _("Its {name} {letter} before the update, the gradient {symbol}, and {letter} after the update.")
        kept.append(weight.after)
    sign, gradient = letter(weight.name), weight.gradient.output
    about = sentence.format(name=weight.called, letter=sign, symbol=weight.symbol)
    yield Prose(paragraph(about, _range(weight.symbol, gradient)))
    most = max(map(_farthest, kept))
    called = [sign] if weight.after is None else [labels(sign, _("before")), labels(sign, _("after"))]

    def drawn(array: Array, farthest: float, words: str) -> tuple[FeatureMap, ...]:
        return scaled(planes_of_weight(one.layer, weight.name, array), farthest, words)

    before, *after = [drawn(array, most, words) for array, words in zip(kept, called)]
    yield from _beside([before, drawn(gradient, _farthest(gradient), weight.symbol), *after])


def _beside(rows: list[tuple[FeatureMap, ...]]) -> Iterator[Block]:
    """Rows of maps one below the other; of one map each, side by side."""
    if all(len(maps) == 1 for maps in rows):
        rows = [tuple(one for maps in rows for one in maps)]
    yield from (Figure(maps) for maps in rows if maps)


def _ends(array: Array) -> list[Value]:
    """The smallest and the largest of its numbers; nothing where it has none."""
    if array.dtype == object:
        known = sorted((value for value in map(plain, array.flat) if value - value == 0), key=near)
        return known[:1] + known[-1:]
    return list(span(array) or ())


def _farthest(array: Array) -> float:
    """How far its numbers are from 0 at most."""
    return max((abs(near(value)) for value in _ends(array)), default=0.0)


def _range(symbol: str, array: Array) -> str:
    """The ends of a gradient as a sentence; nothing where it has no numbers."""
    ends = [true_minus(shown(value)) for value in _ends(array)]
    if not ends:
        return ""
    low, high = ends
    if low == high and array.size == 1:
        return _("{symbol} is {value}.").format(symbol=symbol, value=low)
    if low == high:
        return _("{symbol} is {value} in every cell.").format(symbol=symbol, value=low)
    return _("{symbol} goes from {low} to {high}.").format(symbol=symbol, low=low, high=high)
