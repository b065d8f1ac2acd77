"""What the target is asked: each signal once, and which attacks do not apply; the view of whoever has the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool
from torch import Tensor

from remembrain import attacks as attacks_room
from remembrain import signals
from remembrain import targets as target_room
from remembrain._calling import bytes_of
from remembrain._device import on_device
from remembrain._text import few, nameless
from remembrain.attacks import REFERENCES, is_offline, retrained_layer
from remembrain.audits.view import View
from remembrain.cohort.material import Material
from remembrain.errors import DataError, UsageError
from remembrain.run import RunFolder, sha256
from remembrain.run.kept import Key, code_of_rooms, hash_of, libraries
from remembrain.targets.brought import BlackBox, Model
from remembrain.targets.brought.black_box import ONLY_ANSWERS
from remembrain.targets.model import Target
from remembrain.types import Access, Array, Attack

ALWAYS = ("prediction", "label", "error")


def select_attacks(
    words: Sequence[str] = (), access: Access | None = None, *, references: bool = False, rounds: bool = False
) -> tuple[Attack, ...]:
    """Return the attacks of these words, as :func:`remembrain.attacks.select` has them.

    Raises
    ------
    UsageError
        Where it raises one, or an attack was put together of something that is no signal of any target.
    """
    attacks = attacks_room.select(words, access, references=references, rounds=rounds)
    signals.check_names(attacks_room.composed_of(attacks))
    return attacks


def attacks_on_answers(
    words: Sequence[str], *, models: bool | None = None, inside: Bool[np.ndarray, "scan model"] | None = None
) -> tuple[Attack, ...]:
    """Return the attacks of these words that see no more than answers; groups stand for those of them that can be run.

    Parameters
    ----------
    words
        As of :func:`select_attacks`.
    models
        Whether there are answers of models like it; not yet known when left out.
    inside
        Who was in the training of each of these.

    Raises
    ------
    UsageError
        Where one is named that cannot be run, with the reason.
    """
    chosen = select_attacks(words, None, references=True)
    with_everybody = inside is None or bool(inside.any(axis=1).all())
    why: dict[str, str] = {}
    for attack in chosen:
        if attack.access not in ("nothing", "outputs"):
            why[attack.name] = f"sees more than answers, and {ONLY_ANSWERS}"
        elif models is False and REFERENCES in attack.needs:
            why[attack.name] = "needs answers of models like it, and there are none (columns reference_NAME)"
        elif not with_everybody and REFERENCES in attack.needs and not is_offline(attack):
            why[attack.name] = "needs models with each person, and somebody was in the training of none"
    if named := [name for name in attacks_room.by_name(words) if name in why]:
        raise UsageError(f"{named[0]} {why[named[0]]}", try_next="leave it out")
    able = tuple(attack for attack in chosen if attack.name not in why)
    if not able:
        raise UsageError(f"none of these can be run: {next(iter(why.values()))}", try_next="leave out --attacks")
    return able


@dataclass(frozen=True, eq=False)
class Answers:
    """Signals by name; which weights or layers each reads; the attacks, ready to run; why others cannot be run; how
    answers to one question differ, where they do, and whether nothing tells why.
    """

    signals: Mapping[str, Array]
    layers: Mapping[str, str]
    attacks: tuple[Attack, ...]
    refused: Mapping[str, str]
    unsteady: str = ""
    unexplained: bool = False


def ask(target: Target, material: Material, attacks: Sequence[Attack], folder: Path) -> Answers:
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
    names = dict.fromkeys([*ALWAYS, *(name for attack in attacks for name in attack.needs if signals.is_signal(name))])
    with on_device(target.module):
        extracted = signals.extract(
            target,
            material.inputs,
            material.scans.age,
            names=list(names),
            folder=folder,
            key=code_of(target),
            labels=list(material.scans.labels()),
        )
    missing = extracted.refused
    refused = {
        attack.name: "; ".join(f"{name}: {missing[name]}" for name in attack.needs if name in missing)
        for attack in attacks
        if missing.keys() & set(attack.needs)
    }
    ready = []
    for attack in attacks:
        try:
            ready.append(_with_layers(attack, target, material) if attack.name not in refused else attack)
        except Exception as error:  # a stranger's code may raise anything
            refused[attack.name] = error.what if isinstance(error, DataError) else nameless(error)
            ready.append(attack)
    with_covariates = {**extracted.seen, "covariates": material.facts}
    return Answers(with_covariates, extracted.layers, tuple(ready), refused, extracted.unsteady, extracted.unexplained)


@dataclass(frozen=True)
class Layers:
    """Which modules of a target the roles of layers mean, by role."""

    names: Mapping[str, str]


def view_of(
    target: Model, material: Material, attacks: Sequence[Attack], folder: Path, seed: int
) -> tuple[View, tuple[Attack, ...]]:
    """Return what somebody sees who has the target, and the attacks, ready to run on it.

    Parameters
    ----------
    target, material, attacks, folder
        As of :func:`ask`.
    seed
        Of the audit, for the key of what is kept.
    """
    if isinstance(target, BlackBox):
        return _view_of_black_box(target, material, attacks, seed), tuple(attacks)
    answers = ask(target, material, attacks, folder)
    layers = [attack.name for attack in attacks if retrained_layer(attack)]
    view = View(
        material.scans,
        np.asarray(material.split.role == "member"),
        answers.signals,
        key_of(target, material, seed),
        answers.refused,
        Layers(answers.layers),
        answers.unsteady,
        answers.unexplained,
        in_process=frozenset() if target.form else frozenset(layers),
    )
    return view, answers.attacks


def _view_of_black_box(box: BlackBox, material: Material, attacks: Sequence[Attack], seed: int) -> View:
    """Return what somebody sees who may ask a model and sees nothing else of it."""
    age = np.asarray(material.scans.age, dtype=float)
    answers = box.answers(material.inputs)
    seen = {
        "prediction": answers[:, 0],
        "label": age,
        "error": answers[:, 0] - age,
        "disguised-error": answers - age[:, None],
    }
    asked = {attack.name: [need for need in attack.needs if signals.is_signal(need)] for attack in attacks}
    refused = {
        name: f"{ONLY_ANSWERS}, and it reads {few(lacking)}"
        for name, needs in asked.items()
        if (lacking := [need for need in needs if need not in seen])
    }
    member = np.asarray(material.split.role == "member")
    return View(
        material.scans, member, {**seen, "covariates": material.facts}, key_of(box, material, seed), refused, Layers({})
    )


def _with_layers(attack: Attack, target: Target, material: Material) -> Attack:
    """Give an attack that retrains the target's later layers those layers."""
    layer = retrained_layer(attack)
    if not layer:
        return attack
    layers = signals.later_layers(target, material.inputs[0], float(material.scans.age[0]), layer)
    prepared: Attack = attack.of(layers)  # type: ignore[attr-defined]  # it declares that it retrains
    return prepared


