"""The removal list: addresses, hosts, contents and ids that must never be kept, and whether an address is on it.

A line of the file is one entry: an address, `host NAME` (with all hosts below it), `sha256 DIGEST` (a content, wherever it
is met again) or `id ID` (a raw_id). What follows " #" is a note. The file stays out of git: it is a list of people's pages.

What is on the list has no row in any table, not even in `raw` and `dropped`: such a row would keep the address and the
hash of the text that somebody asked to be without. `raw` never held it, so `len(posts) + len(dropped) == len(raw)` stands;
how many were passed over is said in the run's line and in `raw.attrs["n_removed"]`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from analysis.lexicon import DATA
from analysis.problems import DataProblem

REMOVAL_LIST = DATA / "raw" / "removal.txt"
REASON = "removed_on_request"
_HEX = {"sha256": re.compile(r"[0-9a-f]{64}"), "id": re.compile(r"[0-9a-f]{8,64}")}
_HOST = re.compile(r"(?:\*\.)?[^\s/:]{1,253}")


@dataclass(frozen=True)
class Removal:
    """What must never be kept; addresses in the form that `same_address` gives them."""

    addresses: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def covers(self, url: str | None) -> bool:
        """Whether the address, or its host, is on the list.

        >>> listed = Removal(frozenset(["a.example/1"]), frozenset(["b.example"]))
        >>> listed.covers("HTTPS://A.example/1#top"), listed.covers("http://m.b.example/x"), listed.covers("http://a.example/2")
        (True, True, False)
        """
        if not url or not (self.addresses or self.hosts):
            return False
        address = same_address(url)
        if address in self.addresses:
            return True
        parts = address.split("/", 1)[0].split(":")[0].split(".")
        return any(".".join(parts[i:]) in self.hosts for i in range(len(parts)))

    def covers_record(self, url: str | None, digest: str, raw_id: str) -> bool:
        """Whether a record is on the list, by its address, its content or its id."""
        return digest in self.digests or raw_id in self.ids or self.covers(url)


def same_address(url: str) -> str:
    """An address as it is compared: no scheme, no fragment, host in lower case, one way of percent-encoding, no last slash.

    >>> same_address("https://A.example:443/帖子/?b=1#c") == same_address("http://a.example/%e5%b8%96%e5%ad%90?b=1")
    True
    """
    url = url.strip().encode("utf-8", "replace").decode()
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:  # as "http://[broken": compared as it stands
        return url
    try:
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        port = ""
    path = quote(unquote_to_bytes(parts.path), safe="/:@!$&'()*+,;=~-._")
    query = f"?{quote(unquote_to_bytes(parts.query), safe='=&/:@!$()*+,;~-._?')}" if parts.query else ""
    return f"{(parts.hostname or '').rstrip('.')}{port}{path.rstrip('/')}{query}"


def load(path: Path | None = None) -> Removal:
    """The removal list of that file; without a path the project's own, which may be absent and is then empty."""
    if path is None and not REMOVAL_LIST.exists():
        return Removal()
    file = path or REMOVAL_LIST
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataProblem(f"{file}: the removal list cannot be read ({error}). Nothing is read without it.") from None
    found: dict[str, set[str]] = {"address": set(), "host": set(), "sha256": set(), "id": set()}
    for number, line in enumerate(lines, start=1):
        text = re.split(r"(?:^|\s)#\s", line, maxsplit=1)[0].strip()
        if text and text != "#":
            kind, value = _entry(text, f"{file}, line {number}")
            found[kind].add(value)
    return Removal(*(frozenset(found[kind]) for kind in ("address", "host", "sha256", "id")))


def _entry(text: str, where: str) -> tuple[str, str]:
    kind, _, value = text.partition(" ")
    value = value.strip().lower()
    if kind == "host" and _HOST.fullmatch(value):
        return kind, value.removeprefix("*.")
    if kind in _HEX and _HEX[kind].fullmatch(value):
        return kind, value
    if "://" in text and " " not in text:
        return "address", same_address(text)
    raise DataProblem(f"{where}: {text!r} is no entry. A line is an address with http://, host NAME, sha256 DIGEST or id ID.")


def add(entries: Iterable[str], path: Path | None = None) -> int:
    """Append the entries that the list does not have, and return how many; each is checked first, the file replaced whole."""
    file = path or REMOVAL_LIST
    old = file.read_text(encoding="utf-8-sig") if file.exists() else ""
    known = {line.strip() for line in old.splitlines()}
    new = [entry for entry in dict.fromkeys(entries) if entry not in known]
    for entry in new:
        _entry(entry, "the new entry")
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f".{file.name}.{os.getpid()}")
        head = old if not old or old.endswith("\n") else old + "\n"
        part.write_text(head + "".join(f"{entry}\n" for entry in new), encoding="utf-8")
        os.replace(part, file)
    return len(new)
