"""What inputs, axes and planes are called in sentences, in the current language.

To name another: a line here.
"""

from __future__ import annotations

from collections.abc import Iterable

from .language import _


def input_noun(name: str) -> str:
    """What an operation's input is called; one that has no word keeps its name.

    >>> input_noun("kernel"), input_noun("x"), input_noun("input_1")
    ('kernel', 'x', 'input 2')
    """
    nouns = {
        "input": _("input"),
        "other": _("other"),
        "kernel": _("kernel"),
        "bias": _("bias"),
        "gamma": _("gamma"),
        "beta": _("beta"),
        "mean": _("mean"),
        "variance": _("variance"),
        "indices": _("indices"),
        "output": _("output"),
    }
    if name not in nouns and name.startswith("input_"):  # the second of several is input_1
        return _("input {n}").format(n=int(name.removeprefix("input_")) + 1)
    return nouns.get(name, name)


def axis_noun(name: str) -> str:
    """What an axis of an image or a kernel is called.

    >>> axis_noun("height")
    'height'
    """
    nouns = {
        "length": _("length"),
        "depth": _("depth"),
        "height": _("height"),
        "width": _("width"),
        "rows": _("rows"),
        "columns": _("columns"),
        "planes": _("planes"),
        "positions": _("positions"),
        "channels in": _("channels in"),
        "filters": _("filters"),
        "filters of each": _("filters of each"),
    }
    return nouns.get(name, name)


def size_of(shape: Iterable[object]) -> str:
    """Sizes as captions have them; a single number has the size 1.

    >>> size_of((2, 3)), size_of(())
    ('2×3', '1')
    """
    return "×".join(map(str, shape)) or "1"


WHERE = {
    ("height", "before"): lambda: _("at the top"),
    ("height", "after"): lambda: _("at the bottom"),
    ("width", "before"): lambda: _("on the left"),
    ("width", "after"): lambda: _("on the right"),
    ("depth", "before"): lambda: _("at the front"),
    ("depth", "after"): lambda: _("at the back"),
    ("length", "before"): lambda: _("at the start"),
    ("length", "after"): lambda: _("at the end"),
}
"""Where the edges of an axis are."""

__all__ = ["WHERE", "axis_noun", "input_noun", "size_of"]
