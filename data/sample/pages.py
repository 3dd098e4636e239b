"""Pages: a post, a list or a bare phrase in the dress of a host, as the bytes that the host would send.

The dress is data: `templates/<name>.html` is the frame, `templates/tags.yml` says how each kind of block and each datum
is written in it, `furniture.yml` holds the words around a text (related titles, share bars, footers).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby
from string import Template
from typing import Any

from copies import traditional
from records import HERE, Block, Post, dice_of

from analysis.lexicon import read_yaml

TRUNCATED_SHARE = 0.62  # of the page's bytes; an odd cut, likely inside a character
JAMMER = "abcdEFGHx;%&@[]{~+!3578"
GLOSSED_SHARE = 0.3  # of the characters that pinyin.yml knows


@cache
def tags(template: str, script: str) -> dict[str, str]:
    """How a template writes its parts: layer or datum -> pattern."""
    found = read_yaml(HERE / "templates" / "tags.yml")
    return {name: in_script(text, script) for name, text in {**found["default"], **found[template]}.items()}


def in_script(text: str, script: str) -> str:
    """Words of the page's frame in the script of its host."""
    return traditional(text) if script == "traditional" else text


@cache
def frame(template: str, script: str) -> tuple[str, str, str]:
    """The frame of a template: before, inside and after the place of the article."""
    text = in_script((HERE / "templates" / f"{template}.html").read_text(encoding="utf-8"), script)
    head, rest = text.split("<!--article-->\n")
    inside, tail = rest.split("<!--/article-->\n")
    return head, inside, tail


@cache
def furniture() -> dict[str, Any]:
    """The words around a text."""
    found: dict[str, Any] = read_yaml(HERE / "furniture.yml")
    return found


def post_page(post: Post, host: dict[str, Any], url: str) -> str:
    """The whole HTML of a post's page."""
    dice = dice_of(url)
    style = tags(host["template"], host.get("script", ""))
    noise = _noise(post, dice)
    content = list(_content([block for block in post.blocks[1:] if block.layer != "comment"], style, noise))
    asked = 1 if "answer" in style else len(content)
    answer = style["answer"].format(text="\n".join(content[asked:])) if content[asked:] else ""
    comments = [block for block in post.blocks if block.layer == "comment"]
    names = dice.sample(furniture()["names"], k=min(len(comments), len(furniture()["names"])))
    floors = "\n".join(_comment(block, style, noise, (n, names[n % len(names)])) for n, block in enumerate(comments))
    if floors:
        floors = style["comment_list"].format(items=floors)
    iso = post.published.replace(" ", "T") if post.published and post.shown else ""
    data = {
        name: _datum(style, name, value, iso)
        for name, value in {
            "date": post.shown,
            "author": post.author,
            "views": post.views_shown,
            "comments": post.comments,
        }.items()
    }
    slots = _around(host, url, dice) | data
    slots |= {"title": escape(noise(post.title), quote=False), "floors": floors, "url": url}
    slots |= {"content": "\n".join(content[:asked]), "answer": answer}
    slots |= {"hacked": _hacked(dice) if "hacked" in post.changes else "", "jsonld": _jsonld(post, host, iso)}
    slots["no_advert"] = "" if post.solicitation else furniture()["disclaimer"]
    return Template("".join(frame(host["template"], host.get("script", "")))).substitute(slots)


def plain_page(title: str, inside: str, host: dict[str, Any], url: str) -> str:
    """A page of the host with other HTML in the place of the article."""
    head, _, tail = frame(host["template"], host.get("script", ""))
    slots = _around(host, url, dice_of(url)) | {"title": escape(title), "url": url, "jsonld": ""}
    return Template(head).substitute(slots) + inside + Template(tail).substitute(slots)


def _noise(post: Post, dice: random.Random) -> Any:
    """A function that adds the page's noise to a text: pinyin glosses, jammer runs, or nothing."""
    readings = read_yaml(HERE / "pinyin.yml")["readings"] if "pinyin" in post.changes else {}

    def add(text: str) -> str:
        if readings:
            glossed = (c in readings and dice.random() < GLOSSED_SHARE for c in text)
            text = "".join(f"{c}({readings[c]})" if add else c for c, add in zip(text, glossed, strict=True))
        if "jammer" in post.changes and len(text) > 30:
            runs = ["".join(dice.choices(JAMMER, k=dice.randrange(1, 3))) for _ in range(9)]
            text += "  " + " ".join(runs)
        return text

    return add


def _content(blocks: list[Block], style: dict[str, str], noise: Any) -> Iterator[str]:
    """The article's HTML, a piece a block; contents lines that follow each other share one box."""
    for layer, run in groupby(blocks, key=lambda block: block.layer):
        if layer == "toc":
            lines = [line for block in run for line in block.text.splitlines() if line.strip()]
            items = "".join(style["toc_item"].format(text=escape(line, quote=False)) for line in lines)
            yield style["toc"].format(items=items)
            continue
        for block in run:
            text = block.text if layer == "ad" else noise(block.text)
            yield style[layer].format(text=_lines(text))


