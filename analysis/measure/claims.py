"""What posts state in numbers, and which laws they name, each with its exact words, its status, and the verdict of the law.

Hours of contact, calls a day, rates, years on record, amounts and days, as they stand in the text, and the law as it stood
on the day of the post (codebook 7, questions Q14, Q15, Q19, Q20 and Q28). A number that a post says happened (`calls_a_day`,
`hours_told`, `annual_rate`) is no claim about a rule and has no rule to compare with. The verdict is on the number, the
status on how it is said: a post that denies a wrong number has both. Contents lists are not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis.measure import claims_words
from analysis.measure.claims_screen import Possible, possible
from analysis.measure.claims_verdict import NO_RULE, Verdict, judge, names
from analysis.measure.claims_words import numbers
from analysis.measure.law import Law, law
from analysis.problems import DataProblem
from analysis.tables import TABLES, ZONE
from analysis.themes import status
from analysis.themes.clauses import Span
from analysis.themes.layout import Block, Text, layouts, read

# A day is known to compare with the law where the page names one; a relative date or a year alone is not enough.
DAYS = ("second", "minute", "hour", "day")
AT_ONCE = 64  # posts whose sentences are screened in one go
NAMES_THEME = "complaint_channels"


class _Claim(NamedTuple):
    """A claim in the matching copy of a sentence."""

    start: int
    end: int
    quantity: str
    ends: tuple[float | None, float | None]
    named: tuple[float | None, float | None]
    unit: str
    theme: str
    fact_id: str | None
    verdict: str


class _Post(NamedTuple):
    """What is read of a post."""

    post_id: str
    text: str
    title: str | None
    genre: str | None
    solicitation: bool
    published_at: pd.Timestamp | None
    date_precision: str


_WANTED = {
    "posts": _Post._fields,
    "mentions": ("post_id", "start", "end", "layer"),
}


def claims(posts: pd.DataFrame, mentions: pd.DataFrame, blocks: pd.DataFrame | None = None) -> pd.DataFrame:
    """The table `claims` of some posts.

    `low` and `high` are the ends of what is said, missing where it is open (不超过3次, no more than 3, has no low end);
    `named_low` and `named_high` are those of the number that is named. `blocks` give the layers; without them the title is
    the first line, and a line with a mention has the layer of that mention.

    >>> text = "催收每天拨打不得超过3次。"                         # no more than 3 calls a day
    >>> posts = TABLES["posts"].frame([{"post_id": "a", "text": text, "n_chars": 13, "solicitation": False}])
    >>> found = claims(posts, TABLES["mentions"].empty())
    >>> found.loc[0, ["surface", "quantity", "fact_id", "verdict", "status"]].tolist()
    ['每天拨打不得超过3次', 'calls_limit', 'L23.calls', 'agrees', 'prohibited']
    """
    for name, frame in (("posts", posts), ("mentions", mentions)):
        absent = [column for column in _WANTED[name] if column not in frame.columns]
        if absent:
            raise DataProblem(f"claims: {name} has no column {absent[0]}. Give the table `{name}` as a run wrote it.")
    found = layouts(blocks) if blocks is not None else _layouts(posts, mentions)
    judges = _Judges()
    listed = list(zip(*(posts[column].tolist() for column in _Post._fields), strict=True))
    rows: list[dict[str, Any]] = []
    for at in range(0, len(listed), AT_ONCE):
        part = [_Post(*post) for post in listed[at : at + AT_ONCE]]
        rows += _of_posts([(post, read(post.text, found.get(post.post_id, ()))) for post in part], judges)
    return TABLES["claims"].frame(rows)


class _Judges:
    """The scope rules of statuses, and the family of each theme, loaded once."""

    def __init__(self) -> None:
        self.book = books.load()
        self.modifiers = status.load(self.book)
        self.families = {slug: theme.family for slug, theme in self.book.by_slug.items()}

    def status(self, sentence: status.Sentence, claim: _Claim, layer: str, post: _Post) -> str:
        genre = post.genre if isinstance(post.genre, str) else None
        context = status.Context(
            sentence, Span(claim.start, claim.end), layer, claim.theme, self.families[claim.theme],
            gaps=(Span(claim.start, claim.end),),
            is_told=self.modifiers.voice.is_told(sentence.text, genre),
            is_solicitation=bool(post.solicitation),
        )
        return self.modifiers.judge(context).status


def _of_posts(posts: Sequence[tuple[_Post, Text]], judges: _Judges) -> list[dict[str, Any]]:
    book = law()
    places = [(post, text, number) for post, text in posts for number in range(len(text.sentences))]
    tights = [claims_words.tight(text.copy.text[slice(*text.sentences[number])]) for _, text, number in places]
    found = []
    known: dict[str, tuple[date | None, bool]] = {}
    for (post, text, number), tight, can in zip(places, tights, possible([folded for folded, _ in tights], book), strict=True):
        if can.kinds or can.names:
            if post.post_id not in known:
                known[post.post_id] = day_of(post.published_at, str(post.date_precision)), claims_words.is_elsewhere(text.copy.text)
            claimed = claims_in(tight[0], *known[post.post_id], can, book)
            if claimed:
                found.append((post, text, number, tight, claimed))
    sentences = judges.modifiers.sentences([tight[0] for *_, tight, _ in found])
    return [
        _row(claim, tight[1], text, number) | {
            "post_id": post.post_id, "status": judges.status(sentence, claim, text.layers[number], post), "layer": text.layers[number],
        }
        for (post, text, number, tight, claimed), sentence in zip(found, sentences, strict=True)
        for claim in claimed
    ]  # fmt: skip


def _row(claim: _Claim, places: Sequence[int], text: Text, number: int) -> dict[str, Any]:
    """`places` are those of the tight sentence's characters in the sentence."""
    span = text.sentences[number]
    first, last = text.copy.span(span.start, span.end)
    start, end = text.copy.span(span.start + places[claim.start], span.start + places[claim.end - 1] + 1)
    return {
        "start": start, "end": end, "surface": text.written[start:end], "sentence": text.written[first:last], "quantity": claim.quantity,
        "low": claim.ends[0], "high": claim.ends[1], "named_low": claim.named[0], "named_high": claim.named[1],
        "unit": claim.unit, "fact_id": claim.fact_id, "verdict": claim.verdict,
    }  # fmt: skip


