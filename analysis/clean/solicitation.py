"""Whether a post seeks customers for a service: the points of codebook 5.1, each with its quote, and the sub-type.

Comments do not count (an agent's reply does not make a plea an advert), nor do sentences that warn of such offers. Points
alone are not enough: a post must also reach for its reader by an id, a call, a list or an offer in a sentence of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from analysis.clean.contacts import Contact, is_pointer
from analysis.clean.offers import any_of, is_loan_line, is_strapline, lexicon, offers_piecework
from analysis.clean.page import Block
from analysis.clean.screens import Screen
from analysis.clean.text import fold

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]?")
_QUOTE = 60
_NEAR = 12  # characters between a number and the word that says that it is a messenger's, too
_BRIEF = 300  # characters of a post up to which a line that offers piecework is the post, and no line in an article
_REACHES = {
    "messenger_id",
    "pointer",
    "add_word",
    "strapline",
    "loan_list",
    "own_service",
    "recruiting",
    "training",
    "where_to",
    "call_to_action",
    "other_contact",
}


class Solicitation(NamedTuple):
    """A post's points, the verdict, the sub-type of codebook 5.1 or None, and each signal with its quote."""

    score: float
    is_solicitation: bool
    subtype: str | None
    signals: tuple[tuple[str, str], ...]


class _Signal(NamedTuple):
    """One signal and where it was seen."""

    name: str
    quote: str


@cache
def _signal(name: str) -> re.Pattern[str]:
    return re.compile(lexicon()["signals"][name])


@cache
def _group(name: str) -> re.Pattern[str]:
    return re.compile("|".join(lexicon()["groups"][name]["phrases"]))


def solicitation(blocks: Sequence[Block], contacts: Sequence[Contact], site: str | None) -> Solicitation:
    """The verdict on a post: its blocks after `mark_adverts`, in clear, its contacts, and its host.

    A contact counts where its surface stands in a block that is no comment.

    >>> blocks = [Block("ad", "某某法务--停息挂账|减免|只还本金"), Block("ad", "加微信免费咨询")]     # strapline; add for free advice
    >>> found = solicitation(blocks, [], "www.xieshang.example")
    >>> found.score, found.is_solicitation, found.subtype
    (8.0, True, 'agent_negotiation')
    """
    own = [block for block in blocks if block.layer != "comment"]
    adverts = [block.text for block in own if block.layer == "ad"]
    signals = [*_of_contacts(own, contacts), *_of_straplines(adverts), *_of_words(own), *_of_shape(own, adverts)]
    if site and re.search(lexicon()["official_site"], site.lower()):
        signals.append(_Signal("official_site", site))
    points = lexicon()["points"]
    score = float(sum(points[signal.name] for signal in signals))
    names = {signal.name for signal in signals}
    is_one = score >= lexicon()["thresholds"]["solicitation"] and bool(names & _REACHES)
    return Solicitation(
        score,
        is_one,
        _subtype(own, adverts, names) if is_one else None,
        tuple((s.name, s.quote[:_QUOTE]) for s in signals),
    )


def _of_contacts(own: Sequence[Block], contacts: Sequence[Contact]) -> list[_Signal]:
    text = "\n".join(block.text for block in own)
    here = [contact for contact in contacts if contact.surface in text]
    ids = [c for c in here if c.kind in ("wechat", "qq") or (c.kind == "other" and not is_pointer(c)) or _is_shared(c, text)]
    pointers = [c for c in here if is_pointer(c)]
    sold = [b.text for b in own if b.layer == "ad" and not _signal("not_sold").search(fold(b.text))]
    calls = [c for c in here if c.kind in ("mobile", "landline", "email") and any(c.surface in line for line in sold)]
    found = [_Signal("messenger_id", ids[0].surface)] if ids else []
    found += [_Signal("pointer", pointers[0].surface)] if pointers and not ids else []
    found += [_Signal("other_contact", calls[0].surface)] if calls and not ids else []
    licence = _signal("licence").search(fold(text))
    if found and not licence:
        found.append(_Signal("outbound_only", found[0].quote))
    return [*found, _Signal("licence", licence[0])] if licence else found


