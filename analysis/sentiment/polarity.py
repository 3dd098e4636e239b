"""What one mention means for the borrower's situation, from -1 (harm) to 1 (relief)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import ahocorasick_rs

from analysis.clean.text import fold
from analysis.codebook import Codebook
from analysis.lexicon import load_yaml

TITLE_LAYERS = frozenset({"title", "heading", "toc"})
BLUFFERS = frozenset({"third_party_collector", "criminal", "debt_relief_agent"})


class Said(NamedTuple):
    """How a mention is said: status, layer, who acts; and of its theme the family and whether it is relief in itself."""

    status: str
    layer: str
    actor: str
    family: str
    is_relief: bool


def of_mention(mention: Mapping[Any, Any], codebook: Codebook) -> float:
    """The polarity of a mention, from a row of the table `mentions`."""
    theme = codebook.theme(mention["theme"])
    said = Said(mention["status"], mention["layer"], mention["actor"], theme.family, theme.polarity > 0)
    return polarity(codebook.polarities.get(mention["rule_id"], theme.polarity), said, fold(mention["sentence"]))


def polarity(base: float, said: Said, sentence: str) -> float:
    """The mention's base (of its rule, else its theme) under its status, with intensity words of the folded sentence.

    A threat that is denied is mild relief, a waiver that is refused is harm, a promise is worth little (codebook 4.1); a
    collector's bluff is worth half of what an institution says, and comfort is no harm (codebook 3.5, rows 10 and 52).

    >>> denied = Said("denied", "body", "licensed_platform", "conduct", is_relief=False)
    >>> polarity(-0.8, denied, "正规平台不会威胁借款人")      # platforms do not threaten
    0.28
    >>> polarity(0.4, denied._replace(family="resolution", is_relief=True), "协商不成")      # negotiation failed
    -0.4
    """
    data = load_yaml("lexicon/polarity.yml")
    if said.status == "promo":
        return float(data["promo_cap"])
    if said.status == "advised" and said.family == "impact":
        return float(data["comfort"])
    if said.status == "advised" and base > 0:
        return min(base, float(data["advised_relief"]))
    factor = _factor(base, said, data)
    value = base * factor
    if factor > 0:
        value *= _intensity(sentence)
    return round(max(-1.0, min(1.0, value)), 4)


def _factor(base: float, said: Said, data: Mapping[str, Any]) -> float:
    if said.status == "question" and said.layer in TITLE_LAYERS:
        return float(data["title_question"])
    if said.status == "attributed" and said.family == "consequence" and said.actor in BLUFFERS:
        return float(data["bluff"])
    if said.status == "denied" and said.is_relief:
        return -1.0 if base > 0 else 1.0  # relief that is refused is harm, whichever word says so
    if said.status == "prohibited" and base > 0:
        return 1.0
    return float(data["factor"][said.status])


def _intensity(sentence: str) -> float:
    """The strongest intensity factor whose words stand in the sentence; 1 where none does."""
    automaton, factors = _intensities()
    found = sorted({factors[number] for number, _, _ in automaton.find_matches_as_indexes(sentence, overlapping=True)})
    return max((factor for _, factor in found), key=lambda f: abs(f - 1), default=1.0)


@cache
def _intensities() -> tuple[ahocorasick_rs.AhoCorasick, list[tuple[int, float]]]:
    """The words of all intensities in one automaton, and for each word the place of its entry and its factor."""
    entries = load_yaml("lexicon/polarity.yml")["intensity"]
    words = [(word, (place, float(entry["factor"]))) for place, entry in enumerate(entries) for word in entry["any"]]
    return ahocorasick_rs.AhoCorasick([word for word, _ in words]), [factor for _, factor in words]
