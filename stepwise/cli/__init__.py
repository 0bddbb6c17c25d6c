"""The command line. Thin: it reads words, calls the library, prints; it says nothing the library cannot do.

Each command is a module of this folder, imported only when it is used, so that `stepwise --help` comes at once.
To add one: a module with a function `command`, and a line in `COMMANDS`.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import Any

import click

from .. import __version__
from ..advice import advising
from ..effort import MOST_BYTES, MOST_SECONDS, allow_large
from ..errors import StepwiseError, VerificationError, did_you_mean, one_line, shortened
from .advice import IN_OPTIONS
from .telling import say

COMMANDS = {
    "backward": "Lead a gradient back through layers, to their weights and their input.",
    "check": "Mark an answer: which cells are wrong, and which misunderstanding explains them.",
    "compare": "Set two calls on the same input side by side.",
    "completion": "Print what makes a shell complete commands.",
    "doctor": "Say what is installed, and what each extra would give.",
    "explain": "Tell how a layer, a chain of layers or a lesson file works.",
    "figure": "Draw a step as a picture of its own, all of them on a sheet, or moving.",
    "grade": "Mark a whole class: where each answer is wrong, and why.",
    "new": "Write a lesson file to start from.",
    "preview": "Show a lesson in the browser while it is written.",
    "prove": "Prove that two chains of layers are one function, or find where they differ.",
    "shape": "Work out sizes after every layer.",
    "verify": "Replay a saved trace by an independent way.",
    "worksheet": "Write worksheets and their keys, in variants with numbers of their own.",
    "why": "Tell why a number is what it is, down to the input.",
}


LARGE = ("backward", "check", "compare", "explain", "figure", "preview", "prove", "shape", "verify", "why", "worksheet")
"""Commands that refuse what would take long or need much memory, and carry it out where that is asked for."""


def _allowing_large() -> click.Option:
    def allowed(context: click.Context, _option: click.Parameter, given: bool) -> None:
        if given:
            context.with_resource(allow_large())

    help = f"Carry out what would take more than {MOST_SECONDS} seconds or {MOST_BYTES // 2**30} GB, too."
    return click.Option(["--allow-large"], is_flag=True, expose_value=False, is_eager=True, callback=allowed, help=help)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f".{cmd_name}", __name__).command
        if cmd_name in LARGE and not any(option.name == "allow_large" for option in command.params):
            command.params.append(_allowing_large())
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(
                f"there is no command {args[0]!r}; there are {', '.join(COMMANDS)}.{did_you_mean(args[0], COMMANDS)}"
            )
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read our output has had enough, as `head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
    epilog="""\b
Example:
  stepwise explain "MaxPool2D(2, strides=1, padding='same')" --input "4 3; 2 1"
""",
)
@click.version_option(__version__, prog_name="stepwise")
@click.pass_context
def group(context: click.Context) -> None:
    """Convolution and pooling with the whole working shown."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 wrong (an answer, a verification), 2 the request is unusable."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without box-drawing gets "?" for it, not a traceback
    try:
        with advising(IN_OPTIONS):
            status = group.main(standalone_mode=False)
    except VerificationError as error:
        status = _say(str(error), 1)
    except StepwiseError as error:
        status = _say(str(error), 2)
    except click.exceptions.Abort:
        status = _say("stopped; no file was left half written", 130)
    except click.ClickException as error:
        status = _say(error.format_message(), 2)
    except RecursionError:
        status = _say("the request is nested too deep, or a chain of too many layers; take fewer layers", 2)
    except OSError as error:  # the output's own stream: a full disk behind it, say
        status = _say(f"the output cannot be written: {error.strerror or error}", 2)
    except MemoryError:
        status = _say("there is not enough memory for a request of this size", 2)
    _let_go()
    sys.exit(status or 0)


def _let_go() -> None:
    """What could not be printed is not tried again as Python ends, which would make it a status of its own, 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _say(message: str, status: int) -> int:
    say(f"stepwise: {shortened(one_line(message))}")
    return status
