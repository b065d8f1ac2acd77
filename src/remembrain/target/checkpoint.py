"""The checkpoint of a training: weights, optimiser and history in one file, replaced whole after every epoch."""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.run import atomic_path

History = list[dict[str, float]]


@dataclass(frozen=True)
class Checkpoint:
    """Where it lies, and a hash of the training that it belongs to."""

    path: Path
    identity: str

    def write(self, network: nn.Module, optimiser: torch.optim.Optimizer, history: History) -> None:
        """Write the state after an epoch in place of the one before."""
        state = {
            "identity": self.identity,
            "weights": network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "history": history,
        }
        content = io.BytesIO()
        torch.save(state, content)
        with atomic_path(self.path) as partial:
            partial.write_bytes(content.getvalue())

    def resume(self, network: nn.Module, optimiser: torch.optim.Optimizer) -> History:
        """Put the state after the last whole epoch back and return the history up to it; [] where there is none.

        Raises
        ------
        DataError
            Where the file is damaged, or belongs to a training with other scans, roles, settings or seed.
        """
        if not self.path.is_file():
            return []
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
        history: History = state["history"]
        return history
