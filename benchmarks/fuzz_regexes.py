# ruff: noqa: E501, SIM102 (long lists of forms; a target asserts several things of one result)
"""Every regular expression that the package compiles, timed on strings made against it.

    .venv/bin/python benchmarks/fuzz_regexes.py            # all, thoroughly: writes benchmarks/results/fuzz-regexes.md
    .venv/bin/python benchmarks/fuzz_regexes.py --quick    # those with an unbounded part, and some of the others; prints JSON

`re` is asked to note what is compiled from a file of `analysis/` while all modules are imported, the sample is run and
every rule of the codebook is compiled; so lists read from YAML are among them. Strings against an expression are runs of
its own literals, whole matches, and matches that miss their last character, repeated to 50,000 and 100,000 characters.
An expression is super-linear where the longer string takes over RATIO times as long and more than FLOOR seconds.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import pkgutil
import random
import re
import re._parser as parser  # type: ignore[import-not-found]
import signal
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
LONG = 100_000
RATIO = 3.0  # a linear expression takes twice as long on twice the length; a quadratic one four times
FLOOR = 0.15  # seconds below which a ratio is noise
ABSOLUTE = 5.0  # seconds of processor time for one string, on a noisy machine
OTHERS = 60  # expressions without an unbounded part that the quick version takes
RECORDS = 40  # of the sample, there
QUICK = 40_000  # characters there
# Where an expression is only matched at the start of a text, or never sees a long one: it is timed as it is used.
AT_START = {"analysis/scrape/response.py, <module>", "analysis/storage.py, <module>"}
OWN = {"analysis/charts/save.py, <module>", "analysis/report/figures.py, <module>", "analysis/report/page.py, <module>"}  # read what we wrote
LONGEST = {  # characters that the callers let through
    "analysis/clean/digits.py, <module>": 200,  # one number, as `_CANDIDATE` bounds it: 41 signs with 4 between
    "analysis/clean/furniture.py, _rules": 400,  # a line of furniture; longer ones are none
    "analysis/clean/messengers.py, _is_id": 60, "analysis/clean/dates.py, _relative": 60,
    "analysis/report/build.py, <module>": 2_000,  # the report's own sentences
}  # fmt: skip
COMPILED: dict[tuple[str | bytes, int], str] = {}
_COMPILE = re._compile  # type: ignore[attr-defined]


class Timed(NamedTuple):
    """One expression: where it was compiled, its slowest string's times at half and at full length."""

    where: str
    pattern: str
    half: float
    full: float
    attack: str

    @property
    def is_slow(self) -> bool:
        return self.full > ABSOLUTE or (self.full > FLOOR and self.full > RATIO * self.half)


class TooLong(BaseException):
    """One string took more than ABSOLUTE seconds."""


def _noting(pattern: Any, flags: Any) -> Any:
    found = _COMPILE(pattern, flags)
    frame = sys._getframe(2)
    where = f"{Path(frame.f_code.co_filename).relative_to(ROOT)}, {frame.f_code.co_name}" if f"{ROOT / 'analysis'}" in frame.f_code.co_filename else ""
    if where and where not in OWN:
        COMPILED.setdefault((found.pattern, found.flags), where)
    return found


def collect(n_records: int | None = None) -> dict[tuple[str | bytes, int], str]:
    """The expressions, with where each was compiled; of the sample so many records, or all."""
    re._compile = _noting  # type: ignore[attr-defined]
    sys.path.insert(0, str(ROOT))
    import analysis

    modules = [importlib.import_module(m.name) for m in pkgutil.walk_packages(analysis.__path__, "analysis.") if "__main__" not in m.name]
    for module in (m for m in modules if hasattr(m, "re")):  # the others compile none
        for function in vars(module).values():  # loaders of lists, which compile on first use
            if hasattr(function, "cache_info") and getattr(function, "__module__", "") == module.__name__:
                if not any(p.default is p.empty for p in inspect.signature(function).parameters.values()):
                    function()
    from analysis import codebook as books
    from analysis.clean import Settings, clean_pages
    from analysis.explain import explain
    from analysis.scrape import read
    from analysis.sentiment import score
    from analysis.themes import find_themes
    from analysis.themes.match import matcher

    for pattern in matcher(books.load()).patterns:
        _ = pattern.regex
    made = clean_pages(read(str(ROOT / "data" / "sample" / "sample.warc.gz")).head(n_records or 10**6), Settings(b"s" * 32))
    score(made.posts, made.blocks, find_themes(made.posts, made.blocks).mentions)
    explain("据说催收不得威胁借款人，但是我还是害怕")
    re._compile = _COMPILE  # type: ignore[attr-defined]
    return COMPILED


