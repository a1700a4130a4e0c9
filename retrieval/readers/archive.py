"""ZIP archives of documents, exports of Slack, Notion and Confluence among them.

An archive is listed, and then each member is read as the file that it is.  Names are only names: nothing
is unpacked to disk.

But: an archive within an archive is not read.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

from retrieval.readers import slack_export
from retrieval.readers.zip_guard import GuardedZip

_NOTION_ID = re.compile(r"[ _-][0-9a-f]{32}(?=$|[./])")


def members(archive: GuardedZip) -> list[tuple[str, str, str]]:
    """For each file: its name in the archive, that for people, and the SHA-256 of its content.

    Hidden files are left out, and the parts of a Slack export that are not messages.
    """
    names = [name for name in archive.names if not _is_hidden(name)]
    if slack_export.is_export(names):
        names = slack_export.days(names)
    return [(name, shown_name(name), hashlib.sha256(archive.read(name)).hexdigest()) for name in names]


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts if part != "..")


def shown_name(name: str) -> str:
    """Without the numbers that Notion puts behind names, and without ways out of the folder."""
    parts = [part for part in PurePosixPath(_NOTION_ID.sub("", name)).parts if part not in ("..", "/", "\\")]
    return "/".join(parts)
