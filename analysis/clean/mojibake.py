"""Text that was read under the wrong charset before it was written down, put right where that is certain.

Three mistakes are common on Chinese pages, for a whole page or one pasted line (codebook N35): UTF-8 read as Latin-1 or
Windows-1252 (å‚¬æ”¶), GBK read the same way (´ßÊÕ), UTF-8 read as GBK (鍌敹). Each leaves sequences that no language
writes, and the way back is tried on those alone; it is taken only where the bytes decode and give common Chinese. What
was lost on the way (锟斤拷) cannot be had back and is only seen.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np

from analysis.lexicon import load_yaml

_LEADS, _TRAILS = range(0xE4, 0xEA), range(0x80, 0xC0)
_SHARE = 0.25  # of a run's characters may be lost: GBK has no sign for some pairs of bytes
_FEW = 4  # Han characters up to which nothing may be lost and all must be everyday ones
_COMMON_SHARE = 0.15  # of a run's Han characters are among the everyday ones, where it is Chinese at all
_HAN = re.compile("[\u4e00-\u9fff]")
_LOWEST = 0xB0  # the lowest sign by which a misread sequence is found


class Repaired(NamedTuple):
    """The text, and whether some of it was put right or is seen to be past that."""

    text: str
    is_changed: bool
    is_lost: bool


def _byte(value: int) -> str:
    """What Windows-1252 shows for a byte; where it has nothing, the control character of Latin-1."""
    try:
        return bytes([value]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(value)


@cache
def _to_bytes() -> dict[int, int]:
    """The byte of each sign, by Windows-1252 and by Latin-1."""
    return {ord(_byte(value)): value for value in range(0x80, 0x100)} | {value: value for value in range(0x80, 0x100)}


def _shown(values: range) -> str:
    return "".join(re.escape(sign) for value in values for sign in dict.fromkeys((_byte(value), chr(value))))


@cache
def _latin() -> re.Pattern[str]:
    """Characters of three UTF-8 bytes, each byte shown as a Latin sign; a no-break space may have become a blank."""
    trail = f"[{_shown(_TRAILS)}]"
    return re.compile(f"(?:[\u00e2-\u00e9\u00ef]{trail}(?:{trail}| )|\u00c2[\u00a0-\u00bf])+")


def _read_as_gbk(first: range, second: range) -> list[str]:
    found = set()
    for lead in first:
        for trail in second:
            try:
                found.add(bytes([lead, trail]).decode("gb18030"))
            except UnicodeDecodeError:
                continue
    return sorted(found)


@cache
def _of_pairs() -> re.Pattern[str]:
    """Pairs of GB2312 bytes shown as Latin signs, with none beside them that UTF-8 bytes may give."""
    other = f"[{_shown(range(0x80, 0x100))}]"
    return re.compile(f"(?<!{other})[\u00a1-\u00ff]{{4,}}(?!{other})")


@cache
def _first_signs() -> list[str]:
    """What UTF-8 leaves under GBK of the first two bytes of a Han character: signs that are rare in Chinese."""
    return _read_as_gbk(_LEADS, _TRAILS)


@cache
def _gbk() -> re.Pattern[str]:
    """The shape of two UTF-8 characters in three signs of GBK."""
    second, third = _read_as_gbk(_TRAILS, range(0xE2, 0xF0)), _read_as_gbk(_TRAILS, _TRAILS)
    return re.compile("".join(f"[{''.join(map(re.escape, signs))}]" for signs in (_first_signs(), second, third)))


@cache
def _hint() -> re.Pattern[str]:
    leads = "\u00e2-\u00e9\u00ef"
    # One class in front, which all of them begin with, lets the search skip what is not of it.
    pairs = "[\u00a1-\u00ff][\u00b0-\u00f7][\u00a1-\u00ff]"
    return re.compile(f"[\u00b0-\u00f7](?:(?<=[{leads}\u00c3])[{_shown(_TRAILS)}]|{pairs})")


@cache
def _common() -> frozenset[str]:
    return frozenset(load_yaml("lexicon/charsets.yml")["everyday"])


def repaired(text: str) -> Repaired:
    """The text with what was misread put right; correctly read text comes back as it is.

    >>> repaired("å‚¬æ”¶ 很凶")                                  # collection …, very fierce
    Repaired(text='催收 很凶', is_changed=True, is_lost=False)
    >>> repaired("Café à la carte, 逾期").is_changed
    False
    """
    fixed = _once(text)
    return Repaired(fixed, fixed != text, "锟斤拷" in text)


def _once(text: str) -> str:
    is_latin, is_gbk = _suspected(text)
    if is_latin:
        fixed = _twice().sub(_of_twice, text)
        fixed = _latin().sub(_of_latin, _of_pairs().sub(_of_gbk_bytes, fixed))
        is_gbk = is_gbk if fixed == text else _gbk().search(fixed) is not None
        text = fixed
    if is_gbk:
        text = "".join(_line(line) for line in re.split(r"([\x00-\x7f]+)", text))
    return text


@cache
def _table() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each UTF-16 unit whether a sequence of misread Latin signs, or of misread GBK, may begin with it."""
    table = np.zeros(0x10000, dtype=bool)
    table[_LOWEST:0xF8] = True
    table[[ord(sign) for sign in _first_signs()]] = True
    return table


