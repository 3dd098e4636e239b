"""The records behind the numbers on the corpus: what was dropped and why, what is off the topic, adverts, contacts, copies.

Each list is a sample by the rule of `quotes`: copies folded, sites in turn, hash order. Titles are those of `posts`, which
are redacted; of a dropped record only its address and what was seen is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.clean.addresses import hidden_address
from analysis.measure.corpus import UNKNOWN, months
from analysis.measure.units import ALL, places_of
from analysis.problems import DataProblem
from analysis.report.corpus import Corpus, Key
from analysis.report.evidence import Section
from analysis.report.markup import Html, element
from analysis.report.numbers import anchor_of, number_of
from analysis.report.posts import day_of
from analysis.report.quotes import dotted, more_copies, passage, trail
from analysis.report.ranks import Array, ranks
from analysis.report.standing import in_turn, standing

SHOWN, SITES = 8, 60


Shown = list[tuple[str, int]]  # ids with the number of copies


class Part(NamedTuple):
    """The records behind one number: its key, a heading's words, the kept posts by place in the table, the ids of the others."""

    key: Key
    heading: str
    kept: Array
    others: pd.Series

    def __len__(self) -> int:
        return len(self.kept) + len(self.others)


@dataclass(frozen=True, eq=False)
class Kept:
    """All kept posts: table, place of the on-topic ones in it, by place the text family, the site as a number, the hash."""

    posts: pd.DataFrame
    on_topic: Array
    family: Array
    site: Array
    rank: Array

    def part(self, key: Key, heading: str, kept: Array) -> Part:
        return Part(key, heading, kept, self.posts["post_id"].iloc[:0])


def kept_of(corpus: Corpus) -> Kept:
    """The kept posts of a corpus; one off the topic is a family of its own."""
    posts = corpus.tables["posts"]
    on_topic = places_of(corpus.sample.posts["post_id"], posts["post_id"])
    family = len(posts) + np.arange(len(posts))
    family[on_topic] = corpus.sample.family
    return Kept(posts, on_topic, family, pd.factorize(posts["site"].fillna(""))[0], ranks(posts["post_id"]))


def record_sections(corpus: Corpus) -> Iterator[Section]:
    """All sections on the corpus, in the order in which the corpus is told of: chosen at once, then read and written one by one."""
    kept = kept_of(corpus)
    writers: list[Callable[[], Section]] = [
        *(_chosen(corpus, kept, part, _dropped_item) for part in _dropped(corpus, kept)),
        *(_chosen(corpus, kept, part, _post_item) for part in _kept(corpus, kept)),
        _contacts(corpus),
        partial(_sites, corpus),
        _copies(corpus),
        *(_chosen(corpus, kept, part, _post_item) for part in flag_parts(corpus, kept)),
    ]
    return (write() for write in writers)


def _dropped(corpus: Corpus, kept: Kept) -> Iterator[Part]:
    dropped, words = corpus.tables["dropped"], corpus.words
    yield _mixed(kept, Key("n_raw"), words.sentence("read"), corpus.tables["raw"]["raw_id"])
    yield _mixed(kept, Key("n_dropped"), words.sentence("dropped"), dropped["raw_id"])
    for reason, rows in sorted(dropped.groupby("reason")["raw_id"], key=lambda entry: str(entry[0])):
        yield _mixed(kept, Key("n_dropped", f"reason:{reason}"), words.label("reason", reason), rows)


def _mixed(kept: Kept, key: Key, heading: str, ids: pd.Series) -> Part:
    places = places_of(ids, kept.posts["post_id"])
    return Part(key, heading, places[places >= 0], ids.loc[places < 0])


def _kept(corpus: Corpus, kept: Kept) -> Iterator[Part]:
    posts, words, on = kept.posts, corpus.words, kept.on_topic
    off = np.flatnonzero(~posts["on_topic"].to_numpy(dtype=bool))
    yield kept.part(Key("n_kept"), words.sentence("kept"), np.arange(len(posts)))
    yield kept.part(Key("n_on_topic"), words.sentence("on_topic"), on)
    yield kept.part(Key("n_off_topic"), words.sentence("off_topic"), off)
    here = posts.iloc[on]
    columns = (
        ("n_off_topic", "class", posts["off_topic_class"].iloc[off].fillna(UNKNOWN), off),
        ("n_posts_of_genre", "genre", here["genre"].fillna(UNKNOWN), on),
        ("n_posts_of_month", "month", months(here), on),
        ("tone_share", "tone", here["tone"].fillna("none"), on),
    )
    for measure, kind, codes, places in columns:
        for code, members in _by(codes, places):
            yield kept.part(Key(measure, f"{kind}:{code}"), words.label(kind, code), members)
    tones = {f"tone:{code}" for code in columns[3][2].unique()}
    for group in sorted({key.group for key in corpus.numbers if key.measure == "tone_share"} - tones):
        yield kept.part(Key("tone_share", group), words.group(group), on[:0])
    adverts = on[here["solicitation"].to_numpy(dtype=bool)]
    yield kept.part(Key("share_solicitation"), words.sentence("solicitation"), adverts)


