"""What was audited, as it stands in ``evidence.json``: the model, how well it predicts, and how its training went."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from remembrain.audits.errors_of_target import describe_epochs, describe_errors, describe_leakage
from remembrain.audits.sample import Sample
from remembrain.audits.view import View
from remembrain.evidence.feeding import Feeding
from remembrain.record.target import ErrorCurves, Target
from remembrain.run import RunFolder
from remembrain.targets.brought import BlackBox, Model
from remembrain.targets.history import read_history
from remembrain.targets.recipes import Recipe


def describe_target(
    run: RunFolder, target: Model, sample: Sample, view: View, recipe: Recipe | None, fed: Feeding | None
) -> tuple[Target, ErrorCurves | None]:
    """Return what was audited, without its layers and earlier epochs; and the densities of its errors.

    Parameters
    ----------
    run
        Has what its training left.
    target, sample, view
        The model, on whom it was audited, and what it answered.
    recipe, fed
        How it was trained, where that is known; how it is fed, where it was brought in.
    """
    material, history_file = sample.audited, run.target / "training.tsv"
    mae, gap, errors = describe_errors(material, np.asarray(view.signals["error"]))
    history, predicted = read_history(history_file, run.epochs)
    predicted = predicted[:, sample.places] if history else predicted
    hooks: Mapping[str, str] = target.hooks
    described = Target(
        name=target.name.rpartition("/")[2],
        form=target.form,
        origin=origin_of(target),
        parameters=target.parameters,
        input=material.description,
        answers_alone=isinstance(target, BlackBox),
        label=material.label,
        unit="years" if material.label == "age" else f"units of {material.label}",
        preprocess=hooks["preprocess"],
        age=hooks["age"],
        loss=hooks["loss"],
        extra=hooks.get("extra", ""),
        notes=(*target.notes, view.unsteady) if view.unsteady else tuple(target.notes),
        feeding=fed.written() if fed else None,
        recipe=recipe.as_options() if recipe else None,
        mae=mae,
        gap=gap,
        epochs=describe_epochs(material, history, predicted),
        leakage=describe_leakage(material, predicted),
    )
    return described, errors


def origin_of(target: Model) -> str:
    """Return where a target comes from, in a word."""
    if isinstance(target, BlackBox):
        return target.origin
    if target.form:
        return target.origin or "trained"
    return "given from Python" if target.source is None else "imported"
