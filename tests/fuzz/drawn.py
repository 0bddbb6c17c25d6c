"""What Hypothesis draws: calls, commands, lessons, rosters, answers, networks; most of what is in each is sensible.

Blows (see `blows`) hit what a good file holds already; what is drawn crosses options and keys that nobody has set side
by side. What is found is made smaller by Hypothesis itself. To add one: a strategy, and a line in `drawn_kinds`.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy, composite

import stepwise as sw
from stepwise.dialects import DIALECTS
from stepwise.dialects.onnx import OPERATORS
from stepwise.dialects.torch_functional import FUNCTIONS
from tests.fuzz import blows, onnx_blows, requests
from tests.fuzz.drawn_lessons import grids, lesson, texts, way_back
from tests.fuzz.drawn_networks import network
from tests.fuzz.kind import OUT, PARTS, POOL, ROOT, SHEET, TABLE, Command, Kind

SIGNATURES: dict[str, Any] = json.loads((ROOT / "tests" / "golden" / "signatures.json").read_text())
"""The frameworks' own functions: [parameter], or [parameter, its default]."""
VALUES = [
    "1",
    "2",
    "3",
    "0",
    "-1",
    "(2, 2)",
    "(1, 2)",
    "(2,)",
    "(1, 2, 3)",
    "((1, 0), (0, 1))",
    "[2, 2]",
    "()",
    "2.5",
    "0.1",
    "'same'",
    "'valid'",
    "'SAME'",
    "'causal'",
    "'relu'",
    "'softmax'",
    "'channels_first'",
    "'reflect'",
    "'circular'",
    "'mean'",
    "None",
    "True",
    "False",
    "'zeros'",
    "'RandomNormal'",
    "RandomNormal(stddev=0.1)",
    "ReLU()",
    "10**9",
    "2**31",
    "999999999",
    "1e300",
    "-0.0",
    "float('nan')",
    "x",
    "'x'",
    "{'a': 1}",
    "lambda: 1",
    "[[1]]",
    "dtype",
]
PATHS = ["keras.layers.", "", "tf.keras.layers.", "nn.", "torch.nn.", "F.", "onnx.", "torch.nn.functional."]
SERVING = {"--workers", "--scheduler", "--autograder"}
"""Options that start or ask for other processes; what they are given is tried in `tests/kills`."""
PLACES = [f"{OUT}/x.{suffix}" for suffix in ("html", "md", "tex", "typ", "txt", "json", "csv", "npy", "xlsx", "svg")]
PICTURES = [f"{OUT}/x.{suffix}" for suffix in ("svg", "tex", "png", "gif", "apng", "pdf", "html")]
NAMED = {
    "--input": requests.INPUTS,
    "--input-shape": requests.SHAPES,
    "--to": [*requests.OPTIONS["--to"], "csv", "npy", "svg"],
    "--output": [*PLACES, f"{OUT}/new", f"{OUT}/nowhere/x.html"],
    "--assets": [f"{OUT}/assets"],
    "--templates": ["templates"],
    "--feedback": [f"{OUT}/pages"],
    "--variants": ["1", "2"],
    "--variant": ["v01", "v02"],
    "--step": ["1", "2", "4", "9"],
    "--theme": ["auto", "light", "dark"],
    "--numbers": ["on", "off"],
    "--size": ["300", "64", "1"],
    "--scale": ["1", "2", "0.5"],
    "--fps": ["1", "4"],
    "--hold": ["0", "1.5"],
    "--knobs": ["all", "window,padding", "kernel", "size,operation"],
    "--only": ["figure", "question,answer", "steps", "rule", "mistakes,padding"],
    "--sections": ["answer,question", "steps", "size,turn,figure"],
    "--grad": ["1 0; 0 2", "1 2; 3 4", "1", "1 2 3; 4 5 6; 7 8 9", "1/2 a; 0 1"],
    "--loss": ["mse", "cross_entropy", "binary_cross_entropy", "hinge"],
    "--target": ["0", "1", "1 0; 0 1", "0.5", "2", "-1"],
    "--for": ["input", "kernel", "bias", "gamma"],
    "--update": ["0.1", "1", "1/3", "0", "-1"],
    "--momentum": ["0.9", "0"],
    "--weight-decay": ["0.01"],
    "--seed": ["0", "3", "-1"],
    "--classes": ["cat, dog", "a,b,c"],
}
FILES = ["pool.yaml", "parts.yaml", "sheet.yaml", "class.csv", "t.json", "answer.txt", "nothing.yaml", "-", "."]


