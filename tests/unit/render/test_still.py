"""The lesson where neither scripts nor shadow roots are: well-formed, and its styles kept to itself."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import stepwise as sw
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.lessons import tell
from stepwise.render import render_still
from stepwise.render.page.scope import SCOPE

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_is_well_formed_has_no_ids_and_no_script(path: Path) -> None:
    lesson = load_lesson_file(path).lesson()
    root = ET.fromstring(render_still(lesson, depth=3))
    assert [e.tag for e in root.iter() if e.get("id") or e.tag in ("script", "template", "button", "input")] == []
    text = "".join("".join(root.itertext()).split())
    for section in lesson.sections:
        assert "".join(section.title.split()) in text
    assert {h.get("aria-level") for h in root.iter("h1")} == {"3"}


def test_every_rule_of_its_style_is_kept_to_it() -> None:
    html = render_still(sw.trace("MaxPool2D(2)", "4 3; 2 1").lesson())
    [style] = re.findall(r"<style>(.*?)</style>", html)
    preludes = re.findall(r"(?:^|(?<=[{}]))([^{}@]+)\{", style)
    assert len(preludes) > 30
    assert [prelude for prelude in preludes if not prelude.startswith(SCOPE)] == []


def test_hostile_words_stay_words() -> None:
    lesson = tell(sw.trace("MaxPool2D(2)", "4 3; 2 1"), title='<script>alert(1)</script> & "quotes" ]]>')
    root = ET.fromstring(render_still(lesson))
    assert [h.text for h in root.iter("h1")] == ['<script>alert(1)</script> & "quotes" ]]>']
