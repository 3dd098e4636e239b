"""A small web server on 127.0.0.1 that behaves as badly as the web does, and remembers every request.

    python tests/misbehaving_server.py --pages 1500        prints its address and serves until it is ended

Good pages: lists with a next page, articles (every fifth in GBK without a label, every third with an ETag), a sitemap index
with a gzip file, a feed. With `bad`, the lists also lead to /bad/: too many requests, loops, bombs, lies.
"""

from __future__ import annotations

import argparse
import gzip
import json
import socket
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

PER_LIST = 20
OPENINGS = ("借了两家网贷", "信用卡欠了三万", "去年生意不好", "替朋友担保", "工资拖了半年")
MIDDLES = ("每天接到二十几个电话", "催收打到了单位前台", "平台说要起诉我", "收到一张假的律师函", "他们群发短信给亲友")
ENDINGS = ("银行答应分三十六期", "报警以后消停了", "不知道怎么办才好", "已经保留录音去投诉", "利息滚到了两倍")
BAD = (
    "429", "503", "500", "loop/1", "to-private", "to-metadata", "calendar/2025/1", "bomb", "slow", "too-long", "too-short", "reset",
    "soft404", "401", "403", "login", "video", "gone",
)
BOMB = gzip.compress(b"<p>" + b"0" * 200_000_000, 1)


