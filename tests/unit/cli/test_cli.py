"""The command line as it is meant to be used: what is printed, what is written, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import stepwise as sw
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.render import FORMATS, TEXTUAL, encode, render
from tests.command import program, run

M = ("explain", "MaxPool2D(2, strides=1, padding='same')", "--input", "4 3; 2 1")
LESSON = "stepwise: 1\ntitle: By hand\ninput: 4 3; 2 1\nlayers: [MaxPool2D(2)]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# explain


def test_explain_prints_the_text_form() -> None:
    done = run(*M)
    assert (done.status, done.err) == (0, "")
    trace = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
    assert done.out == trace.lesson().text()
    assert not list(Path().iterdir())


@pytest.mark.parametrize("format", TEXTUAL)
def test_to_chooses_the_format_on_the_terminal(format: str) -> None:
    done = run(*M, "--to", format)
    lesson = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson()
    assert (done.status, done.out, done.err) == (0, render(lesson, format), "")


@pytest.mark.parametrize("format", FORMATS)
def test_o_writes_a_file_and_says_so(format: str) -> None:
    done = run(*M, "-o", f"page.{format}")
    assert (done.status, done.out, done.err) == (0, "", f"wrote page.{format}\n")
    lesson = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson()
    assert Path(f"page.{format}").read_bytes() == encode(lesson, format)
    assert [path.name for path in Path().iterdir()] == [f"page.{format}"]


def test_to_names_the_format_of_a_file_without_a_suffix() -> None:
    assert run(*M, "-o", "page", "--to", "md").status == 0
    assert Path("page").read_text(encoding="utf-8").startswith("# Max pooling")


def test_a_page_is_as_readable_as_any_new_file() -> None:
    run(*M, "-o", "page.html")
    Path("other").write_text("x")
    assert Path("page.html").stat().st_mode == Path("other").stat().st_mode


def test_a_file_is_never_replaced_unasked() -> None:
    Path("page.html").write_text("mine")
    done = run(*M, "-o", "page.html")
    assert done.status == 2
    assert "page.html exists already; add --force" in done.err
    assert Path("page.html").read_text() == "mine"
    assert run(*M, "-o", "page.html", "--force").status == 0
    assert Path("page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_link_that_leads_nowhere_is_not_written_through() -> None:
    Path("page.html").symlink_to("elsewhere.html")
    assert run(*M, "-o", "page.html").status == 2
    assert not Path("elsewhere.html").exists()


def test_several_calls_are_a_chain() -> None:
    done = run("explain", "Conv2D(1, 2)", "ReLU()", "--input", "1 2; 3 4", "--kernel", "1 0; 0 -2", "--bias", "1")
    assert done.status == 0
    assert "1·1 + 2·0 + 3·0 + 4·(-2) + 1 = -6" in done.out
    assert "Layer 2: ReLU" in done.out
    assert "max(0, -6) = 0" in done.out
    joined = run("explain", "Conv2D(1, 2), ReLU()", "--input", "1 2; 3 4", "--kernel", "1 0; 0 -2", "--bias", "1")
    assert joined.out == done.out


def test_numbers_from_files() -> None:
    Path("x.csv").write_text("4,3\n2,1\n")
    Path("k.json").write_text("[[1, 0], [0, 1]]")
    done = run("explain", "Conv2D(1, 2)", "--input", "x.csv", "--kernel", "k.json", "--bias", "0")
    assert "4·1 + 3·0 + 2·0 + 1·1 + 0 = 5" in done.out


def test_numbers_that_begin_with_a_minus() -> None:
    done = run("explain", "MaxPool2D(2)", "--input", "-4 -3; -2 -1")
    assert "max(-4, -3, -2, -1) = -1" in done.out


def test_steps() -> None:
    few = run("explain", "MaxPool2D(1)", "--input", ";".join(["1 2 3 4 5 6"] * 6))
    assert "There are 36 windows." in few.out
    assert "--steps all" in few.out
    every = run("explain", "MaxPool2D(1)", "--input", ";".join(["1 2 3 4 5 6"] * 6), "--steps", "all")
    assert "Window 35 of 36" in every.out
    assert "--steps" not in every.out
    assert "--steps" not in run("explain", "MaxPool2D(1)", "--input", ";".join(["1 2 3 4 5 6"] * 6), "--to", "md").out
    assert "Window 1 of" not in run(*M, "--steps", "none").out


def test_a_lesson_file() -> None:
    Path("one.yaml").write_text(LESSON)
    done = run("explain", "one.yaml")
    assert done.out == load_lesson_file("one.yaml").lesson().text()
    assert run("explain", "-", given=LESSON).out == done.out, "the same from standard input"
    assert run("explain", "one.yaml", "-o", "one.md").err == "wrote one.md\n"


def test_a_lesson_file_finds_its_numbers_beside_it() -> None:
    Path("sub").mkdir()
    Path("sub/x.csv").write_text("7 8\n")
    Path("sub/one.yml").write_text("stepwise: 1\ninput: {file: x.csv}\nlayers: [MaxPool2D(1)]\n")
    assert "max(8) = 8" in run("explain", "sub/one.yml").out


def test_several_lesson_files_go_into_a_folder() -> None:
    Path("one.yaml").write_text(LESSON)
    Path("two.yaml").write_text(LESSON.replace("By hand", "Again"))
    Path("out").mkdir()
    done = run("explain", "one.yaml", "two.yaml", "-o", "out", "--to", "md")
    assert done.status == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["one.md", "two.md"]
    both = run("explain", "one.yaml", "two.yaml").out
    assert both.index("By hand") < both.index("Again")


def test_of_several_lessons_all_are_written_or_none() -> None:
    for name in ("one", "two"):
        Path(f"{name}.yaml").write_text(LESSON)
    Path("out").mkdir()
    Path("out/two.html").write_text("mine")
    done = run("explain", "one.yaml", "two.yaml", "-o", "out")
    assert done.status == 2
    assert "two.html exists already" in done.err
    assert [path.name for path in Path("out").iterdir()] == ["two.html"]
    assert run("explain", "one.yaml", "two.yaml", "-o", "out", "--force").status == 0


def test_a_folder_of_templates() -> None:
    Path("mine").mkdir()
    Path("mine/prose.md.jinja").write_text("MINE")
    assert "MINE" in run(*M, "--to", "md", "--templates", "mine").out
    Path("mine/prose.md.jinja").write_text("{{ 1 / 0 }}")
    failed = run(*M, "--to", "md", "--templates", "mine")
    assert failed.status == 2
    assert "prose.md.jinja, line 1: division by zero" in failed.err


# compare, shape, verify


def test_compare() -> None:
    calls = ("MaxPool2D(2, strides=1)", "MaxPool2D(2, strides=1, padding='same')")
    done = run("compare", *calls, "--input", "4 3; 2 1")
    assert done.status == 0
    assert "VALID or SAME?" in done.out
    assert re.search(r"\(0, 1\) +none +3\n\(1, 0\) +none +2\n\(1, 1\) +none +1\n", done.out)
    assert run("compare", *calls, "--input", "4 3; 2 1", "-o", "page.html").err == "wrote page.html\n"
    kernel = ("--input", "4 3; 2 1", "--kernel", "1 1; 1 1", "--bias", "0")
    both = run("compare", "Conv2D(1, 2)", "Conv2D(1, 2, padding='same')", *kernel)
    assert "4·1 + 3·1 + 2·1 + 1·1 + 0 = 10" in both.out


@pytest.mark.parametrize(
    ("calls", "shape", "told"),
    [
        (["MaxPool2D(2)"], "28,28,1", "28 × 28 × 1 → 14 × 14 × 1"),
        (["Conv2D(8, 3, strides=2, padding='same')", "MaxPool2D(2)"], "28,28,1", "→ 14 × 14 × 8 → 7 × 7 × 8"),
        (["Conv2D(8, 3)", "Flatten()", "Dense(10)"], "28,28,1", "26 × 26 × 8 → 5408 → 10"),
        (["Conv2D(8, 3)", "Flatten()", "Dense(10)"], "4,28,28,1", "4 × 26 × 26 × 8 → 4 × 5408 → 4 × 10"),
        (["nn.Conv2d(3, 6, 5)", "nn.MaxPool2d(2)", "nn.Flatten()"], "3,32,32", "6 × 28 × 28 → 6 × 14 × 14 → 1176"),
        (["MaxPool2D(2)"], "1000000000,2,1", "500000000 × 1 × 1"),
    ],
)
def test_shape(calls: list[str], shape: str, told: str) -> None:
    """Sizes as PyTorch and Keras print them for these very layers."""
    done = run("shape", *calls, "--input-shape", shape)
    assert done.status == 0
    assert told in " ".join(done.out.split())


def test_verify() -> None:
    trace = sw.trace(["Conv2D(2, 2)", "MaxPool2D(2)"], [[1.5, 2, 3], [4, 5, 6], [7, 8, 9]])
    trace.save("good.json")
    done = run("verify", "good.json")
    assert (done.status, done.err) == (0, "")
    assert done.out == "good.json: verified; 10 output cells replayed, every one agrees\n"
    data = json.loads(Path("good.json").read_text())
    data["output"]["data"][1] += 1
    Path("wrong.json").write_text(json.dumps(data))
    wrong = run("verify", "wrong.json")
    assert (wrong.status, wrong.out) == (1, ""), "a wrong trace is not an unusable request"
    assert wrong.err.startswith("stepwise: output cell (0, 0, 1)")
    assert wrong.err.count("\n") == 1


# The whole of it


def test_help_and_version() -> None:
    for arguments in ((), ("--help",), ("-h",)):
        done = run(*arguments)
        assert (done.status, done.err) == (0, "")
        for command in ("compare", "explain", "shape", "verify"):
            assert re.search(rf"^  {command}  +\w", done.out, re.M)
    assert run("--version").out.strip().endswith(sw.__version__)
    for command in ("compare", "explain", "shape", "verify"):
        told = run(command, "--help")
        assert told.status == 0
        assert f"  stepwise {command} " in told.out, "each shows an example"
        assert all(len(line) <= 100 for line in told.out.splitlines())


def test_help_comes_without_numpy_or_jinja(tmp_path: Path) -> None:
    look = "import sys; from stepwise.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    look += "print(sorted({'numpy', 'jinja2', 'sympy', 'ruamel.yaml'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", look, "--help"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "[]"


def in_a_terminal(*arguments: str, environment: dict[str, str]) -> str:
    """What the command prints when its output is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "stepwise", *arguments], stdout=theirs, stdin=theirs, env={**os.environ, **environment}
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux's way of saying that the other side is closed
            break
        if not piece:
            break
        printed += piece
    os.close(ours)
    assert process.wait() == 0
    return printed.decode()


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb", "NO_COLOR": ""}, False),
    ],
)
def test_color_only_on_a_terminal_that_wants_it(environment: dict[str, str], colored: bool) -> None:
    printed = in_a_terminal(*M, environment=environment)
    assert ("\033[" in printed) == colored
    bare = re.sub(r"\033\[[\d;]*m", "", printed)
    assert [line.rstrip() for line in bare.splitlines()] == run(*M).out.splitlines()


