"""A model that can be asked becomes an audit: asked about every scan once, trained again where it can be, and judged.

From Python, of a file, of a function: what differs is how the model and its scans come here.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.audits.judge import Evidence
from remembrain.cohort import left_out
from remembrain.cohort.material import Material
from remembrain.cohort.rows import NamedRows
from remembrain.cohort.splits import insist_on_people
from remembrain.config import AttackOptions
from remembrain.config.recipe import share_of
from remembrain.errors import Problem, UsageError
from remembrain.evidence.feeding import Owner
from remembrain.evidence.predictions import habits
from remembrain.query import attacks_on_answers
from remembrain.references.ensemble import drawn_for_training
from remembrain.run.kept import keep_array
from remembrain.run.origin import run_facts
from remembrain.study.central.corrected import CORRECTED, RELEASED, audit_each
from remembrain.study.central.in_one_go import Request, audit_target
from remembrain.targets.brought import BlackBox
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.asking import insist_on_answers, take
from remembrain.targets.brought.estimator import answers_of_more
from remembrain.targets.brought.kept_answers import Kept, alone_while_asking, answers_kept
from remembrain.targets.brought.predictions import other_columns, own_columns


@dataclass(frozen=True, eq=False)
class Question:
    """What a model is asked: scans as it reads them, how many at once, and where answers are kept meanwhile.

    They are ``bare`` where they are numbers alone, whose order or preparation is ours.
    """

    scans: Any
    batch: int
    kept: Kept | None = None
    bare: bool = False


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
    model: Answering, question: Question, material: Material, request: Request, owner: Owner | None = None
) -> Evidence:
    """Ask a model about every scan once, and audit what it answers; where it can be trained again, beside more like it.

    Parameters
    ----------
    model, question
        What is asked, and about what; row i is scan i of the material.
    material
        Whose scans these are, and what is known of each without the model. Of its inputs the names count alone.
    request
        How.
    owner
        What its owner says that it predicts, before any correction.

    Raises
    ------
    DataError, UsageError
        Where it cannot be asked, its answers are no numbers, or what was asked for cannot be had of it.
    """
    options, people = request.options, material.scans.participant_id
    share = share_of(options, material.split) if options.references else 0.0
    inside = drawn_for_training(people, options.references, request.seed, share) if share else None
    attacks = attacks_on_answers(options.attacks, models=bool(options.references), inside=inside)
    with alone_while_asking(request.run, run_facts(request.seed, request.command)) as begin:
        own = answers_kept(model, question.scans, list(material.scans.labels()), question.batch, question.kept, begin)
        places = np.arange(len(own))
        if not np.isfinite(own).all():
            places, material = _answered(model, question, material, own)
            if inside is not None:  # models like it are asked about the same
                question = replace(question, scans=take(question.scans, places))
        answers = _answers(model, question, material, own[places], None if inside is None else inside[places])
    who, theirs = material.scans, owner and owner.take(places)
    noted = tuple(
        Problem(model.name, what, fatal=False) for what in habits(answers[:, 0], who.age, material.split.role)
    )
    material = replace(material, notes=(*material.notes, *noted))

    def audit(folder: Path, kind: str, answers: Float[np.ndarray, "scan column"]) -> Evidence:
        box = replace(_box(model, answers, kind, options.references, question.bare), share=share)
        asked = replace(material, inputs=NamedRows(answers, tuple(material.inputs.keys())))
        return audit_target(box, asked, attacks, replace(request, run=folder), None if kind == CORRECTED else theirs)

    several = {RELEASED: answers}
    if model.correction is not None:
        intercept, slope = model.correction
        several[CORRECTED] = answers.copy()
        several[CORRECTED][:, : 1 + options.references] += (intercept + slope * who.age)[:, None]
    _, evidence = audit_each(request.run, several, audit)
    if question.kept and not (model.whole or model.dear):
        shutil.rmtree(question.kept.folder, ignore_errors=True)
    return evidence


def _box(model: Answering, answers: Float[np.ndarray, "scan column"], kind: str, models: int, bare: bool) -> BlackBox:
    """Return the model whose answers these are."""
    return BlackBox(
        f"{model.name}, {kind}" if kind else model.name,
        model.origin,
        own_columns(1),
        f"answers {hashlib.sha256(answers.tobytes()).hexdigest()}",
        model.hashes,
        other_columns(1, models),
        model.why_not_again,
        model.notes,
        bare,
    )


def _answered(
    model: Answering, question: Question, material: Material, own: Float[np.ndarray, "scan"]
) -> tuple[Int[np.ndarray, "some"], Material]:
    """Return the places of the scans that a model answered, and what belongs to them; the others are told and listed.

    Raises
    ------
    ProblemsError
        Where no scan is left out.
    DataError
        Where too few are left.
    """
    who, places, kept = material.scans, np.flatnonzero(np.isfinite(own)), question.kept
    if kept is None or not kept.leaves_out or not len(places):
        advice = kept.without if kept else "the same without these scans"
        insist_on_answers(own, list(who.labels()), model.name, advice)
        return places, material
    left = tuple(
        Problem(
            model.name,
            f"answers {own[place]}",
            participant=str(who.participant_id[place]),
            summary="the model has no answer",
            session=str(who.session_id[place]),
        )
        for place in np.flatnonzero(~np.isfinite(own))
    )
    material = material.take(places)
    insist_on_people(material.split, material.scans, Path(model.name))
    for line in left_out.lines(left_out.in_short(left_out.noted(left))):
        kept.say(line)
    return places, replace(material, left=(*material.left, *left))


def _answers(
    model: Answering,
    question: Question,
    material: Material,
    own: Float[np.ndarray, "scan"],
    inside: Bool[np.ndarray, "scan model"] | None,
) -> Float[np.ndarray, "scan column"]:
    """Return what it answers of every scan, then what each model like it does, and who was in the training of each."""
    who, labels, kept = material.scans, list(material.scans.labels()), question.kept
    if inside is None:
        return own[:, None]

    def keep(place: int, compute: Callable[[], Float[np.ndarray, "scan"]]) -> Float[np.ndarray, "scan"]:
        if kept is None:
            return compute()
        key = kept.key.also(ages=who.age, inside=inside[:, place], reference=place)
        return keep_array(kept.folder, key, compute)

    more = answers_of_more(model, question.scans, who.age, inside, labels, keep)
    return np.hstack([own[:, None], more, inside.astype(float)])
