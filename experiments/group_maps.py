"""How well members are told from group maps of brains: means, standard deviations, effects, the very scan or another.

`python experiments/group_maps.py [WORLDS]` prints the mean AUC over simulated releases, with its standard error: 150
regions that a common and eight other factors move, groups of 50, a reference of 1,000, 500 others. Groups whose
effects are published differ in the population by nothing, by 0.5 in every region, or in every fifteenth. Another scan
is a true second session, in which each region errs for itself (0.7 of its variance is that of the first, on average),
or one that an audit makes where reliability is stated: a correlation of 0.84, which is the same.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from remembrain.evidence.metrics import auc
from remembrain.record.table_settings import Adversary
from remembrain.survey.another_scan import Again, measured_again
from remembrain.survey.answers import Answers
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.columns import Question
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.release import Case, Survey, draw_release, look

REGIONS, FACTORS, COMMON, LOADING = 150, 8, 0.4, 0.2
GROUP, REFERENCE, OTHERS, SAME = 50, 1000, 500, 0.7
GROUPS = Question("group", "categorical", ("control", "patient"), ("control", "patient"))
EVERYWHERE, SPARSE = np.full(REGIONS, 0.5), np.where(np.arange(REGIONS) % 15 == 0, 0.5, 0.0)
EFFECTS = Plan(contrasts="all", contrast="group")
SETTINGS = {
    "means": (Plan(means="all"), GROUP, 1.0, 0),
    "means and standard deviations": (Plan(means="all", sds="all"), GROUP, 1.0, 0),
    "effects of two groups of 50 alone": (EFFECTS, 2 * GROUP, 1.0, 0),
    "effects, 0.5 in the population": (EFFECTS, 2 * GROUP, 1.0, EVERYWHERE),
    "effects, 0.5 in ten regions": (EFFECTS, 2 * GROUP, 1.0, SPARSE),
    "means, a second session": (Plan(means="all"), GROUP, "measured", 0),
    "means and standard deviations, a second session": (Plan(means="all", sds="all"), GROUP, "measured", 0),
    "means, a scan made with a correlation of 0.84": (Plan(means="all"), GROUP, 0.84, 0),
    "means and standard deviations, a scan made with 0.84": (Plan(means="all", sds="all"), GROUP, 0.84, 0),
}


def structure() -> tuple[Any, Any]:
    """Return how the eight factors move each region, and the spread that is its own."""
    loading = LOADING * np.random.default_rng(0).standard_normal((FACTORS, REGIONS))
    return loading, np.sqrt(np.maximum(1 - np.square(loading).sum(axis=0) - COMMON**2, 0.1))


def people(rng: np.random.Generator, count: int) -> Answers:
    """Return people of standardised regions, in two groups by lot."""
    loading, own = structure()
    values = rng.standard_normal((count, FACTORS)) @ loading + COMMON * rng.standard_normal((count, 1))
    values += own * rng.standard_normal((count, REGIONS))
    regions = tuple(Question(f"region{place}", "numeric") for place in range(REGIONS))
    names = np.array([f"p{place:05d}" for place in range(count)])
    group = rng.integers(0, 2, (count, 1)).astype(np.int16)
    return Answers(names, (GROUPS,), group, regions, values, np.ones(count))


def second_session(answers: Answers, rng: np.random.Generator) -> Again:
    """Return the same people measured again, by errors in proportion to what is each region's own."""
    error = structure()[1] * np.sqrt((1 / SAME - 1) / np.square(structure()[1]).mean())
    again = answers.value + error * rng.standard_normal(answers.value.shape)
    return measured_again(answers, replace(answers, value=again), Path("second session"))


def world(plan: Plan, group: int, reliability: Any, effect: Any, number: int) -> dict[str, float]:
    """Return the AUC of each attack that needs no teaching, in one simulated release."""
    rng = np.random.default_rng([17, number])
    answers = people(rng, group + REFERENCE + OTHERS)
    answers.value[:] += answers.code * effect
    adversary = Adversary(reference_size=REFERENCE, reliability=reliability)
    again = second_session(answers, rng) if reliability == "measured" else None
    survey = Survey(answers, lay_out(plan, answers, "[release]"), again=again)
    seen = look(draw_release(survey, Case(group, adversary=adversary), rng), rng)
    attacks = [attack for attack in ATTACKS if attack.name in ("inner-product", "correlation-aware")]
    return {attack.name: auc(seen.member, attack.score(seen.view, rng)) for attack in attacks}


def main() -> None:
    """Print a line a setting."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for words, setting in SETTINGS.items():
        tried = [world(*setting, number) for number in range(worlds)]
        for name in tried[0]:
            aucs = np.array([one[name] for one in tried])
            print(f"{words}: {name} {aucs.mean():.3f} (se {aucs.std(ddof=1) / np.sqrt(worlds):.3f}, {worlds} releases)")


if __name__ == "__main__":
    main()
