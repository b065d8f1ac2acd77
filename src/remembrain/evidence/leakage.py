"""Leakage against overfitting: how well one threshold on the error does after each epoch, over the gap of that epoch.

The line of accuracy over generalisation gap is what Gupta et al. 2021 (MIDL, arXiv 2105.02866) draw in Figure 1. This
module must not know networks; errors come in as predicted less true age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import stats

from remembrain._validate import finite, same_length
from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.assess import as_number
from remembrain.evidence.influence import of_people, share_interval
from remembrain.evidence.metrics import balanced_accuracy_parts
from remembrain.evidence.people import Repeat, join
from remembrain.record import target as record
from remembrain.types import Interval, Scores, Texts

PUBLISHED = (("3D-CNN", 0.12), ("2D-slice-mean", 0.16))
"""Slopes of the source, accuracy a year of gap, computed from points read off its figure."""

_LEAST_SPREAD = 1e-6
_ENDS_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Point:
    """One epoch: non-members' mean absolute error less members' (years), and the threshold's accuracy on others."""

    gap: float
    accuracy: Interval


@dataclass(frozen=True)
class Line:
    """Accuracy = intercept + slope * gap, by least squares over epochs; ``slope`` is a share a year."""

    points: tuple[Point, ...]
    slope: Interval
    intercept: float
    r: float

    def written(self, steps: Sequence[float]) -> record.Leakage:
        """Return it as it stands in the evidence, each gap in its step; epochs are numbered from 1."""
        points = tuple(
            record.LeakagePoint(
                epoch=epoch, gap=disclosure.in_step(point.gap, step), accuracy=as_number(point.accuracy)
            )
            for epoch, (point, step) in enumerate(zip(self.points, steps, strict=True), start=1)
        )
        return disclosure.figures(
            record.Leakage(
                measure="accuracy of a threshold on the absolute error",
                points=points,
                slope=as_number(self.slope),
                intercept=self.intercept,
                r=self.r,
                unit="share a year",
                published=tuple(record.PublishedSlope(network=name, slope=slope) for name, slope in PUBLISHED),
            )
        )


def leakage_line(
    errors: Float[np.ndarray, "epoch scan"],
    member: Bool[np.ndarray, "scan"],
    known: Bool[np.ndarray, "scan"],
    participant_id: Texts,
    *,
    confidence: float = 0.95,
) -> Line | None:
    """Return the line of accuracy over gap, or nothing where there are fewer than 3 epochs or the gap never moves.

    After each epoch a threshold on the absolute error is learned on known people and judged on the others. All epochs
    share people, so the interval of the slope comes from each person's influence on every point, through the
    derivatives of the least-squares slope; it holds for other people and this training.

    Parameters
    ----------
    errors
        Predicted less true age of each scan after each epoch, in years.
    member
        Which scans were trained on.
    known
        Which scans teach the threshold.
    participant_id
        Whose scan it is.
    confidence
        Of every interval.

    Raises
    ------
    DataError
        Where shapes differ, an error is not finite, a group is empty, or a person stands in both, or is known by one
        scan and not by another.
    """
    person = _checked(errors, member, known, participant_id)
    if len(errors) < 3:
        return None
    size, n_people = np.abs(errors), int(person.max()) + 1
    gap, of_gap = _gaps(size, member, person, n_people)
    accuracy, of_accuracy, repeat = _accuracies(size, member, known, participant_id, person, n_people)
    centred = gap - gap.mean()
    total = float(centred @ centred)
    if total < _LEAST_SPREAD:
        return None
    slope = float(centred @ accuracy / total)
    by_accuracy = centred / total
    by_gap = (accuracy - accuracy.mean() - 2 * slope * centred) / total
    spread = float(np.linalg.norm(by_accuracy @ of_accuracy + by_gap @ of_gap))
    counts = repeat.count(member=True), repeat.count(member=False)
    reach = float(stats.t.ppf((1 + confidence) / 2, max(1, min(counts) - 1))) * spread
    intervals = _intervals(accuracy, of_accuracy, repeat, confidence)
    points = [Point(float(x), y) for x, y in zip(gap, intervals, strict=True)]
    r = float(np.corrcoef(gap, accuracy)[0, 1]) if np.ptp(accuracy) > 0 else 0.0
    interval = Interval(slope, slope - reach, slope + reach, *counts, confidence)
    return Line(tuple(points), interval, float(accuracy.mean() - slope * gap.mean()), r)


