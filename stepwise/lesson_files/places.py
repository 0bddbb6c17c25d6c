"""Where a mistake in a lesson file is: every reader of a part of one says it through this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedBase, CommentedMap

from ..errors import StepwiseError, as_yaml, shortened
from .lesson_file import LessonFileError
from .yaml_traps import parted_call, quoted


class Places:
    """One lesson file: its name, its folder, and the files that it names."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.files: list[Path] = []

    def _place(self, data: CommentedMap, key: Any) -> str:
        return f"{self.name}, line {data.lc.key(key)[0] + 1}"

    def _call(self, data: CommentedMap, key: str, calls: Sequence[Any], number: int, line: int | None) -> str:
        """A call of a list, where YAML has left it whole."""
        call = calls[number]
        if whole := parted_call(calls, number):
            problem = f"YAML parts the call {whole} at a comma or a colon; put it in quotes: {quoted(whole)}"
            raise self._error(data, key, problem, line)
        if not isinstance(call, str):
            found = "nothing" if call is None else as_yaml(call)
            raise self._error(data, key, f"found {found} in {key}:, expected a call such as MaxPool2D(2)")
        return call

    def _at(self, data: CommentedMap, key: str, read: Callable[[], Any], line: int | None = None) -> Any:
        """What `read` gives; its mistakes are told with the line of the key."""
        try:
            return read()
        except LessonFileError:
            raise
        except StepwiseError as error:
            raise self._error(data, key, str(error), line) from None

    def _error(self, data: CommentedBase, key: Any, message: str, line: int | None = None) -> LessonFileError:
        if line is None:
            known = isinstance(data, CommentedMap) and key in data
            line = data.lc.key(key)[0] if known else data.lc.line
        return LessonFileError(f"{self.name}, line {line + 1}: {shortened(message)}")
