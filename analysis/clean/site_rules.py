"""Site files put to use: a page cut down to the parts that its site file names, and a watch on sites that have changed.

The parts are put into a page of the plainest shape, which is then read like any other, so that layers, redaction and
dates come from one place. Where the body is not found the page stays as it is and is read by its shape: the post is kept
where it can be, is flagged `layout_changed`, and the run says so.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from selectolax.lexbor import LexborHTMLParser

from analysis.clean.bounded import bounded
from analysis.sites import DIRECTIVES, SITES, SiteFile, load_all, site_of

FLAG = "layout_changed"  # the flag of a post, and the reason of a drop

_PARTS = ("title", "date", "author", "counts")


class Applied(NamedTuple):
    """The page to be read, and the parts that the site file names and the page does not have."""

    html: str
    missing: tuple[str, ...] = ()


def for_url(url: str | None, html: str, folder: Path = SITES) -> Applied:
    """What `apply` gives for the site file of the address; the page as it is where there is none."""
    site = site_of(url, folder)
    return Applied(html) if site is None else apply(site, html)


def apply(site: SiteFile, html: str) -> Applied:
    """The page with its title, date, author, counts, body and comments alone; which of title and body are not there.

    A single page without a date is no sign of a changed layout: dates are watched over the run (`share_dated`). Nor is a
    page with no text at all.
    """
    tree = LexborHTMLParser(bounded(html))
    for selector in site.selectors.remove:
        for node in tree.css(selector):
            node.decompose()
    body = _inner(tree, site.selectors.body)
    if body is None:
        return Applied(html, ("body",) if tree.body is not None and tree.body.text().strip() else ())
    texts = {part: _text(tree, getattr(site.selectors, part)) for part in _PARTS}
    day = _date(texts["date"], site.dates)
    missing = ("title",) if site.selectors.title and not texts["title"] else ()
    head = "".join(node.html or "" for node in tree.css("head meta[content]"))
    title = entities.escape(texts["title"] or _text(tree, "title") or "")
    comments = _inner(tree, site.selectors.comments) if site.selectors.comments else None
    about = [day or texts["date"], f"作者：{texts['author']}" if texts["author"] else None, texts["counts"]]  # author
    lines = "".join(f'<p class="meta">{entities.escape(line)}</p>' for line in about if line)
    return Applied(
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{lines}"
        f'<div class="article-content">{body}</div>'
        + (f'<div class="comments">{comments}</div>' if comments else "")
        + "</body></html>",
        missing,
    )


def _inner(tree: LexborHTMLParser, selector: str) -> str | None:
    """The insides of all elements that a selector names, one after another; None where they say nothing."""
    found = [node for node in tree.css(selector) if node.text().strip()]
    return "\n".join(f"<div>{node.inner_html or ''}</div>" for node in found) or None


def _text(tree: LexborHTMLParser, selector: str | None) -> str | None:
    node = tree.css_first(selector) if selector else None
    return re.sub(r"\s+", " ", node.text(separator=" ")).strip() or None if node is not None else None


def _date(text: str | None, formats: Sequence[str]) -> str | None:
    """The first date in a line that fits one of the formats, as `clean` reads dates.

    >>> _date("发起投诉 2024/12/11 08:05", ["%Y/%m/%d %H:%M"])            # complaint made
    '发布时间：2024-12-11 08:05'
    """
    for form in formats if text else ():
        pattern = re.sub(r"%.", lambda m: DIRECTIVES[m[0]], re.sub(r"([^\w%\s])", r"\\\1", form))
        if found := re.search(rf"(?<!\d){pattern}(?!\d)", text or ""):
            try:
                at = datetime.strptime(found[0], form)
            except ValueError:
                continue
            clock = ":%S" if "%S" in form else ""
            return f"发布时间：{at:%Y-%m-%d}" + (at.strftime(f" %H:%M{clock}") if "%H" in form else "")  # published
    return None


def watch(raw: pd.DataFrame, posts: pd.DataFrame, dropped: pd.DataFrame, folder: Path = SITES) -> list[str]:
    """A sentence for each site file whose pages in this run are not as expected; sites without a record are passed over."""
    return [line for site in load_all(folder) for line in _watch(site, raw, posts, dropped)]


def _watch(site: SiteFile, raw: pd.DataFrame, posts: pd.DataFrame, dropped: pd.DataFrame) -> list[str]:
    records = raw[[isinstance(url, str) and site.covers(url) for url in raw["url"]]]
    if records.empty:
        return []
    kept = posts[posts["raw_id"].isin(records["raw_id"])]
    gone = dropped[dropped["raw_id"].isin(records["raw_id"])]
    told = []
    low, high = site.expected.posts
    if not low <= len(kept) <= high:
        told.append(f"{len(kept)} posts of {len(records)} records, expected {low} to {high}")
    n_flagged = int(kept["flags"].fillna("").str.split().map(lambda flags: FLAG in flags).sum()) if len(kept) else 0
    n_gone = int((gone["reason"] == FLAG).sum())
    if n_flagged or n_gone:
        told.append(f"a part that the site file names is not on {n_flagged + n_gone} pages ({n_gone} of them dropped)")
    if site.expected.chars and len(kept):
        low, high = site.expected.chars
        median = int(kept["n_chars"].median())
        if not low <= median <= high:
            told.append(f"the median post has {median} characters, expected {low} to {high}")
    share = float(kept["published_at"].notna().mean()) if len(kept) else 1.0
    if site.expected.share_dated is not None and share < site.expected.share_dated:
        told.append(f"{share:.2f} of posts have a date, expected {site.expected.share_dated:.2f}")
    return [f"site {site.name}: {line}. Has its layout changed? Look at data/sites/{site.name}.yml." for line in told]
