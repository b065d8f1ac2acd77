"""Predictions of a model that stays where it is: read, held against who was trained on, and audited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from remembrain._text import few
from remembrain.audits.judge import Evidence
from remembrain.audits.outlook import Say, foreseen
from remembrain.cohort import left_out
from remembrain.cohort.answer_columns import Named
from remembrain.cohort.answers import AnswerTable, read_answers
from remembrain.cohort.answers_facts import refuse_membership
from remembrain.cohort.check import Settled
from remembrain.cohort.material import of_answers
from remembrain.config import PredictionsConfig
from remembrain.config.reading import beside_of, columns_of, reading_of
from remembrain.config.roles import divided_by, roles_by_column
from remembrain.errors import DataError, Problem
from remembrain.evidence.predictions import habits, made_without, out_of_fold
from remembrain.query import attacks_on_answers
from remembrain.run import sha256
from remembrain.run.kept import hash_of
from remembrain.study.central.corrected import CORRECTED, RELEASED, audit_each
from remembrain.study.central.in_one_go import Request, audit_target
from remembrain.study.people import settle_rows
from remembrain.targets.brought import BlackBox
from remembrain.targets.brought.predictions import other_columns, own_columns


def audit_predictions(config: PredictionsConfig, run: Path, say: Say) -> tuple[Path, Evidence]:
    """Audit a model by what it answered, and write the report.

    Parameters
    ----------
    config
        The table of predictions, which columns hold what, who was trained on, and the attacks.
    run
        The run folder; where there are predictions after a correction as well, a folder in it is of those.
    say
        Told what was understood of the table.

    Returns
    -------
    report, evidence
        Where the report lies, and the evidence of the predictions as the model gave them.

    Raises
    ------
    DataError
        Where the table cannot be used, or its predictions of members look as if they were made without them.
    """
    path, said = config.source, config.predictions
    attacks_on_answers(config.attack.attacks)  # words come before files
    named = Named(said.prediction_column, said.member_column, said.corrected_column)
    if not path.is_file():
        raise DataError("no such file", where=path, expected="a table of predictions, one row a scan")
    beside = beside_of(config.data)
    table = read_answers(path, columns_of(config.data), named, reading_of(config.data), beside)
    attacks = attacks_on_answers(config.attack.attacks, models=table.models > 0, inside=table.inside)
    divided = replace(divided_by(config.split), given=True)
    roles = roles_by_column(config, table.found.member, table.said, table.cohort.scans)
    roles = foreseen(roles, attacks, divided, say, match=config.attack.match)
    settled, cohort = settle_rows(table.cohort, roles, config.data, path)
    table = table.at(cohort)
    settled = replace(settled, notes=(*settled.notes, *_checked(table, settled, config)))
    hashed = hash_of([path, *beside.files]) if beside.files else sha256(path)
    for line in left_out.lines(left_out.in_short((*left_out.noted(settled.left), *settled.notes))):
        say(line)

    def audit(folder: Path, kind: str, predicted: Float[np.ndarray, "scan way"]) -> Evidence:
        box = _box(path, hashed, kind, table, predicted.shape[1])
        material = of_answers(settled, cohort, table.columns(predicted), hashed, config.data.label)
        return audit_target(box, material, attacks, Request(folder, config.attack, config.seed, config.data.workers))

    answers = {RELEASED: table.predicted}
    if table.corrected is not None:
        answers[CORRECTED] = table.corrected[:, None]
    return audit_each(run, answers, audit)


def _box(path: Path, hashed: str, kind: str, table: AnswerTable, ways: int) -> BlackBox:
    """Return the model whose answers stand in a table."""
    return BlackBox(
        f"{path.stem}, {kind}" if kind else path.stem,
        "predictions in a table",
        own_columns(ways),
        f"predictions {hashed} {' '.join((*table.found.all, kind))}",
        {"predictions": hashed},
        other_columns(ways, table.models),
        "predictions alone were given, so that no model like it can be trained",
    )


def _checked(table: AnswerTable, settled: Settled, config: PredictionsConfig) -> tuple[Problem, ...]:
    """Return what is to be told of predictions; raise where those of members may be of other models.

    Raises
    ------
    DataError
        Where they may.
    """
    scans, said, file = table.cohort.scans, config.predictions, config.source.name
    tested = settled.split.index("member", "nonmember")
    predicted, label = table.predicted[tested, 0], scans.age[tested]
    member = settled.split.role[tested] == "member"
    folds, stated = table.fold is not None, said.training_error
    why = out_of_fold(predicted, label, member, scans.participant_id[tested], folds=folds, stated=stated)
    if table.reference is not None and table.inside is not None:
        ours = tested[member]
        why = made_without(table.predicted[ours, 0], table.reference[ours], table.inside[ours]) or why
    if why and not said.released:
        raise DataError(
            f"predictions of members look as if each was made by a model without the person: {why}",
            where=config.source,
            expected="what the released model predicts of those it was trained on; the folds' own predictions go "
            "into columns reference_NAME with in_reference_NAME",
            try_next="--released, if they are of the released model all the same",
        )
    facts = table.cohort.features.iloc[tested]
    alike = refuse_membership(facts, scans.take(tested), member, config.data.keep, file)
    what = f"{few(alike)}: divides people exactly as who was trained on does; --drop it where it is no fact of them"
    told = [*habits(table.predicted[:, 0], scans.age, settled.split.role), *([what] if alike else [])]
    return tuple(Problem(file, what, fatal=False) for what in told)
