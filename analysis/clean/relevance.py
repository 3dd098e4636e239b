"""Whether a post is about a person's debt: decided by words, with the words that decided.

A crawl for 催收 (collection) brings in unpaid heating bills, collectors for hire, dialler software, novels. What is
counted without this gate is the crawler's catch and not what debtors meet (codebook, section 0 rule 1 and section 1.1).
Where no word of the lists decides, the signs 债, 欠 and 催 and what collectors do are counted: a post on debt in words of
its own has many of them. Where it stops: it knows words and not sense.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

from analysis.clean.text import fold, matching
from analysis.lexicon import load_yaml

TITLE_WEIGHT = 3
SUM = "借N元"  # stands for any sum that was borrowed or is owed, among the words of what is owed
LONG = 900  # characters from which on a passing word is not enough
RICH = 2.5  # points per 1,000 characters that a long text wants whose title says nothing
OFTEN = 3.0  # occurrences of core words per 1,000 characters by which a text is about debt whatever its title
MUCH_TROUBLE = 4  # words of what comes of a debt that, beside one core word, make a long text be about it
SIGNS = 3  # signs of a debt (债, 欠, 催) that make a short text be about one; in a long text so many for each 1,000 characters
CONDUCT = 5  # words of what collectors do that, beside one sign, make a short text be about a debt
SPEECHES = 3  # speeches that make a story of one chapter, or of a text that says it was made up
_SUM = re.compile(r"[借欠贷](?:了|款)?(?:\d[\d.]{0,8}|[一二两三四五六七八九十百]{1,5})(?:千|万|百|块|元|w)")
HAN = re.compile("[\u3400-\u9fff]+")
LATIN = re.compile("[a-z]{2,20}")
_ARTICLE = re.compile(r"(?m)^\s{0,8}第[零一二三四五六七八九十百千\d]{1,8}条")
_CHAPTER = re.compile(r"(?m)^\s{0,8}第[零一二三四五六七八九十百千\d]{1,6}[章回]\s{0,4}\S{1,20}$")
_LAW = re.compile(r"第[零一二三四五六七八九十百千\d]{1,8}条")
# Not of a state or a firm, nor wages, fees and rent, nor what else begins so.
_SIGN = re.compile(
    "(?<![国企美券])债(?!券|市|基)|欠(?![缺佳妥安薪税费]|.{0,3}(?:工资|工钱|货款|工程款|房租|租金|水费|电费|物业))|催(?![化眠产生更泪促肥熟])"
)
_SPEECH = re.compile(r"[“\"「][^“”\"「」\n]{2,60}[。!?…,][”\"」]")
GLOSS = re.compile(r"[\u3400-\u9fff]\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,7}\)")


class Relevance(NamedTuple):
    """Whether a post is on topic; if not, its class of codebook 0 rule 1 (or unrelated); and the words that decided."""

    on_topic: bool
    off_topic_class: str | None
    reason: str


class Words(NamedTuple):
    """The words of one list that a post holds, and their points: one each, three where the title holds it."""

    found: list[str]
    points: int


@lru_cache(maxsize=8)
def shared_copy(text: str) -> str:
    """The matching copy, kept for the two questions that are put to each text."""
    return matching(text).text


def relevance(title: str | None, text: str, url: str | None) -> Relevance:
    """Whether the post concerns a consumer's debt and its collection, consequences, negotiation or market.

    >>> relevance("网贷逾期怎么办", "催收天天打电话。", None).on_topic     # overdue online loan, collectors call daily
    True
    >>> relevance("物业费催缴通知", "业主欠缴物业费的，请缴清。", None).off_topic_class    # arrears of service charge
    'utility_arrears'
    """
    copy = shared_copy(text)
    hits = _hits(fold(title or ""), copy)
    core, objects, trouble = (_words(hits, name) for name in ("core", "objects", "trouble"))
    debt = 2 * core.points + objects.points + (trouble.points if core.points or objects.points else 0) // 2
    early = _by_form(copy, hits, debt)
    if early is not None:
        return early
    for name, rule in load_yaml("lexicon/relevance.yml")["classes"].items():
        words = _words(hits, name)
        if words.points >= rule["least"] and _outweighs(name, rule, words, debt, hits) and not _is_told(rule, copy, words):
            return Relevance(False, rule.get("class", name), _quote(words))
    return _on_topic(title, copy, hits, debt)


def _by_form(copy: str, hits: Mapping[str, int], debt: int) -> Relevance | None:
    """What the form of the text decides: a language, a text of law, chapters, a page of links."""
    if is_latin(copy):
        english = _words(hits, "english_debt")
        return Relevance(False, "foreign_mt" if english.found else "unrelated", _quote(english) or "hardly any Chinese")
    translated = _words(hits, "machine_translated")
    if len(translated.found) >= 2:
        return Relevance(False, "foreign_mt", _quote(translated))
    articles = _ARTICLE.findall(copy) if copy.count("条") >= 3 else []
    lines = [line for line in copy.split("\n") if len(line) > 4]
    # A rule on collection itself concerns the borrower; one that names a debt in passing does not.
    if len(articles) >= 3 and 2 * len(articles) > len(lines) and len(_words(hits, "core").found) < 3:
        return Relevance(False, "policy_law_text", f"{len(articles)} articles: {articles[0].strip()} …")
    if (story := _as_story(copy, hits)) is not None:
        return story
    doorway = _words(hits, "doorway")
    if doorway.found and len(copy) < 200 and debt:
        return Relevance(False, "doorway", _quote(doorway))
    return None


def _as_story(copy: str, hits: Mapping[str, int]) -> Relevance | None:
    """Fiction by its form: chapters with speech and without articles of law, or much speech and a word that it is made up."""
    chapters = _CHAPTER.findall(copy) if "第" in copy else []
    invented = _words(hits, "invented")
    if not chapters and not invented.found or len(_LAW.findall(copy)) >= SPEECHES:
        return None
    speeches = len(_SPEECH.findall(copy))
    if chapters and speeches >= (1 if len(chapters) > 1 else SPEECHES):
        return Relevance(False, "fiction", f"chapters: {chapters[0].strip()}")
    return Relevance(False, "fiction", _quote(invented)) if invented.found and speeches >= SPEECHES else None


def is_latin(text: str) -> bool:
    """Whether a text is hardly Chinese: more than three Latin letters in words for each Han character.

    >>> is_latin("They call my boss about an overdue loan. " * 9), is_latin("催收 app")
    (True, False)
    """
    if len(text.encode("utf-8", "replace")) > 2 * len(text):  # a Han character has three bytes
        return False
    han, latin = sum(map(len, HAN.findall(text))), sum(map(len, LATIN.findall(text)))
    return latin > 3 * han and latin > 200


def _is_told(rule: Mapping[str, Any], copy: str, words: Words) -> bool:
    """Whether a text holds the words of a class and yet is none of it: a reporter's, or one without a word that it needs."""
    needs, unless = rule.get("needs", ()), rule.get("unless", ())
    lacks = bool(needs) and not any(word in needs for word in words.found)
    return lacks or any(word in copy for word in unless) or (rule.get("no_debt", False) and len(_SIGN.findall(copy)) >= SIGNS)


