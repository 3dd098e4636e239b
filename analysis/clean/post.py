"""One record to one post, or to the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any, NamedTuple

import pandas as pd

from analysis.clean import contacts, counters, dates, site_rules
from analysis.clean.addresses import hidden_address
from analysis.clean.adverts import mark_adverts
from analysis.clean.contacts import Contact
from analysis.clean.decode import decode
from analysis.clean.flags import page_flags, text_flags
from analysis.clean.genres import Shape, genre
from analysis.clean.layers import read_page, read_text
from analysis.clean.page import Block, Page
from analysis.clean.redact import Redacted, Span, find_people, redact
from analysis.clean.relevance import relevance
from analysis.clean.senders import find_senders
from analysis.clean.solicitation import solicitation
from analysis.clean.text import fold
from analysis.sites import host_of
from analysis.tables import CONTENT_LAYERS

Rows = dict[str, list[dict[str, Any]]]

# Shapes of pages that hold no post of their own (codebook N61, N62).
NO_POST = {"list": "list_page", "doorway": "doorway_page", "empty": "no_text"}
_TOP = 400
_MOST_TEXT = 1_000_000  # characters of one post, twenty times the longest honest one; flagged truncated
_ENTITY = re.compile(r"&(?:#\d{2,7}|#x[0-9a-fA-F]{2,6}|nbsp);")  # left over in texts that were taken from pages (N35, N36)
_AUTHOR = re.compile(r"(?:作者|发帖人|投稿人|楼主)[:：]\s*([^\s|/,，]{1,16})")


class Settings(NamedTuple):
    """The salt of the keys, and whether contact ids are kept in clear."""

    salt: bytes
    reveal_contacts: bool = False


def clean_record(record: Mapping[str, Any], settings: Settings) -> Rows:
    """The rows that one record of `raw` gives: a post with its blocks and contacts, or one row of `dropped`."""
    decoded = decode(record["content"], _given(record["charset"]))
    plain = record["media_type"] == "text/plain"
    cut = site_rules.for_url(None if plain else _given(record["url"]), decoded.text)
    page = _of_text(decoded.text) if plain else read_page(cut.html)
    if page.kind in NO_POST:
        reason = site_rules.FLAG if cut.missing else NO_POST[page.kind]
        return _dropped(record, reason, f"{record['n_bytes']} bytes, {len(page.blocks)} blocks")
    blocks = mark_adverts(page.blocks)
    if not any(block.text.strip() for block in blocks):
        return _dropped(record, "no_text", f"{record['n_bytes']} bytes, only page furniture")
    flags = decoded.flags | {site_rules.FLAG} if cut.missing else decoded.flags
    kept = list(_at_most(blocks, _MOST_TEXT))
    return _post(record, page, kept, flags | {"truncated"} if len(kept) < len(blocks) or kept[-1] is not blocks[-1] else flags, settings)


def _at_most(blocks: Sequence[Block], left: int) -> Iterator[Block]:
    """The blocks up to so many characters, the last cut off there: a page made of text without end costs time without end."""
    for block in blocks:
        if left <= 0:
            return
        yield block if len(block.text) <= left else block._replace(text=block.text[:left])
        left -= len(block.text)


def _of_text(text: str) -> Page:
    """A text read as a page; what was given as text is a post however short: only a page can be a list or a doorway."""
    page = read_text(_ENTITY.sub(lambda m: unescape(m[0]), text))
    if page.blocks or page.title:
        blocks, title = (page.blocks, page.title) if page.blocks else ([Block("body", page.title or "")], None)
        return replace(page, kind="article" if page.kind in NO_POST else page.kind, blocks=blocks, title=title)
    return page


def _dropped(record: Mapping[str, Any], reason: str, detail: str) -> Rows:
    return {"dropped": [{"raw_id": record["raw_id"], "step": "clean", "reason": reason, "detail": detail}]}


def _given(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value


def _post(record: Mapping[str, Any], page: Page, blocks: Sequence[Block], flags: frozenset[str], settings: Settings) -> Rows:
    text, layout = joined(page.title, blocks)
    found = contacts.find_contacts(text)
    people = find_people(text)
    hidden = redact(text, people)
    moved = [(layer, hidden.at(start), hidden.at(end)) for layer, start, end in layout]
    url, fetched = _given(record["url"]), _given(record["fetched_at"])
    site = host_of(url)
    title = hidden.text[: moved[0][2]] if page.title else None
    about = relevance(title, hidden.text, url)
    sold = solicitation(blocks, found, site)
    published = dates.published(page.meta, page.head, fetched if isinstance(fetched, datetime) else None)
    post = {
        "post_id": record["raw_id"],
        "raw_id": record["raw_id"],
        "url": hidden_address(url, settings.salt) if url else None,
        "source": hidden_address(record["source"], settings.salt),
        "site": site,
        "title": title,
        "text": hidden.text,
        "genre": genre(title, _own(hidden.text, moved), Shape(page.kind, about, _above(page))),
        "on_topic": about.on_topic,
        "off_topic_class": about.off_topic_class,
        "published_at": published.at,
        "date_precision": published.precision,
        "n_views": counters.views(page.meta),
        "n_comments": counters.comments(page.meta),
        "n_chars": sum(end - start for layer, start, end in moved if layer in CONTENT_LAYERS),
        "author_key": _author_key(page, settings.salt),
        "solicitation": sold.is_solicitation,
        "solicitation_score": sold.score,
        "sender_keys": _sender_keys(text, people, found, settings.salt),
        "flags": " ".join(sorted(flags | _flags(page, text, blocks))) or None,
    }
    return {
        "posts": [post],
        "blocks": [
            {"post_id": record["raw_id"], "block": i, "layer": layer, "start": start, "end": end}
            for i, (layer, start, end) in enumerate(moved)
        ],
        "contacts": _contact_rows(record["raw_id"], found, hidden, settings),
    }


def _flags(page: Page, text: str, blocks: Sequence[Block]) -> frozenset[str]:
    folded = fold(text)
    own = [block.text for block in blocks if block.layer in CONTENT_LAYERS]
    end = fold(own[-1]) if own and page.cut else ""
    return text_flags(folded, text) | page_flags(page.title, f"{folded}\n{end}", (cut.text for cut in page.cut))


def _own(text: str, layout: Sequence[tuple[str, int, int]]) -> str:
    """The text without its comments, which say nothing of what the post is."""
    if all(layer != "comment" for layer, _, _ in layout):
        return text
    return "\n".join(text[start:end] for layer, start, end in layout if layer != "comment")


def _above(page: Page) -> str:
    """What was cut above the title and is no link: where a hacked page has its headlines."""
    return "\n".join(cut.text for cut in page.cut if cut.reason == "nav")[:_TOP]


def joined(title: str | None, blocks: Sequence[Block]) -> tuple[str, list[tuple[str, int, int]]]:
    """The text of a post, and the layer, start and end of each of its blocks.

    >>> joined("题", [Block("body", "一。"), Block("body", "二。")])
    ('题\\n一。\\n二。', [('title', 0, 1), ('body', 2, 4), ('body', 5, 7)])
    """
    parts = ([("title", title)] if title else []) + [(b.layer, b.text) for b in blocks if b.text.strip()]
    layout, at = [], 0
    for layer, text in parts:
        layout.append((layer, at, at + len(text)))
        at += len(text) + 1
    return "\n".join(text for _, text in parts), layout


def _contact_rows(post_id: str, found: Sequence[Contact], hidden: Redacted, settings: Settings) -> list[dict[str, Any]]:
    return [
        {
            "post_id": post_id,
            "start": hidden.at(contact.start),
            "end": hidden.at(contact.end),
            "kind": contact.kind,
            "value_key": contacts.key(contact.value, settings.salt),
            "display": contacts.masked(contact.value),
            "value": contact.value if settings.reveal_contacts else None,
        }
        for contact in found
    ]


def _sender_keys(text: str, people: Sequence[Span], found: Sequence[Contact], salt: bytes) -> str | None:
    senders = find_senders(text, people, {contact.start for contact in found})
    return " ".join(sorted({f"{sender.kind}:{contacts.key(sender.value, salt)}" for sender in senders})) or None


def _author_key(page: Page, salt: bytes) -> str | None:
    name = page.head.get("author") or next((m.group(1) for line in page.meta if (m := _AUTHOR.search(line))), None)
    return contacts.key(name, salt) if name else None
