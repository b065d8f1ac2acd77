"""A model that can be asked becomes an audit: asked about every scan once, trained again where it can be, and judged.

From Python, of a file, of a function: what differs is how the model and its scans come here.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain.audits.judge import Evidence
from remembrain.audits.outlook import Say
from remembrain.cohort.answers import AnswerRows
from remembrain.cohort.arrays import ArrayInputs
from remembrain.cohort.covariates import covariates
from remembrain.cohort.encode import encode
from remembrain.cohort.material import Material
from remembrain.cohort.table import TableCohort
from remembrain.config import AttackOptions
from remembrain.errors import Problem, UsageError
from remembrain.evidence.predictions import habits
from remembrain.query import attacks_on_answers
from remembrain.references.ensemble import halves
from remembrain.run import Key, RunFolder, private_folder
from remembrain.run.streams import stream
from remembrain.study.central.from_python import audit_target
from remembrain.study.origin import run_facts
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.asking import ask, unanswered
from remembrain.targets.brought.estimator import answers_of_more
from remembrain.targets.brought.predictions import Given, from_answers
from remembrain.types import Scans


@dataclass(frozen=True, eq=False)
class Question:
    """What a model is asked: scans as it reads them, how many at once, and where answers are kept meanwhile."""

    scans: Any
    batch: int
    kept: Kept | None = None


@dataclass(frozen=True)
class Kept:
    """Answers of a run that was stopped, under everything that decides them, as far as it is known."""

    run: Path
    key: Key
    say: Say

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return RunFolder(self.run).restricted / "answers"


def insist_on_training(model: Answering, options: AttackOptions, instead: str) -> None:
    """Raise where models like one are asked for that cannot be trained again.

    Raises
    ------
    UsageError
        With the reason.
    """
    if options.references and model.estimator is None:
        raise UsageError(f"{model.name}: {model.why_not_again}", try_next=instead)


def audit_asked(
    model: Answering,
    question: Question,
    material: Material,
    run: Path,
    options: AttackOptions,
    *,
    seed: int,
    workers: int,
    command: str | None,
) -> Evidence:
    """Ask a model about every scan once, and audit what it answers; where it can be trained again, beside more like it.

    Parameters
    ----------
    model, question
        What is asked, and about what; row i is scan i of the material.
    material
        Whose scans these are, and what is known of each without the model. Of its inputs the names count alone.
    run
        The run folder.
    options
        Attacks, repeats, and how many models like it to train.
    seed, workers, command
        As of :func:`~remembrain.study.central.from_python.audit_target`.

    Raises
    ------
    DataError, UsageError
        Where it cannot be asked, its answers are no numbers, or what was asked for cannot be had of it.
    """
    who, labels = material.scans, list(material.scans.labels())
    inside = (
        halves(who.participant_id, options.references, stream(seed, "halves of people")) if options.references else None
    )
    attacks = attacks_on_answers(options.attacks, models=bool(options.references), inside=inside)
    answers = [_answers(model, question, labels, seed, command)[:, None]]
    if inside is not None:
        more = answers_of_more(model.estimator, question.scans, who.age, inside, labels)
        answers += [more, inside.astype(float)]
    rows = AnswerRows(np.hstack(answers), tuple(material.inputs.keys()))
    given = Given(
        model.name,
        model.origin,
        f"answers {hashlib.sha256(rows.values.tobytes()).hexdigest()}",
        model.hashes,
        model.why_not_again,
        model.notes,
    )
    box = from_answers(given, ways=1, models=options.references)
    told = tuple(Problem(model.name, what, fatal=False) for what in habits(rows.values[:, 0], who.age))
    material = replace(material, inputs=rows, notes=(*material.notes, *told))
    evidence = audit_target(box, material, run, attacks, options, seed=seed, workers=workers, command=command)
    if question.kept and not (model.whole or model.dear):
        shutil.rmtree(question.kept.folder, ignore_errors=True)
    return evidence


def unasked(names: Sequence[str]) -> AnswerRows:
    """Return rows of which nothing was answered yet, by name."""
    return AnswerRows(np.empty((len(names), 0)), tuple(names))


def facts_of_scans(scans: Any, who: Scans) -> Float[np.ndarray, "scan column"]:
    """Return what can be known of each scan without the model: a row may differ by itself, whatever learned it."""
    statistics: Float[np.ndarray, "scan statistic"] = np.empty((len(who), 0))
    names: tuple[str, ...] = ()
    if isinstance(scans, np.ndarray) and scans.ndim == 2:
        scans = pd.DataFrame(scans)
    if isinstance(scans, pd.DataFrame):
        if scans.shape[1]:
            frame = scans.reset_index(drop=True).set_axis([str(name) for name in scans.columns], axis=1)
            encoded = encode(TableCohort(Path("table"), who, frame, ()), np.arange(len(who)))
            statistics = np.hstack([encoded.statistics, encoded.values])
            names = (*encoded.statistic_names, *encoded.columns)
    elif isinstance(scans, np.ndarray):
        statistics = ArrayInputs(scans).statistics()
    return covariates(who, statistics, names)[0]


def names_of(scans: Any, labels: Sequence[str]) -> tuple[str, ...]:
    """Return what tells each scan apart: its content where it is at hand, else what it is called."""
    if isinstance(scans, pd.DataFrame):
        return tuple(map(str, pd.util.hash_pandas_object(scans, index=False)))
    if isinstance(scans, np.ndarray):
        return tuple(
            hashlib.sha256(np.ascontiguousarray(scans[place]).tobytes()).hexdigest() for place in range(len(scans))
        )
    return tuple(f"{label} {scan}" for label, scan in zip(labels, scans, strict=True))


def _answers(
    model: Answering, question: Question, labels: list[str], seed: int, command: str | None
) -> Float[np.ndarray, "scan"]:
    """Return what a model answers of every scan; what it answered is kept where it does not come to the end."""
    kept = question.kept
    if kept is None:
        return ask(model.predict, question.scans, labels, name=model.name, batch=question.batch)
    RunFolder.usable(kept.run).insist_on("model")
    left = unanswered(len(labels), kept.folder, kept.key)
    if left < len(labels) and not model.whole:
        kept.say(
            f"goes on with {len(labels) - left:,} answers that are kept from before; to ask anew, delete {kept.folder}"
        )
    if model.begin is not None:
        model.begin(left)
    with _beginning(kept, seed, command) as begin:

        def predict(scans: Any) -> Any:
            answer = model.predict(scans)
            begin()
            return answer

        return ask(
            predict,
            question.scans,
            labels,
            name=model.name,
            batch=question.batch,
            folder=kept.folder,
            key=kept.key,
        )


@contextmanager
def _beginning(kept: Kept, seed: int, command: str | None) -> Iterator[Any]:
    """Give what begins the run folder once there is something to keep; where nothing is, it is as it was before."""
    there, new = kept.run.exists(), not (kept.run / "run.json").exists()

    def begin() -> None:
        if not kept.folder.is_dir():
            if new and not (kept.run / "run.json").exists():
                RunFolder.create(kept.run, run_facts(seed, command))
                private_folder(RunFolder(kept.run).target)  # by which a run folder is known
            private_folder(kept.folder)

    try:
        yield begin
    except BaseException:
        if not any(kept.folder.glob("*.npy")):
            for folder in [kept.folder] if not new else [*kept.run.iterdir()] if there else [kept.run]:
                shutil.rmtree(folder, ignore_errors=True) if folder.is_dir() else folder.unlink(missing_ok=True)
        raise
