"""Is a model that was trained elsewhere fed what it was trained on? What its errors show, and what its owner's prove.

A model that is fed wrongly gives less away, and that is no merit of it. Its errors can show that something is wrong:
no model predicts the people whom it was trained on worse than a single number for all of them does, or is off by the
same amount with everybody. They cannot show that it is fed right: a brain that is mirrored, or in another scale, may
still be read better than by a single number. That is shown by the owner's own predictions of some people, where ours
are the same. This module must not know networks or files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import stats

from remembrain._validate import same_length
from remembrain.evidence import disclosure
from remembrain.evidence.influence import of_mean
from remembrain.evidence.misreadings import hints
from remembrain.evidence.wording import figures, percent
from remembrain.record import target as record
from remembrain.types import Texts

FEWEST_COMPARED = 10
"""People whose predictions by the owner are compared with ours; those of fewer prove nothing."""

_STRICT, _LOOSE = 1 / 50, 1 / 10
"""The tolerance, in standard deviations of the owner's predictions, where none is stated, and the largest that is."""


@dataclass(frozen=True, eq=False)
class Owner:
    """The owner's own predictions, NaN where there is none; and by how much ours may differ, where that is stated."""

    predictions: Float[np.ndarray, "scan"]
    tolerance: float | None = None

    def take(self, places: Int[np.ndarray, "some"]) -> Owner:
        """Return those of the scans at these places."""
        return replace(self, predictions=self.predictions[places])


@dataclass(frozen=True)
class Agreement:
    """Our predictions beside the owner's own of the same scans, in the unit of the label.

    ``beyond`` are the scans that differ by more than ``tolerance``; ``most`` is the largest tolerance that would tell
    one person's prediction from another's.
    """

    people: int
    scans: int
    tolerance: float
    most: float
    median: float
    largest: float
    beyond: int

    @property
    def furthest(self) -> float:
        """The largest difference as it may be told, which is one person's: in one digit, rounded up."""
        return disclosure.round_up(self.largest)

    @property
    def differing(self) -> str:
        """How many predictions differ, as it may be told."""
        if self.scans - self.beyond < disclosure.FEWEST:
            return "nearly all"
        return "a few" if self.beyond < disclosure.FEWEST else f"about {disclosure.nearest(self.beyond)}"

    def written(self) -> record.Compared:
        """Return it as it stands in the evidence."""
        return record.Compared(
            people=disclosure.count(self.people),
            scans=disclosure.count(self.people + disclosure.further(self.people, self.scans)),
            tolerance=self.tolerance,
            most=disclosure.number(self.most, 2),
            median=disclosure.number(self.median, 2),
            largest=self.furthest,
            differing=self.differing if self.beyond else "none",
        )

    @property
    def telling(self) -> bool:
        """Whether agreement would say anything: by chance, other people's predictions would not agree."""
        return self.people >= FEWEST_COMPARED and 0 < self.tolerance <= self.most


@dataclass(frozen=True)
class Feeding:
    """Whether a model is fed right, the reason in words, and what the numbers look like where they look odd."""

    status: record.FeedingStatus
    why: str
    hints: tuple[str, ...] = ()
    agreement: Agreement | None = None

    @property
    def text(self) -> str:
        """Return the reason and the hints, as one text."""
        return "; ".join((self.why, *self.hints))

    def written(self) -> record.Feeding:
        """Return it as it stands in the evidence."""
        owner = self.agreement.written() if self.agreement else None
        return record.Feeding(status=self.status, why=self.why, hints=self.hints, owner=owner)


def judge(
    predicted: Float[np.ndarray, "scan"],
    label: Float[np.ndarray, "scan"],
    member: Bool[np.ndarray, "scan"],
    participant_id: Texts,
    *,
    owner: Owner | None = None,
    name: str = "age",
) -> Feeding:
    """Return what is known of how a model is fed.

    Parameters
    ----------
    predicted, label
        Our predictions with the model, and the truth, in the same unit.
    member, participant_id
        Who was trained on, and who each scan is of.
    owner
        What its owner says that it predicts; where no tolerance is stated, ours may differ by a fiftieth of the
        standard deviation of these predictions.
    name
        What the label is called.

    Raises
    ------
    DataError
        Where shapes differ.
    """
    same_length(predicted=predicted, label=label, member=member, participant_id=participant_id)
    compared = None
    if owner is not None:
        same_length(predicted=predicted, owner_predictions=owner.predictions)
        known = np.isfinite(owner.predictions)
        if known.any():
            compared = agreement(predicted, owner.predictions, participant_id, owner.tolerance)
        if compared is not None and compared.beyond:
            odd = _beside(predicted[known], owner.predictions[known], label[known])
            return Feeding("refuted", _differs(compared), odd, compared)
    odd = hints(predicted, label, f"the {name}", name, least=0.5 * float(np.abs(label - np.median(label)).mean()))
    why = _no_better(predicted[member], label[member], participant_id[member])
    if why or odd:
        why = why or "the model's predictions are not what training on these people leads to"
        why += ": it may not be fed what it was trained on, or its answers may stand beside other people"
        return Feeding("doubtful", why, odd, compared)
    if compared is None:
        why = (
            "that the model is fed what it was trained on was taken on trust, since no predictions of its owner's own "
        )
        return Feeding("not proven", f"{why}were there to compare with")
    if not compared.telling:
        return Feeding("not proven", _says_nothing(compared), (), compared)
    share = 1 - 0.05 ** (1 / compared.people)
    return Feeding(
        "proven",
        f"the owner's own predictions of {compared.people} people are ours within {compared.tolerance:.3g} (no "
        f"difference above {compared.furthest:g}); were these people drawn at random, at most "
        f"{percent(share, up=True)} of all may be fed otherwise (95 % confidence)",
        (),
        compared,
    )


