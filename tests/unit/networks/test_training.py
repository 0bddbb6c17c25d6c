"""Training: what is told while it goes on, what stops it, what is saved; one seed gives one result."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

import stepwise as sw
from stepwise.dialects import keras, torch
from stepwise.errors import CallError, FileError, InputError, ShapeError, TrainingError
from stepwise.traces.trace import chain

L: Any = keras.layers
nn: Any = torch.nn


def blobs(count: int = 60) -> tuple[Any, Any]:
    """Images of 6×6 with a bright corner, and which of the four it is."""
    random = np.random.default_rng(0)
    y = random.integers(0, 4, count)
    x = random.random((count, 6, 6, 1), dtype=np.float32) / 4
    for image, corner in zip(x, y):
        image[3 * (corner // 2) : 3 * (corner // 2) + 3, 3 * (corner % 2) : 3 * (corner % 2) + 3] += 1
    return x, y


def network(*more: Any) -> Any:
    net = keras.Sequential(
        [L.Conv2D(4, 3, activation="relu"), L.MaxPool2D(2), *more, L.Flatten(), L.Dense(4, activation="softmax")]
    )
    net.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy", ["accuracy"])
    return net


def trained(seed: int, *more: Any) -> Any:
    keras.utils.set_random_seed(seed)
    net = network(*more)
    net.fit(*blobs(), epochs=2, batch_size=8, verbose=0)
    return net


def same(a: Any, b: Any) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a.get_weights(), b.get_weights(), strict=True))


def test_it_learns_and_is_then_told_as_any_other_network() -> None:
    x, y = blobs()
    net = network()
    history = net.fit(x, y, epochs=8, batch_size=8, validation_split=0.2, verbose=0)
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history.history["val_accuracy"][-1] > 0.9 > history.history["accuracy"][0]
    assert history.epoch == list(range(8))
    assert net.history is history
    loss, accuracy = net.evaluate(x, y)
    assert accuracy == (net.predict(x).argmax(1) == y).mean()
    assert net.evaluate(x, y, return_dict=True) == {"loss": loss, "accuracy": accuracy}
    trace = net(x[:1])
    trace.verify()
    assert trace.lesson().text()
    assert trace.why((0, int(y[0]))).path
    assert sw.backward(trace, loss="cross_entropy", target=[int(y[0])]).input.shape == (1, 6, 6, 1)


def test_the_same_seed_gives_the_same_weights_dropout_and_all() -> None:
    assert same(trained(3, L.Dropout(0.5)), trained(3, L.Dropout(0.5)))
    assert not same(trained(3, L.Dropout(0.5)), trained(4, L.Dropout(0.5)))


@pytest.mark.parametrize(
    "call",
    [
        "Conv2D(2, 3)", "DepthwiseConv2D(3)", "SeparableConv2D(2, 3)", "Conv2DTranspose(2, 3, strides=2)",
        "MaxPool2D(2)", "MaxPool2D(3, strides=2)", "AveragePooling2D(2)", "GlobalMaxPool2D()", "BatchNormalization()",
        "PReLU()",
        "ReLU()", "ReLU(max_value=6)", "LeakyReLU()", "Activation('gelu')", "Activation('silu')", "Softmax()",
        "LayerNormalization()", "Dense(2)", "UpSampling2D(2, interpolation='bilinear')",
        "ZeroPadding2D(1)", "Flatten()",
    ],
)  # fmt: skip
def test_32_bits_stay_32_bits_there_and_back(call: str) -> None:
    trace = sw.trace(f"keras.layers.{call}", np.random.default_rng(0).normal(size=(2, 6, 6, 2)).astype(np.float32))
    assert trace.dtype == np.float32
    for name, gradient in trace.backward(np.ones(trace.shape, np.float32)).items():
        assert gradient.dtype == np.float32, name


def test_a_network_that_parts_and_joins_is_trained_too() -> None:
    x, y = blobs()
    inputs = keras.Input((6, 6, 1))
    first = L.Conv2D(3, 3, padding="same", activation="relu")(inputs)
    joined = L.Add()([first, L.Conv2D(3, 3, padding="same")(first)])
    net = keras.Model(inputs, L.Dense(4, activation="softmax")(L.Flatten()(L.BatchNormalization()(joined))))
    net.compile("adam", "categorical_crossentropy", metrics=["accuracy", "mse"])
    net.optimizer.learning_rate = 0.02
    history = net.fit(x, keras.utils.to_categorical(y), epochs=6, batch_size=8, verbose=0)
    assert list(history.history) == ["loss", "accuracy", "mse"]
    assert history.history["loss"][-1] < history.history["loss"][0] / 4


def test_inputs_of_several_kinds_are_batched_together() -> None:
    random = np.random.default_rng(0)
    xs = [random.random((40, 2)), random.random((40, 2))]
    one, other = keras.Input((2,)), keras.Input((2,))
    shared = L.Dense(3)  # both go through it: its gradients are added
    net = keras.Model([one, other], L.Dense(1)(L.Concatenate()([shared(one), shared(other)])))
    net.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse", ["mae"])
    history = net.fit(xs, xs[0].sum(axis=1) - xs[1].sum(axis=1), epochs=40, batch_size=5, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0] / 3
    assert len(net.get_weights()) == 4


def test_layers_of_one_size_do_not_begin_alike() -> None:
    net = keras.Sequential([L.Dense(4), L.Dense(4)])
    net.compile("sgd", "mse")
    net.fit(np.ones((2, 4), np.float32), np.ones((2, 4)), verbose=0)
    first, _, second, _ = net.get_weights()
    assert not np.allclose(first, second, atol=0.05)


@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_dropout_drops_a_share_and_scales_up_the_rest(rate: float) -> None:
    layer = L.Dropout(rate, seed=1)
    x = np.ones((100, 100), np.float32)
    assert np.array_equal(layer(x), x)  # in use
    layer.training = True
    trace = layer(x)
    dropped = trace.output == 0
    assert dropped.mean() == pytest.approx(rate, abs=0.02)
    assert trace.output[~dropped] == pytest.approx(1 / (1 - rate))
    assert np.array_equal(trace.backward(x)["input"], trace.output)  # through the same gate
    assert not np.array_equal(layer(x), trace)  # another one with every call
    again = L.Dropout(rate, seed=1)
    again.training = True
    assert np.array_equal(again(x), trace)
    trace.verify()


def test_dropout_of_channels_drops_them_whole() -> None:
    for layer, x, along in (
        (L.SpatialDropout2D(0.5), np.ones((4, 3, 3, 8), np.float32), (1, 2)),
        (nn.Dropout2d(0.5), np.ones((4, 8, 3, 3), np.float32), (2, 3)),
        (L.Dropout(0.5, noise_shape=(None, 1, 1, None)), np.ones((4, 3, 3, 8), np.float32), (1, 2)),
    ):
        layer.training = True
        found = layer(x).output
        assert np.array_equal(found.min(axis=along), found.max(axis=along))
        assert 0 < (found == 0).mean() < 1


def test_a_frozen_layer_stays_and_normalises_as_in_use() -> None:
    norm = L.BatchNormalization(trainable=False)
    net = network(norm)
    net.fit(*blobs(), epochs=1, verbose=0)
    gamma, beta, mean, variance = norm.get_weights()
    assert (gamma.tolist(), beta.tolist(), mean.tolist(), variance.tolist()) == ([1] * 4, [0] * 4, [0] * 4, [1] * 4)


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
def test_weights_are_saved_and_loaded(suffix: str, tmp_path: Path) -> None:
    net = trained(0, L.BatchNormalization())
    net.save_weights(file := tmp_path / f"w{suffix}")
    other = network(L.BatchNormalization())
    other.load_weights(file)
    assert same(net, other)
    if suffix == ".safetensors":  # read by the library whose format it is
        found = safetensors.numpy.load_file(file)
        assert sorted(found) == sorted(f"{n}.{name}" for n, layer in enumerate(net.layers) for name in layer.weights)
        assert np.array_equal(found["0.kernel"], net.get_weights()[0])
    with pytest.raises(FileError, match=r"\.safetensors and \.npz"):
        net.save_weights(tmp_path / "w.weights.h5")


def test_lines_are_told_of_epochs(capsys: Any) -> None:
    net = network()
    net.fit(*blobs(), epochs=2, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" - ")[0] for line in lines] == ["Epoch 1/2", "Epoch 2/2"]
    assert "loss: " in lines[0]
    assert "accuracy: " in lines[0]
    net.fit(*blobs(), verbose=0)
    assert capsys.readouterr() == ("", "")


BAD: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "class": ("sparse_categorical_crossentropy", {"y": [0, 4, 1]}, InputError, "the target 4 is no class"),
    "below 0": ("sparse_categorical_crossentropy", {"y": [0, -1, 1]}, InputError, "the target -1 is no class"),
    "rows": ("sparse_categorical_crossentropy", {"y": np.eye(4)[:3]}, ShapeError, "take categorical_crossentropy"),
    "numbers": ("categorical_crossentropy", {"y": [0, 1, 2]}, ShapeError, "take sparse_categorical_crossentropy"),
    "count": ("mse", {"y": [0, 1]}, ShapeError, "one target for each sample"),
    "shape": ("mse", {"y": np.ones((3, 5))}, ShapeError, "the target has shape (3, 5)"),
    "words": ("mse", {"y": ["a", "b", "c"]}, InputError, "holds words, such as 'a', where numbers belong; give each"),
    "nothing": ("mse", {"y": None}, InputError, "the target is None; give an array"),
    "no batch": ("mse", {"x": np.ones((3, 6, 6)), "y": np.ones((3, 4))}, ShapeError, "takes a batch (N, height"),
    "no samples": ("mse", {"x": np.ones((0, 6, 6, 1)), "y": np.ones((0, 4))}, InputError, "no samples"),
    "size": ("mse", {"y": np.ones((3, 4)), "batch_size": 0}, InputError, "batch_size=0 must be"),
    "callbacks": ("mse", {"y": np.ones((3, 4)), "callbacks": [1]}, CallError, "callbacks takes keras.callbacks"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_trained_is_told_in_a_sentence(name: str) -> None:
    loss, given, kind, told = BAD[name]
    net = network()
    net.compile("sgd", loss)
    with pytest.raises(kind) as caught:
        net.fit(**{"x": np.ones((3, 6, 6, 1), np.float32), "verbose": 0, **given})
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_asked_for_in_other_words_is_told_too() -> None:
    net = keras.Sequential([L.Dense(2)])
    for ask, told in (
        (lambda: net.fit(np.ones((2, 2)), np.ones((2, 2))), "model.compile"),
        (lambda: net.compile("sdg", "mse"), "Did you mean sgd?"),
        (lambda: net.compile("adagrad", "mse"), "no optimizer 'adagrad' here"),
        (lambda: net.compile("sgd", "msee"), "Did you mean mse?"),
        (lambda: net.compile("sgd", "mse", ["acuracy"]), "Did you mean accuracy?"),
        (lambda: net.compile(keras.optimizers.SGD(0), "mse"), "learning_rate=0 must be above 0"),
        (lambda: net.compile(keras.optimizers.SGD(float("nan")), "mse"), "learning_rate=nan"),
        (lambda: net.compile(keras.optimizers.SGD(0.1, momentum=1.5), "mse"), "momentum=1.5"),
        (lambda: torch.optim.SGD([], lr=0.1), "model.parameters()"),
        (lambda: nn.MSELoss()(np.ones(2), np.ones(2)), "what a module gave"),
        (lambda: nn.CrossEntropyLoss(reduction="sum"), "reduction='sum'"),
    ):
        with pytest.raises(CallError) as caught:
            ask()
        assert told in str(caught.value)
    net.compile(loss="mse")
    assert type(net.optimizer) is type(keras.optimizers.RMSprop())  # Keras's own where none is named
    net.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(CallError, match="end the network with a softmax"):
        net.fit(10 * np.ones((2, 2), np.float32), [0, 1], verbose=0)


def test_nan_in_the_input_is_found() -> None:
    x, y = blobs()
    x[37, 2, 5, 0] = np.nan
    with pytest.raises(TrainingError, match=r"step \d+ of epoch 1: sample 37 holds nan at \(2, 5, 0\)"):
        network().fit(x, y, batch_size=8, verbose=0)


def test_where_a_number_is_too_large_first_is_told_and_the_weights_stay_numbers() -> None:
    net = network()
    net.compile(keras.optimizers.SGD(1e30), "mse")
    with pytest.raises(TrainingError, match=r"^training stopped in step \d of epoch 1: .*learning rate") as caught:
        net.fit(blobs()[0], np.eye(4)[blobs()[1]] * 1e9, verbose=0)
    assert "Conv2D" in str(caught.value) or "Dense" in str(caught.value)
    assert all(np.isfinite(weight).all() for weight in net.get_weights())


def test_a_loss_that_explodes_is_told() -> None:
    net = keras.Sequential([L.Dense(1)])
    net.compile(keras.optimizers.SGD(2.0), "mse")
    x = np.linspace(-1, 1, 40, dtype=np.float32)[:, np.newaxis]
    with pytest.warns(UserWarning, match=r"the learning rate 2 is too large; try 0\.2"):
        net.fit(3 * x, 2 * x, epochs=1, batch_size=4, verbose=0)


def test_a_loss_that_grows_slowly_is_told_once() -> None:
    """By hand: L = (w·x)² with x = 3 has the slope 18·w; with a rate of 0.13, w becomes -1.34·w in every step."""
    net = keras.Sequential([L.Dense(1, use_bias=False)])
    net.compile(keras.optimizers.SGD(0.13), "mse")
    with pytest.warns(UserWarning, match="the loss grew") as caught:
        history = net.fit(np.full((4, 1), 3.0), np.zeros((4, 1)), epochs=9, batch_size=4, verbose=0)
    first, *_, last = history.history["loss"]
    assert last / first == pytest.approx(1.34**16)
    [told] = [str(one.message) for one in caught]
    assert "in epoch 5: the learning rate 0.13 is too large; try 0.013" in told  # 1.34⁸ is the first above 10
    assert __file__ == caught[0].filename


def test_a_validation_that_is_no_number_is_told_with_where_and_why() -> None:
    net = network()
    net.compile("sgd", "sparse_categorical_crossentropy")
    x, y = blobs()
    strange = x[:4].copy()
    strange[2, 1, 3, 0] = np.inf
    due = r"^val_loss in epoch 1 is nan: sample 2 holds inf at \(1, 3, 0\), and .* leave it out$"
    with pytest.warns(UserWarning, match=due) as caught:
        history = net.fit(x, y, epochs=2, validation_data=(strange, y[:4]), verbose=0)
    assert len(caught) == 1
    assert np.isnan(history.history["val_loss"]).all()
    with pytest.warns(UserWarning, match="^loss is nan: sample 2 holds inf") as caught:
        net.evaluate(strange, y[:4], verbose=0)
    assert __file__ == caught[0].filename
    net.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="mse gave inf first; these samples may be far larger than those of training$"):
        net.evaluate(np.full_like(x, 1e30), np.full((len(x), 4), 1e30), verbose=0)


def test_a_loop_whose_loss_explodes_is_told_once() -> None:
    """As above: each step multiplies the loss by 1.34², the weight by -1.34; it must be above 10, too."""
    layer = nn.Linear(1, 1, bias=False)
    layer.load_state_dict({"weight": [[1.0]]})
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.13)

    def loop(steps: int) -> None:
        for _step in range(steps):
            optimizer.zero_grad()
            nn.MSELoss()(layer(np.array([[3.0]])), np.array([[0.0]])).backward()
            optimizer.step()

    with pytest.warns(UserWarning, match="the loss grew") as caught:
        loop(14)
    [told] = [str(one.message) for one in caught]
    assert "in step 9: the learning rate 0.13 is too large; try 0.013" in told  # 1.34⁸ = 10.4
    assert __file__ == caught[0].filename


STOPPED = """
import os, signal, numpy as np
signal.signal(signal.SIGINT, signal.default_int_handler)  # as a terminal has it; what runs in the background ignores it
from stepwise.dialects import keras
L = keras.layers
net = keras.Sequential([L.Dense(2)])
net.compile("sgd", "mse")
x = np.ones((40, 2), np.float32)
net.fit(x, x, epochs=2, verbose=0)
real = net._carry
steps = 0
def carry(xs):
    global steps
    steps += 1
    if steps == 9:
        os.kill(os.getpid(), signal.SIGINT)
    return real(xs)
