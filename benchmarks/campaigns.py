"""How often campaigns are merged that are not one, and pairs of one missed, on planted corpora; writes results/campaigns.md.

    .venv/bin/python benchmarks/campaigns.py [--write]

A seller has one to three contact ids, an advert line and one to three templates, and posts on several sites; some posts lack
the id, some the line. Set against the finder: footers and templates that many sellers share, a service number that complaints
quote, short lines that everybody uses, copycats who post without an id in one seller's template under another's footer: they
must not bring sellers together, and are taken in by the seller whose template they use. All invented and seeded.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.measure.campaigns import campaigns
from analysis.measure.ties import ties
from analysis.tables import TABLES

ROOT = Path(__file__).parents[1]
WORDS = "专业处理网贷信用卡逾期停息挂账分期协商债务规划优化法务团队上岸减免利息一对一方案咨询服务"


class Result(NamedTuple):
    """Shares over pairs of posts, and seconds."""

    n_posts: int
    found: float  # of the pairs of one seller, in one campaign
    false_merges: float  # of the pairs of sellers' posts in one campaign, of two sellers
    taken_in: float  # of the copycats (another's template, a common footer, no id), in some campaign
    seconds: float


def planted(n_sellers: int, seed: int) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """A corpus, and the seller of each post that has one."""
    rng = random.Random(seed)
    footers = ["".join(rng.choices(WORDS, k=16)) for _ in range(max(1, n_sellers // 10))]
    shared_templates = [f"shared{n}" for n in range(max(1, n_sellers // 10))]
    posts: list[dict[str, object]] = []
    blocks: list[dict[str, object]] = []
    contacts: list[dict[str, object]] = []
    owner: dict[str, int] = {}

    def post(seller: int | None, ids: list[str], lines: list[str], template: str | None) -> None:
        name = f"{rng.getrandbits(60):015x}"
        text = "\n".join(lines)
        posts.append({
            "post_id": name, "text": text, "on_topic": True, "solicitation": seller is not None, "n_chars": 900,
            "site": f"s{rng.randrange(n_sellers * 2)}.example", "template_id": template,
        })
        start = 0
        for number, line in enumerate(lines):
            blocks.append({"post_id": name, "block": number, "layer": "ad", "start": start, "end": start + len(line)})
            start += len(line) + 1
        contacts.extend({"post_id": name, "start": n, "end": n, "kind": "wechat", "value_key": key} for n, key in enumerate(ids))
        if seller is not None:
            owner[name] = seller

    for seller in range(n_sellers):
        ids = [f"id{seller}-{n}" for n in range(rng.randint(1, 3))]
        line = "".join(rng.choices(WORDS, k=14))
        own = [f"t{seller}-{n}" for n in range(rng.randint(1, 3))]
        post(seller, ids, [line], own[0])  # one post that shows all of a seller's ids
        for _ in range(rng.randint(3, 12)):
            has_id = rng.random() < 0.7
            lines = [line] if not has_id or rng.random() < 0.6 else ["免费咨询"]
            lines += [rng.choice(footers)] if rng.random() < 0.3 else []
            template = rng.choice(shared_templates) if has_id and rng.random() < 0.2 else rng.choice(own)
            post(seller, [rng.choice(ids)] if has_id else [], lines, template)
    bridge = [f"t{seller}-0" for seller in range(n_sellers)]
    for _ in range(n_sellers // 3):  # posts without an id that took one seller's template and another's footer
        post(None, [], [rng.choice(footers)], rng.choice(bridge))
        posts[-1]["solicitation"] = True
    for _ in range(n_sellers * 3):  # complaints that quote a platform's own number
        post(None, ["service-number"] if rng.random() < 0.5 else [], [], None)
    made = [TABLES[name].frame(rows) for name, rows in (("posts", posts), ("blocks", blocks), ("contacts", contacts))]
    return {"posts": made[0], "ties": ties(*made), "mentions": TABLES["mentions"].empty()}, owner


def trial(n_sellers: int, seed: int) -> Result:
    """Find the campaigns of one planted corpus and compare pairs of posts."""
    made, owner = planted(n_sellers, seed)
    start = time.perf_counter()
    found_ties = campaigns(**made).ties
    seconds = time.perf_counter() - start
    campaign = found_ties.drop_duplicates("post_id").set_index("post_id")["campaign_id"].to_dict()
    right = found = wrong = joined = 0
    by_seller: dict[int, list[str]] = {}
    by_campaign: dict[str, list[str]] = {}
    for name, seller in owner.items():
        by_seller.setdefault(seller, []).append(name)
    for name, first in campaign.items():
        by_campaign.setdefault(first, []).append(name)
    for members in by_seller.values():
        for a, b in combinations(members, 2):
            right += 1
            found += campaign.get(a) is not None and campaign.get(a) == campaign.get(b)
    for members in by_campaign.values():
        for a, b in combinations(members, 2):
            if a in owner and b in owner:
                joined += 1
                wrong += owner[a] != owner[b]
    posts = made["posts"]
    copycats = set(posts.loc[posts["solicitation"].to_numpy(dtype=bool), "post_id"]) - set(owner)
    taken_in = len(copycats & set(campaign)) / max(len(copycats), 1)
    return Result(len(posts), found / max(right, 1), wrong / max(joined, 1), taken_in, seconds)


def main() -> int:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    lines = ["# Campaigns on planted corpora", "", *__doc__.strip().splitlines()[4:], ""]
    lines += ["| sellers | posts | pairs of one seller found | pairs joined that are of two | copycats taken in | seconds |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for n_sellers in (30, 300, 3000):
        results = [trial(n_sellers, seed) for seed in range(5 if n_sellers < 3000 else 1)]
        found, wrong, taken_in, seconds = (sum(values) / len(results) for values in zip(*(r[1:] for r in results), strict=True))
        lines.append(f"| {n_sellers:,} | {results[0].n_posts:,} | {found:.3f} | {wrong:.4f} | {taken_in:.2f} | {seconds:.2f} |")
    text = "\n".join(lines) + "\n"
    print(text)
    if chosen.write:
        (ROOT / "benchmarks" / "results" / "campaigns.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
