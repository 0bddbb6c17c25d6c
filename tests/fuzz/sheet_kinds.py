"""What a class hands in on our own sheets, and as programs print it; and who is in the class: to be struck."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.fuzz import blows
from tests.fuzz.kind import OUT, POOL, SHEET, Kind
from tests.sheets import SHEETS, fill

FORMATS = ("html", "md", "xlsx")
SEVERAL = SHEETS["several exercises"]
SAVED = {
    "1.1": [[[4, 5, 5], [7, 5, 5], [7, 0, 0]]],
    "2.1": [[["4", "-6"], ["9", ""]]],
    "2.2": [[["-4"]]],
    "3.4": [["x"]],
}
PROGRAMS = {
    "md": ["| 4 | 3 | 7 |\n|:-:|:-:|:-:|\n| 5 | 7 | 7 |\n| 5 | 6 | 6 |\n", "```\n4 3 7\n5 7 7\n5 6 6\n```\n"],
    "html": [
        "<table><tr><td>4<td>3<td>7<tr><td>5<td>7<td>7<tr><td>5<td>6<td>6</table>",
        "<pre>4 3 7\n5 7 7\n5 6 6</pre>",
    ],
    "tex": [
        r"\begin{pmatrix}4&3&7\\5&7&7\\5&6&6\end{pmatrix}",
        r"\[\left[\begin{array}{ccc}4&3&7\\5&\frac{7}{1}&7\\5&6&6\end{array}\right]\]",
    ],
    "py": [
        "import numpy as np\nanswer = np.array([[4, 3, 7], [5, 7, 7], [5, 6, 6]])  # mine\n",
        "tensor([[4., 3., 7.],\n [5., 7., 7.], [5., 6., 6.]])",
    ],
    "m": ["A = [4 3 7; 5 7 7; 5 6 6]; % mine", "ans =\n\n     4     3     7\n     5     7     7\n     5     6     6\n"],
    "r": [
        "matrix(c(4,5,5,3,7,6,7,7,6), nrow=3)",
        "     [,1] [,2] [,3]\n[1,]    4    3    7\n[2,]    5    7    7\n[3,]    5    6    6\n",
    ],
    "jl": ["3×3 Matrix{Int64}:\n 4  3  7\n 5  7  7\n 5  6  6\n"],
    "org": ["| 4 | 3 | 7 |\n|---+---+---|\n| 5 | 7 | 7 |\n| 5 | 6 | 6 |\n"],
}
ROSTERS = [
    "student\nana\nben\n",
    "name,student,section\nAna A.,ana,1\nBen B.,ben,2\n",
    "ana\nben\ncyd\n",
    "\ufeffstudent;x\nana;1\n",
]


def sheet_kinds() -> list[Kind]:
    """Filled sheets in every format, the forms of other programs, rosters."""
    return [*_filled(), *_programs(), _roster()]


def _filled() -> list[Kind]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in SEVERAL.lessons.items():
            (folder / file).write_text(text)
        make([folder / file for file in SEVERAL.lessons], folder / "set", Order(2, formats=FORMATS))
        for format in FORMATS:
            fill(folder / "set" / f"v01.{format}", SEVERAL.layers, folder / f"filled.{format}")
        good = {format: (folder / f"filled.{format}").read_bytes() for format in FORMATS}
        beside = {f"set/{file}": (folder / "set" / file).read_bytes() for file in (*SEVERAL.lessons, "manifest.json")}
    good["json"] = json.dumps({"stepwise": 1, "sheet": "v01", "student": "ana", "answers": SAVED}).encode()
    views = {
        "html": (blows.words, blows.words, blows.raw),
        "md": (blows.words, blows.words, blows.raw),
        "xlsx": (blows.of_zip, blows.of_zip, blows.raw),
        "json": (blows.of_json, blows.of_json, blows.words, blows.raw),
    }
    return [
        Kind(
            f"sheet-{format}",
            f"in/ana--v01.{format}",
            [data],
            views[format],
            [
                ("check", "set", f"in/ana--v01.{format}", "--variant", "v01.2"),
                ("grade", "set", "in", "-o", f"{OUT}/r.csv", "-o", f"{OUT}/r.html", "--force"),
                ("grade", "set", "in", "-o", f"{OUT}/r.jsonl", "--feedback", f"{OUT}/pages", "--force"),
            ],
            beside,
        )
        for format, data in good.items()
    ]


def _programs() -> list[Kind]:
    return [
        Kind(
            f"answer-{suffix}",
            f"answer.{suffix}",
            [text.encode() for text in texts],
            (blows.words, blows.words, blows.raw),
            [("check", "pool.yaml", f"answer.{suffix}"), ("check", "pool.yaml", f"answer.{suffix}", "--to", "html")],
            {"pool.yaml": POOL.encode()},
        )
        for suffix, texts in PROGRAMS.items()
    ]


def _roster() -> Kind:
    lesson = SHEET.replace("worksheet:\n", "worksheet:\n  roster: students.csv\n")
    return Kind(
        "roster",
        "students.csv",
        [text.encode() for text in ROSTERS],
        (blows.words, blows.words, blows.raw),
        [("worksheet", "l.yaml", "--variants", "2", "--to", "md", "-o", f"{OUT}/sheet"), _handed_out],
        {"l.yaml": lesson.encode()},
    )


def _handed_out(folder: Path) -> object:
    """Given out, and then marked by the roster that came of it."""
    make([folder / "l.yaml"], folder / OUT / "sheet", Order(2, 1, ("md",)))
    (folder / OUT / "in.csv").write_text("student,answer,variant\nana,1 2,v01\nben,3,v02\n")
    from stepwise.grading.grading import grade

    return grade(folder / OUT / "sheet", folder / OUT / "in.csv", [folder / OUT / "r.csv"])
