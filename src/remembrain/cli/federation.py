"""Commands about a model that several sites train: on this machine, or over real sites."""

from __future__ import annotations

from pathlib import Path

from remembrain._terminal import put, say
from remembrain.cli._program import command
from remembrain.cli._root import Data, NewRun, Seed, Workers, concluding
from remembrain.config import (
    AttackOptions,
    Config,
    DataOptions,
    FederationOptions,
    GridOptions,
    RoundsOptions,
    SiteAuditOptions,
    TrainOptions,
)
from remembrain.config.idle import insist_on_use
from remembrain.config.said import Said


@command("federate BIDS_DIR runs/eight --environment uniform-noniid --rounds 25")
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
    from remembrain.study.federated.federate import federate as train_over_learners

    config = Config(source=data, seed=seed, data=data_options, training=train_options, federation=federation_options)
    insist_on_use(Said.of(config, work="federate"))
    put(train_over_learners(config, run, say).path / "rounds")


@command("federation provision sites.toml kits")
def provision(sites: Path, out: Path, /) -> None:
    """Make start-up kits with certificates for the server, every site and the coordinator, and print what each does.

    Parameters
    ----------
    sites
        Who takes part, as docs/federation.md shows.
    out
        A new folder.
    """
    from remembrain.study.federated.sites import make_kits

    put(make_kits(sites, out))


@command("federation start kits/kits/brain_age/prod_00/coordinator@example.org runs/sites")
def start(
    kit: Path,
    run: NewRun,
    /,
    *,
    train_options: TrainOptions = TrainOptions(),
    rounds_options: RoundsOptions = RoundsOptions(),
    grid_options: GridOptions = GridOptions(),
    seed: Seed = 0,
) -> None:
    """Train one model over the sites whose kits are running; a rerun goes on after the last complete round.

    Parameters
    ----------
    kit
        The coordinator's start-up kit.
    """
    from remembrain.study.federated.sites import start as start_sites

    insist_on_use(Said("start", train_options, rounds_options))
    grid = grid_options.for_form(train_options.form)
    put(start_sites(kit, run, train_options, rounds_options, grid, seed, say).path / "rounds")


@command("federation check kits/kits/brain_age/prod_00/oslo")
def check_kit(kit: Path, /) -> None:
    """At a site: print what its remembrain.toml says, whom it would train on, and what its audit afterwards could see.

    Exit with 3 if the data are unusable. Nothing is sent and nothing is kept.

    Parameters
    ----------
    kit
        The site's start-up kit.
    """
    from remembrain.study.federated.site_check import check_site

    lines, usable = check_site(kit)
    put("\n".join(lines))
    if not usable:
        raise SystemExit(3)


@command("federation audit kits/kits/brain_age/prod_00/oslo runs/oslo")
def audit_model(
    kit: Path,
    run: NewRun,
    /,
    *,
    site_audit_options: SiteAuditOptions = SiteAuditOptions(),
    attack_options: AttackOptions = AttackOptions(),
    workers: Workers = None,
) -> None:
    """At a site: audit the final model of a federation on the site's own people, and write the report.

    Members are those whom the site trained on, non-members those whom it left out, as its kit keeps them.

    Parameters
    ----------
    kit
        The site's start-up kit.
    """
    from remembrain.study.federated.site_audit import audit_site

    conclude = concluding(attack_options.fail_above)
    insist_on_use(Said("attack", attack_options))
    conclude(*audit_site(kit, run, attack_options, site_audit_options, workers=workers, say=say))
