"""Pictures in pixels: typst draws them, as it draws pages, and Pillow makes frames of them where they move."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ...arithmetic import Array
from ...errors import MissingExtra
from .. import pdf, typesetter
from ..png import moving_png
from .colours import PALETTES, Palette
from .picture import Picture
from .typst import source

if TYPE_CHECKING:
    from PIL import Image

_SET_BY_TYPST = re.compile(
    r"[\u0000-\u024f\u0370-\u03ff\u0400-\u04ff\u2010-\u206f\u2070-\u209f\u2190-\u22ff\u2308-\u230b]*"
)
"""What typst's own fonts have; for anything else, the fonts of the system are looked through."""


def png(picture: Picture, theme: str, transparent: bool, scale: float) -> bytes:
    """A still picture, so many pixels to each of the figure's own. Raises `MissingExtra` where typst is missing."""
    return _pages([picture], theme, transparent, "png", 96 * scale)[0]


def outlined(picture: Picture, theme: str, transparent: bool) -> str:
    """An SVG whose letters are outlines, so that it looks the same without any font. Raises as `png` does."""
    return _pages([picture], theme, transparent, "svg", 72)[0].decode()


def _pages(pictures: Sequence[Picture], theme: str, transparent: bool, format: str, ppi: float) -> list[bytes]:
    pdf.need_typst("this figure")
    written = source(pictures, theme, transparent)
    strange = _SET_BY_TYPST.fullmatch(written) is None
    if strange:
        pdf.pdf(written)  # says which letter no font has, where a picture would have a box in its place
    return typesetter.drawn(written.encode(), format, ppi, strange)


def moving(
    pictures: Sequence[Picture], theme: str, transparent: bool, scale: float, seconds: float, hold: float, format: str
) -> bytes:
    """A GIF or an APNG that plays again and again. Raises `MissingExtra` where typst or Pillow is missing."""
    image = _pillow(format)
    shown = [image.open(BytesIO(page)) for page in _pages(pictures, theme, transparent, "png", 96 * scale)]
    durations = [round(1000 * seconds)] * (len(shown) - 1) + [min(65535, round(1000 * (seconds + hold)))]
    if transparent:  # edges of any softness
        how: dict[str, Any] = {"format": "PNG", "default_image": False, "disposal": 1}
        return _saved([one.convert("RGBA") for one in shown], durations, how)
    frames, palette = _in_few_colours(
        [np.asarray(one.convert("RGB")) for one in shown], COLOURS[format], _looks(pictures, PALETTES[theme])
    )
    if format == "apng":
        return moving_png(frames, palette, durations)
    # what has not changed is left out: a long run of one number, which is short when it is packed
    none = COLOURS["gif"]
    changes = [frames[0], *(np.where(a == b, none, b) for a, b in pairwise(frames))]
    indexed = [image.fromarray(change.astype(np.uint8)) for change in changes]
    for one in indexed:
        one.putpalette(palette.ljust(3 * none, b"\0") + bytes(3))
        one.info["transparency"] = none
    return _saved(indexed, durations, {"format": "GIF", "disposal": 1, "transparency": none})


def _saved(frames: Sequence[Image.Image], durations: Sequence[int], how: dict[str, Any]) -> bytes:
    stream = BytesIO()
    first, *others = frames
    first.save(stream, save_all=True, append_images=others, duration=durations, loop=0, optimize=False, **how)
    return stream.getvalue()


COLOURS = {"gif": 15, "apng": 31}
"""A GIF needs one more, which stands for no change; with 16, its numbers have four bits."""


def _in_few_colours(frames: Sequence[Array], count: int, own: Array) -> tuple[list[Array], bytes]:
    """Every frame in the same colours: those of its looks, each as it is, so that paper stays white and a frame blue,
    and of those in between the ones of which there is most.
    """
    packed = [_packed(one) for one in frames]
    telling = np.concatenate([packed[0].ravel(), packed[len(packed) // 2].ravel(), packed[-1].ravel()])
    colours, counts = np.unique(telling, return_counts=True)
    counts[np.isin(colours, own)] += telling.size
    kept = colours[np.argsort(-counts, kind="stable")[:count]]
    nearest = np.zeros(1 << 24, dtype=np.uint8)  # of every colour that is there; quicker than to sort each frame
    for one in packed:
        nearest[one] = 1
    there = np.flatnonzero(nearest)
    distances = ((_parts(there)[:, None, :] - _parts(kept)[None, :, :]) ** 2).sum(axis=2)
    nearest[there] = distances.argmin(axis=1)
    return [nearest[one] for one in packed], _parts(kept).astype(np.uint8).tobytes()


def _looks(pictures: Sequence[Picture], palette: Palette) -> Array:
    """The colours that these are painted with."""
    paints = [palette[look] for look in {mark.look for one in pictures for mark in one.marks} | {"paper"}]
    codes = {code for paint in paints for code in (paint.fill, paint.line) if code}
    return np.array(sorted(int(code[1:], 16) for code in codes))


def _packed(pixels: Array) -> Array:
    """Red, green and blue in one number."""
    wide: Array = pixels.astype(np.int64)
    return (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]


def _parts(colours: Array) -> Array:
    return np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=-1)


def _pillow(format: str) -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtra(
            f"a moving .{format} needs Pillow, which is not installed; install it with: "
            "pip install 'stepwise-cnn[figure]', or write .svg, which moves without it"
        ) from None
    return Image
