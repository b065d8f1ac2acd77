"""What is audited on: a BIDS folder or a table becomes scans, a split, and inputs as the target reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from remembrain.cohort import bids, splits, store, table, volumes
from remembrain.cohort.covariates import covariates
from remembrain.cohort.grids import Grid, grid
from remembrain.cohort.subset import Subset
from remembrain.config import Config, DataOptions, SplitOptions
from remembrain.errors import DataError, ProblemsError, UsageError
from remembrain.run.streams import stream
from remembrain.target.defences import named
from remembrain.types import Inputs, Role, Scans

Cohort = bids.BidsCohort | table.TableCohort
AUDITED: tuple[Role, ...] = ("member", "nonmember", "validation")
TABLES = frozenset({".tsv", ".csv", ".parquet", ".txt"})


@dataclass(frozen=True, eq=False)
class Material:
    """The scans of one audit, who of them was trained on, and how the target reads them; row i is scan i in all."""

    scans: Scans
    split: splits.Split
    inputs: Inputs
    facts: Float[np.ndarray, "scan column"]
    source: str
    description: str
    label: str = "age"
    mean_brain: Callable[[Int[np.ndarray, "some"]], Float[np.ndarray, "x y z"]] | None = None

    def of(self, *roles: Role) -> Material:
        """Return what belongs to the scans of these roles."""
        return self.take(self.split.index(*roles))

    def ordered(self, roles: Sequence[Role]) -> Material:
        """Return what belongs to the scans of these roles; canaries last, so that places of all others stay theirs."""
        return self.take(
            np.concatenate([self.split.index(*(one for one in roles if one != "canary")), self.split.index("canary")])
        )

    def take(self, places: Int[np.ndarray, "some"]) -> Material:
        """Return what belongs to the scans at these places."""
        mean = self.mean_brain
        return replace(
            self,
            scans=self.scans.take(places),
            split=self.split.take(places),
            inputs=Subset(self.inputs, places),
            facts=self.facts[places],
            mean_brain=None if mean is None else lambda index: mean(places[index]),
        )

    def key(self) -> str:
        """Return a hash of the scans' content, in order."""
        return hashlib.sha256("\n".join(self.inputs.keys()).encode()).hexdigest()


def read_cohort(source: Path, options: DataOptions) -> Cohort:
    """Read a BIDS folder, or a table, without opening the volumes.

    Raises
    ------
    DataError
        Where there is nothing of that name.
    """
    if source.is_dir():
        return bids.read_bids(
            source, label=options.label, derivatives=options.derivatives, space=options.space, desc=options.desc
        )
    if source.is_file() and source.suffix.lower() in TABLES:
        return table.read_table(
            source,
            label=options.label,
            person=options.person_column,
            session=options.session_column,
            sex=options.sex_column,
            site=options.site_column,
            drop=options.drop,
        )
    what = "is neither a folder nor a table" if source.exists() else "no such file or folder"
    raise DataError(what, where=source, expected="a BIDS folder, or a table ending in .tsv, .csv or .parquet")


def insist(cohort: Cohort, source: Path) -> None:
    """Raise with every problem that makes the cohort unusable."""
    fatal = [problem for problem in cohort.problems if problem.fatal]
    if fatal:
        raise ProblemsError(fatal, where=source, try_next=f"remembrain check {source}")


def decide_split(cohort: Cohort, options: SplitOptions, seed: int, kept: Path) -> splits.Split:
    """Return the user's split, that of an earlier run (``kept``), or a new one."""
    rng = stream(seed, "split")
    scans = cohort.scans
    if (options.members_list is None) != (options.nonmembers_list is None):
        raise UsageError("--members-list and --nonmembers-list go together")
    if options.canaries and (options.split is not None or options.members_list is not None):
        raise UsageError(
            "--canaries are drawn when people are split, and this split is given",
            try_next="leave it out, or give people the role canary in split.tsv",
        )
    if options.split is not None:
        return splits.read_split(options.split, scans)
    if options.members_list is not None and options.nonmembers_list is not None:
        return splits.read_lists(options.members_list, options.nonmembers_list, scans, rng, options.known)
    if kept.exists():
        return splits.read_split(kept, scans)
    return splits.make_split(
        scans,
        rng,
        members=_count(options.members),
        nonmembers=_count(options.nonmembers),
        validation=_count(options.validation),
        population=_count(options.population),
        canaries=options.canaries,
        known=options.known,
    )


