"""What a command is asked about: calls, a lesson file, a saved trace or an ONNX file; each gives a Trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..dialects import LayerObject
from ..dialects.tracing import trace
from ..errors import FileError, StepwiseError, shortened
from ..exports import export_for
from ..io.files import read_text
from ..traces.trace import Trace
from .given import Given
from .telling import say

if TYPE_CHECKING:
    from ..dialects.onnx_network import OnnxNetwork
    from ..lesson_files.lesson_file import LessonFile

FILES = (".yaml", ".yml", ".json", ".onnx")


def is_file(request: str, *suffixes: str) -> bool:
    """Whether a request is the name of a file of such a kind."""
    return Path(request).suffix.lower() in (suffixes or FILES) and "(" not in request


def with_code(requests: Sequence[str]) -> tuple[str, ...]:
    """The requests, with what stands in a script in place of its name."""
    return tuple(read_text(request) if is_file(request, ".py") else request for request in requests)


def traced(requests: Sequence[str], given: Given, until: str | None = None) -> Trace:
    """The trace of what was asked for. Raises `StepwiseError` where the options do not go with it."""
    requests = with_code(requests)
    for request in requests:
        if refusal := export_for(request):
            raise FileError(refusal)
    files = [request for request in requests if is_file(request)]
    if files and len(requests) > 1:
        raise StepwiseError("give one file, or calls without a file")
    check_until(until, files)
    if not files:
        return trace(list(requests), given.array(), **given.asked)
    [file] = files
    if any(one is not None for one in (given.kernel, given.bias, given.arithmetic, given.assume)):
        raise StepwiseError(f"{file} has its own weights and arithmetic; leave those options out")
    if given.seed is not None and is_file(file, ".onnx", ".json"):
        raise StepwiseError(f"{file} has its own weights, and none are drawn; leave --seed out")
    if is_file(file, ".onnx"):
        result: Trace = onnx_network(file, until)(given.array())
        return result
    for option, value in (("--input", given.input_), ("--divide", given.divide)):
        if value is not None:
            raise StepwiseError(f"{file} has its own input; leave {option} out")
    if is_file(file, ".json"):
        from ..layers.saved import load as load_trace

        return load_trace(file)
    from ..lesson_files.reading import load_lesson_file  # with YAML, which calls have no use for

    return seeded(load_lesson_file(file), given.seed).traced()


def say_left_out(layers: Sequence[LayerObject]) -> None:
    """Say what stands in pasted code and is not told, where no lesson says it."""
    parts = [part for layer in layers for part in layer.left_out]
    if parts:
        say(f"left out, since it changes nothing in what the layers give: {', '.join(map(shortened, parts))}")


def seeded(lesson: LessonFile, seed: int | None) -> LessonFile:
    """A lesson whose weights, those that it does not give, are drawn with `--seed`."""
    return lesson if seed is None else replace(lesson, seed=seed)


def check_until(until: str | None, requests: Sequence[str]) -> None:
    """Raises `StepwiseError` for an `--until` where no ONNX file is asked for."""
    if until is not None and not any(is_file(request, ".onnx") for request in requests):
        raise StepwiseError("--until names a value of an ONNX file; without one, leave it out")


def onnx_network(file: str, until: str | None) -> OnnxNetwork:
    """An ONNX file's network as far as one of its values; of several outputs it is said which one is told."""
    from ..dialects.onnx import load

    found = load(file)
    if until is not None:
        return found.until(until)
    first, *others = found.graph.outputs
    if others:
        outputs = f"{file} gives {first} and {' and '.join(others)}"
        say(f"{outputs}; {first} is told here, and --until {others[0]} tells another")
    return found
