"""The figures themselves: AUC, balanced accuracy, true-positive rate at a fixed false-positive rate, and the ROC curve.

Plain functions of one repeat's answer and scores, no interval and no chance in them. Higher scores mean *member*. They
must not know whose scans these are: people enter in :mod:`~remembrain.evidence.people`.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from remembrain._validate import finite, one_number_a_scan, same_length
from remembrain.errors import DataError

_ROUNDING = 1e-9
"""How far a share of scans may exceed a limit by floating-point rounding alone."""


def auc(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"], weight: Float[np.ndarray, "scan"] | None = None
) -> float:
    """Return the area under the ROC curve: P(member's score > non-member's) + P(equal) / 2.

    Parameters
    ----------
    member, score, weight
        The answer, the attack's score, and how much each scan counts (1 where not given).

    Returns
    -------
    float
        The Mann-Whitney statistic over the number of pairs, ties counted half; 0.5 is chance.

    Raises
    ------
    DataError
        Where shapes differ, a score is not finite, or one of the two groups has no weight.

    Notes
    -----
    Mann & Whitney 1947, Ann. Math. Stat. 18:50; as an AUC: Hanley & McNeil 1982, Radiology 143:29.
    """
    weight = _checked(member, score, weight)
    return float(auc_of_draws(member, score, weight[None, :])[0])


def auc_of_draws(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"], weight: Float[np.ndarray, "draw scan"]
) -> Float[np.ndarray, "draw"]:
    """Return :func:`auc` under many weightings at once; the scores are sorted only once. Checks nothing."""
    others = np.flatnonzero(~member)
    others = others[np.argsort(score[others], kind="stable")]
    ours = np.flatnonzero(member)
    below = np.searchsorted(score[others], score[ours], side="left")
    not_above = np.searchsorted(score[others], score[ours], side="right")
    passed = np.zeros((len(weight), len(others) + 1), dtype=weight.dtype)
    np.cumsum(weight[:, others], axis=1, out=passed[:, 1:])
    ours_weight = weight[:, ours]
    credit = passed[:, below]
    if not np.array_equal(below, not_above):
        credit = (credit + passed[:, not_above]) / 2
    area = np.einsum("dm,dm->d", ours_weight, credit)
    share: Float[np.ndarray, "draw"] = area / (ours_weight.sum(axis=1) * passed[:, -1])
    return share


def balanced_accuracy(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"], weight: Float[np.ndarray, "scan"] | None = None
) -> float:
    """Return the mean of the shares of members scored above 0 and of non-members scored at or below 0.

    With as many members as non-members this is the plain share of right decisions. Parameters and errors as in
    :func:`auc`.
    """
    weight = _checked(member, score, weight)
    return float(balanced_accuracy_of_draws(member, score, weight[None, :])[0])


def balanced_accuracy_of_draws(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"], weight: Float[np.ndarray, "draw scan"]
) -> Float[np.ndarray, "draw"]:
    """Return :func:`balanced_accuracy` under many weightings at once. Checks nothing."""
    right = ((score > 0) == member).astype(weight.dtype)
    ours, others = weight[:, member], weight[:, ~member]
    sensitivity = ours @ right[member] / ours.sum(axis=1)
    specificity = others @ right[~member] / others.sum(axis=1)
    mean: Float[np.ndarray, "draw"] = (sensitivity + specificity) / 2
    return mean


def roc(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"]
) -> tuple[Float[np.ndarray, "step"], Float[np.ndarray, "step"]]:
    """Return false-positive and true-positive rates at every threshold, from (0, 0) to (1, 1).

    Scans of equal score stand on the same side of every threshold: a tie block is one step, never split. Errors as
    in :func:`auc`.
    """
    _checked(member, score, None)
    order = np.argsort(-score, kind="stable")
    block_ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    caught = np.concatenate([[0], np.cumsum(member[order])[block_ends]])
    alarms = np.concatenate([[0], np.cumsum(~member[order])[block_ends]])
    return alarms / alarms[-1], caught / caught[-1]


def tpr_at_fpr(member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"], fpr: float) -> float:
    """Return the largest true-positive rate among the thresholds whose false-positive rate is at most ``fpr``.

    No interpolation between thresholds (Carlini et al. 2022, arXiv 2112.03570, report this figure). Errors as in
    :func:`auc`, and where ``fpr`` is not between 0 and 1.
    """
    if not 0 < fpr < 1:
        raise DataError(f"false-positive rate {fpr}", expected="a number between 0 and 1")
    false_positives, true_positives = roc(member, score)
    return float(true_positives[false_positives <= fpr + _ROUNDING].max())


def _checked(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"], weight: Float[np.ndarray, "scan"] | None
) -> Float[np.ndarray, "scan"]:
    """Raise on what cannot be measured; return the weights."""
    if member.dtype != np.bool_ or member.ndim != 1:
        raise DataError(f"member has shape {member.shape} and type {member.dtype}", expected="one true or false a scan")
    one_number_a_scan(score, "score")
    weight = np.ones(len(score)) if weight is None else weight
    same_length(member=member, score=score, weight=weight)
    finite(weight, "weight")
    if weight.ndim != 1 or np.any(weight < 0):
        raise DataError("weights are not one number a scan, 0 or more", expected="shape (scan,)")
    for name, group in (("members", member), ("non-members", ~member)):
        if not weight[group].sum() > 0:
            raise DataError(f"there are no {name}", expected="members and non-members")
    return weight
