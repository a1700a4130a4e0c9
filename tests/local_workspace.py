"""The local workspace for tests: the demo's own, with the sample handbook, in this process.

But: what is done in it is for the tests to say.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from bot.commands.demo import DATA
from bot.composition import Workplace
from bot.demo.cast import HANDBOOK, PEOPLE_TEAM
from bot.demo.local import LocalWorkspace
from bot.settings import Settings
from tests.slack_bot import home_like

SUGGESTION = "When are laptops replaced?"


@contextmanager
def opened(home: Path, handbook_home: Path) -> Iterator[LocalWorkspace]:
    """A workspace that is open, on a free port."""
    local = LocalWorkspace()
    settings = local.settings(Settings(home=home_like(home, handbook_home)), HANDBOOK, PEOPLE_TEAM)
    with Workplace(settings) as work, closing(local):
        work.ingest([DATA / PEOPLE_TEAM], collection=PEOPLE_TEAM)
        local.open(work, suggestions=[SUGGESTION], host="127.0.0.1", port=0)
        yield local


class Visitor:
    """Somebody who asks the page's server without a browser."""

    def __init__(self, local: LocalWorkspace) -> None:
        self.address = urlsplit(local.page.address)
        self.cookie = f"{local.page.door.cookie}={local.page.door.key}"

    def ask(
        self,
        path: str,
        body: Any = None,
        *,
        cookie: str | None = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str, dict[str, str]]:
        """Status, body and headers of what is answered; a POST where there is a body."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://{self.address.netloc}{path}",
            data,
            {"Cookie": self.cookie if cookie is None else cookie, **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read().decode(), dict(response.headers)
        except HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)
