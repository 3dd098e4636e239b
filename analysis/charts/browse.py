"""A quote browser: theme, way of saying, site, search and context over the mentions of a run; a plain table in a report.

In JupyterLab ipywidgets serves it, which is installed with the project: no network. The same output carries a plain table of the
first quotes, which every front end without widgets shows, such as an exported report. Copies of one sentence are shown once.
Every string of a page is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from analysis.charts.wording import Words, speaking
from analysis.problems import DataProblem
from analysis.tables import CONTENT_LAYERS, FAMILIES, FAMILY_OF_STATUS

SHOWN, STATIC, CONTEXT, MOST_CONTEXT = 20, 5, 30, 200
ALL = "all"
_OF_POST = ["post_id", "site", "text", "published_at", "template_id", "duplicate_of"]
READ = {  # columns of the tables that a browser is made of
    "posts": (*_OF_POST, "on_topic"),
    "mentions": ("post_id", "start", "end", "rule_id", "theme", "layer", "status", "status_cue", "cue", "sentence"),
}
_COLUMNS = ["theme", "family", "status", "status_cue", "site", "cue", "sentence", "before", "after", "date", "post_id", "family_id"]


@dataclass(frozen=True)
class Choice:
    """What is asked for: codes, or `all`; the words to be found in the sentence; characters of context on each side."""

    theme: str = ALL
    family: str = ALL
    site: str = ALL
    search: str = ""
    context: int = CONTEXT


@dataclass(eq=False)
class Browser:
    """The quotes of a run, found by `Choice`; `widget` is the form that asks, `html` the table that answers."""

    posts: pd.DataFrame
    mentions: pd.DataFrame
    lang: str | Words = "zh"
    choice: Choice = field(default_factory=Choice)
    out_of: int | None = None  # posts from which these were taken

    @cached_property
    def words(self) -> Words:
        return speaking(self.lang)

    def __post_init__(self) -> None:
        if self.choice.family not in (ALL, *FAMILIES):
            raise DataProblem(f"browser: no family {self.choice.family!r}. Families: all, {', '.join(FAMILIES)}")

    @cached_property
    def quotes(self) -> pd.DataFrame:
        """Every mention in content layers of on-topic posts, with its site, date and text family."""
        here = self.posts.loc[self.posts["on_topic"].to_numpy(dtype=bool), _OF_POST]
        said = self.mentions.loc[self.mentions["layer"].isin(CONTENT_LAYERS)]
        found = said.merge(here, on="post_id").sort_values(["post_id", "start", "rule_id"], ignore_index=True)
        parts = zip(found["text"], found["start"], found["end"], strict=True)
        sides = [(text[max(0, a - MOST_CONTEXT) : a], text[b : b + MOST_CONTEXT]) for text, a, b in parts]
        dates = found["published_at"].dt.strftime("%Y-%m-%d").fillna("") if len(found) else pd.Series([], dtype=str)
        found = found.assign(
            family=found["status"].map(FAMILY_OF_STATUS), site=found["site"].fillna("–"), date=dates,
            before=[side[0] for side in sides], after=[side[1] for side in sides],
            family_id=found["template_id"].fillna(found["duplicate_of"]).fillna(found["post_id"]),
        )  # fmt: skip
        return found[_COLUMNS]

    def found(self, choice: Choice) -> pd.DataFrame:
        """The quotes of a choice; a sub-theme's are found under its own theme as well."""
        rows = self.quotes
        if choice.theme != ALL:
            rows = rows.loc[rows["theme"].map(lambda slug: choice.theme in (slug, self.words.parent(slug))).astype(bool)]
        if choice.family != ALL:
            rows = rows.loc[rows["family"] == choice.family]
        if choice.site != ALL:
            rows = rows.loc[rows["site"] == choice.site]
        if choice.search.strip():
            rows = rows.loc[rows["sentence"].str.contains(choice.search.strip(), case=False, regex=False)]
        return rows

    def html(self, choice: Choice, most: int = SHOWN, *, counted: bool = True) -> str:
        """The quotes as a table, one of each sentence, with a line of counts on top where `counted`."""
        words, rows = self.words, self.found(choice)
        shown = rows.drop_duplicates("sentence").head(most)
        if shown.empty:
            return f'<p class="nothing">{escape(words.say("browse_none"))}</p>'
        head = "".join(f'<th scope="col">{escape(words.say(key))}</th>' for key in ("browse_quote", "browse_status", "browse_where"))
        body = "".join(_row(row, choice.context, words) for row in shown.itertuples(index=False))
        table = f'<table class="data"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        line = _line(rows, len(shown), words) + self._sampled() if counted else ""
        return f'{line}<div class="scroll mathjax_ignore tex2jax_ignore" tabindex="0">{table}</div>'

    def _sampled(self) -> str:
        """A line that says so where these are not all posts."""
        if self.out_of is None or self.out_of <= len(self.posts):
            return ""
        said = self.words.say("browse_sampled", n=f"{len(self.posts):,}", of=f"{self.out_of:,}")
        return f"<p>{escape(said)}</p>"

    @cached_property
    def form(self) -> dict[str, Any]:
        """The widgets by name: theme, family, site, search, context, answer. A change of one writes the answer anew."""
        words, quotes = self.words, self.quotes
        whole = (words.say("browse_all"), ALL)
        sizes = quotes["theme"].value_counts()
        themes = [(f"{words.theme(str(t))} ({n:,})", str(t)) for t, n in sizes.items()]
        sites = [(site, site) for site in sorted(quotes["site"].unique())]
        families = [(words.family(name), name) for name in FAMILIES]
        named = {name: {"description": words.say(f"browse_{name}")} for name in ("theme", "status", "site", "search", "context")}
        theme, site = _within(self.choice.theme, sizes.index), _within(self.choice.site, quotes["site"])
        slider = {"min": 0, "max": MOST_CONTEXT, "step": 10, "continuous_update": False}
        made: dict[str, Any] = {
            "theme": widgets.Dropdown(options=[whole, *themes], value=theme, **named["theme"]),
            "family": widgets.ToggleButtons(options=[whole, *families], value=self.choice.family, **named["status"]),
            "site": widgets.Dropdown(options=[whole, *sites], value=site, **named["site"]),
            "search": widgets.Text(value=self.choice.search, continuous_update=False, **named["search"]),
            "context": widgets.IntSlider(value=self.choice.context, **slider, **named["context"]),
            "answer": widgets.HTML(),
        }
        for name, widget in made.items():
            if name != "answer":
                widget.observe(lambda _: self.refresh(), names="value")
        return made

    def refresh(self) -> None:
        """Writes the answer to what the form asks now."""
        form = self.form
        asked = Choice(**{name: form[name].value for name in ("theme", "family", "site", "search", "context")})
        form["answer"].value = self.html(asked)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """The form for a front end with widgets, and the first quotes as a table for every other."""
        self.refresh()
        return bundle(widgets.VBox(list(self.form.values())), self.html(self.choice, STATIC, counted=False))