def values(name: str = "") -> SearchStrategy[str]:
    """An argument of a call, as it is written: mostly one that a parameter of this name takes."""
    odd = st.one_of(
        st.sampled_from(VALUES),
        st.integers().map(repr),
        st.floats().map(repr),
        st.lists(st.integers(-1, 4), max_size=5).map(lambda found: repr(tuple(found))),
        texts().map(repr),
    )
    fits = next((found for words, found in FITTING.items() if name in words.split()), None)
    if fits is None:
        return odd
    return st.integers(0, 15).flatmap(lambda chance: odd if chance == 15 else st.sampled_from(fits))


FITTING = {
    "filters units out_channels kernel_size pool_size window_size output_size size factor groups depth_multiplier "
    "out_features depth scale_factor upscale_factor downscale_factor n num_groups num_parameters": ["1", "2", "2", "3"],
    "stride strides dilation dilation_rate": ["1", "1", "2", "(1, 2)"],
    "in_channels in_features num_features num_channels": ["1", "1", "2"],
    "padding": ["0", "1", "'same'", "'valid'", "((1, 0), (0, 1))", "(1, 1)"],
    "activation": ["'relu'", "'softmax'", "None"],
    "data_format": ["'channels_last'", "'channels_first'", "None"],
    "padding_mode": ["'zeros'", "'reflect'", "'circular'"],
    "use_bias bias ceil_mode count_include_pad return_indices affine keepdims center scale": ["True", "False"],
    "axis dim start_dim end_dim axes": ["-1", "1", "0"],
    "dims perm permutation": ["(2, 1)", "(1, 2)"],
    "target_shape unflattened_size shape normalized_shape": ["(-1,)", "(2, 2)", "(4,)"],
    "eps epsilon alpha negative_slope p rate lambd": ["0.1", "0.5"],
    "name dtype": ["None", "'x'"],
    "kernel_shape": ["[2, 2]", "[1, 1]", "[3, 3]"],
    "pads": ["[0, 0, 0, 0]", "[1, 1, 1, 1]"],
    "auto_pad": ["'SAME_UPPER'", "'VALID'"],
    "kernel_initializer bias_initializer": ["'zeros'", "'ones'", "RandomNormal(stddev=0.1)"],
}  # fmt: skip


@composite
def calls(draw: DrawFn) -> str:
    """A layer of some framework, with arguments that its signature has, and now and then one that it has not."""
    if draw(st.booleans()):
        return draw(st.sampled_from(requests.CALLS))
    path, known = draw(st.sampled_from(_WRITTEN))
    name = draw(st.sampled_from(known))
    words: list[str] = []
    for parameter, *default in _parameters(path, name):
        if parameter.startswith("*") or parameter == "input":
            continue
        if not default:
            words.append(draw(values(parameter)))
        elif draw(st.integers(0, 3)) == 3:
            words.append(f"{parameter}={draw(values(parameter))}")
    if draw(st.integers(0, 29)) == 29:
        words.append(f"{draw(st.sampled_from(['name', 'strides', 'groups', 'x', 'padding']))}={draw(values())}")
    return f"{path}{name}({', '.join(words)})"


def _parameters(path: str, name: str) -> list[list[Any]]:
    for module in SIGNATURES.values():
        found = module.get(name) if isinstance(module, dict) else None
        if isinstance(found, list) and path != "onnx.":
            return found
    ours = OPERATORS.get(name)  # some functions of PyTorch tell no signature
    return [["output_size"]] if ours is None else [[one, None] for one in list(inspect.signature(ours).parameters)[1:]]


def _also(dialect: str, module: str) -> list[str]:
    """What we have of a framework."""
    return sorted({name for name in SIGNATURES[module] if name in DIALECTS[dialect]})


