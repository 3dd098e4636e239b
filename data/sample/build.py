"""Builds the sample corpus: `sample.warc.gz` and `truth.jsonl` from the YAML files beside it.

    python data/sample/build.py              write both (the counts of README.md stay as they are)
    python data/sample/build.py --check      say whether they and the counts are up to date (exit status 1 if not)
    python data/sample/build.py --datasheet  write both and the counts of README.md

The same files in give the same bytes out: record ids come from the address, times from the address and the post.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import re
import sys
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from copies import copies
from datasheet import with_counts
from others import other_pages
from pages import encoded, post_page, shown_blocks
from records import HERE, Post, dice_of, filled, read_posts
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from analysis.lexicon import read_yaml
from analysis.problems import DataProblem

WARC, TRUTH, SHEET = HERE / "sample.warc.gz", HERE / "truth.jsonl", HERE / "README.md"
FIRST_FETCH, LAST_FETCH = datetime(2025, 12, 20), datetime(2026, 1, 10)
YEARLESS = re.compile(r"\d{1,2}(月|-|/)\d{1,2}(日|\b)(?![-/\d])")
KIND = {"forum": "forum", "qa": "qa", "complaint": "complaint"}


@dataclass(frozen=True)
class Page:
    """One page: its address, kind, bytes, time of fetching (Shanghai), host, and the post on it, if any."""

    url: str
    kind: str
    content: bytes
    fetched: datetime
    host: dict[str, Any]
    post: Post | None = None
    note: str | None = None


def pages() -> list[Page]:
    """Every page of the corpus in order of address."""
    hosts = {host["host"]: host for host in read_yaml(HERE / "hosts.yml")["hosts"]}
    bases = [*read_posts("posts"), *read_posts("offtopic")]
    posts = [filled(post) for post in bases] + list(copies(bases, hosts))
    unknown = sorted({post.host for post in posts} - set(hosts))
    if unknown:
        raise DataProblem(f"posts name hosts that hosts.yml lacks: {', '.join(unknown)}.")
    found = [_post_page(post, hosts[post.host]) for post in posts]
    for address, kind, content, host, note in other_pages(posts, hosts):
        found.append(Page(address, kind, content, fetch_time(address, None), host, note=note))
    found.sort(key=lambda page: page.url)
    twice = {a.url for a, b in itertools.pairwise(found) if a.url == b.url}
    if twice:
        raise DataProblem(f"addresses given twice: {sorted(twice)}. Ids must differ.")
    return found


def _post_page(post: Post, host: dict[str, Any]) -> Page:
    number = int(hashlib.sha256(post.id.encode()).hexdigest()[:8], 16) % 900_000 + 100_000
    url = f"https://{host['host']}{host['url'].format(n=number)}"
    content = encoded(post_page(post, host, url), post, host)
    return Page(url, KIND.get(host["template"], "article"), content, fetch_time(url, post), host, post)


def fetch_time(url: str, post: Post | None) -> datetime:
    """When the page was fetched, in Shanghai: from a hash of the address, and late enough for the post.

    A page that says "3天前" (three days ago), or a day without a year, was fetched when that was true.
    """
    dice = dice_of("fetch" + url)
    clock = timedelta(hours=dice.randrange(9, 20), minutes=dice.randrange(60), seconds=dice.randrange(60))
    day = post.day if post else None
    if day is None:
        return FIRST_FETCH + timedelta(days=dice.randrange(22)) + clock
    midnight = day.replace(hour=0, minute=0)
    ago = days_ago(post.shown or "") if post else None
    if ago is not None:
        return midnight + timedelta(days=ago, hours=23, minutes=dice.randrange(60))
    if post and YEARLESS.match(post.shown or "") and (FIRST_FETCH - midnight).days > 350:
        return midnight + timedelta(days=dice.randrange(2, 40)) + clock
    first = max(FIRST_FETCH, midnight + timedelta(days=1))
    return first + timedelta(days=dice.randrange((LAST_FETCH - first).days + 1)) + clock


def days_ago(shown: str) -> int | None:
    """The whole days that a relative date goes back; None where it is no relative date in days.

    >>> days_ago("3天前"), days_ago("昨天 10:20"), days_ago("2025-03-02")  # three days ago, yesterday
    (3, 1, None)
    """
    if found := re.match(r"(\d+)天前", shown):
        return int(found[1])
    if found := re.match(r"(\d+)周前", shown):
        return 7 * int(found[1])
    if re.match(r"(\d+)(小时|分钟)前|今天|刚刚", shown):
        return 0
    return {"昨天": 1, "前天": 2}.get(shown[:2])


def warc_bytes(found: Iterable[Page]) -> bytes:
    """The archive: a warcinfo record, then one response a page, each its own gzip member."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    info = b"format: WARC File Format 1.0\r\ndescription: invented sample corpus, CC BY 4.0\r\n"
    fixed = {"WARC-Record-ID": _record_id("warcinfo"), "WARC-Date": "2025-12-20T00:00:00Z"}
    writer.write_record(writer.create_warc_record("", "warcinfo", BytesIO(info), len(info), "", fixed))
    for page in found:
        kind = f"text/html; charset={page.host['charset']}" if "http" in page.host["declared"] else "text/html"
        http = StatusAndHeaders(
            "200 OK", [("Content-Type", kind), ("Content-Length", str(len(page.content)))], "HTTP/1.1"
        )
        utc = page.fetched - timedelta(hours=8)
        named = {"WARC-Record-ID": _record_id(page.url), "WARC-Date": f"{utc:%Y-%m-%dT%H:%M:%SZ}"}
        writer.write_record(
            writer.create_warc_record(
                page.url,
                "response",
                BytesIO(page.content),
                len(page.content),
                warc_headers_dict=named,
                http_headers=http,
            )
        )
    return out.getvalue()


