"""The notebooks of a report: executed side by side, each in a fresh process, then turned into HTML without their code.

Nothing of the user's Jupyter set-up is read: the kernel is this Python, its files are in a temporary folder, and where
the system has local sockets no port is opened.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.exporters import HTMLExporter
from tqdm import tqdm

from analysis.problems import DataProblem

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
PARAMETERS = "parameters"
CELL_SECONDS = 900
_OTHER = {"zh": "en", "en": "zh"}
_HEADING = re.compile(r"(</?h)([1-5])\b")


class Executed(NamedTuple):
    """One notebook after it ran: its name, and what it shows as HTML."""

    name: str
    html: str


class _ThisPython(KernelSpecManager):
    """Knows one kernel: the Python that runs now, installed as a kernel or not."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


def sources(folder: Path = FOLDER) -> list[Path]:
    """The notebooks in their order."""
    return sorted(folder.glob("[0-9]*.ipynb"))


def execute(paths: Iterable[Path], parameters: dict[str, str]) -> list[Executed]:
    """Every notebook executed with those parameters, as HTML; an error in a cell says which and stops."""
    found = list(paths)
    if not found:
        raise DataProblem(
            f"{FOLDER}: no notebook. The notebooks/ folder stands beside analysis/; clone the project whole."
        )
    notebooks = [prepared(path, parameters) for path in found]
    with ThreadPoolExecutor(
        1
    ) as pool:  # a thread of its own: a notebook that builds a report has a running loop already
        pool.submit(asyncio.run, _all(found, notebooks)).result()
    return [Executed(path.stem, to_html(notebook)) for path, notebook in zip(found, notebooks, strict=True)]


def prepared(path: Path, parameters: dict[str, str]) -> Any:
    """The notebook with its parameters set, and its prose in one language."""
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    return _with_parameters(_language(notebook, parameters["LANG"]), parameters, path.name)


async def _all(paths: list[Path], notebooks: list[Any]) -> None:
    with tqdm(total=len(paths), desc="notebooks", leave=False, disable=not sys.stderr.isatty()) as bar:

        async def one(path: Path, notebook: Any) -> None:
            await _execute(path, notebook)
            bar.update()

        await asyncio.gather(*(one(path, notebook) for path, notebook in zip(paths, notebooks, strict=True)))


async def _execute(path: Path, notebook: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="nb-") as name:
        folder = Path(name)
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
        manager.connection_file = str(folder / "connection.json")
        if sys.platform != "win32":
            manager.transport, manager.ip = "ipc", str(folder / "kernel")
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=CELL_SECONDS,
            resources={"metadata": {"path": str(path.parent)}},
            record_timing=False,
        )
        try:
            await client.async_execute(env=_environment(folder))
        except CellExecutionError as error:
            raise DataProblem(f"{path.name}: {error.ename}: {error.evalue}") from None
        finally:  # nbclient ends only kernels whose manager it made itself
            if client.kc is not None:
                client.kc.stop_channels()
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)


def _environment(folder: Path) -> dict[str, str]:
    """This process's environment, with Jupyter and IPython looking into an empty folder."""
    places = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {
        **os.environ,
        **{place: str(folder) for place in places},
        "PYTHONPATH": path,
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _with_parameters(notebook: Any, parameters: dict[str, str], name: str) -> Any:
    for cell in notebook.cells:
        if PARAMETERS in cell.metadata.get("tags", []):
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
            return notebook
    raise DataProblem(f"{name}: no cell is tagged {PARAMETERS!r}, so that its tables can't be set.")


def _language(notebook: Any, lang: str) -> Any:
    """The notebook with the prose of one language: `<span lang="en">` goes from a Chinese report."""
    other = re.compile(rf'<(span|div) lang="{_OTHER[lang]}">.*?</\1>', re.DOTALL)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = other.sub("", cell.source)
    return notebook


def to_html(notebook: Any) -> str:
    """What the notebook shows: prose and outputs, without code.

    >>> cells = [nbformat.v4.new_markdown_cell("# One"), nbformat.v4.new_code_cell("1 < 2")]
    >>> cells[1].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "<b>"}, execution_count=1)]
    >>> print(to_html(nbformat.v4.new_notebook(cells=cells)))
    <div class="prose"><h2>One</h2></div><div class="out"><pre>&lt;b&gt;</pre></div>
    """
    html, _ = _exporter().from_notebook_node(notebook)
    return str(html).strip()


@cache
def _exporter() -> HTMLExporter:
    """One for all notebooks: its templates are compiled on first use."""
    return HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="page",
        extra_template_basedirs=[str(Path(__file__).parent)],
        exclude_anchor_links=True,
        filters={"shown": _shown, "lower_headings": _lower_headings},
    )


def _shown(output: Any) -> str:
    data = output.get("data", {})
    return str(data["text/html"]) if "text/html" in data else f"<pre>{escape(str(data.get('text/plain', '')))}</pre>"


def _lower_headings(html: str) -> str:
    """The title of the notebook becomes a second heading of the report, and so on down.

    >>> _lower_headings("<h1>A</h1>")
    '<h2>A</h2>'
    """
    return _HEADING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", html).strip()
