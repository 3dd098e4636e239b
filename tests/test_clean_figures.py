"""The figures of the clean room on the sample corpus do not fall: what `python benchmarks/clean.py` prints, with a floor each."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis.clean import Cleaned

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import clean_sample
import planted

FLOORS = {
    "pages kept or dropped for the right reason": 0.99,
    "pages without a post, dropped for the right reason": 0.98,
    "title exact": 0.97,
    "layer of planted lines: content, toc, ad, comment (macro-F1)": 0.96,
    "the same by all eight layers (macro-F1)": 0.91,
    "content characters (F1)": 0.98,
    "date right, of pages that print one": 0.98,
    "views right, of pages that print one": 0.99,
    "comments right, of pages that print one": 0.99,
    "date left missing, of pages that print none": 1.0,
    "views left missing, of pages that print none": 1.0,
    "comments left missing, of pages that print none": 1.0,
    "on topic": 0.98,
    "off-topic class": 0.9,
    "genre": 0.79,
    "solicitation (F1)": 0.97,
    "contacts (F1)": 0.98,
    "people removed": 1.0,
    "hotlines kept": 1.0,
    "near-copy pairs, recall": 0.98,
    "near-copy pairs, precision": 0.99,
    "family pairs, recall": 0.98,
    "family pairs, precision": 0.99,
}


@pytest.fixture(scope="module")
def figures(sample_tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    made = Cleaned(*(sample_tables[name] for name in Cleaned._fields))
    found, _ = clean_sample.figures(planted.side_by_side(sample_tables["raw"], made))
    return {figure.name: figure.value for figure in found}


@pytest.mark.parametrize("name", FLOORS)
def test_the_figure_stands(name: str, figures: dict[str, float]) -> None:
    assert figures[name] >= FLOORS[name]
