"""One model to evidence: what its adversaries see, attacked, judged and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from remembrain.attacks import BLIND
from remembrain.audits import errors_of_target, feeding, judge, people
from remembrain.audits.not_tested import not_tested
from remembrain.audits.number_of_models import Measured, power_over_models
from remembrain.audits.play import Played, play
from remembrain.audits.records import write_evidence, write_probabilities, write_scores
from remembrain.audits.view import Refusal, facts_of
from remembrain.cohort.material import AUDITED
from remembrain.evidence.beyond_blind import Facts
from remembrain.evidence.calibration import Membership
from remembrain.evidence.factors import Groups
from remembrain.evidence.feeding import Feeding
from remembrain.evidence.findings import Doubts
from remembrain.query import Layers
from remembrain.record.attacks import Finding
from remembrain.record.federation import Federation
from remembrain.record.model import Evidence
from remembrain.record.people import Data
from remembrain.record.privacy import Privacy
from remembrain.record.references import References
from remembrain.record.target import Checkpoint, Curves, ErrorCurves, Shadow, Target
from remembrain.references.references_view import doubts_of
from remembrain.references.shadow_view import StrangerFailed, told_of_stranger
from remembrain.run import EVIDENCE, write_array
from remembrain.study.central.begin import epochs_of
from remembrain.study.central.case import Case
from remembrain.study.central.checkpoints import describe_checkpoints
from remembrain.study.central.facts import audit_facts, origin_of
from remembrain.study.central.guarantee import describe_privacy
from remembrain.study.central.views import Views, look
from remembrain.study.selftest_kept import read_last
from remembrain.targets.brought import BlackBox
from remembrain.targets.history import read_history

Insiders = tuple[Federation, tuple[judge.Evidence, ...]]
"""What stands in the evidence of the insiders of a federation, and the evidence of each."""


@dataclass(frozen=True, eq=False)
class _Concluded:
    """What attacks on the released model show, how its people differ by themselves, and how it is fed.

    ``unproven`` says why less may have been seen than there is to see: a lower bound stays one.
    """

    outsider: judge.Evidence
    compared: Groups
    fed: Feeding | None
    unproven: str


def assess_target(case: Case, assess_insiders: Callable[[Finding], Insiders] | None = None) -> judge.Evidence:
    """Ask the target, attack what it says, judge the scores, and write it all into the run folder.

    Insiders of a federation come after the target was asked: the last community model is the target, and what it said
    is there for them.
    """
    views = look(case)
    played = play(
        views.view, (*views.attacks, BLIND), case.rounds, seed=case.seed, folder=case.scores, workers=case.workers
    )
    write_scores(case.run.scores, played.of("real"))
    concluded = _concluded(case, views, played)
    federation, insiders = assess_insiders(concluded.outsider.overall) if assess_insiders else (None, ())
    privacy = _privacy(case, views, played, concluded, federated=federation is not None)
    judged = judge.with_insiders(concluded.outsider, insiders) if insiders else concluded.outsider
    if privacy.contradicted:
        judged = replace(judged, contradicted=privacy.verdict.text)
    evidence, membership = _evidence(case, views, played, concluded, judged, privacy, federation)
    write_probabilities(case.run, membership)
    _write_mean_brain(case)
    case.run.report.unlink(missing_ok=True)  # it tells of other evidence
    write_evidence(case.run.evidence, evidence, case.material.scans.participant_id)
    names = ", ".join(attack.name for attack in views.attacks)
    case.run.log(f"attacked by {names}: {judged.overall.text}")
    return replace(judged, notes=feeding.notes_of_feeding(concluded.fed))


def _concluded(case: Case, views: Views, played: Played) -> _Concluded:
    """Judge what was played, with every doubt that there is of the model and of its people."""
    audited, view = case.audited, views.view
    compared = people.describe_groups(audited, people.Kinds.of(case.material))
    owner = case.owner and case.owner.take(case.material.split.index(*AUDITED)[case.places])
    fed = feeding.describe_feeding(case.run, case.target, audited, np.asarray(view.signals["error"]), owner)
    another, doubt, unproven = feeding.doubts_of_feeding(fed, case.target)
    doubts = Doubts(
        view.unsteady or doubt or unproven,
        _doubts_of_attacks(views, played),
        another or (view.unsteady if view.unexplained else ""),  # whoever is asked first may seem a member
        compared.why if compared.differ else "",
    )
    scans, covariates = audited.scans, np.asarray(view.signals["covariates"])
    design = judge.Design(by_lot=case.material.by_lot, facts=Facts(scans.participant_id, scans.session_id, covariates))
    judged = judge.judge(views.attacks, BLIND, played, doubts, design, seed=case.seed)
    return _Concluded(judged, compared, fed, doubt or unproven)


def _evidence(
    case: Case,
    views: Views,
    played: Played,
    concluded: _Concluded,
    judged: judge.Evidence,
    privacy: Privacy,
    federation: Federation | None,
) -> tuple[Evidence, Membership | None]:
    """Return all that the audit comes to, and what it says of single people."""
    kinds = people.Kinds.of(case.material)
    exposed = people.describe_exposed(case.audited, kinds, played.of("real"), judged.of_several, case.seed)
    threats = None if federation is None else federation.threats
    untested = not_tested(
        views.attacks, played.refused, views.left_out, threats, answers_alone=isinstance(case.target, BlackBox)
    )
    target, errors = _target(case, views, concluded)
    evidence = Evidence(
        schema=EVIDENCE,
        audit=audit_facts(case),
        target=target,
        people=people.describe_people(case.material, kinds),
        data=Data(notes=people.describe_notes(case.material)),
        groups=concluded.compared.written(people.describe_matched(case.matched)),
        attacks=judged.attacks,
        controls=judged.controls,
        findings=judged.findings,
        exposure=exposed.exposure,
        posterior=exposed.posterior,
        reliability=exposed.reliability,
        shadow=facts_of(views.shadow, Shadow),
        references=_references(case, views, played),
        federation=federation,
        privacy=privacy,
        curves=Curves(errors=errors),
        not_tested=(*case.origin.dropped, *untested),
        selftest=read_last(),
    )
    return evidence, exposed.membership


def _doubts_of_attacks(views: Views, played: Played) -> dict[str, str]:
    """Return why single attacks that find nothing are no evidence."""
    if isinstance(views.references, Refusal):
        return {}
    return doubts_of(views.references, [attack for attack in views.attacks if attack.name not in played.refused])


def _privacy(case: Case, views: Views, played: Played, concluded: _Concluded, *, federated: bool) -> Privacy:
    """Return what stands in the evidence of promises, and of the lower bounds that attacks give."""
    judged, compared, unproven = concluded.outsider, concluded.compared, concluded.unproven
    without = replace(judged, doubt="") if unproven == judged.doubt else judged
    doubt = without.no_bound(compared.why if compared.differ else "")
    return describe_privacy(case, views.attacks, played.of("real"), doubt=doubt, unproven=unproven, federated=federated)


def _references(case: Case, views: Views, played: Played) -> References | None:
    """Return what stands in the evidence of reference models, where there are any."""
    facts = facts_of(views.references, References)
    if facts is None or isinstance(views.references, Refusal):
        return None
    able = [attack for attack in views.attacks if attack.name not in played.refused]
    rounds = [round_ for round_ in case.rounds if round_.kind == "real"]
    measured = Measured(rounds, played.of("real"), case.seed, case.scores, case.workers)
    gained = power_over_models(views.view, views.references.signals, facts.models, able, measured)
    return replace(
        facts,
        power=gained.power,
        best=gained.best,
        enough=gained.enough,
        seconds=gained.seconds,
        beside=gained.beside,
    )


def _target(case: Case, views: Views, concluded: _Concluded) -> tuple[Target, ErrorCurves | None]:
    """Return what was audited, how well it predicts, and how training went; and the densities of its errors."""
    target, material, fed = case.target, case.audited, concluded.fed
    mae, gap, errors = errors_of_target.describe_errors(material, np.asarray(views.view.signals["error"]))
    history, predicted = read_history(case.run.target / "training.tsv", epochs_of(case.run))
    predicted = predicted[:, case.places] if history else predicted
    checkpoints, failed = _checkpoints(case, views)
    layers = facts_of(views.view, Layers)
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
        notes=(*target.notes, *(text for text in (views.view.unsteady, failed) if text)),
        feeding=fed.written() if fed else None,
        layers=layers.names if layers else {},
        recipe=case.recipe.as_options() if case.recipe else None,
        mae=mae,
        gap=gap,
        epochs=errors_of_target.describe_epochs(material, history, predicted),
        leakage=errors_of_target.describe_leakage(material, predicted),
        checkpoints=checkpoints,
    )
    return described, errors


def _checkpoints(case: Case, views: Views) -> tuple[tuple[Checkpoint, ...], str]:
    """Return how leakage grew while the target trained, or why a class of the user's own does not tell."""
    try:
        with told_of_stranger(case.target, "model of an earlier epoch"):
            return describe_checkpoints(case, views.attacks)
    except StrangerFailed as failed:
        return (), failed.what


def _write_mean_brain(case: Case) -> None:
    """Write the mean volume of all people, where there are volumes and enough people."""
    if case.audited.mean_brain is not None:
        mean = case.audited.mean_brain(np.arange(len(case.audited.scans)))
        if mean is not None:
            write_array(case.run.figures / "group-mean.npy", mean.astype(np.float32))
