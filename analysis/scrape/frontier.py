"""The addresses of a crawl and what became of each, in one SQLite file: the crawl's memory, which outlives a killed process.

One transaction ties "the record is in the archive" to "the address is done", to the links found and to the host's wait.
So after `kill -9` an address is either done and archived, or waits; only what was under way is asked again.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from analysis.problems import DataProblem
from analysis.scrape import robots
from analysis.scrape.removal import REASON, Removal
from analysis.scrape.warcs import Earlier, Place

FILE = "frontier.sqlite"
PAGE, ROBOTS = "page", "robots"
TOO_DEEP = "too_deep"
_FIRST = -1  # the rank of a robots.txt
_TRIED = 1000  # what a try in vain adds to an address's rank, so that others come first
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS address(
  id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, host TEXT NOT NULL, kind TEXT NOT NULL, depth INT NOT NULL, turn INT NOT NULL,
  via INT, rank INT NOT NULL, tries INT NOT NULL DEFAULT 0, reason TEXT, detail TEXT, status INT, file TEXT, offset INT, length INT,
  at TEXT, etag TEXT, modified TEXT, digest TEXT);
CREATE INDEX IF NOT EXISTS waiting ON address(host, rank, id) WHERE reason IS NULL;
CREATE TABLE IF NOT EXISTS rules(origin TEXT PRIMARY KEY, text TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pause(host TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS archive(file TEXT PRIMARY KEY, length INT NOT NULL) WITHOUT ROWID;
"""


class Address(NamedTuple):
    """An address that waits: how far it is from the seeds, and what is known from an earlier round."""

    id: int
    url: str
    host: str
    kind: str
    depth: int
    turn: int
    via: int | None
    tries: int
    etag: str | None
    modified: str | None
    digest: str | None
    at: str | None

    @property
    def earlier(self) -> Earlier | None:
        return Earlier(self.digest, self.at) if self.digest and self.at else None


class Found(NamedTuple):
    """An address to be added, and why it will not be asked, if so."""

    url: str
    depth: int
    turn: int = 0
    via: int | None = None
    reason: str | None = None
    detail: str | None = None


class Outcome(NamedTuple):
    """What became of an address."""

    reason: str
    detail: str = ""
    status: int | None = None
    place: Place | None = None
    at: str | None = None
    etag: str | None = None
    modified: str | None = None


