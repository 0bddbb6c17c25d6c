"""The hostile strings compiled by TeX itself, many in a document: it reads and writes its own files, and no other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pypdf
import pytest

from stepwise.render import Options, render
from tests.hostile.table import SECRET, lay_secrets, to_compile

ENGINES = ("pdflatex", "lualatex")
EACH = 4
"""Documents for each engine."""


@pytest.mark.parametrize("part", range(EACH))
@pytest.mark.parametrize("engine", ENGINES)
def test_tex_sets_words_and_reads_nothing(engine: str, part: int, tmp_path: Path) -> None:
    """Restricted shell escape stays as it is: a person who compiles a file that was sent to them thinks of none."""
    before, names = lay_secrets(tmp_path), []
    for number, (_words, _place, lesson) in enumerate(to_compile("tex")):
        if number % EACH == part:
            names.append(f"words{number}")
            text = render(lesson, "tex", None, Options(fragment=True))
            (tmp_path / f"{names[-1]}.tex").write_text(text, encoding="utf-8")
    [needed] = set(re.findall(r"^%\s+(\\usepackage\{amsmath[^}]*\})", text, re.M))
    put_in = "".join(f"\\input{{{name}}}\\clearpage\n" for name in names)
    own = rf"\documentclass{{article}}{needed}\begin{{document}}" + put_in + r"THE END\end{document}"
    (tmp_path / "page.tex").write_text(own, encoding="utf-8")
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "-recorder", "page.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    told = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "page.pdf").pages)
    assert SECRET not in told
    assert "THE END" in told, "nothing ended the document before"
    ours = {f"{name}.tex" for name in names} | {"page.tex"}
    record = [line.split(" ", 1) for line in (tmp_path / "page.fls").read_text(errors="replace").splitlines()]
    read = {
        name.removeprefix("./") for kind, name in record if kind == "INPUT" and not re.search("texmf|texlive", name)
    }
    written = {name.removeprefix("./") for kind, name in record if kind == "OUTPUT"}
    assert read - ours <= {"page.aux", "page.out", "page.toc"}
    assert all(re.fullmatch(r"page\.\w+", name) for name in written), written
    assert {path.name for path in tmp_path.iterdir()} == before | ours | written | {"page.fls"}
