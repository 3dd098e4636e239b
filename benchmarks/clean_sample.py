"""The clean room on the sample corpus against its planted truth: one figure a line, with its count, and the misses."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

import pandas as pd
from planted import Figure, Pages

from analysis.clean.text import matching

CONTENT = {"summary", "heading", "body", "statute"}
REASONS = {"list": "list_page", "doorway": "doorway_page", "empty": "no_text"}
NEAR = 0.8  # codebook 5.2: Jaccard index of runs of five characters from which a text is a near-copy
_MARK = re.compile(r"〔[^〔〕\n]{1,20}〕")
_COVERED = 0.7  # share of a planted line's pairs of characters by which a block is taken to hold it
_STRAY = 0.4  # share of a block's pairs below which nothing planted stands in it


Misses = dict[str, list[str]]


def figures(pages: Pages) -> tuple[list[Figure], Misses]:
    """All figures of the sample, and for each the pages that count against it."""
    misses: Misses = defaultdict(list)
    found: list[Figure] = []
    for measure in (_kinds, _texts, _stated, _labels, _contacts, _people, _copies):
        found += measure(pages, misses)
    return found, misses


def _share(name: str, hits: Iterable[bool]) -> Figure:
    seen = list(hits)
    return Figure(name, sum(seen) / len(seen) if seen else float("nan"), len(seen))


def _f1(name: str, tp: int, n_found: int, n_true: int) -> Figure:
    return Figure(name, 2 * tp / (n_found + n_true) if n_found + n_true else float("nan"), n_true)


def _kept(pages: Pages) -> Iterator[tuple[dict[str, Any], Any]]:
    for page in pages.truth:
        if page["post"] and page["url"] in pages.posts:
            yield page, pages.posts[page["url"]]


def _kinds(pages: Pages, misses: Misses) -> list[Figure]:
    hits: dict[str, list[bool]] = defaultdict(list)
    for page in pages.truth:
        want = None if page["post"] else REASONS[page["kind"]]
        got = pages.dropped.get(page["url"])
        hits[page["kind"]].append(want == got)
        if want != got:
            misses["kept or dropped"].append(f"{page['url']} {page['kind']}: {got or 'kept'}")
    without = [hit for kind in REASONS for hit in hits[kind]]
    everything = [hit for kind in hits for hit in hits[kind]]
    return [
        _share("pages kept or dropped for the right reason", everything),
        _share("pages without a post, dropped for the right reason", without),
        *(_share(f"… {kind}", hits[kind]) for kind in sorted(hits)),
    ]


def norm(text: str) -> str:
    """The word characters alone, in one width and case, without redaction marks and pinyin glosses, which stay as written."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", matching(_MARK.sub("", text or "")).text)).lower()


def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(max(1, len(text) - 1)))


