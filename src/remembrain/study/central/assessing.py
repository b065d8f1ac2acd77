"""One model to evidence: what its adversaries see, attacked, judged and written down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.attacks import BLIND
from remembrain.audit import describing, errors_of_target, judge
from remembrain.audit.number_of_models import power_over_models
from remembrain.audit.play import Played, play
from remembrain.audit.records import write_probabilities, write_scores
from remembrain.audit.view import Refusal
from remembrain.cohort.material import AUDITED
from remembrain.evidence import disclosure, groups
from remembrain.evidence.beyond_blind import Facts
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
from remembrain.study.central.seen import Seen, look
from remembrain.study.selftest_kept import read_last

Insiders = tuple[dict[str, Any], tuple[judge.Evidence, ...]]
"""What stands in the evidence of the insiders of a federation, and the evidence of each."""


def assess_target(case: Case, insiders: Insiders | None = None) -> judge.Evidence:
    """Ask the target, attack what it says, judge the scores, and write it all into the run folder."""
    seen = look(case)
    played = play(
        seen.view, (*seen.attacks, BLIND), case.rounds, seed=case.seed, folder=case.scores, workers=case.workers
    )
    write_scores(case.run.scores, played.of("real"))
    audited, view = case.audited, seen.view
    error = np.asarray(view.signals["error"])
    kinds = describing.Kinds.of(case.material)
    compared = describing.describe_groups(audited, kinds)
    owner = case.owner and case.owner.take(case.material.split.index(*AUDITED)[case.kept])
    fed = feeding.describe_feeding(case.run, case.target, audited, error, owner)
    another, doubt, unproven = feeding.doubts_of_feeding(fed, case.target)
    outsider = judge.judge(
        seen.attacks,
        BLIND,
        played,
        judge.Doubts(
            view.unsteady or doubt or unproven,
            _doubts_of_attacks(seen, played),
            another or (view.unsteady if view.unexplained else ""),  # whoever is asked first may seem a member
            compared.why if compared.differ else "",
        ),
        judge.Design(
            by_lot=case.material.by_lot,
            facts=Facts(audited.scans.participant_id, audited.scans.session_id, np.asarray(view.signals["covariates"])),
        ),
        seed=case.seed,
    )
    unproven = doubt or unproven  # where less is seen than there is to see, a lower bound stays one
    privacy = _privacy(case, seen, played, outsider, compared, unproven, federated=insiders is not None)
    judged = judge.with_insiders(outsider, insiders[1]) if insiders else outsider
    if privacy["verdict"]["status"] == "contradicted":
        judged = replace(judged, contradicted=privacy["verdict"]["text"])
    exposed, probabilities = describing.describe_exposed(
        audited, kinds, played.of("real"), judged.of_several, case.seed
    )
    facts, errors = _target(case, seen, error)
    facts["feeding"] = fed.to_json() if fed else None
    content = {
        "schema": EVIDENCE,
        "audit": {
            **audit_facts(case.run, case.target, audited, case.options, case.seed, case.made),
            **told_counts(known_counts(audited, case.draws)),
        },
        "target": facts,
        "people": describing.describe_people(case.material, kinds),
        "data": {"notes": describing.describe_notes(case.material)},
        "groups": {**compared.to_json(), "matched": describing.describe_matched(case.matched)},
        **judged.content,
        **exposed,
        "curves": {"errors": errors},
        "shadow": None if isinstance(seen.shadow, Refusal) else dict(seen.shadow.facts),
        "references": _references(case, seen, played),
        "privacy": privacy,
        "federation": {**insiders[0], "outsider": outsider.overall.to_json()} if insiders else None,
        "not_tested": [
            *case.made["dropped"],
            *not_tested(seen.attacks, played.refused, seen.left_out, insiders[0]["threats"] if insiders else None),
        ],
        "selftest": read_last(),
    }
    write_probabilities(case.run, probabilities)
    _write_mean_brain(case)
    case.run.report.unlink(missing_ok=True)  # it tells of other evidence
    write_json(case.run.evidence, disclosure.leaving(content, case.material.scans.participant_id), public=True)
    names = ", ".join(attack.name for attack in seen.attacks)
    case.run.log(f"attacked by {names}: {judged.content['findings'][0]['text']}")
    return replace(judged, notes=feeding.notes_of_feeding(fed))


def _doubts_of_attacks(seen: Seen, played: Played) -> dict[str, str]:
    """Return why single attacks that find nothing are no evidence."""
    if isinstance(seen.references, Refusal):
        return {}
    return doubts_of(seen.references, [attack for attack in seen.attacks if attack.name not in played.refused])


def _privacy(
    case: Case,
    seen: Seen,
    played: Played,
    judged: judge.Evidence,
    compared: groups.Groups,
    unproven: str,
    *,
    federated: bool,
) -> dict[str, Any]:
    """Return what stands in the evidence of promises, and of the lower bounds that attacks give."""
    without = replace(judged, doubt="") if unproven == judged.doubt else judged
    return describe_privacy(
        case.run,
        case.target,
        case.material,
        seen.attacks,
        played.of("real"),
        case.options,
        doubt=describe_doubt(without, compared.why if compared.differ else ""),
        unproven=unproven,
        federated=federated,
    )


def _references(case: Case, seen: Seen, played: Played) -> dict[str, Any] | None:
    """Return what stands in the evidence of reference models, where there are any."""
    if isinstance(seen.references, Refusal):
        return None
    able = [attack for attack in seen.attacks if attack.name not in played.refused]
    rounds = [one for one in case.rounds if one.kind == "real"]
    power = power_over_models(
        seen.view,
        seen.references,
        able,
        rounds,
        played.of("real"),
        seed=case.seed,
        folder=case.scores,
        workers=case.workers,
    )
    return {**seen.references.facts, **power}


def _target(case: Case, seen: Seen, error: Float[np.ndarray, "scan"]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return what was audited, how well it predicts, and how training went; and the densities of its errors."""
    described, errors = errors_of_target.describe_errors(case.audited, error)
    history, predicted = history_of(case.run)
    predicted = predicted[:, case.kept] if history else predicted
    checkpoints, failed = _checkpoints(case, seen)
    facts: dict[str, Any] = {
        **target_facts(case.target, case.audited),
        **described,
        "epochs": errors_of_target.describe_epochs(case.audited, history, predicted),
        "leakage": errors_of_target.describe_leakage(case.audited, predicted),
        "layers": seen.view.facts["layers"],
        "recipe": case.recipe.to_json() if case.recipe else None,
        "checkpoints": checkpoints,
    }
    facts["notes"] += [text for text in (seen.view.unsteady, failed) if text]
    return facts, errors


def _checkpoints(case: Case, seen: Seen) -> tuple[list[dict[str, Any]], str]:
    """Return how leakage grew while the target trained, or why a class of the user's own does not tell."""
    try:
        with told_of_stranger(case.target, "model of an earlier epoch"):
            return describe_checkpoints(case, seen.attacks), ""
    except StrangerFailed as failed:
        return [], failed.what


def _write_mean_brain(case: Case) -> None:
    """Write the mean volume of all people, where there are volumes and enough people."""
    if case.audited.mean_brain is not None:
        mean = case.audited.mean_brain(np.arange(len(case.audited.scans)))
        if mean is not None:
            write_array(case.run.figures / "group-mean.npy", mean.astype(np.float32))
