"""A course site built by Sphinx itself, as strictly as it can: every builder, in parallel, again after a change."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

import stepwise
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order

HANDBOOK = Path(__file__).parent / "handbook"
STATIC = f"_static/stepwise-{stepwise.__version__}"
SAME = "max(4, 3, 2, 1) = 4"
NO_SPHINX_EXERCISE = ("-D", "exclude_patterns=deeper/beside.md")  # it writes HTML and LaTeX only


def sphinx(source: Path, out: Path, builder: str, *more: str) -> subprocess.CompletedProcess[str]:
    """`sphinx-build`, with every warning an error."""
    doctrees = out.parent / "doctrees"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-b", builder, "-d", str(doctrees), *more]
    return subprocess.run([*command, str(source), str(out)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The handbook, built by a builder; read once for all of them."""
    place = tmp_path_factory.mktemp("sphinx")

    def build(builder: str, *more: str) -> Path:
        out = place / builder
        if not out.exists():
            done = sphinx(HANDBOOK, out, builder, *more)
            assert (done.returncode, done.stderr) == (0, "")
        return out

    return build


@pytest.mark.parametrize(
    ("builder", "page", "deep", "up"),
    [
        ("html", "index.html", "deeper/exercises.html", "../"),
        ("dirhtml", "index.html", "deeper/exercises/index.html", "../../"),
        ("singlehtml", "index.html", "index.html", ""),
    ],
)
def test_pages_are_live(built: Callable[..., Path], builder: str, page: str, deep: str, up: str) -> None:
    out = built(builder)
    html = (out / page).read_text(encoding="utf-8")
    assert html.count('<template shadowrootmode="open">') == (7 if builder == "singlehtml" else 2)
    assert html.count(f'src="{STATIC}/stepwise.js"') >= 2
    assert html.count(f"{STATIC}/host.css") == 1
    assert '<h1 aria-level="3">' in html, "below the section it stands in"
    assert f'href="{up}{STATIC}/stepwise.css"' in (out / deep).read_text(encoding="utf-8")
    assert not re.search(r"<script>\(async", html), "the script stands beside the page, not in it"
    assert sorted(path.name for path in out.rglob("stepwise.js")) == ["stepwise.js"]


def test_a_page_without_a_lesson_is_left_alone(built: Callable[..., Path]) -> None:
    assert "stepwise-" not in (built("html") / "genindex.html").read_text(encoding="utf-8")


def test_lessons_are_found_by_the_search(built: Callable[..., Path]) -> None:
    index = (built("html") / "searchindex.js").read_text(encoding="utf-8")
    assert re.search(r'"diagonal"|"whatev', index), "words of a lesson"


def test_an_exercise_folds_its_solution(built: Callable[..., Path]) -> None:
    html = (built("html") / "deeper/exercises.html").read_text(encoding="utf-8")
    question, _, solution = html.partition('<details class="stepwise-solution"><summary>Solution</summary>')
    assert solution
    assert "Exercise" in question
    assert 'class="practice"' in question
    assert "max(1, 0, 0, 3)" not in re.sub(r"<[^>]+>", "", question)
    assert 'class="practice"' not in solution.partition("</details>")[0]


def test_e_books_are_still_and_well_formed(built: Callable[..., Path]) -> None:
    out = built("epub")
    for path in out.rglob("*.xhtml"):
        ET.fromstring(path.read_text(encoding="utf-8"))
    html = (out / "index.xhtml").read_text(encoding="utf-8")
    assert html.count('<div class="stepwise-still"') == 2
    assert "<template" not in html
    assert "stepwise-record" not in html


@pytest.mark.parametrize(
    ("builder", "page", "says"),
    [
        ("latex", "convolutionbyhand.tex", r"\\max\(4,.* 3,.* 2,.* 1\) = 4"),
        ("text", "index.txt", re.escape(SAME)),
        ("man", "convolutionbyhand.1", re.escape(SAME)),
        ("texinfo", "convolutionbyhand.texi", re.escape(SAME)),
        ("xml", "index.xml", re.escape(SAME)),
    ],
)
def test_other_builders_tell_the_same(built: Callable[..., Path], builder: str, page: str, says: str) -> None:
    more = () if builder == "latex" else NO_SPHINX_EXERCISE
    assert re.search(says, (built(builder, *more) / page).read_text(encoding="utf-8"))


