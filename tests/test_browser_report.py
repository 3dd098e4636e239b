"""The report in a real browser: nothing leaves the page, numbers open their quotes by mouse and keys, tables sort and search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_report import execute_here, run_of_texts
from test_report_hostile import POSTS, texts

from analysis.report import build
from analysis.report import notebooks as kernels

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no /usr/bin/chromium: `apt-get install chromium` has it")
OPENED = "document.getElementById('drawer').open"
FOCUSED = "document.activeElement.getAttribute('href')"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kernels, "execute", execute_here)
        return build(run_of_texts(folder, texts()), folder / "report.html").path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as started:
        running = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()


class Seen:
    """A page with the report in it, and what the browser asked for and complained of."""

    def __init__(self, browser: Any, report: Path, scheme: str = "light", width: int = 1280) -> None:
        self.page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.page.goto(report.as_uri())

    def clean(self, report: Path) -> bool:
        outside = [url for url in self.asked if not url.startswith("data:") and url.split("#")[0] != report.as_uri()]
        return not outside and not self.said


@pytest.fixture
def seen(browser: Any, report: Path) -> Iterator[Seen]:
    found = Seen(browser, report)
    yield found
    found.page.close()


def test_no_request_leaves_and_the_console_is_silent(seen: Seen, report: Path) -> None:
    for link in seen.page.locator("main a.n").all()[:5]:
        link.evaluate("node => node.click()")
        seen.page.keyboard.press("Escape")
    assert seen.clean(report), (seen.asked, seen.said)


def test_a_number_opens_its_quotes_by_mouse_and_escape_leads_back(seen: Seen) -> None:
    link = seen.page.locator(".leads a.n").first
    link.click()
    assert seen.page.evaluate(OPENED)
    assert seen.page.locator("#drawer-body h4").count() == 1
    seen.page.keyboard.press("Escape")
    assert not seen.page.evaluate(OPENED)
    assert seen.page.evaluate(FOCUSED) == link.get_attribute("href")


def test_a_number_opens_its_quotes_by_keyboard(seen: Seen) -> None:
    link = seen.page.locator("a.n[href='#q-threats-all']").first
    link.focus()
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate(OPENED)
    assert seen.page.locator("#drawer-body blockquote").count() > 0
    assert seen.page.locator("#drawer-body mark").first.inner_text() in "".join(POSTS.values())  # an exact span
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate(FOCUSED) == "#q-threats-all"


READ = "document.activeElement.querySelector('title').textContent"


def test_a_mark_of_a_figure_opens_its_quotes_by_mouse(seen: Seen) -> None:
    mark = seen.page.locator("#fig-1-themes svg.marks a[href='#q-threats-claimed']").first
    mark.scroll_into_view_if_needed()
    mark.click()
    assert seen.page.evaluate(OPENED)
    assert seen.page.locator("#drawer-said").inner_text() == mark.locator("title").text_content()
    assert seen.page.locator("#drawer-body mark").count() > 0


def test_marks_are_one_stop_and_arrows_go_between_them(seen: Seen) -> None:
    marks = seen.page.locator("#fig-1-themes svg.marks a")
    assert marks.evaluate_all("links => links.filter(link => link.tabIndex === 0).length") == 1
    seen.page.locator("#fig-1-themes svg.marks a[tabindex='0']").focus()
    first = seen.page.evaluate(READ)
    theme = first.split("，")[0]
    seen.page.keyboard.press("ArrowRight")
    right = seen.page.evaluate(READ)
    assert right != first
    assert right.split("，")[0] == theme  # the next column of the same row
    seen.page.keyboard.press("ArrowLeft")
    assert seen.page.evaluate(READ) == first
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate(OPENED)
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate(READ) == first


def test_marks_lead_to_quotes_without_a_script(browser: Any, report: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(report.as_uri())
    mark = page.locator("#fig-1-themes svg.marks a[href='#q-threats-claimed']").first
    mark.scroll_into_view_if_needed()
    mark.click()
    assert page.url.endswith("#q-threats-claimed")
    page.close()


def test_marks_lie_on_the_picture_at_any_width(browser: Any, report: Path) -> None:
    for width in (380, 1280):
        found = Seen(browser, report, width=width)
        boxes = [found.page.locator(f"#fig-1-themes {name}").first.bounding_box() for name in ("img", "svg.marks")]
        found.page.close()
        assert boxes[0] == pytest.approx(boxes[1], abs=1)


def test_a_table_sorts_by_keyboard(seen: Seen) -> None:
    head = seen.page.locator("main table.data[data-search] thead th.number button:visible").first
    values = """node => [...node.closest('table').tBodies[0].rows].map(
        row => Number(row.cells[node.closest('th').cellIndex].dataset.v || 0))"""
    head.focus()
    seen.page.keyboard.press("Enter")
    falling = head.evaluate(values)
    assert falling == sorted(falling, reverse=True)
    seen.page.keyboard.press("Space")
    rising = head.evaluate(values)
    assert rising == sorted(rising)
    assert rising != falling
    assert head.evaluate("node => node.closest('th').ariaSort") == "ascending"


def test_a_table_is_searched_by_keyboard(seen: Seen) -> None:
    box = seen.page.locator("main input.find:visible").first
    box.focus()
    seen.page.keyboard.type("威胁")  # threats
    shown = (
        "node => [...node.nextElementSibling.querySelectorAll('tbody tr:not([hidden])')].map(row => row.textContent)"
    )
    rows = box.evaluate(shown)
    assert rows
    assert all("威胁" in row for row in rows)


def test_what_pages_say_neither_runs_nor_loads(seen: Seen, report: Path) -> None:
    for section in ("q-threats-all", "c-kept", "c-on_topic"):
        seen.page.evaluate(f"document.querySelector('a[href=\"#{section}\"]').click()")
        assert seen.page.evaluate(OPENED)
        seen.page.keyboard.press("Escape")
    said = seen.page.evaluate("document.body.textContent")
    for attack in ("<script>alert('x')</script>", "{{ 7*7 }}", "$$x$$", "onerror=alert(1)"):
        assert attack in said
    assert seen.page.locator("main img:not([src^='data:image/svg+xml,'])").count() == 0
    assert seen.page.evaluate("document.scripts.length") == 1
    assert seen.clean(report), (seen.asked, seen.said)


LOOKED_AT = {"include": [["body"]], "exclude": [[".ev:nth-of-type(n + 4)"]]}  # sections of quotes are built alike
ONLY = {"resultTypes": ["violations"]}


def bad_by_axe(page: Any, context: Any) -> list[tuple[str, str, str]]:
    """What axe-core calls serious or critical there: rule, element, and why."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(page, context=context, options=ONLY).response["violations"]
    return [
        (rule["id"], node["html"][:100], node["failureSummary"][:300])
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, report: Path, scheme: str) -> None:
    found = Seen(browser, report, scheme)
    bad = bad_by_axe(found.page, LOOKED_AT)
    found.page.locator(".leads a.n").first.click()  # the quotes are looked at too
    bad += bad_by_axe(found.page, "#drawer")
    found.page.close()
    assert not bad


def test_a_phone_needs_no_sideways_scrolling(browser: Any, report: Path) -> None:
    found = Seen(browser, report, width=380)
    width = found.page.evaluate("document.documentElement.scrollWidth")
    found.page.close()
    assert width <= 380
