"""What a page carries and how it is put together, as far as that can be told without a browser."""

from __future__ import annotations

import json
import math
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

import stepwise as sw
from stepwise.errors import FileError, StepwiseError, VerificationError
from stepwise.lesson_files.lesson_file import LessonFileError
from stepwise.lesson_files.reading import read_lesson
from stepwise.render import policy, write_assets
from stepwise.render.html import HTML
from stepwise.render.page import script as assembly
from stepwise.render.page.check import check_page
from stepwise.render.page.concerns import EMBED, EVERYTHING, FIELDS, ROOM, SCRIPTS, STYLES
from stepwise.render.page.record import read_back
from stepwise.render.page.small import packed, unpacked
from stepwise.rules.tree import Comparison, Sign
from stepwise.traces.trace import chain

SAME = "MaxPool2D(2, strides=1, padding='same')"
FOUR = [[4, 3], [2, 1]]
ROOT = Path(__file__).parents[3]


def record_of(html: str) -> Any:
    found = re.search(r'<script type="application/json" class="stepwise-record">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


TRACES: dict[str, Callable[[], sw.Trace]] = {
    "whole": lambda: sw.trace(SAME, FOUR),
    "not finite": lambda: sw.trace(SAME, [[math.nan, math.inf], [-math.inf, -0.0]]),
    "filled with infinity": lambda: sw.trace("nn.ConstantPad1d(1, float('-inf'))", [[[1.5, 2.0]]]),
    "without bound": lambda: sw.trace(SAME, [[2**70, -(2**60)], [2**53 + 1, 1]]),
    "singles": lambda: sw.trace("MaxPool2D(2)", np.random.default_rng(0).random((40, 40), dtype=np.float32)),
    "long": lambda: sw.trace("Conv2D(3, 3)", np.random.default_rng(0).random((20, 20))),
    "chain": lambda: sw.trace(["Conv2D(2, 2)", "ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(2)"], [[1, 2, 3]] * 3),
}


@pytest.mark.parametrize("name", TRACES)
def test_the_very_same_traces_are_read_back(name: str) -> None:
    trace = TRACES[name]()
    again = read_back(record_of(trace.lesson().html()), "page")
    assert [t.layer for t in again] == [t.layer for t in chain(trace)]
    for a, b in zip(again, chain(trace)):
        assert a.to_data() == b.to_data()


def test_a_layers_output_is_written_once() -> None:
    record = record_of(TRACES["chain"]().lesson().html())
    assert [trace["inputs"]["input"] for trace in record["traces"][1:]] == [{"parent": n} for n in range(4)]


def test_a_title_cannot_end_the_record() -> None:
    trace = sw.trace("MaxPool2D(2)", FOUR)
    html = sw.compare(trace, sw.trace("MaxPool2D(1)", FOUR), title="</script><script>alert(1)</script><!--").html()
    assert html.count("<script") == 2
    assert record_of(html)


TAMPERED: dict[str, tuple[str, str, str]] = {
    "an input": ('data-in="0,0">4', 'data-in="0,0">5', "prints 5 as input (0, 0), but its trace has 4"),
    "an output": ('data-out="1,1">1', 'data-out="1,1">7', "prints 7 as output (1, 1), but its trace has 1"),
    "a cell that is none": ('data-out="1,1">1', 'data-out="2,1">1', "a cell that its trace does not have"),
    "a formula": ("<mn>3</mn><mo>,</mo><mn>1</mn>", "<mn>3</mn><mo>,</mo><mn>0</mn>", "formula of step"),
    "a recorded input": ('"data":[4,3,2,1]', '"data":[9,3,2,1]', "has 9 there"),
    "a recorded padding": ('"before":0,"after":1', '"before":1,"after":0', "pads 1 before and 0 after"),
    "the record": ('{"format":"stepwise-page"', '{"format":"a-page"', "damaged"),
    "no record": ("stepwise-record", "something-else", "carries no trace"),
}


def test_a_page_is_verified(tmp_path: Path) -> None:
    for trace in (sw.trace(SAME, FOUR), TRACES["chain"](), TRACES["long"](), TRACES["not finite"]()):
        traces, printed = check_page(trace.lesson().html(), "page.html")
        assert len(traces) == len(chain(trace))
        assert printed > 10
    _traces, printed = check_page(sw.trace(SAME, FOUR).lesson(practice=True).html(fragment=True), "page.html")
    assert printed > 10


@pytest.mark.parametrize("name", TAMPERED)
def test_a_page_that_was_tampered_with_is_found_out(name: str) -> None:
    html = sw.trace(SAME, FOUR).lesson().html()
    before, after, told = TAMPERED[name]
    assert before in html
    with pytest.raises((VerificationError, FileError), match=re.escape(told)):
        check_page(html.replace(before, after), "page.html")


def test_letters_and_fractions_can_be_operated_as_long_as_there_are_few_of_them() -> None:
    for trace in (sw.trace("MaxPool2D(2)", "a b; c d"), sw.trace("AveragePooling2D(2)", FOUR, arithmetic="exact")):
        html = trace.lesson().html()
        assert 'class="stage' in html
        assert "and to change it" not in html
        assert check_page(html, "page.html")[1] > 0
    for size, call in ((13, "MaxPool2D(2)"), (12, "Conv2D(3, 2, padding='same')")):  # too wide, too many steps
        html = sw.trace(call, sw.symbols("x", (size, size))).lesson(detail="none").html()
        assert 'class="stage' not in html


def test_every_kind_of_rule_has_its_script() -> None:
    """Every sign and node that a rule may have is one that the script walks, and it compares as rules do."""
    files = ("numbers", "formula", "latex", "formula-sums", "formula-powers", "steps", "rules", "rules-more",
             "logarithms", "sentence", "ordered", "angles")  # fmt: skip
    code = "\n".join(HTML.source(f"script/{name}.js") for name in files)
    code += "console.log(JSON.stringify([Object.keys(nodes), Object.keys(comparisons)]))"
    done = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True)
    walked, compared = json.loads(done.stdout)
    kinds = {
        "each +",
        "each max",
        "each min",
        "each median",
        "own",
        "known",
        "?",
        "is own",
        "wins",
        "@",
        "#",
        "x",
        "w",
        "y",
    }
    assert set(walked) >= {*get_args(Sign), *kinds}
    assert set(compared) == set(get_args(Comparison))


