"""Site files: read and refused, put to use on the sample's three sites, and a changed layout noticed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.clean import Settings, clean_pages
from analysis.clean.decode import decode
from analysis.clean.site_rules import FLAG, apply, for_url, watch
from analysis.problems import DataProblem
from analysis.scrape import read
from analysis.scrape.removal import Removal
from analysis.sites import SITES, load, load_all, site_of

ROOT = Path(__file__).parents[1]
HEAD = 'source: "ours"\nlicence: MIT\nhosts: [a.example]\n'
GOOD = HEAD + "selectors: {body: .text, title: h1, date: .when}\ndates: ['%Y/%m/%d %H:%M']\nexpected: {posts: [1, 2]}\n"
PAGE = (
    "<html><head><title>站名</title></head><body><div class=menu>导航</div><h1>催收半夜打电话</h1><i class=when>2025/1/2 08:05</i>"
    "<div class=text><p>他们半夜打电话催收，我很害怕。</p></div><div class=other>热门推荐文章列表</div></body></html>"
)  # site, menu, collectors phone at night, I am afraid, hot list


def written(folder: Path, text: str, name: str = "a.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    raw = read(ROOT / "data" / "sample" / "sample.warc.gz", removal=Removal())
    return raw[[site_of(url) is not None for url in raw["url"]]].reset_index(drop=True)


def unknown(raw: pd.DataFrame) -> pd.DataFrame:
    """The records under addresses that no site file knows."""
    return raw.assign(url=raw["url"].str.replace(".example/", ".invalid/"))


def applied(raw: pd.DataFrame) -> pd.DataFrame:
    """The records with each page cut down as its site file says."""
    texts = [decode(content, None).text for content in raw["content"]]
    pages = [for_url(url, text).html.encode() for url, text in zip(raw["url"], texts, strict=True)]
    return raw.assign(content=pd.Series(pages, dtype=object), charset="utf-8")


def test_the_three_site_files_fit_the_sample(sample: pd.DataFrame) -> None:
    assert [site.name for site in load_all()] == ["baiyi-pingtai", "huankuanriji", "zixunku"]
    with_rules = clean_pages(unknown(applied(sample)), Settings(b"salt"))
    without = clean_pages(unknown(sample), Settings(b"salt"))
    assert with_rules.posts["post_id"].tolist() == without.posts["post_id"].tolist()
    assert with_rules.posts["title"].tolist() == without.posts["title"].tolist()
    assert with_rules.posts["published_at"].notna().sum() >= without.posts["published_at"].notna().sum()
    assert watch(sample, with_rules.posts, with_rules.dropped) == []


def test_a_changed_layout_is_noticed(sample: pd.DataFrame) -> None:
    host = sample["url"].str.contains("zixunku")
    changed = sample[host].assign(
        content=[c.replace(b'class="content"', b'class="neu"') for c in sample.loc[host, "content"]]
    )
    missing = [for_url(u, decode(c, None).text).missing for u, c in zip(changed["url"], changed["content"], strict=True) if c]
    assert set(missing) == {("body",)}
    made = clean_pages(unknown(changed), Settings(b"salt"))
    flagged = made.posts.assign(flags=FLAG)
    lines = watch(changed, flagged, made.dropped)
    assert len(lines) == 1
    assert "a part that the site file names is not on" in lines[0]
    lines = watch(changed, made.posts.iloc[:0], made.dropped)
    assert lines[0].startswith(f"site zixunku: 0 posts of {len(changed)} records, expected 5 to 60. Has its layout changed?")


def test_a_page_is_cut_down_to_what_the_file_names(tmp_path: Path) -> None:
    site = load(written(tmp_path, GOOD))
    found = apply(site, PAGE)
    assert found.missing == ()
    assert "导航" not in found.html  # menu
    assert "热门推荐" not in found.html  # hot list
    raw = pd.DataFrame([{"raw_id": "r", "source": "s", "url": "http://a.example/1", "fetched_at": None, "media_type": "text/html",
                         "charset": "utf-8", "n_bytes": 1, "content": found.html.encode()}])
    post = clean_pages(raw, Settings(b"salt")).posts.iloc[0]
    assert post["text"] == "催收半夜打电话\n他们半夜打电话催收，我很害怕。"
    assert (str(post["published_at"]), post["date_precision"]) == ("2025-01-02 08:05:00+08:00", "minute")
    assert apply(site, PAGE.replace("class=text", "class=neu")) == (PAGE.replace("class=text", "class=neu"), ("body",))
    assert apply(site, PAGE.replace("h1", "h2")).missing == ("title",)
    assert apply(site, "<html></html>").missing == ()  # an empty page is no new layout


def test_a_page_of_no_site_file_stays_as_it_is(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    assert for_url("http://b.example/1", PAGE, tmp_path).html == PAGE
    assert for_url(None, PAGE, tmp_path).html == PAGE
    assert for_url("http://a.example/1", PAGE, tmp_path).html != PAGE
    assert site_of("http://[bad", SITES) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + "colour: red\n", "colour: Extra inputs"),
        (GOOD.replace(".text", "'..text['"), "is no CSS selector"),
        (GOOD.replace("[1, 2]", "[3, 2]"), "is no range"),
        (GOOD.replace("%H:%M", "%B"), "a date format holds"),
        (GOOD.replace("[a.example]", "[]"), "hosts:"),
        (GOOD.replace("licence: MIT\n", ""), "licence: Field required"),
        ("[]", "a mapping is wanted"),
    ],
)
def test_a_bad_site_file_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataProblem, match=r"a\.yml") as caught:
        load(path)
    assert says in str(caught.value)
