"""The records behind the numbers on the corpus: what was dropped and why, what is off the topic, adverts, contacts, copies.

Each list is a sample by the rule of `quotes`: copies folded, sites in turn, hash order. Titles are those of `posts`, which
are redacted; of a dropped record only its address and what was seen is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from analysis.measure.corpus import UNKNOWN, months
from analysis.measure.units import ALL
from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key, Post, mark_of, rows_of
from analysis.report.evidence import Section
from analysis.report.markup import Html, element
from analysis.report.numbers import anchor_of, number_of
from analysis.report.quotes import dotted, fold, more_copies, passage, spread, trail

SHOWN, SITES = 8, 60


class Part(NamedTuple):
    """The records behind one number: its key, a heading's words, the ids."""

    key: Key
    heading: str
    ids: Sequence[str]


def record_sections(corpus: Corpus) -> Iterator[Section]:
    """All sections on the corpus, in the order in which the corpus is told of."""
    for part in _dropped(corpus):
        yield _section(corpus, part, _dropped_item)
    for part in _kept(corpus):
        yield _section(corpus, part, _post_item)
    yield _contacts(corpus)
    yield _sites(corpus)
    yield _copies(corpus)
    for part in flag_parts(corpus):
        yield _section(corpus, part, _post_item)


def _dropped(corpus: Corpus) -> Iterator[Part]:
    raw, dropped = corpus.tables["raw"], corpus.tables["dropped"]
    words = corpus.words
    yield Part(Key("n_raw"), words.sentence("read"), raw["raw_id"].tolist())
    yield Part(Key("n_dropped"), words.sentence("dropped"), dropped["raw_id"].tolist())
    for reason, ids in _by(dropped["reason"], dropped["raw_id"]):
        yield Part(Key("n_dropped", f"reason:{reason}"), words.label("reason", reason), ids)


def _kept(corpus: Corpus) -> Iterator[Part]:
    posts, on_topic = corpus.tables["posts"], corpus.sample.posts
    words = corpus.words
    yield Part(Key("n_kept"), words.sentence("kept"), posts["post_id"].tolist())
    yield Part(Key("n_on_topic"), words.sentence("on_topic"), on_topic["post_id"].tolist())
    off = posts.loc[~posts["on_topic"].to_numpy(dtype=bool)]
    yield Part(Key("n_off_topic"), words.sentence("off_topic"), off["post_id"].tolist())
    columns = (
        ("n_off_topic", "class", off["off_topic_class"].fillna(UNKNOWN), off["post_id"]),
        ("n_posts_of_genre", "genre", on_topic["genre"].fillna(UNKNOWN), on_topic["post_id"]),
        ("n_posts_of_month", "month", months(on_topic), on_topic["post_id"]),
        ("tone_share", "tone", on_topic["tone"].fillna("none"), on_topic["post_id"]),
    )
    for measure, kind, codes, ids in columns:
        for code, members in _by(codes, ids):
            yield Part(Key(measure, f"{kind}:{code}"), words.label(kind, code), members)
    here = {key.group for key in corpus.numbers if key.measure == "tone_share"}
    for group in sorted(here - {f"tone:{code}" for code, _ in _by(columns[3][2], columns[3][3])}):
        yield Part(Key("tone_share", group), words.group(group), [])
    adverts = on_topic.loc[on_topic["solicitation"].to_numpy(dtype=bool), "post_id"].tolist()
    yield Part(Key("share_solicitation"), words.sentence("solicitation"), adverts)


def flag_parts(corpus: Corpus) -> list[Part]:
    """The on-topic posts that carry each mark of the text, such as masked words; no measure counts them."""
    posts = corpus.sample.posts
    found: dict[str, list[str]] = {}
    for post_id, flags in zip(posts["post_id"], posts["flags"].fillna(""), strict=True):
        for flag in flags.split():
            found.setdefault(flag, []).append(post_id)
    return [
        Part(Key("flag", f"flag:{name}"), corpus.words.label("flag", name), ids) for name, ids in sorted(found.items())
    ]


def _by(codes: pd.Series, ids: pd.Series) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for code, name in zip(codes, ids, strict=True):
        groups.setdefault(str(code), []).append(name)
    return sorted(groups.items())


def _section(corpus: Corpus, part: Part, item: Callable[[Corpus, str, int], Html]) -> Section:
    counted = part.key.measure != "flag"
    if counted and number_of(corpus, part.key).n != len(part.ids):
        raise DataProblem(
            f"measures, {' '.join(part.key)}: {number_of(corpus, part.key).n}, but there are {len(part.ids)}. Run `measure` again."
        )
    shown = _sampled(corpus, part.ids)
    body = element("ol", *(item(corpus, name, copies) for name, copies in shown), class_="records")
    line = corpus.words.sentence("counted_records").format(n=f"{len(part.ids):,}", shown=f"{len(shown):,}")
    anchor = anchor_of(part.key) if counted else f"c-{part.key.group.replace(':', '-')}"
    return Section(anchor, part.heading, line, body)


