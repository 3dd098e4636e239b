"""Coded sheets read back: every format the same, every mistake named, and the numbers that come of it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from test_measure_sheet import corpus

from analysis import tables
from analysis.cli import main
from analysis.codebook import load
from analysis.measure.coded import read_codes, read_design
from analysis.measure.coded_measures import GROUPS, HumanCodes, adjudication, human_measures, most
from analysis.measure.sampling import Plan, draw
from analysis.measure.sheet import as_label_studio, sheets, texts, themes_of
from analysis.measure.sheet_page import sheet_files
from analysis.measure.simulated import NOTE, planted, simulated_measures
from analysis.measure.told import Told
from analysis.measure.units import codes_of
from analysis.problems import DataProblem
from analysis.tables import FAMILIES, TABLES

THEMES = list(load().by_slug)


class Study:
    """A folder of sheets of 20 posts and two coders, who code threats and lawsuits."""

    def __init__(self, folder: Path, n: int = 20) -> None:
        self.folder = folder
        self.made, self.read = corpus()
        self.design = draw(self.read, Plan(n))
        shown = texts(self.made["posts"], self.made["blocks"], self.design)
        self.sheets = sheets(shown, themes_of(load(), ["threats", "lawsuits"]), 2, 0)
        for name, content in sheet_files(self.sheets, self.design).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        at = {unit: n for n, unit in enumerate(self.design["unit"])}
        self.truth = {unit: bool(self.read.carries("threats", "claimed")[at[unit]]) for unit, _ in self.sheets[0].units}

    def rows(self, coder: int) -> list[list[str]]:
        content = (self.folder / f"coder-{coder}" / f"coder-{coder}.csv").read_bytes().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(content, newline="")))

    def coded(self, coder: int, wrong: tuple[str, ...] = ()) -> list[list[str]]:
        """The coder's rows, all done: threats are claimed where the corpus says so, but for the units that are wrong."""
        rows = self.rows(coder)
        at = [name.split()[0] for name in rows[0]].index("threats")
        for row in rows[1:]:
            row[3], row[at] = "1", "c" if self.truth[row[0]] != (row[0] in wrong) else ""
        return rows

    def write(self, name: str, rows: list[list[str]], encoding: str = "utf-8-sig", separator: str = ",") -> Path:
        path = self.folder / name
        with path.open("w", encoding=encoding, newline="") as out:
            csv.writer(out, delimiter=separator).writerows(rows)
        return path

    def read_back(self, *paths: Path) -> HumanCodes:
        return read_codes(paths, read_design(self.folder / "design" / "design.csv"), THEMES)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path)


def as_workbook(study: Study, coder: int) -> Path:
    path = study.folder / f"coder-{coder}" / f"coder-{coder}.xlsx"
    book = openpyxl.load_workbook(path)
    for n, row in enumerate(study.coded(coder)[1:], start=2):
        for c, value in enumerate(row[3:], start=4):
            book["codes"].cell(n, c).value = int(value) if value == "1" else value or None
    book.save(path)
    return path


def as_saved_page(study: Study, coder: int) -> Path:
    codes = {row[0]: {"done": True, "codes": {"threats": "c"} if study.truth[row[0]] else {}} for row in study.rows(coder)[1:]}
    path = study.folder / "page.json"
    path.write_text(json.dumps({"sheet": "s", "coder": f"coder-{coder}", "themes": ["lawsuits", "threats"], "codes": codes}), "utf-8")
    return path


def as_export(study: Study, coder: int) -> Path:
    tasks = json.loads(as_label_studio(study.sheets[coder - 1]))
    for task in tasks:
        part = {"from_name": "threats", "type": "choices", "value": {"choices": ["claimed"]}}
        task["annotations"] = [{"completed_by": 1, "result": [part] if study.truth[task["data"]["unit"]] else []}]
    path = study.folder / "export.json"
    path.write_text(json.dumps(tasks), "utf-8")
    return path


def same(one: HumanCodes, other: HumanCodes) -> None:
    assert (one.coders, sorted(one.themes), one.units) == (other.coders, sorted(other.themes), other.units)
    assert (one.says[:, one.themes.index("threats")] == other.says[:, other.themes.index("threats")]).all()
    assert (one.coded == other.coded).all()


def test_every_format_reads_back_the_same(study: Study) -> None:
    plain = study.read_back(study.write("a.csv", study.coded(1)))
    assert plain.says[0, plain.themes.index("threats"), 0].tolist() == [study.truth[u] for u in plain.units]
    assert plain.coded.all()
    for path in (
        as_workbook(study, 1),
        as_saved_page(study, 1),
        as_export(study, 1),
        study.write("gbk.csv", study.coded(1), encoding="gb18030"),  # as Excel on a Chinese Windows saves it
        study.write("semicolons.csv", study.coded(1), separator=";"),
    ):
        same(study.read_back(path), plain)


def changed(study: Study, row: int, column: str, value: str) -> list[list[str]]:
    rows = study.coded(1)
    rows[row][[name.split()[0] for name in rows[0]].index(column)] = value
    return rows


