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


BRANCHES = "y = nn.Conv2d(1, 1, 3, padding=1)(x)\ny = F.relu(y)\nz = nn.Conv2d(1, 1, 1)(x)\nout = y + z\n"
JOINED = "stepwise: 1\ninput: 1 2 0; 0 1 3; 2 1 1\nlayers: |\n" + "".join(
    f"  {line}\n" for line in BRANCHES.splitlines()
)
"""1 on the diagonal of the first kernel, cut off at 0; twice the number and 1 from the second."""
JOINED += (
    "weights: {0: {weight: 1 0 0; 0 1 0; 0 0 1, bias: 0}, 2: {weight: '2', bias: 1}}\nworksheet: {blank: output}\n"
)


def test_branches_through_every_door(tmp_path: Path) -> None:
    (tmp_path / "l.yaml").write_text(JOINED, encoding="utf-8")
    due = [[2 + 3, 5 + 5, 0 + 1], [1 + 1, 3 + 3, 5 + 7], [2 + 5, 1 + 3, 2 + 3]]
    trace = load_lesson_file(tmp_path / "l.yaml").traced()
    assert np.asarray(trace)[0, 0].tolist() == due
    trace.verify()
    told = trace.lesson().text()
    assert "3. nn.Conv2d(1, 1, 1): 1×1×3×3 → 1×1×3×3, from the input." in told
    assert "4. x + y: 1×1×3×3 + 1×1×3×3 → 1×1×3×3, from 2 and 3." in told
    weights = {0: {"weight": np.eye(3)[None, None], "bias": [0]}, 2: {"weight": [[[[2]]]], "bias": [1]}}
    assert np.asarray(sw.trace(BRANCHES, "1 2 0; 0 1 3; 2 1 1", weights=weights))[0, 0].tolist() == due
    sizes = run("shape", BRANCHES, "--input-shape", "3,3")
    assert (sizes.status, "4. x + y of 2 and 3" in sizes.out) == (0, True)
    assert "here branches come together; give numbers" in run("shape", BRANCHES, "--input-shape", "n,n").err
    assert run("why", str(tmp_path / "l.yaml"), "--cell", "0,0,1,1").status == 0
    assert run("worksheet", str(tmp_path / "l.yaml"), "-o", str(tmp_path / "sheet"), "--to", "md").status == 0
    sheet = next((tmp_path / "sheet").glob("v01.md")).read_text(encoding="utf-8")
    assert "Then, on the input, carry out `nn.Conv2d(1, 1, 1)`." in sheet
    assert "in this order: the output of `F.relu(x)` and the output of `nn.Conv2d(1, 1, 1)`." in sheet
    twice, apart = "a = nn.AvgPool2d(2)(x)\nz = a + a", "a = nn.AvgPool2d(2)(x)\nb = nn.AvgPool2d(2)(x)\nz = b + a"
    assert run("prove", twice, apart, "--input-shape", "4,4").status == 0
    assert run("prove", twice, "nn.AvgPool2d(2)", "--input-shape", "4,4").status == 1
    residual = "y = nn.Conv2d(1, 1, 1)(x)\nz = y + x"
    compared = run("compare", residual, "nn.Conv2d(1, 1, 1)", "--input", "1 2; 3 4")
    assert (compared.status, "4 output cells differ" in compared.out) == (0, True)
    compared = run("compare", BRANCHES, "nn.Conv2d(1, 1, 1)", "--input", "1 2; 3 4")
    assert (compared.status, "x + y joins branches" in compared.err) == (2, True)
    for code in (BRANCHES, residual):
        page = tmp_path / "branches.html"
        page.write_text(sw.trace(code, "1 2; 3 4").lesson().html(), encoding="utf-8")
        assert "every one agrees" in run("verify", str(page)).out


@pytest.mark.parametrize("spelled", ["torch.cat([a, b], dim=1)", "torch.cat((a, b), 1)", "torch.cat([a, b], axis=-3)"])
def test_channels_are_put_side_by_side_as_in_a_batch(spelled: str) -> None:
    code = f"a = nn.MaxPool2d(1)(x)\nb = nn.ReLU()(a)\ny = {spelled}"
    joined = sw.trace(code, [[1, -2], [3, 4]])
    assert np.asarray(joined).tolist() == [[[[1, -2], [3, 4]], [[1, 0], [3, 4]]]]


@pytest.mark.parametrize(
    "spelled", ["layers.concatenate([a, b])", "Concatenate(axis=3)([a, b])", "tf.concat([a, b], axis=-1)"]
)
def test_in_keras_they_are_last(spelled: str) -> None:
    code = f"a = MaxPool2D(1)(x)\nb = ReLU()(a)\ny = {spelled}"
    assert np.asarray(sw.trace(code, [[1, -2], [3, 4]])).tolist() == [[[[1, 1], [-2, 0]], [[3, 3], [4, 4]]]]
