"""What each part of what is given away adds: the score from that part alone, and the score without it.

For scores that are sums over parts (tables of a survey). Intervals hold for all parts together. This module must not
know what a part is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scipy import stats

from remembrain.evidence.influence import by_repeat, share_interval, standard_error
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import join
from remembrain.record.numbers import Number
from remembrain.record.tables import Contribution, Contributions
from remembrain.types import Scores


def contributions(
    whole: Sequence[Scores],
    alone: Mapping[str, Sequence[Scores]],
    without: Mapping[str, Sequence[Scores]],
    *,
    confidence: float = 0.95,
) -> Contributions:
    """Return the AUC of every part alone, and by how much that of all falls without it; the greatest first.

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
    fewest = min(people.count(member=True), people.count(member=False))
    each = 1 - (1 - confidence) / max(1, 2 * len(alone))
    of_all, influence_of_all = by_repeat(people, auc_parts)
    rows = []
    for part in alone:
        itself, others = join(alone[part]), join(without[part])
        values, influence = by_repeat(itself, auc_parts)
        value, error = float(values.mean()), standard_error(influence, itself, values)
        low, high = share_interval(value, error, fewest, each) if error > 0 else (value, value)
        values, influence = by_repeat(others, auc_parts)
        added = float((of_all - values).mean())
        reach = float(stats.t.ppf((1 + each) / 2, max(1, fewest - 1)))
        reach *= standard_error(influence_of_all - influence, others)
        by_itself = Number(value=value, low=low, high=high)
        more = Number(value=added, low=added - reach, high=added + reach)
        rows.append((value, Contribution(part=part, alone=by_itself, added=more)))
    greatest_first = sorted(rows, key=lambda row: -row[0])
    return Contributions(attack=people.attack, rows=tuple(row for _, row in greatest_first))
