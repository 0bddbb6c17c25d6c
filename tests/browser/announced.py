"""What a page announces to those who do not see it."""

from __future__ import annotations

from playwright.sync_api import Page


def formula(page: Page) -> str:
    """What stands before the sentence in the announcement, without its number."""
    return (page.locator("[role=status]").first.text_content() or "").split(". ")[1]
