"""The documentation site: built strictly, its snippets run, its tables those of the code."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stepwise.lesson_files.inputs import INPUT_KEYS
from stepwise.lesson_files.reading import KEYS
from stepwise.lesson_files.show import SHOWN
from stepwise.sites.written import OPTIONS
from tests.snippets import ROOT, run_all
from tools import frameworks
from tools.docsite import described_examples

DOCS = ROOT / "docs"


def test_every_example_is_in_the_gallery() -> None:
    assert {name for name, _text in described_examples()} == {path.stem for path in (ROOT / "examples").glob("*.yaml")}


@pytest.mark.parametrize(
    "page",
    [
        "start-instructor",
        "start-student",
        "start-site",
        "figures",
        "sites",
        "geometry",
        "pooling",
        "signals",
        "reference/lesson-file",
    ],
)
def test_its_snippets_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_all(f"docs/{page}.md", tmp_path)


def test_the_table_of_frameworks_is_what_the_calls_give() -> None:
    text = frameworks.PAGE.read_text(encoding="utf-8")
    assert frameworks.page(text) == text, "write it again with: python -m tools.frameworks"
    found = re.findall(r"\| `([^`]+)` \| (.*) \|", text)
    rows = dict(found)
    assert rows["MaxPool2D(3, strides=2, padding='same')"] == "10 11 / 14 15"  # Keras's own answer, in tests/golden
    assert rows["nn.MaxPool2d(3, stride=2, padding=1)"] == "5 7 / 13 15"  # PyTorch's
    assert len(found) == 3 * len(frameworks.QUESTIONS)


def named(page: str, title: str) -> set[str]:
    """What the first column of a table names."""
    rows = (DOCS / page).read_text(encoding="utf-8").partition(f"| {title} |")[2].partition("\n\n")[0].splitlines()[2:]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_every_key_and_option_is_told() -> None:
    assert named("reference/lesson-file.md", "key") == set(KEYS)
    assert named("reference/lesson-file.md", "key of `input`") == set(INPUT_KEYS)
    assert named("reference/lesson-file.md", "key of `show`") == set(SHOWN)
    assert named("sites.md", "option") == set(OPTIONS)


def test_what_is_told_of_mkdocs_builds(tmp_path: Path) -> None:
    text = (DOCS / "sites.md").read_text(encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(re.findall(r"```yaml\n(.*?)```", text, re.S)[0], encoding="utf-8")
    (tmp_path / "docs/lessons").mkdir(parents=True)
    (tmp_path / "docs/lessons/pooling.yaml").write_bytes((ROOT / "examples/maximum.yaml").read_bytes())
    section = text.partition("## MkDocs")[2].partition("\n## ")[0]
    fences = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))
    page = "\n".join(line for line in fences.splitlines() if line)
    (tmp_path / "docs/index.md").write_text("# A\n\n" + page[page.index("```") :].replace("```\n```", "```\n\n```"))
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site/index.html").read_text(encoding="utf-8").count("shadowrootmode") == 2


def test_what_is_told_of_quarto_prints_raw_html() -> None:
    text = (DOCS / "sites.md").read_text(encoding="utf-8")
    [cell] = re.findall(r"^    ```\{python\}\n(.*?)^    ```$", text, re.S | re.M)
    code = "\n".join(line[4:] for line in cell.splitlines())
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "docs/sites.md", "exec"), {})
    first, *_inner, last = printed.getvalue().rstrip("\n").splitlines()
    assert (first, last) == ("```{=html}", "```")
    assert "```" not in "\n".join(_inner), "nothing in it ends the fence"