def _lines(page: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The planted lines and their layers, without the ids and numbers that the run replaces by marks."""
    hidden = [c["written"] for c in page["contacts"]] + [p["written"] for p in page["people"]]
    for block in page["blocks"]:
        for line in block["text"].split("\n"):
            shown = line
            for written in sorted(hidden, key=len, reverse=True):
                shown = shown.replace(written, "")
            if len(norm(shown)) >= 4:
                yield block["layer"], norm(shown)


def _texts(pages: Pages, misses: Misses) -> list[Figure]:
    """Titles, the layer of each planted line, and the characters of the content."""
    titles, layers, scores = [], [], []
    for page, post in _kept(pages):
        want = page["blocks"][0]["text"]
        titles.append(norm(str(post.title or "")) == norm(want))
        if not titles[-1]:
            misses["title"].append(f"{page['url']} {post.title} | {want}")
        got = [(layer, norm(text)) for layer, text in pages.blocks[page["url"]]]
        lines = list(_lines(page))
        found = list(_layers_of(lines, got))
        layers += found
        misses["layer"] += [f"{page['url']} {a} -> {b}: {text[:60]}" for a, b, text in found if a != b]
        written = Counter("".join(text for layer, text in lines if layer in CONTENT))
        kept = Counter("".join(text for layer, text in got if layer in CONTENT))
        scores.append(2 * sum((written & kept).values()) / (sum(written.values()) + sum(kept.values())))
        if scores[-1] < 0.97:
            misses["content"].append(f"{scores[-1]:.3f} {page['url']} {','.join(page['changes'])}")
    coarse = [(_coarse(a), _coarse(b)) for a, b, _ in layers]
    return [
        _share("title exact", titles),
        Figure("layer of planted lines: content, toc, ad, comment (macro-F1)", _macro(coarse), len(coarse)),
        Figure("the same by all eight layers (macro-F1)", _macro([(a, b) for a, b, _ in layers]), len(layers)),
        Figure("content characters (F1)", sum(scores) / len(scores), len(scores)),
    ]


def _layers_of(
    lines: Sequence[tuple[str, str]], got: Sequence[tuple[str, str]]
) -> Iterator[tuple[str | None, str | None, str]]:
    """Each planted line with its layer and the layer it was found in (None: lost); then blocks that nobody planted."""
    bags = [(layer, text, _pairs(text)) for layer, text in got if text]
    everything = Counter[str]()
    for layer, text in lines:
        pairs = _pairs(text)
        everything |= pairs
        held = [(sum((pairs & bag).values()) / sum(pairs.values()), -len(words), other) for other, words, bag in bags]
        best = [h for h in held if h[0] >= _COVERED]
        # Said twice (a heading that stands in the contents list too): the writing in its own layer is meant.
        same = [h for h in best if h[2] == layer and h[0] >= max(best)[0] - 0.05]
        yield layer, (layer if same else max(best)[2] if best else None), text
    for layer, text, bag in bags:
        if len(text) >= 4 and sum((bag & everything).values()) < _STRAY * sum(bag.values()):
            yield None, layer, text


def _coarse(layer: str | None) -> str | None:
    return "content" if layer in CONTENT | {"title"} else layer


def _macro(pairs: Sequence[tuple[str | None, str | None]]) -> float:
    scores = []
    for label in sorted({a for a, _ in pairs if a}):
        tp = sum(a == b == label for a, b in pairs)
        scores.append(2 * tp / (sum(a == label for a, _ in pairs) + sum(b == label for _, b in pairs)))
    return sum(scores) / len(scores)


def _stated(pages: Pages, misses: Misses) -> list[Figure]:
    """Dates and counts: right where the page prints them, missing where it does not."""
    right: dict[str, list[bool]] = defaultdict(list)
    unstated: dict[str, list[bool]] = defaultdict(list)
    for page, post in _kept(pages):
        at = None if pd.isna(post.published_at) else f"{post.published_at:%Y-%m-%d %H:%M}"
        want: dict[str, Any] = {"views": page["views"], "comments": page["comments"], "date": page["published"]}
        got: dict[str, Any] = {"views": _count(post.n_views, page["views"]), "comments": _count(post.n_comments, None)}
        # Where the page prints a day, the day; where it prints a clock too, the minute.
        size = 16 if ":" in (page["shown"] or "") else 10
        got["date"], want["date"] = at and at[:size], want["date"] and want["date"][:size]
        for name, value in want.items():
            if "truncated" in page["changes"] and name != "date":
                continue  # the part that prints the counts may not stand on the page
            (right if value is not None else unstated)[name].append(got[name] == value)
            if got[name] != value:
                misses[name].append(f"{page['url']} {got[name]} | {value} ({page['shown']})")
    names = ("date", "views", "comments")
    stated = [_share(f"{name} right, of pages that print one", right[name]) for name in names]
    return stated + [_share(f"{name} left missing, of pages that print none", unstated[name]) for name in names]


def _count(value: Any, meant: int | None) -> int | None:
    """A count of the table; one printed as 1.5万 is right if it is what was meant to the digits printed."""
    if pd.isna(value):
        return None
    return meant if meant and abs(value - meant) <= 0.035 * meant and value % 1000 == 0 else int(value)


def _labels(pages: Pages, misses: Misses) -> list[Figure]:
    topic, classes, genres, sold = [], [], [], Counter[str]()
    for page, post in _kept(pages):
        url = page["url"]
        topic.append(bool(post.on_topic) == page["on_topic"])
        if not topic[-1]:
            misses["on topic"].append(f"{url} {page['post']} {post.off_topic_class} | {page['off_topic_class']}")
        if not page["on_topic"]:
            classes.append(not post.on_topic and post.off_topic_class == page["off_topic_class"])
            if not classes[-1]:
                misses["class"].append(f"{url} {post.off_topic_class} | {page['off_topic_class']} {post.title}")
        genres.append(post.genre == page["genre"])
        if not genres[-1]:
            misses["genre"].append(f"{url} {page['post']} {post.genre} | {page['genre']} {post.title}")
        sold["both"] += bool(post.solicitation) and page["solicitation"]
        sold["found"] += bool(post.solicitation)
        sold["true"] += page["solicitation"]
        if bool(post.solicitation) != page["solicitation"]:
            misses["solicitation"].append(f"{url} {post.solicitation} score {post.solicitation_score} {post.title}")
    return [
        _share("on topic", topic),
        _share("off-topic class", classes),
        _share("genre", genres),
        _f1("solicitation (F1)", sold["both"], sold["found"], sold["true"]),
    ]


def _contacts(pages: Pages, misses: Misses) -> list[Figure]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for page, _ in _kept(pages):
        want = {(c["kind"], c["value"].lower()) for c in page["contacts"]}
        # A telephone number offered as a WeChat id too (微信同号) is right under either kind.
        both = {value for kind, value in want if kind == "mobile"}
        got = {("mobile" if value in both else kind, value) for kind, value in pages.contacts[page["url"]]}
        for kind in ("all", *{kind for kind, _ in want | got}):
            some = [{c for c in part if kind in ("all", c[0])} for part in (want, got)]
            counts[kind].update(true=len(some[0]), found=len(some[1]), both=len(some[0] & some[1]))
        misses["contact"] += [f"{page['url']} missed {c}" for c in want - got]
        misses["contact"] += [f"{page['url']} extra {c}" for c in got - want]
    return [
        _f1(f"contacts{'' if kind == 'all' else ': ' + kind} (F1)", n["both"], n["found"], n["true"])
        for kind, n in sorted(counts.items())
        if n["true"]
    ]


def _people(pages: Pages, misses: Misses) -> list[Figure]:
    gone, stays = [], []
    for page, post in _kept(pages):
        for person in page["people"]:
            gone.append(person["written"] not in post.text)
            if not gone[-1]:
                misses["people"].append(f"{page['url']} {person['kind']} {person['written']}")
        for number in page["keep"]:
            if any(number in block["text"] for block in page["blocks"]):
                stays.append(number in post.text)
                if not stays[-1]:
                    misses["hotlines"].append(f"{page['url']} {number}")
    return [_share("people removed", gone), _share("hotlines kept", stays)]


def _copies(pages: Pages, misses: Misses) -> list[Figure]:
    """Pairs of pages: near-copies by the planted texts, families as planted; both closed under 'copy of a copy'."""
    kept = list(_kept(pages))
    planted = ["".join(t for layer, t in _lines(page) if layer in CONTENT | {"title"}) for page, _ in kept]
    runs = [{text[i : i + 5] for i in range(len(text) - 4)} for text in planted]
    group = list(range(len(kept)))
    for a, b in combinations(range(len(kept)), 2):
        if group[a] != group[b] and len(runs[a] & runs[b]) >= NEAR * len(runs[a] | runs[b]):
            group = [group[a] if g == group[b] else g for g in group]
    near = [post.duplicate_of if not pd.isna(post.duplicate_of) else post.post_id for _, post in kept]
    family = [post.template_id if not pd.isna(post.template_id) else post.post_id for _, post in kept]
    sown = [page["family"] or page["url"] for page, _ in kept]
    urls = [page["url"] for page, _ in kept]
    out = []
    # The truth of a truncated page is without the block in which it breaks off: too little to say what it copies.
    whole = ["truncated" not in page["changes"] for page, _ in kept]
    for name, want, got in (("near-copy", group, near), ("family", sown, family)):
        true, found = (
            {(a, b) for a, b in _joined(keys) if name == "family" or (whole[a] and whole[b])} for keys in (want, got)
        )
        misses[name] += [f"missed {urls[a]} {urls[b]}" for a, b in sorted(true - found)]
        misses[name] += [f"extra {urls[a]} {urls[b]}" for a, b in sorted(found - true)]
        out.append(Figure(f"{name} pairs, recall", len(true & found) / len(true), len(true)))
        out.append(Figure(f"{name} pairs, precision", len(true & found) / max(1, len(found)), len(found)))
    return out


def _joined(keys: Sequence[Any]) -> set[tuple[int, int]]:
    places: dict[Any, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return {pair for group in places.values() for pair in combinations(group, 2)}
