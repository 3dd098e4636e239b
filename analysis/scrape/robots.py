"""What a site's robots.txt allows, and how often it wants to be asked (RFC 9309; Crawl-delay and Request-rate as in use)."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from protego import Protego

from analysis.scrape.agent import PRODUCT

KEPT_SECONDS = 86_400.0  # RFC 9309, 2.4: not used for longer than 24 hours
MOST_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB are read
_DENY_ALL = "User-agent: *\nDisallow: /\n"


class Rules(NamedTuple):
    """The rules of one site."""

    parsed: Protego
    text: str

    def allows(self, url: str) -> bool:
        return bool(self.parsed.can_fetch(url, PRODUCT))

    @property
    def delay(self) -> float:
        """The seconds asked for between requests; 0 where nothing is asked."""
        rate = self.parsed.request_rate(PRODUCT)
        per_request = rate.seconds / rate.requests if rate is not None and rate.requests else 0.0
        return max(float(self.parsed.crawl_delay(PRODUCT) or 0.0), per_request)

    @property
    def sitemaps(self) -> list[str]:
        return list(self.parsed.sitemaps)


def rules(text: str) -> Rules:
    """The rules that a robots.txt states.

    >>> found = rules("User-agent: *\\nCrawl-delay: 2\\nDisallow: /member/")
    >>> found.allows("https://a.example/member/1"), found.allows("https://a.example/1"), found.delay
    (False, True, 2.0)
    """
    return Rules(Protego.parse(text), text)


def rules_of_answer(status: int, body: bytes) -> Rules:
    """The rules after a server's answer: without a robots.txt (4xx) all is allowed, from a broken server (5xx) nothing is.

    RFC 9309, 2.3.1.3 and 2.3.1.4. A redirect that led nowhere counts as no robots.txt.

    >>> rules_of_answer(404, b"").allows("https://a.example/1"), rules_of_answer(503, b"").allows("https://a.example/1")
    (True, False)
    """
    if 200 <= status < 300:
        return rules(body[:MOST_BYTES].decode("utf-8-sig", "replace"))
    return rules("" if status < 500 else _DENY_ALL)


def origin(url: str) -> str:
    """What one robots.txt speaks for.

    >>> origin("https://a.example:8443/x?y")
    'https://a.example:8443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def address(url: str) -> str:
    """Where the robots.txt of a page's site stands.

    >>> address("https://a.example/x")
    'https://a.example/robots.txt'
    """
    return f"{origin(url)}/robots.txt"
