"""`stepwise compare`"""

from __future__ import annotations

from typing import Any

import click

from ..dialects.tracing import trace_each
from ..errors import StepwiseError
from ..lessons import compare
from ..lessons.way_back import WayBack
from .given import Given, arithmetic_options, given_as_one, input_option, numbers, seed_option
from .options import FILE, Destination, check_steps, deliver, every_window, output_options, page_options
from .requests import with_code
from .way_back_options import for_option, loss_option, names_in


@click.command(
    name="compare",
    epilog="""\b
Examples:
  stepwise compare "MaxPool2D(2, strides=1)" "MaxPool2D(2, strides=1, padding='same')" \\
      --input "4 3; 2 1" -o valid-or-same.html
  stepwise compare "Conv2D(1, 2)" "Conv2D(1, 2, padding='same')" \\
      --input "1 2 0; 3 1 2; 0 4 1" --grad 1""",
)
@click.argument("first", metavar="CALL")
@click.argument("second", metavar="CALL")
@input_option(required=True)
@click.option("--kernel", metavar="NUMBERS", help="The kernel of both.")
@click.option("--bias", metavar="NUMBERS", help="The bias of both; without it, 0.")
@seed_option
@click.option(
    "--grad",
    "grads",
    metavar="NUMBERS",
    type=FILE,
    multiple=True,
    help="Compare the way back, too: the upstream gradient of both, or given twice, of each; "
    "one number is for every cell.",
)
@loss_option("In place of --grad, the loss that the gradients come from.")
@click.option(
    "--target",
    "targets",
    metavar="NUMBERS",
    type=FILE,
    multiple=True,
    help="What should have come out, for --loss, of both, or given twice, of each.",
)
@for_option("These gradients alone.")
@click.option("--steps", default="auto", metavar="auto|all|none", help="Which windows to tell.")
@click.option("--language", default="en", help="The language of the lesson.")
@arithmetic_options
@output_options
@page_options
@given_as_one
def command(
    first: str,
    second: str,
    given: Given,
    grads: tuple[str, ...],
    loss: str | None,
    targets: tuple[str, ...],
    wanted: tuple[str, ...],
    steps: str,
    language: str,
    destination: Destination,
) -> None:
    """Set two calls on the same input side by side, from the first decision where they part.

    With --grad, or --loss and --target, what comes back through them is compared, too.
    """
    check_steps(steps)
    asked = _ways_back(given, grads, loss, targets, wanted)
    array = given.array()
    a, b = trace_each(with_code((first, second)), array, **given.asked)
    if asked is None:
        lesson = compare(a, b, language, detail=steps)
    else:
        from ..lessons.compared_passes import refuse_long_passes  # the way back costs the way there nothing

        refuse_long_passes(a, b, steps, asked[0].wanted)
        back, other = (own.carried_out(trace, everywhere=True) for own, trace in zip(asked, (a, b)))
        lesson = compare(back, other, language, detail=steps, wanted=asked[0].wanted)
    deliver(lesson, destination, every_window(lesson))


def _ways_back(
    given: Given, grads: tuple[str, ...], loss: str | None, targets: tuple[str, ...], wanted: tuple[str, ...]
) -> tuple[WayBack, WayBack] | None:
    """What is led back through each of the two; None where nothing is."""
    if not grads and loss is None:
        if targets:
            raise StepwiseError("--target belongs to a loss; add --loss, such as --loss mse")
        if wanted:
            raise StepwiseError("--for chooses among gradients; add --grad, or --loss and --target")
        return None
    for name, typed in (("--grad", grads), ("--target", targets)):
        if len(typed) > 2:
            raise StepwiseError(f"{name} was given {len(typed)} times; give it once for both calls, or once for each")
    names = names_in(wanted)

    def own(typed: tuple[str, ...], which: int, name: str) -> Any:
        return numbers(typed[min(which, len(typed) - 1)], name, **given.how) if typed else None

    first, second = (WayBack(own(grads, n, "gradient"), loss, own(targets, n, "target"), names) for n in (0, 1))
    return first, second
