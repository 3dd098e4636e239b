"""Sources to `raw`: files, folders, web archives and tables of posts, each record with its bytes."""

from __future__ import annotations

from analysis.scrape.sources import Told, batches, read, records, with_content

__all__ = ["Told", "batches", "read", "records", "with_content"]
