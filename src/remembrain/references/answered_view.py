"""Reference models that somebody else trained: what they answered of the same scans, and who was in each.

Models of the user's own, or the folds of a cross-validation. In these a member is out of one model and others are out
of all; attacks see no more of anybody than there is of everybody, or the number of models would tell who is a member.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float

from remembrain.attacks.levels import between_models, powers
from remembrain.audits.errors_of_target import mean_error
from remembrain.audits.view import Refusal, View
from remembrain.cohort.material import Material
from remembrain.evidence import disclosure
from remembrain.evidence.resemblance import resemblance
from remembrain.query import key_of, view_of
from remembrain.record.numbers import MeanError
from remembrain.record.references import References
from remembrain.record.target import Shadow, ShadowErrors
from remembrain.run.streams import stream
from remembrain.targets.brought import BlackBox
from remembrain.types import Attack

FEWEST_MODELS = 2


def answered_view(box: BlackBox, material: Material, seed: int) -> View | Refusal:
    """Return what models like a black box say of the audited, or why there are none.

    Parameters
    ----------
    box
        Whose answers, and those of models like it.
    material
        The people who are audited.
    seed
        Of the choice of models where people were left out of different numbers of them.
    """
    if box.others is None:
        return Refusal(f"{box.why_not_again}; answers of models like it are taken from columns reference_NAME")
    scans, member = material.scans, np.asarray(material.split.role == "member")
    others, age = box.others(material.inputs), np.asarray(scans.age, dtype=float)
    if others.answers.shape[1] < FEWEST_MODELS:
        return Refusal(f"{others.answers.shape[1]} reference model, and {FEWEST_MODELS} are needed")
    outside = (~others.inside).sum(axis=1)
    if not outside.min():
        return Refusal(f"{int((outside == 0).sum())} scans were in the training of every reference model")
    error = others.answers - age[:, None]
    target = (box.answers(material.inputs)[:, :1] - age[:, None]).astype(np.float32)
    whole = {
        "references/error": error[:, :, None].astype(np.float32),
        "references/inside": others.inside,
        "references/target": target,
    }
    errors, resembles = resemblance(whole, member, scans.participant_id)
    seen = whole if others.inside.any(axis=1).all() else {**whole, **_of_as_many(error, others.inside, age, seed)}
    facts = References(
        models=others.answers.shape[1],
        share=box.share or None,
        queries=("as-it-is",),
        people=disclosure.count(len(np.unique(scans.participant_id))),
        errors=errors,
        resembles=resembles,
    )
    key = key_of(box, material, seed).also(references=seen)
    return View(scans, member, seen, key, facts=facts)


def answered_shadow(
    box: BlackBox, material: Material, attacks: Sequence[Attack], folder: Path, seed: int
) -> View | Refusal:
    """Return what the first of the models like a black box says of the audited, for attackers who know no member.

    Who was in its training has to have been drawn by lot: in the folds of a cross-validation only members are, and
    whoever learned from one would have learned who is a member.

    Parameters
    ----------
    box
        Whose answers, and those of models like it.
    material
        The people who are audited; some of them trained the shadow, members of the target or not.
    attacks
        Those that will learn from it.
    folder, seed
        Where signals are kept, and the seed of the audit.
    """
    if box.others is None:
        return Refusal(box.why_not_again)
    if not box.share:
        return Refusal("who was in the training of models like it was not drawn by lot, and may tell who is a member")
    others = box.others(material.inputs)
    member, first = others.inside[:, 0], others.answers[:, :1]
    shadow = replace(box, name="shadow model", answer=lambda _: first, code=f"{box.code}, first like it", others=None)
    view, _ = view_of(shadow, material, attacks, folder, seed)
    errors = (
        mean_error(first[mask, 0] - material.scans.age[mask], material.scans.participant_id[mask]) or MeanError()
        for mask in (member, ~member)
    )
    facts = Shadow(share=box.share, mae=ShadowErrors(**dict(zip(("members", "nonmembers"), errors, strict=True))))
    return replace(view, member=member, key=view.key.also(shadow_members=member), facts=facts)


def _of_as_many(
    error: Float[np.ndarray, "scan model"],
    inside: Bool[np.ndarray, "scan model"],
    age: Float[np.ndarray, "scan"],
    seed: int,
) -> dict[str, np.ndarray]:
    """Return the errors of as many models without the person for everybody, each model freed of its own level first."""
    level = between_models(error[:, :, None], powers(age))[:, :, 0]
    fewest = int((~inside).sum(axis=1).min())
    lot = stream(seed, "reference models of a person").random(inside.shape)
    chosen = np.argsort(np.where(inside, np.inf, lot), axis=1)[:, :fewest]
    errors = np.take_along_axis(error - level, chosen, axis=1)
    return {
        "references/error": errors[:, :, None].astype(np.float32),
        "references/inside": np.zeros(errors.shape, dtype=bool),
    }
