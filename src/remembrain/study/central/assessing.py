"""A target, the scans and their split to evidence: what is asked of the target, attacked, judged and written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain import attacks as attacks_room
from remembrain.attacks import BLIND, REFERENCES
from remembrain.attacks.activation import LaterLayers
from remembrain.attacks.shadow import ShadowAttack
from remembrain.audit import judge
from remembrain.audit.play import AttackFailed, Kind, Taught, null_rounds, real_rounds, rounds_of_everybody, run_attacks
from remembrain.cohort import matching
from remembrain.cohort.material import AUDITED, Material
from remembrain.cohort.splits import draw_people
from remembrain.config import AttackOptions
from remembrain.evidence import disclosure
from remembrain.evidence.beyond_blind import Facts
from remembrain.evidence.feeding import Owner
from remembrain.evidence.power import FEWEST_KNOWN
from remembrain.run import EVIDENCE, RunFolder, write_array, write_json
from remembrain.run.streams import stream
from remembrain.study.central import describing, feeding
from remembrain.study.central.asking import Asked, ask, key_of
from remembrain.study.central.checkpoints import describe_checkpoints
from remembrain.study.central.facts import audit_facts, history_of, known_counts, target_facts, told_counts
from remembrain.study.central.guarantee import describe_doubt, describe_privacy
from remembrain.study.central.referencing import Referenced, cluster_of, power_over_models, refer
from remembrain.study.central.shadowing import StrangerFailed, teach, told_of_stranger
from remembrain.study.records import write_probabilities, write_scores
from remembrain.study.selftest_kept import read_last
from remembrain.targets.model import Target
from remembrain.targets.recipes import Recipe
from remembrain.types import Attack, Scores

Insiders = tuple[dict[str, Any], tuple[judge.Evidence, ...]]
_ROUNDS = "What rounds of federated training give away."
_REFERENCES = "Attacks with several reference models (--references), which recognise single people with more certainty."
NEVER_TESTED = (
    "Reconstruction of scans, and inference of anything but membership.",
    "People other than those of this split: rates differ in other populations.",
)


def assess_target(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    options: AttackOptions,
    *,
    seed: int,
    made: Mapping[str, Any],
    recipe: Recipe | None = None,
    insiders: Insiders | None = None,
    owner: Owner | None = None,
    workers: int | None = None,
) -> judge.Evidence:
    """Ask the target, attack what it says, judge the scores, and write it all into the run folder.

    Parameters
    ----------
    run
        Gets ``evidence.json``, ``restricted/scores.tsv``, signals, and the mean brain.
    target
        The model.
    material
        The scans, their split and how the target reads them.
    attacks
        Which to run; the blind baseline always is.
    options
        Repeats, and which attacks were asked for by name.
    seed
        Of all that is drawn.
    made
        By which commands, as :func:`~remembrain.study.central.adding.made_by` says.
    recipe
        How the target was trained, where it was trained here.
    insiders
        What stands in the file of the insiders of a federation, and the evidence of each.
    owner
        What the owner of a model that was trained elsewhere says that it predicts for these scans.
    workers
        Processes; one a core when left out.
    """
    audited, kept, matched = _audited(material, options)
    asked = ask(target, audited, attacks, run.signals / "matched" if matched else run.signals)
    draws = _draws(audited, options.repeats, seed)
    taught, untaught = _taught(run, target, recipe, material, attacks, seed)
    refused = {**asked.refused, **_too_few_known(audited, draws, attacks), **untaught}
    referenced = _referenced(run, target, recipe, audited, options, seed, workers)
    if not isinstance(referenced, str):
        asked = replace(asked, seen={**asked.seen, **referenced.signals})
    left_out = {one.name: taught for one in attacks if isinstance(one, ShadowAttack) and isinstance(taught, str)}
    if isinstance(referenced, str):
        refused |= {one.name: referenced for one in attacks if REFERENCES in one.needs}
    named = {name: why for name, why in left_out.items() if name in options.attacks}
    refused |= named  # it was asked for by name: it is answered
    tried = [one for one in asked.attacks if one.name in refused or one.name not in left_out]
    found = _attacked(
        run, target, audited, tried, asked, draws, refused, taught, referenced, options.repeats, seed, workers
    )
    real, null = _of(found, "real"), _of(found, "null")
    swapped = _of(found, "swapped").get(BLIND.name, [])
    able = [one for one in tried if one.name not in refused]
    write_scores(run.scores, real)
    error = np.asarray(asked.seen["error"])
    kinds = describing.Kinds.of(material)
    groups = describing.describe_groups(audited, kinds)
    if owner is not None:
        owner = owner.take(material.split.index(*AUDITED)[kept])
    fed = feeding.describe_feeding(run, target, audited, error, owner)
    another, doubt, unproven = feeding.doubts_of_feeding(fed, target)
    another = another or (asked.unsteady if asked.unexplained else "")  # whoever is asked first may seem a member
    judged = judge.judge(
        tried,
        BLIND,
        real,
        null,
        refused,
        doubt=asked.unsteady or doubt or unproven,
        another=another,
        doubts={} if isinstance(referenced, str) else referenced.doubts(able),
        groups_differ=groups.why if groups.differ else "",
        by_lot=material.by_lot,
        everybody={name: one for name, (one,) in _of(found, "everybody").items()},
        blind_of_others=swapped,
        facts=Facts(audited.scans.participant_id, audited.scans.session_id, np.asarray(asked.seen["covariates"])),
        seed=seed,
    )
    outsider_judged, outsider = judged, judged.overall
    judged = judge.with_insiders(judged, insiders[1]) if insiders else judged
    exposed, probabilities = describing.describe_exposed(audited, kinds, real, judged.of_several, seed)
    facts, errors = _described(run, target, audited, kept, error)
    facts["layers"] = dict(asked.layers)
    facts["feeding"] = fed.to_json() if fed else None
    facts["recipe"] = recipe.to_json() if recipe else None
    facts["checkpoints"], failed = _checkpoints(run, target, audited, tried, draws, seed, workers)
    facts["notes"] += [text for text in (asked.unsteady, failed) if text]
    unproven = doubt or unproven  # where less is seen than there is to see, a lower bound stays one
    seen = replace(outsider_judged, doubt="") if unproven == outsider_judged.doubt else outsider_judged
    privacy = describe_privacy(
        run,
        target,
        material,
        tried,
        real,
        options,
        doubt=describe_doubt(seen, groups.why if groups.differ else ""),
        unproven=unproven,
        federated=insiders is not None,
    )
    if privacy["verdict"]["status"] == "contradicted":
        judged = replace(judged, contradicted=privacy["verdict"]["text"])
    content = {
        "schema": EVIDENCE,
        "audit": {
            **audit_facts(run, target, audited, options, seed, made),
            **told_counts(known_counts(audited, draws)),
        },
        "target": facts,
        "people": describing.describe_people(material, kinds),
        "data": {"notes": describing.describe_notes(material)},
        "groups": {**groups.to_json(), "matched": describing.describe_matched(matched)},
        **judged.content,
        **exposed,
        "curves": {"errors": errors},
        "shadow": None if isinstance(taught, str) else dict(taught.facts),
        "references": None
        if isinstance(referenced, str)
        else {
            **referenced.facts,
            **power_over_models(run, referenced, asked.seen, audited, draws, able, real, seed=seed, workers=workers),
        },
        "privacy": privacy,
        "federation": {**insiders[0], "outsider": outsider.to_json()} if insiders else None,
        "not_tested": [
            *made["dropped"],
            *_not_tested(tried, refused, left_out, insiders),
            *(() if insiders else (_ROUNDS,)),
        ],
        "selftest": read_last(),
    }
    write_probabilities(run, probabilities)
    _write_mean_brain(run, audited)
    run.report.unlink(missing_ok=True)  # it tells of other evidence
    write_json(run.evidence, disclosure.leaving(content, material.scans.participant_id), public=True)
    run.log(f"attacked by {', '.join(one.name for one in tried)}: {judged.content['findings'][0]['text']}")
    return replace(judged, notes=feeding.notes_of_feeding(fed))


def _audited(
    material: Material, options: AttackOptions
) -> tuple[Material, Int[np.ndarray, "some"], matching.Matched | None]:
    """Return those who are audited, their places among all who could be, and how they were paired if they were."""
    everybody = material.of(*AUDITED)
    if not options.match:
        return everybody, np.arange(len(everybody.scans)), None
    split, matched = matching.match(everybody.scans, everybody.split)
    kept = split.used()
    return replace(everybody, split=split).take(kept), kept, matched


def _described(
    run: RunFolder, target: Target, material: Material, kept: Int[np.ndarray, "some"], error: Float[np.ndarray, "scan"]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return what was audited, how well it predicts, and how training went; and the densities of its errors."""
    described, errors = describing.describe_errors(material, error)
    history, predicted = history_of(run)
    predicted = predicted[:, kept] if history else predicted
    facts: dict[str, Any] = {
        **target_facts(target, material),
        **described,
        "epochs": describing.describe_epochs(material, history, predicted),
        "leakage": describing.describe_leakage(material, predicted),
    }
    return facts, errors