_WRITTEN = [
    ("keras.layers.", _also("keras", "keras.layers")),
    ("", sorted({*SIGNATURES["keras.layers"], *SIGNATURES["torch.nn"], *OPERATORS})),
    ("nn.", _also("torch", "torch.nn")),
    ("F.", sorted(FUNCTIONS & SIGNATURES["torch.nn.functional"].keys())),
    ("onnx.", sorted(OPERATORS)),
]


NEEDED = {
    "explain": ["--input"], "compare": ["--input"], "why": ["--input", "--cell"], "shape": ["--input-shape"],
    "prove": ["--input-shape"], "grade": ["--output"], "worksheet": ["--output"], "check": [], "verify": [],
    "figure": ["--input"], "backward": ["--input", "--grad"],
}  # fmt: skip
"""Commands, and options that most of their requests cannot do without."""


@composite
def words(draw: DrawFn) -> list[str]:
    """A whole command with options that it has, whichever they are, and values that fit most of them."""
    name = draw(st.sampled_from(sorted(NEEDED)))
    command: click.Command = importlib.import_module(f"stepwise.cli.{name}").command
    made, options = [name], list[click.Option]()
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            count = draw(st.sampled_from([1, 1, 2, 3])) if parameter.nargs == -1 and name != "worksheet" else 1
            made += draw(st.lists(_argument(name, parameter.name or ""), min_size=count, max_size=count))
        elif isinstance(parameter, click.Option) and not SERVING & set(parameter.opts):
            options.append(parameter)
    needed = [] if any(word.endswith((".yaml", ".json")) for word in made) and name != "worksheet" else NEEDED[name]
    needed = [*needed, *(["--output"] if name == "grade" and not needed else [])]
    wanted = [one for one in options if set(one.opts) & set(needed) and draw(st.integers(0, 19)) < 19]
    more = draw(st.lists(st.sampled_from(options), max_size=3, unique_by=id)) if draw(st.booleans()) and options else []
    for one in [*wanted, *(one for one in more if one not in wanted)]:
        made.append(one.opts[-1])
        if name == "figure" and "--output" in one.opts:
            made.append(draw(st.sampled_from(PICTURES)))
        elif not one.is_flag:
            made.append(draw(_value(one)))
    return [word.replace("\0", "").encode("utf-8", "replace").decode() for word in made]


def _argument(command: str, name: str) -> SearchStrategy[str]:
    anywhere = st.sampled_from(FILES)
    of_command = {
        "verify": ["t.json", "p.html"], "grade": ["class.csv", "pool.yaml", "parts.yaml"], "worksheet": ["sheet.yaml"],
        "check": ["pool.yaml", "parts.yaml"], "why": ["t.json", "pool.yaml"],
    }.get(command, FILES)  # fmt: skip
    files = st.integers(0, 9).flatmap(lambda chance: anywhere if chance == 9 else st.sampled_from(of_command))
    match name:
        case "calls" | "first" | "second" | "a" | "b" | "requests" if command != "verify":
            return st.one_of(calls(), calls(), calls(), files)
        case "answer":
            return st.one_of(grids().map(_as_row), st.just("answer.txt"), texts())
        case "submissions":
            return st.just("class.csv")
        case "lesson" | "lessons":
            return st.sampled_from(["pool.yaml", "parts.yaml", "sheet.yaml"])
        case _:
            return files


def _as_row(grid: list[list[Any]]) -> str:
    return "; ".join(" ".join(map(str, row)) for row in grid)


def _value(option: click.Option) -> SearchStrategy[str]:
    for name in option.opts:
        known = NAMED.get(name) or requests.OPTIONS.get(name)
        if known:
            many = [st.sampled_from(known)] * 4
            other = [] if name in ("--output", "--assets", "--feedback", "--templates") else [texts()]
            return st.one_of(*many, *other, *([grids().map(_as_row)] if name == "--input" else []))
    return st.one_of(st.integers(-1, 9).map(str), texts(), st.floats().map(repr), st.integers().map(str))


