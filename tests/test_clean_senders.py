"""Senders of collection messages: told from the contacts a post offers and from numbers of its own people."""

from __future__ import annotations

import pytest

from analysis.clean.contacts import find_contacts
from analysis.clean.post import Settings, clean_record
from analysis.clean.redact import find_people
from analysis.clean.senders import find_senders


def senders(text: str) -> list[tuple[str, str]]:
    offered = {contact.start for contact in find_contacts(text)}
    return [(s.kind, s.value) for s in find_senders(text, find_people(text), offered)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("催收用17100004567一直打给我", [("mobile", "17100004567")]),  # a collector calls from …
        ("号码１７１ ００００ ４５６７天天打来", [("mobile", "17100004567")]),  # calls daily
        ("106575581234567发来短信", [("sms_port", "106575581234567")]),  # a port sent a message
        ("来电显示0999-5550123，自称法务", [("landline", "09995550123")]),  # the display said …
        ("收到短信：【某某金融】尊敬的客户，您已逾期3天，请尽快还款", [("signature", "某某金融")]),  # dear client, overdue
        ("【某某律所】你的案件已立案", [("signature", "某某律所")]),  # your case is filed
        ("本人手机18600001357被催收", []),  # my own mobile
        ("紧急联系人13900001234也被打了", []),  # an emergency contact
        ("【温馨提示】您好，请及时还款", []),  # a heading
        ("【重点】逾期后要做三件事", []),  # a heading
        ("咨询电话：13900001234", []),  # a contact that is offered
        ("打了12378投诉催收", []),  # a public line
    ],
)
def test_who_sent_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert senders(text) == expected


def test_a_sender_leaves_only_as_a_key() -> None:
    text = "网贷逾期三个月，催收用17100004567一直打给我。\n【某某金融】您已逾期，请还款。"  # overdue; collector calls; message
    record = {
        "raw_id": "r", "source": "made", "url": None, "fetched_at": None, "charset": None, "media_type": "text/plain",
        "n_bytes": 1, "content": text.encode(),
    }  # fmt: skip
    rows = clean_record(record, Settings(b"salt" * 8, reveal_contacts=True))
    post = rows["posts"][0]
    kinds = [key.split(":")[0] for key in post["sender_keys"].split()]
    assert kinds == ["mobile", "signature"]
    assert "17100004567" not in str(rows)
    assert "催收用〔电话〕一直打给我" in post["text"]
    assert rows["contacts"] == []
