"""What an audit of tables reads: answers, people beside them, and how tables are published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from remembrain.config import SurveyConfig
from remembrain.errors import DataError
from remembrain.record.table_settings import Adversary, Blur, Protection
from remembrain.run.streams import stream
from remembrain.survey.another_scan import Again
from remembrain.survey.answers import Answers, together
from remembrain.survey.answers_file import members_of, read_answers
from remembrain.survey.columns import Question, declared, read_dictionary
from remembrain.survey.layout import Layout, Plan, lay_out
from remembrain.survey.no_measures import refuse_doubts
from remembrain.survey.published.blurring import slack_of
from remembrain.survey.published.plausible import far_from, fewer_than
from remembrain.survey.published.reading import Rules, read_published
from remembrain.survey.release import SMALLEST_GROUP, Case, Release, Survey, draw_release, of_tables
from remembrain.survey.sessions import Sessions, read_second, sessions_of


@dataclass(frozen=True, eq=False)
class SurveyInput:
    """Everything that was read: the survey, each column with what it was taken for, and who took part, where said.

    ``notes`` are what is to be said of how it was read.
    """

    survey: Survey
    questions: tuple[Question, ...]
    member: Bool[np.ndarray, "person"] | None
    notes: tuple[str, ...] = ()


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
    sessions = _sessions(config, config.source)
    beside = [config.audit.member_column] if config.tables else []
    apart = [*beside, *([sessions.column] if sessions.column else [])]
    answers, questions, extra = read_answers(
        config.source, columns, person=person, weights=weights, beside=apart, rows=sessions.first
    )
    layout = lay_out(plan_of(config), answers, "[release]")
    of_numbers = layout.means | {one.name for table in layout.tables for one in table.questions if one.cuts}
    refuse_doubts(of_numbers, questions, config.source)
    others: dict[str, Answers] = {}
    for name, path in (("outsiders", config.outsiders), ("reference", config.reference)):
        if path is not None:
            rows = _sessions(config, path).first
            others[name], asked, _ = read_answers(path, {}, person=person, weights=weights, like=answers, rows=rows)
            refuse_doubts(of_numbers, asked, path)
            together(answers, others[name], path)
    if len(others) == 2 and config.reference:
        together(others["outsiders"], others["reference"], config.reference)
    if len(answers) < SMALLEST_GROUP:
        what = f"holds {len(answers)} people"
        raise DataError(what, where=config.source, expected=f"at least {SMALLEST_GROUP}")
    member = members_of(extra[config.audit.member_column], config.source) if config.tables else None
    again = _again(config, sessions, answers, layout)
    survey = Survey(answers, layout, others.get("outsiders"), others.get("reference"), again)
    return SurveyInput(survey, questions, member, sessions.notes)


def _sessions(config: SurveyConfig, path: Path) -> Sessions:
    """Return the sessions of a file, where a second one is asked for."""
    if config.adversary.reliability != "measured":
        return Sessions()
    return sessions_of(path, config.audit.person_column, config.audit.session_column)


def _again(config: SurveyConfig, sessions: Sessions, answers: Answers, layout: Layout) -> Again | None:
    """Read the second session, where one is asked for: that of a file of its own, or of the file of people."""
    if config.adversary.reliability != "measured":
        return None
    path = config.sessions or config.source
    rows = _sessions(config, path).first if config.sessions else sessions.second
    return read_second(path, rows, answers, layout.means, config.audit.person_column)


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
    blur = blur_of(config)
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
    if release.told is not None:
        n = f"{release.told:.10g}"
        notes.append(
            f"the largest table is of {n} people, who are taken for all: group_size in [release] says another number"
        )
    as_counted = case.rules == Protection() and config.release.weights is None
    if as_counted and not slack_of(case.rules, blur, 0.0).blurred:
        notes += fewer_than(survey.layout, release.published, survey.answers.take(survey_input.member))
    if survey.reference is not None:
        notes += far_from(survey.layout, release.published, survey.reference, release.n)
    for note in notes:
        say(note)
    return replace(release, reading=tuple(notes))


def _case(config: SurveyConfig) -> Case:
    """Return how tables are published, and against whom."""
    rules = {field.name: getattr(config.release, field.name) for field in fields(Protection)}
    knows = {field.name: getattr(config.adversary, field.name) for field in fields(Adversary)}
    return Case(config.release.group_size, Protection(**rules), Adversary(**knows), config.audit.tested)


def blur_of(config: SurveyConfig) -> Blur:
    """Return what is public of tables that somebody else published."""
    return Blur(**{field.name: getattr(config.published, field.name) for field in fields(Blur)})


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
