"""A target, the scans and their split to evidence: what is asked of the target, attacked, judged and written down."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from remembrain import attacks as attacks_room
from remembrain import signals
from remembrain.attacks import BLIND
from remembrain.cohort.splits import draw_people
from remembrain.config import AttackOptions
from remembrain.errors import DataError
from remembrain.run import RunFolder, atomic_path, read_json, sha256, write_json, write_text
from remembrain.study import gathering
from remembrain.study.attacking import Kind, null_rounds, real_rounds, run_attacks
from remembrain.study.material import Material
from remembrain.target.model import Target
from remembrain.types import Array, Attack, Scores

VERSIONS = ("remembrain", "torch", "numpy", "scipy", "scikit-learn", "nilearn", "nibabel", "pandas")
LEAST_KNOWN = 20
NEVER_TESTED = (
    "Attacks with reference models (LiRA, RMIA), which recognise single people with more certainty.",
    "What rounds of federated training give away.",
    "Reconstruction of scans, and inference of anything but membership.",
    "People other than those of this split: rates differ in other populations.",
)


def run_facts(seed: int, command: str | None = None) -> dict[str, object]:
    """Return what ``run.json`` records; the command is the words of this process where it is not given."""
    return {
        "command": command or " ".join(["remembrain", *(_without_folders(word) for word in sys.argv[1:])]),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "versions": {"python": sys.version.split()[0], **{name: metadata.version(name) for name in VERSIONS}},
    }


def _without_folders(word: str) -> str:
    """Return a word of the command line without the folders of a path: they name people and places."""
    option, equals, value = word.rpartition("=") if word.startswith("--") else ("", "", word)
    return f"{option}{equals}{value.rstrip('/').rpartition('/')[2]}" if "/" in value else word


def assess_target(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    options: AttackOptions,
    *,
    seed: int,
    recipe: Mapping[str, object] | None = None,
    workers: int | None = None,
) -> gathering.Evidence:
    """Ask the target, attack what it says, judge the scores, and write it all into the run folder.

    Parameters
    ----------
    run
        Gets ``evidence.json``, ``restricted/scores.tsv``, signals, and the mean brain.
    target
        The model.
    material
        The scans, their split and how the target reads them.
    attacks
        Which to run; the blind baseline always is.
    options
        Repeats and bootstrap draws.
    seed
        Of all that is drawn.
    recipe
        How the target was trained, where it was trained here.
    workers
        Processes; one a core when left out.
    """
    seen, layers, refused = _ask(run, target, material, attacks)
    draws = _draws(material, options.repeats, seed)
    refused |= _too_few_known(material, draws, attacks)
    usable = [one for one in attacks if one.name not in refused]
    rounds = (
        *real_rounds(material.split, draws),
        *null_rounds(material.scans, material.split, options.repeats, seed),
    )
    found = run_attacks(
        (*usable, BLIND),
        seen,
        material.scans,
        rounds,
        seed=seed,
        folder=run.restricted / "attacks",
        key=_content(run, target, material, seed),
        workers=workers,
    )
    real, null = _of(found, "real"), _of(found, "null")
    _write_scores(run.scores, real)
    doubt = _doubt(target, material, np.asarray(seen["error"]))
    judged = gathering.judge(attacks, BLIND, real, null, refused, seed=seed, draws=options.draws, doubt=doubt)
    described, errors = gathering.describe_errors(material, np.asarray(seen["error"]), seed, options.draws)
    facts: dict[str, Any] = {
        **_target_facts(target, material, layers),
        "recipe": recipe,
        **described,
        "epochs": _epochs(run, material, seed),
    }
    content = {
        **gathering.whole(
            {**_audit_facts(run, material, options, seed), **_known_counts(material, draws)},
            facts,
            gathering.describe_people(material),
            judged,
        ),
        "curves": {"errors": errors},
        "not_tested": _not_tested(attacks, refused),
    }
    _write_mean_brain(run, material)
    write_json(run.evidence, content)
    (run.path / "report.html").unlink(missing_ok=True)  # it tells of other evidence
    run.log(f"attacked by {', '.join(one.name for one in attacks)}: {judged.content['findings'][0]['text']}")
    return judged


def _ask(
    run: RunFolder, target: Target, material: Material, attacks: Sequence[Attack]
) -> tuple[dict[str, Array], dict[str, str], dict[str, str]]:
    """Return the signals, which weights each gradient is of, and why an attack cannot be run on this target."""
    scan, age = material.inputs[0], float(material.scans.age[0])
    wanted = dict.fromkeys(["prediction", "label", "error", *(name for one in attacks for name in one.needs)])
    wanted.pop("covariates", None)
    layers, missing = {}, {}
    for name in wanted:
        try:
            signal = signals.resolve(target, scan, age, [name])[name]
        except DataError as error:
            missing[name] = error.what
            continue
        if name.startswith("gradient:"):
            layers[name] = signal.described()
    refused = {
        one.name: "; ".join(f"{name}: {missing[name]}" for name in one.needs if name in missing)
        for one in attacks
        if missing.keys() & set(one.needs)
    }
    seen = signals.extract(
        target,
        material.inputs,
        material.scans.age,
        names=[name for name in wanted if name not in missing],
        folder=run.signals,
        key=_code(target),
        labels=list(material.scans.labels()),
        description="asking the target",
    )
    return {**seen, "covariates": material.facts}, layers, refused


def _code(target: Target) -> str:
    """Return what besides the weights decides a target's answers."""
    return f"{target.hooks} {target.name} {target.code} {_rules(signals)}"


