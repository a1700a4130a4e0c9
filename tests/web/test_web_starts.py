"""Where a visit leads: the pages of a sitemap, the links of a page, and how many of them."""

from __future__ import annotations

import gzip

import pytest

from retrieval.ingest import ingest
from retrieval.readers.pool import ReaderPool
from retrieval.store import Store
from retrieval.web.start import Start
from tests.model_server import Behaviour, redirect, status
from tests.site_visits import MANNERS, SETTINGS, Visit, only, reason, statuses
from tests.web_site import Site, site


def test_two_starts_that_lead_to_the_same_page(
    web: Site, store: Store, visit: Visit, reader: ReaderPool
) -> None:
    """It is stored once, also where a stored page moves to one that the other start has just brought."""
    web.put("/old", "<p>Text.")
    visit("/old")
    web.put("/new", "<p>Text.", etag='"1"')
    web.behave("/old", redirect("/new", 301))
    starts = [Start(url=web.url(path)) for path in ("/new", "/old", "/new")]
    report = ingest(
        [], pages=starts, store=store, reader=reader, settings=SETTINGS, manners=MANNERS, prune=True
    )
    assert [row.status for row in report.rows] == ["added", "removed", "unchanged", "unchanged"]
    assert only(store).url == web.url("/new")


def test_an_index_of_sitemaps(web: Site, visit: Visit) -> None:
    """Its sitemaps are read, packed or not; addresses of other sites and dead ones are told, not fetched."""
    for path in ("/a", "/b"):
        web.put(path, f"<p>Page {path}.")
    web.sitemap("/one.xml", "/a", "https://other.example/x")
    web.sitemap("/two.xml.gz", "/b", "/dead", packed=True)
    web.sitemap("/index.xml", "/one.xml", "/two.xml.gz", "/three.xml", tag="sitemapindex")
    report = visit("/index.xml")
    assert statuses(report) == {
        "/one.xml": "skipped", "/three.xml": "skipped", "/a": "added", "/b": "added", "/dead": "skipped",
    }  # fmt: skip
    assert report.rows[0].reason == "lists 1 addresses of other sites, which are not fetched"
    web.sitemap("/deep.xml", "/index.xml", tag="sitemapindex")
    assert "which none of them should be here" in reason(visit("/deep.xml"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<rss><item/></rss>", "is XML, but no sitemap"),
        (b"<urlset><url>", "holds damaged XML"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><urlset>&a;</urlset>', "declares XML entities"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "a">]><urlset/>'.encode("utf-16"),
         "declares XML entities"),
        (b"<urlset></urlset>", "lists no page of this site"),
        (gzip.compress(b"\0" * (5 << 20), mtime=0), "unpacks to more than 1 MB"),
    ],
)  # fmt: skip
def test_a_bad_sitemap_is_one_line(web: Site, visit: Visit, body: bytes, words: str) -> None:
    """Damaged, hostile, of another kind, or empty."""
    web.put("/sitemap.xml", body, "application/xml")
    assert words in reason(visit("/sitemap.xml"))


def test_links_are_followed_below_the_start(web: Site, visit: Visit) -> None:
    """So far as was said, on the site, below its folder; also when the page with the links has not changed."""
    web.put(
        "/docs/",
        "<a href=a>A</a> <a href='/docs/b#x'>B</a> <a href=/blog>no</a> <a href=//other.example/docs/>no</a>"
        "<a href=logo.png>no</a> <a rel=nofollow href=private>no</a> <a href='mailto:x@y.example'>no</a>",
        etag='"1"',
    )
    web.put("/docs/a", "<p>A. <a href=c>C</a>", etag='"1"')
    web.put("/docs/b", "<p>B. <a href=./>up</a>")
    web.put("/docs/c", "<p>C. <a href=d>D</a>")
    assert statuses(visit("/docs/")) == {"/docs/": "added"}
    first = visit("/docs/", depth=2)
    assert statuses(first) == {
        "/docs/": "unchanged", "/docs/a": "added", "/docs/b": "added", "/docs/c": "added"
    }  # fmt: skip
    web.asked()
    web.put("/docs/c", "<p>C changed. <a href=d>D</a>")
    assert statuses(visit("/docs/", depth=2))["/docs/c"] == "changed"
    assert web.asked() == ["/docs/", "/docs/a", "/docs/b", "/docs/c"]


