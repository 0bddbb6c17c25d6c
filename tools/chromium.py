"""The browser that pages are opened in: the one without windows that `tools/browser.sh` installs, or any Chromium."""

from __future__ import annotations

import shutil

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
"""Where it is; None where there is none."""
