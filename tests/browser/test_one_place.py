"""A page operates an operation of which it knows only its rule and its record: at each step, after each change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.arithmetic import shown
from stepwise.formula import speech
from stepwise.lessons.long import bare
from tests.browser.test_page_tells_the_truth import EDIT, LIVE, WALK, changed, lit, retraced, together, told, worth
from tests.toys import registered

EDITS = [(1, "-7"), (4, "0"), (2, "0.5"), (0, "NaN"), (3, "∞"), (0, "1e3")]


def test_every_step_and_every_change(visit: Any, tmp_path: Path) -> None:
    x = np.array([[-2.0, 0.0, 1.0], [3.0, -0.5, 4.0]])
    with registered():
        traces = [sw.trace(call, x) for call in ("Softsign()", "RootMeanSquare()")]
        opened = visit(together(traces, tmp_path))
        opened.page.wait_for_function(LIVE, arg=len(traces))
        for trace, steps in zip(traces, opened.page.evaluate(WALK)):
            assert len(steps) == len(trace.steps)
            for step, found in zip(trace.steps, steps):
                assert found["status"].endswith(told(step)), f"{found['status']} but {told(step)}"
                assert found["result"] == shown(step.result).replace("-", "−")
                assert set(found["lit"]) == lit(step)
        for nth, trace in enumerate(traces):
            inputs = dict(trace.inputs)
            for (_, text), found in zip(EDITS, opened.page.evaluate(EDIT, [nth, EDITS])):
                inputs["input"] = changed(inputs["input"], found["input"], worth(text))
                for step, (status, result, spoken) in zip(retraced([trace], inputs)[0].steps, found["told"][0]):
                    assert status.endswith(told(step)), f"{found['input']} = {text}: {status} but {told(step)}"
                    assert spoken == speech(bare(step.formula))
                    assert result == shown(step.result).replace("-", "−")
        assert opened.complaints == []