def _taught(
    run: RunFolder, target: Target, recipe: Recipe | None, material: Material, attacks: Sequence[Attack], seed: int
) -> tuple[Taught | str, Mapping[str, str]]:
    """Return what attackers who know no member learn from, or why there is nothing; and why some cannot, by name."""
    learners = [one for one in attacks if isinstance(one, ShadowAttack)]
    if not learners:
        return "no attack learns from a shadow model", {}
    population, trained_on = material.of("population"), len(material.split.index("member"))
    try:
        taught = teach(run, target, recipe, population, learners, trained_on=trained_on, seed=seed)
    except StrangerFailed as failed:
        return failed.what, {one.name: failed.what for one in learners}
    return taught, {} if isinstance(taught, str) else taught.refused


def _referenced(
    run: RunFolder,
    target: Target,
    recipe: Recipe | None,
    material: Material,
    options: AttackOptions,
    seed: int,
    workers: int | None,
) -> Referenced | str:
    """Return what reference models say of the audited, or why there are none."""
    if not options.references:
        return "no reference models were asked for (--references)"
    return refer(
        run,
        target,
        recipe,
        material,
        models=options.references,
        queries=options.queries,
        seed=seed,
        workers=workers,
        cluster=cluster_of(options),
    )


def _attacked(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    asked: Asked,
    draws: Sequence[Bool[np.ndarray, "scan"]],
    refused: dict[str, str],
    taught: Taught | str,
    referenced: Referenced | str,
    repeats: int,
    seed: int,
    workers: int | None,
) -> dict[tuple[str, Kind], list[Scores]]:
    """Run what can be run, and the blind baseline, on real membership and on the null.

    What a stranger's code made impossible is added to ``refused``.
    """
    real = real_rounds(material.split, draws)
    rounds = (*real, *null_rounds(material.scans, material.split, repeats, seed), *rounds_of_everybody(real[0]))
    key = key_of(target, material, seed).also(references=None if isinstance(referenced, str) else referenced.key)
    while True:
        try:
            return run_attacks(
                (*(one for one in attacks if one.name not in refused), BLIND),
                asked.seen,
                material.scans,
                rounds,
                seed=seed,
                folder=run.restricted / "attacks",
                key=key,
                taught=None if isinstance(taught, str) else taught,
                here=() if target.form else [one.name for one in attacks if isinstance(one, LaterLayers)],
                workers=workers,
            )
        except AttackFailed as failed:  # the others are run without it, and find what they kept
            refused[failed.attack] = failed.what


