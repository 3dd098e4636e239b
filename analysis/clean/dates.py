"""When a post was published, as its page says it, with the precision it says it in.

A date that is not on the page stays missing: the time of fetching is used to resolve "3 days ago" and nothing else.
Times without a zone are read as Asia/Shanghai.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analysis.clean.text import fold
from analysis.lexicon import load_yaml
from analysis.tables import ZONE

SHANGHAI = ZoneInfo(ZONE)
FIRST_YEAR = 1995
_MOST_DAYS = 50 * 366  # a page is no older than the web, with room for later readers
ROC_OFFSET = 1911  # year 1 of the Republic of China is 1912

_DAY = r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?[日号]?|\d{4}\s\d{1,2}/\d{1,2}(?!\d)|(?<!\d)20\d{6}(?!\d)"
_CLOCK = r"(?:t|\s{0,4})\d{1,2}(?::|时|點|点)\d{2}(?:(?::|分)\d{2})?(?:\.\d{1,6})?秒?分?(?:z|[+-]\d{2}:?\d{2})?"
_SHORT_DAY = r"(?<!\d)(?<![^今本]年)(?<!^年)\d{1,2}月\d{1,2}[日号]|(?<![\d-])\d{1,2}-\d{1,2}(?![\d-])"
_RELATIVE = (
    r"(?:(?<!\d)\d{1,4}(?:\.\d)?|[半几数多一两二三四五六七八九十]{1,2})\s?"
    r"(?:秒钟?|分钟?|个?小时|钟头|天|日|个?周|个?星期|礼拜|个?月|年)(?:以|之)?前"
)
_NAMED = r"刚刚|刚才|(?:今|昨|前)(?:天|日)"
# A year of the Republic of China; one of three digits, so from 2011 on, also without the word for it.
_ROC = (
    r"(?:民国\s?\d{2,3}|(?<!\d)1[0-4]\d)\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
    r"|(?<![\d/.-])1[0-4]\d(?:/\d{2}/\d{2}|\.\d{2}\.\d{2})(?![\d/.-])"
)
_HAN_DAY = r"(?:民国)?[〇零○一二三四五六七八九十]{2,4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAY_DAY = rf"(?:mon|tue|wed|thu|fri|sat|sun)\s(?:{'|'.join(_MONTHS)})\s{{1,2}}\d{{1,2}}\s\d{{1,2}}:\d{{2}}(?::\d{{2}})?\s\d{{4}}"
_DAY_FIRST = r"(?<![\d/])\d{1,2}/\d{1,2}/20\d{2}(?![\d/])"  # as in Hong Kong
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_ENGLISH_DAY = rf"{_WEEKDAY_DAY}|{_MONTH}\s\d{{1,2}},?\s\d{{4}}|\d{{1,2}}\s{_MONTH},?\s\d{{4}}"
_BROKEN = r"[于於]?年?月日|(?<!\d)年\d{1,2}月(?:\d{1,2}日)?"
_STARTS = r"\d民〇零○一二三四五六七八九十半几数多两刚今昨前于於年月jfmasondtw"  # what every such time begins with one of
DATE_PATTERN = (
    rf"(?=[{_STARTS}])(?:(?:{_ROC}|{_HAN_DAY}|{_ENGLISH_DAY}|{_DAY_FIRST}|{_DAY}|{_SHORT_DAY}|{_NAMED})(?:{_CLOCK})?|{_RELATIVE}|\d{{4}}年\d{{1,2}}月|{_BROKEN}"
    r"|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?)"
)

_SPELT = re.compile(rf"(?P<han>{_HAN_DAY})|(?P<weekday>{_WEEKDAY_DAY})|(?P<english>{_ENGLISH_DAY})|(?P<dmy>{_DAY_FIRST})")
_FULL = re.compile(
    rf"(?P<roc>{_ROC})|(?P<day>{_DAY})|(?P<month>\d{{4}}\s?[-/年]\s?\d{{1,2}}月?(?![\d:/-]))|(?P<relative>{_RELATIVE})"
    rf"|(?P<named>{_NAMED})|(?P<short>{_SHORT_DAY})|(?P<year>(?:19|20)\d{{2}}年)"
)
_TIME = re.compile(
    r"(?:t|\s{0,4}(?:上午|下午|晚上|am|pm)?\s{0,2})(\d{1,2})(?::|时|点)(\d{2})(?:(?::|分)(\d{2}))?(?:\.\d{1,6})?(?:秒|分)?(z|[+-]\d{2}:?\d{2})?"
)
_AROUND = 8  # characters before and after a time in which its label is looked for


class Published(NamedTuple):
    """When, and what it was read from: second, minute, hour, day, month, year, relative, unknown."""

    at: datetime | None
    precision: str


class _Found(NamedTuple):
    at: datetime | None
    precision: str
    rank: int  # 0 said to be publication, 1 a bare time, 2 an update or a reply


UNKNOWN = Published(None, "unknown")


def published(page_meta: Sequence[str], head: Mapping[str, str], fetched_at: datetime | None = None) -> Published:
    """The time of publication from the meta lines of a page, else from its head.

    What the page shows wins over its head, unless the head says the same day more exactly; "发布" (published) wins over
    "更新" (updated), and of equals the earlier. Relative times need `fetched_at`; without it they stay missing.

    >>> published(["来源：某报 2025年3月2日 10:22"], {})          # source: some paper
    Published(at=datetime.datetime(2025, 3, 2, 10, 22, tzinfo=zoneinfo.ZoneInfo(key='Asia/Shanghai')), precision='minute')
    >>> published(["发布时间：于月日"], {})                       # digits stripped by the host (codebook N04)
    Published(at=None, precision='unknown')
    """
    found = [each for line in page_meta for each in _in_line(line, fetched_at)]
    shown = _best(found)
    told = _of_head(head)
    if told is not None and (shown is None or shown.rank == 2 or _same_day(shown, told)):
        return Published(told.at, told.precision)
    if shown is None:
        return UNKNOWN
    if shown.precision == "relative" and shown.at is None:
        return UNKNOWN if told is None else Published(told.at, told.precision)
    return Published(shown.at, shown.precision)


def _best(found: list[_Found]) -> _Found | None:
    known = [f for f in found if f.at is not None] or found
    if not known:
        return None
    rank = min(f.rank for f in known)
    same = [f for f in known if f.rank == rank]
    dated = [f for f in same if f.at is not None]
    return min(dated, key=lambda f: (f.at or datetime.max).astimezone(SHANGHAI)) if dated and rank != 1 else same[0]


def _same_day(shown: _Found, told: _Found) -> bool:
    if shown.at is None or told.at is None:
        return False
    finer = ("year", "month", "day", "hour", "minute", "second", "relative")
    return shown.at.date() == told.at.date() and finer.index(told.precision) > finer.index(shown.precision)


def _in_line(line: str, fetched_at: datetime | None) -> Iterator[_Found]:
    text = _SPELT.sub(_in_digits, fold(line))
    for match in _FULL.finditer(text):
        clock = _TIME.match(text, match.end())
        made = _read(match, clock, fetched_at)
        if made is not None:
            end = clock.end() if clock else match.end()
            yield _Found(*made, _rank(text[max(0, match.start() - _AROUND) : match.start()], text[end : end + 4]))


def _in_digits(match: re.Match[str]) -> str:
    """A day spelt in Han numerals or with an English month, in digits."""
    text = match.group()
    if match.lastgroup == "dmy":
        day, month, year = (int(n) for n in text.split("/"))
        return f"{year}-{month}-{day}" if month <= 12 else f"{year}-{day}-{month}"
    if match.lastgroup == "weekday":  # the clock stands before the year
        _, month_name, day_text, clock, year_text = text.split()
        return f"{year_text}-{_MONTHS.index(month_name) + 1}-{day_text} {clock}"
    if match.lastgroup == "english":
        month = next(k for k, name in enumerate(_MONTHS, 1) if name in text)
        first, second = (int(n) for n in re.findall(r"\d+", text))
        return f"{second}-{month}-{first}"
    republic = "民国" if text.startswith("民国") else ""
    han_year, han_month, han_day = re.split("[年月]", text.removeprefix("民国").rstrip("日号"))
    return f"{republic}{_number(han_year)}年{_number(han_month)}月{_number(han_day)}日"


def _number(han: str) -> int:
    """A number in Han numerals, digit by digit or with tens.

    >>> _number("二〇二五"), _number("十四"), _number("三十"), _number("二十一")
    (2025, 14, 30, 21)
    """
    digits = {sign: k for k, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
    if "十" not in han:
        return int("".join(str(digits[sign]) for sign in han))
    tens, ones = han.split("十", 1)
    return 10 * (digits[tens] if tens else 1) + digits.get(ones, 0)


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile("|".join(load_yaml("lexicon/dates.yml")[name]))


def _rank(before: str, after: str) -> int:
    """0 for a time called publication, 2 for one called a change, 1 for a bare one; the nearer word decides."""
    for text in (before[-4:], after, before):
        if _words("changed").search(text):
            return 2
        if _words("published").search(text):
            return 0
    return 1


def _read(match: re.Match[str], clock: re.Match[str] | None, fetched_at: datetime | None) -> Published | None:
    kind, text = str(match.lastgroup), match.group()
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    if kind == "roc":
        return _moment(numbers[0] + ROC_OFFSET, numbers[1], numbers[2], clock)
    if kind == "day":
        if len(numbers) == 1:
            numbers = [numbers[0] // 10000, numbers[0] // 100 % 100, numbers[0] % 100]
        return _moment(numbers[0], numbers[1], numbers[2], clock)
    if kind == "month":
        made = _moment(numbers[0], numbers[1], 1, None)
        return made and Published(made.at, "month")
    if kind == "year":
        made = _moment(numbers[0], 1, 1, None)
        return made and Published(made.at, "year")
    if kind == "relative":
        return _relative(text, fetched_at)
    if kind == "named":
        return _named(text, clock, fetched_at)
    return _without_year(numbers, clock, fetched_at)


def _moment(year: int, month: int, day: int, clock: re.Match[str] | None) -> Published | None:
    try:
        at = datetime(year, month, day, tzinfo=SHANGHAI)
    except ValueError:
        return None
    if not FIRST_YEAR <= year <= datetime.now(SHANGHAI).year + 1:
        return None
    return _with_clock(at, clock)


def _with_clock(at: datetime, clock: re.Match[str] | None) -> Published:
    if clock is None:
        return Published(at, "day")
    hour, minute, second, zone = int(clock[1]), int(clock[2]), clock[3], clock[4]
    if hour < 12 and re.search("下午|晚上|pm", clock.group()):
        hour += 12
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return Published(at, "day")
    at = at.replace(hour=hour, minute=minute, second=int(second or 0))
    if zone:
        at = datetime.fromisoformat(at.strftime("%Y-%m-%dT%H:%M:%S") + zone.upper()).astimezone(SHANGHAI)
    return Published(at, "second" if second else "minute")


def _relative(text: str, fetched_at: datetime | None) -> Published:
    data = load_yaml("lexicon/dates.yml")
    found = re.match(r"\s*(\d+(?:\.\d)?|[^\d\s个秒分小钟天日周星礼月年]+)\s?(.+?)(?:以|之)?前$", text)
    if found is None or fetched_at is None:
        return Published(None, "relative")
    amount = found[1]
    if amount[0].isdigit():
        count: float | None = float(amount)
    elif len(amount) == 2 and amount[0] == "十":
        count = 10 + (data["numbers"].get(amount[1]) or 0)
    else:
        count = data["numbers"].get(amount)
    unit = data["unit_days"].get(found[2])
    if count is None or unit is None:
        return Published(None, "relative")
    if count * unit > _MOST_DAYS:  # "5000年前" (5,000 years ago) is told of, and no date of a page
        return Published(None, "relative")
    return Published(fetched_at.astimezone(SHANGHAI) - timedelta(days=count * unit), "relative")


def _named(text: str, clock: re.Match[str] | None, fetched_at: datetime | None) -> Published:
    if fetched_at is None:
        return Published(None, "relative")
    day = fetched_at.astimezone(SHANGHAI) - timedelta(days=load_yaml("lexicon/dates.yml")["days_back"][text])
    if clock is None:
        return Published(day, "relative")
    return _with_clock(day.replace(hour=0, minute=0, second=0, microsecond=0), clock)


def _without_year(numbers: list[int], clock: re.Match[str] | None, fetched_at: datetime | None) -> Published | None:
    """A day without its year: the last such day before fetching; without a time of fetching it stays missing."""
    if fetched_at is None:
        return Published(None, "relative")
    now = fetched_at.astimezone(SHANGHAI)
    for year in (now.year, now.year - 1):
        made = _moment(year, numbers[0], numbers[1], clock)
        if made is not None and made.at is not None and made.at <= now + timedelta(days=1):
            return made
    return None


def _of_head(head: Mapping[str, str]) -> _Found | None:
    for name in load_yaml("lexicon/dates.yml")["head"]:
        value = head.get(name, "")
        if value:
            for found in _in_line(value, None):
                if found.at is not None:
                    return _Found(found.at, found.precision, 0)
    return None