def _lines(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>\n")


def _comment(block: Block, style: dict[str, str], noise: Any, place: tuple[int, str]) -> str:
    number, stranger = place
    who = escape(block.by or stranger, quote=False)
    return style["comment"].format(text=_lines(noise(block.text)), n=number + 2, who=who)


def _datum(style: dict[str, str], name: str, value: object, iso: str) -> str:
    return "" if value is None else style[name].format(value=escape(str(value)), iso=iso)


def _around(host: dict[str, Any], url: str, dice: random.Random) -> dict[str, str]:
    """The slots that hold no word of the post: menus, related titles, footers."""
    words = furniture()
    titles = words["taiwan_titles"] if host.get("script") == "traditional" else words["titles"]
    related, hot, near = dice.sample(titles, 6), dice.sample(words["hot"], 5), dice.sample(titles, 2)
    link = '<li><a href="/p/{n}.html">{text}</a></li>'
    dated = "<li><span>{day}</span><a href='/p/{n}.html'>{text}</a></li>"
    days = [(f"{dice.randrange(1, 12):02d}-{dice.randrange(1, 28):02d}", text) for text in related]
    slots = {
        "site": host["site"],
        "host": host["host"],
        "section": host.get("section", ""),
        "meta_charset": _meta_charset(host),
        "icp": host.get("icp", ""),
        "nav": "".join(f'<li><a href="/{n}/">{text}</a></li>' for n, text in enumerate(host["nav"])),
        "related": "\n".join(link.format(n=dice.randrange(1000, 9000), text=text) for text in related),
        "dated": "\n".join(dated.format(n=n, day=day, text=text) for n, (day, text) in enumerate(days)),
        "hot": "\n".join(link.format(n=dice.randrange(1000, 9000), text=text) for text in hot),
        "previous": near[0],
        "next": near[1],
        "footer": "\n".join(f"<p>{line}</p>" for line in host.get("footer", [])),
        "share": words["share"],
        "scan": words["scan"],
        "report": words["report"],
        "copyright": words["copyright"],
        "praise": "\n".join(words["praise_item"].format(who=w, text=t) for w, t in dice.sample(words["praise"], 3)),
        "tags": "".join(f'<a href="/tag/{n}">{text}</a> ' for n, text in enumerate(dice.sample(words["tags"], 5))),
        "editor": dice.choice(words["editors"]),
        "lang": "zh-Hant" if host.get("script") else "zh-Hans",
    }
    return {name: in_script(text, host.get("script", "")) for name, text in slots.items()}


def _meta_charset(host: dict[str, Any]) -> str:
    if "meta" not in host["declared"]:
        return ""
    if host["template"] in ("table", "forum"):
        return f'<meta http-equiv="Content-Type" content="text/html; charset={host["charset"]}">'
    return f'<meta charset="{host["charset"]}">'


def _hacked(dice: random.Random) -> str:
    return "<div>" + "".join(f"<h1>{line}</h1>" for line in dice.sample(furniture()["hacked"], 4)) + "</div>"


def _jsonld(post: Post, host: dict[str, Any], iso: str) -> str:
    fields = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": post.title}
    if iso:
        fields["datePublished"] = f"{iso}+08:00" if "T" in iso else iso
    fields["author"] = host["site"]
    return f'<script type="application/ld+json">{json.dumps(fields, ensure_ascii=False)}</script>'


def list_page(rows: list[tuple[str, str]], host: dict[str, Any], url: str, name: str) -> str:
    """An archive page: titles with dates, then page numbers."""
    style = tags(host["template"], host.get("script", ""))
    row = style["list_item"]
    items = "\n".join(row.format(n=n, title=escape(title), date=date) for n, (title, date) in enumerate(rows))
    pager = " ".join(f'<a href="{url}?page={n}">{n}</a>' for n in range(1, 8))
    inside = style["list"].format(name=name, items=items) + f'<div class="page">上一页 {pager} … 下一页 尾页</div>\n'
    return plain_page(name, inside, host, url)


def encoded(page: str, post: Post | None, host: dict[str, Any]) -> bytes:
    """The page's bytes in the host's charset; characters that it lacks become references, as real hosts write them."""
    codec = {"gb2312": "gbk"}.get(host["charset"], host["charset"])
    content = page.encode(codec, errors="xmlcharrefreplace")
    if post and not post.kept_whole:
        return content[: int(len(content) * TRUNCATED_SHARE)]
    return content


def shown_blocks(post: Post, content: bytes, host: dict[str, Any]) -> tuple[Block, ...]:
    """The blocks that stand whole on the page: all, except on a truncated one."""
    if post.kept_whole:
        return post.blocks
    text = content.decode({"gb2312": "gbk"}.get(host["charset"], host["charset"]), errors="replace")
    return tuple(b for b in post.blocks if all(escape(line, quote=False) in text for line in b.text.splitlines()))