def _checked(
    errors: Float[np.ndarray, "epoch scan"],
    member: Bool[np.ndarray, "scan"],
    known: Bool[np.ndarray, "scan"],
    participant_id: Texts,
) -> Int[np.ndarray, "scan"]:
    """Return the number of each scan's person; raise on what cannot be measured."""
    if errors.ndim != 2:
        raise DataError(f"errors have shape {errors.shape}", expected="(epoch, scan)")
    same_length(errors=errors.T, member=member, known=known, participant_id=participant_id)
    finite(errors, "errors by epoch")
    for name, group in (("members", member), ("non-members", ~member)):
        if not (group & known).any() or not (group & ~known).any():
            raise DataError(
                f"{name} all known or none", where="errors by epoch", expected="some to learn from and test"
            )
    _, first, person = np.unique(np.asarray(participant_id, dtype=str), return_index=True, return_inverse=True)
    for facts, what in ((member, "is a member and a non-member"), (known, "is known by one scan and not by another")):
        if np.any(both := facts != facts[first][person]):
            raise DataError(what, where=str(participant_id[np.flatnonzero(both)[0]]), expected="one or the other")
    return np.asarray(person)


def _intervals(
    accuracy: Float[np.ndarray, "epoch"],
    influence: Float[np.ndarray, "epoch person"],
    repeat: Repeat,
    confidence: float,
) -> tuple[Interval, ...]:
    """Return the accuracy of each epoch with its interval."""
    counts = repeat.count(member=True), repeat.count(member=False)
    found = []
    for value, row in zip(accuracy, influence, strict=True):
        low, high = share_interval(float(value), float(np.linalg.norm(row)), min(counts), confidence)
        found.append(Interval(float(value), low, high, *counts, confidence))
    return tuple(found)


def _gaps(
    size: Float[np.ndarray, "epoch scan"], member: Bool[np.ndarray, "scan"], person: Int[np.ndarray, "scan"], n: int
) -> tuple[Float[np.ndarray, "epoch"], Float[np.ndarray, "epoch person"]]:
    """Return the gap of each epoch, and each person's influence on it."""
    repeat = Repeat(member, size[0], person)
    gap, influence = np.empty(len(size)), np.empty((len(size), n))
    for epoch, row in enumerate(size):
        ours, others = row[member].mean(), row[~member].mean()
        by_scan = np.where(member, -(row - ours) / member.sum(), (row - others) / (~member).sum())
        gap[epoch], influence[epoch] = others - ours, of_people(repeat, by_scan, n)
    return gap, influence


def _accuracies(
    size: Float[np.ndarray, "epoch scan"],
    member: Bool[np.ndarray, "scan"],
    known: Bool[np.ndarray, "scan"],
    participant_id: Texts,
    person: Int[np.ndarray, "scan"],
    n: int,
) -> tuple[Float[np.ndarray, "epoch"], Float[np.ndarray, "epoch person"], Repeat]:
    """Return the accuracy of each epoch's threshold on the people it was not learned on, and their influence."""
    scan = np.arange(len(member)).astype(str)[~known]
    join([Scores("error by epoch", 0, np.asarray(participant_id)[~known], scan, member[~known], -size[0, ~known])])
    repeat = Repeat(member[~known], size[0, ~known], person[~known])
    accuracy, influence = np.empty(len(size)), np.empty((len(size), n))
    for epoch, row in enumerate(size):
        score = _threshold(row[known], member[known]) - row[~known]
        accuracy[epoch], by_scan = balanced_accuracy_parts(repeat.member, score)
        influence[epoch] = of_people(repeat, by_scan, n)
    return accuracy, influence, repeat


def _threshold(size: Float[np.ndarray, "scan"], member: Bool[np.ndarray, "scan"]) -> float:
    """Return the size below which calling *member* has the greatest balanced accuracy; the middle one of the best."""
    order = np.argsort(size, kind="stable")
    ordered, answer = size[order], member[order]
    gain = np.cumsum(answer) / answer.sum() - np.cumsum(~answer) / (~answer).sum()
    last = np.append(ordered[1:] > ordered[:-1], True)
    best = np.flatnonzero(last & (gain >= gain[last].max() - _ENDS_TOLERANCE))
    place = int(best[len(best) // 2])
    above = ordered[place + 1] if place + 1 < len(ordered) else np.inf
    return float((ordered[place] + above) / 2) if np.isfinite(above) else float(np.nextafter(ordered[place], np.inf))
