"""The command line. Data goes to stdout, talk to stderr; a traceback only with --debug.

Exit codes: 0 done, 1 failed, 2 wrong words, 3 bad data, 4 evidence above ``--fail-above``.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, CycloptsError, Parameter, validators
from cyclopts.config import Dict as ConfigMapping
from pydantic import ValidationError
from rich.table import Table

from remembrain._terminal import print_attacks, print_table, say
from remembrain.cli_survey import survey
from remembrain.config import (
    AttackOptions,
    Config,
    DataOptions,
    FederationOptions,
    GridName,
    ImportOptions,
    SplitOptions,
    TrainOptions,
    first_complaint,
)
from remembrain.config import flat_options as read_options
from remembrain.config import template as config_template
from remembrain.errors import EvidenceAboveLimit, RemembrainError, UsageError

app = App(
    name="remembrain",
    help="Does this model remember whose scans trained it, and who could find out?",
    help_format="plaintext",
    help_epilogue="Example: remembrain audit BIDS_DIR runs/first",
    version_flags=["--version"],
    default_parameter=Parameter(negative_iterable=(), consume_multiple=True),
    suppress_keyboard_interrupt=False,
)

Data = Annotated[Path, Parameter(help="A BIDS folder, or a table (.tsv, .csv, .parquet) of one row a person.")]
NewRun = Annotated[Path, Parameter(help="The run folder; a run that was stopped goes on.")]
Seed = Annotated[int, Parameter(help="The one seed that everything random comes from.")]
Workers = Annotated[
    int | None, Parameter(help="Worker processes; one a core by default.", validator=validators.Number(gte=1))
]


@app.command(help_epilogue="Example: remembrain demo runs/demo")
def demo(run: NewRun = Path("runs/demo"), /, *, seed: Seed = 2, people: int = 640, grid: str = "48") -> None:
    """Make phantom people, train two networks on them, attack both, and leave one report. Needs no download.

    Parameters
    ----------
    people
        How many people.
    grid
        Voxels a side: 32, 48 or 64, or mni.
    """
    from remembrain.study.demo import run_demo

    print(run_demo(run, seed=seed, people=people, grid=grid))


@app.command(help_epilogue="Example: remembrain phantom phantoms --people 200 --grid 48 --seed 1")
def phantom(
    bids_dir: Path,
    /,
    *,
    people: int,
    grid: Literal["32", "48", "64", "mni"] = "48",
    seed: Seed = 0,
    sessions: int = 1,
    workers: Workers = None,
) -> None:
    """Write a BIDS folder of realistic synthetic people.

    Parameters
    ----------
    bids_dir
        The folder to write.
    people
        How many people.
    grid
        Voxels a side, or mni for 91 x 109 x 91 at 2 mm.
    sessions
        Scans a person: 1, or 2 some years apart.
    """
    from remembrain.cohort.phantom import write_cohort

    print(write_cohort(bids_dir, people=people, grid=grid, seed=seed, sessions=sessions, workers=workers))


@app.command(help_epilogue="Example: remembrain check BIDS_DIR")
def check(data: Data, /, *, data_options: DataOptions = DataOptions()) -> None:
    """Print what would be used of a BIDS folder or a table, and every problem; exit with 3 if it is unusable."""
    from remembrain.study.checking import check_data

    lines, usable = check_data(data, data_options)
    print("\n".join(lines))
    if not usable:
        raise SystemExit(3)


@app.command(help_epilogue="Example: remembrain train BIDS_DIR runs/first --network cnn3d --epochs 20")
def train(
    data: Data,
    run: NewRun,
    /,
    *,
    data_options: DataOptions = DataOptions(),
    split_options: SplitOptions = SplitOptions(),
    train_options: TrainOptions = TrainOptions(),
    seed: Seed = 0,
) -> None:
    """Split the people, and train a network on the members; a rerun goes on where it stopped."""
    from remembrain.study import audit as study

    config = Config(source=data, seed=seed, data=data_options, split=split_options, training=train_options)
    print(study.train(config, run).target)


@app.command(help_epilogue="Example: remembrain federate BIDS_DIR runs/eight --environment uniform-noniid --rounds 25")
def federate(
    data: Data,
    run: NewRun,
    /,
    *,
    data_options: DataOptions = DataOptions(),
    train_options: TrainOptions = TrainOptions(),
    federation_options: FederationOptions = FederationOptions(),
    seed: Seed = 0,
) -> None:
    """Divide the people over learners who train one model by federated averaging; a rerun goes on where it stopped.

    --epochs are those that every learner trains in a round. RUN/rounds holds the models of every round.
    """
    from remembrain.study.federating import federate as train_over_learners

    config = Config(source=data, seed=seed, data=data_options, training=train_options, federation=federation_options)
    print(train_over_learners(config, run, say).path / "rounds")


app.command(survey)

federation = App(name="federation", help="Real sites: make start-up kits, and start a training over them.")
app.command(federation)


@federation.command(help_epilogue="Example: remembrain federation provision sites.toml kits")
def provision(sites: Path, out: Path, /) -> None:
    """Make start-up kits with certificates for the server, every site and the coordinator, and print what each does.

    Parameters
    ----------
    sites
        Who takes part, as docs/federation.md shows.
    out
        A new folder.
    """
    from remembrain.study.federating import make_kits

    print(make_kits(sites, out))


@federation.command(
    help_epilogue="Example: remembrain federation start kits/kits/brain_age/prod_00/coordinator@example.org runs/sites"
)
def start(
    kit: Path,
    run: NewRun,
    /,
    *,
    train_options: TrainOptions = TrainOptions(),
    rounds: Annotated[int | None, Parameter(validator=validators.Number(gte=1))] = None,
    time_limit: Annotated[int, Parameter(validator=validators.Number(gte=1))] = 3600,
    allow_missing: Annotated[bool, Parameter(negative="")] = False,
    grid: GridName = "48",
    seed: Seed = 0,
) -> None:
    """Train one model over the sites whose kits are running; a rerun goes on after the last complete round.

    Parameters
    ----------
    kit
        The coordinator's start-up kit.
    rounds
        Rounds; as published when left out (25 for cnn3d, 40 for slice-mean).
    time_limit
        Seconds within which every site answers in a round.
    allow_missing
        Go on without sites that failed, and record it.
    grid
        Grid that every site brings its volumes to.
    """
    from remembrain.study.federating import start as start_sites

    options = FederationOptions(rounds=rounds, time_limit=time_limit, allow_missing=allow_missing)
    print(start_sites(kit, run, train_options, options, grid, seed).path / "rounds")


@app.command(
    name="import",
    help_epilogue="Example: remembrain import BIDS_DIR runs/theirs --weights model.safetensors "
    "--network their_model:Net --split split.tsv",
)
def import_(
    data: Data,
    run: NewRun,
    /,
    *,
    data_options: DataOptions = DataOptions(),
    split_options: SplitOptions = SplitOptions(),
    train_options: TrainOptions = TrainOptions(),
    import_options: ImportOptions = ImportOptions(),
    seed: Seed = 0,
) -> None:
    """Bring in a model that was trained elsewhere, with the people it was and was not trained on."""
    from remembrain.study import audit as study

    options = {"data": data_options, "split": split_options, "training": train_options, "import": import_options}
    print(study.bring_in(Config(source=data, seed=seed, **options), run).target)


@app.command(help_epilogue="Example: remembrain attack runs/first error-threshold logistic")
def attack(
    run: Path, /, *attacks: str, attack_options: AttackOptions = AttackOptions(), workers: Workers = None
) -> None:
    """Attack the target of a run folder and add to evidence.json; all attacks where none is named.

    Attacks that are in the evidence stay, and all are judged together: --fail-above holds for all of them.

    Parameters
    ----------
    run
        A run folder made by train or import.
    attacks
        Names of attacks; network:A+B composes the published classifier over the signals A and B.
    """
    from remembrain.study import audit as study
    from remembrain.study import limits

    named = attack_options.model_copy(update={"attacks": (*attack_options.attacks, *attacks)})
    limit = limits.parse_limit(named.fail_above)
    judged = study.attack(run, named, workers, say)
    print(run / "evidence.json")
    limits.enforce(judged, limit)


@app.command(help_epilogue="Example: remembrain report runs/cnn3d runs/slice-mean --out comparison.html")
def report(*runs: Path, out: Path | None = None) -> None:
    """Write one HTML file over one or several run folders.

    Parameters
    ----------
    runs
        Run folders that were attacked.
    out
        The file; RUN/report.html for one run.
    """
    from remembrain.report import write

    if not runs:
        raise UsageError("no run folder named", try_next="remembrain report RUN")
    if len(runs) > 1 and out is None:
        raise UsageError("several run folders and no file for their report", try_next="remembrain report A B --out F")
    print(write(runs, out))


@app.command(help_epilogue="Example: remembrain audit BIDS_DIR runs/first")
def audit(
    data: Data,
    run: NewRun,
    /,
    *,
    data_options: DataOptions = DataOptions(),
    split_options: SplitOptions = SplitOptions(),
    train_options: TrainOptions = TrainOptions(),
    import_options: ImportOptions = ImportOptions(),
    attack_options: AttackOptions = AttackOptions(),
    seed: Seed = 0,
) -> None:
    """Train a model or bring one in, attack it and write the report, in one go."""
    from remembrain.study import audit as study
    from remembrain.study import limits

    options = {"data": data_options, "split": split_options, "training": train_options, "import": import_options}
    config = Config(source=data, seed=seed, attack=attack_options, **options)
    limit = limits.parse_limit(attack_options.fail_above)
    written, judged = study.audit(config, run, say)
    print(written)
    limits.enforce(judged, limit)


@app.command(help_epilogue="Example: remembrain show runs/first --json")
def show(run: Path, /, *, json_: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """Print the evidence of a run folder.

    Parameters
    ----------
    run
        A run folder that was attacked.
    json_
        Print evidence.json as it is.
    """
    from remembrain.study.showing import evidence_of, lines_of

    evidence = evidence_of(run)
    print(json.dumps(evidence, indent=1) if json_ else "\n".join(lines_of(evidence)))


@app.command(help_epilogue="Example: remembrain attacks")
def attacks() -> None:
    """List the attacks: what an adversary must have and know to use each, and where it was published."""
    from remembrain.attacks import ATTACKS, BLIND, OVER_ROUNDS, REFERENCED

    print_attacks((*ATTACKS, *REFERENCED, *OVER_ROUNDS, BLIND))


@app.command(help_epilogue="Example: remembrain defend BIDS_DIR runs/defences --grid grid.toml")
def defend(data: Data, run: NewRun, /, *, grid: Path, workers: Workers = None) -> None:
    """Train and attack one model a defence, strength and seed, and compare what each costs and buys.

    A rerun goes on where it stopped.

    Parameters
    ----------
    grid
        TOML file of defences, strengths, seeds and attacks; docs/defences.md shows one.
    """
    from remembrain.study.defending import defend as compare_defences

    print(compare_defences(data, run, grid, workers, say))


@app.command(help_epilogue="Example: remembrain defences")
def defences() -> None:
    """List the defences: what their strength is, what they protect, and where they were published."""
    from remembrain.target.defences import DEFENCES

    listed = Table("defence", "strength", "protects", "paper", box=None, pad_edge=False)
    for one in DEFENCES.values():
        listed.add_row(one.name, one.parameter, one.protects, one.paper)
    print_table(listed)


@app.command(help_epilogue="Example: remembrain selftest --audits 1000")
def selftest(
    *,
    audits: Annotated[int, Parameter(validator=validators.Number(gte=20))] = 1000,
    seed: Seed = 0,
    workers: Workers = None,
) -> None:
    """Simulate audits with no leak and with known ones through the same code; exit with 1 where bounds are left.

    Parameters
    ----------
    audits
        Audits without a leak; a third as many have one.
    """
    from remembrain.study import selftest as study

    result = study.run_selftest(audits=audits, seed=seed, workers=workers)
    print("\n".join(study.lines_of(result)))
    study.insist(result)


@app.command(help_epilogue="Example: remembrain config > audit.toml")
def config() -> None:
    """Print a commented TOML file with every option, to be changed and passed with --config."""
    print(config_template(), end="")


@app.command(help_epilogue="Example: remembrain env")
def env() -> None:
    """Print versions and what this machine offers."""
    from remembrain.study.showing import environment

    for name, value in environment().items():
        print(f"{name}: {value}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    words, options, debug = _before_the_command(list(sys.argv[1:] if arguments is None else arguments))
    try:
        settings = read_options(options) if options else {}
        of_the_command = {name: settings for name in words[:1] if settings}  # an option may be called as a command is
        app.config = (ConfigMapping(of_the_command, source=str(options), allow_unknown=True),)
        app(words, exit_on_error=False, print_error=False)
    except (CycloptsError, ValidationError) as error:
        raise SystemExit(_complain(UsageError(_one_line(error), try_next="add --help"), debug)) from None
    except RemembrainError as error:
        raise SystemExit(_complain(error, debug)) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        say("stopped; what was computed is kept, and the same command goes on from there")
        raise SystemExit(130) from None
    except Exception as error:
        if debug:
            raise
        say(f"remembrain: unexpected {type(error).__name__}: {error}\n  try: the same command with --debug")
        raise SystemExit(1) from None
    raise SystemExit(0)


def _before_the_command(words: list[str]) -> tuple[list[str], Path | None, bool]:
    """Take --debug and --config F out of the words, which hold for every command."""
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    for place, word in enumerate(words):
        if word == "--config":
            if place + 1 == len(words):
                raise SystemExit(_complain(UsageError("--config needs a file", try_next="remembrain config"), debug))
            return words[:place] + words[place + 2 :], Path(words[place + 1]), debug
        if word.startswith("--config="):
            return words[:place] + words[place + 1 :], Path(word.removeprefix("--config=")), debug
    return words, None, debug


def _complain(error: RemembrainError, debug: bool) -> int:
    """Print one message, with --debug the traceback before it, and return the exit code."""
    if debug:
        traceback.print_exception(error)
    prefix = "" if isinstance(error, EvidenceAboveLimit) else "error: "
    say(f"remembrain: {prefix}{error}")
    return error.exit_code


def _one_line(error: Any) -> str:
    """Return what the parser of the command line found wrong, on one line."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ValidationError):
            option, _, what = first_complaint(cause).partition(": ")
            return f"--{option.replace('_', '-')}: {what[:1].lower()}{what[1:]}"
        cause = cause.__cause__ or cause.__context__
    return " ".join(str(error).split())