def _is_shared(contact: Contact, text: str) -> bool:
    """Whether a mobile is said to be a messenger's, too (微信同号)."""
    at = text.find(contact.surface)
    around = fold(text[max(0, at - _NEAR) : at + len(contact.surface) + _NEAR])
    return contact.kind == "mobile" and bool(_signal("same_number").search(around))


def _of_straplines(adverts: Sequence[str]) -> list[_Signal]:
    lines = [text for text in adverts if is_strapline(text)]
    found = [_Signal("strapline", lines[0])] if lines else []
    return [*found, _Signal("strapline_again", lines[0])] if len(lines) != len(set(lines)) else found


@cache
def _words() -> tuple[Screen, dict[str, re.Pattern[str]]]:
    """The signals that are words, and what tells that they may be there."""
    names = ("add_word", "free_offer", "promise", "stop_paying", "asks_secrets", "recruiting", "training", "where_to")
    patterns = {name: _signal(name) for name in names} | {"own_service": _group("own"), "call_to_action": _group("call")}
    return Screen({name: pattern.pattern for name, pattern in patterns.items()}), patterns


def _of_words(own: Sequence[Block]) -> list[_Signal]:
    texts = [(block.text, block.layer == "ad") for block in own if block.layer != "title"]
    whole = fold("\n".join(text for text, _ in texts))
    screen, patterns = _words()
    may_match = screen.of(whole)
    if not _signal("debt").search(whole):
        may_match = may_match - {"training"}
    wanted = {name: p for name, p in patterns.items() if name in may_match and p.search(whole)}  # most posts have few of them
    found: dict[str, _Signal] = {}
    for text, is_ad in texts if wanted else ():
        whole = fold(text)
        for place in _SENTENCE.finditer(text):
            sentence, folded = place[0], whole[place.start() : place.end()]
            names = [
                name
                for name, pattern in wanted.items()
                if name not in found and (is_ad or name != "call_to_action") and pattern.search(folded)
            ]
            if names and not any_of("warned").search(folded):
                found |= {name: _Signal(name, sentence.strip()) for name in names}
    if "add_word" in found or "free_offer" in found:
        found.pop("call_to_action", None)
    return list(found.values())


def _of_shape(own: Sequence[Block], adverts: Sequence[str]) -> list[_Signal]:
    found: list[_Signal] = []
    for text in adverts:
        if brand := _signal("brand").search(fold(text)):
            found.append(_Signal("brand", brand[0]))
            break
    loans = [text for text in adverts if is_loan_line(text)]
    if len(loans) >= 2:
        found.append(_Signal("loan_list", loans[0]))
    is_brief = sum(len(block.text) for block in own) <= _BRIEF
    if is_brief and (work := next((b.text for b in own if offers_piecework(fold(b.text))), None)):
        found.append(_Signal("piecework", work))
    half = len(own) // 2
    if any(block.layer == "ad" for block in own[-max(1, len(own) // 3) :]):
        alarm = next((b.text for b in own[:half] if b.layer != "ad" and _signal("alarm").search(b.text)), None)
        found += [_Signal("alarm_then_promotion", alarm)] if alarm else []
    return found


def _subtype(own: Sequence[Block], adverts: Sequence[str], names: set[str]) -> str | None:
    offered, whole = fold("\n".join(adverts)), fold("\n".join(block.text for block in own))
    scores = {
        name: 6 * sum(offered.count(word) for word in words) + sum(word in whole for word in words)
        for name, words in lexicon()["subtypes"].items()
    }
    if "loan_list" in names:
        scores["loan_lead"] += 12
    if "pointer" in names and not names & {"messenger_id", "strapline"}:
        return "soft_advertorial"
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else None
