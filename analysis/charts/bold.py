"""A real bold for titles: a static face with the characters of one title, cut from the variable Noto Sans CJK SC.

The package `pylopdf-fonts-zh-cn` has one weight, and matplotlib draws every variable font at its default, which is Thin. So
the outlines are taken at weight 700 and put into a small font of their own. Where `manimgx-fonts-cjk`, which carries the
variable font (SIL Open Font License), is not installed, titles are regular: size and colour set them off, no bold is faked.
"""

from __future__ import annotations

import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection, TTFont

PACKAGE, FILE, NAME = "manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", "Noto Sans CJK SC"
WEIGHT = 700.0
CUT = "TitleBold"


def bold(text: str) -> Path | None:
    """The file of a bold face with the characters of that text; None where the package is not installed.

    It is there as long as the process. The same text gives the same outlines.
    """
    return _cut("".join(sorted(set(text)))) if find_spec(PACKAGE) is not None else None


@cache
def _cut(characters: str) -> Path:
    font = _variable()
    names: dict[int, str] = font.getBestCmap()
    cmap = {ord(character): names[ord(character)] for character in characters if ord(character) in names}
    glyphs = font.getGlyphSet(location={"wght": WEIGHT})
    order = [".notdef", *dict.fromkeys(cmap.values())]
    outlines, widths = {}, {}
    for name in order:
        pen = T2CharStringPen(glyphs[name].width, glyphs)
        glyphs[name].draw(pen)
        outlines[name], widths[name] = pen.getCharString(), (round(glyphs[name].width), 0)
    made = FontBuilder(font["head"].unitsPerEm, isTTF=False)
    made.setupGlyphOrder(order)
    made.setupCharacterMap(cmap)
    made.setupCFF(CUT, {"FullName": CUT}, outlines, {})
    made.setupHorizontalMetrics(widths)
    made.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    made.setupNameTable({"familyName": CUT, "styleName": "Bold", "psName": CUT})
    made.setupOS2(usWeightClass=int(WEIGHT))
    made.setupPost()
    folder = Path(_folder().name)
    path = folder / f"{len(list(folder.iterdir()))}.otf"
    made.save(path)
    return path


@cache
def _variable() -> TTFont:
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    fonts = TTCollection(Path(spec.origin).parent / FILE, lazy=True).fonts
    return next(font for font in fonts if font["name"].getDebugName(1).startswith(NAME))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="title-")
