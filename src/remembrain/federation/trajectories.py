"""What insiders see over all rounds together: the errors of a learner's model, and those of all others at its level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int

from remembrain.attacks import FEWEST_OTHERS, OTHERS, ROUNDS
from remembrain.attacks.levels import curve, powers
from remembrain.federation.case import By, Case, Mask
from remembrain.federation.views import COMMUNITY, InsiderView, Rows, ask_models, models
from remembrain.types import Array, Attack


def trajectories(
    case: Case, single_view: InsiderView, attacks: Sequence[Attack], rounds: Sequence[int], by: By, workers: int | None
) -> InsiderView:
    """Return one row a scan, with the signed error of all of these rounds: ``rounds``, and ``others`` for the server.

    ``others`` are the errors of the other learners' own models, brought to the level of the suspected one's: what it
    would say of who was not in it. A learner sees the community's models alone, and has none.

    Parameters
    ----------
    case
        What the attacks are about.
    single_view
        What single rounds told of, which for a learner has these errors already.
    attacks
        Those that will read it.
    rounds
        Which; the server takes those of which every learner's own model is there.
    by
        A learner, or the server.
    workers
        Processes; one a core when left out.
    """
    everybody, label = np.arange(len(case.nobody)), case.material.scans.age
    if by == "learner":
        error = by_round(single_view, COMMUNITY, rounds, everybody)
        community = np.full(len(everybody), COMMUNITY)
        return _view_of_rounds(case, {"label": label, ROUNDS: error}, everybody, community, rounds, {})
    complete = [round_ for round_ in rounds if all(f"learner-{number}" in models(case, round_) for number in case.own)]
    if not complete:
        why = "there is no round of those looked at of which every learner's own model was kept"
        return replace(single_view, view=replace(single_view.view, refused={attack.name: why for attack in attacks}))
    models_view = ask_models(case, (), complete, dict.fromkeys(case.own, everybody), "everybody", workers)
    errors = {number: by_round(models_view, number, complete, everybody) for number in case.own}
    places = {number: np.flatnonzero(own | case.nobody) for number, own in case.own.items()}
    scan, model, own, others = beside_others(errors, levels_of(errors, label, case.pool), places)
    few = others.shape[2] < FEWEST_OTHERS
    refused = {
        attack.name: f"it needs {FEWEST_OTHERS} other learners" for attack in attacks if OTHERS in attack.needs and few
    }
    return _view_of_rounds(case, {"label": label[scan], ROUNDS: own, OTHERS: others}, scan, model, complete, refused)


def levels_of(
    errors: Mapping[int, Float[np.ndarray, "scan round"]], label: Float[np.ndarray, "scan"], on: Mask
) -> dict[int, Float[np.ndarray, "scan round"]]:
    """Return how every learner's model errs on everybody in each round: a polynomial of second degree in the label.

    It is fitted on people whom no learner has; beyond their labels it goes on as at the last one.

    Parameters
    ----------
    errors
        Of each learner's own model, of all scans.
    label
        Of all scans.
    on
        Scans of people whom no learner has, and the attacker knows.
    """
    design = powers(label, on)
    weights = np.broadcast_to(on[:, None].astype(float), next(iter(errors.values())).shape)
    return {number: curve(design, error, weights) for number, error in errors.items()}


def beside_others(
    errors: Mapping[int, Float[np.ndarray, "scan round"]],
    levels: Mapping[int, Float[np.ndarray, "scan round"]],
    places: Mapping[int, Int[np.ndarray, "some"]],
) -> tuple[
    Int[np.ndarray, "row"],
    Int[np.ndarray, "row"],
    Float[np.ndarray, "row round"],
    Float[np.ndarray, "row round other"],
]:
    """Return rows of each learner's model at its places: scan, model, its errors, and those of all other learners.

    Others are brought to the level of the row's model, and not that to theirs: the error of somebody it learned by
    heart is nothing, whatever its level is.
    """
    scan, model = np.concatenate(list(places.values())), np.repeat(list(places), [len(at) for at in places.values()])
    own = np.concatenate([errors[number][at] for number, at in places.items()])
    others = []
    for number, at in places.items():
        levelled = [(errors[other] - levels[other] + levels[number])[at] for other in errors if other != number]
        others.append(np.stack(levelled, axis=2) if levelled else np.empty((len(at), own.shape[1], 0)))
    return scan, model, own, np.concatenate(others)


def by_round(
    insider_view: InsiderView, model: int, rounds: Sequence[int], scans: Int[np.ndarray, "scan"]
) -> Float[np.ndarray, "scan round"]:
    """Return a model's signed errors of all of these scans, in their order, a column a round."""
    error, rows = insider_view.view.signals["error"], insider_view.rows
    columns = np.empty((len(scans), len(rounds)))
    for place, number in enumerate(rounds):
        places = np.flatnonzero((rows.round_ == number) & (rows.model == model))
        if not np.array_equal(rows.scan[places], scans):
            raise AssertionError(f"round {number} does not say something of everybody once")
        columns[:, place] = np.asarray(error[places])
    return columns


def _view_of_rounds(
    case: Case,
    signals: Mapping[str, Array],
    scan: Int[np.ndarray, "row"],
    model: Int[np.ndarray, "row"],
    rounds: Sequence[int],
    refused: Mapping[str, str],
) -> InsiderView:
    """Return a view whose rows stand for all of these rounds together; they carry the number of the last."""
    rows = Rows.of_anybody(scan, np.full(len(scan), max(rounds)), model)
    return InsiderView.of(case, signals, rows, joins_rounds=True, refused=refused)
