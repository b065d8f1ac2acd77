"""Who has which role: drawn, given by a file, or kept of a run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from remembrain.audits.outlook import Divided
from remembrain.cohort import left_out, split_files
from remembrain.cohort.answers import members_of
from remembrain.cohort.arrays import draw_of_known, split_of
from remembrain.cohort.check import Roles
from remembrain.cohort.meant import Listed
from remembrain.cohort.splits import Split, make_split
from remembrain.config import BroughtConfig, Config, PredictionsConfig, SplitOptions
from remembrain.errors import UsageError
from remembrain.run.streams import stream
from remembrain.types import Scans


def roles_of(config: Config | PredictionsConfig | BroughtConfig, kept_split: Path | None = None) -> Roles:
    """Return how people come by their roles: by the user's split, that of an earlier run, ``kept_split``, or new."""
    options = config.split
    if (options.members_list is None) != (options.nonmembers_list is None):
        raise UsageError("--members-list and --nonmembers-list go together")
    files: tuple[tuple[Path | None, Listed | None], ...] = (
        (options.split, None),
        (options.members_list, "member"),
        (options.nonmembers_list, "nonmember"),
    )
    lists = tuple((path, listed) for path, listed in files if path is not None)
    if options.canaries and lists:
        raise UsageError(
            "--canaries are drawn when people are split, and this split is given",
            try_next="leave it out, or give people the role canary in split.tsv",
        )
    if not lists and kept_split is not None and kept_split.exists():
        return roles_kept(kept_split)
    return Roles(
        lambda scans, passed_over: decide_split(scans, options, config.seed, passed_over), lists, by_lot=not lists
    )


def roles_by_column(config: PredictionsConfig | BroughtConfig, name: str, cells: Sequence[str], scans: Scans) -> Roles:
    """Return how people of a table come by their roles: by the user's split or lists, else by a column of membership.

    Parameters
    ----------
    config
        Says whether there are any.
    name, cells, scans
        The column, ``""`` where there is none, what it says of each row, and whose rows these are; people of whom it
        does not say that they were trained on were not.
    """
    if listed_by(config.split):
        return roles_of(config)
    inside = {*scans.participant_id[members_of(name, cells, scans, config.source)].tolist()}

    def decide(scans: Scans, passed_over: Collection[str]) -> Split:  # noqa: ARG001  # left out are in no row
        member = np.array([name in inside for name in scans.participant_id.tolist()], dtype=bool)
        return split_of(scans, member, config.split.known, config.seed)

    return Roles(decide)


def listed_by(options: SplitOptions) -> bool:
    """Tell whether a split or lists of the user's say who has which role."""
    return options.split is not None or options.members_list is not None or options.nonmembers_list is not None


def divided_by(options: SplitOptions) -> Divided:
    """Return how people are divided, as far as advice depends on it."""
    given = options.split is not None or options.members_list is not None
    return Divided(options.canaries, given, options.split is not None)


def roles_kept(path: Path) -> Roles:
    """Return the roles of a run that has begun; who was left out of it stays left out, and nobody else is."""
    return Roles(
        lambda scans, passed_over: split_files.read_split(path, scans, passed_over),
        ((path, None),),
        left_out.read(path.with_name(left_out.FILE)),
        split_files.is_by_lot(path),
    )


def decide_split(scans: Scans, options: SplitOptions, seed: int, passed_over: Collection[str] = ()) -> Split:
    """Return the user's split, or a new one."""
    if options.split is not None:
        return split_files.read_split(options.split, scans, passed_over)
    if options.members_list is not None and options.nonmembers_list is not None:
        rng = draw_of_known(seed)
        return split_files.read_lists(
            options.members_list, options.nonmembers_list, scans, rng, options.known, passed_over
        )
    return make_split(
        scans,
        stream(seed, "split"),
        {
            "member": _count(options.members),
            "nonmember": _count(options.nonmembers),
            "validation": _count(options.validation),
            "population": _count(options.population),
            "canary": options.canaries,
        },
        options.known,
    )


def _count(share: float) -> int | float:
    """Return a number of people where it is above 1, a share otherwise."""
    if share > 1:
        if share != int(share):
            raise UsageError(f"{share} people", expected="a whole number of people, or a share up to 1")
        return int(share)
    return share
