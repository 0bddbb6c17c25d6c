"""A lesson: titled sections of blocks, and the doors to its formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, ClassVar, Literal

from ..arithmetic import Array
from ..dataclass import dataclass
from ..io.files import PathLike

if TYPE_CHECKING:
    from pathlib import Path

    from ..sites.jupyter import Live
    from ..traces.trace import Trace
    from .blocks import Block, Place
    from .inline import Text
    from .led import Led
    from .origin import Origin


@dataclass(frozen=True)
class Mistake:
    """What a wrong procedure with a name gives, cell by cell, in the words that tell it to whoever made it."""

    code: str
    text: str
    output: Array  # of the right output's shape


@dataclass(frozen=True, eq=False)
class Stage:
    """What a page needs so that its reader can operate a section: one trace, or two that are compared."""

    traces: tuple[Trace, ...]
    names: tuple[str, ...] = ()  # of two that are compared
    remarks: tuple[str, ...] = ()  # a few words on each of them
    steps: tuple[tuple[int, int], ...] = ()  # their output cells in pairs, where the two count them otherwise
    practice: bool = False  # whether outputs start hidden, for the reader to work out
    mistakes: tuple[Mistake, ...] = ()  # that practice can recognise
    alternatives: tuple[Trace, ...] = ()  # the same layer as it might have been asked for
    choice: str = ""  # what stands before the choice among them, where it is not another call to be tried
    knobs: tuple[str, ...] = ()  # what the reader may turn beside the figure
    captions: Mapping[str, str] = field(default_factory=dict)  # what its arrays are called, where not as usual

    @property
    def calls(self) -> tuple[str, ...]:
        """What was called, and then what might have been."""
        return tuple(trace.layer.call for trace in (*self.traces[:1], *self.alternatives))


PARTS = (
    "question", "size", "padding", "turn", "spread", "sources", "steps", "answer", "mistakes", "matrix", "network",
    "differences", "changes", "forward", "rule", "otherwise",
)  # fmt: skip
"""What a section may be a part of a lesson as, so that an author can choose among them, whatever they are titled."""


@dataclass(frozen=True)
class Section:
    """A part, with a number where it has a title. Level 1 opens a layer of a chain, level 2 is a part of its lesson.

    What is `folded` goes into detail: who reads on without it has missed no sentence of the argument.
    """

    title: str
    blocks: tuple[Block, ...]
    level: Literal[1, 2] = 2
    folded: tuple[Section, ...] = ()  # parts that a page folds away; a format that cannot fold leaves them out
    stage: Stage | None = None  # where the section can be operated, its blocks are what is told without
    staged: bool = False  # whether another section's stage shows all of this
    layer: Trace | None = None  # of a network, the layer that is told here; of a way back, the gradient
    network: Trace | None = None  # the network that is told here as a whole, by its last layer
    led: Led | None = None  # a network whose way back is told here as a whole
    spoils: bool = False  # whether it gives away what is to be found out, so that practice keeps it till the end
    part: str = ""  # which of `PARTS` it is

    @property
    def whole(self) -> bool:
        """Whether a network is told here as a whole."""
        return self.network is not None

    @property
    def returns(self) -> bool:
        """Whether a network's way back is told here as a whole."""
        return self.led is not None


