"""What stands within a line: words, code, formulas, emphasis, links."""

from __future__ import annotations

from typing import TypeAlias

from ..dataclass import dataclass
from ..formula import Formula


@dataclass(frozen=True)
class Strong:
    """Words that matter more than those around them."""

    text: str


@dataclass(frozen=True)
class Emphasis:
    """Words that are stressed."""

    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere else; on paper, the address stands behind them."""

    text: str
    address: str

    @property
    def printed(self) -> str:
        """The words with the address, unless they are that."""
        return self.text if self.text == self.address else f"{self.text} ({self.address})"


@dataclass(frozen=True)
class Code:
    """Words to be typed as they stand."""

    text: str


@dataclass(frozen=True)
class Math:
    """A formula within a sentence."""

    formula: Formula


Inline: TypeAlias = str | Strong | Emphasis | Link | Code | Math
Text: TypeAlias = tuple[Inline, ...]


def unmarked(text: Text) -> str:
    """A text's words alone, as they would be read out.

    >>> unmarked(("The ", Strong("largest"), " wins."))
    'The largest wins.'
    """
    return "".join(
        piece if isinstance(piece, str) else str(piece.formula) if isinstance(piece, Math) else piece.text
        for piece in text
    )
