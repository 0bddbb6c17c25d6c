"""A network as PyTorch prints it: `(conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))`.

Its layers stand in the order in which they were made. Only within a `Sequential` is that the order of their use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...errors import CallError
from ...layers.calls import parse, quoted
from .values import Made

ENTRY = re.compile(r"\s*(?:\((?P<name>\w+)\): )?(?P<kind>[A-Za-z_]\w*)\((?P<rest>.*)$")
PART = re.compile(r"^[ \t]*\(\w+\): [A-Za-z_]\w*\(", re.MULTILINE)


def is_printed(text: str) -> bool:
    """Whether a text is what `print(model)` gives."""
    return PART.search(text) is not None


def printed(text: str) -> Iterator[Made]:
    """Its layers. Raises `CallError` where a class of the paste's own says their order elsewhere, or none is whole."""
    around: list[str] = []
    apart: dict[str, int] = {}
    whole = False
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line == ")":
            around = around[:-1] if line else around
            continue
        found = ENTRY.match(line)
        if found is None:
            if around or PART.match(line):
                raise CallError(f"line {number}: {quoted(line)} cannot be read as a part of a printed network")
            continue  # what stands before, such as the prompt and print(model)
        kind, rest = found["kind"], found["rest"]
        if not rest:
            around.append(kind)
            continue
        if not found["name"] and not around:
            continue
        owner = around[-1] if around else ""
        if owner != "Sequential":
            apart[owner] = apart.get(owner, 0) + 1
            if apart[owner] > 1:
                raise CallError(
                    f"line {number}: {owner or 'the network'} prints its layers in the order in which they were made, "
                    "which need not be that of their use; paste its forward, with its __init__, instead"
                )
        [call] = parse(f"nn.{kind}({rest}")
        whole = True
        yield Made(call, number)
    if not whole:
        raise CallError("the printed network ends before its first layer; paste all of it, from its name to the last )")
