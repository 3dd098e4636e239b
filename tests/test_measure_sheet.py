"""Sheets: blinded, the same bytes again, harmless in a spreadsheet and in a browser, coded by keyboard."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import xml.etree.ElementTree as ET
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from analysis.codebook import load
from analysis.measure.sampling import Plan, draw
from analysis.measure.sheet import (
    Sheet,
    as_csv,
    as_label_studio,
    as_xlsx,
    label_studio_config,
    sheets,
    texts,
    themes_of,
)
from analysis.measure.sheet_page import as_page, sheet_files
from analysis.measure.told import Told, told
from analysis.measure.units import codes_of
from analysis.problems import DataProblem
from analysis.tables import TABLES

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = {
    "u1": "=HYPERLINK(\"http://x.example\",\"点我\")",  # click me
    "u2": "</script><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>",
    "u3": "@SUM(1)\x00\x0b 催收说要上门 %%data%%",  # the collector says he will come
    "u4": "\u2028 +1 逾期" + "长" * 40_000,  # overdue, and longer than a cell
    "u5": "－1 全角",  # a full-width minus
}


def corpus(n: int = 60) -> tuple[dict[str, pd.DataFrame], Told]:
    """Posts of a title, an advert and a body; every third post claims threats in its body, every fourth is an advert."""
    posts, blocks, mentions = [], [], []
    for k in range(n):
        name, lines = f"p{k:03d}", [f"标题{k}", "加微信停催", "催收说要杀我" if k % 3 == 0 else "已经协商好了"]
        # title; add us on WeChat and calls stop; the collector says he will kill me; agreed on a plan
        posts.append({
            "post_id": name, "raw_id": name, "source": "s", "site": f"s{k % 5}.example", "text": "\n".join(lines), "on_topic": True,
            "n_chars": 20, "solicitation": k % 4 == 0, "solicitation_score": 0.0, "date_precision": "unknown",
            "template_id": f"t{k % 20}" if k % 2 else None, "url": f"https://s.example/{k}",
        })
        start = 0
        for b, (line, layer) in enumerate(zip(lines, ("title", "ad", "body"), strict=True)):
            blocks.append({"post_id": name, "block": b, "layer": layer, "start": start, "end": start + len(line)})
            start += len(line) + 1
        if k % 3 == 0:
            mentions.append({
                "post_id": name, "start": start - 7, "rule_id": "threats.kill", "end": start - 1, "cue": lines[2], "theme": "threats",
                "layer": "body", "sentence": lines[2], "status": "reported", "actor": "unknown", "target": "borrower",
                "codebook_version": load().version,
            })
    made = {name: TABLES[name].frame(r) for name, r in (("posts", posts), ("blocks", blocks), ("mentions", mentions))}
    return made, told(made["posts"], made["mentions"], codes_of(load()))


def hostile(n_themes: int = 2) -> Sheet:
    return Sheet("sheet-x", "coder-1", tuple(HOSTILE.items()), themes_of(load())[:n_themes])


def test_coders_read_content_layers_only_and_nothing_of_the_machine() -> None:
    made, read = corpus()
    design = draw(read, Plan(20, ("theme=threats",)))
    shown = texts(made["posts"], made["blocks"], design)
    assert len(shown) == 20
    assert all("微信" not in text and text.startswith("标题") for text in shown.values())
    given = {n: c for n, c in sheet_files(sheets(shown, themes_of(load()), 2, 0), design).items() if "design" not in n}
    assert len(given) == 10
    for name, content in given.items():
        shows = _cells(content) if name.endswith(".xlsx") else content.decode()
        assert not re.search(r"\bp0\d\d\b|s\.example|threats\.kill|stratum|inclusion|reported", shows), name


def _cells(workbook: bytes) -> str:
    page = openpyxl.load_workbook(io.BytesIO(workbook))["codes"]
    return "\n".join(str(cell) for row in page.iter_rows(values_only=True) for cell in row)


def test_each_coder_has_an_own_order_and_all_units() -> None:
    one, two = sheets({f"u{n}": "x" for n in range(30)}, (), 2, 0)
    assert [u for u, _ in one.units] != [u for u, _ in two.units]
    assert sorted(one.units) == sorted(two.units)
    assert one.name == two.name


def test_the_same_seed_gives_the_same_bytes() -> None:
    made, read = corpus()
    found = []
    for seed in (5, 5, 6):
        design = draw(read, Plan(20, seed=seed))
        shown = texts(made["posts"], made["blocks"], design)
        found.append(sheet_files(sheets(shown, themes_of(load()), 2, seed), design))
        time.sleep(1.1 if len(found) == 1 else 0)  # a workbook's times have seconds
    assert found[0] == found[1]
    assert all(found[0][name] != found[2][name] for name in found[0] if not name.endswith(".xml"))


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(hostile())))
    page = book["codes"]
    assert [c.data_type for c in page["C"]] == ["s"] * 6
    assert page["C2"].value == HOSTILE["u1"]
    assert page["C4"].value == "@SUM(1) 催收说要上门 %%data%%"
    assert len(page["C5"].value) < 32_767
    rules = {str(r.sqref): r.formula1 for r in page.data_validations.dataValidation}
    assert rules["D2:D6"] == '"1"'
    assert rules["E2:F6"].startswith('"0,c,p,r,o,cp')
    assert [c.value.split()[0] for c in page[1]] == ["unit", "coder", "text", "done", "credit_damage", "penalties"]
    assert book["guide"].max_row > 5


def test_no_cell_of_the_csv_is_a_formula() -> None:
    content = as_csv(hostile())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "－")) for cell in cells)
    assert rows[1][2] == "'" + HOSTILE["u1"]


def test_label_studio_gets_tasks_and_a_configuration_that_name_the_same_themes() -> None:
    tasks = json.loads(as_label_studio(hostile()))
    assert [t["data"]["unit"] for t in tasks] == list(HOSTILE)
    root = ET.fromstring(label_studio_config(hostile().themes))
    assert [c.get("name") for c in root.findall("Choices")] == tasks[0]["data"]["themes"].split()
    assert {c.get("value") for c in root.iter("Choice")} == {"claimed", "possible", "rejected", "other"}


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(DataProblem, match="'threat' is not in the codebook"):
        themes_of(load(), ["threat"])


def test_the_page_allows_its_own_script_only() -> None:
    page = as_page(hostile()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    script = page.rpartition("<script>")[2].partition("</script>")[0]
    assert "sha256-" + b64encode(sha256(script.encode()).digest()).decode() in policy[1]
    assert "unsafe" not in policy[1]
    assert page.count("</script>") == 2
    assert "http" not in page.replace("http-equiv", "").replace(r"http://x.example", "")
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert {u["unit"]: u["text"] for u in data["units"]} == HOSTILE


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no /usr/bin/chromium: `apt-get install chromium` has it")
@pytest.mark.parametrize("width", [1280, 380])
def test_a_person_codes_by_keyboard_and_saves(tmp_path: Path, width: int) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    (tmp_path / "page.html").write_bytes(as_page(hostile()))
    with api.sync_playwright() as started:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        page = browser.new_page(viewport={"width": width, "height": 800})
        asked: list[str] = []
        problems: list[str] = []
        page.on("request", lambda r: asked.append(r.url))
        page.on("pageerror", lambda e: problems.append(str(e)))
        page.goto((tmp_path / "page.html").as_uri())
        for key in ("1", "ArrowDown", "3", "2", "Enter", "Enter"):
            page.keyboard.press(key)
        saved: Any = _saved(page, tmp_path / "codes.json")
        assert saved["codes"]["u1"] == {"done": True, "codes": {"credit_damage": "c", "penalties": "pr"}}
        assert saved["codes"]["u2"] == {"done": True, "codes": {}}
        page.reload()
        assert "2/5" in page.inner_text("#progress")  # kept in the browser
        page.evaluate("localStorage.clear()")
        page.reload()
        page.set_input_files("#file", str(tmp_path / "codes.json"))
        page.wait_for_function("document.getElementById('progress').textContent.includes('2/5')")
        page.keyboard.press("ArrowLeft")  # the post with a script in it
        assert "window.ran" in page.inner_text("#text")
        page.click("#language")
        assert page.inner_text("#title") == "Coding posts"
        assert page.evaluate("window.ran") is None
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelectorAll('#text *').length") == 0
        browser.close()
    assert not problems
    assert not [url for url in asked if not url.startswith(("file:", "blob:"))]


def _saved(page: Any, path: Path) -> Any:
    with page.expect_download() as download:
        page.keyboard.press("s")
    download.value.save_as(path)
    return json.loads(path.read_text(encoding="utf-8"))
