"""The XML of a Word document, put as mammoth knows it, which passes over what it does not know.

Out goes what is hidden.  Fields, runs in the other direction of writing and the signs below ruby keep their
words, breaks part them, and a text box is read where the file shows mammoth a picture in its stead.

But: formulas are left out; their signs one behind the other would say something else (a half would be 12).
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_NO_WORDS = frozenset({f"{_W}rPr", f"{_W}fldChar", f"{_W}instrText"})
_KNOWN_AS = {
    **{f"{_W}{name}": f"{_W}smartTag" for name in ("fldSimple", "dir", "bdo", "ruby", "rubyBase")},
    f"{_W}cr": f"{_W}br",
    f"{_W}ptab": f"{_W}tab",
    f"{_W}dstrike": f"{_W}strike",  # crossed out twice
}
"""What mammoth does not know, and what means the same to it."""
_RUBY = f"{_W}rt"  # how the signs are spoken: their second writing


def hide(root: Element) -> bool:
    """Take out the words of runs that are hidden; say whether there were any.

    What parts a field stays: its marks have to come in pairs.
    """
    found = False
    for run in root.iter(f"{_W}r"):
        if _is_on(run.find(f"{_W}rPr/{_W}vanish")):
            for each in list(run):
                if each.tag not in _NO_WORDS:
                    found = found or each.tag == f"{_W}t"
                    run.remove(each)
    return found


def has_formulas(root: Element) -> bool:
    """Are there any, which are left out?"""
    return root.find(f".//{_FORMULA}") is not None


def put_as_known(root: Element) -> bool:
    """Put what mammoth does not know in a way that it does; say whether there was anything."""
    found = False
    for each in list(root.iter()):  # text boxes move
        if each.tag == f"{_MC}AlternateContent":
            found = _show_boxes(each) or found
        elif each.tag in _KNOWN_AS:
            each.tag = _KNOWN_AS[each.tag]
            for spoken in each.findall(_RUBY):
                each.remove(spoken)
            found = True
    return found


def _show_boxes(alternatives: Element) -> bool:
    """Let mammoth, which reads the last alternative, read text boxes that only the first one has."""
    boxes = [box for each in alternatives.findall(f"{_MC}Choice") for box in each.iter(f"{_W}txbxContent")]
    others = alternatives.findall(f"{_MC}Fallback")
    if not boxes or any(each.find(f".//{_W}txbxContent") is not None for each in others):
        return False
    for each in others:
        alternatives.remove(each)
    ElementTree.SubElement(alternatives, f"{_MC}Fallback").extend(boxes)
    return True


def _is_on(switch: Element | None) -> bool:
    return switch is not None and switch.get(f"{_W}val", "true") not in {"false", "0", "off"}
