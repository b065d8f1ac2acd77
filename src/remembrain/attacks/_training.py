"""Settings of every attack that is a network; apart from the training itself, so that they load no torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Training:
    """How a classifier is trained; published values (Gupta et al. 2021, section 3 and appendix) but for the dropout.

    ``dropout`` is not stated by the source; 0.5 is what its target networks use. ``patience`` counts epochs without a
    smaller loss on the validation share, which is of other people than those that are trained on.
    """

    learning_rate: float = 1e-3
    batch_size: int = 64
    epochs: int = 100
    patience: int = 20
    validation: float = 0.2
    dropout: float = 0.5
