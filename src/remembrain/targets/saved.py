"""A target on disk: ``model.safetensors`` and ``target.toml``, from which it is made again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import tomli_w
import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.run import holds, parse_json, read_toml, sha256, write_text
from remembrain.targets.defences import named
from remembrain.targets.heads import Head
from remembrain.targets.imported import joined, load, made_with, with_head
from remembrain.targets.model import Target
from remembrain.targets.networks import NETWORKS, Form, build
from remembrain.targets.weights import as_safetensors, fit, read_weights, write_weights

WEIGHTS = "model.safetensors"
FACTS = "target.toml"


def save(target: Target, folder: Path) -> None:
    """Write the weights, then the facts that the network is made again from.

    Raises
    ------
    RemembrainError
        Where the folder cannot be written.
    """
    write_weights(target.module, folder / WEIGHTS)
    write_text(folder / FACTS, tomli_w.dumps(_facts(target, sha256(folder / WEIGHTS))))


def is_saved(target: Target, folder: Path) -> bool:
    """Tell whether a folder holds this very target, as ``save`` would write it."""
    weights = hashlib.sha256(as_safetensors(target.module.state_dict())).hexdigest()
    there = (folder / WEIGHTS).is_file() and sha256(folder / WEIGHTS) == weights
    return there and holds(folder / FACTS, tomli_w.dumps(_facts(target, weights)))


def load_saved(folder: Path) -> Target:
    """Make a target again from what ``save`` wrote.

    Raises
    ------
    DataError
        Where files are missing or damaged, the weights or the imported class are not those that were saved, or the
        target was given from Python and only Python can give it again.
    """
    facts = _read_facts(folder / FACTS)
    weights = folder / WEIGHTS
    if facts["sha256"] != (sha256(weights) if weights.is_file() else None):
        raise DataError(
            "is missing, or is not the file that was saved", where=weights, try_next="train or import again"
        )
    if facts["form"]:
        return _ours(facts, weights)
    if "source" not in facts:
        raise DataError(
            f"{facts['name']} was given from Python and is not rebuilt from files",
            where=folder / FACTS,
            try_next="load its weights in Python and pass it to from_module",
        )
    return _imported(facts, weights)


def _facts(target: Target, weights: str) -> dict[str, Any]:
    """Return what ``target.toml`` records; ``weights`` is their hash."""
    facts: dict[str, Any] = {
        "schema": 1,
        "name": target.name,
        "form": target.form,
        "input_shape": list(target.input_shape),
        "parameters": target.parameters,
        "sha256": weights,
        "arguments": json.dumps(dict(target.arguments)),
        "notes": list(target.notes),
        "hooks": target.hooks,
    }
    dropout = getattr(target.module, "dropout", None)
    if target.form and isinstance(dropout, nn.Dropout):
        facts |= {"dropout": dropout.p, "width": target.width}
    if target.defences:
        facts |= {"defences": [str(one) for one in target.defences], "seed": target.seed}
    if target.source is not None:
        facts |= {"source": str(target.source), "source_sha256": target.code}
    if target.head is not None:
        facts["head"] = target.head.facts()
    if target.members:
        facts["ensemble"] = {"networks": len(target.members), "how": target.how}
    if target.origin:
        facts["origin"] = target.origin
    if target.brought:
        facts["brought_sha256"] = target.brought
    return facts


def _read_facts(path: Path) -> dict[str, Any]:
    """Read ``target.toml``, naming it where it is missing or broken."""
    facts = read_toml(path, missing="remembrain train, or remembrain import")
    missing = [key for key in ("name", "form", "input_shape", "sha256", "arguments", "notes") if key not in facts]
    if facts.get("schema") != 1 or missing:
        raise DataError(f"schema {facts.get('schema')}, lacks {missing or 'nothing'}", where=path, expected="schema 1")
    return facts


def _ours(facts: dict[str, Any], weights: Path) -> Target:
    """Build one of our networks and put its weights in."""
    name, form = facts["name"], facts["form"]
    if form not in NETWORKS.get(name, {}):
        raise DataError(f"no network {name} {form}", where=weights.with_name(FACTS))
    shape = tuple(facts["input_shape"])
    module = build(
        name,
        cast(Form, form),
        shape,
        mean_age=0.0,
        generator=torch.Generator(),
        dropout=facts.get("dropout"),
        width=facts.get("width", 1.0),
    )
    fit(module, read_weights(weights), weights)
    return Target(
        module.eval(),
        name,
        form,
        shape,
        origin=facts.get("origin", ""),
        notes=tuple(facts["notes"]),
        width=facts.get("width", 1.0),
        defences=named(facts.get("defences", ())),
        seed=facts.get("seed", 0),
    )


def _loaded(facts: dict[str, Any], spec: str, weights: Path) -> Target:
    """Make an imported network again, or the networks of an ensemble."""
    head = Head.of(facts["head"]) if "head" in facts else None
    arguments = parse_json(facts["arguments"], weights.with_name(FACTS))
    if "ensemble" not in facts:
        return load(spec, weights, arguments, head=head)
    tensors, targets = read_weights(weights), []
    for place in range(facts["ensemble"]["networks"]):
        start = f"networks.{place}."
        own = {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
        targets.append(with_head(made_with(spec, own, weights, arguments), head))
    return joined(targets, facts["ensemble"]["how"])


def _imported(facts: dict[str, Any], weights: Path) -> Target:
    """Import the class again, unless its file has changed since."""
    source = Path(facts["source"])
    if not source.is_file():
        raise DataError("is missing", where=source, try_next="import again")
    place, _, class_name = facts["name"].rpartition(":")
    spec = f"{source}:{class_name}" if place.endswith(".py") else facts["name"]
    target = _loaded(facts, spec, weights)
    if target.code != facts["source_sha256"]:
        what = "has changed since the model was imported, or a module that it loads has"
        raise DataError(what, where=source, try_next="import again")
    return replace(
        target,
        name=facts["name"],
        brought=facts.get("brought_sha256", ""),
        notes=tuple(facts["notes"]),
        input_shape=tuple(facts["input_shape"]),
        defences=named(facts.get("defences", ())),
        seed=facts.get("seed", 0),
    )
