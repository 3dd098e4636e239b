"""Common Crawl against a local server that speaks the CDX API and serves real records by range: paging, waits, resuming."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from test_scrape_forget import WHEN, page

from analysis.cli import main
from analysis.problems import DataProblem
from analysis.scrape import read
from analysis.scrape.archive import WarcPage, write_warc
from analysis.scrape.cdx import fits, query_of
from analysis.scrape.commoncrawl import DONE, RECORDS, Outcome, Wanted, fetch
from analysis.scrape.polite import Polite
from analysis.scrape.removal import Removal, same_address

CRAWL = "CC-MAIN-2025-30"
FILE = f"crawl-data/{CRAWL}/segments/1/warc/CC-MAIN-1-00000.warc.gz"
OVERDUE = quote("逾期")  # overdue
URLS = [f"https://bbs.one.example/tag/{OVERDUE}/{n}" for n in range(7)]
OTHERS = ["https://bbs.one.example/about", f"https://one.example/{quote('逾期'.encode('gbk'))}.html", f"https://two.example/{OVERDUE}"]
PER_PAGE = 3
NO_WAIT = {"delay": 0.0, "sleep": lambda seconds: None}


class Server(ThreadingHTTPServer):
    """The index and the archives, with a list of what was asked and of what to misbehave at."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.faults: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.cut: set[str] = set()
        path = folder / "all.warc.gz"
        urls = [*URLS, *OTHERS]
        write_warc(path, [WarcPage(url, page(f"网贷逾期第{n}页，催收来了。"), WHEN) for n, url in enumerate(urls)])  # overdue, page n
        self.data = path.read_bytes()
        offsets = [*read(path, removal=Removal())["offset"].tolist(), len(self.data)]
        fixed = {"timestamp": "20250801000000", "filename": FILE, "status": "200"}
        self.rows = [
            {"url": u, "offset": str(a), "length": str(b - a), "digest": str(a), **fixed}
            for u, a, b in zip(urls, offsets, offsets[1:], strict=False)
        ]
        self.wet = b"".join(gzip.compress(conversion(u, f"网贷逾期第{n}页")) for n, u in enumerate(urls[:-1]))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def conversion(url: str, text: str) -> bytes:
    body = text.encode()
    head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2025-08-01T00:00:00Z\r\nContent-Type: text/plain\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body + b"\r\n\r\n"


class Handler(BaseHTTPRequestHandler):
    """One request: the CDX API under /…-index, files by range under their names."""

    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        pairs = parse_qsl(parts.query)
        self.server.asked.append((parts.path, dict(pairs), self.headers["User-Agent"]))
        fault = self.server.faults.get(parts.path)
        if fault:
            status, headers = fault.pop(0)
            self.answer(status, b"busy", headers)
        elif parts.path == f"/{CRAWL}-index":
            self.index(dict(pairs), [value for name, value in pairs if name == "filter"])
        elif parts.path == f"/{FILE}":
            start, end = map(int, re.findall(r"\d+", self.headers["Range"]))
            part = self.server.data[start : end + 1]
            self.answer(206, part[:-20] if str(start) in self.server.cut else part)
        elif parts.path.endswith(".warc.wet.gz"):
            self.answer(200, self.server.wet[:-300] if "wet" in self.server.cut else self.server.wet, n=len(self.server.wet))
        else:
            self.answer(404, b"not found")

    def index(self, asked: dict[str, str], filters: list[str]) -> None:
        host = asked["url"].split("/")[0]
        rows = [r for r in self.server.rows if (urlsplit(r["url"]).hostname or "").endswith(host)]
        for each in filters:
            kind, name, value = re.match(r"([=~])(\w+):(.*)", each).groups()  # type: ignore[union-attr]
            rows = [r for r in rows if (r[name] == value if kind == "=" else re.match(value, r[name]))]
        if asked["matchType"] == "prefix":
            rows = [r for r in rows if asked["url"] in r["url"]]
        pages = [rows[at : at + PER_PAGE] for at in range(0, len(rows), PER_PAGE)]
        if "showNumPages" in asked:
            self.answer(200, json.dumps({"pages": len(pages), "pageSize": 5, "blocks": 1}).encode())
        elif not rows:
            self.answer(404, b'{"message": "No Captures found for: x"}')
        else:
            self.answer(200, "\n".join(map(json.dumps, pages[int(asked["page"])])).encode())

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, n: int = 0) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(n or len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = n > len(body)
        with suppress(OSError):
            self.wfile.write(body)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("cc"))
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join(5)


def run(server: Server, out: Path, match: str = "*.one.example/*逾期*", **more: Any) -> Outcome:
    wanted = Wanted(match, CRAWL, index=server.address, data=server.address, **more)
    return fetch(wanted, out, Polite("me@uni.example", **NO_WAIT))


def test_the_records_of_a_pattern_come_as_an_archive(server: Server, tmp_path: Path) -> None:
    outcome = run(server, tmp_path)
    assert str(outcome) == "commoncrawl: 8 captures, 8 records kept, 0 failed, 0 on the removal list"
    raw = read(tmp_path / RECORDS, removal=Removal())
    assert raw["url"].tolist() == [*URLS, OTHERS[1]]  # GBK-encoded as well; neither another host nor another word
    assert {agent for _, _, agent in server.asked} == {"collection-practices/0.1 (+me@uni.example)"}
    assert [a["page"] for p, a, _ in server.asked if "page" in a] == ["0", "1", "2"]