def _sampled(corpus: Corpus, ids: Sequence[str]) -> list[tuple[str, int]]:
    known = [name for name in ids if name in corpus.posts]
    folded = fold(known, lambda name: corpus.posts[name], mark_of)
    folded += [(name, 0) for name in sorted(set(ids) - set(known), key=mark_of)]
    return spread(folded, lambda pair: corpus.posts[pair[0]].site if pair[0] in corpus.posts else "", SHOWN)


def _post_item(corpus: Corpus, post_id: str, copies: int) -> Html:
    post = corpus.posts[post_id]
    meta = dotted([*trail(corpus, post), more_copies(corpus, copies)])
    return element("li", element("bdi", post.title, class_="title"), meta)


def _dropped_item(corpus: Corpus, raw_id: str, copies: int) -> Html:
    if raw_id in corpus.posts:
        return _post_item(corpus, raw_id, copies)
    raw = _row(corpus.tables["raw"], raw_id)
    dropped = _row(corpus.tables["dropped"], raw_id)
    words = corpus.words
    address = words.sentence("no_address") if pd.isna(raw["url"]) else str(raw["url"])
    detail = None if pd.isna(dropped["detail"]) else element("span", dropped["detail"])
    record = element("code", f"{raw['source']} sha256:{str(raw['digest'])[:12]}")
    meta = dotted([element("span", words.label("reason", dropped["reason"])), detail, record])
    return element("li", element("bdi", address[:160], class_="title"), meta)


def _row(table: pd.DataFrame, raw_id: str) -> Any:
    found = table.loc[table["raw_id"] == raw_id]
    if found.empty:
        raise DataProblem(f"record {raw_id} is neither in posts nor in dropped. Run the stage `clean` again.")
    return found.iloc[0]


def _contacts(corpus: Corpus) -> Section:
    """Posts with a contact id: the words around its mark, never the id."""
    words, contacts = corpus.words, corpus.tables["contacts"]
    here = contacts.loc[contacts["post_id"].isin(corpus.sample.posts["post_id"])]
    places = [(row.post_id, row.start, row.end, row.kind) for row in rows_of(here)]
    folded = fold(places, lambda place: corpus.posts[place[0]], lambda place: mark_of(*place[:2]))
    shown = spread(folded, lambda pair: corpus.posts[pair[0][0]].site, SHOWN)
    items = []
    for (post_id, start, end, kind), copies in shown:
        post = corpus.posts[post_id]
        left = max(post.text.rfind("\n", 0, start) + 1, start - 40)
        stop = post.text.find("\n", end)
        right = min(end + 40, stop if stop >= 0 else len(post.text))
        quoted = passage(post.text[left:start], post.text[start:end], post.text[end:right])
        meta = [element("span", words.label("contact", kind)), *trail(corpus, post), more_copies(corpus, copies)]
        items.append(element("li", quoted, dotted(meta)))
    n = here["post_id"].nunique()
    line = words.sentence("counted_records").format(n=f"{n:,}", shown=f"{len(items):,}")
    return Section("c-contacts", words.sentence("contacts"), line, element("ol", *items, class_="quotes"))


def _sites(corpus: Corpus) -> Section:
    words = corpus.words
    counts = Counter(corpus.sample.posts["site"].dropna().tolist())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    items = [element("li", element("bdi", site), f" {n:,}") for site, n in ordered[:SITES]]
    line = words.sentence("counted_sites").format(n=f"{len(ordered):,}", shown=f"{len(items):,}")
    return Section("c-sites", words.sentence("sites"), line, element("ol", *items, class_="sites"))


def _copies(corpus: Corpus) -> Section:
    """The largest text families: the title that speaks for each, how many posts, on how many sites, when."""
    words, found = corpus.words, corpus.sample
    posts = found.posts.assign(family=found.family)
    sizes = Counter(found.family.tolist())
    largest = sorted((family for family, n in sizes.items() if n > 1), key=lambda family: (-sizes[family], family))[
        :SITES
    ]
    speaks = dict(zip(found.family[found.first].tolist(), posts["post_id"][found.first], strict=True))
    items = []
    for family in largest:
        part = posts.loc[posts["family"] == family]
        days = sorted(day for day in (corpus.posts[name].date for name in part["post_id"]) if day and day[0] != "~")
        post: Post = corpus.posts[speaks[family]]
        said = words.sentence("family_size").format(n=f"{len(part):,}", sites=f"{part['site'].nunique():,}")
        window = element("time", f"{days[0]} – {days[-1]}" if days else words.sentence("undated"))
        items.append(element("li", element("bdi", post.title, class_="title"), dotted([element("span", said), window])))
    line = words.sentence("counted_families").format(
        n=f"{number_of(corpus, Key('n_texts', ALL)).n:,}", posts=f"{len(posts):,}", shown=f"{len(items):,}"
    )
    return Section("c-copies", words.sentence("copies"), line, element("ol", *items, class_="records"))
