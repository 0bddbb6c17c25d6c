"""Code as people paste it, read to the chain of layers in it: lines of a script, a class, a notebook's cell.

    text ─ source ─▶ lines of Python ─ statements, calls, expressions ─▶ what its names stand for ─ ending ─▶ layers

Python's own parser makes a tree, and the tree is followed with layers in place of numbers: nothing in it is run. What
has nothing to do with layers is left out, and what that is can be said; what is not understood and does is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...dataclass import dataclass
from ...errors import CallError
from ...io.literals import module_of
from ...layers.calls import Call, NoCallError, cannot_be_read
from .ending import meant
from .printed import is_printed, printed
from .source import python
from .statements import Statements
from .values import Applied, Made, ordered
from .words import Words

LONGEST = 50_000
"""Characters of a paste that are read."""


@dataclass(frozen=True)
class Pasted:
    """What a paste asks for."""

    layers: tuple[Made, ...]  # in the order of their use; the same one twice where it is used twice
    inputs: tuple[tuple[int, ...], ...]  # the places of those whose outputs each takes; -1 is what goes in
    given: Call | None  # what `Input` says
    left_out: tuple[str, ...]  # parts that have nothing to do with the layers


def pasted(text: str, words: Words) -> Pasted:
    """The layers in pasted code. Raises `CallError` for what cannot be followed."""
    if len(text) > LONGEST:
        raise CallError(f"a paste of {len(text):,} characters is longer than the {LONGEST:,} that are read")
    if is_printed(text):
        return Pasted(*_chain(list(printed(text))), None, ())
    source = python(text)
    try:
        tree = module_of(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise cannot_be_read(text, error) from None
    if len(tree.body) > 1 and source.strip().count("\n") == 0:
        raise CallError(
            f"{text.strip()[:80]!r} cannot be read; write each of its {len(tree.body)} statements on a line of its own"
        )
    code = Statements(words, source)
    try:
        code.follow_all(tree.body)
        found, given = meant(code)
    except RecursionError:
        raise NoCallError("this is nested too deep to be followed") from None
    network = _network(found) if isinstance(found, Applied) else _chain(found)
    return Pasted(*network, given, tuple(dict.fromkeys(code.left_out)))


Network = tuple[tuple[Made, ...], tuple[tuple[int, ...], ...]]


def _chain(layers: Sequence[Made]) -> Network:
    return tuple(layers), tuple((place - 1,) for place in range(len(layers)))


def _network(end: Applied) -> Network:
    """The layers that lead to what flows out, and what each takes."""
    flows = ordered(end)
    places = {id(flow): place for place, flow in enumerate(flows)}
    return tuple(flow.layer for flow in flows), tuple(tuple(places.get(id(one), -1) for one in f.inputs) for f in flows)
