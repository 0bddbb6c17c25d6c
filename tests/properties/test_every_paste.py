"""Any program that is pasted is read as Python would run it: the same layers, with the same arguments, in order."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stepwise.dialects import layers
from stepwise.dialects.known import KNOWN
from stepwise.dialects.pasted import pasted
from stepwise.errors import CallError, StepwiseError
from stepwise.layers.calls import Call, Name
from tests.properties.written_programs import Noted, Program, carried_out, programs, silently


def noted(call: Call) -> Noted:
    """A call that was read, as a run notes it."""
    arguments = call.arguments[1:] if call.arguments[:1] == (Name("x"),) else call.arguments
    return call.name, tuple(map(plain, arguments)), tuple((key, plain(value)) for key, value in call.keywords.items())


def plain(value: Any) -> Any:
    return tuple(map(plain, value)) if isinstance(value, list | tuple) else value


@settings(max_examples=250)
@given(programs())
def test_a_program_is_read_as_it_would_run(program: Program) -> None:
    read = pasted(program.pasted, KNOWN)
    assert [noted(made.call) for made in read.layers] == list(carried_out(program.code, program.name))


STRANGE = (
    "x = mystery(x)",
    "x = x[0]",
    "x = x * 2",
    "x = nn.Tanhh()(x)",
    "x = self.unset(x)",
    "x = F.nothing(x)",
    "x = x.turned(1)",
    "if flag: x = nn.Tanh()(x)",
    "x = -x",
    "x = [x, x]",
    "x = lambda: x",
    "x = unset",
    "x = y = nn.Tanh(x)",
    "while True: x = nn.Tanh()(x)",
    "for one in unset: x = nn.Tanh()(x)",
    "x = f'{x}'",
)


@settings(max_examples=250)
@given(programs(), st.sampled_from(STRANGE), st.data())
def test_what_is_not_read_never_leaves_another_chain(program: Program, line: str, data: st.DataObject) -> None:
    """A strange line anywhere after the first use of `x` is refused, or leaves what flows as it is."""
    lines = program.code.split("\n")
    places = [n for n, one in enumerate(lines) if one.strip().startswith("x = ") and n + 1 < len(lines)]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    depth = len(lines[place]) - len(lines[place].lstrip())
    text = "\n".join([*lines[: place + 1], " " * depth + line, *lines[place + 1 :]])
    try:
        read = pasted(text, KNOWN)
    except CallError:
        return
    due = silently(text, program.name)  # a program that does not run any more is the one that did, or refused
    due = carried_out(program.code, program.name) if due is None else due
    assert [noted(made.call) for made in read.layers] == list(due)


@settings(max_examples=150)
@given(programs(), st.data())
def test_a_line_that_is_missing_is_asked_for_or_is_not_needed(program: Program, data: st.DataObject) -> None:
    lines = program.code.split("\n")
    gone = data.draw(st.integers(0, len(lines) - 1))
    text = "\n".join(line for number, line in enumerate(lines) if number != gone)
    try:
        layers(text)
        read = pasted(text, KNOWN)
    except StepwiseError:
        return
    found, due = [noted(made.call) for made in read.layers], silently(text, program.name)
    if due is None:  # the program does not run any more, and what is left of it is read
        whole = iter(carried_out(program.code, program.name))
        assert all(one in whole for one in found), "in the order of the whole"
        return
    assert found == list(due) or (not due and len(found) == 1), "a layer that is made and not used is asked about"
