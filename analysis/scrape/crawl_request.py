"""One request of the crawl: what was asked and answered, byte for byte, or why there is no answer.

No cookies, no log-in, no proxy, no redirect followed: the crawl decides on each hop anew.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import brotli
import httpcore
import httpx

from analysis.scrape.crawl_settings import Settings
from analysis.scrape.guard import PrivateAddress, PublicOnly
from analysis.scrape.response import content_type

WANTED_TYPES = frozenset({
    "text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "application/rss+xml",
    "application/atom+xml", "application/rdf+xml",
})  # fmt: skip
GZIP_TYPES = frozenset({"application/gzip", "application/x-gzip", "application/octet-stream"})
Header = tuple[str, str]


class Answer(NamedTuple):
    """A server's answer: `body` as sent, `content` with its compression undone, `is_short` where it broke off."""

    url: str
    at: datetime
    asked: tuple[str, list[Header]]
    status: int
    line: str
    headers: list[Header]
    body: bytes
    content: bytes
    ip: str | None = None
    is_short: bool = False

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def media_type(self) -> tuple[str | None, str | None]:
        return content_type(self.header("content-type"))


class Failure(NamedTuple):
    """No answer that can be used: why, and whether another try may help; what came of a broken-off answer."""

    reason: str
    detail: str = ""
    retry: bool = False
    partial: Answer | None = None


class _Refused(Exception):
    """The answer is left unread."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.failure = Failure(reason, detail)


def pool(settings: Settings) -> httpcore.AsyncConnectionPool:
    """The connections of a crawl; they go to public addresses only."""
    return httpcore.AsyncConnectionPool(
        max_connections=settings.hosts_at_once, keepalive_expiry=15.0, network_backend=PublicOnly(settings.allow_loopback)
    )


async def ask(
    connections: httpcore.AsyncConnectionPool, url: str, settings: Settings, more: Mapping[str, str] | None = None, any_type: bool = False
) -> Answer | Failure:
    """The answer to a GET of an address, or the failure with its reason; never longer than the time limit."""
    reading = _Reading(url, settings, any_type)
    try:
        async with asyncio.timeout(settings.timeout):
            return await reading.of(connections, more or {})
    except _Refused as refused:
        return refused.failure
    except PrivateAddress as error:
        return Failure("private_address", str(error))
    except (TimeoutError, httpcore.TimeoutException):
        return Failure("timeout", f"{len(reading.body):,} bytes in {settings.timeout:g} s", retry=True)
    except (httpcore.RemoteProtocolError, httpcore.ReadError) as error:
        return Failure("cut_off" if reading.body else "no_answer", str(error), retry=True, partial=reading.partial())
    except httpcore.ConnectError as error:
        return Failure("no_connection", str(error), retry=True)
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
        return Failure("bad_address", str(error))
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        return Failure("no_answer", str(error), retry=True)


class _Reading:
    """One answer as it comes in."""

    def __init__(self, url: str, settings: Settings, any_type: bool) -> None:
        self.url, self.settings, self.any_type = url, settings, any_type
        self.at = datetime.now(UTC)
        self.body = bytearray()
        self._head: Answer | None = None

    async def of(self, connections: httpcore.AsyncConnectionPool, more: Mapping[str, str]) -> Answer:
        parsed = httpx.URL(self.url)
        headers: list[Header] = [
            ("Host", parsed.netloc.decode("ascii")), ("User-Agent", self.settings.agent),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.8,text/plain;q=0.7"),
            ("Accept-Encoding", "gzip, deflate, br"), ("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.3"), *more.items(),
        ]  # fmt: skip
        wait = {"connect": min(20.0, self.settings.timeout), "read": self.settings.timeout, "write": 20.0, "pool": None}
        target = httpcore.URL(scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path)
        sent = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers]
        async with connections.stream("GET", target, headers=sent, extensions={"timeout": wait}) as response:
            self._head = self._head_of(response, (parsed.raw_path.decode("ascii"), headers))
            self._refuse_unwanted(self._head)
            async for part in response.aiter_stream():
                self.body += part
                if len(self.body) > self.settings.max_bytes:
                    raise _Refused("too_large", f"over {self.settings.max_bytes:,} bytes")
        return self._whole(self._head)

    def partial(self) -> Answer | None:
        """What has come of an answer that broke off; None where nothing of use has."""
        if self._head is None or not self.body or self._head.status != 200:
            return None
        try:
            return self._whole(self._head)._replace(is_short=True)
        except _Refused:
            return None

    def _head_of(self, response: httpcore.Response, asked: tuple[str, list[Header]]) -> Answer:
        server = response.extensions["network_stream"].get_extra_info("server_addr")
        phrase = response.extensions.get("reason_phrase", b"").decode("latin-1")
        version = response.extensions.get("http_version", b"HTTP/1.1").decode("ascii")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
        ip = str(server[0]) if server else None
        return Answer(self.url, self.at, asked, response.status, f"{version} {response.status} {phrase}", headers, b"", b"", ip)

    def _refuse_unwanted(self, head: Answer) -> None:
        kind, _ = head.media_type
        packed = kind in GZIP_TYPES and httpx.URL(self.url).path.endswith(".gz")
        if not self.any_type and head.status == 200 and kind is not None and kind not in WANTED_TYPES and not packed:
            raise _Refused("other_type", kind)
        stated = head.header("content-length") or ""
        if stated.isdigit() and int(stated) > self.settings.max_bytes:
            raise _Refused("too_large", f"{int(stated):,} bytes stated")

    def _whole(self, head: Answer) -> Answer:
        body = bytes(self.body)
        content = unpacked(body, head.header("content-encoding") or "", self.settings.max_bytes)
        if content is None:
            raise _Refused("too_large", f"{len(body):,} bytes become over {self.settings.max_bytes:,}")
        return head._replace(body=body, content=content)


def unpacked(body: bytes, encoding: str, limit: int) -> bytes | None:
    """The body with its compression undone; None where it would become longer than the limit (a compression bomb).

    >>> unpacked(zlib.compress(bytes(5000)), "deflate", 5000) == bytes(5000)
    True
    >>> unpacked(zlib.compress(bytes(5001)), "deflate", 5000) is None
    True
    """
    for coding in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()][:5]):
        try:
            body = _undone(body, coding, limit + 1)
        except (zlib.error, brotli.error):
            return body
        if len(body) > limit:
            return None
    return body


def _undone(body: bytes, coding: str, most: int) -> bytes:
    if coding in ("gzip", "x-gzip"):
        return zlib.decompressobj(31).decompress(body, most)
    if coding == "deflate":
        return zlib.decompressobj(15 if body[:1] and body[0] & 0x0F == 8 else -15).decompress(body, most)
    if coding == "br":
        found: bytes = brotli.Decompressor().process(body, output_buffer_limit=most)
        return found
    return body
