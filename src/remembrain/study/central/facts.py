"""What is recorded of an audit beside its figures: how it came about, what was audited, and how training went."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor

from remembrain.cohort.material import Material
from remembrain.evidence import disclosure
from remembrain.query import weights_of
from remembrain.record.model import Audit
from remembrain.run import RunFolder, read_array, sha256
from remembrain.study.central.case import Case
from remembrain.targets.model import Target


def origin_of(target: Target) -> str:
    """Return where a target comes from, in a word."""
    if target.form:
        return target.origin or "trained"
    return "given from Python" if target.source is None else "imported"


def audit_facts(case: Case) -> Audit:
    """Return how the audit came about, and how many people the attacker knew, as it may leave."""
    run, origin = case.run, case.origin
    known_members, known_nonmembers = known_counts(case.audited, case.draws)
    return Audit(
        command=origin.command,
        created=origin.created,
        version=origin.version,
        versions=origin.versions,
        model=origin.model,
        commands=origin.commands,
        dropped=origin.dropped,
        seed=case.seed,
        confidence=0.95,
        alpha=0.05,
        repeats=case.options.repeats,
        hashes={
            **_hashes_of(run, case.target),
            **run.seal({"split": sha256(run.split), "scans": case.audited.key()}),
        },
        known_members=disclosure.total(known_members),
        known_nonmembers=disclosure.total(known_nonmembers),
    )


def _hashes_of(run: RunFolder, target: Target) -> dict[str, str]:
    """Return the hash of the file of weights as it was brought or trained here, of the tensors in it, and of the code.

    What a target does not have is left out: a model from Python has no file, one without tensors only its code.
    """
    written = run.target / "model.safetensors"
    in_python = not target.form and target.source is None
    file = target.brought or ("" if in_python or not written.is_file() else sha256(written))
    has_tensors = any(isinstance(value, Tensor) for value in target.module.state_dict().values())
    hashes = {"weights": file, "tensors": weights_of(target) if has_tensors else "", "code": target.code}
    return {name: value for name, value in hashes.items() if value}


def known_counts(material: Material, draws: Sequence[Bool[np.ndarray, "scan"]]) -> tuple[int, int]:
    """Return how many members and how many non-members the attacker knows, in the smallest draw."""
    person, role = material.scans.participant_id, material.split.role
    members, others = (
        min(len(np.unique(person[known & (role == name)])) for known in draws) for name in ("member", "nonmember")
    )
    return members, others


def history_of(run: RunFolder) -> tuple[list[dict[str, float | None]], Float[np.ndarray, "epoch scan"]]:
    """Return the errors after each epoch of a target that was trained here, and its predictions; else nothing."""
    table = run.target / "training.tsv"
    if not table.exists():
        return [], np.empty((0, 0))
    with table.open(encoding="utf-8", newline="") as file:
        history = [
            {name: float(cell) if cell != "n/a" else None for name, cell in row.items()}
            for row in csv.DictReader(file, delimiter="\t")
        ]
    files = [run.restricted / "epochs" / f"epoch-{place:03d}.npy" for place in range(1, len(history) + 1)]
    return history, np.stack([read_array(file) for file in files])
