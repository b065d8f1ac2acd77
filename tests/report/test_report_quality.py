"""The two pages over prepared scans."""

from __future__ import annotations

import re
from pathlib import Path

from remembrain.report.quality import Measured, Quality, Shown, write_quality

MEASURES = (
    Measured("overlap", {"mean": 0.95, "sd": 0.012, "p5": None, "p95": None}, "0.9 to 1", "<10", 2),
    Measured("volume, ml", {"mean": 1480.0, "sd": 130.0, "p5": None, "p95": None}, "800 to 2200", 15, 0),
)
FEW = tuple(
    Measured(one.title, dict.fromkeys(one.spread), one.bounds, "<10", one.digits)  # nothing may be told
    for one in MEASURES
)
SCANS = (
    Shown("sub-02", "sheets/sub-02.png", ("overlap 0.96",), (), ("a note",)),
    Shown("sub-03", "sheets/sub-03.png", ("overlap 0.81",), ("overlap 0.81 (outside 0.9 to 1)",), ()),
    Shown("<b>sub-01</b>", "", (), (), (), "is truncated"),
)


def quality(measures: tuple[Measured, ...]) -> Quality:
    return Quality(120, 115, "<10", 15, (("is truncated", "<10"),), measures, "The rule.", "The methods.", "0.1.0")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text[text.index("<body>") :]))


def test_the_page_of_numbers_tells_of_all_together_alone(tmp_path: Path) -> None:
    numbers, _ = write_quality(tmp_path, quality(MEASURES), SCANS)
    text = plain(numbers.read_text())
    assert "Scans that were prepared: 120, of people: 115; that could not be: fewer than 10" in text
    assert "overlap 0.95 0.01 not told not told 0.9 to 1 fewer than 10" in text
    assert "volume, ml 1480 130 not told not told 800 to 2200 15" in text
    assert "The rule." in text
    assert "The methods." in text
    assert "sub-0" not in numbers.read_text()
    assert "<img" not in numbers.read_text()
    assert numbers.stat().st_mode & 0o044


def test_the_numbers_are_a_table_as_well(tmp_path: Path) -> None:
    write_quality(tmp_path, quality(MEASURES), SCANS)
    assert (tmp_path / "qc.tsv").read_text().splitlines()[1:] == [
        "overlap\t0.95\t0.012\tn/a\tn/a\t0.9 to 1\t<10",
        "volume, ml\t1480\t130\tn/a\tn/a\t800 to 2200\t15",
    ]


def test_of_few_people_nothing_is_told(tmp_path: Path) -> None:
    numbers, _ = write_quality(tmp_path, quality(FEW), SCANS)
    assert "<table" not in numbers.read_text()
    assert "too few people" in plain(numbers.read_text())


def test_the_page_of_people_shows_everybody_those_that_stand_out_first(tmp_path: Path) -> None:
    _, people = write_quality(tmp_path, quality(MEASURES), SCANS)
    text = people.read_text()
    assert people.parent.name == "restricted"
    assert not people.stat().st_mode & 0o077
    assert "2 scans prepared, 1 could not be, 1 stand out" in text
    assert re.findall(r'<img src="([^"]+)"', text) == ["sheets/sub-03.png", "sheets/sub-02.png"]
    assert "<code>&lt;b&gt;sub-01&lt;/b&gt;</code>: is truncated" in text
    assert "overlap 0.81 (outside 0.9 to 1)" in text


def test_nothing_is_loaded_from_elsewhere(tmp_path: Path) -> None:
    for page in write_quality(tmp_path, quality(MEASURES), SCANS):
        assert not re.search(r"https?://|<script", page.read_text())
