"""How fast the clean room is: by stage, and beside trafilatura on the same pages."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pandas as pd
from clean_outside import SHARED
from planted import Figure

from analysis.clean import Settings, clean_pages, furniture, labels, post, text, titles, verdicts, with_copies
from analysis.clean.adverts import mark_adverts
from analysis.clean.contacts import find_contacts
from analysis.clean.decode import decode
from analysis.clean.digits import windows
from analysis.clean.genres import Shape, genre
from analysis.clean.layers import read_page
from analysis.clean.redact import find_people, redact
from analysis.clean.relevance import relevance
from analysis.clean.solicitation import solicitation
from analysis.scrape import read
from analysis.tables import TABLES

SETTINGS = Settings(b"benchmark" * 4)
PASSES = 5


def forget() -> None:
    """Forget the lines met so far, so that a second pass over the same pages has no more help than a first one."""
    text.forget_lines()
    remembered = (
        windows, furniture.squeeze, furniture.start, verdicts._remembered, titles.bare, labels.core,
    )  # fmt: skip
    for function in remembered:
        function.cache_clear()


def stages(raw: pd.DataFrame) -> list[Figure]:
    """Records a second of each stage by itself, and of the room as a whole."""
    spent: dict[str, float] = defaultdict(float)
    clean_pages(raw.head(20), SETTINGS)  # lists and patterns are read once, outside the clock

    def timed(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        start = time.process_time()
        result = function(*arguments)
        spent[name] += time.process_time() - start
        return result

    forget()
    for record in raw.to_dict("records"):
        charset = record["charset"] if isinstance(record["charset"], str) else None
        page = timed("layers", read_page, timed("decode", decode, record["content"], charset).text)
        blocks = timed("adverts", mark_adverts, page.blocks)
        words, _ = post.joined(page.title, blocks)
        found = timed("contacts", find_contacts, words)
        hidden = timed("redaction", lambda words=words: redact(words, find_people(words))).text
        about = timed("relevance", relevance, page.title, hidden, record["url"])
        timed("genre", genre, page.title, hidden, Shape(page.kind, about))
        timed("solicitation", solicitation, blocks, found, None)
    forget()
    made = timed("all of these, with dates and tables", clean_pages, raw, SETTINGS)
    timed("near-copies and families", with_copies, made.posts, made.blocks)
    n = len(raw)
    return [Figure(name, n / seconds, n) for name, seconds in spent.items()]


def beside_trafilatura() -> list[Figure]:
    """Pages a second on the real pages, this room and trafilatura in turns; empty where either is absent."""
    try:
        from trafilatura import extract
    except ImportError:
        return []
    if not SHARED.exists():
        return []
    raw = read(str(SHARED / "real" / "pages"))
    records, pages = raw.to_dict("records"), list(raw["content"])
    clean_pages(raw, SETTINGS)
    extract(pages[0])
    ours = layers = theirs = 0.0
    rows: dict[str, list[Any]] = defaultdict(list)
    for _ in range(PASSES):
        forget()
        start = time.process_time()
        for record in records:
            for name, found in post.clean_record(record, SETTINGS).items():
                rows[name] += found
        ours += time.process_time() - start
        forget()
        start = time.process_time()
        for page in pages:
            read_page(decode(page).text)
        layers += time.process_time() - start
        start = time.process_time()
        for page in pages:
            extract(page)
        theirs += time.process_time() - start
    start = time.process_time()
    for name, found in rows.items():  # once for all passes, as a batch of some hundred pages has them
        TABLES[name].frame(found)
    ours += time.process_time() - start
    n = PASSES * len(pages)
    rates = [("the whole room", n / ours), ("text and layers alone", n / layers), ("trafilatura, default", n / theirs)]
    ratios = [("the whole room, times trafilatura", theirs / ours), ("text and layers, times trafilatura", theirs / layers)]
    return [Figure(name, value, n) for name, value in [*rates, *ratios]]
