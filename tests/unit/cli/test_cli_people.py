"""The command line as people expect it: examples that run, a file to start from, completion, a doctor, pipes."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image

import stepwise as sw
from stepwise import cli
from stepwise.cli.new import KINDS
from stepwise.io.inputs import sample_digit
from stepwise.lesson_files.reading import load_lesson_file
from tests.command import program, run

ROOT = Path(__file__).parents[3]
COMMANDS = {name: cli.group.get_command(click.Context(cli.group), name) for name in cli.COMMANDS}


def examples(command: click.Command) -> list[str]:
    """The examples below a command's help, each as one line."""
    shown = (command.epilog or "").partition("Example")[2].partition("\n\n")[0].replace("\\\n", " ")
    return [" ".join(line.split()) for line in shown.splitlines() if line.startswith("  ")]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_says_what_it_does_and_shows_examples_of_itself(name: str) -> None:
    shown = run(name, "--help")
    assert shown.status == 0
    assert re.search(r"^Examples?:\n", COMMANDS[name].epilog.lstrip("\b\n"), re.M)  # type: ignore[union-attr]
    found = examples(COMMANDS[name])  # type: ignore[arg-type]
    assert found
    assert all(f"stepwise {name}" in example for example in found)
    assert all(option.help for option in COMMANDS[name].params if isinstance(option, click.Option))  # type: ignore[union-attr]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that examples name, and a home of its own."""
    folder = tmp_path
    monkeypatch.chdir(folder)
    (folder / "lesson.yaml").write_text((ROOT / "examples/maximum.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "image.csv").write_text("\n".join(["1,2,0,1,3,2"] * 6), encoding="utf-8")
    (folder / "network.py").write_text("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())\n", encoding="utf-8")
    (folder / "answer.csv").write_text("6,8\n3,4\n", encoding="utf-8")
    (folder / "answer.txt").write_text("6 8; 3 4", encoding="utf-8")
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / "sheets").mkdir()
    (folder / "sheets/lesson.yaml").write_text((folder / "lesson.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    variants = [{"id": "v07", "input": "1 2 0 1; 3 2 1 2; 2 0 1 3; 1 1 2 0"}]
    manifest = {"stepwise": 1, "lesson": "lesson.yaml", "variants": variants}
    (folder / "sheets/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    Image.fromarray(sample_digit(0).astype(np.uint8)).save(folder / "digit.png")
    (folder / ".config/fish/completions").mkdir(parents=True)
    return folder


RUN = [
    (name, example)
    for name, command in COMMANDS.items()
    if name not in ("preview", "grade")  # the one serves until it is stopped, the other wants a class: tests/docs
    for example in examples(command)  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("name", "example"), RUN, ids=[example for _name, example in RUN])
def test_every_example_runs(name: str, example: str, desk: Path) -> None:
    allowed = {0, 1} if name in ("prove", "check") else {0}  # 1: it is not so, and that is the answer
    if name == "worksheet":
        for sheet in ("pooling", "convolution"):
            shutil.copy(ROOT / f"examples/worksheet-{sheet}.yaml", desk / f"{sheet}.yaml")
    if name in ("verify", "why"):
        trace = sw.trace("MaxPool2D(2)", np.arange(36).reshape(6, 6))
        trace.save(desk / "trace.json")
        trace.lesson().save(desk / "page.html")
    if not set(example) & set("<>|"):
        said = run(*shlex.split(example)[1:])
        assert said.status in allowed, said.err
        return
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-uo", "pipefail", "-c", example],
        cwd=desk,
        env={**os.environ, "PATH": path, "HOME": str(desk)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in allowed, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_lesson_is_a_lesson_and_every_line_of_it_is_explained(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "mine.yaml"
    said = run("new", str(place), "--kind", kind)
    assert (said.status, said.out) == (0, "")
    assert said.err == f"wrote {place}; see it with: stepwise preview {place}\n"
    assert load_lesson_file(place).lesson().title == KINDS[kind][0]
    assert "stepwise preview mine.yaml" in place.read_text(encoding="utf-8")
    assert run("new", "-", "--kind", kind).out.replace("lesson.yaml", "mine.yaml") == place.read_text(encoding="utf-8")


def test_a_new_worksheet_makes_sheets_of_what_it_says(tmp_path: Path) -> None:
    place = tmp_path / "mine.yaml"
    assert run("new", str(place), "--kind", "worksheet").status == 0
    folder = str(tmp_path / "handout")
    assert run("worksheet", str(place), "--variants", "3", "--to", "md", "-o", folder).status == 0
    sheet = (tmp_path / "handout" / "v03.md").read_text(encoding="utf-8")
    assert "(9 points)" in sheet
    assert "Mark the padding in the input **first**." in sheet
    assert "padding rows above" in sheet


def test_new_replaces_nothing_silently(tmp_path: Path) -> None:
    place = tmp_path / "mine.yaml"
    place.write_text("precious", encoding="utf-8")
    said = run("new", str(place))
    assert said.status == 2
    assert "exists already; add --force to replace it" in said.err
    assert place.read_text(encoding="utf-8") == "precious"
    assert run("new", str(place), "--force").status == 0
    assert load_lesson_file(place).layers


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("new", "lesson.yaml", "--kind", "poling"),
            "--kind 'poling' is not known; it is pooling, convolution, worksheet or",
        ),
        (("new", "lesson.html"), "a lesson file ends in .yaml; name it lesson.yaml, not lesson.html"),
        (("new", "no/such/folder/a.yaml"), "No such file or directory"),
        (("completion", "bsh"), "'bsh' is no shell known here; it is bash, zsh or fish. Did you mean bash?"),
        (
            ("preview", "absent.yaml"),
            "there is no file 'absent.yaml'; write one to start from with: stepwise new absent",
        ),
        (("preview", str(ROOT / "examples/maximum.yaml"), "--port", "99999"), "port 99999 cannot be used"),
        (("preveiw", "a"), "there is no command 'preveiw'"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: tuple[str, ...], says: str) -> None:
    said = run(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert says in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["stepwise", "expl"], ["plain,explain"]),
        (["stepwise", "explain", "--to", "t"], ["plain,tex", "plain,typ", "plain,txt"]),
        (["stepwise", "new", "--kind", "c"], ["plain,convolution", "plain,compare"]),
        (["stepwise", "preview", "les"], ["file,les"]),
        (["stepwise", "explain", "--pr"], []),
    ],
)
def test_a_shell_completes(words: list[str], due: list[str], tmp_path: Path) -> None:
    asked = {
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
        "_STEPWISE_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [Path(sys.executable).parent / "stepwise"], env={**os.environ, **asked}, capture_output=True, text=True
    )
    assert done.stdout.split() == due


def test_the_script_of_completion_is_what_bash_reads(tmp_path: Path) -> None:
    script = run("completion", "bash").out
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "complete -o nosort -F _stepwise_completion stepwise" in script


def test_the_doctor_tells_every_extra_that_is_declared_and_what_is_missing(tmp_path: Path) -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = run("doctor").out
    for extra in settings["optional-dependencies"]:
        assert re.search(rf"^\[{extra}\] \S", said, re.M), "told in words"
    # Without site-packages' typst: a folder that claims to be this distribution, alone on the path
    (tmp_path / "stepwise_cnn-1.dist-info").mkdir()
    (tmp_path / "stepwise_cnn-1.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: stepwise-cnn\nVersion: 1\n"
        'Requires-Dist: no-such-thing>=1 ; extra == "pdf"\nProvides-Extra: pdf\n',
        encoding="utf-8",
    )
    shown = program("doctor", folder=tmp_path, environment={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}).out
    assert "pip install 'stepwise-cnn[pdf]'" in shown


def test_pipes_and_no_color(tmp_path: Path) -> None:
    call = ("explain", "MaxPool2D(2)", "--input", "4 3; 2 1")
    assert "\x1b[" not in program(*call, folder=tmp_path).out, "a pipe gets no colours"
    inner = f"{sys.executable} -m stepwise explain 'MaxPool2D(2)' --input '4 3; 2 1'"
    for environment, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
        done = subprocess.run(
            ["script", "-qec", inner, "/dev/null"], capture_output=True, env={**_colourless(), **environment}
        )
        assert (b"\x1b[" in done.stdout) == coloured
    piped = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{inner} --steps all | head -1"], capture_output=True, text=True
    )
    assert piped.stderr == ""


def _colourless() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "FORCE_COLOR")}
