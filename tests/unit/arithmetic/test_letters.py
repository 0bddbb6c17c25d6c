"""Letters: names are single identifiers and never run, too much is refused in a sentence, and lessons say why."""

from __future__ import annotations

import ast
import copy
import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import stepwise as sw
from stepwise.arithmetic.letters import letter
from stepwise.errors import InputError, LimitError, StepwiseError

ROOT = Path(__file__).parents[3]
READERS = {
    "sympify",
    "parse_expr",
    "eval",
    "exec",
    "S",
    "N",
    "lambdify",
    "Lambda",
    "symbols",
    "var",
    "compile",
    "literal_eval",
}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_nothing_in_the_source_reads_text_as_mathematics() -> None:
    """SymPy is given its own objects and Python's numbers, never text."""
    found = set()
    for path in (ROOT / "stepwise").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and called(node) in READERS and "re.compile" not in ast.unparse(node):
                owner = ast.unparse(node.func)
                if owner.startswith("sympy.") or owner in ("eval", "exec", "compile", "parse_expr", "sympify"):
                    found.add((path.relative_to(ROOT / "stepwise").as_posix(), ast.unparse(node)))
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sympy"):
                assert node.module == "sympy.solvers.simplex"
    assert found == set()


HOSTILE = [
    "lambda", "import", "None", "True", "a.b", "a()", "a[0]", "a+b", "2a", "a²", "a;b", "x'", "𝑎", "а", "π", "ａ",
    "a-b", "a=b", "%s", "{0}", "\\alpha", "a" * 33, "a" * 10**6, "x" + "1" * 100, "()", "@", "`ls`", "a\u200b",
]  # fmt: skip


@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: ascii(word)[:20])
def test_a_word_that_is_no_letter_is_refused(word: str) -> None:
    for arithmetic in (None, "symbolic"):
        with pytest.raises(InputError) as caught:
            sw.trace("ReLU()", [[word, "1"]], arithmetic=arithmetic)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300
    with pytest.raises(InputError):
        letter(word)


@pytest.mark.parametrize(
    "word", ["I", "E", "S", "N", "Q", "O", "C", "pi", "oo", "zoo", "sin", "os", "__import__", "exit"]
)
def test_names_that_mean_something_elsewhere_are_letters_here(word: str) -> None:
    trace = sw.trace("ReLU()", [[word, "1"]], arithmetic="symbolic")
    [name] = {symbol.name for value in trace.output.flat for symbol in getattr(value, "free_symbols", ())}
    assert name == word
    assert sw.substitute(trace, {word: -2}).tolist() == [[0, 1]]
    assert sw.substitute(trace, {word: 7}).tolist() == [[7, 1]]
    trace.verify()


@pytest.mark.parametrize(
    "assume", ["positve", "0..", "..9", "9..0", "even", "1..2..3", "0..1/0", "a..b", "", "0.." + "9" * 50]
)
def test_an_assumption_that_is_none_is_refused(assume: str) -> None:
    with pytest.raises(InputError):
        sw.trace("ReLU()", "a 1", assume=assume)


def test_what_sympy_has_and_stepwise_has_not_is_refused() -> None:
    x = sympy.Symbol("x")
    for value in (
        sympy.pi,
        sympy.I,
        sympy.oo,
        sympy.nan,
        sympy.zoo,
        sympy.sin(x),
        x > 0,
        sympy.Integral(x),
        sympy.log(x),
    ):
        with pytest.raises(InputError, match=r"not known here|no exact number"):
            sw.trace("ReLU()", np.array([[value, 1]], dtype=object))
    with pytest.raises(InputError, match="not a letter"):
        sw.trace("ReLU()", np.array([[sympy.Symbol("os.system('ls')"), 1]], dtype=object))
    trace = sw.trace("ReLU()", np.array([[sympy.Symbol("a", positive=True) / 2 + sympy.Float("0.1"), 1]], dtype=object))
    assert str(trace.step((0, 0)).formula) == "max(0, (5·a + 1) / 10) = (5·a + 1) / 10"


# ── what is told


