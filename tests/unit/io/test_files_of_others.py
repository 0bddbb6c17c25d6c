"""Files that are not opened here are told what they are and which export is; YAML's traps, what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwise.errors import FileError, StepwiseError
from stepwise.layers.weights import read_weights
from stepwise.lesson_files.reading import read_lesson
from tests.command import run

MODELS = {
    "net.h5": "format='onnx'", "net.hdf5": "format='onnx'", "net.keras": "format='onnx'",
    "net.pt": "torch.onnx.export", "net.pth": "torch.onnx.export", "net.ckpt": "torch.onnx.export",
    "net.tflite": "tf2onnx.convert --tflite net.tflite", "net.pb": "tf2onnx.convert --graphdef net.pb",
    "saved": "tf2onnx.convert --saved-model saved", "NET.PT": "torch.onnx.export",
}  # fmt: skip
COMMANDS: dict[str, tuple[str, ...]] = {
    "explain": ("explain", "FILE"), "explain over numbers": ("explain", "FILE", "--input", "1 2; 3 4"),
    "shape": ("shape", "FILE", "--input-shape", "3,3"), "why": ("why", "FILE", "--cell", "0"),
    "check": ("check", "FILE", "1"), "verify": ("verify", "FILE"),
    "compare": ("compare", "FILE", "FILE", "--input", "1 2; 3 4"),
    "prove": ("prove", "FILE", "ReLU()", "--input-shape", "2,2"), "grade": ("grade", "FILE", "x.csv", "-o", "r.csv"),
    "worksheet": ("worksheet", "FILE", "-o", "out"), "input": ("explain", "MaxPool2D(2)", "--input", "FILE"),
    "kernel": ("explain", "Conv2D(1, 2)", "--input", "1 2; 3 4", "--kernel", "FILE"),
    "bias": ("explain", "Conv2D(1, 2)", "--input", "1 2; 3 4", "--bias", "FILE"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"\x08\x01")
    for name in MODELS:
        if name != "saved":
            (tmp_path / name).write_bytes(b"\x89HDF\r\n\x1a\n\x00\xff")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_another_program_is_told_its_export(name: str, command: str) -> None:
    done = run(*(word.replace("FILE", name) for word in COMMANDS[command]))
    assert done.status == 2
    assert done.err.startswith(f"stepwise: {name} is a")
    assert done.err.count("\n") == 1
    assert MODELS[name] in done.err
    assert f"{Path(name).stem}.onnx" in done.err


@pytest.mark.parametrize("name", ["net.pt", "net.h5", "net.keras"])
def test_as_weights_it_is_told_what_writes_them(name: str) -> None:
    with pytest.raises(FileError, match=r"safetensors|numpy\.savez"):
        read_weights(name)
    lesson = f"stepwise: 1\ninput: 1 2; 3 4\nlayers: ['Conv2D(1, 2)']\nweights: {{file: {name}}}\n"
    with pytest.raises(StepwiseError, match=r"line 4: .*(safetensors|numpy\.savez)"):
        read_lesson(lesson, folder=Path())


def test_weights_alone_are_no_network() -> None:
    told = run("explain", "w.safetensors", "--input", "1").err
    assert "weights: {file: w.safetensors}" in told


LESSON = "stepwise: 1\ninput: {}\nlayers: {}\n"


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ("[MaxPool2D(2, strides=1)]", 'put it in quotes: "MaxPool2D(2, strides=1)"'),
        ("[MaxPool2D(2, strides=1), ReLU()]", 'put it in quotes: "MaxPool2D(2, strides=1)"'),
        ("[ReLU(), Conv2D(1, (2, 2), padding=valid)]", 'put it in quotes: "Conv2D(1, (2, 2), padding=valid)"'),
        ('[MaxPool2D(2, padding="same")]', "put it in quotes: 'MaxPool2D(2, padding=\"same\")'"),
        ("\n  - MaxPool2D(2, padding: same)", "put it in quotes: \"MaxPool2D(2, padding='same')\""),
        ("\n  - {MaxPool2D(2)}", 'put it in quotes: "MaxPool2D(2)"'),
        ("\n  -", "found nothing in layers:"),
        ("\n\t- MaxPool2D(2)", "indent with spaces, not with tabs"),
        ("\n  - @MaxPool2D(2)", "put it in quotes"),
        ("['MaxPool2D(2, padding='same')']", "within quotes of one kind use the other"),
        ('"MaxPool2D(2)', "a quote or a bracket is not closed"),
        ("[ReLU(]", "ReLU("),
    ],
)
def test_a_call_that_yaml_parts_is_told_to_be_quoted(layers: str, told: str) -> None:
    with pytest.raises(StepwiseError) as caught:
        read_lesson(LESSON.format("4 3; 2 1", layers))
    assert told in str(caught.value)
    assert "line " in str(caught.value)


@pytest.mark.parametrize("key", ["compare", "alternatives"])
def test_so_it_is_in_every_list_of_calls(key: str) -> None:
    where = "compare: [{}]" if key == "compare" else "layers: [MaxPool2D(2)]\nshow: {{alternatives: [{}]}}"
    text = "stepwise: 1\ninput: 4 3; 2 1\n" + where.format("MaxPool2D(2, strides=1), MaxPool2D(2)")
    with pytest.raises(StepwiseError, match=r'put it in quotes: "MaxPool2D\(2, strides=1\)"'):
        read_lesson(text)


def test_what_yaml_leaves_whole_is_read() -> None:
    for layers in ("[MaxPool2D(2)]", "MaxPool2D(2, strides=1)", "\n  - MaxPool2D(2, strides=1)", '["MaxPool2D(2, 1)"]'):
        assert read_lesson(LESSON.format("4 3; 2 1", layers)).traced().output.tolist() == [[4]]


@pytest.mark.parametrize(
    "typed",
    ["4 3; 2 1", "4,3; 2,1", "[4 3, 2 1]", "[4 3; 2 1]", "\n  - 4 3\n  - 2 1", "|\n  4 3\n  2 1", "[[4, 3], [2, 1]]",
     "\n  4 3;\n  2 1", "'4 3\n\n  2 1'"],
)  # fmt: skip
def test_rows_in_every_way_that_yaml_has(typed: str) -> None:
    assert read_lesson(LESSON.format(typed, "[MaxPool2D(2)]")).traced().output.tolist() == [[4]]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("\n  4 3\n  2 1", "YAML makes one row of these lines; write input: |"),
        ("4 3\n  2 1", "YAML makes one row of these lines"),
        ("[4, 3], [2, 1]", "in one pair of brackets"),
        ("yes", "'yes'"),
        ("12:30", "12:30"),
    ],
)
def test_what_yaml_makes_of_numbers_is_told(typed: str, told: str) -> None:
    with pytest.raises(StepwiseError) as caught:
        read_lesson(LESSON.format(typed, "[MaxPool2D(2)]"))
    assert told in str(caught.value)


def test_a_key_without_a_space_is_told() -> None:
    with pytest.raises(StepwiseError, match="a space belongs after a key's colon"):
        read_lesson("stepwise:1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n")
