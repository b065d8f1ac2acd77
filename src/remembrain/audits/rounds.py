"""Rounds of an audit: whom the attacker knows, who is tested, and who is called a member.

The null gives the same code people who are all non-members, half of them called members at random: whatever an attack
finds there is an error of the audit. This module must not know attacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Int

from remembrain.cohort.splits import Split, draw_people
from remembrain.evidence.power import FEWEST_KNOWN
from remembrain.run.streams import stream
from remembrain.types import Scans

Kind: TypeAlias = Literal["real", "null", "everybody", "swapped"]
"""Of a round: on the target, on nobody's membership, or for the test of all attacks together.

``everybody`` is for attacks that learn from nobody's membership, ``swapped`` for the blind baseline, which is taught by
those who were tested in the first real round and asked about those who were known.
"""
_NULL_REPEATS = 2


@dataclass(frozen=True, eq=False)
class Round:
    """One draw of whom the attacker knows: places of the known and of the tested scans, and who is called a member."""

    kind: Kind
    repeat: int
    known: Int[np.ndarray, "known"]
    tested: Int[np.ndarray, "tested"]
    member: Bool[np.ndarray, "scan"]


def draws_of(scans: Scans, split: Split, repeats: int, seed: int) -> list[Bool[np.ndarray, "scan"]]:
    """Return the split's own choice of known people, then fresh ones of as many members and non-members."""
    numbers = [
        len(np.unique(scans.participant_id[split.attacker_knows & (split.role == role)]))
        for role in ("member", "nonmember")
    ]
    fresh = (stream(seed, "known people", repeat) for repeat in range(1, repeats))
    return [split.attacker_knows, *(draw_people(split, scans, rng, numbers) for rng in fresh)]


def known_counts(scans: Scans, split: Split, draws: Sequence[Bool[np.ndarray, "scan"]]) -> tuple[int, int]:
    """Return how many members and how many non-members the attacker knows, in the smallest draw."""
    members, others = (
        min(len(np.unique(scans.participant_id[known & (split.role == role)])) for known in draws)
        for role in ("member", "nonmember")
    )
    return members, others


def rounds_of_audit(
    scans: Scans, split: Split, draws: Sequence[Bool[np.ndarray, "scan"]], repeats: int, seed: int
) -> tuple[Round, ...]:
    """Return all rounds of an audit: real ones, the null's, and those of the test of all attacks together."""
    real = real_rounds(split, draws)
    return (*real, *null_rounds(scans, split, repeats, seed), *rounds_of_everybody(real[0]))


def real_rounds(split: Split, draws: Sequence[Bool[np.ndarray, "scan"]]) -> tuple[Round, ...]:
    """Return one round a draw of known scans; all other members and non-members are tested."""
    member = split.role == "member"
    audited = member | (split.role == "nonmember")
    return tuple(
        Round("real", repeat, np.flatnonzero(audited & known), np.flatnonzero(audited & ~known), member)
        for repeat, known in enumerate(draws)
    )


def null_rounds(scans: Scans, split: Split, repeats: int, seed: int) -> tuple[Round, ...]:
    """Return rounds over the non-members alone, half of whose people are called members, at random and once for all.

    Two are enough, or as many as there are real repeats: their p-value counts how few they are.
    """
    nonmember = split.role == "nonmember"
    shuffled = stream(seed, "null division").permutation(np.unique(scans.participant_id[nonmember]))
    half = len(shuffled) // 2
    called = nonmember & np.isin(scans.participant_id, shuffled[:half])
    rounds = []
    for repeat in range(min(repeats, _NULL_REPEATS)):
        rng = stream(seed, "null repeat", repeat)
        known_people = [rng.permutation(people)[: half // 2] for people in (shuffled[:half], shuffled[half:])]
        known = np.isin(scans.participant_id, np.concatenate(known_people))
        rounds.append(
            Round("null", repeat, np.flatnonzero(nonmember & known), np.flatnonzero(nonmember & ~known), called)
        )
    return tuple(rounds)


def rounds_of_everybody(first: Round) -> tuple[Round, ...]:
    """Return the rounds in which everybody of a real one is asked about; none where too few are known."""
    known = first.member[first.known]
    if min(np.count_nonzero(known), np.count_nonzero(~known)) < FEWEST_KNOWN:
        return ()
    everybody = np.sort(np.concatenate([first.known, first.tested]))
    return (
        replace(first, kind="everybody", tested=everybody),
        replace(first, kind="swapped", known=first.tested, tested=first.known),
    )
