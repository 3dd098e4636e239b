"""Whether a post tells what happened to its writer: what it says then is reported, not asserted."""

from __future__ import annotations

import re

# Genres of people who tell of themselves: rants and pleas, diaries, testimony, complaints (codebook 1.1).
TELLING_GENRES = frozenset({"G10", "G11", "G12", "G13"})
NARRATIVE_SHARE = 0.3  # of sentences in the first person; chosen on invented posts, not measured

# 我国, 我行, 我司 and 我们建议 are no first person of a borrower.
_FIRST_PERSON = re.compile(r"我(?!国|行|司|社|市|省|局|院|们(?:建议|可以|团队|专业|提供|公司))|俺|本人")
_SENTENCE = re.compile(r"[^。!?\n]+")


def is_narrative(text: str, genre: str | None) -> bool:
    """Whether the folded text is told in the first person, or its genre is one in which people tell of themselves.

    >>> is_narrative("我昨天被骂了。我妈也接到电话。", None)      # I was insulted yesterday. Mum got a call too.
    True
    >>> is_narrative("平台不得威胁借款人。", None)                # platforms must not threaten borrowers
    False
    """
    if genre in TELLING_GENRES:
        return True
    found = [m.group() for m in _SENTENCE.finditer(text) if len(m.group()) >= 4]
    return bool(found) and sum(bool(_FIRST_PERSON.search(s)) for s in found) >= NARRATIVE_SHARE * len(found)
