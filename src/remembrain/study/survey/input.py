"""What an audit of tables reads: answers, people beside them, and how tables are published."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from jaxtyping import Bool

from remembrain._text import shown
from remembrain.config import SurveyConfig
from remembrain.errors import DataError
from remembrain.record.table_settings import Adversary, Protection
from remembrain.run.streams import stream
from remembrain.survey import tables_csv
from remembrain.survey.answers import Answers, together
from remembrain.survey.answers_file import read_answers
from remembrain.survey.columns import Question, declared, read_dictionary
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.release import Case, Release, Survey, draw_release, of_tables


@dataclass(frozen=True, eq=False)
class SurveyInput:
    """Everything that was read: the survey, each column with what it was taken for, and who took part, where said."""

    survey: Survey
    questions: tuple[Question, ...]
    member: Bool[np.ndarray, "person"] | None


def read_survey(config: SurveyConfig) -> SurveyInput:
    """Read the answers, and people of other files, by the dictionary.

    Raises
    ------
    DataError
        Where a file cannot be used, or somebody stands in two of them.
    """
    columns = read_dictionary(config.dictionary) if config.dictionary else {}
    columns |= declared(config.columns, config.source)
    beside = (config.audit.member_column,) if config.tables else ()
    weights = config.release.weights
    answers, questions, extra = read_answers(
        config.source, columns, person=config.audit.person_column, weights=weights, beside=beside
    )
    layout = lay_out(_plan(config), answers, "[release]")
    others: dict[str, Answers] = {}
    for name, path in (("outsiders", config.outsiders), ("reference", config.reference)):
        if path is None:
            continue
        other_answers, _, _ = read_answers(path, {}, person=config.audit.person_column, weights=weights, like=answers)
        together(answers, other_answers, path)
        others[name] = other_answers
    if len(others) == 2 and config.reference:
        together(others["outsiders"], others["reference"], config.reference)
    if len(answers) < 10:
        raise DataError(f"holds {len(answers)} people", where=config.source, expected="at least 10")
    survey = Survey(answers, layout, others.get("outsiders"), others.get("reference"))
    return SurveyInput(survey, questions, _member(config, extra) if config.tables else None)


def release_of(config: SurveyConfig, survey_input: SurveyInput, key: int | None = None) -> Release:
    """Return the release that is audited: drawn here, or published by somebody.

    ``key`` is what noise is drawn from beside the seed, which stands in the evidence.
    """
    case = case_of(config)
    if config.tables is None or survey_input.member is None:
        secret = None if key is None else stream(key, "noise of a release", config.seed)
        return draw_release(survey_input.survey, case, stream(config.seed, "release"), secret)
    return of_tables(
        survey_input.survey,
        case,
        survey_input.member,
        tables_csv.read_tables(survey_input.survey.layout, config.tables),
    )


def case_of(config: SurveyConfig) -> Case:
    """Return how tables are published, and against whom."""
    protection, knows = config.release, config.adversary.model_dump(exclude={"base_rates"})
    rules = protection.model_dump(include={field.name for field in fields(Protection)})
    return Case(protection.group_size, Protection(**rules), Adversary(**knows), config.audit.tested)


def _plan(config: SurveyConfig) -> Plan:
    """Return what is published."""
    release = config.release
    return Plan(release.margins, release.crosstabs, release.means, release.by, release.most_missing)


def _member(config: SurveyConfig, extra: pd.DataFrame) -> Bool[np.ndarray, "person"]:
    """Return who took part, as the file of people says."""
    cells = extra[config.audit.member_column].str.lower()
    yes, no = cells.isin(["1", "yes", "true"]), cells.isin(["0", "no", "false"])
    if not (yes | no).all():
        row = int(np.flatnonzero(~(yes | no).to_numpy())[0]) + 2
        raise DataError(
            f"row {row}: {config.audit.member_column} = {shown(cells.iloc[row - 2])!r}",
            where=config.source,
            expected="1 or 0",
        )
    return yes.to_numpy(dtype=bool)
