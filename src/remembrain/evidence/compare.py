"""Is one attack better than another, on the same people? Above all: better than the blind baseline?

The two are judged on the same draws of people, so that what moves both cancels out. This module must not know which
attacks exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.assess import Json, interval_json
from remembrain.evidence.metrics import auc_of_draws
from remembrain.evidence.people import join
from remembrain.evidence.resample import by_repeat, standard_error, weights
from remembrain.types import Interval, Scores


@dataclass(frozen=True)
class Difference:
    """AUC of an attack less that of a baseline; ``p_value`` is one-sided, against the attack not being better."""

    attack: str
    baseline: str
    auc: Interval
    p_value: float

    def to_json(self) -> Json:
        """Return it as it stands in ``evidence.json``."""
        return {"attack": self.attack, "baseline": self.baseline, "auc": interval_json(self.auc), "p": self.p_value}


def auc_difference(
    attack: Sequence[Scores],
    baseline: Sequence[Scores],
    rng: np.random.Generator,
    *,
    confidence: float = 0.95,
    draws: int = 2000,
) -> Difference:
    """Return how much better an attack is than a baseline, in AUC, with its interval.

    The baseline is credited with the better of its two directions: its AUC a counts as max(a, 1 - a), since whoever
    sees that its scores run the wrong way would turn them round. So a baseline with its sign inverted cannot make an
    attack look good.

    Parameters
    ----------
    attack, baseline
        The same repeats of both, on the same scans (in any order).
    rng
        Source of the bootstrap draws.
    confidence
        Of the interval.
    draws
        Bootstrap draws of people.

    Returns
    -------
    Difference
        With the interval value +- t s, s the standard error of resampled people, and the p-value of value / s. Where
        every draw gives the same difference, s is what makes the half-width 1 - (alpha/4)^(1/n), the bound for n
        people without an exception.

    Raises
    ------
    DataError
        Where repeats or scans differ, or either is misaligned.
    """
    first, second = join(attack), join(baseline)
    _check_same(attack, baseline)
    flip = float(by_repeat(second, auc_of_draws).mean() < 0.5)

    def differences(weight: Float[np.ndarray, "draw person"] | None = None) -> Float[np.ndarray, "repeat draw"]:
        return by_repeat(first, auc_of_draws, weight) - np.abs(flip - by_repeat(second, auc_of_draws, weight))

    value = float(differences().mean())
    drawn = np.concatenate([differences(weight) for weight in weights(first.is_member, rng, draws)], axis=1)
    counts = first.count(member=True), first.count(member=False)
    freedom = max(1, min(counts) - 1)
    quantile = float(stats.t.ppf((1 + confidence) / 2, freedom))
    spread = standard_error(drawn, first)
    if spread < 1e-9:
        spread = (1 - ((1 - confidence) / 4) ** (1 / min(counts))) / quantile
    reach = quantile * spread
    interval = Interval(value, max(-1.0, value - reach), min(1.0, value + reach), *counts, confidence)
    return Difference(first.attack, second.attack, interval, float(stats.t.sf(value / spread, freedom)))


def _check_same(attack: Sequence[Scores], baseline: Sequence[Scores]) -> None:
    """Raise unless both were tested in the same repeats on the same scans, members alike."""
    ours, theirs = ({scores.repeat: _scans(scores) for scores in repeats} for repeats in (attack, baseline))
    names = f"{attack[0].attack} and {baseline[0].attack}"
    if ours.keys() != theirs.keys():
        raise DataError(f"repeats {sorted(ours)} and {sorted(theirs)}", where=names, expected="the same repeats")
    for repeat, scans in ours.items():
        if scans != theirs[repeat]:
            person, session, _ = min(scans ^ theirs[repeat])
            raise DataError(
                f"were not tested on the same scans: {person} {session}".rstrip(),
                where=f"{names}, repeat {repeat}",
                expected="the same people, sessions and answers",
            )


def _scans(scores: Scores) -> set[tuple[str, str, bool]]:
    """Return what identifies each scan, and its answer."""
    triples = zip(scores.participant_id, scores.session_id, scores.member, strict=True)
    return {(str(person), str(session), bool(member)) for person, session, member in triples}
