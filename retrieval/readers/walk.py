"""Questions about a node of an HTML tree: is it shown, is it a mere mark, what text does it hold.

But: nothing here recurses, since the trees of hostile pages are deeper than Python's stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from retrieval.readers.table_sentences import join_clauses

_DROPPED = frozenset({
    "script", "style", "template", "noscript", "nav", "head", "svg", "canvas", "iframe", "object",
    "embed", "audio", "video", "map", "select", "datalist", "textarea", "rt", "rp",
})  # fmt: skip
STRUCK = frozenset({"del", "s", "strike"})
"""Elements whose text is crossed out: how a wiki withdraws a figure."""
_NUMBER = re.compile(r"\s*[-+\u2212]?\d")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)", re.IGNORECASE)
CROSSED_OUT = re.compile(r"text-decoration(-line)?\s*:[^;]{0,60}line-through", re.IGNORECASE)
_BREAKING = frozenset({
    "p", "div", "li", "tr", "dt", "dd", "td", "th", "blockquote", "pre", "h1", "h2", "h3", "h4",
    "h5", "h6", "ul", "ol", "table",
})  # fmt: skip


def is_dropped(node: LexborNode) -> bool:
    """Is the element no text for a reader: a script, navigation, hidden, or crossed out?"""
    if node.tag in _DROPPED or node.tag in STRUCK:
        return True
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style") or ""
    return any(pattern.search(style) for pattern in (_HIDDEN, CROSSED_OUT))


def is_struck(node: LexborNode) -> bool:
    """Is the element crossed out?  A blank stands for it, so that 20 and its 25 make no 2025."""
    if node.tag in STRUCK:
        return True
    return CROSSED_OUT.search(node.attributes.get("style") or "") is not None


def is_mark(node: LexborNode) -> bool:
    """Is the link a footnote's number or a heading's pilcrow, which point into the page itself?"""
    href = node.attributes.get("href") or ""
    if not href.startswith("#"):
        return False
    if node.attributes.get("role") in {"doc-noteref", "doc-backlink"}:
        return True
    parent = node.parent
    text = text_of(node)
    return not any(map(str.isalnum, text)) or (parent is not None and parent.tag == "sup" and len(text) <= 5)


def needs_caret(before: str, raised: str) -> bool:
    """Whether a raised text would be read as more of the number before it: 10<sup>2</sup> is 10^2."""
    return before[-1:].isdigit() and _NUMBER.match(raised) is not None


def text_of(node: LexborNode) -> str:
    """All text below `node`; blocks inside it are set off by semicolons where they do not end a clause."""
    if is_struck(node):
        return ""
    parts: list[str] = []
    raised = False  # at the beginning of <sup>
    for kind, inner in descend(node):
        if kind == "text":
            text = (inner.text_content or "").replace("\0", "")
            parts += ["^", text] if raised and needs_caret(parts[-1] if parts else "", text) else [text]
            raised = False
        elif kind == "struck":
            parts.append(" ")
        elif inner.tag == "sup":
            raised = kind == "enter"
        elif inner.tag == "br":
            parts.append("\0" if kind == "enter" else "")
        elif inner.tag == "img":
            parts.append((inner.attributes.get("alt") or "") if kind == "enter" else "")
        elif inner.tag in _BREAKING and inner.mem_id != node.mem_id:
            parts.append("\0")
    return join_clauses("".join(parts).split("\0"))


def descend(root: LexborNode) -> Iterator[tuple[str, LexborNode]]:
    """`("enter" | "leave", element)` and `("text", node)` for all that is shown below `root`, in order.

    `("struck", element)` for what is crossed out.
    """
    node: LexborNode | None = root
    while node is not None:
        entered = node.is_element_node and (node.mem_id == root.mem_id or not is_dropped(node))
        if node.is_text_node:
            yield "text", node
        if entered:
            yield "enter", node
            if node.first_child is not None:
                node = node.first_child
                continue
            yield "leave", node
        elif node.is_element_node and is_struck(node):
            yield "struck", node
        while node is not None and node.mem_id != root.mem_id and node.next is None:
            node = node.parent
            if node is not None:
                yield "leave", node
        node = None if node is None or node.mem_id == root.mem_id else node.next
