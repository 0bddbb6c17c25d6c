"""Lesson files drawn key by key: of each key something that fits, or anything at all."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from stepwise.document.lesson import PARTS as TOLD
from stepwise.exercises.demands import DEMANDS
from stepwise.lesson_files.reading import KEYS
from stepwise.lessons.knobs import KNOBS
from stepwise.marking.marking import REVEALS, SCORES
from stepwise.ops.losses import LOSSES
from stepwise.worksheets.draws import KINDS
from tests.fuzz import blows, requests

Strategy = SearchStrategy[Any]
FINITE = [value for value in blows.VALUES if not isinstance(value, blows.Deep)]


def texts() -> SearchStrategy[str]:
    """Words: of people, of programs, and what is neither."""
    odd = [word for word in blows.WORDS if len(word) < 400 and "\ud800" not in word]
    return st.one_of(st.sampled_from(odd), st.text(max_size=12), st.sampled_from(["Max pooling", "ana", "A **b** $x$"]))


def numbers() -> Strategy:
    """A cell: a number, mostly; as it might be written."""
    return st.one_of(
        st.integers(-9, 9),
        st.integers(-9, 9),
        st.floats(-100, 100).map(lambda x: round(x, 3)),
        st.integers(),
        st.floats(),
        st.fractions(-9, 9, max_denominator=12).map(str),
        st.sampled_from(["a", "b", "x", "", "_", None, True, "nan", "1,5"]),
    )


def grids() -> SearchStrategy[list[list[Any]]]:
    """Rows of cells: nearly always as long as one another."""
    square = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
        lambda size: st.lists(
            st.lists(numbers(), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        )
    )
    return st.one_of(square, square, square, st.lists(st.lists(numbers(), max_size=4), max_size=4))


def anything() -> Strategy:
    """Data of any kind, nested a little."""
    leaves = st.one_of(st.sampled_from(FINITE), numbers(), texts())
    return st.recursive(
        leaves,
        lambda of: st.lists(of, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | texts(), of, max_size=3),
        max_leaves=6,
    )


def mostly(fitting: Strategy, odd: int = 30) -> Strategy:
    """What fits; in one draw of so many, anything."""
    return st.integers(0, odd - 1).flatmap(lambda chance: anything() if chance == odd - 1 else fitting)


def _keys(**fitting: Strategy) -> Strategy:
    """Some of the keys, each with what mostly fits."""
    return st.fixed_dictionaries({}, optional={key: mostly(value) for key, value in fitting.items()})


def _one_of_each(kinds: dict[str, Strategy]) -> Strategy:
    return st.sampled_from(sorted(kinds)).flatmap(lambda kind: mostly(kinds[kind]).map(lambda value: {kind: value}))


_SMALL = st.integers(-1, 5)
_FLAG = st.booleans()
_SHAPE = st.lists(st.integers(0, 6), min_size=1, max_size=4)
_RATE = st.sampled_from([0.1, 1, 0, -1, "1/3", 1e300])
_OF_LAYER = st.sampled_from(["input", "kernel", "bias"])
_INDEX = st.lists(st.integers(-1, 3), min_size=1, max_size=3)


def inputs() -> Strategy:
    """What goes in, in every form that a lesson file knows."""
    random = _keys(shape=_SHAPE, low=_SMALL, high=_SMALL, seed=_SMALL)
    return st.one_of(
        grids(),
        st.sampled_from(requests.INPUTS),
        st.lists(grids(), max_size=2),
        st.builds(lambda r: {"random": r}, random),
        _keys(mnist=_SMALL, divide=st.sampled_from([255, 2, 0, -1])),
        _keys(file=st.sampled_from(["class.csv", "l.yaml", "../x.csv", "/etc/passwd", "."])),
    )


def draws() -> Strategy:
    """How a variant's numbers are drawn."""
    known = {
        "low": _SMALL,
        "high": st.integers(0, 12),
        "shape": _SHAPE,
        "places": _SMALL,
        "denominators": st.lists(_SMALL, max_size=3),
        "noise": _SMALL,
        "mnist": _SMALL,
        "file": st.just("class.csv"),
        "divide": _SMALL,
    }
    return _one_of_each({kind: _keys(**{key: known[key] for key in keys}) for kind, (_draw, keys) in KINDS.items()})


def _targets() -> Strategy:
    """What should have come out: a class's number, or numbers."""
    return st.one_of(_SMALL, st.lists(_SMALL, max_size=3), grids())


_GOAL = st.fixed_dictionaries({"loss": st.sampled_from(sorted(LOSSES)), "target": _targets()})


def worksheets() -> Strategy:
    """What a sheet asks for, and how its variants are drawn."""
    wanted = dict.fromkeys(DEMANDS, _FLAG) | {
        "results": st.lists(_SMALL, min_size=2, max_size=2),
        "discriminating": _FLAG,
    }
    variants = _keys(input=draws(), kernel=draws(), bias=draws(), demand=_keys(**wanted), alike=_FLAG)
    blank = st.sampled_from(["output", "sizes", "padding", "formula", "steps"])
    return _keys(
        blank=st.one_of(blank, st.lists(blank, max_size=3)),
        cells=st.lists(_INDEX, max_size=3),
        instructions=texts(),
        room=_SMALL,
        name=_FLAG,
        date=_FLAG,
        variants=variants,
        roster=st.just("class.csv"),
    )


