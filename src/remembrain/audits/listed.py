"""What stands in the evidence of one attack, as it may leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from remembrain.evidence import assess, curves, disclosure
from remembrain.evidence.people import by_scan, join
from remembrain.record.attacks import Achieved, Attack, OfScans, OfSeveral
from remembrain.record.numbers import Beyond, Number
from remembrain.types import Declared, Interval, Scores


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands beside an attack's own figures: corrected, compared, under the null, of single scans."""

    p_holm: float | None
    from_blind: Interval | None
    from_black_box: Beyond | None
    of_several: assess.Assessment | None
    null_auc: Interval | None


def listed(attack: Declared, assessment: assess.Assessment, repeats: Sequence[Scores], beside: Beside) -> Attack:
    """Return an attack as it stands in the evidence: what it says of itself, and what it achieved."""
    achieved, single = figures(assessment, repeats), of_scans(repeats)
    return Attack(
        name=attack.name,
        title=attack.title,
        access=attack.access,
        knows=attack.knows,
        needs=tuple(attack.needs),
        paper=attack.paper,
        n_members=achieved.n_members,
        n_nonmembers=achieved.n_nonmembers,
        repeats=achieved.repeats,
        accuracy=achieved.accuracy,
        auc=achieved.auc,
        tpr_at_fpr=achieved.tpr_at_fpr,
        quoted_fpr=achieved.quoted_fpr,
        p_value=achieved.p_value,
        p_value_two_sided=achieved.p_value_two_sided,
        status=achieved.status,
        why=achieved.why,
        p_holm=None if beside.p_holm is None else disclosure.number(beside.p_holm, 3),
        difference_from_blind=interval(beside.from_blind) if beside.from_blind else None,
        difference_from_best_black_box=beside.from_black_box,
        of_several=joint(beside.of_several),
        null_auc=interval(beside.null_auc),
        roc=curves.roc_curve(join(repeats)) if assessment.auc else None,
        joined=repeats[0].joined if single else None,
        per_scan=single,
    )


def figures(assessment: assess.Assessment, repeats: Sequence[Scores]) -> Achieved:
    """Return what an attack achieved as it may leave; the smallest of several victims is one of few."""
    achieved = disclosure.figures(assess.achieved(assessment))
    if not repeats or repeats[0].repeated != "pairs":
        return achieved
    n_members, n_nonmembers = (disclosure.count(n) for n in (assessment.n_members, assessment.n_nonmembers))
    return replace(achieved, n_members=n_members, n_nonmembers=n_nonmembers)


def joint(assessment: assess.Assessment | None) -> OfSeveral | None:
    """Return an attack's AUC and rates with intervals that hold for all attacks at once."""
    if assessment is None or assessment.auc is None:
        return None
    return disclosure.figures(
        OfSeveral(
            confidence=assessment.auc.confidence,
            auc=assess.as_number(assessment.auc),
            tpr_at_fpr=assess.rates(assessment),
            quoted_fpr=assessment.quoted_fpr,
        )
    )


def of_scans(repeats: Sequence[Scores]) -> OfScans | None:
    """Return what single scans give, where people have several; fewer than ten further scans are not told of."""
    scans = by_scan(repeats)
    if not scans or any(
        len(of_all_scans) - len(of_people) < disclosure.FEWEST
        for of_people, of_all_scans in zip(repeats, scans, strict=True)
    ):
        return None
    single = figures(assess.assess(scans), scans)
    return OfScans(auc=single.auc, accuracy=single.accuracy, tpr_at_fpr=single.tpr_at_fpr)


def interval(share: Interval | None) -> Number:
    """Return a share with its interval as it may leave."""
    return disclosure.in_steps(assess.as_number(share), disclosure.THOUSANDTH)