def test_parallel_reading_and_writing_give_the_same_pages(built: Callable[..., Path], tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(HANDBOOK, source)
    for number in range(6):  # Sphinx does not part fewer pages than that
        (source / "deeper" / f"more{number}.md").write_text(f"# More {number}\n", encoding="utf-8")
    done = sphinx(source, tmp_path / "html", "html", "-j", "2", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    lesson = re.compile(r'<div class="stepwise-lesson"[\s\S]*?</template></div>')
    pages = [(place / "index.html").read_text(encoding="utf-8") for place in (tmp_path / "html", built("html"))]
    assert lesson.findall(pages[0]) == lesson.findall(pages[1])


def test_a_changed_lesson_file_makes_its_pages_again_and_no_others(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(HANDBOOK, source)
    assert sphinx(source, tmp_path / "html", "html").returncode == 0
    lesson = source / "lessons/pooling.yaml"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("4 3", "9 3"), encoding="utf-8")
    done = sphinx(source, tmp_path / "html", "html")
    assert (done.returncode, done.stderr) == (0, "")
    assert set(re.findall(r"reading sources\.\.\. \[ *\d+%\] (\S+)", done.stdout.replace("\r", "\n"))) <= {
        "index",
        "deeper/beside",
    }
    assert "2 changed" in done.stdout
    assert '<td data-in="0,0">9' in (tmp_path / "html/index.html").read_text(encoding="utf-8")
    (source / "lessons/grid.csv").write_text("1,1\n5,6\n", encoding="utf-8")
    done = sphinx(source, tmp_path / "html", "html")
    assert "1 changed" in done.stdout, "the numbers that a lesson reads are followed, too"


WRONG = """# A page

```{stepwise}
:input: 4 3; 2 1

MaxPool2D(2)
MaxPol2D(2)
```

```{stepwise} lessons/absent.yaml
```

```{stepwise} lessons/pooling.yaml
:title: Another
```
"""


def test_a_mistake_is_a_box_in_the_page_and_fails_a_strict_build_by_its_line(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(HANDBOOK, source)
    (source / "index.md").write_text(WRONG, encoding="utf-8")
    rst = "Layers\n======\n\n.. stepwise::\n   :input: 4 3; 2 1\n\n   MaxPool2D(2)\n   MaxPool2D(pool=2)\n"
    (source / "layers.rst").write_text(f":orphan:\n\n{rst}", encoding="utf-8")
    (source / "lessons/pooling.yaml").write_text("stepwise: 1\ninput: 1 2\nlayers: [Relu()]\n", encoding="utf-8")
    done = sphinx(source, tmp_path / "html", "html", "-D", "exclude_patterns=deeper/*")
    assert done.returncode == 1
    for told in (
        "index.md:7: WARNING: there is no layer MaxPol2D here. Did you mean MaxPool2D?",
        "absent.yaml': No such file",
        "index.md:13: WARNING: there is no option 'title' here, only steps, only, sections, practice or matrix; a",
        "layers.rst:10: WARNING: MaxPool2D",
    ):
        assert told in done.stderr
    html = (tmp_path / "html/index.html").read_text(encoding="utf-8")
    assert html.count('class="stepwise-error admonition error"') == 3
    assert "there is no layer MaxPol2D here. Did you mean MaxPool2D?" in html
    assert "index.md, line 7" in html


def test_a_strangers_worksheet_is_words_alone_in_myst(tmp_path: Path) -> None:
    """Whatever of MyST's own signs stands in it: none makes a directive, a role or a substitution."""
    (tmp_path / "conf.py").write_text(
        'extensions = ["myst_parser", "sphinx_exercise"]\n'
        'myst_enable_extensions = ["colon_fence", "substitution"]\nexclude_patterns = ["made"]\n'
    )
    (tmp_path / "sheet.yaml").write_text(
        'stepwise: 1\ntitle: "{download}`conf.py` {{ 6*7 }}"\ninput: "4 3; 2 1"\nlayers: ["MaxPool2D(2)"]\n'
        "worksheet:\n  instructions: |\n    :::{raw} html\n\n    <img src=x onerror=alert(1)//>\n\n    :::\n\n"
        "    Get {download}`conf.py`, {{ 6*7 }}\n\n    % no comment\n\n    {{ 6*7 }}\n\n    `````{raw} html\n"
        "    <script>alert(1)</script>\n    `````\n"
    )
    make([tmp_path / "sheet.yaml"], tmp_path / "made", Order(formats=("md",), wrap="sphinx-exercise"))
    text = (tmp_path / "made" / "v01.md").read_text(encoding="utf-8")
    (tmp_path / "index.md").write_text(f"# A page\n\n{text}", encoding="utf-8")
    done = sphinx(tmp_path, tmp_path / "html", "html")
    assert (done.returncode, done.stderr) == (0, "")
    html = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert not (tmp_path / "html" / "_downloads").exists()
    assert "<img src=x" not in html
    assert "<script>alert" not in html
    assert ">42<" not in html
    assert ", 42" not in html
    assert html.count("{{ 6*7 }}") == 4, "in the title, twice shown, and in two paragraphs"
    assert "% no comment" in html
