"""What NumPy, SciPy, OpenCV and scikit-image give for calls whose options are crossed. Run by hand:

    python -m tools.signal_facts        where these libraries are installed

A fact has the call as people write it, the numbers that x and k stand for, and the output; or that it is refused.
To add a function: a family, with the options that it has.
"""

from __future__ import annotations

import gzip
import importlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pairwise import rows

Array = NDArray[Any]
GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "signals.json.gz"
LIBRARIES = ("numpy", "scipy", "cv2", "skimage")

MODES = ("full", "same", "valid")
NDIMAGE = ("reflect", "constant", "nearest", "mirror", "wrap", "grid-constant", "grid-mirror", "grid-wrap")
BORDERS = (
    "cv2.BORDER_CONSTANT", "cv2.BORDER_REPLICATE", "cv2.BORDER_REFLECT", "cv2.BORDER_REFLECT_101", "cv2.BORDER_DEFAULT",
    "cv2.BORDER_WRAP",
)  # fmt: skip
ONE, TWO, THREE = [(5,), (7,), (1,), (3,)], [(4, 5), (5, 4), (1, 4), (2, 2), (6, 3)], [(3, 4, 2)]
LINES = [(1,), (2,), (3,), (4,), (6,), (9,)]
GRIDS = [(1, 1), (2, 2), (3, 3), (2, 3), (4, 1), (5, 5), (3, 2), (1, 7)]


@dataclass(frozen=True)
class Family:
    """A function, the sizes of what goes in, and its options; a tuple of options is one value each."""

    function: str
    names: tuple[str, ...]  # of its first parameters: x and, where it takes one, k
    inputs: Sequence[tuple[int, ...]]
    options: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    kernels: Sequence[tuple[int, ...]] = ((),)
    fixed: Sequence[Any] = ()  # positional, before the kernel
    fits: Callable[[Mapping[str, Any]], bool] = lambda row: True

    def requests(self) -> Iterator[tuple[str, tuple[int, ...], tuple[int, ...], dict[str, Any]]]:
        """Every row of the options: a call as text, the two sizes, and the options as they are."""
        for row in rows({"_x": self.inputs, "_k": self.kernels, **self.options}, self.fits):
            own = {name: value for name, value in row.items() if not name.startswith("_")}
            keywords = ", ".join(
                [
                    *self.names[:1],
                    *map(str, self.fixed),
                    *self.names[1:],
                    *(f"{n}={_typed(v)}" for n, v in own.items()),
                ]
            )
            yield f"{self.function}({keywords})", row["_x"], row["_k"], own


def _typed(value: Any) -> str:
    return value if isinstance(value, str) and value.startswith("cv2.") else repr(value)


def _each_dimension(
    function: str, names: tuple[str, ...], options: Mapping[str, Sequence[Any]], kernels: bool = True
) -> Iterator[Family]:
    by_axes = [(ONE, LINES), (TWO, GRIDS), (THREE, [(2, 2, 2), (3, 3, 1), (1, 2, 4)])]
    for inputs, sizes in by_axes:
        yield Family(function, names, inputs, options, sizes if kernels else ((),))


def families() -> Iterator[Family]:
    """All that are carried out."""
    for name in ("convolve", "correlate"):
        yield Family(f"np.{name}", ("x", "k"), ONE, {"mode": MODES}, LINES)
        yield from _each_dimension(f"scipy.signal.{name}", ("x", "k"), {"mode": MODES, "method": ("direct", "auto")})
        around = {"mode": MODES, "boundary": ("fill", "wrap", "symm"), "fillvalue": (0, 2, -1.5)}
        yield Family(f"scipy.signal.{name}2d", ("x", "k"), TWO, around, GRIDS)
        outside = {"mode": NDIMAGE, "cval": (0.0, 3.5), "origin": (0, 1, -1)}
        yield from _each_dimension(f"scipy.ndimage.{name}", ("x", "k"), outside)
        yield Family(f"scipy.ndimage.{name}1d", ("x", "k"), TWO, {"axis": (-1, 0), **outside}, LINES)
    outside = {"mode": NDIMAGE, "cval": (0.0, 3.5), "origin": (0, 1, -1)}
    for name in ("uniform_filter", "maximum_filter", "minimum_filter", "median_filter"):
        odd = name == "median_filter"  # of an even number of cells SciPy takes the larger of two: no median
        sizes, oblongs = ((3, 5, 1), ((1, 3), (3, 5))) if odd else ((3, 2, 5, 1, 4), ((1, 3), (3, 2), (4, 4)))
        yield from _each_dimension(f"scipy.ndimage.{name}", ("x",), {"size": sizes, **outside}, kernels=False)
        yield Family(
            f"scipy.ndimage.{name}",
            ("x",),
            TWO,
            {"size": oblongs, "origin": ((0, 0), (0, -1)), "mode": NDIMAGE},
        )
        if name != "median_filter":
            yield Family(f"scipy.ndimage.{name}1d", ("x",), TWO, {"size": (3, 2, 6), "axis": (0, -1), **outside})
    bells = {"sigma": (1, 0.5, 2.0, 0), "truncate": (4.0, 1.5, 0.2), "mode": NDIMAGE, "cval": (0.0, 3.5)}
    yield from _each_dimension("scipy.ndimage.gaussian_filter", ("x",), {**bells, "radius": (None, 2)}, kernels=False)
    yield Family("scipy.ndimage.gaussian_filter", ("x",), TWO, {"sigma": ((1, 2), (0, 1.0), (0.7, 0)), "mode": NDIMAGE})
    yield Family("scipy.ndimage.gaussian_filter1d", ("x",), TWO, {**bells, "axis": (0, -1)})
    for name in ("sobel", "prewitt"):
        yield from _each_dimension(
            f"scipy.ndimage.{name}", ("x",), {"axis": (-1, 0), "mode": NDIMAGE, "cval": (0.0, 3.5)}, kernels=False
        )
    yield from _each_dimension("scipy.ndimage.laplace", ("x",), {"mode": NDIMAGE, "cval": (0.0, 3.5)}, kernels=False)
    yield from _opencv()
    yield from _scikit_image()


