"""Assessments, controls and differences made up for the tests of what is concluded from them."""

from __future__ import annotations

from remembrain.evidence.assess import Assessment
from remembrain.evidence.compare import Difference
from remembrain.evidence.controls import Control, blind_control, null_control
from remembrain.evidence.rates import NotAssessed
from remembrain.types import Interval

TOO_FEW = NotAssessed("400 non-members cannot resolve a false-positive rate of 0.1 %; at least 1000 are needed")


def made(
    name: str = "a",
    *,
    auc: float = 0.5,
    low: float | None = None,
    high: float | None = None,
    p: float = 0.5,
    two_sided: float | None = None,
    tpr_high: float = 0.04,
) -> Assessment:
    """Return an assessment with these figures; the interval is 0.04 to either side where not given."""
    interval = Interval(auc, auc - 0.04 if low is None else low, auc + 0.04 if high is None else high, 400, 400)
    accuracy = Interval(0.5, 0.46, 0.54, 400, 400)
    rates = {0.1: Interval(0.1, 0.05, 0.16, 400, 400), 0.01: Interval(0.01, 0.0, tpr_high, 400, 400), 0.001: TOO_FEW}
    p_two = min(1.0, 2 * min(p, 1 - p)) if two_sided is None else two_sided
    return Assessment(name, "assessed", "", 400, 400, 5, accuracy, 0.01, interval, rates, p, p_two, quoted_fpr=0.01)


def difference(name: str, value: float = 0.0, p: float = 0.5) -> Difference:
    """Return how much better an attack is than the blind baseline."""
    return Difference(name, "blind", Interval(value, value - 0.05, value + 0.05, 400, 400), p)


def null_of(*names: str, p: float = 0.5) -> Control:
    """Return a null control of these attacks with this two-sided p-value."""
    return null_control({name: made(name, two_sided=p) for name in names})


def blind_of(auc: float = 0.5) -> Control:
    """Return the control of a blind baseline with this AUC."""
    return blind_control(made("blind", auc=auc))
