"""The language lessons are written in: GNU gettext, chosen for the length of a `with` block.

Sentences are written in English in the code, inside `_()`; `locale/LANGUAGE/LC_MESSAGES/stepwise.mo` holds the others.
To add one: translate `locale/stepwise.pot`, compile it with `msgfmt`, and it is found by its folder's name.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
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


def plural(one: str, many: str, number: int) -> str:
    """The form that goes with `number` in the current language, with `{n}` filled in.

    >>> plural("{n} window", "{n} windows", 3)
    '3 windows'
    """
    return _current.get(_ENGLISH).ngettext(one, many, number).format(n=number)


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
    if language not in available():
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
