"""Copies and families among invented posts: what is planted is found, what only shares a topic is not."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.clean.duplicates import duplicates
from analysis.clean.pairs import meeting
from analysis.clean.shingles import jaccard, plain, shingles, signatures, unmarked

GOLD = Path(__file__).parents[2] / "shared" / "gold" / "dev.jsonl"

# An explainer of overdue cards and its copy by synonyms: nearly every word replaced, the build kept.
CARD = """信用卡还不上会有什么影响
很多朋友因为生意失败或者失业，手里的几张信用卡都断了供，每天都在担心银行会怎么处理自己。
银行一般会先发短信提醒，再打电话询问，时间久了才会把案子交给外面的公司。
首先，逾期的记录会报给征信中心，以后买房、买车都很难通过审批；其次，违约金和利息每天都在增加。
如果确实困难，建议主动联系客服，说明自己的收入情况，申请分期；不要相信网上代办的人。
最后，保留好通话录音，遇到辱骂可以拨打12378投诉，千万别害怕。"""
SPUN = """信用卡还不起会有何种作用
好多朋友由于买卖失败或是丢了工作，手中的数张信用卡全断了供，天天都在忧心银行会怎样处置自个儿。
银行通常会先发信息提示，再致电询问，日子久了才会将案子转给外头的公司。
首先，逾期的登记会报送征信中心，往后购房、购车都不易通过审批；其次，违约金与利息日日都在增多。
倘若的确困难，提议自觉联络客服，阐明自身的进账情况，申请分期；莫要相信网络代办的人。
最终，存好通话录音，碰到辱骂能够拨打12378投诉，万万别恐惧。"""
# The same question, answered by someone else.
OTHER = """信用卡还不上会有什么影响
我是做了八年风控的老员工，今天从内部的角度讲一讲卡片逾期以后会发生的事情。
第一个月系统自动外呼，第二个月人工介入，满九十天就会进入委外名单，佣金大约三成。
征信上的连三累六是审批的硬指标，哪怕结清，也要等五年才会消除。
真正有用的办法是准备困难证明，跟总行的信用卡中心谈个性化分期，而不是跟外包谈。
别把钱交给所谓的法务，他们做的事情你自己打几个电话就能做。"""


def frame(texts: list[str], times: list[str | None] | None = None) -> pd.DataFrame:
    at = pd.to_datetime(pd.Series(times or [None] * len(texts), dtype=object)).dt.tz_localize("Asia/Shanghai")
    return pd.DataFrame({"post_id": [f"p{k:03}" for k in range(len(texts))], "text": texts, "published_at": at})


def found(posts: pd.DataFrame, column: str) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in duplicates(posts)[column]]


def invented(seed: int, n: int = 500) -> str:
    """A text of random characters, punctuated: no two seeds share more than chance."""
    chance = random.Random(seed)
    return "".join("，" if k % 17 == 16 else chr(0x4E00 + chance.randrange(3000)) for k in range(n))


def test_a_spun_copy_is_of_the_family_and_another_answer_is_not() -> None:
    posts = frame([CARD, SPUN, OTHER])
    assert found(posts, "template_id") == ["p000", "p000", None]
    assert found(posts, "duplicate_of") == [None, None, None]


@pytest.mark.parametrize(
    ("label", "change"),
    [
        ("same", lambda t: t),
        ("traditional script", lambda t: t.replace("银行", "銀行").replace("时间", "時間").replace("记录", "記錄")),
        ("another width", lambda t: t.replace("，", ",").replace("\n", "\n\n")),
        ("another mark", lambda t: t.replace("银行", "银行〔微信〕", 1)),  # a redacted WeChat id
        ("one sentence more", lambda t: t + "\n以上就是今天的全部内容。"),  # that was all for today
    ],
)
def test_near_copies_name_the_first(label: str, change: object) -> None:
    assert callable(change)
    posts = frame([OTHER, change(CARD), CARD], ["2025-01-01", "2025-03-01", "2025-02-01"])
    assert found(posts, "duplicate_of") == [None, "p002", None], label
    assert found(posts, "template_id") == [None, "p002", "p002"], label


def test_undated_posts_come_last_and_ids_break_ties() -> None:
    posts = frame([CARD] * 3, [None, "2025-02-01", "2025-02-01"])
    assert found(posts, "duplicate_of") == ["p001", None, "p001"]


def test_another_brand_and_taken_over_paragraphs_make_a_family() -> None:
    lines = [invented(k, 60) for k in range(6)]
    lead, taken = "\n".join(lines), "\n".join([invented(90, 300), *lines[2:], invented(91, 300)])
    posts = frame([lead.replace(lead[5:9], "甲乙贷款"), lead, taken, invented(99)])
    assert found(posts, "template_id") == ["p000", "p000", "p000", None]


def test_a_quoted_law_is_no_template() -> None:
    law = "\n".join(f"《民法典》第{n}条 {invented(n, 80)}" for n in ("一", "二", "三") for n in [len(n) + ord(n)])
    posts = frame([f"{invented(1, 300)}\n{law}", f"{invented(2, 300)}\n{law}"])
    assert found(posts, "template_id") == [None, None]


def test_only_content_layers_are_compared() -> None:
    advert = invented(5, 900)
    texts = [f"{invented(k, 200)}\n{advert}" for k in (1, 2)]
    posts = frame(texts)
    rows = [
        {"post_id": f"p{p:03}", "block": b, "layer": layer, "start": start, "end": end}
        for p in range(2)
        for b, (layer, start, end) in enumerate([("body", 0, 200), ("ad", 201, 1101)])
    ]
    assert found(posts, "template_id") == ["p000", "p000"]
    assert duplicates(posts, pd.DataFrame(rows))["template_id"].isna().all()


def test_posts_without_words_are_copies_of_nothing() -> None:
    posts = frame(["", "……", "", "逾期", "逾期"])  # overdue, twice
    assert found(posts, "duplicate_of") == [None, None, None, None, "p003"]
    assert duplicates(posts.iloc[:0]).empty


def test_planted_copies_are_all_found_and_nothing_else() -> None:
    originals = [invented(k) for k in range(200)]
    copies = ["".join("某" if k % 70 == 35 else c for k, c in enumerate(text)) for text in originals[:60]]
    exact = [jaccard(shingles(plain(unmarked(a)), 5), shingles(plain(unmarked(b)), 5)) for a, b in zip(originals, copies, strict=False)]
    assert min(exact) >= 0.8
    assert found(frame(originals + copies), "duplicate_of") == [None] * 200 + [f"p{k:03}" for k in range(60)]


def test_the_order_of_rows_changes_nothing() -> None:
    posts = frame([CARD, SPUN, OTHER, CARD + OTHER, *[invented(k % 7) for k in range(20)]])
    expected = duplicates(posts).set_index("post_id").sort_index()
    for seed in range(3):
        mixed = posts.sample(frac=1, random_state=seed)
        result = duplicates(mixed)
        assert result["post_id"].tolist() == mixed["post_id"].tolist()
        pd.testing.assert_frame_equal(result.set_index("post_id").sort_index(), expected)


def test_a_signature_estimates_the_jaccard_index() -> None:
    a, b = invented(1, 2000), invented(1, 1500) + invented(2, 500)
    one, other = signatures([a, b], 5)
    assert abs(float(np.mean(one == other)) - jaccard(shingles(a, 5), shingles(b, 5))) < 0.15
    few = signatures(["逾期协商还款"], 2)[0]  # overdue, negotiate, repay: five shingles fill 128 places
    assert len(set(few.tolist())) > 100


def test_a_crowded_key_makes_few_pairs_that_still_connect_all() -> None:
    pairs = np.concatenate(list(meeting(np.zeros(1000, dtype=np.uint64))))
    assert len(pairs) < 1000 * 30
    assert set(pairs[:, 1].tolist()) == set(range(1, 1000))


@pytest.mark.skipif(not GOLD.exists(), reason="the shared gold documents are not here")
def test_families_of_the_gold_documents() -> None:
    documents = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()[:24]]
    texts = ["\n".join(block["text"] for block in d["blocks"]) for d in documents]
    posts = frame(texts).assign(post_id=[d["doc_id"] for d in documents])
    expected = {"d-01": "d-01", "d-02": "d-01", "d-03": "d-03", "d-04": "d-03"}
    assert found(posts, "template_id") == [expected.get(i) for i in posts["post_id"]]
