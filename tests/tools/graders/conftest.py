"""otter-grader and nbgrader as they are installed by the people who use them, in an environment of their own.

They bring a hundred packages with them, and pin some, so they do not share the project's own. The environment is made
once, in `.venv-tools`, and kept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HOME = ROOT / ".venv-tools"
ASKED = ("otter-grader>=7,<8", "nbgrader>=0.9.5,<0.10")


@dataclass(frozen=True)
class Tools:
    """The programs of that environment."""

    bin: Path

    def run(self, *command: str, folder: Path) -> str:
        """What a program prints. It finds stepwise in this checkout, and no other environment's programs."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "JUPYTER"))}
        kept |= {"PATH": f"{self.bin}{os.pathsep}{kept['PATH']}", "HOME": str(folder), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=folder,
            env=kept,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def tools() -> Tools:
    """Both tools, and what stepwise needs; installed where they are not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = "\n".join((*ASKED, sys.version, *project["dependencies"]))
    stamp = HOME / "asked"
    if not stamp.exists() or stamp.read_text() != asked:
        shutil.rmtree(HOME, ignore_errors=True)
        venv.create(HOME, with_pip=True)
        pip = [
            str(HOME / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-compile",
        ]
        done = subprocess.run([*pip, *ASKED, "--editable", str(ROOT)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        stamp.write_text(asked)
    return Tools(HOME / "bin")
