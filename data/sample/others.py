"""Pages that hold no post: archive lists, doorways, empty and broken ones, as other.yml lists them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from pages import encoded, furniture, list_page, plain_page
from records import HERE, Post, dice_of

from analysis.lexicon import read_yaml

ROWS = 18  # of a list page

Found = tuple[str, str, bytes, dict[str, Any], str]


def other_pages(posts: Iterable[Post], hosts: dict[str, dict[str, Any]]) -> Iterator[Found]:
    """Address, kind, bytes, host and a note in words, of each page without a post."""
    plan = read_yaml(HERE / "other.yml")
    by_host: dict[str, list[Post]] = defaultdict(list)
    for post in posts:
        by_host[post.host].append(post)
    for entry in plan["lists"]:
        host = hosts[entry["host"]]
        url = f"https://{host['host']}{entry['path']}"
        rows = list_rows(by_host[host["host"]], host, dice_of(url))
        yield url, "list", encoded(list_page(rows, host, url, entry["name"]), None, host), host, entry["note"]
    for entry in plan["doorways"]:
        host = hosts[entry["host"]]
        url = f"https://{host['host']}{entry['path']}"
        inside = plan["doorway_forms"][entry["form"]].format(text=escape(entry["text"]))
        yield url, "doorway", encoded(plain_page(entry["text"], inside, host, url), None, host), host, entry["form"]
    for entry in plan["empty"]:
        host = hosts[entry["host"]]
        url = f"https://{host['host']}{entry['path']}"
        yield url, "empty", encoded(_empty(entry, host, url), None, host), host, entry["note"]


def list_rows(posts: list[Post], host: dict[str, Any], dice: random.Random) -> list[tuple[str, str]]:
    """Titles with dates: the host's own posts first, then titles of the common stock."""
    own = [(post.title, post.published[:10]) for post in posts if post.published]
    own = dice.sample(own, min(len(own), ROWS))
    stock = furniture()["taiwan_titles" if host.get("script") == "traditional" else "titles"]
    more = dice.sample(stock, min(len(stock), ROWS - len(own)))
    rows = own + [(title, f"2025-{dice.randrange(1, 13):02d}-{dice.randrange(1, 28):02d}") for title in more]
    return sorted(rows, key=lambda row: row[1], reverse=True)


def _empty(entry: dict[str, Any], host: dict[str, Any], url: str) -> str:
    if "html" in entry:
        return str(entry["html"])
    return plain_page(
        entry.get("title", ""), f"<div class='msg'>{furniture().get(entry['words'], '')}</div>\n", host, url
    )
