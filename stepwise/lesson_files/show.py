"""What a lesson shows: `show:` and `sections:` of a lesson file.

To add a key of `show:`: its name in `SHOWN`, and a reader below.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from ..dialects import LayerObject
from ..dialects.tracing import understood
from ..document.origin import Origin
from ..errors import as_yaml, listing
from ..lessons import DETAILS
from ..lessons.knobs import read_knobs
from ..lessons.parts import read_parts
from .places import Places
from .values import plain

SHOWN = ("steps", "practice", "alternatives", "matrix", "only", "knobs", "embed")


class Shown(Places):
    """Reads what is shown."""

    def _show(self, data: CommentedMap) -> tuple[str, bool]:
        """Which windows are told, and whether convolutions are told as matrices."""
        show = plain(data.get("show", {}))
        if not isinstance(show, Mapping):
            raise self._error(data, "show", f"found show: {as_yaml(show)}, expected keys such as steps: auto")
        for key in show:
            if key not in SHOWN:
                known = listing(f"{one}:" for one in SHOWN)
                raise self._error(data, "show", f"found show: {as_yaml(key)}, expected {known}")
        steps, matrix = show.get("steps", "auto"), show.get("matrix", False)
        if steps not in DETAILS:
            raise self._error(data, "show", f"found steps: {as_yaml(steps)}, expected auto, all or none")
        if type(matrix) is not bool:
            raise self._error(data, "show", f"found matrix: {as_yaml(matrix)}, expected true or false")
        if matrix and "compare" in data:
            raise self._error(data, "show", "found matrix: beside compare:, but only a chain (layers:) is told so")
        return str(steps), matrix

    def _shown_parts(self, data: CommentedMap) -> tuple[str, ...]:
        """Which parts are told: `sections:` with the title above them, `only:` without."""
        only = (plain(data.get("show")) or {}).get("only")
        found: tuple[str, ...] = ()
        if only is not None and "sections" in data:
            raise self._error(data, "sections", "found both sections: and show: {only: …}; leave one of them out")
        if only is not None:
            found = self._at(data, "show", lambda: read_parts(only))
        if "sections" in data:
            found = self._at(data, "sections", lambda: read_parts(plain(data["sections"])))
        return found

    def _practice(self, data: CommentedMap) -> bool:
        practice = data.get("show", {}).get("practice", False)
        if not isinstance(practice, bool):
            raise self._error(data, "show", f"found practice: {as_yaml(practice)}, expected true or false")
        return practice

    def _origin(self, data: CommentedMap, text: str) -> Origin | None:
        """What the page was made from, where it is to say how it is put into another."""
        embed = plain(data.get("show", {})).get("embed", False)
        if not isinstance(embed, bool):
            raise self._error(data, "show", f"found embed: {as_yaml(embed)}, expected true or false")
        if not embed:
            return None
        name = Path(self.name)
        return Origin(name.stem, name.name) if name.suffix in (".yaml", ".yml") else Origin(text=text)

    def _knobs(self, data: CommentedMap) -> tuple[str, ...]:
        """What the reader of a page may turn; `true` is all of it."""
        show = data.get("show", {})
        asked = plain(show.get("knobs", False))
        if asked is False:
            return ()
        if "compare" in data:
            raise self._error(show, "knobs", "found knobs: beside compare:, expected them beside layers:")
        found: tuple[str, ...] = self._at(show, "knobs", lambda: read_knobs("all" if asked is True else asked))
        return found

    def _alternatives(self, data: CommentedMap) -> tuple[LayerObject, ...]:
        """Calls that the reader of a page may choose among, in place of the last layer."""
        show = data.get("show", {})
        if "alternatives" not in show:
            return ()
        if "compare" in data:
            raise self._error(data, "show", "found alternatives: beside compare:, expected them beside layers:")
        if not isinstance(show["alternatives"], CommentedSeq):
            raise self._error(show, "alternatives", "expected alternatives: to be a list of calls such as MaxPool2D(3)")
        layers = []
        written = [plain(call) for call in show["alternatives"]]
        for number in range(len(show["alternatives"])):
            line = show["alternatives"].lc.item(number)[0]
            call = self._call(show, "alternatives", written, number, line)
            found = self._at(show, "alternatives", partial(understood, call), line)
            if len(found) != 1:
                raise self._error(show, "alternatives", f"found {len(found)} layers, expected one", line)
            layers += found
        return tuple(layers)
