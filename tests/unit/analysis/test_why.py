"""Why a number is what it is: held against what is seen when the input is changed, and against sums done by hand."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import stepwise as sw
from stepwise.dialects import keras, onnx
from stepwise.errors import InputError, StepIndexError
from stepwise.io.inputs import sample_digit
from stepwise.traces.trace import Trace
from tests.command import run

L: Any = keras.layers
MODELS = sorted((Path(__file__).parents[2] / "golden" / "models").glob("*-11.onnx"))
random = np.random.default_rng(0)
X = random.uniform(0.1, 1, (1, 9, 9, 2))


def tutorial() -> Any:
    """Convolution, ReLU, maximum, mean, dense: a sum over the pixels wherever it does not bend."""
    layers = [L.Conv2D(3, 3, padding="same", bias_initializer="ones"), L.ReLU(), L.MaxPool2D(2), L.AveragePooling2D(2)]
    return keras.Sequential([*layers, L.Flatten(), L.Dense(4, bias_initializer="ones"), L.Softmax()])


def branched(x: Any) -> Trace:
    """A network that parts and joins, and whose branches both look at the input itself."""
    one, three = L.Conv2D(2, 1)(x), L.Conv2D(2, 3, padding="same", activation="relu")(x)
    joined = L.Concatenate()([L.Add()([one, three]), three, x])
    last: Trace = L.Dense(2)(L.Flatten()(L.MaxPool2D(3)(joined)))
    return last


def slopes(network: Any, x: np.ndarray[Any, Any], index: tuple[int, ...], step: float) -> np.ndarray[Any, Any]:
    """How much one number grows with each cell of the input, by carrying everything out again."""
    found = np.empty(x.shape)
    for at in np.ndindex(x.shape):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[at] += sign * step
            ends.append(network(moved).output[index])
        found[at] = (float(ends[0]) - float(ends[1])) / (2 * step)
    return found


def test_every_pixel_gave_its_number_times_how_much_the_score_grows_with_it() -> None:
    network = tutorial()
    trace = network(X)
    scores = keras.Sequential(network.layers[:-1])
    for unit in (0, 3):
        why = trace.why((0, unit))
        due = X * slopes(scores, X, (0, unit), 1e-6)
        assert why.contributions == pytest.approx(due, abs=1e-8)
        assert why.explained == pytest.approx(scores(X).output[0, unit])
        assert why.value == trace.output[0, unit]


def test_branches_are_added_up_over_every_path() -> None:
    trace = branched(X)
    why = trace.why((0, 1))
    assert why.contributions == pytest.approx(X * slopes(branched, X, (0, 1), 1e-6), abs=1e-8)
    assert why.rest == pytest.approx(0, abs=1e-9)  # its layers have no biases but zeros


@pytest.mark.parametrize("path", [path for path in MODELS if path.stem != "mobile-11"], ids=lambda path: path.stem)
def test_real_networks_share_out_their_scores(path: Path) -> None:
    """In float32; the sigmoid in one branch bends, so there only what is left over tells."""
    network = onnx.load(path)
    shape = tuple(n or 1 for n in network.graph.inputs[0].shape or ())
    x = np.random.default_rng(3).uniform(0.1, 1, shape).astype(np.float32)
    trace = network(x)
    score = trace.parents["input"] if trace.layer.operation.squashes else trace
    why = trace.why((0, 1))
    assert why.explained == pytest.approx(float(score.output[0, 1]))
    if path.stem == "branches-11":
        assert np.isfinite(why.contributions).all()
        return
    names = network.graph.outputs[0] if score is trace else network.graph.nodes[-1].inputs[0]
    due = x * slopes(lambda moved: network(moved.astype(np.float32), until=names), x.astype(float), (0, 1), 2e-3)
    assert float(why.contributions.sum()) == pytest.approx(due.sum(), rel=0.02, abs=0.02)


GRID = [[1, 2, 3], [4, 9, 5], [6, 7, 8]]


def test_the_path_goes_to_the_winner_and_to_the_largest_product() -> None:
    trace = sw.trace(["Conv2D(1, 2)", "MaxPool2D(2)"], GRID, weights=[[[[1, 0], [0, 3]], [0]]])
    # the windows give 1+27, 2+15, 4+21, 9+24: the last is the largest, and in it 8·3 the largest product
    path = trace.why((0, 0)).path
    assert [link.value for link in path] == [33, 33, 8]
    assert [link.index for link in path] == [(0, 0), (1, 1), (2, 2)]
    assert path[-1].trace is None
    assert path[-1].share == pytest.approx(24 / 33)
    why = trace.why((0, 0))
    assert [share.index for share in why.shares] == [(1, 1)]
    down = why.down(why.shares[0])
    assert down is not None
    assert [(share.index, share.amount) for share in down.shares] == [
        ((2, 2), 24),
        ((1, 1), 9),
        ((1, 2), 0),
        ((2, 1), 0),
    ]
    assert down.down(down.shares[0]) is None
    assert why.contributions.tolist() == [[0, 0, 0], [0, 9, 0], [0, 0, 24]]


def test_a_blocked_number_was_given_nothing() -> None:
    trace = sw.trace(["Conv2D(1, 1)", "keras.layers.ReLU()"], [[-2, 3]], weights=[[[[1]], [0]], None])
    assert trace.why((0, 0)).contributions.tolist() == [[0, 0]]
    assert trace.why((0, 1)).contributions.tolist() == [[0, 3]]
    assert [link.share for link in trace.why((0, 0)).path] == [1, 0, 1]


def test_of_a_thousand_products_the_largest_come_first_and_the_others_together() -> None:
    w = random.normal(size=(1000, 2))
    x = random.normal(size=(1, 1000))
    trace = sw.trace("Dense(2)", x, weights=[[w, [0.0, 0.5]]])
    why = trace.why((0, 1))
    order = np.argsort(-np.abs(x[0] * w[:, 1]))
    assert [share.index for share in why.largest(5)] == [(0, i) for i in order[:5]]
    rest, count = why.others(5)
    assert count == 995
    assert rest == pytest.approx((x[0] * w[:, 1])[order[5:]].sum())
    assert why.rest == pytest.approx(0.5)
    told = trace.lesson().text()
    assert "Of 1000 products the 12 largest come first" in " ".join(told.split())


def test_the_receptive_field_holds_all_that_changes_anything() -> None:
    network = keras.Sequential([L.Conv2D(2, 3, strides=2, padding="same"), L.MaxPool2D(2, strides=1), L.Conv2D(1, 2)])
    x = random.normal(size=(1, 12, 12, 1))
    trace = network(x)
    for index in [(0, 0, 0, 0), (0, 1, 2, 0), (0, 3, 3, 0)]:
        field = trace.why(index).field
        changed = np.zeros(x.shape, dtype=bool)
        for at in np.ndindex(x.shape):
            for by in (-50.0, 50.0):  # large, so that a maximum has another winner
                moved = x.copy()
                moved[at] += by
                changed[at] |= network(moved).output[index] != trace.output[index]
        found = np.argwhere(changed)
        assert list(field) == [(low, high + 1) for low, high in zip(found.min(axis=0), found.max(axis=0))]


def test_a_pixel_touched_what_changes_with_it_and_all_that_did_see_it() -> None:
    network = tutorial()
    trace = network(X)
    touched = trace.touched((0, 4, 4, 1))
    moved = X.copy()
    moved[0, 4, 4, 1] += 10
    again: Trace | None = network(moved)
    for layer, mask in reversed(touched.layers):
        assert again is not None
        assert not ((again.output != layer.output) & ~mask).any()
        again = again.parents.get("input")
    conv = touched.layers[0][1]
    assert conv.sum() == 9 * 3
    assert conv[0, 3:6, 3:6].all()


def test_places_that_are_none_are_told() -> None:
    trace = tutorial()(X)
    for place in [(0,), (0, 4), (0, -5), (0, 0, 0)]:
        with pytest.raises(StepIndexError, match="is not a cell of the output"):
            trace.why(place)
    for place in [(0, 0), (0, 9, 0, 0)]:
        with pytest.raises(StepIndexError, match="is not a cell of the first input"):
            trace.touched(place)
    with pytest.raises(StepIndexError, match="is not an index"):
        trace.touched("here")
    assert trace.why((-1, -1)).index == (0, 3)
    with pytest.raises(InputError, match="put numbers in first"):
        sw.trace("MaxPool2D(2)", "a b; c d").why((0, 0)).path  # noqa: B018 - it is worked out when asked for


def test_exact_numbers_are_shared_out_too() -> None:
    trace = sw.trace("AveragePooling2D(2)", "1/3 1/2; 1 2")
    assert trace.why((0, 0)).contributions.sum() == pytest.approx(23 / 24)


def test_the_answer_is_told_and_the_field_is_drawn() -> None:
    network = onnx.load(Path(__file__).parents[3] / "examples" / "digit.onnx")
    lesson = network(sample_digit(0) / 255, until="max_pool2d").why((0, 7, 3, 7)).lesson()
    text = lesson.text()
    # 4 × 4: two cells of a 3 × 3 window each way
    assert "those at (0, 0, 5…8, 13…16): its receptive field" in " ".join(text.split())
    assert "the input · its receptive field framed" in text
    assert lesson.html().count("<img") == 2
    touched = network(sample_digit(0) / 255).touched((0, 0, 8, 13)).lesson()
    assert "72 / 6272" in touched.text()
    for one in (lesson, touched):
        assert one.markdown().startswith("# ")


def test_stepwise_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call = ("MaxPool2D(2)", "--input", "4 3; 2 1")
    done = run("why", *call, "--cell", "0,0")
    assert (done.status, done.err) == (0, "")
    assert "max(4, 3, 2, 1) = 4" in done.out
    assert run("why", *call, "--cell", "(0, 0)", "-o", "w.html").status == 0
    assert "What depends on (1, 1) of the input?" in run("why", *call, "--touched", "1 1").out
    sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).save("t.json")
    assert run("why", "t.json", "--cell", "0,0").out == done.out
    Path("l.yaml").write_text("stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n")
    assert run("why", "l.yaml", "--cell", "0,0").out == done.out
    for arguments, told in [
        ((*call,), "give --cell"),
        ((*call, "--cell", "0,0", "--touched", "0,0"), "give --cell"),
        ((*call, "--cell", "a"), "is not a place"),
        ((*call, "--cell", "0,9"), "is not a cell of the output"),
        (("t.json", "--cell", "0,0", "--input", "1"), "leave --input out"),
        (("t.json", "--cell", "0,0", "--kernel", "1"), "leave those options out"),
        (("t.json", "l.yaml", "--cell", "0,0"), "give one file"),
        ((*call, "--cell", "0,0", "--until", "x"), "leave it out"),
        (("ReLU()", "--cell", "0,0"), "add --input"),
    ]:
        refused = run("why", *arguments)
        assert refused.status == 2
        assert told in refused.err


def test_every_cell_of_a_small_network_adds_up() -> None:
    network = keras.Sequential([L.Conv2D(2, 2, bias_initializer="zeros"), L.LeakyReLU(0.1), L.MaxPool2D(2, strides=1)])
    x = random.normal(size=(1, 5, 5, 1))
    trace = network(x)
    for index in product(*map(range, trace.shape)):
        why = trace.why(index)
        assert why.contributions.sum() == pytest.approx(why.value)
        field = tuple(slice(low, high) for low, high in why.field)
        outside = np.array(why.contributions)
        outside[field] = 0
        assert not outside.any()


def test_a_sigmoid_is_its_score_in_another_form_on_the_way_down_too() -> None:
    score = keras.Sequential([L.Conv2D(1, 2), L.Flatten(), L.Dense(1)])(np.arange(9.0).reshape(3, 3))
    why = L.Activation("sigmoid")(score).why((0,))
    assert [link.share for link in why.path[:2]] == [1, 1]
    assert why.path[2].share == score.why((0,)).path[1].share


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_rounding_leaves_over_is_not_said_to_be_a_bias(dtype: Any) -> None:
    x = random.uniform(-1, 1, (1, 9, 9, 2)).astype(dtype)
    net = keras.Sequential([L.Conv2D(8, 3), L.ReLU(), L.Flatten(), L.Dense(3)])
    assert [net(x).why((0, i)).rest for i in range(3)] == [0, 0, 0]
    net = keras.Sequential([L.Conv2D(8, 3), L.ReLU(), L.Flatten(), L.Dense(3, bias_initializer="ones")])
    assert [float(net(x).why((0, i)).rest) for i in range(3)] == pytest.approx([1, 1, 1], abs=1e-5)
    assert np.isnan(net(np.full_like(x, np.nan)).why((0, 0)).rest)


def test_a_pictures_numbers_are_divided_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(sample_digit(0).astype(np.uint8)).save("digit.png")
    model = str(Path(__file__).parents[3] / "examples" / "digit.onnx")
    due = onnx.load(model)(sample_digit(0) / 255)
    told = run("why", model, "--input", "digit.png", "--divide", "255", "--cell", "0,5").out
    [said] = re.findall(r"Why is \(0, 5\) of Softmax ([0-9.]+)\?", told)
    assert float(said) == pytest.approx(float(due.output[0, 5]), abs=0.005)
    exact = run("explain", "MaxPool2D(2)", "--input", "1 2; 3 4", "--divide", "3", "--arithmetic", "exact").out
    assert "max(1/3, 2/3, 1, 4/3) = 4/3" in exact
    for number in ("0", "nan", "inf", "-0.0"):
        refused = run("explain", "MaxPool2D(2)", "--input", "1 2; 3 4", "--divide", number)
        assert (refused.status, refused.out) == (2, "")
        assert "must be a number other than 0" in refused.err
    Path("lesson.yaml").write_text("stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n")
    for command in (("explain", "lesson.yaml"), ("why", "lesson.yaml", "--cell", "0,0")):
        assert "has its own input" in run(*command, "--divide", "2").err


@pytest.mark.parametrize("call", ["Softplus()", "nn.Mish()", "keras.layers.Activation('gelu')", "nn.ELU()"])
def test_a_number_that_is_no_fraction_is_shared_out_in_decimals(call: str) -> None:
    """What is exact and what is a decimal are never mixed: the same numbers in decimals say what must come out."""
    numbers = [[Fraction(1, 2), Fraction(-3)], [Fraction(2), Fraction(1, 3)]]
    for before in ([], ["ReLU()"]):
        exact = sw.trace([*before, call], numbers)
        floats = sw.trace([*before, call], np.array(numbers, dtype=float))
        for cell in ((0, 0), (1, 0)):
            why, told = exact.why(cell), floats.why(cell)
            assert float(why.rest) == pytest.approx(float(told.rest), abs=1e-12)
            assert [float(link.share) for link in why.path] == pytest.approx([float(link.share) for link in told.path])
            assert why.lesson().text().count("%") == len(why.path)
