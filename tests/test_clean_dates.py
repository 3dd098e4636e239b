"""Times and counts of a post are read as its page says them, and stay missing where it says none."""

from __future__ import annotations

from datetime import datetime

import pytest

from analysis.clean.counters import comments, views
from analysis.clean.dates import SHANGHAI, published
from analysis.clean.json_ld import json_ld_dates

FETCHED = datetime(2026, 3, 10, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("line", "at", "precision"),
    [
        ("2025-11-02 20:15:33 作者：某", "2025-11-02 20:15:33", "second"),
        ("来源：某报　2025年3月2日 10:22", "2025-03-02 10:22:00", "minute"),
        ("2025/3/2", "2025-03-02 00:00:00", "day"),
        ("2025.03.02", "2025-03-02 00:00:00", "day"),
        ("发表于 2024-6-30 10:10:22", "2024-06-30 10:10:22", "second"),
        ("發布時間：民國114年5月6日", "2025-05-06 00:00:00", "day"),  # year 114 of the Republic
        ("2025-01-02T03:04:05Z", "2025-01-02 11:04:05", "second"),  # of another zone
        ("江律師　114年5月6日", "2025-05-06 00:00:00", "day"),  # the same without the word for the Republic
        ("114/05/06 10:22", "2025-05-06 10:22:00", "minute"),
        ("時間 Thu Aug 14 01:22:05 2025", "2025-08-14 01:22:05", "second"),  # as boards of Taiwan print it
        ("街坊 · 28/10/2025 03:27", "2025-10-28 03:27:00", "minute"),  # as in Hong Kong: the day first
        ("二〇二五年八月十四日", "2025-08-14 00:00:00", "day"),  # in Han numerals
        ("民國一一四年十二月二十一日", "2025-12-21 00:00:00", "day"),
        ("Posted on Aug 14, 2025 10:22", "2025-08-14 10:22:00", "minute"),
        ("3 March 2025", "2025-03-03 00:00:00", "day"),
        ("2025年8月", "2025-08-01 00:00:00", "month"),
        ("2024 05/09 22:27:02", "2024-05-09 22:27:02", "second"),
        ("2025年3月2日 下午3:05", "2025-03-02 15:05:00", "minute"),  # "in the afternoon"
        ("更新时间：2025-06-01 发布时间：2025-05-01", "2025-05-01 00:00:00", "day"),  # updated, published
        ("2025-05-01 发布 2025-06-01 修改", "2025-05-01 00:00:00", "day"),  # published, changed
        ("3天前 阅读:65", "2026-03-07 12:00:00", "relative"),
        ("半个月前", "2026-02-23 12:00:00", "relative"),  # half a month ago
        ("2周前", "2026-02-24 12:00:00", "relative"),
        ("6小时前", "2026-03-10 06:00:00", "relative"),
        ("刚刚", "2026-03-10 12:00:00", "relative"),  # just now
        ("昨天", "2026-03-09 12:00:00", "relative"),  # yesterday
        ("今天 08:27", "2026-03-10 08:27:00", "minute"),  # today
        ("03-08 10:00", "2026-03-08 10:00:00", "minute"),  # without its year: the last such day
        ("12月30日", "2025-12-30 00:00:00", "day"),
    ],
)
def test_time_of_a_line(line: str, at: str, precision: str) -> None:
    found = published([line], {}, FETCHED)
    assert found.at == datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    assert found.precision == precision


@pytest.mark.parametrize(
    "line",
    [
        "发布时间：于月日 点击：37",
        "責任編輯：某 年8月",
        "发布时间：年11月9日",  # the year stripped by the host: no day of this year
        "几天前",
        "3天前",
        "昨天",
        "03-08",
        "2025-13-40",
        "电话 0999-5550123",
        "",
    ],
)
def test_no_time_stays_missing(line: str) -> None:
    fetched = FETCHED if line == "几天前" else None  # "a few days ago" says no number, whenever it was fetched
    assert published([line], {}, fetched) == (None, "unknown") or published([line], {}, fetched).at is None


def test_a_relative_time_without_time_of_fetching_is_unknown() -> None:
    assert published(["3天前"], {}) == (None, "unknown")


def test_head_serves_where_the_page_is_silent_and_refines_it() -> None:
    head = {"article:published_time": "2025-01-02T03:04:05+08:00"}
    assert published([], head).precision == "second"
    assert published(["2025-01-02"], head).precision == "second"
    shown = published(["2024-12-31"], head).at
    assert shown is not None
    assert shown.date().isoformat() == "2024-12-31"
    assert published([], json_ld_dates(['{"@graph": [{"datePublished": "2025-02-03"}]}'])).precision == "day"
    assert published([], json_ld_dates(['{"datePublished": "2025-02-03", broken'])).precision == "day"


def test_an_update_alone_gives_way_to_the_head() -> None:
    found = published(["更新时间：2025-06-01"], {"pubdate": "2025-05-01"}).at
    assert found is not None
    assert found.month == 5


@pytest.mark.parametrize(
    ("line", "n_views", "n_comments"),
    [
        ("网贷延期还款 3天前 阅读:65111 评论:0", 65111, 0),
        ("浏览量 1.2万 评论 3", 12000, 3),
        ("5.37K次浏览　12评论", 5370, 12),
        ("5.37万次浏览", 53700, None),
        ("298人看过", 298, None),
        ("阅读(1204) 评论(0)", 1204, 0),
        ("人气：8862 跟贴：41", 8862, 41),
        ("發布於 避坑　6120閱讀　18回復", 6120, 18),
        ("查看: 1470|回复: 9", 1470, 9),
        ("转发 211 评论 6 赞 1.2万", None, 6),
        ("阅读 12,345", 12345, None),
        ("阅读10评论5", 10, 5),
        ("阅读时间：2025-01-02", None, None),
        ("阅读 2025-01-02", None, None),
        ("发布于 2024-05-06", None, None),
        ("", None, None),
    ],
)
def test_counts(line: str, n_views: int | None, n_comments: int | None) -> None:
    assert (views([line]), comments([line])) == (n_views, n_comments)
