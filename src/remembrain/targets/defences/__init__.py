"""Defences against membership inference; one a file, and a line in ``DEFENCES``.

Each is a strength and the hooks of :class:`~remembrain.targets.defences._defence.Defence` that it changes. Training,
federations and comparisons call the hooks and know no defence by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from remembrain._text import shown
from remembrain.errors import UsageError
from remembrain.targets.defences._defence import Defence
from remembrain.targets.defences.clipping import Clipping
from remembrain.targets.defences.differential_privacy import Dp, DpNoise
from remembrain.targets.defences.dropout import Dropout
from remembrain.targets.defences.early_stopping import EarlyStopping
from remembrain.targets.defences.fewer_rounds import FewerRounds
from remembrain.targets.defences.label_noise import LabelNoise
from remembrain.targets.defences.noisy_predictions import NoisyPredictions
from remembrain.targets.defences.pruning import Pruning
from remembrain.targets.defences.rounding import Rounding
from remembrain.targets.defences.smaller import Smaller
from remembrain.targets.defences.weight_decay import WeightDecay

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DEFENCES", "Defence", "named", "release_of"]

DEFENCES: Mapping[str, type[Defence]] = {
    defence.name: defence
    for defence in (
        Dp,
        DpNoise,
        Clipping,
        EarlyStopping,
        WeightDecay,
        Dropout,
        LabelNoise,
        Smaller,
        Pruning,
        Rounding,
        NoisyPredictions,
        FewerRounds,
    )
}


def named(texts: Sequence[str]) -> tuple[Defence, ...]:
    """Return the defences of texts such as ``dropout=0.5``.

    Raises
    ------
    UsageError
        Where there is none of that name, or its strength is not a number it can have.
    """
    return tuple(_named(text) for text in texts)


def _named(text: str) -> Defence:
    """Return one defence."""
    name, equals, value = text.partition("=")
    if name not in DEFENCES or not equals:
        raise UsageError(
            f"no defence {shown(text)!r}",
            expected="NAME=STRENGTH with one of "
            + ", ".join(f"{defence.name} ({defence.parameter})" for defence in DEFENCES.values()),
        )
    try:
        strength = float(value)
    except ValueError:
        raise UsageError(f"{text}: {value!r} is no number", expected=DEFENCES[name].parameter) from None
    return DEFENCES[name](strength)


def release_of(defences: Sequence[Defence], seed: int) -> Callable[[Tensor], Tensor] | None:
    """Return what defences do to predictions before these are given out, one after another."""
    hooks = [hook for defence in defences if (hook := defence.release(seed)) is not None]
    if not hooks:
        return None

    def release(years: Tensor) -> Tensor:
        for hook in hooks:
            years = hook(years)
        return years

    return release
