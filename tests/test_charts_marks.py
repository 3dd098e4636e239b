"""Where numbers stand in a picture, whose names themes go by, and claims against rules."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from made_figures import measured
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.charts import FIGURES, Words, claim_numbers, draw_claims, of_run, share_rows
from analysis.charts.marks import Mark, marks_of
from analysis.codebook import NAMES as CODEBOOK
from analysis.lexicon import load_yaml
from analysis.measure.claims_rows import quantities
from analysis.measure.claims_verdict import VERDICTS
from analysis.problems import DataProblem

DRAWN = [stem for stem in FIGURES if stem not in ("8-campaigns", "9-validation")]  # the made corpus has neither


@pytest.fixture(scope="module")
def measures() -> pd.DataFrame:
    return measured()


def marks(stem: str, measures: pd.DataFrame) -> tuple[Figure, tuple[Mark, ...]]:
    figure = FIGURES[stem][1](measures, "zh")
    return figure, marks_of(figure)


@pytest.mark.parametrize("stem", DRAWN)
def test_numbers_have_a_place_in_the_picture(stem: str, measures: pd.DataFrame) -> None:
    name, _, rows = FIGURES[stem]
    figure, found = marks(stem, measures)
    width, height = (72 * side for side in figure.get_size_inches())
    known = set(zip(measures["measure"], measures["group"], measures["theme"], strict=True))
    assert {mark[:3] for mark in found} <= known
    for mark in found:
        assert 0 <= mark.left < mark.left + mark.width <= width + 0.1, mark
        assert 0 <= mark.top < mark.top + mark.height <= height + 0.1, mark
        assert min(mark.width, mark.height) >= 4, mark
    drawn = rows(measures, "zh")
    main = drawn.loc[(drawn["measure"] == name) & drawn["value"].notna()]
    placed = set(zip(main["measure"], main["group"], main["theme"], strict=True)) & {mark[:3] for mark in found}
    assert len(placed) >= 0.6 * len(main)  # a word too small for the cloud has none, nor a step that no mention is near
    assert len({mark[3:] for mark in found}) == len(found)  # no two in one place


def test_a_dot_lies_over_its_row(measures: pd.DataFrame) -> None:
    _, found = marks("2-copies", measures)
    order = [mark.measure for mark in found]
    assert order.index("share_of_posts") > max(at for at, name in enumerate(order) if name == "copies_ratio")


def test_marks_are_not_drawn(measures: pd.DataFrame) -> None:
    figure, found = marks("1-themes", measures)
    assert found
    assert not [patch for patch in figure.findobj() if str(patch.get_gid() or "").startswith("number") and patch.get_visible()]


def keep(folder: Path, *themes: dict[str, str | None]) -> None:
    (folder / CODEBOOK).write_text(json.dumps({"themes": themes}, ensure_ascii=False), encoding="utf-8")


def test_a_short_name_stands_for_the_name_of_our_codebook_alone(tmp_path: Path) -> None:
    same = {"slug": "threats", "zh": "威胁恐吓", "en": "Threats and intimidation"}
    keep(tmp_path, same, {"slug": "scams", "zh": "赌博", "en": "Gambling", "parent": "threats"})
    words = of_run(tmp_path, "en")
    assert [words.theme(slug) for slug in ("threats", "scams")] == ["Threats", "Gambling"]
    keep(tmp_path, {**same, "en": "Menaces"})
    assert of_run(tmp_path, "en").theme("threats") == "Menaces"
    assert of_run(tmp_path / "none", "en") == Words("en")
    (tmp_path / CODEBOOK).write_text("{}", encoding="utf-8")
    with pytest.raises(DataProblem, match="not the themes of a codebook"):
        of_run(tmp_path, "en")


def test_the_order_follows_the_parents_of_the_run(measures: pd.DataFrame) -> None:
    order = list(dict.fromkeys(share_rows(measures, Words("zh", parents={"threats": "home_visit"}))["theme"]))
    assert order.index("threats") == order.index("home_visit") + 1
    free = list(dict.fromkeys(share_rows(measures, Words("zh", parents={}))["theme"]))
    shares = share_rows(measures).query("group == 'all'").set_index("theme")["value"]
    assert shares[free].is_monotonic_decreasing


def test_claims_leave_out_what_no_rule_speaks_of_and_name_the_worst(measures: pd.DataFrame) -> None:
    rows = claim_numbers(measures)
    assert set(rows["group"].str.partition(":")[0]) == {"years_on_record", "calls_limit"}
    values = measures.set_index(["measure", "group"])["value"]
    label = str(draw_claims(measures, "en").get_label())
    right = 100 * values["share_of_verdict", "calls_limit:agrees"]
    assert f'On "Calls a day" {right:.0f}\u00a0% of 12 posts match the rule' in label
    assert not len(claim_numbers(measures.loc[~measures["measure"].str.startswith("share_of_verdict")]))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_claims_fit_their_page(lang: str, measures: pd.DataFrame) -> None:
    figure = draw_claims(measures, lang)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible():
            box = text.get_window_extent(renderer)
            assert 0 <= box.x0 < box.x1 <= figure.bbox.width, text.get_text()


def test_every_quantity_and_verdict_has_a_name_in_both_languages() -> None:
    names = load_yaml("lexicon/charts.yml")
    assert set(quantities()) <= set(names["quantities"])
    assert set(VERDICTS) == set(names["verdicts"])
    assert all(name["zh"] and name["en"] for kind in ("quantities", "verdicts") for name in names[kind].values())
