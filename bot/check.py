"""One thing that `quoth doctor` looked at, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """`detail` says what was found and what to do."""

    name: str
    state: Literal["ok", "warning", "failed"]
    detail: str
