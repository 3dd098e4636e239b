"""What the JSON-LD scripts of a page say of its post: the day of publication."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence


def json_ld_dates(scripts: Sequence[str]) -> dict[str, str]:
    """datePublished of JSON-LD scripts, under the name `dates.published` knows; a broken script is searched as text.

    >>> json_ld_dates(['{"@type": "Article", "datePublished": "2025-01-02T03:04:05+08:00"}'])
    {'datepublished': '2025-01-02T03:04:05+08:00'}
    """
    for script in scripts:
        found = _published_in(script)
        if found:
            return {"datepublished": found}
    return {}


def _published_in(script: str) -> str | None:
    try:
        queue = [json.loads(script)]
    except (ValueError, RecursionError):
        match = re.search(r'"(?:datePublished|pubDate)"\s{0,3}:\s{0,3}"([^"]{6,40})"', script)
        return match[1] if match else None
    for item in queue:  # grows as it is walked
        if isinstance(item, dict):
            value = item.get("datePublished") or item.get("pubDate")
            if isinstance(value, str):
                return value
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)
    return None
