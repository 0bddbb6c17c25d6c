"""What can go wrong, as a small family. Every message is one sentence for a person: what was given, where, what fits.

To add one: subclass `StepwiseError` and say in the docstring what it is about. The command line turns any of them
into that sentence and exit status 2 (`VerificationError`: 1), so no user ever meets a traceback for a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Self


class StepwiseError(Exception):
    """The base of all of them: catch this to catch every mistake `stepwise` can report."""

    about: str = ""  # the weight that it is about, by the name it was given by; see `weight_of`

    def of(self, weight: str) -> Self:
        """The same error, about this weight, unless it is known to be about another."""
        self.about = self.about or weight
        return self


class CallError(StepwiseError, ValueError):
    """A layer call that cannot be read, names an unknown layer, or has a parameter that does not fit."""


class InputError(StepwiseError, ValueError):
    """Numbers that cannot be used: ragged rows, words, nothing at all."""


class ShapeError(StepwiseError, ValueError):
    """Shapes that do not fit together: which axis, what it is, what it should be."""


class LimitError(StepwiseError, ValueError):
    """A request too large to carry out, refused before any memory is taken."""


class StepIndexError(StepwiseError, IndexError):
    """An index that is not a cell of the output."""


class FileError(StepwiseError, OSError):
    """A file that cannot be read, written or understood."""


class TrainingError(StepwiseError, ArithmeticError):
    """A training in which a number is no longer finite: in which step, where first, and why it may."""


class VerificationError(StepwiseError, AssertionError):
    """A trace whose record does not agree with itself when it is replayed."""


class MissingExtra(StepwiseError, ImportError):  # noqa: N818 - it reads as what it is
    """A feature whose optional dependency is not installed; the message says what to install."""


def weight_of(error: BaseException) -> str:
    """The weight that an error is about, or one that it was raised in place of; empty where it is about none.

    >>> weight_of(ShapeError("the kernel has shape (2, 2)").of("kernel"))
    'kernel'
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, StepwiseError) and seen.about:
            return seen.about
        seen = seen.__context__
    return ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or nothing.

    >>> did_you_mean("MaxPol2D", ["MaxPool2D", "Conv2D"])
    ' Did you mean MaxPool2D?'
    >>> did_you_mean("MaxPol2D", ["MaxPool2D", "MaxPool2d"])
    ' Did you mean MaxPool2D?'
    >>> did_you_mean("UpSampling2D", ["MaxPooling2D"])
    ''
    >>> did_you_mean("xyz", ["MaxPool2D"])
    ''
    """
    import difflib  # only mistakes need it

    names = list(known)
    if dimensions := re.search(r"\d[dD]$", word):  # …2D is not what makes two layers alike
        stem = word[: dimensions.start()].lower()
        names = [
            name
            for name in names
            if difflib.SequenceMatcher(None, stem, re.sub(r"\d[dD]$", "", name).lower()).ratio() >= 0.7
        ]
    near = difflib.get_close_matches(word.lower(), {name.lower() for name in names}, n=1, cutoff=0.6)
    alike = [name for name in names if name.lower() in near]  # MaxPool2D and MaxPool2d: their case decides
    best = max(alike, key=lambda name: difflib.SequenceMatcher(None, word, name).ratio(), default=None)
    return f" Did you mean {best}?" if best else ""


def hint_among(word: str, known: Sequence[str], them: str = "The keys") -> str:
    """A hint that names the nearest known word, or else all of them.

    >>> hint_among("laier", ["layer", "points"]), hint_among("xyz", ["layer", "points"])
    (' Did you mean layer?', ' The keys are layer, points.')
    """
    return did_you_mean(word, known) or f" {them} are {', '.join(known)}."


def one_line(message: str) -> str:
    """A message as one line without control characters: a file's name must not steer the terminal.

    >>> one_line("cannot read a\\x1b[31m\\nb")
    'cannot read a [31m b'
    """
    if message.isprintable() and "  " not in message:  # nearly always, and much faster
        return message.strip()
    return " ".join(without_controls(message).split())


def without_controls(text: str, kept: str = "") -> str:
    """A stranger's text with a space for each character that is not printed, but for those that are kept.

    >>> without_controls("a\\x1bb\\u00a0c", "\\u00a0")
    'a b\\xa0c'
    """
    return "".join(c if c.isprintable() or c in kept else " " for c in text)


LONGEST_MESSAGE = 1000


def shortened(message: str) -> str:
    """A message that may quote what stands in somebody's file, which may be of any length; its middle is left out.

    >>> len(shortened("a" * 10**6)), shortened("a short one")
    (1000, 'a short one')
    """
    if len(message) <= LONGEST_MESSAGE:
        return message
    kept = LONGEST_MESSAGE - 3
    return f"{message[: kept - kept // 3]} … {message[-(kept // 3) :]}"


def counted(number: int, thing: str) -> str:
    """A number with its noun, for messages.

    >>> counted(1, "row"), counted(3, "channel"), counted(2, "axis")
    ('1 row', '3 channels', '2 axes')
    """
    many = "axes" if thing == "axis" else f"{thing}s"
    return f"{number} {thing if number == 1 else many}"


def listing(words: Iterable[object]) -> str:
    """Words as a sentence lists them.

    >>> listing(["html", "md", "txt"])
    'html, md or txt'
    """
    *most, last = [str(word) for word in words]
    return f"{', '.join(most)} or {last}" if most else last


_KINDS: dict[type, str] = {list: "a list", tuple: "a tuple", dict: "a mapping", set: "a set", bytes: "bytes"}
LONGEST_SHOWN = 200
"""Letters of a value that a message shows."""


def shown(value: object) -> str:
    """What was given, in words: a class of ours has none that a user knows, and no address in memory is told.

    >>> shown(None), shown("ab"), shown((1, 2.5)), shown({1: len}), shown(len)
    ('None', "'ab'", '(1, 2.5)', 'a mapping', 'a function')
    """
    if value is None or _is_plain(value):
        text = repr(value)
        return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    if not isinstance(value, type) and isinstance(own := getattr(value, "shown_as", None), str):  # such as "a layer"
        return own
    if type(value) in _KINDS:
        return _KINDS[type(value)]
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return f"an array of shape {value.shape}" if not isinstance(value, type) else "a type of numbers"
    if callable(value):
        return f"the class {value.__name__}" if isinstance(value, type) else "a function"
    ours = type(value).__module__.partition(".")[0] == __name__.partition(".")[0]
    return "something that stepwise made" if ours else f"a value of the type {type(value).__name__}"


def as_yaml(value: object) -> str:
    """What stands in a lesson file, as its own words have it: `true`, not `True`; and not more than a message shows.

    >>> as_yaml(True), as_yaml(None), as_yaml({"a": [1, "b"]})
    ('true', 'null', "{a: [1, 'b']}")
    >>> len(as_yaml([1] * 10**6)) <= LONGEST_SHOWN
    True
    """
    text = _in_yaml(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _in_yaml(value: object, depth: int = 0) -> str:
    if depth > LONGEST_SHOWN:  # each level has a bracket before it: what is deeper is cut off
        return "…"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return f"[{', '.join(_in_yaml(entry, depth + 1) for entry in value[:LONGEST_SHOWN])}]"
    if isinstance(value, dict):
        pairs = list(value.items())[:LONGEST_SHOWN]
        return "{" + ", ".join(f"{key}: {_in_yaml(entry, depth + 1)}" for key, entry in pairs) + "}"
    if isinstance(value, str):
        return repr(value[:LONGEST_SHOWN])
    return str(value)  # of a date, too, no more than was written


def _is_plain(value: object, depth: int = 8) -> bool:
    """Whether a value is written in Python as a person would write it."""
    if isinstance(value, list | tuple | set):
        return depth > 0 and all(entry is None or _is_plain(entry, depth - 1) for entry in value)
    if isinstance(value, dict):
        return depth > 0 and all(_is_plain(part, depth - 1) for pair in value.items() for part in pair)
    return type(value) in (bool, int, float, complex, str)


def differing(given: tuple[int, ...], due: tuple[int, ...], names: Sequence[str] = ()) -> str:
    """Where a shape is not what it should be: which axis, what it is, what it should be; `names` are those of the axes.

    >>> differing((2, 3, 3), (2, 4, 3)), differing((3, 3), (1, 3, 3))
    ('axis 1 is 3 and should be 4', 'it has 2 axes and should have 3')
    >>> differing((2,), (1,), ["filters"])
    'axis 0 (filters) is 2 and should be 1'
    """
    if len(given) != len(due):
        return f"it has {counted(len(given), 'axis')} and should have {len(due)}"
    wrong = [
        f"axis {axis}{f' ({names[axis]})' if names else ''} is {is_} and should be {should}"
        for axis, (is_, should) in enumerate(zip(given, due))
        if is_ != should
    ]
    return ", ".join(wrong)


def named(call: str, error: ShapeError) -> ShapeError:
    """The error with the layer's call before it, where it does not begin with that itself."""
    return error if str(error).startswith(call) else ShapeError(f"{call}: {error}")
