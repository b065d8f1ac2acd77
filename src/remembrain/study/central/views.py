"""What adversaries of one model see: the target's answers, and what models like it say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from remembrain.attacks import REFERENCES, learns_on_shadow
from remembrain.audits.view import Refusal, View
from remembrain.config.recipe import cluster_of, share_of
from remembrain.evidence.power import FEWEST_KNOWN
from remembrain.query import view_of
from remembrain.references.answered_view import answered_shadow, answered_view
from remembrain.references.ensemble import Training
from remembrain.references.references_view import references_view
from remembrain.references.shadow_view import shadow_view
from remembrain.study.central.case import Case
from remembrain.targets.brought import BlackBox
from remembrain.types import Attack


@dataclass(frozen=True, eq=False)
class Views:
    """What adversaries of one model see, and the attacks that they try; others were left out, with why."""

    view: View
    shadow: View | Refusal
    references: View | Refusal
    attacks: tuple[Attack, ...]
    left_out: Mapping[str, str]


def look(case: Case) -> Views:
    """Ask the target, and train and ask the models that attackers of the asked-for kinds would train."""
    signals = case.run.signals / "matched" if case.sample.matched else case.run.signals
    view, attacks = view_of(case.target, case.sample.audited, case.attacks, signals, case.seed)
    shadow, beside = _shadow(case), {need: look(case) for need, look in BESIDE.items()}
    refused = _too_few_known(case)
    left_out: dict[str, str] = {}
    if isinstance(shadow, Refusal):
        left_out = {attack.name: shadow.why for attack in attacks if learns_on_shadow(attack)}
        # it failed, or it was asked for by name: it is answered
        refused |= {name: why for name, why in left_out.items() if shadow.failed or name in case.options.attacks}
    else:
        view = replace(view, teacher=shadow)
        refused |= shadow.refused
    for need, more in beside.items():
        if isinstance(more, Refusal):
            refused |= {attack.name: more.why for attack in attacks if need in attack.needs}
    view = view.beside(**{need: more for need, more in beside.items() if isinstance(more, View)}).refusing(refused)
    tried = tuple(attack for attack in attacks if attack.name in view.refused or attack.name not in left_out)
    return Views(view, shadow, beside[REFERENCES], tried, left_out)


def _shadow(case: Case) -> View | Refusal:
    """Return what attackers who know no member learn from, or why there is nothing."""
    learners = [attack for attack in case.attacks if learns_on_shadow(attack)]
    if not learners:
        return Refusal("no attack learns from a shadow model")
    if isinstance(case.target, BlackBox):
        return answered_shadow(case.target, case.sample.audited, learners, case.run.restricted / "shadow", case.seed)
    return shadow_view(
        case.run,
        case.target,
        case.recipe,
        case.material.of("population"),
        learners,
        trained_on=len(case.material.split.places["member"]),
        seed=case.seed,
    )


def _references_view(case: Case) -> View | Refusal:
    """Return what reference models say of the audited, or why there are none."""
    if isinstance(case.target, BlackBox):
        return answered_view(case.target, case.sample.audited, case.seed)
    if not case.options.references:
        return Refusal("no reference models were asked for (--references)")
    audited, queries, options = case.sample.audited, case.options.queries, case.options
    share = share_of(options, audited.split)
    training = Training(options.references, case.seed, case.workers, cluster_of(options), share)
    return references_view(case.run, case.target, case.recipe, audited, training, queries)


BESIDE: dict[str, Callable[[Case], View | Refusal]] = {REFERENCES: _references_view}
"""What may be seen beside the target's answers, by the need of attacks that it serves."""


def _too_few_known(case: Case) -> dict[str, str]:
    """Return why no attack can learn anything, where the attacker knows too few people."""
    members, others = case.sample.known
    if min(members, others) >= FEWEST_KNOWN:
        return {}
    why = (
        f"the attacker knows {members} members and {others} non-members, and needs {FEWEST_KNOWN} of each to learn from"
    )
    return {attack.name: why for attack in case.attacks if attack.knows == "some members"}
