"""What an insider of a federation learns: every learner attacks every other from the models that the rounds pass on.

An attacker knows who its own people are, and people whom nobody has; one classifier learns from them with the signals
of several rounds and is turned on all other learners' people. A person's score is the mean over the rounds (Gupta et
al. 2021, section 4.2). The server sees more: every learner's own model, before it is averaged; it is taken to know the
people of one learner, as a server run by one of the sites does. Beside these stand attacks that judge all rounds
together, and attacks with models that a learner trains on its own people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from remembrain.attacks import BLIND, OTHERS, REFERENCES, ROUNDS, is_offline, retrained_layer
from remembrain.audits import judge
from remembrain.evidence import disclosure
from remembrain.federation.case import WHO, By, Case, Mask, Pairing
from remembrain.federation.learners import describe_learners
from remembrain.federation.pairs import HEADER
from remembrain.federation.threats import AttackedView, attack_view, started, threat, trend_of
from remembrain.federation.trajectories import trajectories
from remembrain.federation.views import InsiderView, single_rounds
from remembrain.record.attacks import Finding
from remembrain.record.federation import Federation, OwnReferences, Threat
from remembrain.run import write_text
from remembrain.types import Attack

Views = dict[By, list[tuple[InsiderView, tuple[Attack, ...]]]]
"""What each insider sees, with the attacks that read it: single rounds first."""


@dataclass(frozen=True)
class Rounds:
    """From which rounds insiders learn, and which are looked at one by one."""

    late: tuple[int, ...]
    looked: tuple[int, ...]

    @classmethod
    def of(cls, last: int, last_rounds: int, looks: int) -> Rounds:
        """Return the last few of so many rounds, and round 0 with so many later ones."""
        late = tuple(range(max(1, last - last_rounds + 1), last + 1))
        return cls(late, tuple(sorted({round(last * step / looks) for step in range(looks + 1)})))

    @property
    def every(self) -> tuple[int, ...]:
        """All of these, in order."""
        return tuple(sorted({*self.late, *self.looked}))


@dataclass(frozen=True, eq=False)
class Insiders:
    """Who attacks whom, from which rounds, in how many processes (one a core where that is ``None``)."""

    case: Case
    attacks: tuple[Attack, ...]
    rounds: Rounds
    pairings: tuple[Pairing, ...]
    workers: int | None

    @classmethod
    def of(cls, case: Case, attacks: Sequence[Attack], rounds: Rounds, workers: int | None) -> Insiders:
        """Return them with all people, and with those who can be matched."""
        return cls(case, tuple(attacks), rounds, (Pairing.of(case, "unmatched"), Pairing.of(case, "matched")), workers)

    @property
    def main(self) -> Pairing:
        """The people from which findings are concluded: the matched, where there are any."""
        return next((pairing for pairing in reversed(self.pairings) if pairing.pairs), self.pairings[0])

    @property
    def offline(self) -> tuple[Attack, ...]:
        """The attacks that read a learner's own reference models."""
        return tuple(attack for attack in self.attacks if is_offline(attack))

    def known(self) -> dict[int, Mask]:
        """Return everybody from whom each attacker learns; the matched are some of them."""
        attackers = {number for pairing in self.pairings for number in pairing.attackers}
        return {number: self.pairings[0].known[number] for number in sorted(attackers)}

    def views(self) -> Views:
        """Return what a learner, and the server, see of the rounds, with the attacks that read it."""
        single = tuple(attack for attack in self.attacks if _of_single_rounds(attack))
        together = tuple(attack for attack in self.attacks if ROUNDS in attack.needs)
        views: Views = {}
        for by in WHO:
            of_rounds = self.rounds.late if by == "server" else self.rounds.every
            view = single_rounds(self.case, single, of_rounds, by, self.workers)
            views[by] = [(view, (BLIND, *single))]
            if able := tuple(attack for attack in together if by == "server" or OTHERS not in attack.needs):
                views[by].append((trajectories(self.case, view, able, self.rounds.every, by, self.workers), able))
        return views

    def refused(self, by: By, by_name: Collection[str]) -> dict[str, tuple[Attack, str]]:
        """Return attacks that were asked for by name and that no insider can run, with why: they are answered."""
        why = "a learner cannot train models with the people whom it asks about"
        unable = [attack for attack in self.attacks if REFERENCES in attack.needs and not is_offline(attack)]
        return {attack.name: (attack, why) for attack in unable if by == "learner" and attack.name in by_name}


def judge_insiders(
    insiders: Insiders, views: Views, doubts: Mapping[str, str], by_name: Collection[str]
) -> tuple[tuple[Threat, ...], tuple[judge.Evidence, ...], list[AttackedView]]:
    """Attack and judge what insiders see; ``pairs.tsv`` gets each pair and round.

    Returns
    -------
    threats
        Each insider with each choice of people.
    evidence
        One an insider, as findings are concluded and limits held against it.
    attacked
        What attacks said of a learner's views.
    """
    case, late = insiders.case, insiders.rounds.late
    attacked = {
        by: [attack_view(case, view, attacks, insiders.pairings, late, insiders.workers) for view, attacks in several]
        for by, several in views.items()
    }
    lines, threats, evidence = ["\t".join(HEADER)], [], []
    for by, attacked_views in attacked.items():
        for pairing in insiders.pairings:
            refused, main = insiders.refused(by, by_name), pairing is insiders.main
            of_insider, judged, lines_of_pairs = threat(case, by, attacked_views, pairing, refused, doubts)
            threats.append(replace(of_insider, main=main))
            lines += lines_of_pairs
            evidence += [judged] if main else []
    write_text(case.run.path / "pairs.tsv", "\n".join(lines) + "\n")
    ran = {attack.name for attacked_views in attacked.values() for view in attacked_views for attack in view.attacks}
    case.run.log(f"insiders attacked by {', '.join(sorted(ran - {BLIND.name})) or 'nothing'}")
    return tuple(threats), tuple(evidence), attacked["learner"]


def described(
    insiders: Insiders,
    environment: str,
    threats: tuple[Threat, ...],
    community: AttackedView,
    references: OwnReferences | None,
    outsider: Finding,
) -> Federation:
    """Return what stands in the evidence of a federation; attacks on the community's models are followed by round."""
    case, scans, looked = insiders.case, insiders.case.material.scans, insiders.rounds.looked
    followed = community.attacks[1:] and insiders.main.pairs
    trend = trend_of(case, community, insiders.main, looked, insiders.workers) if followed else ()
    return Federation(
        environment=environment,
        learners=describe_learners(scans, case.own, case.names),
        people_known_of_nobody=disclosure.count(len(np.unique(scans.participant_id[case.pool]))),
        people_tested_of_nobody=disclosure.count(len(np.unique(scans.participant_id[case.others]))),
        rounds=tuple(case.archive.error(round_) for round_ in range(case.archive.last() + 1)),
        last_rounds=insiders.rounds.late,
        threats=threats,
        by_round=trend,
        started=started(trend),
        references=references,
        outsider=replace(outsider, attack=None),
    )


def _of_single_rounds(attack: Attack) -> bool:
    """Return whether an attack learns from known people with what single models say."""
    apart = {REFERENCES, ROUNDS} & set(attack.needs)
    return attack.knows == "some members" and not retrained_layer(attack) and not apart