@dataclass(frozen=True)
class Lesson:
    """A document: what any renderer needs, and no more.

    The methods render it; each only calls `stepwise.render`.
    """

    shown_as: ClassVar[str] = "a lesson"

    title: str
    kicker: str  # the small line above the title: "Worked example · Max pooling"
    lead: Text
    sections: tuple[Section, ...] = field(default_factory=tuple)
    language: str = "en"
    traces: tuple[Trace, ...] = field(default=(), repr=False, compare=False)  # told here; for formats that calculate
    label: str = ""  # what tells this sheet from others of its kind; printed small
    unanswered: bool = False  # whether the outputs are for the reader to find: a spreadsheet leaves their cells empty
    places: tuple[Place, ...] = field(default=(), repr=False, compare=False)  # of a sheet: what is marked
    headed: bool = True  # whether its title and lead are told
    chosen: tuple[str, ...] = ()  # its parts, where an author wants these alone
    fed: tuple[str, ...] = ()  # how the reader of a page may put in numbers of their own: a `picture`, a `pad`
    classes: tuple[str, ...] = ()  # what the numbers that come out then stand for, where they have names
    origin: Origin | None = None  # what it was made from, where its page is to say how it is put into another

    @property
    def everything(self) -> list[Section]:
        """Every section, with those that are folded away after the one they belong to."""
        return [part for section in self.sections for part in (section, *section.folded)]

    def __str__(self) -> str:
        return self.text()

    def html(
        self,
        templates: PathLike | None = None,
        fragment: bool = False,
        assets: str | None = None,
        nonce: str = "",
        depth: int = 1,
    ) -> str:
        """One self-contained page, or a `fragment` to paste into one; see `stepwise.render.render_html`."""
        from ..render import render_html  # a door that opens forward, named in the import check

        return render_html(self, templates, fragment, assets, nonce, depth)

    def markdown(self, templates: PathLike | None = None) -> str:
        """Markdown with tables and `$` formulas, as GitHub renders it."""
        from ..render import render

        return render(self, "md", templates)

    def latex(self, templates: PathLike | None = None, fragment: bool = False, paper: str = "a4") -> str:
        """A LaTeX file that compiles as it stands, or a `fragment` for `\\input` in a file of one's own."""
        from ..render import Options, render

        return render(self, "tex", templates, Options(fragment=fragment, paper=paper))

    def typst(self, templates: PathLike | None = None, paper: str = "a4") -> str:
        """A typst file, from which `typst compile` makes the same PDF as `save` does; `paper`: `a4` or `letter`."""
        from ..render import Options, render

        return render(self, "typ", templates, Options(paper=paper))

    def figure(
        self,
        step: int | str | None = None,
        format: str = "svg",
        *,
        layer: int | None = None,
        numbers: bool = True,
        theme: str = "auto",
        size: int | None = None,
        scale: float | None = None,
        fps: float = 1.0,
        hold: float = 2.0,
        transparent: bool = False,
        outlines: bool = False,
        fragment: bool = False,
        way: str = "",
    ) -> str | bytes:
        """A step (from 1; "all" on one sheet; "animated") as a picture: `svg`, `tex` and `reveal`, of reveal.js,
        are text, `png`, `gif`, `apng`, `pdf` and `pptx` bytes.

        `layer` counts from 1; `numbers=False` leaves coloured cells; `theme` is `auto`, `light` or `dark`; `size` is a
        width in pixels, `scale` a factor; `fps` steps a second, the last held `hold` seconds longer. A transposed
        convolution has a step for each input cell, whose kernel lands (`way="spread"`), or for each output cell, with
        the kernel over the stretched input (`"gather"`).
        """
        from ..render.figure import FigureOptions, figure

        look = FigureOptions(numbers, theme, size, scale, fps, hold, transparent, outlines, fragment, way)
        return figure(self, step, format, layer, look)

    def live(self, height: int | None = None, scheme: str = "auto") -> Live:
        """The page in a frame, to be operated inside a notebook; `scheme` makes it `light` or `dark`."""
        from ..sites.jupyter import Live

        return Live(self, height, scheme)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows of it: told, with nothing to run."""
        from ..sites.jupyter import mimebundle

        return mimebundle(self)

    def text(self, color: bool = False) -> str:
        """Plain text in 80 columns, box-drawn; with `color`, ANSI colours for a terminal."""
        from ..render.text import render_text

        return render_text(self, color)

    def save(
        self,
        path: PathLike,
        replace: bool = True,
        *,
        templates: PathLike | None = None,
        paper: str = "a4",
        figures: str = "text",
        fragment: bool = False,
    ) -> Path:
        """Write the lesson in the format that the path's suffix names, whole or not at all.

        `paper` (PDF, typst, LaTeX) is `a4` or `letter`; `figures="svg"` puts Markdown's pictures beside it as files;
        `fragment` makes LaTeX for `\\input`.
        """
        from ..render import Options, save

        return save(self, path, templates, replace, Options(paper=paper, figures=figures, fragment=fragment))
