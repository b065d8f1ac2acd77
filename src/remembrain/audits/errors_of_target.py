"""How well a target predicts each group of people, by epoch too, as it may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from remembrain.audits.people import WORDS
from remembrain.cohort.material import Material
from remembrain.evidence import curves, disclosure, epochs, errors_of_years, leakage
from remembrain.record import target as record
from remembrain.record.numbers import UNKNOWN, MeanError, Number
from remembrain.types import Role, Texts

_SPREAD_OF_DISTANCES = 0.756
"""Standard deviation of the distance of normal values from their mean, in means of it: sqrt(pi / 2 - 1)."""


def describe_errors(
    material: Material, error: Float[np.ndarray, "scan"]
) -> tuple[record.MeanErrors, Number, record.ErrorCurves | None]:
    """Return how well the target predicts each group, the gap between members and others, and densities of errors."""
    scans, split = material.scans, material.split
    names = {role: scans.participant_id[split.places[role]] for role in WORDS}
    errors = {role: error[split.places[role]] for role in WORDS}
    ages = {role: scans.age[split.places[role]] for role in WORDS}
    mae = record.MeanErrors(
        members=mean_error(errors["member"], names["member"]),
        nonmembers=mean_error(errors["nonmember"], names["nonmember"]),
        validation=mean_error(errors["validation"], names["validation"]),
        population=mean_error(errors["population"], names["population"]),
        mean_predictor=_of_mean_predictor(ages["member"], ages["nonmember"], names["nonmember"]),
    )
    pair: tuple[Role, Role] = ("nonmember", "member")
    gap = gap_of((errors[pair[0]], errors[pair[1]]), (names[pair[0]], names[pair[1]]))
    few = min(len(np.unique(names[role])) for role in pair) < disclosure.FEWEST
    if few or any(np.ptp(errors[role]) == 0 for role in pair):
        return mae, gap, None  # a memory without any error has no density
    both = np.abs(np.concatenate([errors["member"], errors["nonmember"]]))
    reach = disclosure.round_up(1.5 * float(np.quantile(both, 0.9)))
    grid = np.linspace(-reach, reach, 161)
    shapes = {role: tuple(curves.density(errors[role], names[role], grid).tolist()) for role in pair}
    densities = record.ErrorCurves(grid=tuple(grid.tolist()), members=shapes["member"], nonmembers=shapes["nonmember"])
    return mae, gap, densities


def mean_error(error: Float[np.ndarray, "scan"], participant_id: Texts) -> MeanError | None:
    """Return the mean absolute error of some people as it may leave; nothing of fewer than ten."""
    people = len(np.unique(participant_id))
    if people < disclosure.FEWEST:
        return None
    years = errors_of_years.mean_absolute(error, participant_id)
    exact = MeanError(value=years.value, low=years.low, high=years.high, n=disclosure.count(people))
    return disclosure.in_steps(exact, _step(error, participant_id))


def _of_mean_predictor(
    trained: Float[np.ndarray, "member"], age: Float[np.ndarray, "scan"], participant_id: Texts
) -> MeanError | None:
    """Return the error of always predicting the members' mean: of ages alone, of which enough is told; so, roughly.

    Its interval follows from the number of people and from how the distances of normal ages spread.
    """
    people = len(np.unique(participant_id))
    if min(len(trained), people) < disclosure.FEWEST:
        return None
    step = disclosure.round_up(float(np.std(age)) / 10)
    value = disclosure.in_step(errors_of_years.of_mean_predictor(trained, age, participant_id).value, step)
    reach = 1.96 * _SPREAD_OF_DISTANCES / np.sqrt(disclosure.nearest(people))
    low, high = value * float(np.exp(-reach)), value * float(np.exp(reach))
    return disclosure.in_steps(MeanError(value=value, low=low, high=high, n=disclosure.count(people)), step)


def gap_of(
    errors: tuple[Float[np.ndarray, "scan"], Float[np.ndarray, "other"]], participant_id: tuple[Texts, Texts]
) -> Number:
    """Return by how much the mean absolute error of the first people is greater than that of the second.

    Nothing is told of fewer than ten of either.
    """
    if min(len(np.unique(people)) for people in participant_id) < disclosure.FEWEST:
        return UNKNOWN
    years = errors_of_years.mean_difference(errors, participant_id)
    step = max(_step(*group) for group in zip(errors, participant_id, strict=True))
    return disclosure.in_steps(years.number(), step)


def _step(error: Float[np.ndarray, "scan"], participant_id: Texts) -> float:
    """Return the step in which a mean absolute error of these people is told."""
    _, person, times = np.unique(participant_id, return_inverse=True, return_counts=True)
    sizes = np.bincount(person, weights=np.abs(error)) / times
    return disclosure.step_of(float(np.std(sizes)), len(sizes))


def describe_epochs(
    material: Material, history: Sequence[Mapping[str, float | None]], predicted: Float[np.ndarray, "epoch scan"]
) -> tuple[record.Epoch, ...]:
    """Return the errors of members and others by epoch, and how well abs(error) tells them apart."""
    if not history:
        return ()
    scans, tested = material.scans, material.split.index("member", "nonmember")
    curve = epochs.auc_by_epoch(
        predicted[:, tested] - scans.age[tested],
        material.split.role[tested] == "member",
        scans.participant_id[tested],
    )
    names = {role: scans.participant_id[material.split.places[role]] for role in ("member", "nonmember")}

    def mae(role: Role, place: int) -> float:
        in_role = material.split.places[role]
        step = _step(predicted[place, in_role] - scans.age[in_role], names[role])
        return disclosure.in_step(float(history[place][f"mae_{role}"] or 0.0), step)

    return tuple(
        record.Epoch(
            epoch=int(row["epoch"] or 0),
            mae_members=mae("member", place),
            mae_nonmembers=mae("nonmember", place),
            auc=disclosure.in_steps(curve.at(place), disclosure.THOUSANDTH),
        )
        for place, row in enumerate(history)
    )


def describe_leakage(material: Material, predicted: Float[np.ndarray, "epoch scan"]) -> record.Leakage | None:
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
    return line.written([_step(error, scans.participant_id[tested]) for error in errors])
