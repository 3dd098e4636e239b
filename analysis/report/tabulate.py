"""Tables of numbers: each cell a link to its quotes, each column one that can be sorted, readable without a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analysis.measure.intervals import LEVEL
from analysis.measure.units import ALL
from analysis.report.corpus import Corpus, Key, Number
from analysis.report.evidence import theme_name
from analysis.report.markup import Html, element, joined
from analysis.report.numbers import THEME_MEASURES, has_quotes, link, plain

ACROSS = ("group", "measure")
SEARCHED = 12  # a table of more rows gets a search box, and the script folds what is below


def wide_table(corpus: Corpus, numbers: Sequence[Number], across: str | None) -> Html:
    """One row a theme, group or measure, one column for each value of `across`; the counts of the first column at the end."""
    heads = list(dict.fromkeys(getattr(number.key, across) for number in numbers)) if across else [""]
    rows: dict[tuple[str, ...], dict[str, Number]] = {}
    for number in numbers:
        key = tuple(getattr(number.key, name) for name in Key._fields if name != across)
        rows.setdefault(key, {})[getattr(number.key, across) if across else ""] = number
    varied = [i for i in range(len(next(iter(rows)))) if len({key[i] for key in rows}) > 1] or [0]
    fields = [name for name in Key._fields if name != across]
    words = corpus.words
    head = [_head(words.sentence(f"column_{fields[i]}"), "text") for i in varied]
    for name in heads:
        some = next(number.key for number in numbers if across is None or getattr(number.key, across) == name)
        label = words.sentence("column_value") if across is None else _label(corpus, across, some)
        head.append(_head(label, "number"))
    firsts = [next(iter(cells.values())) for cells in rows.values()]
    counted = any(number.unit != "count" or number.n != number.denominator for number in firsts)
    if counted:
        head.append(_head(words.sentence("column_n"), "number"))
    body = []
    for cells in _ordered(corpus, list(rows.values()), fields[varied[0]]):
        first = next(iter(cells.values()))
        names = [_name(corpus, fields[i], first.key, first=place == 0) for place, i in enumerate(varied)]
        body.append(
            element(
                "tr",
                *names,
                *(_cell(corpus, cells.get(name)) for name in heads),
                _counts(corpus, first) if counted else None,
            )
        )
    return _table(corpus, head, body)


def _ordered(corpus: Corpus, rows: list[dict[str, Number]], field: str) -> list[dict[str, Number]]:
    """Rows from the largest first value down, what holds for all before them, each sub-theme below its theme."""
    if field == "measure":
        return rows
    size = {getattr(first.key, field): first.value or 0.0 for first in (next(iter(cells.values())) for cells in rows)}

    def place(cells: dict[str, Number]) -> tuple[object, ...]:
        code = getattr(next(iter(cells.values())).key, field)
        above = corpus.parents.get(code, code) if field == "theme" else code
        return above != ALL, -size.get(above, 0.0), above, above != code, -size[code], code

    return sorted(rows, key=place)


def figure_table(corpus: Corpus, numbers: Iterable[Number], stem: str) -> Html:
    """The rows behind a figure, one number a row, in the figure's order.

    A number without quotes is plain, and its row has an anchor, where the figure's mark leads.
    """
    words = corpus.words
    found = list(numbers)
    fields = [name for name in ("theme", "group", "measure") if len({getattr(n.key, name) for n in found}) > 1] or [
        "theme"
    ]
    head = [_head(words.sentence(f"column_{name}"), "text") for name in fields]
    head += [
        _head(words.sentence(f"column_{name}").format(level=words.percent(LEVEL)), "number")
        for name in ("value", "range", "n")
    ]
    body = []
    for number in found:
        names = [_name(corpus, name, number.key, first=i == 0) for i, name in enumerate(fields)]
        linked = has_quotes(number.key)
        value, between, n, of = (
            link(corpus, number.key, part, tip=False) if linked else plain(corpus, number.key, part)
            for part in ("value", "range", "n", "of")
        )
        body.append(
            element(
                "tr",
                *names,
                element("td", value, data_v=_sort(number.value)),
                element("td", between if number.low is not None else "", data_v=_sort(number.low)),
                element("td", joined([n, "/", of]), data_v=number.n, class_="counts"),
                id=None if linked else row_anchor(stem, number.key),
                tabindex=None if linked else "-1",
            )
        )
    return _table(corpus, head, body)


def row_anchor(stem: str, key: Key) -> str:
    """The anchor of a number's row in the table below a figure.

    >>> row_anchor("9-validation", Key("alpha", "claimed", "threats"))
    'r-9-validation-alpha-claimed-threats'
    """
    return "-".join(("r", stem, *key)).replace(":", "-")


def _table(corpus: Corpus, head: list[Html], body: list[Html]) -> Html:
    words, long = corpus.words, len(body) > SEARCHED
    table = element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *body),
        class_="data",
        data_search=words.sentence("search") if long else None,
        data_all=words.sentence("all_rows").format(n=len(body)) if long else None,
    )
    return element("div", table, class_="scroll mathjax_ignore tex2jax_ignore", tabindex="0")


def _head(label: str, kind: str) -> Html:
    return element("th", element("span", label, class_="name"), scope="col", class_=kind)


def _label(corpus: Corpus, field: str, key: Key) -> str:
    words = corpus.words
    if field == "theme":
        return theme_name(corpus, key.theme)
    if field == "measure":
        return words.measure(key.measure)
    whole = key.group == ALL and key.measure not in THEME_MEASURES
    return words.label("group", ALL) if whole else words.group(key.group)


def _name(corpus: Corpus, field: str, key: Key, *, first: bool) -> Html:
    code = getattr(key, field)
    below = field == "theme" and code in corpus.parents
    name = element("span", _label(corpus, field, key), class_="name")
    if first:
        return element("th", name, scope="row", class_="sub" if below else ("total" if code == ALL else None))
    return element("td", name, class_="text")


def _cell(corpus: Corpus, number: Number | None) -> Html:
    if number is None:
        return element("td", "")
    small = joined([" ", link(corpus, number.key, "range")]) if number.low is not None else None
    return element(
        "td", link(corpus, number.key), small, class_="ranged" if small else None, data_v=_sort(number.value)
    )


def _counts(corpus: Corpus, number: Number) -> Html:
    of = joined([link(corpus, number.key, "n"), "/", link(corpus, number.key, "of")])
    return element("td", of, data_v=number.n, class_="counts")


def _sort(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
