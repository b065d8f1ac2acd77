"""An audit from Python of any network that regresses a number, on arrays of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from remembrain._validate import same_length
from remembrain.audits.feeding import owner_of
from remembrain.audits.judge import Evidence
from remembrain.cohort.arrays import ArrayInputs, as_array, check_arrays, make_scans, split_of
from remembrain.cohort.covariates import covariates
from remembrain.cohort.material import Material
from remembrain.config import AttackOptions
from remembrain.errors import DataError
from remembrain.query import select_attacks
from remembrain.study.central.extra_inputs import given_beside
from remembrain.study.central.from_python import audit_target
from remembrain.targets.model import AgeHook, LossHook, from_module, is_lazy_network


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
        Assessments by attack, and ``attacks``, ``controls`` and ``findings`` as they stand in ``evidence.json``,
        the finding of the whole audit first.

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
    owner = owner_of(owner_predictions, owner_tolerance)
    attacks = select_attacks(options.attacks, options.access)
    rows = ArrayInputs(as_array(_in_memory(inputs)))
    scans = make_scans(age, person, session, sex, site)
    check_arrays(rows, scans)
    if owner is not None:
        same_length(owner_predictions=owner.predictions, ages=scans.age)
    split = split_of(scans, member, known, seed)
    facts, _ = covariates(scans, rows.statistics(), ())
    described = " x ".join(str(side) for side in rows.shape) or "1"
    material = Material(scans, split, rows, facts, "array", f"tensor of shape {described} given from Python", label)
    target = from_module(module, age=age_of, loss=loss, name=name)
    if is_lazy_network(target.module):
        raise DataError("has lazy layers that saw no scan yet, so it was not trained", where=target.name)
    everything = torch.inference_mode(mode=False), torch.enable_grad()  # whatever the caller switched off
    with everything[0], everything[1], given_beside(target, material, extra) as (target, material):
        return audit_target(target, material, Path(run), attacks, options, seed=seed, owner=owner, workers=workers)


def _in_memory(inputs: Any) -> Any:
    """Return a tensor as NumPy reads it, and anything else as it is."""
    if not isinstance(inputs, torch.Tensor):
        return inputs
    widened = inputs.float() if inputs.dtype == torch.bfloat16 else inputs  # NumPy has no such numbers
    return widened.numpy(force=True)
