"""Who was audited, how well the target predicts them, and who of them is exposed, as it stands in ``evidence.json``.

Nothing here names a person: groups of fewer than 10 people are said to be that. What is said of single people goes to
``restricted/``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.cohort.material import Material
from remembrain.evidence import calibration, curves, epochs, errors_of_years, exposure, groups, leakage
from remembrain.evidence.assess import Assessment
from remembrain.run.streams import stream
from remembrain.types import Role, Scores

SMALLEST_CELL = 10
WORDS: dict[Role, str] = {
    "member": "members",
    "nonmember": "nonmembers",
    "validation": "validation",
    "population": "population",
}


def describe_people(material: Material) -> dict[str, Any]:
    """Return who was audited, by role: counts, ages, sexes and sites, with small cells hidden."""
    scans, groups = material.scans, []
    for role, word in WORDS.items():
        some = scans.take(material.split.index(role))
        if len(some) == 0:
            continue
        people, first = np.unique(some.participant_id, return_index=True)
        once = some.take(first)
        enough = len(people) >= SMALLEST_CELL
        counts, edges = np.histogram(once.age, bins=_edges(scans.age))
        groups.append(
            {
                "role": role,
                "word": word,
                "people": len(people),
                "scans": len(some),
                "age": {
                    "mean": float(once.age.mean()) if enough else None,
                    "sd": float(once.age.std(ddof=1)) if enough else None,
                    "p5": float(np.quantile(once.age, 0.05)) if enough else None,
                    "p95": float(np.quantile(once.age, 0.95)) if enough else None,
                },
                "sex": _cells(once.sex),
                "site": _cells(once.site),
                "age_histogram": {"edges": edges.tolist(), "counts": [_cell(count) for count in counts]},
            }
        )
    people_in_all = len(np.unique(scans.participant_id))
    return {"source": material.source, "n_people": people_in_all, "n_scans": len(scans), "groups": groups}


def describe_notes(material: Material) -> list[dict[str, Any]]:
    """Return who was left out and what was guessed or filled in, by kind."""
    return [{"text": text, "count": count} for text, count in material.in_short()]


def _edges(age: Float[np.ndarray, "scan"]) -> Float[np.ndarray, "edge"]:
    """Return about ten round bins over all ages."""
    low, high = np.quantile(age, (0.02, 0.98))
    step = max(float(f"{(high - low) / 8:.1g}"), 1e-6)
    first, last = np.floor(age.min() / step) * step, np.ceil(age.max() / step) * step
    return np.asarray(np.arange(first, last + 1.5 * step, step))


def _cells(values: np.ndarray) -> dict[str, int | str]:
    """Return how many people have each value; values of fewer than 10 people are not told, they may be names."""
    levels, counts = np.unique(values.astype(str), return_counts=True)
    enough = counts >= SMALLEST_CELL
    told: dict[str, int | str] = dict(zip(map(str, levels[enough]), map(int, counts[enough]), strict=True))
    rest = int(counts[~enough].sum())
    return {**told, "others": _cell(rest)} if rest else told


def _cell(count: int) -> int | str:
    """Return a count that may leave the building."""
    return f"<{SMALLEST_CELL}" if 0 < count < SMALLEST_CELL else int(count)


def describe_errors(
    material: Material, error: Float[np.ndarray, "scan"]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return how well the target predicts each group (n is people), and the densities of its errors."""
    scans, split = material.scans, material.split
    places = {role: split.index(role) for role in WORDS}
    mae: dict[str, Any] = {}
    for role, word in WORDS.items():
        mine = places[role]
        people = len(np.unique(scans.participant_id[mine]))
        mae[word] = None
        if people >= SMALLEST_CELL:
            found = errors_of_years.mean_absolute(error[mine], scans.participant_id[mine])
            mae[word] = {**found.to_json(), "n": people}
    member, other = places["member"], places["nonmember"]
    mean = errors_of_years.of_mean_predictor(scans.age[member], scans.age[other], scans.participant_id[other])
    mae["mean_predictor"] = {**mean.to_json(), "n": len(np.unique(scans.participant_id[other]))}
    names = scans.participant_id[other], scans.participant_id[member]
    gap = errors_of_years.mean_difference((error[other], error[member]), names)
    reach = float(np.quantile(np.abs(error[np.concatenate([member, other])]), 0.99)) * 1.2
    grid = np.linspace(-reach, reach, 161)
    told = {"mae": mae, "gap": gap.to_json()}
    if any(np.ptp(error[places[role]]) == 0 for role in ("member", "nonmember")):
        return told, None  # a memory without any error has no density
    shapes = {
        WORDS[role]: curves.density(error[places[role]], scans.participant_id[places[role]], grid).tolist()
        for role in ("member", "nonmember")
    }
    return told, {"grid": grid.tolist(), **shapes}


