"""The page docs/law.md, rendered from `data/law/`."""

from __future__ import annotations

from analysis.measure.law import Fact, Instrument, Law, law, span

_HEAD = """# Law and rules that posts speak of

Made from `data/law/` by `analysis.measure.lawpage.law_page()`; a test holds it current. As of the pages read by {read_on}.
No legal advice: this is what `claims` compares the numbers in posts with, and how far each entry was confirmed.
Marks: {marks}.
"""
_SIGN = {"at_most": "≤", "at_least": "≥", "more_than": ">", "equal": "=", "between": "", "never": "never"}


def law_page(found: Law | None = None) -> str:
    """The whole page.

    >>> law_page().splitlines()[0]
    '# Law and rules that posts speak of'
    """
    found = found or law()
    marks = "; ".join(f"**{mark}** {words}" for mark, words in found.rules.marks.items())
    parts = [_HEAD.format(read_on=found.rules.read_on, marks=marks), *_rules(found), *_rest(found)]
    return "\n".join(parts) + "\n"


def _rules(found: Law) -> list[str]:
    lines = ["## Rules", "", *_table("fact", "instrument", "article", "in force", "says", "number", "mark")]
    for instrument in found.instruments:
        for fact in instrument.facts:
            lines.append(_line(instrument, fact))
    return lines


def _table(*columns: str) -> list[str]:
    return [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]


def _line(instrument: Instrument, fact: Fact) -> str:
    name = f"{instrument.zh} / {instrument.en}"
    dates = _dates(instrument, fact)
    return f"| {fact.id} | {name} | {fact.article or ''} | {dates} | {fact.says} | {_number(fact)} | {fact.mark or instrument.mark} |"


def _dates(instrument: Instrument, fact: Fact) -> str:
    since, until = span(instrument, fact)
    if since is None and until is None:
        return "not dated"
    mark = f" ({instrument.from_mark})" if since and instrument.from_mark else ""
    words = [f"from {since}{mark}" if since else "", f"until {until}" if until else ""]
    return " ".join(word for word in words if word)


def _number(fact: Fact) -> str:
    if fact.quantity is None or fact.comparator is None:
        return ""
    ends = fact.ends
    if ends is None:
        return f"{fact.quantity}: never"
    value = f"{ends[0]:g}" if ends[0] == ends[1] else f"{ends[0]:g} to {ends[1]:g}"
    return f"{fact.quantity} {_SIGN[fact.comparator]} {value} {fact.unit}".replace("  ", " ")


def _rest(found: Law) -> list[str]:
    lines = ["", "## Disputed citations", "", *_table("id", "what", "words, or numbers that go with them")]
    for entry in found.rules.disputed:
        rows = "; ".join(" + ".join(row) for row in entry.all)
        numbers = f" with {', '.join(entry.quantities)}" if entry.quantities else ""
        lines.append(f"| {entry.id} | {entry.en} | {rows}{numbers} |")
    lines += ["", "## Names that are stale", "", *_table("name", "what it was", "last day", "after it", "mark", "source")]
    for name in found.stale.names:
        lines.append(f"| {name.name} | {name.en} | {name.until} | {name.successor} | {name.mark} | {name.source} |")
    lines += ["", "## Events", "", *_table("event", "day", "what", "instrument", "confirmed")]
    for event in sorted(found.dated.events, key=lambda e: (e.on, e.event_id)):
        sure = "yes" if event.confirmed else "no"
        lines.append(f"| {event.event_id} | {event.on} | {event.name_zh} / {event.name_en} | {event.instrument} | {sure} |")
    return lines
