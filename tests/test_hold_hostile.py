"""Pages, names and archives made to break or to drive something: read in time, in little room, and inert wherever they are shown."""

from __future__ import annotations

import gzip
import io
import re
import time
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pandas as pd
import pytest
from warcio.warcwriter import WARCWriter

from analysis import tables
from analysis.charts.save import safe
from analysis.clean import Settings, clean_pages
from analysis.clean.addresses import hidden_address
from analysis.cli import main
from analysis.problems import DataProblem, printable
from analysis.report import notebooks
from analysis.scrape import read, records
from analysis.scrape.response import MOST_BYTES, uncompress
from analysis.themes import find_themes

POST = "网贷逾期三个月，催收天天打电话威胁我家里人，我快崩溃了。"  # overdue; collectors threaten my family
DRIVING = "\x1b[2J\x1b]0;title\x07\x9b31m\x08\u202egpj\r\x00"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def cleaned(content: bytes, media_type: str = "text/html") -> Any:
    row = {"raw_id": "a", "source": "a", "url": "https://a.example/1", "media_type": media_type, "n_bytes": len(content),
           "digest": "d", "archive": "a", "offset": 0}  # fmt: skip
    raw = tables.TABLES["raw"].frame([row]).assign(content=pd.Series([content], dtype=object))
    return clean_pages(raw, Settings(b"s" * 32))


