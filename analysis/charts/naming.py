"""The names and the order of a run's themes, out of the `codebook.json` beside its tables.

The short names of `data/lexicon/charts.yml` are made to fit beside a bar. They hold for a theme that is called as in this
project's codebook; a theme that a run's own codebook adds or calls otherwise goes by the name it has there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from analysis.charts.wording import Words
from analysis.codebook import NAMES
from analysis.lexicon import load_yaml
from analysis.problems import DataProblem


class Naming(NamedTuple):
    """What themes are called in one language, and which theme a sub-theme belongs to."""

    labels: dict[str, str]
    parents: dict[str, str]


def naming(folder: Path, lang: str) -> Naming | None:
    """The naming of a run; None where its folder keeps no codebook (tables made by hand)."""
    path = folder / NAMES
    if not path.exists():
        return None
    try:
        themes = json.loads(path.read_text(encoding="utf-8"))["themes"]
        labels = {str(t["slug"]): _short(str(t["slug"]), str(t[lang]), lang) or str(t[lang]) for t in themes}
        return Naming(labels, {str(t["slug"]): str(t["parent"]) for t in themes if t.get("parent")})
    except (ValueError, KeyError, TypeError) as error:
        raise DataProblem(f"{path}: not the themes of a codebook ({error!r}). Run `measure` again.") from None


def of_run(folder: Path, lang: str) -> Words:
    """The words of the figures for the tables of that folder."""
    found = naming(folder, lang)
    return Words(lang) if found is None else Words(lang, *found)


def _short(slug: str, full: str, lang: str) -> str | None:
    known = load_yaml("lexicon/charts.yml")["themes"].get(slug)
    return str(known[lang]) if known is not None and known["of"][lang] == full else None
