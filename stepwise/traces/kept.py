"""What is worked out from a whole trace and asked for cell by cell: worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from .trace import Trace

Of = TypeVar("Of")
More = ParamSpec("More")
Found = TypeVar("Found")


def kept(
    work: Callable[Concatenate[Of, Trace, More], Found],
) -> Callable[Concatenate[Of, Trace, More], Found]:
    """A method of the trace's own operation whose result is kept as long as the trace is there.

    What comes of it is shared: nobody may write into it.
    """
    known: WeakKeyDictionary[Trace, dict[Any, Found]] = WeakKeyDictionary()

    def once(self: Of, trace: Trace, /, *names: More.args, **options: More.kwargs) -> Found:
        found, asked = known.setdefault(trace, {}), (names, tuple(options.items()))
        if asked not in found:
            found[asked] = work(self, trace, *names, **options)
        return found[asked]

    update_wrapper(once, work)
    return once


def kept_of(work: Callable[Concatenate[Trace, More], Found]) -> Callable[Concatenate[Trace, More], Found]:
    """The same of a function of a trace, which is no method."""

    def method(_nothing: None, trace: Trace, /, *names: More.args, **options: More.kwargs) -> Found:
        return work(trace, *names, **options)

    by_trace = kept(method)

    def once(trace: Trace, /, *names: More.args, **options: More.kwargs) -> Found:
        return by_trace(None, trace, *names, **options)

    update_wrapper(once, work)
    return once
