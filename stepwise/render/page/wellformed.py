"""HTML as XML wants it, for an e-book: every element closed, every attribute with a value.

The templates leave the end tags of a table's cells out, where HTML lets them, since a lesson has hundreds: 1,400 bytes
of the page of `4 3 / 2 1`, which may have 40,000.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

VOID = {"br", "img", "input", "meta", "link", "hr"}
CLOSES = {
    "td": {"td", "th"},
    "th": {"td", "th"},
    "tr": {"td", "th", "tr"},
    "tbody": {"td", "th", "tr", "thead", "tbody"},
}
"""What is still open where one of these begins, and ends there."""


class _Closer(HTMLParser):
    """Writes what it reads, with the end tags that were left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self.open and self.open[-1] in CLOSES.get(tag, ()):
            self._close()
        said = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.written.append(f"<{tag}{said}{'/' if tag in VOID else ''}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._close()

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1] != tag:
            self._close()
        self._close()

    def handle_data(self, data: str) -> None:
        self.written.append(data.replace("<", "&lt;") if self.open[-1:] != ["style"] else data)

    def handle_entityref(self, name: str) -> None:
        self.written.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.written.append(f"&#{name};")

    def _close(self) -> None:
        self.written.append(f"</{self.open.pop()}>")


def well_formed(html: str) -> str:
    """The same elements, as XML reads them.

    >>> well_formed("<table><tr><td hidden>1<td>2 &lt; 3<br></table>")
    '<table><tr><td hidden="">1</td><td>2 &lt; 3<br/></td></tr></table>'
    """
    closer = _Closer()
    closer.feed(html)
    closer.close()
    return "".join(closer.written)
