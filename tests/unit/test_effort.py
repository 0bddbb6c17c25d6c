"""What would take long or need much memory is refused beforehand, with an estimate, at every door."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

import stepwise as sw
from stepwise.effort import MOST_BYTES, MOST_SECONDS, Effort, allow, is_large_allowed
from stepwise.errors import LimitError
from stepwise.grading.pool import Pool
from stepwise.render import encode
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.command import run

LARGE = np.zeros((1000, 1000), dtype=np.int64)
REFUSAL = r"[^.;]+ would take about ((\d[\d,]*|1) (second|minute|hour|day|year)s?) and [\d,]+ [GM]B; [a-z][^;]+, or "
IN_PYTHON = re.compile(REFUSAL + r"allow it: with stepwise\.allow_large\(\):")
ON_THE_COMMAND_LINE = re.compile(REFUSAL + r"add --allow-large \(in Python: with stepwise\.allow_large\(\):\)")


def sheet(layers: int, parts: int) -> None:
    """Two variants of a chain of convolutions, each of which is nothing; asked for in so many parts."""
    text = (
        "stepwise: 1\ninput: {random: {shape: [4, 4], low: 0, high: 9}}\nlayers:\n"
        + "  - Conv2D(1, 3, padding='same')\n" * layers
        + "".join([f"  - {{layer: {layer}}}\n" if layer else "parts:\n  - {layer: 0}\n" for layer in range(parts)])
    )
    with TemporaryDirectory() as folder:
        lessons = [Path(folder, f"{number}.yaml") for number in range(4)]
        for lesson in lessons:
            lesson.write_text(text)
        make(lessons, "sheets", Order(2))


def back(call: str) -> sw.Backward:
    trace = sw.trace(call, np.zeros((1000, 1000)))
    return sw.backward(trace, loss="mse", target=trace.output)


def doors() -> dict[str, Callable[[], object]]:
    """What may be asked of the package that takes long on a large input, each as one call."""

    def pool() -> sw.Trace:
        return sw.trace("MaxPool2D(2)", LARGE)

    def line() -> sw.Trace:
        return sw.trace("MaxPooling1D(2)", np.zeros((40_000_000, 1), dtype=np.uint8))

    def deep() -> sw.Trace:
        return sw.trace(["Conv2D(1, 3, padding='same')"] * 900, np.zeros((4, 4)))

    return {
        "a long chain": lambda: deep().lesson(),
        "two long chains": lambda: sw.compare(deep(), deep()),
        "a proof of long chains": lambda: sw.equivalent(["ReLU()"] * 1000, ["ReLU()"] * 999, input_shape=(2, 2)),
        "many variants of a long chain": lambda: sheet(30, 0),
        "many parts": lambda: sheet(12, 12),
        "every step": lambda: pool().lesson(detail="all"),
        "every step of two": lambda: sw.compare(pool(), pool(), detail="all"),
        "a spreadsheet": lambda: encode(pool().lesson(), "xlsx"),
        "a record": lambda: line().save("record.json"),
        "a replay": lambda: line().verify(),
        "a matrix": lambda: sw.matrix(sw.trace("Conv2D(1, 2)", LARGE)),
        "fractions": lambda: sw.trace("Conv2D(1, 8)", np.zeros((2000, 2000), dtype=np.int64), arithmetic="exact"),
        "a proof": lambda: sw.equivalent("MaxPool2D(2)", "MaxPool2D(2)", input_shape=(100_000, 100_000)),
        "why, of millions": lambda: sw.trace("GlobalAveragePooling2D()", np.zeros((2000, 2000, 1))).why((0,)),
        "why, of powers": lambda: sw.trace("nn.LPPool2d(2, 2000)", np.ones((1, 2000, 2000))).why((0, 0, 0)),
        "a table of numbers": lambda: encode(sw.trace("ReLU()", np.broadcast_to(0.1, (30_000_000,))).lesson(), "csv"),
        "exponentials of exponentials": lambda: sw.trace(["Softmax()"] * 10, "1/3 2; 3 4"),
        "sigmoids of a picture": lambda: sw.trace(
            ["Activation('sigmoid')"] * 9, np.ones((28, 28), dtype=np.int64), arithmetic="exact"
        ),
        "a loss over a picture": lambda: back("Softplus()").lesson(),
        "the gradient of a kernel over a picture": lambda: back("Conv2D(1, 3)").lesson(),
        "large windows": lambda: sw.trace("Conv2D(1, 500)", LARGE),
    }


@pytest.mark.parametrize("door", list(doors()))
def test_every_door_refuses_in_one_sentence(door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = doors()[door]
    with pytest.raises(LimitError) as refused:
        asked()
    assert IN_PYTHON.fullmatch(str(refused.value)), str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_few_exponentials_are_carried_on_exactly() -> None:
    found = sw.trace(["Softmax()"] * 3, "1/3 2; 3 4").output.astype(float)
    due = np.array([[1 / 3, 2], [3, 4]])
    for _layer in range(3):
        due = np.exp(due) / np.exp(due).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, due, rtol=1e-12)


def test_a_chain_is_counted_before_its_first_layer_is_read(tmp_path: Path) -> None:
    """What is wrong with a layer is not told, so none was read."""
    with pytest.raises(LimitError, match="a chain has at most 1,000 layers, not 20,000"):
        sw.trace(["Nonsense("] * 20_000, "4 3; 2 1")
    (tmp_path / "long.yaml").write_text(f"stepwise: 1\ninput: 4 3; 2 1\nlayers: [{'Nonsense(), ' * 20_000}]\n")
    done = run("explain", str(tmp_path / "long.yaml"))
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "line 3: a chain has at most 1,000 layers, not 20,000; take fewer layers" in done.err


def test_each_call_of_a_long_lesson_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time grows with the square of the layers."""
    from stepwise.lesson_files import reading, values
    from stepwise.lesson_files.reading import read_lesson

    def work(layers: int) -> int:
        count = 0
        plain = values.plain

        def counted(value: Any) -> Any:
            nonlocal count
            count += 1
            return plain(value)

        with monkeypatch.context() as patch:
            for module in (reading, values):
                patch.setattr(module, "plain", counted)
            read_lesson(f"stepwise: 1\ninput: 4 3\nlayers: [{', '.join(['ReLU()'] * layers)}]")
        return count

    assert work(80) < 3 * work(40)


