"""A page works a gradient out as Python does: every formula of it, and every number after one is changed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.errors import StepwiseError
from stepwise.lessons.long import summed_up
from stepwise.ops import Gradient
from stepwise.render.page.concerns import SCRIPTS
from stepwise.render.page.record import Record
from stepwise.traces.step import Step
from stepwise.traces.trace import Trace
from tests.requests import request

HARNESS = """
const extensions = [];
const document = {documentElement: {lang: 'en'}, createElement: () => ({style: {}, setAttribute() {}})};
%s
const {records} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(records.map(record => record.stages.map((stage, n) => stage.views.map(view => {
  const t = traceOf(record, new Map(), view, n);
  return t.output.values.map((_, k) => {
    const s = stepOf(t, k), f = formulaOf(t, s), short = shortenings[0]?.(f[1], t, s);
    return [print(short ? equality(short[0], f[2]) : f, TEXT), workOut(t, k), usersOf(t, 0)];
  });
})))));
"""
LEFT_OUT = set(SCRIPTS[SCRIPTS.index("grid") :]) - {"outside", "conditions"}
"""What draws and listens."""


def shown(records: list[Record]) -> Any:
    """For each record, stage, view and cell: its formula, what it comes to, and the users of the first cell."""
    folder = Path(sw.__file__).parent.parent / "templates/html/script"
    wanted = [name for name in SCRIPTS if name not in LEFT_OUT]
    code = HARNESS % "\n".join((folder / f"{name}.js").read_text("utf-8") for name in wanted)
    given = json.dumps({"records": [record.data() for record in records]})
    done = subprocess.run(["node", "-e", code], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def gradients(seeds: range) -> list[Trace]:
    found: list[Trace] = []
    for seed in seeds:
        trace = request(seed).trace
        back = np.random.default_rng(seed).integers(-3, 4, trace.shape).astype(float)
        try:
            found += trace.backward(back).values()
        except StepwiseError:
            continue
    return found


def users(trace: Trace) -> list[int]:
    """The cells of a gradient that get something of the first upstream gradient."""
    first = (0,) * trace.inputs["input"].ndim
    return [
        k
        for k, step in enumerate(trace.steps)
        if any(tap.source == first and (tap.weight or tap.weight_index is not None) for tap in step.taps)
    ]


def check_cell(step: Step, formula: str, value: Any) -> None:
    due = str(summed_up(step)[0])
    assert formula in (due, f"{due} = {due}"), (step.trace.layer.call, step.index)
    if np.isfinite(float(step.result)):
        assert np.isclose(float(value), float(step.result), rtol=1e-5, atol=1e-6), (step.trace.layer.call, step.index)


def test_a_page_shows_every_gradient_as_python_does() -> None:
    with np.errstate(all="ignore"):
        traces = gradients(range(300, 400))
        records = [Record(trace.lesson(detail="none")) for trace in traces]
        compared = 0
        for record, stages in zip(records, shown(records), strict=True):
            for stage, views in zip(record.stages, stages, strict=True):
                for one, cells in zip(stage.traces, views, strict=True):
                    for step, (formula, value, _used) in zip(one.steps, cells, strict=True):
                        check_cell(step, formula, value)
                    if isinstance(one.layer.operation, Gradient):
                        compared += one.output.size
                        assert cells[0][2] == users(one), one.layer.call
    assert compared > 500