@composite
def tables(draw: DrawFn) -> bytes:
    """What a class hands in, or who is in it: a table with its head, in some order, quoted or not."""
    order = draw(st.permutations(["student", "answer", "variant", "name"]))
    heads = order[: draw(st.sampled_from([4, 4, 4, 3, 1]))]
    parting = draw(st.sampled_from([",", ";", "\t"]))
    cell = st.one_of(st.sampled_from(["ana", "ben", "v01", "4 3 7; 5 7 7; 5 6 6", ""]), grids().map(_as_row), texts())
    rows = draw(st.lists(st.lists(cell, min_size=1, max_size=len(heads) + 1), max_size=5))
    quoted = draw(st.booleans())
    lines = rows if draw(st.integers(0, 9)) == 9 else [heads, *rows]
    return "\n".join(parting.join(_cell(word, parting, quoted) for word in row) for row in lines).encode(
        "utf-8", "replace"
    )


def _cell(word: str, parting: str, quoted: bool) -> str:
    return '"' + word.replace('"', '""') + '"' if quoted or parting in word or "\n" in word or '"' in word else word


@composite
def answers(draw: DrawFn) -> tuple[str, bytes]:
    """An answer in some program's words: the suffix, and what is in the file."""
    grid = draw(grids())
    form, suffix = draw(st.sampled_from(list(_FORMS)))
    text = form(grid)
    if draw(st.integers(0, 3)) == 0:
        around = draw(st.tuples(texts(), texts()))
        text = f"{around[0]}\n{text}\n{around[1]}"
    return suffix, text.encode("utf-8", "replace")


def _lines(open: str, between: str, close: str, row: tuple[str, str, str]) -> Callable[[list[list[Any]]], str]:
    def written(grid: list[list[Any]]) -> str:
        return open + between.join(row[0] + row[1].join(map(str, cells)) + row[2] for cells in grid) + close

    return written


_FORMS: list[tuple[Callable[[list[list[Any]]], str], str]] = [
    (_lines("", "\n", "", ("", " ", "")), "txt"),
    (_lines("", "; ", "", ("", " ", "")), "txt"),
    (_lines("", "\n", "", ("", ",", "")), "csv"),
    (_lines("", "\n", "", ("", "\t", "")), "tsv"),
    (_lines("", "\n", "", ("| ", " | ", " |")), "md"),
    (_lines("<table>", "", "</table>", ("<tr><td>", "</td><td>", "</td></tr>")), "html"),
    (_lines("\\begin{bmatrix}", "\\\\\n", "\\end{bmatrix}", ("", " & ", "")), "tex"),
    (_lines("np.array([", ",\n", "])", ("[", ", ", "]")), "py"),
    (_lines("[", "; ", "]", ("", " ", "")), "m"),
    (_lines("Float64[", "; ", "]", ("", " ", "")), "jl"),
    (_lines("rbind(", ", ", ")", ("c(", ", ", ")")), "r"),
    (lambda grid: json.dumps({"answer": grid}, default=str), "json"),
    (lambda grid: json.dumps({"stepwise": 1, "sheet": "v01", "answers": {"1.1": [grid]}}, default=str), "json"),
    (lambda grid: json.dumps({"parts": [grid, grid]}, default=str), "yaml"),
]


