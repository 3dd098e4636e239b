"""Contact ids: every disguise is undone, and what only looks like an id is left."""

from __future__ import annotations

import json
import re
import stat
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.clean.contacts import find_contacts, is_pointer, key, masked, salt
from analysis.clean.messengers import find_ids
from analysis.lexicon import load_yaml, read_yaml
from analysis.problems import DataProblem

CASES = Path(__file__).parent / "cases" / "clean"
GOLD = Path(__file__).parents[2] / "shared" / "gold" / "dev.jsonl"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["label"]) for case in read_yaml(CASES / name)["cases"]]


@pytest.mark.parametrize("case", cases("contacts-synthetic.yml") + cases("contacts-unseen.yml"))
def test_id_is_found_and_undone(case: dict[str, Any]) -> None:
    assert [[c.kind, c.value] for c in find_contacts(case["text"])] == case["expect"], case["why"]


@pytest.mark.parametrize("case", cases("contacts-negative.yml") + cases("unseen-negative.yml"))
def test_no_id_is_seen(case: dict[str, Any]) -> None:
    assert find_contacts(case["text"]) == [], case["why"]


@pytest.mark.parametrize("case", cases("contacts-synthetic.yml"))
def test_offsets_hold_in_a_longer_text(case: dict[str, Any]) -> None:
    before = "第一段讲逾期的后果。\n"  # the first paragraph is about consequences
    text = before + case["text"] + "\n下一段。"
    found = find_contacts(text)
    assert all(text[c.start : c.end] == c.surface for c in found)
    assert [[c.kind, c.value] for c in found] == case["expect"]


@pytest.mark.parametrize("kind", ["wechat", "qq"])
def test_every_strong_word_carries_an_id(kind: str) -> None:
    words = load_yaml("lexicon/contacts.yml")["messengers"][kind]["strong"]
    deaf = [word for word in words if [i.kind for i in find_ids(f"{word}:88660213")] != [kind]]
    assert not deaf


@given(st.text(alphabet="微信vx：1三①-_ aoQ扣加电话同号\n12378。@(", max_size=80))
def test_any_text_gives_sound_spans(text: str) -> None:
    found = find_contacts(text)
    assert all(text[c.start : c.end] == c.surface and c.value for c in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("unit", ["1 ", "微信", "v:", "a1 ", "拨打1-", "@a.", "(13) "])
def test_time_is_linear(unit: str) -> None:
    start = time.perf_counter()
    find_contacts(unit * (60_000 // len(unit)))
    assert time.perf_counter() - start < 3


def test_key_and_mask_do_not_tell_the_id() -> None:
    assert key("Ab_12345", b"one") != key("Ab_12345", b"two")
    assert re.fullmatch(r"[0-9a-f]{20}", key("Ab_12345", b"one"))
    assert (masked("qc88"), masked("ab"), masked("")) == ("q**8", "**", "")


def test_salt_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    made = salt(tmp_path / "new")
    file = next((tmp_path / "new").iterdir())
    assert len(made) == 32
    assert salt(tmp_path / "new") == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"short")
    with pytest.raises(DataProblem, match="32 are wanted"):
        salt(tmp_path / "new")


def test_pointer_is_told_from_an_id() -> None:
    assert [is_pointer(c) for c in find_contacts("主页有联系方式\n抖音号：zhaiwu888")] == [True, False]  # see my profile


@pytest.mark.skipif(not GOLD.exists(), reason="the gold documents are not part of the repository")
def test_gold_contacts() -> None:
    right = told = wanted = 0
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        layers = {"nav", "meta", "title", "related"}
        text = "\n".join(block["text"] for block in document["blocks"] if block["layer"] not in layers)
        want = {(c["kind"], c["value"].lower()) for c in document["contacts"]}
        have = {(c.kind, c.value.lower()) for c in find_contacts(text)}
        right, told, wanted = right + len(want & have), told + len(have), wanted + len(want)
    assert 2 * right / (told + wanted) >= 0.95
