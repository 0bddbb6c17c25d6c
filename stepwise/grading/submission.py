"""One thing that was handed in: by whom, to which sheet, and what."""

from __future__ import annotations

import hashlib
from functools import cached_property

from ..dataclass import dataclass
from ..errors import one_line

MOST_BYTES = 4 * 2**20
"""The largest answer that is read: a 28×28×32 feature map with eight digits a number has a tenth of it."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class Submission:
    """One answer of one student, not read yet; or the reason why there is none to read."""

    student: str
    variant: str  # the id of the student's exercise; empty where all have the same
    answer: str | bytes = ""  # as text, or what was in the file
    name: str = ""  # where it was: the file's name, or the line of the table
    problem: str = ""  # why it cannot be marked; empty where it can
    kind: str = ""  # of a file's content: the ending of its name, such as ".csv"
    of_sheet: bool = False  # whether the file is a sheet that was filled in, with answers to other exercises too

    @cached_property
    def key(self) -> str:
        """The same for the same answer of the same student, and for no other: marking goes on where it stopped."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.student, self.variant, self.answer, self.name, self.problem, self.kind):
            data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            digest.update(b"%d %d," % (isinstance(part, bytes), len(data)) + data)
        return digest.hexdigest()


def shown_name(name: str) -> str:
    """A student's name as one line that a terminal and a page can show."""
    clean = one_line(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return clean if len(clean) <= LONGEST_NAME else clean[: LONGEST_NAME - 1] + "…"
