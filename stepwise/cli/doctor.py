"""`stepwise doctor`"""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sys
from pathlib import Path

import click

from .. import __version__

DISTRIBUTION = "stepwise-cnn"
GIVES = {
    "dask": "a class marked on many machines (stepwise grade --scheduler)",
    "parquet": "answers from and reports to Parquet",
    "pdf": "PDF, tagged so that it can be heard (-o lesson.pdf)",
    "figure": "figures as PNG, GIF, APNG and PDF (stepwise figure -o conv.gif); SVG and TikZ need nothing",
    "pptx": "slides with shapes that can be edited (stepwise figure -o slides.pptx)",
    "xlsx": "spreadsheets that calculate (-o lesson.xlsx)",
    "onnx": "networks from ONNX files (network: model.onnx)",
    "images": "PNG pictures as inputs",
    "sphinx": "lessons in Sphinx, MyST and Jupyter Book 1",
    "mkdocs": "lessons in MkDocs",
    "jupyter": "lessons in notebooks: %load_ext stepwise",
}
"""What each extra gives, in words; one that is not here is told by its name."""


@click.command(
    name="doctor",
    epilog="""\b
Example:
  stepwise doctor""",
)
def command() -> None:
    """Say what is installed, and what each extra would give and how to get it."""
    click.echo(f"stepwise {__version__}, Python {platform.python_version()} ({sys.executable})")
    click.echo(f"  installed in {Path(__file__).parents[1]}")
    for name in ("numpy", "sympy", "jinja2", "ruamel.yaml", "click"):
        click.echo(f"  {name} {version(name) or 'MISSING: pip install ' + name}")
    for extra, needs in extras().items():
        found = {name: version(name) for name in needs}
        if all(found.values()):
            state = "installed: " + ", ".join(f"{name} {has}" for name, has in found.items())
        else:
            state = f"pip install '{DISTRIBUTION}[{extra}]'"
        click.echo(f"\n[{extra}] {GIVES.get(extra, '')}\n  {state}")


def extras() -> dict[str, list[str]]:
    """Every extra that this installation declares, and the distributions it asks for."""
    found: dict[str, list[str]] = {}
    for line in importlib.metadata.requires(DISTRIBUTION) or ():
        extra = re.search(r"""extra == ['"]([\w-]+)['"]""", line)
        name = re.match(r"[\w.-]+", line)
        if extra and name:
            found.setdefault(extra[1], []).append(name[0])
    return found


def version(name: str) -> str | None:
    """The version of a distribution that is installed; None of one that is not."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
