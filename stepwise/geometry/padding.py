"""How many lines of padding one axis gets, on which side, and why.

Along an axis of `n` cells, a window of `k` cells spaced `d` apart spans `(k - 1)·d + 1` cells, and moves by `s`:

    VALID      output = ⌊(n - span) / s⌋ + 1             padding = 0
    SAME       output = ⌈n / s⌉                          padding = max((output - 1)·s + span - n, 0)
    explicit   output = ⌊(n + padding - span) / s⌋ + 1   padding = before + after, as given; ⌈ ⌉ in ceil mode
    causal     like explicit, with span - 1 before and 0 after
    full       like explicit, with span - 1 before and as many after: output = n + span - 1 at stride 1

Under SAME, an odd line goes after the data (Keras, ONNX's SAME_UPPER) or before it (SAME_LOWER). In ceil mode, a last
window that would start past the data is dropped (PyTorch, ONNX).
Sources: TensorFlow's "Notes on padding", ONNX's operator specification, PyTorch's `pooling_output_shape`,
Dumoulin & Visin, arXiv:1603.07285, §2 and §4.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal, TypeAlias

from ..dataclass import dataclass
from ..errors import ShapeError
from ..formula import Ceiling, Difference, Equality, Floor, Formula, Function, Number, Product, Quotient, Sum
from ..language import _, plural

Rule: TypeAlias = Literal["valid", "same_upper", "same_lower", "explicit", "causal", "full", "adaptive", "transposed"]
RULES: tuple[Rule, ...] = ("valid", "same_upper", "same_lower", "explicit", "causal", "full", "adaptive", "transposed")
Side: TypeAlias = Literal["before", "after"]


@dataclass(frozen=True)
class PaddingDecision:
    """How many lines of padding one axis gets, on which side, and why.

    >>> p = decide("same_upper", size=2, window=2, stride=1)
    >>> (p.total, p.before, p.after), str(p.formula), str(p.output_formula)
    ((1, 0, 1), '(2 - 1)·1 + 2 - 2 = 1', '⌈2 / 1⌉ = 2')
    >>> print(p.reason)
    SAME asks for ⌈2 / 1⌉ = 2 outputs; their windows need (2 - 1)·1 + 2 - 2 = 1 line more than there is. An odd total \
