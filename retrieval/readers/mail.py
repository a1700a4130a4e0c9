"""EML: one message, by the standard library: who, when, and what was written.

The plain text is read, else (where that is blank, or the HTML crosses out what it cannot) the HTML.  What a
reply quotes of earlier mails is left out, since it has its own file, and so are attachments; the document
says so.

But: messages within messages are not looked into, and too many of them are refused.
"""

from __future__ import annotations

from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers.earlier_mails import kind_of, own_html, own_lines, own_pieces, strikes_out
from retrieval.readers.html import read_fragment
from retrieval.readers.pieces import Piece, assemble
from retrieval.readers.plaintext import text_pieces
from retrieval.readers.table_sentences import row_sentence
from retrieval.text import WINDOWS, decode, known_charset

_HEADERS = ("From", "To", "Cc", "Date")
_MOST_PARTS = 1000


def read(data: bytes, name: str) -> Document:
    """The message; its title is its subject, else made of the file's `name`."""
    if data.lower().count(b"content-type: multipart/") > _MOST_PARTS:
        raise ReadError("holds too many messages within messages")
    message = BytesParser(policy=policy.default).parsebytes(data)
    subject = str(message["Subject"] or "") or None
    facts = row_sentence(_HEADERS, [str(message[header] or "") for header in _HEADERS])
    date = str(message["Date"] or "")
    bodies = _bodies(message)
    attached = [
        part.get_filename() or "without a name"
        for part in message.iter_attachments()
        if not any(inner is body for inner in part.walk() for body in bodies)
    ]
    if not facts and subject is None:
        raise ReadError("is no mail: it has neither sender nor subject")
    pieces = [Piece("row", (facts,))]
    notes = [f"attachments not read: {', '.join(attached)}"] if attached else []
    kind = kind_of(subject or "")
    quotes = False
    for number, body in enumerate(bodies):
        text = _content(body)
        if body.get_content_subtype() == "html":
            shown = own_html(text, kind)
            found = read_fragment(shown, None)
            own = own_pieces(found, kind)
            quotes = quotes or shown != text or len(own) < len(found)
            pieces += own
            continue
        lines = text.splitlines()
        kept = own_lines(lines, kind)
        quotes = quotes or len(kept) < len(lines)
        titled = subject is None and not number  # else a first line without a full stop is no title
        pieces += [replace(piece, line=None) for piece in text_pieces("\n".join(kept), titled=titled)]
    if quotes:
        notes.append("quoted text of earlier mails left out")
    return assemble(pieces, title=subject, url=None, name=name, slugs=False, notes=notes, dated=date)


def _bodies(message: EmailMessage) -> list[EmailMessage]:
    """The text that was written, and what of it goes on behind an attachment (as Apple Mail sends it)."""
    parts = message.iter_parts() if message.get_content_type() == "multipart/mixed" else [message]
    found: list[EmailMessage] = []
    for part in parts:
        if not isinstance(part, EmailMessage) or (found and part.get_filename()):
            continue
        body = _preferred(part)
        if body is not None and (
            not found or body.get_content_subtype() in {"plain", found[0].get_content_subtype()}
        ):
            found.append(body)
    return found


def _preferred(part: EmailMessage) -> EmailMessage | None:
    """The plain text of a part or its HTML: whichever says more of what was written."""
    found = (part.get_body((kind,)) for kind in ("plain", "html"))
    texts = [text for text in found if isinstance(text, EmailMessage) and _content(text).strip()]
    return next((text for text in texts[1:] if strikes_out(_content(text))), texts[0] if texts else None)


def _content(body: EmailMessage) -> str:
    data = bytes(body.get_payload(decode=True))
    named = body.get_content_charset()
    charset = known_charset(named) if named else None
    if not named or charset in WINDOWS:  # the standard library drops what the smaller charset lacks
        return decode(data, declared=charset)
    try:
        return str(body.get_content())
    except LookupError:  # a character set that nobody knows, as "unknown-8bit"
        return decode(data)
