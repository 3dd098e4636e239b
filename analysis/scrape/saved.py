"""Pages that people saved: single files of browsers and SingleFile, MHTML, Zotero's storage; and what each says of itself."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

from analysis.scrape.response import content_type, looks_like_html

MHTML = (".mht", ".mhtml")
HTML = (".html", ".htm", ".xhtml", ".shtml")
_FOLDERS = ("_files", ".files")  # what browsers call the folder of a saved page: its name and this
_HEAD = 6000
_SAVED_FROM = re.compile(rb"<!--\s{0,9}saved from url=\(\d{1,6}\)([^\s<>]{1,2000})\s{0,9}-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(
    rb"Page saved with SingleFile\s{1,9}url:\s{0,9}([^\s<>]{1,4000})\s{1,9}saved date:\s{0,9}([^\n<>(]{1,60})", re.IGNORECASE
)
_JS_DATE = re.compile(r"([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d)(?: GMT([+-]\d{4}))?")
_ZOTERO_KEY = re.compile(r"[A-Z0-9]{8}")


class Told(NamedTuple):
    """What a saved page says of itself: its address and when it was saved; None what it does not say."""

    url: str | None = None
    saved_at: datetime | None = None


class Unpacked(NamedTuple):
    """The page inside an MHTML file."""

    content: bytes
    media_type: str
    charset: str | None
    told: Told


def told_by(content: bytes) -> Told:
    """The address and time that a saved page states in a comment at its top.

    >>> told_by(b"<!-- saved from url=(0021)http://a.example/1 --><html>").url
    'http://a.example/1'
    """
    head = content[:_HEAD]
    if found := _SINGLE_FILE.search(head):
        return Told(_address(found[1]), _js_date(found[2].decode("latin-1")))
    found = _SAVED_FROM.search(head)
    return Told(_address(found[1])) if found else Told()


def _address(raw: bytes) -> str | None:
    text = raw.decode("utf-8", "replace").strip()
    return text if text.startswith(("http://", "https://")) else None


def _js_date(text: str) -> datetime | None:
    found = _JS_DATE.search(text)
    if not found:
        return None
    month, day, year, clock, zone = found.groups()
    try:
        return datetime.strptime(f"{month} {day} {year} {clock} {zone or '+0000'}", "%b %d %Y %H:%M:%S %z")
    except ValueError:
        return None


def unpack_mhtml(content: bytes) -> Unpacked | None:
    """The page of an MHTML file: its first part of HTML, else of text; None where there is none."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    page = next((p for p in parts if p.get_content_type() in ("text/html", "application/xhtml+xml")), None)
    page = page or next((p for p in parts if p.get_content_type() == "text/plain"), None)
    body = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(body, bytes) or not body.strip():
        return None
    address = str(message.get("Snapshot-Content-Location") or page.get("Content-Location") or "").strip()
    url = address if address.startswith(("http://", "https://")) else None
    kind, charset = content_type(str(page.get("Content-Type", "")))
    if kind not in ("text/html", "text/plain"):
        kind = "text/html" if looks_like_html(body) else "text/plain"
    return Unpacked(body, kind, charset, Told(url, _mail_date(message)))


def _mail_date(message: EmailMessage) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else None


def is_of_page(folder: str, files: Sequence[str]) -> bool:
    """Whether a folder holds the pictures and frames of a page that was saved beside it.

    >>> is_of_page("催收_files", ["催收.html"]), is_of_page("old_files", ["new.html"])     # collection
    (True, False)
    """
    pages = {Path(f).stem for f in files if f.lower().endswith(HTML)}
    return any(folder.endswith(end) and folder.removesuffix(end) in pages for end in _FOLDERS)


def frames_in(folder: Path, files: Sequence[str]) -> list[str]:
    """The HTML files of a Zotero storage folder that are frames of its page.

    They are all but the one that says that it was saved, else the largest. None in any other folder: Zotero's are named by
    a key of eight and hold hidden files of its own.
    """
    pages = [f for f in files if f.lower().endswith(HTML)]
    if not _ZOTERO_KEY.fullmatch(folder.name) or len(pages) < 2 or not any(f.startswith(".zotero") for f in files):
        return []
    said = [f for f in pages if _says_saved(folder / f)]
    main = max(said or pages, key=lambda f: ((folder / f).stat().st_size, f))
    return [f for f in pages if f != main]


def _says_saved(path: Path) -> bool:
    with path.open("rb") as file:
        return told_by(file.read(_HEAD)).url is not None
