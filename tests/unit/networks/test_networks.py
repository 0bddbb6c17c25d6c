"""Networks: layers called as one, their weights from files, and the table of what they are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import stepwise as sw
from stepwise.analysis.counts import fields, multiply_adds, parameters
from stepwise.dialects import keras, layers, torch
from stepwise.errors import CallError, FileError, ShapeError, StepwiseError
from stepwise.layers.saved import from_data
from stepwise.networks.network import Sequential
from stepwise.render.page.network import plan
from stepwise.traces.trace import Trace, chain

L: Any = keras.layers
nn: Any = torch.nn
X = np.random.default_rng(0).random((1, 8, 8, 1))


def small() -> Any:
    return keras.Sequential([L.Conv2D(3, 3, activation="relu"), L.MaxPool2D(2), L.Flatten(), L.Dense(2)])


def test_a_sequential_is_its_layers_one_after_the_other() -> None:
    net = small()
    x: Any = X
    for layer in net.layers:
        x = layer(x)
    assert np.array_equal(net(X).output, x.output)
    assert [trace.layer.operation.name for trace in chain(net(X))] == ["conv", "relu", "max_pool", "flatten", "dense"]
    assert np.array_equal(net.predict(X), net(X))


def test_pytorch_has_one_too_and_may_lie_in_another() -> None:
    net = nn.Sequential(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), nn.Flatten(), nn.Linear(72, 3))
    assert len(net) == 4
    assert list(net.named_weights()) == ["0.0.weight", "0.0.bias", "2.weight", "2.bias"]
    assert net(np.moveaxis(X, -1, 1)).shape == (1, 3)
    assert net.eval() is net
    assert repr(net[1]) == "ReLU()"


@pytest.mark.parametrize(
    ("text", "dialects"),
    [
        ("Sequential([Conv2D(2, 3), ReLU(), Flatten()])", ["keras"] * 3),
        ("keras.Sequential([keras.Input(shape=(8, 8, 1)), layers.Conv2D(2, 3), layers.ReLU()])", ["keras"] * 2),
        ("tf.keras.models.Sequential(layers=[Conv2D(2, 3), Flatten()])", ["keras"] * 2),
        ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten())", ["torch"] * 3),
        ("torch.nn.Sequential(nn.Sequential(nn.ReLU(), nn.Tanh()), ReLU())", ["torch"] * 3),
        ("Sequential([Sequential([Conv2D(2, 3)]), ReLU()]), Flatten()", ["keras"] * 3),
    ],
)
def test_a_pasted_sequential_is_read(text: str, dialects: list[str]) -> None:
    assert [layer.dialect for layer in layers(text)] == dialects


@pytest.mark.parametrize("text", ["Sequential()", "Sequential([])", "nn.Sequential(3)", "Sequential([Input((3,))])"])
def test_a_pasted_sequential_without_layers_is_told(text: str) -> None:
    with pytest.raises(CallError, match="names no layers"):
        layers(text)


def test_a_sequential_nested_without_end_is_refused() -> None:
    with pytest.raises(CallError, match="nested more than 20 deep"):
        layers("Sequential([" * 30 + "ReLU()" + "])" * 30)


def test_what_is_no_layer_is_refused() -> None:
    with pytest.raises(CallError, match="takes layers"):
        keras.Sequential([L.ReLU(), "ReLU"])
    with pytest.raises(CallError, match="without layers"):
        keras.Sequential([])(X)
    with pytest.raises(CallError, match="only stand first"):
        keras.Sequential([L.ReLU(), keras.Input((3,))])
    with pytest.raises(CallError, match="gives more than one thing"):
        nn.Sequential(nn.MaxPool2d(2, return_indices=True), nn.ReLU())(np.ones((1, 1, 4, 4)))


# Weights.


def weights() -> dict[str, np.ndarray[Any, Any]]:
    random = np.random.default_rng(1)
    return {
        "0.weight": random.random((2, 1, 3, 3), dtype=np.float32),
        "0.bias": random.random(2, dtype=np.float32),
        "2.weight": random.random((3, 72), dtype=np.float32),
        "2.bias": random.random(3, dtype=np.float32),
    }


def network() -> Any:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 3))


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_weights_come_from_files_that_hold_numbers_only(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"w{suffix}"
    given = weights()
    if suffix == ".npz":
        np.savez(path, **given)  # type: ignore[arg-type]  # NumPy's stubs think of allow_pickle
    else:
        save_file(given, path)
    net = network()
    net.load_state_dict(torch.load(path))
    for name, array in net.state_dict().items():
        assert np.array_equal(array, given[name])
        assert array.dtype == np.float32
    x = np.moveaxis(X, -1, 1)
    by_hand = np.array([[(x[0, 0, i : i + 3, j : j + 3] * given["0.weight"][f, 0]).sum() + given["0.bias"][f]
                         for i in range(6) for j in range(6)] for f in range(2)])  # fmt: skip
    assert net(x).output == pytest.approx((by_hand.ravel() @ given["2.weight"].T + given["2.bias"])[None], rel=1e-6)


def test_keras_weights_come_in_order_ten_after_nine(tmp_path: Path) -> None:
    net = keras.Sequential([L.Dense(1, use_bias=False, kernel_initializer="ones") for _ in range(12)])
    np.savez(tmp_path / "w.npz", *[np.full((1, 1), n) for n in range(1, 13)])
    net.load_weights(tmp_path / "w.npz")
    assert [float(w[0, 0]) for w in net.get_weights()] == list(range(1, 13))
    with pytest.raises(ShapeError, match="12 weights, but 1 were given"):
        net.set_weights([np.ones((1, 1))])


def test_names_that_do_not_fit_are_told() -> None:
    given = weights()
    with pytest.raises(CallError, match=r"missing is 2\.bias"):
        network().load_state_dict({name: w for name, w in given.items() if name != "2.bias"})
    with pytest.raises(CallError, match=r"there is no weight 3\.weight"):
        network().load_state_dict({**given, "3.weight": np.ones(1)})
    network().load_state_dict({**given, "1.num_batches_tracked": np.array(3)})  # PyTorch's own bookkeeping
    net = network()
    net.load_state_dict({**given, "0.weight": np.ones((2, 1, 2, 2))})
    with pytest.raises(ShapeError, match="kernel has shape"):
        net(np.moveaxis(X, -1, 1))


def safetensors(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    """The format by its description: the header's length, the header, the numbers."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