def test_what_is_asked_for_is_carried_out() -> None:
    tall = sw.trace("MaxPool2D(1)", np.arange(400).reshape(20, 20))
    few = Effort(seconds=MOST_SECONDS / 100)
    with pytest.raises(LimitError):
        allow("this", 101 * few, "take less")
    allow("this", 99 * few, "take less")
    with pytest.raises(LimitError):
        allow("this", Effort(bytes=MOST_BYTES + 1), "take less")
    with sw.allow_large():
        allow("this", 101 * few, "take less")
        assert len(sw.trace("MaxPool2D(1)", tall.output).lesson(detail="all").text()) > 0
    with pytest.raises(LimitError):
        allow("this", 101 * few, "take less")


COMMANDS: dict[str, tuple[str, ...]] = {
    "explain": ("explain", "MaxPool2D(2)", "--input", "x.npy", "--steps", "all"),
    "compare": ("compare", "MaxPool2D(2)", "MaxPool2D(3)", "--input", "x.npy", "--steps", "all"),
    "a spreadsheet": ("explain", "MaxPool2D(2)", "--input", "x.npy", "-o", "x.xlsx"),
    "worksheet": ("worksheet", "lesson.yaml", "--variants", "10000000", "-o", "sheets"),
}
LESSON = "stepwise: 1\ninput: {random: {shape: [4, 4], low: 0, high: 20}}\nlayers: [MaxPool2D(2)]\n"


@pytest.mark.parametrize("command", list(COMMANDS))
def test_commands_refuse_beforehand(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", LARGE)
    Path("lesson.yaml").write_text(LESSON)
    before = sorted(path.name for path in tmp_path.iterdir())
    done = run(*COMMANDS[command])
    assert done.status == 2
    assert done.out == ""
    [line] = done.err.strip().splitlines()
    assert ON_THE_COMMAND_LINE.fullmatch(line.removeprefix("stepwise: ")), line
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_workers_are_told_that_it_was_asked_for() -> None:
    """They are processes of their own, in which nobody has."""
    for large in (False, True):
        with sw.allow_large() if large else nullcontext():
            pool = Pool(1, _nothing, ())
            assert pool.submit(is_large_allowed).result() == large
            pool.close()


def _nothing() -> None:
    """What a worker begins with."""


def test_numbers_beyond_every_decimal_are_drawn() -> None:
    """Whole numbers have no end; a long chain comes to where decimals do."""
    trace = sw.trace(["Conv2D(1, 3, padding='same')"] * 4, [[10**400, -(10**400)], [1, 2]])
    assert trace.lesson().html().endswith("</html>")
    assert not sw.check(trace, [[1, 2], [3, 4]]).correct


def test_what_all_layers_hold_together_is_counted_before_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepwise.effort.MOST_BYTES", 30_000_000)
    with pytest.raises(LimitError, match=r"^4 layers over this input would take about .* and \d+ MB; take a smaller"):
        sw.trace(["Conv2D(2, 1)", "ReLU()", "ReLU()", "ReLU()"], np.zeros((1024, 1024, 1), dtype=np.float32))


def test_the_option_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is lowered, so that what is asked for need not be large."""
    monkeypatch.setattr("stepwise.effort.MOST_SECONDS", 1e-3)
    command = ("explain", "MaxPool2D(1)", "--input", "1 2; 3 4")
    assert run(*command).status == 2
    done = run(*command, "--allow-large")
    assert done.status == 0
    assert "Window 4 of 4" in done.out
    assert run(*command).status == 2, "only where it is asked for"


@pytest.mark.parametrize(
    ("effort", "told"),
    [
        (Effort(45, 3e9), "about 45 seconds and 3 GB"),
        (Effort(0, 5e10), "about 1 second and 50 GB"),
        (Effort(120, 0), "about 2 minutes and 1 MB"),
        (Effort(86400 * 3, 2e6), "about 3 days and 2 MB"),
        (Effort(4e9, 1e12), "about 127 years and 1,000 GB"),
    ],
)
def test_an_estimate_in_words(effort: Any, told: str) -> None:
    assert effort.words == told
