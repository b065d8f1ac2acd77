"""A model that answers and shows nothing else: predictions in a table, a function, an estimator, a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Bool, Float

from remembrain.errors import DataError
from remembrain.types import Inputs

ITS_OWN = "the model's"
ONLY_ANSWERS = "of this model there are its answers alone"


@dataclass(frozen=True, eq=False)
class Others:
    """What models like it answered of the same scans, and who was in the training of each (errors: label's unit)."""

    answers: Float[np.ndarray, "scan model"]
    inside: Bool[np.ndarray, "scan model"]


@dataclass(frozen=True, eq=False)
class BlackBox:
    """A model of which only answers are had.

    Attributes
    ----------
    name
        What it is called in the report.
    origin
        Where its answers come from, in words.
    answer
        Returns what it predicts of scans, in the unit of the label: as they are, and in each disguise that it was
        shown, shape (scan, way).
    code
        Everything that decides its answers, as text.
    hashes
        What the evidence says of it, by name.
    others
        Returns what models like it answered of the same scans, where there are any.
    why_not_again
        Why no further model like it can be trained.
    notes
        What is to be told of it.
    share
        On which share of the people, drawn by lot, each of these was trained; 0 where it was not by lot alone.
    bare
        Whether it was given bare numbers in an order, or a preparation, of ours.
    """

    name: str
    origin: str
    answer: Callable[[Inputs], Float[np.ndarray, "scan way"]]
    code: str
    hashes: Mapping[str, str] = field(default_factory=dict)
    others: Callable[[Inputs], Others] | None = None
    why_not_again: str = ONLY_ANSWERS
    notes: tuple[str, ...] = ()
    bare: bool = False
    share: float = 0.0
    form: ClassVar[str] = ""
    parameters: ClassVar[int] = 0
    source: ClassVar[Path | None] = None

    @property
    def hooks(self) -> Mapping[str, str]:
        """Say whose steps lie around the model: all are its own."""
        return dict.fromkeys(("preprocess", "age", "loss"), ITS_OWN)

    def answers(self, inputs: Inputs) -> Float[np.ndarray, "scan way"]:
        """Return its answers, checked.

        Raises
        ------
        DataError
            Where they are not a finite number for each scan and way.
        """
        answers = np.asarray(self.answer(inputs), dtype=float)
        if answers.ndim != 2 or len(answers) != len(inputs):
            raise DataError(
                f"answered {answers.shape} for {len(inputs)} scans", where=self.name, expected="one number a scan"
            )
        if not np.isfinite(answers).all():
            bad = int((~np.isfinite(answers)).any(axis=1).sum())
            raise DataError(f"answered no finite number for {bad} scans", where=self.name, expected="one number a scan")
        return answers