def _suspected(text: str) -> tuple[bool, bool]:
    """Whether the text holds a sequence of misread Latin signs, and one of misread GBK.

    A table look-up finds the few places where one may begin; expressions look at these alone, a tenth of the cost.
    """
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    if not _table()[units[units >= _LOWEST]].any():  # a page is mostly markup: a look-up for the rest alone
        return False, False
    if len(units) != len(text):  # characters of two units: places would be off
        return _hint().search(text) is not None, _gbk().search(text) is not None
    places = np.flatnonzero(_table()[units]).tolist()
    return any(_hint().match(text, at) for at in places), any(_gbk().match(text, at) for at in places)


@cache
def _twice() -> re.Pattern[str]:
    """What is left where UTF-8 was read as Latin signs, written as UTF-8 and read so again."""
    trail = f"[{_shown(_TRAILS)}]"
    return re.compile(f"(?:[\u00c2-\u00c6\u00cb]{trail}|\u00e2{trail}{trail}){{3,}}")


def _of_twice(found: re.Match[str]) -> str:
    try:
        once = bytes(_to_bytes()[ord(sign)] for sign in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
    read = _latin().sub(_of_latin, once)
    return read if read != once and _is_chinese(read) else found[0]


def _of_latin(found: re.Match[str]) -> str:
    table = _to_bytes()
    run = found[0].replace(" ", "\u00a0")
    try:
        read = bytes(table[ord(sign)] for sign in run).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
    return read if _is_chinese(read) or not any("\u00e2" <= sign <= "\u00ef" for sign in run) else found[0]


def _is_chinese(read: str) -> bool:
    """Whether every character is Han, or a mark that Chinese text has."""
    return all("\u2010" <= sign <= "\u2027" or "\u3000" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff"
               or "\uff00" <= sign <= "\uffef" or sign in "\u00a0\u00b7" for sign in read)  # fmt: skip


def _of_gbk_bytes(found: re.Match[str]) -> str:
    content = found[0].encode("latin-1")
    if _decodes(content, "utf-8") or not _decodes(content, "gb2312"):
        return found[0]
    read = content.decode("gb2312")
    return read if _is_chinese(read) and _usual(read) >= _COMMON_SHARE and len(_HAN.findall(read)) > 1 else found[0]


def _decodes(content: bytes, charset: str) -> bool:
    try:
        content.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def _line(run: str) -> str:
    """A run of signs read back from GBK as UTF-8, where that gives more of everyday Chinese."""
    if run.isascii() or not _gbk().search(run):
        return run
    try:
        content = b"".join(b"\xff" if sign == "\ufffd" else sign.encode("gb18030") for sign in run)
    except UnicodeEncodeError:
        return run
    read = re.sub("\ufffd+", "\ufffd", content.decode("utf-8", "replace"))
    n_lost = read.count("\ufffd")
    good = read.replace("\ufffd", "")
    if not _is_chinese(good) or n_lost > _SHARE * len(read):
        return run
    if len(_HAN.findall(good)) <= _FEW:
        return read if not n_lost and _usual(good) == 1 else run
    return read if _usual(good) > max(_usual(run), _COMMON_SHARE) else run


def _usual(text: str) -> float:
    han = _HAN.findall(text)
    return sum(sign in _common() for sign in han) / len(han) if han else 0.0

