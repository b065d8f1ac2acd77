"""Who attacks whom in a federation: every learner every other, and the server, which is taken to know one's people.

An attacker knows who its own people are, and people whom nobody has; it is tested on the other learners' people and on
others whom nobody has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool

from remembrain.cohort.matching import paired
from remembrain.cohort.material import Material
from remembrain.cohort.splits import FEWEST_PEOPLE
from remembrain.errors import DataError
from remembrain.evidence import groups
from remembrain.federation.archive import Archive
from remembrain.federation.learners import read_learners
from remembrain.run import RunFolder
from remembrain.run.streams import stream
from remembrain.targets.model import Target

MOST_KNOWN = 1000
"""People of its own that an attacker learns from at most (Gupta et al. 2021, section 4.2)."""

By: TypeAlias = Literal["learner", "server"]
People: TypeAlias = Literal["matched", "unmatched"]
Mask: TypeAlias = Bool[np.ndarray, "scan"]

WHO: Mapping[By, str] = {"learner": "Another learner", "server": "The server"}


@dataclass(frozen=True, eq=False)
class Case:
    """What the attacks are about.

    ``own`` are the scans of each learner, ``pool`` those of nobody's people whom attackers know, ``others`` those of
    nobody's people on whom they are tested.
    """

    run: RunFolder
    target: Target
    archive: Archive
    material: Material
    names: Mapping[int, str]
    own: Mapping[int, Mask]
    pool: Mask
    others: Mask
    seed: int

    @classmethod
    def of(cls, run: RunFolder, target: Target, material: Material, seed: int) -> Case:
        """Return what the attacks are about, from the run folder.

        Raises
        ------
        DataError
            Where it is not said whose a member is, or a learner has somebody who is none.
        """
        scans = material.scans
        learner, names = read_learners(run, scans)
        member = material.split.role == "member"
        if np.any(wrong := (learner > 0) != member):
            who = str(scans.participant_id[np.flatnonzero(wrong)[0]])
            raise DataError("is a member without a learner, or the other way round", where=f"learners.tsv, {who}")
        nobody, known = material.split.role == "nonmember", material.split.attacker_knows
        own = {number: learner == number for number in names}
        archive = Archive(run.path / "rounds")
        return cls(run, target, archive, material, names, own, nobody & known, nobody & ~known, seed)

    @property
    def nobody(self) -> Mask:
        """The scans of people whom no learner has."""
        return np.asarray(self.pool | self.others)

    @property
    def member(self) -> Mask:
        """Who is anybody's."""
        return np.asarray(self.material.split.role == "member")


@dataclass(frozen=True, eq=False)
class Pairing:
    """From whom each attacker learns, and on whom each victim's membership is tested; who has too few is not there."""

    people: People
    known: Mapping[int, Mask]
    tested: Mapping[int, Mask]

    @classmethod
    def of(cls, case: Case, people: People) -> Pairing:
        """Return who learns from whom and who is tested on whom, all of them or those who can be paired."""
        scans = case.material.scans
        known, tested = {}, {}
        for number, own in case.own.items():
            own_known, own_tested, pool, others = own, own, case.pool, case.others
            if people == "matched":
                learned_from, asked_of = paired(scans, own, pool), paired(scans, own, others)
                own_known, pool = own & learned_from, pool & learned_from
                own_tested, others = own & asked_of, others & asked_of
            rng = stream(case.seed, "people known to an insider", number, people)
            sides = [np.unique(scans.participant_id[mask]) for mask in (own_known, pool)]
            fewest = min(*(len(names) for names in sides), MOST_KNOWN)
            if fewest >= FEWEST_PEOPLE:
                known_people = np.concatenate([rng.permutation(names)[:fewest] for names in sides])
                known[number] = (own_known | pool) & np.isin(scans.participant_id, known_people)
            if min(len(np.unique(scans.participant_id[mask])) for mask in (own_tested, others)) >= FEWEST_PEOPLE:
                tested[number] = own_tested | others
        return cls(people, known, tested)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Attacker and victim, in order."""
        return [(attacker, victim) for attacker in self.known for victim in self.tested if attacker != victim]

    @property
    def attackers(self) -> list[int]:
        """Who attacks anybody, in order."""
        return list(dict.fromkeys(attacker for attacker, _ in self.pairs))

    def victims(self, attacker: int) -> Mask:
        """Return everybody on whom an attacker is tested."""
        return np.asarray(np.any([mask for victim, mask in self.tested.items() if victim != attacker], axis=0))


def differing(case: Case, pairing: Pairing) -> str:
    """Return in what victims' people and others differ by themselves; nothing where no victim's do."""
    names = []
    for number, mask in pairing.tested.items():
        scans = case.material.scans.take(mask)
        compared = groups.compare_groups(case.member[mask], scans, label=case.material.label)
        if compared.differ:
            names.append(case.names[number])
    if not names:
        return ""
    return f"the people of {', '.join(names)} are of other ages, sexes or sites than people whom nobody has"
