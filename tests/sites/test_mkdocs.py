"""A course site built by MkDocs itself, strictly, with Material's theme."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

SITE = Path(__file__).parent / "mkdocs"


def mkdocs(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """`mkdocs build --strict`."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(out)]
    return subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)


def test_fences_are_lessons_and_nothing_is_fetched_for_them(tmp_path: Path) -> None:
    done = mkdocs(SITE, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    pages = [(tmp_path / "site" / name).read_text(encoding="utf-8") for name in ("index.html", "more/index.html")]
    assert [page.count('<template shadowrootmode="open">') for page in pages] == [2, 3]
    assert "Max pooling by hand" in pages[0]
    assert "<caption>kernel 2×2</caption>" in pages[0]
    assert re.search(r"<caption>bias</caption>(?:(?!</table>)[\s\S])*<td[^>]*>1\b", pages[0]), "a cell of its own"
    question, folded, solution = pages[1].partition('<details class="stepwise-solution"><summary>Solution</summary>')
    assert folded
    assert 'class="practice"' in question
    assert 'class="practice"' not in solution
    for page in pages:
        for lesson in re.findall(r'<template shadowrootmode="open">[\s\S]*?</template>', page):
            assert not re.search(r"""(?:src|href)=["']?(?!data:)""", lesson)


WRONG = """---
title: A
---

# A page

```stepwise input="4 3; 2 1"
MaxPool2D(2)
MaxPol2D(2)
```

```stepwise
lessons/absent.yaml
```

```stepwise
ReLU()
```

```stepwise inptu="1"
ReLU()
```
"""


def test_a_mistake_is_a_box_in_the_page_and_fails_a_strict_build_by_its_line(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(SITE, source)
    (source / "docs/index.md").write_text(WRONG, encoding="utf-8")
    (source / "docs/more.md").unlink()
    strictly = mkdocs(source, tmp_path / "site")
    assert strictly.returncode == 1
    for told in (
        "index.md, line 9: there is no layer MaxPol2D here. Did you mean MaxPool2D?",
        "index.md, line 13: cannot read",
        "index.md, line 17: a call needs numbers to work on",
        "index.md, line 21: there is no option 'inptu' here",
    ):
        assert told in strictly.stderr
    html = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert html.count('class="admonition danger stepwise-error"') == 4
