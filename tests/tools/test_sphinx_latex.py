"""A course site as a book: what Sphinx writes of lessons, compiled by a real TeX."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_book_of_a_site_compiles(tmp_path: Path) -> None:
    # Sphinx's own choice of fonts is a package of its own; any will do here.
    fonts = ("-D", r"latex_elements.fontpkg=\usepackage{lmodern}")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "latex", *fonts, str(ROOT / "tests/sites/handbook")]
    built = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    tex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "convolutionbyhand.tex"]
    done = subprocess.run(tex, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / "convolutionbyhand.pdf").stat().st_size > 50_000
