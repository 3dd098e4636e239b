"""The words that most texts use, for a ranked chart and the word cloud beside it.

Counted by distinct text, so that neither a long post nor a hundred copies of one lift a word. jieba cuts the words and
nothing else in the project rests on its cuts: themes are matched on characters. The tokenizer is an instance of its own
with its own words, so that what other code adds to jieba changes no number here, nor the other way round. Words that
jieba only guesses (its HMM) are not taken: many are names.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.lexicon import data_path
from analysis.measure.intervals import Array, wilson
from analysis.measure.units import ALL, Codes, Row, measures_frame, sample
from analysis.tables import CONTENT_LAYERS

with warnings.catch_warnings():  # jieba 0.42 imports pkg_resources and has escapes that newer Pythons warn of
    warnings.simplefilter("ignore")
    import jieba

MOST_TERMS = 100
MOST_TEXTS = 5_000  # about half a minute of cutting; a share of 5,000 texts is known to 1.4 points
FEWEST_TEXTS = 2  # a word of one text alone is no term of the corpus, and may be a name
_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_MARK = re.compile(r"〔[^〔〕\n]{0,20}〕")  # what redaction left: 〔电话〕 (phone)


class Cut(NamedTuple):
    """Distinct texts cut into words: place of each post in the sample, and how often each word stands in its content."""

    at: Array
    counts: list[Counter[str]]


def term_posts(posts: pd.DataFrame) -> pd.Series:
    """The ids of the posts whose texts are cut: of distinct on-topic texts the first 5,000 by post_id."""
    found = sample(posts)
    return found.posts.loc[np.flatnonzero(found.first)[:MOST_TEXTS], "post_id"]


def cut_texts(posts: pd.DataFrame, blocks: pd.DataFrame, codes: Codes) -> Cut:
    """The distinct on-topic texts and their words, content layers only; of more than 5,000 texts the first by post_id.

    Ids are hashes of the content, so their order has nothing to do with it.
    """
    found = sample(posts)
    at = np.flatnonzero(found.first)[:MOST_TEXTS]
    texts = found.posts.loc[at, ["post_id", "text"]]
    spans = blocks.loc[blocks["layer"].isin(CONTENT_LAYERS) & blocks["post_id"].isin(texts["post_id"])]
    places: dict[str, list[tuple[int, int]]] = {}
    spans = spans.sort_values(["post_id", "block"])
    for post_id, start, end in zip(spans["post_id"], spans["start"], spans["end"], strict=True):
        places.setdefault(post_id, []).append((start, end))
    counts = [
        counted_words("\n".join(text[a:b] for a, b in places.get(post_id, [])), codes.words)
        for post_id, text in zip(texts["post_id"], texts["text"], strict=True)
    ]
    return Cut(at, counts)


def ranked_terms(posts: pd.DataFrame, blocks: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """The 100 words that stand in most distinct on-topic texts, as rows `term_share` of `measures`, group `term:…`.

    Only Han words of two characters or more that are no stop word.

    >>> from analysis.tables import TABLES
    >>> posts = [{"post_id": p, "text": "网贷逾期了怎么办", "on_topic": True, "n_chars": 8} for p in "ab"]
    >>> blocks = [{"post_id": p, "block": 0, "layer": "title", "start": 0, "end": 8} for p in "ab"]
    >>> codes = Codes((), "1", words=("网贷",))
    >>> found = ranked_terms(TABLES["posts"].frame(posts), TABLES["blocks"].frame(blocks), codes)
    >>> found["group"].tolist()  # online loan, overdue
    ['term:网贷', 'term:逾期']
    """
    return measures_frame(term_rows(cut_texts(posts, blocks, codes)), codes.version)


def top_terms(cut: Cut, most: int, fewest: int = FEWEST_TEXTS) -> list[tuple[str, int]]:
    """The words that stand in most texts, with the number of texts; equal ones in order of their code points."""
    counter: Counter[str] = Counter()
    for words in cut.counts:
        counter.update(words.keys())
    best = sorted((item for item in counter.items() if item[1] >= fewest), key=lambda item: (-item[1], item[0]))
    return best[:most]


def term_rows(cut: Cut) -> Iterator[Row]:
    """The rows of `ranked_terms`."""
    for word, n in top_terms(cut, MOST_TERMS):
        words = f"Share of distinct texts with the word {word}"
        yield Row("term_share", f"term:{word}", ALL, wilson(n, len(cut.counts)), words, "share")


def words_of(text: str, words: Iterable[str] = ()) -> set[str]:
    """The different words of a text that may become terms; `words` are cut whole.

    >>> sorted(words_of("催收爆通讯录", ["爆通讯录"]))  # collectors; calls to the whole address book
    ['催收', '爆通讯录']
    """
    return set(counted_words(text, words))


def counted_words(text: str, words: Iterable[str] = ()) -> Counter[str]:
    """The words of a text that may become terms, with how often each stands in it."""
    tokenizer = _tokenizer(tuple(words))
    found: Counter[str] = Counter()
    for run in _HAN_RUN.findall(_MARK.sub("\n", text)):
        found.update(word for word in tokenizer.cut(run, HMM=False) if len(word) > 1)
    for word in stop_words() & found.keys():
        del found[word]
    return found


@cache
def stop_words() -> frozenset[str]:
    """The words that are never a term: `data/lexicon/stopwords.txt`."""
    lines = data_path("lexicon/stopwords.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _dictionary() -> tuple[dict[str, int], int]:
    """jieba's words with their frequencies, and the sum of these, read from its dictionary.

    Not by `initialize`: that reads a cache in a folder shared with other programs, and writes one (on a full disk, a traceback).
    """
    found: tuple[dict[str, int], int] = jieba.Tokenizer.gen_pfdict(jieba.Tokenizer().get_dict_file())
    return found


@cache
def _tokenizer(words: tuple[str, ...]) -> Any:
    made = jieba.Tokenizer()
    frequencies, made.total = _dictionary()
    made.FREQ, made.initialized = frequencies.copy(), True
    for word in words:
        made.add_word(word)
    return made
