"""What holds of several attacks at once: intervals that may be chosen from after the fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from remembrain.audits.listed import interval
from remembrain.evidence import assess, best_of_several, compare
from remembrain.record.numbers import Beyond, Number
from remembrain.run.streams import stream
from remembrain.types import Declared, Scores


def assessed_for_all(
    names: Sequence[str], real: Mapping[str, Sequence[Scores]], seed: int
) -> dict[str, assess.Assessment]:
    """Return every attack's assessment with intervals that hold for all at once."""
    if not names:
        return {}
    confidence = best_of_several.confidence_of_each({name: real[name] for name in names}, _largest(seed, "attacks"))
    return {name: assess.assess(real[name], confidence=confidence) for name in names}


def beyond_black_box(
    attacks: Sequence[Declared],
    assessments: Mapping[str, assess.Assessment],
    real: Mapping[str, Sequence[Scores]],
    seed: int,
) -> dict[str, Beyond]:
    """Return how much better each attack that sees more is than the best on outputs alone, on the same people.

    Intervals hold for every such attack less every one on outputs, so that both may be chosen after the fact.
    """
    access = {attack.name: attack.access for attack in attacks}
    aucs = {name: assessment.auc.value for name, assessment in assessments.items() if assessment.auc}
    black = [name for name in aucs if access[name] == "outputs"]
    more = [name for name in aucs if access[name] not in ("outputs", "nothing")]
    if not black or not more:
        return {}
    best = max(black, key=lambda name: aucs[name])
    rng = _largest(seed, "differences")
    scores_of_more, scores_of_black = ({name: real[name] for name in names} for names in (more, black))
    confidence = best_of_several.confidence_of_each_difference(scores_of_more, scores_of_black, rng)
    differences = {name: compare.auc_difference(real[name], real[best], confidence=confidence) for name in more}
    return {name: _ahead(interval(difference.auc), best) for name, difference in differences.items()}


def _ahead(difference: Number, baseline: str) -> Beyond:
    """Return a difference from a baseline as it stands in the evidence."""
    return Beyond(value=difference.value, low=difference.low, high=difference.high, baseline=baseline)


def _largest(seed: int, of: str) -> np.random.Generator:
    """Return what the largest statistic of several attacks, or of their differences, is drawn from."""
    return stream(seed, "largest of several", of)
