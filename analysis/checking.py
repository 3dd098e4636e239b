"""Whether a codebook holds what it says: patterns that compile, examples that are hit, one canonical form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis import codebook as books
from analysis.clean.text import matching
from analysis.lexicon import data_path
from analysis.tables import FAMILY_OF_STATUS
from analysis.themes import LEARNED, Block, Post, code_text
from analysis.themes.clauses import sentences
from analysis.themes.match import matcher

ALL_FLAGS = ("spun", "masked")


def check_codebook(folder: Path | str | None = None) -> list[str]:
    """What is wrong with a codebook, one line each; none if all is well."""
    book = books.load(folder)
    found = books.pattern_problems(book)
    if found:
        return found
    return [*_example_problems(book), *_form_problems(Path(folder) if folder else data_path("codebook"))]


def fix_codebook(folder: Path | str | None = None) -> list[Path]:
    """Rewrite themes and classes in their canonical form; the files that changed."""
    changed = []
    for path in _files(Path(folder) if folder else data_path("codebook")):
        wanted = books.canonical(path)
        if path.read_text(encoding="utf-8") != wanted:
            path.write_text(wanted, encoding="utf-8")
            changed.append(path)
    return changed


def _files(folder: Path) -> list[Path]:
    return [*sorted((folder / "themes").glob("*.yml")), *folder.glob(books.CLASSES)]


def _form_problems(folder: Path) -> Iterator[str]:
    for path in _files(folder):
        if path.read_text(encoding="utf-8") != books.canonical(path):
            yield f"{path}: not in its canonical form. `python -m analysis codebook --fix` rewrites it."


def _example_problems(book: books.Codebook) -> Iterator[str]:
    for theme, rule, rule_id in book.rules():
        for text in rule.examples:
            if rule_id not in _rules_hit(text, book):
                yield f"{rule_id}: its example is not found by it: {text}"
        for text in rule.counter_examples:
            rows = [r for r in _coded(text, book) if r["theme"] == theme.slug and not r["rule_id"].endswith(f".{LEARNED.id}")]
            claimed = [r for r in rows if FAMILY_OF_STATUS[r["status"]] == "claimed"]
            if claimed:
                yield f"{rule_id}: its counter-example is counted as claimed ({claimed[0]['rule_id']}: {claimed[0]['cue']}): {text}"


def _rules_hit(text: str, book: books.Codebook) -> set[str]:
    copy = matching(text).text
    return {hit.rule_id for hit in matcher(book).every_hit(copy, sentences(copy), ALL_FLAGS)}


def _coded(text: str, book: books.Codebook) -> list[dict[str, Any]]:
    return code_text(text, [Block("body", 0, len(text))], Post(flags=ALL_FLAGS), book)
