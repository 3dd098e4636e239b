"""Sources to `raw`: files, folders, web archives and tables of posts, each record with its bytes."""

from __future__ import annotations

from analysis.scrape.sources import Reader, Told, read, records, with_content
from analysis.scrape.units import Unit, plan

__all__ = ["Reader", "Told", "Unit", "plan", "read", "records", "with_content"]
