"""An exercise in the words that other people's systems show: the question, and its right answer as typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ..arithmetic import Array, plain
from ..document.inline import Code, Text
from ..language import _, listed, speaking
from ..nouns import input_noun, size_of
from ..ops import Gradient
from ..render.markdown import code, escaped
from ..render.templates import printable
from ..traces.tables import lines_of
from ..traces.trace import Trace
from .exercise import Exercise
from .gradient_sketches import given_names, has_own_sketch
from .tasks import is_way_back, task


def typed(array: Array) -> str:
    """An array as one types it: `4 3; 2 1`, or nested lists where it has more than two axes.

    >>> import numpy as np
    >>> typed(np.array([[4, 3], [2, 1]])), typed(np.zeros((1, 1, 2)))
    ('4 3; 2 1', '[[[0.0, 0.0]]]')
    """
    if array.ndim > 2:
        return json.dumps(array.tolist(), default=_written)
    rows = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
    return "; ".join(" ".join(_written(plain(value)) for value in row) for row in rows)


def answered(trace: Trace) -> str:
    """The output as one types it for an answer: a line of several channels as it is drawn, a row for each channel.

    >>> import stepwise as sw
    >>> answered(sw.trace("MaxPool1D(1)", [[1, 5], [2, 6]]))  # two positions of two channels
    '1 2; 5 6'
    """
    lines = lines_of(trace)
    if lines is None or len(lines) > 1:  # of several images the array itself, in brackets
        return typed(trace.output)
    return typed(trace.output.ravel()[lines[0]])


def _written(value: Any) -> str:
    """A number, exactly: a fraction stays one."""
    return str(value) if isinstance(value, Fraction | int) else repr(float(value))


def literal(text: str) -> str:
    """A text as Python code, on lines of its own where it can be read so."""
    # nbgrader acts on lines such as `### BEGIN HIDDEN TESTS`, wherever they stand in a cell.
    if "###" in text:
        return repr(text).replace("###", "\\x23##")
    as_it_stands = all(c.isprintable() or c == "\n" for c in text) and "\\" not in text and '"""' not in text
    return f'"""\\\n{text}"""' if as_it_stands and "\n" in text and not text.endswith('"') else repr(text)


def question(exercise: Exercise) -> str:
    """The question in Markdown: what is carried out, and on which numbers."""
    with speaking(exercise.language):
        traces = exercise.layers
        way_back = is_way_back(traces)
        calls = " → ".join(f"{code(trace.layer.call)}" for trace in traces)
        asked = _("Carry out {calls}. What is the output?").format(calls=calls)
        if way_back:
            asked = "\n".join(_steps(exercise))
        elif exercise.in_parts:
            asked = _("Carry out {calls}. Answer with a list: what are the outputs of {layers}?").format(
                calls=calls, layers=listed(code(part.trace.layer.call) for part in exercise.parts)
            )
        parts = [f"**{escaped(str(printable(exercise.title)).strip())}**", asked]
        known: set[int] = set()
        for number, trace in enumerate(traces):
            for name, array in trace.inputs.items():
                if name in trace.parents or (name == "input" and number and not way_back):
                    continue  # it is what the layer before gives
                if way_back and (id(array) in known or (has_own_sketch(trace) and name not in given_names(trace))):
                    continue
                known.add(id(array))
                several = name != "input" and len(traces) > 1 and not way_back
                label = _("{name}, {size} ({call}):") if several else _("{name}, {size}:")
                noun, size = _noun(trace, name), size_of(array.shape)
                parts.append(label.format(name=noun, size=size, call=code(trace.layer.call)))
                rows = typed(array).replace("; ", "\n")
                parts.append(f"```text\n{rows}\n```")
        return "\n\n".join(parts)


def _steps(exercise: Exercise) -> Iterator[str]:
    """What is to be done, a line each, and which of it is to be answered."""
    layers, asked = exercise.layers, {id(part.trace) for part in exercise.parts}
    for number, trace in enumerate(layers):
        words = unmarked_with(task(layers, number))
        mark = f" {_('(to be answered)')}" if id(trace) in asked and len(layers) > 1 else ""
        yield f"{number + 1}. {words}{mark}"
    if exercise.in_parts:
        yield ""
        yield _("Answer with a list: an entry for each step to be answered, in their order.")


def unmarked_with(text: Text) -> str:
    """A sentence in Markdown."""
    return "".join(code(piece.text) if isinstance(piece, Code) else escaped(str(piece)) for piece in text)


def _noun(trace: Trace, name: str) -> str:
    if isinstance(trace.layer.operation, Gradient) and name in ("input", "x"):
        return _("upstream gradient") if name == "input" else input_noun("input")
    return input_noun(name)