def test_what_other_programs_look_for_stands_in_the_text_as_they_write_it() -> None:
    """Their search is one for words: HTML would let the quotes be left out."""
    html = sw.trace(SAME, FOUR).lesson().html()
    cells = ('data-out="0,1"', 'data-in="0,1"', "data-pad", 'role="status"', "stepwise-lesson")
    acts = tuple(f'data-act="{act}"' for act in ("first", "previous", "play", "next", "last"))
    assert [hook for hook in (*cells, *acts) if hook not in html] == []
    assert len(html.encode()) <= 40_000


def test_every_script_and_style_is_known() -> None:
    folder = ROOT / "templates" / "html"
    assert {path.stem for path in (folder / "script").glob("*.js")} == {*SCRIPTS, FIELDS, EMBED}
    assert {path.stem for path in (folder / "style").glob("*.css")} == set(STYLES)


def test_a_packed_script_never_ends_a_block_of_code() -> None:
    """Some of these would have three backticks in a row by chance, and are packed otherwise."""
    otherwise = 0
    for seed in range(100):
        words = np.random.default_rng(seed).integers(0, 10**9, 1500)
        code = f"(k)=>{{{','.join(map(str, words))}}}"
        loader = packed(code, "key")
        assert "```" not in loader
        again = unpacked(loader)
        assert again is not None
        assert again.lstrip(";") == code + "('key')"
        otherwise += again.startswith(";")
    assert otherwise