def make_material(
    cohort: Cohort,
    split: splits.Split,
    config: Config,
    *,
    preprocess: Callable[[Path], Any] | None = None,
    preprocess_key: str = "",
    protected: bool = False,
) -> Material:
    """Prepare the scans that have a role as the target reads them.

    Parameters
    ----------
    cohort, split
        As read.
    config
        Grid, store and workers come from here.
    preprocess, preprocess_key
        A stranger's own way from a file to an input, and the hash of its code.
    protected
        Whether members are to be protected, whatever ``config`` says of it.
    """
    cohort, split = cohort.take(split.used()), split.take(split.used())
    if isinstance(cohort, table.TableCohort):
        if preprocess is not None:
            raise DataError(
                "the module brings preprocess(path), which reads image files, and the data are a table",
                where=config.source,
                expected="a BIDS folder",
                try_next="remembrain.audit_module, with the arrays that the network was trained on",
            )
        encoded = table.encode(cohort, _scaled_by(split, config, protected=protected))
        whole_row = np.hstack([encoded.statistics, encoded.values])  # a row may differ by itself, whatever learned it
        facts, _ = covariates(cohort.scans, whole_row, (*encoded.statistic_names, *encoded.columns))
        text = f"table of {encoded.shape[0]} columns"
        return Material(cohort.scans, split, encoded, facts, "table", text, config.data.label)
    folder = config.data.store or store.default_store()
    space = chosen_grid(config)
    ours = volumes.prepare(cohort, space, folder, workers=config.data.workers)
    facts, _ = covariates(cohort.scans, ours.statistics, ours.statistic_names)
    inputs: Inputs = ours
    text = f"volume {' x '.join(str(side) for side in space.shape)} at {space.spacing:g} mm"
    if preprocess is not None:
        inputs = volumes.prepare_with(cohort, preprocess, folder, key=preprocess_key)
        text = f"tensor of shape {' x '.join(str(side) for side in inputs.shape)} from the module's own preprocess"
    return Material(cohort.scans, split, inputs, facts, "BIDS folder", text, config.data.label, ours.group_mean)


def _scaled_by(split: splits.Split, config: Config, *, protected: bool) -> Int[np.ndarray, "some"]:
    """Return whose values decide how columns of a table are scaled: members', unless these are to be protected.

    Scales that were learned from members would tell of them past any noise, so private training takes them from
    everybody who is not trained on.
    """
    training = config.training
    private = protected or training.epsilon is not None or training.noise_multiplier is not None
    if not (private or any(one.promises for one in named(training.defences))):
        return split.index("member")
    others = split.index("nonmember", "validation", "population")
    if len(others) < splits.FEWEST_PEOPLE:
        raise DataError(
            f"{len(others)} rows are of people who are not trained on, and private training scales columns by these",
            where=config.source,
            expected=f"at least {splits.FEWEST_PEOPLE}",
        )
    return others


def chosen_grid(config: Config) -> Grid:
    """Return the grid asked for, or the one that goes with the network's form."""
    return grid(config.data.grid or ("mni" if config.training.form == "paper" else "48"))


def _count(share: float) -> int | float:
    """Return a number of people where it is above 1, a share otherwise."""
    if share > 1:
        if share != int(share):
            raise UsageError(f"{share} people", expected="a whole number of people, or a share up to 1")
        return int(share)
    return share
