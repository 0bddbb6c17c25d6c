"""Programs as courses have them, drawn at random, and Python itself to say which layers each of them uses.

The reader of pasted code runs nothing. Here the same program is run, with things in place of layers that only note what
they are called on: a second way to the same chain.
"""

from __future__ import annotations

import contextlib
import textwrap
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

Noted = tuple[str, tuple[Any, ...], tuple[tuple[str, Any], ...]]


class Flow:
    """What flows: the layers that it went through, each with its arguments."""

    def __init__(self, line: tuple[Noted, ...] = ()) -> None:
        self.line = line

    def through(self, name: str, *arguments: Any, **named: Any) -> Flow:
        return Flow((*self.line, (name, arguments, tuple(named.items()))))

    def view(self, *sizes: int) -> Flow:
        return self.through("view", *sizes)

    def size(self, axis: int) -> int:
        return -1

    @property
    def shape(self) -> list[int]:
        return [-1]

    def relu(self) -> Flow:
        return self.through("relu")


class Module:
    """`nn.Module`, and every module that is one of the framework's own."""

    def __init__(self) -> None:
        pass

    def __call__(self, x: Flow) -> Flow:
        result: Flow = self.forward(x)  # type: ignore[attr-defined]  # a class of the program has it
        return result


class Noting(Module):
    """One of the framework's own."""

    def __init__(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.forward = lambda x: x.through(name, *arguments, **named)


class Line(Module):
    """A `Sequential`."""

    def __init__(self, *parts: Any) -> None:
        if len(parts) == 1 and isinstance(parts[0], list | OrderedDict):
            parts = tuple(parts[0].values() if isinstance(parts[0], OrderedDict) else parts[0])
        self.parts = list(parts)

    def forward(self, x: Flow) -> Flow:
        for part in self.parts:
            x = part(x)
        return x

    def add(self, part: Any) -> None:
        self.parts.append(part)


class Modules:
    """`nn`, or `layers`."""

    Module = Module
    Sequential = Line
    ModuleList = list

    def __getattr__(self, name: str) -> Callable[..., Noting]:
        return lambda *arguments, **named: Noting(name, arguments, named)


class Functions:
    """`F`."""

    def __getattr__(self, name: str) -> Callable[..., Flow]:
        return lambda x, *arguments, **named: x.through(name, *arguments, **named)


def carried_out(code: str, name: str = "x") -> tuple[Noted, ...]:
    """The layers that a program uses, when it is run."""
    known: dict[str, Any] = {
        "nn": Modules(),
        "F": Functions(),
        "layers": Modules(),
        "x": Flow(),
        "OrderedDict": OrderedDict,
        "print": lambda *_: 0,
        "keras": SimpleNamespace(Input=lambda shape: Flow(), Model=lambda inputs, outputs: outputs, Sequential=Line),
        "torch": SimpleNamespace(flatten=lambda x, axis: x.through("flatten", axis)),
    }
    exec(code, known)
    found = known[name]
    line: tuple[Noted, ...] = (found if isinstance(found, Flow) else found(Flow())).line
    return line


@dataclass(frozen=True)
class Program:
    """A program: as it is run, which of its names holds the result, and as it is pasted."""

    code: str
    name: str
    pasted: str


sizes = st.integers(1, 9)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[list[str], str]:
    """A number as a program writes it: lines before, and the words for it."""
    number = draw(sizes)
    name = draw(st.sampled_from(("k", "n", "size", "hidden")))
    return draw(
        st.sampled_from(
            (
                ([], str(number)),
                ([f"{name} = {number}"], name),
                ([f"{name}, other = {number}, 2"], f"{name} * 2 + 1"),
                ([], f"{number} * 4 // 2"),
                ([f"config = [{number}, 7]"], "config[0]"),
            )
        )
    )


@st.composite
def torch_layers(draw: st.DrawFn) -> tuple[list[str], str]:
    """A module as it is made."""
    before, number = draw(numbers())
    made = draw(
        st.sampled_from(
            (
                "nn.Conv2d(2, 2, {0})",
                "nn.Conv2d(2, 2, kernel_size=({0}, 2), padding=1)",
                "nn.MaxPool2d({0})",
                "nn.ReLU()",
                "nn.MaxPool2d(kernel_size={0}, stride=2)",
                "nn.AvgPool2d({0}, ceil_mode=True)",
                "nn.Sigmoid()",
                "nn.Flatten()",
                "nn.Linear({0}, 3)",
                "nn.Dropout(0.5)",
                "nn.BatchNorm2d({0})",
                "nn.ELU(alpha=0.5)",
            )
        )
    )
    return before, made.format(number)


functions = st.sampled_from(
    (
        "F.relu({})",
        "F.max_pool2d({}, 2)",
        "F.avg_pool2d({}, kernel_size=3, stride=1)",
        "F.softmax({}, dim=1)",
        "torch.flatten({}, 1)",
        "{}.view(-1, 8)",
        "{}.view({}.size(0), 12)",
        "{}.relu()",
        "{}.view({}.shape[0], 5)",
    )
)


@st.composite
def uses(draw: st.DrawFn, names: list[str]) -> list[str]:
    """Lines that take `x` through layers by name and through functions."""
    lines: list[str] = []
    for name in names:
        use = f"{name}(x)"
        if draw(st.booleans()):
            function = draw(functions)
            x = use if function.count("{}") == 1 else "x"
            if x == "x":
                lines.append(f"x = {use}")
            use = function.format(*[x] * function.count("{}"))
        lines.append(f"x = {use}")
        if draw(st.integers(0, 5)) == 0:
            lines.append("print(x)")
    return lines


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


@st.composite
def scripts(draw: st.DrawFn) -> tuple[list[str], str]:
    """Layers that are made in any order, and used in one."""
    made = draw(st.lists(torch_layers(), min_size=1, max_size=4))
    lines = [line for before, _layer in made for line in before]
    names = [f"layer{number}" for number in range(len(made))]
    assigned = [[*before, f"{name} = {layer}"] for name, (before, layer) in zip(names, made)]
    lines = [line for one in draw(st.permutations(assigned)) for line in one]
    style = draw(
        st.sampled_from(("script", "at once", "class", "methods", "function", "list", "loop", "sequence", "choice"))
    )
    match style:
        case "script":
            return [*lines, *draw(uses(names))], "x"
        case "at once":
            return [one for before, layer in made for one in (*before, f"x = {layer}(x)")], "x"
        case "class" | "methods":
            own = [f"self.{line}" if line.startswith("layer") else line for line in lines]
            init = ["def __init__(self):", *indented(["super().__init__()", *own])]
            forward = [
                "def forward(self, x):",
                *indented([*draw(uses([f"self.{name}" for name in names])), "return x"]),
            ]
            if style == "methods":
                return [*init, "", *forward], "methods"
            return ["class Net(nn.Module):", *indented([*init, "", *forward]), "", "net = Net()"], "net"
        case "function":
            body = draw(uses(names))
            return [*lines, "def block(x):", *indented([*body, "return x"]), "x = block(x)"], "x"
        case "list":
            listed = ", ".join(names)
            return [*lines, f"parts = [{listed}]", "for part in parts:", "    x = part(x)"], "x"
        case "loop":
            return [*lines, "for i in range(2):", *indented(draw(uses(names)))], "x"
        case "choice":
            first, *_rest = names
            return [
                *lines,
                "for kind in ['a', 'b', 'a']:",
                "    if kind == 'a':",
                f"        x = {first}(x)",
                "    else:",
                *indented(indented(draw(uses(names)))),
            ], "x"
    listed = draw(st.sampled_from(("{0}", "OrderedDict([{1}])", "*[{0}]")))
    pairs = ", ".join(f"('{name}', {name})" for name in names)
    return [*lines, f"net = nn.Sequential({listed.format(', '.join(names), pairs)})"], "net"


@st.composite
def listings(draw: st.DrawFn) -> tuple[list[str], str]:
    """Keras's words: a functional listing, or lines of `add`."""
    made = draw(
        st.lists(
            st.sampled_from(
                (
                    "layers.Conv2D(2, 3)",
                    "layers.MaxPooling2D((2, 2))",
                    "layers.Dense(4, activation='relu')",
                    "layers.Flatten()",
                    "layers.Conv2D(filters=3, kernel_size=(2, 2), padding='same')",
                    "layers.AveragePooling2D(2, strides=1)",
                )
            ),
            min_size=1,
            max_size=4,
        )
    )
    match draw(st.sampled_from(("functional", "add", "list"))):
        case "functional":
            lines = ["inputs = keras.Input(shape=(8, 8, 2))", "x = inputs"]
            lines += [f"x = {layer}(x)" for layer in made]
            return [*lines, "outputs = x", "model = keras.Model(inputs, outputs)"], "outputs"
        case "add":
            return ["model = keras.Sequential()", *(f"model.add({layer})" for layer in made)], "model"
    return [f"model = keras.Sequential([{', '.join(made)},])"], "model"


def _as_pasted(way: str, lines: list[str]) -> str:
    text = "\n".join(lines)
    match way:
        case "prompts":
            return "\n".join(f"{'... ' if line[:1] in (' ', '') else '>>> '}{line}" for line in lines) + "\n[1, 2]\n"
        case "notebook":
            first, *rest = lines
            return "\n".join([f"In [3]: {first}", *(f"   ...: {line}" for line in rest), "Out[3]: 5"])
        case "fences":
            return f"Here it is:\n```python\n{text}\n```\nThat was it (see above).\n"
        case "Windows":
            return text.replace("\n", "\r\n")
        case "tabs":
            return text.replace("    ", "\t")
        case "deeper":
            return textwrap.indent(text, "        ")
        case "comments":
            return "\n".join(f"{line}  # x = nn.Tanh()(x)" if line.strip() else "# nothing" for line in lines)
    return text


ways = st.sampled_from(("as it is", "prompts", "notebook", "fences", "Windows", "tabs", "deeper", "comments"))


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A program, and how it was pasted."""
    lines, name = draw(st.one_of(scripts(), listings()))
    pasted = _as_pasted(draw(ways), lines)
    if name == "methods":  # their class is needed to run them, and was not pasted
        lines, name = ["class Net(nn.Module):", *indented(lines), "net = Net()"], "net"
    return Program("\n".join(lines), name, pasted)


def silently(code: str, name: str) -> tuple[Noted, ...] | None:
    """What a program gives that may not run at all."""
    with contextlib.suppress(Exception):
        return carried_out(code, name)
    return None
