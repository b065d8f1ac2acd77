"""Tables of everybody: how often a small leak is found, how often nothing is taken for one, and what intervals cover.

`python experiments/everybody.py [FILES]` simulates files of 1,500 people and 58 independent questions (a leak of AUC
0.53), and of 400 people whose tables are drowned in noise, audits each with the attacks that need no teaching, and
prints how many were found, the mean AUC, its spread over files, the standard error that is stated, and the coverage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from remembrain.audits import judge
from remembrain.record.table_settings import Protection
from remembrain.survey.answers import Answers
from remembrain.survey.attacks import ATTACKS, BLIND
from remembrain.survey.columns import Question
from remembrain.survey.description import TABLES
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.looks import attack_release, key_of, played
from remembrain.survey.release import Case, Survey, draw_release

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


def audited(seed: int, count: int, questions: int, rules: Protection) -> judge.Evidence:
    """Return what an audit of one file comes to."""
    answers = people(np.random.default_rng([5, seed]), count, questions)
    survey = Survey(answers, lay_out(Plan(margins="all"), answers, "[release]"))
    release = draw_release(survey, Case(rules=rules), np.random.default_rng([6, seed]))
    with TemporaryDirectory() as folder:
        attacked = attack_release(
            release, ASKED, repeats=REPEATS, seed=seed, folder=Path(folder), key=key_of(survey), workers=1
        )
    design = judge.Design(by_lot=release.by_lot, subject=TABLES)
    return judge.judge(ASKED, BLIND, played(attacked), design=design, seed=seed)


def main() -> None:
    """Print both settings."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for words, (count, questions, rules) in SETTINGS.items():
        evidence = [audited(seed, count, questions, rules) for seed in range(files)]
        found = sum(one.overall.status == "members recognised" for one in evidence)
        print(f"{words}: {count} people, {questions} questions: recognised in {found} of {files} files")
        for attack in ASKED:
            aucs = [auc for one in evidence if (auc := one.assessments[attack.name].auc)]
            values = np.array([auc.value for auc in aucs])
            stated = np.mean([(auc.high - auc.low) / 3.92 for auc in aucs])
            covered = np.mean([auc.low <= values.mean() <= auc.high for auc in aucs])
            spread = values.std(ddof=1)
            print(f"  {attack.name}: {values.mean():.4f}, spread {spread:.4f}, stated {stated:.4f}, {covered:.3f}")


if __name__ == "__main__":
    main()
