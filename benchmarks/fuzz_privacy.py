# ruff: noqa: E501 (long lists of forms; a target asserts several things of one result)
"""Invented identifiers planted across invented pages, and every byte that `run` and `report` write searched for them.

    .venv/bin/python benchmarks/fuzz_privacy.py --n 2400        # writes benchmarks/results/fuzz-privacy.md

Each identifier is well formed (check digit, Luhn sum) and drawn by a seeded generator; none is taken from anywhere. Forms
of writing: codebook 1.3, 5.1 and 6.1. A leak is the identifier as written, or 8 characters in a row of it, in any value of a
table (but those of `raw` that lead back to what was given: address, name and path of the input), in the report, in a figure or its CSV, or in what the commands say.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import ahocorasick_rs
import pyarrow.parquet

ROOT = Path(__file__).parents[1]
PART = 8  # characters in a row that count as a leak; shorter ones stand in too many numbers
HAN = "零一二三四五六七八九"
FULL = str.maketrans("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@.-_",
                     "０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ＠．－＿")  # fmt: skip
Write = Callable[[str, random.Random], str]


class Planted(NamedTuple):
    """One identifier: kind, form of writing, the characters as they stand on the page, and the sentence around them."""

    kind: str
    form: str
    surface: str
    sentence: str


def _groups(*sizes: int, by: str = " ") -> Write:
    def write(value: str, _: random.Random) -> str:
        parts, at = [], 0
        for size in sizes:
            parts.append(value[at : at + size])
            at += size
        return by.join([*parts, value[at:]]).rstrip(by)

    return write


def _each(by: str) -> Write:
    return lambda value, _: by.join(value)


def _signs(signs: str) -> Write:
    return lambda value, _: "".join(signs[int(c)] if c.isdigit() else c for c in value)


def _han(share: float) -> Write:
    return lambda value, rng: "".join(HAN[int(c)] if c.isdigit() and rng.random() < share else c for c in value)


PLAIN: dict[str, Write] = {"plain": lambda v, _: v, "full width": lambda v, _: v.translate(FULL)}
DIGITS: dict[str, Write] = PLAIN | {
    "Han digits": _han(1), "some Han digits": _han(0.4), "blanks": _each(" "), "zero width": _each("\u200b"),
    "keycaps": lambda v, _: "".join(f"{c}\ufe0f\u20e3" for c in v), "circled": lambda v, _: "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(c)] for c in v),
    "formal Han": _signs("零壹贰叁肆伍陆柒捌玖"), "spoken Han": _signs("洞幺两三四五六拐八勾"), "superscript": _signs("⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "in brackets": _signs("0⑴⑵⑶⑷⑸⑹⑺⑻⑼"), "letters": lambda v, r: v[0] + "".join({"0": "o", "1": "l", "2": "z", "8": "b"}.get(c, c) if r.random() < 0.3 else c for c in v[1:]),
    "dots": _each("."), "hyphens": _each("-"), "middle dots": _each("·"), "vertical": _each("\n"),
}  # fmt: skip
MOBILE = DIGITS | {"3-4-4": _groups(3, 4, by="-"), "3 4 4": _groups(3, 4), "3.4.4": _groups(3, 4, by="."), "+86": lambda v, _: f"+86 {v}",
                   "0086": lambda v, _: f"0086-{v}", "3·4·4": _groups(3, 4, by="·"), "3—4—4": _groups(3, 4, by="—"), "+86-3-4-4": lambda v, _: f"+86-{v[:3]}-{v[3:7]}-{v[7:]}",
                   "(3)": lambda v, _: f"({v[:3]}){v[3:7]}-{v[7:]}", "Han, then a day": lambda v, r: f"{_han(1)(v, r)}一天", "before a Han digit": lambda v, _: f"{v}两次"}  # fmt: skip
CARD = PLAIN | {"4 4 4": _groups(4, 4, 4, 4), "4-4-4": _groups(4, 4, 4, 4, by="-"), "Han digits": _han(1), "zero width": _each("\u200b"), "formal Han": _signs("零壹贰叁肆伍陆柒捌玖"),
                "before a Han digit": lambda v, _: f"{v}一天", "circled": DIGITS["circled"], "blanks": _each(" ")}  # fmt: skip
IDENTITY = PLAIN | {"6 8 4": _groups(6, 8), "6-8-4": _groups(6, 8, by="-"), "zero width": _each("\u200b"), "small x": lambda v, _: v.lower(), "blanks": _each(" "),
                    "before a Han digit": lambda v, _: f"{v}一直", "Han digits": _han(1), "some Han digits": _han(0.4)}  # fmt: skip
MAIL = PLAIN | {"(at)": lambda v, _: v.replace("@", "(at)"), "#": lambda v, _: v.replace("@", "#"), "blanks": _each(" "),
                "艾特": lambda v, _: v.replace("@", "艾特"), "@ with blanks": lambda v, _: v.replace("@", " @ "), "[at]": lambda v, _: v.replace("@", "[at]"),
                "dot in words": lambda v, _: v.replace(".", "点"), "hyphens": _each("-"), "# with blanks": lambda v, _: v.replace("@", " # "),
                "# and blanks": lambda v, _: " ".join(v.replace("@", "#")), "zero width": _each("\u200b")}  # fmt: skip
MESSENGER = PLAIN | {"zero width": _each("\u200b"), "hyphens": _each("-"), "blanks": _each(" "), "dots": _each("."), "middle dots": _each("·"), "stars": _each("*"),
                     "slashes": _each("/"), "double hyphens": _each("--"), "mathematical": lambda v, _: "".join(chr(0x1D5BA + ord(c) - 97) if c.islower() else c for c in v),
                     "circled": lambda v, _: "".join(chr(0x24D0 + ord(c) - 97) if c.islower() else c for c in v), "vertical": _each("\n")}  # fmt: skip
PLATE = PLAIN | {"dot": lambda v, _: f"{v[:2]}·{v[2:]}", "blank": lambda v, _: f"{v[:2]} {v[2:]}", "small": lambda v, _: v.lower(), "hyphen": lambda v, _: f"{v[:2]}-{v[2:]}",
                 "blanks": _each(" "), "zero width": _each("\u200b")}  # fmt: skip
LANDLINE = PLAIN | {"bracket": lambda v, _: "({}){}".format(*v.split("-")), "blank": lambda v, _: v.replace("-", " "), "whole": lambda v, _: v.replace("-", ""),
                    "extension": lambda v, _: f"{v}转8012", "Han digits": _han(1), "+86": lambda v, _: f"+86-{v[1:]}", "zero width": _each("\u200b")}  # fmt: skip

IDS_OF = {
    "wechat": ["加微信：{}", "添加微信号{}好友", "V❤:{}", "薇信 {}", "加V {}", "vx：{}", "卫星:{}", "绿泡泡：{}", "wechat: {}", "加薇❤：{}", "威信号：{}",
               "➕微 {}", "微信搜索{}"],
    "qq": ["QQ：{}", "扣扣{}", "加企鹅号：{}", "加q：{}", "叩叩 {}", "QQ群{}", "蔻蔻号：{}", "🐧 {}"],
    "mobile": ["催收用{}打给我妈", "我的手机号是{}，停机了", "联系电话{}", "对方号码{}，天天打", "拨打{}咨询", "{}这个号天天骚扰我", "手机：{}"],
    "identity card": ["他们把我的身份证{}发到群里", "身份证号码：{}", "证件号{}被公开", "{}就是我的证件"],
    "bank card": ["让我把钱转到银行卡{}", "卡号：{}", "账号{}收款", "钱打到了{}上"],
    "mail": ["投诉材料发到{}", "邮箱：{}", "他用{}给单位发邮件", "联系邮箱 {}"],
    "plate": ["上门的车是{}", "车牌{}", "开着{}堵在门口"],
    "landline": ["座机{}一直响", "用{}打到单位", "电话：{}"],
    "document": ["护照号{}也被要走", "护照：{}"],
}  # fmt: skip


def _digits(rng: random.Random, n: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(n))


def _identity(rng: random.Random) -> str:
    area = rng.choice(("110105", "310104", "440103", "510107", "330106", "420102"))
    number = f"{area}{rng.randint(1950, 2004)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{_digits(rng, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number + "10X98765432"[sum(w * int(c) for w, c in zip(weights, number, strict=True)) % 11]


def _card(rng: random.Random) -> str:
    head = rng.choice(("622202", "622848", "621700", "436742", "521899", "625965")) + _digits(rng, rng.choice((9, 12)))
    total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(map(int, reversed(head))))
    return head + str(-total % 10)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice("bcdfghjkmnpqrstvwxyz") for _ in range(rng.randint(3, 5)))


MAKERS: dict[str, tuple[Callable[[random.Random], str], dict[str, Write]]] = {
    "mobile": (lambda r: f"1{r.choice('3456789')}{r.choice('0123456789')}{_digits(r, 8)}", MOBILE),
    "identity card": (_identity, IDENTITY),
    "bank card": (_card, CARD),
    "mail": (lambda r: f"{_word(r)}{_digits(r, 5)}@{r.choice(('qq.com', '163.com', 'mail.example'))}", MAIL),
    "plate": (lambda r: f"{r.choice('京沪粤浙苏川')}{r.choice('ABCDEF')}{r.choice('QWERT')}{_digits(r, 4)}",
              PLATE),
    "wechat": (lambda r: f"{_word(r)}_{_digits(r, 5)}", MESSENGER),
    "qq": (lambda r: f"{r.choice('123456789')}{_digits(r, 8)}", DIGITS),
    "landline": (lambda r: f"0{r.choice(('10', '21', '755', '571', '28'))}-{r.choice('2345678')}{_digits(r, 7)}", LANDLINE),
    "document": (lambda r: f"E{r.choice('ABCDEFGH')}{_digits(r, 7)}", PLAIN),
}  # fmt: skip
SHARES = {"mobile": 6, "identity card": 3, "bank card": 3, "mail": 3, "plate": 2, "wechat": 4, "qq": 4, "landline": 1, "document": 1}


def planted(n: int, seed: int = 1) -> list[Planted]:
    """So many identifiers, all different, each in a sentence."""
    rng = random.Random(seed)
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    found: dict[str, Planted] = {}
    while len(found) < n:
        kind = kinds[len(found) % len(kinds)]
        make, forms = MAKERS[kind]
        form = rng.choice(list(forms))
        surface = forms[form](make(rng), rng)
        found.setdefault(surface, Planted(kind, form, surface, rng.choice(IDS_OF[kind]).format(surface)))
    return list(found.values())


FILLING = ("网贷逾期三个月，催收天天打电话，家里人也跟着担心。", "平台说要起诉，其实还没有立案。", "正规机构不会威胁借款人，遇到这种话就录音。",
           "协商分期以后压力小了很多。", "征信报告上已经有逾期记录，我很害怕。", "外包公司的人上门堵着我妈，放狠话要她替我还债。")  # fmt: skip
PLACES = ("body", "body", "body", "title", "comment", "table", "alt", "picture", "link", "json-ld", "author", "attribute", "style", "script")
BY_NAME = {("mobile", "plain"), ("mobile", "3-4-4"), ("identity card", "plain"), ("mail", "plain")}  # may stand in an address or a name
GIVEN = {"raw": ("source", "url", "archive")}  # the way back to the bytes: what the user gave, by name


def pages(found: list[Planted], folder: Path, each: int = 5, seed: int = 2) -> Iterator[Path]:
    """Pages with so many identifiers on each, in body, title, comment, table and a picture's text; some as rows of a table."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    rows, addresses = [], []
    for number, start in enumerate(range(0, len(found), each)):
        at: dict[str, list[str]] = {place: [] for place in PLACES}
        named = {"address": f"t/{number}", "file": f"page{number:04d}"}
        for item in found[start : start + each]:
            if (item.kind, item.form) in BY_NAME and number % 5 < 4 and (free := [k for k, v in named.items() if v.endswith(f"{number}")]):
                named[free[0]] += f"-{item.surface}"
            else:
                at[rng.choice(PLACES)].append(item.sentence)
        title = "，".join(["网贷逾期被催收怎么办", *at["title"][:1]])
        body = [*at["body"], *at["title"][1:], *rng.sample(FILLING, 4)]
        rng.shuffle(body)
        if number % 5 == 4:
            rest = [line for place in PLACES[4:] for line in at[place]]
            rows.append({"title": title, "text": "\n".join([*body, *rest]), "url": f"https://a.example/{number}"})
            continue
        html = (
            f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{escape(title)}</title><meta name=description content='{escape(body[0])}'>"
            + "".join(f"<meta name=author content='{escape(line)}'>" for line in at["author"])
            + "".join(f"<style>p::after{{content:'{line}'}}</style>" for line in at["style"])
            + "".join(f"<script>var wx = {json.dumps(line)};</script>" for line in at["script"])
            + "".join(f"<script type=application/ld+json>{json.dumps({'@type': 'Article', 'headline': line, 'author': {'name': line}})}</script>"
                      for line in at["json-ld"]) + "</head>"
            f"<body><h1>{escape(title)}</h1><article>" + "".join(f"<p>{escape(line)}</p>" for line in body)
            + "".join(f"<table><tr><td>{escape(line)}</td></tr></table>" for line in at["table"])
            + "".join(f"<img src=a.png alt='{escape(line)}'>" for line in at["alt"])
            + "".join(f"<img src='/up/{quote(line)}.jpg' title='图'>" for line in at["picture"])
            + "".join(f"<p><a href='https://b.example/?q={quote(line)}'>看这里</a></p>" for line in at["link"])
            + "".join(f"<p data-clipboard-text='{escape(line)}'>点击复制</p>" for line in at["attribute"]) + "</article>"
            + "".join(f"<div class=comments><div class=comment><p>{escape(line)}</p></div></div>" for line in at["comment"]) + "</body></html>"
        )  # fmt: skip
        path = folder / f"{named['file']}.html"
        path.write_text(html, encoding="utf-8")
        addresses.append(f"{path.name}\thttps://a.example/{named['address']}.html\n")
        yield path
    (folder / "urls.tsv").write_text("".join(addresses), encoding="utf-8")
    for item in found[:3]:  # what cannot be read, and is said by its name
        (folder / f"催收 {item.surface[:60].replace('/', '')}.bin").write_bytes(b"no page")
    if rows:
        (folder / "posts.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        yield folder / "posts.jsonl"


def written(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and text of everything under a folder: the values of Parquet tables unpacked, all other files byte by byte."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".parquet":
            table = pyarrow.parquet.read_table(path)
            columns = [name for name in table.column_names if name not in GIVEN.get(path.stem, ())]
            yield path.name, "\n\n".join(str(value) for name in columns for value in table[name].to_pylist() if value is not None)
            if path.stem not in GIVEN:  # else the names of files that were passed over
                yield path.name, str(table.schema.metadata)
        else:
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def leaks(found: list[Planted], texts: Iterator[tuple[str, str]]) -> dict[int, set[str]]:
    """For each identifier that is met, by its number, the files it stands in."""
    needles: dict[str, int] = {}
    for i, item in enumerate(found):
        needles.setdefault(item.surface, i)
        if item.surface.isascii():
            for at in range(len(item.surface) - PART + 1):
                part = item.surface[at : at + PART]
                if any(map(str.isdigit, part)) and " " not in part:  # others stand in drawings and addresses by chance
                    needles.setdefault(part, i)
    words = list(needles)
    search = ahocorasick_rs.AhoCorasick(words)
    met: dict[int, set[str]] = {}
    for name, text in texts:
        for index, _, _ in search.find_matches_as_indexes(text, overlapping=True):
            met.setdefault(needles[words[index]], set()).add(name)
    return met


def page(found: list[Planted], met: dict[int, set[str]], n_pages: int, n_files: int) -> str:
    """The results as Markdown."""
    lines = ["# Identifiers planted and looked for", "", f"Made by `python benchmarks/fuzz_privacy.py --n {len(found)}`.", "",
             f"{len(found):,} invented identifiers on {n_pages:,} pages and rows; `run` and `report` wrote {n_files:,} files, and each was searched"
             f" together with what the commands said. Met again: {len(met)}.", "", "| kind | planted | met again | forms that were met |",
             "| --- | --- | --- | --- |"]  # fmt: skip
    for kind in SHARES:
        forms = Counter(f"{found[i].form}" for i in met if found[i].kind == kind)
        told = ", ".join(f"{form} {n}" for form, n in forms.most_common()) or "none"
        lines.append(f"| {kind} | {sum(p.kind == kind for p in found):,} | {sum(found[i].kind == kind for i in met)} | {told} |")
    files = Counter(name for names in met.values() for name in names)
    lines += ["", "Where: " + (", ".join(f"{name} {n}" for name, n in files.most_common(12)) or "nowhere") + "."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=2400)
    parser.add_argument("--show", action="store_true", help="print each one that was met, with its sentence")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "fuzz-privacy.md")
    chosen = parser.parse_args()
    found = planted(chosen.n)
    with tempfile.TemporaryDirectory() as scratch:
        inside, out = Path(scratch) / "pages", Path(scratch) / "tables"
        n_pages = len(found) // 5
        made = list(pages(found, inside))
        said = b""
        for command in (["run", str(inside), "--out", str(out)], ["report", str(out)]):
            done = subprocess.run([sys.executable, "-m", "analysis", *command], capture_output=True, check=False, cwd=ROOT, timeout=600)
            said += done.stdout + done.stderr
            if done.returncode:
                print(said.decode(), file=sys.stderr)
                raise SystemExit(f"{command[0]} ended with {done.returncode}")
        (out / "said.log").write_bytes(said)
        met = leaks(found, written(out))
        n_files = sum(p.is_file() for p in out.rglob("*"))
        assert made
    chosen.out.write_text(page(found, met, n_pages, n_files), encoding="utf-8")
    print(chosen.out.read_text(encoding="utf-8"))
    if chosen.show:
        for i in sorted(met, key=lambda i: (found[i].kind, found[i].form)):
            print(found[i].kind, found[i].form, ascii(found[i].surface), found[i].sentence, sorted(met[i])[:4])


if __name__ == "__main__":
    main()
