"""What one audit comes to, put together as it stands in ``evidence.json``; every part is described elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remembrain.audits import judge, people
from remembrain.audits.described_target import describe_target
from remembrain.audits.not_tested import not_tested
from remembrain.audits.number_of_models import Measured, power_over_models
from remembrain.audits.play import Played
from remembrain.audits.view import Refusal, facts_of
from remembrain.evidence import disclosure
from remembrain.evidence.calibration import Membership
from remembrain.evidence.factors import Groups
from remembrain.evidence.feeding import Feeding
from remembrain.query import Layers, hashes_of
from remembrain.query.checkpoints import describe_checkpoints
from remembrain.record.federation import Federation
from remembrain.record.model import Audit, Evidence
from remembrain.record.people import Data
from remembrain.record.privacy import Privacy
from remembrain.record.references import References
from remembrain.record.target import Curves, ErrorCurves, Shadow, Target
from remembrain.run import EVIDENCE, sha256
from remembrain.study.central.case import Case
from remembrain.study.central.views import Views
from remembrain.study.selftest_kept import read_last
from remembrain.targets.brought import BlackBox
from remembrain.types import Attack


@dataclass(frozen=True, eq=False)
class Outcome:
    """What attacks on the released model come to.

    Attributes
    ----------
    views, played
        What its adversaries see, and what attacks said of it.
    judged
        What that shows.
    kinds, compared
        The kinds of people, and how members and others differ by themselves.
    fed
        How a model that was trained elsewhere is fed.
    unproven
        Why less may have been seen than there is to see: a lower bound stays one.
    """

    views: Views
    played: Played
    judged: judge.Evidence
    kinds: people.Kinds
    compared: Groups
    fed: Feeding | None
    unproven: str

    @property
    def able(self) -> list[Attack]:
        """The attacks that were run."""
        return [attack for attack in self.views.attacks if attack.name not in self.played.refused]


def evidence_of(
    case: Case, outcome: Outcome, judged: judge.Evidence, privacy: Privacy, federation: Federation | None
) -> tuple[Evidence, Membership | None]:
    """Return all that an audit comes to, and what it says of single people; ``judged`` is of insiders too."""
    audited, views, played, kinds = case.sample.audited, outcome.views, outcome.played, outcome.kinds
    exposed = people.describe_exposed(audited, kinds, played.of("real"), judged.of_several, case.seed)
    threats = None if federation is None else federation.threats
    untested = not_tested(
        views.attacks, played.refused, views.left_out, threats, answers_alone=isinstance(case.target, BlackBox)
    )
    target, errors = _target(case, outcome)
    evidence = Evidence(
        schema=EVIDENCE,
        audit=_audit(case),
        target=target,
        people=people.describe_people(case.material, kinds),
        data=Data(notes=people.describe_notes(case.material)),
        groups=outcome.compared.written(people.describe_matched(case.sample.matched)),
        attacks=judged.attacks,
        controls=judged.controls,
        findings=judged.findings,
        exposure=exposed.exposure,
        posterior=exposed.posterior,
        reliability=exposed.reliability,
        shadow=facts_of(views.shadow, Shadow),
        references=_references(case, outcome),
        federation=federation,
        privacy=privacy,
        curves=Curves(errors=errors),
        not_tested=(*case.origin.dropped, *untested),
        selftest=read_last(),
    )
    return evidence, exposed.membership


def _audit(case: Case) -> Audit:
    """Return how the audit came about, and how many people the attacker knew, as it may leave."""
    run, origin, (known_members, known_nonmembers) = case.run, case.origin, case.sample.known
    sealed = run.seal({"split": sha256(run.split), "scans": case.sample.audited.key()})
    return Audit(
        command=origin.command,
        created=origin.created,
        version=origin.version,
        versions=origin.versions,
        model=origin.model,
        commands=origin.commands,
        dropped=origin.dropped,
        seed=case.seed,
        confidence=0.95,
        alpha=0.05,
        repeats=case.options.repeats,
        hashes={**hashes_of(run, case.target), **sealed},
        known_members=disclosure.total(known_members),
        known_nonmembers=disclosure.total(known_nonmembers),
    )


def _references(case: Case, outcome: Outcome) -> References | None:
    """Return what stands in the evidence of reference models, where there are any."""
    views, facts = outcome.views, facts_of(outcome.views.references, References)
    if facts is None or isinstance(views.references, Refusal):
        return None
    measured = Measured(case.sample.real, outcome.played.of("real"), case.seed, case.run.kept_scores, case.workers)
    gained = power_over_models(views.view, views.references.signals, outcome.able, measured)
    return replace(
        facts,
        power=gained.power,
        best=gained.best,
        enough=gained.enough,
        seconds=gained.seconds,
        beside=gained.beside,
    )


def _target(case: Case, outcome: Outcome) -> tuple[Target, ErrorCurves | None]:
    """Return what was audited, how well it predicts, and how training went; and the densities of its errors."""
    views, layers = outcome.views, facts_of(outcome.views.view, Layers)
    described, errors = describe_target(case.run, case.target, case.sample, views.view, case.recipe, outcome.fed)
    checkpoints, failed = describe_checkpoints(
        case.run, case.target, case.sample, views.attacks, case.seed, case.workers
    )
    notes = (*described.notes, failed) if failed else described.notes
    names = layers.names if layers else {}
    return replace(described, layers=names, checkpoints=checkpoints, notes=notes), errors
