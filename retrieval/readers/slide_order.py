"""The order in which the shapes of a slide are read: by where they stand, whatever was drawn first.

Boxes below headings side by side ("Do", "Don't") are read column by column, others from the top down.

But: a shape that stands where the slide's layout has it tells no place, and a slide with one of these is read
in the order of its file, as are shapes that overlap, and a grid of them that has no headings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_NUMBER = re.compile(r"-?[0-9]{1,15}")
_LONGEST_HEADING = 80  # characters
_MOST_LINES = 20  # of a slide that are looked at for columns: time grows with their square
_SLIP = 0.1  # of a shape: so much of it may stand beside the end of the one before


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape and its paragraphs, from `start` to `end` across (0) and down (1)."""

    element: Element
    texts: Sequence[str]
    start: tuple[float, float]
    end: tuple[float, float]


def in_order(
    root: Element, shapes: Sequence[Element], texts_of: Callable[[Element], Sequence[str]]
) -> list[Element]:
    """The shapes of a slide as a person reads them."""
    boxes: dict[int, tuple[float, ...]] = {}
    for tree in root.iter(f"{_P}spTree"):
        _place(tree, boxes, (0.0, 0.0, 1.0, 1.0))
    if any(id(each) not in boxes for each in shapes):
        return list(shapes)
    placed = [
        Shape(each, texts_of(each), (box[0], box[1]), (box[0] + box[2], box[1] + box[3]))
        for each in shapes
        for box in [boxes[id(each)]]
    ]
    return [each.element for each in _ordered(placed)]


def _place(parent: Element, boxes: dict[int, tuple[float, ...]], frame: tuple[float, ...]) -> None:
    """Note where the shapes of a group are; `frame`: where its own 0, 0 and 1, 1 lie on the slide."""
    for each in parent:
        if each.tag == f"{_P}grpSp":
            _place(each, boxes, _within(each, frame))
        elif each.tag in (f"{_P}sp", f"{_P}graphicFrame"):
            own = each.find(f"{_P}xfrm" if each.tag.endswith("Frame") else f"{_P}spPr/{_A}xfrm")
            box = None if own is None else _box(own, "off", "ext")
            if box is not None:
                x, y, wide, high = frame
                boxes[id(each)] = (x + box[0] * wide, y + box[1] * high, box[2] * wide, box[3] * high)
        elif not each.tag.startswith(_A):
            _place(each, boxes, frame)


def _within(group: Element, frame: tuple[float, ...]) -> tuple[float, ...]:
    own = group.find(f"{_P}grpSpPr/{_A}xfrm")
    outer = None if own is None else _box(own, "off", "ext")
    inner = None if own is None else _box(own, "chOff", "chExt")
    if outer is None or inner is None or not inner[2] or not inner[3]:
        return frame
    wide, high = outer[2] / inner[2], outer[3] / inner[3]
    left, top = outer[0] - inner[0] * wide, outer[1] - inner[1] * high
    return (frame[0] + left * frame[2], frame[1] + top * frame[3], wide * frame[2], high * frame[3])


def _box(xfrm: Element, offset: str, extent: str) -> tuple[float, ...] | None:
    start, size = xfrm.find(f"{_A}{offset}"), xfrm.find(f"{_A}{extent}")
    if start is None or size is None:
        return None
    return (*_numbers(start.attrib, "x", "y"), *_numbers(size.attrib, "cx", "cy"))


def _numbers(attributes: Mapping[str, str], *names: str) -> list[float]:
    said = [attributes.get(name, "") for name in names]
    return [float(each) if _NUMBER.fullmatch(each) else 0.0 for each in said]


def _ordered(shapes: Sequence[Shape]) -> list[Shape]:
    lines = _cut(shapes, 1)
    most = min(len(lines), _MOST_LINES)
    for first in range(most):
        for last in range(most, first, -1):
            columns = _cut(_joined(lines[first:last]), 0)
            if len(columns) > 1 and all(map(_is_headed, columns)):
                before, after = _joined(lines[:first]), _joined(lines[last:])
                read = (sorted(column, key=lambda shape: shape.start[1]) for column in columns)
                return [*_ordered(before), *_joined(list(read)), *_ordered(after)]
    if any(len(_cut(_joined(lines[at : at + 2]), 0)) > 1 for at in range(len(lines) - 1)):
        return list(shapes)  # lines of labels, or columns: nobody knows
    for parts in (lines, _cut(shapes, 0)):
        if len(parts) > 1:
            return _joined([_ordered(part) for part in parts])
    return list(shapes)


def _joined(parts: Sequence[Sequence[Shape]]) -> list[Shape]:
    return [each for part in parts for each in part]


def _cut(shapes: Sequence[Shape], way: int) -> list[list[Shape]]:
    """Shapes between which nothing stands, across (0) or down (1), in that direction; else as they come."""
    part_of: dict[int, int] = {}
    count, end = 0, 0.0
    for each in sorted(shapes, key=lambda shape: shape.start[way]):
        slip = _SLIP * (each.end[way] - each.start[way])
        if not count or each.start[way] + slip >= end:
            count += 1
            end = each.end[way]
        part_of[id(each)] = count - 1
        end = max(end, each.end[way])
    parts: list[list[Shape]] = [[] for _ in range(count)]
    for each in shapes:
        parts[part_of[id(each)]].append(each)
    return parts


def _is_headed(column: Sequence[Shape]) -> bool:
    """Is the uppermost shape of a column a short line above others that say more?"""
    first, *others = sorted(column, key=lambda shape: shape.start[1])
    is_short = len(first.texts) == 1 and len(first.texts[0]) <= _LONGEST_HEADING
    return is_short and any(
        len(each.texts) > 1 or len("".join(each.texts)) > _LONGEST_HEADING for each in others
    )
