# ruff: noqa: E501, PT017
"""A small part of `benchmarks/fuzz.py`: the same seeds and mutations for every target, and what it has found before."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from fuzz import mutated, mutated_bytes
from fuzz_targets import TARGETS, csvs, files

from analysis.clean.dates import published
from analysis.clean.redact import find_people, redact
from analysis.explain import explain
from analysis.pattern import condition, parse
from analysis.problems import DataProblem
from analysis.scrape import read
from analysis.scrape.removal import same_address

TEXTS = ("催收把电话打到我妈那里，微信号ab_12345，13900001234。", "<p>3天前 阅读:65</p><script>", "平台不会威胁借款人(fǎ)；据说要起诉！")
OF_TEXT = [name for name, target in TARGETS.items() if target.kind in ("texts", "given")]
OF_BYTES = [name for name, target in TARGETS.items() if target.kind == "pages"]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1 << 30), st.sampled_from(OF_TEXT))
def test_texts(seed: int, name: str) -> None:
    rng = random.Random(seed)
    text = mutated(rng.choice(TEXTS), rng.choice(TEXTS), rng).encode("utf-8", "replace").decode()
    TARGETS[name].function(text, rng, Path())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1 << 30), st.sampled_from(OF_BYTES))
def test_pages(seed: int, name: str) -> None:
    rng = random.Random(seed)
    page = f"<!DOCTYPE html><title>网贷逾期</title><body><p>{'</p><p>'.join(TEXTS)}</p>".encode(rng.choice(["utf-8", "gb18030", "utf-16"]))
    TARGETS[name].function(mutated_bytes(page, page, rng), rng, Path())


def test_sources_and_lists(tmp_path: Path) -> None:
    rng = random.Random(5)
    made = files(tmp_path)
    for _ in range(60):
        suffix, content = rng.choice(made)
        for name, value in (("importers", (suffix, mutated_bytes(content, content, rng))), ("CSV and list loaders", rng.choice(csvs()) + rng.randbytes(3))):
            try:
                TARGETS[name].function(value, rng, tmp_path)
            except DataProblem as problem:
                assert len(str(problem)) > 20


def test_an_address_that_cannot_be_read_stays_an_address(tmp_path: Path) -> None:
    assert same_address("http://[broken") == "http://[broken"
    (tmp_path / "a.jsonl").write_text('{"text": "网贷逾期怎么办", "url": "http://[broken"}\n{"text": "催收\\ud800", "url": "http://a/\\ud800"}\n', encoding="utf-8")
    from analysis.clean import Settings, clean_pages

    made = clean_pages(read(str(tmp_path / "a.jsonl")), Settings(b"s" * 32))
    assert len(made.posts) + len(made.dropped) == 2


def test_half_a_sign_is_explained() -> None:
    assert explain("催收威胁我家人\ud800").mentions  # collectors threaten my family


@pytest.mark.parametrize("said", ["5000年前", "9" * 400 + "年前"])  # 5,000 years ago
def test_a_time_before_all_pages_is_no_date(said: str) -> None:
    assert published([said], {}, datetime(2025, 1, 1, tzinfo=UTC)).at is None


def test_a_rule_too_deep_or_of_no_one_width_is_refused() -> None:
    for written in ("(" * 3000 + "催收" + ")" * 3000, "(?<!那(我|他)?…门)催收"):
        for reader in (parse, condition):
            with pytest.raises(DataProblem):
                reader(written)


def test_a_long_run_of_telephone_numbers_is_redacted_whole() -> None:
    text = "一三九零零" * 30
    assert find_people(redact(text, find_people(text)).text) == []
