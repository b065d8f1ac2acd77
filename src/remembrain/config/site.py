"""A real site's own people: how they are read, by which roles, and what an audit of them could see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from remembrain.cohort.check import Roles
from remembrain.config import Config, DataOptions, GridName, TrainOptions
from remembrain.config.roles import roles_kept
from remembrain.errors import DataError
from remembrain.federation.flare.kit import KeptFederation
from remembrain.federation.flare.plan import Plan
from remembrain.federation.flare.site_file import SiteFile, read_site_file
from remembrain.federation.flare.site_people import audited, drawn_split, earlier_split

Site = SiteFile[DataOptions]


def read_site(path: Path) -> Site:
    """Read what a site says of itself; relative paths in the file are relative to its folder."""
    own = read_site_file(path, DataOptions)
    return replace(own, data=own.data.at(path.parent.resolve()))


def site_config(own: Site, plan: Plan, grid: GridName) -> Config:
    """Return how a site's data are read in a federation."""
    training = TrainOptions(network=plan.network, form=plan.form)
    if (privacy := plan.recipe.privacy) is not None:  # columns of a table are then scaled by those who are left out
        budget = {"epsilon": privacy.epsilon} if privacy.epsilon else {"noise_multiplier": privacy.noise_multiplier}
        training = training.model_copy(update={**budget, "delta": privacy.delta, "clip": privacy.clip})
    data = own.data.model_copy(update={"grid": grid})
    return Config(source=own.source, seed=plan.seed, data=data, training=training)


def site_roles(federation: KeptFederation, unseen: float, seed: int) -> Roles:
    """Return how people of a site come by their roles: as the kit has it, or by a draw of a share who are left out.

    Who is left out has the role validation while a model is trained.
    """
    if not federation.split.is_file():
        return Roles(lambda scans, _: drawn_split(scans, unseen, seed), by_lot=True)
    return replace(roles_kept(federation.split), decide=lambda scans, _: earlier_split(federation.split, scans))


def audited_roles(federation: KeptFederation) -> Roles:
    """Return the roles that an audit gives those of whom the kit knows who was trained on and who was left out.

    Raises
    ------
    DataError
        Where the kit does not know.
    """
    path = federation.split
    if not path.is_file():
        raise DataError("no such file", where=path, try_next="a federation with this version, which keeps it")
    return replace(roles_kept(path), decide=lambda scans, _: audited(earlier_split(path, scans)))
