"""Whom one model is audited on: members and others, paired where that is asked, and every round that is played."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int

from remembrain.audits.rounds import Round, draws_of, known_counts, rounds_of_audit
from remembrain.cohort import matching
from remembrain.cohort.material import AUDITED, Material


@dataclass(frozen=True, eq=False)
class Sample:
    """The audited people and their rounds.

    Attributes
    ----------
    audited
        Members, non-members and validation people; of the first two those who can be paired, if that is asked.
    places
        Places of their scans among all that could be audited.
    matched
        How members and non-members were paired, if they were.
    known
        How many members and how many non-members the attacker knows, in the round where these are fewest.
    rounds
        Every round: of real membership, of the null, of everybody.
    """

    audited: Material
    places: Int[np.ndarray, "scan"]
    matched: matching.Matched | None
    known: tuple[int, int]
    rounds: tuple[Round, ...]

    @property
    def real(self) -> list[Round]:
        """The rounds of real membership."""
        return [played for played in self.rounds if played.kind == "real"]


def draw_sample(material: Material, repeats: int, seed: int, *, match: bool = False) -> Sample:
    """Return whom an audit is of and in which rounds, with the attacker's knowledge drawn anew in each repeat.

    Parameters
    ----------
    material
        All people who have a role.
    repeats, seed
        Of the draws.
    match
        Whether members and non-members are paired by sex, site and age.
    """
    audited, matched = material.of(*AUDITED), None
    places = np.arange(len(audited.scans))
    if match:
        split, matched = matching.match(audited.scans, audited.split)
        places = split.used()
        audited = replace(audited, split=split).take(places)
    scans, split = audited.scans, audited.split
    draws = draws_of(scans, split, repeats, seed)
    rounds = rounds_of_audit(scans, split, draws, repeats, seed)
    return Sample(audited, places, matched, known_counts(scans, split, draws), rounds)
