"""The crawl: seeds to archives, politely, within limits, and going on where it was killed.

A small loop of our own over httpcore: one request a host at a time, some hosts at once. Queue and results are in the
frontier, not in memory; a page is written to its archive, brought to the disk, and then settled in one transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpcore
from tqdm import tqdm

from analysis.problems import CommandProblem, DataProblem
from analysis.scrape import crawl_request, seeds, summary
from analysis.scrape.crawl_request import Answer, Failure
from analysis.scrape.crawl_settings import Settings, settings
from analysis.scrape.crawl_settle import Settling
from analysis.scrape.frontier import FILE, ROBOTS, Address, Found, Frontier
from analysis.scrape.politeness import Clocks, now
from analysis.scrape.removal import Removal
from analysis.scrape.warcs import Archives

_BLOCKED_AT_ONCE = 500  # addresses that robots.txt forbids, settled before the loop looks at its requests again
_MOST_HOPS = 5  # of a robots.txt, RFC 9309, 2.3.1.2


def crawl(
    wanted: Sequence[str], folder: Path, given: Mapping[str, object], mode: str = "new", removal: Removal | None = None
) -> summary.Summary:
    """Crawl from the seeds into the folder, and what became of each address; `mode` is new, resume or again.

    A folder that holds a crawl is gone on with (resume) or asked once more for what changed (again), never begun anew.
    """
    stored = (folder / FILE).exists()
    if not stored and mode != "new":
        raise CommandProblem(f"{folder} holds no crawl. Leave --{mode} out to begin one.")
    if mode == "new":
        settings(given)  # a wrong command leaves no folder behind
    addresses = [a for seed in wanted for a in seeds.addresses(seed)]
    if mode == "new" and not addresses:
        raise CommandProblem("crawl: no address to begin with. Give a site, a sitemap, a feed, a list page or a file of addresses.")
    frontier = Frontier(folder)
    try:
        if mode == "new" and frontier.get("settings") is not None:
            raise CommandProblem(f"{folder} holds a crawl. --resume goes on with it, --again asks for what has changed; or name another.")
        how = settings(given, frontier.get("settings"))
        frontier.with_robots = not how.ignore_robots
        running = Crawl(folder, frontier, how, removal or Removal())
        running.begin(addresses, mode)
        return running.through()
    finally:
        frontier.close()


class Crawl:
    """One call's work on a crawl folder."""

    def __init__(self, folder: Path, frontier: Frontier, how: Settings, removal: Removal) -> None:
        self.folder, self.frontier, self.how, self.removal = folder, frontier, how, removal
        self.clocks = Clocks(how.delay)
        info = {
            "software": how.agent, "operator": how.contact, "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": f"not obeyed: {how.ignore_robots}" if how.ignore_robots else "obeyed",
        }  # fmt: skip
        self.pages = Archives(folder / summary.ARCHIVES, "pages", info, how.file_bytes)
        self.robots = Archives(folder / "robots", "robots", info, how.file_bytes)
        self.settling = Settling(frontier, self.pages, self.clocks, how, removal)
        self.told: list[str] = []
        self.n_settled = 0
        self._began = datetime.now(UTC)
        self._n_asked = 0
        self._rested_from = float("-inf")
        self._ended = "done"

    def begin(self, addresses: Sequence[str], mode: str) -> None:
        """Mend what a killed process left, and add the seeds."""
        committed = self.frontier.committed()
        self.told = [*self.pages.recover(committed), *self.robots.recover(committed)]
        with self.frontier.commit():
            if self.removal.addresses or self.removal.hosts:
                self.frontier.forget(self.removal)
            if mode == "again":
                self.frontier.again()
            self.frontier.put("settings", self.how.to_json())
            kept = [a for a in addresses if not self.removal.covers(a)]
            self.settling.scope |= set(self.how.also)
            self.settling.widen(kept)
            self.frontier.add([Found(a, 0) for a in kept])
        for host, seconds in self.frontier.pauses().items():
            self.clocks.of(host).wait(now(), seconds)
        if mode != "new":  # the last process may have asked a moment ago
            self._rested_from = now()
            for host in self.frontier.hosts:
                self.clocks.of(host).wait(now(), self.how.delay)
        self._n_asked = self.frontier.n_asked()

    def through(self) -> summary.Summary:
        """Ask until nothing waits or a limit is reached; the summary is written however it ends."""
        try:
            asyncio.run(self._loop())
        except (KeyboardInterrupt, DataProblem):
            self._ended = "stopped"
            raise
        finally:
            self.pages.close()
            self.robots.close()
            told = summary.summary(self.frontier.counts(), self._ended)
            with contextlib.suppress(OSError):  # the disk may be full: what stopped the crawl is told, not this
                summary.write(self.folder, told, self._record())
        return told

    def _record(self) -> dict[str, Any]:
        return {
            "began_at": self._began.isoformat(timespec="seconds"), "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "agent": self.how.agent, "settings": asdict(self.how), "scope": sorted(self.settling.scope),
            "hosts": self.clocks.kept(), "archives": self.frontier.committed(), "notes": self.told,
        }  # fmt: skip

    async def _loop(self) -> None:
        until = now() + self.how.minutes * 60 if self.how.minutes is not None else float("inf")
        tasks: set[asyncio.Task[None]] = set()
        async with crawl_request.pool(self.how) as connections:
            with tqdm(unit=" addresses", disable=None, leave=False) as bar:
                while True:
                    is_open = self._is_open(until)
                    for address in self._takes(len(tasks)) if is_open else ():
                        tasks.add(asyncio.create_task(self._visit(connections, address)))
                    if not tasks and (not is_open or not self.frontier.hosts):
                        return
                    pause = min(self.clocks.until_next(self.frontier.hosts, now()), 1.0, max(until - now(), 0.0)) + 0.001
                    if not tasks:
                        await asyncio.sleep(pause)
                        continue
                    finished, tasks = await asyncio.wait(tasks, timeout=pause if is_open else None, return_when="FIRST_COMPLETED")
                    for task in finished:
                        task.result()
                    bar.update(self.n_settled - bar.n)

    def _is_open(self, until: float) -> bool:
        if now() >= until:
            self._ended = "time limit"
        elif self._n_asked >= self.how.pages:
            self._ended = "page limit"
        return self._ended == "done"

    def _takes(self, n_under_way: int) -> Iterator[Address]:
        """The addresses that may be asked now, one a host."""
        for host in self.clocks.ready(self.frontier.hosts, now()):
            if n_under_way >= self.how.hosts_at_once or self._n_asked >= self.how.pages:
                return
            address = self._next(host)
            if address is not None:
                n_under_way += 1
                self._n_asked += address.kind != ROBOTS and address.tries == 0
                self.clocks.of(host).start(now())
                yield address

    def _next(self, host: str) -> Address | None:
        """The host's next address that its robots.txt allows; what it forbids is settled on the way."""
        with self.frontier.commit():
            for _ in range(_BLOCKED_AT_ONCE):
                address = self.frontier.next(host)
                if address is None or address.kind == ROBOTS or self.how.ignore_robots:
                    return address
                rules = self.settling.rules(address.url)
                if rules is None:
                    self.frontier.ask_rules_again(address.url)
                    continue
                self.clocks.of(host).asked_delay = rules.delay
                if rules.allows(address.url):
                    return address if self._is_rested(host) else None
                self.frontier.blocked(address, "blocked_by_robots")
                self.n_settled += 1
        return None

    def _is_rested(self, host: str) -> bool:
        """Whether the host's delay has passed also since the process before this one."""
        clock = self.clocks.of(host)
        if clock.n_requests == 0:
            clock.next_at = max(clock.next_at, self._rested_from + clock.asked_delay)
        return clock.next_at <= now()

    async def _visit(self, connections: httpcore.AsyncConnectionPool, address: Address) -> None:
        clock = self.clocks.of(address.host)
        try:
            if address.kind == ROBOTS:
                rules = self.settling.settle_robots(address, await self._ask_robots(connections, address))
                clock.asked_delay = clock.asked_delay if rules is None else rules.delay
            else:
                result = await crawl_request.ask(connections, address.url, self.how, _conditions(address))
                self.settling.settle(address, result)
            self.n_settled += 1
        finally:
            clock.end(now())

    async def _ask_robots(self, connections: httpcore.AsyncConnectionPool, address: Address) -> Answer | Failure:
        """The answer at the end of a robots.txt's redirects, each of them archived."""
        url = address.url
        for _ in range(_MOST_HOPS + 1):
            result = await crawl_request.ask(connections, url, self.how, any_type=True)
            if isinstance(result, Failure):
                return result
            with self.frontier.commit():
                self.frontier.written(self.robots.write(result))
            target = self.settling.target(result)
            if target is None or target == url:
                return result
            url = target
            await asyncio.sleep(self.clocks.of(address.host).delay)
        return result


def _conditions(address: Address) -> dict[str, str]:
    """The headers that ask for a page only if it has changed."""
    known = {"If-None-Match": address.etag, "If-Modified-Since": address.modified}
    return {name: value for name, value in known.items() if value} if address.earlier is not None else {}

