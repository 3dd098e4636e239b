"""Adverts and solicitations: what sells is told from what informs, warns or complains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.clean.adverts import mark_adverts
from analysis.clean.contacts import find_contacts
from analysis.clean.offers import offers_piecework, points
from analysis.clean.page import Block
from analysis.clean.solicitation import solicitation
from analysis.clean.text import fold
from analysis.lexicon import load_yaml, read_yaml

CASES = Path(__file__).parent / "cases" / "clean" / "adverts-synthetic.yml"
SOLD = CASES.with_name("solicitation.yml")
GOLD = Path(__file__).parents[2] / "shared" / "gold" / "dev.jsonl"


def body(*texts: str) -> list[Block]:
    return mark_adverts([Block("body", text) for text in texts])


def verdict(blocks: list[Block], site: str | None = None) -> Any:
    return solicitation(blocks, find_contacts("\n".join(block.text for block in blocks)), site)


@pytest.mark.parametrize("case", [pytest.param(c, id=c["label"]) for c in read_yaml(CASES)["cases"]])
def test_layer_of_a_paragraph(case: dict[str, Any]) -> None:
    blocks = body(case["text"])
    assert [block.layer for block in blocks] == case["expect"], blocks
    assert "".join(block.text for block in blocks) == case["text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("笔记代发，二十一条", True),  # posts written for others, a price
        ("宝妈在家做手工活，当天结，想做的来", True),  # handicraft at home, paid daily
        ("需要涨粉的滴我", True),  # followers for sale
        ("招人！不收押金，会打字就行，日结", True),  # hiring, paid daily
        ("被网贷催收，想找兼职还债", False),  # a debtor looks for work
        ("谨防刷单兼职骗局，先垫付的都是骗子", False),  # a warning
        ("没有偿还能力怎么办", False),  # no means to repay
        ("短信截屏时露出号码和时间", False),  # keep the number in the picture
        ("催收天天联系我，加我微信", False),  # collectors write to me
    ],
)
def test_piecework_is_told_from_talk_of_work(text: str, expected: bool) -> None:
    assert offers_piecework(fold(text)) is expected


def test_loan_list_is_found_by_its_neighbours() -> None:
    lines = ("①某某易借：额度3万，年化10%起，5分钟到账", "②某某钱：有公积金就能过", "③某某花：女生优先，黑户勿扰")  # loan apps
    assert [block.layer for block in body(*lines, "以上都要量力而行。")] == ["ad", "ad", "ad", "body"]


def test_contact_between_contents_lines_is_an_advert() -> None:
    toc = [Block("toc", "目录导读"), Block("toc", "微信：ab22337758"), Block("toc", "1. 逾期的后果")]  # contents, id, item
    assert [block.layer for block in mark_adverts(toc)] == ["toc", "ad", "toc"]


def test_comments_and_titles_stay() -> None:
    blocks = [Block("title", "加微信免费咨询"), Block("comment", "专业停催，加裙 700700123")]  # in a title; in a comment
    assert mark_adverts(blocks) == blocks


@given(st.lists(st.tuples(st.sampled_from(["body", "toc", "heading", "comment"]), st.text(max_size=60))))
def test_no_character_is_lost_and_marking_again_changes_nothing(parts: list[tuple[str, str]]) -> None:
    blocks = [Block(layer, text) for layer, text in parts]
    marked = mark_adverts(blocks)
    assert "".join("".join(b.text.split()) for b in marked) == "".join("".join(b.text.split()) for b in blocks)
    assert mark_adverts(marked) == marked


def test_every_phrase_can_be_found_by_its_beginning() -> None:
    from analysis.clean.offers import _beginnings

    for group in load_yaml("lexicon/adverts.yml")["groups"].values():
        assert all(start for phrase in group["phrases"] for start in _beginnings(phrase))


def test_warning_has_no_points() -> None:
    assert points(fold("谨防“包过、免费评估”的广告")) == 0  # beware of …
    assert points(fold("包过，免费评估")) >= 4  # success promised, free assessment


def test_solicitation_names_its_signals() -> None:
    blocks = body("某某债管--停息分期|网贷延期|减免结清|只还本金", "威❤：qc88660213", "加好友送一份停息方案！")  # strapline, id, call
    found = verdict(blocks, "www.zhaiguan.example")
    assert found.is_solicitation
    assert found.subtype == "agent_negotiation"
    assert {"strapline", "messenger_id"} <= {name for name, _ in found.signals}
    assert all(quote for _, quote in found.signals)


@pytest.mark.parametrize(
    ("lines", "subtype"),
    [
        (("征信异议申诉、逾期消除，加微信ab22337758，先做后付",), "credit_repair"),  # repair of credit records
        (("专业讨债要账，不成功不收费，电话：13900001234（微信同号）",), "b2b_collection_lead"),  # debts collected for you
        (("诚招各地代理加盟，一单返三成，微信：ab22337758",), "recruiting"),  # agents wanted
        (("①某某易借：额度3万，年化10%起，秒到账", "②某某钱：下款快，不看征信", "微信：ab22337758"), "loan_lead"),  # loan apps
    ],
)
def test_subtype(lines: tuple[str, ...], subtype: str) -> None:
    found = verdict(body(*lines))
    assert (found.is_solicitation, found.subtype) == (True, subtype), found


@pytest.mark.parametrize(
    ("blocks", "site"),
    [
        # a bank's warning that quotes the advert, with the agent's id
        ([Block("body", "谨防不法中介以“停息挂账、包过、免费咨询”为名行骗，其微信号ab22337758已被举报。")], "www.bank.example"),
        # a plea; the advert is a reply of another
        ([Block("body", "求助，催收天天打电话，我该怎么办？"), Block("comment", "专业停催，加裙 700700123，免费咨询")], None),
        # a law firm's article with its licence
        ([Block("body", "逾期可以协商分期。预约电话：0999-5550123"), Block("body", "律师事务所 执业证号：1234")], None),
        # a complaint about an agent
        ([Block("body", "我被一家法务公司骗了八千块，他让我加微信免费评估，承诺不成功全额退。")], None),
    ],
)
def test_no_solicitation(blocks: list[Block], site: str | None) -> None:
    assert not verdict(mark_adverts(blocks), site).is_solicitation


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c['label']}-{c['expect']}") for c in read_yaml(SOLD)["cases"]])
def test_offers_of_every_kind_are_told_from_help_and_from_tales(case: dict[str, Any]) -> None:
    lines = ("逾期之后，催收会打电话，也可能起诉到法院。很多人不知道怎么跟银行谈。", *case["text"].split("\n"), "以上就是全部内容。")
    found = verdict(body(*lines), "www.abc.example")
    assert found.is_solicitation is case["expect"], found


@pytest.mark.skipif(not GOLD.exists(), reason="the gold documents are not part of the repository")
def test_gold_adverts_and_solicitations() -> None:
    ads = [0, 0, 0]
    posts = [0, 0, 0]
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        kept = [b for b in document["blocks"] if b["layer"] not in {"nav", "meta", "related", "boilerplate"}]
        marked = mark_adverts([Block("body" if b["layer"] == "ad" else b["layer"], b["text"]) for b in kept])
        told = {block.text for block in marked if block.layer == "ad"}
        want = {b["text"] for b in kept if b["layer"] == "ad"}
        sells = verdict(marked, document["site"]).is_solicitation
        ads = [ads[0] + len(told & want), ads[1] + len(told), ads[2] + len(want)]
        posts = [posts[0] + (sells and document["solicitation"]), posts[1] + sells, posts[2] + document["solicitation"]]
    assert 2 * ads[0] / (ads[1] + ads[2]) >= 0.85
    assert 2 * posts[0] / (posts[1] + posts[2]) >= 0.92
