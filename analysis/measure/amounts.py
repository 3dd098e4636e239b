"""Numbers as Chinese posts write them: digits, Han numerals, 万, percent, 分 and 厘, clock times, and vague ones.

Every reader takes a folded surface (see `clean.text.fold`) and gives the two ends of what it says. An end that is left open
is None, as in 上百 (a hundred and more). A surface that is no number gives None as a whole, never 0.
"""

from __future__ import annotations

import re
from typing import NamedTuple

HAN = "零〇一二两三四五六七八九"
_DIGIT = dict(zip(HAN, (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SMALL = {"十": 10, "百": 100, "千": 1000, "k": 1000}
_LARGE = {"万": 10_000, "w": 10_000, "亿": 100_000_000}
_TOKEN = re.compile(rf"\d+(?:\.\d+)?|[{HAN}半十百千万亿kw]")
_VAGUE = re.compile(r"(?:好?几|数|上|成|近)(?P<unit>[十百千万])(?P<more>[万]?)")
_TEENS = re.compile(r"十(?:几|余|来|多)(?P<more>万?)")
_MORE = re.compile(r"(?P<base>.{1,8}?)(?:多|余|来|几)(?P<more>[十百千万]?)")
_PAIR = re.compile(r"(?P<a>[一二两三四五六七八九])(?P<b>[二两三四五六七八九])(?P<unit>[十百千万]{0,2})")
_FEW, _TENS = (2.0, 9.0), {"十": 10.0, "百": 100.0, "千": 1000.0, "万": 10_000.0}
_CLOCK = re.compile(
    r"(?P<part>(?:第二天)?[^\d零一二两三四五六七八九十]{0,8})(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})(?P<rest>:\d\d|[点时]半?)?.{0,2}"
)
_EVENING = ("晚", "夜", "下午", "傍晚")
_AFTERNOON_ENDS = 12


class Ends(NamedTuple):
    """The least and the most that a number says; None where it is open to that side."""

    low: float | None
    high: float | None


def exact(text: str) -> float | None:
    """One plain number, or None.

    >>> exact("三十六"), exact("1.5万"), exact("两万五"), exact("一百零五"), exact("3,000"), exact("万")
    (36.0, 15000.0, 25000.0, 105.0, 3000.0, None)
    """
    text = text.replace(",", "").replace("点", ".") if re.fullmatch(r"\d[\d,点]*[万千亿w]?", text) else text
    parts = _TOKEN.findall(text)
    if not parts or "".join(parts) != text:
        return None
    total = section = 0.0
    digit: float | None = None
    last = 0.0  # the unit that the next digit follows at once: 两万五 is 25,000, 两万零五 is 20,005
    for part in parts:
        if part in _SMALL:
            if digit is None and part != "十":
                return None
            section += (1.0 if digit is None else digit) * _SMALL[part]
            digit, last = None, float(_SMALL[part])
        elif part in _LARGE:
            if digit is None and not section:
                return None
            total = (total + section + (digit or 0.0)) * _LARGE[part]
            section, digit, last = 0.0, None, float(_LARGE[part])
        elif part == "半":
            return None if len(parts) > 1 else 0.5
        else:
            value = float(_DIGIT[part]) if part in _DIGIT else float(part)
            last = 0.0 if value == 0 else last
            digit = value if digit is None else digit * 10 + value
    if digit is not None and last >= 100 and digit < 10 and parts[-2] in (_SMALL | _LARGE):
        digit *= last / 10
    return total + section + (digit or 0.0)


def number(text: str) -> Ends | None:
    """What a number says, vague ones with both ends: a dozen or so is 11 to 19, a few dozen 20 to 99.

    >>> [tuple(number(text)) for text in ("36", "十几", "几十", "上百", "三十多", "两三", "几")]
    [(36.0, 36.0), (11.0, 19.0), (20.0, 99.0), (100.0, None), (31.0, 39.0), (2.0, 3.0), (2.0, 9.0)]
    """
    value = exact(text) if not _PAIR.fullmatch(text) else None
    if value is not None:
        return Ends(value, value)
    if text in ("几", "好几"):
        return Ends(*_FEW)
    if teens := _TEENS.fullmatch(text):
        times = 10_000.0 if teens["more"] else 1.0
        return Ends(11 * times, 19 * times)
    if vague := _VAGUE.fullmatch(text):
        unit = _TENS[vague["unit"]] * (10_000.0 if vague["more"] else 1.0)
        if text.startswith(("上", "成")):
            return Ends(unit, None)
        return Ends(2 * unit, 10 * unit - 1) if not text.startswith("近") else Ends(unit * 0.9, unit)
    if pair := _PAIR.fullmatch(text):
        ends = [exact(pair[side] + pair["unit"]) for side in ("a", "b")]
        return Ends(*ends) if None not in ends and ends[0] < ends[1] else None  # type: ignore[operator]
    return _more(text)


def _more(text: str) -> Ends | None:
    """三十多, 1百余, 五万多: from just above the number to just below the next of its last digit."""
    found = _MORE.fullmatch(text)
    base = exact(found["base"]) if found else None
    if found is None or base is None or base <= 0:
        return None
    times = _TENS.get(found["more"], 1.0)
    step = 1.0
    while base % (step * 10) == 0:
        step *= 10
    if step == 1:
        return Ends(base * times, (base + 1) * times)
    return Ends((base + 1) * times, (base + step) * times - (1 if times == 1 else 0))


def percent(text: str) -> float | None:
    """A share in percent, from %, 百分之, 千分之, 万分之, 个点, and for interest 分 and 厘.

    分 and 厘 are the old words for interest by the month: one 分 is 1 %, one 厘 0.1 %, one 角 10 %.

    >>> percent("36%"), percent("百分之二十四"), percent("万分之五"), percent("2分"), percent("一分五厘"), percent("一角五")
    (36.0, 24.0, 0.05, 2.0, 1.5, 15.0)
    """
    for word, scale in (("百分之", 1.0), ("千分之", 0.1), ("万分之", 0.01)):
        if text.startswith(word):
            value = exact(text[len(word) :]) if "点" not in text else _pointed(text[len(word) :])
            return None if value is None else round(value * scale, 10)
    if text.endswith(("%", "个点")):
        return exact(text.removesuffix("%").removesuffix("个点"))
    coins = re.fullmatch(r"(?:(?P<ten>[^分厘角毛]{1,4})[角毛])?(?:(?P<one>[^分厘]{1,4})分)?(?:(?P<tenth>[^分厘]{1,3})厘?)?", text)
    if coins is None or not (coins["ten"] or coins["one"] or text.endswith("厘")):
        return None
    parts = [(coins["ten"], 10.0), (coins["one"], 1.0), (coins["tenth"], 1.0 if coins["ten"] and not coins["one"] else 0.1)]
    values = [(exact(part), scale) for part, scale in parts if part]
    if any(value is None for value, _ in values):
        return None
    return round(sum((value or 0.0) * scale for value, scale in values), 10)


def _pointed(text: str) -> float | None:
    """A Han decimal: 十八点二五."""
    whole, _, rest = text.partition("点")
    value = exact(whole)
    if value is None or not rest or any(c not in _DIGIT and not c.isdigit() for c in rest):
        return None
    return value + float("0." + "".join(str(_DIGIT.get(c, c)) for c in rest))


def clock(text: str) -> float | None:
    """The hour of the day of a clock time, 0 to 24.

    >>> clock("晚上十点"), clock("22:30"), clock("次日早上8点"), clock("下午两点半"), clock("晚10"), clock("25点")
    (22.0, 22.5, 8.0, 14.5, 22.0, None)
    """
    found = _CLOCK.fullmatch(text)
    hour = exact(found["hour"]) if found else None
    if found is None or hour is None or hour > 24:
        return None
    rest, part = found["rest"] or "", found["part"]
    if rest.startswith(":"):
        hour += int(rest[1:]) / 60
    elif rest.endswith("半"):
        hour += 0.5
    is_late = any(word in part for word in _EVENING) and not any(word in part for word in ("早", "凌晨"))
    if is_late and 1 <= hour < _AFTERNOON_ENDS and not ("夜" in part and hour < 6):
        hour += 12
    elif is_late and hour == _AFTERNOON_ENDS:
        hour = 24.0
    return hour if hour <= 24 else None