def _rules(room: ModuleType) -> str:
    """Return a hash of a room's own code, so that what an older version computed is not taken for its answer."""
    files = sorted(Path(room.__file__ or "").parent.glob("*.py"))
    return hashlib.sha256("".join(sha256(file) for file in files).encode()).hexdigest()


def _doubt(target: Target, material: Material, error: Float[np.ndarray, "scan"]) -> str:
    """Say why a target that was trained elsewhere may not be seen as it is: it knows nothing of its own members.

    What is fed another input than it was trained on gives nothing away, and that would be no merit of it.
    """
    member = material.split.index("member")
    age = material.scans.age[member]
    of_mean = float(np.abs(age - age.mean()).mean())
    if target.form or float(np.abs(error[member]).mean()) < of_mean:
        return ""
    return (
        f"the model predicts its own members no better (mean absolute error {np.abs(error[member]).mean():.3g}) than "
        f"their mean does ({of_mean:.3g}): it may not be fed what it was trained on"
    )


def _too_few_known(
    material: Material, draws: Sequence[Bool[np.ndarray, "scan"]], attacks: Sequence[Attack]
) -> dict[str, str]:
    """Return why no attack can learn anything, where the attacker knows too few people."""
    members, others = _known_counts(material, draws).values()
    if min(members, others) >= LEAST_KNOWN:
        return {}
    why = (
        f"the attacker knows {members} members and {others} non-members, and needs {LEAST_KNOWN} of each to learn from"
    )
    return {one.name: why for one in attacks if one.knows == "some members"}


def _draws(material: Material, repeats: int, seed: int) -> list[Bool[np.ndarray, "scan"]]:
    """Return the split's own choice of known people, then fresh ones of as many members and non-members."""
    split, scans = material.split, material.scans
    numbers = [
        len(np.unique(scans.participant_id[split.attacker_knows & (split.role == role)]))
        for role in ("member", "nonmember")
    ]
    fresh = (np.random.default_rng([seed, 5, repeat]) for repeat in range(1, repeats))
    return [split.attacker_knows, *(draw_people(split, scans, rng, numbers) for rng in fresh)]


def _content(run: RunFolder, target: Target, material: Material, seed: int) -> str:
    """Return a hash of everything the attacks' scores depend on."""
    weights = [value.numpy(force=True).tobytes() for value in target.module.state_dict().values()]
    parts = [material.key(), sha256(run.split), _code(target), str(seed), _rules(attacks_room)]
    digest = hashlib.sha256(json.dumps(parts).encode() + material.facts.tobytes() + material.scans.age.tobytes())
    for weight in weights:
        digest.update(weight)
    return digest.hexdigest()


