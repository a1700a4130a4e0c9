"""The local workspace in a real browser, and visits to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.local import LocalWorkspace
from tests.browser import Tab, chromium
from tests.page_visits import Visit, open_tabs, opened_without_complaint, visits


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def local(
    tmp_path_factory: pytest.TempPathFactory, handbook_home: Path, browser: Any
) -> Iterator[LocalWorkspace]:
    with opened_without_complaint(tmp_path_factory.mktemp("browser"), handbook_home) as workspace:
        yield workspace


@pytest.fixture
def tabs(browser: Any, local: LocalWorkspace) -> Iterator[list[Tab]]:
    with open_tabs() as opened:
        yield opened


@pytest.fixture
def visit(browser: Any, local: LocalWorkspace, tabs: list[Tab]) -> Visit:
    return visits(browser, local, tabs)
