"""What a stranger gets: the sdist and the wheel built from it, installed into an empty environment, far from here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import stepwise

ROOT = Path(__file__).parents[2]
VERSION = stepwise.__version__
LESSON = """\
stepwise: 1
title: A digit through max pooling
input: {mnist: 3, divide: 255}
layers: [MaxPool2D(2)]
"""
IN_PYTHON = """\
import pathlib, sys
import stepwise as sw
t = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
t.verify()
t.save("trace.json")
for suffix in ("html", "md", "txt"):
    t.lesson().save(f"lesson.{suffix}")
print(pathlib.Path(sw.__file__).is_relative_to(sys.prefix))
"""


def run(*command: str | Path, folder: Path) -> str:
    """What a program prints. Nothing of this checkout or its environment can be found by it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def pip(environment: Path) -> tuple[str | Path, ...]:
    """What installs into the environment with this `bin` folder, and lists what is in it."""
    return sys.executable, "-m", "pip", "--python", environment / "python"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and a wheel that was built from it."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    left_out = shutil.ignore_patterns(".*", "build", "dist", "__pycache__", "node_modules", "tests", "benchmarks")
    shutil.copytree(ROOT, source, ignore=left_out)  # never into the checkout, and never from its leftovers
    run(sys.executable, "-m", "build", "--outdir", folder, source, folder=folder)
    shutil.rmtree(source)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment that holds the wheel and what it asks for."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)  # pip installs into it from here; the modules are compiled when they are used
    [wheel] = built.glob("*.whl")
    run(*pip(home / "bin"), "install", "--quiet", "--no-compile", wheel, folder=home)
    return home / "bin"


def files_below(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_package_its_templates_and_its_data(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    templates = {f"stepwise/{name}" for name in files_below("templates")}
    assert any(name.endswith(".css") for name in templates)
    assert templates <= held
    assert files_below("stepwise") <= held
    assert "stepwise/data/mnist-sample.idx.gz" in held
    assert f"stepwise_cnn-{VERSION}.dist-info/licenses/LICENSE" in held
    assert {name.split("/")[0] for name in held} == {"stepwise", f"stepwise_cnn-{VERSION}.dist-info"}


def test_sdist_holds_what_the_wheel_is_made_of(built: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "docs/trace.schema.json"} <= held
    assert files_below("templates") | files_below("stepwise") <= held


def test_readme_of_the_package_index_leads_nowhere_it_cannot(built: Path) -> None:
    """There, links into the repository would be broken and `<picture>` would be shown as nothing."""
    [wheel] = built.glob("*.whl")
    told = zipfile.ZipFile(wheel).read(f"stepwise_cnn-{VERSION}.dist-info/METADATA").decode()
    assert "Description-Content-Type: text/markdown" in told
    description = told.partition("\n\n")[2]
    assert description.startswith("# stepwise")
    assert "## From a lesson file" in description
    assert not re.search(r"<picture|<img|<!--", description)
    links = re.findall(r"\]\(([^)]*)\)", description)
    assert [link for link in links if "://" not in link] == []
    assert "MIT licence" in description, "the words of a link stay"


def test_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "stepwise", "--version", folder=tmp_path) == f"stepwise, version {VERSION}\n"


def test_renders_lessons_far_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "lesson.yaml").write_text(LESSON)
    for suffix, sign in (("html", "<!doctype html>"), ("md", "# A digit"), ("txt", "Worked example")):
        run(installed / "stepwise", "explain", "lesson.yaml", "-o", f"page.{suffix}", folder=tmp_path)
        assert (tmp_path / f"page.{suffix}").read_text(encoding="utf-8").startswith(sign)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "data:image/png;base64," in page
    assert ".matrix" in page


def test_works_from_python_and_verifies_what_it_saved(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "python", "-W", "error", "-c", IN_PYTHON, folder=tmp_path) == "True\n"
    assert (tmp_path / "lesson.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "verified" in run(installed / "stepwise", "verify", "trace.json", folder=tmp_path)


def test_asks_for_nothing_that_only_developers_need(installed: Path, tmp_path: Path) -> None:
    there = run(*pip(installed), "list", "--format", "freeze", folder=tmp_path).lower()
    assert "stepwise-cnn==" in there
    assert not [name for name in ("pytest", "playwright", "mypy", "jsonschema") if f"{name}==" in there]
