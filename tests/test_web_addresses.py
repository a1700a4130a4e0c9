"""Web addresses: one page, one name; and who is the same site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.web.addresses import canonical, folder, is_web, shown, site


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("HTTPS://Docs.Example", "https://docs.example/"),
        ("https://docs.example:443/a#part", "https://docs.example/a"),
        ("http://docs.example:8080/a?b=1&c=%20x", "http://docs.example:8080/a?b=1&c=%20x"),
        ("https://docs.example/a b/ü", "https://docs.example/a%20b/%C3%BC"),
        ("https://docs.example/a/../b/./c", "https://docs.example/b/c"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        (" https://docs.example/a\n", "https://docs.example/a"),
        ("https://user:secret@docs.example/", None),
        ("ftp://docs.example/", None),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("mailto:a@docs.example", None),
        ("https:///a", None),
        ("https://docs.example:99999/", None),
        ("https://a b.example/", None),
        ("/relative", None),
        ("https://docs.example/" + "a" * 3000, None),
    ],
)
def test_an_address_has_one_form_or_is_none(address: str, form: str | None) -> None:
    """Only http(s), no password, no fragment, the port only where it says something."""
    assert canonical(address) == form


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_form_is_final(host: str, path: str) -> None:
    """Made again of itself it stays, and it is ASCII: it can be sent, stored and compared."""
    for address in (f"https://{host}/{path}", f"http://docs.example/{path}", path, host):
        form = canonical(address)
        if form is not None:
            assert canonical(form) == form
            assert form.isascii()
            assert form.isprintable()
            assert is_web(form)


def test_relative_links_and_what_they_are_relative_to() -> None:
    """As a browser reads them."""
    base = "https://docs.example/handbook/leave"
    assert canonical("pay?x#y", base) == "https://docs.example/handbook/pay?x"
    assert canonical("//other.example", base) == "https://other.example/"
    assert folder(base) == "https://docs.example/handbook/"
    assert [shown("https://docs.example/"), shown(base)] == ["docs.example", "docs.example/handbook/leave"]


def test_who_is_the_same_site() -> None:
    """The host and its port; the usual ports of HTTP and HTTPS are one."""
    assert site("http://a.example/x") == site("https://a.example/y")
    others = [
        "https://b.example/",
        "https://a.example:8443/",
        "http://a.example:8080/",
        "https://www.a.example/",
    ]
    assert len({site(each) for each in ["https://a.example/", *others]}) == 5
