"""The checkpoint of a training: weights, optimiser and history in one file, replaced whole after every epoch."""

from __future__ import annotations

import io
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.run import atomic_path
from remembrain.target.private.accounting import Spent, spent_of
from remembrain.target.private.checks import ClipCheck

History = list[dict[str, float]]


@dataclass(frozen=True)
class State:
    """What is known of a training beside its weights: its history, and what private training has spent and checked."""

    history: History
    spent: Spent = ()
    checked: ClipCheck | None = None


@dataclass(frozen=True)
class Checkpoint:
    """Where it lies, and a hash of the training that it belongs to."""

    path: Path
    identity: str

    def write(self, network: nn.Module, optimiser: torch.optim.Optimizer, state: State) -> None:
        """Write the state after an epoch in place of the one before."""
        kept = {
            "identity": self.identity,
            "weights": network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "history": state.history,
            "spent": list(state.spent),
            "checked": asdict(state.checked) if state.checked else None,
        }
        content = io.BytesIO()
        torch.save(kept, content)
        with atomic_path(self.path) as partial:
            partial.write_bytes(content.getvalue())

    def resume(self, network: nn.Module, optimiser: torch.optim.Optimizer) -> State:
        """Put the state after the last whole epoch back and return it; an empty one where there is none.

        Raises
        ------
        DataError
            Where the file is damaged, or belongs to a training with other scans, roles, settings or seed.
        """
        if not self.path.is_file():
            return State([])
        try:
            state = torch.load(self.path, map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise DataError("is damaged", where=self.path, try_next="delete it to train from the start") from error
        if state["identity"] != self.identity:
            raise DataError(
                "belongs to a training with other scans, roles, settings or seed",
                where=self.path,
                try_next="train into a new folder, or delete this file to train from the start",
            )
        network.load_state_dict(state["weights"])
        optimiser.load_state_dict(state["optimiser"])
        checked = ClipCheck(**state["checked"]) if state["checked"] else None
        return State(state["history"], spent_of(state["spent"]), checked)
