"""Sources to `raw`: every kind of file, addresses and times, damage, and the way back to the bytes."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from analysis.problems import DataProblem
from analysis.scrape import read, with_content
from analysis.scrape.archive import WarcPage, write_warc
from analysis.scrape.fetched import moment
from analysis.scrape.response import dechunk, parse_response
from analysis.tables import check

WARC = Path(__file__).parents[2] / "shared" / "real" / "warc"
needs_warc = pytest.mark.skipif(not WARC.exists(), reason="the shared archives are not here")
WHEN = datetime(2025, 8, 14, 2, 0, tzinfo=UTC)


def page(text: str) -> bytes:
    return f"<!DOCTYPE html><title>{text}</title><p>{text}</p>".encode()


def archive(path: Path, n: int = 4) -> Path:
    # Bodies of some size, so that damage can be put in the middle of one.
    text = "".join(chr(0x4E00 + 37 * k % 5000) for k in range(2000))
    write_warc(path, [WarcPage(f"http://a.example/{k}", page(f"{k}{text}"), WHEN) for k in range(n)])
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "pages"
    (pages / "sub").mkdir(parents=True)
    (pages / "b.html").write_bytes(page("逾期"))  # overdue
    (pages / "a.htm").write_bytes("<p>催收</p>".encode("gb18030"))  # collection
    (pages / "sub" / "c.php").write_bytes(page("协商"))  # negotiation; a page that its name does not give away
    (pages / "sub" / "post.txt").write_text("一封信", encoding="utf-8")  # a letter
    (pages / "style.css").write_text("p{}")
    (pages / ".hidden.html").write_bytes(page("x"))
    (pages / "odd.docx").write_bytes(b"PK\x03\x04")
    (pages / "b_files").mkdir()
    (pages / "b_files" / "frame.html").write_bytes(page("advert"))
    lines = ["file\turl\tfetched_at", "b.html\thttp://b.example/1\t2025-08-14 10:22", "sub/c.php\thttp://b.example/2"]
    (pages / "urls.tsv").write_text("\n".join([*lines, "gone.html\thttp://b.example/3"]), encoding="utf-8")
    return pages


def test_a_folder_is_read_sorted_with_addresses_and_names_what_it_left_out(folder: Path) -> None:
    raw = read(folder, fetched_at="2025-09-01")
    assert raw["source"].tolist() == ["pages/a.htm", "pages/b.html", "pages/sub/c.php", "pages/sub/post.txt"]
    assert raw["url"].isna().tolist() == [True, False, False, True]
    assert [t.isoformat() for t in raw["fetched_at"]] == ["2025-09-01T00:00:00+08:00", "2025-08-14T10:22:00+08:00"] + [
        "2025-09-01T00:00:00+08:00"
    ] * 2
    assert raw["media_type"].tolist() == ["text/html"] * 3 + ["text/plain"]
    problems = raw.attrs["problems"]
    assert len(problems) == 2
    assert any("odd.docx" in p for p in problems)
    assert any("gone.html" in p for p in problems)
    assert check("raw", raw).columns.tolist()[-1] == "offset"


def test_ids_do_not_depend_on_where_the_folder_stands(folder: Path, tmp_path: Path) -> None:
    first = read(folder)["raw_id"].tolist()
    moved = tmp_path / "elsewhere" / "pages"
    moved.parent.mkdir()
    folder.rename(moved)
    assert read(moved)["raw_id"].tolist() == first
    twice = read(moved, moved)["raw_id"]
    assert twice.is_unique
    assert twice.tolist() == read(moved, moved)["raw_id"].tolist()


def test_without_a_time_there_is_none(folder: Path) -> None:
    raw = read(folder / "a.htm")
    assert raw["fetched_at"].isna().all()
    assert raw["source"].tolist() == ["a.htm"]
    assert read(folder / "b.html")["url"].tolist() == ["http://b.example/1"]  # urls.tsv stands beside it


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_written_archive_is_read_back_and_written_the_same_again(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / name)
    raw = read(path, fetched_at="2020-01-01")
    assert raw["url"].tolist() == [f"http://a.example/{k}" for k in range(4)]
    assert raw["fetched_at"].iloc[0] == pd.Timestamp(WHEN)  # its own date comes before the argument
    assert raw["content"].iloc[2].startswith(b"<!DOCTYPE html><title>2")
    assert raw["offset"].is_monotonic_increasing
    assert raw["source"].iloc[0] == f"{name}:0"
    first = path.read_bytes()
    assert archive(path).read_bytes() == first


def damaged(path: Path, how: str) -> list[int]:
    """Damage record 1 of an archive of four; the numbers of the records that must come through."""
    offsets = read(path)["offset"].tolist()
    data = bytearray(path.read_bytes())
    at = offsets[1]
    if how == "body":
        data[at + 900 : at + 920] = bytes(20)
    elif how == "junk":
        data[at:at] = b"junk junk junk"
    elif how == "head":
        data[at : at + 8] = b"WARX/1.0"
    elif how == "length":
        place = data.index(b"Content-Length: ", at) + 16
        data[place : place + 4] = b"9999"  # longer than all the rest, which it would swallow
    elif how == "cut":
        del data[-300:]
    path.write_bytes(bytes(data))
    return {"junk": [0, 1, 2, 3], "cut": [0, 1, 2]}.get(how, [0, 2, 3])


@pytest.mark.parametrize(
    ("name", "how"),
    [(f"x.warc{z}", how) for z, hows in ((".gz", "body junk cut"), ("", "head cut length")) for how in hows.split()],
)
def test_one_bad_record_costs_one_record_and_is_reported(tmp_path: Path, name: str, how: str) -> None:
    path = archive(tmp_path / name)
    kept = damaged(path, how)
    raw = read(path)
    assert raw["url"].tolist() == [f"http://a.example/{k}" for k in kept]
    assert raw.attrs["problems"]
    assert all(name in p for p in raw.attrs["problems"])


def test_only_pages_come_out_of_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    write_warc(
        path,
        [
            WarcPage("http://a.example/img", b"\x89PNG", WHEN, content_type="image/png"),
            WarcPage("http://a.example/404", page("x"), WHEN, status="404 Not Found"),
            WarcPage("http://a.example/ok", page("x"), WHEN, content_type="text/html; charset=gbk"),
            WarcPage("http://a.example/none", page("x"), WHEN, content_type=""),
        ],
    )
    raw = read(path)
    assert raw["url"].tolist() == ["http://a.example/ok", "http://a.example/none"]
    assert raw["charset"].iloc[0] == "gbk"
    assert pd.isna(raw["charset"].iloc[1])


def test_tables_of_posts(tmp_path: Path) -> None:
    rows = [
        {"text": "正文", "title": "标题", "url": "http://c.example/1", "fetched_at": "2025-08-14"},  # body, title
        {"text": "标题\n正文", "title": "标题", "url": "", "fetched_at": ""},
    ]
    frame = pd.DataFrame(rows)
    frame.to_csv(tmp_path / "utf8.csv", index=False, encoding="utf-8-sig")
    frame.to_csv(tmp_path / "gb.csv", index=False, encoding="gb18030")
    frame.to_parquet(tmp_path / "p.parquet")
    (tmp_path / "j.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    for name in ("utf8.csv", "gb.csv", "p.parquet", "j.jsonl"):
        raw = read(tmp_path / name)
        assert [c.decode() for c in raw["content"]] == ["标题\n正文"] * 2, name
        assert raw["source"].tolist() == [f"{name}:1", f"{name}:2"]
        assert raw["offset"].tolist() == [1, 2]
        assert raw["fetched_at"].isna().tolist() == [False, True]
        assert raw["url"].isna().tolist() == [False, True]


def test_html_in_a_table_takes_the_title_where_it_has_none(tmp_path: Path) -> None:
    rows = [{"html": "<p>a</p>", "title": "1 < 2"}, {"html": "<title>t</title><p>b</p>", "title": "x"}, {"html": None}]
    path = tmp_path / "h.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    raw = read(path)
    assert raw["content"].tolist() == [b"<title>1 &lt; 2</title>\n<p>a</p>", b"<title>t</title><p>b</p>", b""]
    assert raw["n_bytes"].iloc[2] == 0  # a row with nothing in it is kept, for `clean` to drop with a reason


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.csv", "备注,网址\na,b\n", "Columns found: 备注, 网址"),  # remarks, address
        ("x.csv", "", "empty"),
        ("x.jsonl", '{"text": \n', "line 1: not JSON"),
        ("x.jsonl", "[1]\n", "not a JSON object"),
        ("x.jsonl", '{"text": 5}\n', "text is 5"),
        ("x.parquet", "no parquet", "not a readable Parquet file"),
        ("x.warc", "hello", "not a WARC or ARC archive"),
        ("x.warc.gz", "", "empty"),
        ("x.docx", "hello", "no known type"),
    ],
)
def test_a_bad_file_says_what_is_wrong_and_where(tmp_path: Path, name: str, content: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataProblem, match=name.replace(".", r"\.")) as caught:
        read(path)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "says", "n"),
    [
        ("x.csv", "text,fetched_at\na,昨天\nb,2025-01-02\n", 'row 1: fetched_at is "昨天", not a time', 2),  # yesterday
        ("x.csv", "text,url\na,b\nc,d,e\nf,g\n", "row 2, line 3: 3 fields where the header has 2", 2),
        ("x.csv", 'text,url\na,b\n"c,d\n', "row 2, line 3: not readable as CSV", 1),
        ("x.jsonl", '{"text": "a"}\n{"text": \n{"text": "c"}', "line 2: not JSON", 2),
        ("x.jsonl", '{"text": "a"}\n{"text": 5}\n', "row 2: text is 5", 1),
        ("x.json", '[{"text": "a"}, {"text": "b"}, {"te', "after record 2: not JSON", 2),
        ("x.json", '{"data": {"list": [{"text": "a"}, 7]}}', "record 2: not a JSON object but int", 1),
    ],
)
def test_a_bad_row_is_said_with_its_place_and_the_rest_goes_on(tmp_path: Path, name: str, content: str, says: str, n: int) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    raw = read(path)
    assert len(raw) == n
    assert any(says in p and name in p for p in raw.attrs["problems"])


def test_an_absent_path_an_empty_folder_and_a_bad_address_list(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="no such file"):
        read(tmp_path / "absent")
    with pytest.raises(DataProblem, match="no page or post in it"):
        read(tmp_path)
    with pytest.raises(DataProblem, match="no source"):
        read()
    (tmp_path / "a.html").write_bytes(page("a"))
    (tmp_path / "urls.tsv").write_text("a.html http://a.example")
    with pytest.raises(DataProblem, match=r"urls\.tsv, line 1: no tab"):
        read(tmp_path)


def test_content_is_found_again_and_a_change_is_told(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"text": "a"}\n{"text": "b"}\n')
    raw = read(folder, archive(tmp_path / "a.warc.gz"), table)
    again = with_content(check("raw", raw).iloc[::-1])
    assert again["content"].tolist() == raw["content"].tolist()[::-1]
    (folder / "b.html").write_bytes(page("another"))
    with pytest.raises(DataProblem, match=r"1 records have changed.*b\.html"):
        with_content(raw)
    table.unlink()
    with pytest.raises(DataProblem, match=r"t\.jsonl.*gone"):
        with_content(raw)


def test_http_bodies_that_are_not_what_they_say() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    zipped = gzip.compress(b"<html>whole</html>", mtime=0)
    assert parse_response(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(zipped), zipped)).body == b"<html>whole</html>"
    assert parse_response(head + b"<html>plain").body == b"<html>plain"
    assert dechunk(b"3\r\nabc\r\n5\r\nde") == b"abcde"  # cut off in the last chunk


@pytest.mark.parametrize("value", [20250814, "20250814", "昨天", True])  # yesterday
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(DataProblem, match="not a time"):
        moment(value, "here")


@needs_warc
def test_the_shared_archives_give_their_pages() -> None:
    sizes = {p.name: read(p)["n_bytes"].tolist() for p in sorted(WARC.iterdir()) if ".wat" not in p.name}
    assert sizes == {
        "warcio_example-bad.warc.gz.bad": [1270],
        "warcio_example-iana.org-chunked.warc": [7223],
        "warcio_example-space-in-url.arc": [1271],
        "warcio_example-trunc.warc": [1270],
        "warcio_example-wrong-chunks.warc.gz": [1270],
        "warcio_example.warc": [1270],
        "warcio_example.warc.gz": [1270],
        "whirlwind.warc.gz": [72848],
        "whirlwind.warc.wet.gz": [4456],
    }
    assert len(read(WARC / "warcio_example-trunc.warc").attrs["problems"]) == 2
