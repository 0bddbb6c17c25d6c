"""What Python and JSON write, as data: a text's tree, or its words, and nothing said or done about it."""

from __future__ import annotations

import ast
import json
import warnings
from typing import Any


def tree_of(text: str) -> ast.expr:
    """The tree of one expression, which is not carried out. Raises what `ast.parse` raises.

    Python gives advice while it reads, such as on `\\d` in a word or on `2if`, and prints it: nobody here has asked.

    >>> type(tree_of("{'shape': (2, 3)}")).__name__
    'Dict'
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body


def module_of(text: str) -> ast.Module:
    """The tree of lines of code, none of which is carried out. Raises what `ast.parse` raises.

    >>> len(module_of("x = 1\\ny = 2").body)
    2
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def json_words(text: str) -> Any:
    """JSON whose numbers are words, as they are written. Raises `ValueError` or `RecursionError`.

    >>> json_words("[4.0, null, NaN]")
    ['4.0', None, 'NaN']
    """
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
