"""Attacks with reference models on people drawn from distributions that are known, beside who knows these.

    python experiments/reference_models/simulated.py [--worlds 20] [--people 1600]

A person has a mean error without and one with them (bivariate normal around lines in the label), and a spread of each;
errors of models are Gaussian around these. The optimum is the likelihood ratio of who knows all of these numbers but
not the person's means. Prints AUC, and the true-positive rate at 1 % false positives, of half of the people, the other
half being known, with their standard errors over worlds; then the same where every model errs on everybody in a way of
its own and another share than half of the people were members. 5 minutes on a core.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from cyclopts import App
from jaxtyping import Bool, Float
from scipy import stats

from remembrain.attacks.bavaria import Bavaria
from remembrain.attacks.lira import Lira
from remembrain.attacks.rmia import Rmia
from remembrain.evidence.metrics import auc, tpr_at_fpr
from remembrain.types import Attack, Known, Signals

NUMBERS = (2, 4, 8, 16)
MIDDLE = 62.5


@dataclass(frozen=True)
class World:
    """How means without and with a person are distributed, and how far trainings fall from them.

    ``unlike`` is the shape of the inverse gamma distribution of each person's variance over its mean: None where all
    have the same; ``alike`` says whether the two kinds of models share it, ``scaled`` whether means go with it.
    ``levels`` is the standard deviation of what a model does to everybody.
    """

    covariance: tuple[tuple[float, float], tuple[float, float]] = ((16.0, 4.8), (4.8, 1.44))
    variance: tuple[float, float] = (4.0, 1.0)
    slopes: tuple[float, float] = (0.0, 0.0)
    unlike: float | None = None
    alike: bool = True
    scaled: bool = False
    members: float = 0.5
    levels: float = 0.0


WORLDS = {
    "plain": World(),
    "weak leak": World(((16.0, 12.8), (12.8, 10.24)), (4.0, 4.0)),
    "overfitted": World(((16.0, 1.6), (1.6, 0.16)), (4.0, 0.1)),
    "means that bend with age": World(slopes=(-4.0, -1.0)),
    "unlike spreads": World(unlike=2.5),
    "unlike spreads and means": World(unlike=2.5, scaled=True),
    "unlike spreads, each kind its own": World(unlike=2.5, alike=False),
}


@dataclass(frozen=True, eq=False)
class People:
    """What is known of some people, and all that decides it."""

    error: Float[np.ndarray, "scan model"]
    inside: Bool[np.ndarray, "scan model"]
    target: Float[np.ndarray, "scan"]
    label: Float[np.ndarray, "scan"]
    member: Bool[np.ndarray, "scan"]
    known: Bool[np.ndarray, "scan"]
    centre: Float[np.ndarray, "scan 2"]
    share: Float[np.ndarray, "scan 2"]


def draw(world: World, people: int, models: int, seed: int) -> People:
    """Draw people and what ``models`` models, and the target, err by."""
    rng = np.random.default_rng([seed, models, people])
    share = np.ones((people, 2))
    if world.unlike is not None:
        share = (world.unlike - 1) / rng.gamma(world.unlike, 1, (people, 2))
        share = share[:, [0, 0]] if world.alike else share
    label = rng.uniform(45, 80, people)
    age = (label - MIDDLE) / 10
    centre = age[:, None] * np.array(world.slopes)
    apart = rng.standard_normal((people, 2)) @ np.linalg.cholesky(np.array(world.covariance) + 1e-9 * np.eye(2)).T
    mean = centre + apart * (np.sqrt(share) if world.scaled else 1.0)
    inside = np.zeros((people, models + 1), dtype=bool)
    for pair in range(0, models, 2):
        inside[rng.permutation(people)[: people // 2], pair] = True
        inside[:, pair + 1] = ~inside[:, pair]
    inside[rng.permutation(people)[: round(world.members * people)], -1] = True
    spread = np.sqrt(np.array(world.variance) * share)
    error = np.where(inside, mean[:, 1:], mean[:, :1])
    error = error + np.where(inside, spread[:, 1:], spread[:, :1]) * rng.standard_normal(inside.shape)
    bends = world.levels * rng.standard_normal((3, models + 1)) * np.array([[1.0], [0.5], [0.25]])
    error = error + np.column_stack([np.ones(people), age, age**2 - 1]) @ bends
    member, known = inside[:, -1], np.zeros(people, dtype=bool)
    for side in (True, False):
        mine = np.flatnonzero(member == side)
        known[rng.permutation(mine)[: len(mine) // 2]] = True
    return People(error[:, :-1], inside[:, :-1], error[:, -1], label, member, known, centre, share)


def optimum(world: World, people: People) -> Float[np.ndarray, "scan"]:
    """Return the log-ratio of who knows centres, covariance and spreads; levels are not for it (draw without)."""
    count = np.column_stack([(~people.inside).sum(axis=1), people.inside.sum(axis=1)])
    sums = [(people.error * mask).sum(axis=1) for mask in (~people.inside, people.inside)]
    of_people = np.array(world.covariance) * (people.share[:, :1, None] if world.scaled else 1.0)
    of_people = np.broadcast_to(of_people, (len(count), 2, 2))
    noise = np.array(world.variance) * people.share
    total = of_people + np.eye(2) * (noise / count)[:, :, None]
    apart = np.column_stack(sums) / count - people.centre
    gain = of_people @ np.linalg.inv(total)
    mean = people.centre + np.einsum("sij,sj->si", gain, apart)
    left = np.einsum("sii->si", of_people - gain @ of_people) + noise
    logs = stats.norm.logpdf(people.target[:, None], mean, np.sqrt(left))
    return np.asarray(logs[:, 1] - logs[:, 0])


def asked(attack: Attack, people: People) -> Float[np.ndarray, "some"]:
    """Return the scores of those who are not known."""
    signals = {
        "references/error": people.error[:, :, None],
        "references/inside": people.inside,
        "references/target": people.target[:, None],
        "label": people.label,
    }
    taught, tested = (
        cast(Signals, {name: array[mask] for name, array in signals.items()}) for mask in (people.known, ~people.known)
    )
    names = np.flatnonzero(people.known).astype(str)
    return attack.score(Known(taught, people.member[people.known], names), tested, np.random.default_rng(0))


def measured(
    world: World, attack: Attack | None, models: int, worlds: int, people: int
) -> Float[np.ndarray, "world 2"]:
    """Return AUC and rate at 1 % in every world, of an attack or, where there is none, of the optimum."""
    found = []
    for seed in range(worlds):
        drawn = draw(world, people, models, seed)
        score = asked(attack, drawn) if attack else optimum(world, drawn)[~drawn.known]
        truth = drawn.member[~drawn.known]
        found.append((auc(truth, score), tpr_at_fpr(truth, score, 0.01)))
    return np.array(found)


app = App(help=__doc__)


@app.default
def simulated(*, worlds: int = 20, people: int = 1600) -> None:
    """Print the tables.

    Parameters
    ----------
    worlds
        How many are drawn of each kind.
    people
        In each.
    """
    attacks: dict[str, Attack | None] = {
        "optimum": None,
        "bavaria": Bavaria(),
        "rmia": Rmia(),
        "lira": Lira(),
        "lira-offline": Lira(online=False),
    }
    print("| world | models | " + " | ".join(attacks) + " |\n" + "|---" * (len(attacks) + 2) + "|")
    for name, world in WORLDS.items():
        for models in NUMBERS:
            cells = [_said(measured(world, one, models, worlds, people)) for one in attacks.values()]
            print(f"| {name} | {models} | " + " | ".join(cells) + " |", flush=True)
    bending = WORLDS["means that bend with age"]
    for share in (0.1, 0.5, 0.9):
        for models in (2, 8):
            level = replace(bending, members=share)
            best = _said(measured(level, None, models, worlds, people))
            given = [one for one in attacks.values() if one]
            cells = [_said(measured(replace(level, levels=2.0), one, models, worlds, people)) for one in given]
            print(f"| levels, {share:.0%} members | {models} | {best} | " + " | ".join(cells) + " |", flush=True)


def _said(found: Float[np.ndarray, "world 2"]) -> str:
    """Return means with the standard error of the AUC."""
    error = found[:, 0].std(ddof=1) / np.sqrt(len(found))
    return f"{found[:, 0].mean():.3f} ({error:.3f}), {found[:, 1].mean():.3f}"


if __name__ == "__main__":
    app()
