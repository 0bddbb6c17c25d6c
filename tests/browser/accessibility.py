"""What axe-core finds wrong in a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""All that is otherwise in the dark."""
SHAPES: dict[str, Any] = {"rules": {"color-contrast": {"enabled": False}}}
"""All that is otherwise where there is less room."""
# What is right is neither told of in full nor sent to us: that is a fifth of the time that a large page takes.
RUN = """async ([within, options]) => {
    const {testEngine, violations} = await axe.run(within ?? document, options);
    return [testEngine.name, violations.map(({id, help, nodes}) => `${id}: ${help}; ${nodes[0].html.slice(0, 200)}`)];
}"""


def faults(page: Page, within: str | None = None, **options: Any) -> list[str]:
    """What axe-core finds wrong, each with the first element it is wrong of."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], **options}
    engine, found = page.evaluate(RUN, [within, options])
    assert engine == "axe-core"
    assert isinstance(found, list)
    return found
