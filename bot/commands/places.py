"""Where documents come from, as arguments of commands: paths, web addresses, standard input.

But: nothing is opened or fetched here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from bot.errors import UsageError
from bot.views.style import printable
from retrieval.web.addresses import canonical, is_web
from retrieval.web.start import MOST_PAGES, Start

STDIN = Path("-")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)

depth_option = click.option(
    "--depth", type=click.IntRange(0, 10), metavar="N",
    help="Follow the links of a URL so far, to pages below its folder.  [default: 0]",
)  # fmt: skip
limit_option = click.option(
    "--limit", type=click.IntRange(1, 100_000), metavar="N",
    help=f"Ask a URL for so many pages at most.  [default: {MOST_PAGES}]",
)  # fmt: skip


class Place(click.ParamType[Path | str]):
    """A path, or a web address in its one form as text.  `exists`: there must be such a path."""

    name = "place"

    def __init__(self, *, exists: bool = False) -> None:
        self._path = click.Path(path_type=Path, exists=exists)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        text = str(value)
        if not is_web(text):
            if _SCHEME.match(text):
                self.fail(
                    f"{printable(text)} is not fetched: only http:// and https:// are; "
                    "a file or folder is named by its path.", param, ctx,
                )  # fmt: skip
            return Path(self._path.convert(text, param, ctx))
        address = canonical(text)
        if address is None:
            self.fail(f"{printable(text)} is no address; expected one like https://host/path.", param, ctx)
        return address


def checked_address(option: str, address: str | None) -> None:
    """Raises UsageError for what is no address, or none that could be shown."""
    if address is not None and (canonical(address) is None or not address.isprintable()):
        raise UsageError(f"{option} is {printable(address)}; expected an address with http:// or https://.")


def starts(addresses: Sequence[str], depth: int | None, limit: int | None) -> list[Start]:
    """Where to begin, with what was said about it.  Raises UsageError where that fits to nothing."""
    if not addresses and (depth is not None or limit is not None):
        raise UsageError("--depth and --limit go with http:// and https:// addresses.")
    return [Start(url=each, depth=depth or 0, limit=limit or MOST_PAGES) for each in addresses]
