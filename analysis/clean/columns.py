"""What every worker may look at: the bands, signatures and keys of the distinct texts, column by column in a folder.

Band keys are turned so that one band of all texts is read in one piece, and keys of forms are dealt out to files by their
first bits: whoever has one band or one of these files sees all texts that can meet there. A row of the columns stands
where the text's post stood in the parts; `slots` says where a text of the census is.
Where it stops: the folder must be one that all workers see.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.clean.census import Census, Part, opened
from analysis.clean.forms import Keyed, chosen
from analysis.clean.shingles import BINS, Hashes, Places, Signed
from analysis.clean.traces import FORMED, SIGNED
from analysis.problems import DataProblem

_KEYS = 1 << 19  # keys that are looked at together
_MET = np.dtype([("key", np.uint64), ("slot", np.uint32)])


class Unit(NamedTuple):
    """A piece of the search for pairs: some bands of `near` or `spun`, or files of a kind of keys, from `first` on."""

    kind: str
    first: int
    end: int


class Columns:
    """The columns in a folder, read as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __len__(self) -> int:
        return len(self.slots)

    @cached_property
    def slots(self) -> Places:
        """Of each text of the census its row in the columns."""
        return _loaded(self.folder / "slots.npy")

    @cached_property
    def rows(self) -> Places:
        """Of each text the row of its first post, in all parts one behind the other."""
        return _loaded(self.folder / "rows.npy")

    @cached_property
    def bounds(self) -> Places:
        """Where the parts start among these rows, and end."""
        return _loaded(self.folder / "bounds.npy")

    @cached_property
    def sizes(self) -> NDArray[np.int32]:
        """Characters of the words of each text, and of those beside quoted law."""
        found: NDArray[np.int32] = np.load(self.folder / "sizes.npy")[self.slots]
        return found

    @cached_property
    def groups(self) -> Places:
        """The groups as far as they are known."""
        return _loaded(self.folder / "groups.npy")

    def keep_groups(self, groups: Places) -> None:
        """Let all workers see which texts are of one group already."""
        np.save(self.folder / "groups.npy", groups, allow_pickle=False)

    def band(self, kind: str, number: int) -> NDArray[np.uint32]:
        """The keys of one band, in the order of the texts."""
        n = len(self)
        found = np.fromfile(self.folder / f"{kind}.bands", dtype=np.uint32, count=n, offset=4 * n * number)
        return found[self.slots]

    def signatures(self, kind: str) -> NDArray[np.uint8]:
        """The bytes to estimate by, a row a slot."""
        return _mapped(self.folder / f"{kind}.bytes", np.dtype(np.uint8)).reshape(-1, BINS)

    @cached_property
    def texts(self) -> Places:
        """Of each row of the columns its text."""
        found = np.empty_like(self.slots)
        found[self.slots] = np.arange(len(found))
        return found

    def met(self, kind: str, number: int) -> tuple[Hashes, Places]:
        """The keys of one file with their texts, in the order of the keys and then of the texts."""
        found = np.fromfile(self.folder / f"{kind}.{number}", dtype=_MET)
        text = self.texts[found["slot"]]
        order = np.lexsort((text, found["key"]))
        return found["key"][order], text[order]

    def keyed(self, kind: str) -> Keyed:
        """All keys of a kind, by slot."""
        return Keyed(_mapped(self.folder / f"{kind}.keys", np.dtype(np.uint64)), _loaded(self.folder / f"{kind}.npy"))


def _loaded(path: Path) -> Places:
    found: Places = np.load(path, allow_pickle=False)
    return found


