"""How a site is visited: by its rules, at its pace, on itself only; on its bad day nothing is lost."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace

from retrieval.store import Store
from tests.model_server import endless, hang, redirect, status
from tests.site_visits import MANNERS, Visit, reason, statuses, text
from tests.web_site import Site, busy, packed


def test_robots_txt_is_obeyed(web: Site, store: Store, visit: Visit) -> None:
    """A page that was named fails, one that was found is skipped; who is meant is read, too."""
    web.robots("User-agent: quoth", "Disallow: /private", "User-agent: *", "Disallow: /")
    web.put("/private/pay", "<p>Pay.")
    web.put("/leave", "<p>Leave.")
    web.sitemap("/sitemap.xml", "/leave", "/private/pay")
    assert statuses(visit("/private/pay")) == {"/private/pay": "failed"}
    assert statuses(visit("/sitemap.xml")) == {"/leave": "added", "/private/pay": "skipped"}
    assert "/private/pay" not in web.asked()
    web.robots("User-agent: *", "Disallow: /")
    report = visit("/leave")
    assert reason(report).startswith("robots.txt asks not to fetch it; the version of")
    assert len(store.documents()) == 1


def test_a_site_that_cannot_tell_its_rules_is_not_visited(web: Site, visit: Visit) -> None:
    """A broken robots.txt is no permission, a missing one is."""
    web.put("/leave", "<p>Leave.")
    web.behave("/robots.txt", status(500))
    assert reason(visit("/leave")) == (
        "is not fetched, since the site's robots.txt cannot be read: "
        "the server answered 500 Internal Server Error"
    )
    assert web.asked() == []
    assert statuses(visit("/leave")) == {"/leave": "added"}


def test_the_site_says_how_fast(web: Site, visit: Visit) -> None:
    """Crawl-delay holds between two requests, and so does our own; a busy server is waited for once."""
    waits = list[float]()
    manners = replace(MANNERS, delay=0.5, sleep=waits.append)
    web.robots("User-agent: *", "Crawl-delay: 7")
    for path in ("/a", "/b"):
        web.put(path, "<p>Text.")
    web.sitemap("/sitemap.xml", "/a", "/b")
    web.behave("/b", busy(9))
    assert statuses(visit("/sitemap.xml", manners=manners)) == {"/a": "added", "/b": "added"}
    assert [round(wait) for wait in waits] == [7, 7, 7, 9]
    web.behave("/a", busy(3600))
    assert reason(visit("/a", manners=manners)).startswith(
        "the server answered 503 Service Unavailable and wants to be left alone for 3,600 s; the version of"
    )
    over = replace(manners, run_seconds=3)
    assert reason(visit("/a", manners=over)).startswith(
        "the 0 minutes for this site are over; the version of"
    )


def test_redirects_stay_on_the_site(web: Site, store: Store, visit: Visit) -> None:
    """On the site they are followed; to another one, out of the web or in a circle they are told."""
    web.put("/new", "<p>Text.")
    web.behave("/old", redirect("/new"))
    assert statuses(visit("/old")) == {"/new": "added"}
    for number, (to, words) in enumerate(
        [
            (web.url("/x").replace("127.0.0.1", "localhost"), "redirects to another site, localhost:"),
            ("http://169.254.169.254/latest/meta-data", "redirects to another site, 169.254.169.254/latest"),
            ("file:///etc/passwd", "redirects to what is no web address"),
            ("/loop", "redirects more than 5 times; is it a circle?"),
        ]
    ):
        web.behave("/loop", *[redirect("/loop")] * 10)
        web.behave(f"/r{number}", redirect(to))
        assert words in reason(visit(f"/r{number}"))
    assert len(store.documents()) == 1


def test_a_link_to_a_sign_in_page_is_no_document(web: Site, store: Store, visit: Visit) -> None:
    """A redirect for now is an error, also of a page that is new; not to one that is read anyway."""
    web.put(
        "/",
        "<p>Home. <a href=pay>Pay</a> <a href=start>Start</a> <a href=leave>Leave</a> <a href=sick>Sick</a>",
    )
    web.put("/login", "<p>Sign in.")
    web.put("/leave", "<p>Leave.")
    web.behave("/pay", redirect("/login", 302))
    web.behave("/start", redirect("/", 302))
    web.put("/sick/", "<p>Sick pay.")
    web.behave("/sick", redirect("/sick/", 302))
    report = visit("/", depth=1)
    assert statuses(report) == {
        "/": "added",
        "/pay": "failed",
        "/start": "skipped",
        "/leave": "added",
        "/sick/": "added",
    }
    assert report.rows[1].reason == f"leads to 127.0.0.1:{web.server_port}/login for now"
    assert sorted(record.source for record in store.documents()) == [
        web.url(path) for path in ("/", "/leave", "/sick/")
    ]


def test_a_bad_day_of_the_server_costs_nothing(web: Site, store: Store, visit: Visit) -> None:
    """A 500, a silence, a sign-in, a page without end: the version that was read stays and is told of."""
    web.put("/leave", "<p>25 days.")
    visit("/leave")
    gate = threading.Event()
    impatient = replace(MANNERS, timeout=0.3)
    for behaviour, words in (
        (status(500), "the server answered 500 Internal Server Error; the version of"),
        (status(403), "the server answered 403 Forbidden; the version of"),
        (hang(2, gate), "127.0.0.1 did not answer in time; the version of"),
        (endless, "has more than 1 MB, the most that is read; the version of"),
        (packed(gzip.compress(b"\0" * (5 << 20), mtime=0)), "unpacks to more than 1 MB; the version of"),
    ):
        web.behave("/leave", behaviour)
        report = visit("/leave", manners=impatient)
        assert (statuses(report), report.counts["failed"]) == ({"/leave": "failed"}, 1)
        assert words in reason(report)
    gate.set()
    assert text(store) == "25 days."
    assert statuses(visit("/leave")) == {"/leave": "unchanged"}
