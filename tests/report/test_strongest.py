"""The strongest of several attacks, and what has to be said of such a choice."""

from __future__ import annotations

from dataclasses import replace

import example_runs
from remembrain.record.attacks import Attack
from remembrain.report.reading import validated
from remembrain.report.strongest import still_recognised
from remembrain.report.words import percent


def test_a_rate_with_intervals_for_all_attacks_at_once_is_the_one_they_resolve() -> None:
    content = example_runs.attack(example_runs.ATTACKS[0], 0.8) | {"quoted_fpr": 0.01, "roc": None}
    several = {name: content[name] for name in ("auc", "tpr_at_fpr")} | {"confidence": 0.99, "quoted_fpr": 0.1}
    one = validated(Attack, content | {"of_several": several})
    assert (one.quoted_fpr, one.chosen().quoted_fpr) == (0.01, 0.1)
    assert still_recognised([one, one.chosen()]) == (0.01, percent(one.rate(0.01).ends()[2], up=True))
    assert still_recognised([replace(one, quoted_fpr=None)]) is None
