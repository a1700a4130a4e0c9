"""Panels that a page opens at a click, of tabs and accordions: all of them are shown, whichever was open.

Which of several panels a text stands in ("Germany", "France") is part of what it says, so each has the name
of its tab in its `aria-label`.

But: only panels are known that say by role, id or class what they are (ARIA, Material for MkDocs); what else
a script opens stays hidden, as menus and dialogs do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from retrieval.readers.walk import is_dropped, is_struck, text_of

_TOLD_OF = ("tabpanel", "until-found", "aria-controls", "tabbed-set")  # without these words there are none
_IN_HEADINGS = ", ".join(f"h{level} [aria-controls]" for level in range(1, 7))
_HIDING = ("hidden", "aria-hidden", "style")


def panel_name(node: LexborNode) -> str | None:
    """What the tab of a panel is called; None where this is no panel of a tab, or nobody knows."""
    attributes = node.attributes
    return attributes.get("aria-label") if attributes.get("role") == "tabpanel" else None


def open_panels(page: LexborHTMLParser, source: str) -> None:
    """Show the panels of a page, whose `source` that is, and name those of tabs."""
    if not any(word in source for word in _TOLD_OF):
        return
    named = {node.attributes.get("id") or "": node for node in page.css("[id]")}
    for panel, tab in (*_tabs(page, named), *_tabs_of_mkdocs(page)):
        panel.attrs["role"] = "tabpanel"
        panel.attrs["aria-label"] = text_of(tab)
    opened = [
        named[each]
        for control in page.css(_IN_HEADINGS)
        for each in (control.attributes.get("aria-controls") or "").split()
        if each in named
    ]
    for panel in (*page.css("[role=tabpanel], [hidden=until-found]"), *opened):
        if is_dropped(panel) and not is_struck(panel):
            for attribute in _HIDING:
                if attribute in panel.attributes:
                    del panel.attrs[attribute]


def _tabs(page: LexborHTMLParser, named: Mapping[str, LexborNode]) -> Iterator[tuple[LexborNode, LexborNode]]:
    """Panels with their tabs: by the ids that one has of the other, else by their order."""
    for bar in page.css("[role=tablist]"):
        tabs = bar.css("[role=tab]")
        controlled = [named.get(tab.attributes.get("aria-controls") or "") for tab in tabs]
        panels = [panel for panel in controlled if panel is not None]
        if len(panels) < len(tabs) and bar.parent is not None:
            panels = [
                each for each in bar.parent.css("[role=tabpanel]") if not _is_within_panel(each, bar.parent)
            ]
        if len(panels) == len(tabs):
            yield from zip(panels, tabs, strict=True)
    for panel in page.css("[role=tabpanel][aria-labelledby]"):
        tab = named.get(panel.attributes.get("aria-labelledby") or "")
        if tab is not None:
            yield panel, tab


def _is_within_panel(panel: LexborNode, around: LexborNode) -> bool:
    """Is a panel one of tabs within tabs?"""
    node = panel.parent
    while node is not None and node.mem_id != around.mem_id:
        if node.attributes.get("role") == "tabpanel":
            return True
        node = node.parent
    return False


def _tabs_of_mkdocs(page: LexborHTMLParser) -> Iterator[tuple[LexborNode, LexborNode]]:
    for tabbed in page.css(".tabbed-set"):
        labels, blocks = (
            [each for part in tabbed.iter() if part.attributes.get("class") == name for each in part.iter()]
            for name in ("tabbed-labels", "tabbed-content")
        )
        if len(labels) == len(blocks):
            yield from zip(blocks, labels, strict=True)