def _outweighs(name: str, rule: Mapping[str, Any], words: Words, debt: int, hits: Mapping[str, int]) -> bool:
    """Whether a class's words weigh more than the debt's own; collectors for hire must offer something besides."""
    if name == "b2b_collection" and not _words(hits, "offers").found:
        return False
    if name == "job_ad" and len(words.found) < 3:
        return False
    if name == "fiction":  # chapters alone are those of a rule, too
        return (len(words.found) >= 3 or debt < 12) and not all(word.startswith("第") for word in words.found)
    return words.points > float(rule["over"]) * debt


def _on_topic(title: str | None, copy: str, hits: Mapping[str, int], debt: int) -> Relevance:
    core, objects, trouble = (_words(hits, name) for name in ("core", "objects", "trouble"))
    about = Words(core.found + objects.found, core.points + objects.points)
    length = max(len(copy), 1)
    named = any(hits[word] >= TITLE_WEIGHT for word in core.found) or (
        bool(core.found) and any(hits[word] >= TITLE_WEIGHT for word in objects.found)
    )
    if length < LONG:
        good = bool(core.found) or len(objects.found) >= 2 or (bool(objects.found) and bool(trouble.found))
        about = about if good else about._replace(found=about.found + _signs(copy, hits, SIGNS))
        good = good or bool(_signs(copy, hits, SIGNS))
    else:
        several = len(core.found) >= 2 and len(about.found) >= 4
        often = 1000 * sum(copy.count(word) for word in core.found) >= max(OFTEN * length, 2000)
        troubled = bool(core.found) and len(trouble.found) >= MUCH_TROUBLE
        weighty = bool(core.found) and len(about.found) + len(trouble.found) >= 2 * MUCH_TROUBLE
        good = (named and len(about.found) >= 2) or often or troubled
        good = good or ((several or weighty) and 1000 * debt >= RICH * length)
        good = good or (bool(about.found) and bool(_signs(copy, hits, max(2 * SIGNS, SIGNS * length // 1000 + 1))))
    if good:
        return Relevance(True, None, _quote(about, copy))
    seen = _quote(about, copy)
    return Relevance(False, "unrelated", f"only in passing: {seen}" if seen else "no word of debt")


def _signs(copy: str, hits: Mapping[str, int], least: int) -> list[str]:
    """The signs of a debt where they are at least so many, or one of them and much of what collectors do; else nothing."""
    signs = _SIGN.findall(copy)
    conduct = _words(hits, "conduct").found
    near = signs or [word for word in conduct if word in _lists()["near_debt"]]
    if len(signs) >= least:
        return sorted(set(signs))
    return [*near[:1], *conduct] if near and len(conduct) >= CONDUCT and len(copy) < LONG else []


def _words(hits: Mapping[str, int], name: str) -> Words:
    found = [word for word in _lists()[name] if word in hits]
    return Words(found, sum(hits[word] for word in found))


def _quote(words: Words, copy: str = "") -> str:
    """The first words; a form as the copy has it."""
    told = [(word, _forms().get(word)) for word in words.found[:5]]
    return ", ".join(found[0] if form and (found := form.search(copy)) else word for word, form in told)


@cache
def _lists() -> dict[str, list[str]]:
    rules = load_yaml("lexicon/relevance.yml")
    plain = ["core", "objects", "trouble", "offers", "machine_translated", "english_debt", "doorway", "not_meant"]
    plain += ["invented", "conduct", "near_debt"]
    told = {"objects": [*rules["objects"], SUM, *rules["forms"]["objects"]], "trouble": [*rules["trouble"], *rules["forms"]["trouble"]]}
    return {name: rules[name] for name in plain} | told | {name: rule["words"] for name, rule in rules["classes"].items()}


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    """The forms in which a debt and its collection are told without a word of the lists."""
    forms = load_yaml("lexicon/relevance.yml")["forms"]
    return {SUM: _SUM} | {name: re.compile(form) for kind in forms.values() for name, form in kind.items()}


@cache
def _automaton() -> tuple[AhoCorasick, list[str]]:
    words = sorted({word for some in _lists().values() for word in some})
    return AhoCorasick(words), words


def _hits(title: str, copy: str) -> dict[str, int]:
    """The listed words of a post with their points; a word inside a saying that means something else is none."""
    machine, words = _automaton()
    other = set(_lists()["not_meant"])
    points: dict[str, int] = {}
    for text, weight in ((copy, 1), (title, TITLE_WEIGHT)):
        spans = machine.find_matches_as_indexes(text, overlapping=True)
        sayings = [(start, end) for number, start, end in spans if words[number] in other]
        for number, start, end in spans:
            if words[number] not in other and not any(a <= start and end <= b for a, b in sayings):
                points[words[number]] = weight
        points |= {name: weight for name, form in _forms().items() if form.search(text)}
    return points
