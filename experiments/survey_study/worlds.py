"""One size of group against one adversary, in several worlds: what every attack achieves in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remembrain.evidence.metrics import auc
from remembrain.survey.answers import Answers
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.closed_form import theory_of
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.release import Case, Survey, draw_release, look


@dataclass(frozen=True, eq=False)
class Cell:
    """One size of group against one adversary, in several worlds, for a worker process."""

    answers: Answers
    case: Case
    step: str
    worlds: int
    seed: int


@dataclass(frozen=True)
class Found:
    """AUC of every attack in every world, the closed form, and how many people were tested."""

    n: int
    step: str
    auc: dict[str, list[float]]
    theory: float
    n_members: int
    n_nonmembers: int


def run(cell: Cell) -> Found:
    """Draw the worlds of one setting and attack them; all attacks see the same."""
    survey = Survey(cell.answers, lay_out(Plan(margins="all"), cell.answers, "nhanes"))
    aucs: dict[str, list[float]] = {one.name: [] for one in ATTACKS}
    theory, sides = [], []
    for world in range(cell.worlds):
        rng = np.random.default_rng([cell.seed, cell.case.group_size or 0, world])
        release = draw_release(survey, cell.case, rng)
        seen = look(release, rng)
        for attack in ATTACKS:
            aucs[attack.name].append(auc(seen.member, attack.score(seen.view, rng)))
        theory.append(theory_of(release, seen).auc())
        sides.append((int(seen.member.sum()), int((~seen.member).sum())))
    members, others = (min(side) for side in zip(*sides, strict=True))
    return Found(cell.case.group_size or 0, cell.step, aucs, float(np.mean(theory)), members, others)
