"""Numbers as links: each is taken from `measures` by its key, written in one way, and leads to what is behind it.

A sentence of `data/lexicon/report.yml` names its numbers in braces: `{share_of_posts|claimed|$theme}` is the value,
a fourth part asks for `n`, `of` (what it is a share of), `range` (the interval) or `detail` (all three). A number is
never typed: the link carries its key, so that `gate` can write it anew and compare.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis.measure.intervals import LEVEL
from analysis.measure.units import ALL
from analysis.problems import DataProblem, choices
from analysis.report.corpus import Corpus, Key, Number
from analysis.report.markup import Html, element, joined

PARTS = ("value", "n", "of", "range", "detail", "said")
_PLACE = re.compile(r"\{([^{}]{1,200})\}")
THEME_MEASURES = frozenset(
    {"share_of_posts", "share_of_texts", "copies_ratio", "design_effect", "mentions", "mentions_per_1000_chars"}
)
_POLARITY = frozenset({"polarity_mean", "polarity_q25", "polarity_median", "polarity_q75", "share_negative"})
_FAMILIES = frozenset({ALL, "claimed", "possible", "rejected", "other", "unclaimed"})
_CORPUS = {  # measure -> the section of the records behind it; a group adds its code
    "n_raw": "raw",
    "n_kept": "kept",
    "n_dropped": "dropped",
    "n_on_topic": "on_topic",
    "n_off_topic": "off_topic",
    "n_sites": "sites",
    "n_chars": "on_topic",
    "n_texts": "copies",
    "share_copies": "copies",
    "n_posts_of_genre": "genre",
    "n_posts_of_month": "month",
    "share_solicitation": "solicitation",
    "share_solicitation_texts": "solicitation",
    "share_with_contact_texts": "contacts",
    "gini_of_families": "copies",
    "n_effective_texts": "copies",
    "share_in_largest_family": "copies",
    "n_contact_ids": "contacts",
    "share_with_contact": "contacts",
    "tone_share": "tone",
    "tone_share_of_texts": "tone",
    "n_campaigns": "campaigns",
    "share_in_campaign": "campaigns",
}
_CLAIMS = {f"{name}{texts}": place for texts in ("", "_texts") for name, place in (
    ("share_claiming", "l-{code}"), ("share_of_verdict", "l-{group}"), ("share_citing", "l-{group}"),
)}  # fmt: skip
_DRAWN = {  # measure -> the section of what a figure draws, or of a claim
    "share_in_group": "m-{theme}-{code}",
    "share_in_group_claimed": "m-{theme}-{code}",
    "log_odds_together": "p-{theme}-{code}",
    "campaign_n_posts": "g-{code}",
    "campaign_n_texts": "g-{code}",
    "campaign_n_sites": "g-{code}",
    "prevalence_naive": "q-{theme}-{group}",
    "n_claims": "l-{code}",
    **_CLAIMS,
}
_NO_QUOTE = frozenset({"alpha", "prevalence_ppi", "log_odds_together_p"})  # worked out of many posts at once


def anchor_of(key: Key) -> str:
    """The section of the report that holds what is behind a number; a number that has none may not be shown.

    >>> anchor_of(Key("share_of_posts", "claimed", "threats")), anchor_of(Key("n_dropped", "reason:no_text"))
    ('q-threats-claimed', 'c-dropped-no_text')
    """
    measure, group, theme = key
    if measure in THEME_MEASURES or (measure in _POLARITY and group in _FAMILIES):
        return f"q-{theme}-{group}"
    if measure in ("share_of_posts_ad", "share_of_posts_comment"):
        return f"q-{theme}-{measure.removeprefix('share_of_posts_')}"
    if measure == "polarity_step":
        return f"q-{theme}-{group.replace(':', '')}"
    if measure == "share_contradictory":
        return f"x-{theme}"
    if measure == "term_share":
        return f"t-{group.removeprefix('term:')}"
    if measure in _DRAWN:
        code = group.partition(":")[2] or group
        return _DRAWN[measure].format(theme=theme, code=code, group=group.replace(":", "-"))
    if measure in _CORPUS:
        code = group.partition(":")[2]
        if not code and measure in ("n_posts_of_genre", "n_posts_of_month"):
            return "c-on_topic"
        return f"c-{_CORPUS[measure]}" + (f"-{code}" if code else "")
    raise DataProblem(f"report: {measure}, group {group}, has no quotes of its own and can't be shown.")


def has_quotes(key: Key) -> bool:
    """Whether there are sentences or records behind a number; a coefficient of agreement has none, and stands in a table only."""
    return key.measure not in _NO_QUOTE


def text_of(number: Number, part: str, corpus: Corpus) -> str:
    """A part of a number as it is written: its value, its counts, its interval, or all of that in brackets."""
    words = corpus.words
    if part == "value":
        return words.written(number.value, number.unit)
    if part == "n":
        return f"{number.n:,}"
    if part == "of":
        return f"{number.denominator:,}"
    if part == "range":
        return words.between(number.low, number.high, number.unit)
    if part == "detail":
        key = "detail" if number.low is not None else "detail_count"
        parts = {name: text_of(number, name, corpus) for name in ("range", "n", "of")}
        return words.sentence(key).format(level=words.percent(LEVEL), **parts)
    if part == "said":
        return _said(corpus, number)
    raise DataProblem(f"report: no part {part!r} of a number. {choices('Parts', PARTS)}")


def number_of(corpus: Corpus, key: Key) -> Number:
    """The number of that key; one that was not measured is an error."""
    found = corpus.numbers.get(key)
    if found is None:
        raise DataProblem(f"measures: no {key.measure}, group {key.group}, theme {key.theme}. Run `measure` again.")
    return found


def link(corpus: Corpus, key: Key, part: str = "value", *, tip: bool = True) -> Html:
    """The number as a link to what is behind it, with what it says as its tooltip."""
    number = number_of(corpus, key)
    return element(
        "a",
        text_of(number, part, corpus),
        class_="n" if part in ("value", "n", "of") else "n small",
        href=f"#{anchor_of(key)}",
        data_m="|".join((*key, part)),
        title=_tip(corpus, number) if tip and part == "value" else None,
    )


def plain(corpus: Corpus, key: Key, part: str = "value") -> Html:
    """The number without a link, for the table below a figure: it has no quotes."""
    return element("span", text_of(number_of(corpus, key), part, corpus), data_m="|".join((*key, part)))


def _tip(corpus: Corpus, number: Number) -> str:
    """What the number says: in English as the measures put it, in Chinese by the names of its key."""
    return _said(corpus, number) if corpus.words.lang == "zh" else f"{number.estimand}. {number.method}."


def _said(corpus: Corpus, number: Number) -> str:
    """The number with the names of its key, its interval and its counts: what is read out where it is a mark of a figure."""
    words, key = corpus.words, number.key
    whole = key.group == ALL and key.measure not in THEME_MEASURES
    names = [words.theme(key.theme) if key.theme != ALL else None, None if whole else words.group(key.group)]
    said = words.sentence("listing").join([*filter(None, names), words.measure(key.measure)])
    return words.titled(said, text_of(number, "value", corpus)) + text_of(number, "detail", corpus)


def fill(corpus: Corpus, text: str, values: Mapping[str, str | None] | None = None) -> Html | None:
    """The sentence with its numbers as links and its variables as names; None where a number of it is missing.

    `{$theme}` or `{theme}` is the name of the theme in that variable, `{level}` the level of the intervals.
    """
    values = values or {}
    parts: list[object] = []
    at = 0
    for place in _PLACE.finditer(text):
        parts.append(text[at : place.start()])
        at = place.end()
        piece = _piece(corpus, place[1], values)
        if piece is None:
            return None
        parts.append(piece)
    return joined([*parts, text[at:]])


def _piece(corpus: Corpus, written: str, values: Mapping[str, str | None]) -> Html | None:
    if written == "level":
        return element("span", corpus.words.percent(LEVEL), class_="k")
    if written.removeprefix("$") in values:
        value = values[written.removeprefix("$")]
        return None if value is None else element("span", name_of(corpus, value), class_="name")
    found = [values.get(name[1:]) if name[0] == "$" else name for name in written.split("|")]
    if None in found:
        return None
    *key, part = [str(f) for f in found] if found[-1] in PARTS else [*(str(f) for f in found), "value"]
    number = corpus.numbers.get(Key(*key))
    if number is None and key[0] not in corpus.words.measures():
        raise DataProblem(f"{written}: no measure {key[0]!r}. {choices('Measures', corpus.words.measures())}")
    return None if number is None or number.value is None else link(corpus, number.key, part)


def name_of(corpus: Corpus, code: str) -> str:
    """The name of a theme, or of a group of measures.

    A theme of the codebook goes before a group of the same name.
    """
    words = corpus.words
    return words.theme(code) if code in corpus.themes else words.group(code)
