"""A site that is ill says the same of all its pages: it is told, and no text goes."""

from __future__ import annotations

import pytest

from retrieval.store import Store
from retrieval.web import held
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


MAINTENANCE = "<title>Back soon</title><p>We are mending our wiki."


def test_a_site_that_says_one_thing_at_all_addresses(web: Site, store: Store, visit: Visit) -> None:
    """That it is being mended, with status 200: what the pages said stays, until they say their own again."""
    for path in ("/a", "/b", "/c"):
        web.put(path, f"<p>Page {path}.")
    web.sitemap("/sitemap.xml", "/a", "/b", "/c")
    visit("/sitemap.xml")
    stored = texts(store)
    for path in ("/a", "/b", "/c"):
        web.put(path, f"{MAINTENANCE} <a href=/login?next={path}>Sign in</a>", etag='"1"')
    for _ in range(2):
        report = visit("/sitemap.xml")
        assert set(statuses(report).values()) == {"failed"}
        assert "says the same as 2 others now" in (report.rows[0].reason or "")
        assert texts(store) == stored
    for path in ("/a", "/b", "/c"):
        web.put(path, f"<p>Page {path}, mended.", etag='"2"')
    assert set(statuses(visit("/sitemap.xml")).values()) == {"changed"}
    assert set(statuses(visit("/sitemap.xml")).values()) == {"unchanged"}


def test_pages_that_always_said_the_same_change_together(web: Site, store: Store, visit: Visit) -> None:
    """One page at two addresses; and of several that change, each to a text of its own, all do."""
    pages = {"/a": "25 days.", "/a?print": "25 days.", "/b": "Old.", "/c": "Also old."}
    web.sitemap("/sitemap.xml", *pages)
    for path, text in pages.items():
        web.put(path, f"<p>{text}")
    visit("/sitemap.xml")
    for path, text in pages.items():
        web.put(path, f"<p>{text.replace('25', '30').replace('ld', 'lder')}")
    assert statuses(visit("/sitemap.xml")) == dict.fromkeys(pages, "changed")


def test_no_more_is_held_back_than_is_bearable(
    web: Site, store: Store, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large site of which every page has changed is stored on the way."""
    monkeypatch.setattr(held, "MOST_TEXTS", 2)
    paths = [f"/{number}" for number in range(6)]
    web.sitemap("/sitemap.xml", *paths)
    asked = list[list[str]]()
    for words in ("", " Changed."):
        for path in paths:
            web.put(path, f"<p>Page {path}.{words}")
        asked.clear()
        visit("/sitemap.xml", progress=lambda *_: asked.append(web.asked()))
    assert asked[0] == ["/sitemap.xml", "/0", "/1", "/2"]
    assert set(texts(store).values()) == {f"Page {path}. Changed." for path in paths}
