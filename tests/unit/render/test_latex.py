"""LaTeX, as far as it can be judged without TeX; `tests/tools` compiles it."""

from __future__ import annotations

import re

import pytest

import stepwise as sw
from stepwise.errors import StepwiseError
from stepwise.render import Options, render
from stepwise.render.latex import code, escaped
from tests.unit.render.test_hostile import everywhere
from tests.unit.render.test_pdf import LESSONS, MORE_WORDS

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
"""TeX's own ten (The TeXbook, chapter 7), and how LaTeX writes each as itself."""


def commands(source: str) -> set[str]:
    return set(re.findall(r"\\(?:[a-zA-Z]+|.)", source, flags=re.S))


def body(source: str) -> str:
    return source.split("% Headings, to be redefined")[1].split(r"\fi" + "\n", 1)[1]


@pytest.mark.parametrize("sign", SPECIAL)
def test_every_sign_of_tex_is_plain(sign: str) -> None:
    assert escaped(f"a{sign}b") == f"a{SPECIAL[sign]}b"


@pytest.mark.parametrize("words", MORE_WORDS, ids=ascii)
def test_words_bring_no_command(words: str) -> None:
    """The page has the commands of a page with plain words, and those that write a sign as itself."""
    plain = commands(everywhere("word").latex()) | {r"\textquotesingle", r"\swlongcode", r"\swcode", r"\allowbreak"}
    signs = {re.match(r"\\([a-zA-Z]+|.)", told)[0] for told in SPECIAL.values()}  # type: ignore[index]  # each begins so
    signs |= {
        r"\textless",
        r"\textgreater",
        r"\textbar",
        r"\textasciigrave",
        r"\char",
        r"\ensuremath",
        r"\swunicode",
        r"\ldots",
    }
    source = everywhere(words).latex()
    assert commands(source) <= plain | signs | {r"\times", r"\cdot"}
    bare = re.sub(r"\\[\\{}$&#%_]", "", source)
    assert bare.count("{") == bare.count("}")
    own = re.sub(r"\\[\\{}$&#%_]", "", everywhere("word").latex())
    for sign in "$&#%^_~":
        assert bare.count(sign) - own.count(sign) <= (own.count("word") if sign == "~" else 0), sign


def test_ligatures_do_not_join_what_was_typed() -> None:
    assert escaped("--steps ''x'' ,,") == "-{}-steps '{}'x'{}' ,{},"


def test_code_breaks_where_it_is_long() -> None:
    assert code("MaxPool2D(2)") == r"\swcode{MaxPool2D(2)}"
    assert r",\allowbreak{} " in code("MaxPool2D(pool_size=(2, 2), strides=1, padding='same')")


def test_letters_of_other_writings_are_left_to_luatex() -> None:
    assert escaped("é 한") == r"é \swunicode{D55C}"


@pytest.mark.parametrize("name", LESSONS)
def test_a_fragment_names_what_it_needs_and_is_no_document(name: str) -> None:
    fragment, alone = LESSONS[name].latex(fragment=True), LESSONS[name].latex()
    assert re.search(r"^%   \\usepackage\{amsmath,tikz,array,longtable\}", fragment, re.M)
    for only_alone in (r"\documentclass", r"\begin{document}", r"\end{document}", r"\usepackage{geometry}"):
        assert only_alone not in re.sub(r"^%.*$", "", fragment, flags=re.M)
    assert r"\documentclass" in alone
    assert alone.rstrip().endswith(r"\end{document}")
    begun = re.findall(r"\\begin\{(\w+)\}", body(alone))
    assert sorted(begun) == sorted(re.findall(r"\\end\{(\w+)\}", body(alone).replace(r"\end{document}", "")))


def test_paper() -> None:
    assert "a4paper" in LESSONS["max"].latex()
    assert "letterpaper" in LESSONS["max"].latex(paper="letter")
    with pytest.raises(StepwiseError, match=r"paper 'leter' is not known; it is a4 or letter\. Did you mean letter\?"):
        LESSONS["max"].latex(paper="leter")


def test_the_picture_says_what_every_picture_says() -> None:
    """4 3 / 2 1, its second window: framed, the winner bold, padding hatched with a dot, the result green."""
    source = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson().latex()
    step = source.split(r"{Window 2 of 4}")[1].split(r"\swworking")[0]
    assert r"\swcell{1}{0}{winner}{3}" in step
    assert r"\swcell{1}{1}{window}{1}" in step
    assert r"\swcell{2}{0}{paddingwindow}{}\swhatched{2}{0}\swcell{2}{0}{padding}{\ensuremath{\cdot}}" in step
    assert r"\swcell{0}{2}{padding}" in step
    assert r"\swframe{1}{0}{2}{2}{swwindow}" in step
    assert r"\swcell{1}{0}{result}{3}" in step
    assert r"\swframe{1}{0}{1}{1}{swresult}" in step
    assert r"\max(3,\allowbreak\, 1) = 3" in source


@pytest.mark.parametrize(
    ("format", "options", "said"),
    [
        ("html", Options(paper="letter"), "paper goes with pdf, typ or tex, not with html"),
        ("tex", Options(figures="svg"), "figures goes with md, not with tex"),
        ("md", Options(fragment=True), "fragment goes with tex, not with md"),
    ],
)
def test_options_that_do_not_go_with_a_format(format: str, options: Options, said: str) -> None:
    with pytest.raises(StepwiseError, match=said):
        render(LESSONS["max"], format, options=options)
