"""`stepwise backward`"""

from __future__ import annotations

from dataclasses import replace

import click

from ..errors import StepwiseError
from ..lessons.way_back import WayBack
from .given import Given, arithmetic_options, divide_option, given_as_one, input_option, numbers, weight_options
from .options import FILE, Destination, check_steps, deliver, every_window, output_options, page_options
from .requests import is_file, seeded, traced, with_code
from .way_back_options import RATE, for_option, loss_option, names_in


@click.command(
    name="backward",
    epilog="""\b
Examples:
  stepwise backward "MaxPool2D(2, strides=1)" --input "1 5 2; 0 3 1; 4 2 0" --grad "1 0.5; 2 4"
  stepwise backward "Conv2D(1, 2)" --input "1 2 0; 3 1 2; 0 4 1" --kernel "1 0; 2 -1" --grad "1 2; 0 -1" --for kernel
  stepwise backward "Dense(2)" --input "1 2" --kernel "1 0; 0 1" --loss mse --target "1 0" --update 0.1
  stepwise backward "Flatten()" "Dense(3)" --input "1 2; 0 1" --loss cross_entropy --target 2 -o back.html
  stepwise backward lesson.yaml --grad "1 0; 0 2" --to md""",
)
@click.argument("requests", metavar="CALL… | LESSON.yaml | MODEL.onnx | CODE.py", type=FILE, nargs=-1, required=True)
@input_option(required=False)
@divide_option
@weight_options
@click.option("--grad", metavar="NUMBERS", type=FILE, help="The upstream gradient: the gradient of the output.")
@loss_option("In place of --grad, the loss that the gradient comes from.")
@click.option(
    "--target", metavar="NUMBERS", type=FILE, help="What should have come out, for --loss; of classes, their numbers."
)
@for_option("Tell this gradient alone; may be given several times.")
@click.option("--update", "lr", metavar="RATE", type=RATE, help="Update the weights, too, with this learning rate.")
@click.option("--momentum", type=RATE, help="Of the update; without it, 0.")
@click.option("--weight-decay", type=RATE, help="Of the update; without it, 0.")
@click.option("--steps", default=None, metavar="auto|all|none", help="Which cells to tell.")
@click.option("--language", default=None, help="The language of the lesson.")
@arithmetic_options
@output_options
@page_options
@given_as_one
def command(
    requests: tuple[str, ...],
    given: Given,
    grad: str | None,
    loss: str | None,
    target: str | None,
    wanted: tuple[str, ...],
    lr: float | None,
    momentum: float | None,
    weight_decay: float | None,
    steps: str | None,
    language: str | None,
    destination: Destination,
) -> None:
    """Lead a gradient back through a layer or a chain of layers, to its weights and its input.

    Give the gradient of the output with --grad, or a --loss and its --target.
    """
    if steps is not None:
        check_steps(steps)
    if lr is None and (momentum is not None or weight_decay is not None):
        raise StepwiseError("--momentum and --weight-decay belong to an update; add --update, such as --update 0.1")
    asked = WayBack(
        grad=None if grad is None else numbers(grad, "gradient", **given.how),
        loss=loss,
        target=None if target is None else numbers(target, "target", **given.how),
        wanted=names_in(wanted),
        lr=lr,
        momentum=momentum or 0,
        weight_decay=weight_decay or 0,
    )
    requests = with_code(requests)
    lesson_file = None
    if len(requests) == 1 and is_file(requests[0], ".yaml", ".yml"):
        from ..lesson_files.reading import load_lesson_file  # with YAML, which calls have no use for

        lesson_file = seeded(load_lesson_file(requests[0]), given.seed)
    if lesson_file is not None:
        language, steps = language or lesson_file.language, steps or lesson_file.steps
        if lesson_file.way_back is not None and grad is None and loss is None and target is None:
            asked = _with_own(asked, lesson_file.way_back)
    lesson = asked.lesson(traced(requests, given), language or "en", steps or "auto")
    deliver(lesson, destination, every_window(lesson))


def _with_own(asked: WayBack, own: WayBack) -> WayBack:
    """What a lesson file asks for, where no option says otherwise."""
    found = replace(own, wanted=asked.wanted or own.wanted)
    if asked.lr is None:
        return found
    return replace(found, lr=asked.lr, momentum=asked.momentum, weight_decay=asked.weight_decay)