def _opencv() -> Iterator[Family]:
    border = {"borderType": BORDERS}
    anchors = {"anchor": ((-1, -1), (0, 0), (1, 0), (0, 2))}
    yield Family("cv2.filter2D", ("x", "k"), TWO, {**anchors, "delta": (0, 2.5), **border}, GRIDS, (-1,))
    unwrapped = {"borderType": BORDERS[:-1]}  # box blurs wrap around for some sizes, and refuse others
    boxes = {"ksize": ((3, 3), (2, 1), (4, 2), (5, 5), (1, 3), (7, 1))}
    yield Family("cv2.blur", ("x",), [*TWO, (4, 3, 2)], {**boxes, **anchors, **unwrapped}, fits=_anchored)
    yield Family(
        "cv2.boxFilter",
        ("x",),
        [*TWO, (4, 3, 2)],
        {**boxes, "normalize": (True, False), **anchors, **unwrapped},
        fixed=(-1,),
        fits=_anchored,
    )
    bells = {"ksize": ((3, 3), (5, 1), (1, 7), (9, 3), (2, 3)), "sigmaX": (0, 1, 0.6), "sigmaY": (0, 2)}
    yield Family("cv2.GaussianBlur", ("x",), TWO, {**bells, **border})
    yield Family("cv2.GaussianBlur", ("x",), TWO, {"ksize": ((0, 0), (0, 3)), "sigmaX": (0.5, 1, 1.3), **border})
    orders = {"dx": (1, 0, 2), "dy": (0, 1, 2), "ksize": (3, 1, 5, 7, -1, 2)}
    depth = ("cv2.CV_64F",)
    yield Family("cv2.Sobel", ("x",), TWO, {**orders, "scale": (1, 0.5), "delta": (0, 1), **border}, fixed=depth)
    yield Family("cv2.Scharr", ("x",), TWO, {"dx": (1, 0), "dy": (0, 1), "scale": (1, 0.5), **border}, fixed=depth)
    yield Family(
        "cv2.Laplacian", ("x",), TWO, {"ksize": (1, 3, 5, 7), "scale": (1, 2), "delta": (0, 1), **border}, fixed=depth
    )
    for name in ("erode", "dilate"):
        elements = {"iterations": (1, 2, 3), "anchor": ((-1, -1), (0, 0), (1, 1)), **border}
        yield Family(f"cv2.{name}", ("x", "k"), [*TWO, (4, 3, 2)], elements, [(3, 3), (2, 2), (1, 3), (5, 2)])
        yield Family(
            f"cv2.{name}", ("x", "k"), TWO, {"borderType": BORDERS[:1], "borderValue": (0, 2.5)}, [(3, 3), (2, 2)]
        )
    yield Family("cv2.medianBlur", ("x",), [*TWO, (4, 3, 2)], {"ksize": (3, 5, 1, 2)})


def _anchored(row: Mapping[str, Any]) -> bool:
    """Of an anchor outside its window, OpenCV's box blurs give what is in memory."""
    return all(at < size for at, size in zip(row["anchor"], row["ksize"]))


def _scikit_image() -> Iterator[Family]:
    for name in ("sobel", "prewitt", "scharr"):
        yield Family(f"skimage.filters.{name}", ("x",), TWO, {"axis": (0, 1), "mode": NDIMAGE[:5], "cval": (0.0, 2.5)})
        yield Family(f"skimage.filters.{name}_h", ("x",), TWO)
        yield Family(f"skimage.filters.{name}_v", ("x",), TWO)
    bells = {"sigma": (1, 0.5, 2), "mode": NDIMAGE[:5], "cval": (0, 1.5), "truncate": (4.0, 1.0)}
    yield Family("skimage.filters.gaussian", ("x",), TWO, {**bells, "preserve_range": (True,)})
    yield Family("skimage.filters.laplace", ("x",), TWO)
    yield Family("skimage.filters.median", ("x",), TWO, {"mode": NDIMAGE[:5], "cval": (0.0, 2.5)})


