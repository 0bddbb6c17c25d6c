"""Every door takes the same paste: the command line, a script, standard input, a lesson file, a page of a site."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import stepwise as sw
from stepwise.lesson_files.reading import load_lesson_file, read_lesson
from stepwise.sites.written import Place, asked
from tests.command import run

CODE = ">>> k = 2\n>>> net = nn.Sequential(nn.MaxPool2d(k), nn.ReLU())\n>>> print(net)\nSequential(…)\n>>> y = net(x)\n"
NUMBERS = "4 3 1 0; 2 1 5 2; 7 -2 0 3; 1 1 2 8"
DUE = [[4, 5], [7, 8]]
LESSON = "stepwise: 1\ninput: " + NUMBERS + "\nlayers: |\n" + "".join(f"  {line}\n" for line in CODE.splitlines())


def test_python() -> None:
    trace = sw.trace(CODE, NUMBERS)
    assert np.asarray(trace).tolist() == DUE
    assert "what the layers give: `print(net)`" in trace.lesson().markdown()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "net.py").write_text(CODE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return "net.py"


@pytest.mark.parametrize("words", [(CODE,), ("net.py",), ("-",)])
def test_the_command_line(words: tuple[str, ...], script: str) -> None:
    told = run("explain", *words, "--input", NUMBERS, "--to", "md", given=CODE.encode())
    assert told.status == 0, told.err
    assert told.out == sw.trace(CODE, NUMBERS).lesson().markdown().rstrip("\n") + "\n"


def test_commands_beside_it(script: str) -> None:
    sizes = run("shape", script, "--input-shape", "1,4,4")
    assert "2 layers: 1 × 4 × 4 → 1 × 2 × 2 → 1 × 2 × 2" in sizes.out
    assert "left out" in sizes.err
    assert "print(net)" in sizes.err
    assert run("prove", script, "nn.MaxPool2d(2), nn.ReLU()", "--input-shape", "1,4,4").status == 0
    assert run("compare", script, "x = nn.MaxPool2d(2)(x)", "--input", NUMBERS).status == 0
    assert run("why", script, "--cell", "0,0", "--input", NUMBERS).status == 0


def test_a_kernel_that_the_code_names_is_asked_for_in_the_words_of_the_door() -> None:
    assert "give it with --kernel" in run("explain", "y = F.conv2d(x, w)", "--input", NUMBERS).err
    told = run("explain", "y = F.conv2d(x, w)", "--input", NUMBERS, "--kernel", "1 0; 0 1", "--to", "md")
    assert told.status == 0


def test_a_lesson_file(tmp_path: Path) -> None:
    (tmp_path / "l.yaml").write_text(LESSON, encoding="utf-8")
    assert np.asarray(load_lesson_file(tmp_path / "l.yaml").traced()).tolist() == DUE
    lines = "stepwise: 1\ninput: 1 2; 3 4\nlayers: [y = 'F.conv2d(x, w)']".replace("y = '", "'y = ")
    with_kernel = read_lesson(lines + "\nweights: {kernel: 1 2; 3 4}")
    assert np.asarray(with_kernel.traced()).tolist() == [[30]]


def test_a_page_of_a_site(tmp_path: Path) -> None:
    place = Place("page.md", 3, tmp_path)
    lesson = asked(CODE, {"input": NUMBERS}, place).lesson
    assert np.asarray(lesson.traces[-1]).tolist() == DUE
