"""The fonts of the page: Noto Sans SC and Noto Serif SC, cut down to the characters that stand in it.

So Chinese shows on a machine without a Chinese font, and the file stays small. The same characters give the same bytes.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from analysis.problems import DataProblem

PACKAGE = "pylopdf_fonts_zh_cn"
FACES = {"sans": "sans_path", "serif": "serif_path"}


def subset(face: str, characters: Iterable[str]) -> bytes:
    """The face as woff2 with those characters; a character that it lacks is left to the reader's own fonts."""
    if find_spec(PACKAGE) is None:
        raise DataProblem("report: no Chinese font. Install the package pylopdf-fonts-zh-cn (`make env` does).")
    path = Path(getattr(import_module(PACKAGE), FACES[face])())
    font = TTFont(path, recalcBBoxes=False, recalcTimestamp=False, lazy=True)
    options = Options(
        layout_features=["kern", "locl"],
        hinting=False,
        name_IDs=[1, 2],
        name_languages=[0x409],
        notdef_outline=True,
        drop_tables=["vhea", "vmtx", "VORG", "BASE", "DSIG"],
        recalc_timestamp=False,
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted({ord(character) for character in characters}))
    subsetter.subset(font)
    font.flavor = "woff2"
    made = io.BytesIO()
    font.save(made, reorderTables=True)
    return made.getvalue()


def data_uri(face: str, characters: Iterable[str]) -> str:
    """The subset as an address that a style sheet can hold."""
    return f"data:font/woff2;base64,{b64encode(subset(face, characters)).decode('ascii')}"
