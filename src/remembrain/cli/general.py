"""Commands that need no data of the user's: what there is, made-up people, the demonstration, the self-test."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from remembrain._terminal import print_attacks, print_table, put, say
from remembrain.cli._program import app, command
from remembrain.cli._root import NewRun, Seed, Workers
from remembrain.config.model_options import DemoOptions, PhantomOptions, SelftestOptions


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
    from remembrain.attacks import ATTACKS, BLIND, OVER_ROUNDS, REFERENCED, groups_of, plugins, select
    from remembrain.errors import RemembrainError
    from remembrain.types import Attack

    ours = (*ATTACKS, *REFERENCED, *OVER_ROUNDS, BLIND)
    brought: list[Attack] = []
    for name in plugins.names_of_packages():
        try:
            brought += select((name,), references=True, rounds=True)
        except RemembrainError as error:  # of one package, and the others are listed
            say(f"not listed: {error}")
    print_attacks([*{attack.name: attack for attack in (*ours, *brought)}.values()], groups_of)


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
    from remembrain.audits.selftest import insist, run_selftest
    from remembrain.report.terminal import selftest_lines
    from remembrain.study.selftest_kept import last_path

    result = run_selftest(audits=selftest_options.audits, seed=seed, workers=workers, path=last_path())
    put("\n".join(selftest_lines(result)))
    insist(result)


@command("config > audit.toml")
def config() -> None:
    """Print a commented TOML file with every option of every command, to be changed and passed with --config."""
    from remembrain.cli.options_file import template

    print(template(app), end="")


@command("env")
def env() -> None:
    """Print versions and what this machine offers."""
    from remembrain.cli.environment import environment

    for name, value in environment().items():
        put(f"{name}: {value}")
