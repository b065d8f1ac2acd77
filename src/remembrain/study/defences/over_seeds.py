"""What settings of defences come to over their seeds: means with the interval of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remembrain.evidence import tradeoff
from remembrain.evidence.assess import interval_json
from remembrain.evidence.errors_of_years import Years
from remembrain.types import Interval

Content = Mapping[str, Any]
SHARE = (0.0, 1.0)
TPRS = ("0.1", "0.01", "0.001")


def attack(name: str, contents: Sequence[Content]) -> dict[str, Any]:
    """Return one attack's figures, means over the seeds; not assessed where it was not with one of them."""
    results = [result for content in contents for result in content["attacks"] if result["name"] == name]
    broken = next((result for result in results if result["status"] != "assessed"), None)
    if broken is not None or len(results) < len(contents):
        why = broken["why"] if broken is not None else "it was not run with every seed"
        missing = {"value": None, "low": None, "high": None, "why": why}
        rates = dict.fromkeys(TPRS, missing)
        return {"auc": missing, "accuracy": missing, "tpr_at_fpr": rates, "status": "not assessed", "why": why}
    return {
        "auc": _share(results, [result["auc"] for result in results]),
        "accuracy": _share(results, [result["accuracy"] for result in results]),
        "tpr_at_fpr": {rate: _share(results, [result["tpr_at_fpr"].get(rate) for result in results]) for rate in TPRS},
        "status": "assessed",
        "why": "",
        "n_members": min(result["n_members"] for result in results),
        "n_nonmembers": min(result["n_nonmembers"] for result in results),
    }


def _share(results: Sequence[Content], numbers: Sequence[Content | None]) -> dict[str, Any]:
    """Return the mean over seeds of a share, or why there is none."""
    lacks = next((figure for figure in numbers if figure is None or figure.get("value") is None), Ellipsis)
    if lacks is not Ellipsis:
        why = (lacks or {}).get("why") or "it was not assessed with every seed"
        return {"value": None, "low": None, "high": None, "why": why}
    intervals = [
        Interval(figure["value"], figure["low"], figure["high"], result["n_members"], result["n_nonmembers"])
        for figure, result in zip(numbers, results, strict=True)
        if figure is not None
    ]
    return {**interval_json(tradeoff.over_seeds(intervals, bounds=SHARE))}


def years(numbers: Sequence[Content | None], bounds: tuple[float, float] | None = None) -> dict[str, Any]:
    """Return the mean over seeds of a number of years, or that it is not known."""
    if any(figure is None or figure.get("value") is None for figure in numbers):
        return {"value": None, "low": None, "high": None, "why": "too few people to say"}
    by_seed = [
        Years(figure["value"], figure["low"], figure["high"], figure["n"]) for figure in numbers if figure is not None
    ]
    return dict(tradeoff.over_seeds(by_seed, bounds=bounds).to_json())


def private(contents: Sequence[Content]) -> list[Content]:
    """Return what each private training promised."""
    trainings = [
        content["privacy"]["training"] for content in contents if content["privacy"] and content["privacy"]["training"]
    ]
    return [training for training in trainings if training["epsilon"] is not None]


def epsilon(contents: Sequence[Content]) -> dict[str, Any] | None:
    """Return the largest epsilon that was promised over the seeds, where any was."""
    trainings = private(contents)
    if not trainings:
        return None
    most = max(trainings, key=lambda training: float(training["epsilon"]))
    return {"value": most["epsilon"], "delta": most["delta"], "second": most["second_epsilon"]}


def lower_bound(contents: Sequence[Content]) -> dict[str, Any] | None:
    """Return the greatest lower bound on epsilon over the seeds, at a confidence that holds for all together."""
    bounds = [bound for content in contents if content["privacy"] for bound in content["privacy"]["bounds"]]
    if not bounds:
        return None
    most = max(bounds, key=lambda bound: float(bound["value"]))
    return {"value": most["value"], "estimator": most["title"], "confidence": max(0.0, 1 - 0.05 * len(contents))}


def number(figure: Content | None) -> float:
    """Return a number, NaN where it is not known."""
    value = None if figure is None else figure.get("value")
    return float("nan") if value is None else float(value)
