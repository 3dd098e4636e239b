"""What the notebooks call: headings that are findings, tables, figures and quotes, each shown by its own HTML.

A number reaches the screen only through here, and only out of `measures`. In JupyterLab the results read like pandas'
tables and plain lists; in the report the same HTML carries the classes and links of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.charts.browse import READ, Browser, browser
from analysis.measure.claims_rows import TOLD
from analysis.measure.units import ALL
from analysis.problems import DataProblem, choices
from analysis.report.coders import with_coders
from analysis.report.corpus import Corpus, Key, Number, read_corpus
from analysis.report.cover import lead_theme
from analysis.report.evidence import theme_name
from analysis.report.figures import Picture, pictures
from analysis.report.markup import Html, element, joined
from analysis.report.numbers import fill, number_of
from analysis.report.overlay import overlay
from analysis.report.quotes import listed, quotes_of
from analysis.report.said import Found, Said
from analysis.report.stated import stated, stated_list
from analysis.report.tabulate import ACROSS, figure_table, wide_table
from analysis.report.words import Words
from analysis.tables import among

MISSING = {  # figure -> the sentence of charts.yml that says why there is none
    "6-together": "together_title_none",
    "7-months": "months_title_few",
    "8-campaigns": "campaigns_none",
    "9-validation": "validation_none",
    "10-claims": "claims_none",
}
BROWSED = 2_000  # posts that a quote browser holds, about 40,000 mentions
FEW = 10  # a median of fewer mentions leads no finding


@dataclass(frozen=True)
class Shown:
    """A piece of HTML that a notebook displays."""

    html: Html
    name: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class Show:
    """The functions of a notebook over one run's tables."""

    corpus: Corpus
    folder: Path
    figures: Path
    _said: dict[str, Said] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """The language and the names of the themes, as charts take them."""
        return self.corpus.words

    @property
    def lead(self) -> str | None:
        """The theme that the report leads with: threats where posts speak of them, else the theme that most posts claim."""
        return lead_theme(self.corpus)

    @property
    def measures(self) -> pd.DataFrame:
        """The table `measures`, to look around in."""
        return self.corpus.tables["measures"]

    def rows(
        self, *measures: str, group: str | tuple[str, ...] | None = None, theme: str | None = None
    ) -> pd.DataFrame:
        """Rows of `measures`: of those measures, of a group or several, of one theme (None: of every theme or group)."""
        found = self.measures
        known = self.corpus.words.measures()
        unknown = [name for name in measures if name not in known]
        if unknown:
            raise DataProblem(f"measures: no measure {unknown[0]!r}. {choices('Measures', known)}")
        found = found.loc[found["measure"].isin(measures)]
        if group is not None:
            found = found.loc[found["group"].isin([group] if isinstance(group, str) else group)]
        return found if theme is None else found.loc[found["theme"] == theme]

    def top(self, measure: str, group: str = ALL, *, against: str | None = None) -> str | None:
        """The theme (no sub-theme) with the largest value of a measure; None where no post names any.

        With `against`, the theme in which the two measures differ most.
        """
        found = {}
        for theme in self._main_themes:
            here = self.corpus.numbers.get(Key(measure, group, theme))
            other = self.corpus.numbers.get(Key(against or measure, group, theme))
            if here is None or other is None or here.value is None or other.value is None or here.n == 0:
                continue
            found[theme] = abs(here.value - other.value) if against else here.value
        return min(found, key=lambda theme: (-found[theme], theme), default=None)

    def heaviest(self) -> str | None:
        """The theme with the lowest median of polarity, then lower quartile, over enough mentions: the figure's first."""
        found = {}
        for theme in self._main_themes:
            ends = [self.corpus.numbers[Key(name, ALL, theme)] for name in ("polarity_median", "polarity_q25")]
            if ends[0].value is not None and ends[1].value is not None:
                found[theme] = (ends[0].n >= FEW, ends[0].value, ends[1].value)
        sure = {theme: entry for theme, entry in found.items() if entry[0]} or found
        return min(sure, key=lambda theme: (*sure[theme][1:], theme), default=None)

    def first(self, measure: str) -> str | None:
        """The group with the largest value of a measure, such as the most common tone; None where all are nought."""
        found = {
            key.group: n
            for key, n in self.corpus.numbers.items()
            if key.measure == measure and n.value and key.group != ALL
        }
        return min(found, key=lambda group: (-(found[group].value or 0), group), default=None)

    def finding(self, key: str, **names: str | None) -> Shown:
        """A finding as a heading, filled with numbers; a plain sentence where the corpus is too small for it."""
        said = self._filled(key, names)
        if said is None:
            return self._nothing(key)
        return Shown(element("h3", said, id=f"f-{key}"), key)

    def say(self, key: str, **names: str | None) -> Shown:
        """A sentence of the report's texts, filled with numbers."""
        said = self._filled(key, names)
        return self._nothing(key) if said is None else Shown(element("p", said), key)

    def table(self, rows: pd.DataFrame, across: str | None = None) -> Shown:
        """Rows of `measures` as a table; with `across` ("group" or "measure") one column for each of its values.

        Only the keys are taken from the rows; the numbers come from `measures`.
        """
        if across not in (*ACROSS, None):
            raise DataProblem(f"table: across is {across!r}. {choices('Choices', ACROSS)}")
        keys = [Key(*row) for row in rows[list(Key._fields)].itertuples(index=False, name=None)]
        numbers = [number_of(self.corpus, key) for key in keys]
        if not numbers:
            return self._nothing("table")
        return Shown(wide_table(self.corpus, numbers, across), "table")

    def figure(self, stem: str) -> Shown:
        """A figure by its name, such as `1-themes`, with its words for those who can't see it and its numbers below."""
        picture = self._pictures.get(stem)
        if picture is None:
            why = self.corpus.words.say(MISSING[stem]) if stem in MISSING else self.corpus.words.sentence("no_figure")
            return Shown(element("p", why, class_="nothing"), stem)
        known = all(key in self.corpus.numbers for key in picture.keys)  # those of simulated coders are in no table
        return Shown(figure_of(self.corpus if known else with_coders(self.corpus), stem, picture), stem)

    def quotes(self, theme: str | None, group: str = ALL, most: int = 3) -> Shown:
        """A few quotes of a theme, said in that way (a status family, `unclaimed`, `ad`, `comment`)."""
        found = None if theme is None else self._found(theme, group, most)
        if theme is None or found is None or not found.n:
            return Shown(element("p", self.corpus.words.sentence("no_quote"), class_="nothing"), "quotes")
        more = element("a", self.corpus.words.sentence("all_quotes"), href=f"#q-{theme}-{group}", class_="more")
        words = self.corpus.words
        title = element("p", words.titled(theme_name(self.corpus, theme), words.group(group)), class_="overline name")
        body = joined([title, listed(self.corpus, quotes_of(self.corpus, found.shown)), element("p", more)])
        return Shown(element("div", body, class_="shown mathjax_ignore tex2jax_ignore"), "quotes")

    def claims(self, *verdicts: str, most: int = 4) -> Shown:
        """A few claims on rules with one of those verdicts (agrees, stale, differs, disputed_citation, no_rule), and their laws."""
        found = stated(self.corpus)
        rows = found.loc[found["verdict"].isin(verdicts) & ~found["quantity"].isin(TOLD)]
        if rows.empty:
            return Shown(element("p", self.corpus.words.sentence("no_claim"), class_="nothing"), "claims")
        title = element("p", " / ".join(self.corpus.words.verdict(name) for name in verdicts), class_="overline name")
        body = element("ol", *stated_list(self.corpus, rows, most), class_="quotes")
        return Shown(element("div", title, body, class_="shown mathjax_ignore tex2jax_ignore"), "claims")

    @property
    def _main_themes(self) -> list[str]:
        return [theme for theme in self.corpus.themes if theme not in self.corpus.parents]

    def _found(self, theme: str, group: str, most: int) -> Found | None:
        if theme not in self._said:
            self._said[theme] = self.corpus.said_of(theme)
        said = self._said[theme]
        return next((said.chosen(places, most) for _, places in said.groups(self.corpus.with_parts(theme), [group])), None)

    def browser(self, theme: str | None = None, family: str = ALL, posts: Iterable[str] | None = None) -> Browser:
        """A quote browser over the on-topic posts, or some of them: of very many the first by id, which are hashes, and it says so."""
        tables = self.corpus.tables
        ids = self.corpus.sample.posts["post_id"]
        ids = ids if posts is None else ids.loc[ids.isin(list(posts))]
        here = among("post_id", ids.head(BROWSED))
        frames = {name: tables.rows(name, here, columns) for name, columns in READ.items()}
        return browser(frames, self.words, theme, family, out_of=len(ids))

    @cached_property
    def _pictures(self) -> dict[str, Picture]:
        return pictures(self.corpus, self.folder, self.figures)

    def _filled(self, key: str, names: Mapping[str, str | None]) -> Html | None:
        return fill(self.corpus, self.corpus.words.finding(key), names)

    def _nothing(self, name: str) -> Shown:
        return Shown(element("p", self.corpus.words.sentence("nothing"), class_="nothing"), name)


def open_tables(folder: str | Path, figures: str | Path, lang: str = "zh") -> Show:
    """The tables of a run, ready to be shown; figures are drawn into their folder where they are not there yet."""
    return Show(read_corpus(Path(folder), lang), Path(folder), Path(figures))


def figure_of(corpus: Corpus, stem: str, picture: Picture) -> Html:
    """The figure with caption and the table of its numbers."""
    words = corpus.words
    note = fill_csv(words.sentence("figure_note"), picture.csv)
    numbers: list[Number] = [number_of(corpus, key) for key in picture.keys]
    details = element("details", element("summary", words.sentence("data_table")), figure_table(corpus, numbers, stem))
    image = element("img", src=picture.svg, alt=picture.alt)
    drawn = element("div", image, overlay(corpus, stem, picture), class_="picture")
    return element("figure", drawn, element("figcaption", note), details, id=f"fig-{stem}")


def fill_csv(text: str, name: str) -> Html:
    """The note on a figure's twin, the file's name as code."""
    before, _, after = text.partition("{csv}")
    return joined([before, element("code", name), after])
