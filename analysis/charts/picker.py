"""A theme picker: one theme's shares by way of saying, with intervals; a plain table of links where nobody can press."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from analysis.charts.browse import bundle
from analysis.charts.shares import COLUMNS, order_of
from analysis.charts.wording import Words, number, speaking

MEASURES = {"share_of_posts": "copies_with", "share_of_texts": "copies_without"}


@dataclass(eq=False)
class Picker:
    """One theme at a time: `theme` is the widget that picks, `answer` the table of its shares."""

    measures: pd.DataFrame
    lang: str | Words = "zh"

    @cached_property
    def words(self) -> Words:
        return speaking(self.lang)

    @cached_property
    def themes(self) -> list[str]:
        """The themes that are spoken of, the most common first, sub-themes below theirs."""
        found = self.measures.loc[(self.measures["measure"] == "share_of_posts") & (self.measures["group"] == "all")]
        return order_of(found.loc[(found["theme"] != "all") & (found["value"] > 0)], self.words)

    @cached_property
    def theme(self) -> Any:
        """The widget that picks."""
        words = self.words
        options = [(words.theme(theme), theme) for theme in self.themes]
        made = widgets.Select(options=options, rows=min(12, max(1, len(options))), description=words.say("browse_theme"))
        made.observe(lambda _: self.refresh(), names="value")
        return made

    @cached_property
    def answer(self) -> Any:
        """The widget that answers."""
        return widgets.HTML()

    def refresh(self) -> None:
        """Writes the shares of the theme that is picked."""
        self.answer.value = self.shares(self.theme.value)

    def shares(self, theme: str | None) -> str:
        """The shares of a theme as a table: one row a way of saying, all posts and distinct texts with intervals."""
        words = self.words
        rows = self.measures.loc[(self.measures["theme"] == theme) & self.measures["measure"].isin(MEASURES)]
        if rows.empty:
            return f"<p>{escape(words.say('browse_none'))}</p>"
        found = {(row.group, row.measure): row for row in rows.itertuples(index=False)}
        head = "".join(f"<th>{escape(words.say(key))}</th>" for key in MEASURES.values())
        body = "".join(
            f"<tr><th>{escape(words.family(name))}</th>{''.join(_cell(found[name, m], words) for m in MEASURES)}</tr>"
            for name in COLUMNS
        )
        return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"

    def html(self) -> str:
        """Every theme with links to the report's quotes of each way of saying it; no number stands in it."""
        words = self.words
        if not self.themes:
            return f'<p class="nothing">{escape(words.say("browse_none"))}</p>'
        body = "".join(
            f'<tr><th scope="row"><span class="name">{escape(words.theme(theme))}</span></th>'
            + "".join(f'<td class="text"><a href="#q-{escape(theme)}-{name}">{escape(words.family(name))}</a></td>' for name in COLUMNS)
            + "</tr>"
            for theme in self.themes
        )
        heads = [words.say("browse_theme"), *(words.family(name) for name in COLUMNS)]
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
        table = f'<table class="data"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        return f'<div class="scroll links" tabindex="0">{table}</div>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        self.refresh()
        return bundle(widgets.HBox([self.theme, self.answer]), self.html())


def _cell(row: Any, words: Words) -> str:
    if pd.isna(row.value):
        return "<td>–</td>"
    between = "" if pd.isna(row.low) else f" ({number(row.low)}–{words.percent(row.high)})"
    return f"<td>{escape(words.percent(row.value) + between)} {row.n:,}/{row.denominator:,}</td>"
