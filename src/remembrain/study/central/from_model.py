"""An audit from Python of whatever predicts: a function, an estimator, a pipeline, on rows, arrays or paths."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from remembrain.audits.judge import Evidence
from remembrain.cohort.answers import AnswerRows
from remembrain.cohort.arrays import ArrayInputs, make_scans, split_of
from remembrain.cohort.covariates import covariates
from remembrain.cohort.encode import encode
from remembrain.cohort.material import Material
from remembrain.cohort.table import TableCohort
from remembrain.config import AttackOptions
from remembrain.errors import DataError, UsageError
from remembrain.query import attacks_on_answers
from remembrain.references.ensemble import halves
from remembrain.run.streams import stream
from remembrain.study.central.from_python import audit_target
from remembrain.targets.brought.asking import BATCH, ask
from remembrain.targets.brought.estimator import answers_of_more, can_be_trained_again, kept_points, predict_of
from remembrain.targets.brought.predictions import Given, from_answers
from remembrain.types import Scans


@dataclass(frozen=True, eq=False)
class People:
    """Whose scans were given: the facts of each, in any form that NumPy reads; what is left out is not known."""

    age: Any
    member: Any
    person: Sequence[object] | None = None
    session: Sequence[object] | None = None
    sex: Sequence[object] | None = None
    site: Sequence[object] | None = None
    label: str = "age"
    known: float = 0.5


def audit_model(
    model: Any,
    scans: Any,
    people: People,
    run: Path,
    options: AttackOptions,
    *,
    name: str | None = None,
    batch: int = BATCH,
    seed: int = 0,
    workers: int = 1,
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
    run
        The run folder.
    options
        Attacks, repeats, and how many models like it to train.
    name
        What the report calls it.
    batch
        How many scans it is asked about at once.
    seed, workers
        Of everything that is drawn; processes.

    Raises
    ------
    DataError, UsageError
        Where it cannot be asked, its answers are no numbers, or what was asked for cannot be had of it.
    """
    predict, called = predict_of(model), name or _name_of(model)
    if predict is None:
        raise DataError(f"is a {type(model).__name__}", where="model", expected="a function, or an object with predict")
    again = can_be_trained_again(model)
    if options.references and not again:
        raise UsageError(
            f"{called} has no fit and get_params, so that no model like it can be trained", try_next="references=0"
        )
    attacks_on_answers(options.attacks)
    who = make_scans(people.age, people.person, people.session, people.sex, people.site)
    labels = list(who.labels())
    split = split_of(who, _marks(people.member), people.known, seed)
    answers = [ask(predict, scans, labels, name=called, batch=batch)[:, None]]
    inside = None
    if options.references:
        inside = halves(who.participant_id, options.references, stream(seed, "halves of people"))
        answers += [answers_of_more(model, scans, who.age, inside, labels), inside.astype(float)]
    attacks = attacks_on_answers(options.attacks, models=bool(options.references), inside=inside)
    rows = AnswerRows(np.hstack(answers), _names(scans, labels))
    material = Material(who, split, rows, _facts(scans, who), _source(scans), "data given from Python", people.label)
    given = Given(
        called,
        "asked from Python",
        f"answers {hashlib.sha256(rows.values.tobytes()).hexdigest()}",
        {},
        "no models like it were asked for (references=8)" if again else "it cannot be trained again",
        tuple(kept_points(model)),
    )
    box = from_answers(given, ways=1, models=options.references)
    return audit_target(box, material, run, attacks, options, seed=seed, workers=workers, command="remembrain.audit")


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


def _facts(scans: Any, who: Scans) -> Float[np.ndarray, "scan column"]:
    """Return what can be known of each scan without the model: a row may differ by itself, whatever learned it."""
    statistics: Float[np.ndarray, "scan statistic"] = np.empty((len(who), 0))
    names: tuple[str, ...] = ()
    if isinstance(scans, np.ndarray) and scans.ndim == 2:
        scans = pd.DataFrame(scans)
    if isinstance(scans, pd.DataFrame):
        frame = scans.reset_index(drop=True).set_axis([str(name) for name in scans.columns], axis=1)
        encoded = encode(TableCohort(Path("table"), who, frame, ()), np.arange(len(who)))
        statistics = np.hstack([encoded.statistics, encoded.values])
        names = (*encoded.statistic_names, *encoded.columns)
    elif isinstance(scans, np.ndarray):
        statistics = ArrayInputs(scans).statistics()
    return covariates(who, statistics, names)[0]


def _names(scans: Any, labels: Sequence[str]) -> tuple[str, ...]:
    """Return what tells each scan apart: its content where it is at hand, else what it is called."""
    if isinstance(scans, pd.DataFrame):
        return tuple(map(str, pd.util.hash_pandas_object(scans, index=False)))
    if isinstance(scans, np.ndarray):
        return tuple(
            hashlib.sha256(np.ascontiguousarray(scans[place]).tobytes()).hexdigest() for place in range(len(scans))
        )
    return tuple(f"{label} {scan}" for label, scan in zip(labels, scans, strict=True))
