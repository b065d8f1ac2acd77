"""One synthetic person: age, sex, site, and how far each part of the brain has aged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

COMPONENTS = (
    "ventricles",
    "whole brain",
    "hippocampi",
    "thalamus",
    "insulae",
    "frontal",
    "parietal",
    "temporal",
    "cerebellum",
    "cortical thinning",
    "grey-white contrast",
    "periventricular white matter",
    "deep grey brightness",
)
"""What ages. The first nine are shapes, the others tissue."""

CORRELATION: Float[np.ndarray, "component"] = np.linspace(0.76, 0.34, len(COMPONENTS))
"""Correlation of each component with age (rho). A regressor that saw the components themselves would be left with a
residual SD of sigma / sqrt(1 + sum rho^2 / (1 - rho^2)), 2.9 years here."""

AGE_MEAN, AGE_SD, AGE_MIN, AGE_MAX = 63.5, 7.6, 45.0, 82.0
SITES = ("A", "B", "C")
SITE_SHARES = (0.5, 0.3, 0.2)

STREAM_PERSON, STREAM_SHAPE, STREAM_FOLDING, STREAM_SCANNER = range(4)


@dataclass(frozen=True, eq=False)
class Person:
    """Who somebody is on every grid; ``aging`` is in standard deviations, 13 numbers a session."""

    seed: int
    index: int
    sex: str
    site: str
    ages: tuple[float, ...]
    aging: tuple[Float[np.ndarray, "component"], ...]

    @property
    def participant_id(self) -> str:
        """``sub-00000`` and so on."""
        return f"sub-{self.index:05d}"


def stream(seed: int, index: int, purpose: int, session: int = 0) -> np.random.Generator:
    """Return the random numbers of one person for one purpose: the same in any order and with any number of workers."""
    return np.random.Generator(np.random.Philox(key=[seed, index], counter=[0, 0, session, purpose]))


def person(seed: int, index: int, sessions: int = 1) -> Person:
    """Draw one person.

    Parameters
    ----------
    seed
        Seed of the cohort.
    index
        Number of the person; the same number is the same person whatever else is asked for.
    sessions
        How many scans; each later one is 2 to 5 years after the one before.

    Returns
    -------
    person
        Ages in years, drawn from N(63.5, 7.6) cut to 45..82 like the volunteers of UK Biobank.
    """
    rng = stream(seed, index, STREAM_PERSON)
    age = AGE_MEAN + AGE_SD * rng.standard_normal()
    while not AGE_MIN <= age <= AGE_MAX:
        age = AGE_MEAN + AGE_SD * rng.standard_normal()
    sex = "F" if rng.random() < 0.53 else "M"
    site = str(rng.choice(SITES, p=SITE_SHARES))
    own = rng.standard_normal(len(COMPONENTS))
    ages = [round(float(age), 1)]
    for _ in range(1, sessions):
        ages.append(round(ages[-1] + 2.0 + 3.0 * float(rng.random()), 1))
    aging = tuple(CORRELATION * (a - AGE_MEAN) / AGE_SD + np.sqrt(1 - CORRELATION**2) * own for a in ages)
    return Person(seed, index, sex, site, tuple(ages), aging)
