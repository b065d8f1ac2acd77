"""What a defence costs against what it still gives away: the settings that nothing beats, and the line over them.

A *setting* is a defence of one strength, with its figures over seeds (:mod:`~remembrain.evidence.over_seeds`). The
settings share their people. This module must not know what a defence is, nor which attack was run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float
from scipy import stats

from remembrain._validate import one_number_a_scan, same_length
from remembrain.evidence.leakage import PUBLISHED as PUBLISHED_SLOPES
from remembrain.record.defences import Line, Published, PublishedPoint
from remembrain.record.numbers import Number, array
from remembrain.record.settings import FRONTS, Setting, leakage
from remembrain.record.target import PublishedSlope
from remembrain.types import Declared

PUBLISHED = Published(
    slopes=tuple(PublishedSlope(network=network, slope=slope) for network, slope in PUBLISHED_SLOPES),
    network="2D-slice-mean",
    points=tuple(
        PublishedPoint(mae=mae, accuracy=accuracy, gap=gap)
        for mae, accuracy, gap in (
            (2.92, 0.804, 1.88),
            (2.96, 0.757, 1.53),
            (3.11, 0.638, 0.79),
            (3.26, 0.563, 0.42),
            (3.64, 0.526, 0.17),
            (4.31, 0.511, 0.02),
        )
    ),
)
"""Models under differential privacy of Gupta et al. 2021 (MIDL, arXiv 2105.02866), read off its figure, and the slopes
of its lines: no benchmark for other data."""

_LEAST_SPREAD = 1e-6


def strongest(attacks: Sequence[Declared], setting: Setting) -> Declared | None:
    """Return the one of these attacks with the greatest mean AUC on a setting; none where none was assessed."""
    able = [attack for attack in attacks if attack.name in setting.attacks and setting.attacks[attack.name].auc.known]
    return max(able, key=lambda attack: setting.attacks[attack.name].auc.ends()[0], default=None)


def with_headline(attacks: Sequence[Declared], setting: Setting, headline: str) -> Setting:
    """Return a setting with the attack that stands for it: the headline, or the best on predictions where these are
    what is changed, or the headline was not run.
    """
    if setting.protects == "weights" and headline in setting.attacks:
        return replace(setting, headline=headline)
    best = strongest([attack for attack in attacks if attack.access == "outputs"], setting)
    return replace(setting, headline=best.name if best else headline)


def with_fronts(settings: Sequence[Setting]) -> tuple[Setting, ...]:
    """Return the settings, each with whether no other one beats it in error and leakage at once.

    Those are compared that change the model and face the attack that stands for the first. Where only predictions are
    defended, attackers with the weights are left out: such settings stand on no front.
    """
    first = settings[0].headline
    error = array([setting.mae.value if _alike(setting, first) else None for setting in settings])
    by_auc, by_tpr = (
        pareto(error, array([leakage(setting, front).value for setting in settings])).tolist() for front in FRONTS
    )
    return tuple(
        replace(setting, pareto_auc=auc, pareto_tpr=tpr)
        for setting, auc, tpr in zip(settings, by_auc, by_tpr, strict=True)
    )


def pareto(error: Float[np.ndarray, "setting"], leakage: Float[np.ndarray, "setting"]) -> Bool[np.ndarray, "setting"]:
    """Return which settings no other one beats: none has at most its error and at most its leakage, and less of one.

    Settings that are equal in both beat nobody of the two. A setting that was not assessed (NaN in either) stands on
    no front and beats nothing. It goes by the figures alone: where intervals overlap, the order may be chance.

    Parameters
    ----------
    error, leakage
        Of each setting, the less the better; any unit.

    Raises
    ------
    DataError
        Where shapes differ, or a number is infinite.
    """
    same_length(error=error, leakage=leakage)
    known = ~(np.isnan(error) | np.isnan(leakage))
    one_number_a_scan(error[known], "error by setting")
    one_number_a_scan(leakage[known], "leakage by setting")
    front = np.zeros(len(error), dtype=bool)
    least, of_error = np.inf, np.inf
    for place in np.lexsort((leakage, error)):
        if not known[place]:
            continue
        equal = leakage[place] == least and error[place] == of_error
        if leakage[place] < least or equal:
            front[place] = True
            least, of_error = float(leakage[place]), float(error[place])
    return front


def line_of(settings: Sequence[Setting], attack: str) -> Line | None:
    """Return the line of an attack's accuracy over overfitting, over settings that change the model and that it stands
    for; as in :func:`line_over_settings`.
    """
    alike = [setting for setting in settings if _alike(setting, attack)]
    gap = array([setting.gap.value for setting in alike])
    return line_over_settings(gap, array([setting.achieved.accuracy.value for setting in alike]), attack=attack)


def line_over_settings(
    gap: Float[np.ndarray, "setting"],
    accuracy: Float[np.ndarray, "setting"],
    *,
    attack: str,
    confidence: float = 0.95,
) -> Line | None:
    """Return the line of an attack's accuracy over overfitting, by least squares over settings.

    Gupta et al. 2021 (MIDL, arXiv 2105.02866) draw it over models under more and less noise, r = 0.99. The slope is a
    share a year, with Student's interval on n - 2 degrees of freedom: for other settings *judged on these people*. The
    settings share their people, whose choice moves all points together; what other people would do to the slope is not
    in the interval. Wrong for the epochs of one training, which are not independent: for those see
    :func:`~remembrain.evidence.leakage.leakage_line`. Settings with NaN were not assessed and are left out.

    Parameters
    ----------
    gap
        Non-members' mean absolute error less members', in years.
    accuracy
        Balanced accuracy of one attack, the same for all settings.
    attack
        Which.
    confidence
        Of the slope's interval.

    Returns
    -------
    line
        Nothing where fewer than 3 settings are known or the gap never moves.

    Raises
    ------
    DataError
        Where shapes differ, or a number is infinite.
    """
    same_length(gap=gap, accuracy=accuracy)
    known = ~(np.isnan(gap) | np.isnan(accuracy))
    gap, accuracy = gap[known], accuracy[known]
    one_number_a_scan(gap, "gap by setting")
    one_number_a_scan(accuracy, "accuracy by setting")
    centred = gap - gap.mean() if len(gap) else gap
    if len(gap) < 3 or float(centred @ centred) < _LEAST_SPREAD:
        return None
    fit = stats.linregress(gap, accuracy)
    slope, reach = float(fit.slope), float(stats.t.ppf((1 + confidence) / 2, len(gap) - 2)) * float(fit.stderr)
    return Line(
        attack=attack,
        slope=Number(value=slope, low=slope - reach, high=slope + reach),
        intercept=float(fit.intercept),
        r=float(fit.rvalue) if np.ptp(accuracy) > 0 else 0.0,
        n=len(gap),
    )


def _alike(setting: Setting, attack: str) -> bool:
    """Tell whether a setting changes the model, and this attack stands for it."""
    return setting.protects == "weights" and setting.headline == attack
