"""Site files: where on a site's pages the post stands, how it writes dates, and how many posts a run should find there.

A site needs none: pages are read by their shape. A file is written where the shape misleads, or where it must be noticed
that a site has changed. The guide is docs/sites.md.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from analysis.lexicon import DATA, read_yaml
from analysis.problems import DataProblem

SITES = DATA / "sites"
# What a date format may hold: the directives of strptime that stand for digits, each as it is looked for in a line.
DIRECTIVES = {"%Y": r"\d{4}", "%y": r"\d\d", "%m": r"\d{1,2}", "%d": r"\d{1,2}", "%H": r"\d{1,2}", "%M": r"\d\d", "%S": r"\d\d"}


def _selector(value: str) -> str:
    try:
        LexborHTMLParser("<p>").css(value)
    except SelectolaxError as error:
        raise ValueError(f"{value!r} is no CSS selector ({error})") from None
    return value


def _format(value: str) -> str:
    unknown = sorted(set(re.findall(r"%.", value)) - DIRECTIVES.keys())
    if unknown or "%Y" not in value and "%y" not in value:
        raise ValueError(f"{value!r}: a date format holds %Y and of the others only {' '.join(DIRECTIVES)}")
    return value


def _range(value: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= value[0] <= value[1]:
        raise ValueError(f"{list(value)} is no range: the first number is the smaller")
    return value


Selector = Annotated[str, AfterValidator(_selector)]
Range = Annotated[tuple[int, int], AfterValidator(_range)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Selectors(_Strict):
    """CSS selectors of the parts of a page; `remove` is taken out first. Only `body` must be there."""

    body: Selector
    title: Selector | None = None
    date: Selector | None = None
    author: Selector | None = None
    counts: Selector | None = None
    comments: Selector | None = None
    remove: tuple[Selector, ...] = ()


class Expected(_Strict):
    """What a run should find: posts of the site (lowest and highest count), characters of a post, least share with a date."""

    posts: Range
    chars: Range | None = None
    share_dated: float | None = Field(default=None, ge=0, le=1)


class SiteFile(_Strict):
    """One site: its hosts, the paths (globs) of pages that hold a post, selectors, date formats, what is expected."""

    name: str
    source: str
    licence: str
    hosts: tuple[str, ...] = Field(min_length=1)
    paths: tuple[str, ...] = ("/*",)
    selectors: Selectors
    dates: tuple[Annotated[str, AfterValidator(_format)], ...] = ()
    expected: Expected

    def covers(self, url: str) -> bool:
        """Whether the file is about the page at an address."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return (parts.hostname or "") in self.hosts and any(fnmatchcase(path, glob) for glob in self.paths)


def load(path: Path) -> SiteFile:
    """The site file at a path; what is wrong in it is a DataProblem that names the key."""
    try:
        return SiteFile.model_validate(read_yaml(path) | {"name": path.stem})
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors()[:5]]
        raise DataProblem("\n".join(lines) + "\nThe guide to site files is docs/sites.md.") from None


@cache
def load_all(folder: Path = SITES) -> tuple[SiteFile, ...]:
    """The site files of a folder, by name; none where there is no folder. Two files for one host and path are for the first."""
    return tuple(load(path) for path in sorted(folder.glob("*.yml"))) if folder.is_dir() else ()


@cache
def _by_host(folder: Path) -> dict[str, tuple[SiteFile, ...]]:
    found: dict[str, tuple[SiteFile, ...]] = {}
    for file in load_all(folder):
        for host in file.hosts:
            found[host] = (*found.get(host, ()), file)
    return found


def host_of(url: str | None) -> str | None:
    """The host of an address; None where there is none, or where the address cannot be read as one.

    >>> host_of("https://Bbs.example/1"), host_of("http://[broken")
    ('bbs.example', None)
    """
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def site_of(url: str | None, folder: Path = SITES) -> SiteFile | None:
    """The site file for a page's address; None where there is none.

    >>> site_of("https://tousu.baiyi-pingtai.example/detail/134330").name
    'baiyi-pingtai'
    >>> site_of("https://unknown.example/") is None
    True
    """
    host = host_of(url)
    if not url or not host:
        return None
    return next((file for file in _by_host(folder).get(host, ()) if file.covers(url)), None)
