"""The autograder zip, unpacked, set up and run as Gradescope does it; setting up installs what stepwise needs."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import jsonschema

from stepwise.graders.gradescope import autograder
from tests.unit.graders.test_gradescope import SCHEMA
from tests.unit.grading.classes import RIGHT, VALID, write_manifest


class Machine:
    """A folder in place of Gradescope's /autograder."""

    def __init__(self, root: Path, lesson: Path) -> None:
        self.root = root
        root.mkdir()
        with zipfile.ZipFile(io.BytesIO(autograder(lesson))) as archive:
            archive.extractall(root / "source")
        for name in ("setup.sh", "run_autograder"):
            (root / "source" / name).chmod(0o755)
        (root / "source" / "run_autograder").rename(root / "run_autograder")
        (root / "submission").mkdir()
        (root / "submission_metadata.json").write_text(
            '{"assignment": {"total_points": "9"}, "users": [{"name": "x"}]}'
        )

    def run(self, program: str) -> str:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
        done = subprocess.run(
            [str(self.root / program)],
            cwd="/",
            env={**kept, "AUTOGRADER_ROOT": str(self.root)},
            capture_output=True,
            text=True,
        )
        assert program != "source/setup.sh" or done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def mark(self, files: dict[str, bytes]) -> dict[str, Any]:
        for old in (self.root / "submission").iterdir():
            old.unlink()
        for name, data in files.items():
            (self.root / "submission" / name).write_bytes(data)
        self.run("run_autograder")
        found: dict[str, Any] = json.loads((self.root / "results" / "results.json").read_text())
        jsonschema.validate(found, SCHEMA)
        return found


def test_the_zip_marks_as_gradescope_would_run_it(tmp_path: Path) -> None:
    folder = write_manifest(tmp_path / "w", {"v1": "-4 -3 -1; -2 -1 -7; -9 -5 -6", "v2": "1 2; 3 4"})
    machine = Machine(tmp_path / "autograder", folder)
    assert machine.mark({"answer--v1.txt": RIGHT.encode()})["score"] == 0, "before it is set up, it says so"
    machine.run("source/setup.sh")
    right = machine.mark({"answer--v1.txt": RIGHT.encode()})
    assert [(test["score"], test["max_score"]) for test in right["tests"]] == [(9, 9)]
    assert machine.mark({"answer--v2.csv": b"4,4\n4,4\n"})["tests"][0]["status"] == "passed"
    wrong = machine.mark({"answer--v1.txt": VALID.encode()})
    assert "2×2" in wrong["tests"][0]["output"]
    for files in ({}, {"answer.txt": RIGHT.encode()}, {"answer--v1.py": b"import os; os.remove('/')"}):
        [test] = machine.mark(files)["tests"]
        assert test["score"] == 0
        assert "could not be read" in test["output"]
