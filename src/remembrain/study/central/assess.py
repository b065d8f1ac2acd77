"""One model to evidence: what its adversaries see, attacked, judged and written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.attacks import BLIND
from remembrain.audit import errors_of_target, judge, people
from remembrain.audit.number_of_models import power_over_models
from remembrain.audit.play import Played, play
from remembrain.audit.records import write_probabilities, write_scores
from remembrain.audit.view import Refusal
from remembrain.cohort.material import AUDITED
from remembrain.evidence import disclosure, groups
from remembrain.evidence.beyond_blind import Facts
from remembrain.evidence.feeding import Feeding
from remembrain.references.references_view import doubts_of
from remembrain.references.shadow_view import StrangerFailed, told_of_stranger
from remembrain.run import EVIDENCE, write_array, write_json
from remembrain.study.central import feeding
from remembrain.study.central.case import Case
from remembrain.study.central.checkpoints import describe_checkpoints
from remembrain.study.central.doubt import describe_doubt
from remembrain.study.central.facts import audit_facts, history_of, known_counts, target_facts, told_counts
from remembrain.study.central.guarantee import describe_privacy
from remembrain.study.central.not_tested import not_tested
from remembrain.study.central.views import Views, look
from remembrain.study.selftest_kept import read_last

Insiders = tuple[dict[str, Any], tuple[judge.Evidence, ...]]
"""What stands in the evidence of the insiders of a federation, and the evidence of each."""


@dataclass(frozen=True, eq=False)
class _Concluded:
    """What attacks on the released model show, how its people differ by themselves, and how it is fed.

    ``unproven`` says why less may have been seen than there is to see: a lower bound stays one.
    """

    outsider: judge.Evidence
    compared: groups.Groups
    fed: Feeding | None
    unproven: str


def assess_target(case: Case, assess_insiders: Callable[[], Insiders] | None = None) -> judge.Evidence:
    """Ask the target, attack what it says, judge the scores, and write it all into the run folder.

    Insiders of a federation come after the target was asked: the last community model is the target, and what it said
    is there for them.
    """
    views = look(case)
    insiders = assess_insiders() if assess_insiders else None
    played = play(
        views.view, (*views.attacks, BLIND), case.rounds, seed=case.seed, folder=case.scores, workers=case.workers
    )
    write_scores(case.run.scores, played.of("real"))
    concluded = _concluded(case, views, played)
    privacy = _privacy(case, views, played, concluded, federated=insiders is not None)
    judged = judge.with_insiders(concluded.outsider, insiders[1]) if insiders else concluded.outsider
    if privacy["verdict"]["status"] == "contradicted":
        judged = replace(judged, contradicted=privacy["verdict"]["text"])
    kinds = people.Kinds.of(case.material)
    exposed, probabilities = people.describe_exposed(
        case.audited, kinds, played.of("real"), judged.of_several, case.seed
    )
    threats = insiders[0]["threats"] if insiders else None
    untested = not_tested(views.attacks, played.refused, views.left_out, threats)
    content = {
        **_described(case, views, concluded, kinds),
        **judged.content,
        **exposed,
        "shadow": None if isinstance(views.shadow, Refusal) else dict(views.shadow.facts),
        "references": _references(case, views, played),
        "privacy": privacy,
        "federation": {**insiders[0], "outsider": concluded.outsider.overall.to_json()} if insiders else None,
        "not_tested": [*case.origin["dropped"], *untested],
        "selftest": read_last(),
    }
    write_probabilities(case.run, probabilities)
    _write_mean_brain(case)
    case.run.report.unlink(missing_ok=True)  # it tells of other evidence
    write_json(case.run.evidence, disclosure.leaving(content, case.material.scans.participant_id), public=True)
    names = ", ".join(attack.name for attack in views.attacks)
    case.run.log(f"attacked by {names}: {judged.content['findings'][0]['text']}")
    return replace(judged, notes=feeding.notes_of_feeding(concluded.fed))


def _concluded(case: Case, views: Views, played: Played) -> _Concluded:
    """Judge what was played, with every doubt that there is of the model and of its people."""
    audited, view = case.audited, views.view
    compared = people.describe_groups(audited, people.Kinds.of(case.material))
    owner = case.owner and case.owner.take(case.material.split.index(*AUDITED)[case.places])
    fed = feeding.describe_feeding(case.run, case.target, audited, np.asarray(view.signals["error"]), owner)
    another, doubt, unproven = feeding.doubts_of_feeding(fed, case.target)
    doubts = judge.Doubts(
        view.unsteady or doubt or unproven,
        _doubts_of_attacks(views, played),
        another or (view.unsteady if view.unexplained else ""),  # whoever is asked first may seem a member
        compared.why if compared.differ else "",
    )
    scans, covariates = audited.scans, np.asarray(view.signals["covariates"])
    design = judge.Design(by_lot=case.material.by_lot, facts=Facts(scans.participant_id, scans.session_id, covariates))
    judged = judge.judge(views.attacks, BLIND, played, doubts, design, seed=case.seed)
    return _Concluded(judged, compared, fed, doubt or unproven)


def _described(case: Case, views: Views, concluded: _Concluded, kinds: people.Kinds) -> dict[str, Any]:
    """Return what stands in the evidence of how the audit was made, of the target, and of its people."""
    target, errors = _target(case, views, np.asarray(views.view.signals["error"]))
    matched = people.describe_matched(case.matched)
    return {
        "schema": EVIDENCE,
        "audit": {
            **audit_facts(case.run, case.target, case.audited, case.options, case.seed, case.origin),
            **told_counts(known_counts(case.audited, case.draws)),
        },
        "target": {**target, "feeding": concluded.fed.to_json() if concluded.fed else None},
        "people": people.describe_people(case.material, kinds),
        "data": {"notes": people.describe_notes(case.material)},
        "groups": {**concluded.compared.to_json(), "matched": matched},
        "curves": {"errors": errors},
    }


def _doubts_of_attacks(views: Views, played: Played) -> dict[str, str]:
    """Return why single attacks that find nothing are no evidence."""
    if isinstance(views.references, Refusal):
        return {}
    return doubts_of(views.references, [attack for attack in views.attacks if attack.name not in played.refused])


def _privacy(case: Case, views: Views, played: Played, concluded: _Concluded, *, federated: bool) -> dict[str, Any]:
    """Return what stands in the evidence of promises, and of the lower bounds that attacks give."""
    judged, compared, unproven = concluded.outsider, concluded.compared, concluded.unproven
    without = replace(judged, doubt="") if unproven == judged.doubt else judged
    return describe_privacy(
        case.run,
        case.target,
        case.material,
        views.attacks,
        played.of("real"),
        case.options,
        doubt=describe_doubt(without, compared.why if compared.differ else ""),
        unproven=unproven,
        federated=federated,
    )


def _references(case: Case, views: Views, played: Played) -> dict[str, Any] | None:
    """Return what stands in the evidence of reference models, where there are any."""
    if isinstance(views.references, Refusal):
        return None
    able = [attack for attack in views.attacks if attack.name not in played.refused]
    rounds = [round_ for round_ in case.rounds if round_.kind == "real"]
    power = power_over_models(
        views.view,
        views.references,
        able,
        rounds,
        played.of("real"),
        seed=case.seed,
        folder=case.scores,
        workers=case.workers,
    )
    return {**views.references.facts, **power}


def _target(case: Case, views: Views, error: Float[np.ndarray, "scan"]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return what was audited, how well it predicts, and how training went; and the densities of its errors."""
    described, errors = errors_of_target.describe_errors(case.audited, error)
    history, predicted = history_of(case.run)
    predicted = predicted[:, case.places] if history else predicted
    checkpoints, failed = _checkpoints(case, views)
    facts: dict[str, Any] = {
        **target_facts(case.target, case.audited),
        **described,
        "epochs": errors_of_target.describe_epochs(case.audited, history, predicted),
        "leakage": errors_of_target.describe_leakage(case.audited, predicted),
        "layers": views.view.facts["layers"],
        "recipe": case.recipe.to_json() if case.recipe else None,
        "checkpoints": checkpoints,
    }
    facts["notes"] += [text for text in (views.view.unsteady, failed) if text]
    return facts, errors


def _checkpoints(case: Case, views: Views) -> tuple[list[dict[str, Any]], str]:
    """Return how leakage grew while the target trained, or why a class of the user's own does not tell."""
    try:
        with told_of_stranger(case.target, "model of an earlier epoch"):
            return describe_checkpoints(case, views.attacks)
    except StrangerFailed as failed:
        return [], failed.what


def _write_mean_brain(case: Case) -> None:
    """Write the mean volume of all people, where there are volumes and enough people."""
    if case.audited.mean_brain is not None:
        mean = case.audited.mean_brain(np.arange(len(case.audited.scans)))
        if mean is not None:
            write_array(case.run.figures / "group-mean.npy", mean.astype(np.float32))
