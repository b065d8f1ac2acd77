"""Several models that answer, as one: an ensemble by mean or median, of files of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from remembrain._text import few
from remembrain.errors import DataError
from remembrain.targets.brought.answering import Answering
from remembrain.targets.ensemble import How, combined
from remembrain.targets.heads import Head


def together(models: Sequence[Answering], files: Sequence[Path], how: How) -> Answering:
    """Return models, each with its head, as one whose answer is the mean or median of theirs.

    Raises
    ------
    DataError
        Where one is there twice, or they read different things.
    """
    first = models[0]
    for place, model in enumerate(models):
        if (same := [one.hashes for one in models].index(model.hashes)) < place:
            raise DataError(f"is the same model as {files[same]}", where=files[place], expected="each model once")
        if _read(model) != _read(first):
            what = f"reads {_in_words(model)}, and {files[0].name} {_in_words(first)}"
            raise DataError(what, where=files[place], expected="models that read the same scans")

    name = f"{how} of {few(model.name for model in models)}"

    def predict(scans: Any) -> Float[np.ndarray, "scan"]:
        years = [np.asarray(model.years(scans), dtype=float).reshape(-1) for model in models]
        if len(lengths := {len(one) for one in years}) > 1:
            what = f"its models answer {few(map(str, sorted(lengths)))} numbers for {len(scans)} scans"
            raise DataError(what, where=name)
        return combined([torch.from_numpy(one) for one in years], how).numpy()

    return replace(
        first,
        name=name,
        origin=f"an ensemble of {len(models)}, each {first.origin}",
        predict=predict,
        code=" ".join([how, *(f"{model.code} {model.head!r}" for model in models)]),
        estimator=None,
        hashes={
            f"{name}-{place}" if place > 1 else name: value
            for place, model in enumerate(models, 1)
            for name, value in model.hashes.items()
        },
        why_not_again="it is an ensemble of models that are there, and none like it is trained",
        notes=tuple(dict.fromkeys(note for model in models for note in model.notes)),
        head=Head(),
    )


def _read(model: Answering) -> tuple[object, ...]:
    """Return what a model reads."""
    return model.reads, model.columns, model.shape, model.kind


def _in_words(model: Answering) -> str:
    """Say what a model reads."""
    if model.columns:
        return f"the columns {few(model.columns)}"
    return (
        "rows or scans"
        if model.shape is None
        else " x ".join("any" if side is None else str(side) for side in model.shape)
    )