def drawn_kinds() -> list[Kind]:
    """Everything that is drawn, as kinds of files."""
    lessons = {
        "pool.yaml": POOL.encode(),
        "parts.yaml": PARTS.encode(),
        "sheet.yaml": SHEET.encode(),
        "class.csv": TABLE,
    }
    beside = {**lessons, "answer.txt": b"4 3 7; 5 7 7; 5 6 6", "templates/html/prose.html.jinja": b"{{ block.text }}"}
    beside["t.json"], beside["p.html"] = _record()
    graded = ("-o", f"{OUT}/r.csv", "-o", f"{OUT}/r.html", "--force")
    roster = SHEET.replace("worksheet:\n", "worksheet:\n  roster: table.csv\n").encode()
    of_table: list[Command] = [
        ("grade", "pool.yaml", "table.csv", *graded),
        ("grade", "parts.yaml", "table.csv", *graded, "--feedback", f"{OUT}/pages"),
        ("worksheet", "roster.yaml", "--variants", "2", "--to", "md", "-o", f"{OUT}/sheet"),
    ]
    of_lesson: list[Command] = [
        ("explain", "l.yaml", "--to", "html"),
        ("explain", "l.yaml", "--to", "txt"),
        ("check", "l.yaml", "4 3 7; 5 7 7; 5 6 6"),
        ("why", "l.yaml", "--cell", "0,0"),
        ("figure", "l.yaml", "--animate", "-o", f"{OUT}/x.svg"),
        ("backward", "l.yaml", "--to", "html"),
        ("worksheet", "l.yaml", "--variants", "2", "--to", "md", "-o", f"{OUT}/sheet"),
        ("grade", "l.yaml", "class.csv", *graded),
    ]
    of_way_back: list[Command] = [
        ("backward", "l.yaml", "--to", "html"),
        ("explain", "l.yaml", "--to", "md"),
        ("check", "l.yaml", "4 3; 5 7"),
        ("worksheet", "l.yaml", "--variants", "2", "--to", "md", "-o", f"{OUT}/sheet"),
    ]
    return [
        _drawn("drawn-way-back", "l.yaml", _with(way_back(calls()).map(_yaml), of_way_back), {"class.csv": TABLE}),
        _drawn("drawn-words", "words.json", words().map(lambda said: (requests.packed(said), tuple(said))), beside),
        _drawn("drawn-lesson", "l.yaml", _with(lesson(calls()).map(_yaml), of_lesson), {"class.csv": TABLE}),
        _drawn("drawn-table", "table.csv", _with(tables(), of_table), {**lessons, "roster.yaml": roster}),
        _drawn("drawn-answer", "answer.any", answers().flatmap(_marked), lessons),
        _drawn(
            "drawn-network",
            "m.onnx",
            _with(network(), [("shape", "m.onnx"), _told]),
            {},
        ),
    ]


def _told(folder: Path) -> object:
    return onnx_blows.carried_out(folder / "m.onnx")


def _record() -> tuple[bytes, bytes]:
    """A saved trace, and a page."""
    trace = sw.trace(["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2)"], [[1, 2, 3], [4, 0, -1], [2, 2, 1]])
    return json.dumps(trace.to_data()).encode(), trace.lesson().html().encode()


def _drawn(name: str, file: str, drawn: SearchStrategy[tuple[bytes, Command]], beside: dict[str, bytes]) -> Kind:
    return Kind(name, file, (), (), (), beside, drawn)


def _with(data: SearchStrategy[bytes], commands: list[Command]) -> SearchStrategy[tuple[bytes, Command]]:
    return st.tuples(data, st.sampled_from(commands))


def _yaml(said: dict[str, Any]) -> bytes:
    """A key a line; what is not plain is JSON, which is YAML."""
    return b"".join(key.encode() + b": " + blows.dumped(value) + b"\n" for key, value in said.items())


def _marked(found: tuple[str, bytes]) -> SearchStrategy[tuple[bytes, Command]]:
    """An answer is read by its file's suffix, so it is copied to a name that has it."""
    suffix, data = found
    return st.sampled_from(["pool.yaml", "parts.yaml"]).map(lambda name: (data, _Checked(name, suffix)))


class _Checked:
    """`stepwise check LESSON answer.SUFFIX`, of the file that was drawn."""

    def __init__(self, lesson: str, suffix: str) -> None:
        self.lesson, self.suffix = lesson, suffix

    def __call__(self, folder: Any) -> object:
        from stepwise.exercises.assignment import load_assignment
        from stepwise.grading.marker import ClassMarker
        from stepwise.grading.submission import Submission

        data = (folder / "answer.any").read_bytes()
        marker = ClassMarker(load_assignment(folder / self.lesson))
        return marker.mark(Submission("ana", "", data, name=f"answer.{self.suffix}", kind=f".{self.suffix}"))

    def __repr__(self) -> str:
        return f"check {self.lesson} answer.{self.suffix}"
