"""The codebook: themes, rules and classes of words from `data/codebook/`, refused whole where one entry is bad.

A codebook is data that a person who writes no Python can review. Each rule carries examples that it must find and
counter-examples that must not be counted as claimed; `problems` tells of those that fail. Unknown keys are errors. The
version goes into every mention and measure.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis import pattern
from analysis.lexicon import data_path, read_yaml
from analysis.problems import DataProblem, choices
from analysis.tables import ACTORS, STATUSES, TARGETS

T = TypeVar("T", bound=BaseModel)
CLASSES = "classes.yml"
NAMES = "codebook.json"  # beside a run's tables: what its themes are called
Family = Literal["consequence", "conduct", "resolution", "market", "impact"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known(*named: tuple[str, str | None, tuple[str, ...]]) -> None:
    for what, name, known in named:
        if name is not None and name not in known:
            raise ValueError(f"{what} {name!r} is not known. {choices('Known', known)}")


class Veto(_Entry):
    """Words that cancel a cue: where they overlap it, or anywhere in its sentence; or that decide its status instead."""

    any: tuple[str, ...]
    scope: Literal["overlap", "sentence"] = "overlap"
    then: str | None = None  # a status: the mention stays and gets it

    @model_validator(mode="after")
    def _status_known(self) -> Veto:
        _known(("then", self.then, STATUSES))
        return self


class Rule(_Entry):
    """One way in which a theme is spoken of: patterns, conditions, and sentences that prove them."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    en: str
    any: tuple[str, ...]
    needs: tuple[str, ...] = ()  # one of these stands in the sentence
    unless: tuple[str, ...] = ()  # none of these overlaps the cue
    flags: tuple[str, ...] = ()  # only in posts that carry one of these marks
    status: str | None = None  # a status that the words themselves decide
    actor: str | None = None
    target: str | None = None
    polarity: float | None = Field(default=None, ge=-1, le=1)
    examples: tuple[str, ...] = Field(min_length=1)
    counter_examples: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_known(self) -> Rule:
        _known(("status", self.status, STATUSES), ("actor", self.actor, ACTORS), ("target", self.target, TARGETS))
        return self


class Wording(_Entry):
    """A text in both languages."""

    zh: str
    en: str


class Theme(_Entry):
    """One theme or sub-theme, as a file of `themes/` holds it."""

    slug: str = Field(pattern=r"^[a-z0-9_]+$")
    code: str
    zh: str
    en: str
    family: Family
    parent: str | None = None
    polarity: float = Field(ge=-1, le=1)
    actor: str = "unknown"
    is_actor_fixed: bool = False  # whoever is the subject, the actor of this theme is the same
    target: str = "borrower"
    default_status: str | None = None  # of a mention that nothing around it decides, and that nobody tells of himself
    definition: Wording
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    source: str
    licence: str
    vetoes: tuple[Veto, ...] = ()
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_known(self) -> Theme:
        _known(("default_status", self.default_status, STATUSES), ("actor", self.actor, ACTORS), ("target", self.target, TARGETS))
        return self

    @model_validator(mode="after")
    def _ids_once(self) -> Theme:
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) < len(ids):
            raise ValueError(f"rule ids {sorted({i for i in ids if ids.count(i) > 1})} stand more than once")
        return self


class Precedence(_Entry):
    """Which of two themes stays where their words overlap, or stand within `reach` characters of each other."""

    winner: str
    loser: str
    reach: int = Field(default=0, ge=0, le=20)


class Codebook(_Entry):
    """All themes, with the classes of words that their patterns name.

    A codebook is equal to itself alone, so that it can key a cache without hashing all its entries.
    """

    version: str
    name: Wording
    folder: Path
    themes: tuple[Theme, ...]
    classes: dict[str, tuple[str, ...]]
    precedence: tuple[Precedence, ...] = ()

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    @cached_property
    def by_slug(self) -> dict[str, Theme]:
        return {theme.slug: theme for theme in self.themes}

    @cached_property
    def parents(self) -> dict[str, str]:
        """Sub-theme -> its parent."""
        return {theme.slug: theme.parent for theme in self.themes if theme.parent}

    @cached_property
    def polarities(self) -> dict[str, float]:
        """Full id of a rule -> the polarity that its words have, where it is not the theme's."""
        return {rule_id: rule.polarity for _, rule, rule_id in self.rules() if rule.polarity is not None}

    def rules(self) -> Iterator[tuple[Theme, Rule, str]]:
        """Each theme and rule with the rule's full id, such as `threats.word`."""
        for theme in self.themes:
            for rule in theme.rules:
                yield theme, rule, f"{theme.slug}.{rule.id}"

    def theme(self, slug: str) -> Theme:
        """The theme of that slug; an unknown one lists the choices."""
        if slug not in self.by_slug:
            raise DataProblem(f"no theme {slug!r}. {choices('Themes', self.by_slug)}")
        return self.by_slug[slug]