def numbers(name: str, shape: tuple[int, ...]) -> Array:
    """Small numbers with halves among them, the same every time."""
    return np.random.default_rng(zlib.crc32(name.encode())).integers(-8, 13, shape) / 2


def carried_out(call: str, x: Array, k: Array | None, family: Family, options: Mapping[str, Any]) -> Any:
    """What the library itself gives; its own reason where it refuses."""
    *path, name = family.function.split(".")
    library = importlib.import_module({"np": "numpy"}.get(path[0], ".".join(path)))
    cv2: Any = importlib.import_module("cv2")

    def value(given: Any) -> Any:
        return (
            getattr(cv2, given.removeprefix("cv2.")) if isinstance(given, str) and given.startswith("cv2.") else given
        )

    if family.function == "cv2.medianBlur":
        x = x.astype(np.float32)  # of decimals in double precision OpenCV takes no median
    given = [x, *map(value, family.fixed), *([] if k is None else [k])]
    return getattr(library, name)(*given, **{name: value(v) for name, v in options.items()})


def facts() -> Iterator[dict[str, Any]]:
    """Every request with what came of it."""
    for family in families():
        for call, size, kernel, options in family.requests():
            if "median" in call and "mirror" in call and size == (1,):
                continue  # there SciPy 1.17 gives what is in memory; over two axes it gives the number itself
            x = numbers(f"{call} x {size}", size)
            k = numbers(f"{call} k {kernel}", kernel) if kernel else None
            element = k is not None and family.function in ("cv2.erode", "cv2.dilate")
            keywords = call.replace("(x, k", f"(x, np.ones({kernel}, np.uint8)") if element else call
            fact: dict[str, Any] = {"call": keywords, "input": x.tolist()}
            if k is not None and not element:
                fact["kernel"] = k.tolist()
            try:
                y = carried_out(call, x, np.ones(kernel, np.uint8) if element else k, family, options)
                yield {**fact, "output": np.asarray(y).round(12).tolist()}
            except Exception as refusal:
                yield {**fact, "refused": type(refusal).__name__}


SLOPES = "gx = {}\ngy = {}\n"
OF_NDIMAGE = SLOPES.format("ndimage.sobel(x, axis=1)", "ndimage.sobel(x, axis=0)")
OF_CV2 = SLOPES.format("cv2.Sobel(x, cv2.CV_64F, 1, 0, ksize=3)", "cv2.Sobel(x, cv2.CV_64F, 0, 1, ksize=3)")
OF_KERNELS = (
    "Kx = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])\nKy = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])\n"
    + SLOPES.format("ndimage.convolve(x, Kx)", "ndimage.convolve(x, Ky)")
)
JOINED = [
    *(
        f"{slopes}found = {join}"
        for slopes in (OF_NDIMAGE, OF_CV2, OF_KERNELS)
        for join in (
            "np.hypot(gx, gy)", "np.sqrt(gx**2 + gy**2)", "np.sqrt(gx * gx + np.square(gy))", "(gx**2 + gy**2)**0.5",
            "np.arctan2(gy, gx)", "np.degrees(np.arctan2(gy, gx))", "np.rad2deg(np.arctan2(gy, gx))",
            "cv2.magnitude(gx, gy)", "cv2.phase(gx, gy)", "cv2.phase(gx, gy, angleInDegrees=True)",
        )
    ),
    "x = ndimage.uniform_filter(x, size=3)\n" + OF_NDIMAGE + "found = np.hypot(gx, gy)",
    OF_NDIMAGE + "theta = np.arctan2(gy, gx)\nfound = np.degrees(theta)",
    OF_NDIMAGE + "mag = np.hypot(gx, gy)\nfound = ndimage.maximum_filter(mag, size=3)",
    "found = np.sqrt(ndimage.sobel(x, axis=0)**2 + ndimage.sobel(x, axis=1)**2)",
]  # fmt: skip
"""Lines that join two filters, or the angle of both; OpenCV's angles, from a table, are off by up to 0.3 degrees."""
ROUGH = 0.3


def joined() -> Iterator[dict[str, Any]]:
    """What such lines find, run as Python runs them."""
    ndimage, cv2 = importlib.import_module("scipy.ndimage"), importlib.import_module("cv2")
    for number, code in enumerate(JOINED):
        x = numbers(f"joined {number}", (4, 5))
        known: dict[str, Any] = {"np": np, "ndimage": ndimage, "cv2": cv2, "x": x.copy()}
        exec(code, known)  # noqa: S102 - our own lines, above
        slack = 1e-9 if "phase" not in code else ROUGH if "Degrees" in code else np.radians(ROUGH)
        yield {"code": code, "input": x.tolist(), "output": known["found"].round(12).tolist(), "slack": float(slack)}


def main() -> None:
    """Write them, with the versions that gave them."""
    versions = {name: importlib.import_module(name).__version__ for name in LIBRARIES}
    text = json.dumps({"versions": versions, "facts": list(facts()), "joined": list(joined())}, separators=(",", ":"))
    GOLDEN.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