HOSTILE = {
    "nested lists": "<ul><li>" * 10_000 + POST,
    "nested tables": POST + "<table><tr><td>" * 3_000,
    "a hundred thousand tags": f"<p>{POST}</p>" + "<b></b>" * 100_000,
    "tags that stay open": f"<p>{POST}</p>" + "<i>" * 20_000,
    "attributes": "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + f">{POST}</p>",
    "entities": f"<p>{POST}{'&amp;&#x110000;&#0;&bogus;&lt' * 8_000}</p>",
    "comments left open": f"<p>{POST}</p>" + "<!--" * 50_000,
    "null bytes": f"<p>{POST}" + "\0" * 200_000 + "</p>",
    "marks of direction": f"<p>{(POST + chr(0x202E) + chr(0x2066)) * 200}</p>",
    "look-alike letters": f"<p>{POST}аlipаy 微信ｖ</p>" * 500,  # two of the letters are Cyrillic
    "blanks": f"<p>{POST}{' ' * 300_000}。</p>",
    "one run of digits": f"<p>{POST}{'1390000123' * 8_000}</p>",
    "brackets": f"<p>{POST}{'（“' * 20_000}</p>",
    "json within json": f"<script type='application/ld+json'>{'[' * 100_000}</script><p>{POST}</p>",
    "a picture that is a page": "GIF89a/*<html><p>" + POST + "</p>*/=1",
    "a document that is a page": "%PDF-1.7\n<html><script>app.alert(1)</script><p>" + POST + "</p>",
    "options": "<select>" + "<option>催收" * 100_000 + f"</select><p>{POST}</p>",
    "lists a hundred thousand deep": f"<p>{POST}</p>" + "<ul><li>" * 100_000,
    "a script full of ends": "<script>" + "var a='</p></scrip';" * 10_000 + f"</script><p>{POST}</p>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_time(name: str) -> None:
    find_themes(*cleaned(POST.encode(), "text/plain")[:2])  # lists and rules are loaded
    start = time.process_time()
    made = cleaned(HOSTILE[name].encode())
    find_themes(made.posts, made.blocks)
    assert time.process_time() - start < 5  # the slowest takes 0.5 on a quiet machine
    assert len(made.posts) + len(made.dropped) == 1
    for text in made.posts["text"]:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", text)


def test_a_text_without_end_is_cut_and_says_so() -> None:
    made = cleaned((f"<p>{POST * 200}</p>" * 200).encode())
    assert len(made.posts.loc[0, "text"]) < 1_001_000  # with the newlines between
    assert made.posts.loc[0, "flags"] == "truncated"
    assert (made.blocks["end"] <= len(made.posts.loc[0, "text"])).all()


def test_names_of_files_and_what_they_hold_drive_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = f"催收{DRIVING.replace(chr(0), '')}.bin".replace("/", "")
    (tmp_path / name).write_bytes(b"?")
    assert main(["run", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    (tmp_path / "bad.jsonl").write_text('{"text": "' + DRIVING.replace("\0", "") + "\n", encoding="utf-8")
    assert main(["run", str(tmp_path / "bad.jsonl"), "--out", str(tmp_path / "out")]) == 1
    with pytest.raises(SystemExit):
        main(["run", "a", f"--{DRIVING}"])
    assert main(["explain", f"催收{DRIVING}威胁我家人"]) == 0
    said = capsys.readouterr()
    assert "催收" in said.err
    assert "威胁" in said.out
    for line in [*said.err.split("\n"), *said.out.split("\n")]:
        assert not OBEYED.search(line), ascii(line)


def test_what_is_printable_stays() -> None:
    assert printable("一行\t第二列\n下一行 ✓ 〔电话〕") == "一行\t第二列\n下一行 ✓ 〔电话〕"  # a line, a second column
    assert printable(DRIVING) == "gpj"


def bomb(path: Path, member: str, n_bytes: int) -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package, package.open(member, "w", force_zip64=True) as part:
        for _ in range(n_bytes >> 20):
            part.write(bytes(1 << 20))
    return path


def test_a_spreadsheet_and_a_package_that_are_bombs_are_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match=r"sharedStrings.xml unpacks to 68,157,440 bytes"):
        read(str(bomb(tmp_path / "a.xlsx", "xl/sharedStrings.xml", 65 << 20)))
    problems: list[str] = []
    assert list(records(bomb(tmp_path / "a.wacz", "archive/data.warc.gz", 65 << 20), problems=problems)) == []
    assert "as no honest archive is" in problems[0]


def test_a_page_that_is_a_bomb_is_cut_off_and_one_too_large_is_left_out(tmp_path: Path) -> None:
    packed = gzip.compress(b"<p>" + bytes(MOST_BYTES + 10), 1)
    assert len(uncompress(packed, "gzip")) == MOST_BYTES
    made = io.BytesIO()
    writer = WARCWriter(made, gzip=False)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n"
    for kind in (b"text/html", b"video/mp4"):
        record = writer.create_warc_record("https://a.example/1", "response", payload=io.BytesIO(head % kind + b"<p>ok</p>"))
        writer.write_record(record)
    content = made.getvalue().replace(b"Content-Length: ", b"X: ", 0)
    path = tmp_path / "large.warc"
    with path.open("wb") as file:
        for part in re.split(rb"(?=WARC/1)", content)[1:]:
            size = int(re.search(rb"Content-Length: (\d+)", part)[1])  # type: ignore[index]
            file.write(part.replace(b"Content-Length: %d" % size, b"Content-Length: %d" % (MOST_BYTES + 1)).removesuffix(b"\r\n\r\n"))
            file.seek(MOST_BYTES + 1 - size, 1)
            file.write(b"\r\n\r\n")
    problems: list[str] = []
    assert list(records(path, problems=problems)) == []
    assert sum("more than a page has" in problem for problem in problems) == 1  # a film is passed over without a word


def test_every_cut_of_an_archive_is_told(tmp_path: Path) -> None:
    sample = (Path(__file__).parents[1] / "data" / "sample" / "sample.warc.gz").read_bytes()[:5_000]
    whole = sample[: sample.rindex(b"\x1f\x8b\x08")]
    for name, content, step in (("cut.warc.gz", whole, 61), ("cut.warc", gzip.decompress(whole), 97)):
        ends = {m.start() for m in re.finditer(rb"WARC/1" if name == "cut.warc" else rb"\x1f\x8b\x08", content)}
        for n in set(range(40, len(content), step)) - ends:
            (tmp_path / name).write_bytes(content[:n])
            problems: list[str] = []
            try:
                list(records(tmp_path / name, problems=problems))
            except DataProblem as problem:
                problems.append(str(problem))
            assert problems, f"{name} cut at {n}: nothing was said"


FORMULAS = ['=HYPERLINK("http://evil.example")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1,2)", "\t=1+1", "\r=1+1", "＝1+1", " =1+1"]


def test_formulas_are_text_to_a_reader_of_csv_and_of_spreadsheets(tmp_path: Path) -> None:
    frame = pd.DataFrame({"quote": FORMULAS, "n": [-1.5] * len(FORMULAS)})
    rows = list(pd.read_csv(io.StringIO(safe(frame).to_csv(index=False))).itertuples())
    assert len(rows) == len(FORMULAS)
    for row in rows:
        assert row.quote[0] == "'", row.quote
        assert row.n == -1.5  # a number is no formula
    book = openpyxl.Workbook()
    for value in safe(frame)["quote"]:
        book.active.append([value])
    book.save(tmp_path / "a.xlsx")
    for (cell,) in openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows():
        assert cell.data_type == "s", cell.value


def test_notebooks_are_kept_without_outputs_and_trusted_by_nobody() -> None:
    for path in notebooks.sources():
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
        assert not any(cell.get("outputs") for cell in notebook.cells), path.name
        assert not any("trusted" in cell.metadata for cell in notebook.cells), path.name
        assert "signature" not in notebook.metadata


def test_an_address_that_is_a_script_is_an_address_and_no_link() -> None:
    assert hidden_address("javascript:alert(1)//加微信ab_12345") == "javascript:alert(1)//加微信〔微信〕"