def agreement(
    predicted: Float[np.ndarray, "scan"],
    owner: Float[np.ndarray, "scan"],
    participant_id: Texts,
    tolerance: float | None = None,
) -> Agreement:
    """Return how far our predictions lie from the owner's, where there are any (see :func:`judge`).

    The spread of the owner's predictions is taken from their quartiles, which a few odd ones do not move.
    """
    known = np.isfinite(owner)
    theirs, away = owner[known], np.abs(predicted[known] - owner[known])
    spread = float(np.subtract(*np.quantile(theirs, (0.75, 0.25)))) / 1.349
    allowed = _STRICT * spread if tolerance is None else tolerance
    return Agreement(
        people=len(np.unique(np.asarray(participant_id[known], dtype=str))),
        scans=int(known.sum()),
        tolerance=allowed,
        most=_LOOSE * spread,
        median=float(np.median(away)),
        largest=float(away.max()),
        beyond=int(np.count_nonzero(away > allowed * (1 + 1e-9))),
    )


def _beside(ours: np.ndarray, theirs: np.ndarray, label: np.ndarray) -> tuple[str, ...]:
    """Return what our predictions look like beside the owner's."""
    if np.abs(theirs - label).max() < 1e-6:
        return ("the owner's predictions are the true labels: is it the right column?",)
    away = float(np.abs(ours - theirs).max())
    for decimals in range(4):
        if np.allclose(theirs, theirs.round(decimals), atol=1e-9, rtol=0):
            half = 0.5 * 10.0**-decimals
            if away <= half * (1 + 1e-6):
                return (f"the owner's predictions are rounded, which explains differences up to {half:g}",)
            break
    found = list(hints(ours, theirs, "the owner's", "owner's"))
    if not found and (np.ptp(theirs) == 0 or np.corrcoef(ours, theirs)[0, 1] < 0.5):
        found.append(
            "ours hardly follow the owner's: an image that is flipped or of another scale, columns in another order, "
            "other people's rows, or another model"
        )
    return tuple(found)


def _differs(found: Agreement) -> str:
    """Say by how much the owner's predictions differ."""
    return (
        f"{found.differing} of the owner's own predictions differ from ours by more than {found.tolerance:.3g} (median "
        f"{figures(found.median)}, none by more than {found.furthest:g}): the model is fed otherwise "
        "than its owner feeds it, or is not the same model"
    )


def _says_nothing(found: Agreement) -> str:
    """Say why agreement with the owner's predictions shows nothing."""
    if found.people < FEWEST_COMPARED:
        return (
            f"the owner's own predictions of {found.people} people were there to compare with, and those of "
            f"{FEWEST_COMPARED} are needed to show that the model is fed what it was trained on"
        )
    if found.most == 0:
        return "half of the owner's own predictions are one number, so that they cannot show what the model is fed"
    return (
        f"the owner's own predictions agree with ours within {found.tolerance:.3g}, but differ so little from person "
        f"to person that other people's would as well: a tolerance of at most {found.most:.3g} would tell"
    )


def _no_better(predicted: np.ndarray, label: np.ndarray, participant_id: Texts) -> str:
    """Say that the model was not shown to predict its own members better than the best single number; else nothing.

    The median is that number: no other has a smaller mean absolute error. The interval is over people, of the
    difference of both errors of each scan.
    """
    ours, constant = np.abs(predicted - label), np.abs(label - np.median(label))
    _, person = np.unique(np.asarray(participant_id, dtype=str), return_inverse=True)
    value, influence = of_mean(ours - constant, person)
    reach = float(stats.t.ppf(0.975, max(1, len(influence) - 1))) * float(np.linalg.norm(influence))
    if value + reach < 0:
        return ""
    return (
        "the model predicts its own members no better than a single number for all of them does, as far as these "
        f"people show (mean absolute error {figures(ours.mean())} against {figures(constant.mean())}; difference "
        f"{figures(value, sign=True)}, {figures(value - reach, sign=True)} to {figures(value + reach, sign=True)})"
    )
