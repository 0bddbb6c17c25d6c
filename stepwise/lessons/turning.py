"""How a convolution of images and signals turns its kernel; and what a library calls what lies outside the data."""

from __future__ import annotations

from ..dialects.signal_words import NAMES
from ..document.blocks import Block, Prose
from ..document.inline import Code, Text
from ..document.lesson import Section
from ..language import _
from ..ops import Conv, Pad
from ..ops.turning import same_when_turned
from ..traces.trace import Trace
from . import pictures
from .inline import inline, paragraph


def is_of_signals(trace: Trace) -> bool:
    """Whether the words are those of images and signals, where convolving means more than in a network."""
    return trace.layer.dialect in NAMES


def is_turned(trace: Trace) -> bool:
    """Whether a convolution turns its kernel."""
    return isinstance(trace.layer.operation, Conv) and trace.layer.layout.kernel_turned


def stays_the_same(trace: Trace) -> bool:
    """Whether the kernel looks the same after half a turn."""
    return same_when_turned(trace.inputs["kernel"])


def turning_sections(trace: Trace) -> list[Section]:
    """The turn of the kernel, as a part of its own; none where it is laid on the data as it stands."""
    if not is_turned(trace):
        return []
    axes = len(trace.geometry.axes)
    what = {
        1: _("A convolution first turns its kernel by half a turn: it is read from the last number to the first."),
        2: _("A convolution first turns its kernel by half a turn: the last row comes first, and in each row the last "
             "number."),
        3: _("A convolution first turns its kernel along every axis: the last plane comes first, in each plane the "
             "last row, and in each row the last number."),
    }[axes]  # fmt: skip
    sum_of = {1: "y[i] = Σ x[m]·k[i − m]", 2: "y[i, j] = Σ x[m, n]·k[i − m, j − n]"}
    why: Text = ()
    if axes in sum_of:
        sentence = _("In {formula} the place in the kernel falls as the place in the input grows: this is that turn.")
        why = inline(sentence, formula=Code(sum_of[axes]))
    same = _("A correlation, and the convolution of a neural network, lay the kernel on the data as it stands.")
    if stays_the_same(trace):
        same = _("This kernel looks the same after half a turn, so a correlation gives the same result.")
    blocks: list[Block] = [Prose((what,)), pictures.turn(trace), Prose(paragraph(why, same))]
    return [Section(_("Turn the kernel"), tuple(blocks), part="turn")]


def laid_as_it_stands(trace: Trace) -> list[Block]:
    """That a call of images or signals does not turn its kernel, where that makes a difference."""
    if not is_of_signals(trace) or not isinstance(trace.layer.operation, Conv) or is_turned(trace):
        return []
    if stays_the_same(trace):
        return []
    return [Prose((_("The kernel is not turned: it is laid on the data as it stands. This is a correlation."),))]


def edge_names(trace: Trace) -> Text:
    """What the libraries call this way of going on beyond the edge: the same word means different things in them."""
    operation = trace.layer.operation
    if not isinstance(operation, Pad) or not is_of_signals(trace):
        return ()
    sentences = {
        "symmetric": _(
            "The data is mirrored, and its edge stands twice: b a | a b c. This is reflect in scipy.ndimage, symm in "
            "scipy.signal, symmetric in NumPy and BORDER_REFLECT in OpenCV."
        ),
        "mirror": _(
            "The data is mirrored, and its edge stands once: c b | a b c. This is mirror in scipy.ndimage, reflect in "
            "NumPy and BORDER_REFLECT_101 in OpenCV, which takes it where nothing else is said."
        ),
        "replicate": _(
            "The edge is repeated: a a | a b c. This is nearest in scipy.ndimage, edge in NumPy and BORDER_REPLICATE "
            "in OpenCV."
        ),
        "circular": _("The data goes on from its other end: b c | a b c. This is wrap in SciPy and NumPy."),
        "constant": _("Outside stands one number. This is constant in scipy.ndimage and NumPy, fill in scipy.signal."),
    }
    return (sentences[operation.mode],) if operation.mode in sentences else ()
