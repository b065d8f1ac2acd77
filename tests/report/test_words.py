"""Numbers and names as a reader sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.report import words as report_words
from remembrain.report import write as report
from remembrain.report.sections import survey_summary
from remembrain.report.words import part, rounded
from remembrain.types import GRAVITY


def test_every_status_has_its_words_and_its_mark() -> None:
    style = (Path(report.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    for texts in (report_words.VERDICTS, report_words.LABELS, survey_summary.VERDICTS):
        assert texts.keys() == set(GRAVITY)
    for status in GRAVITY:
        if status != "not detected":
            assert f".verdict.{status.replace(' ', '-')}" in style
            assert f".status.{status.replace(' ', '-')}::before" in style


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [
        (2.981, "2.99", "2.98"),
        (2.98, "2.98", "2.98"),
        (0.0123456, "0.0124", "0.0123"),
        (12.34, "12.4", "12.3"),
        (99.99, "100", "99.9"),
        (123456.0, "124,000", "123,000"),
        (0.0, "0", "0"),
        (3e-7, "3 × 10⁻⁷", "3 × 10⁻⁷"),
        (None, "not assessed", "not assessed"),
    ],
)
def test_claims_are_rounded_up_and_bounds_down(value, up, down):
    assert rounded(value, up=True).replace("\N{NO-BREAK SPACE}", " ") == up
    assert rounded(value).replace("\N{NO-BREAK SPACE}", " ") == down


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.5, "half"), (0.2, "a fifth"), (0.8, "all but a fifth"), (2 / 3, "all but a third"), (1 / 7, "one in 7")],
)
def test_shares_of_people_are_told_as_parts(share, text) -> None:
    assert part(share) == text
