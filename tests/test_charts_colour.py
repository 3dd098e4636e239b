"""Series are told apart by those who see fewer colours or none: simulated, not guessed.

Matrices: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB. Distance: CIE 1976 in L*a*b* (D65).
"""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from analysis.charts import campaigns, copies, tone
from analysis.charts.theme import ACCENT, GREY, INK, LIGHT, SECOND

SEEN = {
    "all colours": np.eye(3),
    "no red": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "no green": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "no blue": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
_WHITE = np.array([0.95047, 1.0, 1.08883])
COLOUR_APART, LIGHTNESS_APART = 20, 10


def over_white(colour: str, alpha: float = 1.0) -> tuple[float, ...]:
    return tuple(alpha * part + 1 - alpha for part in to_rgb(colour))


def lab(colour: tuple[float, ...], seen: np.ndarray = SEEN["all colours"]) -> np.ndarray:
    rgb = np.array(colour)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    x, y, z = (_TO_XYZ @ np.clip(seen @ linear, 0, 1)) / _WHITE
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


# Series of one plot, each with the look that is not colour: a mark, a line, a side of the axis.
PAIRS = {
    "copies": [(over_white(s.colour), s.mark) for s in copies.SERIES],
    "months": [(over_white(INK), "solid"), (over_white(ACCENT), "dashed")],
    "tone": [(over_white(*tone.STYLES[name]), "bar") for name in (tone.POSTS, tone.TEXTS)],
    "sentiment": [(over_white(SECOND), "left of nought"), (over_white(ACCENT), "right of nought")],
    "campaign counts": [(over_white(GREY, 0.4), "bar"), (over_white(ACCENT), "dot")],
    "campaign keys": [(over_white(ACCENT), "square"), (over_white(SECOND), "triangle")],
    "claims": [(over_white(ACCENT, 0.5), "bar"), (over_white(INK), "hollow diamond")],
    "together": [(over_white(ACCENT), "filled"), (over_white("white"), "hollow")],
}


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("name", PAIRS)
def test_series_differ_in_colour_for_every_eye(name: str, seen: str) -> None:
    (one, _), (two, _) = PAIRS[name]
    assert np.linalg.norm(lab(one, SEEN[seen]) - lab(two, SEEN[seen])) >= COLOUR_APART or PAIRS[name][0][1] != PAIRS[name][1][1]


@pytest.mark.parametrize("name", PAIRS)
def test_series_differ_in_grey_or_in_shape(name: str) -> None:
    (one, shape), (two, other) = PAIRS[name]
    assert abs(lab(one)[0] - lab(two)[0]) >= LIGHTNESS_APART or shape != other


def test_a_pair_that_no_grey_print_tells_apart_is_caught() -> None:
    # The accent and the grey are equally dark: wherever both are series, a shape must tell them apart.
    assert abs(lab(over_white(ACCENT))[0] - lab(over_white(GREY))[0]) < LIGHTNESS_APART


@pytest.mark.parametrize("seen", SEEN)
def test_the_three_named_colours_differ_for_every_eye(seen: str) -> None:
    colours = [lab(over_white(colour), SEEN[seen]) for colour in (INK, ACCENT, SECOND)]
    for i, one in enumerate(colours):
        for two in colours[i + 1 :]:
            assert np.linalg.norm(one - two) >= COLOUR_APART


@pytest.mark.parametrize("colour", [INK, GREY, ACCENT])
def test_text_stands_out_from_paper(colour: str) -> None:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (float(linear @ _TO_XYZ[1]) + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_edges_of_a_network_are_darker_than_a_grid() -> None:
    assert lab(over_white(campaigns.EDGES))[0] < lab(over_white(LIGHT))[0]
