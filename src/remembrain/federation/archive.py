"""What a federation leaves: ``rounds/NNN/`` with the community model, every learner's model, and a manifest.

The manifest is written last: a round without one was not finished and is done again. Round 000 holds the community
model before any training. Nothing here names a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from remembrain.errors import DataError
from remembrain.record.federation import RoundError
from remembrain.run import read_json, sha256, write_json
from remembrain.targets.weights import read_weights, write_weights

COMMUNITY = "community"
_MODEL = re.compile(rf"{COMMUNITY}|learner-[0-9]+")


@dataclass(frozen=True)
class Archive:
    """The folder ``rounds`` of a run."""

    path: Path

    def folder(self, round_: int) -> Path:
        """Return the folder of a round."""
        return self.path / f"{round_:03d}"

    def community(self, round_: int) -> Path:
        """Return the file of the community model after a round."""
        return self.folder(round_) / f"{COMMUNITY}.safetensors"

    def local(self, round_: int, learner: int) -> Path:
        """Return the file of a learner's model after a round, before aggregation."""
        return self.folder(round_) / f"learner-{learner}.safetensors"

    def begin(self, network: nn.Module, identity: str, shape: Sequence[int]) -> int:
        """Start with a fresh community model of scans of this shape, or go on; return the last complete round.

        Raises
        ------
        DataError
            Where the folder holds another federation, or a complete round is damaged.
        """
        if not self.manifest(0).exists():
            write_weights(network, self.community(0))
            self.complete(0, {"identity": identity, "shape": list(shape)})
        if self.facts(0).get("identity") != identity:
            raise DataError(
                "holds the rounds of another federation (people, network, settings or seed differ)",
                where=self.path,
                try_next="another run folder, or the settings of this one",
            )
        return self.last()

    def manifest(self, round_: int) -> Path:
        """Return the file that says a round is complete."""
        return self.folder(round_) / "manifest.json"

    def complete(self, round_: int, facts: Mapping[str, Any]) -> None:
        """Write the manifest of a round, with the hash of every model in its folder."""
        models = sorted(self.folder(round_).glob("*.safetensors"))
        hashes = {path.stem: sha256(path) for path in models}
        write_json(self.manifest(round_), {"round": round_, "models": hashes, **facts})

    def attempt(self, round_: int) -> int:
        """Say that learners are about to train a round, and return how often they then will have."""
        path = self.path / "attempts.json"  # beside the rounds: a round that is removed and done again was seen as well
        made = dict(read_json(path)) if path.is_file() else {}
        made[str(round_)] = 1 + int(made.get(str(round_), 0))
        write_json(path, made)
        return int(made[str(round_)])

    def last(self) -> int:
        """Return the last complete round; its models are looked at.

        Raises
        ------
        DataError
            Where a model of it is missing or not the one that was written.
        """
        last = max(int(path.parent.name) for path in self.path.glob("[0-9][0-9][0-9]/manifest.json"))
        for name, wanted in self.facts(last)["models"].items():
            path = self.folder(last) / f"{name}.safetensors"
            if not path.is_file() or sha256(path) != wanted:
                raise DataError(
                    "is missing or is not what was written",
                    where=path,
                    try_next=f"remove {self.folder(last)}, and the round is done again",
                )
        return last

    def facts(self, round_: int) -> dict[str, Any]:
        """Return what the manifest of a round says.

        Raises
        ------
        DataError
            Where it is no manifest, or names a file that is no model of its folder.
        """
        manifest = read_json(self.manifest(round_))
        models = manifest.get("models") if isinstance(manifest, dict) else None
        if not isinstance(models, dict) or not all(map(_MODEL.fullmatch, models)):
            raise DataError(
                "does not say which models a round has",
                where=self.manifest(round_),
                expected=f"{COMMUNITY} and learner-1, learner-2, ..., each with the hash of its file",
            )
        return dict(manifest)

    def error(self, round_: int) -> RoundError:
        """Return a community model's error on people whom no learner has, where it is known."""
        return RoundError(round=round_, mae_unseen=self.facts(round_).get("mae_unseen"))

    def error_shown(self, round_: int) -> str:
        """Return a round's error as progress bars show it; nothing where it is not known."""
        error = self.error(round_).mae_unseen
        return "" if error is None else f": MAE {error:.2f} of people nobody has"

    def fingerprint(self, round_: int) -> str:
        """Return the hash of the community model after a complete round."""
        return str(self.facts(round_)["models"][COMMUNITY])

    def state(self, round_: int) -> dict[str, Tensor]:
        """Return the community model after a round."""
        return read_weights(self.community(round_))