@pytest.mark.parametrize(
    ("call", "given", "assume", "formula", "why"),
    [
        ("MaxPool2D(2)", "a b; c d", "real", "max(a, b, c, d)", "depends on the letters"),
        ("MaxPool2D(2)", "a 0; 0 0", "positive", "max(a, 0, 0, 0) = a", "a stands for a positive number"),
        ("MaxPool2D(2)", "a 0; -1 5", "real", "max(a, 0, -1, 5) = max(5, a)", "the largest: 5 is at least as large"),
        ("MaxPool2D(2)", "a 300; 0 1", "0..255", "max(a, 300, 0, 1) = 300", "a stands for a number from 0 to 255"),
        ("MaxPool2D((1, 1))", "a", "real", "max(a) = a", "There is no other number"),
        ("ReLU()", "a", "positive", "max(0, a) = a", "a is never below 0, so it is unchanged"),
        ("ReLU()", "a", "negative", "max(0, a) = 0", "a is never above 0, so it becomes 0"),
        ("ReLU()", "a", "real", "max(0, a)", "depends on its sign"),
        ("ReLU(max_value=6)", "a", "7..9", "= 6", "never below 6, so it becomes 6"),
        ("LeakyReLU(0.5)", "a", "negative", "= a / 2", "never above 0, so it is multiplied by 0.5"),
        ("Conv2D(1, 2)", "a b; c d", "real", "= a + d", "Multiply each number"),
        ("AveragePooling2D(2)", "a b; c d", "real", "(a + b + c + d) / 4", "divide by 4"),
    ],
)
def test_a_step_says_what_it_comes_to_and_why(call: str, given: str, assume: str, formula: str, why: str) -> None:
    weights: dict[str, Any] = {"kernel": "1 0; 0 1"} if "Conv" in call else {}
    trace = sw.trace(call, given, assume=assume, **weights)
    assert formula in str(trace.steps[0].formula)
    assert why in " ".join(trace.lesson().text().split())


def test_zero_padding_wins_no_maximum_over_positive_numbers() -> None:
    calls = ["ZeroPadding2D(1)", "MaxPool2D(2)"]
    trace = sw.trace(calls, "a b; c d", assume="positive")
    assert [str(value) for value in trace.output.flat] == ["a", "b", "c", "d"]
    assert "0 can never be the largest: a stands for a positive number." in " ".join(trace.lesson().text().split())
    assert str(sw.trace(calls, "a b; c d").output[0, 0]) == "Max(0, a)"


def test_a_maximum_of_maxima_is_not_said_to_lose_them() -> None:
    trace = sw.trace(["MaxPool2D((1, 2))", "MaxPool2D((1, 2))"], "a b c d")
    text = " ".join(trace.lesson().text().split())
    assert "The maximum of several maxima is the largest of all their numbers." in text
    assert "never be the largest" not in text


def test_long_expressions_go_by_names_in_every_format() -> None:
    trace = sw.trace(["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2)"], "a b c; d e f; g h i", kernel="1 -1; 0 2")
    lesson = trace.lesson()
    assert "a - b + 2·e" in lesson.text()
    assert "max(z00, z01, z10, z11)" in lesson.text()
    assert "z_{00}" in lesson.markdown()
    assert "<msub><mi>z</mi><mn>00</mn></msub>" in lesson.html()
    assert max(map(len, lesson.text().splitlines())) <= 80
    large = sw.trace(
        ["Conv2D(1, 3)", "Conv2D(1, 3)"], sw.symbols("x", (6, 6)), weights=[{"kernel": sw.symbols("k", (3, 3))}] * 2
    )
    assert "an expression of" in large.lesson().text()
    assert all(len(line) <= 80 for line in large.lesson().text().splitlines())
    assert len(large.lesson().text()) < 25_000
    assert len(large.lesson().html()) < 400_000


# ── how much is too much


@pytest.mark.parametrize(
    "calls",
    [
        ["Conv2D(1, 3)", "Conv2D(1, 3)"], ["MaxPool2D(2)", "MaxPool2D(2)"], ["Conv2D(2, 3)", "Conv2D(9, 3)"],
        ["Activation('tanh')", "Conv2D(1, 3)"], ["MaxPool2D(5, strides=1)", "MaxPool2D(7, strides=1)"],
    ],
    ids=" then ".join,
)  # fmt: skip
def test_an_image_of_letters_is_answered_or_refused_in_a_sentence(calls: list[str]) -> None:
    try:
        trace = sw.trace(calls, sw.symbols("x", (28, 28)))
    except LimitError as error:
        assert "take a smaller input, fewer layers, or numbers for some of the letters" in str(error)  # noqa: PT017
    else:
        assert trace.output.size


