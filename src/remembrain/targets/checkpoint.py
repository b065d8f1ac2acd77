"""The checkpoint of a training: weights, optimiser and history in one file, replaced whole after every epoch."""

from __future__ import annotations

import io
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.run import Key, atomic_path
from remembrain.targets.private.accounting import Spent, spent_of
from remembrain.targets.private.checks import ClipCheck

History = list[dict[str, float]]


@dataclass(frozen=True)
class State:
    """What is known of a training beside its weights: its history, and what private training has spent and checked."""

    history: History
    spent: Spent = ()
    checked: ClipCheck | None = None


@dataclass(frozen=True)
class Checkpoint:
    """Where it lies, and the key of the training that it belongs to."""

    path: Path
    key: Key

    def write(self, network: nn.Module, optimiser: torch.optim.Optimizer, state: State) -> None:
        """Write the state after an epoch in place of the one before."""
        kept = {
            "key": dict(self.key.parts),
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
            As of :meth:`insist`.
        """
        state = self._read()
        if state is None:
            return State([])
        network.load_state_dict(state["weights"])
        optimiser.load_state_dict(state["optimiser"])
        checked = ClipCheck(**state["checked"]) if state["checked"] else None
        return State(state["history"], spent_of(state["spent"]), checked)

    def insist(self) -> bool:
        """Return whether there is a training to go on with; nothing is changed.

        Raises
        ------
        DataError
            Where the file is damaged, or belongs to another training, naming what differs.
        """
        return self._read() is not None

    def _read(self) -> dict[str, Any] | None:
        """Return what was written of this very training, if anything was."""
        if not self.path.is_file():
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise DataError("is damaged", where=self.path, try_next="delete it to train from the start") from error
        if differing := self.key.differing(state.get("key", {})):
            what = f"other {', '.join(differing)}" if "key" in state else "an earlier version of this program"
            raise DataError(
                f"belongs to a training with {what}",
                where=self.path,
                try_next="train into a new folder, or delete this file to train from the start",
            )
        return state
