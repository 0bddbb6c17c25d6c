"""Words of images and signals: how calls are read, what stands for what, and what is refused, in one sentence."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import stepwise as sw
from stepwise.algebra.receptive import receptive_fields
from stepwise.cli import group
from stepwise.dialects.signal_words import NAMES, PREFIXES
from stepwise.dialects.signals import LIBRARIES
from stepwise.dialects.tracing import understood
from stepwise.errors import CallError, ShapeError, StepwiseError
from stepwise.layers.sizes import sizes
from stepwise.lessons.said import sentence
from stepwise.render.text import plain

X = np.arange(20.0).reshape(4, 5) ** 2
K = [[1, 2, 0], [0, -3, 1], [4, 0, 5]]


def test_the_names_that_are_looked_up_are_those_that_there_are() -> None:
    assert {library: tuple(dir(found)) for library, found in LIBRARIES.items()} == {
        library: tuple(sorted(names)) for library, names in NAMES.items()
    }
    assert set(PREFIXES.values()) == set(LIBRARIES)


@pytest.mark.parametrize("prefix", [prefix for prefix, library in PREFIXES.items() if library == "scipy.signal"])
def test_a_function_has_every_prefix_that_people_import_it_by(prefix: str) -> None:
    whole = sw.trace("scipy.signal.convolve2d(x, k, mode='same')", X, kernel=K)
    assert np.array_equal(sw.trace(f"{prefix}.convolve2d(img, w, 'same')", X, kernel=K), whole)


def test_a_name_that_one_library_has_needs_no_prefix() -> None:
    assert understood("convolve2d(x, k)")[0].dialect == "scipy.signal"
    assert understood("GaussianBlur(img, (3, 3), 0)")[0].dialect == "cv2"
    with pytest.raises(CallError, match=r"in several libraries.*numpy\.convolve, scipy\.signal\.convolve or"):
        understood("convolve(x, k)")
    assert [layer.dialect for layer in understood("ndimage.sobel(x), convolve(x, k)")] == ["scipy.ndimage"] * 2


@pytest.mark.parametrize(
    ("written", "kernel"),
    [
        ("np.ones((3, 3))", np.ones((3, 3))),
        ("np.ones((3, 3)) / 9", np.ones((3, 3)) / 9),
        ("np.ones((3, 3), np.float32) / 9", np.ones((3, 3)) / 9),
        ("2 * np.ones((3, 3))", 2 * np.ones((3, 3))),
        ("np.array(((1, 2), (3, -4)))", [[1, 2], [3, -4]]),
        ("numpy.array([[1.5, 2]], dtype='float32')", [[1.5, 2]]),
        ("[[0, 1, 0], [1, -4, 1], [0, 1, 0]]", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("np.eye(2)", np.eye(2)),
        ("np.full((1, 2), 0.5)", [[0.5, 0.5]]),
        ("np.outer([1, 2, 1], [-1, 0, 1]) / 8", np.outer([1, 2, 1], [-1, 0, 1]) / 8),
        ("np.zeros((2, 2))", np.zeros((2, 2))),
        ("cv2.getStructuringElement(cv2.MORPH_RECT, (3, 2))", np.ones((2, 3))),
        ("cv2.getGaussianKernel(3, 0)", [[0.25], [0.5], [0.25]]),
    ],
)
def test_a_kernel_in_the_call_is_read_as_what_it_is(written: str, kernel: Any) -> None:
    ours = sw.trace(f"cv2.filter2D(img, -1, {written})", X)
    given = sw.trace("cv2.filter2D(img, -1, k)", X, kernel=kernel)
    np.testing.assert_allclose(ours.output, given.output)


REFUSED = {
    "np.convolve(x, k, mode='sam')": "mode='sam' is not known; it is 'full', 'same' or 'valid'",
    "np.convolve(x, k, 'same', 1)": "4 arguments were given, but it takes 3",
    "np.median(x)": r"there is no np.median here",
    "scipy.signal.convolve2d(x, k, boundary='reflect')": "boundary=.reflect. is not known",
    "scipy.ndimage.convolve(x, k, mode='symm')": "mode='symm' is not known",
    "scipy.ndimage.uniform_filter(x, 3, origin=2)": "shifts a window of 3 off its cell",
    "scipy.ndimage.maximum_filter(x)": "size must be given",
    "scipy.ndimage.maximum_filter(x, footprint=[[0, 1], [1, 1]])": "leaves cells of its window out",
    "scipy.ndimage.uniform_filter(x, (3, 3, 3))": "has 3 entries, and there are 2 axes",
    "scipy.ndimage.sobel(x, axis=2)": "an axis that an input of 2 axes does not have",
    "scipy.ndimage.gaussian_filter(x, 1, order=1)": "only order=0",
    "scipy.ndimage.sobel(x, output=y)": "leave it out",
    "cv2.filter2D(img, -1, k, borderType=cv2.BORDER_WRAP)": "is refused by OpenCV",
    "cv2.filter2D(img, -1, k, borderType=cv2.BORDER_REFLECTED)": "is not known",
    "cv2.filter2D(img, cv2.CV_8U, k)": "rounds every result",
    "cv2.filter2D(img, -1, k, anchor=(3, 0))": "lies outside a window",
    "cv2.blur(img, 3)": r"must be \(width, height\)",
    "cv2.GaussianBlur(img, (4, 3), 0)": "odd sizes only",
    "cv2.GaussianBlur(img, (0, 3), 0)": "must be above 0",
    "cv2.Sobel(img, cv2.CV_64F, 0, 0)": "one of them must be above 0",
    "cv2.Sobel(img, cv2.CV_64F, 1, 0, ksize=4)": "must be 1, 3, 5, 7",
    "cv2.Sobel(cv2.imread('a.png'), cv2.CV_64F, 1, 0)": "is a call itself, and nothing is run",
    "cv2.filter2D(img, -1, cv2.imread('k.png'))": "is a call, and nothing is run",
    "cv2.filter2D(img, -1, np.ones((200, 200)))": "is too large",
    "cv2.filter2D(img, -1, np.ones((3, 3)) / k)": "is not a plain value",
    "cv2.filter2D([[1]], -1, k)": "stands for the input",
    "cv2.dilate(img, [[0, 1, 0], [1, 1, 1], [0, 1, 0]])": "only a full rectangle",
    "cv2.dilate(img, kernel)": r"write what it is, such as np.ones\(\(3, 3\)\)",
    "scipy.ndimage.median_filter(x, 2)": "no number in the middle; take odd sizes",
    "cv2.medianBlur(img, 4)": "takes the median of decimals over 3 or 5",
    "skimage.filters.sobel(img)": r"join two calls with np.hypot",
}


@pytest.mark.parametrize("call", REFUSED)
def test_what_cannot_be_is_refused_in_one_sentence(call: str) -> None:
    takes_kernel = ", k" in call and "np.ones" not in call
    with pytest.raises(StepwiseError, match=REFUSED[call]) as refusal:
        sw.trace(call, [1, 2, 3] if call.startswith("np.") else X, kernel=K if takes_kernel else None)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("call", "shape", "kernel", "message"),
    [
        ("np.convolve(x, k)", (3, 3), [1, 2], "takes a signal of one axis"),
        ("np.convolve(x, k)", (3,), K, "the kernel has 2 axes"),
        ("scipy.signal.convolve2d(x, k)", (3,), K, "takes an image of two axes"),
        ("scipy.signal.convolve(x, k)", (3, 3), [1, 2], "takes a kernel of 2, as many as its input has"),
        ("scipy.ndimage.convolve(x, k)", (2, 2, 2, 2), K, "takes 1 to 3 axes"),
        ("scipy.signal.convolve2d(x, k, 'valid')", (2, 4), [[1], [2], [3]], "at least as large as the other"),
        ("cv2.filter2D(x, -1, k)", (4, 4, 3), K, "takes an image of two axes"),
        ("cv2.blur(x, (3, 3))", (4, 4, 3, 2), None, r"\(rows, columns, channels\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(call: str, shape: tuple[int, ...], kernel: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        sw.trace(call, np.ones(shape), kernel=kernel)


def test_a_typed_row_is_a_signal_where_the_input_is_one() -> None:
    assert sw.trace("scipy.signal.convolve(x, k)", "1 2 3", kernel="0 1 0.5").output.tolist() == [0, 1, 2.5, 4, 1.5]
    assert sw.trace("np.convolve(x, k)", "1 2 3", kernel="0 1 0.5").output.tolist() == [0, 1, 2.5, 4, 1.5]
    assert sw.trace("scipy.signal.convolve(x, k)", "1 2; 3 4", kernel="1 1").output.tolist() == [[1, 3, 2], [3, 7, 4]]
    assert sw.trace("ndimage.convolve1d(x, k, axis=0)", "1 2; 3 4", kernel="1 1").output.tolist() == [[4, 6], [6, 8]]
    assert sw.trace("ndimage.uniform_filter(x, 3)", "1 1 1;; 1 1 1").shape == (2, 1, 3)  # two planes of one volume


def test_a_kernel_that_nobody_gave_is_drawn_with_the_axes_of_the_input() -> None:
    trace = sw.trace("scipy.signal.convolve2d(x, k)", X)
    assert trace.inputs["kernel"].shape == (3, 3)
    assert trace.inputs["kernel"].any()
    assert "kernel" in trace.origins
    assert sw.trace("np.convolve(x, k)", [1, 2, 3, 4]).inputs["kernel"].shape == (3,)


def test_sizes_are_told_without_numbers() -> None:
    chain = understood("scipy.signal.convolve2d(x, np.ones((3, 2)), 'full'), cv2.blur(x, (3, 3)), ndimage.laplace(x)")
    assert sizes(chain, (4, 5))[-1].output == (6, 6)


@pytest.mark.parametrize(("turned", "mode"), list(product((True, False), ("full", "same", "valid"))))
def test_the_kernel_has_its_own_gradient_cell_by_cell(turned: bool, mode: str) -> None:
    """By differences of the output itself, in the places of the kernel as it was given."""
    call, x = f"scipy.signal.{'convolve' if turned else 'correlate'}2d(x, k, {mode!r})", X / 10
    kernel: Any = np.array(K, dtype=float)[:2]
    trace = sw.trace(call, x, kernel=kernel)
    back = np.random.default_rng(0).normal(size=trace.shape)
    found = trace.backward(back)
    for name, array in (("input", x), ("kernel", kernel)):
        for place in np.ndindex(array.shape):
            moved = array.copy()
            moved[place] += 1
            other = sw.trace(
                call, *((moved,) if name == "input" else (x,)), kernel=kernel if name == "input" else moved
            )
            due = ((other.output - trace.output) * back).sum()
            np.testing.assert_allclose(found[name].output[place], due, rtol=1e-9, atol=1e-9)
        found[name].verify()


def test_why_points_at_the_kernel_as_it_was_given() -> None:
    trace = sw.trace("scipy.signal.convolve2d(x, k, mode='valid')", X[:3, :3], kernel=K)
    first = trace.step((0, 0)).taps[0]
    assert (first.source, first.weight_index, first.weight) == ((0, 0), (2, 2), 5)


def test_a_saved_trace_keeps_that_its_kernel_is_turned(tmp_path: Path) -> None:
    trace = sw.trace("scipy.signal.convolve2d(x, k)", X, kernel=K)
    trace.save(tmp_path / "t.json")
    again = sw.load(tmp_path / "t.json")
    again.verify()
    assert again.layer == trace.layer


def test_each_stage_of_a_call_is_what_its_own_call_says() -> None:
    for call in ("scipy.ndimage.convolve(x, k, mode='mirror')", "cv2.filter2D(x, -1, k)", "ndimage.correlate(x, k)"):
        trace = sw.trace(call, X, kernel=K)
        padded = trace.parents["input"]
        assert np.array_equal(sw.trace(padded.layer.call, X), padded)
        assert np.array_equal(sw.trace(trace.layer.call, padded.output, kernel=K), trace)


@pytest.mark.parametrize("join", ["np.hypot", "cv2.magnitude", "hypot"])
def test_two_filters_are_joined_over_one_padded_image(join: str) -> None:
    trace = sw.trace(f"{join}(cv2.Sobel(img, cv2.CV_64F, 1, 0), cv2.Sobel(img, cv2.CV_64F, 0, 1))", X)
    across, down = (sw.trace(f"cv2.Sobel(img, cv2.CV_64F, {d})", X).output for d in ("1, 0", "0, 1"))
    np.testing.assert_allclose(trace.output, np.hypot(across, down))
    assert trace.parents["input"].parents["input"] is trace.parents["input_1"].parents["input"]
    trace.verify()


@pytest.mark.parametrize(
    "call", ["np.hypot(gx, gy)", "np.hypot(cv2.Sobel(x, -1, 1, 0))", "np.hypot(np.convolve(x, k), np.convolve(x, k))"]
)
def test_what_cannot_be_joined_is_refused(call: str) -> None:
    with pytest.raises(CallError, match=r"joins two filters|cannot be joined"):
        sw.trace(call, X)


def test_the_sizes_of_a_join_are_those_of_its_filters() -> None:
    chain = understood("np.hypot(ndimage.sobel(x, axis=0), ndimage.sobel(x)), MaxPool2D(2)")
    assert [one.output for one in sizes(chain, (4, 6))][-2:] == [(4, 6), (2, 3)]


def test_the_gradient_of_a_magnitude_is_its_slope() -> None:
    x: Any = np.array([[0.0, 0, 3, 8], [0, 1, 2, 9], [4, 0, 7, 7]])
    trace = sw.trace("np.hypot(skimage.filters.sobel_h(x), skimage.filters.sobel_v(x))", x)
    back = np.random.default_rng(1).normal(size=trace.shape)
    found = trace.backward(back)
    for name, parent in trace.parents.items():
        np.testing.assert_allclose(found[name].output, back * parent.output / trace.output)
        found[name].verify()


def test_the_command_tells_the_sizes_of_a_join() -> None:
    asked = ["shape", "np.hypot(cv2.Sobel(x, -1, 1, 0), cv2.Sobel(x, -1, 0, 1))", "--input-shape"]
    for shape in ("5,5", "n,n"):
        found = CliRunner().invoke(group, [*asked, shape])
        assert found.exit_code == 0, found.output
    with pytest.raises(ShapeError, match="layers are joined"):
        receptive_fields(understood(asked[1]), [0] * 5)


SLOPES = "gx = ndimage.sobel(x, axis=1)\ngy = ndimage.sobel(x, axis=0)\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("np.hypot(gx, gy)", "joins two filters of one image"),
        ("np.degrees(ndimage.sobel(x))", "is read around an angle"),
        ("np.arctan2(ndimage.sobel(x, 0), ndimage.sobel(x, 1), None)", "takes two filters here, and nothing beside"),
        ("cv2.phase(cv2.Sobel(x, -1, 1, 0), cv2.Sobel(x, -1, 0, 1), angleInDegrees=2)", "angleInDegrees=2"),
        ("np.sqrt(x)", "there is no np.sqrt here"),
        (SLOPES + "m = np.hypot(gx, gy)\na = np.arctan2(gy, gx)", "two things come out"),
        (SLOPES + "m = np.log(gx**2 + gy**2)", r"'gx\*\*2' is not read"),
        (SLOPES + "m = np.sqrt(gx**3 + gy**3)", r"'gx\*\*3' is not read"),
        ("m = np.hypot(gx, gy)", "paste the lines that make them, too"),
        ("gx = ndimage.sobel(x)\ngy = ndimage.sobel(z, 0)\nm = np.hypot(gx, gy)", "a filter of the same image"),
    ],
)
def test_what_cannot_be_joined_is_said(text: str, why: str) -> None:
    with pytest.raises(CallError, match=why):
        sw.trace(text, X)


@pytest.mark.parametrize(
    ("rise", "run", "angle", "told"),
    [
        (0, 1, "0", "exactly 0"), (1, 1, "π / 4", "exactly π/4"), (2, 0, "π / 2", "exactly π/2"),
        (1, -1, "3·π / 4", "exactly 3π/4"), (0, -3, "π", "exactly π"), (-1, -1, "-3·π / 4", "exactly −3π/4"),
        (-5, 0, "-π / 2", "exactly −π/2"), (-1, 1, "-π / 4", "exactly −π/4"), (0, 0, "0", "no arrow"),
        (4, 3, "atan2(4, 3)", "quadrant"),
    ],
)  # fmt: skip
def test_parts_of_a_turn_are_exact(rise: int, run: int, angle: str, told: str) -> None:
    """One cell whose two filters give these numbers: the middle of a cross, under kernels that take two arms each."""
    below, right = [[0, 0, 0], [0, 0, 0], [0, 1, 0]], [[0, 0, 0], [0, 0, 1], [0, 0, 0]]
    call = f"np.arctan2(ndimage.correlate(x, {below}), ndimage.correlate(x, {right}))"
    x = [[0, 0, 0], [0, 0, run], [0, rise, 0]]
    exact = sw.trace(call, x, arithmetic="exact").step((1, 1))
    assert str(exact.formula).startswith(f"atan2({rise}, {run})" + (f" = {angle}" if "atan2" not in angle else " ≈"))
    decimals = sw.trace(call, x).step((1, 1))
    assert float(decimals.result) == pytest.approx(float(np.arctan2(rise, run)))
    assert told in plain(sentence(decimals))