def marking() -> Strategy:
    """How answers are marked."""
    return _keys(
        tolerance=st.sampled_from(["written", "exact", "relabs", "sigfig", "decdig"]),
        rtol=st.floats(0, 1),
        atol=st.floats(0, 1),
        digits=_SMALL,
        score=st.sampled_from(SCORES),
        reveal=st.sampled_from(REVEALS),
        points=_SMALL,
        precision_credit=st.floats(0, 1),
        decimal=st.sampled_from(["auto", "point", "comma"]),
    )


def lesson(calls: SearchStrategy[str], *needed: str) -> SearchStrategy[dict[str, Any]]:
    """A lesson: nearly always with an input and layers, and with some of all other keys; those needed always."""
    show = _keys(
        steps=st.sampled_from(["auto", "all", "none"]),
        practice=_FLAG,
        matrix=_FLAG,
        alternatives=st.lists(calls, max_size=2),
        only=st.lists(st.sampled_from(TOLD), max_size=3),
        knobs=st.one_of(st.just("all"), st.lists(st.sampled_from(KNOBS), max_size=2)),
    )
    part = _keys(
        layer=_SMALL,
        points=_SMALL,
        penalty=st.floats(0, 1),
        title=texts(),
        ask=st.sampled_from(["output", "sizes", "padding", "formula"]),
        gradient=_OF_LAYER,
        update=_OF_LAYER,
        loss=st.sampled_from(["before", "after"]),
    )
    weights = _keys(kernel=grids(), bias=st.lists(numbers(), max_size=3))
    known = {
        "title": texts(),
        "language": st.sampled_from(["en", "ko"]),
        "lead": texts(),
        "seed": _SMALL,
        "compare": st.lists(calls, max_size=3),
        "sections": st.lists(st.sampled_from(TOLD), max_size=4),
        "backward": st.one_of(
            st.fixed_dictionaries({"grad": grids()}), _GOAL, _keys(grad=grids(), loss=st.just("mse"))
        ),
        "for": st.lists(st.sampled_from(["input", "kernel", "bias"]), max_size=2),
        "update": st.one_of(_RATE, _keys(lr=_RATE, momentum=_RATE, weight_decay=_RATE)),
        "weights": st.one_of(
            _keys(file=st.sampled_from(["class.csv", "w.npz", "w.safetensors", "."])),
            st.lists(weights, max_size=3),
            st.dictionaries(st.sampled_from(["0", "1", "x"]), weights, max_size=2),
        ),
        "arithmetic": st.sampled_from(["float", "exact", "symbolic"]),
        "classes": st.lists(texts(), max_size=3),
        "show": show,
        "assume": st.one_of(
            st.sampled_from(["positive", "0..9"]), st.dictionaries(st.sampled_from(["a", "b"]), st.just("positive"))
        ),
        "marking": marking(),
        "parts": st.lists(part, max_size=3),
        "worksheet": worksheets(),
        "network": st.just("class.csv"),
    }
    alone = sorted(known.keys() - {"backward", "for", "update"})  # these are refused without one another
    some = st.lists(st.sampled_from([*alone, "for", "update"] if needed else alone), max_size=3, unique=True)
    more = some.flatmap(lambda keys: st.fixed_dictionaries({key: mostly(known[key]) for key in {*keys, *needed}}))
    first = st.fixed_dictionaries(
        {
            "stepwise": mostly(st.just(1)),
            "input": mostly(inputs()),
            "layers": mostly(st.lists(calls, min_size=1, max_size=3)),
        }
    )
    return st.builds(_together, first, more)


KEEPING = ["ReLU()", "Softplus()", "Conv2D(1, 1)", "nn.Tanh()", "MaxPool2D(1)", "nn.AvgPool2d(1)", "Softmax()"]
"""Layers whose output has their input's own size."""
LEAD = [[], ["Flatten()", "Dense(2)"], ["MaxPool2D(2)"], ["Conv2D(2, 2)", "ReLU()"], ["LayerNormalization()"]]


@st.composite
def way_back(draw: st.DrawFn, calls: SearchStrategy[str]) -> dict[str, Any]:
    """A lesson that leads back: most of them with a gradient, or a target, of the right size."""
    made: dict[str, Any] = draw(lesson(calls, "backward"))
    if draw(st.integers(0, 3)):
        rows, columns = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
        number = st.integers(-3, 5) if draw(st.integers(0, 3)) else numbers()
        grid = st.lists(st.lists(number, min_size=columns, max_size=columns), min_size=rows, max_size=rows)
        kept = draw(st.lists(st.sampled_from(KEEPING), min_size=1, max_size=2))
        asked = st.one_of(
            st.fixed_dictionaries({"grad": grid}),
            st.fixed_dictionaries({"loss": st.sampled_from(sorted(LOSSES)), "target": grid}),
            st.fixed_dictionaries({"loss": st.just("cross_entropy"), "target": _SMALL}),
        )
        made = {key: value for key, value in made.items() if key not in ("compare", "network")}
        made |= {"stepwise": 1, "input": draw(grid), "backward": draw(asked)}
        made["layers"] = [*draw(st.sampled_from(LEAD)), *kept] if draw(st.integers(0, 3)) == 3 else kept
        for key in ("show", "worksheet", "parts", "marking", "weights", "arithmetic", "assume"):
            if draw(st.integers(0, 4)):
                made.pop(key, None)
    return made


def _together(first: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """A comparison has no layers."""
    both = {**first, **more}
    if "compare" in both or "network" in both:
        del both["layers"]
    return both
