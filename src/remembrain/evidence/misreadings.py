"""What predictions look like that are in another unit, scale or direction than what they should be near.

This module must not know whose predictions they are, or what follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

_UNITS = (
    (12.0, "months, where the {name} is in years"),
    (365.25, "days, where the {name} is in years"),
    (100.0, "hundredths of the {name}"),
    (1 / 12, "years, where the {name} is in months"),
    (1 / 365.25, "years, where the {name} is in days"),
    (0.01, "the {name} divided by 100"),
)


def hints(
    predicted: Float[np.ndarray, "scan"],
    reference: Float[np.ndarray, "scan"],
    against: str,
    name: str,
    *,
    least: float = 0.0,
) -> tuple[str, ...]:
    """Return what predictions look like that do not go with what they should be near.

    Parameters
    ----------
    predicted, reference
        Predictions, and what they should be near: the truth, or the owner's own predictions.
    against, name
        What the reference and the label are called.
    least
        A mean absolute error that is not worth a word: models hang back towards the mean a little, and are off a
        little, by themselves.
    """
    spread, wanted = float(predicted.std()), float(reference.std())
    if spread <= 1e-3 * wanted or spread == 0:
        return (f"everybody is predicted the same number ({predicted.mean():.4g})",)
    if wanted == 0:
        return ()
    found = []
    r = float(np.corrcoef(predicted, reference)[0, 1])
    if r < 0 and r * np.sqrt(max(1, len(predicted) - 2) / max(1e-12, 1 - r**2)) < -4:
        found.append(f"predictions run the wrong way: the greater {against}, the smaller they are (r = {r:.2f})")
    pair = _Pair(predicted, reference, against, name)
    if pair.error > least:
        odd = (looks(pair) for looks in (_unit, _standardised, _shifted, _scaled))
        found += [text for text in odd if text][:1]
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Pair:
    """Predictions, what they should be near, and what that and the label are called."""

    predicted: Float[np.ndarray, "scan"]
    reference: Float[np.ndarray, "scan"]
    against: str
    name: str

    @property
    def error(self) -> float:
        """Mean absolute difference of the two."""
        return float(np.abs(self.predicted - self.reference).mean())


def _unit(pair: _Pair) -> str:
    """Say which other unit predictions look to be in."""
    predicted, reference = pair.predicted, pair.reference
    middle, spread = float(np.median(reference)), float(predicted.std() / reference.std())
    for factor, words in _UNITS:
        if middle and 0.9 < float(np.median(predicted)) / (factor * middle) < 1.1 and 0.3 < spread / factor < 3:
            left = float(np.abs(predicted / factor - reference).mean())
            if left < pair.error / 3:
                return f"predictions look like {words.format(name=pair.name)} (about {factor:.3g} times {pair.against})"
    return ""


def _standardised(pair: _Pair) -> str:
    """Say that predictions look like z-scores, or like a label that was brought between 0 and 1."""
    mean, spread = float(pair.predicted.mean()), float(pair.predicted.std())
    far = abs(float(pair.reference.mean())) > 3 * max(1.0, abs(mean) + spread)
    if far and abs(mean) < 1 and 0.05 < spread < 2:
        within = pair.predicted.min() >= -0.1 and pair.predicted.max() <= 1.1
        kind = "a label between 0 and 1" if within else "z-scores"
        return (
            f"predictions look like {kind} (mean {mean:.2g}, SD {spread:.2g}): a function age(output) beside the class "
            "can turn them back"
        )
    return ""


def _shifted(pair: _Pair) -> str:
    """Say by how much all predictions are off, where that is most of their error and the spread is as it should be."""
    away = pair.predicted - pair.reference
    shift = float(np.median(away))
    alike = 0.5 < float(pair.predicted.std()) / float(pair.reference.std()) < 2
    if alike and float(np.abs(away - shift).mean()) < 2 / 3 * pair.error:
        return f"predictions are off {pair.against} by about {shift:+.3g} for everybody"
    return ""


def _scaled(pair: _Pair) -> str:
    """Say which straight line takes most of their error from predictions."""
    reference = pair.reference
    slope, start = np.polyfit(pair.predicted, reference, 1)
    left = float(np.abs(start + slope * pair.predicted - reference).mean())
    if left < pair.error / 2 and left < 0.8 * float(np.abs(reference - np.median(reference)).mean()):
        return f"predictions are in another scale: {pair.against} is about {start:.3g} {slope:+.3g} times as much"
    return ""
