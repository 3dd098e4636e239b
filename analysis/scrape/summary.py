"""What was asked, got, left out and why: the summary of a crawl, whose counts add up to its addresses."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

SUMMARY, RECORD, ARCHIVES = "crawl_summary.csv", "crawl.json", "archives"
NOT_REACHED = "not_reached"
_MEANINGS = {
    "fetched": "pages in the archives",
    "fetched_short": "pages in the archives whose answer broke off each time",
    "not_modified": "as at the last crawl; a revisit record refers to it",
    "unchanged": "sent again with the same bytes; a revisit record refers to the last crawl",
    "sitemap": "sitemaps, read for addresses",
    "feed": "feeds, read for addresses",
    "robots_txt": "robots.txt files that were asked for, one a site",
    "redirected": "led to another address, which is counted itself",
    "redirect_loop": "redirects that lead to themselves or too far",
    "blocked_by_robots": "robots.txt does not allow it; not asked",
    "robots_unreachable": "the site's robots.txt could not be had; not asked",
    "private_address": "leads into a private network; not connected to",
    "out_of_scope": "a redirect to another host; not asked",
    "removed_on_request": "on the removal list; not kept",
    "login_page": "asks for a log-in; not kept",
    "not_found_as_200": "the page says that it is not there; not kept",
    "too_large": "over the size limit, or becomes so when unpacked; not kept",
    "other_type": "neither HTML nor plain text; not kept",
    "too_deep": "farther from the seeds than the depth limit; not asked",
    "trap": "an address that repeats itself; not asked",
    "timeout": "no whole answer within the time limit",
    "cut_off": "the answer broke off each time",
    "no_answer": "the server closed the connection without an answer",
    "no_connection": "no connection, or no such name",
    "bad_address": "not an address that can be asked",
    "asked_to_wait": "the host asks to wait longer than an hour",
    "host_given_up": "the host did not answer many times in a row; not asked",
    NOT_REACHED: "still waiting when the crawl ended",
}


class Summary(NamedTuple):
    """The reasons with their counts, and how the crawl ended: done, page limit, time limit, stopped."""

    reasons: dict[str, int]
    ended: str

    @property
    def n(self) -> int:
        return sum(self.reasons.values())

    @property
    def n_pages(self) -> int:
        return sum(self.reasons.get(name, 0) for name in ("fetched", "fetched_short", "not_modified", "unchanged"))

    def __str__(self) -> str:
        told = ", ".join(f"{reason} {n:,}" for reason, n in self.reasons.items())
        return f"crawl: {self.n:,} addresses ({self.ended}): {told}"


def summary(counts: Sequence[tuple[str | None, int]], ended: str) -> Summary:
    """The summary of a frontier's counts.

    >>> print(summary([("fetched", 1500), (None, 2)], "page limit"))
    crawl: 1,502 addresses (page limit): fetched 1,500, not_reached 2
    """
    return Summary({reason or NOT_REACHED: n for reason, n in counts}, ended)


def meaning(reason: str) -> str:
    """What a reason says, in words.

    >>> meaning("http_404")
    'the server answered with status 404'
    """
    return _MEANINGS.get(reason) or f"the server answered with status {reason.removeprefix('http_')}"


def write(folder: Path, told: Summary, record: dict[str, Any]) -> None:
    """The summary as crawl_summary.csv (reason, n, detail) and, with how it was crawled, as crawl.json; each replaced whole."""
    rows = [(reason, n, meaning(reason) + (f" ({told.ended})" if reason == NOT_REACHED else "")) for reason, n in told.reasons.items()]
    part = folder / f".{SUMMARY}.part"
    with part.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerows([("reason", "n", "detail"), *rows])
    os.replace(part, folder / SUMMARY)
    whole = {"ended": told.ended, "n_addresses": told.n, "reasons": told.reasons, **record}
    part = folder / f".{RECORD}.part"
    part.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(part, folder / RECORD)


def archives_of(sources: Sequence[str]) -> list[str]:
    """The sources with a crawl's folder replaced by the archives in it."""
    return [str(Path(s) / ARCHIVES) if (Path(s) / ARCHIVES).is_dir() and (Path(s) / SUMMARY).is_file() else s for s in sources]


def copy_beside(sources: Sequence[str], tables: Path) -> None:
    """Put the summary of a crawl's folder beside the tables made of it, where the report looks for it."""
    found = [Path(s) / SUMMARY for s in sources if (Path(s) / SUMMARY).is_file()]
    if len(found) == 1:
        tables.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found[0], tables / SUMMARY)
