"""What the mentions mean for the borrower, theme by theme, and in what tone posts are written.

Polarity runs from -1 (harm) to 1 (relief) and belongs to a mention (codebook 4.1). A mean alone hides the posts that
list five harms and then deny them, so each theme has its quartiles and its spread over nine steps as well. Genres and
adverts are told apart, since a plea and a content farm share no mean (codebook 0.7). Content layers only.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.measure.intervals import (
    Array,
    Estimate,
    clustered_mean,
    clustered_quantile,
    clustered_share,
    wilson,
)
from analysis.measure.units import ALL, Codes, Row, Sample, measures_frame, sample, spoken
from analysis.tables import FAMILIES, TONES

SCALE = (-1.0, 1.0)
QUARTILES = {"q25": 0.25, "median": 0.5, "q75": 0.75}
STEPS = tuple(step / 4 for step in range(-4, 5))


def polarity(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """The rows of `measures` on the polarity of mentions by theme, on tones, and on the polarity of posts.

    Themes: `polarity_mean`, `_q25`, `_median`, `_q75`, `share_negative` for all mentions and each status family;
    `polarity_step` (group `step:-0.50`: nearest quarter) for all; `polarity_mean` by genre and by solicitation.
    Posts: `tone_share`, `tone_share_of_texts`, `post_polarity_*`. A mention without polarity enters no mean; it stays
    in the denominator's count.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 9, "polarity": 0.5} for p in "abc"])
    >>> found = polarity(posts, TABLES["mentions"].empty(), Codes(("threats",), "1"))
    >>> found.set_index(["measure", "group", "theme"]).loc[("post_polarity_median", "all", "all"), "value"]
    np.float64(0.5)
    """
    found = sample(posts)
    said = spoken(mentions, found, codes)
    content = said.loc[said["layer"] == "content"]
    rows: list[Row] = []
    for theme in (ALL, *codes.themes):
        here = content.loc[content["own"]] if theme == ALL else content.loc[content["theme"] == theme]
        rows += _theme_rows(theme, here, found)
    rows += _tone_rows(found)
    rows += _post_rows(found)
    return measures_frame(rows, codes.version)


def nearest_step(values: Array) -> Array:
    """Each polarity at its nearest quarter; what stands midway goes to the even one.

    >>> nearest_step(np.array([-0.6, 0.1, -0.1])).tolist()
    [-0.5, 0.0, 0.0]
    """
    return np.asarray(np.rint(values * 4) / 4 + 0.0)


def groups_of(found: Sample) -> Iterator[tuple[str, Array]]:
    """The groups of posts that are never pooled without being shown apart: a name, and which posts are in it."""
    adverts = found.posts["solicitation"].to_numpy(dtype=bool)
    yield "solicitation:yes", adverts
    yield "solicitation:no", ~adverts
    genres = found.posts["genre"]
    for genre in sorted(genres.dropna().unique()):
        yield f"genre:{genre}", (genres == genre).to_numpy(dtype=bool)


def _theme_rows(theme: str, here: pd.DataFrame, found: Sample) -> Iterator[Row]:
    what = "any theme" if theme == ALL else theme
    for group in (ALL, *FAMILIES):
        part = here if group == ALL else here.loc[here["family"] == group]
        words = f"mentions of {what}" + ("" if group == ALL else f" in status family {group}")
        yield from _spread("polarity", group, theme, (part["polarity"], found.family[part["at"]]), words)
        values, labels, _ = _known(part["polarity"], found.family[part["at"]])
        negative = clustered_share(values < 0, labels)
        yield Row("share_negative", group, theme, negative, f"Share of {words} with a polarity that mean harm", "share")
    values, labels, _ = _known(here["polarity"], found.family[here["at"]])
    for step in STEPS:
        share = clustered_share(nearest_step(values) == step, labels)
        words = f"Share of mentions of {what} with a polarity nearest to {step:.2f}"
        yield Row("polarity_step", f"step:{step:.2f}", theme, share, words, "share")
    for group, members in groups_of(found):
        part = here.loc[members[here["at"]]]
        if len(part):
            values, labels, total = _known(part["polarity"], found.family[part["at"]])
            mean = _of(clustered_mean(values, labels, SCALE), total)
            yield Row("polarity_mean", group, theme, mean, f"Mean polarity of mentions of {what}, {group}", "polarity")


def _spread(measure: str, group: str, theme: str, data: tuple[pd.Series, Array], words: str) -> Iterator[Row]:
    values, labels, total = _known(*data)
    mean = _of(clustered_mean(values, labels, SCALE), total)
    yield Row(f"{measure}_mean", group, theme, mean, f"Mean polarity of {words}", "polarity")
    for name, at in QUARTILES.items():
        estimate = _of(clustered_quantile(values, labels, at), total)
        yield Row(f"{measure}_{name}", group, theme, estimate, f"Quantile {at} of the polarity of {words}", "polarity")


def _known(values: pd.Series, labels: Array) -> tuple[Array, Array, int]:
    numbers = values.to_numpy(dtype="float64")
    known = ~np.isnan(numbers)
    return numbers[known], labels[known], len(numbers)


def _of(estimate: Estimate, total: int) -> Estimate:
    """The estimate with the count of all units, with a polarity or without, as its denominator."""
    return estimate._replace(denominator=total)


def _tone_rows(found: Sample) -> Iterator[Row]:
    tones = found.posts["tone"].fillna("none")
    n_texts = int(np.count_nonzero(found.first))
    for tone in (*TONES, "none"):
        has = (tones == tone).to_numpy(dtype=bool)
        words = "without a tone" if tone == "none" else f"whose tone is {tone}"
        share = clustered_share(has, found.family)
        yield Row("tone_share", f"tone:{tone}", ALL, share, f"Share of on-topic posts {words}", "share")
        texts = wilson(int(np.count_nonzero(has & found.first)), n_texts)
        yield Row("tone_share_of_texts", f"tone:{tone}", ALL, texts, f"Share of distinct texts {words}", "share")


def _post_rows(found: Sample) -> Iterator[Row]:
    everyone = np.ones(len(found), dtype=bool)
    for group, members in ((ALL, everyone), *groups_of(found)):
        values = found.posts.loc[members, "polarity"]
        words = "on-topic posts" + ("" if group == ALL else f", {group}")
        yield from _spread("post_polarity", group, ALL, (values, found.family[members]), words)
        numbers, _, total = _known(values, found.family[members])
        spread = float(numbers.std(ddof=1)) if len(numbers) > 1 else None
        method = "standard deviation; no interval given" if len(numbers) > 1 else "no value: fewer than two posts"
        estimate = Estimate(spread, None, None, len(numbers), total, method)
        yield Row(
            "post_polarity_sd", group, ALL, estimate, f"Standard deviation of the polarity of {words}", "polarity"
        )
