"""robots.txt as RFC 9309 has it: its own examples, and a naive matcher as oracle."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.web.robots import MOST_READ, Rules

SITE = "https://example.com"
SIMPLE = """\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot

EOF
"""
PATHS = (
    "/example/page.html",
    "/example/allowed.gif",
    "/example/other",
    "/picture.gif",
    "/publications/1",
    "/",
)


def may(robots: str, path: str, agent: str = "Quoth/1.0") -> bool:
    return Rules(robots.encode(), agent).allow(SITE + path)


@pytest.mark.parametrize(
    ("agent", "allowed"),
    [
        ("foobot/2.1", {"/example/page.html", "/example/allowed.gif"}),
        ("FooBot", {"/example/page.html", "/example/allowed.gif"}),
        ("barbot", set(PATHS) - {"/example/page.html"}),
        ("bazbot", set(PATHS) - {"/example/page.html"}),
        ("quxbot", set(PATHS)),
        ("Quoth/1.0", {"/publications/1", "/"}),
    ],
)
def test_the_simple_example(agent: str, allowed: set[str]) -> None:
    """Section 5.1: each robot has its group, whoever has none that of all."""
    assert {path for path in PATHS if may(SIMPLE, path, agent)} == allowed


def test_the_longest_match() -> None:
    """Section 5.2: the longer of two rules that fit; section 2.2.2: of equal ones the one that allows."""
    robots = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif"
    assert not may(robots, "/example/page/disallowed.gif", "foobot")
    assert may(robots, "/example/page/other.gif", "foobot")
    for rules in ("Disallow: /a\nAllow: /a", "Allow: /a\nDisallow: /a"):
        assert may(f"User-Agent: *\n{rules}", "/a")


def test_groups_of_one_agent_are_one() -> None:
    """Section 2.2.1: they merge, whatever stands between them, and our group is not joined by that of all."""
    robots = (
        "user-agent: Quoth\ndisallow: /foo\n\nuser-agent: *\ndisallow: /\n\nuser-agent: quoth\ndisallow: /bar"
    )
    assert [may(robots, path) for path in ("/foo", "/bar", "/baz")] == [False, False, True]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar"),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html"),
        ("/path/foo-%24", "/path/foo-$"),
    ],
)
def test_one_address_however_it_is_written(rule: str, path: str) -> None:
    """Sections 2.2.2 and 2.2.3: escaped or not, it is the same; an escaped `*` or `$` is no special one."""
    assert not may(f"User-Agent: *\nDisallow: {rule}", path)
    assert may(f"User-Agent: *\nDisallow: {rule}", "/path/file-with-a-word.html")


@pytest.mark.parametrize(
    ("rule", "forbidden", "allowed"),
    [
        ("/ # comment in line", "/a", None),
        ("/this/path/exactly$", "/this/path/exactly", "/this/path/exactly/not"),
        ("/this/*/exactly", "/this/path/exactly", "/this/exactly"),
    ],
)
def test_special_characters(rule: str, forbidden: str, allowed: str | None) -> None:
    """Section 2.2.3."""
    robots = f"# comment on its own line\nUser-Agent: *\nDisallow: {rule}"
    assert not may(robots, forbidden)
    assert allowed is None or may(robots, allowed)


PIECES = st.lists(st.sampled_from(["/", "a", "b", "*", "ab"]), max_size=6).map("".join)
PATTERNS = st.tuples(PIECES, st.sampled_from(["", "", "$"])).map(lambda parts: f"/{parts[0]}{parts[1]}")


def naive(rules: list[tuple[bool, str]], path: str) -> bool:
    """The longest pattern that fits, the allowing one first; what none fits is allowed."""

    def fits(pattern: str) -> bool:
        body = re.escape(pattern.removesuffix("$")).replace(r"\*", ".*")
        return re.fullmatch(body + ("" if pattern.endswith("$") else ".*"), path) is not None

    return max(((len(pattern), allow) for allow, pattern in rules if fits(pattern)), default=(0, True))[1]


@given(
    st.lists(st.tuples(st.booleans(), PATTERNS), max_size=6),
    st.lists(st.sampled_from("/ab"), max_size=6).map(lambda parts: "/" + "".join(parts)),
)
def test_it_matches_as_a_naive_matcher_does(rules: list[tuple[bool, str]], path: str) -> None:
    """Whatever the rules and their order."""
    lines = [f"{'Allow' if allow else 'Disallow'}: {pattern}" for allow, pattern in rules]
    assert may("\n".join(["User-agent: *", *lines]), path) == naive(rules, path)


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ("Crawl-delay: 2.5", 2.5),
        ("Request-rate: 1/10", 10.0),
        ("Crawl-delay: 3\nRequest-rate: 2/10", 5.0),
        ("Crawl-delay: soon", 0.0),
        ("Crawl-delay: -1", 0.0),
        ("Crawl-delay: nan", 0.0),
        ("Request-rate: 0/0", 0.0),
        ("", 0.0),
    ],
)
def test_how_fast(lines: str, seconds: float) -> None:
    """The slower of what the site says; nonsense says nothing."""
    assert Rules(f"User-agent: *\n{lines}".encode(), "Quoth").delay == seconds


@given(st.binary(max_size=300))
def test_whatever_stands_in_it(data: bytes) -> None:
    """No file is too odd to be read."""
    rules = Rules(data, "Quoth")
    rules.allow(f"{SITE}/a?b#c")
    assert rules.delay >= 0


def test_a_hostile_file_holds_nobody_up() -> None:
    """Wildcards without number, a mark before the first line, a file without end."""
    assert not Rules("\ufeffUser-agent: *\nDisallow: /".encode(), "Quoth").allow(f"{SITE}/a")
    late = b"User-agent: *\n" + b"#" * MOST_READ + b"\nDisallow: /"
    assert Rules(late, "Quoth").allow(f"{SITE}/a")
    begins = time.monotonic()
    many = Rules(f"User-agent: *\nDisallow: /{'*a' * 200}b\nDisallow: /{'*' * 5000}b".encode(), "Quoth")
    assert many.allow(f"{SITE}/{'a' * 2000}")
    assert time.monotonic() - begins < 5
