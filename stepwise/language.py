"""The language lessons are written in: GNU gettext, chosen for the length of a `with` block.

Sentences are written in English in the code, inside `_()`; `locale/LANGUAGE/LC_MESSAGES/stepwise.mo` holds the others.
To add one: translate `locale/stepwise.pot`, compile it with `msgfmt`, and it is found by its folder's name.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from .errors import StepwiseError, did_you_mean, listing, shown

FOLDER = Path(__file__).parent / "locale"
_current: ContextVar[gettext.NullTranslations] = ContextVar("stepwise_language")
_ENGLISH = gettext.NullTranslations()


def _(sentence: str) -> str:
    """The sentence in the current language."""
    return _current.get(_ENGLISH).gettext(sentence)


def plural(one: str, many: str, number: int, **places: object) -> str:
    """The form that goes with `number` in the current language, with `{n}` and the other places filled in.

    >>> plural("The window covers {n} number of {name}.", "The window covers {n} numbers of {name}.", 3, name="x")
    'The window covers 3 numbers of x.'
    """
    return plural_form(one, many, number).format(n=number, **places)


def plural_form(one: str, many: str, number: int) -> str:
    """The form that goes with `number` in the current language, its places still open."""
    return _current.get(_ENGLISH).ngettext(one, many, number)


def listed(words: Iterable[object], either: bool = False) -> str:
    """Words as the current language lists them: all of them, or `either` one.

    >>> listed(["rows", "columns", "channels"]), listed("ab", either=True), listed(["rows"])
    ('rows, columns and channels', 'a or b', 'rows')
    """
    *most, last = map(str, words)
    if not most:
        return last
    joined = most[0]
    for word in most[1:]:
        joined = _("{words}, {next}").format(words=joined, next=word)
    last_of = _("{words} or {last}") if either else _("{words} and {last}")
    return last_of.format(words=joined, last=last)


def joined(clauses: Iterable[str], pair: str) -> str:
    """Clauses one after the other, each put behind those before it as the message `pair` has it.

    >>> joined(["no padding was added", "the bias was forgotten"], "{clauses}, and {next}")
    'no padding was added, and the bias was forgotten'
    """
    first, *others = clauses
    for clause in others:
        first = pair.format(clauses=first, next=clause)
    return first


def as_sentence(words: str) -> str:
    """With a capital, and a full stop."""
    return words[:1].upper() + words[1:] + "."


def available() -> tuple[str, ...]:
    """The languages lessons can be written in, English first."""
    return ("en", *sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/stepwise.mo")))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write every sentence inside the block in `language`.

    Raises `StepwiseError` where there is no such translation.
    """
    if not isinstance(language, str):
        raise StepwiseError(f"a language is a word such as 'en', not {shown(language)}")
    if language != "en" and language not in available():
        raise StepwiseError(
            f"language {language!r} is not available; there is {listing(available())}."
            f"{did_you_mean(language, available())}"
        )
    chosen = _ENGLISH if language == "en" else gettext.translation("stepwise", FOLDER, [language])
    token = _current.set(chosen)
    try:
        yield
    finally:
        _current.reset(token)
