"""N-grams of up to three characters as numbers, so that those of many texts are found in one pass over an array."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

LONGEST = 3  # characters of an n-gram
Array = Any  # a one-dimensional array of integers


def points_of(texts: Sequence[str]) -> Array:
    """The code points of some texts, each text with a line break behind it.

    >>> points_of(["催", ""]).tolist() == [ord("催"), 10, 10]
    True
    """
    return np.frombuffer("\n".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


class Grams:
    """Some n-grams, numbered in the order given."""

    def __init__(self, grams: Sequence[str]) -> None:
        if max(map(len, grams), default=0) > LONGEST:
            raise ValueError(f"an n-gram of more than {LONGEST} characters")
        letters = sorted(set().union(*grams))
        self.base = len(letters) + 1
        self.unknown = -(self.base**LONGEST)  # makes the code of any n-gram that holds it negative
        self.letters = np.full(sys.maxunicode + 1, self.unknown, dtype=np.int64)
        self.letters[[ord(letter) for letter in letters]] = range(1, self.base)
        codes = dict(zip(letters, range(1, self.base), strict=True))
        numbers = []
        for gram in grams:
            number = 0
            for letter in gram:
                number = number * self.base + codes[letter]
            numbers.append(number)
        self.index = pd.Index(numbers, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.index)

    def found(self, points: Array) -> tuple[Array, Array]:
        """Where each known n-gram begins, and its number, from left to right; none runs over the end of a text.

        >>> places, numbers = Grams(["上门", "催"]).found(points_of(["催人上", "门上门"]))
        >>> places.tolist(), numbers.tolist()
        ([0, 5], [1, 0])
        """
        ones = self.letters[points]
        ones[points == ord("\n")] = self.unknown
        twos = ones[:-1] * self.base + ones[1:]
        codes = np.full((len(ones), LONGEST), self.unknown)
        codes[:, 0], codes[:-1, 1], codes[:-2, 2] = ones, twos, twos[:-1] * self.base + ones[2:]
        numbers = self.index.get_indexer(codes.ravel())  # type: ignore[arg-type]  # an array will do
        at = np.flatnonzero(numbers >= 0)
        return at // LONGEST, numbers[at]
