"""A model that can be asked, however it came here: what reads what it is given, and what is known of it beside that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError
from remembrain.targets.brought.asking import Predict, numbers_of
from remembrain.targets.brought.black_box import ONLY_ANSWERS
from remembrain.targets.heads import Head

Reads: TypeAlias = Literal["columns", "numbers", "features", "file"]
"""Of rows the columns that it names, as read; numbers alone, as an array; the columns that are no facts of people; or
whatever stands in the file, as it does. Of scans volumes, or, for the last two, paths of files."""

_OF_SEVERAL = "it was trained on several numbers a scan, of which only one is known here"
KINDS_OF_FILES = ".skops, .onnx, TorchScript (.pt) or torch.export (.pt2)"
IN_A_FUNCTION = "--predict my_model.py:predict, with a function that loads it and predicts"
ASKED_FOR_NONE = "no models like it were asked for ({})"


@dataclass(frozen=True, eq=False)
class Answering:
    """A model that can be asked.

    Attributes
    ----------
    name
        What it is called in the report and in messages.
    origin
        Where its answers come from, in words.
    predict
        Takes some scans, and returns an array of which the head makes a number each.
    code
        Everything that decides its answers, as far as it is known.
    reads
        What it is given.
    columns
        The columns that it names, in its order; empty where it names none.
    shape
        The numbers of one scan that it reads, where it says it; ``None`` for a side that may be of any length.
    kind
        Of numbers, where it reads numbers.
    estimator
        What can be cloned and fitted, where it can.
    whole
        Whether ``code`` names everything, so that answers may be kept for a later run.
    dear
        Whether each answer has its price, so that answers are kept although ``code`` may not name everything.
    at_once
        How many scans are asked about before their answers are kept; ``None`` for the usual number.
    begin
        Told about how many scans it is going to be asked, and how many it answered before; raises where these are too
        many.
    hashes
        What the evidence says of it, by name.
    why_not_again
        Why no model like it is trained.
    notes
        What is to be told of it.
    head
        How what it puts out becomes years.
    decimals
        To how many decimals these are rounded when they are given out; ``None`` where they are not.
    correction
        Intercept and slope of what is added for the true age, where answers are corrected with it.
    """

    name: str
    origin: str
    predict: Predict
    code: str = ""
    reads: Reads = "numbers"
    columns: tuple[str, ...] = ()
    shape: tuple[int | None, ...] | None = None
    kind: Literal["float32", "float64"] = "float32"
    estimator: Any = None
    whole: bool = True
    dear: bool = False
    at_once: int | None = None
    begin: Callable[[int, int], None] | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    why_not_again: str = ONLY_ANSWERS
    notes: tuple[str, ...] = ()
    head: Head = field(default_factory=Head)
    decimals: int | None = None
    correction: tuple[float, float] | None = None

    @property
    def output(self) -> str:
        """What is done to what it puts out, for a key."""
        return f"{self.head!r} {self.decimals}"

    @property
    def years(self) -> Predict:
        """What takes some scans, and returns years as they are given out."""
        return self.years_of(self.predict)

    def years_of(self, predict: Predict) -> Predict:
        """Return the same of a model that puts out what this one does."""
        if self.head.plain and self.decimals is None:
            return predict
        return lambda scans: self._years(numbers_of(predict(scans), scans, self.name))

    def _years(self, output: Float[np.ndarray, "scan *number"]) -> Float[np.ndarray, "scan"]:
        """Return years of an output; NaN where there is none."""
        if np.isnan(output).all():
            return np.full(len(output), np.nan)
        try:
            years = self.head.of_array(output)
        except DataError as error:
            error.within(self.name)
            raise
        return years if self.decimals is None else years.round(self.decimals)

    def with_head(self, head: Head) -> Answering:
        """Return the same model, of whose output a head makes years.

        One that reads several numbers is of a model that was trained on several, of which only the age is known here.
        """
        if head.plain:
            return self
        notes = (*self.notes, f"years are made of what it puts out as said: {head}")
        own = replace(head)  # what it reads of one model, it does not hold against another
        if not head.several or self.estimator is None:
            return replace(self, head=own, notes=notes)
        return replace(self, head=own, notes=notes, estimator=None, why_not_again=_OF_SEVERAL)

    @property
    def reads_files(self) -> bool:
        """Whether it reads scans itself, by their paths."""
        return self.reads in ("features", "file")
