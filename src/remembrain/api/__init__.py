"""What Python users import: audits of what they have in memory, and the types that they get and give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from remembrain.api.arguments import attack_options, head_or_plain, insist_on_words, whole
from remembrain.api.result import Audit, load
from remembrain.attacks import register
from remembrain.audits.feeding import owner_of
from remembrain.audits.judge import Evidence
from remembrain.config import AttackOptions
from remembrain.study.central.from_arrays import FROM_PYTHON, Network, audit_network
from remembrain.study.central.from_model import audit_model
from remembrain.study.central.given import People
from remembrain.study.central.in_one_go import Request
from remembrain.targets.heads import Head
from remembrain.targets.model import AgeHook, LossHook
from remembrain.types import Attack, Interval, Scores

__all__ = ["Attack", "Audit", "Evidence", "Head", "Interval", "Scores", "audit", "audit_module", "load", "register"]


def audit(
    model: Any,
    X: Any,  # as it is called wherever estimators are
    age: Any,
    member: Any,
    run: Path | str,
    *,
    person: Sequence[object] | None = None,
    session: Sequence[object] | None = None,
    sex: Sequence[object] | None = None,
    site: Sequence[object] | None = None,
    head: Head | None = None,
    name: str | None = None,
    label: str = "age",
    known: float = 0.5,
    batch: int = 256,
    references: int = 0,
    reference_share: float | None = None,
    attacks: Sequence[str] | str = (),
    repeats: int = 5,
    match: bool = False,
    seed: int = 0,
    workers: int = 1,
) -> Audit:
    """Audit whatever predicts a number, and write a run folder with its report.

    Parameters
    ----------
    model
        A function ``predict(X)``, an object with ``predict`` (of scikit-learn, XGBoost, LightGBM, a pipeline), or a
        ``torch.nn.Module``. It is asked about every scan once, and left as it is.
    X
        What it reads, members and others: an array or memory map with scans along the first axis, a DataFrame with
        whatever columns it needs, or a list, such as of paths. Functions get a few rows at once, of the same kind.
    age
        The true number that is predicted, one a scan.
    member
        Whether the model was trained on the scan: true or false, or 1 and 0.
    run
        Folder that gets ``report.html``, ``evidence.json`` and ``restricted/``.
    person, session
        Who each scan is of; every scan is a person of its own when left out.
    sex, site
        For the blind baseline, which shows whether members and others differ without any model.
    head
        How what it puts out becomes years, where it is not one number a scan: ``remembrain.Head("bins", 42, 82)``.
    name, label
        What the report calls the model and the number.
    known
        Share of members and of non-members whom the attacker knows.
    batch
        How many scans the model is asked about at once.
    references
        Train so many models like it (an even number) on parts of the people, and attack with them: of an estimator
        that has ``fit`` and ``get_params``.
    reference_share
        Share of the people whom each of these models is trained on, drawn by lot. When left out, that of the model
        itself among them, as near as the number of models allows.
    attacks
        Names of attacks; the core of them when left out.
    repeats
        Fresh draws of whom the attacker knows.
    match
        Attack and test only members and non-members who can be paired by sex, site and age.
    seed
        Of everything that is drawn.
    workers
        Processes that attack side by side; with more than 1, a script must guard its start by
        ``if __name__ == "__main__"``.

    Returns
    -------
    audit
        What it came to; :func:`load` reads it again.

    Raises
    ------
    DataError, ProblemsError, UsageError
        Where arrays do not fit together, the model cannot be asked or answers with anything but one finite number a
        scan, a person is member and non-member at once, or people are too few.

    Examples
    --------
    >>> found = remembrain.audit(pipeline, table, ages, was_trained_on, "runs/mine", references=8)  # doctest: +SKIP
    >>> found.table()  # doctest: +SKIP
    """
    seed, processes = insist_on_words(run, name, label, known, seed, workers)
    options = attack_options(attacks, repeats, references, reference_share, match=match)
    head, at_once = head_or_plain(head), whole(batch, "batch")
    people = People(age, member, person, session, sex, site, label, known)
    if isinstance(model, torch.nn.Module):  # whose weights are seen as well
        people = replace(people, member=np.asarray(member).astype(bool))
        audit_network(Network(model, name, head), X, people, Request(Path(run), options, seed, processes, FROM_PYTHON))
    else:
        request = Request(Path(run), options, seed, processes, "remembrain.audit")
        audit_model(model, X, people, request, head, name, at_once)
    return load(run)


def audit_module(
    module: torch.nn.Module,
    inputs: Float[np.ndarray, "scan *shape"] | torch.Tensor,
    age: Float[np.ndarray, "scan"] | Float[np.ndarray, "scan 1"],
    member: Bool[np.ndarray, "scan"],
    run: Path | str,
    *,
    person: Sequence[object] | None = None,
    session: Sequence[object] | None = None,
    sex: Sequence[object] | None = None,
    site: Sequence[object] | None = None,
    extra: Any = None,
    age_of: AgeHook | None = None,
    loss: LossHook | None = None,
    name: str | None = None,
    label: str = "age",
    known: float = 0.5,
    owner_predictions: Sequence[float] | Float[np.ndarray, "scan"] | None = None,
    owner_tolerance: float | None = None,
    seed: int = 0,
    options: AttackOptions | None = None,
    workers: int = 1,
) -> Evidence:
    """Audit a trained network on the arrays that it reads, and write a run folder with its report.

    Parameters
    ----------
    module
        The trained network; its weights and modes are left as they are.
    inputs
        Everybody's scans (or rows of a table) as the network reads them, members and others: volumes with their
        channel axis. A ``numpy.memmap`` is read one scan at a time.
    age
        The true number that is regressed, one a scan, in the unit of ``age_of``.
    member
        Whether the network was trained on the scan.
    run
        Folder that gets ``report.html``, ``evidence.json``, ``target/`` and ``restricted/``.
    person, session
        Who each scan is of; every scan is a person of its own when left out.
    sex, site
        For the blind baseline, which shows whether members and others differ without any model.
    extra
        What the network reads beside the scan, such as the sex: an array with a row a scan, or a tuple of arrays, one
        for each further argument of the network. Whole numbers reach it as whole numbers.
    age_of, loss
        What turns the network's output into one number a scan, and the loss it was trained with; needed where it puts
        out more than one number, or was not trained by squared error.
    name, label
        What the report calls the network and the number.
    known
        Share of members and of non-members whom the attacker knows.
    owner_predictions
        What the network is known to predict for each scan where it is in use, NaN where that is not known. That it
        predicts the same here, for at least 10 people, proves that it is given what it was trained on; without them
        the report says that this was taken on trust.
    owner_tolerance
        By how much the two may differ; a fiftieth of the standard deviation of these predictions when left out.
    seed
        Of everything that is drawn.
    options
        Attacks and repeats.
    workers
        Processes that attack side by side; with more than 1, a script must guard its start by
        ``if __name__ == "__main__"``, since each worker imports it.

    Returns
    -------
    evidence
        Assessments by attack, and ``attacks``, ``controls`` and ``findings`` as they stand in ``evidence.json``,
        the finding of the whole audit first.

    Raises
    ------
    DataError, ProblemsError
        Where arrays do not fit together or to the network, a scan is not finite, a person is member and non-member at
        once, or people are too few.

    Examples
    --------
    >>> evidence = audit_module(network, volumes, ages, was_trained_on, "runs/mine")  # doctest: +SKIP
    >>> evidence.assessments["logistic"].auc  # doctest: +SKIP
    """
    seed, processes = insist_on_words(run, name, label, known, seed, workers)
    owner = owner_of(owner_predictions, owner_tolerance)
    people = People(age, member, person, session, sex, site, label, known)
    request = Request(Path(run), options or AttackOptions(), seed, processes, FROM_PYTHON)
    return audit_network(Network(module, name, age_of, loss, extra), inputs, people, request, owner)
