"""The noise patterns N01 to N85 of the codebook, each through the doors that others use: `clean` and the matching copy.

A case has a `label` (the pattern's number), `why`, `gloss`, and either `text` (for the matching copy, contacts and
redaction), `plain` (a post given as text) or parts of a page: `title`, `top`, `middle`, `tail`, put around three paragraphs of an
article, or `page`, put in place of them.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analysis.clean.contacts import find_contacts
from analysis.clean.post import Settings, clean_record
from analysis.clean.redact import find_people, redact
from analysis.clean.text import matching
from analysis.lexicon import read_yaml

CASES = Path(__file__).parent / "cases" / "clean"
FETCHED = datetime(2025, 11, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
TITLE = "网贷逾期后催收会联系家人吗"  # will collectors contact the family
ARTICLE = (  # on what collectors may do, what to keep, whom to ask
    "网贷逾期以后，催收公司会先打电话给借款人本人，了解没有按时还款的原因，并且提醒尽快处理。",
    "按照规定，催收人员不得骚扰与债务无关的第三人，也不能使用侮辱、恐吓的语言，否则属于违规行为。",
    "遇到不当催收，应当保留通话录音和短信截图，先向平台的客服反映，再向监管部门投诉，要求停止骚扰。",
)


def cases() -> list[Any]:
    found = []
    for name in ("noise-page.yml", "noise-text.yml"):
        found += [pytest.param(case, id=f"{case['label']} {case['why']}") for case in read_yaml(CASES / name)["cases"]]
    for case in read_yaml(CASES / "noise-known-failures.yml")["cases"]:
        mark = pytest.mark.xfail(strict=True, reason=case["reason"])
        found.append(pytest.param(case, id=f"{case['label']} {case['why']}", marks=mark))
    return found


def made(case: dict[str, Any]) -> dict[str, Any]:
    """The record of a case."""
    title = case.get("title", TITLE)
    first, second, third = (f"<p>{line}</p>" for line in ARTICLE)
    inside = case.get("page") or "\n".join(
        (case.get("top", ""), first, case.get("middle", ""), second, third, case.get("tail", ""))
    )
    head = f"<html><head><meta charset=utf-8><title>{title}</title></head>"
    page = f"{head}<body><div class=main><h1>{title}</h1>\n{inside}</div></body></html>"
    content = (case.get("plain") or page).encode()
    return {
        "raw_id": "r", "source": "made", "url": "https://www.made.example/a/1.html", "fetched_at": FETCHED, "charset": "utf-8",
        "media_type": "text/plain" if "plain" in case else "text/html", "n_bytes": len(content), "content": content,
    }  # fmt: skip


def seen(case: dict[str, Any]) -> dict[str, Any]:
    """What a case gave, under the names that `expect` uses."""
    if "text" in case:
        text = case["text"]
        contacts = [[c.kind, c.value] for c in find_contacts(text)]
        return {"copy": matching(text).text, "contacts": contacts, "redacted": redact(text, find_people(text)).text}
    rows = clean_record(made(case), Settings(b"salt" * 8, reveal_contacts=True))
    if "dropped" in rows:
        return {"dropped": rows["dropped"][0]["reason"], "text": ""}
    post = rows["posts"][0]
    lines = {post["text"][b["start"] : b["end"]]: b["layer"] for b in rows["blocks"]}
    at = post["published_at"]
    return {
        **{key: post[key] for key in ("text", "title", "n_views", "n_comments", "on_topic", "off_topic_class", "genre", "solicitation")},
        "flags": set((post["flags"] or "").split()), "lines": lines, "date": None if at is None else at.strftime("%Y-%m-%d"),
        "precision": post["date_precision"], "has_author": post["author_key"] is not None,
        "contacts": [[c["kind"], c["value"]] for c in rows["contacts"]],
    }  # fmt: skip


def layer_of(part: str, lines: dict[str, str]) -> str | None:
    return next((layer for line, layer in lines.items() if part in line), None)


@pytest.mark.parametrize("case", cases())
def test_noise(case: dict[str, Any]) -> None:
    got = seen(case)
    for key, want in case["expect"].items():
        match key:
            case "has":
                assert [part for part in want if part not in got["text"]] == [], got
            case "lacks":
                assert [part for part in want if part in got["text"]] == [], got
            case "once":
                assert {part: got["text"].count(part) for part in want} == dict.fromkeys(want, 1), got
            case "flags":
                assert set(want) <= got["flags"], got
            case "flags_are":
                assert set(want) == got["flags"], got
            case "layers":
                assert {part: layer_of(part, got["lines"]) for part in want} == want, got
            case "dropped_as":
                assert got["dropped"] in want, got
            case _:
                assert got[key] == want, got
    if any(key in case for key in ("top", "middle", "tail")):
        lost = [line for line in ARTICLE if line not in got["text"]]
        assert not lost, f"the article itself must stay: {got}"


def test_every_pattern_has_a_case() -> None:
    labels = Counter(param.values[0]["label"] for param in cases())  # type: ignore[union-attr]
    assert [f"N{n:02}" for n in range(1, 86) if not labels[f"N{n:02}"]] == []
