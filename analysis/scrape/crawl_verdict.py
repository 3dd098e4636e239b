"""What an answer means for the crawl: its reason in the summary, whether it is kept, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from analysis.lexicon import load_yaml
from analysis.scrape import seeds
from analysis.scrape.crawl_request import Answer
from analysis.scrape.crawl_settings import Settings
from analysis.scrape.frontier import TOO_DEEP, Address, Found
from analysis.scrape.guard import is_public
from analysis.scrape.response import looks_like_html

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_HOPS = 10
_LONGEST_URL = 2000
_FEW_CHARACTERS = 300  # a page with a password field and no more text than this is a page to log in at


class Verdict(NamedTuple):
    """The reason, whether the answer is archived, and the addresses that it leads to."""

    reason: str
    detail: str = ""
    keep: bool = True
    found: tuple[Found, ...] = ()


class Bounds(NamedTuple):
    """What the crawl may go to: the settings' limits, hosts, and whether the removal list holds an address."""

    settings: Settings
    in_scope: Callable[[str], bool]
    is_removed: Callable[[str], bool]


def verdict(address: Address, answer: Answer, chain: list[str], bounds: Bounds) -> Verdict:
    """What the final answer to a page's address means; `chain` are the redirects that led to it."""
    if answer.status == 304 and address.earlier is not None:
        return Verdict("not_modified")
    if answer.status in REDIRECTS:
        return _redirect(address, answer, chain, bounds)
    if answer.status != 200:
        return Verdict(f"http_{answer.status}")
    media_type, charset = answer.media_type
    kind = seeds.kind_of(answer.content, media_type or "", answer.url)
    if kind == "sitemap":
        inside = seeds.from_sitemap(answer.content)
        further = [Found(url, address.depth, address.turn + 1) for url in inside.sitemaps]
        return Verdict("sitemap", found=_bounded([*_deeper(inside.pages, address), *further], bounds))
    if kind == "feed":
        return Verdict("feed", found=_bounded(_deeper(seeds.from_feed(answer.content), address), bounds))
    if media_type is None and looks_like_html(answer.content):
        media_type = "text/html"
    if media_type == "text/plain":
        return Verdict("fetched")
    if media_type is None or "html" not in media_type:
        return Verdict("other_type", media_type or "unstated", keep=False)
    return _page(address, answer, charset, bounds)


def _page(address: Address, answer: Answer, charset: str | None, bounds: Bounds) -> Verdict:
    leads = seeds.links(answer.content, answer.url, "text/html", charset)
    if leads.is_login and _asks_for_log_in(answer):
        return Verdict("login_page", keep=False)
    if _is_not_there(answer.content, charset):
        return Verdict("not_found_as_200", keep=False)
    if _says_nofollow(answer):
        leads = seeds.Links([], [], is_login=False)
    following = set(leads.next_pages)
    further = [Found(url, address.depth, address.turn + 1) for url in leads.next_pages]
    deeper = _deeper((url for url in leads.pages if url not in following), address)
    return Verdict("fetched_short" if answer.is_short else "fetched", found=_bounded([*further, *deeper], bounds))


def _redirect(address: Address, answer: Answer, chain: list[str], bounds: Bounds) -> Verdict:
    target = target_of(answer)
    if not target:
        return Verdict(f"http_{answer.status}", "a redirect to nowhere")
    if target == address.url or target in chain or len(chain) >= MOST_HOPS:
        return Verdict("redirect_loop")
    if bounds.is_removed(target):
        return Verdict("redirected")
    found = Found(target, address.depth, address.turn, address.id)
    if _is_private_number(target, bounds.settings.allow_loopback):
        found = found._replace(reason="private_address")
    elif address.depth > 0 and not bounds.in_scope(target):
        found = found._replace(reason="out_of_scope")
    return Verdict("redirected", target, found=(found,))


def target_of(answer: Answer) -> str:
    """Where a redirect leads; "" where to no http(s) address."""
    place = (answer.header("location") or "").encode("latin-1", "replace").decode("utf-8", "replace")
    return seeds.canonical(place, answer.url) if place else ""


def _deeper(urls: Iterable[str], address: Address) -> list[Found]:
    return [Found(url, address.depth + 1) for url in urls]


def _bounded(found: list[Found], bounds: Bounds) -> tuple[Found, ...]:
    """Those in scope and not on the removal list; what is too deep or a trap is kept with its reason."""
    limits = bounds.settings
    kept: list[Found] = []
    for f in found:
        if len(f.url) > _LONGEST_URL or not bounds.in_scope(f.url) or bounds.is_removed(f.url):
            continue
        if f.depth > limits.depth or f.turn > limits.turns:
            kept.append(f._replace(reason=TOO_DEEP))
        else:
            kept.append(f._replace(reason="trap") if is_trap(f.url) else f)
    return tuple(kept)


def is_trap(url: str) -> bool:
    """Whether an address repeats a part of its path four times, as links do that a server resolves against themselves.

    >>> is_trap("https://a.example/x/y/x/y/x/y/x/y"), is_trap("https://a.example/2025/05/05/5")
    (True, False)
    """
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return any(parts.count(part) >= 4 for part in set(parts)) if len(parts) >= 4 else False


def _is_private_number(url: str, allow_loopback: bool) -> bool:
    try:
        return not is_public(str(ip_address((urlsplit(url).hostname or "").split("%")[0])), allow_loopback)
    except ValueError:
        return False


def _asks_for_log_in(answer: Answer) -> bool:
    parts = urlsplit(answer.url.lower())
    if any(word in f"{parts.path}?{parts.query}" for word in _words()["login_addresses"]):
        return True
    tree = LexborHTMLParser(answer.content)
    return len("".join((tree.body.text() if tree.body else "").split())) < _FEW_CHARACTERS


def _says_nofollow(answer: Answer) -> bool:
    """Whether the page as a whole, or its header, says to robots that its links are not to be followed."""
    said = [value for name, value in answer.headers if name.lower() == "x-robots-tag"]
    said += [node.attributes.get("content") or "" for node in LexborHTMLParser(answer.content).css("meta[name=robots i]")]
    words = {word.strip().lower() for value in said for word in value.replace(":", ",").split(",")}
    return bool(words & {"nofollow", "none"})


def _is_not_there(content: bytes, charset: str | None) -> bool:
    """Whether the title's whole, or its first part before a dash, says that the page is not there."""
    try:
        text = content[:20_000].decode(charset or "utf-8", "replace")
    except LookupError:
        text = content[:20_000].decode("utf-8", "replace")
    node = LexborHTMLParser(text).css_first("title")
    title = " ".join((node.text() if node else "").lower().split())
    first = title
    for dash in (" - ", "_", "|", "–", "—", "-"):
        first = first.split(dash)[0].strip()
    return bool({title.strip("！!。. "), first.strip("！!。. ")} & _words()["not_found_titles"])


@cache
def _words() -> dict[str, frozenset[str]]:
    lists = load_yaml("lexicon/crawl.yml")
    return {name: frozenset(word.lower() for word in lists[name]) for name in ("login_addresses", "not_found_titles")}