cannot be halved, so the extra line goes after the data: 0 before, 1 after.
    """

    rule: Rule
    size: int  # cells of data along the axis
    window: int  # cells of the window
    stride: int
    dilation: int  # distance between neighbouring cells of the window; 1 = touching
    output: int  # windows along the axis
    before: int  # lines of padding at the top or left (of a transposed axis: lines cut off there)
    after: int  # lines of padding at the bottom or right (of a transposed axis: lines cut off there)
    ceil: bool = False  # whether a last window may hang over the end

    @property
    def total(self) -> int:
        """Lines of padding on both sides together."""
        return self.before + self.after

    @property
    def span(self) -> int:
        """Cells from the window's first to its last, gaps included."""
        return (self.window - 1) * self.dilation + 1

    @property
    def overhang(self) -> int:
        """Cells that the last window of ceil mode reaches past the padding; they are neither data nor padding."""
        reach = (self.output - 1) * self.stride + self.span
        return max(0, reach - self.size - self.total) if self.ceil else 0

    @cached_property
    def output_formula(self) -> Equality:
        """The number of windows, with this axis's numbers put in."""
        return Equality(self._counted, Number(self.output))

    @property
    def _counted(self) -> Formula:
        n, s, span = Number(self.size), Number(self.stride), Number(self.span)
        match self.rule:
            case "same_upper" | "same_lower":
                return Ceiling(Quotient(n, s))
            case "adaptive":
                return Number(self.output)
            case "transposed":
                spread = Sum((Product((Difference(n, Number(1)), s)), span))
                cut = self.total
                if not cut:
                    return spread
                return Difference(spread, Number(cut)) if cut >= 0 else Sum((*spread.terms, Number(-cut)))
        size: Formula = Sum((n, Number(self.total))) if self.total else n
        moves = Quotient(Difference(size, span), s)
        windows = Sum((Ceiling(moves) if self.ceil else Floor(moves), Number(1)))
        return Difference(windows, Number(1)) if self.drops_last else windows

    @property
    def drops_last(self) -> bool:
        """Whether ceil mode found one window more, which would have started past the data."""
        return self.ceil and self.output * self.stride >= self.size + self.before and self.output < self._unchecked

    @property
    def _unchecked(self) -> int:
        return -(-(self.size + self.total - self.span) // self.stride) + 1

    @cached_property
    def formula(self) -> Equality:
        """The total padding, with this axis's numbers put in; `max(…, 0)` is written only where it matters."""
        match self.rule:
            case "same_upper" | "same_lower":
                moved = Product((Difference(Number(self.output), Number(1)), Number(self.stride)))
                needed = Difference(Sum((moved, Number(self.span))), Number(self.size))
                if (self.output - 1) * self.stride + self.span >= self.size:
                    return Equality(needed, Number(self.total))
                return Equality(Function("max", (needed, Number(0))), Number(self.total))
            case "causal":
                gaps = Product((Difference(Number(self.window), Number(1)), Number(self.dilation)))
                return Equality(gaps, Number(self.total))
            case "explicit":
                return Equality(Sum((Number(self.before), Number(self.after))), Number(self.total))
            case "full":
                less_one = Difference(Number(self.span), Number(1))
                return Equality(Product((Number(2), less_one)), Number(self.total))
        return Equality(Number(self.total), Number(self.total))

    @property
    def reason(self) -> str:
        """The decision in words, in the current language."""
        match self.rule:
            case "valid":
                if self.overhang:
                    return _("VALID adds no padding.")
                return _("VALID adds no padding: every window stays inside the data.")
            case "explicit":
                if not self.total:
                    return _("No padding is added.")
                sentence = _("The call asks for {before} before and {after} after.")
                return sentence.format(before=self.before, after=self.after)
            case "causal":
                sentence = _(
                    "Causal padding goes before the data only, {before} in all, so no window reaches later cells."
                )
                return sentence.format(before=self.before)
            case "full":
                return _(
                    "FULL takes every place where the window covers at least one cell of data: one cell less than the "
                    "window spans is added on each side, {before} before and {after} after."
                ).format(before=self.before, after=self.after)
            case "adaptive":
                return _("Adaptive pooling adds no padding: every window lies inside the data.")
            case "transposed":
                return self._cut
        return self._same

    @property
    def _cut(self) -> str:
        """What becomes of the lines that a transposed convolution's kernels cover; below 0 is added, not cut."""
        before, after = self.before, self.after
        if not before and not after:
            return _("Nothing is cut off: every cell that a kernel covers stays.")
        if after < 0 and before:
            return plural(
                "{before} before is cut off, and {n} line is added after, which no kernel reaches.",
                "{before} before is cut off, and {n} lines are added after, which no kernel reaches.",
                -after,
                before=before,
            )
        if after < 0:
            return plural(
                "{n} line is added after, which no kernel reaches.",
                "{n} lines are added after, which no kernel reaches.",
                -after,
            )
        sentence = _("A transposed convolution cuts off what padding would have added: {before} before, {after} after.")
        return sentence.format(before=before, after=after)

    @property
    def _same(self) -> str:
        if self.total == 0:
            fitting = _("SAME asks for {output} outputs; their windows fit without padding, as {formula}.")
            return fitting.format(output=self.output_formula, formula=self.formula)
        need = plural(
            "SAME asks for {output} outputs; their windows need {formula} line more than there is.",
            "SAME asks for {output} outputs; their windows need {formula} lines more than there are.",
            self.total,
            output=self.output_formula,
            formula=self.formula,
        )
        return f"{need} {self._split}"

    @property
    def _split(self) -> str:
        if self.total % 2 == 0:
            why = _("An even total is halved: {before} before, {after} after.")
        elif self.rule == "same_upper":
            why = _(
                "An odd total cannot be halved, so the extra line goes after the data: {before} before, {after} after."
            )
        else:
            why = _(
                "An odd total cannot be halved, and under SAME_LOWER the extra line goes before the data: "
                "{before} before, {after} after."
            )
        return why.format(before=self.before, after=self.after)


def decide(
    rule: Rule,
    size: int,
    window: int,
    stride: int,
    dilation: int = 1,
    given: tuple[int, int] = (0, 0),
    ceil: bool = False,
    lenient: bool = False,
) -> PaddingDecision:
    """The padding that a rule gives one axis; `given` is (before, after) for the rule `explicit`.

    `lenient` lays one window down, hanging over, where less than a stride is missing for it to fit.

    Raises `ShapeError` where not one window fits.

    >>> decide("same_lower", size=4, window=3, stride=2).before
    1
    >>> decide("explicit", size=3, window=2, stride=2, given=(1, 1), ceil=True).output
    2
    """
    span = (window - 1) * dilation + 1
    if rule in ("same_upper", "same_lower"):
        output = -(-size // stride)
        total = max((output - 1) * stride + span - size, 0)
        smaller, larger = total // 2, total - total // 2
        before, after = (smaller, larger) if rule == "same_upper" else (larger, smaller)
        return PaddingDecision(rule, size, window, stride, dilation, output, before, after)
    before, after = {"explicit": given, "causal": (span - 1, 0), "full": (span - 1, span - 1)}.get(rule, (0, 0))
    free = size + before + after - span
    ceil = ceil or (lenient and free < 0)
    output = (-(-free // stride) if ceil else free // stride) + 1
    if output < 1:
        raise ShapeError(_too_large(rule, size, window, span, before + after))
    if ceil and (output - 1) * stride >= size + before:
        output -= 1  # that window would start past the data
    return PaddingDecision(rule, size, window, stride, dilation, output, before, after, ceil)


def _too_large(rule: Rule, size: int, window: int, span: int, padding: int) -> str:
    spread = f" (dilated to span {span})" if span != window else ""
    if rule == "valid":
        return (
            f"a window of {window}{spread} does not fit into {size} under VALID; "
            f"take a window that spans at most {size}, or padding SAME"
        )
    return f"a window of {window}{spread} does not fit into {size} cells with {padding} of padding"
