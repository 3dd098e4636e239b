"""Figures: their words, their layout, their files, and the same bytes on every run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from made_figures import measured
from made_posts import CODES, PARENTS, THEMES, corpus
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.charts import (
    draw_all,
    draw_claims,
    draw_copies,
    draw_months,
    draw_sentiment,
    draw_shares,
    draw_terms,
    draw_together,
    draw_tone,
    save,
    share_rows,
    theme,
)
from analysis.charts.terms import pack
from analysis.charts.theme import WIDTH, length, wrap
from analysis.charts.wording import Words
from analysis.codebook import load
from analysis.lexicon import load_yaml
from analysis.measure import measure
from analysis.problems import DataProblem
from analysis.tables import TABLES

DRAWN = (draw_shares, draw_copies, draw_sentiment, draw_terms, draw_tone, draw_together, draw_months, draw_claims)


@pytest.fixture(scope="module")
def measures() -> pd.DataFrame:
    return measured()


def boxes(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer).extents) for text in texts]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("draw", DRAWN)
def test_no_text_is_cut_off_or_stands_on_another(
    draw: Callable[..., Figure], lang: str, measures: pd.DataFrame
) -> None:
    figure = draw(measures, lang)
    with theme.look():
        figure.canvas.draw()
        found = boxes(figure)
    width, height = figure.bbox.width, figure.bbox.height
    assert len(found) > 12
    for name, (left, low, right, high) in found:
        assert 0 <= left < right <= width, name
        assert 0 <= low < high <= height, name
    for (one, a), (two, b) in combinations(found, 2):
        wide, tall = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        assert wide <= 1 or tall <= 0.3 * min(a[3] - a[1], b[3] - b[1]), (one, two)


def test_words_of_the_cloud_stand_apart_inside_their_room_sized_by_share() -> None:
    shares = {
        "逾期": 0.9,
        "催收": 0.8,
        "协商": 0.5,
        "爆通讯录": 0.45,
        "征信": 0.3,
    }  # overdue, collection, terms, contacts, credit
    room = (170, 300)
    placed = pack(shares, room)
    assert [word.text for word in placed] == list(shares)
    assert all(word.size / placed[0].size == pytest.approx(shares[word.text] / 0.9) for word in placed)
    areas = [(w.left, w.top, w.left + len(w.text) * 0.9 * w.size, w.top + 0.8 * w.size) for w in placed]
    assert all(a[0] >= 0 and a[1] >= 0 and a[2] <= room[0] and a[3] <= room[1] for a in areas)
    for a, b in combinations(areas, 2):
        assert min(a[2], b[2]) <= max(a[0], b[0]) or min(a[3], b[3]) <= max(a[1], b[1])


@pytest.mark.parametrize("draw", DRAWN)
def test_type_is_large_enough_for_380_pixels(draw: Callable[..., Figure], measures: pd.DataFrame) -> None:
    figure = draw(measures, "zh")
    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()]
    assert figure.get_figwidth() == WIDTH
    assert min(sizes) * 380 / (72 * WIDTH) > 8.5


def test_titles_say_what_the_numbers_say(measures: pd.DataFrame) -> None:
    rows = share_rows(measures).set_index(["theme", "group"])["value"]
    first = rows.index[0][0]
    assert rows[first, "all"] == rows.xs("all", level="group").max()
    alt = draw_shares(measures, "en").get_label()
    assert f'"{Words("en").theme(first)}": named in {100 * rows[first, "all"]:.0f}\u00a0% of posts' in alt
    assert f"claimed in {100 * rows[first, 'claimed']:.0f}\u00a0%" in alt


def test_sub_themes_stand_below_their_theme(measures: pd.DataFrame) -> None:
    order = list(dict.fromkeys(share_rows(measures)["theme"]))
    for sub, above in PARENTS.items():
        between = order[order.index(above) + 1 : order.index(sub)]
        assert order.index(above) < order.index(sub)
        assert all(Words("zh").parent(theme_) == above for theme_ in between)


def test_every_theme_has_a_name_in_both_languages() -> None:
    names = load_yaml("lexicon/charts.yml")["themes"]
    assert set(names) == set(THEMES)
    assert all(name["zh"] and name["en"] for name in names.values())
    assert all(name["of"] == {"zh": theme_.zh, "en": theme_.en} for slug, name in names.items() for theme_ in [load().by_slug[slug]])
    assert load().parents == PARENTS


def test_labels_of_a_call_go_before_those_of_the_file_and_a_dollar_is_a_dollar(measures: pd.DataFrame) -> None:
    figure = draw_shares(measures, Words("en", {"threats": "$\\oops$ threats"}))
    with theme.look():
        figure.canvas.draw()
    assert "$\\oops$ threats" in {text.get_text() for text in figure.findobj(Text)}
    with pytest.raises(DataProblem, match=r"no words in 'fr'\. Languages: zh, en\."):
        draw_shares(measures, "fr")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_tiny_corpus_is_drawn_without_intervals(lang: str, tmp_path: Path) -> None:
    posts = TABLES["posts"].frame(
        [
            {
                "post_id": p,
                "raw_id": p,
                "text": "逾期",
                "on_topic": True,
                "solicitation": False,
                "n_chars": 2,
                "template_id": "a",
            }
            for p in "ab"
        ]
    )
    one = {
        "post_id": "a",
        "start": 0,
        "end": 2,
        "theme": "threats",
        "status": "denied",
        "layer": "body",
        "polarity": 0.3,
    }
    said = TABLES["mentions"].frame([{**one, "codebook_version": CODES.version}])
    found = measure(posts, said, TABLES["dropped"].empty(), CODES)
    assert [saved.svg.stem for saved in draw_all(found, said, posts, tmp_path, lang)] == [
        "1-themes",
        "2-copies",
        "3-sentiment",
    ]


def test_nothing_to_draw_is_said(measures: pd.DataFrame) -> None:
    empty = measure(*(TABLES[name].empty() for name in ("posts", "mentions", "dropped")), CODES)
    for draw in DRAWN:
        with pytest.raises(DataProblem, match="nothing to draw"):
            draw(empty)
    assert draw_all(empty, TABLES["mentions"].empty(), TABLES["posts"].empty(), Path("never")) == []


def test_measures_of_other_tables_are_refused(measures: pd.DataFrame, tmp_path: Path) -> None:
    posts, mentions = corpus()["posts"], corpus()["mentions"]
    with pytest.raises(DataProblem, match="on-topic posts, but there are"):
        draw_all(measures, mentions, posts.iloc[30:], tmp_path)
    with pytest.raises(DataProblem, match="mentions, but there are"):
        draw_all(measures, mentions.iloc[100:], posts, tmp_path)


def test_each_picture_has_its_numbers_and_its_words_beside_it(measures: pd.DataFrame, tmp_path: Path) -> None:
    for saved in draw_all(measures, corpus()["mentions"], corpus()["posts"], tmp_path, "en"):
        assert saved.svg.stem == saved.png.stem == saved.csv.stem
        numbers = pd.read_csv(saved.csv)
        assert set(numbers.columns) == set(TABLES["measures"].column_names)
        merged = numbers.merge(measures, on=["measure", "group", "theme"], suffixes=("", "_there"))
        assert len(merged) == len(numbers) >= 10
        assert (merged["value"].fillna(-9) - merged["value_there"].fillna(-9)).abs().max() < 1e-12
        assert len(saved.alt) > 80
        assert "<script" not in saved.svg.read_text(encoding="utf-8")


def test_without_the_font_nothing_is_drawn(measures: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "find_spec", lambda name: None)
    with pytest.raises(DataProblem, match="no Chinese font"):
        draw_shares(measures)


def test_a_character_that_the_font_lacks_stops_the_figure(measures: pd.DataFrame, tmp_path: Path) -> None:
    figure = draw_shares(measures, Words("en", {"threats": "\U0001f600"}))
    with pytest.raises(DataProblem, match="Leave the character out"):
        save(figure, share_rows(measures), "boxes", tmp_path)


def test_a_figure_without_alt_text_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="no alt text"):
        save(Figure(), pd.DataFrame(), "silent", tmp_path)


def test_lines_fit_and_keep_closing_marks_with_their_character() -> None:
    lines = wrap("“征信受损”见于59%的文章，作为事实断言的占24%。" * 4, 15)
    assert all(length(line, 15) <= WIDTH - 2 * theme.EDGE + 0.05 for line in lines)
    assert not any(line[0] in "，。”" or line[-1] == "“" for line in lines)


def test_the_same_measures_give_the_same_bytes_in_another_process(measures: pd.DataFrame, tmp_path: Path) -> None:
    frame = tmp_path / "measures.parquet"
    measures.to_parquet(frame)
    code = (
        "import sys, pandas as pd; from pathlib import Path; from analysis.charts import *\n"
        "m = pd.read_parquet(sys.argv[1])\n"
        "for draw, rows in ((draw_shares, share_rows), (draw_terms, term_rows)):\n"
        "    save(draw(m), rows(m), draw.__name__, Path(sys.argv[2]))\n"
    )
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code, str(frame), str(tmp_path / seed)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    first, second = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / seed).iterdir()}
        for seed in ("1", "2")
    )
    assert len(first) == 6
    assert first == second
