"""The sample corpus is what its datasheet says: built from its files, wholly invented, and true to its own truth."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import yaml
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from analysis.lexicon import DATA
from analysis.tables import FAMILY_OF_STATUS, LAYERS, TONES

SAMPLE = DATA / "sample"
CODECS = {"gb2312": "gbk"}
NOISY = {"pinyin", "jammer", "truncated"}  # changes that put strange characters between those of the post
LEAST = {"list": 12, "doorway": 10, "empty": 4}
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, codebook 6.1


class Fetched(NamedTuple):
    """A page of the archive: when it was fetched (Shanghai) and its text with references undone."""

    at: datetime
    charset: str | None
    text: str


@cache
def truth() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


def posts() -> list[dict[str, Any]]:
    return [row for row in truth() if row["post"]]


@cache
def hosts() -> dict[str, dict[str, Any]]:
    return {h["host"]: h for h in yaml.safe_load((SAMPLE / "hosts.yml").read_text(encoding="utf-8"))["hosts"]}


@cache
def archive() -> dict[str, Fetched]:
    found = {}
    with (SAMPLE / "sample.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type != "response":
                continue
            url = record.rec_headers["WARC-Target-URI"]
            at = datetime.strptime(record.rec_headers["WARC-Date"], "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=8)
            charset = hosts()[urlsplit(url).hostname or ""]["charset"]
            text = record.content_stream().read().decode(CODECS.get(charset, charset), errors="ignore")
            stated = re.search(r"charset=(\S+)", record.http_headers["Content-Type"])
            found[url] = Fetched(at, stated[1] if stated else None, unescape(text).replace("<br>\n", "\n"))
    return found


def texts(row: dict[str, Any]) -> str:
    return "\n".join(block["text"] for block in row["blocks"])


def test_files_are_up_to_date() -> None:
    command = [sys.executable, str(SAMPLE / "build.py"), "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_archive_is_clean_and_small(capsys: pytest.CaptureFixture[str]) -> None:
    class Arguments:
        inputs = (str(SAMPLE / "sample.warc.gz"),)
        verbose = False

    checker = Checker(Arguments())
    checker.process_all()
    assert checker.exit_value == 0, capsys.readouterr().out
    assert (SAMPLE / "sample.warc.gz").stat().st_size < 1_500_000


def test_truth_and_archive_hold_the_same_pages() -> None:
    urls = [row["url"] for row in truth()]
    assert urls == sorted(set(urls))
    assert set(urls) == set(archive())
    assert all((urlsplit(url).hostname or "").endswith(".example") for url in urls)


def test_counts_are_as_promised() -> None:
    rows, kept = truth(), posts()
    kinds = Counter(row["kind"] for row in rows)
    assert len(rows) >= 300
    assert len({urlsplit(row["url"]).hostname for row in rows}) >= 14
    assert len({row["genre"] for row in kept}) >= 12
    assert len({row["post"] for row in kept}) >= 80
    assert len({row["published"][:7] for row in kept if row["published"]} & set(months())) == 18
    assert not {kind: kinds[kind] for kind, least in LEAST.items() if kinds[kind] < least}
    assert len({row["off_topic_class"] for row in kept if not row["on_topic"]}) >= 12
    assert sum(not row["on_topic"] for row in kept) >= 24


def months() -> list[str]:
    return [f"{2024 + n // 12}-{n % 12 + 1:02d}" for n in range(6, 24)]


def test_families_have_copies_and_one_burst() -> None:
    copies: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in posts():
        if row["copy"]:
            copies[row["family"]].append(row)
    assert len(copies) >= 12
    assert all(6 <= len(rows) <= 16 for rows in copies.values())
    assert 130 <= sum(map(len, copies.values())) <= 155
    dated = [row for rows in copies.values() for row in rows if row["published"]]
    per_month = Counter((row["family"], row["published"][:7]) for row in dated)
    assert per_month.most_common(1)[0][1] >= 10


def test_every_word_of_the_truth_stands_in_its_page() -> None:
    for row in posts():
        page = archive()[row["url"]].text
        for block in row["blocks"]:
            for line in block["text"].splitlines():
                if not NOISY & set(row["changes"]) or block["layer"] == "ad":
                    assert line in page, (row["post"], row["copy"], line)


def test_every_contact_and_person_stands_in_its_post() -> None:
    for row in posts():
        words = texts(row)
        sought = [c["written"] for c in row["contacts"]] + [p["written"] for p in row["people"]] + row["keep"]
        missing = [written for written in sought if written not in words]
        assert not missing, (row["post"], missing)
        if row["copy"] and row["solicitation"] and "truncated" not in row["changes"]:
            assert row["contacts"], row["copy"]


def test_labels_are_of_the_closed_lists() -> None:
    known = yaml.safe_load((SAMPLE / "labels.yml").read_text(encoding="utf-8"))
    for row in posts():
        assert row["genre"] in known["genres"]
        assert row["kind"] in known["kinds"]
        assert row["on_topic"] == (row["off_topic_class"] is None)
        assert row["tone"] in TONES
        for block in row["blocks"]:
            assert block["layer"] in LAYERS
            for code in block["codes"]:
                theme, status = code.split(" ")
                assert theme in known["themes"], (row["post"], code)
                assert status in FAMILY_OF_STATUS, (row["post"], code)


def test_no_two_posts_share_a_text() -> None:
    owner: dict[str, str] = {}
    for row in posts():
        for block in row["blocks"]:
            if len(block["text"]) >= 15 and not row["copy"]:
                assert owner.setdefault(block["text"], row["post"]) == row["post"], block["text"]


def test_dates_are_true_at_the_time_of_fetching() -> None:
    for row in posts():
        at = archive()[row["url"]].at
        published = datetime.fromisoformat(row["published"]) if row["published"] else None
        assert published is None or published < at, row["post"]
        ago = re.match(r"(\d+)天前", row["shown"] or "")  # n days ago
        yesterday = (row["shown"] or "").startswith("昨天")
        if published and (ago or yesterday):
            assert (at.date() - published.date()).days == (int(ago[1]) if ago else 1), row["post"]
        elif published and re.match(r"\d{1,2}[月-]", row["shown"]):  # a day without a year
            assert timedelta(0) < at - published < timedelta(days=365), row["post"]
        else:
            assert datetime(2025, 12, 20) <= at <= datetime(2026, 1, 11), row["post"]


def test_charsets_vary() -> None:
    declared = {(host["charset"], *host["declared"]) for host in hosts().values()}
    assert {"utf-8", "gbk", "gb2312", "big5"} <= {charset for charset, *_ in declared}
    assert any(len(entry) == 1 for entry in declared), "one host states no charset at all"
    assert len({host["template"] for host in hosts().values()}) >= 8


def test_numbers_of_persons_are_well_formed_and_impossible() -> None:
    for row in posts():
        words = unicodedata.normalize("NFKC", texts(row))
        for number in re.findall(r"(?<![\d.-])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", words):
            assert "000" in re.sub(r"\D", "", number), (row["post"], number)
        for person in row["people"]:
            plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", person["written"]))
            if person["kind"] == "id_card" and "*" not in plain:
                assert re.fullmatch(r"000000\d{11}[\dX]", plain.upper()), (row["post"], plain)
                assert plain[-1].upper() == id_check(plain), (row["post"], plain)
            if person["kind"] == "bank_card" and "*" not in plain:
                assert re.fullmatch(r"99\d{11,17}", plain), (row["post"], plain)
                assert luhn(plain), (row["post"], plain)


def id_check(number: str) -> str:
    """The check character that the first 17 digits ask for (ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, ID_WEIGHTS, strict=False)) % 11]


def luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def test_the_check_of_numbers_can_fail() -> None:
    assert id_check("11010519491231002X") == "X"  # public test vector, codebook 6.1
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")


def test_datasheet_counts_are_those_of_the_truth() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert f"| pages | {len(truth())} |" in readme
    assert f"| distinct posts | {len({row['post'] for row in posts()})} |" in readme
