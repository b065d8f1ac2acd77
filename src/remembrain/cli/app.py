"""The program: commands that need no data of the user's, and how every command is started and ended."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cyclopts import ArgumentCollection, CycloptsError
from cyclopts.config import Dict as ConfigMapping
from pydantic import ValidationError
from rich.table import Table

from remembrain._stopping import Stopped, ending_well
from remembrain._terminal import print_attacks, print_table, put, say
from remembrain._text import few, shown
from remembrain.cli import federation, model, survey
from remembrain.cli._root import NewRun, Seed, Workers, app, command
from remembrain.cli.options_file import Settings, read_settings, template
from remembrain.config import first_complaint
from remembrain.config.model_options import DemoOptions, PhantomOptions, SelftestOptions
from remembrain.errors import EvidenceAboveLimit, RemembrainError, UsageError

__all__ = ["app", "federation", "main", "model", "survey"]


@command("demo runs/demo")
def demo(run: NewRun = Path("runs/demo"), /, *, seed: Seed = 2, demo_options: DemoOptions = DemoOptions()) -> None:
    """Make phantom people, train two networks on them, attack both, and leave one report. Needs no download."""
    from remembrain.study.demo import run_demo

    put(run_demo(run, seed=seed, people=demo_options.people, grid=demo_options.grid))


@command("phantom phantoms --people 200 --grid 48 --seed 1")
def phantom(bids_dir: Path, /, *, phantom_options: PhantomOptions, seed: Seed = 0, workers: Workers = None) -> None:
    """Write a BIDS folder of realistic synthetic people.

    Parameters
    ----------
    bids_dir
        The folder to write.
    """
    from remembrain.cohort.phantom import write_cohort

    made = phantom_options
    put(write_cohort(bids_dir, people=made.people, grid=made.grid, seed=seed, sessions=made.sessions, workers=workers))


@command("attacks")
def attacks() -> None:
    """List the attacks: which run by default (core), what an adversary must have and know, where each was published."""
    from remembrain.attacks import ATTACKS, BLIND, OVER_ROUNDS, REFERENCED, groups_of

    print_attacks((*ATTACKS, *REFERENCED, *OVER_ROUNDS, BLIND), groups_of)


@command("defences")
def defences() -> None:
    """List the defences: what their strength is, what they protect, and where they were published."""
    from remembrain.targets.defences import DEFENCES

    listed = Table("defence", "strength", "protects", "paper", box=None, pad_edge=False)
    for defence in DEFENCES.values():
        listed.add_row(defence.name, defence.parameter, defence.protects, defence.paper)
    print_table(listed)


@command("selftest --audits 1000")
def selftest(*, selftest_options: SelftestOptions = SelftestOptions(), seed: Seed = 0, workers: Workers = None) -> None:
    """Simulate audits with no leak and with known ones through the same code; exit with 1 where bounds are left."""
    from remembrain.report.terminal import selftest_lines
    from remembrain.study.selftest import run as study

    result = study.run_selftest(audits=selftest_options.audits, seed=seed, workers=workers)
    put("\n".join(selftest_lines(result)))
    study.insist(result)


@command("config > audit.toml")
def config() -> None:
    """Print a commented TOML file with every option of every command, to be changed and passed with --config."""
    print(template(app), end="")


@command("env")
def env() -> None:
    """Print versions and what this machine offers."""
    from remembrain.study.inspection import environment

    for name, value in environment().items():
        put(f"{name}: {value}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    words, options, debug = _before_the_command(list(sys.argv[1:] if arguments is None else arguments))
    try:
        app.config = (_settings(words, options),) if options else ()
        with ending_well():
            app(words, exit_on_error=False, print_error=False)
    except (CycloptsError, ValidationError) as error:
        raise SystemExit(_complain(UsageError(_one_line(error), try_next="add --help"), debug)) from None
    except RemembrainError as error:
        raise SystemExit(_complain(error, debug)) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except (KeyboardInterrupt, Stopped) as error:
        say("stopped; what was computed is kept, and the same command goes on from there")
        raise SystemExit(error.code if isinstance(error, Stopped) else 130) from None
    except Exception as error:
        if debug:
            raise
        say(f"remembrain: unexpected {type(error).__name__}: {shown(error, 500)}\n  try: the same command with --debug")
        raise SystemExit(1) from None
    raise SystemExit(0)


def _settings(words: Sequence[str], options: Path) -> Callable[..., None]:
    """Return what gives the options of a file to the command that is called, and say what is not for it."""
    names, apps, _ = app.parse_commands(list(words))
    settings = read_settings(options, apps[-1].default_command if names else None)
    if settings.passed_over:
        said = " ".join(names) or "--help"
        say(f"{options}: passed over, not of {said}: {few(settings.passed_over)}")
    return lambda *given: _give(settings, options, *given)


def _give(settings: Settings, options: Path, its_app: Any, names: tuple[str, ...], given: ArgumentCollection) -> None:
    """Give settings to the arguments of a command that were not said; what is named beside the run is said too."""
    values = dict(settings.values)
    for argument in given:
        if argument.field_info.kind is argument.field_info.VAR_POSITIONAL and argument.has_tokens:
            values.pop(argument.field_info.name, None)
    content: dict[str, Any] = values
    for name in reversed(names):
        content = {name: content}
    ConfigMapping(content, source=str(options))(its_app, names, given)


def _before_the_command(words: list[str]) -> tuple[list[str], Path | None, bool]:
    """Take --debug and --config F out of the words, which hold for every command."""
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    if sum(word.partition("=")[0] == "--config" for word in words) > 1:
        raise SystemExit(_complain(UsageError("--config is said twice", expected="one file"), debug))
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
