"""The crawl against a server that misbehaves: nothing lost or forbidden, delays kept, every address counted, archives valid."""

from __future__ import annotations

import asyncio
import csv
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import httpcore
import misbehaving_server
import pytest
from misbehaving_server import Server
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from analysis import pipeline, tables
from analysis.cli import main
from analysis.pipeline.run import Run
from analysis.problems import CommandProblem, DataProblem
from analysis.report import build, figures
from analysis.report import notebooks as kernels
from analysis.scrape import guard, read
from analysis.scrape.crawl import crawl
from analysis.scrape.frontier import Frontier
from analysis.scrape.removal import Removal, same_address
from analysis.scrape.summary import Summary

CONTACT = "keeper@uni.example"
ROOT = Path(__file__).parents[1]
QUICK = {"contact": CONTACT, "allow_loopback": True, "delay": 0.0, "first_wait": 0.05, "timeout": 0.6, "tries": 2}


def run(server: Server, folder: Path, mode: str = "new", removal: Removal | None = None, **more: Any) -> Summary:
    seeds = [f"{server.address}/list/1.html"] if mode == "new" else []
    return crawl(seeds, folder, QUICK | more, mode, removal)


def records(folder: Path) -> list[tuple[str, str, str]]:
    """Type, address and status line of all records."""
    found = []
    for path in sorted(folder.rglob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                line = record.http_headers.statusline if record.http_headers else ""
                found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or "", line))
    return found


def is_valid(folder: Path) -> bool:
    files = [str(path) for path in sorted(folder.rglob("*.warc.gz"))]
    assert files
    command = type("Command", (), {"inputs": files, "verbose": False})
    return Checker(command).process_all() == 0


Given = tuple[str, bytes, int | None]  # type, body, and a length that may be wrong