def flag_parts(corpus: Corpus, kept: Kept) -> list[Part]:
    """The on-topic posts that carry each mark of the text, such as masked words; no measure counts them."""
    found: dict[str, list[Array]] = {}
    for flags, members in _by(kept.posts["flags"].iloc[kept.on_topic].fillna(""), kept.on_topic):
        for flag in flags.split():
            found.setdefault(flag, []).append(members)
    return [
        kept.part(Key("flag", f"flag:{name}"), corpus.words.label("flag", name), np.concatenate(parts))
        for name, parts in sorted(found.items())
    ]


def flag_counts(corpus: Corpus) -> list[tuple[str, str, int]]:
    """Each mark of the text: its name, the anchor of its posts, how many there are."""
    counts: Counter[str] = Counter()
    for flags, n in corpus.sample.posts["flags"].fillna("").value_counts().items():
        counts.update(dict.fromkeys(str(flags).split(), int(n)))
    return [(corpus.words.label("flag", name), _flag_anchor(f"flag:{name}"), n) for name, n in sorted(counts.items())]


def _flag_anchor(group: str) -> str:
    return f"c-{group.replace(':', '-')}"


def _by(codes: pd.Series, places: Array) -> list[tuple[str, Array]]:
    at, names = pd.factorize(codes.astype("str"))
    return sorted(((str(name), places[at == place]) for place, name in enumerate(names)), key=lambda entry: entry[0])


def _chosen(corpus: Corpus, kept: Kept, part: Part, item: Callable[[Corpus, str, int], Html]) -> Callable[[], Section]:
    counted = part.key.measure != "flag"
    if counted and number_of(corpus, part.key).n != len(part):
        raise DataProblem(
            f"measures, {' '.join(part.key)}: {number_of(corpus, part.key).n}, but there are {len(part)}. Run `measure` again."
        )
    shown = _sampled(kept, part)
    ids = [name for name, _ in shown]
    corpus.posts.want(ids)
    anchor = anchor_of(part.key) if counted else _flag_anchor(part.key.group)

    def write() -> Section:
        body = element("ol", *(item(corpus, name, copies) for name, copies in shown), class_="records")
        line = corpus.words.sentence("counted_records").format(n=f"{len(part):,}", shown=f"{len(shown):,}")
        return Section(anchor, part.heading, line, body)

    return write


def _sampled(kept: Kept, part: Part) -> Shown:
    places = part.kept[np.argsort(kept.rank[part.kept], kind="stable")]
    firsts = np.flatnonzero(~pd.Series(kept.family[places]).duplicated().to_numpy())
    others = part.others.iloc[np.argsort(ranks(part.others), kind="stable")]
    nowhere = kept.posts["site"].fillna("").eq("").to_numpy() if len(others) else np.zeros(0, dtype=bool)
    without = kept.site[np.argmax(nowhere)] if nowhere.any() else -1  # they have no site
    sites = np.concatenate([kept.site[places[firsts]], np.full(len(others), without)])
    shown: Shown = []
    for at in in_turn(pd.Series(sites))[:SHOWN]:
        if at < len(firsts):
            place = places[firsts[at]]
            copies = np.count_nonzero(kept.family[places] == kept.family[place]) - 1
            shown.append((str(kept.posts["post_id"].iloc[place]), int(copies)))
        else:
            shown.append((str(others.iloc[at - len(firsts)]), 0))
    return shown


def _post_item(corpus: Corpus, post_id: str, copies: int) -> Html:
    post = corpus.posts[post_id]
    meta = dotted([*trail(corpus, post), more_copies(corpus, copies)])
    return element("li", element("bdi", post.title, class_="title"), meta)


