"""What human codes of a sample say: agreement of the coders, errors of the machine, and shares mended by both.

A theme's human code of a post is what most coders gave; where they are split evenly and nobody has settled it, it counts half in
prevalence and is left out of the machine's confusion. A parent theme holds its sub-themes, `all` any theme or any status family.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.measure.agreement import agreement, alpha, confusion
from analysis.measure.correction import dsl, ppi
from analysis.measure.intervals import Array, Estimate, clustered_share
from analysis.measure.told import HOW, Told, named
from analysis.measure.units import ALL, Row, measures_frame
from analysis.problems import DataProblem
from analysis.tables import FAMILIES

GROUPS = (ALL, *FAMILIES)


@dataclass(frozen=True)
class HumanCodes:
    """Who coded which units, and how: `says` is coders x themes x families x units, `coded` coders x units.

    `settled` holds what was settled where coders differed (themes x families x units), NaN elsewhere.
    """

    coders: tuple[str, ...]
    themes: tuple[str, ...]
    units: tuple[str, ...]
    says: Array
    coded: Array
    settled: Array


def human_measures(read: Told, design: pd.DataFrame, human: HumanCodes, seed: int = 0, note: str = "") -> pd.DataFrame:
    """Rows of `measures`: alpha, agreement, sensitivity, specificity, precision, and prevalence by three ways.

    One row a measure, status family (and `all`) and coded theme; `all` themes only where every theme was coded. `design` is that
    of `sampling.draw`, over the posts of `read`. `note` is put behind every method and estimand.
    """
    rows = list(_rows(read, design, human, seed))
    if note:
        rows = [
            row._replace(
                estimand=f"{row.estimand} ({note})", estimate=row.estimate._replace(method=f"{row.estimate.method}; {note}")
            )
            for row in rows
        ]
    return measures_frame(rows, read.codes.version)


def _rows(read: Told, design: pd.DataFrame, human: HumanCodes, seed: int) -> Iterator[Row]:
    where = {unit: place for place, unit in enumerate(design["unit"])}
    place = np.array([where[unit] for unit in human.units], dtype=np.int64)
    sampled = _Sampled(place, _chance(design, place[human.coded.any(axis=0)]), _strata(design), read.found.family)
    settled = np.where(np.isnan(human.settled), human.says, human.settled)
    whole = set(human.themes) >= set(read.codes.themes)
    for theme in (ALL, *human.themes) if whole else human.themes:
        for group in GROUPS:
            given = of_theme(human, theme, group, read)
            final = of_theme(replace(human, says=settled), theme, group, read)
            machine = read.carries(theme, group).astype(float)
            words = f"{named(theme)} {HOW[group]}, in content layers"
            for measure, estimate, estimand in _theme_rows(given, final, machine, sampled, seed):
                yield Row(measure, group, theme, estimate, estimand.format(words), "alpha" if measure == "alpha" else "share")


@dataclass(frozen=True)
class _Sampled:
    """The places of the units among the posts, and of every post its chance, stratum and text family."""

    place: Array
    chance: Array
    strata: Array | None
    family: Array


def _strata(design: pd.DataFrame) -> Array | None:
    names = design["stratum"].to_numpy()
    return None if len(np.unique(names)) == 1 else names


def _chance(design: pd.DataFrame, coded: Array) -> Array:
    """The chance of each post to be coded: of the drawn units those that somebody coded, over the posts of the stratum.

    Each coder's order is random, so that units left uncoded at the end are missing at random.
    """
    names, codes = np.unique(design["stratum"].to_numpy(), return_inverse=True)
    n = np.bincount(codes[coded], minlength=len(names))
    if (n == 0).any():
        raise DataProblem(f"stratum {names[np.argmin(n)]!r} of the design has no coded unit. Code more units of the sheet first.")
    return np.asarray((n / np.bincount(codes))[codes])


def of_theme(human: HumanCodes, theme: str, group: str, read: Told) -> Array:
    """Whether each coder says so of each unit: units x coders of 0 and 1, NaN where a coder did not code the unit."""
    parents = read.codes.parents
    rows = [i for i, t in enumerate(human.themes) if theme in (ALL, t, parents.get(t))]
    families = [i for i, f in enumerate(FAMILIES) if group in (ALL, f)]
    said = human.says[:, rows][:, :, families].any(axis=(1, 2)).astype(float)
    return np.asarray(np.where(human.coded, said, np.nan).T)


def most(given: Array) -> Array:
    """What most coders say of each unit: 1, 0, 0.5 where they are split evenly, NaN where none coded it.

    >>> most(np.array([[1, 1], [1, 0], [0, np.nan], [np.nan, np.nan]])).tolist()
    [1.0, 0.5, 0.0, nan]
    """
    n = (~np.isnan(given)).sum(axis=1)
    mean = np.divide(np.nansum(given, axis=1), n, out=np.full(len(given), np.nan), where=n > 0)
    return np.asarray(np.where(np.isnan(mean) | (mean == 0.5), mean, mean > 0.5), dtype=float)


Found = tuple[str, Estimate, str]


def _theme_rows(given: Array, final: Array, machine: Array, sampled: _Sampled, seed: int) -> Iterator[Found]:
    family = sampled.family[sampled.place]
    yield "alpha", alpha(given, "nominal", family, seed), "How far coders agree beyond chance on whether {}"
    yield "agreement", agreement(given, family), "Share of pairs of coders that agree on whether {}"
    human = most(final)
    sure = (human == 0) | (human == 1)
    weights = 1 / sampled.chance[sampled.place]
    found = confusion(human[sure], machine[sampled.place][sure], weights[sure], family[sure])
    yield "sensitivity", found.sensitivity, "Of posts in which, by human code, {}: the share that the machine finds"
    yield "specificity", found.specificity, "Of posts of which, by human code, it is not so that {}: the share that the machine leaves out"
    yield "precision", found.precision, "Of posts in which, by machine code, {}: the share that humans confirm"
    filled = np.full(len(machine), np.nan)
    filled[sampled.place] = human
    estimand = "Share of on-topic posts, copies included, in which {}, "
    yield "prevalence_ppi", ppi(machine, filled, sampled.strata, sampled.family), estimand + "by machine codes mended by human ones (PPI++)"
    yield "prevalence_dsl", dsl(machine, filled, sampled.chance, sampled.family), estimand + "by machine codes mended by human ones (DSL)"
    yield "prevalence_naive", clustered_share(machine, sampled.family), estimand + "by machine codes as they are"


def adjudication(read: Told, human: HumanCodes) -> pd.DataFrame:
    """The codes on which coders differ and nobody has settled yet: unit, theme, what each says, and `final` to be filled in.

    `design.csv` is not needed to fill it in, so that whoever settles sees no machine code either.
    """
    rows = []
    for u, unit in enumerate(human.units):
        for t, theme in enumerate(human.themes):
            told = [letters(human.says[c, t, :, u]) if human.coded[c, u] else "" for c in range(len(human.coders))]
            if len({code for code in told if code}) > 1 and np.isnan(human.settled[t, :, u]).all():
                rows.append([unit, theme, *told, ""])
    return pd.DataFrame(rows, columns=["unit", "theme", *human.coders, "final"])


def letters(families: Array) -> str:
    """The status families as first letters, 0 for none.

    >>> letters(np.array([1, 0, 1, 0])), letters(np.zeros(4))
    ('cr', '0')
    """
    return "".join(f[0] for f, has in zip(FAMILIES, families, strict=True) if has) or "0"
