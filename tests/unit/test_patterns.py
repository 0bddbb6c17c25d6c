"""No pattern takes the square of the length of a long run of signs: no deadline breaks off a search of `re`.

Every pattern of every module is tried as it is used, at its own signs and a few more: one and two of them again and
again, one after a run of the other, each alone and before an x. What it may take is a multiple of what a plain pattern
takes for texts of the same length in the same run, in processor time.
"""

from __future__ import annotations

import ast
import gc
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import stepwise

LONG = 8_000
SHORT = 500
"""Signs in a run that is tried before, so that what is exponential is seen soon."""
ROOM = 60
"""So many times the plain pattern's time is slow: what takes the square of the length takes hundreds and more."""
MOST_SIGNS = 8
"""Of a pattern's own signs; of one with many, most are alike to it."""
OWN = ("stepwise.render.page.small",)
"""Modules whose patterns read the scripts of this package only."""
ALWAYS = "1x \n"
WAYS = "match|fullmatch|search|sub|subn|split|finditer|findall"
PLAIN = re.compile(r"(?:(?:[a-z]|\d)|[^a-z\d])*~~")
Tried = tuple[str, str, int, tuple[str, ...]]  # where, the pattern, its flags, how it is used


def patterns() -> list[Tried]:
    """Every pattern at module level, in tables and classes too, and those that are written where they are used."""
    found: dict[tuple[str, int], tuple[str, set[str]]] = {}
    for name in sorted(module.name for module in pkgutil.walk_packages(stepwise.__path__, "stepwise.")):
        if name.endswith("__main__") or name in OWN:
            continue
        module = importlib.import_module(name)
        source = Path(str(module.__file__)).read_text("utf-8")
        for path, pattern in _held(vars(module), name):
            _where, ways = found.setdefault((pattern.pattern, pattern.flags), (path, set()))
            own = re.escape(path.rpartition(".")[2])
            ways |= set(re.findall(rf"\b{own}\.({WAYS})\b", source))
            ways |= {"match"} if re.search(rf"\b_behind\({own}\b", source) else set()
        for way, text in _in_place(ast.parse(source)):
            found.setdefault((text, re.compile(text).flags), (name, set()))[1].add(way)
    repeating = {
        key: held for key, held in found.items() if re.search(r"[*+]|,\}", key[0])
    }  # others look at a few signs
    return [(where, *key, tuple(sorted(ways or {"search"}))) for key, (where, ways) in repeating.items()]


def _held(held: Any, path: str, deep: int = 0) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(held, re.Pattern) and isinstance(held.pattern, str):
        yield path, held
    elif isinstance(held, dict) and deep < 3:
        for name, one in held.items():
            yield from _held(one, f"{path}.{name}" if deep == 0 else path, deep + 1)
    elif isinstance(held, list | tuple | set | frozenset) and deep < 3:
        for one in held:
            yield from _held(one, path, deep + 1)


def _in_place(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re"), way), [ast.Constant(str(text)), *_rest]):
                if re.fullmatch(WAYS, way):
                    yield way, text


def runs(signs: str, n: int) -> Iterator[str]:
    """Runs of signs."""
    for one, other in product(signs, repeat=2):
        texts = [one * n] if one == other else [one + other * n, one * (n // 2) + other * (n // 2)]
        texts += [(one + other) * (n // 2)] if one < other else []
        for text in texts:
            yield text
            yield text + "x"


def signs_of(pattern: str) -> str:
    """The signs that a pattern tells apart, and a few that most do."""
    named = re.sub(r"\\[a-zA-Z]|\{[\d,]+\}|\(\?[:=!<P]*", "", pattern)
    own = sorted({sign for sign in named if not sign.isalnum()} | {"." for _dot in re.findall(r"\\\.", pattern)})
    letters = re.sub(r"\\[a-zA-Z]|[^a-zA-Z]", "", pattern)[:1]
    return "".join(dict.fromkeys([*own[:: -(-len(own) // MOST_SIGNS) or 1], *letters, *ALWAYS]))


class SlowError(Exception):
    """Raised in a search that has had its processor time; `re` looks for signals, though not for other threads."""


def seconds(work: Callable[[], object], most: float) -> float:
    """Processor time of one call, broken off after `most`."""

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise SlowError

    before = signal.signal(signal.SIGVTALRM, over)
    gc.disable()  # the alarm must not go off in what others do when rubbish is collected
    begun = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, most)
        work()
        return time.process_time() - begun
    except SlowError:
        return most
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        gc.enable()


@cache
def linear(n: int) -> float:
    """What the plain pattern takes for so long a text, at best: a busy machine makes it longer, never shorter.

    Often in a row, for clocks may tick in hundredths of a second.
    """
    text, times = "a1 " * (n // 3), 800_000 // n
    return min(seconds(lambda: [PLAIN.match(text) for _time in range(times)], 60.0) for _time in range(7)) / times


def slow(pattern: re.Pattern[str], way: str, signs: str, longest: int = LONG) -> str:
    """The first run of signs that takes too long; "" where none does."""
    use = getattr(pattern, way)
    call = (
        (lambda text: list(use(text))) if way == "finditer" else (lambda text: use("", text)) if "sub" in way else use
    )
    for n in (24, SHORT, longest):
        most = max(ROOM * linear(n), 0.02)
        for text in runs(signs, n):
            if seconds(lambda text=text: call(text), most) >= most:  # type: ignore[misc]
                again = min(seconds(lambda text=text: call(text), most) for _time in range(3))  # type: ignore[misc]
                if again >= most:  # not only once, while the machine was busy with something else
                    return f"{text[:2]!r} … {text[-3:]!r}, {len(text)} signs"
    return ""


PATTERNS = patterns()


@pytest.mark.parametrize(
    ("where", "pattern", "flags", "ways"), PATTERNS, ids=[f"{i}-{one[0]}" for i, one in enumerate(PATTERNS)]
)
def test_long_runs_of_signs_take_time_in_proportion(
    where: str, pattern: str, flags: int, ways: tuple[str, ...]
) -> None:
    compiled = re.compile(pattern, flags)
    for way in ways:
        assert not slow(compiled, way, signs_of(pattern)), f"{where}: {way} of {pattern}"


def test_a_pattern_that_takes_the_square_is_slow_and_one_that_is_exponential_does_not_run_on() -> None:
    # Three times ROOM in LONG signs, which a busy machine once hid; twelve times in four times as many.
    assert slow(re.compile(r"[ \t]*x"), "search", " x1", 4 * LONG)
    assert slow(re.compile(r"^(?:[=+-]{3,}[ \t]*)+$"), "search", "- x")
    assert not slow(re.compile(r"[ \t]{0,8}x"), "search", " x1")
