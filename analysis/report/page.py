"""One HTML file out of the parts: styles, script and fonts inside, and a policy that lets nothing else run or load."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from analysis.report.behind import drawn_sections
from analysis.report.corpus import Corpus
from analysis.report.cover import card, contents, cover
from analysis.report.evidence import Section, contradiction_sections, rendered, term_sections, theme_sections
from analysis.report.fonts import data_uri
from analysis.report.markup import Html, element, escaped, joined
from analysis.report.notebooks import Executed
from analysis.report.records import record_sections
from analysis.report.stated import stated_sections

HERE = Path(__file__).parent
LANGUAGE = {"zh": "zh-CN", "en": "en"}
_LATIN = "".join(map(chr, range(0x20, 0x7F))) + "–—…·−“”‘’→←↑↓×"
_HEADINGS = re.compile(r"<(h1|h2|h3)\b[^>]*>(.*?)</\1>|class=\"big\">(.*?)</span>", re.DOTALL)
_CHECKED = re.compile(r' data-m="[^"]*\|(?:n|of|range|said)"')  # the gate has read them; a value keeps its key
_POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src '{style}'; script-src '{script}'; "
    "base-uri 'none'; form-action 'none'"
)


def page(corpus: Corpus, notebooks: list[Executed]) -> str:
    """The whole file as text."""
    words = corpus.words
    bodies = [(f"nb-{notebook.name.partition('-')[2]}", _CHECKED.sub("", notebook.html)) for notebook in notebooks]
    sections = [element("section", Html(html), id=anchor, class_="notebook") for anchor, html in bodies]
    entries: list[tuple[str, Html, list[tuple[str, Html]]]] = [("card", escaped(words.sentence("card")), [])]
    entries += [(anchor, *_outline(html)) for anchor, html in bodies]
    entries.append(("evidence", escaped(words.sentence("evidence")), []))
    body = joined([
        element("a", words.sentence("skip"), href="#main", class_="skip"),
        element("div", cover(corpus), class_="band"),
        element("div", contents(corpus, entries), element("main", card(corpus), *sections, _evidence(corpus), id="main"), class_="frame"),
        element("footer", element("p", words.sentence("made_with")), element("p", words.sentence("printed"), class_="print")),
        _drawer(corpus),
    ])  # fmt: skip
    return _file(corpus, body)


def _outline(html: str) -> tuple[Html, list[tuple[str, Html]]]:
    """The title of a notebook and its findings with their anchors, as text."""
    tree = LexborHTMLParser(html)
    title = tree.css_first("h2")
    for node in tree.css("h3 .small"):  # an interval is for the heading itself
        node.decompose()
    findings = [(node.attributes.get("id") or "", escaped(node.text().strip())) for node in tree.css("h3[id^='f-']")]
    return escaped(title.text().strip() if title else "–"), findings


def _evidence(corpus: Corpus) -> Html:
    words = corpus.words
    parts: dict[str, Iterator[Section]] = {  # all are chosen before the words of any are read
        "themes_part": theme_sections(corpus),
        "contradictions_part": contradiction_sections(corpus),
        "drawn_part": drawn_sections(corpus),
        "claims_part": stated_sections(corpus),
        "terms_part": term_sections(corpus),
        "records_part": record_sections(corpus),
    }
    written = [(key, joined(map(rendered, found))) for key, found in parts.items()]
    inner = [element("h3", words.sentence(key)) + html for key, html in written if html]
    note = element("p", words.sentence("evidence_note"))
    title = element("h2", words.sentence("evidence"))
    return element("section", title, note, *map(Html, inner), id="evidence", class_="evidence mathjax_ignore")


def _drawer(corpus: Corpus) -> Html:
    """Where the script shows a section without leaving the place one reads; without script it stays shut."""
    words = corpus.words
    bar = element(
        "div",
        element("a", words.sentence("go_there"), href="#evidence", id="drawer-link"),
        element("button", words.sentence("close"), type="button", id="drawer-close"),
        class_="bar",
    )
    return element(
        "dialog",
        bar,
        element("p", "", id="drawer-said"),
        element("div", "", id="drawer-body"),
        id="drawer",
        aria_label=words.sentence("evidence"),
    )


def _file(corpus: Corpus, body: Html) -> str:
    style = (HERE / "report.css").read_text(encoding="utf-8")
    script = (HERE / "report.js").read_text(encoding="utf-8")
    serif = {character for found in _HEADINGS.finditer(body) for character in found[2] or found[3]}
    faces = {"Report Sans": ("sans", {*body, *_LATIN, *style}), "Report Serif": ("serif", {*serif, *_LATIN})}
    fonts = "".join(_face(name, data_uri(face, sorted(characters))) for name, (face, characters) in faces.items())
    style = fonts + style
    policy = _POLICY.format(style=_hash(style), script=_hash(script))
    head = joined([
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", corpus.words.sentence("title")),
        element("style", Html(style)),
    ])  # fmt: skip
    whole = joined([element("head", head), element("body", body, element("script", Html(script)))], "\n")
    return f"<!DOCTYPE html>\n{element('html', whole, lang=LANGUAGE[corpus.words.lang])}\n"


def _face(name: str, address: str) -> str:
    return f'@font-face{{font-family:"{name}";font-display:block;src:url({address}) format("woff2")}}\n'


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"
