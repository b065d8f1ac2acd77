"""How well respondents of NHANES are told from published margins: by size of group, by attack, by what is known of
them.

    python experiments/survey_study OUT

writes ``OUT/table.md`` (figures measured elsewhere beside ours; attacks beside one another, paired; from full to
realistic knowledge) and ``OUT/realism.svg``. Needs the package ``nhanes``. A few minutes on two cores.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from cyclopts import App
from figure import draw
from table import write_table

from remembrain._parallel import map_processes
from remembrain.errors import RemembrainError
from remembrain.evidence.metrics import auc
from remembrain.study.survey_demo import write_answers
from remembrain.study.survey_sweeps import REALISM, theory_of
from remembrain.survey.answers import Answers, read_answers
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.knowledge import Adversary
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.release import Case, Survey, draw_release, look

app = App(help=__doc__)
SIZES = (25, 50, 100, 250, 500, 1000)
MEASURED = {25: 0.91, 50: 0.82, 100: 0.74, 250: 0.65, 500: 0.60}
TESTED, REFERENCE = 1000, 1000


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


@app.default
def survey_study(out: Path, /, *, worlds: int = 30, seed: int = 1, workers: int | None = None) -> None:
    """Run it.

    Parameters
    ----------
    out
        Folder that gets everything.
    worlds
        Releases drawn for each setting.
    seed
        Of all draws.
    workers
        Processes; one a core when left out.
    """
    write_answers(out / "answers.csv")
    answers, _, _ = read_answers(out / "answers.csv", {})
    full = Adversary(reference_size=REFERENCE)
    cells = [
        Cell(answers, Case(n, adversary=replace(full, **limits), tested=TESTED), step, worlds, seed)
        for step, limits in REALISM
        for n in SIZES
    ]
    found = map_processes(run, cells, workers=workers, description="worlds")
    print(write_table(out / "table.md", found, MEASURED))
    print(draw(out / "realism.svg", found))


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


if __name__ == "__main__":
    try:
        app()
    except RemembrainError as error:
        raise SystemExit(f"survey_study: {error}") from None
