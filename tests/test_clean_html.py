"""HTML becomes lines: what a reader sees as one line is one, with its boxes, links and bold."""

from __future__ import annotations

import pytest

from analysis.clean.html import read_lines


def texts(html_text: str) -> list[str]:
    return [line.text for line in read_lines(html_text).lines]


@pytest.mark.parametrize(
    ("html_text", "lines"),
    [
        ("<p>一<b>二</b>三</p>", ["一二三"]),  # inline elements do not part a line
        ("<p>一<br>二<br/>三</p>", ["一", "二", "三"]),
        ("一<div>二</div>三", ["一", "二", "三"]),
        ("<p>一<p>二", ["一", "二"]),  # unclosed
        ("<ul><li>一<li>二</ul>", ["一", "二"]),
        ("<div>一<script>var a='二'</script><style>.三{}</style></div>", ["一"]),
        ("<!-- 零 --><p>一</p>", ["一"]),
        ("<p>一 &amp;nbsp; 二&amp;amp;三</p>", ["一 二&三"]),  # escaped twice
        ("<p>1 &lt; 2</p>", ["1 < 2"]),
        ("<pre>一\n二</pre>", ["一", "二"]),
        ("<p>一\n   二</p>", ["一 二"]),
        ("<select><option>一</select><button>二</button><p>三</p>", ["三"]),
        ("<table><tr><th>银行</th><th>天</th></tr><tr><td>甲</td><td><p>3</p></td></tr></table>", ["银行 天", "甲 3"]),
        ("<table><tr><td><p>一</p><p>二</p></td><td>三</td></tr></table>", ["一", "二", "三"]),  # a layout, not data
        ("<div><span>2025-01-02</span><span>阅读 5</span></div>", ["2025-01-02 阅读 5"]),  # "reads 5"
        (
            "<p><span>催收</span><span>合法吗？</span>还是说，要看情况。</p>",
            ["催收合法吗？还是说，要看情况。"],
        ),  # running text
        ("", []),
    ],
)
def test_lines(html_text: str, lines: list[str]) -> None:
    assert texts(html_text) == lines


def test_links_and_bold_are_counted() -> None:
    link, bold = read_lines("<p><a href=/>四个汉字</a>后</p><p><strong>三个字</strong></p>").lines
    assert (link.n_link, link.n_links, link.n_bold) == (4, 1, 0)
    assert (bold.n_link, bold.n_bold) == (0, 3)


def test_boxes_hold_names_and_parents() -> None:
    page = read_lines("<div class='Post Main' id=P1><p style='display: none'>文</p></div>")
    inner, outer, *_ = (page.boxes[b] for b in page.ancestors(page.lines[0].box))
    assert (inner.tag, inner.is_hidden) == ("p", True)
    assert (outer.names, outer.is_hidden) == ("post main p1", False)


def test_head_is_read() -> None:
    page = read_lines(
        "<title>题 - 站</title><meta property='og:title' content='题'><meta name=Author content=某>"
        "<script type='application/ld+json'>{\"a\": 1}</script>"
    )
    assert page.head["title"] == "题 - 站"
    assert (page.head["og:title"], page.head["author"], page.scripts) == ("题", "某", ['{"a": 1}'])


@pytest.mark.parametrize("tag", ["div", "span", "b", "a", "table><tr><td"])
def test_ten_thousand_deep(tag: str) -> None:
    last = tag.rsplit("><", maxsplit=1)[-1]
    page = f"<{tag}>" * 10_000 + "深处的字。" + f"</{last}>" * 10_000
    assert "深处的字。" in texts(page)


def test_broken_markup_loses_no_text() -> None:
    assert "".join(texts("<div><p>一</div></p><a href='x>二</a><b>三<i>四</b></i><td>五")).startswith("一")
    assert texts("<p>一</p></body></html><p>二</p>") == ["一", "二"]