@contextmanager
def site(answer: Callable[[str], Given | None]) -> Iterator[str]:
    """The address of a server that gives these answers, and 404 for the rest."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answer(self.path)
            kind, body, stated = found or ("text/html", b"", None)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) if stated is None else stated))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_bad_site_is_counted_out_and_nothing_good_is_lost(tmp_path: Path) -> None:
    with Server(40, bad=True, slow_seconds=3.0) as server:
        told = run(server, tmp_path, turns=5)
        asked = server.counts()
        assert set(asked) >= server.expected
        assert not server.forbidden & set(asked)
        assert asked["/robots.txt"] == 1
        assert all(CONTACT in headers["User-Agent"] for _, _, headers in server.requests)
        got = {record[1].removeprefix(server.address) for record in records(tmp_path / "archives") if record[0] == "response"}
        assert got >= server.expected | {"/bad/429", "/bad/503"}
    reasons = told.reasons
    expected = {
        "blocked_by_robots": 2, "redirect_loop": 1, "private_address": 2, "redirected": 3, "too_large": 1, "other_type": 1,
        "login_page": 1, "not_found_as_200": 1, "http_401": 1, "http_403": 1, "http_410": 1, "http_500": 1, "robots_txt": 1, "too_deep": 1,
    }  # fmt: skip
    assert {name: reasons.get(name) for name in expected} == expected
    assert reasons["timeout"] + reasons.get("no_answer", 0) + reasons.get("cut_off", 0) >= 2
    with (tmp_path / "crawl_summary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["reason", "n", "detail"]
    assert sum(int(row["n"]) for row in rows) == told.n
    assert is_valid(tmp_path)
    assert len(read(tmp_path / "archives")) == reasons["fetched"] + reasons.get("fetched_short", 0)


def start(server: Server, folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "analysis", "crawl", *more, "--out", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def wait_for(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < ends
        time.sleep(0.002)


def test_killed_twice_and_interrupted_once_it_loses_nothing(tmp_path: Path) -> None:
    with Server(200) as server:
        first = [f"{server.address}/list/1.html", "--contact", CONTACT, "--allow-loopback", "--delay", "0"]
        for enough, end, more in [(60, signal.SIGKILL, first), (120, signal.SIGKILL, ["--resume"]), (160, signal.SIGINT, ["--resume"])]:
            process = start(server, tmp_path, *more)
            wait_for(lambda n=enough: len(server.requests) >= n, process)
            process.send_signal(end)
            told = process.communicate(timeout=60)[1]
            assert process.returncode == (-9 if end == signal.SIGKILL else 130), told
        assert "--resume" in told
        last = start(server, tmp_path, "--resume")
        assert "fetched 210" in last.communicate(timeout=60)[1]
        pages = {path: n for path, n in server.counts().items() if path in server.expected}
    assert set(pages) == server.expected
    assert sum(n - 1 for n in pages.values()) <= 3  # what was under way, one a stop: 1 % of 210 pages and one stop more
    assert is_valid(tmp_path)
    urls = read(tmp_path / "archives")["url"]
    assert len(urls) == urls.nunique() == 210


def test_the_delay_of_robots_txt_and_retry_after_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misbehaving_server, "BAD", ("429", "503"))
    with Server(4, delay=0.2, bad=True) as server:
        run(server, tmp_path)
        requests = list(server.requests)
        gaps = {path: b - a for (a, path, _), (b, _, _) in pairwise(requests)}
        assert min(gaps.values()) >= 0.2
        asked = [at for at, path, _ in requests if path == "/bad/429"]
        assert min(at for at, _, _ in requests if at > asked[0]) - asked[0] >= 1.0
        assert len(asked) == 2
    host = json.loads((tmp_path / "crawl.json").read_text(encoding="utf-8"))["hosts"]["127.0.0.1"]
    assert host["shortest_gap"] >= host["delay_asked"] == 0.2


def test_a_private_address_is_not_connected_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(3) as server:
        told = run(server, tmp_path, allow_loopback=False)
        assert told.reasons == {"private_address": 2}  # the page and its robots.txt
        assert server.requests == []

    async def mixed(*_: object, **__: object) -> list[Any]:
        return [(2, 1, 6, "", (ip, 80)) for ip in ("93.184.216.34", "192.168.1.7")]

    async def connect() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", mixed, raising=False)
        await guard.PublicOnly().connect_tcp("rebinding.example", 80)

    with pytest.raises(guard.PrivateAddress, match=r"192\.168\.1\.7"):
        asyncio.run(connect())
    for number in ("0x7f000001", "2130706433", "127.1", "localhost"):
        with pytest.raises((guard.PrivateAddress, httpcore.ConnectError)):
            asyncio.run(guard.PublicOnly().connect_tcp(number, 80))


@pytest.mark.parametrize(("stated", "kept"), [(700, 300), (200, 200)])
def test_a_page_of_a_wrong_length_is_kept_as_far_as_it_came(tmp_path: Path, stated: int, kept: int) -> None:
    def answer(path: str) -> Given | None:
        return ("text/html", b"<html>" + b"x" * 294, stated) if path == "/1" else None

    with site(answer) as address:
        told = crawl([f"{address}/1"], tmp_path, QUICK)
    assert told.reasons == {"robots_txt": 1, "fetched_short" if stated > kept else "fetched": 1}
    assert read(tmp_path / "archives")["n_bytes"].tolist() == [kept]
    assert is_valid(tmp_path)


def test_again_asks_what_has_changed_and_writes_revisits(tmp_path: Path) -> None:
    with Server(30) as server:
        run(server, tmp_path, file_bytes=20_000)
        assert len(list((tmp_path / "archives").iterdir())) > 1
        before = len(read(tmp_path / "archives"))
        told = run(server, tmp_path, "again")
        assert told.reasons["not_modified"] == 10  # every third article has an ETag
        assert told.reasons["unchanged"] == 22
        third = run(server, tmp_path, "again")
    assert third.reasons == told.reasons
    kinds = [record[0] for record in records(tmp_path / "archives")]
    assert kinds.count("revisit") == 64
    assert kinds.count("response") == before == len(read(tmp_path / "archives"))
    assert is_valid(tmp_path)


def test_limits_of_pages_depth_and_time(tmp_path: Path) -> None:
    with Server(60) as server:
        few = run(server, tmp_path / "pages", pages=7)
        assert (few.ended, few.reasons["fetched"]) == ("page limit", 7)
        assert few.reasons["not_reached"] > 0
        assert run(server, tmp_path / "pages", "resume", pages=1000).reasons["fetched"] == 63
        shallow = run(server, tmp_path / "depth", depth=0, turns=0)
        assert shallow.reasons == {"too_deep": 23, "fetched": 1, "robots_txt": 1}
        short = run(server, tmp_path / "time", minutes=0.01, delay=0.2)
        assert short.ended == "time limit"


def test_what_is_on_the_removal_list_is_neither_asked_nor_remembered(tmp_path: Path) -> None:
    with Server(10) as server:
        first, second = (same_address(f"{server.address}/a/{n}.html") for n in (3, 5))
        run(server, tmp_path, removal=Removal(frozenset([first])))
        assert "/a/3.html" not in server.counts()
        told = run(server, tmp_path, "again", removal=Removal(frozenset([first, second])))
        assert server.counts()["/a/5.html"] == 1
    assert told.reasons["removed_on_request"] == 1
    assert b"/a/5.html" not in (tmp_path / "frontier.sqlite").read_bytes()


def test_a_full_disk_is_told_and_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written, sync = [], os.fsync

    def full(number: int) -> None:
        written.append(number)
        if len(written) == 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(number)

    with Server(20) as server:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(DataProblem, match=r"No space left on device.*--resume"):
            run(server, tmp_path)
        told = run(server, tmp_path, "resume")
        assert told.reasons["fetched"] == 21
        assert "cut off" in json.loads((tmp_path / "crawl.json").read_text(encoding="utf-8"))["notes"][0]
    assert is_valid(tmp_path)


def test_wrong_commands_say_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "new")
    assert main(["crawl", "https://a.example/", "--out", out]) == 2
    assert "--contact is missing" in capsys.readouterr().err
    assert main(["crawl", "https://a.example/", "--out", out, "--contact", "me"]) == 2
    assert main(["crawl", "--resume", "--out", out]) == 2
    assert "holds no crawl" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["crawl", "https://a.example/", "--out", str(tmp_path / "file"), "--contact", CONTACT]) == 1
    with Server(1) as server:
        run(server, tmp_path / "two")
        with pytest.raises(CommandProblem, match="holds a crawl"):
            run(server, tmp_path / "two")
        held = Frontier(tmp_path / "two")
        with pytest.raises(DataProblem, match="another crawl is at work"):
            run(server, tmp_path / "two", "resume")
        held.close()


def test_crawl_run_report_is_one_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((kernels, "execute"), (figures, "draw")):  # both are slow, and tested elsewhere
        monkeypatch.setattr(module, name, lambda *_: [])
    sample = read(ROOT / "data" / "sample" / "sample.warc.gz").head(40)
    types = ["text/html" + (f"; charset={c}" if isinstance(c, str) else "") for c in sample["charset"]]
    pages = {f"/{n}": (kind, content, None) for n, (kind, content) in enumerate(zip(types, sample["content"], strict=True))}
    pages["/"] = ("text/html", "".join(f'<a href="/{n}">{n}</a>' for n in range(41)).encode(), None)
    with site(pages.get) as address:
        told = crawl([f"{address}/"], tmp_path / "crawl", QUICK | {"depth": 1})
    assert (told.reasons["fetched"], told.reasons["http_404"]) == (41, 1)  # a dead link
    made = Run(tmp_path / "tables", salt_folder=tmp_path / "salt")
    pipeline.everything(made, [str(tmp_path / "crawl")], None, lambda line: None)
    raw, posts = (tables.read(name, made.folder) for name in ("raw", "posts"))
    assert len(raw) == 41
    assert set(sample["digest"]) <= set(raw["digest"])
    assert len(posts) > 20
    page = build(made.folder, tmp_path / "report.html", "zh", tmp_path / "figures").path.read_text(encoding="utf-8")
    assert "http_404 1" in page
