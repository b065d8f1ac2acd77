"""How often the one test of all attacks finds a leak, and how often it raises a false alarm, by simulation.

``python experiments/one_test.py [AUDITS]`` prints a line a setting. People have an age and a sex; a quarter of every
attack's score goes with age (or none), attacks agree as on phantoms (correlation 0.8), and every fourth one learns
from nobody's membership. Where half of the people are known, such attacks are tested on everybody, and the others on
the other half.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from scipy import stats

from remembrain.evidence.beyond_blind import Facts, beyond_blind
from remembrain.evidence.power import AGREEMENT
from remembrain.types import Scores

EVERY = 4
"""One attack in so many learns from nobody's membership."""


@dataclass(frozen=True)
class Setting:
    """Members, and as many others, who are tested; how many standard deviations older members are; the leak."""

    tested: int
    attacks: int
    auc: float = 0.5
    older: float = 0.0
    with_age: float = 0.25
    known: bool = True


SETTINGS = (
    *(Setting(100, attacks, older=older) for attacks in (8, 17) for older in (0.0, 0.3, 0.7)),
    *(Setting(100, attacks, auc) for attacks in (8, 17) for auc in (0.55, 0.6, 0.65)),
    *(Setting(100, attacks, auc, with_age=0.0) for attacks in (8, 17) for auc in (0.55, 0.6)),
    *(Setting(50, 8, auc, known=known) for auc in (0.5, 0.6) for known in (True, False)),
)


def smallest(setting: Setting, rng: np.random.Generator) -> float:
    """Return the smallest adjusted p-value of one audit."""
    people = 2 * setting.tested * (2 if setting.known else 1)
    names, place = np.arange(people).astype(str), np.arange(people)
    member, half = place < people // 2, place % 2 if setting.known else np.zeros(people, dtype=int)
    age = rng.normal(size=people) + setting.older * member
    leak = np.sqrt(2) * stats.norm.ppf(setting.auc) * member
    common = rng.normal(size=people)

    def said(name: str, values: np.ndarray, asked: np.ndarray) -> Scores:
        return Scores(name, 0, names[asked], np.full(int(asked.sum()), ""), member[asked], values[asked])

    attacks = {}
    for number in range(setting.attacks):
        own = np.sqrt(AGREEMENT) * common + np.sqrt(1 - AGREEMENT) * rng.normal(size=people)
        score = np.sqrt(setting.with_age) * age + np.sqrt(1 - setting.with_age) * own + leak
        attacks[str(number)] = said(str(number), score, (half == 0) | (number % EVERY == 0))
    guess = setting.older * age + 0.3 * rng.normal(size=people)
    blind = [said("blind", guess, half == side) for side in np.unique(half)]
    facts = Facts(names, np.full(people, ""), np.column_stack([age, rng.random(people) < 0.5]))
    return min(beyond_blind(attacks, blind, facts, rng, permutations=399).values())


def main(audits: int) -> None:
    """Print how many of the audits of each setting find something at 5 %."""
    print(f"{audits} audits a setting; found in (standard error)")
    for place, setting in enumerate(SETTINGS):
        rng = np.random.default_rng([20, place])
        share = float(np.mean([smallest(setting, rng) < 0.05 for _ in range(audits)]))
        print(f"{setting}: {100 * share:.1f} % ({100 * np.sqrt(share * (1 - share) / audits):.1f})", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