def _dropped_item(corpus: Corpus, raw_id: str, copies: int) -> Html:
    if corpus.tables.row("posts", raw_id) is not None:
        return _post_item(corpus, raw_id, copies)
    raw, table = corpus.tables.row("raw", raw_id), corpus.tables["dropped"]
    dropped = table.loc[table["raw_id"] == raw_id]
    if raw is None or dropped.empty:
        raise DataProblem(f"record {raw_id} is neither in posts nor in dropped. Run the stage `clean` again.")
    words, why = corpus.words, dropped.iloc[0]
    address = words.sentence("no_address") if raw.url is None else hidden_address(raw.url)
    detail = None if pd.isna(why["detail"]) else element("span", why["detail"])
    record = element("code", f"{hidden_address(raw.source)} sha256:{raw.digest[:12]}")
    meta = dotted([element("span", words.label("reason", why["reason"])), detail, record])
    return element("li", element("bdi", address[:160], class_="title"), meta)


def _contacts(corpus: Corpus) -> Callable[[], Section]:
    """Posts with a contact id: the words around its mark, never the id."""
    contacts = corpus.tables["contacts"]
    here = contacts.assign(at=places_of(contacts["post_id"], corpus.sample.posts["post_id"]))
    here = here.loc[here["at"] >= 0]
    here = here.iloc[np.argsort(ranks(here["post_id"], here["start"]), kind="stable")]
    at = here["at"].to_numpy()
    shown = [(next(here.iloc[[i]].itertuples(index=False)), copies) for i, copies in
             standing(corpus.sample.family[at], corpus.said.sites[at], at, SHOWN)]  # fmt: skip
    corpus.posts.want(str(row.post_id) for row, _ in shown)
    return partial(_contact_section, corpus, len(np.unique(at)), shown)


def _contact_section(corpus: Corpus, n: int, shown: list[tuple[Any, int]]) -> Section:
    words, items = corpus.words, []
    for row, copies in shown:
        post, start, end = corpus.posts[row.post_id], row.start, row.end
        left = max(post.text.rfind("\n", 0, start) + 1, start - 40)
        stop = post.text.find("\n", end)
        right = min(end + 40, stop if stop >= 0 else len(post.text))
        quoted = passage(post.text[left:start], post.text[start:end], post.text[end:right])
        meta = [element("span", words.label("contact", row.kind)), *trail(corpus, post), more_copies(corpus, copies)]
        items.append(element("li", quoted, dotted(meta)))
    line = words.sentence("counted_records").format(n=f"{n:,}", shown=f"{len(items):,}")
    return Section("c-contacts", words.sentence("contacts"), line, element("ol", *items, class_="quotes"))


def _sites(corpus: Corpus) -> Section:
    words = corpus.words
    counts = Counter(corpus.sample.posts["site"].dropna().tolist())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    items = [element("li", element("bdi", site), f" {n:,}") for site, n in ordered[:SITES]]
    line = words.sentence("counted_sites").format(n=f"{len(ordered):,}", shown=f"{len(items):,}")
    return Section("c-sites", words.sentence("sites"), line, element("ol", *items, class_="sites"))


def _copies(corpus: Corpus) -> Callable[[], Section]:
    """The largest text families: the title that speaks for each, how many posts, on how many sites, when."""
    found = corpus.sample
    sizes = np.bincount(found.family, minlength=1)
    order = np.lexsort((np.arange(len(sizes)), -sizes))[:SITES]
    largest = order[sizes[order] > 1]
    speaks = np.flatnonzero(found.first)
    speaker = dict(zip(found.family[speaks].tolist(), found.posts["post_id"].iloc[speaks].tolist(), strict=True)) if len(largest) else {}
    rows = [(speaker[family], found.posts.loc[found.family == family]) for family in largest.tolist()]
    corpus.posts.want([name for name, _ in rows])
    return partial(_copy_section, corpus, rows)


def _copy_section(corpus: Corpus, rows: list[tuple[str, pd.DataFrame]]) -> Section:
    words, items = corpus.words, []
    for name, part in rows:
        dates = part[["published_at", "date_precision"]].drop_duplicates()
        days = sorted(day for day in map(day_of, dates["published_at"], dates["date_precision"]) if day and day[0] != "~")
        said = words.sentence("family_size").format(n=f"{len(part):,}", sites=f"{part['site'].nunique():,}")
        window = element("time", f"{days[0]} – {days[-1]}" if days else words.sentence("undated"))
        items.append(element("li", element("bdi", corpus.posts[name].title, class_="title"), dotted([element("span", said), window])))
    n = number_of(corpus, Key("n_texts", ALL)).n
    line = words.sentence("counted_families").format(n=f"{n:,}", posts=f"{len(corpus.sample):,}", shown=f"{len(items):,}")
    return Section("c-copies", words.sentence("copies"), line, element("ol", *items, class_="records"))