def test_so_many_letters_are_not_made() -> None:
    with pytest.raises(LimitError, match="10,000"):
        sw.symbols("x", (200, 200))
    assert str(sw.symbols("x", (12, 2))[11, 1]) == "x_11_1"


# ── saved expressions


def saved() -> dict[str, Any]:
    trace = sw.trace(["Conv2D(1, 1)", "ReLU()", "Activation('sigmoid')"], "a 1/3", kernel=[[2]], assume="0..9")
    data: dict[str, Any] = json.loads(json.dumps(trace.to_data()))
    return data


def loads(data: Any, folder: Path) -> None:
    """It loads, verifies and tells itself, or says in one sentence why not."""
    (folder / "t.json").write_text(json.dumps(data))
    try:
        trace = sw.load(folder / "t.json")
        trace.verify()
        trace.lesson().text()
    except StepwiseError as error:
        assert "\n" not in str(error)  # noqa: PT017


A = {"letter": "a", "assume": "real"}


def nested(name: str, times: int, value: Any, *others: Any) -> Any:
    for _ in range(times):
        value = {name: [value, *others]}
    return value


BOMBS: dict[str, Any] = {
    "a tower of powers": nested("power", 9, "2/1", "64/1"),
    "a tower over a letter": nested("power", 9, A, "64/1"),
    "a tower of roots": nested("power", 6, "2/1", "1/64"),
    "exp of exp of exp": nested("exp", 4, "1000/1"),
    "deep": nested("absolute", 200, A),
    "a product of sums": {"product": [{"sum": [A, f"{i}/1", {"letter": "b", "assume": "real"}]} for i in range(90)]},
    "a wide maximum": {"max": [{"letter": f"a{i}", "assume": "real"} for i in range(800)]},
    "digits": "9" * 4999 + "/7",
    "one over nothing": {"power": ["0/1", "-1/1"]},
    "one over a letter": {"power": [{"letter": "a", "assume": "0..1"}, "-1/1"]},
    "an imaginary root": {"power": ["-2/1", "1/2"]},
    "a division by zero": "1/0",
    "a name that is code": {"letter": "__import__('os').system('ls')", "assume": "real"},
    "a range of many digits": {"letter": "a", "assume": "0.." + "9" * 4000},
    "a name unknown": {"eval": ["1/1"]},
    "nothing": {"sum": []},
    "another kind": [A],
}


@pytest.mark.parametrize("where", ["input", "output"])
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_a_file_does_not_go_off(name: str, where: str, tmp_path: Path) -> None:
    data = sw.trace("ReLU()", sw.symbols("x", (1, 2))).to_data()
    data = json.loads(json.dumps(data))
    (data["output"] if where == "output" else data["inputs"]["input"])["data"][0] = BOMBS[name]
    loads(data, tmp_path)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = random.Random(seed)
    data = copy.deepcopy(saved())
    nodes: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key, inner in list(node.items() if isinstance(node, dict) else enumerate(node)):
            nodes.append((node, key))
            if isinstance(inner, dict | list):
                walk(inner)

    walk(data)
    for _ in range(chance.randint(1, 3)):
        node, key = chance.choice(nodes)
        others = [
            None,
            0,
            -1,
            "1/0",
            "1/3",
            "a",
            [],
            {},
            A,
            {"sum": ["1/2", A]},
            10**30,
            "exact",
            BOMBS["deep"],
            True,
            0.5,
        ]
        node[key] = chance.choice(others)
    loads(data, tmp_path_factory.getbasetemp())


def test_what_is_read_back_is_what_was_written(tmp_path: Path) -> None:
    trace = sw.trace(["Conv2D(1, 1)", "ReLU()", "Activation('sigmoid')"], "a 1/3", kernel=[[2]], assume="0..9")
    trace.save(tmp_path / "t.json")
    again = sw.load(tmp_path / "t.json")
    assert again.output.tolist() == trace.output.tolist()
    assert again.to_data() == trace.to_data()
    assert sw.substitute(again, {"a": 0}).tolist()[0][0] == Fraction(1, 2)
