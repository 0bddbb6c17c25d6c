"""What holds for every test: a property is tried on the same examples in every run, unless new ones are asked for."""

from __future__ import annotations

import os

from hypothesis import settings

# A commit that passed must pass again; `make search` looks for examples that nobody has seen yet.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
