"""Pages whose tags lie in any order: whatever one leaves out, it is read or it is not, and nothing is raised."""

from __future__ import annotations

from itertools import product

import pytest

from stepwise.marking.filled import filled_in
from stepwise.marking.forms.markup import _html
from stepwise.marking.forms.reading import Unreadable

FIELD = '<table data-field="1.1">'
TAGS = (FIELD, '<p data-field="1.2">', "<tbody>", "<tr>", "<td>", "<th>", "</td>", "</table>", "<input value=7>", "5")


@pytest.mark.parametrize("first", TAGS)
def test_tags_in_any_order_are_read_or_not(first: str) -> None:
    read = 0
    for rest in product(TAGS, repeat=4):
        text = first + "".join(rest)
        found = filled_in(text.encode(), ".html")
        read += found is not None
        assert (found is not None) == ("data-field" in text)
        try:
            _html(text)
        except Unreadable:
            continue
    assert read


def test_a_row_ends_the_cell_before_it() -> None:
    """As in a browser: the number that stands in no cell is none."""
    page = f"{FIELD}<tbody><tr><td><input value=3><tr><input value=9><td><input value=4></table>"
    found = filled_in(page.encode(), ".html")
    assert found is not None
    assert found.fields == {"1.1": [[["3"], ["4"]]]}
