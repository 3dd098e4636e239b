"""What comes before what in a post: alarm, reassurance, advert; and how polarity moves from its beginning to its end.

A place is an offset in `posts.text` over its length, 0 the first character and 1 the last, so that adverts at the end
count as late. Only the first mention of a moment in a post has a place. Order in a text is no order of events.
Which mentions make a moment is data: `data/measures/moments.yml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np
import pandas as pd

from analysis.lexicon import load_yaml
from analysis.measure.intervals import Array, Estimate, clustered_mean, clustered_quantile, clustered_share
from analysis.measure.told import Told, told
from analysis.measure.units import ALL, Codes, Row, measures_frame

FILE = "measures/moments.yml"
SEQUENCE = ("alarm", "reassurance", "advert")
TENTHS = 10


def moments() -> dict[str, list[dict[str, list[str]]]]:
    """Each moment with the kinds of mention that make it."""
    found = load_yaml(FILE)["moments"]
    return {name: entry.get("any_of", [entry]) for name, entry in found.items()}


def order_in_posts(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows on the places of moments: `share_with_moment`, `first_place`, `share_before`, `share_in_sequence`, `polarity_at`.

    `share_before`, group `moment:alarm>advert`: of posts with both, the share whose first alarm is before the first
    advert. `first_place` of themes has theme and group `all`. `polarity_at`, group `tenth:1` to `tenth:10`.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": "a", "on_topic": True, "n_chars": 9, "text": "abcdefghij"}])
    >>> one = {"post_id": "a", "end": 9, "theme": "threats", "codebook_version": "1"}
    >>> said = [{**one, "start": 2, "layer": "body", "status": "asserted"}, {**one, "start": 8, "layer": "ad", "status": "promo"}]
    >>> found = order_in_posts(posts, TABLES["mentions"].frame(said), Codes(("threats",), "1")).set_index(["measure", "group"])
    >>> found.loc[("share_before", "moment:alarm>advert"), "value"].item(), found.loc[("first_place", "moment:alarm"), "value"].item()
    (1.0, 0.2)
    """
    return measures_frame(order_rows(told(posts, mentions, codes)), codes.version)


def theme_order(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Rows `share_before` of pairs of themes: theme the first, group `before:` the second, content layers only."""
    read = told(posts, mentions, codes)
    content = (read.said["layer"] == "content").to_numpy()
    rows = []
    for a, b in pairs:
        places = [first_places(read, content & (read.said["theme"] == name).to_numpy()) for name in (a, b)]
        words = f"Of on-topic posts that speak of {a} and {b}, the share that speak of {a} first"
        rows.append(Row("share_before", f"before:{b}", a, _in_order(read, places), words, "share"))
    return measures_frame(rows, codes.version)


def first_places(read: Told, which: Array) -> Array:
    """The offset of the first of those mentions in each post, infinite where there is none."""
    found = np.full(len(read.found), np.inf)
    np.minimum.at(found, read.said["at"].to_numpy()[which], read.said["start"].to_numpy(dtype=float)[which])
    return found


def makes_moment(said: pd.DataFrame, kinds: Sequence[dict[str, list[str]]]) -> Array:
    """Whether each mention is of one of those kinds."""
    found = np.zeros(len(said), dtype=bool)
    for kind in kinds:
        here = said["place"].isin(kind["layers"]) if "layers" in kind else said["layer"].eq("content")
        for column, key in (("theme", "themes"), ("status", "statuses")):
            here = here & (said[column].isin(kind[key]) if key in kind else True)
        found |= here.to_numpy(dtype=bool)
    return found


def order_rows(read: Told) -> Iterator[Row]:
    """The rows of `order_in_posts`."""
    places = {name: first_places(read, makes_moment(read.said, kinds)) for name, kinds in moments().items()}
    posts = read.found.posts
    n_chars = posts["n_text"] if "n_text" in posts else posts["text"].str.len()
    length = np.maximum(n_chars.fillna(0).to_numpy(dtype=float), 1)
    for name, place in places.items():
        has = np.isfinite(place)
        share = clustered_share(has, read.found.family)
        yield Row("share_with_moment", f"moment:{name}", ALL, share, f"Share of on-topic posts with {name}", "share")
        yield _place(f"moment:{name}", ALL, (place, length), read)
    for a, b in permutations(places, 2):
        words = f"Of on-topic posts with both, the share whose first {a} stands before the first {b}"
        yield Row("share_before", f"moment:{a}>{b}", ALL, _in_order(read, [places[a], places[b]]), words, "share")
    words = f"Of on-topic posts with {', '.join(SEQUENCE)}, the share in which they first come in that order"
    yield Row("share_in_sequence", f"moment:{'>'.join(SEQUENCE)}", ALL, _in_order(read, [places[s] for s in SEQUENCE]), words, "share")
    content = (read.said["layer"] == "content").to_numpy()
    for theme in read.codes.themes:
        yield _place(ALL, theme, (first_places(read, content & (read.said["theme"] == theme).to_numpy()), length), read)
    yield from _tenths(read, length)


def _place(group: str, theme: str, at: tuple[Array, Array], read: Told) -> Row:
    has = np.isfinite(at[0])
    estimate = clustered_quantile(at[0][has] / at[1][has], read.found.family[has], 0.5)
    what = theme if group == ALL else group.partition(":")[2]
    words = f"Median place of the first mention of {what} in the on-topic posts that have one, 0 the start and 1 the end"
    return Row("first_place", group, theme, estimate._replace(denominator=len(read.found)), words, "place")


def _in_order(read: Told, places: Sequence[Array]) -> Estimate:
    """The share, of posts that have all, in which each stands before the next; the same offset is not before."""
    all_there = np.isfinite(np.vstack(places)).all(axis=0)
    at = np.vstack(places)[:, all_there]
    return clustered_share(np.asarray((np.diff(at, axis=0) > 0).all(axis=0)), read.found.family[all_there])


def _tenths(read: Told, length: Array) -> Iterator[Row]:
    own = read.said.loc[read.said["own"]]
    at = own["at"].to_numpy()
    tenth = np.minimum((own["start"].to_numpy(dtype=float) / length[at] * TENTHS).astype(int), TENTHS - 1)
    values, family = own["polarity"].to_numpy(dtype="float64"), read.found.family[at]
    promo = own["status"].eq("promo").to_numpy()
    for number in range(TENTHS):
        here = tenth == number
        known = here & ~np.isnan(values)
        mean = clustered_mean(values[known], family[known], (-1.0, 1.0))._replace(denominator=int(here.sum()))
        words = f"in tenth {number + 1} of the text, all layers"
        yield Row("polarity_at", f"tenth:{number + 1}", ALL, mean, f"Mean polarity of mentions {words}", "polarity")
        share = clustered_share(promo[here], family[here])
        yield Row("promo_at", f"tenth:{number + 1}", ALL, share, f"Share of mentions that advertise {words}", "share")
