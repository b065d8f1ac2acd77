"""An audit from Python of whatever predicts: a function, an estimator, a pipeline, on rows, arrays or paths."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool

from remembrain.audits.judge import Evidence
from remembrain.audits.outlook import quiet
from remembrain.cohort.material import Material
from remembrain.cohort.without_model import as_given, facts_of_scans, names_of, unasked
from remembrain.errors import DataError
from remembrain.query import attacks_on_answers
from remembrain.run import Key
from remembrain.run.kept import libraries
from remembrain.study.central.asked import Question, audit_asked, insist_on_training
from remembrain.study.central.given import People
from remembrain.study.central.in_one_go import Request
from remembrain.targets.brought.answering import ASKED_FOR_NONE, Answering
from remembrain.targets.brought.asking import BATCH
from remembrain.targets.brought.estimator import can_be_trained_again, content_of, predict_of
from remembrain.targets.brought.kept_answers import Kept
from remembrain.targets.brought.kept_points import kept_points
from remembrain.targets.heads import Head


def audit_model(
    model: Any, scans: Any, people: People, request: Request, head: Head, name: str | None = None, batch: int = BATCH
) -> Evidence:
    """Ask a model about every scan once, and audit what it answers; where it can be trained again, beside more like it.

    Parameters
    ----------
    model
        A function, or an object with ``predict``.
    scans
        What it reads: an array or memory map, a DataFrame, or a list such as of paths.
    people
        Whose scans these are.
    request
        How.
    head
        How what it puts out becomes years.
    name
        What the report calls it.
    batch
        How many scans it is asked about at once.

    Raises
    ------
    DataError, UsageError
        Where it cannot be asked, its answers are no numbers, or what was asked for cannot be had of it.
    """
    called = name or _name_of(model)
    answering = _answering(model, called, head)
    insist_on_training(answering, request.options, "references=0")
    attacks_on_answers(request.options.attacks)
    who = people.scans()
    scans = as_given(scans, len(who))
    split = replace(people, member=_marks(people.member)).split(who, request.seed)
    facts, names = facts_of_scans(scans, who), names_of(scans, list(who.labels()))
    described = "data given from Python"
    material = Material(who, split, unasked(names), facts, _source(scans), described, people.label)
    question = Question(scans, batch, _kept(answering, scans, request.run) if request.options.references else None)
    return audit_asked(answering, question, material, request)


def _answering(model: Any, called: str, head: Head) -> Answering:
    """Return a function or an object as a model that can be asked, of whose output a head makes years.

    Raises
    ------
    DataError
        Where it is neither.
    """
    predict = predict_of(model)
    if predict is None:
        raise DataError(f"is a {type(model).__name__}", where="model", expected="a function, or an object with predict")
    again = can_be_trained_again(model)
    why = ASKED_FOR_NONE.format("references=8") if again else "it has no fit and get_params to train another with"
    return Answering(
        called,
        "asked from Python",
        predict,
        estimator=model if again else None,
        why_not_again=why,
        whole=False,
        notes=tuple(kept_points(model)),
    ).with_head(head)


def _kept(model: Answering, scans: Any, run: Path) -> Kept | None:
    """Return where answers of an estimator, and of models like it, are kept until the audit is done."""
    content = content_of(model.estimator, scans)
    return Kept(run, Key.of(model=content, output=model.output, libraries=libraries()), quiet) if content else None


def _name_of(model: Any) -> str:
    """Return what a model is called where nobody says it."""
    return str(getattr(model, "__name__", type(model).__name__))


def _marks(member: Any) -> Bool[np.ndarray, "scan"]:
    """Return who was trained on, from truth or from 1 and 0."""
    marks = np.asarray(member)
    if marks.dtype != bool and np.issubdtype(marks.dtype, np.number) and np.isin(marks, (0, 1)).all():
        return marks.astype(bool)
    return marks


def _source(scans: Any) -> str:
    """Return what kind of data scans are."""
    rows = isinstance(scans, pd.DataFrame) or (isinstance(scans, np.ndarray) and scans.ndim == 2)
    return "table given from Python" if rows else "data given from Python"