def describe_epochs(
    material: Material, history: Sequence[Mapping[str, Any]], predicted: Float[np.ndarray, "epoch scan"]
) -> list[dict[str, Any]]:
    """Return the errors of members and others by epoch, and how well abs(error) tells them apart."""
    if not history:
        return []
    scans, tested = material.scans, material.split.index("member", "nonmember")
    curve = epochs.auc_by_epoch(
        predicted[:, tested] - scans.age[tested],
        material.split.role[tested] == "member",
        scans.participant_id[tested],
    )
    return [
        {
            "epoch": int(row["epoch"]),
            "mae_members": row["mae_member"],
            "mae_nonmembers": row["mae_nonmember"],
            "auc": {
                "value": float(curve.value[place]),
                "low": float(curve.low[place]),
                "high": float(curve.high[place]),
            },
        }
        for place, row in enumerate(history)
    ]


def describe_groups(material: Material) -> groups.Groups:
    """Return in what members and non-members differ by themselves."""
    some = material.of("member", "nonmember")
    scans = some.scans
    return groups.compare_groups(
        some.split.role == "member", scans.participant_id, scans.age, scans.sex, scans.site, label=material.label
    )


def describe_leakage(material: Material, predicted: Float[np.ndarray, "epoch scan"]) -> dict[str, Any] | None:
    """Return the line of a threshold's accuracy over the gap, over the epochs of a target that was trained here."""
    if not len(predicted):
        return None
    scans, tested = material.scans, material.split.index("member", "nonmember")
    line = leakage.leakage_line(
        predicted[:, tested] - scans.age[tested],
        material.split.role[tested] == "member",
        material.split.attacker_knows[tested],
        scans.participant_id[tested],
    )
    return None if line is None else dict(line.to_json())


def describe_exposed(
    material: Material, real: Mapping[str, Sequence[Scores]], assessments: Mapping[str, Assessment], seed: int
) -> tuple[dict[str, Any], calibration.Membership | None]:
    """Return who is exposed to the best attack, its posteriors and its reliability; and what belongs to ``restricted``.

    The best attack is the one of the greatest AUC, chosen after the fact.
    """
    aucs = {name: found.auc.value for name, found in assessments.items() if found.auc}
    if not aucs:
        return {"exposure": None, "posterior": None, "reliability": None}, None
    best = max(aucs, key=lambda name: aucs[name])
    scans = material.scans
    people, first, person, times = np.unique(
        scans.participant_id, return_index=True, return_inverse=True, return_counts=True
    )
    age = np.bincount(person, weights=scans.age) / times
    facts = exposure.Facts(people, age, scans.sex[first], scans.site[first], times.astype(float))
    found = calibration.membership(real[best], stream(seed, "folds of probabilities"))
    content = {
        "exposure": dict(exposure.exposure(real[best], facts, label=material.label).to_json()),
        "posterior": {"attack": best, "rows": calibration.posteriors(assessments[best])},
        "reliability": dict(calibration.reliability(best, found).to_json()),
    }
    return content, found
