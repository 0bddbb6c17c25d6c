"""Everything that `docs/page.md` shows is carried out: its Python, its lesson file, its commands, its properties."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from stepwise.cli import main as cli_main
from stepwise.lesson_files.reading import read_lesson
from stepwise.render.templates import templates_folder

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_its_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for piece in fenced("python"):
        exec(compile(piece, "docs/page.md", "exec"), names)
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert str(names["fragment"]).startswith('<div class="stepwise-lesson"')
    assert str(names["header"]).startswith("script-src 'sha256-")
    assert 'nonce="r4nd0m"' in str(names["html"])


def test_its_lesson_file_is_one() -> None:
    text, knobs, fed, embed = fenced("yaml")
    lesson = read_lesson(text).lesson()
    [stage] = [section.stage for section in lesson.sections if section.stage is not None]
    assert stage.practice
    assert [other.layer.call for other in stage.alternatives] == ["MaxPool2D(2, strides=1)"]
    turned = read_lesson(text.split("show:")[0] + knobs).lesson().html()
    assert {"window", "stride", "padding"} <= set(re.findall(r'data-knob="?(\w+)', turned))
    assert '"feed":{"names":["picture","pad"]' in read_lesson(text.split("show:")[0] + fed).lesson().html()
    assert "data-paste" in read_lesson(text.split("show:")[0] + embed).lesson().html()


def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    commands = [shlex.split(line) for line in re.findall(r"^    (stepwise .*)$", GUIDE, re.MULTILINE)]
    assert len(commands) == 2
    for command in commands:
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit) as ended:
            cli_main()
        assert ended.value.code == 0, command
    assert sorted(path.name for path in (tmp_path / "assets").iterdir()) == ["stepwise.css", "stepwise.js"]


def test_it_names_every_property() -> None:
    css = "".join(path.read_text(encoding="utf-8") for path in (templates_folder() / "html" / "style").glob("*.css"))
    assert set(re.findall(r"var\((--stepwise-[a-z]+)", css)) == set(re.findall(r"`(--stepwise-[a-z]+)`", GUIDE))
