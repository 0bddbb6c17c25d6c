"""What two traces are called where they stand side by side."""

from __future__ import annotations

from collections.abc import Sequence

from ..language import _
from ..ops import MeanPool
from ..traces.trace import Trace
from .beside import Row, rule_of
from .parting import Parting, edge_rule, lines_of
from .phrases import phrases
from .terms import padding_name, parts


def names_of(rows: Sequence[Row], partings: list[Parting]) -> tuple[str, str]:
    """The shortest words that tell the two apart, by the first decision that does."""
    if len(rows) == 1 and rows[0][0] is not None and rows[0][1] is not None:
        return _names_of_pair(rows[0][0], rows[0][1], partings)
    left, right = ([t for row in rows if (t := row[side]) is not None] for side in (0, 1))
    nouns = [" + ".join(phrases(t).noun() for t in line) for line in (left, right)]
    if nouns[0] != nouns[1]:
        return nouns[0], nouns[1]
    pair = partings[0].pair if partings else None
    if pair and pair[0].geometry.axes:
        return _names_of_pair(*pair, partings)
    for x, y in [*([pair] if pair else []), *zip(left, right)]:
        if x.layer.call != y.layer.call:
            return x.layer.call, y.layer.call
    return _("first"), _("second")


def _names_of_pair(a: Trace, b: Trace, partings: list[Parting]) -> tuple[str, str]:
    if rule_of(a) != rule_of(b):
        return phrases(a).noun(), phrases(b).noun()
    if partings and partings[0].what == _("padding in the mean"):
        words = {True: _("padding counted"), False: _("padding not counted")}
        means = [trace.layer.operation for trace in (a, b)]
        counted = [words[isinstance(mean, MeanPool) and mean.counts_padding] for mean in means]
        return counted[0], counted[1]
    lines_differ = lines_of(a) != lines_of(b)
    if lines_differ and edge_rule(a.geometry.axes[0]) != edge_rule(b.geometry.axes[0]):
        return _short_rule(a), _short_rule(b)
    ceil = [any(axis.padding.ceil for axis in trace.geometry.axes) for trace in (a, b)]
    if partings and partings[0].of_size and ceil[0] != ceil[1]:
        words = {True: _("ceil mode"), False: _("floor mode")}
        return words[ceil[0]], words[ceil[1]]
    left, right = parts(a), parts(b)
    if len(left) == len(right):
        for x, y in zip(left, right):
            if x != y and (lines_differ or x != padding_name(a)):
                return x, y
    if a.layer.call != b.layer.call:
        return a.layer.call, b.layer.call
    return _("first"), _("second")


def _short_rule(trace: Trace) -> str:
    """`VALID`, `SAME`; where the call says how many lines, `padding 1`."""
    axis = trace.geometry.axes[0]
    return padding_name(trace) if axis.padding.rule == "explicit" else edge_rule(axis)
