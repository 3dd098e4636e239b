"""Settling: what an answer or a failure does to the frontier, the archives and the host's clock, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from analysis.scrape import robots
from analysis.scrape.crawl_request import Answer, Failure
from analysis.scrape.crawl_settings import Settings
from analysis.scrape.crawl_verdict import REDIRECTS, Bounds, Verdict, target_of, verdict
from analysis.scrape.frontier import Address, Found, Frontier, Outcome
from analysis.scrape.polite import retry_after
from analysis.scrape.politeness import LONGEST_WAIT, MOST_FAILED, MOST_UNREACHED, Clocks, backoff, now
from analysis.scrape.removal import Removal
from analysis.scrape.warcs import Archives

BUSY = frozenset({429, 500, 502, 503, 504})


class Settling:
    """Decides and writes; asks nothing."""

    def __init__(self, frontier: Frontier, pages: Archives, clocks: Clocks, how: Settings, removal: Removal) -> None:
        self.frontier, self.pages, self.clocks, self.how = frontier, pages, clocks, how
        self.scope: set[str] = set(json.loads(frontier.get("scope") or "[]"))
        self.sites: set[str] = set(json.loads(frontier.get("sites") or "[]"))
        self._bounds = Bounds(how, self.in_scope, removal.covers)
        self._rules: dict[str, tuple[float, robots.Rules]] = {}

    def in_scope(self, url: str) -> bool:
        """Whether the address is of a host that the crawl was sent to."""
        return (urlsplit(url).hostname or "") in self.scope

    def widen(self, urls: Iterable[str]) -> None:
        """Take the hosts of these addresses into the crawl; of a whole site (no path) the sitemaps are read too."""
        for url in urls:
            self.scope.add(urlsplit(url).hostname or "")
            if urlsplit(url).path in ("", "/"):
                self.sites.add(robots.origin(url))
        self.frontier.put("scope", json.dumps(sorted(self.scope)))
        self.frontier.put("sites", json.dumps(sorted(self.sites)))

    def rules(self, url: str) -> robots.Rules | None:
        """The rules for an address, parsed once; None where they must be asked for (again)."""
        origin = robots.origin(url)
        kept = self._rules.get(origin)
        if kept is not None and now() - kept[0] < robots.KEPT_SECONDS:
            return kept[1]
        found = self.frontier.rules(url)
        if found is not None:
            self._rules[origin] = (now(), found)
        return found

    def target(self, answer: Answer) -> str | None:
        """Where a redirect leads; None for what is none."""
        return (target_of(answer) or None) if answer.status in REDIRECTS else None

    def settle(self, address: Address, result: Answer | Failure) -> None:
        """A page's address: tried again later, or done with its reason."""
        with self.frontier.commit():
            if isinstance(result, Failure):
                self._failed(address, result)
                return
            if result.status in BUSY and self._waits(address, result):
                return
            if result.status not in BUSY:
                self._went_well(address.host)
            found = verdict(address, result, self.frontier.chain(address.via), self._bounds)
            self._done(address, result, found)

    def settle_robots(self, address: Address, result: Answer | Failure) -> robots.Rules | None:
        """A robots.txt: its rules are kept; where it cannot be had, nothing of the site is asked. None: it is asked again."""
        below = f"{robots.origin(address.url)}/"
        with self.frontier.commit():
            if isinstance(result, Failure):
                self._count_failure(address.host, result)
                if result.retry and self._later(address, self._wait_after(address, result)):
                    return None
                reason = result.reason if result.reason == "private_address" else "robots_unreachable"
                self.frontier.give_up(address.host, reason, result.detail or result.reason, below)
                return None
            if result.status in BUSY:
                if not self._waits(address, result):
                    self.frontier.give_up(address.host, "robots_unreachable", f"status {result.status}", below)
                return None
            self._went_well(address.host)
            found = robots.rules_of_answer(result.status, result.content)
            self._rules[robots.origin(address.url)] = (now(), found)
            self.frontier.keep_rules(address.url, found)
            self.frontier.done(address, Outcome("robots_txt", "", result.status))
            if robots.origin(address.url) in self.sites:
                self.frontier.add([Found(url, 0) for url in found.sitemaps if self.in_scope(url) and not self._bounds.is_removed(url)])
        return found

    def _done(self, address: Address, answer: Answer, found: Verdict) -> None:
        if not found.keep:
            self.frontier.done(address, Outcome(found.reason, found.detail, answer.status))
            self.frontier.add(found.found)
            return
        place = self.pages.write(answer, address.earlier)
        reason, at = found.reason, answer.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        is_same = address.earlier is not None and place.digest == address.earlier.digest
        if reason == "not_modified" or (reason == "fetched" and is_same):
            self.frontier.written(place)
            self.frontier.done(address, Outcome("not_modified" if reason == "not_modified" else "unchanged", "", answer.status))
        else:
            tags = answer.header("etag"), answer.header("last-modified")
            self.frontier.done(address, Outcome(reason, found.detail, answer.status, place, at, *tags))
        if reason == "redirected" and address.depth == 0:
            self.widen(f.url for f in found.found if f.reason is None)
        self.frontier.add(found.found)

    def _failed(self, address: Address, failure: Failure) -> None:
        self._count_failure(address.host, failure)
        if failure.retry and self._later(address, self._wait_after(address, failure)):
            return
        if failure.partial is not None:
            chain = self.frontier.chain(address.via)
            self._done(address, failure.partial, verdict(address, failure.partial, chain, self._bounds))
            return
        self.frontier.done(address, Outcome(failure.reason, failure.detail))

    def _waits(self, address: Address, answer: Answer) -> bool:
        """Whether a busy server is asked again, after the time that it names."""
        clock = self.clocks.of(address.host)
        clock.n_failed += 1
        seconds = retry_after(answer.header("retry-after"))
        if seconds is not None and seconds > LONGEST_WAIT:
            self.frontier.give_up(address.host, "asked_to_wait", f"{seconds:.0f} seconds")
            return True
        if clock.n_failed >= MOST_FAILED:
            self.frontier.give_up(address.host, "host_given_up", f"status {answer.status} {clock.n_failed} times in a row")
            return True
        return self._later(address, self._wait_after(address, answer) if seconds is None else seconds)

    def _wait_after(self, address: Address, result: Answer | Failure) -> float:
        """How long a host is left alone that names no time: a fifth where one page fails and the host may be well."""
        is_of_host = result.reason == "no_connection" if isinstance(result, Failure) else result.status in (429, 503)
        return backoff(address.tries + 1, self.how.first_wait) / (1 if is_of_host else 5)

    def _later(self, address: Address, seconds: float) -> bool:
        """Put the address and its host off, unless its tries are used up."""
        if address.tries + 1 >= self.how.tries:
            return False
        self.frontier.later(address, seconds)
        self.clocks.of(address.host).wait(now(), seconds)
        return True

    def _count_failure(self, host: str, failure: Failure) -> None:
        clock = self.clocks.of(host)
        if not failure.retry:
            return
        clock.n_failed += 1
        clock.n_unreached = clock.n_unreached + 1 if failure.reason == "no_connection" else 0
        if clock.n_unreached >= MOST_UNREACHED or clock.n_failed >= MOST_FAILED:
            self.frontier.give_up(host, "host_given_up", f"{failure.reason}: {failure.detail}")

    def _went_well(self, host: str) -> None:
        clock = self.clocks.of(host)
        clock.n_failed = clock.n_unreached = 0

