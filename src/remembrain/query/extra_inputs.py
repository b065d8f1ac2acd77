"""What a stranger's network reads beside the scan, taken from the participants' table or from arrays."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from typing import Any

import numpy as np
from torch import Tensor

from remembrain._calling import left_alone
from remembrain._text import reason
from remembrain._validate import same_length
from remembrain.cohort.material import Material
from remembrain.errors import DataError
from remembrain.targets import beside
from remembrain.targets.model import Target
from remembrain.types import Scans


def accompany(target: Target, material: Material) -> tuple[Target, Material]:
    """Give a network of the user's class what its function ``extra(facts)`` returns of each scan's person.

    ``facts`` has ``participant_id``, ``session_id``, ``sex`` and ``site`` as texts, and never the age, which is what is
    predicted. Without such a function both are as they were.

    Raises
    ------
    DataError
        Where the function fails or gives no numbers, naming whom it was called for.
    """
    if target.extra_hook is None:
        return target, material
    values = []
    for facts, name in zip(_facts_of(material.scans), material.scans.labels(), strict=True):
        try:
            with left_alone(), redirect_stdout(sys.stderr):
                values.append(target.extra_hook(facts))
        except Exception as error:  # a stranger's code may raise anything
            raise DataError(f"extra(facts) fails ({reason(error)})", where=name) from error
    target, material = _joined(target, material, values)
    if target.beside is not None:
        target.module.register_forward_pre_hook(target.beside)
    return target, material


@contextmanager
def given_beside(target: Target, material: Material, extra: Any) -> Iterator[tuple[Target, Material]]:
    """Have a network from Python read arrays beside the scans while the block runs; ``None`` is nothing.

    Raises
    ------
    DataError
        Where the arrays have not as many rows as there are scans, or hold anything but finite numbers.
    """
    if extra is None:
        yield target, material
        return
    arrays = [
        value.numpy(force=True) if isinstance(value, Tensor) else np.asarray(value)
        for value in (extra if isinstance(extra, tuple) else (extra,))
    ]
    same_length(scans=material.scans.age, **{f"extra {number}": array for number, array in enumerate(arrays, start=1)})
    values = [tuple(np.array(array[place]) for array in arrays) for place in range(len(material.scans))]
    target, material = _joined(target, material, values)
    if target.beside is None:
        yield target, material
        return
    with target.beside.given_to(target.module):
        yield target, material


def _joined(target: Target, material: Material, values: list[Any]) -> tuple[Target, Material]:
    """Put values beside the scans; the blind baseline sees them too."""
    inputs, how = beside.accompany(material.inputs, values, list(material.scans.labels()))
    facts = np.hstack([material.facts, inputs.extra])
    return replace(target, beside=how), replace(material, inputs=inputs, facts=facts)


def _facts_of(scans: Scans) -> Iterator[dict[str, str]]:
    """Iterate over what may be known of each scan's person."""
    columns = scans.participant_id, scans.session_id, scans.sex, scans.site
    for person, session, sex, site in zip(*columns, strict=True):
        yield {"participant_id": str(person), "session_id": str(session), "sex": str(sex), "site": str(site)}