net._carry = carry
history = net.fit(x, x, epochs=50, batch_size=8, verbose=0)
print(len(history.epoch), signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""


def test_ctrl_c_saves_the_best_weights(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED], cwd=tmp_path, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert (done.returncode, done.stdout) == (0, "1 True\n")
    [sentence] = done.stderr.splitlines()
    assert "training was stopped in epoch 2" in sentence
    assert "best weights so far (epoch 1, loss: " in sentence
    assert sorted(safetensors.numpy.load_file(tmp_path / "stepwise-stopped.safetensors")) == ["0.bias", "0.kernel"]


class Net(nn.Module):  # type: ignore[misc]  # as a course has it
    """A class of a course's: a residual, functions, methods of tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Sequential(nn.Linear(36, 8), nn.ReLU(), nn.Linear(8, 4))

    def forward(self, x: Any) -> Any:
        x = nn.functional.max_pool2d(nn.functional.relu(self.conv1(x)), 2)
        x = x + torch.relu(self.conv2(x))
        x = x.view(x.size(0), -1)
        return self.head(self.drop(x))


def test_a_loop_of_a_course() -> None:
    images, labels = blobs()
    x, y = torch.tensor(np.moveaxis(images, -1, 1)), torch.tensor(labels)
    torch.manual_seed(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = torch.utils.data
    loader = data.DataLoader(data.TensorDataset(x, y), batch_size=16, shuffle=True)
    model = Net().to(device)
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=0.02)
    for _epoch in range(6):
        model.train()
        for batch, (inputs, targets) in enumerate(loader):
            inputs, targets = inputs.to(device), targets.to(device)
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            assert batch < len(loader)
    model.eval()
    with torch.no_grad():
        outputs = model(x)
        _, predicted = torch.max(outputs.data, 1)
        right = (predicted == y).sum().item()
        assert right == (outputs.argmax(1) == y).type(torch.float).sum().item()
    assert right > 54
    assert f"{loss.item():.3f}" == f"{loss:.3f}"
    assert sorted(model.state_dict())[:2] == ["conv1.bias", "conv1.weight"]
    assert {layer.layer.call for layer in chain(outputs)} >= {"x + y", "Linear(36, 8)"}
    outputs.verify()
    assert model(x[:1]).lesson().text()


def test_gradients_of_a_parameter_are_added_until_they_are_taken_away() -> None:
    layer = nn.Linear(2, 1)
    layer.weight, layer.bias = [[1.0, 2.0]], [0.0]
    [weight, _bias] = layer.parameters()
    for times in (1, 2):
        nn.MSELoss()(layer(np.array([[1.0, 1.0]])), np.array([[0.0]])).backward()
        assert weight.grad is not None
        assert weight.grad.tolist() == [[6.0 * times, 6.0 * times]]  # 2·(3 - 0)·1
    layer.zero_grad()
    assert weight.grad is None


def test_a_loss_of_pytorch_that_is_no_number_is_stopped() -> None:
    layer = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    loss = nn.MSELoss()(layer(np.array([[np.nan, 1.0]])), np.array([[0.0]]))
    with pytest.raises(TrainingError, match=r"the input holds nan at \(0, 0\)"):
        loss.backward()
    assert optimizer.rule.steps == 0


def test_a_target_that_pytorch_repeats_is_refused() -> None:
    """PyTorch warns: "Using a target size (torch.Size([3])) that is different to the input size"; it compares 3·3."""
    output = nn.Linear(2, 1)(np.ones((3, 2)))
    with pytest.raises(ShapeError, match=r"repeats both to \(3, 3\), .* give target\.view\(3, 1\)$"):
        nn.MSELoss()(output, np.ones(3))
    assert nn.MSELoss()(nn.Flatten(0)(output), np.ones(3)).shape == ()


def test_a_weight_has_its_gradient_as_in_pytorch() -> None:
    """`model.conv.weight.grad`: None, then what came back, then twice that, until `zero_grad` takes it away."""
    layer: Any = torch.nn.Linear(2, 1)
    layer.weight, layer.bias = np.array([[1.0, 2.0]]), np.array([0.0])
    assert layer.weight.grad is None
    x, y = np.array([[3.0, 1.0]]), np.array([[1.0]])  # 3 + 2 - 1 = 4 above the target: 2·4·x
    for times in (1, 2):
        torch.nn.MSELoss()(layer(x), y).backward()
        assert np.asarray(layer.weight.grad).tolist() == [[24.0 * times, 8.0 * times]]
        assert np.asarray(layer.bias.grad).tolist() == [8.0 * times]
    layer.zero_grad()
    assert layer.weight.grad is None


def test_weights_are_moved_by_hand_as_in_pytorch() -> None:
    layer: Any = torch.nn.Linear(2, 1, bias=False)
    layer.weight = np.array([[1.0, 2.0]])
    torch.nn.MSELoss()(layer(np.array([[3.0, 1.0]])), np.array([[1.0]])).backward()
    with torch.no_grad():
        layer.weight -= 0.01 * layer.weight.grad
    assert layer.weight.tolist() == [[0.76, 1.92]]
    for parameter in layer.parameters():
        parameter.data -= 0.01 * parameter.grad
    assert layer.weight.round(12).tolist() == [[0.52, 1.84]]
    for parameter in layer.parameters():
        parameter -= 0.01 * parameter.grad
        assert parameter.numel() == 2
    assert layer.weight.round(12).tolist() == [[0.28, 1.76]]
