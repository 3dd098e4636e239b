"""Bytes to text: what the bytes say first, then what transport and page declare, then detection; never a lost page.

Order (codebook, appendix A step 1): byte-order mark, strict UTF-8, charset of the transport, charset of the page,
detection. A declared charset is believed only if the bytes decode under it; the GBK family is always read as GB18030,
which holds it. Where no charset fits, the best guess is read with losses replaced, and the text is flagged "lossy".
What was misread before the page was written is put right by `mojibake` and flagged so.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import NamedTuple

import numpy as np
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
            return _finished(content[len(mark) :].decode(name, "replace"), name, None)
    declared = [name for name in (_known(charset), _of_page(content)) if name]
    told = declared[0] if declared else None
    wide = _wide(content)
    if wide:
        return _finished(content.decode(wide, "replace"), wide, told)
    stateful = [name for name in declared if name.startswith(("iso2022", "hz"))]
    for name in dict.fromkeys([*stateful, "utf-8", *declared]):
        text = _fitting(content, name) if name not in _NEVER_BELIEVED else None
        if text is not None:
            usual = _more_usual(content, name)
            return _finished(text if usual == name else content.decode(usual, "replace"), usual, told)
    likely = _likely(content, declared)
    return _finished(content.decode(likely, "replace"), likely, told)


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


def _fitting(content: bytes, name: str) -> str | None:
    """The text, if the bytes are text under a charset."""
    try:
        text = content.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if name == "gb18030" and _strange(text) else text


def _strange(text: str) -> bool:
    """Whether a GB18030 reading holds private-use signs as other charsets' bytes do, more than a slip."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    private = int(np.count_nonzero((units >= 0xE000) & (units <= 0xF8FF)))
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
    sample = content[:_SAMPLE]
    enough = _MUCH_MORE * (_n_common(sample, name) + 1)
    # Decoding under the wrong charset is slow: it is done only where there may be enough.
    return other if _n_pairs(sample, other) > enough and _n_common(sample, other) > enough else name


@cache
def _common() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each UTF-16 unit whether it is a common character of Chinese text, in either script."""
    table = np.zeros(0x10000, dtype=bool)
    table[[ord(sign) for sign in load_yaml("lexicon/charsets.yml")["common"]]] = True
    return table


def _n_common(sample: bytes, name: str) -> int:
    units = np.frombuffer(sample.decode(name, "ignore").encode("utf-16-le", "surrogatepass"), dtype="<u2")
    return int(np.count_nonzero(_common()[units]))


def _n_pairs(sample: bytes, name: str) -> int:
    """How many pairs of bytes, wherever they begin, are a common character under a charset: no reading has more."""
    units = np.frombuffer(sample, dtype=np.uint8).astype(np.uint16)
    return int(np.count_nonzero(_common_pairs(name)[(units[:-1] << 8) | units[1:]]))


@cache
def _common_pairs(name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    table = np.zeros(0x10000, dtype=bool)
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            signs = bytes([lead, trail]).decode(name, "ignore")
            table[lead << 8 | trail] = len(signs) == 1 and ord(signs) < 0x10000 and bool(_common()[ord(signs)])
    return table


def _finished(text: str, name: str, told: str | None) -> Decoded:
    """The text as decoded under a charset, with what was misread before put right, and its flags."""
    whole = repaired(_TWICE_ESCAPED.sub("&", text) if "&amp;" in text else text)
    text = whole.text
    flags = {"mojibake"} if whole.is_changed or whole.is_lost else set()
    if "\ufffd" in text or whole.is_lost:
        flags.add("lossy")
    if told and told.split("-")[0] != name.split("-", maxsplit=1)[0]:
        flags.add("mislabelled")
    return Decoded(text.replace("\x00", ""), name, frozenset(flags))
