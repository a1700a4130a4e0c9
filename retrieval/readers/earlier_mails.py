"""What of a mail others wrote before: programs repeat it below a reply, with marks or without.

Marked are lines that begin with `>`, and in HTML a `blockquote` that says so.  Without a mark stands what
follows upon the earlier mail's header (`From:`, `Sent:`, `To:`, `Subject:`), as Outlook has it, or upon
`-----Original Message-----`.  In a mail that passes another one on, that other one is what it says, so
only what is repeated below it goes; and what stands alone stays, but in a reply.

But: the headers are known in English, German, French and Spanish only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from selectolax.lexbor import LexborNode

from retrieval.readers.html import parse
from retrieval.readers.pieces import Piece
from retrieval.readers.walk import is_struck, text_of
from retrieval.text import normalise

_REPLY = re.compile(r"\s*(?:re|aw|antw|sv|vs|res)\s*:", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|i)\s*:", re.IGNORECASE)
_QUOTED = re.compile(r"\s{0,3}>")
_MARK = re.compile(r"\s{0,3}> ?")
_SAYS_WHO = re.compile(
    r"\W{0,3}(?:On\b.{5,200}\bwrote|Am\b.{5,200}\bschrieb\b.{0,100}|Le\b.{5,200}\ba écrit"
    r"|El\b.{5,200}\bescribió) ?:\W{0,3}",
    re.IGNORECASE,
)
_NAMES_A_MAIL = re.compile(r"@|\d:\d\d")  # not just a page on which somebody wrote something
_ORIGINAL = re.compile(
    r"-{2,} ?(?:Original Message|Urs?prüngliche Nachricht|Message d'origine|Mensaje original) ?-{2,}",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*_{10,}\s*")
_FROM = re.compile(r"\s*\*?(?:From|Von|De)\s?:\*?\s*\S", re.IGNORECASE)
_SENT = re.compile(
    r"\s*\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha)\s?:\*?\s*\S", re.IGNORECASE
)
# A journey has "From", "To" and "Date", too, but neither a subject nor an address.
_ABOUT = re.compile(
    r"\s*\*?(?:(?:Subject|Betreff|Objet|Asunto)\s?:\*?\s*\S|(?:To|An|À|Para)\s?:.*@)", re.IGNORECASE
)
_MARKED_FROM = re.compile(rf"\s{{0,3}}>{_FROM.pattern}", re.IGNORECASE)
_HEADER_LINES = 7
_WRAPPED = 3  # lines over which it may be said who wrote
_HEADER = re.compile(
    r"(?:From|Von|De) ?: .{1,300}?\b(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha) ?: .{1,300}?"
    r"(?:\b(?:To|An|À|Para) ?: [^@]{0,300}@|.{0,2000}?\b(?:Subject|Betreff|Objet|Asunto) ?: )"
)
_MARKED = "blockquote[type=cite], blockquote.gmail_quote, .gmail_attr, .gmail_quote, .moz-cite-prefix"
_PARTS = "blockquote[type=cite], blockquote.gmail_quote"
_MARKED_BELOW = ".gmail_quote blockquote.gmail_quote, blockquote[type=cite] blockquote[type=cite]"
_BEGINS_BELOW = "#appendonsend, #divRplyFwdMsg"
Kind = Literal["new", "reply", "forward"]


def kind_of(subject: str) -> Kind:
    """Which kind of mail has that subject."""
    return "forward" if _FORWARD.match(subject) else "reply" if _REPLY.match(subject) else "new"


def own_lines(lines: Sequence[str], kind: Kind) -> list[str]:
    """The lines that the sender wrote."""
    if kind == "forward" and any(_MARKED_FROM.match(line) for line in lines):
        lines = [_MARK.sub("", line, count=1) for line in lines]
    own: list[str] = []
    begun = 0  # earlier mails without a mark
    position = 0
    while position < len(lines):
        if _QUOTED.match(lines[position]):
            position += 1
            continue
        length = _who_length(lines, position)
        if length or _begins_earlier(lines, position):
            begun += not _is_quoted_below(lines, position + max(length, 1))
            if begun > (kind == "forward"):
                break
        own += [] if length else [lines[position]]
        position += max(length, 1)
    if kind == "reply" or any(map(str.strip, own)):
        return own
    return [_MARK.sub("", line, count=1) for line in lines]


def own_html(source: str, kind: Kind) -> str:
    """The page with all hidden that is marked as repeated."""
    page = parse(source)
    if page.body is None:
        return source
    if kind == "forward":
        repeated = page.css(_MARKED_BELOW)
    else:
        # Where answers stand between the parts of a quote, the parts are marked within what holds all.
        repeated = [node for node in page.css(_MARKED) if node.tag == "blockquote" or not node.css(_PARTS)]
        for node in page.css(_BEGINS_BELOW)[:1]:
            repeated += _from(node)
    for node in repeated:
        node.attrs["hidden"] = ""
    is_left = bool(repeated) and (kind == "reply" or bool(text_of(page.body)))
    return (page.html or "") if is_left else source


def own_pieces(pieces: Sequence[Piece], kind: Kind) -> list[Piece]:
    """The pieces of a mail in HTML before an earlier mail's header that nothing marks."""
    own: list[Piece] = []
    begun = 0
    for piece in pieces:
        text = normalise(" ".join(piece.lines))
        begun += _HEADER.match(text) is not None or _ORIGINAL.fullmatch(text) is not None
        if begun > (kind == "forward"):
            break
        if not (_SAYS_WHO.fullmatch(text) and _NAMES_A_MAIL.search(text)):
            own.append(piece)
    return own if own or kind == "reply" else list(pieces)


def strikes_out(source: str) -> bool:
    """Is anything crossed out in the page, so that plain text cannot say what it says?"""
    return any(map(is_struck, parse(source).css("s, strike, del, [style]")))


def _who_length(lines: Sequence[str], position: int) -> int:
    """How many lines say who wrote what follows; 0 where they do not."""
    if _SAYS_WHO.fullmatch(lines[position]):
        return int(_NAMES_A_MAIL.search(lines[position]) is not None or _is_quoted_below(lines, position + 1))
    for length in range(2, _WRAPPED + 1):
        together = " ".join(map(str.strip, lines[position : position + length]))
        if _SAYS_WHO.fullmatch(together) and _NAMES_A_MAIL.search(together):
            return length
    return 0


def _begins_earlier(lines: Sequence[str], position: int) -> bool:
    """Does an earlier mail begin on that line: by its header, perhaps below a rule?"""
    if _ORIGINAL.fullmatch(lines[position].strip()):
        return True
    begins = position + (_RULE.fullmatch(lines[position]) is not None)
    header = lines[begins : begins + _HEADER_LINES]
    return bool(header) and all(
        any(map(pattern.match, part))
        for pattern, part in ((_FROM, header[:1]), (_SENT, header), (_ABOUT, header))
    )


def _is_quoted_below(lines: Sequence[str], position: int) -> bool:
    """Has the next line that is not blank a mark, so that what follows is told by its marks?"""
    following = next((line for line in lines[position:] if line.strip()), ">")
    return _QUOTED.match(following) is not None


def _from(node: LexborNode) -> list[LexborNode]:
    """The element and all that follow it; bare text among these goes at once."""
    found = [node]
    level: LexborNode | None = node
    while level is not None and level.tag != "body":
        following = level.next
        while following is not None:
            after = following.next
            if following.is_element_node:
                found.append(following)
            elif following.is_text_node:
                following.decompose()
            following = after
        level = level.parent
    return found
