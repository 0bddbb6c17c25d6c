"""What a name can stand for in pasted code, as far as it is read: layers, what flows through them, plain values.

To add one: a class here, and a case in `calls.py` if it can be called.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ...dataclass import dataclass
from ...layers.calls import Call


@dataclass(frozen=True)
class Named:
    """A name that nothing in the paste sets, with its dots: `nn.Conv2d`, `x`."""

    path: tuple[str, ...]
    spelled: str

    @property
    def alone(self) -> bool:
        """Whether it is one word, which may stand for an input or a weight."""
        return len(self.path) == 1


@dataclass(frozen=True, eq=False)
class Made:
    """A layer that was made and may be called; its identity says that it is the same one where it is called twice."""

    call: Call
    line: int


@dataclass(frozen=True, eq=False)
class Given:
    """What goes in; `shape` where an `Input` says it."""

    name: str
    shape: Call | None = None


@dataclass(frozen=True, eq=False)
class Applied:
    """What a layer gives, called on what was given before."""

    layer: Made
    inputs: tuple[Flow, ...]


@dataclass(frozen=True, eq=False)
class Squared:
    """What a filter gives, squared; `doubt` is what is said where that goes anywhere but into a root."""

    flow: Applied
    doubt: Any


@dataclass(frozen=True, eq=False)
class Squares:
    """The sum of two of them."""

    first: Squared
    second: Squared


Flow = Given | Applied


def ordered(end: Flow) -> list[Applied]:
    """What leads to a flow, each after what it comes from; of several inputs, what leads to the first comes first."""
    found: dict[int, Applied] = {}
    waiting = [(end, False)]
    while waiting:
        here, ready = waiting.pop()
        if not isinstance(here, Applied) or id(here) in found:
            continue
        if ready:
            found[id(here)] = here
        else:
            waiting += [(here, True), *((one, False) for one in reversed(here.inputs))]
    return list(found.values())


def origins(end: Flow) -> list[Given]:
    """What goes in, of which a flow comes; each once."""
    inputs = [one for flow in ordered(end) for one in flow.inputs]
    return list({id(one): one for one in inputs if isinstance(one, Given)}.values())


@dataclass(eq=False)
class Chain:
    """A `Sequential`: layers one after another, which `add` and `append` make longer."""

    parts: list[Any] = field(default_factory=list)
    given: Call | None = None
    passes: bool = False  # whether without layers it gives what it takes, as PyTorch's does


@dataclass(frozen=True, eq=False)
class Model:
    """`keras.Model(inputs, outputs)`."""

    output: Applied


@dataclass(frozen=True, eq=False)
class Function:
    """A function that the paste defines, and the object whose method it is."""

    node: ast.FunctionDef
    names: Mapping[str, Any]
    owner: Thing | None = None


@dataclass(frozen=True, eq=False)
class Class:
    """A class that the paste defines."""

    node: ast.AST
    name: str
    methods: Mapping[str, ast.FunctionDef]
    names: Mapping[str, Any]
    fixed: Mapping[str, Any] = field(default_factory=dict)  # what its body sets, such as `expansion = 4`
    base: Class | None = None  # the class of the paste that it is made from
    sequential: bool = False  # whether it is made from `nn.Sequential`


@dataclass(eq=False)
class Thing:
    """An object of such a class."""

    kind: Class
    attributes: dict[str, Any] = field(default_factory=dict)
    chain: Chain | None = None  # its layers, where it is a `Sequential`


@dataclass(frozen=True, eq=False)
class Super:
    """An object as one of the class that its own is made from: `super()`."""

    thing: Thing
    kind: Class


@dataclass(frozen=True)
class Method:
    """Something's attribute: `x.view`, `model.add`."""

    owner: Any
    name: str
    source: str


@dataclass(frozen=True)
class Numbers:
    """An array that the paste makes: what goes in, or a weight; which, its use says."""

    name: str
    written: Any = field(default=None, compare=False)  # its call of literals, where it is one


@dataclass(frozen=True)
class Batch:
    """How many images there are, as `x.size(0)` says."""


@dataclass(frozen=True)
class Size:
    """How large what flows is along an axis, which is not known; -1 is of what was worked out of such sizes."""

    axis: int


@dataclass(frozen=True)
class Unread:
    """A value that is not read; it matters only where a layer needs it."""

    source: str
    line: int
    why: str = ""  # what is to be said where a layer needs it
    takes: bool = False  # whether what a layer gives goes into it
    sure: bool = False  # whether it is meant to be a layer
    call: Call | None = None  # a call of plain values, which a layer may take: an initializer


BATCH = Batch()
