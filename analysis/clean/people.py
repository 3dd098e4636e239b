"""Names, addresses and car plates of private people, where the text marks them as such.

Forms: codebook 6.1. A name counts only behind a label (姓名:, 本人, 尊敬的) or before a title (先生, 女士), with a known
surname; 化名 (name changed), 李某, 小赵 stay. Names without any mark are not found; a name once found is found again
wherever it stands. An address is kept to the city; from there to the last number it is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import ahocorasick_rs
import opencc

from analysis.lexicon import load_yaml

_HAN_BEFORE = re.compile(r"[\u4e00-\u9fff]{1,24}$")
_BREAK = r"[·.\-\s\u200b-\u200f\u2060\ufeff]{0,2}"
_UNMARKED = ("loose", "ended", "quoted", "living", "long_titled", "described")  # rules whose name may be a clause


@cache
def _lexicon() -> dict[str, Any]:
    return load_yaml("lexicon/people.yml")


def _any(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    lexicon = _lexicon()
    given = r"[\u4e00-\u9fff]"
    first = rf"(?!{lexicon['masked_name']})(?![{lexicon['not_given']}]){given}"
    surname = rf"(?:{_any(lexicon['double_surnames'])}|[{lexicon['surnames']}])"
    rare = rf"(?![{lexicon['not_loose']}]){surname}{first}{given}"  # no surname that is a common word too
    three, three_again = f"(?P<name>{rare})", f"(?P<other>{rare})"
    house_end = (
        rf"\d{{1,5}}(?:[-之]\d{{1,4}})?(?:{_any(lexicon['house'])})(?!{_any(lexicon['not_house'])})"
        rf"(?:[东西南北]?[a-z]?\d{{0,5}}-?\d{{1,5}}(?:{_any(lexicon['house_parts'])})?){{0,4}}"
    )
    road = "".join(f"(?<!{word})" for word in lexicon["not_roads"])
    return {
        "labelled": re.compile(
            rf"(?:{_any(lexicon['labels'])})\s?[:\s]\s?(?P<name>{surname}{first}{given}?)(?=[^\u4e00-\u9fff]|$|{_any(lexicon['fields'])})"
        ),
        "loose": re.compile(
            rf"(?:{_any(lexicon['loose'])})[:\s]?(?![{lexicon['not_loose']}])(?P<name>{surname}{first}(?:{given}|(?=[,。;:!?\s(])))"
        ),
        "titled": re.compile(
            rf"(?:^|(?<=[\s,。:;!?\"'(】\])的系找叫是为给向对跟和与]))(?P<name>{surname}{first}{given}?)(?={_any(lexicon['titles'])})"
        ),
        "ended": re.compile(rf"(?:{_any(lexicon['ended'])}){three}(?=[,。;:!?、)\"'])"),
        "quoted": re.compile(
            rf"(?:{_any(lexicon['quoted'])})[\"'「『“‘]{three}[\"'」』”’](?=的?(?:{_any(lexicon['persons'])}))"
        ),
        "living": re.compile(rf"(?:{_any(lexicon['living'])})[\u4e00-\u9fff]{{2,8}}?[的嘅]{three}(?<![里中上内外间下家人们国])"),
        "long_titled": re.compile(rf"(?:^|(?<=[\s,。:;!?\"'(的系找叫是为给向对跟和与])){three}(?={_any(lexicon['long_titles'])})"),
        # 王某某,男,35岁 and (王某某,电话 …), and a message's 【sender】王某某,…
        "described": re.compile(
            rf"(?:^|(?<=[\s,。:;!?\"'(【\[])){three}(?=,(?:男|女)[,。)]|,[^,()\n]{{0,20}}(?:\d{{5}}|@))"
            rf"|(?<=】){three_again}(?=,)"
        ),
        "plate": re.compile(
            rf"[{lexicon['plates']}][a-z](?:[·.\-\s])?(?=[a-hj-np-z0-9]{{0,5}}\d)[a-hj-np-z0-9]{{5,6}}(?![a-z0-9])"
            rf"|[{lexicon['plates']}](?P<by>[ ·.\-])[a-z](?=(?:(?P=by)[a-z]){{0,5}}(?P=by)\d)(?:(?P=by)[a-hj-np-z0-9]){{5,6}}(?![a-z0-9])"
        ),
        "address": re.compile(rf"(?:{_any(lexicon['roads'])}){road}{house_end}"),
        "city": re.compile(rf"(?:{_any(lexicon['cities'])}|[^{lexicon['not_city']}]市)(?=[\u4e00-\u9fff])"),
        "tail": re.compile(rf"(?:{_any(lexicon['tails'])})(?:为|是|:|\s){{0,2}}(\d{{4}})(?!\d)"),
        "after": re.compile(rf"(?:{_any(lexicon['address_after'])})"),
        "changed": re.compile(lexicon["changed"]),
    }


@cache
def _hints() -> tuple[ahocorasick_rs.AhoCorasick, list[re.Pattern[str] | None]]:
    """The words that a line must hold, as written and in both scripts, and for each what must come right after it."""
    lexicon = _lexicon()
    both = opencc.OpenCC("s2t").convert
    surnames = "".join(set(lexicon["surnames"]) - set(lexicon["not_loose"]))
    surname = f"[{surnames}{both(surnames)}]"
    name = f"{surname}[\u4e00-\u9fff]{{2}}[,，]"
    after = {
        "labels": r"\s?[:：\s]",
        "loose": f"[:：\\s]?{surname}",
        "titles": "",
        "long_titles": "",
        "ended": surname,
        "quoted": "[“‘「『\"']",
        "living": "",
        "tails": r"(?:为|是|:|：|\s){0,2}[0-9０-９]{4}",
        "roads": "[0-9０-９]{1,5}[-之号號弄栋棟幢座单單室楼樓层層组組]",
        "plates": rf"{_BREAK}[A-Za-zＡ-Ｚａ-ｚ]{_BREAK}[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]",
    }
    found = [(word, then) for kind, then in after.items() for w in lexicon[kind] for word in sorted({w, both(w)})]
    found += [(mark, name) for mark in "】(（"] + [(mark, "[男女][,，。]") for mark in ",，"]
    return (
        ahocorasick_rs.AhoCorasick([word for word, _ in found]),
        [re.compile(then) if then else None for _, then in found],
    )


def may_hold_people(line: str) -> bool:
    """Whether a line as written may hold a marked name, a plate or an address; most do not and need no folding."""
    words, after = _hints()
    for number, _, end in words.find_matches_as_indexes(line, overlapping=True):
        then = after[number]
        if then is None or then.match(line, end):
            return True
    return False


def find_names(copy: str) -> list[tuple[int, int]]:
    """Where marked names stand in a copy.

    >>> copy = "客户:王大锤(女友李某), 尊敬的赵铁柱先生"         # client: …, (girlfriend Li X), dear Mr …
    >>> [copy[a:b] for a, b in find_names(copy)]
    ['王大锤', '赵铁柱']
    """
    patterns = _patterns()
    spans = set()
    for rule in ("labelled", "titled", *_UNMARKED):
        for found in patterns[rule].finditer(copy):
            start, end = found.span(found.lastgroup or "name")
            if not patterns["changed"].match(copy, end) and not (rule in _UNMARKED and _is_clause(copy[start:end])):
                spans.add((start, end))
    return sorted(spans)


def _is_clause(name: str) -> bool:
    return any(c in _lexicon()["not_given"] for c in name[1:])


def find_plates(copy: str) -> list[tuple[int, int]]:
    """Where car plates stand in a copy.

    >>> find_plates("把云z·88q88开走了")                  # drove off with (plate)
    [(1, 9)]
    """
    return [m.span() for m in _patterns()["plate"].finditer(copy)]


def find_tails(copy: str) -> list[tuple[int, int]]:
    """Where the last four digits of a card stand in a copy.

    >>> find_tails("尾号为1234的卡")                    # the card ending in …
    [(3, 7)]
    """
    return [m.span(1) for m in _patterns()["tail"].finditer(copy)]


def find_addresses(copy: str) -> list[tuple[int, int]]:
    """Where the parts of addresses below the city stand in a copy.

    >>> copy = "我住云岭省茶花市碧溪区金盏路77号2栋904室"       # I live at … Province, … City, …
    >>> [copy[a:b] for a, b in find_addresses(copy)]
    ['碧溪区金盏路77号2栋904室']
    """
    return list(_addresses(copy))


def _addresses(copy: str) -> Iterator[tuple[int, int]]:
    for found in _patterns()["address"].finditer(copy):
        line = _HAN_BEFORE.search(copy[max(0, found.start() - 24) : found.start()])
        road = line[0] if line else ""
        cities = [m.end() for m in _patterns()["city"].finditer(road)]
        begins = [m.end() for m in _patterns()["after"].finditer(road) if len(road) - m.end() >= 1]
        cut = cities[-1] if cities else max(begins, default=max(0, len(road) - 7))
        if len(road) > cut:
            yield found.start() - len(road) + cut, found.end()
