"""Bad requests: each is one clear sentence on standard error and exit status 2, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.command import program, run

GOOD = "4 3; 2 1"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of the wrong kinds, and the working directory."""
    monkeypatch.chdir(tmp_path)
    np.save("good.npy", np.arange(16.0).reshape(4, 4))
    whole = Path("good.npy").read_bytes()
    Path("cut.npy").write_bytes(whole[:-20])
    Path("head.npy").write_bytes(whole[:30])
    Path("garbage.npy").write_bytes(b"\x93NUMPY\x01\x00garbage")
    Path("empty.npy").write_bytes(b"")
    huge = b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000, 1000000), }".ljust(117) + b"\n"
    Path("huge.npy").write_bytes(b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + huge)
    np.save("pickled.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save("complex.npy", np.array([[1j]]))
    np.save("words.npy", np.array([["a"]]))
    np.save("nothing.npy", np.zeros((0, 3)))
    Path("bytes.csv").write_bytes(b"\xff\xfe\x00")
    Path("head.csv").write_text("one,two\n1,2\n")
    Path("gap.csv").write_text("1,,3\n4,5,6\n")
    Path("empty.csv").write_text("")
    Path("cut.json").write_text("[[1, 2")
    Path("object.json").write_text('{"a": 1}')
    Path("deep.json").write_text("[" * 100_000 + "]" * 100_000)
    Path("trace.json").write_text('{"format": "stepwise-trace"}')
    Path("digit.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    Path("good.yaml").write_text("stepwise: 1\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n")
    Path("bad.yaml").write_text("stepwise: 1\ninput: 4 3; 2\nlayers: [MaxPool2D(2)]\n")
    Path("mine.html").write_text("mine")
    Path("folder.npy").mkdir()
    Path("folder.yaml").mkdir()
    Path("folder.html").mkdir()
    return tmp_path


def refused(arguments: tuple[str, ...], expected: list[str], given: bytes = b"") -> None:
    before = {path: path.read_bytes() if path.is_file() else None for path in Path().rglob("*")}
    done = run(*arguments, given=given)
    assert done.status == 2, done
    assert done.out == ""
    assert done.err.startswith("stepwise: ")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    for words in expected:
        assert words in done.err
    assert {path: path.read_bytes() if path.is_file() else None for path in Path().rglob("*")} == before


INPUTS = [
    ("4 3; 2", ["ragged", "row 2 has 1 number", "row 1 has 2 numbers"]),
    ("1 2; 3 4 5", ["ragged", "row 2 has 3 numbers"]),
    ("[[1, 2], [3]]", ["ragged", "at [1]", "a list of 1", "others have 2"]),
    ("[[1, [2]], [3, 4]]", ["ragged", "at [0, 1]"]),
    ("one b; c d", ["'one'", "row 1, column 1", "a number belongs"]),
    ("4 3; two 1", ["'two'", "row 2, column 1"]),
    ("", ["empty", "rows of numbers"]),
    (" \n ;", ["empty"]),
    ("[]", ["empty", "at least one number"]),
    ("[[], []]", ["empty", "(2, 0)"]),
    ("[[1, null]]", ["nothing at [0, 1]", "at [0, 1]"]),
    ('[["word"]]', ["'word'", "at [0, 0]"]),
    ('{"a": 1}', ["a number belongs"]),
    ("[[1, 2", ["begins like JSON", "column"]),
    ("[" * 50_000, ["begins like JSON"]),
    ("1/0", ["1/0", "divides by zero"]),
    ("1e400", ["1e400", "too large for a decimal"]),
    ("[[1e999]]", ["1e999", "too large for a decimal"]),
    ("1e99999999", ["'1e99999999'", "a number belongs"]),
    ("9" * 500, ["500 characters", "at most 400"]),
    ("1,,2; 3,4,5", ["nothing", "row 1, column 2"]),
    ("1_000", ["'1_000'"]),
    ("0x10", ["'0x10'"]),
    ("--5", ["'--5'"]),
    ("1+2", ["'1+2'"]),
    ("__import__('os')", ["\"__import__('os')\"", "a number belongs"]),
    ("1\x00", ["a number belongs"]),
    ("[[[[[1]]]]]", ["5 axes", "(height, width)"]),
    ("none.csv", ["cannot read", "none.csv", "No such file"]),
    ("folder.npy", ["cannot read", "folder.npy", "directory"]),
    ("cut.npy", ["cut.npy", "not an array"]),
    ("head.npy", ["head.npy", "not an array"]),
    ("garbage.npy", ["garbage.npy", "not an array"]),
    ("empty.npy", ["empty.npy", "not an array"]),
    ("pickled.npy", ["pickled.npy", "not an array"]),
    ("complex.npy", ["complex128", "numbers belong"]),
    ("words.npy", ["words where numbers belong", "'a'"]),
    ("nothing.npy", ["empty", "(0, 3)"]),
    ("bytes.csv", ["bytes.csv", "not a text file in UTF-8", "byte 0"]),
    ("head.csv", ["head.csv", "'one'", "row 1, column 1"]),
    ("gap.csv", ["gap.csv", "nothing in row 1, column 2"]),
    ("empty.csv", ["empty.csv", "empty"]),
    ("cut.json", ["cut.json", "begins like JSON"]),
    ("deep.json", ["deep.json", "begins like JSON"]),
    ("object.json", ["object.json", "a number belongs"]),
    ("digit.png", ["digit.png", "is not a PNG picture, or it is damaged"]),
    ("huge.npy", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), INPUTS, ids=[ascii(text)[:30] for text, _ in INPUTS])
def test_an_input_that_cannot_be_used(text: str, expected: list[str]) -> None:
    refused(("explain", "MaxPool2D(1)", "--input", text, "-o", "new.html"), expected)


CALLS = [
    ("MaxPool2D(3)", ["along the height", "window of 3", "does not fit into 2 under VALID", "or padding SAME"]),
    ("MaxPool2D(2, strides=0)", ["strides=0", "at least 1"]),
    ("MaxPool2D(-2)", ["pool_size=-2", "at least 1"]),
    ("MaxPool2D(0)", ["pool_size=0", "at least 1"]),
    ("Conv2D(-1, 2)", ["filters=-1", "at least 1"]),
    ("MaxPool2D(__import__('os'))", ["pool_size", "__import__('os')"]),
    ("__import__('os').system('touch new.html')", ["not a layer's name"]),
    ("MaxPool2D((lambda: 1)())", ["'lambda: 1'", "not a layer's name"]),
    ("MaxPool2D([x for x in 'ab'])", ["not a plain value"]),
    ("MaxPool2D(f'{1}')", ["not a plain value"]),
    ("MaxPool2D(10**9)", ["'10**9'", "not a plain value"]),
    ("MaxPool2D(*[2])", ["'*[2]'"]),
    ("MaxPool2D(**{'pool_size': 2})", ["name=value"]),
    ("MaxPol2D(2)", ["no layer MaxPol2D", "Did you mean MaxPool2D?"]),
    ("nn.MaxPol2d(2)", ["no layer MaxPol2d", "Did you mean MaxPool2d?"]),
    ("maxpool2d(2)", ["no layer maxpool2d", "Did you mean MaxPool2"]),
    ("Zyxw(2)", ["no layer Zyxw", "such as Conv2D, MaxPool2D"]),
    ("os.system('x')", ["os.system", "not the name of a layer"]),
    ("kears.layers.MaxPool2D(2)", ["Did you mean keras.layers?"]),
    ("MaxPool2D(1000000000)", ["pool_size=1000000000", "at most 1,000,000"]),
    ("MaxPool2D(99999999999999999999999999)", ["at most 1,000,000"]),
    ("MaxPool2D(" + "9" * 3000 + ")", ["whole number"]),
    ("ZeroPadding2D(50000)", ["10,000,400,004 cells", "at most 268,435,456"]),
    ("MaxPool2D(1000000, padding='same')", ["window"]),
    ("Conv2D(1000000, 1000, padding='same')", ["at most"]),
    ("Dense(10000000000)", ["units", "at most"]),
    ("MaxPool2D('2')", ["pool_size='2'", "not a whole number"]),
    ("MaxPool2D(2.5)", ["pool_size=2.5", "not a whole number"]),
    ("MaxPool2D(True)", ["pool_size=True", "not a whole number"]),
    ("MaxPool2D(None)", ["pool_size=None"]),
    ("MaxPool2D((2, 2, 2))", ["pool_size=(2, 2, 2)", "3 entries", "give 2"]),
    ("MaxPool2D(2, padding='sam')", ["padding='sam'", "'valid' or 'same'", "Did you mean same?"]),
    ("MaxPool2D(2, padding=1)", ["padding=1", "'valid' or 'same'"]),
    ("MaxPool2D(2, paddign='same')", ["no parameter paddign", "Did you mean padding?"]),
    ("MaxPool2D(2, strides=1, strides=2)", ["strides", "twice"]),
    ("MaxPool2D(2, 2, strides=1)", ["strides", "it takes pool_size"]),
    ("MaxPool2D(1, 2, 'same', None, 'a', None, True, 8)", ["8 arguments", "it takes 7"]),
    ("MaxPool2D(2", ["cannot be read", "MaxPool2D(2"]),
    ("MaxPool2D(2))", ["cannot be read", "column 13"]),
    ("MaxPool2D", ["not a layer call", "write one such as"]),
    ("MaxPool2D[2]", ["not a layer call"]),
    ("MaxPool2D(2) MaxPool2D(2)", ["cannot be read"]),
    ("MaxPool2D(2); import os", ["cannot be read"]),
    ("", ["cannot be read", "write a call such as"]),
    ("42", ["'42'", "not a layer call"]),
    ("MaxPool2D(\uff12)", ["cannot be read"]),
    ("MaxPool2D(\u0662)", ["cannot be read"]),
    ("(" * 3000, ["cannot be read"]),
    ("MaxPool2D(" + "(" * 90 + "2" + ",)" * 90 + ")", ["pool_size", "give 2"]),
    ("A" * 5000, ["5,000 characters", "4,000"]),
    ("MaxPool2D(2)" + ".x" * 1500, ["not a layer call"]),
    ("MaxPool2D(\ud800)", ["cannot be read"]),
    ("Conv2D(1, 2, kernel_initializer='glorot')", ["kernel_initializer='glorot'"]),
    ("Conv2D(1, 2, kernel_initializer=RandomNormal(stddev=-1))", ["stddev=-1", "at least 0"]),
    ("Conv2D(1, 2, activation='relo')", ["activation='relo'", "Did you mean relu?"]),
    ("Conv2D(2, 2, groups=2)", ["groups=2", "does not divide"]),
    ("Conv2D(1, 1, 2, dilation_rate=2)", ["strides=2", "dilation_rate=2"]),
    ("nn.MaxPool2d(3, padding=2)", ["padding=2", "half"]),
    ("MaxPool3D(2)", ["2 axes", "(depth, height, width)"]),
    ("MaxPool(strides=[1, 1])", ["kernel_shape"]),
]  # fmt: skip


@pytest.mark.parametrize(("call", "expected"), CALLS, ids=[ascii(call)[:40] for call, _ in CALLS])
def test_a_call_that_cannot_be_read_or_does_not_fit(call: str, expected: list[str]) -> None:
    refused(("explain", call, "--input", GOOD, "-o", "new.html"), expected)


M = ("explain", "MaxPool2D(2)", "--input", GOOD)
REQUESTS: list[tuple[tuple[str, ...], list[str]]] = [
    ((*M, "-o", "none/new.html"), ["cannot write", "none/new.html", "No such file"]),
    ((*M, "-o", "/proc/new.html"), ["cannot write", "/proc/new.html"]),
    ((*M, "-o", "mine.html/new.html"), ["cannot write", "mine.html/new.html"]),
    ((*M, "-o", "mine.html"), ["mine.html exists already", "--force"]),
    ((*M, "-o", "folder.html"), ["folder.html is a folder"]),
    ((*M, "--force", "-o", "folder.html"), ["folder.html is a folder"]),
    ((*M, "-o", "a" * 300 + ".html"), ["cannot write", "too long"]),
    ((*M, "-o", "new\0.html"), ["cannot write"]),
    ((*M, "-o", "new"), ["'new' has no suffix", ".html, .md, .tex"]),
    ((*M, "-o", ""), ["no suffix"]),
    ((*M, "-o", "new.htm"), ["no format 'htm'", "Did you mean html?"]),
    ((*M, "-o", "new.html", "--to", "md"), ["--to md", "new.html"]),
    ((*M, "--to", "pfd"), ["no format 'pfd'", "Did you mean pdf?"]),
    ((*M, "--templates", "none", "--to", "html"), ["none is not a folder"]),
    ((*M, "--templates", "mine.html", "--to", "html"), ["mine.html is not a folder"]),
    ((*M, "--templates", "folder.html"), ["plain text has no templates", "html, md, tex"]),
    ((*M, "--steps", "some"), ["--steps 'some'", "auto, all or none"]),
    ((*M, "--language", "xx"), ["language 'xx'", "en"]),
    ((*M, "--kernel", "1 0; 0 1"), ["MaxPool2D(2) has no weights"]),
    ((*M, "--inptu", "1"), ["--inptu", "--input"]),
    ((*M, "--input"), ["--input", "argument"]),
    (("explain", "Conv2D(1, 2)", "--input", GOOD, "--kernel", "1 0"), ["kernel has shape (1, 2)", "(2, 2"]),
    (("explain", "Conv2D(1, 2)", "--input", GOOD, "--kernel", ""), ["the kernel is empty"]),
    (("explain", "Conv2D(1, 2)", "--input", GOOD, "--kernel", "ex y; 1 2"), ["the kernel has 'ex'"]),
    (("explain", "Conv2D(1, 2)", "--input", GOOD, "--bias", "1 2 3"), ["the bias has shape"]),
    (("explain", "Conv2D(1, 2)", "Conv2D(1, 1)", "--input", GOOD, "--bias", "1"), ["by layer under weights: in a"]),
    (("backward", "Dense(1)", "--input", GOOD, "--grad", "1; 1", "--update", "1/0"), ["'1/0' is not a number such as"]),
    (("explain", "Conv2D(1, 2, use_bias=False)", "--input", GOOD, "--bias", "1"), ["has no bias"]),
    (("explain", "MaxPool2D(2)"), ["--input"]),
    (("explain",), ["Missing argument"]),
    (("explain", "good.yaml", "--input", GOOD), ["a lesson file has its own input"]),
    (("explain", "good.yaml", "--input", ""), ["a lesson file has its own input"]),
    (("explain", "good.yaml", "MaxPool2D(2)"), ["calls or lesson files, not both"]),
    (("explain", "good.yaml", "bad.yaml"), ["bad.yaml, line 2", "ragged"]),
    (("explain", "good.yaml", "bad.yaml", "-o", "folder.html"), ["bad.yaml, line 2"]),
    (("explain", "good.yaml", "good.yaml", "-o", "folder.html"), ["both be written to", "rename"]),
    (("explain", "good.yaml", "good.yaml", "-o", "none"), ["none must be a folder"]),
    (("explain", "none.yaml"), ["cannot read", "none.yaml"]),
    (("explain", "folder.yaml"), ["cannot read", "folder.yaml"]),
    (("explain", "-", "-"), ["read only once"]),
    (("explian", "MaxPool2D(2)"), ["no command 'explian'", "Did you mean explain?"]),
    (("MaxPool2D(2)",), ["no command", "explain, figure, grade, new, preview, prove, shape, verify, worksheet, why"]),
    (("--frobnicate",), ["--frobnicate"]),
    (("compare", "MaxPool2D(2)", "--input", GOOD), ["Missing argument"]),
    (("compare", "MaxPool2D(2)", "MaxPool2D(1)"), ["--input"]),
    (("compare", *["MaxPool2D(2)"] * 3, "--input", GOOD), ["extra argument", "MaxPool2D(2)"]),
    (("compare", "MaxPool2D(2)", "MaxPool2D(3)", "--input", GOOD), ["does not fit into 2"]),
    (("compare", "Flatten()", "ReLU()", "--input", GOOD), ["Flatten() has no window"]),
    (("compare", "MaxPool2D(2)", "MaxPool1D(2)", "--input", GOOD), ["height and width", "length"]),
    (("compare", "MaxPool2D(2)", "MaxPool2D(1)", "--input", GOOD, "--steps", "x"), ["--steps 'x'"]),
    (("shape", "MaxPool2D(2)"), ["--input-shape"]),
    (("shape", "--input-shape", "2,2"), ["give a call and its --input-shape"]),
    (("shape", "MaxPool2D(2)", "--input-shape", ""), ["--input-shape ''", "28,28,1"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "0,4,1"), ["'0,4,1'", "above 0"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "-4,4,1"), ["'-4,4,1'"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "4.5,4,1"), ["'4.5,4,1'"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "4,4,"), ["'4,4,'"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "\u00b2,4,1"), ["whole numbers"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "\u0663,4,1"), ["whole numbers"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "9" * 5000 + ",4,1"), ["whole numbers"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "1,1,1"), ["MaxPool2D(2)", "does not fit into 1"]),
    (("shape", "MaxPool2D(2)", "--input-shape", "1,2,3,4,5"), ["5 axes"]),
    (("shape", "Conv2D(2, 2, groups=2)", "--input-shape", "4,4,3"), ["groups=2 does not divide"]),
    (("verify",), ["Missing argument"]),
    (("verify", "none.json"), ["cannot read", "none.json"]),
    (("verify", "folder.npy"), ["cannot read", "folder.npy"]),
    (("verify", "cut.json"), ["cut.json", "not JSON"]),
    (("verify", "deep.json"), ["deep.json", "not a saved trace", "nested"]),
    (("verify", "object.json"), ["object.json", "not a saved trace"]),
    (("verify", "trace.json"), ["trace.json", "version"]),
    (("verify", "good.npy"), ["good.npy", "not a text file"]),
    (("verify", "empty.csv"), ["empty.csv", "not JSON"]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), REQUESTS, ids=[ascii(" ".join(a))[:60] for a, _ in REQUESTS])
def test_a_request_that_is_unusable(arguments: tuple[str, ...], expected: list[str]) -> None:
    refused(arguments, expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (b"", ["standard input is empty"]),
        (b"\xff\xfe", ["standard input is not text in UTF-8"]),
        (b"\x00", ["standard input", "not"]),
        (b"{", ["standard input, line 1", "not YAML"]),
        (b"- 1", ["standard input", "expected keys"]),
        (b"MaxPool2D(2)", ["standard input", "expected keys"]),
        (b"stepwise: 1\ninput: word\nlayers: MaxPool2D(2)", ["standard input, line 2", "'word'"]),
        (b"#" * 9_000_000, ["standard input", "2,000,000 characters"]),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_a_lesson_on_standard_input_that_is_unusable(given: bytes, expected: list[str]) -> None:
    refused(("explain", "-", "-o", "new.html"), expected, given)


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "MaxPool2D(__import__('os').system('touch new'))", "--input", GOOD),
        ("explain", "MaxPool2D(2)", "--input", "4 3; 2"),
        ("explain", b"MaxPool2D(2, name='\xff')\xff", "--input", GOOD),
        ("explain", "MaxPool2D(2)", "--input", b"\xff.csv"),
        ("explain", "MaxPool2D(2)", "--input", GOOD, "-o", "none/new.html"),
        ("explain", "ZeroPadding2D(50000)", "--input", GOOD),
        ("verify", "cut.json"),
    ],
)
def test_as_a_program_of_its_own(arguments: tuple[str | bytes, ...], tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    done = program(*arguments, folder=tmp_path)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("stepwise: ")
    assert done.err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("words", ["nan inf; -inf 1", "NaN Infinity; 2 3", "[[NaN, Infinity], [-Infinity, 1]]"])
def test_nan_and_infinities_are_data(words: str) -> None:
    done = run("explain", "MaxPool2D(2)", "--input", words)
    assert done.status == 0
    assert "= NaN" in done.out
    assert "NaN (not a number), so the maximum is NaN" in " ".join(done.out.split())
