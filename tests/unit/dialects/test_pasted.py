"""Code as people paste it: which layers are read out of it, in which order, and what is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.dialects import DIALECTS, layers, torch
from stepwise.dialects.torch_modules import MODULES
from stepwise.dialects.tracing import understood
from stepwise.errors import CallError, ShapeError, StepwiseError
from stepwise.layers.nearest import nearest

CASES = [
    case.split("\n---\n") for case in Path(__file__).with_name("pastes.txt").read_text(encoding="utf-8").split("====\n")
]
"""Pastes, and the calls in them."""


WAYS = {"as it is": lambda text: text, "from Windows": lambda text: text.replace("\n", "\r\n"),
        "with tabs": lambda text: text.replace("    ", "\t"), "with a mark": lambda text: "\ufeff" + text}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("text", "calls"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_the_layers_in_the_order_of_their_use(text: str, calls: str, way: str) -> None:
    assert [layer.call for layer in layers(WAYS[way](text))] == calls.splitlines()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("F.relu(self.conv1(x))", "self.conv1 is not set in what was pasted"),
        ("self.a = nn.Conv2d(1, 2, 3)\nself.b = nn.MaxPool2d(2)", "nothing says in what order they are used"),
        ("class Net:\n    def __init__(self):\n        self.a = nn.ReLU()\n        self.b = nn.MaxPool2d(2)", "order"),
        ("Net(\n  (conv1): Conv2d(1, 6, 5)\n  (conv2): Conv2d(6, 16, 5)\n)", "paste its forward"),
        ("x = mystery(nn.MaxPool2d(2)(x))", "there is no layer mystery"),
        ("x = nn.MaxPool2d(2)(x)\nx = mystery(x)", "line 2: there is no layer mystery"),
        ("a = nn.MaxPool2d(2)(x)\nb = nn.AvgPool2d(2)(x)", "two things come out"),
        ("x = nn.MaxPol2d(2)(x)", "Did you mean MaxPool2d?"),
        ("k = 3\npool = nn.MaxPol2d(k)", "line 2: there is no layer MaxPol2d"),
        ("nn.Conv2d(1, int(8/2), 3)", "'int(8/2)' is not a plain value"),
        ("x = MaxPool2D(2)(x); y = 3", "on a line of its own"),
        ("y = nn.ReLU()(a) + nn.Tanh()(b)", "2 things go into what was pasted: a, b"),
        ("y = layers.add([Conv2D(1, 3)(a), b])", "2 things go into what was pasted: a, b"),
        ("y = MaxPool2D(2)([x, ReLU()(x)])", "takes one input, and is called on 2"),
        ("y = Add()(x)", "joins several inputs, and is called on one"),
        ("y = torch.cat([nn.ReLU()(x), x], rows=1)", "no parameter rows"),
        ("y = torch.add(nn.ReLU()(x), x, alpha=2)", "no parameter alpha"),
        ("y = nn.ReLU()(x)\ny = F.pad(y, [x.size(2) - 1, 0])", "depends on the sizes of what goes in"),
        ("pool = nn.MaxPool2d(k)", "kernel_size=k is not a whole number"),
        ("if flag:\n    x = nn.ReLU()(x)", "which way 'if flag' goes is not known"),
        ("for k in sizes:\n    x = nn.ReLU()(x)", "goes through is not known"),
        ("x = nn.MaxPool2d(2)(3)", "called on what is no input"),
        ("x = MaxPool2D(2)()", "called on nothing"),
        ("print('hello')\nimport os", "no layer was found"),
        ("x = [\nnn.ReLU()(x)", "cannot be read at line"),
    ],
)
def test_what_is_not_clear_is_asked_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(CallError) as caught:
        layers(text)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_paste_is_traced_as_its_layers_are() -> None:
    x = np.arange(16.0).reshape(4, 4)
    for text in (
        "x = nn.MaxPool2d(2)(x)",
        "self.pool = nn.MaxPool2d(2, 2)",
        "tf.nn.max_pool2d(x, ksize=2, strides=2, padding='SAME')",
    ):
        assert np.asarray(sw.trace(text, x)).squeeze().tolist() == [[5, 7], [13, 15]]


def test_a_layer_that_is_used_twice_is_the_same() -> None:
    first, second = layers("conv = nn.Conv2d(1, 1, 3)\nx = conv(conv(x))")
    assert first is second


def test_an_input_says_what_goes_in() -> None:
    assert layers("inputs = Input((28, 28, 1))\nx = Flatten()(inputs)")[0].input_shape == (28, 28, 1)
    assert layers("model = Sequential([Input((8,)), Dense(3)])\nmodel.compile()")[0].input_shape == (8,)


def test_view_is_held_to_its_number() -> None:
    text = "x = nn.MaxPool2d(2)(x)\nx = x.view(-1, {})\nx = nn.Linear(4, 1)(x)"
    x = np.arange(16.0).reshape(4, 4)
    assert sw.trace(text.format(4), x).parents["input"].output.tolist() == [5, 7, 13, 15]
    with pytest.raises(ShapeError, match="both must have as many"):
        sw.trace(text.format(5), x)


KERNELS: list[tuple[str, Any, Any, list[Any]]] = [  # by hand: 1·1 + 2·2 + 3·3 + 4·4 = 30 on each kind of window
    ("F.conv2d(x, w)", [[1, 2], [3, 4]], None, [[30]]),
    ("F.conv2d(x, w, b)", [[1, 2], [3, 4]], [2], [[32]]),
    ("F.conv2d(x, weight=w, padding=1)", "1 2; 3 4", None, [[4, 11, 6], [14, 30, 14], [6, 11, 4]]),
    ("tf.nn.conv2d(x, w, 1, 'VALID')", "1 2; 3 4", None, [[30]]),
    ("tf.nn.conv2d(x, filters=w, strides=[1, 2, 2, 1], padding='SAME')", [[1, 2], [3, 4]], None, [[30]]),
    ("tf.nn.conv2d(x, w, 1, [[0, 0], [1, 0], [1, 0], [0, 0]])", [[1, 2], [3, 4]], None, [[4, 11], [14, 30]]),
    ("tf.nn.bias_add(tf.nn.conv2d(x, w, 1, 'VALID'), b)", [[1, 2], [3, 4]], "2", [[32]]),
    ("y = tf.nn.conv2d(x, w, 1, 'VALID') + b", [[1, 2], [3, 4]], [2], [[32]]),
    ("tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], 'VALID')", "1 2; 3 4", None, [[30]]),
]


@pytest.mark.parametrize(("call", "kernel", "bias", "due"), KERNELS)
def test_functions_with_the_kernel_given_beside_them(call: str, kernel: Any, bias: Any, due: list[Any]) -> None:
    trace = sw.trace(call, [[1, 2], [3, 4]], kernel=kernel, bias=bias)
    assert np.asarray(trace).squeeze().tolist() == np.squeeze(due).tolist()
    trace.verify()


def test_several_filters_over_several_channels() -> None:
    x, w = np.arange(18.0).reshape(1, 2, 3, 3), np.arange(24.0).reshape(3, 2, 2, 2)
    due = [[[float((x[0, :, i : i + 2, j : j + 2] * one).sum()) for j in (0, 1)] for i in (0, 1)] for one in w]
    assert np.asarray(sw.trace("F.conv2d(x, w)", x, kernel=w))[0].tolist() == due
    channels_last = sw.trace("tf.nn.conv2d(x, w, 1, 'VALID')", x.transpose(0, 2, 3, 1), kernel=w.transpose(2, 3, 1, 0))
    assert np.asarray(channels_last)[0].transpose(2, 0, 1).tolist() == due


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("F.conv2d(x, w)", "takes its kernel as an argument; give it as kernel="),
        ("F.conv2d(x, 3)", "weight=3 must be a name"),
        ("tf.nn.conv2d(x, w, [2, 1, 1, 2], 'SAME')", "must be 1"),
        ("tf.nn.conv2d(x, w, 1, 'sam')", "Did you mean same?"),
        ("tf.nn.conv2d(x, w, 1)", "padding"),
        ("tf.nn.max_pol2d(x, 2, 2, 'SAME')", "Did you mean max_pool2d?"),
        ("tf.nn.avg_pool2d(x, 2, 2, [[0, 0], [1, 1], [1, 1], [0, 0]])", "'VALID' or 'SAME'"),
    ],
)
def test_what_such_a_function_refuses(call: str, told: str) -> None:
    with pytest.raises(CallError) as caught:
        sw.trace(call, [[1, 2], [3, 4]])
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("from scipy import signal\ny = signal.convolve(x, k, 'same')", ["signal.convolve(x, k, 'same')"]),
        ("n = 3\ny = cv2.blur(img, (n, n))\nz = cv2.Sobel(y, cv2.CV_64F, 1, 0, ksize=n)",
         ["cv2.blur(img, (3, 3))", "cv2.Sobel(y, cv2.CV_64F, 1, 0, ksize=3)"]),
    ],
)  # fmt: skip
def test_functions_of_images_are_followed_too(text: str, calls: list[str]) -> None:
    assert [layer.call for layer in layers(text)] == calls


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("Lazy")])
def test_a_lazy_module_is_the_other_without_its_channels(name: str) -> None:
    n = int(name[-2]) if name[-2].isdigit() else 0
    x = np.arange(2 * 3 * 5**n).reshape(2, 3, *[5] * n) % 7 - 3.0
    arguments = "" if "Norm" in name else "2" if n == 0 else "2, 2, stride=2, dilation=2"
    own = "affine=True, track_running_stats=True" if "InstanceNorm" in name else arguments  # PyTorch's own defaults
    [lazy, told] = layers(f"nn.{name}({arguments}), nn.{name[4:]}(3{own and ', '}{own})")
    assert np.array_equal(lazy(x).output, told(x).output)
    lazy(x).verify()


def test_lazy_modules_take_their_channels_from_what_goes_in() -> None:
    """As `nn.Conv2d(3, 2, 3)` and its like do: the same output where the weights are the same."""
    x = np.arange(2 * 3 * 6 * 6.0).reshape(2, 3, 6, 6)
    lazy = "nn.LazyConv2d(2, 3, padding=1), nn.LazyBatchNorm2d(), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(4)"
    told = "nn.Conv2d(3, 2, 3, padding=1), nn.BatchNorm2d(2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 4)"
    assert np.array_equal(np.asarray(sw.trace(lazy, x)), np.asarray(sw.trace(told, x)))
    module = torch.nn.LazyConv2d(2, 3)
    module(x)
    assert np.shape(module.known_weights()["weight"]) == (2, 3, 3, 3)
    assert all(np.abs(weight).max() <= 1 / np.sqrt(27) for weight in module.known_weights().values())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("UpSampling3D", "MaxPool"), ("MedianPool2D", "MaxUnpool"), ("Cropping2d", "Conv"), ("ZeroPad2D", "MaxPool"),
        ("Unpooling2D", "MaxPool2"), ("Interpolate", "Permute"), ("Deconv2D", "Conv2D?"), ("Shuffle", "Reshape"),
    ],
)  # fmt: skip
def test_the_nearest_is_nearest_in_meaning(name: str, told: str) -> None:
    assert told not in nearest(name, [*dir(DIALECTS["keras"]), *dir(DIALECTS["torch"]), *dir(DIALECTS["onnx"])])


@pytest.mark.parametrize(
    ("name", "due"),
    [("Deconvolution2D", "Transpose"), ("nn.Deconv2d", "ConvTranspose2d"), ("AvgPoling2D", "Average"),
     ("nn.MaxPol2d", "MaxPool2d"), ("FullyConnected", "Dense|Linear"), ("nn.Dense", "Linear"), ("nn.FC", "Linear"),
     ("MeanPool2D", "Av"), ("nn.Concatenate", "another")],
)  # fmt: skip
def test_the_nearest_of_a_family(name: str, due: str) -> None:
    with pytest.raises(CallError, match=due):
        layers(f"{name}(2)")


@pytest.mark.parametrize(
    "name", ["LSTM", "nn.GRU", "MultiHeadAttention", "nn.TransformerEncoder", "Embedding", "GaussianNoise"]
)
def test_what_no_course_works_by_hand_is_said_to_be_that(name: str) -> None:
    with pytest.raises(CallError, match="are not worked by hand") as caught:
        layers(f"{name}(2)")
    assert "Did you mean" not in str(caught.value)


HOSTILE = {
    "a megabyte": "x = nn.ReLU()(x)\n" * 60_000,
    "deep brackets": "x = " + "(" * 10_000 + "y" + ")" * 10_000,
    "deep lists": "Conv2D(" + "[" * 10_000 + "]" * 10_000 + ", 3)",
    "deep minus": "x = nn.ReLU()(" + "-" * 10_000 + "1)",
    "deep calls": "x = " + "f(" * 3000 + "x" + ")" * 3000,
    "deep calls after": "x = nn.ReLU()" + "(x)" * 10_000,
    "deep attributes": "x = nn.ReLU()" + ".a" * 10_000 + "(x)",
    "a long sum": "n = " + "1+" * 10_000 + "1\nnn.MaxPool2d(n)",
    "a growing number": "n = 9\n" + "n = n * n\n" * 2000 + "nn.MaxPool2d(n)",
    "a growing list": "a = [1, 1]\n" + "a = [a, a]\n" * 2000 + "nn.MaxPool2d(a)",
    "a doubling list": "a = [1, 1]\n" + "a += a\n" * 2000 + "nn.MaxPool2d(a)",
    "a growing flow": "x = nn.ReLU()(x)\n" + "x = x + x\n" * 2000,
    "loops in loops": "".join(f"{' ' * 4 * n}for i{n} in range(900):\n" for n in range(15))
    + " " * 60
    + "x = nn.ReLU()(x)",
    "a function of itself": "def f(x):\n    return f(nn.ReLU()(x))\nx = f(x)",
    "a class of itself": "class A:\n  def __init__(self):\n    self.a = A()\n  def forward(self, x):\n    return x",
    "a network in itself": "m = nn.Sequential(nn.ReLU())\nm.append(m)\ny = m(x)",
    "two in one another": "a = nn.Sequential()\nb = nn.Sequential(a)\na.append(b)\ny = a(x)",
    "doubling networks": "n = nn.Sequential(nn.ReLU())\n" + "n = nn.Sequential(n, n)\n" * 100,
    "an f-string": "x = nn.MaxPool2d(f'{2}')(x)",
    "a lambda": "pool = lambda x: nn.MaxPool2d(2)(x)\ny = pool(nn.ReLU()(x))",
    "a decorator": "@decorated\ndef f(x):\n    return nn.ReLU()(x)\nx = f(nn.MaxPool2d(2)(x))",
    "star-args": "a = (2, 2)\nx = nn.MaxPool2d(*a)(x)",
    "star-star": "a = {'kernel_size': 2}\nx = nn.MaxPool2d(**a)(x)",
    "nulls": "x = nn.ReLU()(x)\0",
    "surrogates": "x = '\ud800'\nnn.ReLU(x)",
    "await": "x = await nn.ReLU()(x)",
    "a global": "global x\nx = yield nn.ReLU()(x)",
    "a digit of another script": "nn.MaxPool2d(\uff12)\nnn.ReLU()",
    "an object's insides": "x = nn.ReLU().__class__.__bases__[0].__subclasses__()(x)",
    "a while": "while True:\n    x = nn.ReLU()(x)",
    "a match": "match x:\n    case 1:\n        x = nn.ReLU()(x)",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_paste_is_one_clear_sentence(kind: str) -> None:
    with pytest.raises(StepwiseError) as caught:
        understood(HOSTILE[kind])
    message = str(caught.value)
    assert "\n" not in message
    assert 20 < len(message) < 400


def test_names_of_any_script_are_names() -> None:
    text = "größe = 2\n池 = nn.MaxPool2d(größe)\nвыход = 池(вход)"
    assert [layer.call for layer in layers(text)] == ["nn.MaxPool2d(2)"]


def test_nothing_in_a_paste_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "x = __import__('os').system('touch hacked')\nopen('hacked', 'w').write('1')\ny = nn.ReLU()(x)"
    assert [layer.call for layer in layers(text)] == ["nn.ReLU()"]
    assert not list(tmp_path.iterdir())
