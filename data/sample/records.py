"""The posts of the sample as they stand in its YAML files, read and checked.

A post is what its writer meant a reader to read; a page is that post in the dress of a host. Everything is invented.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from analysis.lexicon import read_yaml
from analysis.problems import DataProblem
from analysis.tables import LAYERS, STATUSES, TONES

HERE = Path(__file__).resolve().parent
SIGNED = re.compile(
    r"(?:\d{1,3}楼 (?P<floor>[^:：，。]{1,24})"
    r"|(?P<label>[^:：，。]{0,12}(?:回答|回复|追评|确认|网友)(?:（[-\d]{1,12}）|）)?))[:：]"
)
NEEDED = {"id", "host", "genre", "title", "published", "shown", "blocks"}
KNOWN = NEEDED | {
    "title_codes",
    "views",
    "views_shown",
    "comments",
    "author",
    "tone",
    "solicitation",
    "on_topic",
    "off_topic_class",
    "contacts",
    "people",
    "keep",
    "family",
    "brand",
    "contact",
    "fill",
}


@dataclass(frozen=True)
class Block:
    """One block: its layer, its words, "theme status" for each mention in it, and of a comment who signs it."""

    layer: str
    text: str
    codes: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True)
class Contact:
    """A contact id: its kind, as written on the page, undone, and the word that stands before it in a template text."""

    kind: str
    written: str
    value: str
    before: str = ""


@dataclass(frozen=True)
class Post:
    """One post with its truth. `blocks` begins with the title; comments come last, as they do on a page."""

    id: str
    host: str
    genre: str
    blocks: tuple[Block, ...]
    published: str | None
    shown: str | None
    views: int | None = None
    views_shown: str | None = None
    comments: int | None = None
    author: str | None = None
    tone: str | None = None
    solicitation: bool = False
    on_topic: bool = True
    off_topic_class: str | None = None
    contacts: tuple[Contact, ...] = ()
    people: tuple[dict[str, str], ...] = ()
    keep: tuple[str, ...] = ()
    family: str | None = None
    brand: str = ""
    fill: dict[str, str] = field(default_factory=dict)
    changes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.blocks[0].text

    @property
    def kept_whole(self) -> bool:
        """Whether the page shows the post to its end."""
        return "truncated" not in self.changes

    @property
    def day(self) -> datetime | None:
        """The day (and time, if known) of publication, or None."""
        return datetime.fromisoformat(self.published.replace("/", "-")) if self.published else None


@cache
def labels() -> dict[str, list[str]]:
    """The closed lists of labels.yml."""
    return {name: list(values) for name, values in read_yaml(HERE / "labels.yml").items() if isinstance(values, list)}


def dice_of(name: str) -> random.Random:
    """A generator of its own for each name, so that a choice never depends on the order of work."""
    return random.Random(name)  # noqa: S311 - chooses furniture and hours, keeps no secret


def read_posts(folder: str) -> Iterator[Post]:
    """The posts of a folder in order of file name; a file may hold one post, or several under `posts:`."""
    for path in sorted((HERE / folder).glob("*.yml")):
        found = read_yaml(path)
        for entry in found.get("posts", [found]):
            yield read_post(entry, f"{folder}/{path.name}")


def read_post(entry: dict[str, Any], where: str) -> Post:
    """A post from its mapping, checked against the closed lists; a fault names the file and the post."""
    where = f"{where}, {entry.get('id', 'no id')}"
    unknown, absent = set(entry) - KNOWN, NEEDED - set(entry)
    if unknown or absent:
        raise DataProblem(f"{where}: unknown keys {sorted(unknown)}, absent keys {sorted(absent)}.")
    title = Block("title", str(entry["title"]).strip(), tuple(entry.get("title_codes") or ()))
    blocks = [_block(found) for found in entry["blocks"]]
    blocks.sort(key=lambda block: block.layer == "comment")
    contacts = [Contact(c["kind"], str(c["written"]), str(c["value"])) for c in entry.get("contacts") or ()]
    if "contact" in entry:
        contacts.insert(0, Contact(**{name: str(value) for name, value in entry["contact"].items()}))
    post = Post(
        id=entry["id"],
        host=entry["host"],
        genre=entry["genre"],
        blocks=(title, *blocks),
        published=_text(entry["published"]),
        shown=_text(entry["shown"]),
        views=entry.get("views"),
        views_shown=_text(entry.get("views_shown")),
        comments=entry.get("comments"),
        author=_text(entry.get("author")),
        tone=entry.get("tone"),
        solicitation=bool(entry.get("solicitation")),
        on_topic=entry.get("on_topic", True),
        off_topic_class=entry.get("off_topic_class"),
        contacts=tuple(contacts),
        people=tuple({"kind": p["kind"], "written": str(p["written"])} for p in entry.get("people") or ()),
        keep=tuple(str(number) for number in entry.get("keep") or ()),
        family=entry.get("family"),
        brand=entry.get("brand", ""),
        fill={k: str(v) for k, v in (entry.get("fill") or {}).items()},
    )
    for fault in faults(post):
        raise DataProblem(f"{where}: {fault}.")
    return post


def _block(found: dict[str, Any]) -> Block:
    """A block; a comment's "3楼 name:" (third floor), "商家回复:" (the firm replies) goes to its place on the page."""
    block = Block(found["layer"], str(found["text"]).strip(), tuple(found.get("codes") or ()))
    signed = SIGNED.match(block.text) if block.layer == "comment" else None
    if signed is None:
        return block
    return replace(block, by=signed["floor"] or signed["label"], text=block.text[signed.end() :].strip())


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def faults(post: Post) -> Iterator[str]:
    """What breaks the format of a post, in words."""
    known = labels()
    for block in post.blocks:
        if block.layer not in LAYERS:
            yield f"layer {block.layer!r} is none of {LAYERS}"
        for code in block.codes:
            theme, _, status = code.partition(" ")
            if theme not in known["themes"] or status not in STATUSES:
                yield f"code {code!r} in {block.text[:20]!r} is no theme and status"
    closed: list[tuple[str, str | None, list[str]]] = [("genre", post.genre, known["genres"])]
    if post.tone is not None:
        closed.append(("tone", post.tone, list(TONES)))
    if post.off_topic_class is not None:
        closed.append(("off_topic_class", post.off_topic_class, known["off_topic"]))
    closed += [("contact kind", contact.kind, known["contact_kinds"]) for contact in post.contacts]
    closed += [("people kind", person["kind"], known["people_kinds"]) for person in post.people]
    for name, value, choices in closed:
        if value not in choices:
            yield f"{name} {value!r} is none of {choices}"
    if post.on_topic == bool(post.off_topic_class):
        yield f"on_topic is {post.on_topic} beside off_topic_class {post.off_topic_class!r}"


def filled(post: Post) -> Post:
    """The post with {brand}, {contact} and its own placeholders put in."""
    words = dict(post.fill)
    if post.family:
        words["brand"] = post.brand
        if post.contacts:
            words["contact"] = post.contacts[0].before + post.contacts[0].written
    if not words:
        return post
    blocks = []
    for block in post.blocks:
        text = block.text
        for name, value in words.items():
            text = text.replace("{" + name + "}", value)
        blocks.append(replace(block, text=text))
    return replace(post, blocks=tuple(blocks))
