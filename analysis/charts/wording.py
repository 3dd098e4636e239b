"""The words on a figure, in Chinese or English: names of themes, percentages, and the sentences around a plot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.charts.theme import TEXT, length
from analysis.codebook import load
from analysis.lexicon import load_yaml
from analysis.problems import DataProblem, choices

LANGUAGES = ("zh", "en")
BESIDE = 1.5  # inches beside a bar that a name may take


@dataclass(frozen=True)
class Words:
    """Says things in one language, with the themes of one codebook.

    `labels` (slug -> name) go before the names of `data/lexicon/charts.yml`; `parents` (sub-theme -> theme) are those of
    this project's codebook where none are given. `of_run` in `naming` takes both from a run's folder.
    """

    lang: str
    labels: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise DataProblem(f"no words in {self.lang!r}. {choices('Languages', LANGUAGES)}")

    def say(self, key: str, **values: str) -> str:
        """A sentence of the file, filled in.

        >>> Words("en").say("window", first="2025-01", last="2025-03", unknown="4")
        '2025-01 to 2025-03, 4 undated'
        """
        return str(_texts()[key][self.lang]).format(**values)

    def theme(self, slug: str) -> str:
        """The short name of a theme; one without a name is called by its slug.

        >>> Words("zh").theme("threats"), Words("en", {"threats": "Menaces"}).theme("threats")
        ('威胁恐吓', 'Menaces')
        """
        if slug in self.labels:
            return self.labels[slug]
        names = load_yaml("lexicon/charts.yml")["themes"].get(slug, {})
        return str(names.get(self.lang, slug))

    def quoted(self, slug: str) -> str:
        return self.say("quoted", name=self.theme(slug))

    def parent(self, slug: str) -> str | None:
        """The theme that a sub-theme is drawn under.

        >>> Words("en").parent("grace_period"), Words("en", parents={"threats": "scams"}).parent("threats")
        ('negotiation', 'scams')
        """
        return self.known_parents.get(slug)

    @property
    def known_parents(self) -> Mapping[str, str]:
        """Sub-theme -> theme: those given, or those of this project's codebook."""
        return load().parents if self.parents is None else self.parents

    def beside(self, slug: str, width: float = BESIDE) -> str:
        """The name of a theme as it fits beside a bar; a longer one ends in a stroke of dots.

        >>> Words("en", {"x": "Debt-relief solicitation and anti-collection agents"}).beside("x")
        'Debt-relief solicita…'
        """
        name = self.theme(slug)
        if length(name, TEXT) <= width:
            return name
        while length(name + "…", TEXT) > width:
            name = name[:-1]
        return name.rstrip() + "…"

    def is_below(self, slugs: pd.Series[str], among: Iterable[str] | None = None) -> pd.Series[bool]:
        """For each slug whether it is a sub-theme; with `among`, of a theme that is there."""
        above = slugs.map(lambda slug: self.parent(str(slug)))
        return above.notna() if among is None else above.isin(set(among))

    def family(self, name: str) -> str:
        return str(load_yaml("lexicon/charts.yml")["families"][name][self.lang])

    def tone(self, group: str) -> str:
        """The short name of a tone, by its group `tone:angry`.

        >>> Words("zh").tone("tone:angry")
        '愤怒'
        """
        code = group.removeprefix("tone:")
        return str(load_yaml("lexicon/charts.yml")["tones"].get(code, {}).get(self.lang, code))

    def quantity(self, code: str) -> str:
        """The short name of what a claim of a rule states, as `years_on_record`; a code without a name stands for itself.

        >>> Words("zh").quantity("years_on_record")
        '不良记录保存年限'
        """
        return str(load_yaml("lexicon/charts.yml")["quantities"].get(code, {}).get(self.lang, code))

    def verdict(self, code: str) -> str:
        return str(load_yaml("lexicon/charts.yml")["verdicts"][code][self.lang])

    def event(self, event_id: str) -> str:
        """The name of a dated event in `data/law/events.yml`; one that is not there is called by its id.

        >>> Words("en").event("no-such-event")
        'no-such-event'
        """
        named = {entry["event_id"]: entry.get(f"name_{self.lang}") for entry in load_yaml("law/events.yml")["events"]}
        return str(named.get(event_id) or event_id)

    def percent(self, share: float) -> str:
        """A share as a percentage; in English with a blank that no line breaks at.

        >>> Words("en").percent(0.414), Words("zh").percent(0.004), Words("zh").percent(1 / 3000)
        ('41\\xa0%', '0.4%', '<0.1%')
        """
        return number(share) + ("%" if self.lang == "zh" else "\u00a0%")


