"""Tables and matrices in markup: Markdown, org, HTML (MathML too), LaTeX, and those drawn with lines.

To add one: a function that finds its grids, and a line in `from_markup`.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from ...language import _
from .labels import without_labels
from .reading import Reading, Rows, Unreadable, is_cell, of_grids
from .words import LONGEST_WORD, is_blank

_EDGES = str.maketrans("│┃║┆┊⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠", "|||||||||||||||||")
_RULE = re.compile(r"[\s|:+=\-─━═┌┐└┘├┤┬┴┼╭╮╰╯]*")
_MATRIX = re.compile(r"\\begin\{((?:[pbvBV]|small)?matrix\*?|array|tabular)\}(?:\[[^\]]{0,20}\])?(?:\{[^{}]{0,200}\})?")
_OLD_MATRIX = re.compile(r"\\[pb]?matrix\{")
_ROW = re.compile(r"\\\\(?:\[[^\]]{0,20}\])?|\\cr(?![a-z])|\\tabularnewline")
_FRACTION = re.compile(r"\\[dt]?frac[ ]*(?:\{([^{}]*)\}[ ]*\{([^{}]*)\}|(\d)[ ]*(\d))")
_STYLED = re.compile(
    r"\\(?:text|mathbf|mathrm|bm|boldsymbol|mathit|textbf|boxed|color\{\w*\}|ensuremath|mathbin)\{([^{}]*)\}"
)
_OVERLINE = re.compile(r"\\(?:overline|bar)\{(\d{1,20})\}")
_THIN = re.compile(r"(?<=\d)\\,(?=\d{3}(?!\d))")  # between groups of digits
_NO_CONTENT = re.compile(
    r"\\(?:left|right|hline|[,;:! ]|quad|qquad|displaystyle|phantom\{[^{}]*\}|toprule|midrule|bottomrule)|[$~]"
)


def from_markup(text: str) -> list[Reading]:
    """Every reading of a text in markup; none where it is in none."""
    if re.search(r"<(?:table|tr|mtable|mtr)\b", text, re.IGNORECASE):
        return _chosen(_html(text))
    if "\\begin{" in text or ("&" in text and ("\\\\" in text or "\\cr" in text)):
        return _chosen(_latex(text))
    if len(re.findall(r"[|│┃║⎢⎡⎛⎜⎣⎝]", text)) > 1:
        return _drawn(text)
    return []


def _chosen(tables: list[Rows]) -> list[Reading]:
    """The readings of tables: of several, those that hold numbers, one for each channel."""
    found: list[list[Rows]] = []
    for comma in (False, True):
        grids = [grids for table in tables if (grids := without_labels(table, comma) or _left_open(table))]
        if len(grids) == 1:
            found += [[grid] for grid in grids[0]]
        elif grids:
            found.append([one[0] for one in grids])
        if found and all(is_cell(cell, comma) for grids in found for grid in grids for row in grid for cell in row):
            return [of_grids(one, comma) for one in found]
        if comma or not any("," in cell for table in tables for row in table for cell in row):
            break
        found = []
    if not found:
        found = [[grid] for table in tables for grid in without_labels(table)][:1]
    if not found:
        raise Unreadable(_("the answer has no number in it"))
    return [of_grids(one) for one in found]


def _left_open(table: Rows) -> list[Rows]:
    """A table of nothing but signs for a blank: a channel that was left open."""
    return [table] if table and all(cell and is_blank(cell) for row in table for cell in row) else []


def _drawn(text: str) -> list[Reading]:
    """Rows between lines: Markdown's and org's tables, and those that are drawn in a terminal."""
    tables: list[Rows] = [[]]
    for line in text.translate(_EDGES).split("\n"):
        stripped = line.strip()
        if "|" not in stripped:
            if tables[-1] and not (stripped and _RULE.fullmatch(stripped)):
                tables.append([])
        elif not _RULE.fullmatch(stripped) or re.fullmatch(r"\|(?:\s*\|)+", stripped):
            inner = stripped.removeprefix("|").removesuffix("|")
            tables[-1].append([cell.strip() for cell in inner.split("|")])
    tables = [table for table in tables if table]
    if len(tables) == 1 and len(tables[0]) == 1 and all(len(cell.split()) > 1 for cell in tables[0][0]):
        tables = [[re.split(r"\s*,\s*|\s+", cell) for cell in tables[0][0]]]  # bars part the rows of one line
    elif all(len(row) == 1 for table in tables for row in table):
        tables = [[re.split(r"\s*,\s*|\s+", row[0]) for row in table if row[0]] for table in tables]
    if not tables:
        return []
    return _chosen([_without_head(table) for table in tables])


def _without_head(table: Rows) -> Rows:
    """Without the empty head that Markdown asks for."""
    return table[1:] if len(table) > 1 and not any(table[0]) else table


def _latex(text: str) -> list[Rows]:
    tables = []
    for content in _matrices(text) or [text.strip().strip("$")]:
        rows = [row for row in _ROW.split(content) if row.replace("\\hline", "").strip()]
        tables.append([[_latex_cell(cell) for cell in row.split("&")] for row in rows])
    return [table for table in tables if table]


def _matrices(text: str) -> list[str]:
    """What stands within each matrix, in LaTeX's way or in plain TeX's."""
    found, at = [], 0
    while match := _MATRIX.search(text, at):
        end = text.find(f"\\end{{{match[1]}}}", match.end())
        if end < 0:
            break
        found.append(text[match.end() : end])
        at = end
    if not found and (old := _OLD_MATRIX.search(text)):
        found.append(text[old.end() : text.rfind("}")])
    return found


def _latex_cell(cell: str) -> str:
    cell = _NO_CONTENT.sub(" ", _THIN.sub("", cell)).replace("{,}", ",").replace("\\infty", "∞").replace("\\cdot", "·")
    cell = _OVERLINE.sub(r"(\1)", cell).replace("\\div", "÷")
    cell = cell.replace("\\approx", "≈").replace("\\times", "×").replace("\\square", "_").replace("\\_", "_")
    for _depth in range(3):
        cell = _STYLED.sub(r"\1", cell)
        cell = _FRACTION.sub(lambda m: f" {m[1] or m[3]}/{m[2] or m[4]}", cell)
    sign, _space, rest = cell.strip().partition(" ")
    cell = sign + rest.strip() if sign in ("-", "+") else cell.strip()
    return cell.removeprefix("{").removesuffix("}").strip()


LONGEST_PAGE = 100_000
"""Characters of HTML, whose parser may take time that grows with their square."""
HEADING = "#"
"""What a heading begins with, so that no number in it is taken for a cell."""


class _Tables(HTMLParser):
    """The tables of a page as rows of words; what stands in a field of a form counts as written there."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self._open = 0  # cells that are open
        self._fraction: list[str] = []
        self._inside = self._caption = 0
        self.stray = ""  # digits that stand in a table, but in none of its cells

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._caption += tag == "caption"
        if tag in ("table", "mtable"):
            self.tables.append([])
            self._inside += 1
            self._open = 0
        elif tag in ("tr", "mtr"):
            if not self.tables:
                self.tables.append([])
            self.tables[-1].append([])
            self._open = 0
        elif tag in ("td", "th", "mtd") and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(HEADING if tag == "th" else "")
            self._open = 1
        elif tag == "input":
            self.handle_data(next((value or "" for name, value in attrs if name == "value"), ""))
        elif tag in ("sup", "sub", "msup", "msub", "mroot", "msqrt"):
            self.handle_data("^")  # no plain number: the cell is told as unreadable
        elif tag == "mfrac":
            self._fraction.append("")
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "mtd", "tr", "mtr", "table", "mtable"):
            self._open = 0
            self._inside = max(0, self._inside - (tag in ("table", "mtable")))
        elif tag == "caption":
            self._caption = 0
        elif tag == "mfrac" and self._fraction:
            self._fraction.pop()

    def handle_data(self, data: str) -> None:
        if self._inside and not self._open and not self._caption and any(c.isdigit() for c in data):
            self.stray = self.stray or data.strip()
        if self._open:
            row = self.tables[-1][-1]
            text = " ".join(data.split())
            if self._fraction and text:
                self._fraction[-1] += text
                text = text if self._fraction[-1] == text else f"/{text}"
            if len(row[-1]) <= LONGEST_WORD:  # longer ones are no number, whatever else is in them
                row[-1] += text


def _html(text: str) -> list[Rows]:
    if len(text) > LONGEST_PAGE:
        problem = _("the answer has {n} characters; at most {most} of HTML are read")
        raise Unreadable(problem.format(n=f"{len(text):,}", most=f"{LONGEST_PAGE:,}"))
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if parser.stray:
        problem = _("{word} stands in the table, but in none of its cells")
        raise Unreadable(problem.format(word=repr(parser.stray[:40])))
    tables = [[row for row in table if row] for table in parser.tables if any(table)]
    return [table if _has_cells(table) else _as_cells(table) for table in tables]


def _has_cells(table: Rows) -> bool:
    return any(not cell.startswith(HEADING) for row in table for cell in row)


def _as_cells(table: Rows) -> Rows:
    """A table of nothing but headings is one of cells."""
    return [[cell.removeprefix(HEADING) for cell in row] for row in table]