def _too_few_known(
    material: Material, draws: Sequence[Bool[np.ndarray, "scan"]], attacks: Sequence[Attack]
) -> dict[str, str]:
    """Return why no attack can learn anything, where the attacker knows too few people."""
    members, others = known_counts(material, draws).values()
    if min(members, others) >= FEWEST_KNOWN:
        return {}
    why = (
        f"the attacker knows {members} members and {others} non-members, and needs {FEWEST_KNOWN} of each to learn from"
    )
    return {one.name: why for one in attacks if one.knows == "some members"}


def _draws(material: Material, repeats: int, seed: int) -> list[Bool[np.ndarray, "scan"]]:
    """Return the split's own choice of known people, then fresh ones of as many members and non-members."""
    split, scans = material.split, material.scans
    numbers = [
        len(np.unique(scans.participant_id[split.attacker_knows & (split.role == role)]))
        for role in ("member", "nonmember")
    ]
    fresh = (stream(seed, "known people", repeat) for repeat in range(1, repeats))
    return [split.attacker_knows, *(draw_people(split, scans, rng, numbers) for rng in fresh)]


def _of(found: Mapping[tuple[str, Kind], list[Scores]], kind: Kind) -> dict[str, list[Scores]]:
    """Return the scores of one kind, by attack."""
    return {name: scores for (name, its_kind), scores in found.items() if its_kind == kind}


