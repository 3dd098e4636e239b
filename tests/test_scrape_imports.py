"""Everything that people hold already: each kind of `sources` is made and read, and exports become posts of the right shape."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import tables
from analysis.clean import Settings, clean_pages
from analysis.problems import DataProblem
from analysis.scrape import read, with_content
from analysis.scrape.archive import WarcPage, write_warc
from analysis.scrape.columns import parse
from analysis.scrape.kinds import KINDS, listing
from analysis.scrape.removal import Removal

WHEN = datetime(2025, 1, 2, 2, 0, tzinfo=UTC)
URL = "http://bbs.example/thread-1"
NONE = Removal()
SEED = Path(__file__).parents[2] / "shared" / "real" / "seed_article.txt"
POST = "网贷逾期三个月，催收天天打电话\n3天前 阅读:65 评论:2\n他们给我家里人也打了电话，我不知道该怎么办。"  # overdue; calls; family called
PAGE = f"<!DOCTYPE html><meta charset=utf-8><title>催收</title><p>{POST}</p>"
ROW = {"标题": "催收合法吗", "正文": "催收有边界，越界可以投诉。", "链接": URL, "采集时间": "2025-01-02 10:00"}  # title body link fetched
COMPLAINT = {
    "编号": "TS20250102", "对象": "某网贷平台", "问题": ["暴力催收", "泄露隐私"], "要求": "停止骚扰、道歉", "金额": 5000.0,
    "进度": "已回复",
    "标题": "半夜来电催收", "投诉内容": "凌晨一点打电话给我，还打给我单位同事。", "投诉时间": 1735783205000, "投诉人": "老杨树",
    "商家回复": "已核实并\n致歉。", "链接": "http://tousu.example/1",
}  # number, against, issues, demand, amount, progress, title, text, time (ms), by, reply, link
NOTE = {"note_id": "n1", "title": "被催收爆通讯录", "desc": "通讯录都被爆了，怎么办。", "time": 1735783205000, "nickname": "阿飞",
        "comment_count": "2", "liked_count": "9", "note_url": URL, "last_modify_ts": 1735869605000}  # contacts were blasted
REPLY = {"comment_id": "c1", "note_id": "n1", "content": "我也是这样，太难了。", "create_time": 1735783300000}  # me too


def lines(rows: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def mhtml() -> bytes:
    head = f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {URL}\r\nDate: Thu, 2 Jan 2025 02:00:00 -0000\r\nMIME-Version: 1.0\r\n"
    parts = 'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/css\r\n\r\np{}\r\n'
    page = f"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{PAGE}\r\n--b--\r\n"
    return (head.replace("-0000", "+0000") + parts + page).encode()


def wacz(path: Path, *urls: str) -> None:
    inner = path.with_name("data.warc.gz")
    write_warc(inner, [WarcPage(url, PAGE.encode(), WHEN) for url in urls or (URL,)])
    with zipfile.ZipFile(path, "w") as package:
        package.write(inner, "archive/data.warc.gz")
        package.writestr("indexes/index.cdx", "".join(f'k 2025 {{"url": "{u}", "filename": "data.warc.gz"}}\n' for u in urls))
        package.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0"}\n' + lines([{"url": u, "text": POST} for u in urls]))
        package.writestr("datapackage.json", '{"resources": [{"path": "archive/data.warc.gz", "hash": "x", "bytes": 1}]}')
    inner.unlink()


def wet(path: Path) -> None:
    body = POST.encode()
    head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: {URL}\r\nWARC-Date: 2025-01-02T02:00:00Z\r\n"
    path.write_bytes(gzip.compress(f"{head}Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"))


def arc(path: Path) -> None:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode()
    info = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    first = b"filedesc://old.arc 0.0.0.0 20250102020000 text/plain %d\n" % len(info) + info + b"\n"
    path.write_bytes(first + f"{URL} 0.0.0.0 20250102020000 text/html {len(http)}\n".encode() + http + b"\n")


def folder(path: Path) -> None:
    (path / "催收_files").mkdir(parents=True)  # collection
    (path / "old.files").mkdir()
    for name in ("催收.html", "催收_files/ad.html", "old.htm", "old.files/ad.html"):
        (path / name).write_text(f"<!-- saved from url=({len(URL):04}){URL} -->\n{PAGE}", encoding="utf-8")


def zotero(path: Path) -> None:
    key = path / "AB12CD34"
    key.mkdir(parents=True)
    (key / ".zotero-ft-cache").write_text("x")
    said = f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Thu Jan 02 2025 10:00:00 GMT+0800 (CST)\n-->"
    (key / "page.html").write_text(said + PAGE, encoding="utf-8")
    (key / "frame.html").write_text(PAGE + " " * 9000, encoding="utf-8")


def mediacrawler(path: Path) -> None:
    path.write_text(json.dumps([NOTE], ensure_ascii=False), encoding="utf-8")
    path.with_name(path.name.replace("contents", "comments")).write_text(json.dumps([REPLY], ensure_ascii=False), encoding="utf-8")


def single(path: Path) -> None:
    zotero(path.parent / "z")
    path.write_bytes((path.parent / "z" / "AB12CD34" / "page.html").read_bytes())


def saved(path: Path) -> None:
    path.write_text(f"<!-- saved from url=({len(URL):04}){URL} -->\n{PAGE}", encoding="utf-8")


MAKE: dict[str, Callable[[Path], object]] = {
    "page": saved,
    "folder": folder,
    "mhtml": lambda path: path.write_bytes(mhtml()),
    "singlefile": single,
    "zotero": zotero,
    "warc": lambda path: write_warc(path, [WarcPage(URL, PAGE.encode(), WHEN)]),
    "wet": wet,
    "arc": arc,
    "wacz": lambda path: wacz(path, URL),
    "csv": lambda path: pd.DataFrame([ROW]).to_csv(path, index=False, encoding="gb18030"),
    "xlsx": lambda path: pd.DataFrame([ROW]).to_excel(path, index=False),
    "parquet": lambda path: pd.DataFrame([ROW]).to_parquet(path),
    "jsonl": lambda path: path.write_text(lines([ROW]), encoding="utf-8"),
    "mediacrawler": mediacrawler,
    "complaints": lambda path: path.write_text(json.dumps({"result": {"list": [COMPLAINT]}}, ensure_ascii=False), encoding="utf-8"),
    "text": lambda path: path.write_text(POST, encoding="utf-8"),
    "clipboard": lambda path: None,
}


def clean_of(raw: pd.DataFrame) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    made = clean_pages(raw, Settings(b"salt"))
    post = made.posts.iloc[0].to_dict()
    return post, [(b.layer, post["text"][b.start : b.end]) for b in made.blocks.itertuples() if b.post_id == post["post_id"]]


def test_every_kind_has_an_example_here() -> None:
    assert set(MAKE) == {kind.name for kind in KINDS}
    assert len(listing().splitlines()) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_each_kind_is_made_and_read(kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(POST.encode())))
    path = Path("-") if kind.example == "-" else tmp_path / kind.example
    MAKE[kind.name](path)
    raw = read(path, removal=NONE)
    assert len(raw) == (2 if kind.name == "folder" else 1)
    assert raw["url"].notna().all() == (kind.name not in ("text", "clipboard"))
    if kind.name in ("mhtml", "singlefile", "zotero", "warc", "wet", "arc", "wacz", "csv", "xlsx", "parquet", "jsonl"):
        assert raw["fetched_at"].iloc[0] == pd.Timestamp(WHEN)
    made = clean_pages(raw, Settings(b"salt"))
    assert len(made.posts) == len(raw)
    assert made.posts["text"].str.contains("催收").all()  # collection
    if kind.example != "-":
        again = with_content(tables.check("raw", raw))
        assert again["content"].tolist() == raw["content"].tolist()
    else:
        with pytest.raises(DataProblem, match="standard input is not kept"):
            with_content(raw)


def test_a_complaint_becomes_a_complaint_post(tmp_path: Path) -> None:
    path = tmp_path / "complaints.json"
    MAKE["complaints"](path)
    raw = read(path, removal=NONE)
    post, blocks = clean_of(raw)
    assert (post["genre"], post["title"], str(post["published_at"])) == ("G13", "半夜来电催收", "2025-01-02 10:00:05+08:00")
    body = [text for layer, text in blocks if layer == "body"]
    fields = ["投诉编号：TS20250102", "投诉对象：某网贷平台", "投诉问题：暴力催收、泄露隐私", "投诉要求：停止骚扰、道歉"]
    assert [*fields, "涉诉金额：5000", "投诉进度：已回复"] == body[:6]
    assert ("comment", "商家回复：已核实并 致歉。") in blocks  # the merchant's reply
    assert post["author_key"]
    assert "老杨树" not in post["text"]
    assert "complaint_demand=要求" in raw.attrs["columns"]["complaints.json"]


def test_a_mediacrawler_export_becomes_posts_with_comments(tmp_path: Path) -> None:
    mediacrawler(tmp_path / "search_contents_2025-01-02.json")
    raw = read(tmp_path, removal=NONE)
    assert len(raw) == 1  # the comments are no posts of their own
    post, blocks = clean_of(raw)
    assert (post["url"], post["n_comments"], str(post["published_at"])) == (URL, 2, "2025-01-02 10:00:05+08:00")
    assert blocks == [("title", "被催收爆通讯录"), ("body", "通讯录都被爆了，怎么办。"), ("comment", "我也是这样，太难了。")]
    assert str(raw["fetched_at"].iloc[0]) == "2025-01-03 10:00:05+08:00"


def test_columns_can_be_chosen_and_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("正文,备注\n网贷逾期,信用卡逾期\n", encoding="utf-8")  # body, remarks; loan overdue, card overdue
    assert read(path, removal=NONE)["content"].tolist() == ["网贷逾期".encode()]
    raw = read(path, removal=NONE, columns=parse(["text=备注"]))
    assert raw["content"].tolist() == ["信用卡逾期".encode()]
    tables.write("raw", raw, tmp_path)
    assert with_content(tables.read("raw", tmp_path))["content"].tolist() == raw["content"].tolist()
    with pytest.raises(DataProblem, match="no column 全文, which --columns names"):
        read(path, removal=NONE, columns={"text": "全文"})
    with pytest.raises(DataProblem, match="Roles: html, text, title"):
        parse(["body=正文"])


def test_a_damaged_wacz_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "d.wacz"
    wacz(path, *(f"http://a.example/{k}" for k in range(4)))
    data = bytearray(path.read_bytes())
    data[600:610] = bytes(10)
    path.write_bytes(bytes(data))
    raw = read(path, removal=NONE)
    assert 1 <= len(raw) < 4
    assert any("d.wacz" in problem and "damaged" in problem for problem in raw.attrs["problems"])
    path.write_bytes(b"PK no zip")
    with pytest.raises(DataProblem, match=r"d\.wacz: not a readable WACZ"):
        read(path, removal=NONE)


def test_a_bad_sheet_and_an_mhtml_without_a_page_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.mht").write_bytes(b"Content-Type: multipart/related; boundary=b\r\n\r\n--b--\r\n")
    (tmp_path / "b.txt").write_text(POST, encoding="utf-8")
    raw = read(tmp_path, removal=NONE)
    assert len(raw) == 1
    assert any("a.mht: no page" in problem for problem in raw.attrs["problems"])
    (tmp_path / "x.xlsx").write_bytes(b"no sheet")
    with pytest.raises(DataProblem, match=r"x\.xlsx: not a readable XLSX"):
        read(tmp_path / "x.xlsx", removal=NONE)


@pytest.mark.skipif(not SEED.exists(), reason="the shared article is not here")
def test_the_clipboard_text_of_a_whole_article_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SEED.read_bytes())))
    raw = read("-", removal=NONE, fetched_at="2025-08-14 10:00")
    post, blocks = clean_of(raw)
    assert post["title"]
    assert (post["n_views"], post["n_comments"], post["date_precision"]) == (65111, 0, "relative")
    layers = {layer for layer, _ in blocks}
    assert {"title", "body", "heading", "toc", "ad"} <= layers
