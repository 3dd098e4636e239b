"""Bytes become text under right, wrong and missing labels, and no page is lost to a bad byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.clean.decode import decode

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