def code_of(target: Model) -> str:
    """Return what besides the weights decides a target's answers."""
    if isinstance(target, BlackBox):
        return target.code
    given_out = f"{' '.join(map(str, target.defences))} {target.seed}" if target.hides_predictions else ""
    code = f"{target.form} {target.width} {code_of_rooms(signals, target_room)} {libraries()}"
    return f"{target.hooks} {target.name} {target.code} {given_out} {code}"


def key_of(target: Model, material: Material, seed: int) -> Key:
    """Return the key of everything that attacks' scores depend on beside the round: the model, the people, the code."""
    scans, split = material.scans, material.split
    return Key.of(
        seed=seed,
        weights=weights_of(target),
        model=code_of(target),
        scans=list(material.inputs.keys()),
        people=scans.participant_id,
        sessions=scans.session_id,
        ages=scans.age,
        covariates=material.facts,
        roles=split.role,
        known_people=split.attacker_knows,
        attacks_code=code_of_rooms(attacks_room),
    )


def weights_of(target: Model) -> str:
    """Return a hash of a target's weights; of a black box nothing."""
    if isinstance(target, BlackBox):
        return ""
    tensors = {name: value for name, value in target.module.state_dict().items() if isinstance(value, Tensor)}
    return hash_of({name: [str(value.dtype), list(value.shape), bytes_of(value)] for name, value in tensors.items()})


def hashes_of(run: RunFolder, target: Model) -> dict[str, str]:
    """Return the hash of the file of weights as it was brought or trained here, of the tensors in it, and of the code.

    What a target does not have is left out: a model from Python has no file, one without tensors only its code.
    """
    if isinstance(target, BlackBox):
        return dict(target.hashes)
    written = run.target / "model.safetensors"
    in_python = not target.form and target.source is None
    file = target.brought or ("" if in_python or not written.is_file() else sha256(written))
    has_tensors = any(isinstance(value, Tensor) for value in target.module.state_dict().values())
    hashes = {"weights": file, "tensors": weights_of(target) if has_tensors else "", "code": target.code}
    return {name: value for name, value in hashes.items() if value}
