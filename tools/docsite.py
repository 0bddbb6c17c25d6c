"""What the documentation site shows that nobody types: a Sphinx extension for `docs/` alone.

`gallery` writes every example in every format and shows a card for each; `arithmetic` draws the figures of
conv_arithmetic; `command-line` is the command line's own help;
`block-templates` lists the templates by format; docstrings, which are written to be read as text, are shown as such.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from stepwise import cli
from stepwise.document.blocks import Block
from stepwise.document.lesson import Lesson
from stepwise.errors import StepwiseError
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.render import FORMATS, TEMPLATED, Options, files, template_format
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tools import arithmetic

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


def described_examples() -> list[tuple[str, str]]:
    """Every example of the examples' own page: its name, and what it shows."""
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^\| \[([\w-]+)\.yaml\]\(\1\.yaml\) \| (.+) \|$", page, re.M)


@cache
def lesson(name: str) -> Lesson:
    """An example's lesson."""
    return load_lesson_file(EXAMPLES / f"{name}.yaml").lesson()


SHEETS = ("sheet", "key")


def write_sheets(folder: Path, name: str) -> None:
    """The page and the key of an example that is a worksheet, in PDF."""
    with TemporaryDirectory() as place:
        made = make([EXAMPLES / f"{name}.yaml"], Path(place) / "made", Order(formats=("pdf",))).folder
        for word, source in zip(SHEETS, ("v01.pdf", "v01-key.pdf")):
            (folder / f"{name}-{word}.pdf").write_bytes((made / source).read_bytes())


