"""Every kind of source that is read, with an example of each: what `sources` prints, and what a test makes and reads."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of source: its short name, an example as the command line takes it, and what is read of it."""

    name: str
    example: str
    reads: str


KINDS = (
    Kind("page", "page.html", "one saved page; its address from the browser's comment in it, or from urls.tsv beside it"),
    Kind("folder", "pages/", "all pages, archives and tables below; urls.tsv (file, url, fetched_at) gives addresses"),
    Kind("mhtml", "page.mhtml", "a page that a browser saved as one file (.mht, .mhtml), with its address and time"),
    Kind("singlefile", "single.html", "a page saved with SingleFile, with its address and time"),
    Kind("zotero", "storage/", "Zotero's storage folder: the snapshot in each folder of eight letters, without its frames"),
    Kind("warc", "crawl.warc.gz", "a web archive (.warc, .warc.gz); damaged records are passed over and said"),
    Kind("wet", "texts.warc.wet.gz", "Common Crawl's extracted texts"),
    Kind("arc", "old.arc", "the older archive format (.arc, .arc.gz)"),
    Kind("wacz", "saved.wacz", "a packed web archive, as ArchiveWeb.page and Browsertrix write it"),
    Kind("csv", "posts.csv", "a table of posts (.csv, .tsv); what each column holds is guessed from its name, or --columns text=NAME"),
    Kind("xlsx", "posts.xlsx", "the same in a spreadsheet, all its sheets"),
    Kind("parquet", "posts.parquet", "the same in Parquet"),
    Kind("jsonl", "posts.jsonl", "the same, a JSON object a line (.jsonl, .ndjson)"),
    Kind("mediacrawler", "search_contents_2025-01-02.json", "a MediaCrawler export; …_comments_… beside it gives posts their comments"),
    Kind("complaints", "complaints.json", "a complaint platform's export, with 编号, 对象, 问题, 要求, 金额, 进度"),
    Kind("text", "post.txt", "one post as plain text (.txt, .md): title, what is said about it, text"),
    Kind("clipboard", "-", "a copied article on standard input, as `pbpaste | … run - --out DIR`"),
)


def listing() -> str:
    """The kinds as lines of text, the example first.

    >>> listing().splitlines()[0].split()[:2]
    ['page.html', 'one']
    """
    width = max(len(kind.example) for kind in KINDS) + 2
    return "\n".join(f"{kind.example:<{width}}{kind.reads}" for kind in KINDS)
