"""The first screen of the report: three findings with their limits, what the corpus is, and where to find what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.lexicon import load_yaml
from analysis.measure.corpus import UNKNOWN
from analysis.measure.units import ALL
from analysis.report.corpus import Corpus, Key
from analysis.report.markup import Html, element, joined
from analysis.report.numbers import fill, link
from analysis.report.records import flag_counts
from analysis.report.words import FILE

PREFERRED = "threats"  # the theme that the project began with leads the cover where posts speak of it


def lead_theme(corpus: Corpus) -> str | None:
    """The theme of the first finding: threats where any post names them, else the theme that most posts claim."""
    named = {theme: corpus.numbers[Key("share_of_posts", "claimed", theme)] for theme in corpus.themes}
    if PREFERRED in named and named[PREFERRED].n:
        return PREFERRED
    claimed = {theme: number.n for theme, number in named.items() if number.n}
    return min(claimed, key=lambda theme: (-claimed[theme], theme), default=None)


def findings(corpus: Corpus) -> Iterator[tuple[Html, Html, str]]:
    """The three main findings: the number, the sentence that goes on from it, and its limit."""
    words = corpus.words
    names = {"theme": lead_theme(corpus)}
    for entry in load_yaml(FILE)["cover"]:
        number = fill(corpus, entry["number"], names)
        sentence = fill(corpus, words.finding(entry["text"]), names)
        if number is not None and sentence is not None:
            yield number, sentence, words.finding(entry["limit"])


def cover(corpus: Corpus) -> Html:
    """Title, standfirst, and the findings with their limits beside them."""
    words = corpus.words
    items = [
        element("li", element("p", element("span", number, class_="big"), sentence), _limit(corpus, limit))
        for number, sentence, limit in findings(corpus)
    ]
    body = element("ol", *items, class_="leads") if items else element("p", words.sentence("nothing"), class_="nothing")
    return element(
        "header",
        element("p", _overline(corpus), class_="overline"),
        element("h1", words.sentence("title")),
        element("p", words.sentence("standfirst"), class_="standfirst"),
        body,
        class_="cover",
    )


def _limit(corpus: Corpus, limit: str) -> Html:
    return element("p", element("strong", corpus.words.sentence("limits_of")), " ", limit, class_="limit")


def _overline(corpus: Corpus) -> Html:
    parts = [fill(corpus, corpus.words.sentence("overline")), _months(corpus), _version(corpus)]
    return joined(parts, " / ")


def _months(corpus: Corpus) -> Html:
    months = sorted(
        key.group.removeprefix("month:")
        for key in corpus.numbers
        if key.measure == "n_posts_of_month" and key.group not in (ALL, f"month:{UNKNOWN}")
    )
    if not months:
        return element("span", corpus.words.sentence("undated"))
    return element("time", months[0] if len(months) == 1 else f"{months[0]} – {months[-1]}")


def _version(corpus: Corpus) -> Html:
    return joined([corpus.words.sentence("codebook"), element("code", corpus.version)], " ")


def card(corpus: Corpus) -> Html:
    """The corpus card: what was read, kept and dropped, why, from where and when, and what the texts are marked with."""
    words = corpus.words
    undated = [link(corpus, key) for key in [Key("n_posts_of_month", f"month:{UNKNOWN}")] if key in corpus.numbers]
    flags = [_flag(name, anchor, n) for name, anchor, n in flag_counts(corpus)]
    crawl = [element("span", f"{words.label('crawl', reason)} {n:,}", class_="chip") for reason, n in corpus.crawl]
    rows = [
        *([(words.sentence("crawl"), crawl)] if crawl else []),
        (words.sentence("read"), [link(corpus, Key("n_raw"))]),
        (words.sentence("kept"), [link(corpus, Key("n_kept"))]),
        (words.sentence("dropped"), [link(corpus, Key("n_dropped")), *_groups(corpus, "n_dropped")]),
        (words.sentence("on_topic"), [link(corpus, Key("n_on_topic"))]),
        (words.sentence("off_topic"), [link(corpus, Key("n_off_topic")), *_groups(corpus, "n_off_topic")]),
        (words.sentence("texts"), [link(corpus, Key("n_texts"))]),
        (words.sentence("sites"), [link(corpus, Key("n_sites"))]),
        (words.sentence("window"), [_months(corpus)]),
        (words.sentence("share_undated"), undated or [element("span", words.sentence("none_of_it"))]),
        (words.sentence("genres"), list(_groups(corpus, "n_posts_of_genre"))),
        (words.sentence("flags"), flags or [element("span", words.sentence("none_of_it"))]),
        (words.sentence("codebook"), [joined([element("code", corpus.version), words.sentence("coded_by")], " / ")]),
    ]
    entries = [joined([element("dt", name), element("dd", joined(values, " "))]) for name, values in rows]
    title = element("h2", words.sentence("card"))
    return element("section", title, element("dl", *entries), id="card", class_="card")


def _groups(corpus: Corpus, measure: str) -> Iterator[Html]:
    found = [n for key, n in corpus.numbers.items() if key.measure == measure and key.group != ALL]
    for number in sorted(found, key=lambda n: (-n.n, n.key)):
        yield element("span", f"{corpus.words.group(number.key.group)} ", link(corpus, number.key), class_="chip")


def _flag(name: str, anchor: str, n: int) -> Html:
    return element("span", f"{name} ", element("a", f"{n:,}", class_="n", href=f"#{anchor}"), class_="chip")


def contents(corpus: Corpus, entries: Iterable[tuple[str, Html, list[tuple[str, Html]]]]) -> Html:
    """The table of contents: each part with its anchor, title and the findings in it."""
    parts = []
    for anchor, title, inner in entries:
        below = (
            element("ol", *(element("li", element("a", text, href=f"#{name}")) for name, text in inner))
            if inner
            else None
        )
        parts.append(element("li", element("a", title, href=f"#{anchor}"), below))
    heading = element("p", corpus.words.sentence("contents"), class_="overline")
    return element(
        "nav", heading, element("ol", *parts), class_="contents", aria_label=corpus.words.sentence("contents")
    )
