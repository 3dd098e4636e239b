"""When a host may be asked again: one request at a time, the delay it wants after each answer, longer where it says so."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

FIRST_WAIT = 5.0  # seconds after a first failure that names no time; doubled each time
LONGEST_WAIT = 3600.0  # who asks for more is not waited for
MOST_UNREACHED = 10  # times in a row that no connection came about, before a host is given up
MOST_FAILED = 40  # times in a row that a host was busy or failed


@dataclass
class Clock:
    """One host's next time, on the monotonic clock, and what was kept: requests, and the shortest gap between two."""

    delay: float
    asked_delay: float = 0.0
    next_at: float = 0.0
    busy: bool = False
    n_requests: int = 0
    n_waits: int = 0
    n_failed: int = 0
    n_unreached: int = 0
    shortest_gap: float | None = None
    _started: float | None = field(default=None, repr=False)

    def start(self, now: float) -> None:
        """A request begins."""
        if self._started is not None:
            gap = now - self._started
            self.shortest_gap = gap if self.shortest_gap is None else min(gap, self.shortest_gap)
        self._started, self.busy = now, True
        self.n_requests += 1

    def end(self, now: float) -> None:
        """It is over, whatever came of it: the delay runs from the answer's end, so that a slow server has its rest."""
        self.busy = False
        self.next_at = max(self.next_at, now + max(self.delay, self.asked_delay))

    def wait(self, now: float, seconds: float) -> None:
        """The host is left alone for so long."""
        self.n_waits += seconds > 0
        self.next_at = max(self.next_at, now + seconds)


class Clocks:
    """The clock of each host, made when it is first met."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._of: dict[str, Clock] = {}

    def of(self, host: str) -> Clock:
        if host not in self._of:
            self._of[host] = Clock(self._delay)
        return self._of[host]

    def ready(self, hosts: set[str], now: float) -> list[str]:
        """The hosts that may be asked now, the longest ready first."""
        free = [h for h in hosts if not self.of(h).busy and self.of(h).next_at <= now]
        return sorted(free, key=lambda h: (self.of(h).next_at, h))

    def until_next(self, hosts: set[str], now: float) -> float:
        """Seconds until one of the hosts may be asked."""
        return max(0.0, min((self.of(h).next_at for h in hosts if not self.of(h).busy), default=now + 1.0) - now)

    def kept(self) -> dict[str, dict[str, float | int | None]]:
        """For each host: the delay asked for, the shortest gap that was kept, requests and waits."""
        return {
            host: {
                "delay_asked": max(c.delay, c.asked_delay),
                "shortest_gap": None if c.shortest_gap is None else round(c.shortest_gap, 3),
                "n_requests": c.n_requests,
                "n_waits": c.n_waits,
            }
            for host, c in sorted(self._of.items())
        }


def backoff(tries: int, first: float = FIRST_WAIT) -> float:
    """Seconds to wait after so many tries of one address.

    >>> backoff(1), backoff(3)
    (5.0, 20.0)
    """
    return min(first * 2.0 ** (tries - 1), LONGEST_WAIT)


def now() -> float:
    """The monotonic clock, which no correction of the machine's time moves."""
    return time.monotonic()
