"""What an audit of tables reads: answers, people beside them, and how tables are published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool

from remembrain.config import SurveyConfig
from remembrain.errors import DataError
from remembrain.record.table_settings import Adversary, Blur, Protection
from remembrain.run.streams import stream
from remembrain.survey.answers import Answers, together
from remembrain.survey.answers_file import members_of, read_answers
from remembrain.survey.columns import Question, declared, read_dictionary
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.no_measures import refuse_doubts
from remembrain.survey.published.plausible import far_from, of_how_many
from remembrain.survey.published.reading import Rules, read_published
from remembrain.survey.release import SMALLEST_GROUP, Case, Release, Survey, draw_release, of_tables


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
    person, weights = config.audit.person_column, config.release.weights
    beside = (config.audit.member_column,) if config.tables else ()
    answers, questions, extra = read_answers(config.source, columns, person=person, weights=weights, beside=beside)
    layout = lay_out(plan_of(config), answers, "[release]")
    refuse_doubts(layout.means, questions, config.source)
    others: dict[str, Answers] = {}
    for name, path in (("outsiders", config.outsiders), ("reference", config.reference)):
        if path is not None:
            others[name], asked, _ = read_answers(path, {}, person=person, weights=weights, like=answers)
            refuse_doubts(layout.means, asked, path)
            together(answers, others[name], path)
    if len(others) == 2 and config.reference:
        together(others["outsiders"], others["reference"], config.reference)
    if len(answers) < SMALLEST_GROUP:
        what = f"holds {len(answers)} people"
        raise DataError(what, where=config.source, expected=f"at least {SMALLEST_GROUP}")
    member = members_of(extra[config.audit.member_column], config.source) if config.tables else None
    survey = Survey(answers, layout, others.get("outsiders"), others.get("reference"))
    return SurveyInput(survey, questions, member)


def release_of(
    config: SurveyConfig,
    survey_input: SurveyInput,
    key: int | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Release:
    """Return the release that is audited: drawn here, or published by somebody.

    ``key`` is what noise is drawn from beside the seed, which stands in the evidence; ``say`` is told how tables of
    somebody else were read.
    """
    survey, case = survey_input.survey, _case(config)
    if config.tables is None or survey_input.member is None:
        secret = None if key is None else stream(key, "noise of a release", config.seed)
        return draw_release(survey, case, stream(config.seed, "release"), secret)
    blur = Blur(**{field.name: getattr(config.published, field.name) for field in fields(Blur)})
    weight, size = survey.answers.weight, config.release.group_size
    rules = Rules(
        case.rules,
        blur,
        config.release.weights is not None,
        float(weight.max()),
        size,
        float(survey_input.member.sum()),
    )
    published, notes = read_published(config.tables, survey.layout, survey_input.questions, rules)
    release = of_tables(survey, case, survey_input.member, published)
    if size is None:
        notes += of_how_many(survey.layout, published)
    if survey.reference is not None:
        notes += far_from(survey.layout, release.published, survey.reference, release.n)
    for note in notes:
        say(note)
    return release


def _case(config: SurveyConfig) -> Case:
    """Return how tables are published, and against whom."""
    rules = {field.name: getattr(config.release, field.name) for field in fields(Protection)}
    knows = {field.name: getattr(config.adversary, field.name) for field in fields(Adversary)}
    return Case(config.release.group_size, Protection(**rules), Adversary(**knows), config.audit.tested)


def plan_of(config: SurveyConfig) -> Plan:
    """Return what is published."""
    release = config.release
    return Plan(
        margins=release.margins,
        crosstabs=release.crosstabs,
        means=release.means,
        by=release.by,
        most_missing=release.most_missing,
        sds=release.sds,
        quantiles=release.quantiles,
        quantiles_at=release.quantiles_at,
        contrasts=release.contrasts,
        contrast=release.contrast,
        contrast_as=release.contrast_as,
    )
