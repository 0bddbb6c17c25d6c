"""YAML's values with their lines, as the reader of lesson files takes them: bounded before they are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from ..io.numerals import LONGEST_NUMBER
from ..io.yaml_data import Indirect, read_yaml
from .lesson_file import LessonFileError
from .yaml_traps import hint

LONGEST = 2_000_000
NO_KEY = "a key is a list or has keys itself; keys are words such as title:"
MOST_MARKS = 100_000
"""Commas, colons, brackets and ends of lines that a lesson file may have."""
_DEEP = re.compile(r"[\[{](?:\s*[\[{]){99}")
"""More brackets in a row than any array has axes."""
DIGITS = LONGEST_NUMBER
LARGEST_NUMBER = 10**DIGITS


def parsed(text: str, name: str) -> CommentedMap:
    """A lesson file's keys and values, which know their lines. Raises `LessonFileError`."""
    if len(text) > LONGEST:
        raise LessonFileError(f"{name} is longer than the {LONGEST:,} characters that are read")
    if sum(map(text.count, ",\n[{:")) > MOST_MARKS:  # its reader takes a fifth of a millisecond for each value
        raise LessonFileError(
            f"{name} has more than {MOST_MARKS:,} values or lines; put long arrays into a file of their own, "
            "such as input: {file: picture.csv}"
        )
    if _DEEP.search(text):  # for which its reader takes seconds, until Python ends it
        raise _too_deep(name)
    try:
        data = read_yaml(text, "rt")
    except Indirect as one:
        where = f"{name}, line {one.line}"
        raise LessonFileError(f"{where}: found {one.found}, expected {one.instead}") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        problem = str(error.problem or error.context).splitlines()[0]
        raise LessonFileError(f"{name}{where}: this is not YAML: {problem}{hint(problem)}") from None
    except TypeError:  # a list or a mapping among the keys of one, which YAML knows and Python does not
        raise LessonFileError(f"{name}: {NO_KEY}") from None
    except RecursionError:
        raise _too_deep(name) from None
    except (YAMLError, ValueError) as error:
        if "int_max_str_digits" in str(error):  # Python's own bound, which this document passed
            raise _too_long(name) from None
        raise LessonFileError(f"{name} is not YAML: {str(error).splitlines()[0]}") from None
    if data is None:
        raise LessonFileError(f"{name} is empty; a lesson file begins with stepwise: 1")
    if any(isinstance(one, int) and abs(one) >= LARGEST_NUMBER for one in _scalars(data)):
        raise _too_long(name)
    if not isinstance(data, CommentedMap):
        raise LessonFileError(f"{name}: expected keys such as stepwise: 1, input: and layers:, found none")
    return data


def _too_deep(name: str) -> LessonFileError:
    return LessonFileError(f"{name} is not YAML: its brackets are nested too deep")


def _too_long(name: str) -> LessonFileError:
    return LessonFileError(f"{name} has a number of more than {DIGITS} digits; no number is that long")


def _scalars(value: Any) -> Iterator[Any]:
    """Everything in YAML's containers that is none, keys among them. They are not nested deeper than they were read."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | Set):
            waiting += one
        else:
            yield one


def plain(value: Any) -> Any:
    """YAML's containers as Python's own."""
    if isinstance(value, Mapping):
        return {str(k) if isinstance(k, Mapping) else plain(k): plain(entry) for k, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    for kind in (bool, int, float, str):  # ruamel's own kinds of each remember how they were written
        if isinstance(value, kind):
            return kind(value)
    return value
