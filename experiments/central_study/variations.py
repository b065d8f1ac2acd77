"""Figure 1: leakage against overfitting, over epochs, training-set sizes, dropout and weight decay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setting import NETWORKS, Size, config

from remembrain._parallel import map_processes
from remembrain.config import AttackOptions, Config, SplitOptions
from remembrain.query.checkpoints import QUICK
from remembrain.run import read_json
from remembrain.study import audit


@dataclass(frozen=True)
class Variation:
    """One training that differs from the study's in one thing."""

    kind: str
    value: float
    members: float = 0.5
    training: tuple[tuple[str, float], ...] = ()


VARIATIONS = (
    Variation("members", 0.25, members=0.25),
    Variation("members", 0.5),
    Variation("dropout", 0.6, training=(("dropout", 0.6),)),
    Variation("weight decay", 0.1, training=(("weight_decay", 0.1),)),
)
"""Half of the study's members, so that several trainings a network are affordable; all else as in the study."""


@dataclass(frozen=True)
class _Job:
    """One training and its attacks, in a worker."""

    config: Config
    path: Path


def vary(out: Path, size: Size, *, quick: bool) -> list[dict[str, Any]]:
    """Train every variation, attack it by the quick attacks, and return gap and leakage of each."""
    wanted = [(network, one) for network in NETWORKS for one in (VARIATIONS[:1] if quick else VARIATIONS)]
    jobs = [_job(out, size, network, one) for network, one in wanted]
    map_processes(_run, jobs, workers=None, description="training variations")
    return [
        {"network": network, "kind": one.kind, "value": one.value, **_leakage(job.path)}
        for (network, one), job in zip(wanted, jobs, strict=True)
    ]


def _job(out: Path, size: Size, network: str, one: Variation) -> _Job:
    """Return a variation's options and its run folder."""
    full = config(out, size, network, **dict(one.training), keep_every=0)
    members = round(one.members * size.members)
    split = SplitOptions(members=members, nonmembers=size.nonmembers // 2, validation=0, population=0)
    name = f"{network}-{one.kind.replace(' ', '-')}-{one.value:g}"
    return _Job(full.model_copy(update={"split": split}), out / "variations" / name)


def _run(job: _Job) -> None:
    """Train and attack one variation, unless that was done."""
    if not (job.path / "evidence.json").exists():
        audit.train(job.config, job.path)
        audit.attack(job.path, AttackOptions(attacks=QUICK), workers=1)


def _leakage(path: Path) -> dict[str, Any]:
    """Return what a variation's evidence says of gap and attacks."""
    evidence = read_json(path / "evidence.json")
    attacks = {one["name"]: one["accuracy"] for one in evidence["attacks"] if one["name"] in QUICK}
    return {"gap": evidence["target"]["gap"], "mae": evidence["target"]["mae"], "accuracy": attacks}
