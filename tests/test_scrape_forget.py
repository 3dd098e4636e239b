"""The removal list and `forget`: nothing of what was asked to go is left in any byte, and it never comes back."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from analysis import tables
from analysis.cli import main
from analysis.problems import DataProblem
from analysis.scrape import read
from analysis.scrape.archive import WarcPage, write_warc
from analysis.scrape.removal import Removal, add, load, same_address
from analysis.scrape.removal_archives import strike, tombstone
from analysis.scrape.removal_tables import forget

WHEN = datetime(2025, 8, 14, 2, 0, tzinfo=UTC)
SECRET = "李某欠了某平台五万三千元，催收每天打电话威胁他和他的老母亲。"  # owes 53,000; threatened, and his old mother
OTHERS = "网贷逾期以后，催收人员不得威胁、恐吓借款人，借款人可以投诉。"  # collectors must not threaten
GONE = "http://bbs.example/thread-2"
NONE = Removal()


def page(text: str) -> bytes:
    return f"<!DOCTYPE html><meta charset=utf-8><title>{text[:9]}</title><h1>{text[:9]}</h1><p>{text}</p><p>{text * 3}</p>".encode()


def corpus(path: Path) -> Path:
    texts = {1: OTHERS, 2: SECRET, 3: OTHERS[::-1]}
    write_warc(path, [WarcPage(f"http://bbs.example/thread-{n}", page(text), WHEN) for n, text in texts.items()])
    return path


def all_bytes(*roots: Path) -> bytes:
    """Every byte below the folders, also unpacked: of gzip members, zip members and Parquet values."""
    found = []
    for path in (p for root in roots for p in sorted(root.rglob("*")) if p.is_file()):
        found.append(path.read_bytes())
        if path.suffix == ".gz":
            found.append(gzip.decompress(path.read_bytes()))
        if path.suffix == ".parquet":
            found.append(pd.read_parquet(path).to_json(force_ascii=False, date_format="iso").encode())
        if path.suffix == ".wacz":
            with zipfile.ZipFile(path) as package:
                inside = [package.read(name) for name in package.namelist()]
            found += [gzip.decompress(b) if b.startswith(b"\x1f\x8b") else b for b in inside]
    return b"\n".join(found)


@pytest.mark.parametrize("by", ["address", "id"])
def test_forget_leaves_no_byte_of_the_text_and_it_never_comes_back(tmp_path: Path, by: str) -> None:
    archive = corpus(tmp_path / "crawl.warc.gz")
    out, removal = tmp_path / "tables", tmp_path / "removal.txt"
    assert main(["run", str(archive), "--out", str(out)]) == 0
    (out / "report.html").write_text(SECRET, encoding="utf-8")
    posts = tables.read("posts", out)
    before = dict(zip(posts["url"], posts["post_id"], strict=True))
    assert SECRET.encode() in all_bytes(tmp_path)
    what = GONE if by == "address" else before[GONE]
    ends = main(["forget", what, "--tables", str(out), "--archives", str(archive), "--removal", str(removal)])
    assert ends == 0
    left = all_bytes(tmp_path)
    for part in (SECRET, SECRET[:9], SECRET[10:20]):
        assert part.encode() not in left
        assert json.dumps(part)[1:-1].encode() not in left
    raw, posts, dropped = (tables.read(name, out) for name in ("raw", "posts", "dropped"))
    assert len(posts) + len(dropped) == len(raw) == 2
    assert set(posts["post_id"]) == set(before.values()) - {before[GONE]}
    assert not (out / "report.html").exists()
    measures = tables.read("measures", out)
    assert measures["denominator"].max() < 3 * len(OTHERS) * 9  # counted again
    again = read(archive, removal=NONE)
    assert again["raw_id"].tolist() == raw["raw_id"].tolist()  # nothing moved: all other ids are what they were
    corpus(archive)
    kept = read(archive, removal=load(removal))
    assert GONE not in kept["url"].tolist()
    assert kept.attrs["n_removed"] == 1
    assert any("removed_on_request" in problem for problem in kept.attrs["problems"])


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_struck_archive_is_valid_and_keeps_its_size(tmp_path: Path, name: str) -> None:
    path = corpus(tmp_path / name)
    size = path.stat().st_size
    assert strike(path, Removal(frozenset([same_address(GONE)]))) == 1
    assert strike(path, Removal(frozenset([same_address(GONE)]))) == 0
    assert path.stat().st_size == size
    assert [p.name for p in tmp_path.iterdir()] == [name]
    with path.open("rb") as file:
        records = [(r.rec_type, r.content_stream().read()) for r in ArchiveIterator(file)]
    assert [kind for kind, _ in records] == ["response", "metadata", "response"]
    assert not records[1][1].strip()
    checker = Checker(type("Args", (), {"inputs": [str(path)], "verbose": False})())
    checker.process_all()
    assert not checker.exit_value
    raw = read(path, removal=NONE)
    assert len(raw) == 2
    assert not raw.attrs["problems"]


@pytest.mark.parametrize("size", [240, 241, 399, 4096, 65_000, 65_535, 65_560, 131_100, 300_001])
@pytest.mark.parametrize("zipped", [True, False])
def test_an_empty_record_has_every_size(size: int, zipped: bool) -> None:
    made = tombstone(size, 7, zipped)
    assert len(made) == size
    records = [r.rec_type for r in ArchiveIterator(BytesIO(made))]
    assert records == ["metadata"]


def test_a_host_takes_its_subdomains_and_damage_does_not_hide_a_record(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.warc")
    data = path.read_bytes()
    at = data.index(b"Content-Length: ", data.index(b"thread-1")) + 16
    path.write_bytes(data[:at] + b"9999" + data[at:])  # a wrong length: the first record swallows all others
    assert strike(path, load_of(tmp_path, GONE)) == 1
    assert SECRET.encode() not in path.read_bytes()
    assert OTHERS.encode() in path.read_bytes()
    assert strike(path, load_of(tmp_path, "host example")) == 2
    assert OTHERS.encode() not in path.read_bytes()


def load_of(folder: Path, *lines: str) -> Removal:
    path = folder / "list.txt"
    path.write_text("# our list\n\n" + "\n".join(lines), encoding="utf-8")
    return load(path)


def test_the_list_is_read_and_a_bad_line_is_said(tmp_path: Path) -> None:
    listed = load_of(tmp_path, "https://A.example/帖/1  # asked by mail", "host *.b.example", "id 0123456789abcdef", f"sha256 {'0' * 64}")
    assert listed.covers("http://a.example/%E5%B8%96/1/")
    assert listed.covers("https://x.b.example/")
    assert not listed.covers("http://bb.example/")
    assert not listed.covers(None)
    assert listed.covers_record(None, "0" * 64, "x")
    assert listed.covers_record(None, "1", "0123456789abcdef")
    with pytest.raises(DataProblem, match=r"list\.txt, line 3: 'a.example'"):
        load_of(tmp_path, "a.example")
    with pytest.raises(DataProblem, match="Nothing is read without it"):
        load(tmp_path / "absent.txt")
    path = tmp_path / "new.txt"
    assert (add([GONE, GONE, "host c.example"], path), add([GONE], path)) == (2, 0)


def test_a_wacz_loses_the_record_its_page_text_and_its_index_line(tmp_path: Path) -> None:
    inner = corpus(tmp_path / "data.warc.gz")
    path = tmp_path / "a.wacz"
    urls = [f"http://bbs.example/thread-{n}" for n in (1, 2, 3)]
    with zipfile.ZipFile(path, "w") as package:
        package.write(inner, "archive/data.warc.gz")
        index = "".join(f'k 2025 {{"url": "{url}"}}\n' for url in urls)
        package.writestr("indexes/index.cdx.gz", gzip.compress(index.encode()))
        texts = [json.dumps({"url": url, "text": SECRET}, ensure_ascii=False) for url in urls[1:2]]
        package.writestr("pages/pages.jsonl", "\n".join(['{"format": "json-pages-1.0"}', *texts]))
        package.writestr("datapackage.json", json.dumps({"resources": [{"path": "archive/data.warc.gz", "hash": "x", "bytes": 1}]}))
    inner.unlink()
    told = forget([GONE], None, [path], tmp_path / "removal.txt")
    assert told.records == {str(path): 1}
    assert SECRET.encode() not in all_bytes(tmp_path)
    assert len(read(path, removal=NONE)) == 2
    with zipfile.ZipFile(path) as package:
        assert gzip.decompress(package.read("indexes/index.cdx.gz")).count(b"thread") == 2
        assert len(json.loads(package.read("datapackage.json"))["resources"][0]["hash"]) == 71


def test_what_cannot_be_rewritten_is_named_and_the_command_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.jsonl").write_text(json.dumps({"text": SECRET, "url": GONE}), encoding="utf-8")
    assert main(["forget", GONE, "--archives", str(tmp_path / "p.jsonl"), "--removal", str(tmp_path / "r.txt")]) == 1
    assert "NOT deleted, do it by hand" in capsys.readouterr().err
    assert main(["forget", GONE]) == 2
    assert main(["forget", "0123456789abcdef", "--tables", str(tmp_path), "--removal", str(tmp_path / "r.txt")]) == 1
