"""The list of all sentences: each with a request that makes it true, and one on which it must not stand.

`sentences.json` is the list: for each template that the source has, the names of two of `REQUESTS`. A template that is
not in it fails, and so does one that nothing says any more. What a request says is read off marks, not found by a
pattern (see `sentence_marks.py`). The second name is of a request that says nearly the same but for this sentence;
where none stands, every request says it.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import stepwise as sw
from tests.unit.sentence_requests import REQUESTS, says

ROOM = Path(sw.__file__).parent
ROOMS = ("lessons/*.py", "geometry/*.py", "marking/*.py", "marking/forms/*.py", "formula/speech.py")
"""Where sentences are that a student meets in a lesson, a verdict, a proof or a summary."""
LIST: dict[str, list[str]] = json.loads((Path(__file__).parent / "sentences.json").read_text("utf-8"))
UNSAID = {  # why nothing of a file is taken, told to whoever hands it in: `test_answers.py` and `classroom` try these
    "an arithmetic slip in a single cell",  # of many answers at once, in a class's report
    "an expression of {n} term",  # the form for one, which is never so long that it is counted
    " or as ",
    "cell {place} has {word}, which is no number that can be read",
    "it has words or numbers around its cells; hand in the cells alone",
    "the answer is {given}, with cells left open, where {due} is due",
    "{word} stands in the table, but in none of its cells",
    "it may be read as {ways}; write decimals with a point, and part cells with spaces",
    "it has {n} grids for {parts} parts; hand in one for each, in their order",
    "it has {n} grids; leave only the answer in it, or write “answer” above that one",
    "the answer is not a table that can be read",
    "the answer is not an array of numbers",
    "the sheet {sheet} has {n} exercises; say which one is marked, such as {sheet}.1",
    "this is the sheet {sheet}, not {id}",
}


def templates() -> set[str]:
    """Every message that these rooms hand to gettext."""
    found: set[str] = set()
    for source in (path for room in ROOMS for path in ROOM.glob(room)):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "plural"):
                count = 2 if node.func.id == "plural" else 1
                found |= {str(a.value) for a in node.args[:count] if isinstance(a, ast.Constant)}
    return found


def test_every_sentence_is_in_the_list() -> None:
    assert templates() == LIST.keys() | UNSAID


@pytest.mark.parametrize("template", LIST)
def test_a_sentence_stands_where_it_is_true_and_not_where_it_is_not(template: str) -> None:
    true, false = LIST[template]
    assert template in says(true), f"{true!r} does not say it"
    assert not false or template not in says(false), f"{false!r} says it"


def test_every_request_is_told() -> None:
    for name in REQUESTS:
        assert says(name)
