"""From a run folder to its page, read strictly; and texts that try to be more than texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from html_check import Element, Page, check_page

from remembrain.report import write as report
from remembrain.report.figures import svg
from remembrain.report.pages import PAGES
from remembrain.run import RunFolder

SPACE = "\N{NO-BREAK SPACE}"
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>&amp; "quoted" {{ 7 * 6 }} $\\frac{1}{2}$ \x07 脑'
RESOURCES = re.compile(r"""(?:\bsrc|\bhref|\baction|\bposter|\bdata)\s*=\s*["']?(?!["'#]|data:)|@import|url\((?!#)""")


def written(run: Path, *more: Path, out: Path | None = None) -> str:
    """The page over some runs."""
    path = report.write([run, *more], out)
    assert path == (out or run / "report.html")
    return path.read_text(encoding="utf-8")


def page(run: Path, *more: Path, out: Path | None = None) -> Page:
    """The page over some runs, as a tree."""
    return check_page(written(run, *more, out=out))


@cache
def kept(make: Callable[[Path], Path]) -> Page:
    """The page over an example as it is, read once for all tests of what it says; its pictures are empty."""
    empty = cached_property(lambda _: '<svg viewBox="0 0 1 1"></svg>')
    empty.__set_name__(svg.Drawing, "raw")
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(svg.Drawing, "raw", empty)
        return page(make(Path(folder) / "run"))


@cache
def read(make: Callable[[Path], Path]) -> Any:
    """What the run of an example comes to, as its page reads it."""
    with TemporaryDirectory() as folder:
        run = RunFolder(make(Path(folder) / "run"))
        return PAGES[run.kind].read(run)


def words(element: Element | Page) -> str:
    """What a reader sees, with common spaces."""
    return " ".join(element.text().replace(SPACE, " ").split())


def table(whole: Page | Element, caption: str) -> list[str]:
    """The rows of the one table with this in its caption."""
    (found,) = (each for each in whole.all("table") if caption in each.text())
    return [words(row) for row in found.all("tr")[1:]]


def section(whole: Page, anchor: str) -> Element:
    """The section with this anchor."""
    (found,) = (each for each in whole.all("section") if each.attributes["aria-labelledby"] == anchor)
    return found


def anchors_of(whole: Page) -> list[str]:
    """The anchors of the sections of a page, in order."""
    return [each.attributes["aria-labelledby"] for each in whole.all("section")]


def head(whole: Page) -> dict[str, str]:
    """The lines at the head of the page, by their questions."""
    return {row.children[0].text(): words(row.children[1]) for row in whole.all("section")[0].all("div")}
