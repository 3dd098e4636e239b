"""The JSON that coders hand in: the file that the coding page saves, and an export of Label Studio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analysis.problems import DataProblem, choices
from analysis.tables import FAMILIES


class Coded(NamedTuple):
    """One coder's row: where it stands, who coded which unit, whether it is done, the letters of each theme."""

    where: str
    coder: str
    unit: str
    done: bool
    codes: Mapping[str, str]


def page_rows(path: Path, found: Any, units: Sequence[str]) -> tuple[list[Coded], list[str]]:
    """The rows of the page's file, and its themes; a unit that was never opened is there, not done.

    >>> saved = {"coder": "c", "themes": ["threats"], "codes": {"u1": {"done": True, "codes": {"threats": "c"}}}}
    >>> [(row.unit, row.done) for row in page_rows(Path("c.json"), saved, ["u1", "u2"])[0]]
    [('u1', True), ('u2', False)]
    """
    if not isinstance(found, dict) or not isinstance(found.get("codes"), dict) or not isinstance(found.get("themes"), list):
        raise DataProblem(f"{path}: not a file that the coding page saved, nor an export of Label Studio.")
    coder = str(found.get("coder") or "unnamed")
    rows = []
    for unit, given in found["codes"].items():
        codes = given.get("codes") if isinstance(given, dict) else None
        if not isinstance(codes, dict):
            raise DataProblem(f"{path}, unit {unit}: no codes. Save the page's file again.")
        texts = {str(theme): str(code) for theme, code in codes.items()}
        rows.append(Coded(f"{path}, unit {unit}", coder, str(unit), given.get("done") is True, texts))
    never = [unit for unit in units if unit not in found["codes"]]
    rows += [Coded(f"{path}, unit {unit}", coder, unit, False, {}) for unit in never]
    return rows, [str(theme) for theme in found["themes"]]


def label_studio_rows(path: Path, found: list[Any]) -> tuple[list[Coded], list[str]]:
    """The rows of an export of Label Studio (JSON, not JSON-MIN), and its themes; a cancelled annotation is none.

    The coder is the one that the task was made for, or, where a task has several annotations, who completed each.

    >>> task = {"data": {"unit": "u1", "coder": "coder-1", "themes": "threats"}, "annotations": [{"result": [
    ...     {"from_name": "threats", "type": "choices", "value": {"choices": ["claimed", "rejected"]}}]}]}
    >>> label_studio_rows(Path("e.json"), [task])[0][0].codes
    {'threats': 'cr'}
    """
    rows: list[Coded] = []
    themes: list[str] = []
    for number, task in enumerate(found, start=1):
        where = f"{path}, task {number}"
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict) or "unit" not in data:
            raise DataProblem(f"{where}: no unit. Export the tasks that `sheet` wrote, as JSON.")
        themes += [theme for theme in str(data.get("themes", "")).split() if theme not in themes]
        kept = [a for a in task.get("annotations", []) if not a.get("was_cancelled")]
        coder, unit = str(data.get("coder") or "unnamed"), str(data["unit"])
        if not kept:
            rows.append(Coded(where, coder, unit, False, {}))
        for annotation in kept:
            who = coder if len(kept) == 1 else f"user-{_user(annotation.get('completed_by'))}"
            rows.append(Coded(where, who, unit, True, _result(annotation.get("result", []), where)))
    return rows, themes


def _user(who: Any) -> str:
    return str(who.get("email") or who.get("id")) if isinstance(who, dict) else str(who)


def _result(result: list[Any], where: str) -> dict[str, str]:
    codes: dict[str, str] = {}
    for part in result:
        if part.get("type") != "choices":
            continue
        for choice in part["value"]["choices"]:
            if choice not in FAMILIES:
                raise DataProblem(f"{where}: unknown code {choice!r}. {choices('Codes', FAMILIES)}")
            codes[part["from_name"]] = codes.get(part["from_name"], "") + choice[0]
    return codes
