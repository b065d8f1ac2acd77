"""Which rows of all repeats are tested together against shuffled membership: each of somebody who is new to the rule.

Of an attack that learns from known people it is one repeat, whose people were not taught with. A rule that learned from
nobody who is tested is tested in all repeats: with the mean score of everybody where roles stay, and where they are
drawn anew, every repeat is a part of its own, in which membership was an independent lot. Scores of different repeats
are taken in standard deviations, since each has its own reference. This module must not know attacks by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from remembrain.evidence.people import BY_LOT, one_a_person
from remembrain.types import Repeated, Scores


def parts_of(repeats: Sequence[Scores], repeated: Repeated) -> list[Scores]:
    """Return what is tested of one attack, in parts of different people, each in their order.

    Parameters
    ----------
    repeats
        What the attack said in each repeat.
    repeated
        What the repeats of the attacks that are tested have to do with one another; a baseline goes along with them.
    """
    repeats = sorted(repeats, key=lambda scores: scores.repeat)
    if repeated == "known people":
        return repeats[:1]
    if repeated in BY_LOT:
        return [_apart(scores) for scores in repeats]
    return [_mean(repeats)]


def together(parts: Sequence[Scores]) -> Scores:
    """Return parts of different people as one."""
    return replace(
        parts[0],
        participant_id=np.concatenate([part.participant_id for part in parts]),
        session_id=np.concatenate([part.session_id for part in parts]),
        member=np.concatenate([part.member for part in parts]),
        score=np.concatenate([part.score for part in parts]),
        scans=None,
    )


def _apart(scores: Scores) -> Scores:
    """Return the people of a repeat under names that no other repeat has."""
    names = np.array([f"{scores.repeat} {name}" for name in scores.participant_id])
    return replace(scores, participant_id=names, score=_standard(scores.score))


def _mean(repeats: Sequence[Scores]) -> Scores:
    """Return everybody's mean over the repeats in which they were tested."""
    by_person = [one_a_person(scores) for scores in repeats]
    people, first, place, times = np.unique(
        np.concatenate([people for people, _, _ in by_person]),
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    member = np.concatenate([member for _, member, _ in by_person])[first]
    score = np.concatenate([_standard(score) for _, _, score in by_person])
    mean = np.bincount(place, weights=score) / times
    return replace(
        repeats[0], participant_id=people, session_id=np.full(len(people), ""), member=member, score=mean, scans=None
    )


def _standard(score: Float[np.ndarray, "row"]) -> Float[np.ndarray, "row"]:
    """Return scores less their mean, in standard deviations; all 0 where they are equal."""
    return np.asarray((score - score.mean()) / (score.std() or 1.0))
