"""From pages to posts: raw -> posts, blocks, contacts, dropped.

A record becomes one post or one row of `dropped`, never both and never neither. What leaves this room is redacted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import engine
from analysis.clean.contacts import salt as read_salt
from analysis.clean.duplicates import duplicates
from analysis.clean.post import Settings, clean_record
from analysis.lexicon import DATA
from analysis.tables import TABLES

SALT_FOLDER = DATA / "raw"


__all__ = ["Cleaned", "Options", "Settings", "clean", "clean_pages", "with_copies", "with_found"]


class Cleaned(NamedTuple):
    """The tables of this room."""

    posts: pd.DataFrame
    blocks: pd.DataFrame
    contacts: pd.DataFrame
    dropped: pd.DataFrame


@dataclass(frozen=True)
class Options:
    """What the caller may choose: where the salt is kept, whether contact ids are shown in clear, how many workers."""

    salt_folder: Path = SALT_FOLDER
    reveal_contacts: bool = False
    workers: int = 1


def clean(raw: pd.DataFrame, options: Options | None = None) -> Cleaned:
    """Posts, their blocks, their contact ids, and what was dropped, from records with their `content`.

    Near-copies and template families are found among the posts given; clean the whole corpus at once to find them all.
    """
    chosen = options or Options()
    settings = Settings(read_salt(chosen.salt_folder), chosen.reveal_contacts)
    parts = engine.run(partial(clean_pages, settings=settings), raw, chosen.workers)
    tables = Cleaned(*(pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)))
    return tables._replace(posts=with_copies(tables.posts, tables.blocks))


def with_copies(posts: pd.DataFrame, blocks: pd.DataFrame) -> pd.DataFrame:
    """The posts with the first post of their near-copies and of their template family, of all posts given."""
    return with_found(posts, duplicates(posts, blocks))


def with_found(posts: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The posts with what `duplicates` or `copies` found, among these or more posts."""
    of_post = found.set_index("post_id").reindex(posts["post_id"])
    return posts.assign(**{name: of_post[name].astype("str").array for name in ("template_id", "duplicate_of")})


def clean_pages(raw: pd.DataFrame, settings: Settings) -> Cleaned:
    """The part of `clean` that looks at each record alone, for any batch of records."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in Cleaned._fields}
    for record in raw.to_dict("records"):
        for name, found in clean_record({str(key): value for key, value in record.items()}, settings).items():
            rows[name].extend(found)
    return Cleaned(*(TABLES[name].frame(rows[name]) for name in Cleaned._fields))
