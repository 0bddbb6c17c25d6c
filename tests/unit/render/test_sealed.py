"""Templates from strangers: what they reach, what they may call, and how much they may do."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import jinja2
import pytest
from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, LoopContext, Macro, TemplateReference, Undefined
from jinja2.utils import Cycler, Joiner, Namespace
from markupsafe import Markup

import stepwise as sw
from stepwise.document.blocks import Block, Card, Drawn, Prose, Stack, Table
from stepwise.document.inline import Link
from stepwise.document.lesson import Lesson, Section
from stepwise.document.origin import Origin
from stepwise.errors import StepwiseError
from stepwise.render import TEMPLATED, Options, encode, render, render_html, render_still, template_format, templates
from stepwise.render.sealed import bounds, listed
from stepwise.render.sealed.listed import Listed
from stepwise.render.sealed.sandbox import Sandbox
from stepwise.render.sealed.seen import Token, View, kind, names, seen
from stepwise.render.source import Source
from stepwise.render.templates import templates_folder
from tests.command import program
from tests.unit.render.kinds import every_kind, makers
from tests.unit.render.test_render import LESSONS

PRACTICE = sw.trace("MaxPool2D(2)", [[1, 2], [3, 4]]).lesson()
DRAWN = [Table("c", ("a", "b"), ((("1",), ("2",)),), drawn=drawn, shares=((1.0,),)) for drawn in get_args(Drawn)]
KINDS, MADE_BY = every_kind()
EVERY_BLOCK = [
    *(LESSONS[name] for name in ("max", "conv", "compare")),
    *KINDS.values(),
    sw.trace("AveragePooling2D(2)", sw.symbols("x", (3, 3))).lesson(),
    sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).lesson(knobs="all"),
    Lesson("t", "k", ("a", Link("b", "https://example.org")), (Section("s", (Prose(("x",)),)),)),
    Lesson("t", "k", ("a",), (Section("s", (*DRAWN, Stack((Card("a", "b", (Prose(("x",)),)),), (0.5,)))),)),
]


def test_what_is_walked_through_is_a_lesson_of_each_kind() -> None:
    assert makers() == MADE_BY, "every place that makes a lesson has one in kinds.py"


# What is told is the same, through the sandbox or not


@pytest.mark.parametrize("format", TEMPLATED)
@pytest.mark.parametrize("name", [*LESSONS, "update", "key"])
def test_shipped_templates_make_the_same_page_of_what_is_seen(name: str, format: str, tmp_path: Path) -> None:
    lesson = LESSONS.get(name) or KINDS[name]
    assert render(lesson, format, tmp_path) == render(lesson, format)


def test_fragments_and_stills_too(tmp_path: Path) -> None:
    lesson = LESSONS["network"]
    assert render_still(lesson, tmp_path) == render_still(lesson)
    sealed = render_html(lesson, tmp_path, fragment=True, nonce="abc", depth=3)
    assert sealed == render_html(lesson, None, fragment=True, nonce="abc", depth=3)


# Everything that can be reached

ALLOWED = (
    type(None), bool, int, float, complex, str, Markup, Source, tuple, list, dict, frozenset, range,
    View, Token, Listed,
    LoopContext, Namespace, Cycler, Joiner, Macro, BlockReference, TemplateReference, TemplateModule,
)  # fmt: skip
NAMES = sorted(
    {name for kind in ALLOWED for name in dir(kind)}
    | {
        name
        for kind in (sw.Trace, Lesson, types.FunctionType, types.MethodType, types.GeneratorType)
        for name in dir(kind)
    }
    | {
        "_of",
        "_seen",
        "func_globals",
        "gi_frame",
        "im_func",
        "environment",
        "traces",
        "of",
        "network",
        "layer",
        "tofile",
    }
)
LISTED = set(listed.GLOBALS) | listed.STRINGS | set(listed.DICTS) | listed.LOOPS | {"next", "reset"}
LISTED |= {
    "page.calls",
    "page.changing",
    "page.controls",
    "page.layer",
    "page.level",
    "page.number",
    "page.stage",
    "page.too_much",
}


EXPECTED = (
    RuntimeError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    StepwiseError,
    jinja2.TemplateError,
)


class Walk:
    """Goes wherever a template can: attributes, items, what `for` gives, and what a call returns."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.kept: dict[int, Any] = {}  # all that was met
        self._alike: Counter[object] = Counter()

    def __call__(self, value: Any, path: str) -> None:
        rest = [(value, path)]
        while rest:
            found, where = rest.pop()
            if id(found) in self.kept or isinstance(found, Undefined | None.__class__ | bool | int | float):
                continue
            self.kept[id(found)] = found
            assert type(found) in ALLOWED or type(found).__module__ == "jinja2.filters", (where, type(found))
            if callable(found) and not isinstance(found, Macro | BlockReference | LoopContext | Joiner):
                assert type(found) is Listed, where
                assert found.__name__ in LISTED, where
            self._alike[look(found)] += 1
            if self._alike[look(found)] <= 3:  # every field and every name of the first few, of others what is in them
                rest += [(part, f"{where}{how}") for how, part in self._parts(found)]
            if isinstance(found, tuple | list | frozenset | dict):
                rest += [(inner, f"{where}[]") for inner in found]

    def _parts(self, found: Any) -> Iterator[tuple[str, Any]]:
        fields = [name for name in dir(found._of) if not name.startswith("__")] if isinstance(found, View) else []
        for name in (*NAMES, *fields):
            yield f".{name}", self.sandbox.getattr(found, name)
            yield f"[{name!r}]", self.sandbox.getitem(found, name)
        for number in (0, 1, -1):
            yield f"[{number}]", self.sandbox.getitem(found, number)
        for given in ((), ("a",), (3,), (["a"],), tuple(self.kept.values())[:1]) if isinstance(found, Listed) else ():
            with contextlib.suppress(*EXPECTED):
                yield f"({given!r:.20})", found(*given)


