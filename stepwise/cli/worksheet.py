"""`stepwise worksheet`"""

from __future__ import annotations

import click

from .. import stopping
from ..errors import StepwiseError
from ..render import Options
from ..render.options import PAPERS
from ..worksheets.handout import left_out_of_moodle, make
from ..worksheets.proof import proof_table
from ..worksheets.sheet import load_sheet
from ..worksheets.workshop import FORMATS, Order
from .progress import progress
from .telling import say


@click.command(
    name="worksheet",
    epilog="""\b
Examples:
  stepwise worksheet pooling.yaml -o handout
  stepwise worksheet pooling.yaml --variants 30 --seed 7 --to pdf -o handout
  stepwise worksheet pooling.yaml convolution.yaml --variants 30 --to html --to xlsx -o handout
  stepwise worksheet pooling.yaml --variants 100 --to moodle -o bank

The folder's manifest.json is what stepwise grade marks the answers by.""",
)
@click.argument("lessons", metavar="LESSON.yaml…", nargs=-1, required=True)
@click.option("-o", "--output", metavar="DIR", required=True, help="The folder for pages, keys and manifest.json.")
@click.option("--variants", type=int, default=1, metavar="N", help="So many sheets with numbers of their own.")
@click.option("--seed", type=int, default=0, metavar="N", help="The same seed draws the same numbers.")
@click.option("--to", "formats", metavar="FORMAT", multiple=True, help=f"{', '.join(FORMATS)}; may be repeated.")
@click.option("--wrap", metavar="sphinx-exercise", default="", help="Of Markdown: exercise and solution directives.")
@click.option("--paper", default="a4", metavar="|".join(PAPERS), help="Of PDF, typst and LaTeX.")
@click.option("--fragment", is_flag=True, help="LaTeX to be put in with \\input, not a file of its own.")
@click.option("--templates", metavar="DIR", help="A folder whose templates come before stepwise's own.")
@click.option("--workers", type=int, default=1, metavar="N", help="Make them in so many processes.")
@click.option("--force", is_flag=True, help="Replace the worksheets that are in the folder.")
def command(
    lessons: tuple[str, ...],
    output: str,
    variants: int,
    seed: int,
    formats: tuple[str, ...],
    wrap: str,
    paper: str,
    fragment: bool,
    templates: str | None,
    workers: int,
    force: bool,
) -> None:
    """Write worksheets to be handed out, and their keys: an exercise for each LESSON, in variants.

    Prints what is proven of the variants. A run that is stopped goes on where it was when the same command is given
    again. `stepwise grade DIR` marks what students hand in.
    """
    chosen = tuple(dict.fromkeys(formats)) or (("md",) if wrap else ("html",))
    if fragment and "tex" not in chosen:
        raise StepwiseError("--fragment goes with --to tex")
    if templates is not None and not set(chosen) - {"xlsx", "moodle"}:
        raise StepwiseError("spreadsheets and question banks have no templates; leave --templates out")
    order = Order(variants, seed, chosen, wrap, Options(paper.lower(), fragment=fragment), templates)
    stopping.answer(lambda: "stopped; give the same command again to go on where it was")
    with progress(2 * variants, "making") as tell:
        proof = make(lessons, output, order, workers=workers, replace=force, progress=tell)
    rows = proof_table(proof, load_sheet(lessons))
    width = max((len(left) for left, _right in rows), default=0)
    for left, right in rows:
        click.echo(f"{left:{width}}  {right}")
    for sentence in left_out_of_moodle(lessons) if "moodle" in chosen else ():
        say(f"note: {sentence}")
    again = f" ({proof.reused:,} of them by a run before)" if proof.reused else ""
    sheets = "1 worksheet" if variants == 1 else f"{variants:,} worksheets"
    say(f"wrote {sheets}{again} into {proof.folder}")