def bundle(widget: Any, html: str) -> dict[str, Any]:
    """One output in two forms: the widget, and the HTML for a front end that has no widgets."""
    return {**widget._repr_mimebundle_(), "text/html": html}


def browser(
    tables: dict[str, pd.DataFrame], lang: str | Words = "zh", theme: str | None = None, family: str = ALL, out_of: int | None = None
) -> Browser:
    """A quote browser over the tables `posts` and `mentions`, opened at a theme and a way of saying it.

    Where the posts are a sample, `out_of` is how many they were taken from, and every answer says so.
    """
    return Browser(tables["posts"], tables["mentions"], lang, Choice(theme or ALL, family), out_of)


def _within(value: str, known: Any) -> str:
    return value if value in set(known) else ALL


def _line(rows: pd.DataFrame, shown: int, words: Words) -> str:
    counts = {"n": len(rows), "posts": rows["post_id"].nunique(), "texts": rows["family_id"].nunique(), "shown": shown}
    return f"<p>{escape(words.say('browse_count', **{key: f'{n:,}' for key, n in counts.items()}))}</p>"


def _row(row: Any, context: int, words: Words) -> str:
    before, after = (row.before[-context:], row.after[:context]) if context else ("", "")
    quote = f"<blockquote><bdi>{escape(before)}<mark>{escape(row.cue)}</mark>{escape(after)}</bdi></blockquote>"
    by_place = pd.isna(row.status_cue) or row.status_cue.startswith("layer:")  # the place decided, no words
    cue = "" if by_place else f" “{row.status_cue}”"
    said = f'<span class="name">{escape(words.family(row.family) + cue)}</span>'
    where = f'<span class="meta">{escape(row.site)} {escape(row.date)}</span>'
    return "<tr>" + "".join(f'<td class="text">{cell}</td>' for cell in (quote, said, where)) + "</tr>"
