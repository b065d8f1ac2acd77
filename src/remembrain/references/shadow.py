"""One shadow model: the target's network and recipe, on people whom the target has never seen.

Source: Shokri et al. 2017, IEEE S&P (arXiv 1610.05820); for brain age Gupta et al. 2021, MIDL, appendix E. This module
must not know attacks, nor who trained the target.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

import numpy as np
from jaxtyping import Bool, Float

from remembrain._validate import same_length
from remembrain.errors import DataError
from remembrain.run.streams import first_weights
from remembrain.targets import imported, networks, training
from remembrain.targets.beside import Beside
from remembrain.targets.heads import Head
from remembrain.targets.model import Target
from remembrain.targets.networks import Form
from remembrain.targets.recipes import Recipe
from remembrain.targets.training import Kept, People
from remembrain.types import Inputs, Texts


@dataclass(frozen=True)
class Architecture:
    """What network a model like the target is: one of ours by name and form, or a class of the user's own.

    ``arguments`` are those of such a class, as JSON, ``code`` is a hash of its file, ``beside`` is how it is given what
    it reads beside the scan, and ``head`` how its output becomes years.
    """

    name: str
    form: Form | Literal[""]
    shape: Sequence[int]
    arguments: str = "{}"
    code: str = ""
    beside: Beside | None = None
    head: Head | None = None

    @classmethod
    def of(cls, target: Target) -> Architecture:
        """Return the architecture of a target."""
        form = cast('Form | Literal[""]', target.form)
        place, _, class_name = target.name.rpartition(":")
        spec = f"{target.source}:{class_name}" if place.endswith(".py") else target.name
        arguments = json.dumps(dict(target.arguments))
        return cls(spec, form, tuple(target.input_shape), arguments, target.code, target.beside, target.head)

    def make(self, recipe: Recipe, mean_age: float, seed: int) -> Target:
        """Return one with fresh weights."""
        if not self.form:
            own = imported.with_head(imported.fresh(self.name, json.loads(self.arguments), seed), self.head)
            if self.beside is not None:
                own.module.register_forward_pre_hook(self.beside)
            return replace(own, defences=recipe.defences, seed=seed, beside=self.beside)
        network = networks.build(
            self.name,
            self.form,
            self.shape,
            mean_age=mean_age,
            generator=first_weights(seed),
            dropout=recipe.dropout,
            width=recipe.width,
        )
        shape = tuple(self.shape)
        return Target(network, self.name, self.form, shape, width=recipe.width, defences=recipe.defences, seed=seed)


def train_like(
    like: Architecture,
    recipe: Recipe,
    people: People,
    folder: Path,
    seed: int,
    description: str = "training a shadow model",
) -> Target:
    """Train a model like the target on other people; a rerun goes on where it stopped.

    Parameters
    ----------
    like, recipe
        The network and how it is trained: the target's.
    people
        Whom it is trained on, and others.
    folder
        Gets the weights, the losses and the checkpoint. It says things of people by their place, so it belongs under
        ``restricted/``.
    seed
        Of the weights and the order of members.
    description
        Text of the progress bar.
    """
    shadow = like.make(recipe, float(people.age[people.roles["member"]].mean()), seed)
    training.train(shadow, people, recipe, Kept(folder, folder / "epochs"), seed, description, watched=False)
    return shadow


def divided(inputs: Inputs, age: Float[np.ndarray, "scan"], member: Bool[np.ndarray, "scan"], person: Texts) -> People:
    """Return people of whom some are trained on, and the others are the model's non-members.

    Raises
    ------
    DataError
        Where there are no members or no others, or lengths differ.
    """
    same_length(scans=np.arange(len(inputs)), ages=age, member=member)
    if member.all() or not member.any():
        raise DataError("a shadow model needs people to train on and others", where="population")
    return People(inputs, age, {"member": np.flatnonzero(member), "nonmember": np.flatnonzero(~member)}, person)
