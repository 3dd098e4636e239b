"""Messenger ids in a matching copy: a messenger word in any disguise, what stands between, and the id.

Words: data/lexicon/contacts.yml. Grammar of ids and the distance of about 12 characters: codebook 5.1. An id without a
messenger word counts only after 加 or ➕ (add), where it looks like nothing else.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from analysis.clean.digits import HAN_DIGITS, NUMBER, SEPARATOR, real_digits, undone
from analysis.clean.phones import ended, hotlines, kind_of, unit_after
from analysis.lexicon import load_yaml

_SIGN = r"[\s:.\-—–=_~>+*'\"\[\]【】「」<|/,、!\u20e3\u2190-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]"
_TOKEN = re.compile(r"@?[a-z0-9][-_a-z0-9]{4,24}(?![a-z0-9@])(?!\.[a-z])")
# One sign, or two, between each two characters; what then goes on with an @ is a mail address.
_PARTED = re.compile(r"[a-z0-9](?P<by>[ .\-·~*/|]{1,2})[a-z0-9_-](?:(?P=by)[a-z0-9_-]){4,22}+(?![a-z0-9]|.{0,2}[@#])")
_SPACED = re.compile(r"[a-z0-9](?:[ .\-]{1,3}[a-z0-9]){5,19}(?![a-z0-9])")
_HAN_TAIL = re.compile(rf"[a-z][-_a-z]{{1,15}}(?:[{HAN_DIGITS}]{{4,10}}|[{HAN_DIGITS}]{{2,8}}\d{{1,8}})(?![{HAN_DIGITS}a-z0-9])")
_PIECES = re.compile(r"[a-z0-9]{2,8}(?: [a-z0-9]{1,11}){1,3}(?![a-z0-9])")
_MIXED = re.compile(r"(?=[a-z_-]{0,19}\d)(?=[\d_-]{0,19}[a-z])[-_a-z0-9]{6,20}(?![-_a-z0-9])")
_JOINED = re.compile(r"(?=[a-z_-]{6,20}(?![-_a-z0-9]))[a-z]{2,12}_[a-z]{1,12}")  # letters alone, as no word is written
_DATE = re.compile(r"(?:19|20)\d\d[-./ ]?(?:0?\d|1[0-2])[-./ ]?[0-3]?\d(?!\d)")
_BEFORE_WORD = re.compile(r"(?<![a-z0-9_-])(?P<id>[a-z0-9][-_a-z0-9]{5,19})(?P<joint>\s?\(|\s?[←⬅]\s?|\s?<-\s?)$")
_GROUP = re.compile(r"[1-9]\d{5,9}(?!\d)")


class Id(NamedTuple):
    """An id in the copy: where, of what kind, and its digits where it is a number in disguise (else empty)."""

    start: int
    end: int
    kind: str
    digits: str


class _Word(NamedTuple):
    """A messenger word that was met: its end, the kind, whether it stands for itself, whether 加 comes before it."""

    start: int
    end: int
    kind: str
    is_strong: bool


@cache
def _words() -> tuple[re.Pattern[str], dict[str, tuple[str, bool]]]:
    lists: dict[str, dict[str, list[str]]] = load_yaml("lexicon/contacts.yml")["messengers"]
    known = {
        word: (kind, strength == "strong")
        for kind, by in lists.items()
        for strength, words in by.items()
        for word in words
    }
    composed = load_yaml("lexicon/contacts.yml")["composed"]
    known |= {a + b: (kind, True) for kind, two in composed.items() for a in two["first"] for b in two["second"]}
    by_first: dict[str, list[str]] = {}
    for word in sorted(known, key=len, reverse=True):
        last = "(?![a-z])" if word in "vq" else "(?!id_)" if word.endswith("x") else ""
        by_first.setdefault(word[0], []).append(re.escape(word[1:]) + last)
    # Each branch starts with a plain character, so that the search jumps from one such character to the next.
    forms = [
        re.escape(first)
        + (f"(?<![a-z0-9]{first})" if first.isascii() and first.isalnum() else "")
        + f"(?:{'|'.join(rest)})"
        for first, rest in by_first.items()
    ]
    return re.compile("|".join(forms)), known


def _any(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _gap() -> dict[str, re.Pattern[str]]:
    lexicon: dict[str, Any] = load_yaml("lexicon/contacts.yml")
    add = lexicon["add"]
    words = "|".join(
        re.escape(w) + ("(?![a-z0-9])" if w.isascii() else "")
        for w in sorted(lexicon["between"], key=len, reverse=True)
    )
    return {
        "strong": re.compile(rf"(?:{_SIGN}|\([^)〔〕\na-z0-9]{{0,10}}\)|[()]|{words}){{0,10}}"),
        "weak": re.compile(rf"(?:{_SIGN}|{_any(lexicon['weak_between'])}|[()]){{0,6}}"),
        "colon": re.compile(r"[^。!?\n〔〕:]{0,12}:\s{0,2}[\"'(\[【]?"),
        "shared": re.compile(
            rf"(?:{_any(lexicon['phones']['shared'])})(?:{_any(lexicon['shared_joint'])}|\s){{0,2}}$"
        ),
        "add": re.compile(rf"(?<![{add['not_after']}])(?:{_any(add['words'])})[:\s]{{0,2}}(?=[a-z0-9])"),
        "add_before": re.compile(rf"[{add['before']}][{add['then']}]?$"),
        "not_weak": re.compile(f"(?:{'|'.join(lexicon['not_weak'])})$"),
        "weak_after": re.compile(rf"(?:^|[^\u4e00-\u9fffa-z0-9〕]|[{''.join(lexicon['weak_after'])}])$"),
    }


def find_ids(copy: str) -> list[Id]:
    """The messenger ids of a copy (see `digits.windows`), left to right.

    >>> find_ids("卫星:zx5x2o1o 扣扣3 3 0 0 1 1 2")     # WeChat ("satellite") …, QQ ("button-button") …
    [Id(start=3, end=11, kind='wechat', digits=''), Id(start=14, end=27, kind='qq', digits='3300112')]
    """
    pattern, known = _words()
    found: list[Id] = []
    at = 0
    while match := pattern.search(copy, at):
        word = _Word(match.start(), match.end(), *known[match[0]])
        got = _after(copy, word) or (_named_behind(copy, word) if word.is_strong else None)
        if got and (not found or got.start >= found[-1].end):
            found.append(got)
        at = max(got.end, match.end()) if got else match.start() + 1  # 加微心: where 加微 leads to no id, 微心 may
    taken = {i for one in found for i in range(one.start, one.end)}
    for match in _gap()["add"].finditer(copy):
        added = _added(copy, match)
        if added and taken.isdisjoint(range(added.start, added.end)):
            found.append(added)
    return sorted(found)


def _after(copy: str, word: _Word) -> Id | None:
    gap = _gap()
    is_one_han = word.end - word.start == 1 and "\u4e00" <= copy[word.start] <= "\u9fff"
    is_free = word.is_strong or not is_one_han or gap["weak_after"].search(copy[max(0, word.start - 1) : word.start])
    if not is_free and not _follows_at_once(copy, word):
        return None
    between = gap["strong" if word.is_strong else "weak"].match(copy, word.end)
    at = between.end() if between else word.end
    got = _id_at(copy, at, word)
    if got is None and word.is_strong and (colon := gap["colon"].match(copy, word.end)):
        got = _id_at(copy, colon.end(), word)
    if got and got.digits and kind_of(got.digits) and gap["shared"].search(copy[max(0, word.start - 8) : word.start]):
        return got._replace(kind="mobile")
    return got


def _follows_at_once(copy: str, word: _Word) -> bool:
    """Whether an id follows a weak word within a sentence so closely that nothing else can be meant: 老师薇:ab_1234."""
    if _gap()["not_weak"].search(copy[max(0, word.end - 3) : word.end]):
        return False
    at = word.end + (copy[word.end : word.end + 1] == ":")
    has_colon = at > word.end
    return bool(
        _MIXED.match(copy, at) or (has_colon and (_JOINED.match(copy, at) or (word.kind == "qq" and _GROUP.match(copy, at))))
    )


def _named_behind(copy: str, word: _Word) -> Id | None:
    """An id whose messenger is named behind it, in brackets or by an arrow."""
    found = _BEFORE_WORD.search(copy[max(0, word.start - 30) : word.start])
    if found is None or ("(" in found["joint"] and copy[word.end : word.end + 1] != ")"):
        return None
    token, start = found["id"], max(0, word.start - 30) + found.start("id")
    if token.isdigit():
        known = kind_of(token)
        is_number = (known and known[0] == "mobile") or (word.kind == "qq" and not known and token not in hotlines())
        return Id(start, start + len(token), word.kind, token) if is_number else None
    is_mixed = re.search("[a-z]", token) and re.search(r"\d", token) and not re.fullmatch(r"\d+[a-z]", token)
    return Id(start, start + len(token), word.kind, "") if is_mixed and word.kind != "qq" else None


def _id_at(copy: str, at: int, word: _Word) -> Id | None:
    sign = copy[word.end : at]
    number = NUMBER.match(copy, at)
    if number and (got := _number(copy, number, word, sign)):
        return got
    if word.kind == "qq":
        return None
    if (mixed := _HAN_TAIL.match(copy, at)) and (word.is_strong or sign):
        return Id(at, mixed.end(), word.kind, read_tail(mixed[0]))
    token = _PARTED.match(copy, at) or _TOKEN.match(copy, at)
    if token is None:
        token = _SPACED.match(copy, at) or (_PIECES.match(copy, at) if ":" in sign else None)
    if token is None or not _is_id(copy, token, word, sign):
        return None
    end = at + len(token[0].rstrip("-_"))
    has_handle = token[0].startswith("@") and copy[word.start : word.end] != "line"  # in LINE the @ is part of the id
    return Id(at + has_handle, end, word.kind, "")


def read_tail(token: str) -> str:
    """An id whose digits are written in Han, with digits.

    >>> read_tail("ab_零零七")
    'ab_007'
    """
    head = re.match(r"[-_a-z0-9]*", token)
    size = head.end() if head else 0
    return token[:size] + undone(token[size:])


def _joined(token: re.Match[str]) -> str:
    return token[0][:: 1 + len(token["by"])] if token.re is _PARTED else re.sub(r"[ .]", "", token[0])


def _is_id(copy: str, token: re.Match[str], word: _Word, sign: str) -> bool:
    body = _joined(token).strip("-_@")
    if not 6 - (word.kind == "other") <= len(body) <= 20 or not re.search("[a-z]", body) or body in hotlines():
        return False
    named = ":" in sign or "号" in sign or "id" in sign or _gap()["add_before"].search(copy[max(0, word.start - 2) : word.start])
    if not word.is_strong and word.kind == "other":
        return bool(":" in sign or token[0].startswith("@"))
    if not re.search(r"\d", body):
        return (
            bool(sign and (named or copy[word.start] in "加佳+➕"))
            and body not in load_yaml("lexicon/contacts.yml")["not_ids"]
        )
    return bool(word.is_strong or sign or not copy[word.end - 1].isascii()) and not re.fullmatch(r"\d+[a-z]", body)


def _number(copy: str, number: re.Match[str], word: _Word, sign: str) -> Id | None:
    run = ended(number[0])
    if len(undone(run)) > 11 and not kind_of(undone(run)):
        run = _first_piece(run)
    digits, end = undone(run), number.start() + len(run)
    known = kind_of(digits)
    if known and known[0] == "mobile":
        return Id(number.start(), end, word.kind, known[1])
    if digits in hotlines() or unit_after().match(copy, end) or (_DATE.match(run) and ":" not in sign):
        return None
    least = 5 if word.is_strong and ":" in sign else 6 if word.is_strong or ":" in sign else 8
    if not least <= len(digits) <= 11 or digits[0] == "0" or real_digits(run) * 2 < len(digits):
        return None
    if word.kind != "qq" and real_digits(run) < len(digits):
        return None
    return Id(number.start(), end, word.kind, digits)


def _first_piece(run: str) -> str:
    taken = 0
    for piece in re.finditer(rf"[^{SEPARATOR[1:-1]}]+", run):
        if len(undone(run[: piece.end()])) > 11:
            break
        taken = piece.end()
    return run[:taken]


def _added(copy: str, add: re.Match[str]) -> Id | None:
    at = add.end()
    number = NUMBER.match(copy, at)
    if number:
        run = ended(number[0])
        digits, end = undone(run), at + len(run)
        known = kind_of(digits)
        if known and known[0] == "mobile" and add[0][0] != "+":
            return Id(at, end, "wechat", known[1])
        is_count = unit_after().match(copy, end) or re.search(r"0000$", digits) or digits[0] == "0"
        return (
            None if known or is_count or not 8 <= len(digits) <= 10 or add[0][0] == "+" else Id(at, end, "qq", digits)
        )
    token = _PARTED.match(copy, at) or _TOKEN.match(copy, at)
    if token is None or add[0][0] == "私" or copy[max(0, add.start() - 1) : add.start()].isalnum() and add[0][0] == "+":
        return None
    body, end = _joined(token).strip("-_"), at + len(token[0].rstrip("-_"))
    mixed = re.search(r"[a-z]", body) and re.search(r"\d", body) and 6 <= len(body) <= 20
    return Id(at, end, "wechat", "") if mixed and not re.fullmatch(r"\d+[a-z]{1,2}", body) else None