def test_a_packed_script_is_the_script_without_comments_and_spaces(tmp_path: Path) -> None:
    """The packed script, printed anew by a real parser, is what the readable one is printed as."""
    code = assembly.script(HTML.source, EVERYTHING, "td::before { content: 'x' }")
    bare = unpacked(packed(code, "key"))
    assert bare is not None
    assert "/*" not in bare
    assert len(bare) < 0.75 * len(code)
    printer = "const ts = require('typescript'), fs = require('fs'); for (const name of process.argv.slice(1)) {\
        const file = ts.createSourceFile(name, fs.readFileSync(name, 'utf8'), ts.ScriptTarget.ES2022);\
        fs.writeFileSync(name + '.out', ts.createPrinter({removeComments: true}).printFile(file)); }"
    names = [tmp_path / "full.js", tmp_path / "bare.js"]
    for path, text in zip(names, (code + "('key')", bare)):
        path.write_text(text, encoding="utf-8")
    subprocess.run(["node", "-e", printer, *map(str, names)], cwd=ROOT, check=True)
    full, small = (Path(f"{path}.out").read_text(encoding="utf-8") for path in names)
    assert "const " not in small  # what is never assigned to again may as well be a shorter `let`
    assert re.sub(r"\s+", "", re.sub(r"\bconst\b", "let", full)) == re.sub(r"\s+", "", small)


def test_shared_numbers_are_the_same_in_both_languages() -> None:
    from stepwise.lessons.readable import READABLE

    assert f"const ROOM = {ROOM};" in HTML.source("script/grid.js")
    assert f"const READABLE = {READABLE};" in HTML.source("script/formula-long.js")


def test_assets_are_as_they_were_written(tmp_path: Path) -> None:
    script, style = write_assets(tmp_path / "assets")
    assert "/** A formula" in script.read_text("utf-8") or "/* " in script.read_text("utf-8")
    assert style.read_text("utf-8").count("/*") >= len(STYLES)
    html = sw.trace(SAME, FOUR).lesson().html(assets="../assets")
    assert '<script src="../assets/stepwise.js" defer></script>' in html
    assert '<link rel="stylesheet" href="../assets/stepwise.css">' in html


def test_a_nonce_that_is_none_is_refused() -> None:
    with pytest.raises(StepwiseError, match="must be letters, digits"):
        sw.trace(SAME, FOUR).lesson().html(nonce='"><script>')


def test_the_policy_names_every_inline_piece() -> None:
    html = sw.trace(SAME, FOUR).lesson().html()
    directives = dict(part.split(" ", 1) for part in policy(html).split("; "))
    assert directives["script-src"].count("'sha256-") == 2  # the loader, and what it unpacks
    assert directives["style-src"].count("'sha256-") == html.count("<style")


@pytest.mark.parametrize(
    ("show", "told"),
    [
        ("{practice: maybe}", "found practice: 'maybe', expected true or false"),
        ("{alternatives: MaxPool2D(1)}", "expected alternatives: to be a list of calls"),
        ("{alternatives: [3]}", "found 3 in alternatives:, expected a call"),
        ("{alternatives: [MaxPol2D(2)]}", "Did you mean MaxPool2D"),
        ("{alternatives: [MaxPool1D(2)]}", "line"),
        ("{practise: true}", "expected steps:, practice:, alternatives:, matrix:, only:, knobs: or embed:"),
    ],
)
def test_what_a_lesson_file_may_show(show: str, told: str) -> None:
    with pytest.raises(LessonFileError, match=re.escape(told)):
        read_lesson(f"stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\nshow: {show}").lesson()


def test_cells_can_be_found_by_what_stands_beside_them() -> None:
    """Sites look for these attributes as text, so they are quoted though HTML would let them be."""
    page = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson().html()
    assert all(hook in page for hook in ('data-out="0,1"', 'data-in="0,1"', "data-pad"))
