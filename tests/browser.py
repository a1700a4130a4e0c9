"""A real browser for tests: Debian's Chromium, driven by Playwright; and axe, which judges what it shows.

But: what is looked at is for the tests to say.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "build" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = [
    name
    for name, there in (("chromium", CHROMIUM), ("playwright", find_spec("playwright")), ("axe-playwright-python", find_spec("axe_playwright_python")))
    if not there
]  # fmt: skip
needs_browser = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

WIDE, PHONE = (1280, 800), (390, 844)
PATIENCE = 20_000  # milliseconds; a busy machine is no failure


class Tab:
    """A page in the browser, and what it complained of."""

    def __init__(self, browser: Any, *, size: tuple[int, int], dark: bool) -> None:
        width, height = size
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=size == PHONE,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def shot(self, name: str) -> None:
        """Keep a picture of it, for whoever wants to look."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")

    def problems(self) -> list[str]:
        """What axe finds serious or critical."""
        self.page.evaluate(_axe())
        violations = self.page.evaluate("async () => (await axe.run()).violations")
        return [
            f"{found['id']}: {node['html'][:150]} {node.get('failureSummary', '')[:200]}"
            for found in violations
            if found["impact"] in ("serious", "critical")
            for node in found["nodes"]
        ]


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    # Chromium has no sandbox for root; it sees nothing but our own page.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def _axe() -> str:
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")
