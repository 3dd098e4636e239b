"""One row of an export to the text that `clean` reads: a post with its time, author and counts, or a complaint's record.

The row is written as a person would copy it from the page: title, what is said about the post, a complaint's fields with
their labels, the text, replies. `clean` then reads it like any pasted post, so that dates, author keys, layers and
redaction come from one place. Nothing is written to disk.
"""

from __future__ import annotations

import html
import math
import numbers
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from analysis.lexicon import load_yaml
from analysis.problems import DataProblem
from analysis.scrape.columns import is_complaint
from analysis.tables import ZONE

Row = Mapping[str, object]
_HAS_TITLE = re.compile(r"<title[\s>]", re.IGNORECASE)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d{1,6})?")  # seconds or milliseconds since 1970, from 2001 to 2033
_BREAKS = re.compile(r"\s+")
_HALVES = re.compile("[\ud800-\udfff]")  # halves of a sign, as JSON may hold them: no table can be written with one


def content_of(row: Row, roles: Mapping[str, str], where: str, replies: Sequence[str] = ()) -> tuple[str, bool]:
    """The content of a row, and whether it is HTML; a row with nothing to read gives "".

    >>> row = {"编号": "T1", "对象": "某平台", "问题": "半夜来电", "要求": "停止骚扰", "投诉时间": "2025-01-02"}
    >>> roles = {"complaint_id": "编号", "complaint_target": "对象", "complaint_issue": "问题", "complaint_demand": "要求",
    ...          "published_at": "投诉时间"}
    >>> print(content_of(row, roles, "posts.csv, row 1")[0])       # published; number; against; issue; demand
    发布时间：2025-01-02
    投诉编号：T1
    投诉对象：某平台
    投诉问题：半夜来电
    投诉要求：停止骚扰
    """
    title = _text(row, roles.get("title"), where)
    page = _text(row, roles.get("html"), where)
    if page is not None:
        if title and not _HAS_TITLE.search(page[:20_000]):
            page = f"<title>{html.escape(title)}</title>\n{page}"
        return page, True
    fields, reply = _complaint(row, roles) if is_complaint(roles) else ([], None)
    text = _text(row, roles.get("text"), where)
    if not (text or title or fields):
        return "", False
    parts = [*_about(row, roles), *fields, *([text] if text else [])]
    if title and (not text or len(parts) > 1 or text.lstrip().split("\n", 1)[0].strip() != title.strip()):
        parts.insert(0, title.strip())
    words = load_yaml("lexicon/columns.yml")
    parts += [f"{words['complaint_reply_label']}：{reply}"] if reply else []
    parts += [words["comments_heading"], *replies] if replies else []
    return "\n".join(parts), False


def _about(row: Row, roles: Mapping[str, str]) -> list[str]:
    """What is said about the post, a line each: time, author, counts."""
    words = load_yaml("lexicon/columns.yml")
    when = told_time(row.get(roles.get("published_at", "")))
    author = line_of(row.get(roles.get("author", "")))
    counts = [
        f"{words[label]}:{count}"
        for role, label in (("n_views", "views_label"), ("n_comments", "comments_label"))
        if (count := line_of(row.get(roles.get(role, "")))) and count[0].isdigit()
    ]
    lines = [f"{words['time_label']}：{when}"] if when else []
    lines += [f"{words['author_label']}：{author}"] if author else []
    return lines + ([" ".join(counts)] if counts else [])


def _complaint(row: Row, roles: Mapping[str, str]) -> tuple[list[str], str | None]:
    words = load_yaml("lexicon/columns.yml")
    fields = [
        f"{label}：{value}"
        for role, label in words["complaint_labels"].items()
        if role in roles and (value := line_of(row.get(roles[role])))
    ]
    return fields, line_of(row.get(roles.get("complaint_reply", "")))


def told_time(value: object) -> str | None:
    """A time of a row as the page would show it; a bare number of 10 or 13 digits is seconds or milliseconds since 1970.

    >>> told_time(1735783205000), told_time("2025-01-02 10:00"), told_time("3天前"), told_time(None)  # three days ago
    ('2025-01-02 10:00:05', '2025-01-02 10:00', '3天前', None)
    """
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(ZONE)) if value.tzinfo else value
        return value.strftime("%Y-%m-%d %H:%M:%S") if not math.isnan(value.timestamp()) else None
    if isinstance(value, date):
        return value.isoformat()
    text = line_of(value)
    if text and _EPOCH.fullmatch(text):
        seconds = float(text) / (1000 if len(text.split(".")[0]) == 13 else 1)
        return datetime.fromtimestamp(seconds, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")
    return text


def line_of(value: object) -> str | None:
    """A value as one line of text; a list as its parts, a number as digits; None where there is nothing.

    >>> line_of(["催收", "骚扰"]), line_of(3.0), line_of(" a\\n b "), line_of(float("nan"))      # collection, harassment
    ('催收、骚扰', '3', 'a b', None)
    """
    if isinstance(value, (list, tuple)):
        return "、".join(part for v in value if (part := line_of(v))) or None
    if isinstance(value, Mapping):
        return "、".join(part for v in value.values() if (part := line_of(v))) or None
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        number = float(value)
        if not math.isfinite(number):
            return None
        return str(int(number)) if number.is_integer() else str(value)
    return _HALVES.sub("\ufffd", _BREAKS.sub(" ", value)).strip() or None if isinstance(value, str) else None


def _text(row: Row, column: str | None, where: str) -> str | None:
    value: Any = row.get(column) if column else None
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if not isinstance(value, str):
        raise DataProblem(f"{where}: {column} is {value!r}, not text. Write that column as text.")
    return value if value.strip() else None
