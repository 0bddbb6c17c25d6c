"""Pictures in pixels: typst draws them, as it draws pages, and Pillow makes frames of them where they move."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from ...arithmetic import Array
from ...errors import MissingExtra
from .. import pdf, typesetter
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
    pages = _pages(pictures, theme, transparent, "png", 96 * scale)
    shown = [image.open(BytesIO(page)).convert("RGBA" if transparent else "RGB") for page in pages]
    frames = shown if transparent else _in_few_colours(shown)
    durations = [round(1000 * seconds)] * (len(frames) - 1) + [round(1000 * (seconds + hold))]
    stream = BytesIO()
    how: dict[str, Any] = {"disposal": 1} if format == "gif" else {"default_image": False}
    first, *others = frames
    first.save(
        stream,
        format="GIF" if format == "gif" else "PNG",
        save_all=True,
        append_images=others,
        duration=durations,
        loop=0,
        optimize=True,
        **how,
    )
    return stream.getvalue()


COLOURS = 64


def _in_few_colours(frames: Sequence[Image.Image]) -> list[Image.Image]:
    """Every frame in the same colours, those of which there is most: each as it is, so that paper stays white."""
    from PIL import Image

    packed = [_packed(np.asarray(one)) for one in frames]
    telling = np.concatenate([packed[0].ravel(), packed[len(packed) // 2].ravel(), packed[-1].ravel()])
    colours, counts = np.unique(telling, return_counts=True)
    kept = colours[np.argsort(-counts, kind="stable")[:COLOURS]]
    palette = _parts(kept).astype(np.uint8).tobytes()
    found = []
    for one in packed:
        own, where = np.unique(one, return_inverse=True)
        distances = ((_parts(own)[:, None, :] - _parts(kept)[None, :, :]) ** 2).sum(axis=2)
        indexed = Image.fromarray(distances.argmin(axis=1).astype(np.uint8)[where].reshape(one.shape))
        indexed.putpalette(palette)
        found.append(indexed)
    return found


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
