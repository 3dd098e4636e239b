"""For the tests of figures: the measures of the invented corpus, worked out once in a process, with invented claims on rules."""

from __future__ import annotations

from functools import cache

import pandas as pd
from made_posts import CODES, corpus

from analysis.measure import claim_rows, measure


@cache
def measured() -> pd.DataFrame:
    """The measures of the invented corpus with its claims; never changed by a test."""
    tables = corpus()
    made = measure(tables["posts"], tables["mentions"], tables["dropped"], CODES, {"blocks": tables["blocks"]})
    return pd.concat([made, claim_rows(tables["posts"], claimed(), CODES)], ignore_index=True)


def claimed() -> pd.DataFrame:
    """Claims in the made posts: years on record right in most, calls a day wrong in most, sums owed without a rule."""
    posts = corpus()["posts"]
    ids = posts.loc[posts["on_topic"].to_numpy(dtype=bool), "post_id"].tolist()[:40]
    said = {"layer": "body", "status": "asserted", "low": None, "high": 3.0, "named_low": 3.0, "named_high": 3.0}
    said |= {"fact_id": None, "sentence": "s"}
    rows = []
    for at, post_id in enumerate(ids):
        rows.append({**said, "post_id": post_id, "quantity": "years_on_record", "verdict": "stale" if at % 9 == 0 else "agrees"})
        rows.append({**said, "post_id": post_id, "quantity": "amount_owed", "verdict": "no_rule"})
        if at < 12:
            rows.append({**said, "post_id": post_id, "quantity": "calls_limit", "verdict": "differs" if at % 4 else "agrees"})
    return pd.DataFrame(rows)
