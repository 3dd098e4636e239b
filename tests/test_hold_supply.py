# ruff: noqa: E501
"""What the core stands on: licences of every package that its dependencies bring, and no way for data to become code."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from sbom import bill, closure, licence, locked

from analysis.measure import terms

ROOT = Path(__file__).parents[1]
PERMISSIVE = re.compile(
    r"\b(?:MIT|BSD|ISC|Apache|Python Software Foundation|PSF|Zlib|HPND|Unlicense|0BSD|CC0|OFL|SIL Open Font|Matplotlib|CNRI|Public Domain)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b[AL]?GPL|General Public|SSPL|Commons Clause|proprietary|non-?commercial", re.IGNORECASE)
# Weak copyleft, file by file: used as it comes, nothing of it is copied or changed here.
MPL = {"certifi", "fqdn", "orjson", "tqdm"}
# Packages whose metadata states no licence that the expression above knows; read in their licence files.
READ_BY_HAND: dict[str, str] = {}


def test_every_package_of_the_core_is_permissive() -> None:
    packages = closure()
    assert len(packages) > 60
    bad = {}
    for name, installed in packages.items():
        said = licence(installed)
        is_chosen = " OR " in said and PERMISSIVE.search(said)  # of two licences the permissive one is taken
        if name in MPL:
            assert re.search(r"MPL|Mozilla", said), f"{name} is listed as MPL and says {said!r}"
        elif name not in READ_BY_HAND and (not PERMISSIVE.search(said) or (COPYLEFT.search(said) and not is_chosen)):
            bad[name] = said
    assert not bad
    assert "MIT" in licence(packages["fonttools"])


def test_no_exception_is_listed_that_is_not_needed() -> None:
    packages = closure()
    assert set(READ_BY_HAND) <= set(packages)
    known = {name for name in MPL if name in packages}
    assert all(re.search("MPL|Mozilla", licence(packages[name])) for name in known)


def test_the_bill_of_materials_names_every_package_once_with_its_hashes(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "benchmarks" / "sbom.py", "--out", tmp_path / "sbom.json"]
    assert subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0
    made = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert made == bill()  # the same on every run
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    names = [part["name"] for part in made["components"]]
    assert len(names) == len(set(names))
    assert set(closure()) <= set(names)
    refs = {part["bom-ref"] for part in made["components"]} | {made["metadata"]["component"]["bom-ref"]}
    assert {ref for row in made["dependencies"] for ref in (row["ref"], *row["dependsOn"])} == refs
    pinned = locked()
    for part in made["components"]:
        if part["name"] in pinned:
            assert part["version"] == pinned[part["name"]][0], f"{part['name']} is not the locked one"
            assert part["externalReferences"], f"{part['name']} has no hash"


def test_jieba_reads_no_cache_of_others_and_writes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terms.words_of("催收")  # its dictionary is read
    monkeypatch.setattr(terms.jieba.Tokenizer, "initialize", lambda *_: pytest.fail("its cache is a file of marshal, shared in /tmp"))
    assert terms.words_of("催收威胁家人", ("威胁家人",)) == {"催收", "威胁家人"}  # collectors threaten the family


FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "subprocess", "ctypes", "pty"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "pd.read_pickle", "yaml.unsafe_load", "yaml.full_load"}


def name_called(call: ast.Call) -> str:
    return ast.unparse(call.func)


@pytest.mark.parametrize("path", sorted((ROOT / "analysis").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_data_becomes_code(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {alias.name for alias in node.names} | ({node.module or ""} if isinstance(node, ast.ImportFrom) else set())
            assert not {name.split(".")[0] for name in names} & FORBIDDEN_MODULES, f"line {node.lineno}"
        elif isinstance(node, ast.Call):
            called = name_called(node)
            assert called not in FORBIDDEN_CALLS, f"line {node.lineno}: {called}"
            assert not any(k.arg == "shell" for k in node.keywords), f"line {node.lineno}: shell"
            assert not any(k.arg == "allow_pickle" and ast.unparse(k.value) != "False" for k in node.keywords), f"line {node.lineno}"
            if called == "yaml.load":
                chosen = [ast.unparse(k.value) for k in node.keywords if k.arg == "Loader"]
                assert chosen == ["loader"], f"line {node.lineno}: a loader by another name"


def test_yaml_of_the_project_makes_no_object(tmp_path: Path) -> None:
    from analysis.lexicon import read_yaml
    from analysis.problems import DataProblem

    path = tmp_path / "list.yml"
    for text in ("a: !!python/object/apply:os.getcwd []", "a: !!python/name:os.system", "a: !!python/object:decimal.Decimal {}"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataProblem, match="not readable as YAML"):
            read_yaml(path)
