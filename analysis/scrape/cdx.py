"""Searching a Common Crawl index: a pattern of addresses to a CDX query, and the captures that the index answers with.

The index server (pywb's CDX API) takes a whole host or a beginning of addresses; what stands between the stars is sent as a
regular expression on the address and tested again here. Han characters are looked for as written and percent-encoded, in
UTF-8 and in GBK, as Chinese sites write them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from analysis.problems import DataProblem

INDEX, DATA = "https://index.commoncrawl.org", "https://data.commoncrawl.org"
_ENCODINGS = ("utf-8", "gb18030")


class Query(NamedTuple):
    """What is asked of the index: `url` and `match_type` as its API names them, and what every address must fit."""

    url: str
    match_type: str
    pattern: str


class Capture(NamedTuple):
    """One capture of a page: its address, time (14 digits, UTC), and where its record stands in the archives."""

    url: str
    timestamp: str
    filename: str
    offset: int
    length: int
    digest: str = ""


def query_of(match: str) -> Query:
    """The query of a pattern such as `*.example/*逾期*`: a star stands for anything, `*.` before a host for its subdomains.

    >>> query_of("*.a.example/*overdue*")
    Query(url='a.example', match_type='domain', pattern='https?://(?:[^/?#]+\\\\.)?a\\\\.example(?::\\\\d+)?/.*overdue.*')
    >>> query_of("bbs.a.example/thread-*")[:2], query_of("bbs.a.example/x")[1]
    (('bbs.a.example/thread-', 'prefix'), 'exact')
    """
    bare = re.sub(r"^\*?https?://", "", match.strip())
    host, slash, rest = bare.partition("/")
    is_domain = host.startswith("*.")
    host = host.removeprefix("*.").lower()
    if not re.fullmatch(r"[^\s*/:]+(?::\d+)?", host):
        raise DataProblem(f"--match {match!r}: a host is wanted before the first slash, as *.example/*逾期* or bbs.example/thread-*.")
    rest = rest if slash else "*"
    host = host.encode("idna").decode("ascii") if not host.isascii() else host
    beginning = rest.split("*", 1)[0]
    before = r"(?:[^/?#]+\.)?" if is_domain else r"(?:www\.)?"
    pattern = rf"https?://{before}{re.escape(host)}(?::\d+)?/{_loose(rest)}"
    if is_domain:
        return Query(host, "domain", pattern)
    return Query(f"{host}/{quote(beginning, safe='/?&=%')}", "prefix" if "*" in rest else "exact", pattern)


def _loose(glob: str) -> str:
    return ".*".join("".join(_piece(piece) for piece in re.split(r"([^\x00-\x7f]+)", part)) for part in glob.split("*"))


def _piece(piece: str) -> str:
    """A piece of a pattern as a regular expression: Han characters in every way that an address writes them."""
    if piece.isascii():
        return re.escape(piece)
    forms = [piece]
    for encoding in _ENCODINGS:
        percent = quote(piece.encode(encoding))
        forms += [percent, percent.lower()]
    return f"(?:{'|'.join(dict.fromkeys(forms))})"


def fits(query: Query, url: str) -> bool:
    """Whether an address is one that was asked for; the index is not trusted with it.

    >>> fits(query_of("*.a.example/*逾期*"), "http://bbs.a.example/tag/%E9%80%BE%E6%9C%9F/2")        # overdue
    True
    """
    return re.fullmatch(query.pattern, url) is not None


def parameters(query: Query, filters: tuple[str, ...]) -> list[tuple[str, str]]:
    """The parameters of a request to the index, without the page."""
    asked = [("url", query.url), ("matchType", query.match_type), ("output", "json"), ("filter", "=status:200")]
    asked += [("filter", f"~url:{query.pattern}")] if query.pattern.count(".*") != 1 or query.match_type == "domain" else []
    return asked + [("filter", each) for each in filters]


def captures(text: str, where: str, problems: list[str]) -> Iterator[Capture]:
    """The captures of an answer, a JSON object a line; a line that is none is added to `problems`."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row: dict[str, Any] = json.loads(line)
            yield Capture(
                str(row["url"]), str(row["timestamp"]), str(row["filename"]), int(row["offset"]), int(row["length"]),
                str(row.get("digest", "")),
            )
        except (ValueError, KeyError, TypeError) as error:
            problems.append(f"{where}, line {number}: no capture ({type(error).__name__}: {error}). It was left out.")
