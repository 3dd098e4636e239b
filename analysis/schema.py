"""What a row of each table is: its columns, their types, units and meanings, and which values they may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

ZONE = "Asia/Shanghai"
TIME = f"datetime64[us, {ZONE}]"

LAYERS = ("title", "summary", "heading", "body", "statute", "toc", "ad", "comment")
CONTENT_LAYERS = ("title", "summary", "heading", "body", "statute")

FAMILY_OF_STATUS = {
    "asserted": "claimed",
    "reported": "claimed",
    "attributed": "claimed",
    "rhetorical": "claimed",
    "hypothetical": "possible",
    "question": "possible",
    "denied": "rejected",
    "prohibited": "rejected",
    "advised": "other",
    "promo": "other",
    "mention": "other",
}
STATUSES = tuple(FAMILY_OF_STATUS)
FAMILIES = ("claimed", "possible", "rejected", "other")
ACTORS = (
    "bank",
    "licensed_platform",
    "third_party_collector",
    "criminal",
    "borrower",
    "debt_relief_agent",
    "court",
    "police",
    "regulator",
    "lawyer",
    "media",
    "unknown",
)
TARGETS = (
    "borrower",
    "family",
    "contacts",
    "employer",
    "unrelated_person",
    "guarantor",
    "collector",
    "platform",
    "bank",
    "public",
    "unknown",
)
TONES = ("alarming", "reassuring", "neutral-informative", "angry", "pleading", "promotional")
DATE_PRECISIONS = ("second", "minute", "hour", "day", "month", "year", "relative", "unknown")


@dataclass(frozen=True)
class Column:
    """One column: pandas type, meaning (with its unit), whether it may be missing, and its closed list of values."""

    name: str
    type: str
    meaning: str
    missing: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: its name, what a row of it is, the columns that name a row, and all columns in order."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    def empty(self) -> pd.DataFrame:
        """A frame with this table's columns and types and no row.

        >>> TABLES["dropped"].empty().columns.tolist()
        ['raw_id', 'step', 'reason', 'detail']
        """
        return pd.DataFrame({c.name: pd.Series([], dtype=c.type) for c in self.columns})

    def frame(self, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
        """A frame of this table from row mappings; a column that a row lacks is missing there.

        >>> TABLES["dropped"].frame([{"raw_id": "a", "step": "clean", "reason": "no_text"}]).loc[0, "reason"]
        'no_text'
        """
        found = list(rows)
        if not found:
            return self.empty()
        return pd.DataFrame(
            {c.name: pd.Series([row.get(c.name) for row in found], dtype=c.type) for c in self.columns}
        )


C = Column
_TABLES = (
    Table("raw", "one page or record as fetched", ("raw_id",), (
        C("raw_id", "str", "identity of the record: a hash of source, offset and digest"),
        C("source", "str", "name of the input and the record's place in it, free of the folder it was read from"),
        C("url", "str", "address the page was fetched from", missing=True),
        C("fetched_at", TIME, "time of fetching", missing=True),
        C("media_type", "str", "media type: text/html, text/plain"),
        C("charset", "str", "charset stated by the transport (HTTP header), not by the page", missing=True),
        C("n_bytes", "int64", "length of the content in bytes"),
        C("digest", "str", "sha256 of the content, hexadecimal"),
        C("archive", "str", "path of the file that holds the record, as it was given"),
        C("offset", "int64", "place in that file: byte offset in an archive, row number in a table, 0 in a page"),
    )),
    Table("posts", "one kept post", ("post_id",), (
        C("post_id", "str", "identity of the post; the same as its raw_id"),
        C("raw_id", "str", "the record it was cleaned from"),
        C("url", "str", "address of the page", missing=True),
        C("source", "str", "as in raw"),
        C("site", "str", "host name of the address", missing=True),
        C("title", "str", "title without the site's name, redacted", missing=True),
        C("text", "str", "all that a reader reads, cleaned and redacted: the title, then the blocks, joined by newlines"),
        C("genre", "str", "genre of the codebook, section 1.1", missing=True),
        C("on_topic", "bool", "whether the post is about consumer debt and its collection"),
        C("off_topic_class", "str", "why it is not", missing=True),
        C("published_at", TIME, "time of publication, to date_precision", missing=True),
        C("date_precision", "str", "what published_at was read from", values=DATE_PRECISIONS),
        C("n_views", "Int64", "views stated on the page (count)", missing=True),
        C("n_comments", "Int64", "comments stated on the page (count)", missing=True),
        C("n_chars", "int64", "characters of the content layers (count)"),
        C("author_key", "str", "salted hash of the author's name", missing=True),
        C("solicitation", "bool", "whether the post solicits customers (score of 5 or more)"),
        C("solicitation_score", "float64", "points of solicitation signals (codebook 5.1)"),
        C("tone", "str", "stance of the author", missing=True, values=TONES),
        C("polarity", "float64", "mean polarity of mentions in content layers, -1 to 1; missing where there is none", missing=True),
        C("flags", "str", "marks of the text, sorted, parted by blanks: spun, masked, num_stripped, mojibake …", missing=True),
        C("sender_keys", "str", "senders of collection messages told of, as kind:salted key, sorted, parted by blanks", missing=True),
        C("template_id", "str", "family of template copies, named by its first post_id", missing=True),
        C("duplicate_of", "str", "post_id of the text that this one is a near-copy of", missing=True),
    )),
    Table("blocks", "one block of a post", ("post_id", "block"), (
        C("post_id", "str", "the post"),
        C("block", "int64", "number of the block in reading order, from 0"),
        C("layer", "str", "what kind of text it is", values=LAYERS),
        C("start", "int64", "start in posts.text, in code points"),
        C("end", "int64", "end in posts.text, in code points"),
    )),
    Table("dropped", "one input not kept", ("raw_id",), (
        C("raw_id", "str", "the record"),
        C("step", "str", "where it was dropped"),
        C("reason", "str", "why, as one of a few words"),
        C("detail", "str", "what was seen, without text of the page", missing=True),
    )),
    Table("contacts", "one contact id in a post", ("post_id", "start"), (
        C("post_id", "str", "the post"),
        C("start", "int64", "start of its mark in posts.text, in code points"),
        C("end", "int64", "end of its mark in posts.text, in code points"),
        C("kind", "str", "kind of contact", values=("wechat", "qq", "mobile", "landline", "email", "other")),
        C("value_key", "str", "salted HMAC of the normalised id: equal ids have equal keys"),
        C("display", "str", "the id masked but for its first and last character"),
        C("value", "str", "the id in clear, only with --reveal-contacts", missing=True),
    )),
    Table("mentions", "one place where a theme is spoken of", ("post_id", "start", "rule_id"), (
        C("post_id", "str", "the post"),
        C("start", "int64", "start of the cue in posts.text, in code points"),
        C("rule_id", "str", "the codebook rule that found it"),
        C("end", "int64", "end of the cue in posts.text, in code points"),
        C("cue", "str", "the words found, as written"),
        C("theme", "str", "theme or sub-theme of the codebook"),
        C("layer", "str", "layer of the block it stands in", values=LAYERS),
        C("sentence", "str", "the sentence it stands in, as written"),
        C("status", "str", "how it is said", values=STATUSES),
        C("status_cue", "str", "the words, the position or the context that decided the status", missing=True),
        C("actor", "str", "who is said to do it", values=ACTORS),
        C("target", "str", "to whom", values=TARGETS),
        C("polarity", "float64", "what it means for the borrower, -1 (harm) to 1 (relief)", missing=True),
        C("secondary", "str", "the status that lost against status", missing=True, values=STATUSES),
        C("codebook_version", "str", "version of the codebook that found it"),
    )),
    Table("contradictions", "one theme a post both claims and denies", ("post_id", "theme"), (
        C("post_id", "str", "the post"),
        C("theme", "str", "the theme"),
        C("claim", "str", "mention key of the claim: start:rule_id"),
        C("denial", "str", "mention key of the denial: start:rule_id"),
        C("kind", "str", "pattern of the codebook, section 5.3"),
    )),
    Table("claims", "one number or law that a post states", ("post_id", "start", "end", "quantity"), (
        C("post_id", "str", "the post"),
        C("start", "int64", "start of the words in posts.text, in code points"),
        C("end", "int64", "end of the words in posts.text, in code points"),
        C("surface", "str", "the words, as written"),
        C("sentence", "str", "the sentence they stand in, as written"),
        C("quantity", "str", "what is stated: a quantity of data/law/claims.yml, hours_open, citation or old_name"),
        C("low", "float64", "least that is said, in unit; missing where it is open; inf for ever", missing=True),
        C("high", "float64", "most that is said, in unit; missing where it is open", missing=True),
        C("unit", "str", "unit of low and high"),
        C("fact_id", "str", "fact, instrument, disputed citation or stale name of data/law behind the verdict", missing=True),
        C("verdict", "str", "what data/law says of it as of the day of the post",
          values=("agrees", "differs", "disputed_citation", "stale", "no_rule")),
        C("status", "str", "how it is said", values=STATUSES),
        C("named_low", "float64", "least of the number that is named, bounds such as no more than left aside", missing=True),
        C("named_high", "float64", "most of the number that is named", missing=True),
        C("layer", "str", "layer of the block it stands in", values=LAYERS),
    )),
    Table("ties", "one thing that could tie a soliciting post to others", ("post_id", "key", "start"), (
        C("post_id", "str", "the post"),
        C("kind", "str", "what it is", values=("contact", "strapline")),
        C("key", "str", "kind and what is equal in posts that it ties: key of a contact id, folded words of an advert line"),
        C("start", "int64", "start in posts.text, in code points"),
        C("end", "int64", "end in posts.text, in code points"),
        C("quote", "str", "the words there, as written"),
    )),
    Table("measures", "one number of a report", ("measure", "group", "theme"), (
        C("measure", "str", "what is measured"),
        C("group", "str", "the posts it is measured on, or the status family"),
        C("theme", "str", "the theme, or 'all'"),
        C("value", "float64", "the number; missing where it cannot be given", missing=True),
        C("low", "float64", "lower end of its 95 % interval", missing=True),
        C("high", "float64", "upper end of its 95 % interval", missing=True),
        C("n", "int64", "count of units that have the property, or that entered the mean"),
        C("denominator", "int64", "count of units it is measured on"),
        C("estimand", "str", "in words, what the number says"),
        C("method", "str", "how value and interval were computed"),
        C("unit", "str", "unit of value: share, share difference, count, per 1,000 characters, polarity, p, log odds, ratio, G2, log2, "
          "DP, place, alpha"),
        C("codebook_version", "str", "version of the codebook behind it"),
    )),
)
TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
