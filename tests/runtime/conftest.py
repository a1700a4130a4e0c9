"""The logits that are expected."""

from __future__ import annotations

import pytest

from qa_engine.runtime import Logits
from tests.tiny_windows import WINDOWS, by_hand


@pytest.fixture(scope="module")
def expected() -> list[Logits]:
    return by_hand(WINDOWS)
