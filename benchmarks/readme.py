"""Fill in what README.md takes from the code and the sample corpus; with --check only tell whether it is up to date.

    .venv/bin/python benchmarks/readme.py [--check] [--tables DIR]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

import pandas as pd

from analysis import codebook, pipeline, tables
from analysis.manual import manual
from analysis.measure.lawpage import law_page
from analysis.pipeline.run import Run
from analysis.stages import STAGES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
SHOWN = ("lawsuits", "credit_damage", "threats", "contact_harassment", "negotiation", "debt_relief_ads")


def parts(measures: pd.DataFrame) -> dict[str, str]:
    """The marked parts of the README, by their names."""
    return {"numbers": numbers(measures), "stages": stages(), "tables": table_list()}


def stages() -> str:
    """The stages as a diagram."""
    width = max(len(s.name) for s in STAGES)
    lines = [f"{s.name:<{width}}  {', '.join(s.reads)} → {', '.join(s.writes)}" for s in STAGES]
    return "```text\n" + "\n".join(lines) + "\n```"


def table_list() -> str:
    """One line a table."""
    lines = [f"| [{t.name}](data/README.md#{t.name}) | {t.row} | {', '.join(t.key)} |" for t in tables.TABLES.values()]
    return "| table | one row is | key |\n| --- | --- | --- |\n" + "\n".join(lines)


def numbers(measures: pd.DataFrame) -> str:
    """What the sample corpus gives, in sentences and a table."""
    found = measures.set_index(["measure", "group", "theme"])

    def share(measure: str, group: str, theme: str) -> str:
        row = found.loc[(measure, group, theme)]
        interval = "" if pd.isna(row["low"]) else f" [{row['low']:.0%}, {row['high']:.0%}]"
        return f"{row['value']:.0%}{interval}"

    def count(measure: str) -> int:
        return int(found.loc[(measure, "all", "all"), "n"])

    book = codebook.load()
    head = (
        f"Of {count('n_raw')} records of the sample {count('n_kept')} are posts, {count('n_on_topic')} of them on topic, from "
        f"{count('n_sites')} sites; {count('n_texts')} distinct texts stand behind them. Share of posts that speak of a theme, "
        "95 % intervals that allow for template copies in brackets:\n\n"
    )
    rows = [
        f"| {book.theme(t).zh} {book.theme(t).en} | {share('share_of_posts', 'all', t)} | {share('share_of_posts', 'claimed', t)} "
        f"| {share('share_of_texts', 'claimed', t)} |"
        for t in SHOWN
    ]
    return head + "| theme | named in any way | claimed | claimed, copies collapsed |\n| --- | --- | --- | --- |\n" + "\n".join(rows)


def filled(text: str, found: dict[str, str]) -> str:
    """The README with its marked parts put in."""
    for name, content in found.items():
        mark = re.compile(rf"(<!-- {name}[^>]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        if not mark.search(text):
            sys.exit(f"README.md has no part marked {name!r}")
        text = mark.sub(lambda m, c=content: f"{m.group(1)}{c}\n{m.group(2)}", text)
    return text


def dictionary() -> str:
    """data/README.md: what a row and a column of each table is."""
    return (
        "# The tables\n\nMade by `python benchmarks/readme.py` from `analysis/schema.py`; "
        "`python -m analysis tables` prints the same. Folders: `codebook/` themes and rules, `lexicon/` word lists, `labels/` coded\n"
        "sentences, `sample/` the invented corpus; `raw/` and `tables/` are made and not kept in git.\n\n" + tables.dictionary()
    )


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tables", type=Path, help="tables of a run over the sample corpus; made anew where not given")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.tables or Path(scratch)
        if not chosen.tables:
            run = Run(folder, salt_folder=folder)
            pipeline.everything(run, [str(ROOT / "data" / "sample" / "sample.warc.gz")], None, lambda line: None)
        wanted = {README: filled(README.read_text(encoding="utf-8"), parts(tables.read("measures", folder)))}
    wanted[ROOT / "data" / "README.md"] = dictionary()
    wanted[ROOT / "docs" / "law.md"] = law_page()
    wanted[ROOT / "docs" / "codebook.md"] = manual(codebook.load())
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    if chosen.check and stale:
        print("stale: " + ", ".join(str(p.relative_to(ROOT)) for p in stale) + ". Run: python benchmarks/readme.py", file=sys.stderr)
        return 1
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
