"""Front matter: the metadata that site generators keep at the top of a page.

Reads YAML between `---` lines and TOML between `+++` lines; other languages (`---js`, `---json`) are
known and dropped.  It is metadata, never text; what is left is blanked out, so that line numbers hold.

A front matter that cannot be parsed does not fail the page, whose text is what matters.

But: text between two rules at the top of a page can look like it.  So what cannot be parsed is front matter
only if each of its lines is built so, and what begins with a blank line only if it has no headings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from html import unescape
from typing import Any

import yaml

_FENCED = re.compile(
    r"\s*(?:---[ \t]*(?P<language>[a-z]*)[ \t]*\n(?P<body>(?:.*\n)*?)(?:---|\.\.\.)"
    r"|\+\+\+[ \t]*\n(?P<toml>(?:.*\n)*?)\+\+\+)[ \t]*(?:\n|\Z)"
)
_METADATA = re.compile(r"[\w.-]+[ \t]*:(?:[ \t].*)?|(?:[ \t]|- |#).*|[]}]|")
"""A line of metadata, perhaps one that is wrong (`title: Leave: who has it`)."""
_HEADING_BELOW_A_RULE = re.compile(r"[ \t]*\n(?:.*\n)*?#")
_DATES = (
    *("updated", "last_updated", "updated_at", "lastmod", "last_modified", "last_modified_at", "modified"),
    *("date_updated", "date_modified", "date", "date_approved", "published"),
)
_LARGEST = 65_536  # characters; more is no metadata


def split_front_matter(text: str) -> tuple[dict[str, Any] | None, str]:
    """The metadata (None where there is no front matter) and the text with its lines blanked out."""
    match = _FENCED.match(text)
    if match is None:
        return None, text
    metadata = _parse(match)
    if metadata is None:
        return None, text
    return metadata, "\n" * match[0].count("\n") + text[match.end() :]


def title_in(metadata: Mapping[str, Any]) -> str | None:
    """The page's title, in which generators let entities stand (`Q &amp; A`); None where there is none."""
    title = metadata.get("title")
    return unescape(str(title)) if isinstance(title, str | int | float) else None


def date_in(metadata: Mapping[str, Any]) -> Any:
    """What the metadata say of when the page was updated, else written; None where they say nothing."""
    known = {key.lower().replace("-", "_"): value for key, value in metadata.items()}
    return next((known[name] for name in _DATES if known.get(name)), None)


def _parse(match: re.Match[str]) -> dict[str, Any] | None:
    """The metadata; empty if unreadable; None if this is text between two rules."""
    body: str = match["body"] or match["toml"] or ""
    if match["language"] not in {None, "", "yaml", "yml"}:
        return {}
    if len(body) > _LARGEST or _HEADING_BELOW_A_RULE.match(body):
        return None
    try:
        parsed = yaml.safe_load(body) if match["toml"] is None else tomllib.loads(body)
    except (yaml.YAMLError, ValueError, RecursionError, KeyError, AttributeError, TypeError):
        return {} if match["toml"] is not None or _is_metadata(body) else None
    if isinstance(parsed, dict):
        return {str(key): value for key, value in parsed.items()}
    return {} if parsed is None else None


def _is_metadata(body: str) -> bool:
    """Is each line one that metadata may have?"""
    return all(map(_METADATA.fullmatch, body.splitlines()))
