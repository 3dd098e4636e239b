"""Bytes to text: what the bytes say first, then what transport and page declare, then detection; never a lost page.

Order (codebook, appendix A step 1): byte-order mark, strict UTF-8, charset of the transport, charset of the page,
detection. A declared charset is believed only if the bytes decode under it; the GBK family is always read as GB18030,
which holds it. Where no charset fits, the best guess is read with losses replaced, and the text is flagged "lossy".
What was misread before the page was written is put right by `mojibake` and flagged so.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from resiliparse.parse.encoding import detect_encoding

from analysis.clean.mojibake import repaired
from analysis.lexicon import load_yaml

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_META = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s{0,3}=\s{0,3}[\"']?\s{0,3}([a-zA-Z0-9_.:-]{2,30})",
    re.IGNORECASE,
)
_TWICE_ESCAPED = re.compile(r"&amp;(?=#\d{2,7};|#x[0-9a-fA-F]{2,6};|nbsp;)")  # codebook, appendix A step 3
_SAMPLE = 60_000  # bytes by which GB18030 and Big5 are told apart
_HEAD = 4096  # bytes of the page in which a charset is looked for
_LOSSES_FORGIVEN = (
    0.002  # share of bad characters up to which a declared or likely charset is kept rather than guessed anew
)
_FEW = 8  # and this many on a short page
_UTF8_LOSSES = 0.02
_NEVER_BELIEVED = ("utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "cp1252", "ascii")  # every byte decodes under these
_MUCH_MORE = 3  # times as many common characters under the other of GB18030 and Big5


class Decoded(NamedTuple):
    """The text, the charset it was read as, and flags: lossy (characters lost or replaced), mislabelled, mojibake."""

    text: str
    charset: str
    flags: frozenset[str]


def decode(content: bytes, charset: str | None = None) -> Decoded:
    """The text of a page's bytes; `charset` is what the transport said.

    >>> decode("逾期".encode("gb2312"), "gb2312")[:2]          # overdue
    ('逾期', 'gb18030')
    >>> decode("催收".encode("utf-8"), "gbk").flags            # collection, under a wrong label
    frozenset({'mislabelled'})
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _read(content[len(mark) :], name, None)
    declared = [name for name in (_known(charset), _of_page(content)) if name]
    told = declared[0] if declared else None
    wide = _wide(content)
    if wide:
        return _read(content, wide, told)
    stateful = [name for name in declared if name.startswith(("iso2022", "hz"))]
    for name in dict.fromkeys([*stateful, "utf-8", *declared]):
        if name not in _NEVER_BELIEVED and _fits(content, name):
            return _read(content, _more_usual(content, name), told)
    return _read(content, _likely(content, declared), told)


def _known(label: str | None) -> str | None:
    """The codec of a label, the GBK family as gb18030, Big5 with its Hong Kong signs; None for no label or an unknown one."""
    if not label:
        return None
    name = label.strip().strip("\"';").lower()
    name = str(load_yaml("lexicon/charsets.yml")["read_as"].get(name, name))
    try:
        return str(codecs.lookup(name).name)
    except (LookupError, ValueError):
        return None


def _of_page(content: bytes) -> str | None:
    found = _META.search(content[:_HEAD])
    return _known(found[1].decode("ascii")) if found else None


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: zero bytes, and all on the same side."""
    head = content[:_HEAD]
    odd, even = head[1::2].count(0), head[::2].count(0)
    if odd + even < 3 or min(odd, even) > (odd + even) // 20:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _fits(content: bytes, name: str) -> bool:
    try:
        text = content.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return name != "gb18030" or not _strange(text)


def _strange(text: str) -> bool:
    """Whether a GB18030 reading holds private-use signs as other charsets' bytes do, more than a slip."""
    private = sum(1 for sign in text if "\ue000" <= sign <= "\uf8ff")
    return private > max(_FEW, len(text) * _LOSSES_FORGIVEN)


def _likely(content: bytes, declared: list[str]) -> str:
    """The charset with the fewest losses among UTF-8, those declared, and the one detected."""
    if content.decode("utf-8", "replace").count("\ufffd") <= max(1, len(content) * _UTF8_LOSSES / 3):
        return "utf-8"
    guess = _known(detect_encoding(content)) or "gb18030"
    names = list(dict.fromkeys([*declared, guess, "gb18030", "big5hkscs"]))
    losses = {name: content.decode(name, "replace").count("\ufffd") for name in names}
    allowed = max(_FEW, int(len(content) * _LOSSES_FORGIVEN))
    for name in names:
        if losses[name] <= allowed and name not in _NEVER_BELIEVED:
            return _more_usual(content, name)
    return min(names, key=lambda name: losses[name] if name not in _NEVER_BELIEVED else len(content))


def _more_usual(content: bytes, name: str) -> str:
    """GB18030 or Big5, whichever reads as common characters: most bytes of one decode under the other without an error."""
    other = {"gb18030": "big5hkscs", "big5hkscs": "gb18030"}.get(name)
    if other is None:
        return name
    common = frozenset(load_yaml("lexicon/charsets.yml")["common"])
    sample = content[:_SAMPLE]
    n_here, n_there = (sum(1 for sign in sample.decode(each, "ignore") if sign in common) for each in (name, other))
    return other if n_there > _MUCH_MORE * (n_here + 1) else name


def _read(content: bytes, name: str, told: str | None) -> Decoded:
    whole = repaired(_TWICE_ESCAPED.sub("&", content.decode(name, "replace")))
    text = whole.text
    flags = {"mojibake"} if whole.is_changed or whole.is_lost else set()
    if "\ufffd" in text or whole.is_lost:
        flags.add("lossy")
    if told and told.split("-")[0] != name.split("-", maxsplit=1)[0]:
        flags.add("mislabelled")
    return Decoded(text.replace("\x00", ""), name, frozenset(flags))
