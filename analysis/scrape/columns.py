"""Which column of a table of posts holds what: guessed from the names, shown, and overruled by who knows better."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from analysis.lexicon import load_yaml
from analysis.problems import DataProblem, choices

_JOINTS = re.compile(r"[\s_\-.·:：]+")
_COMPLAINT = 3  # complaint fields from which a table is one of complaints (codebook G13 names six)


class NoContentColumn(DataProblem):
    """A table with no column of text or html: perhaps no table of posts at all."""


@cache
def _roles() -> dict[str, tuple[str, ...]]:
    return {role: tuple(names) for role, names in load_yaml("lexicon/columns.yml")["roles"].items()}


def plain(name: object) -> str:
    """A column's name as it is compared.

    >>> plain(" Note_URL ")
    'noteurl'
    """
    return _JOINTS.sub("", str(name)).lower().lstrip("\ufeff")


def guess(names: Iterable[object], chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """Role -> column, from the names of a table's columns; what was chosen comes first. No column has two roles.

    >>> guess(["编号", "标题", "正文", "链接"])                          # number, title, body, link
    {'text': '正文', 'title': '标题', 'url': '链接', 'complaint_id': '编号'}
    >>> guess(["标题", "正文", "备注"], {"text": "备注"})["text"]        # title, body, remarks
    '备注'
    """
    found = dict(chosen or {})
    taken = set(found.values())
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(plain(name), str(name))
    for role, known in _roles().items():
        if role in found:
            continue
        column = next((by_name[k] for k in known if k in by_name and by_name[k] not in taken), None)
        if column is not None:
            found[role] = column
            taken.add(column)
    return found


def is_complaint(roles: Mapping[str, str]) -> bool:
    """Whether a table with these roles is one of complaints."""
    return sum(role.startswith("complaint_") for role in roles) >= _COMPLAINT


def check(where: str, names: Iterable[object], roles: Mapping[str, str], chosen: Mapping[str, str]) -> None:
    """Nothing, or a DataProblem: a chosen column that is not there, a table with nothing to read."""
    found = [str(name) for name in names]
    absent = [column for column in chosen.values() if column not in found]
    listed = ", ".join(found) or "none"
    if absent:
        raise NoContentColumn(f"{where}: no column {', '.join(absent)}, which --columns names. Columns found: {listed}.")
    if not ({"text", "html"} & roles.keys() or is_complaint(roles) or {"title", "post"} <= roles.keys()):
        raise NoContentColumn(
            f"{where}: no column that is known as text or html. Columns found: {listed}."
            " Name the column of the posts, as --columns text=NAME."
        )


def shown(roles: Mapping[str, str]) -> str:
    """The mapping in a line: "text=正文, url=链接"."""
    return ", ".join(f"{role}={column}" for role, column in roles.items())


def parse(given: Iterable[str]) -> dict[str, str]:
    """Role -> column from `--columns text=正文 url=链接`; an unknown role lists the choices.

    >>> parse(["text=正文,url=链接"])                                    # body, link
    {'text': '正文', 'url': '链接'}
    """
    found: dict[str, str] = {}
    for part in (p for each in given for p in each.split(",")):
        role, equals, column = part.partition("=")
        if not equals or role.strip() not in _roles() or not column.strip():
            raise DataProblem(f"--columns {part!r}: ROLE=COLUMN is wanted. {choices('Roles', _roles())}")
        found[role.strip()] = column.strip()
    return found
