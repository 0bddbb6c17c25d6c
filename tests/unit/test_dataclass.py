"""Dataclasses whose methods are written when first used: whatever can be asked of one is as with Python's own."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from stepwise.dataclass import ONE_BY_ONE
from stepwise.dataclass import dataclass as ours


def family(dataclass: Callable[..., Any]) -> dict[str, type]:
    """The same classes, by one or the other decorator."""

    @dataclass(frozen=True)
    class Plain:
        """A pair."""

        kind: ClassVar[str] = "plain"
        left: int
        right: str = "r"

    @dataclass(frozen=True)
    class Derived(Plain):
        right: str = "other"
        more: list[int] = dataclasses.field(default_factory=list, compare=False)
        hidden: int = dataclasses.field(default=3, repr=False)
        late: int = dataclasses.field(init=False, default=8)
        named: bool = dataclasses.field(default=True, kw_only=True)

        def __post_init__(self) -> None:
            object.__setattr__(self, "late", self.left + 1)

    @dataclass(frozen=True)
    class Further(Derived):
        last: int = 0

    @dataclass(frozen=True, eq=False, repr=False)
    class Itself:
        value: int

    @dataclass(frozen=True)
    class Own:
        value: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __repr__(self) -> str:
            return "own"

    @dataclass(frozen=True)
    class Counted(Own):
        def __hash__(self) -> int:
            return 7

    @dataclass(frozen=True)
    class Words:
        instance: int
        given: int = 2
        named: int = 3

    @dataclass(frozen=True)
    class Nothing:
        kind: ClassVar[str] = "nothing"

    @dataclass
    class Open:
        value: int

    class Child(Derived):
        pass

    every = (Plain, Derived, Further, Itself, Own, Counted, Words, Nothing, Open, Child)
    for one in every:
        one.__qualname__ = one.__name__
    return {one.__name__: one for one in every}


PYTHONS, OURS = family(dataclasses.dataclass), family(ours)
CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (1,), {}),
    ("Plain", (1, "x"), {}),
    ("Plain", (), {"right": "x", "left": 2}),
    ("Derived", (1,), {}),
    ("Derived", (1, "x", [2], 4), {"named": False}),
    ("Further", (1,), {"last": 5}),
    ("Itself", (1,), {}),
    ("Own", (1,), {}),
    ("Counted", (1,), {}),
    ("Words", (), {"instance": 5, "named": 6}),
    ("Nothing", (), {}),
    ("Open", (1,), {}),
    ("Child", (1,), {}),
]
WRONG: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (), {}),
    ("Plain", (1, 2, 3), {}),
    ("Plain", (1,), {"other": 2}),
    ("Derived", (1, "x", [], 4, 5), {}),
    ("Nothing", (1,), {}),
]


def told(ask: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """What comes of it: an answer, or which error with which words."""
    try:
        return ask(*given, **named)
    except Exception as error:
        return type(error), str(error).replace("family.<locals>.", "")


ASKED: dict[str, Callable[[Any, Any], Any]] = {
    "repr": lambda one, same: repr(one) if "object at" not in repr(one) else "object",
    "equal": lambda one, same: one == same,
    "hash": lambda one, same: hash(one) == hash(same),
    "other kind": lambda one, same: one == 1,
    "fields": lambda one, same: [
        (f.name, f.type, f.init, f.repr, f.compare, f.kw_only) for f in dataclasses.fields(one)
    ],
    "as data": lambda one, same: dataclasses.asdict(one),
    "is one": lambda one, same: dataclasses.is_dataclass(one),
    "matched": lambda one, same: type(one).__match_args__,
    "values": lambda one, same: vars(one),
    "assigned": lambda one, same: setattr(one, "left", 2),
    "assigned, new": lambda one, same: setattr(one, "fresh", 2),
    "deleted": lambda one, same: delattr(one, "value"),
    "replaced": lambda one, same: vars(dataclasses.replace(one, left=9)),
    "copied": lambda one, same: vars(copy.deepcopy(one)),
    "signature": lambda one, same: str(inspect.signature(type(one))),
    "defaults": lambda one, same: [getattr(type(one), f.name, "none") for f in dataclasses.fields(one)],
    "kind": lambda one, same: getattr(type(one), "kind", None),
    "frozen": lambda one, same: type(one).__dataclass_params__.frozen,
}


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("number", range(len(CALLS)))
def test_an_object_answers_as_one_of_pythons_own(number: int, what: str) -> None:
    name, given, named = CALLS[number]
    answers = []
    for family in (PYTHONS, OURS):
        one, same = (family[name](*given, **named) for _ in range(2))
        answers.append(told(ASKED[what], one, same))
    assert answers[1] == answers[0]


@pytest.mark.parametrize(("name", "given", "named"), WRONG)
def test_a_wrong_call_is_refused_in_the_same_words(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> None:
    expected, found = (told(family[name], *given, **named) for family in (PYTHONS, OURS))
    assert expected[0] is TypeError
    assert found == expected


@pytest.mark.parametrize("name", [name for name in OURS if name != "Open"])
def test_the_first_objects_are_made_and_refused_as_later_ones_are(name: str) -> None:
    """Before anything is written, and after."""
    fresh = family(ours)[name]
    for _object in range(2 * ONE_BY_ONE):
        for of, given, named in [*CALLS, *WRONG]:
            if of == name:
                made, expected = (told(one, *given, **named) for one in (fresh, PYTHONS[name]))
                assert (made == expected) if isinstance(expected, tuple) else (vars(made) == vars(expected))


@pytest.mark.parametrize("first", ["fields", "is one", "matched", "hash", "repr", "signature"])
def test_it_does_not_matter_what_is_asked_first(first: str) -> None:
    fresh = family(ours)
    blank: Any = object.__new__(fresh["Further"])  # as a pickle makes one: without __init__
    vars(blank).update(vars(PYTHONS["Further"](1, "x", last=5)))
    known = PYTHONS["Further"](1, "x", last=5)
    assert told(ASKED[first], blank, blank) == told(ASKED[first], known, known)
    assert told(ASKED["assigned"], blank, blank) == told(ASKED["assigned"], known, known)
    assert blank == fresh["Further"](1, "x", last=5)


def test_python_derives_its_own_from_one_and_only_a_frozen_one() -> None:
    plain: Any = family(ours)["Plain"]
    more = dataclasses.make_dataclass("More", [("third", int, 3)], bases=(plain,), frozen=True)
    assert vars(more(1, "x")) == {"left": 1, "right": "x", "third": 3}
    with pytest.raises(TypeError, match="cannot inherit non-frozen dataclass from a frozen one"):
        dataclasses.make_dataclass("More", [("third", int, 3)], bases=(plain,))


def test_the_parts_of_one_are_matched_before_any_was_made_of_its_base() -> None:
    fresh: Any = family(ours)
    base = fresh["Plain"]
    match fresh["Derived"](4, "y"):
        case base(left, right):
            assert (left, right) == (4, "y")
        case _:
            pytest.fail("it is one of its base, too")


def test_threads_that_make_the_first_one_at_once_all_get_theirs() -> None:
    for _ in range(20):
        derived = family(ours)["Further"]
        start = threading.Barrier(4)
        made: list[Any] = []

        def make(derived: type = derived, start: threading.Barrier = start, made: list[Any] = made) -> None:
            start.wait()
            made.append(derived(1, last=2))

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(made) == 4
        assert made.count(made[0]) == 4


def test_a_pickle_is_read_where_none_was_made_yet() -> None:
    from stepwise.formula import Number, Sum

    kept = pickle.dumps(Sum((Number(1), Number(2))))
    asked = "import pickle, sys; it = pickle.loads(bytes.fromhex(sys.argv[1])); print(it, hash(it) == hash(it))"
    found = subprocess.run([sys.executable, "-c", asked, kept.hex()], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["1", "+", "2", "True"]
