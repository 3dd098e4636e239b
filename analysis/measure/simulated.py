"""Simulated coders of known error on the sample corpus, whose truth was planted: what human coding would show, without people.

No person coded anything here. Each row says so in its estimand and method. On any other corpus there is no planted truth, and no row.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from analysis.lexicon import data_path
from analysis.measure.coded_measures import HumanCodes, human_measures
from analysis.measure.intervals import Array
from analysis.measure.sampling import Plan, draw
from analysis.measure.told import Told, told
from analysis.measure.units import Codes
from analysis.tables import CONTENT_LAYERS, FAMILIES, FAMILY_OF_STATUS, TABLES

CODERS = 2
MISSES = 0.08  # of what is there, a coder does not see
ADDS = 0.01  # of what is not there, a coder sees
NOTE = "simulated coders, no person coded"


def simulated_measures(posts: pd.DataFrame, mentions: pd.DataFrame, codes: Codes, seed: int = 0) -> pd.DataFrame:
    """Rows of `measures` as `coded` gives them, from two simulated coders who miss 8 % and invent 1 %, at a known truth.

    Empty where the posts are not those of the sample corpus. Half of the posts with a planted truth are coded, 120 at most.

    >>> simulated_measures(TABLES["posts"].empty(), TABLES["mentions"].empty(), Codes(("threats",), "1")).empty
    True
    """
    truth = planted(codes)
    known = posts.loc[posts["url"].isin(list(truth)) & posts["on_topic"].to_numpy(dtype=bool)]
    if len(known) < 20:
        return TABLES["measures"].empty()
    read = told(known, mentions, codes)
    design = draw(read, Plan(min(120, len(read.found) // 2), (), seed))
    return human_measures(read, design, simulated_coders(read, design, truth, seed), seed, NOTE)


def planted(codes: Codes) -> dict[str, Array]:
    """The truth of each page of the sample by its address: themes x families, whether content layers say it."""
    found = {}
    for line in data_path("sample/truth.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        if not page.get("blocks"):
            continue
        has = np.zeros((len(codes.themes), len(FAMILIES)), dtype=bool)
        for block in page["blocks"]:
            for code in block["codes"] if block["layer"] in CONTENT_LAYERS else ():
                theme, status = code.split()[:2]
                if theme in codes.themes:
                    has[codes.themes.index(theme), FAMILIES.index(FAMILY_OF_STATUS[status])] = True
        found[page["url"]] = has
    return found


def simulated_coders(read: Told, design: pd.DataFrame, truth: dict[str, Array], seed: int) -> HumanCodes:
    """The codes of the simulated coders: the planted truth with errors drawn for each coder, theme, family and post."""
    at = np.flatnonzero((design["unit"] != "").to_numpy())
    right = np.stack([truth[url] for url in read.found.posts["url"].iloc[at]], axis=-1)
    luck = np.random.default_rng([seed, 1]).random((CODERS, *right.shape))
    says = np.where(right, luck >= MISSES, luck < ADDS)
    return HumanCodes(
        tuple(f"coder-{n}" for n in range(1, CODERS + 1)),
        read.codes.themes,
        tuple(design["unit"].iloc[at]),
        says,
        np.ones((CODERS, len(at)), dtype=bool),
        np.full(right.shape, np.nan),
    )
