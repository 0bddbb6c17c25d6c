"""otter-grader and nbgrader as they are installed by the people who use them, in an environment of their own.

`make test-tools` makes it, in `.venv-tools`.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HOME = ROOT / ".venv-tools"


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
    """Both tools, with stepwise beside them."""
    assert (HOME / ".made").exists(), "make test-tools installs the graders"
    return Tools(HOME / "bin")
