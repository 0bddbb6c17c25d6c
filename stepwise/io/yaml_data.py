"""YAML as data: nothing in it is run, and nothing small in it stands for something large."""

from __future__ import annotations

from io import StringIO
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.events import AliasEvent, ScalarEvent


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
        for event in YAML(typ=kind, pure=True).parse(StringIO(text)):
            if isinstance(event, AliasEvent):
                raise Indirect(f"the alias *{event.anchor}", "the value written out", event.start_mark.line + 1)
            if getattr(event, "tag", None) is not None:
                raise Indirect(f"the tag {event.tag}", "a plain value", event.start_mark.line + 1)
            # The lines of merged keys are not kept; in `base` nothing is merged.
            if kind == "rt" and isinstance(event, ScalarEvent) and event.style is None and event.value == "<<":
                raise Indirect("the merge key <<", "its keys written out", event.start_mark.line + 1)
    return YAML(typ=kind, pure=True).load(StringIO(text))
