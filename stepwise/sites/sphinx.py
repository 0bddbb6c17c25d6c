"""Sphinx: `extensions = ["stepwise.sites.sphinx"]`, then `stepwise`, `stepwise-compare` and `stepwise-exercise`.

    .. stepwise:: pooling.yaml                ```{stepwise}
                                              :input: 4 3; 2 1
                                              MaxPool2D(2, strides=1)
                                              ```

A directive leaves the lesson in the document as one node. Once the builder is known, the node becomes what that builder
can hold: a live page's fragment, a still one for e-books and help files, LaTeX, or text for every other builder there
is, third parties' among them. Script and style are written once, beside the site's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.states import RSTState
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from .. import __version__
from ..lessons import Lesson
from ..render import host_style, render_still, write_assets
from ..render.latex import LATEX
from .exercise import parts
from .written import FLAGS, WORDS, Asked, Place, WrittenError, asked

ASSETS = f"stepwise-{__version__}"
"""The folder in `_static` for script and style; a new version has another address, so that no browser keeps the old."""

logger = logging.getLogger(__name__)


class LessonNode(nodes.General, nodes.Element):
    """A lesson in a document whose builder is not known yet."""


class StepwiseDirective(SphinxDirective):
    """A lesson."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    compared: ClassVar[bool] = False
    implied: ClassVar[dict[str, Any]] = {}
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {
        **dict.fromkeys(WORDS, directives.unchanged_required),
        **dict.fromkeys(FLAGS, directives.flag),
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        """The lesson's node, or a box that says what is wrong, and a warning, which fails a strict build."""
        try:
            return self.nodes_of(self.asked())
        except WrittenError as error:
            logger.warning(error.message, location=(self.env.docname, error.line), type="stepwise", subtype="lesson")
            return [box(error)]

    def asked(self) -> Asked:
        """What the author asks for; the files it is made from are noted, so that a changed one makes the page again."""
        source, _line = self.get_source_info()
        body = "\n".join(self.content)
        line = self._first_line() if body.strip() else self.lineno
        file, folder = "", Path(source).parent
        if self.arguments:
            relative, full = self.env.relfn2path(self.arguments[0])
            file, folder = Path(full).name, Path(full).parent
            self.env.note_dependency(relative)
        place = Place(self.env.docname, line, folder)
        options = {name: value for name, value in self.options.items() if name in (*WORDS, *FLAGS)} | self.implied
        try:
            found = asked(body, options, place, self.compared, file)
        except WrittenError as error:
            raise WrittenError(source, error.line, error.message) from None
        for path in found.files:
            self.env.note_dependency(str(path.resolve()))
        return found

    def _first_line(self) -> int:
        """The line of the body in its page; MyST counts it from the directive, reStructuredText from the top."""
        return self.content_offset + 1 + (0 if isinstance(self.state, RSTState) else self.lineno)

    def nodes_of(self, found: Asked) -> list[nodes.Node]:
        """The nodes of a lesson."""
        return [self.node(found.lesson)]

    def node(self, lesson: Lesson, summary: str = "") -> LessonNode:
        """A lesson's node; with a `summary`, it is folded under it."""
        node = LessonNode(lesson=lesson, summary=summary, classes=self.options.get("class", []))
        self.set_source_info(node)
        return node


class CompareDirective(StepwiseDirective):
    """Two calls side by side."""

    compared = True


class ExerciseDirective(StepwiseDirective):
    """A lesson as an exercise: what is given and asked, then its whole working, folded or where its author puts it."""

    implied: ClassVar[dict[str, Any]] = {"practice": None}
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {
        **StepwiseDirective.option_spec,
        "solution": lambda word: directives.choice(word, ("folded", "none")),
    }

    def nodes_of(self, found: Asked) -> list[nodes.Node]:
        """An admonition, as exercises are set everywhere, with the question in it and the solution folded below."""
        question, solution, word = parts(found.lesson)
        title, question = question.kicker, replace(question, kicker=found.lesson.kicker.rpartition(" · ")[2])
        exercise = nodes.admonition(classes=["stepwise-exercise", *self.options.get("class", [])])
        exercise += nodes.title("", "", nodes.Text(title))
        exercise += self.node(question)
        if self.options.get("solution") != "none":
            exercise += self.node(solution, summary=word)
        self.set_source_info(exercise)
        return [exercise]


def box(error: WrittenError) -> nodes.Element:
    """What a page shows in place of a lesson that cannot be told."""
    node = nodes.error(classes=["stepwise-error"])
    node += nodes.paragraph("", "", nodes.strong("", "stepwise: "), nodes.Text(error.message))
    node += nodes.paragraph("", "", nodes.emphasis("", f"{Path(error.page).name}, line {error.line}"))
    return node


class LessonsForBuilder(SphinxPostTransform):
    """Every lesson becomes what the builder can hold."""

    default_priority = 100

    def run(self, **kwargs: Any) -> None:
        builder = self.app.builder
        for node in list(self.document.findall(LessonNode)):
            lesson: Lesson = node["lesson"]
            if builder.format == "html":
                made: list[nodes.Node] = [self._html(node, lesson)]
            elif builder.format == "latex":
                made = [*_rubric(node), nodes.raw("", lesson.latex(fragment=True), format="latex")]
            else:
                text = lesson.text()
                made = [*_rubric(node), nodes.literal_block(text, text, language="text", xml_space="preserve")]
            for one in made:
                one.source, one.line = node.source, node.line
            node.replace_self(made)

    def _html(self, node: nodes.Element, lesson: Lesson) -> nodes.raw:
        builder = self.app.builder
        if builder.name in ("html", "dirhtml", "singlehtml"):
            page = "" if builder.name == "singlehtml" else builder.get_target_uri(self.env.docname)
            html = lesson.html(fragment=True, assets=relative_uri(page, f"_static/{ASSETS}"), depth=_depth(node))
        else:
            html = render_still(lesson, depth=_depth(node))
        if node["summary"]:
            html = f'<details class="stepwise-solution"><summary>{escape(node["summary"])}</summary>\n{html}</details>'
        if node["classes"]:
            html = f'<div class="{escape(" ".join(node["classes"]))}">{html}</div>'
        return nodes.raw("", html, format="html", classes=["stepwise"])


def _depth(node: nodes.Node) -> int:
    """The level of a heading here: one below that of the section around."""
    depth = 1
    while node.parent is not None:
        node = node.parent
        depth += isinstance(node, nodes.section)
    return depth


def _rubric(node: nodes.Element) -> list[nodes.Node]:
    return [nodes.rubric("", node["summary"])] if node["summary"] else []


def _make_assets(app: Sphinx) -> None:
    """Script and style where Sphinx takes static files from."""
    if app.builder.format != "html":
        return
    static = Path(app.doctreedir) / "stepwise"
    folder = static / ASSETS
    write_assets(folder)
    (folder / "host.css").write_text(host_style(), encoding="utf-8")
    app.config.html_static_path.append(str(static))


def _dress(app: Sphinx, page: str, template: str, context: Mapping[str, Any], doctree: nodes.document | None) -> None:
    """A page with a lesson gets the style that fits it to the theme; others are left alone."""
    if doctree is not None and any("stepwise" in raw["classes"] for raw in doctree.findall(nodes.raw)):
        app.add_css_file(f"{ASSETS}/host.css")


def _macros(app: Sphinx, config: Config) -> None:
    """What lessons are drawn with in LaTeX, and headings that stay below a chapter's own."""
    macros = LATEX.source("lesson.tex")
    headings = r"\renewcommand\swlayer{\subsection*}\renewcommand\swpart{\subsubsection*}"
    elements = dict(config.latex_elements)
    elements["preamble"] = f"{elements.get('preamble', '')}\n{macros}\n{headings}\n"
    config.latex_elements = elements


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls first: the extension's directives, nodes and settings."""
    app.add_node(LessonNode)
    app.add_directive("stepwise", StepwiseDirective)
    app.add_directive("stepwise-compare", CompareDirective)
    app.add_directive("stepwise-exercise", ExerciseDirective)
    app.add_post_transform(LessonsForBuilder)
    app.add_config_value("stepwise_version", __version__, "env", str)  # another version reads every page again
    for package in ("amsmath", "tikz", "array", "longtable"):
        app.add_latex_package(package)
    app.connect("config-inited", _macros)
    app.connect("builder-inited", _make_assets)
    app.connect("html-page-context", _dress)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
