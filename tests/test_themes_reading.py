"""The status of a mention weighed with its surroundings: plain data, the same each time, the rules where nothing surrounds it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis import codebook as books
from analysis.problems import DataProblem
from analysis.tables import STATUSES
from analysis.themes import Block, Post, code_text, reading

BOOK = books.load()
# A letter to the bank, quoted law and a question after it: threatened, then what the law says, then what she will do.
SENTENCES = [
    "上个月我没还上，催收每天打二十多个电话。",
    "他们在电话里恐吓我，说要让我在单位待不下去。",
    "我把录音都留着。",
    "律师说催收不得威胁恐吓债务人。",
    "有人知道该往哪里投诉吗？",
    "我打算先跟银行协商分期。",
]


def coded(sentences: list[str]) -> list[dict[str, object]]:
    text = "".join(sentences)
    return code_text(text, [Block("body", 0, len(text))], Post("G10"), BOOK)


def test_a_sentence_alone_is_left_to_the_rules() -> None:
    model = reading.load(BOOK.folder)
    assert model is not None
    seen = reading.Seen("催收没有打给我家人", 4, 9, 0, "body", "contact_harassment", "denied", None, "没有", "bank", True)
    assert model.settle([seen], reading.Post(False, 1, 3.0)) == [("denied", "没有", None)]


def test_a_post_is_read_alike_each_time_and_each_verdict_has_its_loser() -> None:
    rows = coded(SENTENCES)
    assert rows == coded(SENTENCES)
    by_theme = {row["theme"]: row for row in rows if row["sentence"] == SENTENCES[3]}
    assert by_theme["threats"]["status"] == "prohibited"
    for row in rows:
        assert row["status"] in STATUSES
        assert row["secondary"] != row["status"]


def test_words_that_speak_for_another_status_are_the_evidence() -> None:
    names = ["bias", "rule=asserted", "S不得", "A债务"]
    weights = [[0] * len(STATUSES) for _ in names]
    weights[1][STATUSES.index("asserted")] = 1000
    weights[2][STATUSES.index("prohibited")] = 9000
    weights[3][STATUSES.index("prohibited")] = 10
    model = reading.Model(names, np.array(weights))
    seen = reading.Seen("催收不得威胁债务人", 4, 6, 2, "body", "threats", "asserted", None, None, "unknown", False)
    assert model.settle([seen], reading.Post(False, 9, 0.0)) == [("prohibited", "context: 不得", "asserted")]


def test_what_is_weighed_are_the_features_that_were_learned_from() -> None:
    model = reading.load(BOOK.folder)
    assert model is not None
    seen = [
        reading.Seen("催收不得威胁债务人,不得辱骂", start, end, 2, "body", theme, "prohibited", None, "不得", "unknown", False)
        for start, end, theme in ((4, 6, "threats"), (12, 14, "insult_shaming"))
    ]
    post = reading.Post(False, 9, 1.0)
    rows, values, starts = model._evidence(seen, post)
    for features, start, end in zip(reading.features(seen, post), starts, [*starts[1:], len(rows)], strict=True):
        wanted = {model.rows[name]: round(value * reading.SCALE) for name, value in features.items() if name in model.rows}
        assert dict(zip(rows[start:end].tolist(), values[start:end].tolist(), strict=True)) == wanted


def test_a_broken_model_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / reading.FILE).write_text("feature,asserted\nrule=asserted,x\n", encoding="utf-8")
    with pytest.raises(DataProblem, match="Learn them anew"):
        reading.load(tmp_path)
    assert reading.load(tmp_path / "none") is None