class Frontier:
    """The addresses of one crawl folder; only one process at a time may hold it."""

    def __init__(self, folder: Path) -> None:
        self.with_robots = True  # a site's robots.txt is asked for before its pages
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(folder / FILE, isolation_level=None, timeout=1.0)
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA secure_delete=ON")  # what is forgotten leaves no bytes behind
            self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT")
        except sqlite3.DatabaseError as error:
            raise DataProblem(f"{folder}: {_told(error)}") from None
        except OSError as error:
            raise DataProblem(f"{folder}: cannot be made or written to ({error.strerror}). Mend its rights or name another.") from None
        self.hosts = {str(row[0]) for row in self._db.execute("SELECT DISTINCT host FROM address WHERE reason IS NULL")}

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def commit(self) -> Iterator[None]:
        """All that is written inside is written together, and on the disk when it ends."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise DataProblem(f"{FILE}: {_told(error)}") from None
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def add(self, found: Iterable[Found]) -> None:
        """Add what is new; an address that was too deep on another way is taken up again."""
        for f in found:
            host = urlsplit(f.url).hostname or ""
            row = (f.url, host, PAGE, f.depth, f.turn, f.via, f.depth, f.reason, f.detail)
            made = self._db.execute(
                "INSERT INTO address(url, host, kind, depth, turn, via, rank, reason, detail) VALUES(?,?,?,?,?,?,?,?,?) "
                "ON CONFLICT(url) DO UPDATE SET depth=excluded.depth, turn=excluded.turn, rank=excluded.rank, reason=NULL, "
                f"detail=NULL WHERE reason='{TOO_DEEP}' AND excluded.reason IS NULL",
                row,
            )
            if made.rowcount and f.reason is None:
                self.hosts.add(host)
                if self.with_robots:
                    self._db.execute(
                        "INSERT OR IGNORE INTO address(url, host, kind, depth, turn, rank) VALUES(?,?,?,0,0,?)",
                        (robots.address(f.url), host, ROBOTS, _FIRST),
                    )

    def next(self, host: str) -> Address | None:
        """The host's next waiting address: its robots.txt, then what is nearest to the seeds."""
        row = self._db.execute(
            "SELECT id, url, host, kind, depth, turn, via, tries, etag, modified, digest, at FROM address "
            "WHERE reason IS NULL AND host=? ORDER BY rank, id LIMIT 1", (host,),
        ).fetchone()  # fmt: skip
        if row is None:
            self.hosts.discard(host)
            return None
        return Address(*row)

    def done(self, address: Address, outcome: Outcome) -> None:
        """The address is settled; its record's place and end are kept with it."""
        o, p = outcome, outcome.place
        self._db.execute(
            "UPDATE address SET reason=?, detail=?, status=?, tries=tries+1, file=coalesce(?, file), offset=coalesce(?, offset), "
            "length=coalesce(?, length), at=coalesce(?, at), etag=coalesce(?, etag), modified=coalesce(?, modified), "
            "digest=coalesce(?, digest) WHERE id=?",
            (o.reason, o.detail or None, o.status, p and p.file, p and p.offset, p and p.length, o.at, o.etag, o.modified,
             (p and p.digest) or None, address.id),
        )  # fmt: skip
        if p is not None:
            self.written(p)

    def blocked(self, address: Address, reason: str, detail: str = "") -> None:
        """The address will not be asked."""
        self._db.execute("UPDATE address SET reason=?, detail=? WHERE id=?", (reason, detail or None, address.id))

    def written(self, place: Place) -> None:
        self._db.execute("INSERT OR REPLACE INTO archive VALUES(?,?)", (place.file, place.end))

    def later(self, address: Address, seconds: float) -> None:
        """The address is tried again, after the others; its host is left alone until then, also by a later process."""
        more = 0 if address.kind == ROBOTS else _TRIED
        self._db.execute("UPDATE address SET tries=tries+1, rank=rank+? WHERE id=?", (more, address.id))
        self._db.execute("INSERT OR REPLACE INTO pause VALUES(?,?)", (address.host, time.time() + seconds))

    def give_up(self, host: str, reason: str, detail: str, under: str = "") -> None:
        """Whatever still waits of a host, or of it below that address, is settled with that reason."""
        self._db.execute(
            "UPDATE address SET reason=?, detail=? WHERE reason IS NULL AND host=? AND substr(url, 1, ?)=?",
            (reason, detail or None, host, len(under), under),
        )

    def rules(self, url: str) -> robots.Rules | None:
        """The rules of an address's site; None where they must be asked for (again)."""
        row = self._db.execute("SELECT text, at FROM rules WHERE origin=?", (robots.origin(url),)).fetchone()
        if row is None or row[1] + robots.KEPT_SECONDS < time.time():
            return None
        return robots.rules(row[0])

    def keep_rules(self, url: str, rules: robots.Rules) -> None:
        self._db.execute("INSERT OR REPLACE INTO rules VALUES(?,?,?)", (robots.origin(url), rules.text, time.time()))

    def ask_rules_again(self, url: str) -> None:
        """The site's robots.txt waits again, before all else."""
        host = urlsplit(url).hostname or ""
        self._db.execute(
            "INSERT INTO address(url, host, kind, depth, turn, rank) VALUES(?,?,?,0,0,?) "
            "ON CONFLICT(url) DO UPDATE SET kind=excluded.kind, rank=excluded.rank, reason=NULL, tries=0",
            (robots.address(url), host, ROBOTS, _FIRST),
        )

    def chain(self, via: int | None) -> list[str]:
        """The redirects that led to an address, the last first."""
        found: list[str] = []
        while via is not None and len(found) < 50:
            url, via = self._db.execute("SELECT url, via FROM address WHERE id=?", (via,)).fetchone()
            found.append(url)
        return found

    def pauses(self) -> dict[str, float]:
        """Seconds that hosts asked to be left alone for still."""
        now = time.time()
        return {host: until - now for host, until in self._db.execute("SELECT host, until FROM pause WHERE until>?", (now,))}

    def committed(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT file, length FROM archive"))

    def again(self) -> int:
        """Let every address that was asked wait once more, with what is known of it; how many."""
        changed = self._db.execute(
            "UPDATE address SET reason=NULL, detail=NULL, tries=0, rank=CASE kind WHEN 'robots' THEN -1 ELSE depth END "
            "WHERE reason IS NOT NULL AND reason NOT IN (?, ?, 'out_of_scope', 'private_address')", (TOO_DEEP, REASON),
        )  # fmt: skip
        self._db.execute("DELETE FROM rules")
        self.hosts = {str(row[0]) for row in self._db.execute("SELECT DISTINCT host FROM address WHERE reason IS NULL")}
        return changed.rowcount

    def forget(self, listed: Removal) -> None:
        """What is on the removal list leaves a row without its address, so that the counts stay true."""
        rows = self._db.execute("SELECT id, url FROM address WHERE reason IS NOT ?", (REASON,))
        for key in [key for key, url in rows if listed.covers(url)]:
            nameless = f"removed:{sha256(os.urandom(16)).hexdigest()[:16]}"
            self._db.execute(
                "UPDATE address SET url=?, host='', reason=?, detail=NULL, file=NULL, etag=NULL, modified=NULL, digest=NULL WHERE id=?",
                (nameless, REASON, key),
            )

    def counts(self) -> list[tuple[str | None, int]]:
        """Reason (None: still waits) and how many addresses."""
        return list(self._db.execute("SELECT reason, count(*) FROM address GROUP BY reason ORDER BY 2 DESC, 1"))

    def n_asked(self) -> int:
        """How many pages were asked for and settled."""
        found = self._db.execute("SELECT count(*) FROM address WHERE reason IS NOT NULL AND tries>0 AND kind=?", (PAGE,)).fetchone()
        return int(found[0])

    def get(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES(?,?)", (key, value))


def _told(error: sqlite3.DatabaseError) -> str:
    if "locked" in str(error):
        return "another crawl is at work in this folder. Wait for it, or name another folder."
    return f"cannot be written to ({error}). Make room or mend its rights, then go on with --resume."
