"""The offline page that a person codes in: one file, no request, codes kept in the browser; and all files of a sample."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.lexicon import load_yaml
from analysis.measure.sheet import WORDS, Sheet, as_csv, as_label_studio, as_xlsx, label_studio_config

_HERE = Path(__file__).parent


def as_page(sheet: Sheet) -> bytes:
    """The sheet as one HTML page. Its policy allows the page's own script and style, by their hash, and nothing else.

    >>> page = as_page(Sheet("s", "coder-1", (("u1", "</script><script>alert(1)</script>"),), ())).decode()
    >>> page.count("</script>"), "u003c/script" in page, "default-src 'none'" in page
    (2, True, True)
    """
    style, script = ((_HERE / f"sheet.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    policy = f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
    parts = {"policy": policy, "style": style, "script": script, "data": _data(sheet)}
    head, *rest = (_HERE / "sheet.html").read_text(encoding="utf-8").split("%%")
    # parts stand between marks, so that a mark inside a text is left alone
    found = [parts[piece] if number % 2 == 0 else piece for number, piece in enumerate(rest)]
    return "".join([head, *found]).encode()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(sheet: Sheet) -> str:
    words = load_yaml(WORDS)
    data = {
        "sheet": sheet.name,
        "coder": sheet.coder,
        "units": [{"unit": unit, "text": text} for unit, text in sheet.units],
        "themes": [theme._asdict() for theme in sheet.themes],
        "families": list(words["families"].values()),
        "words": words["page"],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def sheet_files(made: Sequence[Sheet], design: pd.DataFrame) -> dict[str, bytes]:
    """The files of a sample by their path: a folder a coder, and the design, which coders don't get, in one of its own.

    >>> sorted(sheet_files([Sheet("s", "coder-1", (("u1", "逾期"),), ())], pd.DataFrame({"unit": []})))[-2:]  # overdue
    ['coder-1/label-studio-tasks.json', 'design/design.csv']
    """
    files = {"design/design.csv": design.to_csv(index=False, lineterminator="\n").encode()}
    for sheet in made:
        files |= {
            f"{sheet.coder}/{sheet.coder}.html": as_page(sheet),
            f"{sheet.coder}/{sheet.coder}.xlsx": as_xlsx(sheet),
            f"{sheet.coder}/{sheet.coder}.csv": as_csv(sheet),
            f"{sheet.coder}/label-studio-tasks.json": as_label_studio(sheet),
            f"{sheet.coder}/label-studio-config.xml": label_studio_config(sheet.themes),
        }
    return files
