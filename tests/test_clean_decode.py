"""Bytes become text under right, wrong and missing labels, and no page is lost to a bad byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.clean.decode import decode
from analysis.clean.mojibake import repaired

SIMPLE = (
    "<p>网贷逾期以后，催收每天打十几个电话，家里人也被骚扰。</p>" * 3
)  # overdue; collectors call a dozen times a day
COMPLEX = "<p>網路貸款逾期以後，討債的人每天打電話，家裡的人也被騷擾。</p>" * 3  # the same in traditional characters


@pytest.mark.parametrize(
    ("text", "written_as", "label", "read_as"),
    [
        (SIMPLE, "utf-8", None, "utf-8"),
        (SIMPLE, "utf-8-sig", "gbk", "utf-8"),
        (SIMPLE, "gb2312", "gb2312", "gb18030"),
        (SIMPLE, "gbk", None, "gb18030"),
        (SIMPLE, "gb18030", "utf-8", "gb18030"),
        (SIMPLE, "gbk", "iso-8859-1", "gb18030"),
        (SIMPLE, "gbk", "big5", "gb18030"),
        (SIMPLE, "utf-8", "gb2312", "utf-8"),
        (SIMPLE, "utf-16", None, "utf-16-le"),
        (SIMPLE, "utf-16-le", None, "utf-16-le"),
        (SIMPLE, "utf-16-be", "utf-16", "utf-16-be"),
        (COMPLEX, "big5", "big5", "big5hkscs"),
        (COMPLEX, "big5", None, "big5hkscs"),
        (COMPLEX, "big5", "gbk", "big5hkscs"),
        (COMPLEX, "big5", "no-such-charset", "big5hkscs"),
    ],
)
def test_right_charset(text: str, written_as: str, label: str | None, read_as: str) -> None:
    found = decode(text.encode(written_as), label)
    assert (found.text, found.charset) == (text, read_as)
    assert "lossy" not in found.flags


def test_wrong_label_is_flagged() -> None:
    assert decode(SIMPLE.encode("utf-8"), "gbk").flags == {"mislabelled"}
    assert decode(SIMPLE.encode("gbk"), "gb2312").flags == frozenset()


def test_charset_of_the_page_is_read() -> None:
    page = "<html><head><meta http-equiv='Content-Type' content='text/html; charset=gb2312'></head>" + SIMPLE
    assert decode(page.encode("gbk")).charset == "gb18030"


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_one_bad_byte_costs_little(charset: str) -> None:
    content = SIMPLE.encode(charset)
    found = decode(content[:60] + b"\xff" + content[60:], charset)
    assert "lossy" in found.flags
    assert found.text.endswith("家里人也被骚扰。</p>")  # "the family is harassed too"


def test_a_page_cut_in_the_middle_of_a_character() -> None:
    found = decode(SIMPLE.encode("utf-8")[:-6])
    assert found.charset == "utf-8"
    assert "lossy" in found.flags


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "gbk", "big5", "utf-16", "hz", "x"]))
def test_any_bytes_give_a_text(content: bytes, label: str | None) -> None:
    assert isinstance(decode(content, label).text, str)


PLAIN = "网贷逾期以后，催收每天打十几个电话。家里人也被骚扰，怎么办？"  # overdue; a dozen calls a day; what to do?


def as_latin(content: bytes) -> str:
    """Bytes as Windows-1252 shows them, its five gaps as control characters."""
    return "".join(chr(b) if b in b"\x81\x8d\x8f\x90\x9d" else bytes([b]).decode("cp1252") for b in content)


MISREAD = {
    "UTF-8 as Windows-1252": as_latin(PLAIN.encode()),
    "UTF-8 as Latin-1": PLAIN.encode().decode("latin-1"),
    "UTF-8 as Windows-1252, twice": as_latin(as_latin(PLAIN.encode()).encode()),
    "GBK as Latin-1": PLAIN.encode("gbk").decode("latin-1"),
    "one word, UTF-8 as Windows-1252": as_latin(PLAIN[2:4].encode()),
    "one word, UTF-8 as GBK": PLAIN[2:4].encode().decode("gb18030"),
}


@pytest.mark.parametrize("how", MISREAD)
def test_what_was_misread_is_put_right(how: str) -> None:
    want = PLAIN[2:4] if how.startswith("one") else PLAIN
    found = decode(f"<p>一行正常的话。</p><p>{MISREAD[how]}</p>".encode())  # a line that is well
    assert (found.text, found.flags) == (f"<p>一行正常的话。</p><p>{want}</p>", {"mojibake"})


@pytest.mark.parametrize("charset", ["gbk", "gb18030"])
def test_misread_with_losses_is_put_right_but_for_them(charset: str) -> None:
    found = decode(PLAIN.encode().decode(charset, "replace").encode())
    assert found.flags == {"mojibake", "lossy"}
    assert "催收每天打十几" in found.text  # collection calls a dozen times a day
    assert found.text.count("\ufffd") <= 6


@pytest.mark.parametrize(
    "text",
    [
        PLAIN, COMPLEX, "联通客服说逾期", "Café à la carte, naïve, 50 £ ½ «déjà»", "Ünal Şahin ÄÖÜäöüß", "São João não está à venda",
        "涔浃浠浼浣浔逾邂逅，娉婷婵娟，璧瑞琉璃，鐘錶鑫鑒", "鍋鍛鍾鎖鏈鐵，銀行貸款", "한국어 문장 대출", "これは日本語の文章です。借金",
        "Долг и коллекторы", "① ② ③ ＡＢＣ １２３", "°C ±3 × ÷ ¥100", "á é í ó ú ü à è ê ë", "", "😀📌❤️",
    ],
)  # fmt: skip
def test_what_was_read_well_stays(text: str) -> None:
    assert repaired(text).text == text
    assert "mojibake" not in decode(text.encode()).flags


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=40))
def test_any_han_survives_a_misreading(text: str) -> None:
    assert repaired(as_latin(text.encode())).text == text


@given(st.text(max_size=80))
def test_repair_changes_nothing_twice(text: str) -> None:
    once = repaired(text).text
    assert repaired(once).text == once


def test_past_repair_is_flagged() -> None:
    assert decode("锟斤拷锟斤拷逾期".encode()).flags == {"mojibake", "lossy"}


def test_entities_escaped_twice() -> None:
    assert decode(b"<p>&amp;#20652;&amp;nbsp;&amp;lt;</p>").text == "<p>&#20652;&nbsp;&amp;lt;</p>"
