"""An audit of published tables from end to end: answers, a release, attacks on it, evidence, the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from importlib import metadata
from pathlib import Path

from remembrain.audits import judge
from remembrain.audits.limits import parse_limit
from remembrain.audits.records import write_evidence, write_probabilities, write_scores
from remembrain.config import SurveyConfig
from remembrain.errors import UsageError
from remembrain.record.document import Made
from remembrain.record.tables import Limits, Setting, Step, SurveyEvidence, Swept
from remembrain.report import write as report
from remembrain.run import EVIDENCE, RunFolder, read_json, read_toml, sha256
from remembrain.run.origin import run_facts
from remembrain.study.selftest_kept import read_last
from remembrain.study.survey.input import blur_of, read_survey, release_of
from remembrain.survey.advice import advise
from remembrain.survey.attacks import BLIND, TableAttack
from remembrain.survey.certain import describe_certain
from remembrain.survey.description import TABLES, describe_contributions, describe_tables, not_tested
from remembrain.survey.exposed import describe_exposed, write_most_exposed
from remembrain.survey.knobs import check_declared
from remembrain.survey.looks import Attacked, attack_release, chosen, key_of, played, seen_in
from remembrain.survey.release import Release
from remembrain.survey.release_files import noise_key, write_release
from remembrain.survey.sweep import sweep


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
    check_declared(config.sweep)
    RunFolder.usable(path).insist_on("survey")
    survey_input = read_survey(config)
    for question in survey_input.questions:
        say(question.line())
    for note in survey_input.notes:
        say(note)
    key = noise_key(RunFolder(path)) if config.release.noise_epsilon is not None else None
    release = release_of(config, survey_input, key, say)
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
        config.write(run.path / "config.toml")
        write_release(run, release, survey_input.questions, key)
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
    unchanged = before == now and run.hashes() == _hashes(config)
    return {attack["name"] for attack in content["attacks"]} if unchanged else set()


def _assess(
    run: RunFolder, config: SurveyConfig, release: Release, attacks: Sequence[TableAttack], workers: int | None
) -> judge.Evidence:
    """Attack, judge and sweep, and write the evidence."""
    attacked = _attacked(run, config, release, attacks, workers)
    scores, design = played(attacked), judge.Design(by_lot=release.by_lot, subject=TABLES)
    judged = judge.judge(attacks, BLIND, scores, design=design, seed=config.seed)
    write_scores(run.scores, scores.of("real"))
    by, rates = config.audit.exposed_by or config.release.by, config.adversary.base_rates
    exposed = describe_exposed(
        release.survey, scores, judged.of_several, columns=by, base_rates=rates, seed=config.seed
    )
    write_probabilities(run, exposed.membership)
    write_most_exposed(run, exposed.membership)
    target = describe_tables(release, attacked[0], config.source.name, config.release.weights, blur_of(config))
    contributions = describe_contributions(release, attacked)
    del attacked  # a large survey's are of many people and tables, and sweeps need the room
    swept = config.tables is None and config.audit.sweeps
    sweeps, realism, declared = _swept(run, config, release, workers) if swept else ((), (), Setting())
    assessed = judged.overall.status != "not assessed"
    evidence = SurveyEvidence(
        schema=EVIDENCE,
        kind="survey",
        audit=_made(run, config),
        target=target,
        attacks=judged.attacks,
        controls=judged.controls,
        findings=judged.findings,
        exposure=exposed.exposure,
        posterior=exposed.posterior,
        reliability=exposed.reliability,
        contributions=contributions,
        certain=describe_certain(release, seen_in(release, config.seed, 0)),
        sweeps=sweeps,
        realism=realism,
        worlds=config.audit.worlds if swept else 0,
        advice=advise(sweeps, declared, judged.attacks, _limits(config)) if swept and assessed else None,
        not_tested=not_tested(release, attacks),
        selftest=read_last(),
    )
    write_evidence(run.evidence, evidence, release.survey.answers.participant_id)
    run.log(f"tables attacked by {', '.join(attack.name for attack in attacks)}: {judged.overall.text}")
    return judged


def _attacked(
    run: RunFolder, config: SurveyConfig, release: Release, attacks: Sequence[TableAttack], workers: int | None
) -> list[Attacked]:
    """Return what every attack says in every repeat."""
    return attack_release(
        release,
        attacks,
        repeats=config.audit.repeats,
        seed=config.seed,
        folder=run.restricted / "looks",
        key=key_of(release.survey),
        workers=workers,
    )


def _swept(
    run: RunFolder, config: SurveyConfig, release: Release, workers: int | None
) -> tuple[tuple[Swept, ...], tuple[Step, ...], Setting]:
    """Return what every knob comes to, every step from full to realistic knowledge, and what is declared."""
    return sweep(
        release,
        config.sweep,
        worlds=config.audit.worlds,
        seed=config.seed,
        folder=run.restricted / "sweeps",
        key=key_of(release.survey),
        workers=workers,
    )


def _limits(config: SurveyConfig) -> Limits:
    """Return below which figures protection is to keep attacks."""
    return Limits(**{field.name: getattr(config.audit, field.name) for field in fields(Limits)})


def _made(run: RunFolder, config: SurveyConfig) -> Made:
    """Return how the audit came about."""
    began = read_json(run.path / "run.json")
    return Made(
        command=began["command"],
        created=began["created"],
        version=metadata.version("remembrain"),
        versions=began["versions"],
        seed=config.seed,
        confidence=0.95,
        alpha=0.05,
        repeats=config.audit.repeats,
        hashes=run.seal(_hashes(config)),
    )


def _hashes(config: SurveyConfig) -> dict[str, str]:
    """Return the hashes of the files of people."""
    files = {"answers": config.source, "reference": config.reference, "outsiders": config.outsiders}
    files["sessions"] = config.sessions
    return {name: sha256(file) for name, file in files.items() if file is not None}