MISTAKES: list[tuple[str, Any, str]] = [
    ("an unknown code", lambda s: changed(s, 3, "threats", "yes"), r"a\.csv, row 4, threats: unknown code 'yes'.*c claimed"),
    ("an unknown unit", lambda s: changed(s, 2, "unit", "u000"), r"a\.csv, row 3: unit 'u000' is not in the design"),
    ("an unclear mark", lambda s: changed(s, 2, "done", "maybe"), r"row 3: done is 'maybe'"),
    ("a missing unit", lambda s: s.coded(1)[:-1], r"a\.csv: coder-1 lacks unit u\w+, 1 in all"),
    ("a duplicate row", lambda s: [*s.coded(1), s.coded(1)[5]], r"row 22: coder-1 has unit u\w+ twice, first in .*row 6"),
    ("a coder who coded nothing", lambda s: s.rows(1), r"a\.csv: coder-1 has coded nothing"),
    ("an unknown theme", lambda s: [[*s.coded(1)[0], "threat"], *([*r, ""] for r in s.coded(1)[1:])], "theme|column 'threat'"),
    ("no column done", lambda s: [[c for n, c in enumerate(r) if n != 3] for r in s.coded(1)], r"no column done"),
    ("a header only", lambda s: s.coded(1)[:1], "no coded row"),
    ("nothing", lambda s: [], "no header"),
]


@pytest.mark.parametrize(("make", "match"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named_with_file_and_row(study: Study, make: Any, match: str) -> None:
    with pytest.raises(DataProblem, match=match):
        study.read_back(study.write("a.csv", make(study)))


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"\xff\xfe\x00", b"{]", b"[]", b"{}", b"[1]"])
@pytest.mark.parametrize("kind", ["xlsx", "json"])
def test_a_broken_file_is_a_problem_of_the_data(study: Study, content: bytes, kind: str) -> None:
    path = study.folder / f"broken.{kind}"
    path.write_bytes(content)
    with pytest.raises(DataProblem, match=r"broken|no coded row"):
        study.read_back(path)


def test_json_of_another_form_is_a_problem_of_the_data(study: Study) -> None:
    path = study.folder / "other.json"
    task = {"data": {"unit": "u1"}}
    for found in ([{**task, "annotations": [7]}], [{**task, "annotations": None}], {"codes": [], "themes": []}):
        path.write_text(json.dumps(found), "utf-8")
        with pytest.raises(DataProblem, match=r"other\.json"):
            study.read_back(path)


def test_other_files_are_refused(study: Study) -> None:
    with pytest.raises(DataProblem, match=r"unknown kind of file. Kinds: .xlsx"):
        study.read_back(study.folder / "codes.docx")
    with pytest.raises(DataProblem, match="not readable"):
        study.read_back(study.folder / "absent.csv")
    with pytest.raises(DataProblem, match="no column"):
        read_design(study.write("other.csv", [["a"], ["1"]]))
    with pytest.raises(DataProblem, match="not a readable design"):
        read_design(study.folder / "absent.csv")


def test_a_unit_not_done_is_missing_not_absent(study: Study) -> None:
    rows = study.coded(1)
    for row in rows[6:]:
        row[3] = ""
    human = study.read_back(study.write("a.csv", rows))
    assert human.coded.sum() == 5
    found = human_measures(study.read, study.design, human).set_index(["measure", "group", "theme"])
    assert found.loc[("prevalence_ppi", "claimed", "threats"), "n"] == 5


def numbers(study: Study, *paths: Path) -> pd.DataFrame:
    found = human_measures(study.read, study.design, study.read_back(*paths), seed=1)
    tables.check("measures", found)
    return found.set_index(["measure", "group", "theme"])


def test_perfect_coders_agree_and_confirm_the_machine(study: Study) -> None:
    found = numbers(study, study.write("a.csv", study.coded(1)), study.write("b.csv", study.coded(2)))
    for measure in ("alpha", "agreement", "sensitivity", "specificity", "precision"):
        assert found.loc[(measure, "claimed", "threats"), "value"] == 1
    naive = found.loc[("prevalence_naive", "claimed", "threats"), "value"]
    assert naive == pytest.approx(1 / 3)
    assert found.loc[("prevalence_ppi", "claimed", "threats"), "value"] == pytest.approx(naive, abs=0.05)
    never = found.loc[("alpha", "all", "lawsuits")]  # nobody coded it
    assert np.isnan(never["value"])
    assert never["method"].startswith("no value: ")
    assert set(found.index.get_level_values("theme")) == {"threats", "lawsuits"}
    assert len(found) == 2 * len(GROUPS) * 8
    silent = found["low"].isna() & ~found["method"].str.contains(r"\bno (?:interval|value)\b")
    assert not silent.any()


