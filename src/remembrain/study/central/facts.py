"""What is recorded of an audit beside its figures: how it came about, what was audited, and how training went."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor

from remembrain.cohort.material import Material
from remembrain.config import AttackOptions
from remembrain.evidence import disclosure
from remembrain.query import weights_of
from remembrain.run import RunFolder, read_array, sha256
from remembrain.targets.model import Target


def target_facts(target: Target, material: Material) -> dict[str, Any]:
    """Return what was audited."""
    is_ours = bool(target.form)
    in_python = not is_ours and target.source is None
    return {
        "name": target.name.rpartition("/")[2],
        "form": target.form,
        "origin": target.origin or "trained" if is_ours else "given from Python" if in_python else "imported",
        "parameters": target.parameters,
        "input": material.description,
        "label": material.label,
        "unit": "years" if material.label == "age" else f"units of {material.label}",
        **target.hooks,
        "notes": list(target.notes),
    }


def audit_facts(
    run: RunFolder, target: Target, material: Material, options: AttackOptions, seed: int, origin: Mapping[str, Any]
) -> dict[str, Any]:
    """Return how the audit came about; ``origin`` says by which commands."""
    return {
        **origin,
        "seed": seed,
        "confidence": 0.95,
        "alpha": 0.05,
        "repeats": options.repeats,
        "hashes": {
            **_hashes_of(run, target),
            **run.seal({"split": sha256(run.split), "scans": material.key()}),
        },
    }


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


def known_counts(material: Material, draws: Sequence[Bool[np.ndarray, "scan"]]) -> dict[str, int]:
    """Return how many people the attacker knows, in the smallest draw."""
    person, role = material.scans.participant_id, material.split.role
    counts = {
        word: min(len(np.unique(person[known & (role == name)])) for known in draws)
        for name, word in (("member", "members"), ("nonmember", "nonmembers"))
    }
    return {f"known_{word}": count for word, count in counts.items()}


def told_counts(known: Mapping[str, int]) -> dict[str, disclosure.Count]:
    """Return how many people the attacker knows, as it may leave."""
    return {word: disclosure.total(count) for word, count in known.items()}


def history_of(run: RunFolder) -> tuple[list[dict[str, Any]], Float[np.ndarray, "epoch scan"]]:
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
