"""What is tried before the first private step, on the user's own network, loss and people; a run that fails is refused.

A promise of privacy rests on two facts about the code that adds up gradients: nobody's share is larger than the
clipping norm, and nobody's share depends on who else is there. Both are measured here rather than believed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain._device import device_of
from remembrain.errors import DataError, RemembrainError, with_article
from remembrain.run.streams import own_seed, seed_torch
from remembrain.targets.batches import read
from remembrain.targets.model import Target
from remembrain.targets.private.clipping import Person
from remembrain.types import Inputs

SumOf = Callable[[Sequence[Person]], Sequence[Tensor]]
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class ClipCheck:
    """How many people were measured, the largest share of one, and the bound that it keeps."""

    people: int
    largest: float
    bound: float


def check_clipping(
    sum_of: SumOf,
    people: Sequence[Person],
    clip: float,
    *,
    batch: int,
    advance: Callable[[], None] = lambda: None,
) -> ClipCheck:
    """Measure every person's share of the sum of clipped gradients, alone and beside others.

    Parameters
    ----------
    sum_of
        Returns the sum of some people's clipped gradients, one tensor a parameter, as training adds them up.
    people
        Places of each person's scans.
    clip
        The bound.
    batch
        How many are taken together, as in training.
    advance
        Called after each person.

    Raises
    ------
    RemembrainError
        Where a share exceeds the bound or is not a number, or where the sum over a batch is not the sum of its shares:
        then one person's share depends on the others, and the bound on it is none.
    """
    largest = 0.0
    for start in range(0, len(people), batch):
        some = people[start : start + batch]
        shares: list[Tensor] | None = None
        for place, one in enumerate(some, start=start + 1):
            share = [part.detach().double() for part in sum_of([one])]
            norm = _norm(share)
            if not norm <= clip * (1 + _TOLERANCE):
                raise _broken(f"person {place} of {len(people)} changes the sum by {norm:.4g}", clip)
            largest = max(largest, norm)
            shares = share if shares is None else [a + b for a, b in zip(shares, share, strict=True)]
            advance()
        assert shares is not None  # noqa: S101  # a slice of people is never empty here
        off = _norm([a.detach().double() - b for a, b in zip(sum_of(some), shares, strict=True)])
        if not off <= _TOLERANCE * clip * len(some):
            what = f"the sum over {len(some)} people is {off:.4g} away from the sum of their own shares"
            raise _broken(f"{what}: one person's share depends on who else is there", clip)
    return ClipCheck(len(people), largest, clip)


def _norm(parts: Sequence[Tensor]) -> float:
    """Return the L2 norm over all tensors."""
    return math.sqrt(sum(float(part.square().sum()) for part in parts))


def _broken(what: str, clip: float) -> RemembrainError:
    """Return what is said where the bound is not kept."""
    return RemembrainError(
        f"the clip self-test failed before training: {what}",
        expected=f"at most the clipping norm {clip:g}, whoever else is drawn",
        try_next="a loss that is one number for a person's scans, of a network that keeps people apart; "
        "without that no epsilon can be promised",
    )


def refuse_mixing(target: Target, inputs: Inputs, places: Person) -> None:
    """Raise where a layer mixes people, or keeps something of them that no noise is added to.

    Raises
    ------
    DataError
        Naming the layer, with the reason and what to use instead.
    """
    for name, layer in target.module.named_modules():
        batch = isinstance(layer, nn.modules.batchnorm._BatchNorm)
        if batch or getattr(layer, "track_running_stats", False):
            raise DataError(
                f"{name or 'the network'} is {with_article(type(layer).__name__)}: it keeps statistics of people's "
                "scans, which no noise is added to"
                + (", and every person's gradient depends on who else is in the batch" if batch else ""),
                where=target.name,
                expected="layers that see one person at a time",
                try_next="InstanceNorm or GroupNorm without running statistics",
            )
    state = dict(target.module.state_dict(keep_vars=False))
    before = {name: value.clone() for name, value in state.items()}
    scans = read(inputs, places).to(device_of(target.module))
    first, _, again = (_answer(target.module, scans[[place]]) for place in (0, len(scans) - 1, 0))
    now = target.module.state_dict()
    changed = [name for name in now if name not in before or not torch.equal(now[name], before[name])]
    if changed or not torch.equal(first, again):
        what = changed[0] if changed else "something that is neither parameter nor buffer"
        raise DataError(
            f"{what} changes when a scan is seen in training, and no noise is added to it",
            where=target.name,
            expected="a network whose only memory are the parameters that gradients change",
        )


def _answer(module: nn.Module, scan: Tensor) -> Tensor:
    """Return what a network puts out for one scan in training, with the same draws each time."""
    with _trying(module, training=True), torch.no_grad():
        found = module(scan)
    return found.clone() if isinstance(found, Tensor) else torch.zeros(())


def check_loss(target: Target, inputs: Inputs, age: Float[np.ndarray, "scan"], places: Person) -> None:
    """Raise where the loss of several scans is not one number made of each one's own.

    Parameters
    ----------
    target
        The network with its loss.
    inputs, age
        All scans and ages (years).
    places
        Two scans or more, as training may give them to the network at once.

    Raises
    ------
    DataError
        Where the loss is no scalar, is neither the mean nor the sum of the losses of single scans, or one scan's label
        changes what another one's prediction should have been.
    """
    where = device_of(target.module)
    middle = float(age[places].mean())
    labels = torch.linspace(middle - 20, middle + 20, len(places), device=where)
    other = labels.clone()
    other[-1] += 10  # the last one's label is the last one's alone
    with without_dropout(target.module), torch.no_grad():
        output = target.module(read(inputs, places).to(where))
        if not isinstance(output, Tensor):
            raise DataError(
                f"puts out {with_article(type(output).__name__)}", where=target.name, expected="a tensor, scans first"
            )
        whole = float(target.loss(output, labels).item())
        alone = [float(target.loss(output[[place]], labels[[place]]).item()) for place in range(len(places))]
    leaf = output.detach().requires_grad_()
    slopes = [torch.autograd.grad(target.loss(leaf, some), leaf)[0] for some in (labels, other)]
    made_of_own = any(math.isclose(whole, made, rel_tol=1e-3, abs_tol=1e-6) for made in (sum(alone), np.mean(alone)))
    if not made_of_own or not torch.equal(slopes[0][:-1], slopes[1][:-1]):
        raise DataError(
            "the loss of several scans is neither the mean nor the sum of each one's own",
            where=target.name,
            expected="a loss in which every scan stands for itself",
            try_next="predictions and ages of one shape: (batch, 1) beside (batch,) compares everybody with everybody",
        )


@contextmanager
def without_dropout(module: nn.Module) -> Iterator[None]:
    """Have a network in evaluation mode while the block runs: what is dropped would differ from sum to sum."""
    with _trying(module, training=False):
        yield


@contextmanager
def _trying(module: nn.Module, *, training: bool) -> Iterator[None]:
    """Set the mode while the block runs, with draws that leave the global generator alone."""
    modes = {part: part.training for part in module.modules()}
    module.train(training)
    try:
        with torch.random.fork_rng(devices=[]):
            seed_torch(own_seed(0, "dropout of the clip check"))
            yield
    finally:
        for part, mode in modes.items():
            part.training = mode
