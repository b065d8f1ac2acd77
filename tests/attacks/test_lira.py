"""The likelihood ratio of errors against its closed form."""

from __future__ import annotations

import numpy as np
from made_references import made
from made_signals import split
from scipy.special import ndtr

from remembrain.attacks.lira import Lira
from remembrain.evidence.metrics import auc


def test_equal_spreads_have_a_closed_form() -> None:
    # log-ratios of N(0, 1) against N(d, 1) are N(-d^2/2, d^2) and N(d^2/2, d^2)
    rng, people, d = np.random.default_rng(1), 4000, 1.5
    member = np.arange(people) % 2 == 0
    inside = made(people, 64, 1)[0]["references/inside"]
    error = rng.standard_normal((people, 64)) + np.where(inside, 0.0, d)
    target = rng.standard_normal(people) + np.where(member, 0.0, d)
    signals = {"references/error": error[:, :, None], "references/inside": inside, "references/target": target[:, None]}
    score = Lira().score(*split(signals | {"label": np.zeros(people)}, member)[:2], rng)
    answer = split(signals, member)[2]
    exact = float(ndtr(d / np.sqrt(2)))
    assert abs(auc(answer, score) - exact) < 3 * np.sqrt(exact * (1 - exact) / (len(answer) / 2))
