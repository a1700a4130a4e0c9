"""ZIP archives of documents, exports of Slack, Notion and Confluence among them.

An archive is listed, and then each member is read as the file that it is.  Names are only names: nothing
is unpacked to disk.

But: an archive within an archive is not read.
"""

from __future__ import annotations

import hashlib

from retrieval.readers import member_names, slack_export
from retrieval.readers.zip_guard import GuardedZip


def members(archive: GuardedZip) -> list[tuple[str, str, str, int]]:
    """For each file: its name in the archive, that for people, the SHA-256 of its content, its time stamp.

    Hidden files are left out, and the parts of a Slack export that are not messages.
    """
    names = [name for name in archive.names if not _is_hidden(name)]
    if slack_export.is_export(names):
        names = slack_export.days(names)
    shown = member_names.shown(names)
    return [
        (name, shown[name], hashlib.sha256(archive.read(name)).hexdigest(), archive.saved_ns(name))
        for name in names
    ]


def _is_hidden(name: str) -> bool:
    parts = member_names.parts(name)
    return not parts or any(part.startswith((".", "__MACOSX")) for part in parts)
