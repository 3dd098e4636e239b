"""Notebooks, figures and quotes in, one offline HTML file out; and the functions that notebooks call."""

from analysis.report.build import Built, build
from analysis.report.show import Show, open_tables

__all__ = ["Built", "Show", "build", "open_tables"]
