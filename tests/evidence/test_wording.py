"""Figures in words."""

from dataclasses import replace

import pytest
from judged import made

from remembrain.evidence.wording import figures, percent, still_possible


@pytest.mark.parametrize(
    ("share", "plain", "upwards"),
    [
        (0.001, "0.1 %", "0.1 %"),
        (0.01, "1 %", "1 %"),
        (0.0412, "4.1 %", "4.2 %"),
        (0.09999, "10 %", "10 %"),
        (0.123, "12 %", "13 %"),
        (0.0, "0 %", "0 %"),
        (1.0, "100 %", "100 %"),
        (0.0001, "0 %", "0.1 %"),
    ],
)
def test_percentages_and_upper_bounds_that_are_never_rounded_down(share, plain, upwards):
    assert percent(share) == plain
    assert percent(share, up=True) == upwards


def test_the_bound_is_the_largest_of_all_attacks_that_have_the_rate_that_is_quoted_of_one():
    quoted_at_ten = replace(made("b", tpr_high=0.09), quoted_fpr=0.1)
    assert "up to 9 % at 1 % false positives" in still_possible([made("a", tpr_high=0.05), quoted_at_ten])
    assert "up to 16 % at 10 % false positives" in still_possible([quoted_at_ten])


def test_the_largest_bounds_over_attacks_are_said():
    text = still_possible([made("a", high=0.55, tpr_high=0.05), made("b", high=0.6101, tpr_high=0.031)])
    assert text == (
        "an AUC up to 0.62 and a true-positive rate up to 5 % at 1 % false positives are compatible with the data"
    )


@pytest.mark.parametrize(("value", "said"), [(412.4, "412"), (-1234.0, "-1230"), (3.14159, "3.14"), (0.0412, "0.0412")])
def test_figures_are_no_powers_of_ten(value, said):
    assert figures(value) == said
    assert figures(value, sign=True) == (said if value < 0 else f"+{said}")
