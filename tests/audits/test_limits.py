"""``--fail-above``: its words, and that doubt and a broken promise are above any limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remembrain.audits.judge import nothing
from remembrain.audits.limits import enforce, parse_limit
from remembrain.errors import EvidenceAboveLimit, UsageError


def test_a_limit_is_a_measure_and_a_number_up_to_one() -> None:
    assert parse_limit(None) is None
    assert parse_limit("auc=0.6") == ("auc", 0.6)
    assert parse_limit("tpr@0.001=1") == ("tpr@0.001", 1.0)


@pytest.mark.parametrize("text", ["auc", "auc=", "auc=high", "auc=1.5", "auc=-0.1", "recall=0.5", "auc=nan"])
def test_what_is_no_limit_is_refused_with_the_measures_that_there_are(text: str) -> None:
    with pytest.raises(UsageError, match=r"--fail-above") as caught:
        parse_limit(text)
    assert "tpr@0.01" in caught.value.message()


def test_where_nothing_could_be_assessed_every_limit_is_passed() -> None:
    judged = nothing("Another learner", "too few people")
    enforce(judged, None)
    with pytest.raises(EvidenceAboveLimit, match="Another learner: the evidence cannot be held against auc=1: too few"):
        enforce(judged, ("auc", 1.0))


def test_a_broken_promise_is_above_every_limit() -> None:
    with pytest.raises(EvidenceAboveLimit, match="a promise of privacy is broken: epsilon 1 claimed, 3 shown"):
        enforce(replace(nothing("", ""), contradicted="epsilon 1 claimed, 3 shown"), ("auc", 1.0))
