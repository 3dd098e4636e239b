"""A page read: title, blocks with their layers, meta lines, and everything that was cut, each line with its reason.

`read_page` takes HTML, `read_text` plain text such as a pasted article. Adverts in paragraphs are left in the body here;
`adverts.mark_adverts` takes them out of it. Nothing is lost: a line is in a block, in `meta`, or in `cut`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.clean import furniture, labels, regions, shapes, speakers, threads, titles
from analysis.clean.html import Line, Lines, read_lines, tidy
from analysis.clean.json_ld import json_ld_dates
from analysis.clean.offers import is_strapline
from analysis.clean.page import Block, Cut, Kept, Page
from analysis.clean.shapes import pattern
from analysis.clean.text import fold, fold_lines
from analysis.clean.verdicts import verdict

__all__ = ["Block", "Cut", "Page", "read_page", "read_text"]

_SAID = 20.0  # weight of a line that makes a post
_LINK = (0.8, 40)  # share in links and length of a line that is a link and nothing else
_REPLY_LINK = (0.5, 24)  # the same in comments, where it is who wrote
_QUOTED = 10  # characters from which a comment that was said before is a quotation
_FOLDED = 200  # characters of a line whose folded form will be asked for again and again
_FIELDS = 3  # lines of a complaint's record, a field each: its text and not what is said about it
_LONGEST_LABEL = 40
_LABEL = 4  # characters of the label of an answer; 回复 (reply) alone is a button
_NEAR_TOP = 6  # kept lines within which a meta line stands at the top of a post
_RUNNING = 60.0  # weight of a line that ends a list of related pages
_NEAR_END = 25  # lines after the post in which what is said about it may still stand


def read_page(html_text: str) -> Page:
    """The page of an HTML text.

    >>> page = read_page("<h1>催收合法吗</h1><p>2025-01-02 阅读:3</p><p>催收有边界，越界可以投诉，也可以报警。</p>")
    >>> page.title, page.meta, [b.layer for b in page.blocks]     # is collection lawful; date and reads; a sentence
    ('催收合法吗', ['2025-01-02 阅读:3'], ['body'])
    """
    page = read_lines(html_text)
    page.head.update(json_ld_dates(page.scripts))
    return _Reader(page, is_plain=False).read()


def read_text(text: str) -> Page:
    """The page of a plain text: a line each, the first its title if it is short.

    >>> page = read_text("催收合法吗\\n\\n3天前 阅读:65 评论:0\\n\\n催收有边界，越界可以投诉，也可以报警。\\n\\n版权声明")
    >>> page.title, page.meta, [c.reason for c in page.cut]       # is collection lawful; 3 days ago; …; copyright
    ('催收合法吗', ['3天前 阅读:65 评论:0'], ['copyright'])
    """
    page = read_lines("")
    page.lines = [Line(line, 0) for line in map(tidy, text.splitlines()) if line]
    return _Reader(page, is_plain=True).read()


@dataclass
class _Reader:
    """Walks the lines once and sends each to a block, to the meta lines or to the cut."""

    page: Lines
    is_plain: bool
    kept: list[Kept] = field(default_factory=list)
    meta: list[str] = field(default_factory=list)
    cut: list[Cut] = field(default_factory=list)
    state: str = ""
    has_post: bool = False  # whether something was said before the thread begins
    scope: int = -1  # box after the post whose label says that answers follow
    texts: set[str] = field(default_factory=set)

    def read(self) -> Page:
        lines = self.page.lines
        self._cut_jammers()
        fold_lines([line.text for line in lines if len(line.text) <= _FOLDED])
        judged = [verdict(line.text) for line in lines]
        self.reasons = [v.reason for v in judged]
        self.records = frozenset(i for i, v in enumerate(judged) if v.is_record)
        n_fields = sum(v.is_field for v in judged)
        self.is_meta = [(v.is_meta and not (v.is_field and n_fields >= _FIELDS)) or v.is_record for v in judged]
        weighed = [r or ("meta" if m else None) for r, m in zip(self.reasons, self.is_meta, strict=True)]
        title, self.title_line = self._title()
        self.weights = [regions.weight(line, why) for line, why in zip(lines, weighed, strict=True)]
        self.region = regions.find(self.page, weighed, self.weights, self.title_line)
        self.floors = self._floors()
        self.best = self._best()
        said = [i for i, why in enumerate(weighed) if why is None and self._is_in_reply(i)]
        tags = [self.page.boxes[line.box].tag for line in lines]
        heads = speakers.heads([line.text for line in lines], tags, self.records)
        self.names = threads.bylines(self.page, said) | heads
        for i in range(len(lines)):
            self._place(i)
        blocks, again = labels.label(self.kept, title, self.is_plain)
        if title is None and not self.is_plain and blocks and blocks[0].layer == "heading":
            title, blocks = blocks[0].text, blocks[1:]
        kind = self._kind(title, blocks)
        return Page(title, blocks, self.meta, self.page.head, self.cut + again, kind)

    def _cut_jammers(self) -> None:
        for line in self.page.lines:
            if not line.text[-1].isascii():
                continue
            at = furniture.jammer_at(line.text)
            if at < len(line.text):
                self.cut.append(Cut(line.text[at:].strip(), "jammer"))
                line.text = line.text[:at].rstrip()

    def _kind(self, title: str | None, blocks: list[Block]) -> str:
        lines, kept = self.page.lines, [k.order for k in self.kept]
        found = shapes.kind(title, blocks, bool(self.floors), any(map(furniture.has_time_or_count, self.meta)))
        if self.records and found != "empty":
            return "complaint"
        if found in ("complaint", "empty") or self.is_plain:
            return found
        beside = shapes.related(self.page, self.reasons, self.region.cut)
        return "list" if shapes.is_list(lines, kept, self.weights, beside) else found

    def _title(self) -> tuple[str | None, int]:
        if not self.is_plain:
            return titles.choose(self.page)
        words = {i: line.text for i, line in enumerate(self.page.lines) if not (self.reasons[i] or self.is_meta[i])}
        i = titles.of_text(words)
        return (words[i], i) if i >= 0 else (None, -1)

    def _floors(self) -> dict[int, int]:
        if self.is_plain:
            return {}
        marks = [m or r in regions.MARKS for m, r in zip(self.is_meta, self.reasons, strict=True)]
        is_open = [ok and why is None for ok, why in zip(self.region.inside, self.region.cut, strict=True)]
        is_number = [r == regions.NUMBER for r in self.reasons]
        return threads.posts_of(self.page, threads.Marks(self.weights, marks, is_number, is_open))

    def _best(self) -> frozenset[int]:
        """The box of the answer that a page of questions puts first: by its name, else by its label (codebook 1.1, G06)."""
        boxes = self.page.boxes
        for i, line in enumerate(self.page.lines):
            if self.region.role[i] == "comment":
                around = self.page.ancestors(line.box)
                named = [b for b in around[:4] if "best" in furniture.kinds_of(boxes[b].names)]
                is_label = len(line.text) >= _LABEL and pattern("answer_heading").fullmatch(furniture.start(line.text))
                if named or is_label:
                    return frozenset(named[-1:] or around[1:2])
                if self.weights[i] > _SAID:
                    break
        return frozenset()

    def _place(self, i: int) -> None:
        """Send one line where it belongs."""
        line, why, region = self.page.lines[i], self.reasons[i], self.region
        if i == self.title_line or self._opens_replies(i):
            return
        is_comment = self._is_reply(i)
        fate = region.cut[i] or ("byline" if i in self.names else None)
        is_best = bool(self.best) and not self.best.isdisjoint(self.page.ancestors(line.box))
        is_first = not self.kept and i > self.title_line >= 0 and region.inside[i] and why is None
        is_meta = self.is_meta[i] or (is_comment and furniture.is_byline(line.text))
        is_meta = is_meta or (is_first and furniture.is_loose_meta(line.text))
        if is_meta and fate != "byline" and self._place_meta(i, is_comment):
            return
        if fate is None and not region.inside[i] and not (is_comment or is_best):
            fate = self._fate_outside(i)
        if fate is None and i < self.title_line and region.first <= i and not is_strapline(line.text):
            fate = why or "nav"
        if fate is not None or (why is not None and not self._is_label(i)):
            self.cut.append(Cut(line.text, why or fate or "furniture"))
            return
        self._keep(i, is_comment)

    def _is_reply(self, i: int) -> bool:
        """Whether the line is of a comment; the first post of a thread is none, unless a post stands before the thread."""
        if self.floors.get(i) == 0:
            return self.has_post
        return self._is_in_reply(i) or (self.scope >= 0 and self.scope in self.page.ancestors(self.page.lines[i].box))

    def _is_in_reply(self, i: int) -> bool:
        if self.region.role[i] != "comment" and i not in self.floors:
            return False
        return not self.best or self.best.isdisjoint(self.page.ancestors(self.page.lines[i].box))

    def _opens_replies(self, i: int) -> bool:
        """Take the label of answers that stand after the post's box, and a count of comments, which is said of the post."""
        line, why, region = self.page.lines[i], self.reasons[i], self.region
        if len(line.text) > _LONGEST_LABEL or (why != "comment_label" and i <= region.last):
            return False
        if why == "comment_label" and not self._is_in_reply(i) and i > self.title_line and any(map(str.isdigit, line.text)):
            self.meta.append(line.text)
            return not self.kept
        is_reply = pattern("complaint_label").fullmatch(furniture.start(line.text)) is not None
        if i > region.last >= 0 and self.kept and (is_reply or why == "comment_label"):
            around = self.page.ancestors(line.box)[1:2]
            self.scope = next((b for b in around if b not in self.page.ancestors(self.page.lines[region.last].box)), -1)
            self.cut.append(Cut(line.text, "comment_label"))
            return True
        return False

    def _place_meta(self, i: int, is_comment: bool) -> bool:
        """Whether the line was taken as meta: at the top of a post, after its end, or anywhere in a thread."""
        line, region = self.page.lines[i], self.region
        if is_comment or region.cut[i] in ("links", "hidden"):
            self.cut.append(Cut(line.text, "comment_meta" if is_comment else str(region.cut[i])))
            return True
        n_body = len(self.kept)
        starts = furniture.starts_as_meta(line.text)
        is_top = n_body < _NEAR_TOP and (n_body < 2 or starts)
        is_tail = not any(
            self.weights[j] > _RUNNING / 2 and region.inside[j] for j in range(i + 1, min(i + 6, len(self.page.lines)))
        )
        if not (is_top or is_tail or starts or self.floors):
            return False
        if i > region.last + _NEAR_END or self.state == "related":
            self.cut.append(Cut(line.text, "meta"))
        else:
            self.meta.append(line.text)
        return True

    def _fate_outside(self, i: int) -> str | None:
        """Why a line outside the post's box is cut; None for text between the title and that box."""
        region = self.region
        is_between = 0 <= self.title_line < i < region.first
        if is_between and self.weights[i] > _RUNNING and self.page.lines[i].n_links == 0:
            return None
        return "nav" if i < region.first else "outside"

    def _is_label(self, i: int) -> bool:
        """Take the label of a list of comments, answers or related pages; whether it is kept as a heading.

        Answers are what a page of questions is made of, those that were not chosen too: they stay in the body unless their
        box says that they are comments.
        """
        why = self.reasons[i]
        if why in furniture.LABELS and (self.kept or why == "answers_label"):
            self.state = {"comment_label": "comment", "answers_label": ""}.get(str(why), "related")
            return why == "answers_label" and not self._is_in_reply(i)
        return False

    def _keep(self, i: int, is_comment: bool) -> None:
        line = self.page.lines[i]
        size = max(len(line.text), 1)
        words = furniture.start(line.text)
        if self.state == "related":
            is_said = self.weights[i] >= _RUNNING or line.text.endswith(("。", "！", "?", "？")) and not line.n_links
            if not is_said and not is_comment and not self._is_heading_tag(i):
                self.cut.append(Cut(line.text, "related"))
                return
            self.state = ""
        share, longest = _REPLY_LINK if is_comment else _LINK
        is_link = line.n_link > share * size and self.weights[i] == 0 and size < longest or (is_comment and line.is_entry)
        if is_link and self.region.role[i] != "toc":
            self.cut.append(Cut(line.text, "link"))
            return
        role = self.region.role[i] if self.region.role[i] != "comment" else "body"
        if role == "body" and line.is_entry and any(other.is_entry for other in self.page.lines[max(0, i - 1) : i + 2 : 2]):
            role = "toc"
        starts_reply = pattern("complaint_reply").match(words) is not None
        starts_reply = starts_reply or (bool(self.kept) and pattern("floor_start").match(fold(line.text)) is not None)
        if is_comment or (self.state == "comment" and self.reasons[i] is None) or starts_reply:
            role = "comment"
            unsaid = self._says_nothing(i)
            if unsaid:
                self.cut.append(Cut(line.text, unsaid))
                return
        self.texts.add(line.text)
        self.has_post = self.has_post or (role == "body" and i not in self.floors and self.weights[i] > _SAID)
        self.kept.append(
            Kept(line.text, self._tag(line.box), role, line.n_bold / size, i, line.n_link / size, line.box)
        )

    def _says_nothing(self, i: int) -> str | None:
        """Why a comment's line is cut: praise that stands anywhere, or an earlier post quoted (codebook N28, N55)."""
        text = self.page.lines[i].text
        if furniture.is_fake_comment(text):
            return "fake_comment"
        is_quote = any(
            "quote" in furniture.kinds_of(self.page.boxes[b].names)
            for b in self.page.ancestors(self.page.lines[i].box)[:3]
        )
        is_again = len(text) >= _QUOTED and text in self.texts
        return "quote" if is_quote or is_again else None

    def _is_heading_tag(self, i: int) -> bool:
        return self._tag(self.page.lines[i].box) in ("h1", "h2")

    def _tag(self, box: int) -> str:
        """The tag that says what the line is: a heading around it, a quotation, else its own box."""
        boxes = self.page.boxes
        tags = [boxes[b].tag for b in self.page.ancestors(box)[:3]]
        for tag in tags:
            if tag in regions.HEADINGS or tag == "blockquote":
                return tag
        return tags[0] if tags[0] == "li" else "p"
