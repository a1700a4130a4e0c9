"""What the page shows beside the workspace: how the last answer came about, documents that are dropped.

But: the workspace knows no bot; whoever opens it brings what stands behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Backstage(Protocol):
    """Whatever stands behind the bot."""

    @property
    def suggestions(self) -> Mapping[str, Sequence[str]]:
        """Questions that one might ask, by channel ID; those for everywhere under ""."""

    def items(self) -> Mapping[str, Any]:
        """Further items of everybody's scene."""

    def insight(self, person: str) -> Mapping[str, Any] | None:
        """How the answer to a person's last question came about; None without one."""

    def take(self, name: str, data: bytes) -> None:
        """A file was dropped on the page.  Returns at once."""
