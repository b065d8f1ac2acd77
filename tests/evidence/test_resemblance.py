"""Whether a target errs like one more of its reference models, where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.resemblance import resemblance

PEOPLE, MODELS = 400, 6
MEMBER = np.arange(PEOPLE) % 2 == 0
NAMES = np.arange(PEOPLE).astype(str)


def signals(own, others=(1.0, 1.1, 0.9, 1.05, 0.95, 1.0)):
    """Everybody errs by a model's own number; a model knows the members, or the others."""
    error = np.tile(np.asarray(others)[None, :, None], (PEOPLE, 1, 1))
    inside = np.stack([MEMBER if model % 2 else ~MEMBER for model in range(MODELS)], axis=1)
    return {"references/error": error, "references/inside": inside, "references/target": np.full((PEOPLE, 1), own)}


def test_the_interval_is_students_for_one_more_of_the_models():
    beside, alike = resemblance(signals(1.0), MEMBER, NAMES)
    gaps = 1 - np.array([1.1, 1.05, 1.0])  # of models that members were in
    half = stats.t.ppf(0.975, 2) * gaps.std(ddof=1) * np.sqrt(1 + 1 / 3)
    assert (beside["members"].low, beside["members"].high) == pytest.approx((gaps.mean() - half, gaps.mean() + half))
    assert alike is None  # three models of each kind leave more open than a quarter


def test_a_target_that_errs_by_twice_as_much_is_none_of_them():
    beside, alike = resemblance(signals(3.0), MEMBER, NAMES)
    assert alike is False
    assert min(errors.p_value for errors in beside.values()) < 0.005


def test_models_that_agree_show_that_a_target_is_like_them():
    near = (1.0, 1.0, 1.001, 1.002, 0.999, 0.998)
    assert resemblance(signals(1.0, near), MEMBER, NAMES)[1] is True


def test_two_models_of_a_kind_tell_nothing():
    several = signals(3.0)
    fewer = {name: values[:, :4] if name != "references/target" else values for name, values in several.items()}
    beside, alike = resemblance(fewer, MEMBER, NAMES)
    assert alike is None
    assert {errors.p_value for errors in beside.values()} == {None}