@pytest.mark.parametrize("code", [301, 302])
def test_a_start_that_leads_home_brings_no_more_of_the_site(web: Site, visit: Visit, code: int) -> None:
    """Its part of the site is gone, and what else there is was not asked for; one that leads further down, and
    one that leads to another part, are followed there."""
    web.put("/", '<a href="/docs/a">A</a> <a href="/jobs">Jobs</a> <a href="/new/b">B</a>')
    for path in ("/docs/a", "/jobs", "/new/b"):
        web.put(path, f"<p>Page {path}.")
    web.put("/new/", '<a href="/new/b">B</a> <a href="/jobs">Jobs</a>')
    web.behave("/docs/", redirect("/", code))
    web.behave("/old/", redirect("/new/", code))
    assert statuses(visit("/docs/", depth=1)) == {"/": "added", "/docs/a": "added"}
    assert statuses(visit("/old/", depth=1)) == {"/new/": "added", "/new/b": "added"}


@pytest.mark.parametrize("bad_day", [status(503), redirect("/login", 302)])
def test_a_start_that_fails_once_leads_no_further(
    web: Site, store: Store, visit: Visit, bad_day: Behaviour
) -> None:
    """Neither on that day nor later: not deeper, not above its folder, and to no other host."""
    with site() as other:
        web.put("/docs/", "<p>Start. <a href=a>A</a>", etag='"1"')
        web.put(
            "/docs/a", f"<p>A. <a href=b>B</a> <a href=/staff>no</a> <a href='{other.url('/admin')}'>no</a>"
        )
        for path in ("/docs/b", "/staff", "/login"):
            web.put(path, "<p>Words. <a href=/staff>no</a>")
        other.put("/admin", "<p>Another's.")
        pages = {"/docs/", "/docs/a"}
        assert set(statuses(visit("/docs/", depth=1))) == pages
        web.behave("/docs/", bad_day)
        assert statuses(visit("/docs/", depth=1)) == {"/docs/": "failed", "/docs/a": "unchanged"}
        assert set(statuses(visit("/docs/", depth=1))) == pages
        assert not other.requests
        web.put("/docs/", "<p>Start. <a href=a>A</a>")
        assert set(statuses(visit("/docs/", depth=2))) == pages | {"/docs/b"}


def test_what_nothing_leads_to_any_more_leads_nowhere(web: Site, visit: Visit) -> None:
    """It is asked for, but its links are not followed: each visit would go one further."""
    for number in range(4):
        web.put(f"/{number}", f"<p>Page {number}. <a href={number + 1}>On</a>")
    assert set(statuses(visit("/0", depth=1))) == {"/0", "/1"}
    web.put("/0", "<p>Page 0.")
    for _ in range(3):
        assert set(statuses(visit("/0", depth=1))) == {"/0", "/1"}
    web.put("/0", "<p>Page 0. <a href=1>On</a>")
    assert set(statuses(visit("/0", depth=2))) == {"/0", "/1", "/2"}


def test_a_start_is_bounded(web: Site, visit: Visit) -> None:
    """Not more pages than the limit, and the rest is told."""
    for number in range(5):
        web.put(f"/{number}", f"<p>Page {number}.")
    web.sitemap("/sitemap.xml", *(f"/{number}" for number in range(5)))
    report = visit("/sitemap.xml", limit=3)
    assert report.counts["added"] == 3
    assert report.rows[-1].reason == "2 pages that it leads to were not asked for: the limit is 3 pages"
    assert visit("/sitemap.xml", limit=5).counts["added"] == 2


def test_the_limit_lets_no_stored_page_go_unasked(web: Site, store: Store, visit: Visit) -> None:
    """New pages in front of it, as in a list of news, do not keep it as it was, nor once it is gone; then they come."""
    for number in range(5):
        web.put(f"/{number}", f"<p>Page {number}.")
    web.sitemap("/sitemap.xml", "/0", "/1")
    visit("/sitemap.xml", limit=3)
    web.sitemap("/sitemap.xml", "/4", "/3", "/2", "/1")
    web.put("/1", "<p>Page 1, changed.")
    del web.pages["/0"]
    report = visit("/sitemap.xml", limit=3)
    assert statuses(report) == {
        "/4": "added", "/1": "changed", "/0": "removed", "/sitemap.xml": "skipped",
    }  # fmt: skip
    told = "2 pages that it leads to were not asked for: the limit is 3 pages"
    assert told in {row.reason for row in report.rows}
    assert visit("/sitemap.xml", limit=3).counts["added"] == 1
    report = visit("/sitemap.xml", limit=1)
    assert report.rows[-1].reason == (
        "3 pages that it leads to were not asked for: the limit is 1 pages; 2 of them are stored as they were"
    )


def test_what_is_refused_is_counted(web: Site, visit: Visit) -> None:
    """A sitemap of sitemaps that none should be there is bounded as one of pages."""
    paths = [f"/{number}.xml" for number in range(6)]
    for path in paths:
        web.sitemap(path, "/a")
    web.sitemap("/sitemap.xml", *paths)
    report = visit("/sitemap.xml", limit=3)
    assert web.asked() == ["/sitemap.xml", *paths[:3]]
    assert report.rows[-1].reason == "3 pages that it leads to were not asked for: the limit is 3 pages"
