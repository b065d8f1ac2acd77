"""What each part of what is given away adds: the score from that part alone, and the score without it.

For scores that are sums over parts (tables of a survey). Intervals hold for all parts together. This module must not
know what a part is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import stats

from remembrain.evidence.assess import Json, interval_json
from remembrain.evidence.influence import by_repeat, share_interval, standard_error
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import join
from remembrain.types import Interval, Scores


@dataclass(frozen=True)
class Contribution:
    """AUC of one part alone, and by how much the AUC of all parts falls without it."""

    part: str
    alone: Interval
    added: Interval

    def to_json(self) -> Json:
        """Return it as it stands in ``evidence.json``."""
        return {"part": self.part, "alone": interval_json(self.alone), "added": interval_json(self.added)}


def contributions(
    whole: Sequence[Scores],
    alone: Mapping[str, Sequence[Scores]],
    without: Mapping[str, Sequence[Scores]],
    *,
    confidence: float = 0.95,
) -> list[Contribution]:
    """Return what every part contributes, the greatest first.

    Parameters
    ----------
    whole
        The score from all parts, in each repeat.
    alone, without
        By part: the score from it alone, and from all others, of the same people in the same repeats.
    confidence
        Of all intervals together (Bonferroni over twice as many as there are parts).

    Notes
    -----
    A part that says nothing of anybody (every score the same) has an AUC of one half, and adds nothing. The added part
    is judged on the same people, by the influence of each on the difference.
    """
    people = join(whole)
    counts = people.count(member=True), people.count(member=False)
    each = 1 - (1 - confidence) / max(1, 2 * len(alone))
    all_values, all_influence = by_repeat(people, auc_parts)
    found = []
    for part in alone:
        mine = join(alone[part])
        values, influence = by_repeat(mine, auc_parts)
        value = float(values.mean())
        error = standard_error(influence, mine)
        low, high = share_interval(value, error, min(counts), each) if error > 0 else (value, value)
        rest = join(without[part])
        rest_values, rest_influence = by_repeat(rest, auc_parts)
        added = float((all_values - rest_values).mean())
        reach = float(stats.t.ppf((1 + each) / 2, max(1, min(counts) - 1)))
        reach *= standard_error(all_influence - rest_influence, rest)
        found.append(
            Contribution(
                part,
                Interval(value, low, high, *counts, confidence),
                Interval(added, added - reach, added + reach, *counts, confidence),
            )
        )
    return sorted(found, key=lambda one: -one.alone.value)
