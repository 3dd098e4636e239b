"""Copies of the template posts: other host, brand and contact id, and the changes that copyists make.

`families.yml` says for each copy what was changed. Truth goes with the copy: codes stay on their blocks, the contact is
the new operator's. Glosses, jammer lines and such are noise of the page, not words of the post; pages.py adds them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import opencc
from records import HERE, Block, Contact, Post, dice_of, filled

from analysis.lexicon import read_yaml
from analysis.problems import DataProblem

CHANGES = {"spin", "mask", "shuffle", "cut", "strip_numbers", "traditional", "pinyin", "jammer", "hacked", "truncated"}
OWN_LAYERS = ("title", "ad")  # never shuffled or cut: a copy without them would carry no advert


def copies(bases: Iterable[Post], hosts: dict[str, dict[str, Any]]) -> Iterator[Post]:
    """Every copy that families.yml lists, numbered after its base post: s001-01, s001-02 …"""
    plan = read_yaml(HERE / "families.yml")
    by_family = {post.family: post for post in bases if post.family}
    if set(by_family) != set(plan["families"]):
        raise DataProblem(f"families.yml and posts/ differ: {sorted(set(by_family) ^ set(plan['families']))}.")
    for family, entries in plan["families"].items():
        for number, entry in enumerate(entries, start=1):
            base = by_family[family]
            yield _copy(base, f"{base.id}-{number:02d}", entry, (plan["operators"], hosts))


def _copy(base: Post, name: str, entry: dict[str, Any], known: tuple[dict[str, Any], dict[str, Any]]) -> Post:
    operators, hosts = known
    changes = tuple(entry.get("changes") or ())
    if set(changes) - CHANGES:
        raise DataProblem(f"families.yml, {name}: unknown changes {sorted(set(changes) - CHANGES)}.")
    dice = dice_of(name)
    host = hosts[entry["host"]]
    published, shown = dates(str(entry["published"]), entry.get("shown", host["date"]), dice)
    views, views_shown = counted(round(10 ** dice.uniform(1.3, 4.6)), host.get("views", "plain"))
    post = replace(
        base,
        id=name,
        host=entry["host"],
        published=published,
        shown=shown,
        views=views,
        views_shown=views_shown,
        comments=dice.randrange(9) if host.get("comments") else None,
        author=dice.choice(host.get("authors", [None])),
        fill=base.fill | {k: str(v) for k, v in (entry.get("fill") or {}).items()},
        changes=changes,
        genre="G23" if "hacked" in changes else base.genre,
    )
    if "operator" in entry:
        operator = operators[entry["operator"]]
        post = replace(post, brand=operator["brand"], contacts=(disguised(operator, entry["style"]),))
    return changed(filled(post), dice)


def dates(published: str, form: str, dice: random.Random) -> tuple[str | None, str | None]:
    """The true time of publication and how the page prints it; a page that prints none has none to find.

    >>> dates("2025-05-12", "%Y年%m月%d日", dice_of("a"))
    ('2025-05-12', '2025年05月12日')
    >>> dates("2025-05-12", "roc", dice_of("a"))  # years of the Republic of China
    ('2025-05-12', '民國114年5月12日')
    """
    day = datetime.fromisoformat(published)
    if form == "none":
        return None, None
    if form == "roc":
        return published, f"民國{day.year - 1911}年{day.month}月{day.day}日"
    if not form.startswith("%"):
        return published, form
    if "%H" in form:
        day = day.replace(hour=dice.randrange(8, 23), minute=dice.randrange(60))
        published = day.strftime("%Y-%m-%d %H:%M")
    return published, day.strftime(form)


def counted(number: int, form: str) -> tuple[int | None, str | None]:
    """The count that the page's print gives, and that print.

    >>> counted(12345, "wan")  # 万 = ten thousand
    (12000, '1.2万')
    """
    if form == "none":
        return None, None
    if form == "wan" and number >= 10_000:
        return round(number, -3), f"{round(number, -3) / 10_000:.1f}万"
    if form == "k" and number >= 1_000:
        return round(number, -1), f"{round(number, -1) / 1_000:.2f}K"
    return number, str(number)


@cache
def _styles() -> dict[str, dict[str, str]]:
    styles: dict[str, dict[str, str]] = read_yaml(HERE / "disguise.yml")["styles"]
    return styles


def disguised(operator: dict[str, Any], style: str) -> Contact:
    """The operator's id in a disguise; its value stays the same, so that copies can be traced to one operator.

    >>> disguised({"wechat": "zw0021"}, "circled").written
    'zw⓪⓪②①'
    """
    form = _styles()[style]
    kind = form.get("kind", "wechat")
    value = str(operator[kind])
    digits = form.get("digits")
    marks = digits.split() if digits and " " in digits else digits
    written = form.get("join", "").join(marks[int(c)] if marks and c.isdigit() else c for c in value)
    return Contact(kind, written, value, form["before"])


def changed(post: Post, dice: random.Random) -> Post:
    """The post after the changes of its words and order that its `changes` name."""
    blocks = list(post.blocks)
    if "cut" in post.changes:
        blocks = _cut(blocks, dice)
    if "shuffle" in post.changes:
        blocks = _shuffled(blocks, dice)
    table = read_yaml(HERE / "spin.yml")
    if "spin" in post.changes:
        words = {word: dice.choice(forms) for word, forms in table["spin"].items()}
        blocks = [_reworded(block, words) for block in blocks]
    if "mask" in post.changes:
        blocks = [_reworded(block, table["mask"]) for block in blocks]
    if "strip_numbers" in post.changes:
        blocks = [b if b.layer in OWN_LAYERS else replace(b, text=re.sub(r"\d+(\.\d+)?", "", b.text)) for b in blocks]
    post = replace(post, blocks=tuple(blocks))
    return _in_traditional(post) if "traditional" in post.changes else post


def _cut(blocks: list[Block], dice: random.Random) -> list[Block]:
    """Without about a third of the paragraphs, and without a heading left alone at the end."""
    bodies = [i for i, block in enumerate(blocks) if block.layer == "body"]
    gone = set(dice.sample(bodies, len(bodies) // 3))
    kept = [block for i, block in enumerate(blocks) if i not in gone]
    followed = [after.layer not in ("heading", "ad", "comment") for after in kept[1:]] + [False]
    return [block for block, good in zip(kept, followed, strict=True) if good or block.layer != "heading"]


def _shuffled(blocks: list[Block], dice: random.Random) -> list[Block]:
    places = [i for i, block in enumerate(blocks) if block.layer == "body"]
    order = places[:]
    dice.shuffle(order)
    moved = dict(zip(places, order, strict=True))
    return [blocks[moved.get(i, i)] for i in range(len(blocks))]


def _reworded(block: Block, words: dict[str, str]) -> Block:
    if block.layer == "ad":
        return block
    pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return replace(block, text=re.sub(pattern, lambda found: words[found[0]], block.text))


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(text: str) -> str:
    """The text in traditional script.

    >>> traditional("征信")  # credit record
    '徵信'
    """
    converted: str = _converter().convert(text)
    return converted


def _in_traditional(post: Post) -> Post:
    return replace(
        post,
        blocks=tuple(replace(b, text=traditional(b.text)) for b in post.blocks),
        contacts=tuple(replace(c, written=traditional(c.written)) for c in post.contacts),
        people=tuple(p | {"written": traditional(p["written"])} for p in post.people),
        author=traditional(post.author) if post.author else None,
    )
