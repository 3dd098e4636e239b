"""One polite client for servers that give archives away: a delay between requests, waits when told to, gives up in time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from analysis.problems import DataProblem
from analysis.scrape.agent import user_agent

_BUSY = frozenset({429, 500, 502, 503, 504})
_TRIES = 6
_LONGEST_WAIT = 900.0  # seconds; who asks for more is asked again another day
_FIRST_WAIT = 5.0  # seconds after the first refusal without a Retry-After, then twice as long each time


@dataclass
class Polite:
    """A client that names itself and a contact, and waits at least `delay` seconds between requests."""

    contact: str
    delay: float = 1.0
    transport: httpx.BaseTransport | None = None
    sleep: Callable[[float], None] = time.sleep
    n_requests: int = 0
    n_waits: int = 0
    _last: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        if "@" not in self.contact and "://" not in self.contact:
            raise DataProblem(f"--contact {self.contact!r}: a mail address or a web page is wanted, so that a server's keeper can write.")
        self._client = httpx.Client(
            headers={"User-Agent": user_agent(self.contact)}, timeout=httpx.Timeout(60.0, connect=20.0), follow_redirects=True,
            transport=self.transport,
        )

    @contextmanager
    def get(
        self, url: str, params: Sequence[tuple[str, str]] = (), headers: dict[str, str] | None = None
    ) -> Iterator[httpx.Response]:
        """The response to a request, its body unread; busy servers are waited for, up to six tries.

        What fails for good is a DataProblem that names the address and the status; 404 is the caller's to judge.
        """
        why = ""
        for attempt in range(_TRIES):
            self._pause()
            try:
                request = self._client.build_request("GET", url, params=list(params) or None, headers=headers)
                response = self._client.send(request, stream=True)
            except httpx.HTTPError as error:
                why = f"{type(error).__name__}: {error}"
                self._wait(None, attempt)
                continue
            try:
                if response.status_code not in _BUSY:
                    yield response
                    return
                why = f"status {response.status_code}"
                told = response.headers.get("Retry-After")
            finally:
                response.close()
            self._wait(told, attempt)
        raise DataProblem(f"{url}: no answer after {_TRIES} tries ({why}). Run the same command later: it goes on where it stopped.")

    def body(
        self, url: str, params: Sequence[tuple[str, str]] = (), headers: dict[str, str] | None = None, limit: int = 1 << 28
    ) -> tuple[int, bytes]:
        """Status and body of a response; one that breaks off is asked for again, one longer than `limit` is a DataProblem."""
        for _ in range(_TRIES):
            with contextlib.suppress(httpx.HTTPError), self.get(url, params, headers) as response:
                found = bytearray()
                for part in response.iter_bytes():
                    found += part
                    if len(found) > limit:
                        raise DataProblem(f"{url}: longer than the {limit:,} bytes that were expected. It was left out.")
                return response.status_code, bytes(found)
        raise DataProblem(f"{url}: the answer broke off {_TRIES} times. Run the same command later: it goes on where it stopped.")

    def _pause(self) -> None:
        left = self._last + self.delay - time.monotonic()
        if left > 0:
            self.sleep(left)
        self._last = time.monotonic()
        self.n_requests += 1

    def _wait(self, told: str | None, attempt: int) -> None:
        if attempt + 1 == _TRIES:
            return
        seconds = retry_after(told)
        if seconds is not None and seconds > _LONGEST_WAIT:
            raise DataProblem(f"the server asks to wait {seconds:.0f} seconds. Run the same command then: it goes on where it stopped.")
        self.n_waits += 1
        self.sleep(seconds if seconds is not None else _FIRST_WAIT * 2**attempt)


def retry_after(told: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for: a number, or a date; None where it says neither.

    >>> retry_after("7"), retry_after("soon"), retry_after("Wed, 01 Jan 2025 00:00:30 GMT", datetime(2025, 1, 1, tzinfo=UTC))
    (7.0, None, 30.0)
    """
    if told is None:
        return None
    if told.strip().isdigit():
        return float(told)
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - (now or datetime.now(UTC))).total_seconds())