def test_a_machine_that_sees_half_is_mended(study: Study) -> None:
    """The coders see threats in every post; the machine in a third of them."""
    rows = [study.coded(c) for c in (1, 2)]
    at = [name.split()[0] for name in rows[0][0]].index("threats")
    for table in rows:
        for row in table[1:]:
            row[at] = "c"
    found = numbers(study, study.write("a.csv", rows[0]), study.write("b.csv", rows[1]))
    assert found.loc[("prevalence_naive", "claimed", "threats"), "value"] == pytest.approx(1 / 3)
    assert found.loc[("prevalence_ppi", "claimed", "threats"), "value"] == 1
    assert found.loc[("prevalence_dsl", "claimed", "threats"), "value"] == pytest.approx(1, abs=0.02)
    assert found.loc[("sensitivity", "claimed", "threats"), "value"] < 0.6


def test_what_differs_is_settled_and_counts(study: Study) -> None:
    wrong = tuple(unit for unit, _ in study.sheets[0].units[:4])
    files = [study.write("a.csv", study.coded(1)), study.write("b.csv", study.coded(2, wrong))]
    open_ = adjudication(study.read, study.read_back(*files))
    assert sorted(open_["unit"]) == sorted(wrong)
    assert list(open_.columns) == ["unit", "theme", "coder-1", "coder-2", "final"]
    before = numbers(study, *files)
    assert before.loc[("specificity", "claimed", "threats"), "denominator"] + before.loc[
        ("sensitivity", "claimed", "threats"), "denominator"
    ] == 16  # ties are left out
    filled = open_.assign(final=open_["coder-1"])
    settled = study.write("settled.csv", [list(filled.columns), *filled.to_numpy().tolist()])
    after = numbers(study, *files, settled)
    assert after.loc[("sensitivity", "claimed", "threats"), "value"] == 1
    assert after.loc[("specificity", "claimed", "threats"), "denominator"] + after.loc[
        ("sensitivity", "claimed", "threats"), "denominator"
    ] == 20
    assert after.loc[("alpha", "claimed", "threats"), "value"] == before.loc[("alpha", "claimed", "threats"), "value"]
    assert adjudication(study.read, study.read_back(*files, settled)).empty


def test_most() -> None:
    assert most(np.array([[1, 1, 0], [1, np.nan, 0]])).tolist() == [1, 0.5]


def test_the_commands_go_together(study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, out = tmp_path / "run", tmp_path / "sheets"
    for name, frame in study.made.items():
        tables.write(name, frame, run)
    assert main(["sheet", str(run), "--out", str(out), "--n", "20", "--strata", "theme=threats", "--themes", "threats"]) == 0
    assert main(["sheet", str(run), "--out", str(out)]) == 1  # never over codes that stand there
    page = out / "coder-1" / "coder-1.csv"
    rows = list(csv.reader(io.StringIO(page.read_text("utf-8-sig"), newline="")))
    coded = study.write("done.csv", [rows[0], *([*r[:3], "1", "c"] for r in rows[1:])])
    design = str(out / "design" / "design.csv")
    assert main(["coded", str(coded), "--design", design, "--tables", str(run)]) == 0
    found = tables.read("measures", run / "human")
    assert found.loc[(found["measure"] == "alpha"), "method"].str.contains("no value: no unit with codes of two coders").all()
    assert (run / "human" / "adjudication.csv").exists()
    assert main(["coded", str(page), "--design", design, "--tables", str(run)]) == 1
    assert "coded nothing" in capsys.readouterr().err


def sample_posts(n: int = 60) -> pd.DataFrame:
    """Posts at the addresses of the sample corpus that have a planted truth."""
    urls = sorted(planted(codes_of(load())))[:n]
    same_of_all = {"source": "s", "text": "x", "on_topic": True, "n_chars": 9, "solicitation": False, "solicitation_score": 0.0}
    same_of_all["date_precision"] = "unknown"
    rows = [{"post_id": f"p{k:03d}", "raw_id": f"p{k:03d}", "url": u, **same_of_all} for k, u in enumerate(urls)]
    return TABLES["posts"].frame(rows)


def test_simulated_coders_say_that_they_are_simulated() -> None:
    found = simulated_measures(sample_posts(), TABLES["mentions"].empty(), codes_of(load()), 0)
    tables.check("measures", found)
    assert found["method"].str.endswith(NOTE).all()
    assert found["estimand"].str.endswith(f"({NOTE})").all()
    here = found.set_index(["measure", "group", "theme"])
    assert 0.5 < here.loc[("alpha", "all", "threats"), "value"] < 1
    assert here.loc[("sensitivity", "all", "threats"), "value"] == 0  # the machine was given no mention
    assert here.loc[("prevalence_naive", "all", "threats"), "value"] == 0
    assert here.loc[("prevalence_dsl", "all", "threats"), "value"] > 0
    pd.testing.assert_frame_equal(found, simulated_measures(sample_posts(), TABLES["mentions"].empty(), codes_of(load()), 0))
    assert set(found["group"]) == {"all", *FAMILIES}


def test_without_a_planted_truth_there_is_no_simulated_coder(study: Study) -> None:
    read: Told = study.read
    assert simulated_measures(read.found.posts, study.made["mentions"], read.codes).empty
