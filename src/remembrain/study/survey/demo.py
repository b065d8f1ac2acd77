"""The demonstration on tables: one-way margins of a group of real respondents of NHANES, under every attack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from remembrain.config import SurveyConfig
from remembrain.report.write import write
from remembrain.run import write_text
from remembrain.study.survey.audit import audit_survey
from remembrain.survey.nhanes import write_answers

RELEASE = """# Tables of a random group of 250 of the adults of NHANES 2017-2018: every question of at most 20 answers.
[release]
margins = "all"
group_size = 250

# What the adversary knows; these are the strongest ones. docs/survey.md names every knob.
[adversary]
known = 1.0
reference_size = 1000
base_rates = [0.01, 0.1, 0.5]

[audit]
auc_below = 0.6
exposed_by = ["Gender", "RacehispanicOrigin", "EducationLevelAdults20", "MaritalStatus"]
"""


def run_survey_demo(run: Path, *, seed: int, say: Callable[[str], None], workers: int | None = None) -> Path:
    """Write the answers and a release file, audit the tables, and return the report.

    Parameters
    ----------
    run
        Folder that gets ``answers.csv``, ``release.toml``, the run folder ``audits/`` and ``report.html``.
    seed
        Of everything.
    say
        Talks to the user.
    workers
        Processes; one a core when left out.
    """
    answers, release = run / "answers.csv", run / "release.toml"
    people = write_answers(answers)
    if not release.is_file():
        write_text(release, RELEASE)
    say(f"{people:,} adults of NHANES 2017-2018 in {answers}")
    audit_survey(SurveyConfig.of_release(release, source=answers, seed=seed), run / "audit", say, workers)
    return write([run / "audit"], run / "report.html")
