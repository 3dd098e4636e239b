"""Numbers that a sentence states, read by the patterns of `data/law/claims.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.lexicon import load_yaml
from analysis.measure.amounts import Ends, clock, exact, number, percent
from analysis.problems import DataProblem

FILE = "law/claims.yml"
HOURS, HOURS_OPEN = "hours_closed", "hours_open"
ENDLESS = float("inf")
BESIDE = 10  # characters before what is found, and after its number, in which a word bounds it
DAWN = 9  # a range of hours inside one day that ends by then is one of rest, a longer one of work
COUNTS = "0123456789一二两三四五六七八九十百千几半永终"  # one of these stands in every sentence that states a number
_BLANKS = re.compile(
    r"(?<=[^\x00-\x7f])[ \t]{1,4}(?=[^ \t])|(?<=[^ \t])[ \t]{1,4}(?=[^\x00-\x7f])"
    r"|(?<=[\d%])[ \t]{1,4}(?=[-~%])|(?<=[-~,])[ \t]{1,4}(?=[\da-zA-Z])"
)
_WORKDAYS = "工作日"
_STOP = re.compile(r"[,，、:;]")
_NEXT_DAY = ("早", "次日", "第二天", "凌晨", "清晨")
NOON = 12


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(_Entry):
    """One quantity: where it is looked for, how its numbers are read, and what makes it a claim of a rule."""

    quantity: str
    unit: str
    theme: str
    near: tuple[str, ...]
    any: tuple[str, ...]
    reader: str = Field("number", pattern="^(number|percent|clock)$")
    told: str | None = None
    rule_words: tuple[str, ...] = ()
    reach: int = 14
    scale: dict[str, float] = Field(default_factory=dict)
    lines: tuple[float, ...] = ()
    endless: str | None = None


class _Bounds(_Entry):
    most_before: tuple[str, ...]
    most_after: tuple[str, ...]
    least_before: tuple[str, ...]
    least_after: tuple[str, ...]


class Words(_Entry):
    """The whole file."""

    source: str
    licence: str
    macros: dict[str, str]
    bounds: _Bounds
    papers: tuple[str, ...]
    elsewhere: tuple[str, ...]
    verdicts: dict[str, str]
    kinds: tuple[Kind, ...]


class Found(NamedTuple):
    """A number in a sentence: where, of what quantity, its ends, the number that is named, and whether a rule is claimed."""

    start: int
    end: int
    quantity: str
    ends: Ends
    named: Ends
    unit: str
    theme: str
    is_rule: bool


class _Reader(NamedTuple):
    kind: Kind
    patterns: tuple[re.Pattern[str], ...]
    endless: re.Pattern[str] | None


def words_of(data: Mapping[str, object]) -> Words:
    """The patterns of a mapping as read from YAML; an unknown key is an error."""
    try:
        return Words.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataProblem(f"{FILE}, {place}: {first['msg']}. Mend the entry; unknown keys are not allowed.") from None


@cache
def words() -> Words:
    """The patterns of the project."""
    return words_of(load_yaml(FILE))


@cache
def _readers() -> tuple[_Reader, ...]:
    found = words()

    def one(pattern: str) -> re.Pattern[str]:
        for name, text in found.macros.items():
            pattern = pattern.replace(f"{{{name}}}", text)
        try:
            return re.compile(pattern)
        except re.error as error:
            raise DataProblem(f"{FILE}: {pattern!r} is no regular expression: {error}.") from None

    return tuple(_Reader(k, tuple(one(p) for p in k.any), one(k.endless) if k.endless else None) for k in found.kinds)


def tight(text: str) -> tuple[str, Sequence[int]]:
    """The text without the blanks that many put around digits, and for each character where it stood.

    >>> tight("每天 3 次, GB/T 45251")[0]                # blanks between Latin letters and digits stay
    '每天3次,GB/T 45251'
    """
    if " " not in text and "\t" not in text:
        return text, range(len(text))
    kept = list(range(len(text)))
    for match in reversed(list(_BLANKS.finditer(text))):
        del kept[match.start() : match.end()]
    return "".join(text[place] for place in kept), kept


def numbers(sentence: str, possible: Sequence[int] | None = None) -> list[Found]:
    """The numbers of a folded sentence, from left to right; a stretch that one quantity has read is read once.

    `possible` are the places of the kinds that are looked for, where a caller knows that no other can stand there.

    >>> [(f.quantity, tuple(f.named), f.is_rule) for f in numbers("每天拨打不得超过3次")]      # no more than 3 calls a day
    [('calls_limit', (3.0, 3.0), True)]
    >>> [(f.quantity, tuple(f.ends)) for f in numbers("一天打了三十多个电话")]                # 30-odd calls in one day
    [('calls_a_day', (31.0, 39.0))]
    """
    found: list[Found] = []
    taken = bytearray(len(sentence))
    readers = _readers() if possible is None else [_readers()[place] for place in possible]
    for reader in readers:
        if not any(word in sentence for word in reader.kind.near):
            continue
        for one in _of_kind(sentence, reader):
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                found.append(one)
    return sorted(found)


def _of_kind(sentence: str, reader: _Reader) -> Iterator[Found]:
    kind = reader.kind
    for pattern in reader.patterns:
        for match in pattern.finditer(sentence):
            one = _read(sentence, match, kind)
            if one is not None:
                yield one
    if reader.endless is not None:
        for match in reader.endless.finditer(sentence):
            ends = Ends(ENDLESS, None)
            yield Found(*match.span(), kind.quantity, ends, Ends(ENDLESS, ENDLESS), kind.unit, kind.theme, True)


def _read(sentence: str, match: re.Match[str], kind: Kind) -> Found | None:
    groups = match.groupdict()
    if kind.reader == "clock":
        return _hours(sentence, match, kind)
    low = _ends(groups["low"], kind.reader)
    high = _ends(groups["high"], kind.reader) if groups.get("high") else None
    if low is None or (groups.get("high") and high is None):
        return None
    named = Ends(low.low, low.high)
    if high is not None and low.low is not None and high.high is not None:
        times = _shared_unit(groups["low"], groups["high"])
        if low.low * times > high.high:
            return None
        named = Ends(low.low * times, high.high)
    unit = groups.get("unit") or ""
    scale = kind.scale.get(unit, 1.0)
    named = Ends(*(None if end is None else end * scale for end in named))
    ends = _bounded(sentence, match, named) if high is None else named
    is_rule = _is_rule(sentence, match, kind)
    said = f"working {kind.unit}" if unit == _WORKDAYS else kind.unit
    quantity = kind.quantity if is_rule else kind.told or kind.quantity
    return Found(*match.span(), quantity, ends, named, said, kind.theme, is_rule)


def _is_rule(sentence: str, match: re.Match[str], kind: Kind) -> bool:
    around = sentence[max(0, match.start() - kind.reach) : match.end() + kind.reach]
    return kind.told is None or any(word in around for word in kind.rule_words)


def _ends(text: str, reader: str) -> Ends | None:
    if reader == "number":
        return number(text)
    value = percent(text)
    value = exact(text) if value is None else value
    return None if value is None else Ends(value, value)


def _shared_unit(low: str, high: str) -> float:
    """In 3到5万 the first number is in ten thousands too."""
    for unit, value in (("万", 10_000.0), ("w", 10_000.0), ("千", 1000.0), ("百", 100.0)):
        if high.endswith(unit) and len(high) > 1 and not any(c in "百千万w" for c in low):
            return value
    return 1.0


def _bounded(sentence: str, match: re.Match[str], named: Ends) -> Ends:
    bounds = words().bounds
    start = match.start("low")
    before = _STOP.split(sentence[max(0, match.start() - BESIDE) : start])[-1]
    after = _STOP.split(sentence[match.end("low") : match.end("low") + BESIDE])[0]
    if any(word in before for word in bounds.most_before) or any(word in after for word in bounds.most_after):
        return Ends(None, named.high)
    if any(word in before for word in bounds.least_before) or any(word in after for word in bounds.least_after):
        return Ends(named.low, None)
    return named


def _hours(sentence: str, match: re.Match[str], kind: Kind) -> Found | None:
    groups = match.groupdict()
    ends = Ends(*(clock(groups[name]) if groups.get(name) else None for name in ("low", "high")))
    if (groups.get("low") and ends.low is None) or (groups.get("high") and ends.high is None):
        return None
    ends = _in_the_evening(ends, groups)
    is_rule = _is_rule(sentence, match, kind)
    if ends.low is not None and ends.low == ends.high:
        return None
    is_day = ends.low is not None and ends.high is not None and DAWN < ends.high > ends.low
    quantity = (HOURS_OPEN if is_day else HOURS) if is_rule else kind.told or kind.quantity
    return Found(*match.span(), quantity, ends, ends, kind.unit, kind.theme, is_rule)


def _in_the_evening(ends: Ends, groups: Mapping[str, str | None]) -> Ends:
    """十点到早上八点 (ten to eight in the morning) begins at ten in the evening, though it does not say so."""
    low, high = groups.get("low") or "", groups.get("high") or ""
    is_bare = low[:1].isdigit() or low[:1] in "一二两三四五六七八九十"
    next_day = high.startswith(_NEXT_DAY)
    if ends.low is not None and is_bare and next_day and ":" not in low and DAWN - 3 <= ends.low < NOON:
        return Ends(ends.low + NOON, ends.high)
    return ends


def is_elsewhere(text: str) -> bool:
    """Whether a folded text speaks of another jurisdiction, whose numbers are not those of `data/law/`.

    >>> is_elsewhere("香港的放债人条例"), is_elsewhere("他在香港上班")         # the Hong Kong ordinance; he works in Hong Kong
    (True, False)
    """
    return sum(word in text for word in words().elsewhere) > 1
