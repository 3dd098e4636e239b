"""An invented corpus for the tests of `measure` and `charts`: 300 posts in template families, with mentions. Seeded."""

from __future__ import annotations

import random
from functools import cache

import pandas as pd

from analysis.measure import Codes
from analysis.tables import STATUSES, TABLES, TONES

PARENTS = {
    "wrong_person": "contact_harassment",
    "ai_robocall": "comm_bombardment",
    "fabricated_reports": "insult_shaming",
    "grace_period": "negotiation",
    "distress": "personal_impact",
    "family_work_impact": "personal_impact",
}
THEMES = [
    "credit_damage",
    "penalties",
    "lawsuits",
    "enforcement",
    "criminal_claims",
    "threats",
    "contact_harassment",
    "wrong_person",
    "comm_bombardment",
    "ai_robocall",
    "home_visit",
    "privacy_leak",
    "impersonation",
    "fake_documents",
    "insult_shaming",
    "fabricated_reports",
    "soft_violence",
    "usury_fees",
    "negotiation",
    "grace_period",
    "complaint_channels",
    "debt_relief_ads",
    "personal_impact",
    "distress",
    "family_work_impact",
    "scams",
]
CODES = Codes(tuple(THEMES), "0.1", PARENTS, ("网贷", "爆通讯录"))
NEVER = ("scams", "criminal_claims")  # themes that no invented post speaks of
SENTENCES = (
    "网贷逾期以后催收电话打个不停。",  # overdue online loan: collectors ring without end
    "平台说要起诉,其实还没有立案。",  # the platform says it will sue; no case is filed
    "征信报告上已经有逾期记录。",  # the credit report shows it
    "协商分期以后压力小了很多。",  # instalments agreed, less pressure
    "催收员爆通讯录,家人同事都知道了。",  # address book rung up
    "银行客服同意减免违约金和罚息。",  # bank waives penalties
    "律师函是短信发来的,法院没有通知。",  # lawyer's letter by text message
    "可以向金融监管部门投诉暴力催收。",  # complain to the regulator
)


@cache
def corpus(seed: int = 7) -> dict[str, pd.DataFrame]:
    """posts, blocks, mentions, dropped, contradictions, contacts of 300 invented posts; 24 of them off topic."""
    dice = random.Random(seed)
    families = [25, 18, 12, 10, 8, 6, 5, 4, 3, 3, 2, 2]
    plan = [f for f, size in enumerate(families) for _ in range(size)] + [None] * (300 - sum(families))
    kinds = {f: _content(dice) for f in range(len(families))}
    posts, blocks, mentions = [], [], []
    for number, family in enumerate(plan):
        post_id = f"p{number:03d}"
        text, found = kinds[family] if family is not None else _content(dice)
        off = family is None and number % 8 == 0
        posts.append(_post(number, text, dice, off, family))
        blocks.append({"post_id": post_id, "block": 0, "layer": "body", "start": 0, "end": len(text)})
        mentions += [{"post_id": post_id, **mention} for mention in found]
    firsts = {f: f"p{plan.index(f):03d}" for f in kinds}
    for post, family in zip(posts, plan, strict=True):
        post["template_id"] = firsts.get(family)
        post["duplicate_of"] = firsts[family] if family in (0, 1) and post["post_id"] != firsts[family] else None
    dropped = [{"raw_id": f"d{i}", "step": "clean", "reason": "no_text" if i % 3 else "doorway"} for i in range(20)]
    contradictory = [
        {"post_id": f"p{i:03d}", "theme": "threats", "claim": "", "denial": "", "kind": "X01"} for i in range(30)
    ]
    contacts = [
        {"post_id": f"p{i:03d}", "start": 0, "end": 3, "kind": "wechat", "value_key": f"k{i % 4}", "display": "a**b"}
        for i in range(40)
    ]
    rows = {"posts": posts, "blocks": blocks, "mentions": mentions, "dropped": dropped, "contacts": contacts}
    return {name: TABLES[name].frame(found) for name, found in {**rows, "contradictions": contradictory}.items()}


def _content(dice: random.Random) -> tuple[str, list[dict[str, object]]]:
    text = "".join(dice.sample(SENTENCES, dice.randint(3, len(SENTENCES))))
    found = []
    for place, theme in enumerate(THEMES):
        if theme in NEVER or dice.random() > 0.65 / (1 + place / 4):
            continue
        for again in range(dice.randint(1, 3)):
            status = dice.choices(STATUSES, weights=(5, 2, 1, 1, 4, 5, 4, 2, 2, 1, 2))[0]
            sign = -0.35 if status in ("denied", "prohibited") else 1.0
            base = 0.5 if theme in ("negotiation", "grace_period", "complaint_channels") else -0.7
            found.append(
                {
                    "start": place * 3 + again,
                    "end": place * 3 + again + 2,
                    "rule_id": f"{theme}.word",
                    "theme": theme,
                    "layer": dice.choices(("body", "title", "ad", "comment"), weights=(7, 1, 1, 1))[0],
                    "status": status,
                    "polarity": None if status == "mention" else round(base * sign * dice.uniform(0.3, 1), 2),
                    "codebook_version": CODES.version,
                }
            )
    return text, found


def _post(number: int, text: str, dice: random.Random, off: bool, family: int | None) -> dict[str, object]:
    post_id = f"p{number:03d}"
    return {
        "post_id": post_id,
        "raw_id": post_id,
        "site": f"site{number % 11}.example",
        "text": text,
        "genre": f"G0{1 + number % 4}",
        "on_topic": not off,
        "off_topic_class": "fiction" if off else None,
        "published_at": pd.Timestamp(f"2025-{1 + number % 6:02d}-03", tz="Asia/Shanghai") if number % 5 else None,
        "date_precision": "day" if number % 5 else "unknown",
        "n_chars": len(text),
        "solicitation": family is not None and family % 2 == 0,
        "tone": dice.choice((*TONES, None)),
        "polarity": round(dice.uniform(-1, 0.6), 2) if number % 7 else None,
    }
