"""The house holds its own rules: imports go one way, files stay short, nothing of a machine is in the repo."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
ROOMS = ("scrape", "clean", "themes", "sentiment", "measure", "charts", "report")
BASE = {"problems", "schema", "tables", "lexicon", "pattern", "codebook", "engine", "cluster", "storage", "sites"}
# Above all rooms: they put the rooms together.
ROOF = {"__init__", "__main__", "cli", "commands", "pipeline", "checking", "explain", "manual", "stages"}
LONGEST_FILE = 300
CONDA_NAMES = {"brotli-python": "brotli"}


def modules() -> list[Path]:
    return sorted((ROOT / "analysis").rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "analysis").parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_from_its_left_or_the_base(path: Path) -> None:
    room = room_of(path)
    if room in ROOF:
        return
    allowed = BASE | (set(ROOMS[: ROOMS.index(room) + 1]) if room in ROOMS else set())
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("analysis.")}
    assert ours <= allowed, f"{path.name} of {room} imports {sorted(ours - allowed)}"


@pytest.mark.parametrize(
    ("module", "room"),
    [("matplotlib", "charts"), ("socket", "scrape"), ("urllib.request", "scrape"), ("http.client", "scrape"), ("requests", "scrape")],
)
def test_only_one_room_imports_it(module: str, room: str) -> None:
    users = {room_of(p) for p in modules() if any(n == module or n.startswith(module + ".") for n in imported(p))}
    assert users <= {room}


def test_every_module_belongs_to_a_known_place() -> None:
    assert {room_of(p) for p in modules()} <= BASE | ROOF | set(ROOMS)


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_no_python_file_is_longer_than_300_lines() -> None:
    files = [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "data").rglob("*.py")]
    long = {str(p.relative_to(ROOT)): n for p in files if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE}
    assert not long


def test_no_address_of_a_package_index_and_no_path_of_a_machine() -> None:
    for path in tracked("*.lock", "environment.yml", "pyproject.toml", "Makefile"):
        assert "://" not in path.read_text(encoding="utf-8"), path.name
    machine = re.compile(r"/(?:wor[k]|hom[e]|roo[t]|tm[p])/")
    for path in tracked("*.py", "*.md", "*.yml", "*.toml", "*.ipynb", "Makefile"):
        assert not machine.search(path.read_text(encoding="utf-8")), path.name


def test_environment_yml_says_what_pyproject_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {r.name: r.specifier for r in map(Requirement, project["dependencies"])}
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    found = {}
    for entry in [e for e in conda if isinstance(e, str) and e != "pip"] + [e for e in pip if e != "-e ."]:
        requirement = Requirement(entry)
        found[CONDA_NAMES.get(requirement.name, requirement.name)] = requirement.specifier
    assert found.pop("python") == SpecifierSet(project["requires-python"])
    assert found == wanted


def test_the_lock_pins_every_dependency_with_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in map(Requirement, project["dependencies"]):
        assert re.search(rf"^{re.escape(requirement.name)}(\[.*\])?==\S+ .*\\$", lock, re.MULTILINE), requirement.name
    assert "--hash=sha256:" in lock


def test_every_word_list_states_source_and_licence() -> None:
    for path in [*(ROOT / "data" / "lexicon").glob("*.yml"), *(ROOT / "data" / "codebook").rglob("*.yml")]:
        if path.name == "codebook.yml":
            continue
        head = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"source", "licence"} <= set(head), path.name
