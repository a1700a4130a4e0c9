"""A site that is ill says the same of all its pages: it is told, and no text goes."""

from __future__ import annotations

import pytest

from retrieval.store import Store
from tests.site_visits import Visit, statuses
from tests.web_site import Site


def texts(store: Store) -> dict[str, str]:
    """By the last part of the address."""
    found = {}
    for record in store.documents():
        content = store.content(record.id)
        assert content is not None
        found[record.source.rpartition("/")[2]] = content.text
    return found


def test_a_site_that_knows_none_of_its_pages_loses_none(web: Site, store: Store, visit: Visit) -> None:
    """It says 404 to all, the page with the links among them; back again, what is really gone goes."""
    web.put("/", "<p>Home. <a href=a>A</a> <a href=b>B</a>")
    web.put("/a", "<p>25 days.")
    web.put("/b", "<p>Laptops.")
    visit("/", depth=1)
    pages = web.pages.copy()
    web.pages.clear()
    for _ in range(2):
        assert statuses(visit("/", depth=1)) == {"/": "failed", "/a": "skipped", "/b": "skipped"}
    web.pages |= {path: page for path, page in pages.items() if path != "/b"}
    assert statuses(visit("/", depth=1)) == {"/": "unchanged", "/a": "unchanged", "/b": "removed"}


@pytest.mark.parametrize("depth", [0, 1])
def test_a_site_that_still_lists_its_pages_and_knows_none(
    web: Site, store: Store, visit: Visit, depth: int
) -> None:
    """A deployment went wrong: the sitemap or the home page is there, and all else is a 404."""
    start = "/" if depth else "/sitemap.xml"
    web.put("/", "<p>Home. <a href=a>A</a> <a href=b>B</a>")
    web.sitemap("/sitemap.xml", "/a", "/b")
    for path in ("/a", "/b"):
        web.put(path, f"<p>Page {path}.")
    visit(start, depth=depth)
    stored = texts(store)
    del web.pages["/a"], web.pages["/b"]
    report = visit(start, depth=depth)
    assert {path: each for path, each in statuses(report).items() if path != "/"} == {
        "/a": "failed", "/b": "failed",
    }  # fmt: skip
    assert "and so are all others; the version of" in (report.rows[-1].reason or "")
    assert texts(store) == stored
    web.put("/a", "<p>Page /a.")
    assert statuses(visit(start, depth=depth))["/b"] == "removed"


def test_a_page_that_was_followed_by_itself_goes(web: Site, store: Store, visit: Visit) -> None:
    """There is nothing else by which to judge the site's word."""
    web.put("/a", "<p>25 days.")
    visit("/a")
    del web.pages["/a"]
    assert statuses(visit("/a")) == {"/a": "removed"}