def _sample(tree: Any, rng: random.Random, fill: int) -> str:
    """A string that the expression would match, looks apart; an unbounded part is filled with so many turns."""
    out = ""
    for op, value in tree:
        name = str(op)
        if name == "LITERAL":
            out += chr(value)
        elif name in ("IN", "NOT_LITERAL", "ANY"):
            out += _one_of(name, value, rng)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = value
            turns = max(low, fill) if high == parser.MAXREPEAT else rng.randint(low, min(high, low + 30))
            out += "".join(_sample(inner, rng, min(fill, 3)) for _ in range(min(turns, 40))) * max(1, turns // 40)
        elif name == "BRANCH":
            out += _sample(rng.choice(value[1]), rng, fill)
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            out += _sample(value[-1] if name == "SUBPATTERN" else value, rng, fill)
    return out


def _one_of(name: str, value: Any, rng: random.Random) -> str:
    if name != "IN":
        return "a" if name == "ANY" or value != ord("a") else "b"
    classes = {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a", "CATEGORY_NOT_SPACE": "a", "CATEGORY_NOT_DIGIT": "a"}
    if str(value[0][0]) == "NEGATE":
        return rng.choice("a中1")
    op, found = rng.choice(value)
    if str(op) == "RANGE":
        return chr(rng.randint(found[0], min(found[1], 0xD7FF) if found[0] < 0xD800 else found[1]))
    return chr(found) if str(op) == "LITERAL" else classes.get(str(found), "a")


def is_unbounded(tree: Any) -> bool:
    """Whether the expression has a part without a greatest length."""
    for op, value in tree:
        if str(op).endswith("REPEAT") and (value[1] == parser.MAXREPEAT or is_unbounded(value[2])):
            return True
        inner = {"BRANCH": lambda v: v[1], "SUBPATTERN": lambda v: [v[-1]], "ATOMIC_GROUP": lambda v: [v],
                 "ASSERT": lambda v: [v[1]], "ASSERT_NOT": lambda v: [v[1]]}.get(str(op))  # fmt: skip
        if inner and any(is_unbounded(part) for part in inner(value)):
            return True
    return False


def attacks(pattern: str, flags: int, rounds: int) -> list[str]:
    """Pieces to be repeated: the expression's characters, matches, matches that miss an end, matches with a long filling."""
    tree = parser.parse(pattern, flags)
    rng = random.Random(len(pattern))
    made: list[str] = []
    for _ in range(rounds):
        match = _sample(tree, rng, 2)
        filled = _sample(tree, rng, 40_000)
        made += [match, match[:-1], match[:1], match[-1:], match[len(match) // 2 :][:1], filled, filled[:-1] + "\x01"]
    return [piece for piece in dict.fromkeys(made) if piece]


def _seconds(compiled: re.Pattern[Any], text: Any, at_start: bool = False) -> float:
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, ABSOLUTE * 1.2)
    try:
        if at_start:
            compiled.match(text)
        else:
            for _ in compiled.finditer(text):
                pass
    except TooLong:
        return ABSOLUTE * 1.2
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - start


def timed(key: tuple[str | bytes, int], where: str, rounds: int, long: int = LONG) -> Timed:
    """The slowest of the strings against one expression; one that looks slow is timed three times, the fastest counts."""
    written, flags = key
    shown = written.decode("latin-1") if isinstance(written, bytes) else written
    compiled = re.compile(written, flags)
    worst = Timed(where, shown, 0.0, 0.0, "")
    for piece in attacks(shown, flags & ~(re.UNICODE if isinstance(written, bytes) else 0), rounds):
        text: Any = (piece * (long // len(piece) + 1))[:long]
        half: Any = text[: long // 2] if len(piece) < long // 2 else piece[: len(piece) // 2]
        if isinstance(written, bytes):
            text, half = text.encode("latin-1", "replace"), half.encode("latin-1", "replace")
        most = LONGEST.get(where, long)
        text, half = text[:most], half[: most // 2]
        full = _seconds(compiled, text, where in AT_START)
        found = Timed(where, shown, _seconds(compiled, half, where in AT_START) if full > FLOOR else full / 2, full, piece[:40])
        if found.is_slow and full < ABSOLUTE:
            again = [(_seconds(compiled, half, where in AT_START), _seconds(compiled, text, where in AT_START)) for _ in range(2)]
            found = Timed(where, shown, min(a for a, _ in again), min(b for _, b in again), piece[:40])
        worst = max(worst, found, key=lambda t: (t.is_slow, t.full))
        if worst.is_slow:
            break
    return worst


def _stop(_: int, __: Any) -> None:
    raise TooLong


def measure(quick: bool) -> tuple[int, int, list[Timed]]:
    """How many there are, how many have an unbounded part, and the times of those taken."""
    signal.signal(signal.SIGPROF, _stop)
    found = collect(RECORDS if quick else None)
    print(f"{len(found)} collected in {time.process_time():.0f} s", file=sys.stderr, flush=True)
    unbounded = {k for k in found if is_unbounded(parser.parse(k[0] if isinstance(k[0], str) else k[0].decode("latin-1"), k[1] & ~re.UNICODE if isinstance(k[0], bytes) else k[1]))}
    bounded = sorted((k for k in found if k not in unbounded), key=str)
    if quick:
        bounded = random.Random(7).sample(bounded, min(OTHERS, len(bounded)))
    rows = []
    for key in [*sorted(unbounded, key=str), *bounded]:
        rows.append(timed(key, found[key], 2 if key in unbounded and not quick else 1, QUICK if quick else LONG))
        if rows[-1].is_slow:
            print(rows[-1], file=sys.stderr, flush=True)
    return len(found), len(unbounded), rows


def page(total: int, unbounded: int, rows: list[Timed]) -> str:
    """The results as Markdown."""
    slow = [row for row in rows if row.is_slow]
    lines = ["# Regular expressions", "", "Made by `python benchmarks/fuzz_regexes.py`.", "",
             f"{total:,} expressions, {unbounded:,} with a part of no greatest length; {len(rows):,} timed on strings of {LONG:,} characters made"
             f" against each; {len(slow)} super-linear. Slowest of the others: {max((r.full for r in rows if not r.is_slow), default=0):.2f} seconds.",
             "", "| where | at half | at full, seconds | repeated | expression |", "| --- | --- | --- | --- | --- |"]  # fmt: skip
    for row in sorted(slow, key=lambda r: -r.full) + sorted((r for r in rows if not r.is_slow), key=lambda r: -r.full)[:10]:
        cells = [ascii(cell)[1:41].replace("|", "¦") for cell in (row.attack, row.pattern)]
        lines.append(f"| {row.where} | {row.half:.2f} | {row.full:.2f} | `{cells[0]}` | `{cells[1]}` |")
    return "\n".join(lines) + "\n"


def thorough(out: Path) -> None:
    """Time all and write the page."""
    out.write_text(page(*measure(quick=False)), encoding="utf-8")
    print(out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "fuzz-regexes.md")
    chosen = arguments.parse_args()
    if chosen.quick:
        total, unbounded, rows = measure(quick=True)
        print(json.dumps({"n": total, "unbounded": unbounded, "timed": len(rows), "slow": [r._asdict() for r in rows if r.is_slow]}))
    else:
        thorough(chosen.out)
