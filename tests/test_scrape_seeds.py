"""Where to go from a page: links, sitemaps, feeds, files of addresses; nothing hostile raises."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.problems import DataProblem
from analysis.scrape import seeds


@pytest.mark.parametrize(
    ("written", "base", "wanted"),
    [
        ("../b.html#x", "https://a.example/c/d.html", "https://a.example/b.html"),
        ("//CDN.Example/p", "http://a.example/", "http://cdn.example/p"),
        ("https://a.example:443/", None, "https://a.example/"),
        ("https://a.example:8443/x", None, "https://a.example:8443/x"),
        ("https://逾期.example/", None, "https://xn--hkr34x.example/"),  # an IDNA host
        ("https://a.example/a%2Fb", None, "https://a.example/a%2Fb"),  # an escaped slash is no slash
        ("https://a.example/?b=2&a=1", None, "https://a.example/?b=2&a=1"),
        ("mailto:x@y.example", None, ""),
        ("http://[::1", None, ""),
        ("https://a.example:99999/", None, ""),
    ],
)
def test_an_address_has_one_form(written: str, base: str | None, wanted: str) -> None:
    found = seeds.canonical(written, base)
    if "xn--" in wanted:
        assert found.startswith("https://xn--")
    else:
        assert found == wanted


@given(st.text(max_size=60))
def test_the_form_of_a_form_is_itself(written: str) -> None:
    once = seeds.canonical(written, "https://a.example/x/")
    assert seeds.canonical(once) == once


def test_links_of_a_list() -> None:
    page = (
        '<base href="/l/"><a href="1.html">一</a><a rel="nofollow" href="2.html">二</a><a href="p2">下一页</a>'
        '<form><input type="password"></form>'
    )
    found = seeds.links(page.encode(), "https://a.example/x")
    assert found.pages == ["https://a.example/l/1.html", "https://a.example/l/p2"]
    assert found.next_pages == ["https://a.example/l/p2"]
    assert found.is_login


def test_sitemaps_plain_packed_and_with_an_entity() -> None:
    urls = b"<url><loc> https://a.example/1?x=1&amp;y=2 </loc></url><url><loc>&e;</loc></url>"
    plain = b"<!DOCTYPE x [<!ENTITY e 'boom'>]><urlset>" + urls + b"</urlset>"
    assert seeds.from_sitemap(plain).pages == ["https://a.example/1?x=1&y=2"]
    assert seeds.from_sitemap(gzip.compress(plain)).pages == seeds.from_sitemap(plain).pages
    assert seeds.from_sitemap(gzip.compress(plain)[:20]).pages == []


def test_feeds_of_both_kinds() -> None:
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="alternate" href="https://a.example/2"/></entry></feed>'
    assert seeds.from_feed(atom) == ["https://a.example/2"]
    assert seeds.kind_of(atom, "text/xml", "https://a.example/f") == "feed"


def test_a_bad_line_of_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "seeds.txt"
    path.write_text("# ours\nhttps://a.example/1\n\nftp://a.example\n", encoding="utf-8")
    with pytest.raises(DataProblem, match="line 4"):
        seeds.from_file(path)


@given(st.binary(max_size=300))
def test_nothing_hostile_raises(content: bytes) -> None:
    seeds.links(content, "https://a.example/")
    seeds.from_sitemap(content)
    seeds.from_feed(content)
    seeds.kind_of(content, "text/html", "https://a.example/")
