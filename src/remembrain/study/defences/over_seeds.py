"""What settings of defences come to over their seeds: means with the interval of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remembrain.evidence import tradeoff
from remembrain.evidence.assess import interval_json
from remembrain.evidence.errors_of_years import Years
from remembrain.types import Interval

Told = Mapping[str, Any]
SHARE = (0.0, 1.0)
TPRS = ("0.1", "0.01", "0.001")


def attack(name: str, found: Sequence[Told]) -> dict[str, Any]:
    """Return one attack's figures, means over the seeds; not assessed where it was not with one of them."""
    each = [one for content in found for one in content["attacks"] if one["name"] == name]
    broken = next((one for one in each if one["status"] != "assessed"), None)
    if broken is not None or len(each) < len(found):
        why = broken["why"] if broken is not None else "it was not run with every seed"
        missing = {"value": None, "low": None, "high": None, "why": why}
        rates = dict.fromkeys(TPRS, missing)
        return {"auc": missing, "accuracy": missing, "tpr_at_fpr": rates, "status": "not assessed", "why": why}
    return {
        "auc": _share(each, [one["auc"] for one in each]),
        "accuracy": _share(each, [one["accuracy"] for one in each]),
        "tpr_at_fpr": {rate: _share(each, [one["tpr_at_fpr"].get(rate) for one in each]) for rate in TPRS},
        "status": "assessed",
        "why": "",
        "n_members": min(one["n_members"] for one in each),
        "n_nonmembers": min(one["n_nonmembers"] for one in each),
    }


def _share(each: Sequence[Told], numbers: Sequence[Told | None]) -> dict[str, Any]:
    """Return the mean over seeds of a share, or why there is none."""
    lacks = next((one for one in numbers if one is None or one.get("value") is None), Ellipsis)
    if lacks is not Ellipsis:
        why = (lacks or {}).get("why") or "it was not assessed with every seed"
        return {"value": None, "low": None, "high": None, "why": why}
    intervals = [
        Interval(one["value"], one["low"], one["high"], of["n_members"], of["n_nonmembers"])
        for one, of in zip(numbers, each, strict=True)
        if one is not None
    ]
    return {**interval_json(tradeoff.over_seeds(intervals, bounds=SHARE))}


def years(numbers: Sequence[Told | None], bounds: tuple[float, float] | None = None) -> dict[str, Any]:
    """Return the mean over seeds of a number of years, or that it is not known."""
    if any(one is None or one.get("value") is None for one in numbers):
        return {"value": None, "low": None, "high": None, "why": "too few people to say"}
    each = [Years(one["value"], one["low"], one["high"], one["n"]) for one in numbers if one is not None]
    return dict(tradeoff.over_seeds(each, bounds=bounds).to_json())


def private(found: Sequence[Told]) -> list[Told]:
    """Return what each private training promised."""
    made = [one["privacy"]["training"] for one in found if one["privacy"] and one["privacy"]["training"]]
    return [one for one in made if one["epsilon"] is not None]


def epsilon(found: Sequence[Told]) -> dict[str, Any] | None:
    """Return the largest epsilon that was promised over the seeds, where any was."""
    made = private(found)
    if not made:
        return None
    most = max(made, key=lambda one: float(one["epsilon"]))
    return {"value": most["epsilon"], "delta": most["delta"], "second": most["second_epsilon"]}


def lower_bound(found: Sequence[Told]) -> dict[str, Any] | None:
    """Return the greatest lower bound on epsilon over the seeds, at a confidence that holds for all together."""
    bounds = [bound for one in found if one["privacy"] for bound in one["privacy"]["bounds"]]
    if not bounds:
        return None
    most = max(bounds, key=lambda one: float(one["value"]))
    return {"value": most["value"], "estimator": most["title"], "confidence": max(0.0, 1 - 0.05 * len(found))}


def number(found: Told | None) -> float:
    """Return a number, NaN where it is not known."""
    value = None if found is None else found.get("value")
    return float("nan") if value is None else float(value)
