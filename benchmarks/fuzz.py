# ruff: noqa: E501 (long lists of forms; a target asserts several things of one result)
"""Mutated pages, sentences, files and rules through every reader, with a time limit for each and the promises checked.

    .venv/bin/python benchmarks/fuzz.py --seconds 600 --workers 2        # writes benchmarks/results/fuzz.md
    .venv/bin/python benchmarks/fuzz.py --regexes                        # times every regular expression, thoroughly

Seeds are the sample's pages, the labelled sentences, the codebook and, where they are beside the project, real pages and
gold documents. An input is a seed with 1 to 8 mutations. The processor's own clock stops an input after LIMIT seconds.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_targets import TARGETS, Seeds, csvs, files

from analysis import codebook as books
from analysis.problems import DataProblem
from analysis.scrape import read

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
LIMIT = 5.0  # seconds of processor time for one input of at most 200,000 characters: the slowest honest page takes 0.5
LARGEST = 200_000
_SURROGATES = re.compile("[\ud800-\udfff]")
SPECIAL = [
    "\x00", "\ufffd", "\ud800", "\u202e", "\u200b", "\ufeff", "\U0001f600", "0️⃣", "①", "İ", "ﬁ", "Ａ", "〔电话〕", "〔微信〕", "\r\n", "\t",
    "\x1b[31m", "<", ">", "&amp;", "&#x110000;", "&#0;", "</script>", "<!--", "<template>", "<svg onload=1>", "{{7*7}}", "=1+1", "网(wǎng)",
    "加微信", "V❤:ab_1234", "13900001234", "一三九零零零零一二三四", "@qq.com", "2025-02-30", "99999年13月", "9" * 400, "(" * 50, "。", "，",
    "“", "”", "不", "不得不", "吗？", "http://[", "%ff", "\\", "…", "#", "|", "[", "^", "- ", "? ", "'", '"', ": ", "\n", "!!python/object:os.system", "\\ud800",
]  # fmt: skip


def seeds(folder: Path) -> Seeds:
    """What is mutated: invented material of the project, and outside material where it is there."""
    texts = [json.loads(line)["text"] for path in sorted((ROOT / "data" / "labels" / "sentences").glob("*.jsonl"))
             for line in path.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    pages = list(read(str(ROOT / "data" / "sample" / "sample.warc.gz"))["content"])
    if SHARED.exists():
        pages += [path.read_bytes() for path in sorted((SHARED / "real" / "pages").iterdir())]
        for line in (SHARED / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            if int(document["doc_id"].split("-")[1]) <= 24:  # the others are for scoring alone
                texts += [block["text"] for block in document["blocks"]]
    yamls = [path.read_bytes() for name in ("codebook", "sites") for path in sorted((ROOT / "data" / name).rglob("*.yml"))]
    rules = [written for _, rule, _ in books.load().rules() for written in (*rule.any, *rule.needs, *rule.unless)]
    return Seeds(texts, pages, files(folder), [y for y in yamls if len(y) < 20_000], rules)


def mutated(text: str, other: str, rng: random.Random) -> str:
    """The text with 1 to 8 mutations: cut, doubled, swapped, spliced with another, special and random characters put in."""
    for _ in range(rng.randint(1, 8)):
        a, b = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        b = min(b, a + rng.choice((1, 3, 20, 400)))
        kind = rng.randrange(7)
        if kind == 0:
            text = text[:a] + text[b:]
        elif kind == 1:
            text = text[:b] + text[a:b] * rng.choice((1, 2, 30)) + text[b:]
        elif kind == 2:
            start = rng.randint(0, len(other))
            text = text[:a] + other[start : start + rng.choice((2, 20, 200))] + text[b:]
        elif kind == 3:
            text = text[:a] + chr(rng.choice((rng.randrange(0x80), rng.randrange(0x2000, 0xA000), rng.randrange(0x110000)))) + text[b:]
        elif kind == 4:
            text = text[b:] + text[:b]
        else:
            text = text[:a] + rng.choice(SPECIAL) + text[a if kind == 5 else b :]
    return text[:LARGEST]


def mutated_bytes(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """The same for bytes: half of them as text in Latin-1 of themselves, half by flipping and cutting."""
    if rng.random() < 0.6:
        try:
            return mutated(content.decode(), other.decode("utf-8", "replace"), rng).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            pass
    found = bytearray(content[:LARGEST])
    for _ in range(rng.randint(1, 8)):
        if found:
            at = rng.randrange(len(found))
            kind = rng.randrange(4)
            if kind == 0:
                found[at] ^= 1 << rng.randrange(8)
            elif kind == 1:
                del found[at : at + rng.choice((1, 2, 50, 5000))]
            elif kind == 2:
                found[at:at] = other[: rng.choice((1, 30, 300))]
            else:
                found[at : at + 4] = rng.randbytes(rng.randint(1, 8))
    return bytes(found)


def one_input(kind: str, given: Seeds, rng: random.Random) -> Any:
    """A mutated input of that kind."""
    if kind == "files":
        suffix, content = rng.choice(given.files)
        return suffix, mutated_bytes(content, rng.choice(given.files)[1], rng)
    if kind == "csvs":
        return mutated_bytes(rng.choice(csvs()), rng.choice(csvs()), rng)
    if kind == "addresses":
        return mutated(rng.choice(("https://a.example:80/逾期?b=1#c", "host b.example", "http://[::1]/x", "//用户@例.example/%e5")), rng.choice(given.texts), rng)
    if kind in ("texts", "given", "patterns"):
        pool = given.patterns if kind == "patterns" else given.texts
        found = mutated(rng.choice(pool), rng.choice(pool), rng)
        # Decoding never gives half a surrogate pair; what a caller gives may hold one.
        return _SURROGATES.sub("\ufffd", found) if kind == "texts" else found
    pool_of_bytes = given.pages if kind == "pages" else given.yamls
    return mutated_bytes(rng.choice(pool_of_bytes), rng.choice(pool_of_bytes), rng)


class TooLong(BaseException):
    """An input took more than LIMIT seconds of processor time."""


def _stop(_: int, __: Any) -> None:
    raise TooLong


def work(job: tuple[int, float, list[str], str]) -> dict[str, Any]:
    """One process: inputs for so many seconds, and what was found."""
    seed, seconds, names, keep = job
    rng = random.Random(seed)
    signal.signal(signal.SIGPROF, _stop)
    counts: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    spent = dict.fromkeys(names, 0.0)
    slowest = dict.fromkeys(names, 0.0)
    found: dict[str, list[Any]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        given = seeds(folder)
        for name in names:  # lists are loaded outside the clock
            _try(name, one_input(TARGETS[name].kind, given, rng), random.Random(0), folder)
        first = _resident()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            name = min(names, key=lambda n: spent[n] / TARGETS[n].weight)
            value, own = one_input(TARGETS[name].kind, given, rng), rng.randrange(1 << 30)
            start = time.process_time()
            outcome = _try(name, value, random.Random(own), folder)
            took = time.process_time() - start
            spent[name] += took
            slowest[name] = max(slowest[name], took)
            counts[name] += 1
            refused[name] += outcome == "refused"
            if outcome not in ("good", "refused"):
                _keep(found, f"{name}: {outcome}", (value, own), keep)
    grown = _resident() - first
    return {"counts": counts, "refused": refused, "slowest": slowest, "found": {k: v[0] for k, v in found.items()}, "grown": grown,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}  # fmt: skip


def _try(name: str, value: Any, rng: random.Random, folder: Path) -> str:
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        TARGETS[name].function(value, rng, folder)
    except DataProblem:
        return "refused"
    except TooLong:
        return f"over {LIMIT:g} s"
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "analysis/" in f.filename or "fuzz_targets" in f.filename]
        where = f"{Path(frames[-1].filename).name}, {frames[-1].name}" if frames else "?"
        what = str(error).splitlines()[0][:60] if isinstance(error, AssertionError) and str(error) else ""
        return f"{type(error).__name__} in {where} {what}".strip()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return "good"


def _keep(found: dict[str, list[Any]], key: str, value: Any, keep: str) -> None:
    entry = found.setdefault(key, [0, None])
    entry[0] += 1
    if keep and (entry[1] is None or len(repr(value)) < entry[1]):
        entry[1] = len(repr(value))
        name = "".join(c if c.isalnum() else "-" for c in key)[:120]
        (Path(keep) / f"{name}.py").write_text(ascii(value), encoding="utf-8")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * resource.getpagesize() / 2**20


def page(parts: list[dict[str, Any]], seconds: float, seed: int) -> str:
    """The results as Markdown."""
    total = sum(sum(part["counts"].values()) for part in parts)
    found: Counter[str] = Counter()
    for part in parts:
        found.update(part["found"])
    lines = ["# Fuzzing", "", f"Made by `python benchmarks/fuzz.py --seconds {seconds:g} --workers {len(parts)} --seed {seed}`.", "",
             f"{total:,} inputs in {seconds:,.0f} seconds on {len(parts)} processes; {sum(found.values()):,} findings of {len(found)} kinds.",
             f"A limit of {LIMIT:g} seconds of processor time an input. Memory grew by {max(p['grown'] for p in parts):,.0f} MiB in a process"
             f" from its first input to its last, to {max(p['peak'] for p in parts):,.0f} MiB at most.", "",
             "| target | inputs | refused with a message | slowest, seconds |", "| --- | --- | --- | --- |"]  # fmt: skip
    for name in parts[0]["slowest"]:
        n, refused = (sum(part[key][name] for part in parts) for key in ("counts", "refused"))
        lines.append(f"| {name} | {n:,} | {refused:,} | {max(part['slowest'][name] for part in parts):.2f} |")
    lines += ["", "## Findings", ""] + ([f"- {n:,} × {key}" for key, n in found.most_common()] or ["None."])
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=list(TARGETS), default=list(TARGETS))
    parser.add_argument("--keep", default="", metavar="DIR", help="write the shortest input of each finding there")
    parser.add_argument("--regexes", action="store_true", help="time every regular expression instead")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "fuzz.md")
    chosen = parser.parse_args()
    if chosen.regexes:
        from fuzz_regexes import thorough

        thorough(chosen.out.with_name("fuzz-regexes.md"))
        return
    if chosen.keep:
        Path(chosen.keep).mkdir(parents=True, exist_ok=True)
    jobs = [(chosen.seed * 1000 + i, chosen.seconds, chosen.only, chosen.keep) for i in range(chosen.workers)]
    with multiprocessing.get_context("spawn").Pool(chosen.workers) as pool:
        parts = pool.map(work, jobs)
    chosen.out.write_text(page(parts, chosen.seconds, chosen.seed), encoding="utf-8")
    print(chosen.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
