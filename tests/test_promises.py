"""The promises that the tables make, on the whole sample corpus and on generated text."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import engine, pipeline, tables
from analysis.clean import Options, Settings, clean, clean_pages
from analysis.clean.text import fold, matching
from analysis.pipeline.run import Run
from analysis.scrape import read

Tables = dict[str, pd.DataFrame]
SENTENCES = ("逾期会影响征信。", "催收打到我单位，我很害怕。", "平台不得威胁借款人。", "第一步，先别慌。")
TEXT = st.text(st.sampled_from("逾期催收微信網貸ＶＸ１３８，。！？ \u200b(fǎ)a1b〔〕：；“”\n壹妳İﬁ"), max_size=60)


def test_1_nothing_is_lost_without_a_reason(sample_tables: Tables) -> None:
    raw, posts, dropped = (sample_tables[name] for name in ("raw", "posts", "dropped"))
    assert len(posts) + len(dropped) == len(raw) > 300
    assert not set(posts["raw_id"]) & set(dropped["raw_id"])
    assert set(posts["raw_id"]) | set(dropped["raw_id"]) == set(raw["raw_id"])


def test_2_every_mention_is_an_exact_quote(sample_tables: Tables) -> None:
    text = sample_tables["posts"].set_index("post_id")["text"]
    mentions = sample_tables["mentions"]
    assert len(mentions) > 1000
    for m in mentions.itertuples():
        assert text[m.post_id][m.start : m.end] == m.cue
        assert m.sentence in text[m.post_id]
        assert m.cue in m.sentence


def test_2_blocks_cover_the_text_in_order(sample_tables: Tables) -> None:
    text = sample_tables["posts"].set_index("post_id")["text"]
    for post_id, blocks in sample_tables["blocks"].groupby("post_id"):
        parts = [text[post_id][a:b] for a, b in zip(blocks["start"], blocks["end"], strict=True)]
        assert "\n".join(parts) == text[post_id]


@given(TEXT)
def test_3_folding_keeps_the_length_and_is_done_once(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(TEXT)
def test_3_the_matching_copy_leads_back(text: str) -> None:
    copy = matching(text)
    folded = fold(text)
    assert [folded[i] for i in copy.offsets[:-1]] == list(copy.text)
    assert list(copy.offsets) == sorted(set(copy.offsets))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5))
def test_3_cleaning_a_clean_text_changes_nothing(sentences: list[str]) -> None:
    once = _cleaned_text("网贷逾期以后\n" + "\n".join(sentences))
    assert once is not None
    assert _cleaned_text(once) == once


def _cleaned_text(text: str) -> str | None:
    raw = pd.DataFrame([{
        "raw_id": "a", "source": "a.txt", "url": None, "fetched_at": None, "media_type": "text/plain", "charset": "utf-8",
        "n_bytes": 1, "digest": "d", "archive": "a.txt", "offset": 0, "content": text.encode(),
    }])
    posts = clean_pages(raw, Settings(b"salt")).posts
    return None if posts.empty else str(posts.loc[0, "text"])


def test_4_missing_stays_missing(sample_tables: Tables, truth: list[dict[str, Any]]) -> None:
    posts = sample_tables["posts"].set_index("url")
    for page in truth:
        if page["post"] is None or page["url"] not in posts.index or page["published"] is not None:
            continue
        assert pd.isna(posts.loc[page["url"], "published_at"]), page["url"]
    unsaid = posts[~posts["post_id"].isin(sample_tables["mentions"]["post_id"])]
    assert len(unsaid) > 0
    assert unsaid["polarity"].isna().all()


def test_5_every_number_has_its_counts_and_interval_or_the_reason(sample_tables: Tables) -> None:
    measures = sample_tables["measures"]
    assert len(measures) > 500
    bare = measures["low"].isna() | measures["high"].isna()
    assert measures.loc[bare, "method"].str.contains(r"\bno (?:interval|value|ratio)\b").all()
    shares = measures[(measures["unit"] == "share") & measures["value"].notna()]
    assert ((shares["value"] - shares["n"] / shares["denominator"]).abs() < 1e-9).all()
    assert (shares["low"].fillna(0) <= shares["value"] + 1e-9).all()


def test_6_workers_and_batches_leave_no_trace(sample_run: Run, tmp_path: Path) -> None:
    raw = read(str(Path(__file__).parents[1] / "data" / "sample" / "sample.warc.gz")).head(140)
    written = []
    for number, workers in enumerate((1, 2)):
        made = clean(raw, Options(sample_run.salt_folder, workers=workers))
        folder = tmp_path / str(number)
        written.append([tables.write(name, frame, folder).read_bytes() for name, frame in made._asdict().items()])
    assert written[0] == written[1]
    whole = engine.run(partial(clean_pages, settings=Settings(b"salt")), raw.head(30))
    one_by_one = [clean_pages(batch, Settings(b"salt")) for batch in engine.batches(raw.head(30), rows=7)]
    pd.testing.assert_frame_equal(whole[0].posts, pd.concat([part.posts for part in one_by_one], ignore_index=True))


def test_6_the_same_run_gives_the_same_bytes(sample_run: Run, tmp_path: Path) -> None:
    again = Run(tmp_path / "again", reveal_contacts=True, salt_folder=sample_run.salt_folder, workers=2)
    pipeline.everything(again, [str(Path(__file__).parents[1] / "data" / "sample" / "sample.warc.gz")], None, lambda line: None)
    for name in tables.TABLES:
        assert (again.folder / f"{name}.parquet").read_bytes() == (sample_run.folder / f"{name}.parquet").read_bytes(), name


def test_7_nothing_of_a_person_is_left(sample_tables: Tables, truth: list[dict[str, Any]]) -> None:
    text = "\n".join(sample_tables["posts"]["text"])
    planted = {p["written"] for page in truth for p in page.get("people", []) if p["kind"] != "name"}
    planted |= {c["written"] for page in truth for c in page.get("contacts", [])}
    assert len(planted) > 40
    assert [written for written in sorted(planted) if written in text] == []


def test_7_contact_ids_are_hidden_unless_asked_for(sample_run: Run) -> None:
    raw = read(str(Path(__file__).parents[1] / "data" / "sample" / "sample.warc.gz")).head(60)
    made = clean(raw, Options(sample_run.salt_folder))
    assert len(made.contacts) > 5
    assert made.contacts["value"].isna().all()
    assert made.contacts["display"].str.contains("*", regex=False).all()


@pytest.mark.parametrize("name", list(tables.TABLES))
def test_the_tables_keep_their_contracts(name: str, sample_tables: Tables) -> None:
    frame = sample_tables[name]
    assert list(frame.columns) == tables.TABLES[name].column_names
    assert not frame.duplicated(list(tables.TABLES[name].key)).any()
