"""Where the project's own data files are, and how they are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from analysis.problems import DataProblem

DATA = Path(__file__).resolve().parent.parent / "data"


def data_path(name: str) -> Path:
    """The path of a data file of the project, such as "lexicon/adverts.yml"; an absent one is an error."""
    path = DATA / name
    if not path.exists():
        raise DataProblem(f"{path}: not found. The data/ folder stands beside analysis/; clone the project whole.")
    return path


@cache
def load_yaml(name: str) -> dict[str, Any]:
    """A YAML data file as a mapping. The one object is shared: do not change it."""
    return read_yaml(data_path(name))


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file as a mapping; a file that is not YAML, or not a mapping, says where."""
    try:
        # The safe loader in C where PyYAML was built with it: the codebook loads ten times faster.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataProblem(f"{path}: not readable as YAML. {error}") from None
    if not isinstance(found, dict):
        raise DataProblem(f"{path}: a mapping is wanted at the top, not {type(found).__name__}.")
    return found
