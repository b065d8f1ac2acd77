"""An audit from Python of any network that regresses a number, on arrays of any shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from remembrain._validate import same_length
from remembrain.audits.judge import Evidence
from remembrain.cohort.arrays import ArrayInputs, as_array, check_arrays
from remembrain.cohort.covariates import covariates
from remembrain.cohort.material import Material
from remembrain.errors import DataError
from remembrain.evidence.feeding import Owner
from remembrain.query import select_attacks
from remembrain.query.extra_inputs import given_beside
from remembrain.study.central.given import People
from remembrain.study.central.in_one_go import Request, audit_target
from remembrain.targets.model import AgeHook, LossHook, from_module, is_lazy_network

FROM_PYTHON = "remembrain.audit_module, from Python"
"""What stands in a run folder for the words of a command."""


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network, what it is called, and what goes with it.

    Attributes
    ----------
    module
        Its weights and modes are left as they are.
    name
        What the report calls it.
    age_of, loss
        What turns its output into one number a scan, and the loss it was trained with, where these are not the usual.
    extra
        What it reads beside the scan.
    """

    module: torch.nn.Module
    name: str | None = None
    age_of: AgeHook | None = None
    loss: LossHook | None = None
    extra: Any = None


def audit_network(
    network: Network, inputs: Any, people: People, request: Request, owner: Owner | None = None
) -> Evidence:
    """Audit a trained network on the arrays that it reads, as :func:`remembrain.audit_module` describes it.

    Raises
    ------
    DataError, ProblemsError
        Where arrays do not fit together or to the network, a scan is not finite, a person is member and non-member at
        once, or people are too few.
    """
    attacks = select_attacks(request.options.attacks, request.options.access)
    rows = ArrayInputs(as_array(_in_memory(inputs)))
    scans = people.scans()
    check_arrays(rows, scans)
    if owner is not None:
        same_length(owner_predictions=owner.predictions, ages=scans.age)
    split = people.split(scans, request.seed)
    facts, _ = covariates(scans, rows.statistics(), ())
    described = " x ".join(str(side) for side in rows.shape) or "1"
    described = f"tensor of shape {described} given from Python"
    material = Material(scans, split, rows, facts, "array", described, people.label)
    target = from_module(network.module, age=network.age_of, loss=network.loss, name=network.name)
    if is_lazy_network(target.module):
        raise DataError("has lazy layers that saw no scan yet, so it was not trained", where=target.name)
    everything = torch.inference_mode(mode=False), torch.enable_grad()  # whatever the caller switched off
    with everything[0], everything[1], given_beside(target, material, network.extra) as (target, material):
        return audit_target(target, material, attacks, request, owner)


def _in_memory(inputs: Any) -> Any:
    """Return a tensor as NumPy reads it, and anything else as it is."""
    if not isinstance(inputs, torch.Tensor):
        return inputs
    widened = inputs.float() if inputs.dtype == torch.bfloat16 else inputs  # NumPy has no such numbers
    return widened.numpy(force=True)
