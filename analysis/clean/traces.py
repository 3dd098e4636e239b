"""What copies are found by, of a batch of posts: taken of each post alone, joined, kept in files and read again.

A post's traces depend on nothing but the post, so that batches may be cut anywhere. A kilobyte is kept of it, and
its words and runs of two characters, which stay in the batch's files and are read when two posts are compared.
Where it stops: nothing in the files tells by which version of the rules they were taken; do not mix them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.clean.forms import Keyed, forms, one_behind_the_other
from analysis.clean.matched import unmarked_all
from analysis.clean.overlaps import two_by_two
from analysis.clean.shingles import Hashes, Places, Signed, signed, words
from analysis.tables import CONTENT_LAYERS

NEAR_SIZE, NEAR_ROWS = 5, 6  # characters of a run, values of a band: of 21 bands two texts of J = .8 share one with .998
SPUN_SIZE, SPUN_ROWS = 2, 2
UNDATED = np.iinfo(np.int64).max
_BATCH = 1 << 17  # characters that are hashed in one pass: what they need stays near the processor
_TEXTS = ("ids", "words")
_ARRAYS = ("moments", "digests", "sizes")
SIGNED = ("near", "spun")
FORMED = ("paragraphs", "headings", "rhythm")
KEYED = ("short", "far", *FORMED)


class Texts(Protocol):
    """Texts in order, in memory or in a file."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> str: ...


class Traces(NamedTuple):
    """Of each post of a batch, in its order, what copies are found by.

    `moments` are microseconds, UNDATED where missing; a digest is of the words and 0 where there are none. The columns of
    `sizes` are the characters of the words and of those beside quoted law; of the latter are `spun` and the runs of two
    characters, `short` and `far`. Without families, what follows `near` is empty.
    """

    ids: Texts
    moments: Places
    digests: Hashes
    sizes: NDArray[np.int32]
    words: Texts
    near: Signed
    spun: Signed
    short: Keyed
    far: Keyed
    paragraphs: Keyed
    headings: Keyed
    rhythm: Keyed


class Filed:
    """Texts that stand one behind the other in a file; each is read when asked for, and nothing of it stays in memory."""

    def __init__(self, path: Path, bounds: Places) -> None:
        self._path, self._bounds = path, bounds

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def whole(self) -> tuple[Places, bytes]:
        """All texts at once: where each starts, and their characters in UTF-8."""
        return np.array(self._bounds), self._path.read_bytes()

    def __getitem__(self, place: int, /) -> str:
        start, end = self._bounds[place : place + 2].tolist()
        with self._path.open("rb", buffering=0) as file:
            file.seek(start)
            return file.read(end - start).decode("utf-8", "surrogatepass")


def traces(posts: pd.DataFrame, blocks: pd.DataFrame | None = None, *, has_families: bool = True) -> Traces:
    """The traces of a batch of posts, in its order; with `blocks`, of their content layers only.

    Without families (`has_families`) near-copies alone can be found by them, for a third of the work.

    >>> made = traces(pd.DataFrame({"post_id": ["a", "b"], "text": ["逾期三天，怎么办？", "……"]}))   # three days overdue, what now?
    >>> made.words, made.sizes[:, 0].tolist()
    (['逾期三天怎么办', ''], [7, 0])
    """
    bodies = _content(posts, blocks)
    parts = [_taken(batch, has_families=has_families) for batch in _batches(bodies)]
    whole = gathered([_taken([], has_families=has_families), *parts])
    return whole._replace(ids=posts["post_id"].astype("str").tolist(), moments=_moments(posts))


def _content(posts: pd.DataFrame, blocks: pd.DataFrame | None) -> list[str]:
    texts = posts["text"].fillna("").astype("str").tolist()
    if blocks is None:
        return texts
    wanted = blocks[blocks["layer"].isin(CONTENT_LAYERS)].sort_values(["post_id", "block"])
    spans: dict[str, list[tuple[int, int]]] = {}
    for post_id, start, end in zip(wanted["post_id"], wanted["start"], wanted["end"], strict=True):
        spans.setdefault(str(post_id), []).append((start, end))
    ids = posts["post_id"].astype("str")
    return ["\n".join(text[a:b] for a, b in spans.get(i, [])) for i, text in zip(ids, texts, strict=True)]


