"""One shadow model: the target's network and recipe, on people whom the target has never seen.

Source: Shokri et al. 2017, IEEE S&P (arXiv 1610.05820); for brain age Gupta et al. 2021, MIDL, appendix E. This module
must not know attacks, nor who trained the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float

from remembrain._validate import same_length
from remembrain.errors import DataError
from remembrain.target import networks, training
from remembrain.target.model import Target
from remembrain.target.networks import Form
from remembrain.target.recipes import Recipe
from remembrain.types import Inputs, Texts


@dataclass(frozen=True)
class Architecture:
    """What network a shadow is: name, form, and the shape of one scan."""

    name: str
    form: Form
    shape: Sequence[int]


def train_like(
    like: Architecture,
    recipe: Recipe,
    inputs: Inputs,
    age: Float[np.ndarray, "scan"],
    member: Bool[np.ndarray, "scan"],
    person: Texts,
    *,
    folder: Path,
    seed: int,
    description: str = "training a shadow model",
) -> Target:
    """Train a model like the target on other people; a rerun goes on where it stopped.

    Parameters
    ----------
    like, recipe
        The network and how it is trained: the target's.
    inputs, age
        Scans and true ages (years) of the population.
    member
        Whom the shadow is trained on; the others are its non-members.
    person
        Whose each scan is.
    folder
        Gets the weights, the history and the checkpoint. It says things of people by their place, so it belongs under
        ``restricted/``.
    seed
        Of the weights and the order of members.
    description
        Text of the progress bar.

    Raises
    ------
    DataError
        Where there are no members or no others, or lengths differ.
    """
    same_length(scans=np.arange(len(inputs)), ages=age, member=member)
    if member.all() or not member.any():
        raise DataError("a shadow model needs people to train on and others", where="population")
    network = networks.build(
        like.name,
        like.form,
        like.shape,
        mean_age=float(age[member].mean()),
        generator=torch.Generator().manual_seed(seed),
        dropout=recipe.dropout,
        width=recipe.width,
    )
    shadow = Target(
        network, like.name, like.form, tuple(like.shape), width=recipe.width, defences=recipe.defences, seed=seed
    )
    training.train(
        shadow,
        inputs,
        age,
        roles={"member": np.flatnonzero(member), "nonmember": np.flatnonzero(~member)},
        recipe=recipe,
        folder=folder,
        epochs_folder=folder / "epochs",
        seed=seed,
        description=description,
        person=person,
    )
    return shadow