def _mapped(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    return np.asarray(np.memmap(path, dtype=kind, mode="r")) if path.stat().st_size else np.empty(0, dtype=kind)


def write_columns(parts: Sequence[Part], census: Census, folder: Path) -> list[Unit]:
    """Write the columns of the census's texts, and say which units of search there are; those of families where all parts have them."""
    slots = np.argsort(np.argsort(census.rows))
    for name, array in (("slots", slots), ("rows", census.rows), ("bounds", census.bounds)):
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    files = _files(parts)
    kinds = SIGNED if files else SIGNED[:1]
    kept = np.sort(census.rows)
    sizes, bounds = [np.empty((0, 2), dtype=np.int32)], {kind: [0] for kind in files}
    pieces = dict(files)
    with ExitStack() as stack:
        out = _Out(folder, stack, len(kept))
        for part, start, end in zip(parts, census.bounds[:-1], census.bounds[1:], strict=True):
            made = opened(part)
            first = int(np.searchsorted(kept, start))
            rows = kept[first : np.searchsorted(kept, end)] - start
            sizes.append(made.sizes[rows])
            for kind in kinds:
                signed: Signed = getattr(made, kind)
                out.sign(kind, first, Signed(signed.bytes[rows], signed.bands[rows]))
                pieces[kind] = signed.bands.shape[1]
            for kind, many in files.items():
                keyed = chosen(getattr(made, kind), rows)
                out.deal(kind, first, keyed, many)
                bounds[kind] += (bounds[kind][-1] + keyed.bounds[1:]).tolist()
    np.save(folder / "sizes.npy", np.concatenate(sizes), allow_pickle=False)
    for kind in files:
        np.save(folder / f"{kind}.npy", np.array(bounds[kind]), allow_pickle=False)
    many = max(1, _KEYS // max(1, len(kept)))  # bands of a unit
    return [Unit(kind, first, min(first + many, end)) for kind, end in sorted(pieces.items()) for first in range(0, end, many)]


def _files(parts: Sequence[Part]) -> dict[str, int]:
    """For each kind of keys among how many files they are dealt out, a power of two; none where families are not asked for."""
    keys, found = dict.fromkeys(FORMED, 0), set()
    for made in map(opened, parts):
        found |= {len(made.spun.bytes) == len(made.near.bytes)} if len(made.near.bytes) else set()
        keys = {kind: many + len(getattr(made, kind).keys) for kind, many in keys.items()}
    if len(found) > 1:
        raise DataProblem("copies: some parts have traces for families and some have none. Take the traces of all parts alike.")
    return {kind: 1 << (many // _KEYS).bit_length() for kind, many in keys.items()} if found == {True} else {}


class _Out:
    """The files of the columns while they are written."""

    def __init__(self, folder: Path, stack: ExitStack, n: int) -> None:
        self._folder, self._stack, self._n = folder, stack, n
        self._open: dict[str, BinaryIO] = {}

    def _file(self, name: str) -> BinaryIO:
        if name not in self._open:
            self._open[name] = self._stack.enter_context((self._folder / name).open("wb"))
        return self._open[name]

    def sign(self, kind: str, first: int, signed: Signed) -> None:
        """The signatures of texts whose slots start at `first`."""
        self._file(f"{kind}.bytes").write(signed.bytes.tobytes())
        file = self._file(f"{kind}.bands")
        for number, band in enumerate(signed.bands.T):
            file.seek(4 * (number * self._n + first))
            file.write(band.tobytes())

    def deal(self, kind: str, first: int, keyed: Keyed, many: int) -> None:
        """The keys of such texts, to one file by slot, and to `many` by their first bits."""
        self._file(f"{kind}.keys").write(keyed.keys.tobytes())
        met = np.empty(len(keyed.keys), dtype=_MET)
        met["key"], met["slot"] = keyed.keys, np.repeat(np.arange(len(keyed.bounds) - 1) + first, np.diff(keyed.bounds))
        number = (keyed.keys >> np.uint64(32)) * np.uint64(many) >> np.uint64(32)
        order = np.argsort(number, kind="stable")
        ends = np.cumsum(np.bincount(number.astype(np.int64), minlength=many))
        for one, some in enumerate(np.split(met[order], ends[:-1])):
            self._file(f"{kind}.{one}").write(some.tobytes())