def claims_in(
    sentence: str, day: date | None, is_elsewhere: bool = False, can: Possible | None = None, book: Law | None = None
) -> list[_Claim]:
    """The claims of one folded sentence, numbers and names, in the order of their places; `can` is what it can claim at all.

    >>> [(c.quantity, c.verdict) for c in claims_in("征信五年后自动消除", None)]          # the record clears after five years
    [('years_on_record', 'agrees')]
    """
    book = book or law()
    found = []
    for number in numbers(sentence, None if can is None else can.kinds):
        verdict = Verdict(NO_RULE, None) if is_elsewhere else judge(number, sentence, day, book)
        found.append(_Claim(
            number.start, number.end, number.quantity, number.ends, number.named, number.unit, number.theme,
            verdict.fact_id, verdict.verdict,
        ))
    for name in names(sentence, day, book) if can is None else names(sentence, day, book, can.names):
        ends = (name.article, name.article)
        unit = "article" if name.article is not None else "name"
        fact_id, verdict_name = name.verdict.fact_id, name.verdict.verdict
        found.append(_Claim(name.start, name.end, name.quantity, ends, ends, unit, NAMES_THEME, fact_id, verdict_name))
    return sorted(found, key=lambda claim: (claim.start, claim.end))


def day_of(published: pd.Timestamp | None, precision: str) -> date | None:
    """The day in China on which a post was published, if its page names one.

    >>> day_of(pd.Timestamp("2025-03-01 20:00", tz="UTC"), "hour"), day_of(None, "unknown")
    (datetime.date(2025, 3, 2), None)
    """
    if precision not in DAYS or published is None or pd.isna(published):
        return None
    return published.tz_convert(ZONE).date()


def _layouts(posts: pd.DataFrame, mentions: pd.DataFrame) -> dict[str, tuple[Block, ...]]:
    by_post = {name: list(zip(frame["start"], frame["layer"], strict=True)) for name, frame in mentions.groupby("post_id")}
    texts = zip(posts["post_id"], posts["text"], posts["title"], strict=True)
    return {name: tuple(_lines(text, title, by_post.get(name, []))) for name, text, title in texts}


def _lines(text: str, title: object, mentioned: Sequence[tuple[int, str]]) -> list[Block]:
    found, at = [], 0
    for line in text.split("\n"):
        layer = next((layer for start, layer in mentioned if at <= start < at + len(line)), "body")
        is_title = at == 0 and isinstance(title, str) and line == title
        found.append(Block("title" if is_title else layer, at, at + len(line)))
        at += len(line) + 1
    return [block for block in found if block.end > block.start]