F32 = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
DAMAGED = [
    b"",
    b"\x00" * 7,
    safetensors({"a": F32}, b"\x00" * 8, length=2**63),
    safetensors(b"{not json", b""),
    safetensors([1], b""),
    safetensors({"a": {**F32, "data_offsets": [0, 800]}}, b"\x00" * 8),
    safetensors({"a": {**F32, "data_offsets": [8, 0]}}, b"\x00" * 8),
    safetensors({"a": {**F32, "shape": [2**62, 4]}}, b"\x00" * 8),
    safetensors({"a": {**F32, "shape": [-2]}}, b"\x00" * 8),
    safetensors({"a": {**F32, "shape": [10**30, 0], "data_offsets": [0, 0]}}, b""),
    safetensors({"a": {**F32, "shape": [2] + [1] * 100}}, b"\x00" * 8),
    safetensors({"a": {**F32, "shape": "2"}}, b"\x00" * 8),
    safetensors({"a": {**F32, "dtype": "object"}}, b"\x00" * 8),
    safetensors({"a": {**F32, "dtype": ["F32"]}}, b"\x00" * 8),
    safetensors({"a": 3}, b""),
    safetensors(b"[" * 100_000, b""),
]


@pytest.mark.parametrize("number", range(len(DAMAGED)))
def test_damaged_safetensors_are_told(number: int, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(DAMAGED[number])
    with pytest.raises(FileError, match="is not a safetensors file, or it is damaged"):
        torch.load(tmp_path / "w.safetensors")


def test_half_precisions_are_read(tmp_path: Path) -> None:
    numbers = np.array([1.5, -2.0], np.float32)
    upper = (numbers.view(np.uint32) >> 16).astype("<u2").tobytes()
    header = {"__metadata__": {"format": "pt"}, "a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}
    (tmp_path / "w.safetensors").write_bytes(safetensors(header, upper))
    assert torch.load(tmp_path / "w.safetensors")["a"].tolist() == [1.5, -2]


@pytest.mark.parametrize(
    ("name", "advice"), [("w.pt", "save_file"), ("w.pth", "save_file"), ("w.keras", "numpy.savez"), ("w.h5", "savez")]
)
def test_a_file_that_could_run_something_is_not_opened(name: str, advice: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(FileError, match=advice):
        torch.load(tmp_path / name)


# What a network is made of.


def vgg16() -> Any:
    """Simonyan & Zisserman 2014, configuration D, without any weights."""
    modules, seen = [], 3
    for count, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(count):
            modules += [nn.Conv2d(seen, filters, 3, padding=1), nn.ReLU()]
            seen = filters
        modules.append(nn.MaxPool2d(2))
    dense = [nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
    return nn.Sequential(*modules, nn.Flatten(), *dense)


def test_vgg16_has_the_sizes_that_are_known_of_it() -> None:
    """138,357,544 parameters and 15.47 thousand million multiply-adds (torchvision's tables), a field of 212 after the
    last pooling (Araujo, Norris & Sim 2019, Distill), and no number is touched for it.
    """
    traces = chain(vgg16().outlined((1, 3, 224, 224)))
    assert sum(parameters(trace).number for trace in traces) == 138_357_544
    assert sum(multiply_adds(trace).number for trace in traces) == 15_470_264_320
    seen = fields(traces[-1])
    [last_pool] = [t for t in traces if t.layer.operation.name == "max_pool" and t.shape[-1] == 7]
    assert (seen[id(last_pool)].field, seen[id(last_pool)].jump) == ((212, 212), (32, 32))
    assert seen[id(traces[-1])].field is None


def test_the_summary_says_where_its_numbers_come_from() -> None:
    told = str(small().summary((1, 8, 8, 1)))
    for words in ("3·3·1·3 + 3 = 30", "27·2 + 2 = 56", "86", "1×3×3×3", "4×4"):
        assert words in told
    assert "6·6·3" not in told  # multiply-adds as a number: 36 cells · 3 filters · 9
    assert "972" in told


def test_an_input_layer_says_the_shape() -> None:
    net = keras.Sequential([keras.Input(shape=(28, 28, 1)), L.Conv2D(5, 3)])
    assert "26×26×5" in str(net.summary())
    with pytest.raises(ShapeError, match="needs its input's shape"):
        small().summary()
    with pytest.raises(ShapeError, match=r"^Linear\(3, 2\) expects 3 features"):
        keras.Sequential([L.Flatten(), nn.Linear(3, 2)]).summary((1, 4, 4, 1))


@pytest.mark.parametrize(
    ("layer", "shape", "due"),
    [
        (lambda: nn.ConvTranspose2d(2, 3, 3, stride=2), (1, 2, 4, 4), (2 * 16) * 9 * 3),
        (lambda: nn.Conv2d(4, 6, 3, groups=2), (1, 4, 5, 5), 9 * 6 * 9 * 2),
        (lambda: L.DepthwiseConv2D(3), (1, 5, 5, 4), 9 * 4 * 9),
        (lambda: L.Dense(7), (3, 5), 3 * 7 * 5),
        (lambda: L.MaxPool2D(2), (1, 4, 4, 1), 0),
    ],
)
def test_multiply_adds_are_counted_as_by_hand(layer: Any, shape: tuple[int, ...], due: int) -> None:
    assert multiply_adds(Sequential([layer()]).outlined(shape)).number == due


# Branches.


def residual(blocks: int) -> Trace:
    """Many residual blocks, so that the paths through them are 2 to the power of their number."""
    x: Trace = L.ReLU()(np.ones((1, 3, 3, 1)))
    for _ in range(blocks):
        x = L.Add()([x, L.ReLU()(x)])
    return x


def test_a_layer_that_several_look_at_is_saved_verified_and_told_once() -> None:
    trace = residual(40)
    assert len(chain(trace)) == 81
    trace.verify()
    data = json.loads(json.dumps(trace.to_data()))
    again = from_data(data)
    assert len(chain(again)) == 81
    again.verify()
    assert again.to_data() == trace.to_data()
    assert trace.output[0, 0, 0, 0] == 2.0**40


def test_damage_below_a_join_is_found() -> None:
    data = json.loads(json.dumps(residual(3).to_data()))
    deepest = data
    while "parent" in deepest["inputs"]["input"]:
        deepest = deepest["inputs"]["input"]["parent"]
    deepest["output"]["data"][4] = 5
    with pytest.raises(sw.VerificationError):
        from_data(data).verify()


@pytest.mark.parametrize("number", [99, 0, -1, "1", None, 1.0, True])
def test_a_parent_that_was_never_written_is_told(number: Any, tmp_path: Path) -> None:
    data = residual(1).to_data()
    assert data["inputs"]["input_1"]["parent"]["inputs"]["input"] == {"same": 1}
    data["inputs"]["input_1"]["parent"]["inputs"]["input"] = {"same": number}
    (tmp_path / "t.json").write_text(json.dumps(data))
    with pytest.raises(FileError, match="is not a saved trace"):
        sw.load(tmp_path / "t.json")


def test_two_layers_cannot_have_one_number(tmp_path: Path) -> None:
    data = residual(1).to_data()
    data["number"] = 1
    (tmp_path / "t.json").write_text(json.dumps(data))
    with pytest.raises(FileError, match="two of its layers have the number 1"):
        sw.load(tmp_path / "t.json")


def test_joins_refuse_what_does_not_fit() -> None:
    with pytest.raises(StepwiseError, match="cannot be joined along axis -1"):
        L.Concatenate()([np.ones((1, 2, 2, 1)), np.ones((1, 2, 3, 1))])
    with pytest.raises(StepwiseError, match="cannot be added"):
        L.Add()([np.ones((1, 2, 2, 2)), np.ones((1, 2, 2, 3))])


def test_a_long_chain_is_told_as_a_network_with_each_lesson_folded() -> None:
    lesson = small()(X).lesson()
    titles = [section.title for section in lesson.sections]
    assert titles[:2] == ["The whole network", "The stages as a table"]
    [lead] = lesson.lead
    assert str(lead).startswith("4 layers in 5 stages, from")
    assert [bool(section.folded) for section in lesson.sections] == [False, False, *[True] * 5]
    page = lesson.html()
    assert page.count("<details") >= 5
    assert page.count("Slide the window") == 2
    assert "Slide the window" not in lesson.text()
    assert "picture in two colours" in page  # what the convolution gave has negative numbers
    short = sw.trace(["Conv2D(3, 3)", "MaxPool2D(2)"], X).lesson()
    assert not any(section.folded for section in short.sections)


def test_a_summary_after_a_call_needs_no_shape() -> None:
    net = keras.Sequential([L.Conv2D(4, 3, activation="relu"), L.Flatten()])
    net(np.zeros((2, 12, 12, 3)))
    assert "from 2×12×12×3 to 2×400" in str(net.summary())
    assert "from 1×6×6×3 to 1×64" in str(net.summary((None, 6, 6, 3)))
    for shape in ((28, "a"), (0, 3), (1.5, 2), "12", 7.5, ()):
        with pytest.raises(ShapeError, match="a summary takes whole numbers above 0"):
            net.summary(shape)  # type: ignore[arg-type]


@pytest.mark.parametrize("first", ["keras.layers.Input((9, 9, 1)), ", "keras.layers.InputLayer((9, 9, 1)), ", ""])
def test_what_goes_in_is_said_as_kerass_tutorials_say_it(first: str) -> None:
    shape = "" if first else ", input_shape=(9, 9, 1)"
    text = f"keras.Sequential([{first}keras.layers.Conv2D(2, 3{shape}), keras.layers.Flatten()])"
    net = eval(text, {"keras": keras})
    assert "from 9×9×1 to 98" in str(net.summary())
    assert sw.trace(text, np.zeros((9, 9))).shape == (98,)


def test_a_layer_that_does_not_fit_is_named() -> None:
    calls = ["Conv2D(4, 3)", "MaxPool2D(2)", "MaxPool2D(3)"]
    net = keras.Sequential([L.Conv2D(4, 3), L.MaxPool2D(2), L.MaxPool2D(3)])
    ways: list[Any] = [lambda x: sw.trace(calls, x), net]
    for carried_out in ways:
        with pytest.raises(ShapeError, match=r"^MaxPool2D\(3\): along the height, a window of 3 does not fit into 2"):
            carried_out(np.zeros((6, 6)))
    net = keras.Sequential([L.Flatten(), L.Dense(3), L.Dense(2)])
    net.set_weights([np.ones((4, 3)), np.ones(3), np.ones((4, 2)), np.ones(2)])
    with pytest.raises(ShapeError, match=r"^Dense\(2\): the kernel has shape \(4, 2\)"):
        net(np.zeros((1, 4)))


def test_weights_that_have_no_names_are_told() -> None:
    with pytest.raises(CallError, match="weights are given by name"):
        nn.Sequential(nn.Linear(2, 1)).load_state_dict([np.ones((1, 2)), np.ones(1)])


def test_what_a_picture_of_a_network_leaves_out_is_said() -> None:
    net = keras.Sequential([L.Conv2D(11, 3), L.ReLU(), L.MaxPool2D(2), L.Conv2D(8, 3)])
    text = " ".join(net(np.ones((3, 12, 12, 2))).lesson().text().split())
    assert text.count("Of its 3 images the first is drawn") == 1
    assert text.count("Of its 11 channels the first 8 are drawn.") == 3
    assert text.count("are drawn") == 3


@pytest.mark.parametrize(
    ("calls", "shape", "line"),
    [
        (["Conv1D(3, 2)", "MaxPool1D(2)", "Flatten()", "Dense(4)", "Softmax()"], (1, 8, 2), [0, 0, 1, 1, 1]),
        (["Conv1D(3, 2)", "GlobalAveragePooling1D()", "Dense(4)", "ReLU()"], (2, 8, 2), [0, 1, 1, 1]),
        (["Conv2D(3, 2)", "Flatten()", "Dense(8)", "Reshape((2, 2, 2))"], (1, 4, 4, 1), [0, 1, 1, 0]),
    ],
)
def test_numbers_in_a_row_are_drawn_as_such_whatever_came_before(
    calls: list[str], shape: tuple[int, ...], line: list[int]
) -> None:
    layers = chain(sw.trace(calls, np.ones(shape)))
    assert [int(plan(layer, layer.output)["line"]) for layer in layers] == line


def test_weights_that_were_drawn_can_be_read_and_set_again() -> None:
    net = small()
    assert net.get_weights() == []
    first = net(X)
    again = small()
    again.set_weights([2 * weight for weight in net.get_weights()])
    assert [w.shape for w in net.get_weights()] == [(3, 3, 1, 3), (3,), (27, 2), (2,)]
    assert np.allclose(again(X).output, 4 * first.output)  # twice at two layers, and no bias
    modules = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 2))
    due = modules(np.moveaxis(X, -1, 1)).output
    other = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 2))
    other.load_state_dict(modules.state_dict())
    assert list(modules.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert np.array_equal(other(np.moveaxis(X, -1, 1)).output, due)
