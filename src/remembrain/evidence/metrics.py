"""The figures themselves: AUC, balanced accuracy, true-positive rate at a fixed false-positive rate, and the ROC curve.

Plain functions of one repeat's answer and scores, no interval and no chance in them. Higher scores mean *member*. They
must not know whose scans these are: people enter in :mod:`~remembrain.evidence.people`.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from remembrain._validate import one_number_a_scan, same_length
from remembrain.errors import DataError

_ROUNDING = 1e-9
"""How far a share of scans may exceed a limit by floating-point rounding alone."""


def auc(member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"]) -> float:
    """Return the area under the ROC curve: P(member's score > non-member's) + P(equal) / 2.

    Parameters
    ----------
    member, score
        The answer and the attack's score.

    Returns
    -------
    float
        The Mann-Whitney statistic over the number of pairs, ties counted half; 0.5 is chance.

    Raises
    ------
    DataError
        Where shapes differ, a score is not finite, or one of the two groups is empty.

    Notes
    -----
    Mann & Whitney 1947, Ann. Math. Stat. 18:50; as an AUC: Hanley & McNeil 1982, Radiology 143:29.
    """
    _check(member, score)
    return auc_parts(member, score)[0]


def auc_parts(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"]
) -> tuple[float, Float[np.ndarray, "scan"]]:
    """Return :func:`auc` and its derivative by the weight of each scan. Checks nothing.

    For a member it is (share of non-members below it - AUC) / members, for a non-member (share of members above it -
    AUC) / non-members: the structural components of DeLong et al. 1988, Biometrics 44:837.
    """
    ours, others = score[member], score[~member]
    rank_of_ours, rank_of_others = np.sort(ours), np.sort(others)
    beaten = np.searchsorted(rank_of_others, ours, side="left") + np.searchsorted(rank_of_others, ours, side="right")
    beaten_by = np.searchsorted(rank_of_ours, others, side="left") + np.searchsorted(rank_of_ours, others, side="right")
    of_ours, of_others = beaten / (2 * len(others)), 1 - beaten_by / (2 * len(ours))
    value = float(of_ours.mean())
    influence = np.empty(len(score))
    influence[member], influence[~member] = (of_ours - value) / len(ours), (of_others - value) / len(others)
    return value, influence


def balanced_accuracy(member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"]) -> float:
    """Return the mean of the shares of members scored above 0 and of non-members scored at or below 0.

    With as many members as non-members this is the plain share of right decisions. Errors as in :func:`auc`.
    """
    _check(member, score)
    return balanced_accuracy_parts(member, score)[0]


def balanced_accuracy_parts(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"]
) -> tuple[float, Float[np.ndarray, "scan"]]:
    """Return :func:`balanced_accuracy` and its derivative by the weight of each scan. Checks nothing."""
    right = ((score > 0) == member).astype(float)
    influence = np.empty(len(score))
    shares = []
    for group in (member, ~member):
        share = right[group].mean()
        influence[group] = (right[group] - share) / (2 * np.count_nonzero(group))
        shares.append(share)
    return float(np.mean(shares)), influence


def roc(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"]
) -> tuple[Float[np.ndarray, "step"], Float[np.ndarray, "step"]]:
    """Return false-positive and true-positive rates at every threshold, from (0, 0) to (1, 1).

    Scans of equal score stand on the same side of every threshold: a tie block is one step, never split. Errors as
    in :func:`auc`.
    """
    _check(member, score)
    order = np.argsort(-score, kind="stable")
    block_ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    caught = np.concatenate([[0], np.cumsum(member[order])[block_ends]])
    alarms = np.concatenate([[0], np.cumsum(~member[order])[block_ends]])
    return alarms / alarms[-1], caught / caught[-1]


def tpr_at_fpr(member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"], fpr: float) -> float:
    r"""Return the true-positive rate where the false-positive rate is expected to be ``fpr`` among other people.

    The share of all non-members above the k-th largest of n is k / (n + 1) on average (David & Nagaraja 2003, *Order
    Statistics*, section 2.5), so the threshold is at rank r = f (n + 1): the members' share above the floor(r)-th and
    the (floor(r) + 1)-th largest non-member, linear in between. A threshold that lets floor(n f) of these n pass lets
    (floor(n f) + 1) / (n + 1) of others pass, and its rate is one at a higher false-positive rate than it says. Of
    scores with ties, who equals a threshold is not above it. Errors as in :func:`auc`, and where ``fpr`` is not between
    0 and 1.
    """
    if not 0 < fpr < 1:
        raise DataError(f"false-positive rate {fpr}", expected="a number between 0 and 1")
    _check(member, score)
    above = members_above(member, score)
    return float(at_rank(above, np.array([fpr * (len(above) - 1)]))[0])


def members_above(
    member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"], *, equal: bool = False
) -> Float[np.ndarray, "rank"]:
    """Return the share of members above the k-th largest non-member, for k = 0 (nobody) to n + 1 (everybody).

    With ``equal``, of those at or above it. Checks nothing.
    """
    ours, others = np.sort(score[member]), np.sort(score[~member])[::-1]
    above = 1 - np.searchsorted(ours, others, side="left" if equal else "right") / len(ours)
    return np.concatenate([[0.0], above, [1.0]])


def at_rank(above: Float[np.ndarray, "rank"], rank: Float[np.ndarray, "point"]) -> Float[np.ndarray, "point"]:
    """Return :func:`members_above` at any ranks, linear between those of two non-members."""
    between: Float[np.ndarray, "point"] = np.interp(rank, np.arange(len(above)), above)
    return between


def _check(member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"]) -> None:
    """Raise on what cannot be measured."""
    if member.dtype != np.bool_ or member.ndim != 1:
        raise DataError(f"member has shape {member.shape} and type {member.dtype}", expected="one true or false a scan")
    one_number_a_scan(score, "score")
    same_length(member=member, score=score)
    for name, group in (("members", member), ("non-members", ~member)):
        if not group.any():
            raise DataError(f"there are no {name}", expected="members and non-members")