def test_no_color_in_a_pipe(tmp_path: Path) -> None:
    assert "\033" not in program(*M, folder=tmp_path, environment={"TERM": "xterm", "NO_COLOR": ""}).out


def test_a_reader_that_has_had_enough(tmp_path: Path) -> None:
    """`| head -1` closes the pipe long before the end; that is no error."""
    rows = ";".join(["1 2 3 4 5 6 7 8 9"] * 40)
    command = [sys.executable, "-m", "stepwise", "explain", "MaxPool2D(1)", "--input", rows, "--steps", "all"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().decode() == "Worked example · Max pooling\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_terminal_without_box_drawing_gets_question_marks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stepwise", *M],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert b"max(4, 3, 2, 1) = 4" in done.stdout
    assert done.stderr == b""


def computed(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that a process has taken, however busy the machine is."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def test_ctrl_c_is_one_sentence_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """The signal comes while thousands of windows are told; how long that takes does not matter to the test.

    The program has begun when it has taken a lesson that is longer than any pipe holds.
    """
    rows = [f"  - [{', '.join(map(str, range(200)))}]" for _ in range(200)]
    lesson = "\n".join(["stepwise: 1", "layers: [MaxPool2D(1)]", "show: {steps: all}", "input:", *rows])
    command = [sys.executable, "-m", "stepwise", "explain", "-", "-o", "page.html", "--allow-large"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # tests run in the background, too
    )
    assert process.stdin is not None
    process.stdin.write(lesson.encode())
    process.stdin.close()
    process.stdin = None
    begun = computed(process)
    while computed(process) < begun + 1:  # second: far less than telling every window takes
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert out == b""
    assert err.decode().strip() == "stepwise: stopped; no file was left half written"
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a disk that is full."""
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); from stepwise.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", limited, *M, "-o", "page.html"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        env={
            name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")
        },  # writes files, too
    )
    assert done.returncode == 2
    assert done.stderr == "stepwise: cannot write 'page.html': File too large\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", ["pdf", "xlsx"])
