"""Whose scores these are: the repeats of one attack, joined by person, with everything misaligned refused.

Every interval in this room counts people, so that a person's scans always stand or fall together. This module must
not know what the scores will be used for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._validate import one_number_a_scan, same_length
from remembrain.errors import DataError
from remembrain.types import Joined, Repeated, Scores, Texts

BY_LOT = ("fixed rule by lot", "learned by lot")
"""Repeats in which who took part is drawn anew."""


@dataclass(frozen=True, eq=False)
class Repeat:
    """One repeat: the answer and the score of each scan, and the place of its person in ``People.names``."""

    member: Bool[np.ndarray, "scan"]
    score: Float[np.ndarray, "scan"]
    person: Int[np.ndarray, "scan"]

    def per_person(self) -> tuple[Int[np.ndarray, "some"], Bool[np.ndarray, "some"], Float[np.ndarray, "some"]]:
        """Return place, answer and mean score of every person who was tested in this repeat."""
        people, place, scans = np.unique(self.person, return_inverse=True, return_counts=True)
        member = np.zeros(len(people), dtype=bool)
        member[place] = self.member
        return people, member, np.bincount(place, weights=self.score) / scans

    @cached_property
    def tested(self) -> Mapping[bool, Int[np.ndarray, "some"]]:
        """The places of the members who were tested, and of the non-members, in order."""
        return {group: np.flatnonzero(np.bincount(self.person[self.member == group])) for group in (True, False)}

    def count(self, *, member: bool) -> int:
        """Return how many people of one group were tested."""
        return len(self.tested[member])

    def effective_count(self, *, member: bool) -> float:
        """Return the people of one group in effect: (sum of scans)^2 / sum of squared scans (Kish 1965).

        It is the number of people where all have as many scans, and less where a few have most of them.
        """
        scans = np.bincount(self.person[self.member == member])
        return float(scans.sum() ** 2 / np.square(scans).sum())


@dataclass(frozen=True, eq=False)
class People:
    """All repeats of one attack, and name and group of each person who was tested in any of them.

    Where roles are drawn anew, whoever is tested in both stands twice, once in each; ``same`` numbers who is who.
    """

    attack: str
    repeats: tuple[Repeat, ...]
    is_member: Bool[np.ndarray, "person"]
    names: Texts
    same: Int[np.ndarray, "person"]
    repeated: Repeated = "known people"

    def count(self, *, member: bool) -> int:
        """Return how many people of one group were tested in a repeat (in the smallest one)."""
        return min(repeat.count(member=member) for repeat in self.repeats)

    def overlap(self) -> float:
        """Return the share of people tested in one repeat who are tested in another one too; mean over groups."""
        tested = np.zeros((len(self.repeats), len(self.is_member)))
        for row, repeat in zip(tested, self.repeats, strict=True):
            row[repeat.person] = 1
        shares = []
        for group in (self.is_member, ~self.is_member):
            both = tested[:, group] @ tested[:, group].T
            alone = np.trace(both)
            shares.append((both.sum() - alone) / (alone * max(1, len(self.repeats) - 1)))
        return float(np.mean(shares))


def by_person(
    repeats: Sequence[Scores], joint: Sequence[Float[np.ndarray, "person"] | None] | None = None
) -> list[Scores]:
    """Return scores of scans as scores of people, each with those of the scans in it.

    Parameters
    ----------
    repeats
        What one attack said of scans.
    joint
        In each repeat the joint score of every person, in the order of their names. Where one repeat has none, and
        where they are left out, people of all repeats get the mean of their scans' scores, so that repeats compare.
    """
    joints = list(joint) if joint is not None and all(scores is not None for scores in joint) else [None] * len(repeats)
    of_people = []
    for scores, theirs in zip(repeats, joints, strict=True):
        people, member, mean = one_a_person(scores)
        score = mean if theirs is None else theirs
        sessions = np.full(len(people), "")
        how: Joined = "mean" if theirs is None else "likelihood ratio"
        of_people.append(
            Scores(
                *(scores.attack, scores.repeat, people, sessions, member, score, scores.seconds),
                scans=scores,
                joined=how,
                repeated=scores.repeated,
            )
        )
    return of_people


def one_a_person(scores: Scores) -> tuple[Texts, Bool[np.ndarray, "person"], Float[np.ndarray, "person"]]:
    """Return who was tested, in the order of their names, whether they are members, and the mean score of their rows.

    Checks nothing.
    """
    people, first, place, rows = np.unique(
        np.asarray(scores.participant_id, dtype=str), return_index=True, return_inverse=True, return_counts=True
    )
    return people, scores.member[first], np.bincount(place, weights=scores.score) / rows


def by_scan(repeats: Sequence[Scores]) -> list[Scores]:
    """Return what was said of scans, of which scores of people were made."""
    return [scores if scores.scans is None else scores.scans for scores in repeats]


def join(repeats: Sequence[Scores]) -> People:
    """Join the repeats of one attack by person, in the order of their numbers.

    Parameters
    ----------
    repeats
        What one attack said in each repeat. The people tested may differ from repeat to repeat.

    Raises
    ------
    DataError
        Where there is no repeat, attacks or kinds of repeats are mixed, a repeat or a scan stands twice, shapes do not
        fit, a score is not finite, a repeat lacks members or non-members, or a person is a member here and a
        non-member there, unless that is drawn anew each time.
    """
    if not repeats:
        raise DataError("no repeat of the attack to assess", expected="at least one")
    repeats = sorted(repeats, key=lambda scores: scores.repeat)
    attack, repeated = repeats[0].attack, repeats[0].repeated
    for scores in repeats:
        if scores.attack != attack:
            raise DataError(f"scores of {scores.attack} among those of {attack}", expected="one attack")
        if scores.repeated != repeated:
            raise DataError(f"repeats of {repeated} and of {scores.repeated}", where=attack, expected="one kind")
        _check_one(scores)
    if len({scores.repeat for scores in repeats}) < len(repeats):
        raise DataError("a repeat stands twice", where=attack, expected="each repeat once")
    names, person = _numbered([scores.participant_id for scores in repeats])
    _, session = _numbered([scores.session_id for scores in repeats])
    for scores, places, sessions in zip(repeats, person, session, strict=True):
        _check_scans(scores, places, sessions)
    in_role = [2 * places + scores.member for scores, places in zip(repeats, person, strict=True)]
    roles, place = np.unique(np.concatenate(in_role), return_inverse=True)
    same, is_member = roles // 2, roles % 2 == 1
    in_both = np.flatnonzero(np.diff(same) == 0)
    if len(in_both) and (repeated not in BY_LOT or _within_a_repeat(in_role)):
        name = names[same[in_both[0]]]
        raise DataError("is a member and a non-member", where=f"{attack}, {name}", expected="one or the other")
    places_in_role = np.split(place, np.cumsum([len(scores) for scores in repeats])[:-1])
    joined = zip(repeats, places_in_role, strict=True)
    together = tuple(Repeat(scores.member, scores.score, places) for scores, places in joined)
    return People(attack, together, is_member, names[same], same, repeated)


def people_scores(scores: Scores) -> tuple[Float[np.ndarray, "person"], Bool[np.ndarray, "person"]]:
    """Return one score a person, the mean over scans, and who is a member; people in the order of their names.

    Raises
    ------
    DataError
        Where a person is a member and a non-member, or the scores are misaligned or not finite (see :func:`join`).
    """
    _, member, score = join([scores]).repeats[0].per_person()
    return score, member


def _numbered(texts: Sequence[Texts]) -> tuple[Texts, list[Int[np.ndarray, "scan"]]]:
    """Return all different texts in order, and the place among them of each text of each repeat."""
    parts = [np.asarray(part, dtype=str) for part in texts]
    different, place = np.unique(np.concatenate(parts), return_inverse=True)  # fixed width, which sorts fast
    return different, np.split(place, np.cumsum([len(part) for part in texts])[:-1])


def _within_a_repeat(in_role: Sequence[Int[np.ndarray, "scan"]]) -> bool:
    """Tell whether anybody is in both roles in one and the same repeat, from twice their number plus the role."""
    return any(np.any(np.diff(np.unique(roles) // 2) == 0) for roles in in_role)


def _check_one(scores: Scores) -> None:
    """Raise on what is wrong within one repeat."""
    where = f"{scores.attack}, repeat {scores.repeat}"
    one_number_a_scan(scores.score, f"score ({where})")
    same_length(
        participant_id=scores.participant_id,
        session_id=scores.session_id,
        member=scores.member,
        score=scores.score,
    )
    if scores.member.dtype != np.bool_ or scores.member.ndim != 1:
        raise DataError(
            f"member has shape {scores.member.shape} and type {scores.member.dtype}",
            where=where,
            expected="one true or false a scan",
        )
    for name, group in (("members", scores.member), ("non-members", ~scores.member)):
        if not group.any():
            raise DataError(f"there are no {name}", where=where, expected="members and non-members in every repeat")


def _check_scans(scores: Scores, person: Int[np.ndarray, "scan"], session: Int[np.ndarray, "scan"]) -> None:
    """Raise where a scan stands twice in a repeat."""
    _, first, times = np.unique(person * (session.max() + 1) + session, return_index=True, return_counts=True)
    if np.any(times > 1):
        scan = first[times > 1][0]
        name = f"{scores.participant_id[scan]} {scores.session_id[scan]}".strip()
        raise DataError(
            f"{name} stands {times.max()} times",
            where=f"{scores.attack}, repeat {scores.repeat}",
            expected="each scan once",
        )
