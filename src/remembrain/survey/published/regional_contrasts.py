"""Contrasts of a table of regions: in which direction they go, and whether all that is told of one can be true.

d, g, t and z of a region, and the means, spreads and people of its two groups, each say between which ends its d lies.
Where two have none in common, a column is not what its heading says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import gammaln

from remembrain._text import few, shown
from remembrain.survey.contrasts import as_effect, as_told
from remembrain.survey.layout import Statistic
from remembrain.survey.published.regional_headings import CONTRASTS, Kind

_FINE = 1e-6


@dataclass(frozen=True, eq=False)
class Told:
    """Statistics of the two groups of every region, NaN where none is told, with half of each last place.

    ``means``, ``sds`` and ``people`` have a row a group; ``columns`` are contrasts by what they are.
    """

    regions: Sequence[str]
    means: Float[np.ndarray, "2 region"]
    means_half: Float[np.ndarray, "2 region"]
    sds: Float[np.ndarray, "2 region"]
    sds_half: Float[np.ndarray, "2 region"]
    people: Float[np.ndarray, "2 region"]
    columns: Mapping[Kind, Float[np.ndarray, "2 region"]]
    """Values, and half of their last places."""

    def ends(self, kind: Kind) -> Float[np.ndarray, "2 region"]:
        """Return between which ends d lies by a column; everywhere where it is not told."""
        value, half = self.columns[kind]
        low, high = (
            effect_of(value + way * (half + _FINE * (1 + np.abs(value))), kind, self.people) for way in (-1, 1)
        )
        there = np.isfinite(low) & np.isfinite(high)
        return np.stack([np.where(there, low, -np.inf), np.where(there, high, np.inf)])

    def ends_of_means(self) -> Float[np.ndarray, "2 region"]:
        """Return between which ends d lies by means and spreads, whether these are of n - 1 or of n."""
        room = self.means_half.sum(axis=0) + _FINE * np.abs(self.means).max(axis=0)
        apart = self.means[1] - self.means[0]
        low, high = apart - room, apart + room
        narrow, wide = self._spread()
        with np.errstate(invalid="ignore", divide="ignore"):
            ends = np.stack(
                [np.where(low > 0, low / wide, low / narrow), np.where(high > 0, high / narrow, high / wide)]
            )
        ends = np.where(np.isnan(ends), 0.0, ends)
        return np.where(np.isfinite(apart), ends, np.array([[-np.inf], [np.inf]]))

    def _spread(self) -> Float[np.ndarray, "2 region"]:
        """Return between which ends the standard deviation within both groups lies."""
        free = self.people - 1
        low, high = (np.maximum(self.sds + way * self.sds_half, 0.0) for way in (-1, 1))
        with np.errstate(invalid="ignore", divide="ignore"):
            pooled = [np.sqrt((free * sd**2).sum(axis=0) / free.sum(axis=0)) for sd in (low, high)]
            pooled[1] = pooled[1] * np.sqrt((self.people / free).max(axis=0))
        narrow = np.where(np.isfinite(pooled[0]), pooled[0], low.min(axis=0))
        wide = np.where(np.isfinite(pooled[1]), pooled[1], high.max(axis=0))
        return np.stack([np.nan_to_num(narrow), np.where(np.isnan(wide), np.inf, wide)])


def effect_of(value: Float[np.ndarray, "region"], kind: Kind, people: Float[np.ndarray, "2 region"]) -> np.ndarray:
    """Return Cohen's d of what is told as ``kind``: NaN where it needs to be known of how many people, and is not.

    Hedges' g is d times J = Gamma(f/2) / (sqrt(f/2) Gamma((f-1)/2)) of f degrees of freedom (Hedges 1981).
    """
    if kind == "d":
        return value
    known = np.isfinite(people).all(axis=0) & (people.sum(axis=0) > 3) & (people.min(axis=0) >= 1)
    sizes = np.where(known, people, 2.0)
    if kind == "g":
        half = (sizes.sum(axis=0) - 2) / 2
        found = value / np.exp(gammaln(half) - gammaln(half - 0.5) - np.log(half) / 2)
    else:
        found = as_effect(value, sizes, "t" if kind == "t" else "z")
    return np.asarray(np.where(known, found, np.nan))


@dataclass(frozen=True, eq=False)
class Signs:
    """By what each column is to be multiplied, region by region; what is to be said of it, and what is wrong."""

    sign: dict[Kind, Float[np.ndarray, "region"]]
    notes: list[str]
    problems: list[str]


def signs_of(
    told: Told, said: Mapping[Kind, int], declared: int, titles: Sequence[str], *, plain: bool = True
) -> Signs:
    """Return the direction of each column: its heading's, or that of means, of another column, or that declared.

    Parameters
    ----------
    told
        What stands in the table.
    said
        The direction of each column by words of the table, 0 where they do not say it.
    declared
        That which the user says, 0 where nothing is said.
    titles
        What the groups are called, the second less the first being 1.
    plain
        Whether contrasts are those of the means beside them, and not adjusted ones.
    """
    found = Signs({}, [], [])
    known = told.ends_of_means() if plain else _anywhere(told)
    for kind in sorted((kind for kind in CONTRASTS if kind in told.columns), key=lambda kind: not said[kind]):
        ends = told.ends(kind)
        sign, what = _sign(told, kind, said[kind], declared, known)
        if sign is None and not what and found.sign:
            found.notes.append(f"in which direction {kind} goes is not told: it is not used")
            continue
        if sign is None:
            what = what or _ASK.format(kind=kind, names=shown(f"{titles[1]} - {titles[0]}"))
            found.problems.append(what)
            continue
        found.sign[kind] = sign
        if (sign == sign[0]).all():
            read_as = " - ".join(titles[::-1] if sign[0] > 0 else titles)
            what = f"{kind} is read as {shown(read_as)}, {what}{', and turned' if sign[0] < 0 else ''}"
        found.notes.append(what)
        turned = _turned(ends, sign)
        if plain:
            known = np.stack([np.maximum(known[0], turned[0]), np.minimum(known[1], turned[1])])
    return found


_ASK = (
    "whether {kind} is {names} or the other way round is not told: write it into the heading, as {kind} ({names}), or "
    "say [published] direction = '{names}' in the release file"
)


def _sign(
    told: Told, kind: Kind, said: int, declared: int, known: Float[np.ndarray, "2 region"]
) -> tuple[Float[np.ndarray, "region"] | None, str]:
    """Return the sign of every region and what told it, or nothing and what is wrong; no word where it is not told."""
    ends = told.ends(kind)
    fits = {way: _common(known, _turned(ends, np.full(len(told.regions), way))) for way in (1, -1)}
    whole = [way for way, fit in fits.items() if fit.all()]
    alone = whole[0] if len(whole) == 1 else 0
    if said and declared and said != declared:
        return None, f"words of the table say another direction of {kind} than [published] direction"
    if said and said not in whole:
        return None, _misfit(told, kind, fits[said], known, turned=bool(alone))
    unsigned = None if whole else _without_sign(told.columns[kind][0], known, ends)
    if unsigned is not None:
        return unsigned, f"its {kind} have no sign, and are given that of what stands beside them"
    if not whole:
        return None, _misfit(told, kind, max(fits.values(), key=lambda fit: int(fit.sum())), known)
    if alone and declared and alone != declared:
        return None, f"what stands beside {kind} tells another direction than [published] direction"
    if way := said or alone or declared:
        by = "as its words say" if said else "as what stands beside it tells" if alone else "as is declared"
        return np.full(len(told.regions), float(way)), by
    return None, ""


def _anywhere(told: Told) -> Float[np.ndarray, "2 region"]:
    """Return ends that say nothing."""
    return np.array([[-np.inf], [np.inf]]) + np.zeros(len(told.regions))


def _turned(ends: Float[np.ndarray, "2 region"], sign: Float[np.ndarray, "region"]) -> Float[np.ndarray, "2 region"]:
    """Return ends with the sign of each region."""
    return np.where(sign < 0, -ends[::-1], ends)


def _common(one: Float[np.ndarray, "2 region"], other: Float[np.ndarray, "2 region"]) -> Bool[np.ndarray, "region"]:
    """Tell in which regions two pairs of ends have something in common."""
    return np.asarray(np.maximum(one[0], other[0]) <= np.minimum(one[1], other[1]))


def _without_sign(
    value: Float[np.ndarray, "region"], known: Float[np.ndarray, "2 region"], ends: Float[np.ndarray, "2 region"]
) -> Float[np.ndarray, "region"] | None:
    """Return the signs of regions where a column is of sizes alone, and what is known gives every one."""
    told = value[np.isfinite(value)]
    sign = np.where(known[1] < -known[0], -1.0, 1.0)
    some = (known[1] < 0).any() and (known[0] > 0).any()
    return sign if some and len(told) and told.min() >= 0 and _common(known, _turned(ends, sign)).all() else None


def _misfit(
    told: Told,
    kind: Kind,
    fit: Bool[np.ndarray, "region"],
    known: Float[np.ndarray, "2 region"],
    *,
    turned: bool = False,
) -> str:
    """Say of which regions a column is not what stands beside it."""
    wrong = np.flatnonzero(~fit)
    row = int(wrong[0])
    low, high = known[:, row]
    between = f"{low:.3g} to {high:.3g}"
    beside = f"{low:.3g} or more" if high == np.inf else f"{high:.3g} or less" if low == -np.inf else between
    value = told.columns[kind][0, row]
    as_d = "" if kind == "d" else f" (a d of {float(effect_of(told.columns[kind][0], kind, told.people)[row]):.3g})"
    what = f"{kind} of {shown(told.regions[row])} is {value:.6g}{as_d}, and what stands beside it says"
    what += f" a d of {beside}"
    what += f" ({few(told.regions[place] for place in wrong[1:])} too)" if len(wrong) > 1 else ""
    if turned:
        return f"{what}: its direction is the other one"
    return f"{what}: see whether columns are exchanged, or it is adjusted, or of Welch's test, and take it out"


def told_as(
    value: Float[np.ndarray, "region"], kind: Kind, statistic: Statistic, people: Float[np.ndarray, "2 region"]
) -> Float[np.ndarray, "region"]:
    """Return what is told as ``kind`` as another statistic; NaN where it needs to be known of how many people."""
    if kind == statistic:
        return value
    effect = effect_of(value, kind, people)
    if statistic == "d":
        return effect
    known = np.isfinite(people).all(axis=0) & np.isfinite(effect)
    return np.asarray(np.where(known, as_told(effect, np.where(known, people, 2.0), statistic), np.nan))
