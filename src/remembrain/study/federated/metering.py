"""What a site's meter audits: a community model, of the class and on the people that the site or its training names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from remembrain.audits.feeding import owner_of
from remembrain.audits.judge import Evidence
from remembrain.cohort.material import Material
from remembrain.config import AttackOptions
from remembrain.errors import UsageError
from remembrain.federation.flare.plan import Plan
from remembrain.federation.flare.site_file import MeterOptions
from remembrain.federation.metering import Audit, own_people, site_target
from remembrain.query import select_attacks
from remembrain.study.central.from_arrays import FROM_PYTHON, Network, audit_network
from remembrain.study.central.given import People
from remembrain.study.central.in_one_go import Request, audit_target
from remembrain.targets.imported import made_with
from remembrain.targets.model import Target

_REPEATS = 2


def audit_of(options: MeterOptions, weights: Mapping[str, Tensor], round_: int) -> Audit:
    """Return the audit of a model of the class, and on the people, that a site's own file names.

    Raises
    ------
    UsageError
        Where it names none: only this program's own training says by itself what is trained, and on whom.
    """
    network, people = options.network, options.people
    if network is None or people is None:
        raise UsageError(
            "[meter] names no network or no people, which are known by themselves of this program's trainings alone",
            expected='network = "model.py:Net" and people = "people.py:people"',
        )

    def audit(folder: Path) -> Evidence:
        return _audited(made_with(network, weights, _where(round_), options.arguments), people, options, folder)

    return audit


def audit_at_site(
    options: MeterOptions, plan: Plan, state: Mapping[str, Tensor], material: Material, round_: int
) -> Audit:
    """Return the audit of a community model by a site's meter, on those whom the site trains on and those it left out.

    What its file says of a network or people counts for more.
    """
    network, people = options.network, options.people
    if network and people:
        return audit_of(options, state, round_)
    target = (
        made_with(network, state, _where(round_), options.arguments)
        if network
        else site_target(plan, material, state, _where(round_))
    )

    def audit(folder: Path) -> Evidence:
        if people:
            return _audited(target, people, options, folder)
        chosen, command = _attack_options(options), f"the leakage meter, after round {round_}"
        attacks = select_attacks(chosen.attacks)
        return audit_target(target, material, attacks, Request(folder, chosen, plan.seed, command=command))

    return audit


def _audited(target: Target, people: str, options: MeterOptions, folder: Path) -> Evidence:
    """Audit a model on the people whom a site's own function returns."""
    said = own_people(people)
    owner = owner_of(said.pop("owner_predictions", None), said.pop("owner_tolerance", None))
    inputs, extra = said.pop("inputs"), said.pop("extra", None)
    network = Network(target.module, age_of=target.age_hook, loss=target.loss_hook, extra=extra)
    request = Request(folder, _attack_options(options), command=FROM_PYTHON)
    return audit_network(network, inputs, People(**said), request, owner)


def _attack_options(options: MeterOptions) -> AttackOptions:
    """Return how a model is attacked."""
    return AttackOptions(attacks=options.attacks, repeats=_REPEATS)


def _where(round_: int) -> Path:
    """Return what a round's model is called."""
    return Path(f"the model of round {round_}")
