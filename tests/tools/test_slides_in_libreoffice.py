"""Slides as LibreOffice shows them: every word of a step is on its slide, and none beyond its edge."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pypdf
import pytest

import stepwise as sw
from stepwise.lessons.figures import Telling, layers
from tests.unit.render.test_figure import TRACES


@pytest.fixture(scope="module", name="shown")
def all_shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF of each set of slides, by its name."""
    folder = tmp_path_factory.mktemp("slides")
    names = list(TRACES)
    for number, name in enumerate(names):
        lesson = TRACES[name].lesson()
        made = lesson.figure(format="pptx", layer=len(layers(lesson)))
        assert isinstance(made, bytes)
        (folder / f"{number}.pptx").write_bytes(made)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    files = [f"{number}.pptx" for number in range(len(names))]
    done = subprocess.run([*command, *files], cwd=folder, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", TRACES)
def test_every_step_is_a_slide_with_all_its_words_on_it(name: str, shown: Path) -> None:
    telling = Telling(layers(TRACES[name].lesson())[-1])
    pages = pypdf.PdfReader(shown / f"{list(TRACES).index(name)}.pdf").pages
    assert len(pages) == telling.total
    for number, page in list(enumerate(pages, 1))[:: max(1, len(pages) // 4)]:
        places: list[tuple[float, float]] = []
        text = page.extract_text(
            visitor_text=lambda words, _user, at, *_font, found=places: (
                found.append((at[4], at[5])) if words.strip() else None
            )
        )
        assert "".join(telling.block(number).title.split()) in "".join(text.split())
        wide, high = float(page.mediabox.width), float(page.mediabox.height)
        assert all(0 <= x <= wide and 0 <= y <= high for x, y in places)


def test_a_set_of_slides_without_numbers_is_one_too(tmp_path: Path) -> None:
    made = sw.trace("nn.ConvTranspose2d(1, 1, 3)", [[1, 2], [3, 4]]).lesson().figure(format="pptx", numbers=False)
    assert isinstance(made, bytes)
    (tmp_path / "x.pptx").write_bytes(made)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "x.pptx"], cwd=tmp_path, check=True, capture_output=True, timeout=300)
    assert len(pypdf.PdfReader(tmp_path / "x.pdf").pages) == 4
