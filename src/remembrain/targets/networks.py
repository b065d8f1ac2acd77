"""The networks that can be trained here, by name and form. A new one is one file and one line in ``NETWORKS``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import torch

from remembrain._text import shown
from remembrain.errors import UsageError
from remembrain.targets._network import Network
from remembrain.targets.cnn3d import LightCnn3d, PaperCnn3d
from remembrain.targets.mlp import Mlp
from remembrain.targets.slice_mean import LightSliceMean, PaperSliceMean

Form: TypeAlias = Literal["light", "paper"]
"""``paper`` is exactly as published; ``light`` is the same idea made for speed."""

NETWORKS: Mapping[str, Mapping[Form, type[Network]]] = {
    "cnn3d": {"light": LightCnn3d, "paper": PaperCnn3d},
    "slice-mean": {"light": LightSliceMean, "paper": PaperSliceMean},
    "mlp": {"light": Mlp},
}


def network_class(name: str, form: Form) -> type[Network]:
    """Return the class of a network.

    Raises
    ------
    UsageError
        For a name or form that does not exist, naming those that do.
    """
    if name not in NETWORKS:
        raise UsageError(
            f"no network {shown(name)!r}", expected=f"one of {', '.join(NETWORKS)}, or module:Class to import one"
        )
    if form not in NETWORKS[name]:
        raise UsageError(f"network {name} has no {form} form", expected=" or ".join(NETWORKS[name]))
    return NETWORKS[name][form]


def build(
    name: str,
    form: Form,
    shape: Sequence[int],
    *,
    mean_age: float,
    generator: torch.Generator,
    dropout: float | None = None,
    width: float = 1.0,
) -> Network:
    """Build a network with fresh weights.

    Parameters
    ----------
    name, form
        A network of ``NETWORKS`` and one of its forms.
    shape
        Shape of one scan: (1, x, y, z), or (column,) for tables.
    mean_age
        Where the last bias starts: the members' mean age, in years.
    generator
        What every weight is drawn from: the same state gives the same weights. No global state is read or changed.
    dropout
        Share of numbers dropped in front of the output while training; the network's own when left out.
    width
        Share of the channels that are kept.

    Raises
    ------
    UsageError
        For a name or form that does not exist.
    DataError
        Where scans of this shape do not fit the network.
    """
    with torch.device("meta"):
        network = network_class(name, form)(shape, dropout, width)
    network.to_empty(device="cpu")
    network.initialise(generator, mean_age)
    return network
