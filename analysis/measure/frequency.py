"""How often each theme is spoken of: shares of posts and of distinct texts, by status family, and mentions per length.

Two counts, always both (codebook 0.3): the share of posts that carry a theme, and mentions per 1,000 characters, since
a long template article mentions everything once. Every share stands with copies (each post as it was published) and
without (one text a family of copies), and the ratio of the two (codebook 0.4). Content layers count; adverts and
comments have rows of their own (codebook 0.2).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.measure.intervals import Array, Estimate, clustered_rate, clustered_share, copies_ratio, count, wilson
from analysis.measure.told import HOW, UNCLAIMED, named
from analysis.measure.units import ALL, Codes, Row, Sample, counts_per_post, measures_frame, sample, spoken
from analysis.tables import FAMILIES

GROUPS = (ALL, *FAMILIES, UNCLAIMED)
_PLACE = {"content": "their content layers", "ad": "their advert layer", "comment": "their comments"}


def theme_shares(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """The rows of `measures` on how often each theme is spoken of. A theme never seen has value 0 and its interval.

    Groups: `all`, the four status families, and `unclaimed` (spoken of, never claimed; with `claimed` it makes up
    `all`). A post that both claims and denies a theme is in both families, so families do not add up to `all`.
    Theme `all` is any theme. Sub-themes count by themselves and under their parent.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 500} for p in "ab"])
    >>> one = {"post_id": "a", "start": 0, "end": 2, "theme": "threats", "layer": "body", "status": "denied"}
    >>> said = TABLES["mentions"].frame([{**one, "codebook_version": "1"}])
    >>> found = theme_shares(posts, said, Codes(("threats",), "1"))
    >>> here = found[(found["measure"] == "share_of_posts") & (found["theme"] == "threats")]
    >>> here.set_index("group")["value"].to_dict()
    {'all': 0.5, 'claimed': 0.0, 'possible': 0.0, 'rejected': 0.5, 'other': 0.0, 'unclaimed': 0.5}
    """
    found = sample(posts)
    said = spoken(mentions, found, codes)
    rows: list[Row] = []
    for theme in (ALL, *codes.themes):
        here = said.loc[said["own"]] if theme == ALL else said.loc[said["theme"] == theme]
        content = counts_per_post(here.loc[here["layer"] == "content"], len(found))
        rows += _content_rows(theme, content, found)
        for layer in ("ad", "comment"):
            counts = counts_per_post(here.loc[here["layer"] == layer], len(found))
            rows += _share_rows(f"share_of_posts_{layer}", theme, counts, found, layer)
    return measures_frame(rows, codes.version)


def presence(counts: dict[str, Array]) -> dict[str, Array]:
    """Whether each post carries the theme, by group.

    >>> found = presence({"all": np.array([2, 1]), "claimed": np.array([1, 0])})
    >>> found["unclaimed"].tolist()
    [False, True]
    """
    has = {group: values > 0 for group, values in counts.items()}
    return {**has, UNCLAIMED: has[ALL] & ~has["claimed"]}


def _content_rows(theme: str, counts: dict[str, Array], found: Sample) -> Iterator[Row]:
    yield from _share_rows("share_of_posts", theme, counts, found, "content")
    has = presence(counts)
    for group in GROUPS:
        here = has[group]
        words = f"in which {named(theme)} {HOW[group]}, in {_PLACE['content']}"
        texts = wilson(int(np.count_nonzero(here & found.first)), int(np.count_nonzero(found.first)))
        yield Row("share_of_texts", group, theme, texts, f"Share of distinct on-topic texts {words}", "share")
        ratio = copies_ratio(here, found.first, found.family)
        yield Row("copies_ratio", group, theme, ratio, f"Share of posts over share of distinct texts {words}", "ratio")
        yield Row("design_effect", group, theme, _design_effect(here, found), _EFFECT.format(words), "ratio")
    total = int(counts[ALL].sum())
    for group in (ALL, *FAMILIES):
        words = f"places where {named(theme)} {HOW[group]}, in content layers of on-topic posts"
        yield Row("mentions", group, theme, count(int(counts[group].sum()), total), f"Number of {words}", "count")
        rate = clustered_rate(counts[group], found.chars, found.family, 1000)
        yield Row(
            "mentions_per_1000_chars", group, theme, rate, f"{words.capitalize()}, by length", "per 1,000 characters"
        )
        first = found.first
        alone = clustered_rate(counts[group][first], found.chars[first], found.family[first], 1000)
        said = f"{words.capitalize()}, one text a family of copies, by length"
        yield Row("mentions_per_1000_chars_texts", group, theme, alone, said, "per 1,000 characters")


_EFFECT = "How many times larger copies make the variance of the share of posts {}"


def _share_rows(measure: str, theme: str, counts: dict[str, Array], found: Sample, layer: str) -> Iterator[Row]:
    has = presence(counts)
    for group in GROUPS:
        estimand = (
            f"Share of on-topic posts, copies included, in which {named(theme)} {HOW[group]}, in {_PLACE[layer]}"
        )
        yield Row(measure, group, theme, clustered_share(has[group], found.family), estimand, "share")


def _design_effect(has: Array, found: Sample) -> Estimate:
    share = clustered_share(has, found.family)
    method = "no interval: a property of the sample" if share.design_effect else share.method
    return Estimate(share.design_effect, None, None, share.n, share.denominator, method)
