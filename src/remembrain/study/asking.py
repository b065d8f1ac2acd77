"""What the target is asked: the signals that attacks need, each computed once, and which attacks do not apply."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from remembrain import signals
from remembrain._device import on_device
from remembrain.attacks import OTHERS, REFERENCES, ROUNDS
from remembrain.attacks.activation import LaterLayers
from remembrain.cohort.material import Material
from remembrain.errors import DataError
from remembrain.run import sha256
from remembrain.target.model import Target
from remembrain.types import Array, Attack

ALWAYS = ("prediction", "label", "error")
ELSEWHERE = ("covariates", REFERENCES, ROUNDS, OTHERS)
"""What attacks read that the target is not asked for."""


@dataclass(frozen=True, eq=False)
class Asked:
    """Signals by name; which weights or layers each reads; the attacks, ready to run; why others cannot be run."""

    seen: Mapping[str, Array]
    layers: Mapping[str, str]
    attacks: tuple[Attack, ...]
    refused: Mapping[str, str]


def ask(target: Target, material: Material, attacks: Sequence[Attack], folder: Path) -> Asked:
    """Return the signals of every scan that these attacks need, from disk where they were computed before.

    Parameters
    ----------
    target
        The model; run on the graphics processor where there is one, and left as it was.
    material
        The scans.
    attacks
        Whose needs count.
    folder
        Gets a file a signal.
    """
    scan, age = material.inputs[0], float(material.scans.age[0])
    wanted = dict.fromkeys([*ALWAYS, *(name for one in attacks for name in one.needs)])
    for name in ELSEWHERE:
        wanted.pop(name, None)
    layers: dict[str, str] = {}
    missing: dict[str, str] = {}
    with on_device(target.module):
        for name in wanted:
            try:
                found = signals.resolve(target, scan, age, [name])
            except DataError as error:
                missing[name] = error.what
                continue
            layers |= {part: signal.described() for part, signal in found.items() if ":" in part}
        seen = signals.extract(
            target,
            material.inputs,
            material.scans.age,
            names=[name for name in wanted if name not in missing],
            folder=folder,
            key=code_of(target),
            labels=list(material.scans.labels()),
            description="asking the target",
        )
    refused = {
        one.name: "; ".join(f"{name}: {missing[name]}" for name in one.needs if name in missing)
        for one in attacks
        if missing.keys() & set(one.needs)
    }
    ready = []
    for one in attacks:
        try:
            ready.append(_with_layers(one, target, material) if one.name not in refused else one)
        except DataError as error:
            refused[one.name] = error.what
            ready.append(one)
    return Asked({**seen, "covariates": material.facts}, layers, tuple(ready), refused)


def _with_layers(attack: Attack, target: Target, material: Material) -> Attack:
    """Give an attack that retrains the target's later layers those layers."""
    if not isinstance(attack, LaterLayers):
        return attack
    layer = attack.needs[0].partition(":")[2]
    return replace(attack, layers=signals.later_layers(target, material.inputs[0], float(material.scans.age[0]), layer))


def code_of(target: Target) -> str:
    """Return what besides the weights decides a target's answers."""
    given_out = f"{' '.join(map(str, target.defences))} {target.seed}" if target.hides_predictions else ""
    return f"{target.hooks} {target.name} {target.code} {given_out} {rules_of(signals)}"


def rules_of(room: ModuleType) -> str:
    """Return a hash of a room's own code, so that what an older version computed is not taken for its answer."""
    files = sorted(Path(room.__file__ or "").parent.glob("*.py"))
    return hashlib.sha256("".join(sha256(file) for file in files).encode()).hexdigest()


def weights_of(target: Target) -> str:
    """Return a hash of a target's weights."""
    digest = hashlib.sha256()
    for value in target.module.state_dict().values():
        digest.update(value.numpy(force=True).tobytes())
    return digest.hexdigest()
