"""Scores of scans to one joint score a person, learned on the people whom the attacker knows.

What an attack says of those it learned from is not what it says of others, so each half of the known people is scored
by what the other half taught. This module must not know which attacks exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from remembrain.attacks.standing import standing_of
from remembrain.evidence import calibration, joint
from remembrain.run import sha256
from remembrain.types import Attack, Known, Rows, Signals, Texts


def joint_scores(
    attack: Attack,
    known: Known,
    unknown: Signals,
    participant_id: Texts,
    score: Float[np.ndarray, "scan"],
    rng: np.random.Generator,
) -> Float[np.ndarray, "person"] | None:
    """Return the joint score of each person of the unknown scans, in the order of their names.

    Parameters
    ----------
    attack
        Which scored the scans.
    known
        Whom it learned from.
    unknown, participant_id, score
        The scans that it decided about, whose they are, and what it said.
    rng
        Divides the known people.

    Returns
    -------
    score
        Nothing where too few known people have several scans, or half of the known people teach this attack nothing.
    """
    if not joint.enough(known.participant_id, known.member):
        return None
    try:
        half_scores = _of_halves(attack, known, rng)
    except np.linalg.LinAlgError:  # half of the people are too few for its equations
        return None
    standings = standing_of(attack, known.signals), standing_of(attack, unknown)
    has_standing = None not in standings
    heard, unknown_heard = (
        joint.Heard(scores, whose, *(standing if has_standing and standing else (None, None)))
        for scores, whose, standing in zip(
            (half_scores, score), (known.participant_id, participant_id), standings, strict=True
        )
    )
    how = joint.fit(heard, known.member)
    return None if how is None else how(unknown_heard)[1]


@cache
def code_of_joining() -> tuple[str, ...]:
    """Return hashes of the code that decides how scans are put together, for the key of what is kept."""
    return tuple(sha256(Path(module)) for module in (__file__, joint.__file__, calibration.__file__))


def _of_halves(attack: Attack, known: Known, rng: np.random.Generator) -> Float[np.ndarray, "known"]:
    """Return the score of each known scan by what the half of the people without it taught."""
    first = np.zeros(len(known.member), dtype=bool)
    for group in (known.member, ~known.member):
        people = rng.permutation(np.unique(known.participant_id[group]))
        first |= group & np.isin(known.participant_id, people[: len(people) // 2])
    scores = np.empty(len(known.member))
    for half in (first, ~first):
        outside, inside = np.flatnonzero(~half), np.flatnonzero(half)
        taught = Known(_rows_at(known.signals, outside), known.member[outside], known.participant_id[outside])
        scores[inside] = attack.score(taught, _rows_at(known.signals, inside), rng)
    return scores


def _rows_at(signals: Signals, places: Int[np.ndarray, "some"]) -> Signals:
    """Return these rows of signals, read when they are asked for."""
    chosen: Mapping[str, Rows] = {
        name: Rows(rows.source, rows.index[places]) if isinstance(rows, Rows) else Rows(np.asarray(rows), places)
        for name, rows in signals.items()
    }
    return chosen
