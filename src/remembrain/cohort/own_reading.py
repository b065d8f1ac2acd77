"""Scans read by a stranger's own ``preprocess(path)``: kept as it returns them, judged by nothing but that.

The module's way of reading decides what it can read. Ours is tried beside it for what the blind baseline sees, and what
ours cannot read is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from remembrain._validate import finite
from remembrain.cohort.bids import BidsCohort
from remembrain.cohort.files import nameless
from remembrain.cohort.nifti import first_line
from remembrain.cohort.store import file_of, ready
from remembrain.cohort.volumes import RECIPE, Answer, Looked, problem_of, save
from remembrain.errors import Problem
from remembrain.run import Key, read_array, remove_leftovers, sha256


def read_own(cohort: BidsCohort, preprocess: Callable[[Path], Any], store: Path, *, key: str) -> Looked:
    """Read every scan by a stranger's own ``preprocess(path)``, kept as float32 in the shape it returns.

    Parameters
    ----------
    cohort
        Scans and their files.
    preprocess
        From a file to what the network reads.
    store
        Folder of prepared scans.
    key
        Identifies the code, so that other code is other content.

    Returns
    -------
    looked
        What became of every scan: wrong is one on which the function fails, or gives NaN or another shape than on most.
    """
    ready(store)
    remove_leftovers(store)
    read = [_answer(path, preprocess, store, key) for path in cohort.paths]
    usual = Counter(shape for _, shape in read if shape is not None).most_common(1)
    shape = usual[0][0] if usual else ()
    answers = tuple(
        replace(answer, wrong=f"is given another shape by preprocess than most ({its_shape}, most {shape})")
        if its_shape not in (None, shape)
        else answer
        for answer, its_shape in read
    )
    return Looked(cohort, answers, store, shape)


def unopened(cohort: BidsCohort) -> Looked:
    """Return scans that a function of the user's reads itself: known by their files, and judged by nothing."""
    answers = []
    for path in cohort.paths:
        try:
            hashed = sha256(path)
            answers.append(Answer(hashed, hashed))
        except OSError as error:
            answers.append(Answer(wrong=f"cannot be read ({error.strerror})"))
    return Looked(cohort, tuple(answers), None, ())


def unmeasured(ours: Looked) -> tuple[Problem, ...]:
    """Return notes of the scans that our own reading could not measure or place, and so what is missing for them."""
    notes = []
    for place, answer in enumerate(ours.answers):
        if not answer.wrong:
            continue
        blind = np.isnan(answer.statistics).any()
        missing = "not measured for the blind baseline, and no mean picture" if blind else "no mean picture is drawn"
        note = problem_of(ours.cohort, place, f"{nameless(answer.wrong)}: {missing}", fatal=False)
        notes.append(note)
    return tuple(notes)


def _answer(
    path: Path, preprocess: Callable[[Path], Any], store: Path, key: str
) -> tuple[Answer, tuple[int, ...] | None]:
    """Keep what a stranger's function makes of one file, and return what became of it and its shape."""
    try:
        name = Key.of(preprocess=key, file=path, recipe=RECIPE).digest
    except OSError as error:
        return Answer(wrong=f"cannot be read ({error.strerror})"), None
    target = file_of(store, name)
    if not target.exists():
        try:
            array = np.asarray(preprocess(path), dtype=np.float32)
            finite(array, "its result")
        except Exception as error:  # a stranger's code may raise anything
            return Answer(wrong=f"is not read by preprocess ({first_line(error)})"), None
        save(target, array)
    return Answer(name, sha256(target)), read_array(target, mapped=True).shape
