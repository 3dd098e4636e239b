"""Whether a sentence is told by the one it happened to: what it says then is reported, not asserted."""

from __future__ import annotations

import re

# Genres of people who tell of themselves: rants and pleas, diaries, complaints (codebook 1.1).
TELLING_GENRES = frozenset({"G10", "G11", "G13"})

# 我国, 我行, 我司 and 我们建议 are no first person of a borrower.
_FIRST_PERSON = re.compile(r"我(?!国|行|司|社|市|省|局|院|们(?:建议|可以|团队|专业|提供|公司))|俺|本人")
_HAPPENED = re.compile(r"了|过|被|着|昨|今天|上周|上个月|那天|当时|去年|结果|居然|竟然|一直")
_IN_GENERAL = re.compile(r"一般|通常|往往|都是|按照?规定|法律|依法|属于|不得|如果|一旦|建议")


def is_told(sentence: str, genre: str | None) -> bool:
    """Whether a folded sentence without a modifier is a report, in a post of that genre.

    >>> is_told("电话打到了我妈那里", None)              # they called my mother
    True
    >>> is_told("催收一般先打电话", "G10")               # collectors usually call first
    False
    """
    if _FIRST_PERSON.search(sentence):
        return True
    if genre not in TELLING_GENRES:
        return False
    return bool(_HAPPENED.search(sentence)) or not _IN_GENERAL.search(sentence)
