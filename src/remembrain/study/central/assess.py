"""One model to evidence: what its adversaries see, attacked, judged and written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from remembrain.attacks import BLIND
from remembrain.audits import feeding, judge, people
from remembrain.audits.guarantee import Claimed, Reservations, describe_privacy
from remembrain.audits.play import Played, play
from remembrain.audits.records import write_evidence, write_probabilities, write_scores
from remembrain.audits.view import Refusal
from remembrain.cohort.material import AUDITED
from remembrain.evidence.beyond_blind import Facts
from remembrain.evidence.findings import Doubts
from remembrain.record.attacks import Finding
from remembrain.record.federation import Federation
from remembrain.record.privacy import Privacy
from remembrain.references.references_view import doubts_of
from remembrain.run import write_array
from remembrain.study.central.case import Case
from remembrain.study.central.evidence import Outcome, evidence_of
from remembrain.study.central.views import Views, look

Insiders = tuple[Federation, tuple[judge.Evidence, ...]]
"""What stands in the evidence of the insiders of a federation, and the evidence of each."""


def assess_target(case: Case, assess_insiders: Callable[[Finding], Insiders] | None = None) -> judge.Evidence:
    """Ask the target, attack what it says, judge the scores, and write it all into the run folder.

    Insiders of a federation come after the target was asked: the last community model is the target, and what it said
    is there for them.
    """
    views, run = look(case), case.run
    attacks, rounds = (*views.attacks, BLIND), case.sample.rounds
    played = play(views.view, attacks, rounds, seed=case.seed, folder=run.kept_scores, workers=case.workers)
    write_scores(run.scores, played.of("real"))
    outcome = _judged(case, views, played)
    judged, federation = outcome.judged, None
    if assess_insiders is not None:
        federation, insiders = assess_insiders(judged.overall)
        judged = judge.with_insiders(judged, insiders) if insiders else judged
    privacy = _privacy(case, outcome, federated=federation is not None)
    if privacy.contradicted:
        judged = replace(judged, contradicted=privacy.verdict.text)
    evidence, membership = evidence_of(case, outcome, judged, privacy, federation)
    write_probabilities(run, membership)
    _write_mean_brain(case)
    run.report.unlink(missing_ok=True)  # it tells of other evidence
    write_evidence(run.evidence, evidence, case.material.scans.participant_id)
    run.log(f"attacked by {', '.join(attack.name for attack in views.attacks)}: {judged.overall.text}")
    return replace(judged, notes=feeding.notes_of_feeding(outcome.fed, case.target))


def _judged(case: Case, views: Views, played: Played) -> Outcome:
    """Judge what was played, with every doubt that there is of the model and of its people."""
    audited, view = case.sample.audited, views.view
    kinds = people.Kinds.of(case.material)
    compared = people.describe_groups(audited, kinds)
    owner = case.owner and case.owner.take(case.material.split.index(*AUDITED)[case.sample.places])
    fed = feeding.describe_feeding(case.run, case.target, audited, np.asarray(view.signals["error"]), owner)
    another, doubt, unproven = feeding.doubts_of_feeding(fed, case.target)
    able = [attack for attack in views.attacks if attack.name not in played.refused]
    doubts = Doubts(
        view.unsteady or doubt or unproven,
        {} if isinstance(views.references, Refusal) else doubts_of(views.references, able),
        another or (view.unsteady if view.unexplained else ""),  # whoever is asked first may seem a member
        compared.why if compared.differ else "",
    )
    scans, covariates = audited.scans, np.asarray(view.signals["covariates"])
    design = judge.Design(by_lot=case.material.by_lot, facts=Facts(scans.participant_id, scans.session_id, covariates))
    judged = judge.judge(views.attacks, BLIND, played, doubts, design, seed=case.seed)
    return Outcome(views, played, judged, kinds, compared, fed, doubt or unproven)


def _privacy(case: Case, outcome: Outcome, *, federated: bool) -> Privacy:
    """Return what stands in the evidence of promises, and of the lower bounds that attacks give."""
    judged, compared, unproven = outcome.judged, outcome.compared, outcome.unproven
    without = replace(judged, doubt="") if unproven == judged.doubt else judged
    doubt = without.no_bound(compared.why if compared.differ else "")
    said = case.options
    claimed = Claimed(said.claimed_epsilon, said.claimed_delta, any_mechanism=said.claimed_mechanism == "any")
    open_ = Reservations(doubt, unproven, federated=federated)
    real = outcome.played.of("real")
    return describe_privacy(case.run, case.target, case.material, outcome.views.attacks, real, claimed, open_)


def _write_mean_brain(case: Case) -> None:
    """Write the mean volume of all people, where there are volumes and enough people."""
    audited = case.sample.audited
    mean = audited.mean_brain(np.arange(len(audited.scans))) if audited.mean_brain is not None else None
    if mean is not None:
        write_array(case.run.figures / "group-mean.npy", mean.astype(np.float32))
