"""Audits of models under defences, put together as the record of a comparison: a setting a row, over its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remembrain.evidence import over_seeds, tradeoff
from remembrain.record import defences as record
from remembrain.record.model import Evidence
from remembrain.record.settings import Setting
from remembrain.run import EVIDENCE
from remembrain.targets.defences import DEFENCES
from remembrain.types import Declared

_ERROR = (0.0, float("inf"))
_WHY = "the greatest mean AUC of all attacks on the undefended model, chosen before any defence was looked at"


@dataclass(frozen=True, eq=False)
class Trained:
    """What a defence of one strength comes to, by the seed of each training: its run, in words, and its evidence.

    A strength of ``None`` is the model without a defence.
    """

    defence: str
    strength: float | None
    runs: Mapping[int, str]
    audits: tuple[Evidence, ...]


def compare(
    trained: Sequence[Trained],
    attacks: Sequence[Declared],
    made: record.Audit,
    cost: record.Cost,
    failed: Sequence[record.Failed],
    *,
    federated: bool,
) -> record.Defences:
    """Return the record of a comparison, without the sentences at its head.

    Parameters
    ----------
    trained
        Every setting, the undefended model first.
    attacks
        That the models were attacked by.
    made, cost
        How the comparison came about, and what trying all of them costs.
    failed
        Which models are left out.
    federated
        Whether they were trained by several sites.
    """
    first, rows = trained[0].audits[0], [_row(attacks, setting) for setting in trained]
    best = tradeoff.strongest(attacks, rows[0]) or attacks[0]  # whatever is strongest elsewhere
    settings = tradeoff.with_fronts([tradeoff.with_headline(attacks, row, best.name) for row in rows])
    mean, target = first.target.mae.mean_predictor, first.target
    return record.Defences(
        kind="defences",
        schema=EVIDENCE,
        audit=made,
        target=record.Target(
            name=target.name, form=target.form, label=target.label, unit=target.unit, federated=federated
        ),
        people=_people(first),
        headline=record.Headline(name=best.name, title=best.title, access=best.access, knows=best.knows, why=_WHY),
        attacks=tuple(
            record.KnownAttack(name=attack.name, title=attack.title, access=attack.access, knows=attack.knows)
            for attack in attacks
        ),
        mean_predictor=mean.value if mean else None,
        settings=settings,
        line=tradeoff.line_of(settings, best.name),
        published=tradeoff.PUBLISHED,
        cost_of_trying=cost,
        failed=tuple(failed),
    )


def _row(attacks: Sequence[Declared], trained: Trained) -> Setting:
    """Return one setting: means over its seeds."""
    audits, kind = trained.audits, DEFENCES.get(trained.defence)
    ran, errors = {attack.name for attack in audits[0].attacks}, [audit.target.mae for audit in audits]
    return Setting(
        defence=trained.defence,
        title=kind.title if kind else "Undefended",
        parameter=kind.parameter if kind else "",
        strength=trained.strength,
        paper=kind.paper if kind else "",
        protects=kind.protects if kind else "weights",
        seeds=tuple(trained.runs),
        epsilon=over_seeds.epsilon(audits),
        mae_members=over_seeds.years([mae.members for mae in errors], _ERROR),
        mae=over_seeds.years([mae.nonmembers for mae in errors], _ERROR),
        gap=over_seeds.years([audit.target.gap for audit in audits]),
        attacks={attack.name: over_seeds.achieved(attack.name, audits) for attack in attacks if attack.name in ran},
        headline="",
        lower_bound=over_seeds.lower_bound(audits),
        finding=over_seeds.finding(audits),
        runs=tuple(trained.runs.values()),
    )


def _people(first: Evidence) -> record.People:
    """Return how many people were trained on, were not, and were tested."""
    members, others = first.people.group("member"), first.people.group("nonmember")
    tested = next((attack for attack in first.attacks if attack.n_members), None)
    return record.People(
        members=members.people if members else 0,
        nonmembers=others.people if others else 0,
        tested_members=tested.n_members if tested else 0,
        tested_nonmembers=tested.n_nonmembers if tested else 0,
        source=first.people.source,
    )
