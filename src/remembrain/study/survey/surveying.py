"""An audit of published tables from end to end: answers, a release, attacks on it, evidence, the report."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool

from remembrain import evidence as evidence_room
from remembrain import report
from remembrain import survey as survey_room
from remembrain._text import shown
from remembrain.audit import judge
from remembrain.audit.limits import parse_limit
from remembrain.config import SurveyConfig
from remembrain.errors import DataError, UsageError
from remembrain.evidence import disclosure
from remembrain.evidence.wording import Subject
from remembrain.run import EVIDENCE, Key, RunFolder, read_json, read_toml, write_json, write_text
from remembrain.run.kept import code_of_rooms
from remembrain.run.streams import stream
from remembrain.study.begun import run_facts
from remembrain.study.records import write_scores
from remembrain.study.selftest_kept import read_last
from remembrain.study.survey.describing import (
    describe_audit,
    describe_contributions,
    describe_exposed,
    describe_release,
    hashes_of,
    not_tested,
)
from remembrain.survey import sweep, tables_csv
from remembrain.survey.advice import advise
from remembrain.survey.answers import Answers, read_answers, together
from remembrain.survey.attacks import BLIND, TableAttack
from remembrain.survey.columns import Question, declared, read_dictionary
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.looks import Attacked, attack_release, chosen
from remembrain.survey.release import Case, Release, Survey, draw_release, of_tables
from remembrain.survey.settings import Adversary, Protection
from remembrain.types import Scores

TABLES = Subject(
    what="the tables",
    facts="what they answer",
    joined="took part",
    memory="what the tables give away",
    decide="people who did not take part and are like those who did",
)
KEY = "noise.key"


@dataclass(frozen=True, eq=False)
class Read:
    """Everything that was read: the survey, each column with what it was taken for, and who took part, where said."""

    survey: Survey
    questions: tuple[Question, ...]
    member: Bool[np.ndarray, "person"] | None


def audit_survey(
    config: SurveyConfig, path: Path, say: Callable[[str], None], workers: int | None = None
) -> tuple[Path, judge.Evidence]:
    """Read answers, publish tables, attack them, judge, sweep, and write the report; a rerun goes on where it stopped.

    Parameters
    ----------
    config
        Every option.
    path
        The run folder.
    say
        Talks to the user.
    workers
        Processes; one a core when left out.

    Raises
    ------
    RemembrainError
        Where a file, an option or the run folder cannot be used; nothing is written then.
    """
    parse_limit(config.audit.fail_above)
    attacks = chosen(config.audit.attacks)
    sweep.check_declared(config.sweep)
    RunFolder.usable(path).insist_on("survey")
    read = read_survey(config)
    for one in read.questions:
        say(one.line())
    key = _key(RunFolder(path)) if config.release.noise_epsilon is not None else None
    release = release_of(config, read, key)
    run = RunFolder(path)
    with run.alone():
        earlier = _earlier(run, config)
        kept = [one for one in chosen(()) if one.name in earlier and one not in attacks]
        attacks = (*attacks, *kept)
        if kept:
            say(f"added to what is in the evidence: {', '.join(one.name for one in kept)}")
        if not earlier:
            run.forget()
        RunFolder.create(path, run_facts(config.seed))
        if key is not None:
            write_text(run.restricted / KEY, f"{key}\n")
        config.write(run.path / "config.toml")
        _write_release(run, release, read.questions, config)
        say(f"{len(release.survey.layout.tables)} tables, {release.survey.layout.n_cells} cells, in {path / 'release'}")
        judged = _assess(run, config, release, attacks, workers)
    return report.write([path]), judged


def _earlier(run: RunFolder, config: SurveyConfig) -> set[str]:
    """Return the attacks in the evidence here where it is of these very options and files but for the attacks."""
    kept = run.path / "config.toml"
    if not (run.evidence.is_file() and kept.is_file()):
        return set()
    content, before = read_json(run.evidence), read_toml(kept, UsageError)
    asked = json.loads(config.model_dump_json(by_alias=True, exclude_none=True))
    for options in (before, asked):
        for name in ("attacks", "fail_above"):
            options.get("audit", {}).pop(name, None)
    same = before == asked and run.hashes() == hashes_of(config)
    return {one["name"] for one in content["attacks"]} if same else set()


def read_survey(config: SurveyConfig) -> Read:
    """Read the answers, and people of other files, by the dictionary.

    Raises
    ------
    DataError
        Where a file cannot be used, or somebody stands in two of them.
    """
    said = read_dictionary(config.dictionary) if config.dictionary else {}
    said |= declared(config.columns, config.source)
    beside = (config.audit.member_column,) if config.tables else ()
    weights = config.release.weights
    answers, questions, extra = read_answers(
        config.source, said, person=config.audit.person_column, weights=weights, beside=beside
    )
    layout = lay_out(_plan(config), answers, "[release]")
    others: dict[str, Answers] = {}
    for name, path in (("outsiders", config.outsiders), ("reference", config.reference)):
        if path is None:
            continue
        theirs, _, _ = read_answers(path, {}, person=config.audit.person_column, weights=weights, like=answers)
        together(answers, theirs, path)
        others[name] = theirs
    if len(others) == 2 and config.reference:
        together(others["outsiders"], others["reference"], config.reference)
    if len(answers) < 10:
        raise DataError(f"holds {len(answers)} people", where=config.source, expected="at least 10")
    survey = Survey(answers, layout, others.get("outsiders"), others.get("reference"))
    return Read(survey, questions, _member(config, extra) if config.tables else None)


def _key(run: RunFolder) -> int:
    """Return what noise is drawn from, which nobody may know: that of this run, or a new one from the system."""
    kept = run.restricted / KEY
    return int(kept.read_text(encoding="utf-8")) if kept.is_file() else secrets.randbits(256)


def release_of(config: SurveyConfig, read: Read, key: int | None = None) -> Release:
    """Return the release that is audited: drawn here, or published by somebody.

    ``key`` is what noise is drawn from beside the seed, which stands in the evidence.
    """
    case = case_of(config)
    if config.tables is None or read.member is None:
        secret = None if key is None else stream(key, "noise of a release", config.seed)
        return draw_release(read.survey, case, stream(config.seed, "release"), secret)
    return of_tables(read.survey, case, read.member, tables_csv.read_tables(read.survey.layout, config.tables))


def case_of(config: SurveyConfig) -> Case:
    """Return how tables are published, and against whom."""
    said, knows = config.release, config.adversary.model_dump(exclude={"base_rates"})
    rules = said.model_dump(include={one.name for one in fields(Protection)})
    return Case(said.group_size, Protection(**rules), Adversary(**knows), config.audit.tested)


def _plan(config: SurveyConfig) -> Plan:
    """Return what is published."""
    said = config.release
    return Plan(said.margins, said.crosstabs, said.means, said.by, said.most_missing)


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


def _write_release(run: RunFolder, release: Release, questions: Sequence[Question], config: SurveyConfig) -> None:
    """Write the tables that are audited, and what every column was taken for."""
    layout, folder = release.survey.layout, run.path / "release"
    tables_csv.write_tables(layout, release.published, folder)
    rows = ["column\tkind\tdeclared\tlevels\tmissing\tunanswered"]
    rows += [
        "\t".join(
            (
                one.name,
                one.kind,
                str(int(one.declared)),
                "; ".join(one.levels),
                "; ".join(one.missing),
                f"{one.unanswered:.4f}",
            )
        )
        for one in questions
    ]
    write_text(run.restricted / "columns.tsv", "\n".join(rows) + "\n")
    if config.tables is None:
        names = [f"{name}\tmember" for name in release.survey.answers.participant_id[release.group]]
        write_text(run.split, "\n".join(["participant_id\trole", *names]) + "\n")


def _assess(
    run: RunFolder, config: SurveyConfig, release: Release, attacks: Sequence[TableAttack], workers: int | None
) -> judge.Evidence:
    """Attack, judge and sweep, and write the evidence."""
    found = attack_release(
        release,
        attacks,
        repeats=config.audit.repeats,
        seed=config.seed,
        folder=run.restricted / "looks",
        key=_key_of(release.survey),
        workers=workers,
    )
    refused = {name: why for one in found for name, why in one.refused.items()}
    real, null = _gathered(found, "real", refused), _gathered(found, "null", refused)
    judged = judge.judge(attacks, BLIND, real, null, refused, subject=TABLES, by_lot=release.by_lot, seed=config.seed)
    write_scores(run.scores, real)
    content = {
        "schema": EVIDENCE,
        "kind": "survey",
        "audit": describe_audit(run, config),
        "target": describe_release(config, release, found),
        **judged.content,
        **describe_exposed(run, config, release, real, judged.of_several),
        "contributions": describe_contributions(release, found),
        **_swept(run, config, release, workers, assessed=judged.overall.status != "not assessed"),
        "not_tested": not_tested(config, release, attacks),
        "selftest": read_last(),
    }
    write_json(run.evidence, disclosure.leaving(content, release.survey.answers.participant_id), public=True)
    run.log(f"tables attacked by {', '.join(one.name for one in attacks)}: {judged.content['findings'][0]['text']}")
    return judged


def _gathered(found: Sequence[Attacked], kind: str, refused: dict[str, str]) -> dict[str, list[Scores]]:
    """Return the scores of one kind by attack, of those that could be run in every repeat."""
    gathered: dict[str, list[Scores]] = {}
    for one in found:
        for name, scores in getattr(one, kind).items():
            if name not in refused:
                gathered.setdefault(name, []).append(scores)
    return gathered


def _swept(
    run: RunFolder, config: SurveyConfig, release: Release, workers: int | None, *, assessed: bool
) -> dict[str, Any]:
    """Return the sweeps and the advice from them; nothing where tables are given or nothing is to be swept."""
    if config.tables is not None or not config.audit.sweeps:
        return {"sweeps": [], "realism": [], "worlds": 0, "advice": None}
    found = sweep.sweep(
        release.survey,
        case_of(config),
        config.sweep,
        worlds=config.audit.worlds,
        seed=config.seed,
        folder=run.restricted / "sweeps",
        key=_key_of(release.survey),
        workers=workers,
    )
    return {**found, "advice": advise(found["sweeps"], config.audit.auc_below) if assessed else None}


def _key_of(survey: Survey) -> Key:
    """Return the key of all people, of the tables, and of the code that makes and attacks them."""
    files = {"answers": survey.answers, "outsiders": survey.outsiders, "reference": survey.reference}
    people = {name: answers and _told(answers) for name, answers in files.items()}
    code = code_of_rooms(survey_room, evidence_room)
    return Key.of(**people, layout=repr(survey.layout.tables), code=code)


def _told(answers: Answers) -> list[object]:
    """Return people and their answers as a key names them."""
    questions = repr((answers.categorical, answers.numeric))
    return [answers.participant_id, answers.code, answers.value, answers.weight, questions]
