"""What holds for every test: a property is tried on the same examples in every run, unless new ones are asked for."""

from __future__ import annotations

import gc
import os

from hypothesis import HealthCheck, settings

from stepwise.grading import child
from stepwise.layers import chance

# A commit that passed must pass again; `make search` looks for examples that nobody has seen yet. A busy machine is no
# mistake: no example has to be done in time.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", untimed, derandomize=True)
settings.register_profile("search", untimed, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


# What is imported and collected lives to the end: looking through all of it again and again takes a tenth.
gc.set_threshold(50_000, 20, 100)


# Beside a test run threads of xdist and of the browser's driver, which only wait: a process that marks may be a copy of
# this one, and needs not be begun from nothing for every class. Tests of the other way ask for it.
child._can_be_copied = lambda: True


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown() -> None:
    """What a test seeds is over when it is: weights that nobody gave are drawn as in a process of its own."""
    chance._chance = chance._Chance()