def _moments(posts: pd.DataFrame) -> Places:
    if "published_at" not in posts:
        return np.full(len(posts), UNDATED, dtype=np.int64)
    times = pd.to_datetime(posts["published_at"], utc=True)
    moments = times.to_numpy(dtype="datetime64[us]").astype(np.int64)
    return np.where(times.isna(), UNDATED, moments)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for place, text in enumerate(texts):
        size += len(text)
        if size >= _BATCH:
            yield texts[start : place + 1]
            start, size = place + 1, 0
    if start < len(texts):
        yield texts[start:]


class _Formed(NamedTuple):
    """What families are found by; the names are those of `Traces`."""

    spun: Signed
    short: Keyed
    far: Keyed
    paragraphs: Keyed
    headings: Keyed
    rhythm: Keyed


def _taken(bodies: Sequence[str], *, has_families: bool) -> Traces:
    """The traces of a few texts, of which ids and moments are left out."""
    copies = unmarked_all(bodies)
    plain = words(copies)
    sizes = np.array([[len(text) for text in plain]] * 2, dtype=np.int32).reshape(2, -1).T
    formed = _unformed()
    if has_families:
        made = forms(copies, plain)
        sizes[:, 1] = [len(text) for text in made.words]
        spun = signed(made.words, SPUN_SIZE, SPUN_ROWS)
        formed = _Formed(spun, *two_by_two(made.words), made.paragraphs, made.headings, made.rhythm)
    none = np.empty(0, dtype=np.int64)
    return Traces([], none, _digests(plain), sizes, plain, signed(plain, NEAR_SIZE, NEAR_ROWS), *formed)


@cache
def _unformed() -> _Formed:
    """That of no text."""
    made = forms([], [])
    return _Formed(signed([], SPUN_SIZE, SPUN_ROWS), *two_by_two([]), made.paragraphs, made.headings, made.rhythm)


def _digests(plain: Sequence[str]) -> Hashes:
    """128 bits of each text, by which equal words are told; zeros where there are none."""
    made = (blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() if text else bytes(16) for text in plain)
    return np.frombuffer(b"".join(made), dtype=np.uint64).reshape(-1, 2)


def gathered(parts: Sequence[Traces]) -> Traces:
    """The traces of all batches as those of one, in memory; at least one batch is wanted."""
    found: dict[str, Any] = {}
    for name in Traces._fields:
        some = [getattr(part, name) for part in parts]
        if name in _TEXTS:
            found[name] = [text for texts in some for text in _all(texts)]
        elif name in SIGNED:
            found[name] = Signed(*(np.concatenate(arrays) for arrays in zip(*some, strict=True)))
        else:
            found[name] = one_behind_the_other(some) if name in KEYED else np.concatenate(some)
    return Traces(**found)


def _all(texts: Texts) -> Iterator[str]:
    return (texts[place] for place in range(len(texts)))


def save(made: Traces, folder: Path) -> Path:
    """Keep traces in a folder of their own, which is there whole or not at all; what stood there is replaced."""
    part = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in _ARRAYS:
        np.save(part / f"{name}.npy", getattr(made, name), allow_pickle=False)
    for name in (*SIGNED, *KEYED):
        for field, array in getattr(made, name)._asdict().items():
            np.save(part / f"{name}_{field}.npy", array, allow_pickle=False)
    for name in _TEXTS:
        written = [text.encode("utf-8", "surrogatepass") for text in _all(getattr(made, name))]
        (part / f"{name}.utf8").write_bytes(b"".join(written))
        np.save(part / f"{name}.npy", np.cumsum([0, *map(len, written)]), allow_pickle=False)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(part, folder)
    return folder


def load(folder: Path) -> Traces:
    """The traces that `save` has kept; arrays are read from the disk as they are needed, texts one by one."""

    def array(name: str) -> NDArray[Any]:
        return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))  # still of the disk

    found: dict[str, Any] = {name: array(name) for name in _ARRAYS}
    found |= {name: Filed(folder / f"{name}.utf8", array(name)) for name in _TEXTS}
    found |= {name: Signed(*(array(f"{name}_{field}") for field in Signed._fields)) for name in SIGNED}
    found |= {name: Keyed(*(array(f"{name}_{field}") for field in Keyed._fields)) for name in KEYED}
    return Traces(**found)
