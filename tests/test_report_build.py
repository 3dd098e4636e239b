"""The report of a small part of the sample corpus, built once with real kernels: what stands in the one file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import fromstring

import pytest
from made_report import Tags, run_of_sample

from analysis import tables
from analysis.report import Built, build

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("report")
    return build(run_of_sample(folder, 45), folder / "report.html", "zh", folder / "figures")


@pytest.fixture(scope="module")
def html(built: Built) -> str:
    return built.path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Tags:
    return Tags(html)


def test_it_says_where_it_is_and_what_it_found(built: Built) -> None:
    said = str(built)
    assert str(built.path) in said
    assert len(built.findings) == 3
    assert all(finding in said and re.search(r"\d", finding) for finding in built.findings)


def test_nothing_in_it_loads_or_leads_outside(page: Tags) -> None:
    assert {a["href"][:1] for a in page.of("a")} == {"#"}
    assert all(img["src"].startswith("data:image/svg+xml,%3Csvg ") for img in page.of("img"))
    assert not {"link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.found}
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on") or name == "style"]


def test_the_policy_lets_only_our_style_and_script_run(page: Tags, html: str) -> None:
    policy = next(m["content"] for m in page.of("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        text = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert len(text) == 1
        assert f"sha256-{b64encode(sha256(text[0].encode()).digest()).decode()}" in policy
    assert (ROOT / "analysis" / "report" / "report.js").read_text(encoding="utf-8") == text[0]


def test_every_number_leads_to_a_section_that_is_there(page: Tags) -> None:
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.of("a")} <= set(ids)
    numbers = [a for a in page.of("a") if "data-m" in a]
    assert len(numbers) > 300
    assert {"q-threats-claimed", "q-threats-ad", "x-all", "c-copies", "c-dropped", "c-contacts"} <= set(ids)


def test_figures_have_words_and_their_numbers(page: Tags, built: Built) -> None:
    images = page.of("img")
    assert len(images) == len(page.of("figure")) == len(page.of("figcaption")) >= built.n_figures
    assert len(page.of("details")) >= 4  # those with their numbers below; the others lead to the sections of their themes
    assert all(len(img["alt"]) > 20 for img in images)
    assert all(fromstring(unquote(img["src"].partition(",")[2])).tag.endswith("svg") for img in images)
    for stem in ("1-themes", "2-copies", "3-sentiment", "4-terms"):
        assert (built.path.parent / "figures" / f"{stem}.csv").exists()


def test_tables_can_be_read_without_the_script(page: Tags) -> None:
    heads = page.of("th")
    assert {head["scope"] for head in heads} == {"col", "row"}
    assert not page.of("input")  # made by the script alone
    assert all(div.get("tabindex") == "0" for div in page.of("div") if (div.get("class") or "").startswith("scroll"))


def test_every_quote_is_a_span_of_a_post(built: Built, html: str) -> None:
    posts = tables.read("posts", built.path.parent / "tables")["text"].tolist()
    quotes = re.findall(r"<blockquote><bdi>(.*?)</bdi></blockquote>", html, re.DOTALL)
    assert len(quotes) == built.n_quotes > 50
    for quote in quotes:
        text = "".join(piece for _, piece in Tags(f"<b>{quote}</b>").texts).strip("…")
        assert any(text in post for post in posts), text


def test_the_fonts_hold_the_characters_of_the_page(html: str) -> None:
    from io import BytesIO

    from fontTools.ttLib import TTFont

    fonts = re.findall(r"data:font/woff2;base64,([A-Za-z0-9+/=]+)", html)
    assert len(fonts) == 2
    sans = TTFont(BytesIO(b64decode(fonts[0]))).getBestCmap()
    assert {ord(character) for character in "断言催收威胁0123%"} <= set(sans)
    assert all(len(font) < 1_000_000 for font in fonts)


def test_no_path_of_the_machine_and_no_time_of_the_clock(html: str, built: Built) -> None:
    assert str(built.path.parent) not in html
    assert str(ROOT) not in html
    assert built.path.stat().st_size < 5_000_000


def test_another_process_gives_the_same_bytes(built: Built, html: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "analysis", "report", str(built.path.parent / "tables"), "--out", str(tmp_path / "r.html"),
               "--figures", str(tmp_path / "figures")]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "5"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert built.findings[0] in done.stderr
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == html
