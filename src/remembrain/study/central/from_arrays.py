"""An audit from Python of any network that regresses a number, on arrays of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from remembrain._validate import same_length
from remembrain.audit.judge import Evidence
from remembrain.cohort.arrays import ArrayInputs, check_arrays, make_scans
from remembrain.cohort.covariates import covariates
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split, draw_known, insist_on_people
from remembrain.config import AttackOptions
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.evidence.feeding import Owner
from remembrain.query import select_attacks
from remembrain.run.streams import stream
from remembrain.study.central.extra_inputs import given_beside
from remembrain.study.central.from_python import audit_target
from remembrain.targets.model import AgeHook, LossHook, from_module, is_lazy_network
from remembrain.types import Scans


def audit_module(
    module: torch.nn.Module,
    inputs: Float[np.ndarray, "scan *shape"] | torch.Tensor,
    age: Float[np.ndarray, "scan"] | Float[np.ndarray, "scan 1"],
    member: Bool[np.ndarray, "scan"],
    run: Path | str,
    *,
    person: Sequence[object] | None = None,
    session: Sequence[object] | None = None,
    sex: Sequence[object] | None = None,
    site: Sequence[object] | None = None,
    extra: Any = None,
    age_of: AgeHook | None = None,
    loss: LossHook | None = None,
    name: str | None = None,
    label: str = "age",
    known: float = 0.5,
    owner_predictions: Sequence[float] | Float[np.ndarray, "scan"] | None = None,
    owner_tolerance: float | None = None,
    seed: int = 0,
    options: AttackOptions | None = None,
    workers: int = 1,
) -> Evidence:
    """Audit a trained network on the arrays that it reads, and write a run folder with its report.

    Parameters
    ----------
    module
        The trained network; its weights and modes are left as they are.
    inputs
        Everybody's scans (or rows of a table) as the network reads them, members and others: volumes with their
        channel axis. A ``numpy.memmap`` is read one scan at a time.
    age
        The true number that is regressed, one a scan, in the unit of ``age_of``.
    member
        Whether the network was trained on the scan.
    run
        Folder that gets ``report.html``, ``evidence.json``, ``target/`` and ``restricted/``.
    person, session
        Who each scan is of; every scan is a person of its own when left out.
    sex, site
        For the blind baseline, which shows whether members and others differ without any model.
    extra
        What the network reads beside the scan, such as the sex: an array with a row a scan, or a tuple of arrays, one
        for each further argument of the network. Whole numbers reach it as whole numbers.
    age_of, loss
        What turns the network's output into one number a scan, and the loss it was trained with; needed where it puts
        out more than one number, or was not trained by squared error.
    name, label
        What the report calls the network and the number.
    known
        Share of members and of non-members whom the attacker knows.
    owner_predictions
        What the network is known to predict for each scan where it is in use, NaN where that is not known. That it
        predicts the same here, for at least 10 people, proves that it is given what it was trained on; without them
        the report says that this was taken on trust.
    owner_tolerance
        By how much the two may differ; a fiftieth of the standard deviation of these predictions when left out.
    seed
        Of everything that is drawn.
    options
        Attacks and repeats.
    workers
        Processes that attack side by side; with more than 1, a script must guard its start by
        ``if __name__ == "__main__"``, since each worker imports it.

    Returns
    -------
    evidence
        The assessments by attack, both controls, and ``content``: what ``evidence.json`` holds.

    Raises
    ------
    DataError, ProblemsError
        Where arrays do not fit together or to the network, a scan is not finite, a person is member and non-member at
        once, or people are too few.

    Examples
    --------
    >>> evidence = audit_module(network, volumes, ages, was_trained_on, "runs/mine")  # doctest: +SKIP
    >>> evidence.assessments["logistic"].auc  # doctest: +SKIP
    """
    options = options or AttackOptions()
    owner = _owner(owner_predictions, owner_tolerance)
    attacks = select_attacks(options.attacks, options.access)
    rows = ArrayInputs(_as_array(inputs))
    scans = make_scans(age, person, session, sex, site)
    check_arrays(rows, scans)
    if owner is not None:
        same_length(owner_predictions=owner.predictions, ages=scans.age)
    split = _split(scans, member, known, seed)
    facts, _ = covariates(scans, rows.statistics(), ())
    described = " x ".join(str(side) for side in rows.shape) or "1"
    material = Material(scans, split, rows, facts, "array", f"tensor of shape {described} given from Python", label)
    target = from_module(module, age=age_of, loss=loss, name=name)
    if is_lazy_network(target.module):
        raise DataError("has lazy layers that saw no scan yet, so it was not trained", where=target.name)
    everything = torch.inference_mode(mode=False), torch.enable_grad()  # whatever the caller switched off
    with everything[0], everything[1], given_beside(target, material, extra) as (target, material):
        return audit_target(target, material, Path(run), attacks, options, seed=seed, owner=owner, workers=workers)


def _owner(predictions: Any, tolerance: float | None) -> Owner | None:
    """Return what the network is known to predict where it is in use."""
    if tolerance is not None and (predictions is None or not 0 < tolerance < float("inf")):
        raise DataError(f"owner_tolerance {tolerance}", expected="a number above 0, with owner_predictions")
    if predictions is None:
        return None
    numbers = np.asarray(predictions, dtype=float)
    numbers = numbers.reshape(len(numbers)) if numbers.ndim == 2 and numbers.shape[1] == 1 else numbers
    if numbers.ndim != 1 or np.isinf(numbers).any():
        raise DataError(
            f"owner_predictions of shape {numbers.shape}", expected="one number a scan, NaN where none is known"
        )
    return Owner(numbers, tolerance)


def _as_array(inputs: Any) -> Float[np.ndarray, "scan *shape"]:
    """Return the inputs as an array with the scans along the first axis, without a copy where there can be one."""
    if isinstance(inputs, torch.Tensor):
        widened = inputs.float() if inputs.dtype == torch.bfloat16 else inputs  # NumPy has no such numbers
        array = widened.numpy(force=True)
    else:
        array = np.asanyarray(inputs)
    if isinstance(array, np.ma.MaskedArray):
        if np.ma.is_masked(array):
            raise DataError("inputs have values that are masked", expected="numbers as the network reads them")
        array = array.data
    if array.ndim < 2 or not np.issubdtype(array.dtype, np.number) or np.issubdtype(array.dtype, np.complexfloating):
        raise DataError(
            f"inputs of shape {array.shape} and type {array.dtype}", expected="real numbers of shape (scan, ...)"
        )
    return array


def _split(scans: Scans, member: Bool[np.ndarray, "scan"], known: float, seed: int) -> Split:
    """Return who was trained on, and draw whom the attacker knows."""
    member = np.asarray(member)
    if member.dtype != bool or member.ndim != 1:
        raise DataError(f"member is {member.dtype} of shape {member.shape}", expected="True or False, one a scan")
    same_length(member=member, ages=scans.age)
    if not 0 < known < 1:
        raise DataError(f"the attacker knows a share of {known}", expected="above 0 and below 1")
    people = sorted(set(scans.participant_id[member]) & set(scans.participant_id[~member]))
    if people:
        what = "is member and non-member at once, and a person can have one role"
        raise ProblemsError([Problem(str(person), what) for person in people], where="member")
    split = Split(np.where(member, "member", "nonmember").astype("<U10"), np.zeros(len(scans), dtype=bool))
    insist_on_people(split, scans, Path("member"), known_too=False)
    split = Split(split.role, draw_known(split, scans, stream(seed, "people known of arrays"), known))
    insist_on_people(split, scans, Path("member"))
    return split
