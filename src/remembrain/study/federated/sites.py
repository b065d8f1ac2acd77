"""A federation of real sites: their kits, and one training over them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from remembrain._progress import progress
from remembrain.config import GridName, RoundsOptions, TrainOptions
from remembrain.config.recipe import rounds_of
from remembrain.errors import UsageError
from remembrain.federation.archive import Archive
from remembrain.federation.flare import installed
from remembrain.federation.flare.plan import Plan
from remembrain.federation.run_folder import KEY, insist, keep_last
from remembrain.run import Key, RunFolder, write_json
from remembrain.run.origin import run_facts


def start(
    kit: Path,
    path: Path,
    training: TrainOptions,
    options: RoundsOptions,
    grid: GridName,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> RunFolder:
    """Train one model over real sites, whose start-up kits are running; a rerun goes on after the last complete round.

    The run folder gets ``rounds/NNN/`` and the last community model as ``target/``. People stay at their sites, so that
    it holds nothing to attack with: each site audits the model on its own people. Which sites left out too few for that
    is told (``say``) when the training begins, and which did not get the final model at its end.

    Raises
    ------
    RemembrainError
        Where the server cannot be reached, or the federation failed, naming the site.
    """
    with installed():
        from remembrain.federation.flare.session import sites_of, start_rounds
    name = training.network or "cnn3d"
    recipe, rounds = rounds_of(name, training, "age", options)
    if recipe.privacy is not None and recipe.privacy.noise_multiplier != 0 and not recipe.privacy.secure_noise:
        raise UsageError(
            "noise would come from the seed, which the server and every site are sent and can take it away with",
            try_next="--secure-noise",
        )
    sites = {site: site for site in sites_of(kit)}
    plan = Plan(name, training.form, recipe, rounds, seed, sites, options.time_limit, options.allow_missing)
    run = RunFolder.usable(path).insist_on("model")
    facts, archive = run_facts(seed), Archive(run.path / "rounds")
    with run.alone():
        key = Key.of(plan=plan.identity, grid=grid)
        insist(run, archive, key, rounds)
        RunFolder.create(run.path, facts)
        write_json(run.restricted / KEY, dict(key.parts))
        run.log(f"{facts['command']} (remembrain {metadata.version('remembrain')}): {', '.join(sites)}")
        with progress(f"{len(sites)} sites train {name}", 0) as advance:
            start_rounds(kit, run, plan, grid, lambda: advance(None, 0), say)
        keep_last(run, archive, plan, tuple(archive.facts(0)["shape"]))
    run.log(f"trained {name} over {len(sites)} sites for {rounds} rounds")
    return run


def make_kits(sites: Path, out: Path) -> str:
    """Make start-up kits for a federation of real sites; return what each party does with its own.

    Raises
    ------
    DataError
        Where ``sites.toml`` is wrong, naming the key, or the folder is not empty.
    """
    with installed():
        from remembrain.federation.flare.provision import instructions, provision, read_sites
    federation = read_sites(sites)
    return instructions(federation, provision(federation, out))
