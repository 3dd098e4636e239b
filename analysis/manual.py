"""The codebook as a page for readers who do not program, in Chinese and English, made from its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.codebook import Codebook, Theme
from analysis.lexicon import load_yaml
from analysis.tables import FAMILY_OF_STATUS

EXAMPLES = 2  # of a rule, on the page; all of them stand in its file


def manual(book: Codebook) -> str:
    """The page: statuses, then each theme with its definition, rules and examples, then which theme stays.

    >>> from analysis.codebook import load
    >>> "威胁恐吓 · Threats" in manual(load())
    True
    """
    words = load_yaml("lexicon/manual.yml")
    lines = [f"# {book.name.zh} · {book.name.en}", "", f"{book.version}", "", *_both(words["intro"]), *_both(words["notation"])]
    lines += [f"## {_pair(words['headings']['statuses'])}", "", *_statuses(words), "", f"## {_pair(words['headings']['themes'])}", ""]
    for theme in book.themes:
        lines += _theme(theme, book, words)
    if book.precedence:
        lines += [f"## {_pair(words['headings']['precedence'])}", ""]
        lines += [f"- {book.theme(p.winner).zh} > {book.theme(p.loser).zh} · {p.winner} > {p.loser}" for p in book.precedence]
    return "\n".join(lines).rstrip() + "\n"


def _pair(entry: Mapping[str, str]) -> str:
    return f"{entry['zh']} · {entry['en']}"


def _both(entry: Mapping[str, str]) -> list[str]:
    return [entry["zh"], "", entry["en"], ""]


def _statuses(words: Mapping[str, Any]) -> Iterator[str]:
    labels = words["labels"]
    yield f"| {_pair(labels['status'])} | {_pair(labels['meaning'])} |"
    yield "| --- | --- |"
    for status, family in FAMILY_OF_STATUS.items():
        yield f"| `{status}` ({family}) | {_pair(words['status_meanings'][status])} |"


def _theme(theme: Theme, book: Codebook, words: Mapping[str, Any]) -> Iterator[str]:
    labels, families = words["labels"], words["headings"]["families"]
    yield from (f"### {theme.zh} · {theme.en} (`{theme.slug}`, {theme.code})", "")
    yield from (theme.definition.zh, "", theme.definition.en, "")
    facts = [_pair(families[theme.family]), f"{_pair(labels['base'])}: {theme.polarity:+g}", f"{_pair(labels['actor'])}: {theme.actor}"]
    if theme.parent:
        facts.append(f"{_pair(labels['under'])}: {book.theme(theme.parent).zh}")
    yield from ("; ".join(facts) + ".", "")
    for label, entries in (("counts", theme.include), ("not", theme.exclude)):
        if entries:
            yield from (f"- {_pair(labels[label])}: {', '.join(entries)}.",)
    yield from ("", f"| {_pair(labels['rule'])} | {_pair(labels['found'])} | {_pair(labels['near'])} |", "| --- | --- | --- |")
    for rule in theme.rules:
        found, near = ("<br>".join(_cell(text) for text in texts[:EXAMPLES]) for texts in (rule.examples, rule.counter_examples))
        yield f"| {_cell(rule.en)} (`{rule.id}`) | {found} | {near} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
