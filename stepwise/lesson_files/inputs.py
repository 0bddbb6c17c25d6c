"""The numbers of a lesson file: typed, of a file beside it, a sample digit, or drawn.

To add a source: its key in `INPUT_KEYS`, and its reader in `Inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

from ruamel.yaml.comments import CommentedMap

from ..arithmetic import Array
from ..errors import StepwiseError, as_yaml, did_you_mean
from ..io.files import lies_in
from ..io.inputs import LARGEST_DIVISOR, from_file, random_numbers, sample_digit, taken
from ..io.numerals import Assumed
from .places import Places
from .values import plain
from .yaml_traps import typed_rows

INPUT_KEYS = ("file", "mnist", "random", "divide")


class Inputs(Places):
    """Reads the input, and knows which files may be named."""

    def _input(self, value: Any, arithmetic: str | None, assume: Assumed) -> Array:
        if not isinstance(value, CommentedMap):
            return taken(typed_rows(plain(value)), "input", arithmetic, assume)
        for key in value:
            if key not in INPUT_KEYS:
                raise StepwiseError(
                    f"there is no input {key!r}; it is file:, mnist: or random:.{did_you_mean(str(key), INPUT_KEYS)}"
                )
        sources = [key for key in ("file", "mnist", "random") if key in value]
        if len(sources) != 1:
            raise StepwiseError("expected one of file:, mnist: and random:")
        read: dict[str, Callable[[Any], Array]] = {
            "file": self._file,
            "mnist": sample_digit,
            "random": random_numbers,
        }
        array = read[sources[0]](plain(value[sources[0]]))
        divisor = plain(value.get("divide", 1))
        if type(divisor) not in (int, float) or not 0 < abs(divisor) <= LARGEST_DIVISOR:
            raise StepwiseError(f"found divide: {as_yaml(divisor)}, expected a number other than 0")
        return array if divisor == 1 else array / divisor

    @staticmethod
    def _random(data: CommentedMap) -> Mapping[str, Any] | None:
        found = data["input"].get("random") if isinstance(data["input"], CommentedMap) else None
        return None if found is None else plain(found)

    def _file(self, name: Any) -> Array:
        return from_file(self._inside(name, "file"))

    def _inside(self, name: Any, key: str) -> Path:
        # A lesson may come from a stranger: it may name files beside it, not anything this user can read.
        if not isinstance(name, str) or PurePath(name).is_absolute() or ".." in PurePath(name).parts:
            raise StepwiseError(f"found {key}: {as_yaml(name)}, expected the name of a file in the lesson's own folder")
        place = self.folder / name
        if not lies_in(self.folder, place):
            raise StepwiseError(f"{key}: {name!r} does not lie in the lesson's own folder")
        self.files.append(place)
        return place
