"""Tables of everybody: how often a small leak is found, how often nothing is taken for one, and what intervals cover.

`python experiments/everybody.py [FILES]` simulates files of 1,500 people and 58 independent questions (a leak of AUC
0.53), and of 400 people whose tables are drowned in noise, audits each with the attacks that need no teaching, and
prints how many were found, the mean AUC, its spread over files, the standard error that is stated, and the coverage.
`python experiments/everybody.py coverage [FILES]` prints the last three alone, of files of 400 and 800 people.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from remembrain.audits import judge
from remembrain.audits.play import Played
from remembrain.evidence.assess import assess
from remembrain.record.table_settings import Protection
from remembrain.survey.answers import Answers
from remembrain.survey.attacks import ATTACKS, BLIND, TableAttack
from remembrain.survey.columns import Question
from remembrain.survey.description import TABLES
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.looks import attack_release, key_of, played
from remembrain.survey.release import Case, Survey, draw_release
from remembrain.types import Interval

REPEATS = 20
ASKED = tuple(attack for attack in ATTACKS if attack.name != "learned")
SETTINGS = {
    "a leak": (1500, 58, Protection()),
    "none": (400, 40, Protection(noise_epsilon=0.001)),
}


def people(rng: np.random.Generator, count: int, questions: int) -> Answers:
    """Return people and their answers to independent questions of two levels."""
    share = rng.uniform(0.2, 0.8, questions)
    code = (rng.random((count, questions)) < share).astype(np.int16)
    asked = tuple(Question(f"q{place}", "categorical", ("0", "1"), ("0", "1")) for place in range(questions))
    names = np.array([f"p{place:05d}" for place in range(count)])
    return Answers(names, asked, code, (), np.zeros((count, 0)), np.ones(count))


def scored(
    seed: int, count: int, questions: int, rules: Protection, attacks: tuple[TableAttack, ...]
) -> tuple[Played, bool]:
    """Return what attacks say of one file, and whether roles were drawn by lot."""
    answers = people(np.random.default_rng([5, seed]), count, questions)
    survey = Survey(answers, lay_out(Plan(margins="all"), answers, "[release]"))
    release = draw_release(survey, Case(rules=rules), np.random.default_rng([6, seed]))
    with TemporaryDirectory() as folder:
        attacked = attack_release(
            release, attacks, repeats=REPEATS, seed=seed, folder=Path(folder), key=key_of(survey), workers=1
        )
    return played(attacked), release.by_lot


def audited(seed: int, count: int, questions: int, rules: Protection) -> judge.Evidence:
    """Return what an audit of one file comes to."""
    said, by_lot = scored(seed, count, questions, rules, ASKED)
    return judge.judge(ASKED, BLIND, said, design=judge.Design(by_lot=by_lot, subject=TABLES), seed=seed)


def told(name: str, aucs: Sequence[Interval]) -> None:
    """Print the mean AUC of an attack, its spread over files, the standard error stated, and what intervals cover."""
    values = np.array([auc.value for auc in aucs])
    stated = np.mean([(auc.high - auc.low) / 3.92 for auc in aucs])
    covered = np.mean([auc.low <= values.mean() <= auc.high for auc in aucs])
    print(
        f"  {name}: {values.mean():.4f}, spread {values.std(ddof=1):.4f}, stated {stated:.4f}, {covered:.3f}",
        flush=True,
    )


def coverage(files: int) -> None:
    """Print how often intervals hold the mean over all files."""
    attacks = tuple(attack for attack in ASKED if attack.name in ("inner-product", "correlation-aware"))
    for count, questions in ((400, 40), (800, 20)):
        print(f"{count} people, {questions} questions, {files} files")
        every = [scored(seed, count, questions, Protection(), attacks)[0].of("real") for seed in range(files)]
        for attack in attacks:
            told(attack.name, [auc for said in every if (auc := assess(said[attack.name]).auc)])


def main() -> None:
    """Print both settings, or the coverage."""
    if sys.argv[1:2] == ["coverage"]:
        coverage(int(sys.argv[2]) if len(sys.argv) > 2 else 500)
        return
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for words, (count, questions, rules) in SETTINGS.items():
        evidence = [audited(seed, count, questions, rules) for seed in range(files)]
        found = sum(one.overall.status == "members recognised" for one in evidence)
        print(f"{words}: {count} people, {questions} questions: recognised in {found} of {files} files")
        for attack in ASKED:
            told(attack.name, [auc for one in evidence if (auc := one.assessments[attack.name].auc)])


if __name__ == "__main__":
    main()
