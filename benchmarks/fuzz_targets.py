# ruff: noqa: E501, PT018, SIM105 (long lists of forms; a target asserts several things of one result)
"""What is fuzzed: one function a target, which reads one mutated input and asserts what was promised of the result.

A `DataProblem` is an answer. Any other exception, a broken promise or a time limit that passes is a finding.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import codebook as books
from analysis import lexicon, pattern, sites, tables
from analysis.clean import Settings, clean_pages, dates
from analysis.clean.contacts import find_contacts
from analysis.clean.decode import decode
from analysis.clean.layers import read_page, read_text
from analysis.clean.redact import find_people, redact
from analysis.clean.text import fold, matching
from analysis.explain import explain
from analysis.problems import DataProblem
from analysis.scrape import read
from analysis.scrape.archive import WarcPage, write_warc
from analysis.scrape.removal import Removal, load, same_address
from analysis.sentiment import score
from analysis.themes import Block, Post, code_text, find_themes, learned

FETCHED = datetime(2025, 6, 1, tzinfo=UTC)
SETTINGS = Settings(b"fuzz" * 8)
CHARSETS = (None, "utf-8", "gbk", "gb18030", "big5", "utf-16", "iso-8859-1", "hz", "iso-2022-jp", "nonsense", "\x00")
URLS = ("https://bbs.example/t/1", "http://[::1", "//", "http://a.example:99999/", "例子", "javascript:1")


class Seeds(NamedTuple):
    """What is mutated: short texts, whole pages as bytes, files by suffix, YAML of the project's own."""

    texts: list[str]
    pages: list[bytes]
    files: list[tuple[str, bytes]]
    yamls: list[bytes]
    patterns: list[str]


def _decode(content: bytes, rng: random.Random, _: Path) -> None:
    assert "\x00" not in decode(content, rng.choice(CHARSETS)).text


def _html(content: bytes, _: random.Random, __: Path) -> None:
    page = read_page(decode(content).text)
    assert all(block.text.strip() and block.layer in tables.LAYERS for block in page.blocks), "an empty block"


def _matching(text: str, rng: random.Random, _: Path) -> None:
    folded = fold(text)
    assert len(folded) == len(text), "folding changed the length"
    assert fold(folded) == folded, "folding twice is another text"
    copy = matching(text, rng.random() < 0.5)
    assert list(copy.offsets) == sorted(copy.offsets) and copy.offsets[-1] <= len(text), "offsets that go back"


def _redact(text: str, _: random.Random, __: Path) -> None:
    spans = find_people(text)
    hidden = redact(text, spans)
    assert find_people(hidden.text) == [], "something is found in a redacted text"
    assert all(text[s.start : s.end] == s.surface for s in spans), "a span that is no quote"


def _contacts(text: str, _: random.Random, __: Path) -> None:
    for found in find_contacts(text):
        assert text[found.start : found.end] == found.surface, "a contact that is no quote"
        assert found.value or found.kind == "other", "a contact without value"


def _dates(text: str, rng: random.Random, _: Path) -> None:
    said = dates.published([text], {"published": text} if rng.random() < 0.5 else {}, rng.choice([None, FETCHED]))
    assert (said.at is None) == (said.precision in ("unknown",)) or said.precision == "relative", "a date without precision"
    assert said.precision in tables.DATE_PRECISIONS


def _themes(text: str, rng: random.Random, _: Path) -> None:
    layer = rng.choice(tables.LAYERS)
    for row in code_text(text, [Block(layer, 0, len(text))], Post(), books.load()):
        assert text[row["start"] : row["end"]] == row["cue"], "a cue that is no quote"
        assert row["cue"] in row["sentence"] and row["sentence"] in text, "a sentence that is no quote"
        assert row["status"] in tables.STATUSES and row["actor"] in tables.ACTORS


def _explain(text: str, _: random.Random, __: Path) -> None:
    said = explain(text)
    assert str(said) and said._repr_html_()
    assert all(-1 <= m.polarity <= 1 for m in said.mentions), "a polarity beyond 1"


def _raw(contents: list[bytes], rng: random.Random) -> pd.DataFrame:
    rows = [{
        "raw_id": f"{i}", "source": "a", "url": rng.choice(URLS), "fetched_at": rng.choice([None, FETCHED]),
        "media_type": rng.choice(["text/html", "text/plain"]), "charset": rng.choice(CHARSETS), "n_bytes": len(content),
        "digest": "d", "archive": "a", "offset": 0,
    } for i, content in enumerate(contents)]  # fmt: skip
    return tables.TABLES["raw"].frame(rows).assign(content=pd.Series(contents, dtype=object))


def _record(content: bytes, rng: random.Random, _: Path) -> None:
    """A whole record through clean, themes and sentiment: promises 1, 2 and 4, and the tables' own checks."""
    raw = _raw([content], rng)
    made = clean_pages(raw, SETTINGS)
    assert len(made.posts) + len(made.dropped) == len(raw), "promise 1: a record in neither or in both"
    coded = find_themes(made.posts, made.blocks)
    scored = score(made.posts, made.blocks, coded.mentions)
    for name, frame in {**made._asdict(), **coded._asdict(), **scored._asdict()}.items():
        tables.check(name, frame)
    if made.posts.empty:
        return
    text = str(made.posts.loc[0, "text"])
    parts = [text[a:b] for a, b in zip(made.blocks["start"], made.blocks["end"], strict=True)]
    assert "\n".join(parts) == text, "blocks that do not cover the text"
    for row in scored.mentions.itertuples():
        assert text[row.start : row.end] == row.cue and row.sentence in text, "promise 2: no quote"
    assert find_people(text) == [], "promise 7: something of a person in a cleaned post"
    assert made.posts["published_at"].isna().all() or made.posts.loc[0, "date_precision"] != "unknown", "promise 4"
    assert len(coded.mentions) or scored.posts["polarity"].isna().all(), "promise 4: polarity of nothing"
    assert len(tables.TABLES["posts"].columns) == len(tables.check("posts", scored.posts).columns)


