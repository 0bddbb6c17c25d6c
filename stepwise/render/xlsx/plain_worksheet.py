"""A worksheet whose formulas are written as they are."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet


class PlainWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """XlsxWriter looks in each formula for the names of thirty functions that came after 2010, which get a prefix in
    the file, and takes longer over it than over all else: none of ours is one of them.
    """

    def _prepare_formula(self, formula: str, *options: object, **named: object) -> str:
        return formula.removeprefix("=")