def speaking(lang: str | Words) -> Words:
    """The words of a language, or those given.

    >>> speaking("en") == Words("en") == speaking(Words("en"))
    True
    """
    return lang if isinstance(lang, Words) else Words(lang)


def number(share: float) -> str:
    """A share as a number of percent: whole from 1 up, one decimal below.

    >>> number(0.126), number(0.0), number(0.995), number(0.0049)
    ('13', '0', '>99', '0.5')
    """
    percent = 100 * share
    if percent in (0.0, 100.0):
        return f"{percent:.0f}"
    if percent < 1:
        return "<0.1" if percent < 0.1 else f"{percent:.1f}"
    return ">99" if percent >= 99.5 else f"{percent:.0f}"


def signed(value: float) -> str:
    """A polarity with its sign; the minus is the typographic one.

    >>> signed(-0.512), signed(0.3), signed(0.0)
    ('−0.51', '+0.30', '0.00')
    """
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if float(f"{value:.2f}") == 0 else text


def span(numbers: tuple[float, float, float]) -> str:
    """A ratio with its interval, where it has one.

    >>> span((1.15, 0.92, 1.43)), span((1.15, math.nan, math.nan)), span((math.nan,) * 3)
    ('1.15 (0.92–1.43)', '1.15', '–')
    """
    value, low, high = numbers
    if math.isnan(value):
        return "–"
    return f"{value:.2f}" if math.isnan(low) else f"{value:.2f} ({low:.2f}–{high:.2f})"


def names_width(names: Iterable[str]) -> float:
    """The room that names need beside a plot, in inches, with a little air on both sides."""
    return max((length(name, TEXT) for name in names), default=0.5) + 0.28


def numbers_of(rows: pd.DataFrame) -> list[tuple[float, float, float]]:
    """The value and the ends of each row, missing ones as NaN."""
    found: list[list[float]] = rows[["value", "low", "high"]].to_numpy(dtype="float64").tolist()
    return [(value, low, high) for value, low, high in found]


def footer(measures: pd.DataFrame, words: Words, line: str) -> str:
    """Where the numbers come from: posts, sites, distinct texts, time, codebook version, and what the lines are."""
    n = measures.loc[measures["theme"] == "all"].set_index(["measure", "group"])["n"]
    months = measures.loc[measures["measure"] == "n_posts_of_month", ["group", "n"]]
    named = sorted(group.removeprefix("month:") for group in months["group"] if group not in ("all", "month:unknown"))
    unknown = months.loc[months["group"] == "month:unknown", "n"].sum()
    window = words.say("no_window")
    if named:
        window = words.say("window", first=named[0], last=named[-1], unknown=f"{unknown:,}")
    return words.say(
        "footer",
        posts=f"{n['n_on_topic', 'all']:,}",
        sites=f"{n['n_sites', 'all']:,}",
        texts=f"{n['n_texts', 'all']:,}",
        window=window,
        version=str(measures["codebook_version"].iloc[0]),
        line=words.say(line),
    )


def rows_of(measures: pd.DataFrame, *names: str) -> pd.DataFrame:
    """The rows of those measures; none at all is an error, since nothing could be drawn."""
    found = measures.loc[measures["measure"].isin(names)]
    if found.empty or found["value"].isna().all():
        raise DataProblem(
            f"measures: no number for {', '.join(names)}; there is nothing to draw. Are there on-topic posts?"
        )
    return found


def in_order(rows: pd.DataFrame, themes: Sequence[str]) -> pd.DataFrame:
    """The rows in that order of their themes; rows of one theme stay as they stood."""
    order = {theme: place for place, theme in enumerate(themes)}
    placed = rows.assign(place=rows["theme"].map(order))
    return placed.sort_values("place", kind="stable", ignore_index=True).drop(columns="place")


def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = load_yaml("lexicon/charts.yml")["texts"]
    return texts
