"""The hostile strings compiled by TeX itself, many in a document: it reads and writes its own files, and no other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from stepwise.render import Options, render
from stepwise.render.figure import figure
from tests.hostile.table import PLACES, READING, WORDS, lay_secrets, to_compile

EACH = 4
"""Documents of pdfLaTeX; LuaLaTeX, which takes minutes for each, has the first."""


@pytest.mark.parametrize(("engine", "part"), [*(("pdflatex", part) for part in range(EACH)), ("lualatex", 0)])
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
    own = rf"\documentclass{{article}}{needed}\begin{{document}}" + put_in + r"\typeout{THE END}\end{document}"
    (tmp_path / "page.tex").write_text(own, encoding="utf-8")
    only_its_own(engine, tmp_path, before, {f"{name}.tex" for name in names} | {"page.tex"})


def test_slides_set_words_in_their_titles_and_read_nothing(tmp_path: Path) -> None:
    before, titles = lay_secrets(tmp_path), [*READING, *(words for words in WORDS if "\\" in words)]
    slides = [str(figure(PLACES["title"](words), "animated", "tex")) for words in titles]
    opened = slides[0].partition("\\begin{document}")[0]
    every = "\n".join(one.partition("\\begin{document}")[2].rpartition("\\end{document}")[0] for one in slides)
    document = rf"{opened}\begin{{document}}{every}\typeout{{THE END}}\end{{document}}"
    (tmp_path / "page.tex").write_text(document, encoding="utf-8")
    only_its_own("pdflatex", tmp_path, before, {"page.tex"})


def only_its_own(engine: str, folder: Path, before: set[str], ours: set[str]) -> None:
    """Compile `page.tex`: it is set to its end, reads these files of ours, and writes beside them what is its own."""
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "-recorder", "page.tex"],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "THE END" in done.stdout, "nothing ended the document before"
    record = [line.split(" ", 1) for line in (folder / "page.fls").read_text(errors="replace").splitlines()]
    read = {
        name.removeprefix("./") for kind, name in record if kind == "INPUT" and not re.search("texmf|texlive", name)
    }
    own_cache = re.compile("texmf|texlive")  # of fonts, where LuaTeX keeps it
    written = {name.removeprefix("./") for kind, name in record if kind == "OUTPUT" and not own_cache.search(name)}
    assert read - ours <= {f"page.{kind}" for kind in ("aux", "out", "toc", "nav")}
    assert all(re.fullmatch(r"page\.\w+", name) for name in written), written
    assert {path.name for path in folder.iterdir()} == before | ours | written | {"page.fls"}