def _checkpoints(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    draws: Sequence[Bool[np.ndarray, "scan"]],
    seed: int,
    workers: int | None,
) -> tuple[list[dict[str, Any]], str]:
    """Return how leakage grew while the target trained, or why a class of the user's own does not tell."""
    try:
        with told_of_stranger(target, "model of an earlier epoch"):
            return describe_checkpoints(run, target, material, attacks, draws, seed=seed, workers=workers), ""
    except StrangerFailed as failed:
        return [], failed.what


def _write_mean_brain(run: RunFolder, material: Material) -> None:
    """Write the mean volume of all people, where there are volumes and enough people."""
    if material.mean_brain is not None:
        mean = material.mean_brain(np.arange(len(material.scans)))
        if mean is not None:
            write_array(run.figures / "group-mean.npy", mean.astype(np.float32))


def _not_tested(
    attacks: Sequence[Attack], refused: Mapping[str, str], left_out: Mapping[str, str], insiders: Insiders | None
) -> list[str]:
    """Return what a reader might think was tested and was not."""
    threats = insiders[0]["threats"] if insiders else ()
    assessed = [one for each in threats for one in each.get("attacks", ()) if one["status"] == "assessed"]
    ran = {one["name"] for one in assessed}
    lines = [f"{name} does not apply to this model: {why}." for name, why in refused.items()]
    if not any(one.access == "weights" for one in attacks):
        lines.append("An adversary who has the weights: only attacks on what the model puts out were run.")
    known_alone = all(one["knows"] == "some members" for one in assessed)
    if left_out or (known_alone and not any(isinstance(one, ShadowAttack) for one in attacks)):
        why = next(iter(left_out.values()), "every attack here learned from people it knew")
        lines.append(f"An adversary who knows no member: {why}.")
    able = {one.name for one in attacks if one.name not in refused} | ran
    referenced = {one.name for one in attacks_room.REFERENCED}
    if not able & referenced:
        lines.append(_REFERENCES)
    everything = attacks_room.select(("all",), references=bool(able & referenced), rounds=insiders is not None)
    asked = {one.name for one in attacks} | ran | set(left_out)
    others = [one.name for one in everything if one.name not in asked]
    return [*lines, *_not_asked_for(others, asked, {*refused, *left_out}), *NEVER_TESTED]


def _not_asked_for(others: Sequence[str], asked: Collection[str], not_run: Collection[str]) -> list[str]:
    """Return in a sentence which attacks this program has beside those that were asked for, and how to add them."""
    if not others:
        return []
    core = {one.name for one in attacks_room.CORE}
    but_for = f" but for {', '.join(sorted(core.intersection(not_run)))}" if core.intersection(not_run) else ""
    ran = (
        f"The core of attacks was run{but_for}, which no other attack outdid where all were measured; others"
        if core.issubset(asked)
        else "Attacks"
    )
    return [f"{ran} that this program has were not asked for (remembrain attack RUN all): {', '.join(sorted(others))}."]
