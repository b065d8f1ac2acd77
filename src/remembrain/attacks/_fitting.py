"""How every attack that is a network is trained: as published, with what the source leaves open chosen once, here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from sklearn.model_selection import GroupShuffleSplit
from torch import Tensor, nn

from remembrain.attacks._training import Training
from remembrain.run.streams import seed_torch
from remembrain.types import Known

Places = Int[np.ndarray, "some"]


def divide(known: Known, how: Training, rng: np.random.Generator) -> tuple[Places, Places]:
    """Return the places that are trained on, and those of other people that decide when to stop."""
    splitter = GroupShuffleSplit(1, test_size=how.validation, random_state=int(rng.integers(2**31)))
    fitting, stopping = next(splitter.split(known.member, groups=known.participant_id))
    return fitting, stopping


@contextmanager
def seeded(rng: np.random.Generator) -> Iterator[None]:
    """Let torch draw from a seed of ``rng`` while the block runs, and leave its global state as it was."""
    with torch.random.fork_rng(devices=[]):
        seed_torch(int(rng.integers(2**62)))
        yield


def fit(
    classifier: nn.Module,
    batch_of: Callable[[Tensor], Any],
    known: Known,
    fitting: Places,
    stopping: Places,
    how: Training,
) -> None:
    """Train in place with early stopping, and leave the weights of the best epoch in evaluation mode.

    Parameters
    ----------
    classifier
        From what ``batch_of`` returns to one logit a scan.
    batch_of
        The signals of the known scans at these places.
    known
        Who is a member.
    fitting, stopping
        Places of :func:`divide`.
    how
        Settings.
    """
    member = torch.from_numpy(known.member.astype(np.float32))
    taught, held = torch.from_numpy(fitting), torch.from_numpy(stopping)
    balance = (1 - member[taught]).sum() / member[taught].sum()
    optimiser = torch.optim.Adam(classifier.parameters(), lr=how.learning_rate, fused=True)
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(how.epochs):
        classifier.train()
        for places in taught[torch.randperm(len(taught))].split(how.batch_size):
            optimiser.zero_grad()
            _loss(classifier(batch_of(places)), member[places], balance).backward()
            optimiser.step()
        classifier.eval()
        with torch.no_grad():
            logits = torch.cat([classifier(batch_of(places)) for places in held.split(how.batch_size)])
            loss = float(_loss(logits, member[held], balance))
        waited += 1
        if loss < best:
            best, waited = loss, 0
            best_weights = {name: value.clone() for name, value in classifier.state_dict().items()}
        if waited >= how.patience:
            break
    if best_weights is not None:
        classifier.load_state_dict(best_weights)
    classifier.eval()


def _loss(logits: Tensor, member: Tensor, balance: Tensor) -> Tensor:
    """Return the binary cross-entropy in which both classes weigh the same."""
    return nn.functional.binary_cross_entropy_with_logits(logits, member, pos_weight=balance)
