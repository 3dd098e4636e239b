"""Where to go from a page: links, next pages, sitemaps, feeds, files of addresses. Pure functions without a socket."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from analysis.lexicon import load_yaml
from analysis.problems import DataProblem

MOST_BYTES = 50_000_000  # the greatest size of a sitemap by its own standard, unpacked
NEXT = re.compile(r"^\W*(?:下一?页|后一?页|下一頁|next(?: page)?|更多)\W*$", re.IGNORECASE)
_LOC = re.compile(r"<loc>\s*+(?:<!\[CDATA\[)?\s*+([^<\]]++)(?:\]\]>)?\s*+</loc>", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"<link>\s*+(?:<!\[CDATA\[)?\s*+([^<\]]++)(?:\]\]>)?\s*+</link>"
    r"|<link\b[^<>]{0,2000}?\bhref=[\"']([^\"'<>]{1,4000})[\"'][^<>]{0,2000}>", re.IGNORECASE
)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_GZIP = b"\x1f\x8b"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE_PATH = "/:@!$&'()*+,;=~-._"
_KEPT_ESCAPES = re.compile(r"%(?=2[fF]|23|3[fF]|25)")  # an escaped / # ? % means something else than the sign itself


class Links(NamedTuple):
    """The addresses a page leads to, those of them that are its list's next page, and whether the page asks for a log-in."""

    pages: list[str]
    next_pages: list[str]
    is_login: bool


class SiteMap(NamedTuple):
    """Pages and further sitemaps of a sitemap."""

    pages: list[str]
    sitemaps: list[str]


def canonical(url: str, base: str | None = None) -> str:
    """The one form of an address: resolved, host in lower case, no default port, no fragment, no tracking parameter.

    Escapes are written one way and Han characters are escaped as UTF-8; the order of parameters stays. What is no http(s)
    address is "".

    >>> canonical("/帖子?id=3&utm_source=wx#floor2", "HTTP://BBS.Example:80/list/")
    'http://bbs.example/%E5%B8%96%E5%AD%90?id=3'
    >>> canonical("javascript:void(0)")
    ''
    """
    try:
        parts = urlsplit(urljoin(base, url.strip()) if base else url.strip())
        host, port = parts.hostname, parts.port
        if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
            return ""
        host = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    except (ValueError, UnicodeError):
        return ""
    scheme = parts.scheme.lower()
    at = f"[{host}]" if ":" in host else host
    place = at if port in (None, _DEFAULT_PORTS[scheme]) else f"{at}:{port}"
    return urlunsplit((scheme, place, _path(parts.path) or "/", _query(parts.query), ""))


def links(content: bytes, url: str, media_type: str = "text/html", charset: str | None = None) -> Links:
    """The http(s) addresses that a page's links lead to, once each, in order; links marked nofollow are left out.

    >>> page = '<a href="a.html">帖</a><a href="/list/2" rel="next">下一页</a><a href="mailto:x@y.example">信</a>'
    >>> links(page.encode(), "https://bbs.example/list/1").pages
    ['https://bbs.example/list/a.html', 'https://bbs.example/list/2']
    """
    if "html" not in media_type:
        return Links([], [], is_login=False)
    tree = LexborHTMLParser(_text(content, charset))
    base_node = tree.css_first("base[href]")
    base = canonical((base_node.attributes.get("href") or "") if base_node else "", url) or url
    pages: dict[str, None] = {}
    following: dict[str, None] = {}
    for node in tree.css("a[href], area[href], link[rel=next][href]"):
        rel = (node.attributes.get("rel") or "").lower().split()
        address = canonical(node.attributes.get("href") or "", base)
        if not address or "nofollow" in rel:
            continue
        pages[address] = None
        if "next" in rel or NEXT.match((node.text() or "").strip()):
            following[address] = None
    return Links(list(pages), list(following), is_login=tree.css_first("input[type=password]") is not None)


def from_sitemap(content: bytes) -> SiteMap:
    """The addresses of a sitemap or of an index of sitemaps, plain or gzip; read by pattern, so that no entity is expanded.

    >>> from_sitemap(b"<sitemapindex><sitemap><loc>https://a.example/s1.xml.gz</loc></sitemap></sitemapindex>").sitemaps
    ['https://a.example/s1.xml.gz']
    """
    text = _text(unpacked(content), "utf-8")
    found = [address for match in _LOC.finditer(text) if (address := canonical(_plain(match[1]).strip()))]
    return SiteMap([], found) if "<sitemapindex" in text[:5000].lower() else SiteMap(found, [])


def from_feed(content: bytes) -> list[str]:
    """The addresses of an RSS or Atom feed's entries.

    >>> from_feed(b"<rss><channel><link>https://a.example/</link><item><link>https://a.example/1?x=1&amp;y=2</link></item></channel></rss>")
    ['https://a.example/1?x=1&y=2']
    """
    text = _text(unpacked(content), "utf-8")
    entries = re.split(r"<(?:item|entry)\b", text)[1:]
    found = (canonical(_plain(match[1] or match[2]).strip()) for entry in entries for match in list(_FEED_LINK.finditer(entry))[:1])
    return list(dict.fromkeys(address for address in found if address))


def from_file(path: Path) -> list[str]:
    """The addresses of a text file, one a line; blank lines and lines that begin with # are passed over."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataProblem(f"{path}: not readable as a list of addresses ({error}). Give one address a line, in UTF-8.") from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        address = canonical(line)
        if not address:
            raise DataProblem(f"{path}, line {number}: {line.strip()[:80]!r} is no http(s) address. Mend it or put # before it.")
        found.append(address)
    return list(dict.fromkeys(found))


def kind_of(content: bytes, media_type: str, url: str) -> str:
    """Whether a response is a `sitemap`, a `feed` or a `page`.

    >>> kind_of(b"<rss version='2.0'>", "text/xml", "https://a.example/feed")
    'feed'
    """
    if content.startswith(_GZIP) and urlsplit(url).path.endswith(".gz"):
        return "sitemap"
    head = content[:3000].lower()
    if b"<urlset" in head or b"<sitemapindex" in head:
        return "sitemap"
    if b"<rss" in head or (b"<feed" in head and b"atom" in head) or "rss" in media_type or "atom" in media_type:
        return "feed"
    return "page"


def unpacked(content: bytes) -> bytes:
    """The bytes of a gzip file, up to the greatest size of a sitemap; other bytes as they are."""
    if not content.startswith(_GZIP):
        return content
    try:
        return gzip.GzipFile(fileobj=io.BytesIO(content)).read(MOST_BYTES)
    except (OSError, EOFError, zlib.error):
        return b""


def _path(path: str) -> str:
    if "%" not in path:
        return quote(path, safe=_SAFE_PATH)
    return quote(unquote(_KEPT_ESCAPES.sub("%25", path)), safe=_SAFE_PATH + "%")


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="surrogateescape")
    kept = [(name, value) for name, value in pairs if name not in _tracking()]
    return query if len(kept) == len(pairs) and query.isascii() else urlencode(kept, errors="surrogateescape")


def _text(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _plain(text: str) -> str:
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    return text


@cache
def _tracking() -> frozenset[str]:
    return frozenset(load_yaml("lexicon/tracking.yml")["parameters"])


def addresses(seed: str) -> Iterator[str]:
    """The address of a seed, or the addresses of the file it names."""
    if "://" not in seed and Path(seed).is_file():
        yield from from_file(Path(seed))
        return
    address = canonical(seed if "://" in seed else f"https://{seed}")
    if not address:
        raise DataProblem(f"{seed!r} is neither an http(s) address nor a file of addresses.")
    yield address
