"""Numbers about claims: how many posts state them, what the law says of them, which values circulate, what is told.

Content layers of on-topic posts only. Every share of posts stands with copies, without (one text a family), and as the
ratio of the two, as in `frequency`; intervals over text families. A verdict is on what the words say, whatever their
status; rows of the group `claimed` leave out what is asked, denied, advised or only named (codebook 3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import codebook as books
from analysis.measure.claims_verdict import AGREES, CITATION, DIFFERS, OLD_NAME, VERDICTS
from analysis.measure.claims_words import words
from analysis.measure.intervals import Array, Estimate, clustered_quantile, clustered_share, copies_ratio, count, wilson
from analysis.measure.law import law
from analysis.measure.units import ALL, Codes, Row, Sample, measures_frame, sample
from analysis.problems import DataProblem, choices
from analysis.tables import CONTENT_LAYERS, FAMILY_OF_STATUS

# What is told of an overdue loan in numbers (codebook Q19); `num_stripped` posts have lost theirs (codebook N48).
TOLD = (
    "calls_a_day",
    "contacts_called",
    "days_overdue",
    "amount_owed",
    "annual_rate",
    "daily_rate",
    "monthly_rate",
    "instalments_told",
    "grace_days",
)
YEARLY = {"annual_rate": 1.0, "monthly_rate": 12.0, "daily_rate": 365.0}  # simple rates, nothing compounded
STRIPPED = "num_stripped"
QUARTILES = {"q25": 0.25, "q50": 0.5, "q75": 0.75}
EARLY_DAYS = (1, 3, 7, 30, 60, 90)
_COLUMNS = ("post_id", "sentence", "quantity", "low", "high", "named_low", "named_high", "fact_id", "verdict", "status", "layer")
_WITH = "Share of on-topic posts, copies included, "
_TEXTS = "Share of distinct on-topic texts "
_RATIO = "Share of posts over share of distinct texts "


def claim_rows(posts: pd.DataFrame, claims: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """Rows of `measures` on claims; the theme is `all`, the group names quantity, verdict, value or instrument.

    - `share_claiming`: posts that state a number (`quantity:Q`) or name a law (`quantity:citation`).
    - `share_of_verdict`: of those, posts with a claim of that verdict (`Q:agrees` …). They need not add up to 1; verdicts
      other than agrees and differs have rows where they occur.
    - `share_at_value`: of posts that claim a rule on Q, those that name the value (`calls_limit=3`).
    - `share_citing`: posts that name an instrument (`instrument:L10`), `share_of_citations`: of those, by verdict.
    - `told_quantile`: quartiles over posts of what is told in status family claimed, one value a post (`Q:q50`).
    - `share_above`: of posts that tell Q, those with a value above a line (`annual_rate>24`).
    Each share also as `…_texts` and `copies_ratio_…`.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 9} for p in "abcd"])
    >>> said = {"quantity": "calls_limit", "named_low": 3.0, "named_high": 3.0, "verdict": "agrees", "status": "asserted"}
    >>> claims = pd.DataFrame([{"post_id": "a", "layer": "body", "low": None, "high": 3.0, "fact_id": "L23.calls", "sentence": "", **said}])
    >>> found = claim_rows(posts, claims, Codes(("threats",), "1")).set_index(["measure", "group"])["value"]
    >>> found["share_claiming", "quantity:calls_limit"], found["share_of_verdict", "calls_limit:agrees"]
    (np.float64(0.25), np.float64(1.0))
    """
    absent = [name for name in _COLUMNS if name not in claims.columns]
    if absent:
        raise DataProblem(f"claims: no column {absent[0]}. Make them with `claims(posts, mentions, blocks)`.")
    strange = sorted(set(claims["verdict"].dropna()) - set(VERDICTS))
    if strange:
        raise DataProblem(f"claims: {strange[0]!r} is no verdict. {choices('Verdicts', VERDICTS)}")
    found = sample(posts)
    at = pd.Index(found.posts["post_id"]).get_indexer(pd.Index(claims["post_id"]))
    here = claims.assign(at=at, family=claims["status"].map(FAMILY_OF_STATUS))
    here = here.loc[(here["at"] >= 0) & here["layer"].isin(CONTENT_LAYERS)]
    rows = [*_claiming(here, found), *_verdicts(here, found), *_values(here, found), *_citations(here, found), *_told(here, found)]
    return measures_frame(rows, codes.version)


def quantities() -> tuple[str, ...]:
    """Every quantity that can be claimed, told quantities included, in the order of data/law/claims.yml."""
    kinds = words().kinds
    names = [name for kind in kinds for name in (kind.quantity, kind.told) if name]
    return tuple(dict.fromkeys([*names, "hours_open", CITATION, OLD_NAME]))


def _rules() -> tuple[str, ...]:
    told = {kind.told for kind in words().kinds}
    only_told = {name for name in TOLD if not law().facts(name)}  # a number of one's own, which no law is about
    return tuple(name for name in quantities() if name not in told | only_told)


def _mask(rows: pd.DataFrame, found: Sample) -> Array:
    has = np.zeros(len(found), dtype=bool)
    has[rows["at"].to_numpy(dtype=np.int64)] = True
    return has


class _Base(NamedTuple):
    """The sample, and the posts of it that a share is among."""

    found: Sample
    among: Array


def _thrice(name: str, group: str, has: Array, base: _Base, said: str) -> Iterator[Row]:
    """A share among some posts: with copies, one text a family, and their ratio."""
    found, among = base
    labels, firsts = found.family[among], _speakers(among, found)
    yield Row(f"share_{name}", group, ALL, clustered_share(has[among], labels), _WITH + said, "share")
    texts = wilson(int(np.count_nonzero(has & firsts)), int(np.count_nonzero(firsts)))
    yield Row(f"share_{name}_texts", group, ALL, texts, _TEXTS + said, "share")
    ratio = copies_ratio(has[among], firsts[among], labels)
    yield Row(f"copies_ratio_{name}", group, ALL, ratio, _RATIO + said, "ratio")


def _speakers(among: Array, found: Sample) -> Array:
    """One post a family among some posts: the one that speaks for it where it is there, else the first of them."""
    chosen = np.zeros(len(found), dtype=bool)
    places = np.flatnonzero(among)
    order = np.lexsort((places, ~found.first[places], found.family[places]))
    chosen[places[order[np.unique(found.family[places][order], return_index=True)[1]]]] = True
    return chosen


def _claiming(here: pd.DataFrame, found: Sample) -> Iterator[Row]:
    everyone = np.ones(len(found), dtype=bool)
    groups = [(ALL, here)] + [(f"quantity:{name}", here.loc[here["quantity"] == name]) for name in quantities()]
    for group, rows in groups:
        what = "any number or law" if group == ALL else group.partition(":")[2]
        yield from _thrice("claiming", group, _mask(rows, found), _Base(found, everyone), f"that state {what} in content layers")
        yield Row("n_claims", group, ALL, count(len(rows), len(here)), f"Places where {what} is stated in content layers", "count")


def _verdicts(here: pd.DataFrame, found: Sample) -> Iterator[Row]:
    rules = here.loc[here["quantity"].isin(_rules())]
    for name in (ALL, *_rules()):
        rows = rules if name == ALL else rules.loc[rules["quantity"] == name]
        among = _mask(rows, found)
        if not among.any():
            continue
        for family in (ALL, "claimed"):
            kept = rows if family == ALL else rows.loc[rows["family"] == family]
            base = among if family == ALL else _mask(kept, found)
            seen = {AGREES, DIFFERS, *kept["verdict"]} if base.any() else set()
            for verdict in (verdict for verdict in VERDICTS if verdict in seen):
                has = _mask(kept.loc[kept["verdict"] == verdict], found)
                group = f"{name}:{verdict}" + ("" if family == ALL else f":{family}")
                said = f"with a claim on {name}{'' if family == ALL else ' that is ' + family}: those with one of verdict {verdict}"
                yield from _thrice("of_verdict", group, has, _Base(found, base), said)


def _values(here: pd.DataFrame, found: Sample) -> Iterator[Row]:
    for name in _rules():
        rows = here.loc[(here["quantity"] == name) & ~here["quantity"].isin((CITATION, OLD_NAME))]
        among = _mask(rows, found)
        ends = rows[["named_low", "named_high"]].drop_duplicates().sort_values(["named_low", "named_high"])
        for low, high in ends.itertuples(index=False):
            same = _equal(rows["named_low"], low) & _equal(rows["named_high"], high)
            value = f"{_shown(low)}" if low == high else f"{_shown(low)}-{_shown(high)}"
            said = f"with a claim on {name}: those that name {value}"
            yield from _thrice("at_value", f"{name}={value}", _mask(rows.loc[same], found), _Base(found, among), said)


def _equal(values: pd.Series[float], value: float) -> pd.Series[bool]:
    return values.isna() if pd.isna(value) else values == value


def _shown(value: float) -> str:
    return "" if pd.isna(value) else f"{value:g}"


def _citations(here: pd.DataFrame, found: Sample) -> Iterator[Row]:
    everyone = np.ones(len(found), dtype=bool)
    rows = here.loc[here["quantity"].isin((CITATION, OLD_NAME))]
    named = rows["fact_id"].fillna("none")
    for instrument in sorted(named.unique()):
        these = rows.loc[named == instrument]
        among = _mask(these, found)
        what = "a law that data/law lacks" if instrument == "none" else instrument
        yield from _thrice("citing", f"instrument:{instrument}", among, _Base(found, everyone), f"that name {what}")
        for verdict in VERDICTS:
            has = _mask(these.loc[these["verdict"] == verdict], found)
            if has.any():
                group = f"instrument:{instrument}:{verdict}"
                yield from _thrice("of_citations", group, has, _Base(found, among), f"that name {what}: those with verdict {verdict}")


def _told(here: pd.DataFrame, found: Sample) -> Iterator[Row]:
    lines = {kind.told: kind.lines for kind in words().kinds if kind.told and kind.lines}
    for name in TOLD:
        at, values = _one_a_post(here.loc[(here["quantity"] == name) & (here["family"] == "claimed")], found)
        yield from _quartiles("told_quantile", name, values, found.family[at], f"{name} told as a fact, by post, the largest of a post")
        for line in lines.get(name, ()):
            has, among = np.zeros(len(found), dtype=bool), np.zeros(len(found), dtype=bool)
            among[at], has[at] = True, values > line
            said = f"that tell {name} as a fact: those with a value above {line:g}"
            yield from _thrice("above", f"{name}>{line:g}", has, _Base(found, among), said)
    rates = here.loc[here["quantity"].isin(YEARLY) & (here["family"] == "claimed")]
    scale = rates["quantity"].map(YEARLY).astype("float64")
    ends = {name: rates[name].astype("float64") * scale for name in ("named_low", "named_high")}
    at, values = _one_a_post(rates.assign(**ends), found)
    words_of = "rate told as a fact, by post, months and days counted up to a year without compounding"
    yield from _quartiles("told_quantile", "yearly_rate", values, found.family[at], words_of)


def _one_a_post(rows: pd.DataFrame, found: Sample) -> tuple[Array, Array]:
    """The posts that tell a number and the largest of each; of a vague number the middle, of an open one its one end."""
    middle = rows[["named_low", "named_high"]].astype("float64").mean(axis=1)
    flags = found.posts["flags"].fillna("").astype(str).str.split()
    stripped = np.array([STRIPPED in marks for marks in flags], dtype=bool)
    at = rows["at"].to_numpy(dtype=np.int64)
    kept = middle.notna().to_numpy() & np.isfinite(middle.to_numpy(dtype="float64")) & ~stripped[at]
    most = middle[kept].groupby(at[kept]).max()
    return most.index.to_numpy(dtype=np.int64), most.to_numpy(dtype="float64")


def _quartiles(measure: str, name: str, values: Array, labels: Array, said: str) -> Iterator[Row]:
    unit = next((k.unit for k in words().kinds if name in (k.quantity, k.told)), "percent a year")
    for label, at in QUARTILES.items():
        estimate = clustered_quantile(values, labels, at)
        yield Row(measure, f"{name}:{label}", ALL, estimate, f"Quantile {at} of {said}", unit)


def first_days(
    posts: pd.DataFrame, claims: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, conduct: Iterable[str] | None = None
) -> pd.DataFrame:
    """Rows on how early conduct begins (codebook Q20): days overdue told in one sentence with a mention of conduct.

    `days_at_conduct` has the quartiles, `share_by_day` the share of such posts in which it begins by day 1, 3, 7, 30,
    60 or 90. The fewest days of a post count. Nobody is followed up: posts that tell no day are in neither number.
    `conduct` are themes; those of the family conduct of the codebook where none are given.

    >>> from analysis.tables import TABLES
    >>> posts = TABLES["posts"].frame([{"post_id": p, "on_topic": True, "n_chars": 9} for p in "ab"])
    >>> day = {"layer": "body", "quantity": "days_overdue", "status": "reported", "verdict": "no_rule", "sentence": "s"}
    >>> told = pd.DataFrame([{"post_id": p, "named_low": n, "named_high": n, **day} for p, n in (("a", 3.0), ("a", 9.0), ("b", 7.0))])
    >>> said = TABLES["mentions"].frame([{"post_id": p, "start": 0, "end": 1, "theme": "threats", "sentence": "s"} for p in "ab"])
    >>> found = first_days(posts, told, said, Codes(("threats",), "1")).set_index("group")["value"]
    >>> found["days_overdue:q50"], found["day:3"]               # 3 and 7 days: half way, and one of two
    (np.float64(5.0), np.float64(0.5))
    """
    found = sample(posts)
    if conduct is None:
        conduct = [slug for slug, theme in books.load().by_slug.items() if theme.family == "conduct"]
    harsh = mentions.loc[mentions["theme"].isin(list(conduct)), ["post_id", "sentence"]].drop_duplicates()
    told = claims.loc[(claims["quantity"] == "days_overdue") & claims["layer"].isin(CONTENT_LAYERS)]
    told = told.loc[told["status"].map(FAMILY_OF_STATUS) == "claimed"].merge(harsh, on=["post_id", "sentence"])
    at = pd.Index(found.posts["post_id"]).get_indexer(pd.Index(told["post_id"]))
    rows = told.assign(at=at, named_low=-told["named_low"].astype("float64"), named_high=-told["named_high"].astype("float64"))
    places, most = _one_a_post(rows.loc[rows["at"] >= 0], found)
    days = -most
    said = "days overdue told in one sentence with conduct, by post, the fewest of a post"
    made = list(_quartiles("days_at_conduct", "days_overdue", days, found.family[places], said))
    for day in EARLY_DAYS:
        share: Estimate = clustered_share(days <= day, found.family[places])
        words_of = f"Share of posts that tell days overdue in one sentence with conduct: those with {day} or fewer"
        made.append(Row("share_by_day", f"day:{day}", ALL, share, words_of, "share"))
    return measures_frame(made, codes.version)
