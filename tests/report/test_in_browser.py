"""The report in a real browser: nothing is fetched, nothing overflows, the keyboard reaches everything, it prints."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import example_defences
import example_guarantees
import example_runs
import example_surveys
from remembrain.report import write as report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: chromium)")

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
DARK = "matchMedia('(prefers-color-scheme: dark)').matches"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=["two audits", "guarantee", "survey", "defences"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    if request.param == "guarantee":
        return report.write([example_guarantees.federated(folder / "run")])
    if request.param == "survey":
        return report.write([example_surveys.recognised(folder / "run")])
    if request.param == "defences":
        return report.write([example_defences.overspent(folder / "run")])
    runs = [example_runs.leaking(folder / "a"), example_runs.not_detected(folder / "b")]
    return report.write(runs, folder / "report.html")


@pytest.mark.parametrize(("width", "scheme"), [(400, "light"), (800, "dark"), (1280, "light")])
def test_nothing_overflows_is_fetched_or_fails(browser: Any, path: Path, scheme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    assert asked == [path.as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(DARK) == (scheme == "dark")
    page.close()


def contrast(first: list[float], second: list[float]) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: list[float]) -> float:
        parts = [value / 255 for value in colour[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


COLOURS = """() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
  };
  return [...document.querySelectorAll('p, td, th, dd, dt, li, h1, h2, h3, h4, a, caption, span')]
    .filter((e) => e.innerText && e.innerText.trim() && !e.closest('svg'))
    .map((e) => [e.innerText.slice(0, 40), numbers(getComputedStyle(e).color), behind(e)]);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(browser: Any, path: Path, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(path.as_uri())
    faint = [(text, ink, paper) for text, ink, paper in page.evaluate(COLOURS) if contrast(ink, paper) < 4.5]
    page.close()
    assert faint == []


def test_the_keyboard_reaches_every_link_and_every_table_that_scrolls(browser: Any, path: Path) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 900})
    page.goto(path.as_uri())
    wanted = page.evaluate("document.querySelectorAll('a[href], [tabindex=\"0\"]').length")
    page.evaluate("window.reached = new Set(); document.addEventListener('focusin', (e) => reached.add(e.target))")
    for _ in range(wanted + 2):
        page.keyboard.press("Tab")
    assert page.evaluate("reached.size") == wanted
    scrolling = """[...document.querySelectorAll('*')].filter((e) => e.scrollWidth > e.clientWidth + 1
        && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)).every((e) => e.tabIndex === 0)"""
    assert page.evaluate(scrolling)
    page.close()


def test_it_prints(browser: Any, path: Path) -> None:
    page = browser.new_page()
    page.goto(path.as_uri())
    paper = page.pdf(prefer_css_page_size=True)
    page.close()
    assert paper.startswith(b"%PDF")
    assert 4 < paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") + paper.count(b"/Type /Page/") < 60
