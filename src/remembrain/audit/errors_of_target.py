"""How well a target predicts each group of people, by epoch too, as it may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.audit.people import WORDS
from remembrain.cohort.material import Material
from remembrain.evidence import curves, disclosure, epochs, errors_of_years, leakage
from remembrain.types import Role, Texts

_SPREAD_OF_DISTANCES = 0.756
"""Standard deviation of the distance of normal values from their mean, in means of it: sqrt(pi / 2 - 1)."""


def describe_errors(
    material: Material, error: Float[np.ndarray, "scan"]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return how well the target predicts each group (n is people), and the densities of its errors."""
    scans, split = material.scans, material.split
    places = {role: split.index(role) for role in WORDS}
    mae: dict[str, Any] = {}
    for role, word in WORDS.items():
        in_role = places[role]
        mae[word] = mean_error(error[in_role], scans.participant_id[in_role])
    member, other = places["member"], places["nonmember"]
    names = scans.participant_id[other], scans.participant_id[member]
    mae["mean_predictor"] = _of_mean_predictor(scans.age[member], scans.age[other], names[0])
    content = {"mae": mae, "gap": gap_of((error[other], error[member]), names)}
    few = min(len(np.unique(people)) for people in names) < disclosure.FEWEST
    if few or any(np.ptp(error[places[role]]) == 0 for role in ("member", "nonmember")):
        return content, None  # a memory without any error has no density
    reach = disclosure.round_up(1.5 * float(np.quantile(np.abs(error[np.concatenate([member, other])]), 0.9)))
    grid = np.linspace(-reach, reach, 161)
    shapes = {
        WORDS[role]: curves.density(error[places[role]], scans.participant_id[places[role]], grid).tolist()
        for role in ("member", "nonmember")
    }
    return content, {"grid": grid.tolist(), **shapes}


def mean_error(error: Float[np.ndarray, "scan"], participant_id: Texts) -> dict[str, Any] | None:
    """Return the mean absolute error of some people as it may leave; nothing of fewer than ten."""
    people = len(np.unique(participant_id))
    if people < disclosure.FEWEST:
        return None
    years = errors_of_years.mean_absolute(error, participant_id)
    return {**_told_of(years, _step(error, participant_id)), "n": disclosure.count(people)}


def _of_mean_predictor(
    trained: Float[np.ndarray, "member"], age: Float[np.ndarray, "scan"], participant_id: Texts
) -> dict[str, Any] | None:
    """Return the error of always predicting the members' mean: of ages alone, of which enough is told; so, roughly.

    Its interval follows from the number of people and from how the distances of normal ages spread.
    """
    people = len(np.unique(participant_id))
    if min(len(trained), people) < disclosure.FEWEST:
        return None
    step = disclosure.round_up(float(np.std(age)) / 10)
    years = errors_of_years.of_mean_predictor(trained, age, participant_id)
    value = disclosure.in_steps({"value": years.value}, step)["value"]
    reach = 1.96 * _SPREAD_OF_DISTANCES / np.sqrt(disclosure.nearest(people))
    ends = {"low": value * float(np.exp(-reach)), "high": value * float(np.exp(reach))}
    return {**disclosure.in_steps({"value": value, **ends}, step), "n": disclosure.count(people)}


def gap_of(
    errors: tuple[Float[np.ndarray, "scan"], Float[np.ndarray, "other"]], participant_id: tuple[Texts, Texts]
) -> dict[str, Any]:
    """Return by how much the mean absolute error of the first people is greater than that of the second.

    Nothing is told of fewer than ten of either.
    """
    if min(len(np.unique(people)) for people in participant_id) < disclosure.FEWEST:
        return dict.fromkeys(("value", "low", "high"))
    years = errors_of_years.mean_difference(errors, participant_id)
    return _told_of(years, max(_step(*group) for group in zip(errors, participant_id, strict=True)))


def _told_of(years: errors_of_years.Years, step: float) -> dict[str, Any]:
    """Return a number of years as it may leave."""
    return disclosure.in_steps(years.to_json(), step)


def _step(error: Float[np.ndarray, "scan"], participant_id: Texts) -> float:
    """Return the step in which a mean absolute error of these people is told."""
    _, person, times = np.unique(participant_id, return_inverse=True, return_counts=True)
    sizes = np.bincount(person, weights=np.abs(error)) / times
    return disclosure.step_of(float(np.std(sizes)), len(sizes))


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
    names = {role: scans.participant_id[material.split.index(role)] for role in ("member", "nonmember")}

    def mae(role: Role, place: int) -> float:
        in_role = material.split.index(role)
        step = _step(predicted[place, in_role] - scans.age[in_role], names[role])
        return float(disclosure.in_steps({"value": history[place][f"mae_{role}"]}, step)["value"])

    return [
        {
            "epoch": int(row["epoch"]),
            "mae_members": mae("member", place),
            "mae_nonmembers": mae("nonmember", place),
            "auc": disclosure.in_steps(
                {key: float(getattr(curve, key)[place]) for key in ("value", "low", "high")}, disclosure.THOUSANDTH
            ),
        }
        for place, row in enumerate(history)
    ]


def describe_leakage(material: Material, predicted: Float[np.ndarray, "epoch scan"]) -> dict[str, Any] | None:
    """Return the line of a threshold's accuracy over the gap, over the epochs of a target that was trained here."""
    if not len(predicted):
        return None
    scans, tested = material.scans, material.split.index("member", "nonmember")
    errors = predicted[:, tested] - scans.age[tested]
    line = leakage.leakage_line(
        errors,
        material.split.role[tested] == "member",
        material.split.attacker_knows[tested],
        scans.participant_id[tested],
    )
    if line is None:
        return None
    content: dict[str, Any] = line.to_json()
    gaps = [
        disclosure.in_steps({"value": point["gap"]}, _step(error, scans.participant_id[tested]))["value"]
        for point, error in zip(content["points"], errors, strict=True)
    ]
    points = [{**point, "gap": gap} for point, gap in zip(content["points"], gaps, strict=True)]
    return {**disclosure.figures(content), "points": [disclosure.figures(point) for point in points]}
