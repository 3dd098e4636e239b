"""Who does it to whom and how it is said: shares of mentions by status, actor, target and rule; titles; layers; masks.

A mention is a place, not a post: a text that repeats itself counts each time, and intervals are over text families.
Unknown actors and targets are a group of their own, never left out (codebook 8, Q04).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.measure.corpus import UNKNOWN
from analysis.measure.intervals import Estimate, clustered_share, clusters_of, share_over
from analysis.measure.told import Told, named, told
from analysis.measure.units import ALL, Codes, Row, measures_frame, sample

BY = ("status", "actor", "target")
_MASK = re.compile(r"〔([^〔〕\n]{1,20})〕")


def mention_shares(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, by: Sequence[str] = BY) -> pd.DataFrame:
    """Rows `share_of_mentions` of a theme, group `status:denied`, `actor:bank`, `target:kin` or so; content layers.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 9} for p in "ab"])
    >>> one = {"end": 2, "theme": "threats", "layer": "body", "codebook_version": "1"}
    >>> said = [{**one, "post_id": p, "start": 0, "status": s} for p, s in (("a", "denied"), ("b", "asserted"))]
    >>> found = mention_shares(posts, TABLES["mentions"].frame(said), Codes(("threats",), "1"), ("status",))
    >>> found.set_index(["group", "theme"]).loc[("status:denied", "threats"), "value"]
    np.float64(0.5)
    """
    return measures_frame(mention_rows(told(posts, mentions, codes), by), codes.version)


def mention_rows(read: Told, by: Sequence[str] = BY) -> Iterator[Row]:
    """The rows of `mention_shares`; a theme never seen has no group, and a group never seen no row."""
    content = read.said.loc[read.said["layer"] == "content", ["at", "theme", "own", *by]]
    for theme in read.themes:
        here = content.loc[content["own"] if theme == ALL else content["theme"] == theme]
        clusters = clusters_of(read.found.family[here["at"].to_numpy(dtype=np.int64)])
        for kind in by:
            known = [*here[kind].cat.categories, UNKNOWN]
            at = here[kind].cat.codes.to_numpy().astype(np.int64) % len(known)  # -1, a missing one, is the last
            if UNKNOWN in known[:-1]:
                at = np.where(at == len(known) - 1, known.index(UNKNOWN), at)
            for code in np.unique(at):
                words = f"Share of the places where {named(theme)} is spoken of, with the {kind} {known[code]}"
                share = share_over(at == code, clusters)
                yield Row("share_of_mentions", f"{kind}:{known[code]}", theme, share, words, "share")


def rule_shares(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, theme: str) -> pd.DataFrame:
    """Rows `share_of_mentions` of one theme by the rule that found it, group `rule:…`; the umbrella rule among them."""
    found = sample(posts)
    here = mentions.loc[(mentions["theme"] == theme) & ~mentions["layer"].isin(("toc", "ad", "comment"))]
    at = pd.Index(found.posts["post_id"]).get_indexer(pd.Index(here["post_id"]))
    here, at = here.loc[at >= 0], at[at >= 0]
    rows = []
    for rule in sorted(here["rule_id"].unique()):
        share = clustered_share(here["rule_id"].eq(rule).to_numpy(dtype=bool), found.family[at])
        words = f"Share of the places where {theme} is found by the rule {rule}"
        rows.append(Row("share_of_mentions", f"rule:{rule}", theme, share, words, "share"))
    return measures_frame(rows, codes.version)


def title_shares(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows `share_of_titles` by theme: group `all`, and `status:question` for a title that asks."""
    read = told(posts, mentions, codes)
    titles = read.said.loc[read.said["place"] == "title"]
    rows = []
    for theme in read.themes:
        here = titles if theme == ALL else titles.loc[titles["theme"] == theme]
        for group, part in ((ALL, here), ("status:question", here.loc[here["status"] == "question"])):
            has = np.isin(np.arange(len(read.found)), part["at"].to_numpy())
            words = f"Share of on-topic posts whose title {'asks about' if group != ALL else 'speaks of'} {named(theme)}"
            rows.append(Row("share_of_titles", group, theme, clustered_share(has, read.found.family), words, "share"))
    return measures_frame(rows, codes.version)


def layer_shares(posts: pd.DataFrame, blocks: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows `share_of_chars`, group `layer:ad` and so on: how much of the text of on-topic posts each layer is."""
    here = blocks.loc[blocks["post_id"].isin(sample(posts).posts["post_id"])]
    lengths = (here["end"] - here["start"]).groupby(here["layer"]).sum()
    total = int(lengths.sum())
    method = "share of the corpus; no interval: nothing is sampled"
    rows = []
    for layer, n in lengths.items() if total else ():
        share = Estimate(n / total, None, None, int(n), total, method)
        words = f"Share of the characters of on-topic posts in the layer {layer}"
        rows.append(Row("share_of_chars", f"layer:{layer}", ALL, share, words, "share"))
    return measures_frame(rows, codes.version)


def mask_shares(posts: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows `share_with_mask`, group `mask:电话` (phone) and so on: on-topic posts in which that was masked."""
    found = sample(posts)
    masks = [set(_MASK.findall(text)) if isinstance(text, str) else set() for text in found.posts["text"]]
    rows = []
    for name in sorted(set().union(*masks)):
        has = np.array([name in mask for mask in masks], dtype=bool)
        words = f"Share of on-topic posts with a masked {name}"
        rows.append(Row("share_with_mask", f"mask:{name}", ALL, clustered_share(has, found.family), words, "share"))
    return measures_frame(rows, codes.version)
