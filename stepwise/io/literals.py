"""Python's own grammar as data: a text's tree, and nothing said or done about it."""

from __future__ import annotations

import ast
import warnings


def tree_of(text: str) -> ast.expr:
    """The tree of one expression, which is not carried out. Raises what `ast.parse` raises.

    Python gives advice while it reads, such as on `\\d` in a word or on `2if`, and prints it: nobody here has asked.

    >>> type(tree_of("{'shape': (2, 3)}")).__name__
    'Dict'
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body
