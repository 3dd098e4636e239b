"""A bill of materials in CycloneDX 1.6: every package of requirements.lock as installed, with version, licence and hashes.

    .venv/bin/python benchmarks/sbom.py                  # writes reports/sbom.json; `make sbom` does the same
    .venv/bin/python benchmarks/sbom.py --core           # what the core brings, without the tools of development

The same environment gives the same bytes: no clock and no random serial number is in it.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def name_of(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def closure() -> dict[str, metadata.Distribution]:
    """The core's dependencies and theirs, as installed; what this platform does not want is not among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [Requirement(text) for text in project["dependencies"]]
    found: dict[str, metadata.Distribution] = {}
    asked: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        key = f"{name_of(wanted.name)} {sorted(wanted.extras)}"
        if key in asked:
            continue
        asked.add(key)
        found[name_of(wanted.name)] = installed = metadata.distribution(wanted.name)
        for text in installed.requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
                waiting.append(needed)
    return found


def licence(installed: metadata.Distribution) -> str:
    """What a package says of its licence: the expression, the classifiers, the first lines of the text."""
    about = installed.metadata
    said = [about.get("License-Expression") or "", *(c for c in about.get_all("Classifier") or [] if c.startswith("License"))]
    stated = about.get("License") or ""
    return "; ".join(filter(None, [*said, stated[:200] if not stated.startswith("UNKNOWN") else ""]))


def locked() -> dict[str, tuple[str, list[str]]]:
    """Name -> version and hashes, as requirements.lock has them for this Python on this system."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if begins := _LOCKED.match(line):
            name = name_of(begins[1]) if not begins[3] or Marker(begins[3].strip()).evaluate() else ""
            if name:
                found[name] = (begins[2], [])
        if name:
            found[name][1].extend(_HASH.findall(line))
    return found


def component(name: str, installed: metadata.Distribution, hashes: list[str]) -> dict[str, Any]:
    address = f"pkg:pypi/{name}@{installed.version}"
    files = [{"type": "distribution", "url": address, "hashes": [{"alg": "SHA-256", "content": h}]} for h in sorted(hashes)]
    made = {"type": "library", "bom-ref": address, "name": name, "version": installed.version, "purl": address,
            "licenses": [{"license": {"name": licence(installed) or "not stated"}}]}  # fmt: skip
    return made | ({"externalReferences": files} if files else {})


def bill(core_only: bool = False) -> dict[str, Any]:
    """The bill: the project, its packages, and what each needs of the others."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = locked()
    packages = closure()
    if not core_only:
        for name in pinned:
            try:
                packages.setdefault(name, metadata.distribution(name))
            except metadata.PackageNotFoundError:
                continue  # locked for another platform
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    refs = {name: f"pkg:pypi/{name}@{installed.version}" for name, installed in packages.items()}
    needs = {refs[name]: sorted({refs[n] for text in installed.requires or [] if (n := name_of(Requirement(text).name)) in refs})
             for name, installed in packages.items()}  # fmt: skip
    direct = sorted(refs[name_of(Requirement(text).name)] for text in project["dependencies"])
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": own, "name": project["name"], "version": project["version"],
                                   "licenses": [{"license": {"id": project["license"]}}]}},
        "components": [component(name, packages[name], pinned.get(name, ("", []))[1]) for name in sorted(packages)],
        "dependencies": [{"ref": own, "dependsOn": direct}, *({"ref": ref, "dependsOn": needs[ref]} for ref in sorted(needs))],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", action="store_true", help="without the tools of development")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "sbom.json")
    chosen = parser.parse_args()
    made = bill(chosen.core)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(made['components'])} packages in {chosen.out}")


if __name__ == "__main__":
    main()
