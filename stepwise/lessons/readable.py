"""How much of a formula anybody reads."""

from __future__ import annotations

READABLE = 28
"""Terms that are shown one by one; a 3×3 window over three channels, and a bias, still are."""
