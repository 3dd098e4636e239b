"""Pages that hold no post: lists, doorways, and pages that are none; and posts that look like them and stay."""

from __future__ import annotations

import pytest

from analysis.clean.counters import comments, views
from analysis.clean.furniture import is_fake_comment, jammer_at
from analysis.clean.layers import read_page

TITLES = [
    "逾期一天算不算逾期", "冻结的银行卡多久能解开", "二次分期申请被拒怎么办",
    "提前还款要不要付违约金", "欠款五万会不会坐牢呢", "催收说要上门是真的吗",
]  # fmt: skip


def links(n: int, date: str = "") -> str:
    return "".join(f"<li><a href='/{i}'>{TITLES[i % 6]}{i}</a><span>{date}</span></li>" for i in range(n))


def related(n: int) -> str:
    return f"<div class='more'><h3>相关推荐</h3><ul>{links(n)}</ul></div>"


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        ("list", f"<h2>法律实务</h2><ul>{links(18, '2025-12-16')}</ul>{related(6)}"),
        ("list", f"<h2>最新文章</h2><ul>{links(12, '12-16')}</ul>"),
        ("doorway", f"<h1>第三方催收合法吗</h1><p>展开 第三方催收合法吗</p>{related(11)}"),
        ("doorway", f"<h1>第三方催收合法吗</h1><p>关于第三方催收合法吗的所有信息</p>{related(11)}"),
        ("doorway", f"<h1>第三方催收合法吗</h1>{related(11)}"),
        ("empty", f"<h1>提示信息</h1><div>您需要登录后才可以查看本帖内容。没有账号？</div>{related(6)}"),
        ("empty", f"<div>抱歉，您访问的页面不存在或已被删除。</div>{related(6)}"),
        ("empty", "<h1>502 Bad Gateway</h1>"),
        ("article", f"<h1>求个主意吧</h1><p>2025-01-02 10:22</p><p>征信花了咋办，急。</p>{related(6)}"),  # short, dated: a post
    ],
)
def test_kinds(kind: str, inside: str) -> None:
    title = inside.split("</h", maxsplit=1)[0].rsplit(">", maxsplit=1)[-1] if inside.startswith("<h") else "某某网"
    assert read_page(f"<title>{title}-某某网</title><body>{inside}</body>").kind == kind


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("他们天天打电话。 3 5b a 7 GH c% 7 c ]+", "他们天天打电话。"),  # they call daily, and noise
        ("加绿泡泡 n s k t 0 0 6 0", "加绿泡泡 n s k t 0 0 6 0"),  # an id pulled apart is no noise
        ("年利率 24 % , 月供 3 k", "年利率 24 % , 月供 3 k"),
        ("% a ; b [ c ] d { e", "% a ; b [ c ] d { e"),  # no Chinese before it
    ],
)
def test_jammers(line: str, kept: str) -> None:
    assert line[: jammer_at(line)] == kept


def test_a_line_keeps_to_one_order_of_words_and_numbers() -> None:
    blog = ["2025年09月21日 由 站长 分类： 随笔 1144 次浏览 6 条评论"]
    assert (views(blog), comments(blog)) == (1144, 6)
    farm = ["3天前 阅读:65 评论:7"]
    assert (views(farm), comments(farm)) == (65, 7)


def test_only_praise_is_praise() -> None:
    assert is_fake_comment("小编辛苦了，正好遇到这个情况")
    assert is_fake_comment("學到了，轉給家裏人看看")
    assert not is_fake_comment("辛苦了，催收还在打吗")
    assert not is_fake_comment("")
