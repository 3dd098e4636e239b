"""Copies over the parts of a corpus: no cutting, order or kept file changes what is found, and fast counts are exact ones."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pytest

from analysis.clean.census import Part
from analysis.clean.duplicates import copies, duplicates
from analysis.clean.matched import unmarked_all
from analysis.clean.overlaps import Marked, Runs, two_by_two
from analysis.clean.pairs import Sight, agreeing, crowds, meeting
from analysis.clean.shingles import unmarked
from analysis.clean.text import fold
from analysis.clean.traces import gathered, load, save, traces
from analysis.lexicon import load_yaml
from analysis.problems import DataProblem

Task = TypeVar("Task")
Found = TypeVar("Found")


def sentence(chance: random.Random) -> str:
    return "".join(chr(0x4E00 + chance.randrange(400)) for _ in range(chance.randrange(8, 30)))


def corpus(seed: int, n: int = 60) -> pd.DataFrame:
    """Posts of shared sentences: whole copies, altered ones, shuffled paragraphs, short notes, quoted law, posts of no word."""
    chance = random.Random(seed)
    sources = ["\n".join("，".join(sentence(chance) for _ in range(4)) + "。" for _ in range(5)) for _ in range(12)]
    law = f"《民法典》第一百条 {sentence(chance)}"
    texts = []
    for _ in range(n):
        source = chance.choice(sources)
        lines = source.split("\n")
        chance.shuffle(lines)
        altered = "".join(c if chance.random() > 0.03 else chr(0x5E00 + chance.randrange(900)) for c in source)
        short = chance.choice([law, "……", "逾期怎么办", source[:25]])  # a law, no word, "overdue, what now?", a beginning
        texts.append(chance.choice([source, altered, altered + sentence(chance), "\n".join(lines), f"{source}\n{law}", short]))
    times = pd.to_datetime(pd.Series([chance.choice([None, f"2025-01-{chance.randrange(1, 29):02}"]) for _ in texts], dtype=object))
    ids = [f"{chance.getrandbits(40):010x}" for _ in texts]
    return pd.DataFrame({"post_id": ids, "text": texts, "published_at": times.dt.tz_localize("Asia/Shanghai")})


def cut(posts: pd.DataFrame, chance: random.Random, folder: Path) -> list[Part]:
    """The traces of the posts in some order and some parts, some of them kept in folders."""
    mixed = posts.sample(frac=1, random_state=chance.randrange(1 << 30))
    ends = sorted({0, len(posts), *(chance.randrange(len(posts)) for _ in range(chance.randrange(6)))})
    made: list[Part] = []
    for start, end in pairwise(ends):
        part = traces(mixed.iloc[start:end])
        made.append(save(part, folder / f"{start}") if chance.random() < 0.6 else part)
    chance.shuffle(made)
    return made


@pytest.mark.parametrize("seed", range(2))
def test_no_cutting_and_no_order_of_parts_changes_the_result(seed: int, tmp_path: Path) -> None:
    chance, posts = random.Random(seed), corpus(seed)
    whole = duplicates(posts).set_index("post_id").sort_index()
    assert 10 < whole["duplicate_of"].notna().sum() < len(posts)
    assert whole["template_id"].notna().sum() > 25
    first = None
    for round_ in range(2):
        found = copies(cut(posts, chance, tmp_path / f"{round_}"))
        pd.testing.assert_frame_equal(found.set_index("post_id").sort_index(), whole)
        first = found if first is None else first
        pd.testing.assert_frame_equal(found, first)  # the rows too stand in one order


def test_many_posts_are_taken_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = corpus(6, 30)
    blocks = pd.DataFrame({"post_id": posts["post_id"], "block": 0, "layer": "body", "start": 0, "end": posts["text"].str.len() // 2})
    whole = duplicates(posts, blocks)
    assert not whole.equals(duplicates(posts))
    monkeypatch.setattr(import_module("analysis.clean.duplicates"), "_MANY", 7)
    pd.testing.assert_frame_equal(duplicates(posts, blocks), whole)


def test_work_can_be_given_out_to_others(tmp_path: Path) -> None:
    def by_post(function: Callable[[Task], Found], items: Iterable[Task], /) -> Iterator[Found]:
        for item in items:
            work, sent = pickle.loads(pickle.dumps((function, item)))
            yield pickle.loads(pickle.dumps(work(sent)))

    parts = [save(traces(corpus(5).iloc[k : k + 20]), tmp_path / f"{k}") for k in (0, 20, 40)]
    pd.testing.assert_frame_equal(copies(parts, by_post), copies(parts))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "20", "40"]  # what was written in between is gone


def test_traces_come_back_from_their_files_as_they_were(tmp_path: Path) -> None:
    posts = corpus(7, 20).assign(text=lambda frame: frame["text"] + "𠀀é")  # letters of 17 and 8 bits
    made = traces(posts)
    save(traces(posts.iloc[:3]), tmp_path / "part")
    kept = gathered([load(save(made, tmp_path / "part")), traces(posts.iloc[:0])])
    assert [kept.words[k] for k in range(20)] == list(made.words)
    for name, one, other in zip(made._fields, made, kept, strict=True):
        flat = (one, other) if isinstance(one, tuple) else ((one,), (other,))
        assert all(np.array_equal(a, b) for a, b in zip(*flat, strict=True)), name
    assert not list(tmp_path.glob(".*"))


def test_a_batch_of_traces_is_that_of_its_posts_alone() -> None:
    posts = corpus(8, 12)
    alone = gathered([traces(posts.iloc[[k]]) for k in range(12)])
    assert pickle.dumps(alone.short.keys) == pickle.dumps(traces(posts).short.keys)
    for one, other in zip(alone, traces(posts), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_without_families_near_copies_are_the_same_and_both_kinds_do_not_mix() -> None:
    posts = corpus(9)
    near = copies([traces(posts, has_families=False)])
    assert near["duplicate_of"].equals(copies([traces(posts)])["duplicate_of"])
    assert near["template_id"].isna().all()
    with pytest.raises(DataProblem, match="families"):
        copies([traces(posts), traces(posts, has_families=False)])


def test_no_posts_make_no_copies() -> None:
    assert copies([]).columns.tolist() == ["post_id", "duplicate_of", "template_id"]
    assert copies([traces(corpus(1).iloc[:0]), traces(corpus(1).iloc[:1])])["template_id"].isna().tolist() == [True]


def test_matching_in_one_pass_is_matching_of_each() -> None:
    chance, lists = random.Random(4), load_yaml("lexicon/repairs.yml")
    bits = [*lists["written"], *lists["words"], *" ".join(lists["words"].values()).split(), *(r["hint"] for r in lists["holes"])]
    bits += [*"*·.、,。()（） \n\u3000\u200b□ⅠAé扰你家人的一直投诉官网", "(wǎng)", "(dai)", "(yuqi)", "催收 的", "打 给", "〔微信〕", "𠀀"]
    texts = ["".join(chance.choice(bits) for _ in range(chance.randrange(25))) for _ in range(1500)]
    assert unmarked_all(texts) == [unmarked(text) for text in texts]


def test_no_character_that_is_passed_over_hides_anything() -> None:
    every = [chr(point) for point in (*range(0x20, 0x3500), *range(0x9F00, 0xAC80), *range(0xE000, 0x10000))]  # few letters
    between = [f"催{character}收" for character in every]  # dunning, with something between its two characters
    passed = [text for text, copy in zip(between, unmarked_all(between), strict=True) if copy == fold(text) and copy != "催收"]
    assert len(passed) > 8_000
    assert unmarked("\n".join(passed)) == fold("\n".join(passed))


def test_shared_runs_are_counted_exactly() -> None:
    chance = random.Random(2)
    letters = [chr(0x4E00 + k) for k in range(40)] + ["𠀀", "𠀁"]
    texts = ["".join(chance.choices(letters, k=chance.choice([0, 1, 2, 9, 300, 5000]))) for _ in range(30)]
    short, far = two_by_two(texts)
    sets = [{text[k : k + 2] for k in range(len(text) - 1)} for text in texts]
    assert [len(runs) for runs in sets] == (np.diff(short.bounds) + np.diff(far.bounds)).tolist()
    marked = Marked()
    for k, one in enumerate(sets):
        marked.mark(Runs(short.of(k), far.of(k)))
        for j, other in enumerate(sets):
            index = len(one & other) / len(one | other) if one and other else 0.0
            for least in (max(index, 1e-9), index + 1e-9):
                assert marked.shares(Runs(short.of(j), far.of(j)), least) == (0 < least <= index)


def test_signatures_laid_side_by_side_are_those_of_the_pairs() -> None:
    chance = np.random.default_rng(3)
    keys, groups = chance.integers(0, 40, 5000).astype(np.uint32), chance.integers(0, 50, 5000)
    sight = Sight(chance.integers(0, 3, (5000, 128)).astype(np.uint8), chance.permutation(5000), groups, 0.4)
    wanted = np.concatenate(list(meeting(keys, 24)))
    agree = (sight.signatures[sight.rows[wanted[:, 0]]] == sight.signatures[sight.rows[wanted[:, 1]]]).mean(axis=1)
    wanted = wanted[(agree >= 0.4) & (groups[wanted[:, 0]] != groups[wanted[:, 1]])]
    order, behind = crowds(keys)
    found = np.concatenate(list(agreeing(order, behind, 24, sight)))
    assert 100 < len(found) < 60_000
    assert np.array_equal(np.unique(found, axis=0), np.unique(wanted, axis=0))