def _record_id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>"


def truth(page: Page) -> dict[str, Any]:
    """What is true of a page, as one mapping; a page without a post has its kind alone."""
    post = page.post
    row: dict[str, Any] = {"url": page.url, "kind": page.kind, "post": None, "family": None, "note": page.note}
    if post is None:
        return row
    blocks = shown_blocks(post, page.content, page.host)
    text = "\n".join(block.text for block in blocks)
    row |= {
        "post": post.id.split("-")[0],
        "copy": post.id if "-" in post.id else None,
        "family": post.family,
        "changes": list(post.changes),
        "genre": post.genre,
        "on_topic": post.on_topic,
        "off_topic_class": post.off_topic_class,
        "solicitation": post.solicitation and (post.kept_whole or any(b.layer == "ad" for b in blocks)),
        "tone": post.tone,
        "published": post.published if post.shown else None,
        "shown": post.shown,
        "views": post.views if post.views_shown else None,
        "comments": post.comments,
        "author": post.author,
        "brand": post.brand or None,
        "contacts": [
            {"kind": c.kind, "written": c.written, "value": c.value} for c in post.contacts if c.written in text
        ],
        "people": [p for p in post.people if p["written"] in text],
        "keep": [number for number in post.keep if number in text],
        "blocks": [{"layer": b.layer, "text": b.text, "codes": list(b.codes)} for b in blocks],
    }
    return row


def truth_text(found: Iterable[Page]) -> str:
    """truth.jsonl: one page a line, in order of address."""
    return "".join(json.dumps(truth(page), ensure_ascii=False) + "\n" for page in found)


def up_to_date(archive: bytes, rows: str) -> bool:
    """Whether the files hold what the YAML files give; archives are compared unpacked, since zlib versions differ."""
    if not WARC.exists() or not TRUTH.exists() or TRUTH.read_text(encoding="utf-8") != rows:
        return False
    if SHEET.read_text(encoding="utf-8") != _sheet(rows):
        return False
    return gzip.decompress(WARC.read_bytes()) == gzip.decompress(archive)


def _sheet(rows: str) -> str:
    return with_counts(SHEET.read_text(encoding="utf-8"), [json.loads(line) for line in rows.splitlines()])


def main(arguments: list[str] | None = None) -> int:
    """Run one of the three uses above; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="say whether the files are up to date")
    parser.add_argument("--datasheet", action="store_true", help="write the counts of README.md, too")
    options = parser.parse_args(arguments)
    try:
        found = pages()
        archive, rows = warc_bytes(found), truth_text(found)
    except DataProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    if options.check:
        good = up_to_date(archive, rows)
        print("up to date" if good else "out of date: run `python data/sample/build.py --datasheet`", file=sys.stderr)
        return 0 if good else 1
    WARC.write_bytes(archive)
    TRUTH.write_text(rows, encoding="utf-8")
    if options.datasheet:
        SHEET.write_text(_sheet(rows), encoding="utf-8")
    print(f"{len(found)} pages, {len(archive):,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