def _text(text: str, _: random.Random, __: Path) -> None:
    assert all(block.text for block in read_text(text).blocks)


def _importer(file: tuple[str, bytes], rng: random.Random, folder: Path) -> None:
    suffix, content = file
    path = folder / f"input{suffix}"
    path.write_bytes(content)
    raw = read(str(path), removal=Removal())
    assert len(raw) and raw["raw_id"].is_unique
    tables.check("raw", raw)


def _yaml(content: bytes, rng: random.Random, folder: Path) -> None:
    path = folder / "input.yml"
    path.write_bytes(content)
    lexicon.read_yaml(path)
    for read_as in (sites.load, lambda p: books._parsed(books.Theme, lexicon.read_yaml(p), p)):
        try:
            read_as(path)
        except DataProblem:
            pass  # each loader is tried, whatever the one before said


def _pattern(text: str, _: random.Random, __: Path) -> None:
    import re

    for reader in (lambda t: pattern.parse(t, books.load().classes).regex, pattern.condition):
        try:
            re.compile(reader(text))
        except DataProblem:
            pass


def _csv(content: bytes, rng: random.Random, folder: Path) -> None:
    for name in ("learned.csv", "removal.txt", "urls.tsv"):
        (folder / name).write_bytes(content)
    (folder / "learned.yml").write_text("themes:\n  threats: {bias: 0.0, threshold: 1.0}\n", encoding="utf-8")
    (folder / "input.html").write_text("<p>网贷逾期以后催收打电话，怎么办。</p>", encoding="utf-8")
    for loader in (lambda: learned.load.__wrapped__(folder), lambda: load(folder / "removal.txt"), lambda: read(str(folder), removal=Removal())):
        try:
            loader()
        except DataProblem:
            pass
    for name in ("learned.csv", "urls.tsv", "input.html", "removal.txt"):
        (folder / name).unlink()


def _address(text: str, _: random.Random, __: Path) -> None:
    same_address(text)
    Removal(frozenset(["a.example"]), frozenset(["b.example"])).covers(text)
    sites.site_of(text)


class Target(NamedTuple):
    """One target: what kind of seed it takes, its function, and its share of the time."""

    kind: str
    function: Callable[..., None]
    weight: float = 1.0


TARGETS = {
    "decode": Target("pages", _decode, 2), "html to blocks": Target("pages", _html, 2), "text to blocks": Target("texts", _text),
    "folding and matching": Target("texts", _matching, 2), "redaction": Target("texts", _redact, 3),
    "contacts": Target("texts", _contacts, 2), "dates": Target("texts", _dates, 2),
    "themes and status": Target("texts", _themes, 3), "explain": Target("given", _explain),
    "a record, page to scored post": Target("pages", _record, 4), "importers": Target("files", _importer, 3),
    "YAML loaders": Target("yamls", _yaml), "rule language": Target("patterns", _pattern), "CSV and list loaders": Target("csvs", _csv),
    "addresses": Target("addresses", _address, 0.5),
}  # fmt: skip


def files(folder: Path) -> list[tuple[str, bytes]]:
    """One small source of each suffix, made from invented posts."""
    rows = [{"标题": "催收合法吗", "正文": "催收有边界，越界可以投诉。", "链接": "http://a.example/1", "采集时间": "2025-01-02"}] * 3
    frame = pd.DataFrame(rows)
    frame.to_csv(folder / "a.csv", index=False)
    frame.to_csv(folder / "a.tsv", index=False, sep="\t")
    frame.to_excel(folder / "a.xlsx", index=False)
    frame.to_parquet(folder / "a.parquet")
    frame.to_json(folder / "a.jsonl", orient="records", lines=True, force_ascii=False)
    frame.to_json(folder / "a.json", orient="records", force_ascii=False)
    page = "<!DOCTYPE html><meta charset=utf-8><title>催收</title><p>催收打到我单位，我很害怕。</p>".encode()
    (folder / "a.html").write_bytes(page)
    (folder / "a.txt").write_text("网贷逾期怎么办\n3天前 阅读:65\n\n催收天天打电话。", encoding="utf-8")
    head = b"From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a.example/\r\nMIME-Version: 1.0\r\n"
    inside = b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page + b"\r\n--b--\r\n"
    (folder / "a.mhtml").write_bytes(head + b'Content-Type: multipart/related; boundary="b"\r\n\r\n' + inside)
    write_warc(folder / "a.warc.gz", [WarcPage("http://a.example/1", page, FETCHED)] * 2)
    (folder / "a.warc").write_bytes(gzip.decompress((folder / "a.warc.gz").read_bytes()))
    made = [(path.name[1:], path.read_bytes()) for path in sorted(folder.glob("a.*"))]
    for path in folder.glob("a.*"):
        path.unlink()
    return made


def csvs() -> list[bytes]:
    """Flat lists as the loaders read them."""
    rows = [["gram", "theme", "weight"], ["威胁", "threats", "1.5"], ["恐吓", "threats", "0.5"]]
    learned_list = "\n".join(",".join(row) for row in rows)
    listed = "https://a.example/1  # a note\nhost b.example\nsha256 " + "a" * 64 + "\nid 0123456789abcdef\n"
    addresses = "file\turl\tfetched_at\ninput.html\thttps://a.example/1\t2025-01-02\n"
    csv.field_size_limit()
    return [learned_list.encode(), listed.encode(), addresses.encode()]
