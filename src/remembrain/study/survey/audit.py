"""An audit of published tables from end to end: answers, a release, attacks on it, evidence, the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from remembrain import evidence as evidence_room
from remembrain import survey as survey_room
from remembrain.audit import judge
from remembrain.audit.limits import parse_limit
from remembrain.audit.play import Played
from remembrain.audit.records import write_scores
from remembrain.config import SurveyConfig
from remembrain.errors import UsageError
from remembrain.evidence import disclosure
from remembrain.evidence.wording import Subject
from remembrain.report import write as report
from remembrain.run import EVIDENCE, Key, RunFolder, read_json, read_toml, write_json, write_text
from remembrain.run.kept import code_of_rooms
from remembrain.study.origin import run_facts
from remembrain.study.selftest_kept import read_last
from remembrain.study.survey.description import (
    describe_audit,
    describe_contributions,
    describe_exposed,
    describe_release,
    hashes_of,
    not_tested,
)
from remembrain.study.survey.input import case_of, read_survey, release_of
from remembrain.study.survey.release_files import KEY, noise_key, write_release
from remembrain.survey import sweep
from remembrain.survey.advice import advise
from remembrain.survey.answers import Answers
from remembrain.survey.attacks import BLIND, TableAttack
from remembrain.survey.looks import Attacked, attack_release, chosen
from remembrain.survey.release import Release, Survey
from remembrain.types import Scores

TABLES = Subject(
    what="the tables",
    facts="what they answer",
    joined="took part",
    memory="what the tables give away",
    decide="people who did not take part and are like those who did",
)


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
    survey_input = read_survey(config)
    for question in survey_input.questions:
        say(question.line())
    key = noise_key(RunFolder(path)) if config.release.noise_epsilon is not None else None
    release = release_of(config, survey_input, key)
    run = RunFolder(path)
    with run.alone():
        earlier = _earlier(run, config)
        earlier_attacks = [attack for attack in chosen(()) if attack.name in earlier and attack not in attacks]
        attacks = (*attacks, *earlier_attacks)
        if earlier_attacks:
            say(f"added to what is in the evidence: {', '.join(attack.name for attack in earlier_attacks)}")
        if not earlier:
            run.forget()
        RunFolder.create(path, run_facts(config.seed))
        if key is not None:
            write_text(run.restricted / KEY, f"{key}\n")
        config.write(run.path / "config.toml")
        write_release(run, release, survey_input.questions, config)
        say(f"{len(release.survey.layout.tables)} tables, {release.survey.layout.n_cells} cells, in {path / 'release'}")
        judged = _assess(run, config, release, attacks, workers)
    return report.write([path]), judged


def _earlier(run: RunFolder, config: SurveyConfig) -> set[str]:
    """Return the attacks in the evidence here where it is of these very options and files but for the attacks."""
    config_file = run.path / "config.toml"
    if not (run.evidence.is_file() and config_file.is_file()):
        return set()
    content, before = read_json(run.evidence), read_toml(config_file, UsageError)
    now = json.loads(config.model_dump_json(by_alias=True, exclude_none=True))
    for options in (before, now):
        for name in ("attacks", "fail_above"):
            options.get("audit", {}).pop(name, None)
    unchanged = before == now and run.hashes() == hashes_of(config)
    return {attack["name"] for attack in content["attacks"]} if unchanged else set()


def _assess(
    run: RunFolder, config: SurveyConfig, release: Release, attacks: Sequence[TableAttack], workers: int | None
) -> judge.Evidence:
    """Attack, judge and sweep, and write the evidence."""
    attacked = attack_release(
        release,
        attacks,
        repeats=config.audit.repeats,
        seed=config.seed,
        folder=run.restricted / "looks",
        key=_key_of(release.survey),
        workers=workers,
    )
    refused = {name: why for repeat in attacked for name, why in repeat.refused.items()}
    real, null = _gathered(attacked, "real", refused), _gathered(attacked, "null", refused)
    played = Played({"real": real, "null": null}, refused)
    design = judge.Design(by_lot=release.by_lot, subject=TABLES)
    judged = judge.judge(attacks, BLIND, played, design=design, seed=config.seed)
    write_scores(run.scores, real)
    content = {
        "schema": EVIDENCE,
        "kind": "survey",
        "audit": describe_audit(run, config),
        "target": describe_release(config, release, attacked),
        **judged.content,
        **describe_exposed(run, config, release, real, judged.of_several),
        "contributions": describe_contributions(release, attacked),
        **_swept(run, config, release, workers, assessed=judged.overall.status != "not assessed"),
        "not_tested": not_tested(config, release, attacks),
        "selftest": read_last(),
    }
    write_json(run.evidence, disclosure.leaving(content, release.survey.answers.participant_id), public=True)
    run.log(
        f"tables attacked by {', '.join(attack.name for attack in attacks)}: {judged.content['findings'][0]['text']}"
    )
    return judged


def _gathered(attacked: Sequence[Attacked], kind: str, refused: dict[str, str]) -> dict[str, list[Scores]]:
    """Return the scores of one kind by attack, of those that could be run in every repeat."""
    gathered: dict[str, list[Scores]] = {}
    for repeat in attacked:
        for name, scores in getattr(repeat, kind).items():
            if name not in refused:
                gathered.setdefault(name, []).append(scores)
    return gathered


def _swept(
    run: RunFolder, config: SurveyConfig, release: Release, workers: int | None, *, assessed: bool
) -> dict[str, Any]:
    """Return the sweeps and the advice from them; nothing where tables are given or nothing is to be swept."""
    if config.tables is not None or not config.audit.sweeps:
        return {"sweeps": [], "realism": [], "worlds": 0, "advice": None}
    swept = sweep.sweep(
        release.survey,
        case_of(config),
        config.sweep,
        worlds=config.audit.worlds,
        seed=config.seed,
        folder=run.restricted / "sweeps",
        key=_key_of(release.survey),
        workers=workers,
    )
    return {**swept, "advice": advise(swept["sweeps"], config.audit.auc_below) if assessed else None}


def _key_of(survey: Survey) -> Key:
    """Return the key of all people, of the tables, and of the code that makes and attacks them."""
    files = {"answers": survey.answers, "outsiders": survey.outsiders, "reference": survey.reference}
    people = {name: answers and _parts_of_key(answers) for name, answers in files.items()}
    code = code_of_rooms(survey_room, evidence_room)
    return Key.of(**people, layout=repr(survey.layout.tables), code=code)


def _parts_of_key(answers: Answers) -> list[object]:
    """Return people and their answers as a key names them."""
    questions = repr((answers.categorical, answers.numeric))
    return [answers.participant_id, answers.code, answers.value, answers.weight, questions]
