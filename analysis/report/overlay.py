"""Links over a figure's picture: each bar, dot and cell opens the quotes behind its number, by mouse, touch and keyboard.

The picture stays an image with its words for those who cannot see it. Over it lies a drawing of unseen rectangles, each a link
with the number read out as its title; without a script every one can be reached by the tab key, with it by the arrow keys.
"""

from __future__ import annotations

from analysis.charts import Mark
from analysis.report.corpus import Corpus, Key
from analysis.report.figures import Picture
from analysis.report.markup import Html, element
from analysis.report.numbers import anchor_of, has_quotes, number_of, text_of
from analysis.report.tabulate import row_anchor


def overlay(corpus: Corpus, stem: str, picture: Picture) -> Html | None:
    """The links of a figure, in the order in which they were drawn; None where it has none."""
    if not picture.marks:
        return None
    width, height = picture.size
    return element(
        "svg",
        *(_linked(corpus, stem, mark) for mark in picture.marks),
        class_="marks",
        viewBox=f"0 0 {width:g} {height:g}",
        width="0",  # the page's style gives it the picture's size; without that style it takes no room
        height="0",
        role="group",
        aria_label=corpus.words.sentence("marks"),
    )


def _linked(corpus: Corpus, stem: str, mark: Mark) -> Html:
    key = Key(mark.measure, mark.group, mark.theme)
    there = anchor_of(key) if has_quotes(key) else row_anchor(stem, key)
    box = {name: f"{getattr(mark, place):g}" for name, place in (("x", "left"), ("y", "top"), ("width", "width"), ("height", "height"))}
    title = element("title", text_of(number_of(corpus, key), "said", corpus))
    return element("a", title, element("rect", **box), href=f"#{there}", data_m="|".join((*key, "said")))
