"""Campaigns: what ties posts, what must not, and the numbers of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import tables
from analysis.measure.campaigns import Campaigns, campaign_rows, campaigns
from analysis.measure.ties import ties
from analysis.measure.units import Codes
from analysis.pipeline.run import Run
from analysis.tables import TABLES

ROOT = Path(__file__).parents[1]
LINE = "专业处理信用卡网贷停息挂账"  # expert in stopping interest on cards and online loans
FOOTER = "本站内容仅供参考不作任何投资建议"  # for reference only: a footer
CODES = Codes(("threats",), "1")


def corpus(*posts: dict[str, object]) -> dict[str, pd.DataFrame]:
    """A corpus of posts, each with its id, contact keys, advert lines and template."""
    rows, blocks, contacts = [], [], []
    for number, post in enumerate(posts):
        lines = list(post.get("lines", ()))  # type: ignore[call-overload]
        name = str(post.get("id", chr(97 + number)))
        rows.append({
            "post_id": name, "text": "\n".join(lines), "on_topic": True, "solicitation": post.get("sells", True), "n_chars": 100,
            "site": post.get("site", f"{name}.example"), "template_id": post.get("template"),
        })
        start = 0
        for block, line in enumerate(lines):
            blocks.append({"post_id": name, "block": block, "layer": "ad", "start": start, "end": start + len(line)})
            start += len(line) + 1
        contacts += [{"post_id": name, "start": 0, "end": 0, "kind": "wechat", "value_key": key} for key in post.get("ids", ())]  # type: ignore[attr-defined]
    made = [TABLES[name].frame(found) for name, found in (("posts", rows), ("blocks", blocks), ("contacts", contacts))]
    return {"posts": made[0], "ties": ties(*made), "mentions": TABLES["mentions"].empty()}


def groups(found: Campaigns) -> list[set[str]]:
    return [set(part["post_id"]) for _, part in found.ties.groupby("campaign_id")]


def test_a_contact_id_ties_posts_of_any_site_and_a_second_id_ties_on() -> None:
    found = campaigns(**corpus({"ids": ["k1"]}, {"ids": ["k1", "k2"]}, {"ids": ["k2"]}, {"ids": ["k3"]}))
    assert groups(found) == [{"a", "b", "c"}]
    assert found.campaigns.iloc[0][["n_posts", "n_sites", "n_contacts"]].tolist() == [3, 3, 2]


def test_an_id_in_posts_that_do_not_solicit_ties_nothing() -> None:
    assert campaigns(**corpus({"ids": ["k"], "sells": False}, {"ids": ["k"], "sells": False})).campaigns.empty


def test_an_advert_line_ties_a_post_without_an_id_to_the_one_seller_who_uses_it() -> None:
    found = campaigns(**corpus({"ids": ["k"], "lines": [LINE]}, {"lines": [LINE]}, {"lines": ["免费咨询"]}))
    assert groups(found) == [{"a", "b"}]


def test_a_footer_that_two_sellers_share_ties_nobody_and_is_kept_as_evidence() -> None:
    one, other = {"ids": ["k1"], "lines": [FOOTER]}, {"ids": ["k2"], "lines": [FOOTER]}
    found = campaigns(**corpus(one, one, other, other))
    assert groups(found) == [{"a", "b"}, {"c", "d"}]
    assert set(found.ties.loc[found.ties["is_shared"], "kind"]) == {"strapline"}


def test_a_template_ties_sellers_copies_but_no_story_that_many_print() -> None:
    sold = campaigns(**corpus({"ids": ["k"], "template": "t"}, {"template": "t"}))
    told = campaigns(**corpus({"template": "t", "sells": False}, {"template": "t", "sells": False}))
    assert groups(sold) == [{"a", "b"}]
    assert told.campaigns.empty


def test_a_post_without_an_id_bridges_no_two_sellers() -> None:
    found = campaigns(**corpus(
        {"ids": ["k1"], "lines": [LINE]}, {"lines": [LINE], "template": "t"}, {"ids": ["k2"], "template": "t"}, {"ids": ["k2"]},
    ))
    assert groups(found) == [{"a", "b"}, {"c", "d"}]


def test_a_line_on_many_sites_that_nobody_vouches_for_is_a_footer() -> None:
    assert campaigns(**corpus(*({"lines": [FOOTER]} for _ in range(7)))).campaigns.empty
    assert len(campaigns(**corpus(*({"lines": [FOOTER]} for _ in range(3)))).campaigns) == 1


def test_a_seller_who_changes_ids_stays_several() -> None:
    found = campaigns(**corpus({"ids": ["k1"], "template": "t"}, {"ids": ["k2"], "template": "t"}))
    assert found.campaigns.empty


def test_every_quote_is_the_posts_own_text() -> None:
    made = corpus({"ids": ["k"], "lines": ["第一行广告语在这里呢各位", LINE]}, {"lines": [LINE]})
    texts = made["posts"].set_index("post_id")["text"]
    lines = campaigns(**made).ties.query("kind == 'strapline'")
    assert len(lines) == 3
    assert all(texts[tie.post_id][tie.start : tie.end] == tie.quote for tie in lines.itertuples())


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.booleans()), min_size=1, max_size=12), st.randoms())
def test_the_order_of_rows_does_not_matter(shapes: list[tuple[int, int, bool]], random: object) -> None:
    made = corpus(*({"ids": [f"k{a}"] if a else [], "template": f"t{b}" if b else None, "sells": c} for a, b, c in shapes))
    other = {name: frame.sample(frac=1, random_state=random.randrange(1000)) for name, frame in made.items()}  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(campaigns(**made).campaigns, campaigns(**other).campaigns)
    pd.testing.assert_frame_equal(campaigns(**made).ties, campaigns(**other).ties)


def test_no_post_gives_counts_of_nothing_and_shares_with_a_reason() -> None:
    made = corpus()
    rows = campaign_rows(made["posts"], campaigns(**made), CODES).set_index("measure")
    assert rows.loc["n_campaigns", "value"] == 0
    assert "no interval" in rows.loc["share_in_campaign", "method"]


def test_the_sample_has_the_campaigns_that_were_planted(sample_run: Run) -> None:
    names = ("posts", "ties", "mentions")
    made = {name: tables.read(name, sample_run.folder) for name in names}
    found = campaigns(**made)
    assert len(found.campaigns) > 3
    ids = found.ties[(found.ties["kind"] == "contact")]
    assert (ids.groupby("key")["campaign_id"].nunique() == 1).all()  # an id stands in one campaign alone
    rows = campaign_rows(made["posts"], found, CODES)
    assert not rows.duplicated(["measure", "group", "theme"]).any()
    assert tables.check("measures", rows).shape == rows.shape


def test_planted_campaigns_are_found_among_shared_footers() -> None:
    name = "campaigns_benchmark"
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / "campaigns.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result = module.trial(n_sellers=30, seed=1)
    assert result.false_merges == 0
    assert result.found == pytest.approx(1, abs=0.1)