def look(found: Any) -> object:
    """What tells things of one kind from others: of a view, the types of its fields too."""
    match found:
        case View():
            inner = found._of
            record: type = type(inner)
            return (record, *(type(getattr(inner, name, None)) for name in names(record)))
        case Listed():
            return found.__name__
        case tuple() | list():
            return (type(found), type(found[0]) if found else None)
    return type(found)


@pytest.mark.parametrize("format", TEMPLATED)
def test_all_that_can_be_reached_is_plain(format: str, tmp_path: Path) -> None:
    """Walked from within every shipped template of a format, so with all that it and those around it have set."""
    made = template_format(format)
    folder = templates_folder() / made.folder
    opens, closes = ("<<", ">>") if made.escape else ("{{", "}}")
    for path in folder.glob("*.jinja"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(f"{opens} '{path.name}' | walk {closes}{text}", encoding="utf-8")
    sandbox = templates._environment(made.folder, made.suffix, str(tmp_path))
    assert isinstance(sandbox, Sandbox)
    walk = Walk(sandbox)
    walked = set()

    @jinja2.pass_context
    def everything(context: jinja2.runtime.Context, name: str) -> str:
        walked.add(name)
        for key, value in context.get_all().items():
            walk(value, f"{name}: {key}")
        return ""

    sandbox.filters["walk"] = everything
    with bounds_lifted():
        for lesson in EVERY_BLOCK:
            if format == "html":
                render_html(replace(lesson, origin=Origin()), tmp_path)  # which says how it is put into another page
                render_html(lesson, tmp_path, fragment=True)
                render_still(lesson, tmp_path)
            else:
                made.render(lesson, tmp_path, options=Options(), name="x")
    assert walked == {path.name for path in tmp_path.glob("*.jinja")}
    met = {kind(one) for one in walk.kept.values() if isinstance(one, View)}
    assert met >= {"Lesson", "Section", "Matrix", "Cell", "StepBlock", "Table", "FeatureMap", "Card", "Math", "Link"}
    assert not {block.__name__ for block in get_args(Block)} - met, "blocks that no lesson of these has"
    assert {type(one) for one in walk.kept.values()} >= {Token, Listed, LoopContext, tuple, str}
    templates._environment.cache_clear()


class bounds_lifted:  # noqa: N801
    """Walking through everything takes longer than a page may."""

    def __enter__(self) -> None:
        self._kept = (bounds.SECONDS, bounds.MOST_MADE)
        bounds.SECONDS, bounds.MOST_MADE = 1000.0, 10**12

    def __exit__(self, *about: object) -> None:
        bounds.SECONDS, bounds.MOST_MADE = self._kept


@pytest.mark.parametrize("format", TEMPLATED)
def test_filters_give_plain_things_too(format: str, tmp_path: Path) -> None:
    """Each filter of a format, of each kind of thing that a template has."""
    made = template_format(format)
    sandbox = templates._environment(made.folder, made.suffix, str(tmp_path))
    assert isinstance(sandbox, Sandbox)
    walk = Walk(sandbox)
    gave = set()
    with bounds_lifted(), bounds.bounded():
        walk(seen(LESSONS["conv"]), "lesson")
        things = {look(thing): thing for thing in walk.kept.values()}.values()
        for name in set(sandbox.filters) - {"safe", "made", "counted"}:
            for thing in list(things):
                try:
                    given = sandbox.call_filter(name, thing, context=sandbox.from_string("").new_context())
                    given = list(given) if isinstance(given, Iterator) else given
                except (*EXPECTED, AssertionError):
                    continue
                gave.add(name)
                walk(given, f"{name} of {thing!r:.50}")
    assert gave >= (set(sandbox.filters) & {"math", "content", "escape", "join", "list", "kind", "wide", "drawn"})


# Attacks

ESCAPES = [
    "{{ lesson.traces }}",
    "{% for s in lesson.everything %}{% if s.stage %}{{ s.stage.traces[0].inputs }}{% endif %}{% endfor %}",
    "{{ lesson.everything[0].stage['traces'] }}",
    "{{ lesson.everything | map(attribute='stage.traces') | join }}",
    "{{ lesson.everything | selectattr('stage') | map(attribute='stage') | map(attribute='traces') | join }}",
    "{{ lesson.everything | sort(attribute='stage.traces') }}",
    "{{ lesson.everything | groupby('stage.traces') | list }}",
    "{{ lesson.everything | sum(attribute='stage.traces') }}",
    "{{ lesson | attr('traces') }}",
    "{{ lesson._of }}",
    "{{ lesson['_of'] }}",
    "{{ '{0._of.traces}'.format(lesson) }}",
    "{{ '{0[_of]}'.format(lesson) }}",
    "{{ '{x.traces}'.format(x=lesson) }}",
    "{{ '{x.traces}'.format_map({'x': lesson}) }}",
    "{{ '{0.__class__}'.format('') }}",
    "{{ ('{0.traces}' | safe).format(lesson) }}",
    "{{ '%(a)s'.__mod__ }}",
    "{{ lesson.html() }}",
    "{{ lesson.save('FOLDER/x.html') }}",
    "{% set w = lesson['save'] %}{{ w('FOLDER/x.html') }}",
    "{{ block | kind(1).__class__ }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ range.__call__ }}",
    "{{ _.__globals__ }}",
    "{{ _.__wrapped__ }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ joiner.__init__.__globals__.os }}",
    "{{ namespace.__init__ }}",
    "{{ namespace()._Namespace__attrs }}",
    "{{ lipsum.__globals__ }}",
    "{{ lipsum(n=10) }}",
    "{{ dict.mro() }}",
    "{{ (1).__class__ }}",
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{{ page.script.__class__ }}",
    "{{ page.stage.__self__ }}",
    "{{ page._record }}",
    "{{ page['_record'] }}",
    "{{ page.scripts }}",
    "{{ 'x'.encode() }}",
    "{{ 'x'.translate({}) }}",
    "{{ [].append(1) }}",
    "{{ {}.update({1: 2}) }}",
    "{% for x in lesson.sections %}{{ loop._iterable }}{% endfor %}",
    "{% for x in lesson.sections %}{{ loop['_iterator'] }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m._func }}",
    "{% macro m() %}{% endmacro %}{{ m._environment }}",
    "{% macro m() %}{{ caller.__call__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{{ (lesson.sections | map('upper')).gi_frame }}",
    "{{ (lesson.sections | map('upper')).send }}",
    "{{ caller }}",
    "{{ undefined.x }}",
    "{{ undefined.__class__ }}",
    "{% set lesson.title = 'x' %}",
    "{{ lesson('x') }}",
    "{{ block() }}",
    "{{ 'x'() }}",
    "{{ Undefined }}",
    "{{ lesson.title.format.__globals__ }}",
    "{{ 'x' | pprint }}",
    "{{ lesson | tojson }}",
    "{{ lesson | xmlattr }}",
    "{{ lesson | random }}",
    "{% debug %}",
    "{% do lesson %}",
]  # fmt: skip

OUTSIDE = [
    "/etc/passwd",
    "/etc/hostname.jinja",
    "../secret.jinja",
    "html/../../secret.jinja",
    "x/../../secret.jinja",
    "..\\\\secret.jinja",
    ".hidden.jinja",
    ".git/config.jinja",
    "link.jinja",
    "linked/secret.jinja",
    "pipe.jinja",
    "folder.jinja",
    "large.jinja",
    "bytes.jinja",
    "notes.txt",
    "a\\0b.jinja",
    "",
]

ENDLESS = [
    "{% for i in range(10 ** 9) %}{% endfor %}",
    "{% for i in range(10 ** 30) %}{% endfor %}",
    "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
    "{% for i in range(90000) %}{% for j in range(90000) %}{{ i }}{% endfor %}{% endfor %}",
    "{% for i in range(90000) %}{{ 'WORDS' }}" + "x" * 5000 + "{% endfor %}",
    "{% set x %}{% for i in range(90000) %}" + "x" * 5000 + "{% endfor %}{% endset %}",
    "{{ 'x' * 10 ** 10 }}",
    "{{ 10 ** 10 * 'x' }}",
    "{{ [1] * 10 ** 10 }}",
    "{{ 10 ** (10 ** 10) }}",
    "{{ 10 ** 5000 }}",
    "{% set n = namespace(a=7) %}{% for i in range(99) %}{% set n.a = n.a * n.a %}{% endfor %}",
    "{% set n = namespace(a='x') %}{% for i in range(99) %}{% set n.a = n.a ~ n.a %}{% endfor %}",
    "{% set n = namespace(a='x') %}{% for i in range(99) %}{% set n.a = n.a + n.a %}{% endfor %}",
    "{% set n = namespace(a='x') %}{% for i in range(99) %}{% set n.a %}{{ n.a }}{{ n.a }}{% endset %}{% endfor %}",
    "{% set n = namespace(a=[1]) %}{% for i in range(99) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a }}",
    "{% set n = namespace(a=(1,)) %}{% for i in range(99) %}{% set n.a = (n.a, n.a) %}{% endfor %}{{ n.a }}",
    "{% set n = namespace(a={}) %}{% for i in range(99) %}{% set n.a = {1: n.a, 2: n.a} %}{% endfor %}{{ n.a }}",
    "{% set n = namespace(a={}) %}{% for i in range(99) %}{% set n.a = dict(x=n.a, y=n.a) %}{% endfor %}{{ n.a }}",
    "{% set n = namespace(a='ab') %}{% for i in range(99) %}{% set n.a = n.a.replace('', n.a) %}{% endfor %}",
    "{% set n = namespace(a='ab') %}{% for i in range(99) %}{% set n.a = n.a | replace('', n.a) %}{% endfor %}",
    "{% set n = namespace(a='ab') %}{% for i in range(99) %}{% set n.a = n.a.join(n.a) %}{% endfor %}",
    "{% set n = namespace(a='ab') %}{% for i in range(99) %}{% set n.a = n.a | join(n.a) %}{% endfor %}",
    "{% set n = namespace(a='ab') %}{% for i in range(99) %}{% set n.a = '{0}{0}'.format(n.a) %}{% endfor %}",
    "{% set n = namespace(a='ab') %}{% for i in range(99) %}{% set n.a = '%s%s' % (n.a, n.a) %}{% endfor %}",
    "{% set n = namespace(a='ab') %}{% for i in range(99) %}{% set n.a = '%s%s' | format(n.a, n.a) %}{% endfor %}",
    "{% set a = '{0}' * 900000 %}{{ a.format('x' * 9000000) }}",
    "{% set a = '%(a)s' * 900000 %}{{ a % {'a': 'x' * 9000000} }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ '{:{w}}'.format(1, w=1000000000) }}",
    "{{ '{:.1000000000f}'.format(1.5) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%*d' % (1000000000, 1) }}",
    "{{ '%(a)1000000000d' % {'a': 1} }}",
    "{{ '%.1000000000f' | format(1.5) }}",
    "{{ [1] | batch(1000000000, 'x') | list }}",
    "{{ [1] | slice(1000000000) | list }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ 'x' | indent(1000000000) }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x'.zfill(1000000000) }}",
    "{{ '\\t'.expandtabs(1000000000) }}",
    "{{ 5 | round(-1000000000) }}",
    "{{ 5 | round(1000000000, 'ceil') }}",
    "{{ [[]] | sum(start=[]) }}",
    "{{ ('9' * 9000000) | int(base=36) }}{{ 1 / 0 }}",
    "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "{% macro f(n) %}{% call g(n) %}{% endcall %}{% endmacro %}{% macro g(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% include 'prose.html.jinja' %}",
    "{% include 'prose.html.jinja' %}{% include 'prose.html.jinja' %}",
    "{% extends 'prose.html.jinja' %}",
    "{% import 'prose.html.jinja' as x %}",
    "{% from 'prose.html.jinja' import x %}",
    "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% for x in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ " + "[" * 3000 + "1" + "]" * 3000 + " }}",
    "{{ " + "-" * 30000 + "1 }}",
    "{{ " + "not " * 30000 + "1 }}",
    "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "{% for i in [1] %}" * 300 + "{% endfor %}" * 300,
    "{% block a %}{{ self.a() }}{% endblock %}",
]


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of what a page may do, so that the tests do not take it all."""
    monkeypatch.setattr(bounds, "SECONDS", 1.0)
    monkeypatch.setattr(bounds, "MOST_MADE", 10_000_000)
    monkeypatch.setattr(bounds, "MOST_CELLS", 100_000)


def refused(template: str, folder: Path) -> str:
    """The one sentence that a template is refused with; nothing is written."""
    (folder / "prose.html.jinja").write_text(template, encoding="utf-8")
    before = sorted(folder.rglob("*"))
    with pytest.raises(StepwiseError) as caught:
        render(LESSONS["max"], "html", folder)
    assert sorted(folder.rglob("*")) == before
    assert re.match(r"template [^:]*\b(prose|page)\.html\.jinja(, line \d+)?: \S", str(caught.value))
    return str(caught.value)


@pytest.mark.parametrize("template", ESCAPES)
def test_nothing_else_is_reached(template: str, tmp_path: Path) -> None:
    refused(template.replace("FOLDER", str(tmp_path)), tmp_path)


@pytest.mark.parametrize("tag", ["{{% include {!r} %}}", "{{% import {!r} as x %}}", "{{% extends {!r} %}}"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_no_file_outside_the_folder_is_put_in(name: str, tag: str, tmp_path: Path) -> None:
    (tmp_path / "secret.jinja").write_text("SECRET")
    folder = tmp_path / "own"
    (folder / "x").mkdir(parents=True)
    (folder / "link.jinja").symlink_to(tmp_path / "secret.jinja")
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.jinja")
    (folder / "folder.jinja").mkdir()
    (folder / "large.jinja").write_text("x" * 2_000_000)
    (folder / "bytes.jinja").write_bytes(b"\xff\xfe")
    (folder / "notes.txt").write_text("SECRET")
    (folder / ".hidden.jinja").write_text("SECRET")
    said = refused(tag.format(name.encode().decode("unicode_escape")), folder)
    assert "SECRET" not in said


@pytest.mark.parametrize("name", ["x" * 300, "loop", "none", "a/" * 3000 + "b", "loop/x", "prose.html.jinja/x"])
def test_a_file_that_there_cannot_be_is_said_to_be_missing(name: str, tmp_path: Path) -> None:
    """Whatever the system says of such a name, and of the folder that it was looked for in, is nobody's business."""
    (tmp_path / "loop.jinja").symlink_to("loop.jinja")
    told = refused(f"{{% include '{name}.jinja' %}}", tmp_path)
    assert "Errno" not in told
    assert str(tmp_path) not in told.partition(", line ")[2]


def test_a_missing_file_may_be_left_out_but_not_one_outside(tmp_path: Path) -> None:
    (tmp_path / "prose.html.jinja").write_text("{% include 'none.jinja' ignore missing %}HERE")
    assert "HERE" in render(LESSONS["max"], "html", tmp_path)
    refused("{% include '../secret.jinja' ignore missing %}", tmp_path)


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("template", ENDLESS, ids=lambda template: template[:60])
def test_what_has_no_end_is_stopped(template: str, tmp_path: Path) -> None:
    refused(template, tmp_path)


def test_a_template_that_writes_a_file_is_refused_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "lesson.yaml").write_text("stepwise: 1\ninput: 35 33; 47 98\nlayers: [MaxPool2D(2)]\n")
    (tmp_path / "prose.html.jinja").write_text(
        "{% for s in lesson.everything %}{% if s.stage %}"
        '{{ s.stage.traces[0].inputs["input"].astype("u1").tofile("pwned.bin") }}{% endif %}{% endfor %}'
    )
    done = program("explain", "lesson.yaml", "--templates", ".", "-o", "x.html", folder=tmp_path)
    assert (done.status, done.out) == (2, "")
    assert re.fullmatch(r"stepwise: template prose\.html\.jinja, line 1: [^\n]*'traces'[^\n]*\n", done.err)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lesson.yaml", "prose.html.jinja"]


def test_one_page_tells_the_next_nothing(tmp_path: Path) -> None:
    """Not even through what a template imports, which Jinja would keep: a sheet could hold another one's key."""
    (tmp_path / "kept.jinja").write_text(
        "{% set kept = namespace(n=0) %}{% macro count() %}{% set kept.n = kept.n + 1 %}{{ kept.n }}{% endmacro %}"
    )
    (tmp_path / "page.md.jinja").write_text("{% import 'kept.jinja' as k %}{{ k.count() }}{{ k.count() }}")
    assert [render(LESSONS["max"], "md", tmp_path) for _ in range(3)] == ["12"] * 3


def test_what_people_write_in_templates_works(tmp_path: Path) -> None:
    """Loops, macros, filters, methods of words: a sandbox that nobody can write in would be of no use."""
    (tmp_path / "page.md.jinja").write_text(
        """\
{% macro shout(words) %}{{ words.upper() ~ "!" }}{% endmacro %}
{% set n = namespace(count=0) %}
{% for section in lesson.sections if section.title %}{% set n.count = n.count + 1 %}
{{ loop.index }}/{{ loop.length }} {{ shout(section.title) }} {{ loop.cycle("odd", "even") }}
{% for block in section.blocks %}{{ block | kind }} {% endfor %}
{% endfor %}
{{ n.count }} {{ "{:>5}|{x:.2f}".format(1, x=0.5) }} {{ "%03d" | format(7) }} {{ "a,b".split(",") | join("-") }}
{{ lesson.sections | map(attribute="title") | select | map("upper") | first }} {{ [3, 1, 2] | sort | last }}
{{ {"a": 1}.items() | list }} {{ {"a": 1}["a"] }} {{ "x" if lesson.language == "en" else "y" }}
{% for level, parts in lesson.sections | groupby("level") %}{{ level }}:{{ parts | length }} {% endfor %}
"""
    )
    told = render(LESSONS["max"], "md", tmp_path)
    assert re.search(r"1/\d THE QUESTION! odd\nProse Scene", told)
    assert "    1|0.50 007 a-b" in told
    assert "[(&#39;a&#39;, 1)] 1 x" in told or "[('a', 1)] 1 x" in told
    assert re.search(r"\n2:\d", told)


@pytest.mark.parametrize("own", [{}, {"scene.html.jinja": "mine"}])
def test_an_overview_of_a_class_is_seen_the_same_way(own: dict[str, str], tmp_path: Path) -> None:
    from stepwise.exercises.assignment import load_assignment
    from stepwise.grading.overview import overview
    from stepwise.grading.overview_lesson import overview_lesson
    from stepwise.grading.tally import Tally

    for name, text in own.items():
        (tmp_path / name).write_text(text)
    lesson = tmp_path / "lesson.yaml"
    lesson.write_text("stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n")
    told = overview_lesson(overview(Tally(load_assignment(lesson))))
    for format in TEMPLATED:
        assert render(told, format, tmp_path) == render(told, format)


TYPESET = {  # what a template writes itself is typst, and not escaped: it may compute, and reach nothing
    '#read("/etc/passwd")': "typst cannot set this page",
    '#read("../../../../../../etc/passwd")': "typst cannot set this page",
    '#include "/etc/passwd"': "typst cannot set this page",
    '#image("/usr/share/pixmaps/x.png")': "typst cannot set this page",
    '#import "@preview/cetz:0.3.0"': "typst cannot set this page",
    '#import "@local/x:0.1.0"': "typst cannot set this page",
    '#json("SECRET")': "typst cannot set this page",
    "#while true {}": "typst cannot set this page",
    "#let f(x) = f(x + 1)\n#f(1)": "typst cannot set this page",
    "#for a in range(10000) { for b in range(10000) { for c in range(10000) { let x = 1 } } }": "takes longer than 2 s",
}


@pytest.mark.parametrize("source", TYPESET)
def test_typst_reads_nothing_and_ends(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("stepwise.render.pdf"), "SECONDS", 2)
    (tmp_path / "secret").write_text('"SECRET"')
    own = tmp_path / "own"
    own.mkdir()
    (own / "prose.typ.jinja").write_text(source.replace("SECRET", str(tmp_path / "secret")))
    with pytest.raises(StepwiseError, match=TYPESET[source]) as caught:
        LESSONS["max"].save(tmp_path / "x.pdf", templates=own)
    assert "SECRET" not in str(caught.value)
    assert not (tmp_path / "x.pdf").exists()


def test_a_template_of_ones_own_makes_the_same_pdf_as_ours(tmp_path: Path) -> None:
    assert encode(LESSONS["max"], "pdf", tmp_path) == encode(LESSONS["max"], "pdf")