def write_gallery(folder: Path, formats: Collection[str] = FORMATS) -> None:
    """Every example in every format that can hold it, in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    newest = max(path.stat().st_mtime for path in (*EXAMPLES.iterdir(), *(ROOT / "stepwise").rglob("*.py")))

    def is_current(target: Path) -> bool:
        return target.exists() and target.stat().st_mtime > newest

    for name, _text in described_examples():
        sheets = [folder / f"{name}-{word}.pdf" for word in SHEETS]
        if name.startswith("worksheet-") and "pdf" in formats and not all(map(is_current, sheets)):
            write_sheets(folder, name)
        for format in formats:
            target = folder / f"{name}.{format}"
            if is_current(target):
                continue
            try:
                options = Options(figures="svg") if format == "md" else None
                for path, data in files(lesson(name), target, options=options).items():
                    path.write_bytes(data)
            except StepwiseError:  # letters have no spreadsheet
                continue


def picture_of(folder: Path, name: str) -> str:
    """The picture that shows most of an example: a window that meets padding; or any window; or what is given."""
    pictures = [folder / f"{name}-{number}.svg" for number in range(1, 10)]
    drawn = {picture.name: picture.read_text(encoding="utf-8") for picture in pictures if picture.exists()}
    for sought in ('class="box window pad"', 'class="frame"'):
        for picture, text in drawn.items():
            if sought in text:
                return picture
    return next(iter(drawn), "")


class Gallery(SphinxDirective):
    """A card for each example."""

    def run(self) -> list[nodes.Node]:
        """See `SphinxDirective`."""
        return [nodes.raw("", f'<ul class="gallery">{"".join(self._cards())}</ul>', format="html")]

    def _cards(self) -> Iterator[str]:
        folder = gallery_folder(self.env.app)
        for name, description in described_examples():
            description = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(description))
            links = [
                f'<a href="gallery/{name}.{format}">{format}</a>'
                if (folder / f"{name}.{format}").exists()
                else f'<span title="no {format} can hold this one">{format}</span>'
                for format in FORMATS
            ]
            links += [
                f'<a href="gallery/{name}-{word}.pdf">{word}</a>'
                for word in SHEETS
                if (folder / f"{name}-{word}.pdf").exists()
            ]
            found = picture_of(folder, name)
            picture = f'<img src="gallery/{found}" alt="">' if found else ""
            yield (
                f"<li><h2>{escape(lesson(name).title)}</h2><p>{description}</p>{picture}"
                f'<p class="formats"><a href="gallery/{name}.yaml">lesson file</a>{"".join(links)}</p></li>'
            )


class Arithmetic(SphinxDirective):
    """The figures of conv_arithmetic: ours, with and without numbers, beside what theirs show, and the command.

    With names as its argument, those alone, as parts of a page that has headings of its own.
    """

    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """See `SphinxDirective`."""
        return [nodes.raw("", f'<div class="arithmetic">{"".join(self._figures())}</div>', format="html")]

    def _figures(self) -> Iterator[str]:
        level = 3 if self.arguments else 2
        named = self.arguments[0].split() if self.arguments else []
        due = {shown.name: shown for shown in arithmetic.FIGURES}
        if unknown := sorted(set(named) - due.keys()):
            raise self.error(f"there is no figure {unknown[0]}; tools/arithmetic.py has {', '.join(due)}")
        for shown in [due[name] for name in named or due]:
            title = shown.name.replace("_", " ")
            images = "".join(
                f'<img src="arithmetic/{shown.name}{kind}.svg" loading="lazy" alt="{escape(title)}{words}">'
                for kind, words in (("-cells", ", cells alone"), ("", ", with numbers"))
            )
            head = f"<h{level}>{escape(title)}</h{level}>"
            yield (
                f'<section id="{shown.name}">{head}{images}<p>Theirs: {escape(shown.theirs)}.</p>'
                f"<pre>{escape(shown.command(numbers=False))}\n{escape(shown.command(numbers=True))}</pre></section>"
            )


class CommandLine(SphinxDirective):
    """The help of every command, as the command line prints it."""

    def run(self) -> list[nodes.Node]:
        """See `SphinxDirective`."""
        found: list[nodes.Node] = []
        for name in cli.COMMANDS:
            parent = click.Context(cli.group, info_name="stepwise", max_content_width=88)
            command = cli.group.get_command(parent, name)
            assert command is not None
            text = command.get_help(click.Context(command, info_name=name, parent=parent, max_content_width=88))
            section = nodes.section(ids=[f"stepwise-{name}"])
            section += nodes.title("", "", nodes.literal("", f"stepwise {name}"))
            section += nodes.paragraph("", cli.COMMANDS[name])
            section += nodes.literal_block(text, text, language="text")
            found.append(section)
        return found


class BlockTemplates(SphinxDirective):
    """Every block, and the file that tells it in each format."""

    def run(self) -> list[nodes.Node]:
        """See `SphinxDirective`."""
        rows = [[kind.__name__, (kind.__doc__ or "").partition("\n")[0]] for kind in get_args(Block)]
        heads = ["block", "what it is", *(template_format(format).folder + "/" for format in TEMPLATED)]
        for row in rows:
            row += [f"{row[0].lower()}.{template_format(format).suffix}.jinja" for format in TEMPLATED]
        table = nodes.table(classes=["colwidths-auto"])
        group = nodes.tgroup(cols=len(heads))
        table += group
        for _head in heads:
            group += nodes.colspec(colwidth=1)
        group += nodes.thead("", _row(heads))
        group += nodes.tbody("", *map(_row, rows))
        return [table]


def _row(words: list[str]) -> nodes.row:
    cells = []
    for number, word in enumerate(words):
        said = nodes.Text(word) if number == 1 or " " in word or word == "block" else nodes.literal("", word)
        cells.append(nodes.entry("", nodes.paragraph("", "", said)))
    return nodes.row("", *cells)


def as_written(app: Sphinx, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    """A docstring for reStructuredText: its paragraphs as they are, its columns and examples as literal text."""
    shown: list[str] = []
    for block in "\n".join(lines).strip().split("\n\n"):
        if block.lstrip().startswith(">>>"):
            shown += [block]
        elif all(_COLUMNS.match(line) or line.startswith("  ") for line in block.splitlines()):
            shown += ["\n".join(_defined(block))]
        elif re.search(r"^\s", block, re.M):
            shown += ["::", "\n".join(f"    {line}" for line in block.splitlines())]
        else:
            shown += [_marked(block)]
    lines[:] = "\n\n".join(shown).splitlines()


_COLUMNS = re.compile(r"(\S.*?)\s{2,}(\S.*)")


def _defined(block: str) -> Iterator[str]:
    """Names and what they mean, in two columns, as a list of definitions."""
    for line in block.splitlines():
        found = _COLUMNS.fullmatch(line)
        if found and not line.startswith(" "):
            yield ", ".join(f"``{name}``" for name in found[1].split(", "))
        yield f"    {_marked(found[2] if found and not line.startswith(' ') else line.strip())}"


def _marked(words: str) -> str:
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", words.replace("*", r"\*"))


def repository_links(app: Sphinx, page: str, source: list[str]) -> None:
    """Links to the repository's own files lead nowhere on a site; their words stay."""
    source[0] = re.sub(r"\[([^\]]+)\]\(\.\./(?!docs/)[^)]+\)", r"\1", source[0])


def gallery_folder(app: Sphinx) -> Path:
    """Where the gallery's files are made."""
    return Path(app.doctreedir) / "extra" / "gallery"


def _make_gallery(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = gallery_folder(app)
    write_gallery(folder, app.config.gallery_formats)
    for name, _text in described_examples():
        (folder / f"{name}.yaml").write_bytes((EXAMPLES / f"{name}.yaml").read_bytes())
    arithmetic.draw(folder.parent / "arithmetic")
    app.config.html_extra_path.append(str(folder.parent))


def setup(app: Sphinx) -> dict[str, Any]:
    """See Sphinx's development documentation."""
    app.add_config_value("gallery_formats", list(FORMATS), "env", list)
    app.add_directive("gallery", Gallery)
    app.add_directive("arithmetic", Arithmetic)
    app.add_directive("command-line", CommandLine)
    app.add_directive("block-templates", BlockTemplates)
    app.connect("autodoc-process-docstring", as_written)
    app.connect("source-read", repository_links)
    app.connect("builder-inited", _make_gallery)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
