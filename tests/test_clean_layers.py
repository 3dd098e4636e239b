"""A page becomes a title, blocks with layers, meta lines and cuts with reasons, whatever the site's own names."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from analysis.clean.layers import Page, read_page, read_text

SHARED = Path(__file__).parents[2] / "shared"
# "After the online loan fell due, collectors called a dozen times a day and bothered the family; what is one to do?"
SAID = "网贷逾期以后，催收每天打来十几个电话，家里人也受到骚扰，实在不知道该怎么办才好。"
MENU = "<div class={0}><ul><li><a href=/>首页</a></li><li><a href=/b>资讯</a></li><li><a href=/c>关于我们</a></li></ul></div>"
RELATED = (
    "<div class={0}><h3>相关推荐</h3><ul>"
    + "".join(f"<li><a href=/{i}>逾期{i}天会不会被起诉到法院</a></li>" for i in range(6))
    + "</ul></div>"
)


def of(page: Page, layer: str) -> list[str]:
    return [block.text for block in page.blocks if block.layer == layer]


def reasons(page: Page) -> dict[str, str]:
    return {cut.text: cut.reason for cut in page.cut}


@pytest.mark.parametrize("names", [("nav", "post", "related"), ("x1", "x2", "x3"), ("''", "''", "''")])
def test_article_without_help_of_names(names: tuple[str, str, str]) -> None:
    menu, post, related = names
    page = read_page(
        f"<title>催收合法吗_某某网</title>{MENU.format(menu)}<div class={post}><h1>催收合法吗</h1>"
        f"<div>2025-01-02 10:00 阅读：33</div><p>{SAID}</p><h2>一、边界在哪里</h2><p>{SAID}{SAID}</p>"
        f"<p>版权声明：本文仅代表作者观点</p></div>{RELATED.format(related)}<div>备案号：X备00000000号</div>"
    )
    assert (page.title, page.kind) == ("催收合法吗", "article")
    assert page.meta == ["2025-01-02 10:00 阅读：33"]
    assert [b.layer for b in page.blocks] == ["body", "heading", "body"]
    assert reasons(page)["版权声明：本文仅代表作者观点"] == "copyright"
    assert "逾期3天会不会被起诉到法院" in reasons(page)


GLUED = (
    "逾期会坐牢吗\n\n逾期知识 3天前 阅读:65 评论:0\n\n" + SAID + SAID + "\n"
    "某某债务--停息挂账|分期|减免本文目录导读:\n\n微信号:abc12345\n添加微信好友, 免费规划!\n"
    "  1. 逾期的定义\n  2. 如何应对\n  3. 案例分析\n逾期会坐牢吗?一文讲清\n\n" + SAID + "\n\n"
    "逾期的定义\n\n" + SAID + "\n\n如何应对\n\n1、" + SAID + "\n\n2、" + SAID + "\n\n案例分析\n\n" + SAID + "\n\n"
    "版权声明\n\n本文仅代表作者观点,不代表某某立场。\n\n分享:\n\n扫一扫在手机阅读、分享本文\n\n网友评论\n\n相关推荐"
)


def test_pasted_article_with_glued_contents() -> None:
    page = read_text(GLUED)
    assert (page.title, page.meta) == ("逾期会坐牢吗", ["逾期知识 3天前 阅读:65 评论:0"])
    assert of(page, "toc") == ["本文目录导读:", "1. 逾期的定义", "2. 如何应对", "3. 案例分析"]
    assert of(page, "heading") == ["逾期会坐牢吗?一文讲清", "逾期的定义", "如何应对", "案例分析"]
    assert of(page, "summary") == [SAID + SAID]
    assert "某某债务--停息挂账|分期|减免" in of(page, "body")  # advert text is never boilerplate
    assert "微信号:abc12345" in of(page, "body")
    assert set(reasons(page).values()) == {"copyright", "share", "comment_label", "related"}


def test_same_article_parted_by_br_in_a_table() -> None:
    rows = GLUED.replace("\n", "<br>")
    page = read_page(f"<table><tr><td><a href=/>首页</a><br><a href=/b>资讯</a></td><td>{rows}</td></tr></table>")
    assert of(page, "toc")[1:] == ["1. 逾期的定义", "2. 如何应对", "3. 案例分析"]
    assert "案例分析" in of(page, "heading")


@pytest.mark.parametrize(
    ("line", "layer"),
    [
        ("<h3>怎么办</h3>", "heading"),
        ("<p><strong>怎么办</strong></p>", "heading"),
        ("<p>二、怎么办</p>", "heading"),
        ("<p>2、先去协商，谈不拢再投诉。</p>", "body"),  # a list item that is a sentence
        ("<p><b>不要借新还旧。</b></p>", "body"),  # a sentence in bold
        ("<p>《民法典》第六百七十六条，借款人未按照约定的期限返还借款的，应当按照约定支付逾期利息。</p>", "statute"),
        ("<blockquote>第一百条 借款人应当按期还款。</blockquote>", "statute"),
        ("<p>根据《民法典》第六百七十六条，您要支付逾期利息，但可以请求法院酌减。</p>", "body"),
        ("<div class=summary><p>摘要：欠债要还，讨债有界。</p></div>", "summary"),
        ("<div class='tg-box'><p>加微信领取方案，当天停催。</p></div>", "ad"),
        ("<p>加微信领取方案，当天停催。</p>", "body"),  # told from the body by `adverts`
    ],
)
def test_layer_of_a_line(line: str, layer: str) -> None:
    page = read_page(f"<title>t</title><div><h1>欠款逾期的后果</h1><p>{SAID}</p>{line}<p>{SAID}{SAID}</p></div>")
    assert [b.layer for b in page.blocks][1] == layer


def test_title_said_again_is_dropped_once_with_a_tail_kept() -> None:
    page = read_page(f"<h1>逾期会坐牢吗</h1><p>逾期会坐牢吗？</p><p>逾期会坐牢吗，一文讲清</p><p>{SAID}</p>")
    assert reasons(page) == {"逾期会坐牢吗？": "title_repeat"}
    assert page.blocks[0].text == "逾期会坐牢吗，一文讲清"


def floor(n: int, text: str) -> str:
    return (
        f"<div id=post_{n} class=item><table><tr><td><a href=/u>网友{n}</a></td><td><div>{n}楼</div>"
        f"<div>发表于 2024-5-{n} 10:1{n}</div><div>{text}</div></td></tr></table></div>"
    )


def test_thread() -> None:
    quote = f"<div class=quote>{SAID}</div>我也是这样，后来协商好了。"
    page = read_page(
        "<title>被骚扰怎么办 - 某某论坛</title><div class=list><h1>被骚扰怎么办</h1>"
        + floor(1, SAID)
        + floor(2, "别怕，录音取证，然后投诉他们。")
        + floor(3, quote)
        + "</div>"
    )
    assert page.kind == "forum"
    assert of(page, "body") == [SAID]
    assert of(page, "comment") == ["别怕，录音取证，然后投诉他们。", "我也是这样，后来协商好了。"]
    assert page.meta == ["发表于 2024-5-1 10:11"]
    assert reasons(page)[SAID] == "quote"


def test_question_and_answers() -> None:
    page = read_page(
        f"<h1>被起诉怎么办？</h1><div>2024-03-05 浏览：298</div><p>问题描述：{SAID}</p><div>律师解答</div>"
        "<p>您好，收到传票应当按时应诉，可以请求减免违约金。</p><h3>其他回答（1）</h3><p>先谈分期，谈不拢再说。</p>"
        "<p>温馨提示：答案为网友推荐，仅供参考</p>"
    )
    assert page.kind == "qa"
    assert of(page, "body")[1].startswith("您好")
    assert of(page, "body")[-1] == "先谈分期，谈不拢再说。"  # an answer too, though not the chosen one
    assert of(page, "comment") == []


def test_complaint_record() -> None:
    fields = "".join(f"<li>{f}</li>" for f in ("投诉对象：某某借钱", "投诉问题：骚扰家人", "投诉要求：停止催收"))
    page = read_page(
        f"<h1>某某借钱骚扰家人</h1><ul>{fields}</ul><p>{SAID}</p><p>商家回复：您好，我们会尽快核实处理。</p>"
    )
    assert page.kind == "complaint"
    assert of(page, "body")[:3] == ["投诉对象：某某借钱", "投诉问题：骚扰家人", "投诉要求：停止催收"]
    assert of(page, "comment") == ["商家回复：您好，我们会尽快核实处理。"]


@pytest.mark.parametrize(
    ("html_text", "kind"),
    [
        ("", "empty"),
        ("<body><script>1</script></body>", "empty"),
        ("<title>网贷催收</title><h1>网贷催收</h1><p>展开 网贷催收</p>", "doorway"),
        (
            "<title>逾期知识_某网</title><ul>"
            + "".join(f"<li><a href=/{i}>网贷逾期{i}天会被起诉吗</a><i>2025-01-{i:02}</i></li>" for i in range(1, 16))
            + "</ul>",
            "list",
        ),
        (
            "<title>逾期知识_某网</title>"
            + "".join(
                f"<div class=i><h2><a href=/{i}>网贷逾期{i}天会被起诉吗怎么处理</a></h2><p>第{i}篇：{SAID}</p></div>"
                for i in range(15)
            ),
            "list",
        ),
    ],
)
def test_pages_that_hold_no_post(html_text: str, kind: str) -> None:
    assert read_page(html_text).kind == kind


def test_comments_under_a_label_and_praise_that_stands_anywhere() -> None:
    page = read_page(
        f"<h1>被催收的一天</h1><p>{SAID}</p><div>网友评论</div><p>支持楼主</p><p>他们上周也到我家来过。</p>{RELATED.format('r')}"
    )
    assert of(page, "comment") == ["他们上周也到我家来过。"]
    assert reasons(page)["支持楼主"] == "fake_comment"


def test_a_long_line_of_labelled_parts_under_the_title_is_meta() -> None:
    line = "某地某某局消费者权益保护科值班室 | 第三辑第二期 | 发布 2025-08-14"  # an office, an issue, a date
    page = read_page(f"<h1>谨防代理维权骗局</h1><div>{line}</div><p>{SAID}</p>")
    assert page.meta == [line]
    plea = read_page(f"<h1>求助</h1><p>3天前接到电话说要起诉我</p><p>{SAID}</p>")  # "three days ago they called …"
    assert plea.blocks[0].text == "3天前接到电话说要起诉我"


def test_no_line_is_lost() -> None:
    page = read_text(GLUED)
    whole = "".join([page.title or "", *page.meta, *(b.text for b in page.blocks), *(c.text for c in page.cut)])
    assert sorted("".join(whole.split())) == sorted("".join(GLUED.split()))


def test_blocks_read_again_stay_as_they_are() -> None:
    page = read_text(GLUED)
    again = read_text("\n".join([page.title or "", *(b.text for b in page.blocks)]))
    assert [b.text for b in again.blocks] == [b.text for b in page.blocks]


def test_deep_page_is_read_in_time() -> None:
    started = time.perf_counter()
    page = read_page("<div>" * 10_000 + f"<p>{SAID}</p>" * 200 + "</div>" * 10_000)
    assert len(page.blocks) == 200
    assert time.perf_counter() - started < 20


def test_real_pages_keep_their_text() -> None:
    if not (SHARED / "real" / "pages").is_dir():
        pytest.skip("the real pages are not beside the project")
    pages = [
        read_page(path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted((SHARED / "real" / "pages").glob("*.html"))
    ]
    assert all(page.kind in ("article", "forum", "qa") for page in pages)
    assert all(sum(len(b.text) for b in page.blocks) > 90 for page in pages)
