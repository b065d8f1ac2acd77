"""Every random stream by name: what is drawn for one purpose shares no number with what is drawn for another.

A stream is decided by the seed, its name and what it is one of (an epoch, a repeat, the name of an attack), hashed
together: never by a place in a list, so that what runs beside it does not matter, and never by adding numbers to a
seed, which meets the next purpose's numbers sooner or later. This module must not know what is drawn.
"""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

if TYPE_CHECKING:
    import torch

SCHEME = "1"
"""Changes where the same seed and name draw other numbers than before: what was kept is then not found again."""

STREAMS: Mapping[str, str] = {
    "split": "who is trained on, who is not, and whom the attacker knows",
    "split of a federation": "who is anybody's, and who is nobody's",
    "people a site keeps back": "whom a real site does not train on",
    "people known at a site": "whom the attacker of a site's own audit of a federation knows",
    "people known of arrays": "whom the attacker knows of people of whom somebody says who was trained on",
    "reference models of a person": "which of others' models speak for a person who was in none of several",
    "canaries": "whether a canary is trained on",
    "learners": "which learner has whom",
    "learner": "a learner's own seed, by its number",
    "weights": "the first weights of one of our networks; for equal seeds the same wherever it is built",
    "weights of a class": "whatever a class of the user's own draws when it is made",
    "weights of lazy layers": "the first weights of layers that get their shape from the first scan",
    "order of training": "the order of the scans trained on, by epoch",
    "dropout": "whatever a network draws while it is trained, by epoch",
    "people of private steps": "whom private steps draw, by epoch (0 is the mean age) and training",
    "noise of private steps": "the noise on private steps, by epoch (0 is the mean age) and training",
    "noise on ages": "the noise on the ages trained on",
    "noise on predictions": "a part of the key of the noise on predictions; the prediction is the other",
    "dropout of the clip check": "whatever a network draws while clipping is checked",
    "answers of a network": "whatever a network draws when it is asked: for every question the same",
    "moves of weights": "moves of weights by which layers that do nothing are found",
    "buckets of a gradient": "the random map of a large gradient, by its size",
    "known people": "whom the attacker knows, by repeat",
    "null division": "which non-members are called members",
    "null repeat": "whom the attacker knows of the null, by repeat",
    "attack": "what an attack draws, by its name, repeat and kind: on every model the same, so that models compare",
    "halves of known people": "which half of the known people teaches how scans of the other half are put together",
    "shuffled membership": "who is called a member where the evidence is held against chance",
    "largest of several": "the largest of the statistics of several attacks, or differences, compared after the fact",
    "folds of probabilities": "the folds over which probabilities of membership are learned",
    "halves of the population": "whom the shadow model is trained on",
    "shadow": "the seed of the shadow model",
    "references": "the seed of the reference models",
    "halves of people": "whom each reference model is trained on",
    "reference model": "the seed of a reference model, by its number",
    "people known to an insider": "from whom an insider learns, by its number and which people",
    "null of insiders": "the seed of the null of insiders",
    "attacks of insiders": "the seed of what attacks of insiders draw",
    "references of a learner": "the seed of a learner's reference models, by its number",
    "release": "who is in the group, and what is published of it",
    "noise of a release": "noise that nobody may know, from the run's own key, by seed",
    "look at a release": "what the adversary knows and who is tested, by repeat",
    "simulated releases": "releases that show where an attack's threshold lies, by repeat",
    "attack on tables": "what an attack on tables draws, by its name and repeat",
    "called members of tables": "whether somebody who did not take part is called a member, by name",
    "folds of probabilities of tables": "the folds over which probabilities of taking part are learned",
    "start of an axis": "where the power iteration of the main axis of answers starts",
    "tables of a world": "which tables are published, by world",
    "release of a world": "who is in the group and what is published of it, by world",
    "look at a world": "what the adversary knows and who is tested, by world",
    "attack in a world": "what an attack draws, by world and its name",
    "simulated audit": "people and errors of a simulated audit, by its place and whether there is a leak",
    "attacks of a simulated audit": "the seed of its null and of its attacks",
    "simulated bounds on epsilon": "scores of simulated mechanisms, by their place",
}
"""Every stream and what it decides. A new purpose is a new line here: no two share numbers."""


def stream(seed: SupportsIndex, name: str, *of: SupportsIndex | str) -> np.random.Generator:
    """Return the stream of this name.

    Parameters
    ----------
    seed
        Of the run, or one that another stream gave (:func:`own_seed`); any whole number.
    name
        One of :data:`STREAMS`.
    of
        Which one of this name: numbers and names; 1 and "1" are two.

    Raises
    ------
    KeyError
        Where there is no stream of this name.
    """
    return np.random.default_rng(_sequence(seed, name, of))


def own_seed(seed: SupportsIndex, name: str, *of: SupportsIndex | str) -> int:
    """Return the one number from 0 to 2**63 - 1 of this name: a seed for what draws by itself."""
    return int(_sequence(seed, name, of).generate_state(1, np.uint64)[0] >> np.uint64(1))


def first_weights(seed: SupportsIndex) -> torch.Generator:
    """Return what one of our networks draws its first weights from."""
    import torch  # only here: whoever draws no weights loads no torch

    return torch.Generator().manual_seed(own_seed(seed, "weights"))


def seed_torch(seed: int) -> None:
    """Have torch's global generators, those of a graphics processor too, draw the same numbers from here on.

    ``torch.manual_seed`` writes down where it was called for every kind of processor that is not there, which takes
    milliseconds and memory that grows: too much for what happens at every question to a network.
    """
    import torch  # only here: whoever draws no weights loads no torch

    if torch.accelerator.is_available():
        torch.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)


def _sequence(seed: SupportsIndex, name: str, of: tuple[SupportsIndex | str, ...]) -> np.random.SeedSequence:
    """Return the seed sequence of a stream: a hash of its own of all that names it.

    Not ``SeedSequence([seed, 1, 0])``, which is that of ``[seed, 1]``: NumPy fills up with zeros.
    """
    STREAMS[name]
    parts = [operator.index(seed), name, *(one if isinstance(one, str) else operator.index(one) for one in of)]
    digest = hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()
    return np.random.SeedSequence(int.from_bytes(digest, "little"))
