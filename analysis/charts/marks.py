"""Where each number of a figure stands, so that a page can lay links over the picture.

A figure function says it while it draws: an unseen rectangle over a bar with its number, a dot, a cell, a label, with the key
of the number in its `gid`. `save` reads them back as boxes. The picture itself stays free of links, since they would lead
nowhere outside a report.
"""

from __future__ import annotations

from typing import NamedTuple, cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2DBase, Bbox, ScaledTranslation, Transform, blended_transform_factory

Key = tuple[str, str, str]
_PREFIX, _BETWEEN = "number", "\x1f"
SPOT = 7  # points from the middle of a dot to the edge of its place


class Mark(NamedTuple):
    """The place of one number: its key in `measures`, and its box in points from the upper left corner of the picture."""

    measure: str
    group: str
    theme: str
    left: float
    top: float
    width: float
    height: float


def band(plot: Axes, key: Key, row: float, sides: tuple[float, float], tall: float = 1.0) -> None:
    """The number has that row of the plot, from side to side in inches of the figure: label, bar and figures together.

    `tall` is the part of a row that it has, where two numbers share one.
    """
    figure = plot.get_figure(root=True)
    assert figure is not None
    across = blended_transform_factory(figure.dpi_scale_trans, plot.transData)
    _unseen(plot, key, (sides[0], row - tall / 2, sides[1] - sides[0], tall), across)


def cell(plot: Axes, key: Key, x: tuple[float, float], y: tuple[float, float]) -> None:
    """The number has that part of the plot, in its own coordinates: a month, a column."""
    _unseen(plot, key, (x[0], y[0], x[1] - x[0], y[1] - y[0]), plot.transData)


def spot(plot: Axes, key: Key, x: float, y: float) -> None:
    """The number is a dot there."""
    figure = plot.get_figure(root=True)
    assert figure is not None
    side, data = SPOT / 72, plot.transData
    there = figure.dpi_scale_trans + ScaledTranslation(x, y, cast(Affine2DBase, data))  # any transform moves it
    _unseen(plot, key, (-side, -side, 2 * side, 2 * side), there)


def marks_of(figure: Figure) -> tuple[Mark, ...]:
    """The places in the order of drawing, so that what is drawn on top comes last; cut at the picture's edge."""
    width, height = (72.0 * side for side in figure.get_size_inches())
    scale = 72.0 / figure.dpi
    found = []
    for patch in figure.findobj(Rectangle):
        gid = str(patch.get_gid()).split(_BETWEEN)
        if gid[0] != _PREFIX:
            continue
        box: Bbox = patch.get_path().get_extents(patch.get_transform())
        left, right = max(0.0, box.x0 * scale), min(width, box.x1 * scale)
        low, high = max(0.0, box.y0 * scale), min(height, box.y1 * scale)
        sizes = (left, height - high, right - left, high - low)
        found.append(Mark(gid[1], gid[2], gid[3], *(round(float(size), 1) for size in sizes)))
    return tuple(found)


def _unseen(plot: Axes, key: Key, box: tuple[float, float, float, float], place: Transform) -> None:
    patch = Rectangle(box[:2], box[2], box[3], transform=place, visible=False, clip_on=False)
    patch.set_gid(_BETWEEN.join((_PREFIX, *map(str, key))))
    plot.add_artist(patch)
