"""Sizes as algebra: a formula in n, with any n put in, is the size that the engine gives; all that fits is listed."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.algebra.fits import Bounds, fits
from stepwise.algebra.receptive import receptive_fields
from stepwise.algebra.sizes import algebraic_sizes, read_known, size_letter
from stepwise.arithmetic import lowered
from stepwise.dialects.tracing import understood
from stepwise.errors import ShapeError
from stepwise.formula import Equality, Formula, worked_out
from stepwise.formula.tree import Ceiling, Difference, Floor, Number, Product, Quotient, Sum, Symbol
from stepwise.layers.sizes import sizes

some = settings(deadline=None, max_examples=60)
few = settings(deadline=None, max_examples=25)
N = size_letter("n")
M = size_letter("m")


def at(size: Any, n: int, m: int) -> int:
    """A size with numbers for its letters."""
    return int(sympy.Integer(0) + size if isinstance(size, int) else size.subs({N: n, M: m}))


def told_at(formula: Formula, letters: dict[str, int]) -> Fraction:
    """What a printed formula comes to with numbers for its letters: worked out here, on its tree."""
    match formula:
        case Symbol(name=name):
            return Fraction(letters[name])
        case Number():
            return Fraction(lowered(formula.value))
        case Sum(terms=terms):
            return sum((told_at(term, letters) for term in terms), Fraction(0))
        case Difference(left=left, right=right):
            return told_at(left, letters) - told_at(right, letters)
        case Product(factors=factors):
            total = Fraction(1)
            for factor in factors:
                total *= told_at(factor, letters)
            return total
        case Quotient(numerator=above, denominator=below):
            return told_at(above, letters) / told_at(below, letters)
        case Floor(inner=inner):
            whole = told_at(inner, letters)
            return Fraction(whole.numerator // whole.denominator)
        case Ceiling(inner=inner):
            whole = told_at(inner, letters)
            return Fraction(-(-whole.numerator // whole.denominator))
        case Equality(left=left, right=right):
            one, other = told_at(left, letters), told_at(right, letters)
            assert one == other, f"{formula} is not true of {letters}"
            return one
    raise AssertionError(formula)


@st.composite
def keras_layers(draw: st.DrawFn) -> str:
    window, stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    same = draw(st.sampled_from(["same", "valid"]))
    calls = [
        f"Conv2D(3, {window}, strides={stride}, padding={same!r})",
        f"Conv2D(3, {window}, dilation_rate={dilation}, padding={same!r})",
        f"MaxPool2D({window}, strides={stride}, padding={same!r})",
        f"AveragePooling2D({window}, strides={stride}, padding={same!r})",
        f"Conv2DTranspose(3, {window}, strides={stride}, padding={same!r})",
        f"ZeroPadding2D({dilation})",
        f"keras.layers.MaxPooling2D(({window}, {stride}), strides=({stride}, {window}))",
        "ReLU()",
    ]
    return draw(st.sampled_from(calls))


@st.composite
def torch_layers(draw: st.DrawFn) -> str:
    window, stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    pad, ceil = draw(st.integers(0, window // 2)), draw(st.booleans())
    calls = [
        f"nn.MaxPool2d({window}, {stride}, {pad}, dilation={dilation}, ceil_mode={ceil})",
        f"nn.AvgPool2d({window}, {stride}, {pad}, ceil_mode={ceil})",
        f"nn.Conv2d(2, 2, {window}, {stride}, {pad}, {dilation})",
        f"nn.ConvTranspose2d(2, 2, {window}, {stride}, {pad}, {min(stride, dilation) - 1})",
        f"nn.Conv2d(2, 2, {window}, padding='same', dilation={dilation})",
        "nn.AdaptiveAvgPool2d(3)",
        "nn.ReLU()",
    ]
    return draw(st.sampled_from(calls))


def agree(calls: list[str], shape: tuple[Any, ...], known: list[str], numbers: list[tuple[int, int]]) -> int:
    """How many of the sizes were compared: those on which the engine says the chain fits."""
    chain = understood(calls)
    in_numbers = [tuple({"n": n, "m": m}.get(size, size) for size in shape) for n, m in numbers]
    try:
        told = algebraic_sizes(chain, shape, [read_known(words) for words in known])
    except ShapeError:  # a chain that fits no size at all, as a window of 2 after a global pooling
        for given_shape in in_numbers:
            with pytest.raises(ShapeError):
                sizes(chain, given_shape)
        return 0
    compared = 0
    for (n, m), given_shape in zip(numbers, in_numbers, strict=True):
        try:
            found = sizes(chain, given_shape)
        except ShapeError:
            continue
        assert [tuple(at(size, n, m) for size in layer.output) for layer in told] == [one.output for one in found]
        for layer, one in zip(told, found):
            for axis, engine in zip(layer.axes, one.geometry.axes, strict=True):
                assert told_at(axis.working, {"n": n, "m": m}) == engine.output
                assert axis.before in (None, engine.padding.before)
        compared += 1
    return compared


@some
@given(st.lists(keras_layers(), min_size=1, max_size=3), st.lists(st.integers(1, 60), min_size=8, max_size=8))
def test_formulas_of_keras(calls: list[str], numbers: list[int]) -> None:
    agree(calls, ("n", "m", 3), [], list(zip(numbers, numbers[1:] + numbers[:1])))


@some
@given(st.lists(torch_layers(), min_size=1, max_size=3), st.lists(st.integers(1, 60), min_size=8, max_size=8))
def test_formulas_of_pytorch(calls: list[str], numbers: list[int]) -> None:
    agree(calls, (2, "n", "m"), [], list(zip(numbers, numbers[1:] + numbers[:1])))


@some
@given(
    st.lists(keras_layers(), min_size=1, max_size=3), st.sampled_from([2, 3, 4, 8]), st.booleans(),
    st.lists(st.integers(1, 30), min_size=6, max_size=6),
)  # fmt: skip
def test_formulas_under_assumptions(calls: list[str], modulus: int, odd: bool, numbers: list[int]) -> None:
    known, those = f"n divisible by {modulus}", [(modulus * n, modulus * n) for n in numbers]
    if modulus == 2:
        known, those = ("n odd", [(2 * n + 1, 2 * n + 1) for n in numbers]) if odd else ("n even", those)
    agree(calls, ("n", "n", 3), [known], those)


def test_formulas_are_compared_often_enough() -> None:
    """The properties above pass over chains that do not fit; here are some that do."""
    chain = ["Conv2D(3, 3, strides=2)", "MaxPool2D(2, padding='same')", "Conv2DTranspose(3, 2, strides=2)"]
    assert agree(chain, ("n", "m", 3), [], [(n, n + 1) for n in range(3, 120)]) == 117


def test_a_chain_that_fits_no_size_is_refused_in_letters_too() -> None:
    """The global pooling leaves 1 × 1, into which a window of 2 never fits, whatever n was."""
    with pytest.raises(ShapeError, match="along the height, a window that spans 2 does not fit into 1"):
        algebraic_sizes(understood(["GlobalMaxPooling2D(keepdims=True)", "MaxPool2D(2, strides=1)"]), ("n", "n", 3))
    assert agree(["nn.AdaptiveAvgPool2d(1)", "nn.MaxPool2d(2, 1)"], (2, "n", "m"), [], [(1, 1), (5, 7)]) == 0


@pytest.mark.parametrize(
    ("call", "assume", "working"),
    [
        ("MaxPool2D(2)", [], "⌊(n - 2) / 2⌋ + 1 = ⌊n / 2⌋"),
        ("MaxPool2D(2)", ["n even"], "⌊(n - 2) / 2⌋ + 1 = ⌊n / 2⌋ = n / 2"),
        ("MaxPool2D(2)", ["n odd"], "⌊(n - 2) / 2⌋ + 1 = ⌊n / 2⌋ = (n - 1) / 2"),
        ("Conv2D(1, 3, strides=2, padding='same')", [], "⌈n / 2⌉"),
        ("Conv2D(1, 3, strides=2, padding='same')", ["n even"], "⌈n / 2⌉ = n / 2"),
        ("Conv2D(1, 3)", [], "⌊(n - 3) / 1⌋ + 1 = n - 2"),
        ("Conv2D(1, 3, padding='same')", [], "⌈n / 1⌉ = n"),
        ("Conv2DTranspose(1, 3, strides=2)", [], "(n - 1)·2 + 3 = 2·n + 1"),
    ],
)
def test_formulas_as_a_book_has_them(call: str, assume: list[str], working: str) -> None:
    [layer] = algebraic_sizes(understood(call), ("n", "n", 1), [read_known(words) for words in assume])
    assert str(layer.axes[0].working) == working


# ── receptive fields


def seen_by(calls: list[str], size: int, index: int) -> set[int]:
    """The input cells along a line that an output cell changes with, found by changing each of them."""
    base = np.arange(size, dtype=float) * 0.37

    def output(x: Any) -> Any:
        weights = {i: {"weight": np.ones((1, 1, k)), "bias": [0.0]} for i, k in kernels(calls).items()}
        return sw.trace(calls, x.reshape(1, size), weights=weights).output[0]

    first = output(base)
    found = set()
    for cell in range(size):
        for change in (1000.0, -1000.0):  # a maximum may not notice that a cell becomes smaller
            changed = base.copy()
            changed[cell] += change
            if output(changed)[index] != first[index]:
                found.add(cell)
    return found


def kernels(calls: list[str]) -> dict[int, int]:
    return {i: int(c.split(",")[2].strip(" )")) for i, c in enumerate(calls) if "Conv1d" in c}


@few
@given(
    st.lists(
        st.tuples(st.sampled_from(["Conv", "MaxPool", "AvgPool"]), st.integers(1, 3), st.integers(1, 2)),
        min_size=1, max_size=3,
    ),
    st.integers(0, 1), st.integers(1, 2),
)  # fmt: skip
def test_a_receptive_field_is_what_a_cell_changes_with(asked: list[tuple[str, int, int]], pad: int, gap: int) -> None:
    size = 40
    calls = [
        f"nn.{kind}1d({window}, {stride})" if kind != "Conv" else f"nn.Conv1d(1, 1, {window}, {stride}, {pad}, {gap})"
        for kind, window, stride in asked
    ]
    chain = understood(calls)
    told = sizes(chain, (1, size))
    before = [layer.geometry.axes[0].padding.before if layer.geometry.axes else 0 for layer in told]
    index = told[-1].output[-1] // 2
    field = receptive_fields(chain, before)[-1]
    assert field.field is not None
    assert field.jump is not None
    assert field.offset is not None
    centre = field.offset + field.jump * index
    reach = {centre + Fraction(step - field.field + 1 + step, 2) for step in range(field.field)}
    seen = seen_by(calls, size, index)
    assert seen <= {int(cell) for cell in reach if cell.denominator == 1}
    assert {min(seen), max(seen)} == {int(min(reach)), int(max(reach))}, "the first and the last cell are seen"
    assert min(seen) - min(seen_by(calls, size, index - 1)) == field.jump


# ── what fits


def counted(size: int, window: int, stride: int, dilation: int, before: int, after: int) -> int:
    """Windows that fit, by trying every start."""
    span = (window - 1) * dilation + 1
    return sum(start + span <= size + before + after for start in range(0, size + before + after, stride))


@pytest.mark.parametrize(("given", "wanted"), [(28, 14), (28, 28), (7, 3), (5, 1), (12, 4), (9, 9)])
@pytest.mark.parametrize("dialect", ["keras", "torch", "onnx"])
@pytest.mark.parametrize("layer", ["conv", "pool"])
def test_all_that_fits_is_listed_and_all_that_is_listed_fits(given: int, wanted: int, dialect: str, layer: str) -> None:
    bounds = Bounds(window=5, stride=3, padding=2, dilation=2)
    found = fits(given, wanted, dialect, layer, bounds)
    for fit in found:
        shape = (given, given, 1) if dialect == "keras" else (1, given, given)
        x = np.zeros((1, *shape) if dialect == "onnx" else shape)
        kernel: Any = (
            {"kernel": np.ones((1, 1, *[fit.decision.window] * 2))} if dialect == "onnx" and layer == "conv" else {}
        )
        output = sw.trace(fit.call, x, **kernel).shape
        assert wanted in output, fit.call
        assert worked_out(fit.formula.left) == wanted
    explicit = {
        (d.window, d.stride, d.dilation, d.before, d.after)
        for d in (fit.decision for fit in found)
        if d.rule in ("valid", "explicit")
    }
    due = set()
    for window, stride, dilation, before, after in product(range(1, 6), range(1, 4), (1, 2), range(3), range(3)):
        can = {
            "keras": before == after == 0 and (dilation == 1 or (layer == "conv" and stride == 1)),
            "torch": before == after and (layer == "conv" or before <= window // 2),
            "onnx": layer == "conv" or max(before, after) < (window - 1) * dilation + 1,
        }[dialect]
        if can and (window > 1 or dilation == 1) and counted(given, window, stride, dilation, before, after) == wanted:
            due.add((window, stride, dilation, before, after))
    assert explicit == due
    if dialect != "torch":
        same = {
            (f.decision.window, f.decision.stride, f.decision.dilation)
            for f in found
            if f.decision.rule == "same_upper"
        }
        assert same == {
            (window, stride, dilation)
            for window, stride, dilation in product(range(1, 6), range(1, 4), (1, 2))
            if -(-given // stride) == wanted and (window > 1 or dilation == 1)
            and (dilation == 1 or dialect == "onnx" or (layer == "conv" and stride == 1))
        }  # fmt: skip


TRANSPOSED = {
    "keras": [
        (f"Conv2DTranspose(1, {k}, strides={s}, padding={p!r}, dilation_rate={d})", p == "same")
        for k, s, d, p in product((1, 2, 3, 4), (1, 2, 3), (1, 2), ("valid", "same"))
        if not (s > 1 and d > 1) and not (k == 1 and d > 1)
    ],
    "torch": [
        (f"nn.ConvTranspose2d(1, 1, {k}, stride={s}, padding={p}, output_padding={e}, dilation={d})", False)
        for k, s, d, p, e in product((1, 2, 3, 4), (1, 2, 3), (1, 2), (0, 1, 2), (0, 1, 2))
        if e < max(s, d) and not (k == 1 and d > 1)
    ],
}


@pytest.mark.parametrize("dialect", TRANSPOSED)
@pytest.mark.parametrize(("given", "wanted"), [(7, 14), (3, 5), (4, 4), (5, 16)])
def test_every_transposed_layer_that_fits_is_found_and_no_other(dialect: str, given: int, wanted: int) -> None:
    """All that can be written within the bounds is carried out, and counted."""
    bounds = Bounds(window=4, stride=3, padding=2, dilation=2)
    found = [fit.call for fit in fits(given, wanted, dialect, "transposed", bounds)]
    shape = (given, given, 1) if dialect == "keras" else (1, given, given)
    channel = 2 if dialect == "keras" else 0
    assert {sw.trace(call, np.zeros(shape)).shape for call in found} <= {
        tuple(1 if axis == channel else wanted for axis in range(3))
    }
    fitting = 0
    for call, _same in TRANSPOSED[dialect]:
        try:
            [layer] = sizes(understood(call), shape)
        except ShapeError:
            continue
        fitting += layer.output[1] == wanted
    assert len(set(found)) == len(found) == fitting


def test_transposed_layers_are_found_where_a_convolution_is_to_give_more() -> None:
    assert "nn.ConvTranspose2d(1, 1, 2, stride=2)" in [fit.call for fit in fits(7, 14, "torch")]
    assert not any("Transpose" in fit.call for fit in fits(14, 7, "torch"))


RESIZED: list[tuple[list[str], tuple[int, ...]]] = [
    (["nn.Upsample(scale_factor=2)", "nn.AvgPool2d(3, 1)"], (1, 1, 2, 12)),
    (["nn.AvgPool2d(3, 1)", "nn.Upsample(scale_factor=1.5, mode='bilinear')", "nn.AvgPool2d(2, 1)"], (1, 1, 6, 12)),
    (["nn.PixelUnshuffle(2)", "nn.AvgPool2d(2, 1)"], (1, 1, 6, 12)),
    (["nn.Upsample(scale_factor=0.5, mode='bilinear')", "nn.AvgPool2d(2, 1)"], (1, 1, 6, 12)),
    (["nn.PixelShuffle(2)", "nn.AvgPool2d(3, 1)"], (1, 4, 6, 8)),
    (["UpSampling2D(2, interpolation='bilinear')", "Conv2D(1, 3)"], (1, 5, 8, 1)),
]


@pytest.mark.parametrize(("calls", "shape"), RESIZED)
def test_what_resized_cells_see_is_what_they_change_with(calls: list[str], shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(0)
    columns = 3 if shape[-1] > 1 else 2
    x = random.normal(size=shape)
    before = np.asarray(sw.trace(calls, x))
    seen: dict[int, list[int]] = {}
    for column in range(shape[columns]):
        changed = x.copy()
        changed[(slice(None),) * columns + (column,)] += 1 + random.random()
        parted = np.moveaxis(np.asarray(sw.trace(calls, changed)) != before, columns, 0)
        for cell in np.flatnonzero(parted.reshape(len(parted), -1).any(axis=1)):
            seen.setdefault(int(cell), []).append(column)
    widest = max(max(cells) - min(cells) + 1 for cells in seen.values())
    assert receptive_fields(understood(calls), [0] * len(calls), 1)[-1].field == widest