def load(folder: Path | str | None = None) -> Codebook:
    """The codebook of a folder, or the project's own; a bad entry is an error that names its file.

    >>> load().theme("threats").zh
    '威胁恐吓'
    """
    return _load(Path(folder) if folder is not None else data_path("codebook"))


def write_names(codebook: Codebook, folder: Path) -> None:
    """Write `codebook.json` beside a run's tables: version, themes, names and parents, so that a report needs no codebook."""
    themes = [{"slug": t.slug, "zh": t.zh, "en": t.en, "parent": t.parent} for t in codebook.themes]
    part = folder / f".{NAMES}.{os.getpid()}"
    part.write_text(json.dumps({"version": codebook.version, "themes": themes}, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(part, folder / NAMES)


@cache
def _load(folder: Path) -> Codebook:
    head = read_yaml(_needed(folder / "codebook.yml"))
    files = sorted((folder / "themes").glob("*.yml"))
    if not files:
        raise DataProblem(f"{folder / 'themes'}: no theme file (*.yml). A codebook wants at least one.")
    themes = [_parsed(Theme, read_yaml(file), file) for file in files]
    found = _parsed(Codebook, {
        **head, "folder": folder, "themes": sorted(themes, key=lambda t: t.code), "classes": _classes(folder),
    }, folder)
    slugs = [theme.slug for theme in found.themes]
    for theme in found.themes:
        if slugs.count(theme.slug) > 1:
            raise DataProblem(f"{folder}: theme {theme.slug!r} stands in more than one file.")
        if theme.parent is not None and theme.parent not in slugs:
            raise DataProblem(f"{folder}: theme {theme.slug!r} has the parent {theme.parent!r}. {choices('Themes', slugs)}")
    return found


def _classes(folder: Path) -> dict[str, tuple[str, ...]]:
    path = folder / CLASSES
    if not path.exists():
        return {}
    entries = {k: v for k, v in read_yaml(path).items() if k not in {"source", "licence"}}
    return {name: tuple(str(word) for word in words) for name, words in entries.items()}


def _needed(path: Path) -> Path:
    if not path.exists():
        raise DataProblem(f"{path}: not found. A codebook folder holds codebook.yml, themes/*.yml and, if wanted, classes.yml.")
    return path


def _parsed(model: type[T], data: Any, where: Path) -> T:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[:5]
        lines = [f"{where}: {'.'.join(map(str, e['loc'])) or 'entry'}: {e['msg']}" for e in first]
        raise DataProblem("\n".join(lines) + f"\n{error.error_count()} in all. The keys are in docs/codebook.md.") from None


def pattern_problems(codebook: Codebook) -> list[str]:
    """What is wrong with the patterns themselves, one line each; none if all compile."""
    found = []
    for theme, rule, rule_id in codebook.rules():
        try:
            for written in rule.any:
                pattern.parse(written, codebook.classes)
            for written in (*rule.needs, *rule.unless, *(w for veto in theme.vetoes for w in veto.any)):
                pattern.condition(written, codebook.classes)
        except DataProblem as problem:
            found.append(f"{rule_id}: {problem}")
    return found


def canonical(path: Path) -> str:
    """A file as it should be written: comment lines at its head, a theme's keys in the model's order, defaults left out."""
    text = path.read_text(encoding="utf-8")
    head = "".join(line + "\n" for line in _leading_comments(text))
    data = read_yaml(path)
    if path.name != CLASSES:
        data = _parsed(Theme, data, path).model_dump(mode="json", exclude_defaults=True)
    return head + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)


def _leading_comments(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    return lines
