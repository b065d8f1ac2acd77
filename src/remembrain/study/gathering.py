"""Scores to ``evidence.json``: every assessment, control, finding and curve of one audit, and what was audited.

Nothing here names a person: groups of fewer than 10 people are said to be that, and curves are smooth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.evidence import assess, compare, controls, curves, epochs, errors_of_years, findings
from remembrain.evidence.people import join
from remembrain.run import SCHEMA
from remembrain.study.material import Material
from remembrain.types import Attack, Role, Scores

SMALLEST_CELL = 10
WORDS: dict[Role, str] = {
    "member": "members",
    "nonmember": "nonmembers",
    "validation": "validation",
    "population": "population",
}


@dataclass(frozen=True, eq=False)
class Evidence:
    """What came out, as it is needed for the file and for the limit."""

    assessments: Mapping[str, assess.Assessment]
    null: controls.Control
    blind: controls.Control
    content: dict[str, Any]
    doubt: str = ""


def judge(
    attacks: Sequence[Attack],
    blind_attack: Attack,
    real: Mapping[str, Sequence[Scores]],
    null: Mapping[str, Sequence[Scores]],
    refused: Mapping[str, str],
    *,
    doubt: str = "",
) -> Evidence:
    """Assess every attack and both controls, and conclude.

    Parameters
    ----------
    attacks, blind_attack
        What was asked for, and the blind baseline.
    real, null
        Scores by attack, of real membership and of the null.
    refused
        Why an attack could not be run, by name.
    doubt
        Why the target may not have been seen as it is.
    """
    names = [attack.name for attack in attacks]
    of_blind = assess.assess(real[blind_attack.name])
    assessments, nulls, differences = {}, {}, {}
    for name in names:
        if name in refused:
            assessments[name] = nulls[name] = assess.not_assessed(name, refused[name])
            continue
        assessments[name] = assess.assess(real[name])
        nulls[name] = _null(name, null)
        if assessments[name].auc and of_blind.auc:
            differences[name] = compare.auc_difference(real[name], real[blind_attack.name])
    beyond = _beyond_black_box(attacks, assessments, real)
    null_control = controls.null_control({**nulls, blind_attack.name: _null(blind_attack.name, null)})
    blind_control = controls.blind_control(of_blind)
    concluded = findings.conclude(
        assessments, null=null_control, blind=blind_control, differences=differences, doubt=doubt
    )
    whole = findings.overall(concluded, assessments)
    by_name = {str(finding.attack): finding for finding in concluded}
    listed = [
        {
            **_declared(attack),
            **assess.to_json(found),
            "p_holm": by_name[attack.name].p_value if attack.name in by_name else None,
            "difference_from_blind": assess.interval_json(differences[attack.name].auc)
            if attack.name in differences
            else None,
            "difference_from_best_black_box": beyond.get(attack.name),
            "null_auc": assess.interval_json(null_control.assessments[attack.name].auc),
            "roc": _roc(real[attack.name]) if found.auc else None,
        }
        for attack, found in (*((one, assessments[one.name]) for one in attacks), (blind_attack, of_blind))
    ]
    blind_content = {**_control(blind_control), "auc": assess.interval_json(of_blind.auc)}
    content: dict[str, Any] = {
        "attacks": listed,
        "controls": {"null": _control(null_control), "blind": blind_content},
        "findings": [{**one.to_json(), "attack": one.attack or "overall"} for one in (whole, *concluded)],
    }
    return Evidence(assessments, null_control, blind_control, content, doubt)


def _beyond_black_box(
    attacks: Sequence[Attack], assessments: Mapping[str, assess.Assessment], real: Mapping[str, Sequence[Scores]]
) -> dict[str, Any]:
    """Return how much better each attack that sees more is than the best on outputs alone, on the same people."""
    access = {one.name: one.access for one in attacks}
    aucs = {name: found.auc.value for name, found in assessments.items() if found.auc}
    black = [name for name in aucs if access[name] == "outputs"]
    if not black:
        return {}
    best = max(black, key=lambda name: aucs[name])
    differences = {
        name: compare.auc_difference(real[name], real[best])
        for name in aucs
        if access[name] not in ("outputs", "nothing")
    }
    return {
        name: {"baseline": best, **assess.interval_json(found.auc), "p": found.p_value}
        for name, found in differences.items()
    }


def _null(name: str, null: Mapping[str, Sequence[Scores]]) -> assess.Assessment:
    """Return how an attack did where nobody is a member, or why that is not known."""
    if not null.get(name):
        return assess.not_assessed(name, "there are too few non-members to divide into two groups")
    return assess.assess(null[name])


def _declared(attack: Attack) -> dict[str, Any]:
    """Return what an attack says of itself."""
    return {
        "name": attack.name,
        "title": attack.title,
        "access": attack.access,
        "knows": attack.knows,
        "needs": list(attack.needs),
        "paper": attack.paper,
    }


def _control(control: controls.Control) -> dict[str, Any]:
    """Return a control as the report reads it."""
    content: dict[str, Any] = control.to_json()
    attacks = [{**one, "p_holm": one["p_value_adjusted"]} for one in content["attacks"]]
    return {**content, "attacks": attacks}


def _roc(scores: Sequence[Scores]) -> dict[str, Any]:
    """Return the ROC curve with its null band."""
    return dict(curves.roc_curve(join(scores)).to_json())


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


def whole(audit: dict[str, Any], target: dict[str, Any], people: dict[str, Any], found: Evidence) -> dict[str, Any]:
    """Return the content of ``evidence.json``."""
    return {"schema": SCHEMA, "audit": audit, "target": target, "people": people, **found.content}
