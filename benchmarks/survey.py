"""What an audit of published tables costs, and how that grows; called by :mod:`bench`."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from remembrain.run import Key
from remembrain.survey.answers import Answers
from remembrain.survey.columns import Question
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.looks import attack_release, chosen
from remembrain.survey.release import Case, Survey, draw_release

AUDIT = """
import resource, sys
from remembrain import cli
try:
    cli.main(["survey", "audit", sys.argv[1], sys.argv[2], "--release", sys.argv[3]])
except SystemExit as stopped:
    assert not stopped.code, stopped.code
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("peak", max(children, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


def made(people: int, questions: int, levels: int = 4) -> Answers:
    """Return people who answered questions that go together."""
    rng = np.random.default_rng(0)
    lean = rng.standard_normal((people, 1))
    edges = np.linspace(-0.8, 0.8, levels - 1)
    code = np.digitize(0.4 * lean + rng.standard_normal((people, questions)), edges).astype(np.int16)
    code[rng.random(code.shape) < 0.05] = -1
    names = tuple(str(level) for level in range(levels))
    asked = tuple(Question(f"q{place}", "categorical", names, names) for place in range(questions))
    who = np.array([f"sub-{place}" for place in range(people)])
    return Answers(who, asked, code, (), np.empty((people, 0)), np.ones(people))


def seconds(people: int, questions: int) -> float:
    """Return how long one repeat of all attacks takes in this process, the least of three."""
    answers = made(people, questions)
    survey = Survey(answers, lay_out(Plan(margins="all"), answers, "made"))
    case = Case(group_size=people // 4, tested=people // 4)
    release = draw_release(survey, case, np.random.default_rng(0))
    times = []
    for seed in range(3):
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            kept = {"folder": Path(folder), "key": Key.of()}
            attack_release(release, chosen(()), repeats=1, seed=seed, workers=1, **kept)
        times.append(time.perf_counter() - start)
    return min(times)


def whole_audit(people: int = 5000, questions: int = 70) -> tuple[float, float]:
    """Return seconds and GB (of the largest process) of an audit from the command line: 20 repeats, sweeps, report."""
    with tempfile.TemporaryDirectory() as folder:
        answers = made(people, questions)
        frame = pd.DataFrame(
            np.where(answers.code < 0, "", answers.code.astype(str)), columns=[one.name for one in answers.categorical]
        )
        frame.insert(0, "participant_id", answers.participant_id)
        data, release = Path(folder, "answers.csv"), Path(folder, "release.toml")
        frame.to_csv(data, index=False)
        release.write_text(f'[release]\nmargins = "all"\ngroup_size = {people // 5}\n')
        start = time.perf_counter()
        command = [sys.executable, "-c", AUDIT, str(data), str(Path(folder, "run")), str(release)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        took = time.perf_counter() - start
        peak = re.search(r"peak (\d+)", told)
        return took, int(peak[1]) / 2**20 if peak else float("nan")
