"""The commands of human coding: draw a sample and write its sheets, read them back and measure."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis import codebook as books
from analysis import tables
from analysis.commands import Add, positive, say
from analysis.measure.campaigns import campaigns
from analysis.measure.sampling import Plan, draw
from analysis.measure.told import Told, told
from analysis.measure.units import codes_of
from analysis.problems import DataProblem

DESIGN = "design.csv"


def _told(folder: Path, book: books.Codebook) -> Told:
    return told(tables.read("posts", folder), tables.read("mentions", folder), codes_of(book))


def _book(chosen: argparse.Namespace) -> books.Codebook:
    return books.load(Path(chosen.codebook) if chosen.codebook else None)


def _in_campaign(folder: Path) -> frozenset[str]:
    names = ("posts", "ties", "mentions")
    return frozenset(campaigns(*(tables.read(name, folder) for name in names)).ties["post_id"])


def _sheet(chosen: argparse.Namespace) -> None:
    from analysis.measure.sheet import sheets, texts, themes_of  # openpyxl takes a moment to load
    from analysis.measure.sheet_page import sheet_files

    folder, out, book = Path(chosen.folder), Path(chosen.out), _book(chosen)
    if out.exists() and any(out.iterdir()):
        raise DataProblem(f"{out}: not empty. Codes may stand there; give another --out.")
    read = _told(folder, book)
    strata = tuple(filter(None, chosen.strata.split(",")))
    design = draw(read, Plan(chosen.n, strata, chosen.seed, _in_campaign(folder) if "campaign" in strata else frozenset()))
    shown = texts(tables.read("posts", folder), tables.read("blocks", folder), design)
    themes = themes_of(book, tuple(filter(None, chosen.themes.split(","))))
    for name, content in sheet_files(sheets(shown, themes, chosen.coders, chosen.seed), design).items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    n_strata = design["stratum"].nunique()
    say(f"sheet: {len(shown)} of {len(design)} on-topic posts in {n_strata} strata, sheets for {chosen.coders} coders in {out}")
    say(f"Give each coder their folder alone, and keep {out / 'design' / DESIGN}.")
    say(f"Next: python -m analysis coded FILES --design {out / 'design' / DESIGN} --tables {folder}")


def _coded(chosen: argparse.Namespace) -> None:
    from analysis.measure.coded import read_codes, read_design
    from analysis.measure.coded_measures import adjudication, human_measures

    folder, book = Path(chosen.tables), _book(chosen)
    out = Path(chosen.out) if chosen.out else folder / "human"
    read, design = _told(folder, book), read_design(Path(chosen.design))
    if list(design["post_id"]) != list(read.found.posts["post_id"]):
        raise DataProblem(f"{chosen.design}: not the posts of {folder}. Use the tables that it was drawn from.")
    human = read_codes([Path(name) for name in chosen.files], design, list(book.by_slug))
    measures = human_measures(read, design, human, chosen.seed)
    tables.write("measures", measures, out)
    open_ = adjudication(read, human)
    open_.to_csv(out / "adjudication.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    done = ", ".join(f"{name} {int(n)} of {len(human.units)}" for name, n in zip(human.coders, human.coded.sum(axis=1), strict=True))
    say(f"coded: {done}; {len(measures)} numbers in {out / 'measures.parquet'}, {len(open_)} codes to settle in adjudication.csv")


def register(add: Add) -> None:
    """Add the commands of human coding."""
    sheet = add("sheet", _sheet, "draw a sample and write blinded sheets for people to code in")
    sheet.add_argument("folder", metavar="DIR", help="folder of a run's tables")
    sheet.add_argument("--out", required=True, metavar="FOLDER", help="new folder for the sheets and the design")
    sheet.add_argument("--n", type=positive, default=200, metavar="N", help="posts in the sample (200)")
    sheet.add_argument("--coders", type=positive, default=2, metavar="K", help="coders, who all code all of them (2)")
    strata = "strata, joined by commas: theme, theme=NAME, family, family=NAME, solicitation, campaign"
    sheet.add_argument("--strata", default="", metavar="LIST", help=strata)
    sheet.add_argument("--themes", default="", metavar="LIST", help="themes to code, joined by commas (all)")
    sheet.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed draws the same sample (0)")
    sheet.add_argument("--codebook", metavar="DIR", help="another codebook than data/codebook")
    coded = add("coded", _coded, "read coded sheets back: agreement, errors of the machine, mended shares")
    coded.add_argument("files", nargs="+", metavar="FILE", help="sheets (.xlsx, .csv, .json) of all coders, and an adjudication sheet")
    coded.add_argument("--design", required=True, metavar="FILE", help="design.csv of the command sheet")
    coded.add_argument("--tables", required=True, metavar="DIR", help="folder of the run's tables that the sample was drawn from")
    coded.add_argument("--out", metavar="DIR", help="folder for measures and adjudication.csv (DIR/human)")
    coded.add_argument("--seed", type=int, default=0, metavar="S", help="seed of the bootstrap (0)")
    coded.add_argument("--codebook", metavar="DIR", help="another codebook than data/codebook")
