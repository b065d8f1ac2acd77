"""What stands in the evidence of one attack and of the controls, as it may leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from remembrain.evidence import assess, controls, curves, disclosure
from remembrain.evidence.people import by_scan, join
from remembrain.types import Declared, Interval, Scores


def declared(attack: Declared) -> dict[str, Any]:
    """Return what an attack says of itself."""
    return {
        "name": attack.name,
        "title": attack.title,
        "access": attack.access,
        "knows": attack.knows,
        "needs": list(attack.needs),
        "paper": attack.paper,
    }


def figures(assessment: assess.Assessment, *, pairs: bool) -> dict[str, Any]:
    """Return what an attack achieved as it may leave; the smallest of several victims is one of few."""
    counts = {"n_members": assessment.n_members, "n_nonmembers": assessment.n_nonmembers}
    return disclosure.figures(
        assess.to_json(assessment),
        {name: disclosure.count(number) for name, number in counts.items()} if pairs else None,
    )


def joint(assessment: assess.Assessment | None) -> dict[str, Any] | None:
    """Return an attack's AUC and rates with intervals that hold for all attacks at once."""
    if assessment is None or assessment.auc is None:
        return None
    return disclosure.figures(
        {
            "confidence": assessment.auc.confidence,
            "auc": assess.interval_json(assessment.auc),
            **assess.rates_json(assessment),
        }
    )


def of_scans(repeats: Sequence[Scores], *, pairs: bool) -> dict[str, Any]:
    """Return how scans of a person were put together, and what single scans give, where people have several.

    Fewer than ten further scans are not told of.
    """
    scans = by_scan(repeats)
    if not scans or any(
        len(of_all_scans) - len(of_people) < disclosure.FEWEST
        for of_people, of_all_scans in zip(repeats, scans, strict=True)
    ):
        return {}
    figures = disclosure.figures(assess.to_json(assess.assess(scans, pairs=pairs)))
    single = {name: figures[name] for name in ("auc", "accuracy", "tpr_at_fpr")}
    return {"joined": repeats[0].joined, "per_scan": single}


def interval(share: Interval | None) -> dict[str, Any]:
    """Return a share with its interval as it may leave."""
    return disclosure.in_steps(assess.interval_json(share), disclosure.THOUSANDTH)


def p(value: float | None) -> float | None:
    """Return a p-value as it may leave."""
    return None if value is None else disclosure.number(value, 3)


def control(control: controls.Control) -> dict[str, Any]:
    """Return a control as the report reads it."""
    content: dict[str, Any] = control.to_json()
    attacks = [disclosure.figures({**attack, "p_holm": attack["p_value_adjusted"]}) for attack in content["attacks"]]
    return {**content, "attacks": attacks}


def roc(scores: Sequence[Scores]) -> dict[str, Any]:
    """Return the ROC curve with its null band."""
    return dict(curves.roc_curve(join(scores)).to_json())
