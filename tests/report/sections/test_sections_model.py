"""The model, its shadow, and whether it is fed right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from html_check import check_page
from page_of import kept, written

import example_runs


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("proven", "Yes, as far as can be shown: the owner's own predictions of 20 people are ours within 0.2"),
        (
            "not proven",
            "Not proven: that the model is fed what it was trained on was taken on trust. A model that is fed",
        ),
        ("doubtful", "Doubtful: the model predicts its own members no better than a single number"),
        (
            "refuted",
            "No: about 15 of the owner's own predictions differ from ours by more than 0.2; predictions are off",
        ),
    ],
)
def test_the_head_says_whether_a_stranger_s_model_is_fed_right(status: str, said: str, tmp_path: Path) -> None:
    def change(evidence: dict[str, Any]) -> None:
        evidence["target"]["feeding"] = example_runs.feeding(status, owner=status in ("proven", "refuted"))

    page = check_page(written(example_runs.misfed(tmp_path / "run", change)))
    text = " ".join(page.text().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Is the model fed right?" in text
    assert said in text
    if status in ("proven", "refuted"):
        assert (
            "differ from these by 0.0051 years in the middle and nowhere by more than 5; about 15 of them by more than"
            in text
        )
    else:
        assert "--owner-predictions" in text


def test_of_a_model_that_was_trained_here_nothing_is_asked() -> None:
    assert "fed right" not in kept(example_runs.leaking).text()


def test_the_shadow_model_stands_beside_the_target():
    text = kept(example_runs.everything).text()
    assert "Shadow model, whom it was trained on 60 1.07" in text
    assert "Shadow model, others 61 3.51" in text
    assert "for 29 epochs" in text
    assert "hadow model, others" not in kept(example_runs.differing).text()
