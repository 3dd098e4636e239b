"""How a crawl is to behave: who asks, how often, how far, how much; kept in its folder, so that `--resume` goes on alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from analysis.problems import CommandProblem
from analysis.scrape.agent import user_agent
from analysis.scrape.politeness import FIRST_WAIT


@dataclass(frozen=True)
class Settings:
    """Limits and manners; times in seconds, `minutes` for the whole crawl of this call."""

    contact: str = ""
    delay: float = 1.0
    pages: int = 10_000
    depth: int = 3
    turns: int = 200  # next pages of one list
    minutes: float | None = None
    timeout: float = 60.0
    max_bytes: int = 10_000_000
    tries: int = 4
    also: tuple[str, ...] = ()
    ignore_robots: str = ""
    allow_loopback: bool = False
    hosts_at_once: int = 8
    first_wait: float = FIRST_WAIT
    file_bytes: int = 1_000_000_000

    @property
    def agent(self) -> str:
        """The user agent: the program's name and where its user is reached."""
        return user_agent(self.contact)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def settings(given: Mapping[str, object], stored: str | None = None) -> Settings:
    """The settings of the folder, or the usual ones, with what is given (not None) in their place; a contact must be there.

    >>> settings({"contact": "me@uni.example", "delay": 2.0}).agent
    'collection-practices/0.1 (+me@uni.example)'
    >>> settings({"contact": None})
    Traceback (most recent call last):
    analysis.problems.CommandProblem: crawl: --contact is missing. ...
    """
    base = Settings()
    if stored is not None:
        known = {f.name for f in fields(Settings)}
        kept = {name: value for name, value in json.loads(stored).items() if name in known}
        base = replace(base, **kept | {"also": tuple(kept.get("also", ())), "minutes": None})
    wanted = {name: value for name, value in given.items() if value is not None}
    found = replace(base, **wanted)  # type: ignore[arg-type]
    contact = found.contact.strip()
    if not contact:
        raise CommandProblem("crawl: --contact is missing. Give a mail address or a web page where a site's keeper can reach you.")
    if ("@" not in contact and "://" not in contact) or not contact.isascii() or not contact.isprintable() or " " in contact:
        raise CommandProblem(f"crawl: --contact {contact!r} is neither a mail address nor a web page (https://...).")
    return replace(found, contact=contact)
