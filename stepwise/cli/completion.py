"""`stepwise completion`"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ..errors import StepwiseError, did_you_mean, listing
from .options import among

SHELLS = ("bash", "zsh", "fish")


@click.command(
    name="completion",
    epilog="""\b
Examples:
  stepwise completion bash >> ~/.bashrc
  stepwise completion zsh >> ~/.zshrc
  stepwise completion fish > ~/.config/fish/completions/stepwise.fish""",
)
@click.argument("shell", metavar="bash|zsh|fish", shell_complete=among(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete the commands, options and files of stepwise."""
    kind = get_completion_class(shell)
    if shell not in SHELLS or kind is None:
        raise StepwiseError(f"{shell!r} is no shell known here; it is {listing(SHELLS)}.{did_you_mean(shell, SHELLS)}")
    script = kind(context.find_root().command, {}, "stepwise", "_STEPWISE_COMPLETE")
    # click's own `source` asks the bash that is installed for its version, even to print what is meant for another one
    click.echo(script.source_template % script.source_vars())
