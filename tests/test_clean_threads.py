"""Threads, answers and complaints: which lines are the post, which the comments, and which only say who wrote."""

from __future__ import annotations

from analysis.clean.layers import Page, read_page

LONG = "催收从早上打到晚上，打给我爸，打给单位，我真的不知道该怎么办了，请各位给个主意。"  # they call my father, my office …


def layers(page: Page) -> list[tuple[str, str]]:
    return [(block.layer, block.text) for block in page.blocks]


def reply(number: int, who: str, text: str) -> str:
    return (
        f"<div class='r'><table><tr><td class='who'><a>{who}</a><p>老用户</p></td><td><b>{number}#</b>"
        f"<div>{text}</div><a>回复</a> <a>举报</a></td></tr></table></div>"
    )


def thread(*replies: str) -> str:
    first = f"<div id='post_1'><p>发表于 2025-01-02 10:00</p><p>{LONG}</p><p>{LONG[:20]}。</p></div>"
    return f"<title>求助 - 某论坛</title><h1>求助</h1><p>查看:133 | 回复:2</p><div id='list'>{first}{''.join(replies)}</div>"


def test_numbered_replies_are_comments_however_short_and_few() -> None:
    page = read_page(thread(reply(2, "某甲", "谁让你借的")))  # who told you to borrow
    assert page.kind == "forum"
    assert ("comment", "谁让你借的") in layers(page)
    assert [layer for layer, text in layers(page) if text.startswith(LONG[:10])] == ["body", "body"]


def test_names_and_ranks_are_no_comments() -> None:
    page = read_page(thread(reply(2, "某甲", "录音，去派出所。"), reply(3, "某乙", "我也被打过，先关机睡觉。")))
    assert [text for layer, text in layers(page) if layer == "comment"] == ["录音，去派出所。", "我也被打过，先关机睡觉。"]


def test_a_side_column_of_an_author_is_no_comment_for_its_name() -> None:
    # "pls" is the column of the author in common forum software; "pl" would be comments
    cells = f"<td class='pls'>查看: 133 | 回复: 2</td><td><p>{LONG}</p><p>{LONG}！</p></td>"
    page = read_page(f"<h1>求助怎么办</h1><table><tr>{cells}</tr></table>")
    assert "查看: 133 | 回复: 2" in page.meta


def test_the_answer_put_first_is_the_post_and_the_others_are_comments() -> None:
    answers = (
        f"<div class='answer'><div>律师解答</div><div class='t'>可以先发函要求停止。{LONG}</div></div>"
        f"<h2>全部回答</h2><div class='answer'><div class='who'>网友</div><div class='t'>比告谁都管用，我试过。</div></div>"
    )
    asked = f"<title>催收打单位怎么办-问答</title><h1>催收打单位怎么办</h1><p>{LONG}</p>"
    page = read_page(f"{asked}<div class='answers'>{answers}</div>")
    assert [layer for layer, text in layers(page) if "可以先发函" in text] == ["body"]
    assert ("comment", "比告谁都管用，我试过。") in layers(page)
    assert page.kind == "qa"


def test_rows_of_a_complaint_are_text_and_the_firm_answers_in_a_comment() -> None:
    fields = ("投诉编号：BY20250829122", "投诉对象：某平台", "投诉诉求：停止催收", "涉诉金额：214元")
    rows = "".join(f"<p>{field}</p>" for field in fields)
    about = "<ul><li>2025-08-29</li><li>77人浏览</li><li>1条回复</li></ul>"
    said = "<div class='u'>商家回复（2025-08-30）</div><div class='c'><p>已为您登记，请耐心等待。</p></div>"
    page = read_page(
        f"<title>投诉某平台</title><div class='d'><h1>投诉某平台</h1>{about}<div>{rows}<p>{LONG}</p><p>{LONG}</p></div></div>"
        f"<h2>投诉进度</h2><div class='steps'><div class='step'>{said}</div></div>"
    )
    assert page.kind == "complaint"
    assert ("body", "投诉编号：BY20250829122") in layers(page)
    assert [text for layer, text in layers(page) if layer == "comment"] == ["已为您登记，请耐心等待。"]
    assert "1条回复" in page.meta


def test_praise_is_cut_and_a_comment_that_says_more_stays() -> None:
    texts = ("写得真详细，收藏了慢慢看", "收藏了，我昨天也接到这种电话")
    items = "".join(f"<div class='pl'><b>某人</b><p>{text}</p></div>" for text in texts)
    post = f"<h1>催收打单位怎么办</h1><div><p>{LONG}</p><p>{LONG}！</p></div>"
    page = read_page(f"{post}<section><h3>精彩评论</h3>{items}</section>")
    assert [text for layer, text in layers(page) if layer == "comment"] == ["收藏了，我昨天也接到这种电话"]
