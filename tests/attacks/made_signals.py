"""Signals of people who leak, or do not, for tests of attacks."""

from __future__ import annotations

import numpy as np

from remembrain.types import Known


def made(
    people: int = 400, *, leak: float = 0.0, seed: int = 0, width: int = 8
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Signals of people of whom half are members; members' errors are smaller by the factor 1 - leak."""
    rng = np.random.default_rng(seed)
    member = rng.permutation(people) < people // 2
    label = rng.uniform(45, 80, people)
    shrink = np.where(member, 1 - leak, 1.0)
    without = rng.normal(0, 4, people)
    error = shrink * without
    gradient = 2 * error[:, None] * rng.normal(1, 0.2, (people, width))
    signals = {
        "prediction": label + error,
        "label": label,
        "error": error,
        "gradient-magnitude": np.abs(gradient[:, :3]).astype(np.float32),
        "gradient:first": gradient.reshape(people, 2, -1).astype(np.float32),
        "gradient:last-hidden": gradient.astype(np.float32),
        "gradient:output": gradient[:, :4].astype(np.float32),
        "activation:second": gradient[:, None].astype(np.float32),
        "covariates": np.column_stack([label, rng.normal(size=people)]),
    }
    in_disguise = without[:, None] + rng.normal(0, 1, (people, 3))
    return signals | {"disguised-error": np.column_stack([error, in_disguise])}, member


def halves(
    signals: dict[str, np.ndarray], member: np.ndarray, person: np.ndarray | None = None
) -> tuple[Known, dict[str, np.ndarray], np.ndarray]:
    """The first half is known to the attacker, the second is to be decided."""
    middle = len(member) // 2
    names = np.array([f"p{place}" for place in range(len(member))]) if person is None else person
    known = Known({name: value[:middle] for name, value in signals.items()}, member[:middle], names[:middle])
    return known, {name: value[middle:] for name, value in signals.items()}, member[middle:]


def gaussian(rng, n, s1, s0):
    """Errors of n members and n others with these standard deviations."""
    return np.concatenate([rng.normal(0, s1, n), rng.normal(0, s0, n)]), np.repeat([True, False], n)


def split(signals: dict[str, np.ndarray], member: np.ndarray) -> tuple[Known, dict[str, np.ndarray], np.ndarray]:
    """Every other two are known to the attacker, and the two after them are to be decided."""
    half = np.arange(len(member)) % 4 < 2
    known = Known(
        {name: array[half] for name, array in signals.items()}, member[half], np.flatnonzero(half).astype(str)
    )
    return known, {name: array[~half] for name, array in signals.items()}, member[~half]
