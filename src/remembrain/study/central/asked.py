"""A model that can be asked becomes an audit: asked about every scan once, trained again where it can be, and judged.

From Python, of a file, of a function: what differs is how the model and its scans come here.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from remembrain.audits.judge import Evidence
from remembrain.cohort.answers import AnswerRows
from remembrain.cohort.material import Material
from remembrain.config import AttackOptions
from remembrain.errors import Problem, UsageError
from remembrain.evidence.predictions import habits
from remembrain.query import attacks_on_answers
from remembrain.references.ensemble import halves_of_people
from remembrain.study.central.from_python import audit_target
from remembrain.study.central.kept_answers import Kept, answers_kept
from remembrain.study.origin import run_facts
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.estimator import answers_of_more
from remembrain.targets.brought.predictions import Given, from_answers


@dataclass(frozen=True, eq=False)
class Question:
    """What a model is asked: scans as it reads them, how many at once, and where answers are kept meanwhile."""

    scans: Any
    batch: int
    kept: Kept | None = None


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
    begun = run_facts(seed, command)
    who, labels = material.scans, list(material.scans.labels())
    inside = halves_of_people(who.participant_id, options.references, seed) if options.references else None
    attacks = attacks_on_answers(options.attacks, models=bool(options.references), inside=inside)
    answers = [answers_kept(model, question.scans, labels, question.batch, question.kept, begun)[:, None]]
    if inside is not None:
        more = answers_of_more(model, question.scans, who.age, inside, labels)
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
