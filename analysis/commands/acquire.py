"""The command that fetches pages from sites: `crawl`."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands import Add, number, positive, say
from analysis.problems import CommandProblem, DataProblem
from analysis.scrape.crawl_settings import Settings

EXIT_INTERRUPTED = 130


def _crawl(chosen: argparse.Namespace) -> None:
    from analysis.scrape.crawl import crawl  # httpcore takes a moment to load
    from analysis.scrape.removal import load
    from analysis.scrape.summary import ARCHIVES, SUMMARY

    if chosen.resume and chosen.again:
        raise CommandProblem("crawl: --resume goes on with a crawl, --again begins another round. Give one of them.")
    mode = "resume" if chosen.resume else "again" if chosen.again else "new"
    names = ("contact", "delay", "pages", "depth", "turns", "minutes", "timeout", "ignore_robots", "allow_loopback")
    given: dict[str, object] = {name: getattr(chosen, name) for name in names}
    given["also"] = tuple(host.lower() for host in chosen.also) if chosen.also else None
    given["max_bytes"] = chosen.max_mb and int(chosen.max_mb * 1_000_000)
    out = Path(chosen.out)
    try:
        told = crawl(chosen.seeds, out, given, mode, load(Path(chosen.removal) if chosen.removal else None))
    except KeyboardInterrupt:
        say(f"crawl: stopped; nothing that was fetched is lost. Next: python -m analysis crawl --resume --out {out}")
        raise SystemExit(EXIT_INTERRUPTED) from None
    say(str(told))
    if told.n_pages == 0:
        raise DataProblem(f"crawl: no page came of it; {out / SUMMARY} says why.")
    say(f"archives in {out / ARCHIVES}. Next: python -m analysis run {out} --out DIR")


def _above_zero(text: str) -> float:
    if (found := number(text)) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return found


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of 0 or more")
    return int(text)


def register(add: Add) -> None:
    """Add the command that crawls."""
    usual = Settings()
    command = add("crawl", _crawl, "fetch pages from sites into archives, politely, and go on where it was stopped")
    option = command.add_argument
    option("seeds", nargs="*", metavar="SEED", help="a site, list page, sitemap or feed (https://...), or a file of addresses, one a line")
    option("--out", required=True, metavar="DIR", help="folder for archives, progress and summary")
    option("--contact", metavar="MAIL", help="your mail or web address, sent with each request; a new crawl needs it")
    option("--resume", action="store_true", help="go on with the crawl in DIR")
    option("--again", action="store_true", help="ask for the pages of the crawl in DIR once more, for what has changed")
    option("--delay", type=number, metavar="S", help=f"seconds after each answer of a host ({usual.delay:g}); robots.txt may ask for more")
    option("--pages", type=positive, metavar="N", help=f"at most so many addresses ({usual.pages:,})")
    option("--depth", type=_count, metavar="N", help=f"at most so many links from a seed ({usual.depth})")
    option("--turns", type=_count, metavar="N", help=f"at most so many next pages of a list ({usual.turns})")
    option("--minutes", type=_above_zero, metavar="N", help="stop after so many minutes; --resume goes on")
    option("--timeout", type=_above_zero, metavar="S", help=f"seconds for one answer ({usual.timeout:g})")
    option("--max-mb", type=_above_zero, metavar="N", help=f"largest page, also unpacked, in megabytes ({usual.max_bytes / 1e6:g})")
    option("--also", action="append", metavar="HOST", help="a further host that links may lead to; else those of the seeds only")
    option("--removal", metavar="FILE", help="another removal list than data/raw/removal.txt")
    option("--ignore-robots", metavar="WHY", help="do not ask for robots.txt, as its keeper permitted it; the reason is archived")
    option("--allow-loopback", action="store_true", default=None, help="for tests: let 127.0.0.1 be asked")
