"""Tables of posts that others made, row by row: which column holds what is guessed from its name, and told.

A row's number counts from 1, as a reader of the file counts. Exports that keep comments in a file of their own
(`…_contents_…` and `…_comments_…` beside each other) are read as posts with their comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from analysis.problems import DataProblem
from analysis.scrape.columns import check, guess, shown
from analysis.scrape.exports import Row, content_of, line_of, told_time
from analysis.scrape.fetched import Fetched, Reading, moment
from analysis.scrape.rows import rows_of

_CONTENTS, _COMMENTS = "_contents", "_comments"


def read_records(path: Path, name: str, reading: Reading) -> Iterator[Fetched]:
    """The rows of a table as records; `source` is its name and the row's number: "posts.csv:17".

    A row's content is its html, else its text, in UTF-8; a title goes before a text that does not begin with it, and into
    html that has no <title>. A row with neither is given with no content, so that it is dropped with a reason; a row that
    cannot be read is said in `reading.problems`, and the rest goes on.
    """
    replies = _replies(path, reading)
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for number, row in rows_of(path, reading.problems):
        names = tuple(row)
        where = f"{path}, row {number}"
        try:
            if names not in known:
                known[names] = _roles(path, name, names, reading)
            record = _record(row, known[names], where, replies)
        except DataProblem as error:
            if not known:
                raise
            reading.problems.append(f"{str(error).removesuffix('.')}. The row was left out.")
            continue
        when = _when(row, known[names], where, reading.problems)
        yield record._replace(source=f"{name}:{number}", archive=str(path), offset=number, fetched_at=when)


def _roles(path: Path, name: str, names: Sequence[str], reading: Reading) -> dict[str, str]:
    """The roles of the columns; a later row of JSON may lack a chosen column, the first may not."""
    is_first = name not in reading.columns
    chosen = {role: column for role, column in reading.chosen.items() if is_first or column in names}
    roles = guess(names, chosen)
    check(str(path), names, roles, chosen)
    reading.columns.setdefault(name, shown(roles))
    return roles


def _record(row: Row, roles: Mapping[str, str], where: str, replies: Mapping[str, list[str]]) -> Fetched:
    post = line_of(row.get(roles.get("post", "")))
    text, is_html = content_of(row, roles, where, replies.get(post or "", ()))
    return Fetched(
        source="",
        archive="",
        offset=0,
        content=text.encode("utf-8", "surrogatepass"),
        media_type="text/html" if is_html else "text/plain",
        charset="utf-8",
        url=line_of(row.get(roles.get("url", ""))),
    )


def _when(row: Row, roles: Mapping[str, str], where: str, problems: list[str]) -> datetime | None:
    column = roles.get("fetched_at", "")
    value = row.get(column)
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        value = told_time(value)  # seconds since 1970, as exports have them
    try:
        return moment(value, f"{where}: {column}")
    except DataProblem as error:
        problems.append(f"{error} The row was kept without a time.")
        return None


def has_own_posts(path: Path) -> bool:
    """Whether a table is read for itself: not where its comments are read with the posts beside it."""
    return not (_COMMENTS in path.stem and path.with_name(path.name.replace(_COMMENTS, _CONTENTS)).is_file())


def _replies(path: Path, reading: Reading) -> dict[str, list[str]]:
    """The comments of the table beside this one, by the post they answer."""
    beside = path.with_name(path.name.replace(_CONTENTS, _COMMENTS))
    if _CONTENTS not in path.stem or not beside.is_file():
        return {}
    found: dict[str, list[str]] = {}
    for _, row in rows_of(beside, reading.problems):
        roles = guess(row)
        post, text = (line_of(row.get(roles.get(role, ""))) for role in ("post", "text"))
        if post and text:
            found.setdefault(post, []).append(text)
    return found
