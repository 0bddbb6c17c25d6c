"""YAML as data: nothing in it is run, and nothing small in it stands for something large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)


class Indirect(ValueError):  # noqa: N818 - it names what was found
    """What is no plain value, on which line: an alias (a few can stand for billions of values), a tag, a merge key."""

    def __init__(self, found: str, instead: str, line: int) -> None:
        super().__init__(found)
        self.found, self.instead, self.line = found, instead, line


def read_yaml(text: str, kind: Literal["rt", "base"]) -> Any:
    """What a text says: with the line of everything (`rt`), or every value as the word that is written (`base`).

    Raises `Indirect`, and for what is no YAML ruamel's `YAMLError`, or one of Python's own that it lets through:
    `RecursionError`, `ValueError`, `TypeError` (a key that is a list), `AttributeError`.

    >>> read_yaml("answer: [[4, 1/2]]", "base")
    {'answer': [['4', '1/2']]}
    """
    if any(sign in text for sign in ("*", "!", "<<")):
        for event, is_key in _with_keys(YAML(typ=kind, pure=True).parse(StringIO(text))):
            if isinstance(event, AliasEvent):
                raise Indirect(f"the alias *{event.anchor}", "the value written out", event.start_mark.line + 1)
            if getattr(event, "tag", None) is not None:
                raise Indirect(f"the tag {event.tag}", "a plain value", event.start_mark.line + 1)
            # The lines of merged keys are not kept; in `base` nothing is merged. As a value it is two signs.
            plain = isinstance(event, ScalarEvent) and event.style is None
            if kind == "rt" and is_key and plain and event.value == "<<":
                raise Indirect("the merge key <<", "its keys written out", event.start_mark.line + 1)
    reader = YAML(typ=kind, pure=True)
    if kind == "rt":
        reader.Constructor = _Constructor
    return reader.load(StringIO(text))


class _Constructor(RoundTripConstructor):
    """As ruamel's, but `<<` as a value is a text, as it is in `base`."""


_Constructor.add_constructor("tag:yaml.org,2002:merge", RoundTripConstructor.construct_yaml_str)


def _with_keys(events: Iterable[Any]) -> Iterator[tuple[Any, bool]]:
    """Each event, and whether it begins a key."""
    due: list[bool | None] = []  # of each collection that is open, whether a key comes next; None in a list
    for event in events:
        is_key = bool(due and due[-1])
        yield event, is_key
        if isinstance(event, CollectionEndEvent):
            due.pop()
        elif isinstance(event, NodeEvent):
            if due and due[-1] is not None:
                due[-1] = not is_key
            if isinstance(event, CollectionStartEvent):
                due.append(True if isinstance(event, MappingStartEvent) else None)