def _of(found: Mapping[tuple[str, Kind], list[Scores]], kind: Kind) -> dict[str, list[Scores]]:
    """Return the scores of one kind, by attack."""
    return {name: scores for (name, its_kind), scores in found.items() if its_kind == kind}


def _write_scores(path: Path, real: Mapping[str, Sequence[Scores]]) -> None:
    """Write every score with the person it was said of, in full precision, so that every figure can be recomputed."""
    lines = ["\t".join(Scores.columns)]
    for repeats in real.values():
        for one in repeats:
            lines += [
                f"{one.attack}\t{one.repeat}\t{person}\t{session or 'n/a'}\t{int(member)}\t{float(score)!r}"
                for person, session, member, score in zip(
                    one.participant_id, one.session_id, one.member, one.score, strict=True
                )
            ]
    write_text(path, "\n".join(lines) + "\n")


def _target_facts(target: Target, material: Material, layers: Mapping[str, str]) -> dict[str, Any]:
    """Return what was audited."""
    ours = bool(target.form)
    in_python = not ours and target.source is None
    return {
        "name": target.name.rpartition("/")[2],
        "form": target.form,
        "origin": "trained" if ours else "given from Python" if in_python else "imported",
        "parameters": target.parameters,
        "input": material.description,
        "label": material.label,
        "unit": "years" if material.label == "age" else f"units of {material.label}",
        **target.hooks,
        "notes": list(target.notes),
        "layers": dict(layers),
    }


def _audit_facts(run: RunFolder, material: Material, options: AttackOptions, seed: int) -> dict[str, Any]:
    """Return how the audit came about."""
    facts = read_json(run.path / "run.json")
    weights = run.target / "model.safetensors"
    return {
        "command": facts["command"],
        "created": facts["created"],
        "version": metadata.version("remembrain"),
        "seed": seed,
        "confidence": 0.95,
        "alpha": 0.05,
        "repeats": options.repeats,
        "draws": options.draws,
        "versions": facts["versions"],
        "hashes": {
            "weights": sha256(weights) if weights.is_file() else None,
            "split": sha256(run.split),
            "scans": material.key(),
        },
    }


def _known_counts(material: Material, draws: Sequence[Bool[np.ndarray, "scan"]]) -> dict[str, int]:
    """Return how many people the attacker knows, in the smallest draw."""
    person, role = material.scans.participant_id, material.split.role
    counts = {
        word: min(len(np.unique(person[known & (role == name)])) for known in draws)
        for name, word in (("member", "members"), ("nonmember", "nonmembers"))
    }
    return {f"known_{word}": count for word, count in counts.items()}


def _epochs(run: RunFolder, material: Material, seed: int) -> list[dict[str, Any]]:
    """Return errors and recognition by epoch of a target that was trained here."""
    table = run.target / "training.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        history = [
            {name: float(cell) if cell != "n/a" else None for name, cell in row.items()}
            for row in csv.DictReader(file, delimiter="\t")
        ]
    files = [run.restricted / "epochs" / f"epoch-{place:03d}.npy" for place in range(1, len(history) + 1)]
    predicted = np.stack([np.load(file, allow_pickle=False) for file in files])
    return gathering.describe_epochs(material, history, predicted, seed)


def _write_mean_brain(run: RunFolder, material: Material) -> None:
    """Write the mean volume of all people, where there are volumes and enough people."""
    if material.mean_brain is None:
        return
    mean = material.mean_brain(np.arange(len(material.scans)))
    with atomic_path(run.figures / "group-mean.npy") as partial, partial.open("wb") as file:
        np.save(file, mean.astype(np.float32), allow_pickle=False)


def _not_tested(attacks: Sequence[Attack], refused: Mapping[str, str]) -> list[str]:
    """Return what a reader might think was tested and was not."""
    lines = [f"{name} does not apply to this model: {why}." for name, why in refused.items()]
    if not any(one.access == "weights" for one in attacks):
        lines.append("An adversary who has the weights: only attacks on what the model puts out were run.")
    if all(one.knows == "some members" for one in attacks):
        lines.append("An adversary who knows no member: every attack here learned from people it knew.")
    return [*lines, *NEVER_TESTED]
