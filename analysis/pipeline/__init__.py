"""From sources to tables: the whole way at once (`everything`), or stage by stage (`steps`), part by part either way."""

from __future__ import annotations

from analysis.pipeline import steps
from analysis.pipeline.run import Run
from analysis.pipeline.whole import everything

__all__ = ["Run", "everything", "steps"]
