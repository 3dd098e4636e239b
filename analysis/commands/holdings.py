"""The commands of what is held: pages out of Common Crawl, the kinds of sources, and what must be forgotten."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands import Add, number, positive, say
from analysis.pipeline import steps
from analysis.pipeline.run import Run
from analysis.problems import CommandProblem, DataProblem
from analysis.scrape.cdx import DATA, INDEX
from analysis.scrape.kinds import listing


def _sources(chosen: argparse.Namespace) -> None:
    print(listing())


def _commoncrawl(chosen: argparse.Namespace) -> None:
    from analysis.scrape.commoncrawl import RECORDS, Wanted, fetch  # httpx takes a moment to load
    from analysis.scrape.polite import Polite
    from analysis.scrape.removal import load

    wanted = Wanted(chosen.match, chosen.crawl, tuple(chosen.filter), chosen.wet, chosen.limit, chosen.index, chosen.data)
    out = Path(chosen.out)
    outcome = fetch(wanted, out, Polite(chosen.contact, chosen.delay), load(Path(chosen.removal) if chosen.removal else None))
    say(str(outcome) + "".join(f"\n  {problem}" for problem in outcome.problems))
    if outcome.n_kept == 0:
        raise DataProblem(f"no record in {out}. Try a wider --match, or another --crawl.")
    say(f"records in {out / RECORDS}. Next: python -m analysis run {out / RECORDS} --out DIR")


def _forget(chosen: argparse.Namespace) -> None:
    from analysis.scrape.removal_tables import forget

    if not chosen.tables and not chosen.archives:
        raise CommandProblem("forget: give --tables DIR, --archives PATH, or both. What is on the list alone is still kept.")
    folder = Path(chosen.tables) if chosen.tables else None
    told = forget(chosen.what, folder, [Path(p) for p in chosen.archives], Path(chosen.removal) if chosen.removal else None)
    say(str(told))
    if folder is not None and any(told.rows.values()):
        _count_again(folder)
    if told.left:
        raise DataProblem("forget: not all of it is gone; what is left is named above.")


def _count_again(folder: Path) -> None:
    """Near-copies and measures of what is left: both are of the whole corpus."""
    if not all((folder / f"{name}.parquet").exists() for name in ("posts", "blocks", "measures")):
        return
    run = Run(folder)
    steps.compared(run)
    say(f"{steps.measured(run)}, counted again. Next: python -m analysis report {folder}")


def register(add: Add) -> None:
    """Add the commands of what is held."""
    crawl = add("commoncrawl", _commoncrawl, "fetch pages from Common Crawl, by its index")
    crawl.add_argument("--match", required=True, metavar="PATTERN", help="addresses, as '*.example/*逾期*' or 'bbs.example/thread-*'")
    crawl.add_argument("--crawl", required=True, metavar="ID", help="the crawl, as CC-MAIN-2025-30")
    crawl.add_argument("--out", required=True, metavar="DIR", help="folder for the records; the same again goes on where it stopped")
    crawl.add_argument("--contact", required=True, metavar="MAIL", help="mail or web address where the servers' keepers reach you")
    crawl.add_argument("--wet", action="store_true", help="fetch the extracted texts (WET) instead; reads whole WET files")
    crawl.add_argument("--filter", action="append", default=[], metavar="F", help="a further filter of the index, as '=languages:zho'")
    crawl.add_argument("--limit", type=positive, metavar="N", help="at most so many records")
    crawl.add_argument("--delay", type=number, default=1.0, metavar="S", help="seconds between requests (1)")
    crawl.add_argument("--index", default=INDEX, metavar="URL", help=f"the index server ({INDEX})")
    crawl.add_argument("--data", default=DATA, metavar="URL", help=f"the server of archives ({DATA})")
    crawl.add_argument("--removal", metavar="FILE", help="another removal list than data/raw/removal.txt")
    add("sources", _sources, "list every kind of source that is read, with an example")
    gone = add("forget", _forget, "delete pages from archives and tables, and keep them out from then on")
    gone.add_argument("what", nargs="+", metavar="ADDRESS|ID", help="an address, 'host NAME', or a post_id")
    gone.add_argument("--tables", metavar="DIR", help="folder of a run's tables")
    gone.add_argument("--archives", nargs="+", default=[], metavar="PATH", help="archives (WARC, WET, WACZ) or folders of them")
    gone.add_argument("--removal", metavar="FILE", help="another removal list than data/raw/removal.txt")
