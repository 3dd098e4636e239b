"""Titles in a real bold, and in regular type where no bold face is installed."""

from __future__ import annotations

import pytest
from PIL import ImageFont

from analysis.charts import bold as faces
from analysis.charts.theme import TITLE, Heading, font_path, length, page, wrap

TEXT = "“投诉维权”见于74%的文章 claimed"  # complaints stand in 74 % of posts


def test_without_a_bold_face_titles_are_regular_and_nothing_is_faked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "find_spec", lambda name: None)
    assert faces.bold(TEXT) is None
    title = page(Heading(TEXT, "a", "b"), 1.0).figure.texts[0]
    assert title.get_fontproperties().get_file() == str(font_path())
    assert title.get_size() == TITLE


def test_a_bold_face_holds_every_character_of_its_title_in_heavier_strokes() -> None:
    pytest.importorskip(faces.PACKAGE, reason="manimgx-fonts-cjk is not installed: titles are regular")
    path = faces.bold(TEXT)
    assert path is not None
    assert faces.bold(TEXT) == path
    ink = [sum(ImageFont.truetype(str(face), 80).getmask("投诉").histogram()[128:]) for face in (path, font_path())]
    assert ink[0] > 1.2 * ink[1]
    assert length("claimed", TITLE, path) > length("claimed", TITLE)
    assert all(length(line, TITLE, path) <= 2.05 for line in wrap(TEXT * 4, TITLE, 2.0, path))
    title = page(Heading(TEXT, "a", "b"), 1.0).figure.texts[0]
    assert title.get_fontproperties().get_file() == str(path)
