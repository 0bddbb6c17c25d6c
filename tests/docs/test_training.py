"""The page about training: its snippets give what they show, and it names what there is."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from stepwise.dialects import torch_losses, torch_training
from stepwise.layers import chance
from stepwise.networks.training import goals, optimizers

PAGE = Path(__file__).parents[2] / "docs" / "training.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_snippet_gives_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chance, "_chance", chance._Chance())
    names: dict[str, Any] = {}
    snippets = [token.content for token in MarkdownIt().parse(TEXT) if token.type == "fence" and token.info == "python"]
    assert len(snippets) == 2
    for snippet in snippets:
        test = doctest.DocTestParser().get_doctest(snippet, names, "docs/training.md", "training.md", 0)
        assert test.examples
        assert doctest.DocTestRunner().run(test, clear_globs=False).failed == 0
        names = test.globs


def test_every_optimizer_and_loss_is_named() -> None:
    for name in (*optimizers.KERAS, *goals.KERAS, *torch_training.OPTIMIZERS, *torch_losses.LOSSES):
        assert f"{name}`" in TEXT or f"{name}(" in TEXT or f'"{name}"' in TEXT or name == "mean_squared_error", name
