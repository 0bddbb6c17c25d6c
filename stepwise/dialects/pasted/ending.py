"""Which chain of layers a paste is about, once all of its lines were followed.

What flows out and goes into nothing else is the answer; without any flow it is the network, the class, the layers on
lines of their own, or the only layer that was made. Where two things could be meant it is asked which.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ...errors import CallError
from ...layers.calls import Call, NoCallError, quoted
from .defined import FORWARD
from .statements import Statements
from .values import Applied, Chain, Class, Flow, Function, Given, Made, Model, Thing

HERE = ast.Pass(lineno=1)


def meant(code: Statements) -> tuple[list[Made] | Applied, Call | None]:
    """What flows out, or layers in the order in which they are used; and what `Input` says. Raises `CallError`."""
    if code.itself is not None and "__init__" in code.itself.kind.methods:
        init = Function(code.itself.kind.methods["__init__"], code.names, code.itself)
        code.carried(init, HERE, [], {})
    for whole in list(_wholes(code))[::-1]:  # what is made last uses what was made before
        if id(whole) not in code.used and not (isinstance(whole, Class) and id(whole.node) in code.used):
            thing = code.object_of(whole, _call(whole), [], {}) if isinstance(whole, Class) else whole
            code.applied(thing, HERE, [Given("x")])
    if not (code.flows or code.bare or list(_unused(code))):
        _through_functions(code)
    if code.strange:
        first = code.strange[0]
        message = first.why or f"{quoted(first.source)} is not read, and what a layer gives goes into it"
        raise code.error(ast.Pass(lineno=first.line), message)
    unused = list(_unused(code))
    if code.flows:
        end = _one_end(code)
        code.left_out += [layer.call.text for layer in unused if layer not in code.bare]
        return end, code.one_origin(end).shape
    layers = code.bare or unused
    if not layers and code.doubts and "\n" not in code.source.strip():
        raise code.error(ast.Pass(lineno=code.doubts[0].line), code.doubts[0].why)
    if not layers:
        raise NoCallError("no layer was found in what was pasted; paste lines such as x = nn.MaxPool2d(2)(x)")
    if not code.bare and len(layers) > 1:
        one, other = (layer.call.text for layer in layers[:2])
        count = f"{one} and {other}" if len(layers) == 2 else f"{one}, {other} and {len(layers) - 2} more"
        raise CallError(
            f"{count} are made, but nothing says in what order they are used; paste the lines that use them, too, such "
            "as x = pool(conv(x)), or only the layers, each on a line of its own"
        )
    if code.bare:
        code.left_out += [layer.call.text for layer in unused if layer not in code.bare]
    return layers, None


def _call(kind: Class) -> ast.Call:
    return ast.copy_location(ast.Call(ast.Name(kind.name, ast.Load()), [], []), kind.node)


def _named(code: Statements) -> Iterator[Any]:
    """What the paste has names for, once each."""
    values = [*code.names.values()]
    if code.itself is not None and not code.way_through(code.itself):
        values += code.itself.attributes.values()
    known: set[int] = set()
    for value in values:
        if id(value) not in known:
            known.add(id(value))
            yield value


def _wholes(code: Statements) -> Iterator[Any]:
    """Networks and classes that nothing uses."""
    for value in _named(code):
        match value:
            case Chain(parts=[_, *_]) | Class() | Thing() if id(value) not in code.used:
                forward = value if isinstance(value, Class) else None
                if forward is not None and not _has_way(code, forward):
                    continue
                if isinstance(value, Thing) and code.way_through(value) is None:
                    if value.attributes:
                        _ask_for_forward(code, value)
                    continue
                yield value


def _has_way(code: Statements, kind: Class) -> bool:
    return any(name in kind.methods for name in (*FORWARD, "__init__"))


def _ask_for_forward(code: Statements, thing: Thing) -> None:
    layers = [one for one in thing.attributes.values() if isinstance(one, Made | Chain)]
    if len(layers) > 1 and thing is not code.itself:
        raise CallError(
            f"{thing.kind.name} makes {len(layers)} layers, but nothing says in what order they are used; paste its "
            "forward, too"
        )


def _unused(code: Statements) -> Iterator[Made]:
    """Layers that were made and that nothing is called on."""
    attributes = [value for thing in _things(code) for value in thing.attributes.values()]
    known: set[int] = set()
    for value in [*code.names.values(), *attributes]:
        if isinstance(value, Made) and id(value) not in code.used and id(value) not in known:
            known.add(id(value))
            yield value


def _things(code: Statements) -> Iterator[Thing]:
    yield from (one for one in code.names.values() if isinstance(one, Thing))


def _through_functions(code: Statements) -> None:
    """A function that makes a network, where nothing calls it."""
    functions = [one for one in code.names.values() if isinstance(one, Function) and id(one.node) not in code.used]
    for function in functions[::-1]:
        if id(function.node) in code.used:
            continue
        value = code.carried(function, HERE, [], {})
        if isinstance(value, Chain | Thing | Made) and id(value) not in code.used:
            code.applied(value, HERE, [Given("x")])


def _one_end(code: Statements) -> Applied:
    """What flows out in the end. Raises `CallError` where several things do."""
    inside = {id(one) for flow in code.flows for one in flow.inputs}
    ends: list[Applied] = []
    for flow in code.flows:
        if id(flow) not in inside and not any(_alike(flow, end) for end in ends):
            ends.append(flow)
    if len(ends) > 1:
        models = [one for one in code.names.values() if isinstance(one, Model)]
        if len(models) == 1:
            return models[0].output
    bare = [layer for layer in code.bare if id(layer) not in code.used]
    texts = [end.layer.call.text for end in ends] + [layer.call.text for layer in bare]
    if len(texts) > 1:
        lines = [end.layer.line for end in ends] + [layer.line for layer in bare]
        raise CallError(
            f"two things come out of what was pasted: that of {texts[0]} (line {lines[0]}) and that of {texts[1]} "
            f"(line {lines[1]}); paste only the lines of one, or call the second on what the first gives"
        )
    return ends[0]


def _alike(one: Flow, other: Flow) -> bool:
    """Whether two flows come out of the same lines, as those of a network that is called twice."""
    pairs, met = [(one, other)], set[tuple[int, int]]()
    while pairs:
        one, other = pairs.pop()
        if one is other or (id(one), id(other)) in met:
            continue
        met.add((id(one), id(other)))
        if isinstance(one, Given) or isinstance(other, Given):
            if type(one) is not type(other):
                return False
            continue
        same = one.layer is other.layer or (one.layer.call, one.layer.line) == (other.layer.call, other.layer.line)
        if not same or len(one.inputs) != len(other.inputs):
            return False
        pairs += zip(one.inputs, other.inputs)
    return True