def test_a_busy_server_is_waited_for_as_long_as_it_asks(server: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    server.faults = {f"/{CRAWL}-index": [(503, {"Retry-After": "7"})], f"/{FILE}": [(429, {"Retry-After": "2"}), (503, {})]}
    client = Polite("https://uni.example/us", 0.0, sleep=waits.append)
    outcome = fetch(Wanted("bbs.one.example/*", CRAWL, limit=2, index=server.address, data=server.address), tmp_path, client)
    assert (outcome.n_kept, waits) == (2, [7.0, 2.0, 10.0])
    server.faults = {f"/{CRAWL}-index": [(503, {"Retry-After": "99999"})]}
    with pytest.raises(DataProblem, match="asks to wait 99999 seconds"):
        run(server, tmp_path / "other")


def test_the_delay_between_requests_is_kept(server: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    client = Polite("me@uni.example", 5.0, sleep=waits.append)
    fetch(Wanted("bbs.one.example/*", CRAWL, limit=2, index=server.address, data=server.address), tmp_path, client)
    assert len(waits) == client.n_requests - 1
    assert all(4.0 < wait <= 5.0 for wait in waits)


@pytest.mark.parametrize("wet", [False, True])
def test_stopped_anywhere_it_goes_on_and_nothing_is_fetched_twice(server: Server, tmp_path: Path, wet: bool) -> None:
    class Stop(Exception):
        pass

    def stopping(after: int) -> Polite:
        n = 0

        def sleep(_: float) -> None:
            nonlocal n
            n += 1
            if n > after:
                raise Stop

        return Polite("me@uni.example", 0.5, sleep=sleep)

    wanted = Wanted("*.one.example/*逾期*", CRAWL, wet=wet, index=server.address, data=server.address)
    for after in (1, 2, 3):
        with pytest.raises(Stop):
            fetch(wanted, tmp_path, stopping(after if not wet else 0))
        with (tmp_path / RECORDS).open("ab") as file:
            file.write(b"half a rec")  # what a kill leaves
    outcome = fetch(wanted, tmp_path, Polite("me@uni.example", **NO_WAIT))
    assert (outcome.n_kept, outcome.n_failed) == (8, 0)
    ranges = [p for p, _, _ in server.asked if p == f"/{FILE}"]
    assert len(ranges) == (0 if wet else 8)
    raw = read(tmp_path / RECORDS, removal=Removal())
    assert (len(raw), raw["url"].nunique(), raw.attrs["problems"]) == (8, 8, [])
    n_asked = len(server.asked)
    assert fetch(wanted, tmp_path, Polite("me@uni.example", **NO_WAIT)).n_before == 8
    assert len(server.asked) == n_asked


def test_a_bad_record_is_said_and_tried_again(server: Server, tmp_path: Path) -> None:
    server.cut = {server.rows[2]["offset"]}
    server.rows[3]["url"], server.rows[4]["url"] = server.rows[4]["url"], server.rows[3]["url"]  # the index errs
    outcome = run(server, tmp_path)
    assert (outcome.n_kept, outcome.n_failed) == (5, 3)
    assert any("bytes came" in p and URLS[2] in p for p in outcome.problems)
    assert sum("of another address" in p for p in outcome.problems) == 2
    server.cut.clear()
    assert run(server, tmp_path).n_kept == 6
    assert (tmp_path / DONE).read_text().count("\n") == 6


def test_wet_texts_come_too_and_a_missing_one_is_said(server: Server, tmp_path: Path) -> None:
    outcome = run(server, tmp_path, "*.example/*逾期*", wet=True)
    raw = read(tmp_path / RECORDS, removal=Removal())
    assert (outcome.n_kept, outcome.n_failed, len(raw)) == (8, 1, 8)
    assert set(raw["media_type"]) == {"text/plain"}
    assert any(OTHERS[2] in problem for problem in outcome.problems)
    server.cut.add("wet")
    outcome = run(server, tmp_path / "cut", "*.example/*逾期*", wet=True)
    assert (outcome.n_kept, outcome.n_failed) == (0, 9)
    assert "broke off" in outcome.problems[0]


def test_what_is_on_the_removal_list_is_never_fetched(server: Server, tmp_path: Path) -> None:
    wanted = Wanted("*.one.example/*逾期*", CRAWL, index=server.address, data=server.address)
    outcome = fetch(wanted, tmp_path, Polite("me@uni.example", **NO_WAIT), Removal(frozenset([same_address(URLS[0])])))
    assert (outcome.n_kept, outcome.n_removed) == (7, 1)


def test_no_captures_another_search_and_a_wrong_crawl(server: Server, tmp_path: Path) -> None:
    assert run(server, tmp_path, "none.example/*").n_captures == 0
    with pytest.raises(DataProblem, match="another search"):
        run(server, tmp_path, "bbs.one.example/*")
    with pytest.raises(DataProblem, match="no index there"):
        fetch(Wanted("a.example/*", "CC-X", index=server.address), tmp_path / "x", Polite("me@uni.example", **NO_WAIT))
    with pytest.raises(DataProblem, match="a host is wanted"):
        query_of("/逾期")
    with pytest.raises(DataProblem, match="mail address"):
        Polite("me")


def test_patterns() -> None:
    query = query_of("bbs.one.example/thread-*-1.html")
    assert fits(query, "http://bbs.one.example/thread-5-1.html")
    assert not fits(query, "http://bbs.one.example/thread-5-2.html")
    assert not fits(query_of("*.one.example/*"), "http://one.example.evil/")
    assert not fits(query_of("*.one.example/*"), "http://evil.example/?u=http://bbs.one.example/")


def test_the_command(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--crawl", CRAWL, "--out", str(tmp_path), "--contact", "me@uni.example", "--delay", "0", "--limit", "1"]
    options += ["--index", server.address, "--data", server.address]
    assert main(["commoncrawl", "--match", "*.one.example/*逾期*", *options]) == 0
    assert "1 records kept" in capsys.readouterr().err