def test_a_file_that_is_no_text_can_be_piped(format: str) -> None:
    command = [sys.executable, "-m", "stepwise", *M, "--to", format]
    done = subprocess.run(command, capture_output=True, check=True)
    lesson = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]]).lesson()
    assert done.stdout == encode(lesson, format)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--to", "html", "--paper", "letter"), "paper goes with pdf, typ or tex, not with html"),
        (("--to", "tex", "--paper", "a5"), "paper 'a5' is not known; it is a4 or letter."),
        (("--fragment",), "fragment goes with tex, not with txt"),
        (("-o", "x.md", "--figures", "png"), "figures 'png' is not known; it is text or svg."),
        (("-o", "x.xlsx", "--templates", "."), "a spreadsheet has no templates"),
    ],
)
def test_options_of_formats_are_checked(options: tuple[str, ...], said: str) -> None:
    done = run(*M, *options)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert not list(Path().iterdir())


def test_paper_and_fragment_reach_the_file() -> None:
    assert run(*M, "-o", "a.tex", "--fragment").status == 0
    assert "documentclass" not in Path("a.tex").read_text(encoding="utf-8").replace("% ", "")
    assert run(*M, "-o", "b.typ", "--paper", "Letter").status == 0
    assert 'paper: "us-letter"' in Path("b.typ").read_text(encoding="utf-8")


def test_a_missing_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)  # importing it then fails as if it were not there
    done = run(*M, "-o", "a.pdf")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "stepwise: PDF needs typst, which is not installed; install it with: pip install 'stepwise-cnn[pdf]'\n"
    )
    assert not list(Path().iterdir())