def article(number: int) -> str:
    """The page of an article; no two are alike."""
    text = "。".join((OPENINGS[number % 5], MIDDLES[number // 5 % 5], ENDINGS[number // 25 % 5]))
    return (
        f"<html><head><title>第{number}篇:网贷逾期之后</title></head><body><h1>第{number}篇:网贷逾期之后</h1>"
        f"<p>{text}。这是第{number}个人写下的事。</p><p>逾期第{number}天,催收又打电话来了,我把录音存着。</p></body></html>"
    )


class Server:
    """A context manager: `.address`, `.requests` (time, path, headers), `.expected` and `.forbidden` paths."""

    def __init__(self, pages: int = 200, delay: float = 0.0, bad: bool = False, slow_seconds: float = 60.0) -> None:
        self.pages, self.delay, self.bad, self.slow_seconds = pages, delay, bad, slow_seconds
        self.requests: list[tuple[float, str, dict[str, str]]] = []
        self.lists = -(-pages // PER_LIST)
        self.expected = {f"/a/{n}.html" for n in range(pages)} | {f"/list/{n}.html" for n in range(1, self.lists + 1)}
        self.forbidden = {"/private/1.html", "/private/2.html"}
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._httpd.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._httpd.server_port}"

    def __enter__(self) -> Server:
        threading.Thread(target=self._httpd.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()

    def counts(self) -> dict[str, int]:
        """How often each path was asked for."""
        found: dict[str, int] = {}
        for _, path, _ in list(self.requests):
            found[path] = found.get(path, 0) + 1
        return found

    def good(self, path: str) -> tuple[bytes, str] | None:
        """Body and content type of a good path; None where there is none."""
        if path == "/robots.txt":
            delay = f"Crawl-delay: {self.delay}\n" if self.delay else ""
            return f"User-agent: *\n{delay}Disallow: /private/\nSitemap: {self.address}/sitemap.xml\n".encode(), "text/plain"
        if path == "/sitemap.xml":
            return f"<sitemapindex><sitemap><loc>{self.address}/map-1.xml.gz</loc></sitemap></sitemapindex>".encode(), "application/xml"
        if path == "/map-1.xml.gz":
            pages = "".join(f"<url><loc>{self.address}/a/{n}.html</loc></url>" for n in range(self.pages))
            return gzip.compress(f"<urlset>{pages}</urlset>".encode()), "application/gzip"
        if path == "/feed.xml":
            items = "".join(f"<item><link>{self.address}/a/{n}.html</link></item>" for n in range(min(10, self.pages)))
            return f"<rss><channel><link>{self.address}/</link>{items}</channel></rss>".encode(), "application/rss+xml"
        kind, _, name = path.strip("/").partition("/")
        number = name.removesuffix(".html")
        if kind == "a" and number.isdigit() and int(number) < self.pages:
            page = article(int(number))
            return (page.encode("gb18030"), "text/html") if int(number) % 5 == 0 else (page.encode(), "text/html; charset=utf-8")
        if kind == "list" and number.isdigit() and 1 <= int(number) <= self.lists:
            return self._list(int(number)).encode(), "text/html; charset=utf-8"
        if path == "/":
            return self._list(1).encode(), "text/html; charset=utf-8"
        return None

    def _list(self, number: int) -> str:
        first = (number - 1) * PER_LIST
        items = "".join(f'<li><a href="/a/{n}.html">第{n}篇</a></li>' for n in range(first, min(first + PER_LIST, self.pages)))
        more = f'<a href="/list/{number + 1}.html">下一页</a>' if number < self.lists else ""
        bad = "".join(f'<a href="/bad/{name}">坏</a>' for name in BAD) if self.bad else ""
        return f'<html><body><ul>{items}</ul>{more}<a href="/private/1.html">后台</a><a href="/private/2.html">后台</a>{bad}</body></html>'


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            server.requests.append((time.monotonic(), self.path, dict(self.headers)))
            if self.path == "/_requests":
                self.give(json.dumps(server.counts()).encode(), "application/json")
            elif self.path.startswith("/bad/"):
                self.misbehave(self.path.removeprefix("/bad/"))
            else:
                found = server.good(self.path)
                if found is None:
                    self.give("没有这一页".encode(), "text/plain; charset=utf-8", 404)
                else:
                    self.give_known(*found)

        def give_known(self, body: bytes, media_type: str) -> None:
            number = self.path.removeprefix("/a/").removesuffix(".html")
            tag = f'"v1-{number}"' if self.path.startswith("/a/") and int(number) % 3 == 0 else None
            if tag and self.headers.get("If-None-Match") == tag:
                self.give(b"", media_type, 304, ETag=tag)
            else:
                self.give(body, media_type, 200, **({"ETag": tag} if tag else {}))

        def give(self, body: bytes, media_type: str = "text/html", status: int = 200, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            named = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in named.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def go(self, address: str) -> None:
            self.give(b"", "text/html", 302, Location=address)

        def misbehave(self, name: str) -> None:  # noqa: PLR0912
            asked = server.counts().get(self.path, 0)
            if name == "429":
                self.give(b"slow down", status=429, Retry_After="1") if asked == 1 else self.give(article(90001).encode())
            elif name == "503":
                soon = formatdate(time.time() + 1, usegmt=True)
                self.give(b"later", status=503, Retry_After=soon) if asked == 1 else self.give(article(90002).encode())
            elif name.startswith("loop/"):
                self.go(f"/bad/loop/{3 - int(name[5:])}")
            elif name == "to-private":
                self.go("http://10.0.0.1/admin")
            elif name == "to-metadata":
                self.go("http://169.254.169.254/latest/meta-data/")
            elif name.startswith("calendar/"):
                year, month = map(int, name.split("/")[1:3])
                year, month = (year + 1, 1) if month == 12 else (year, month + 1)
                self.give(f'<p>日历</p><a href="/bad/calendar/{year}/{month}">下一页</a>'.encode())
            elif name == "bomb":
                self.give(BOMB, "text/html", Content_Encoding="gzip")
            elif name == "slow":
                self.drip()
            elif name in {"too-long", "too-short"}:
                body = article(90003).encode()
                self.give(body, "text/html; charset=utf-8", Content_Length=str(len(body) + (500 if name == "too-long" else -100)))
                self.close_connection = True
            elif name == "reset":
                self.connection.shutdown(socket.SHUT_RDWR)
            elif name == "soft404":
                self.give("<title>404</title><p>抱歉,您访问的页面不存在</p>".encode())
            elif name == "login":
                self.give(b'<form action="/go"><input name="u"><input type="password" name="p"></form>')
            elif name == "video":
                self.give(b"0" * 1000, "video/mp4")
            else:
                self.give(b"no", status=int(name) if name.isdigit() else 410)

        def drip(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            ends = time.monotonic() + server.slow_seconds
            while time.monotonic() < ends:
                self.wfile.write(b"0")
                self.wfile.flush()
                time.sleep(0.2)

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (OSError, ValueError):
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--bad", action="store_true")
    parser.add_argument("--address-file", type=Path, help="file to write the address to")
    chosen = parser.parse_args()
    with Server(chosen.pages, chosen.delay, chosen.bad) as server:
        if chosen.address_file:
            chosen.address_file.write_text(server.address, encoding="utf-8")
        threading.Event().wait()


if __name__ == "__main__":
    main()
