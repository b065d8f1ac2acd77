"""What a site keeps in its own start-up kit of every federation that it takes part in; nothing of it leaves the site.

``federations/IDENTITY/`` has who was trained on and who was left out, what was trained, and the model that came out.
Only the owner of the kit can read it, whatever the umask.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from torch import Tensor

from remembrain.errors import DataError
from remembrain.federation.flare.plan import Plan
from remembrain.federation.flare.provision import SITE_FILE
from remembrain.run import clear_disk_errors, private_folder, read_json, sha256, write_json
from remembrain.run.files import FOLDER
from remembrain.targets.weights import write_tensors


@dataclass(frozen=True)
class KeptFederation:
    """What a kit keeps of one federation."""

    folder: Path

    @property
    def split(self) -> Path:
        """Who was trained on (member) and who was left out (nonmember), as :func:`write_split` has it."""
        return self.folder / "split.tsv"

    @property
    def released(self) -> Path:
        """The final community model."""
        return self.folder / "released.safetensors"

    @property
    def leakage(self) -> Path:
        """Where the meter writes, where the site names no other folder."""
        return self.folder / "leakage"

    @property
    def _facts(self) -> Path:
        return self.folder / "federation.json"

    def facts(self) -> dict[str, Any]:
        """Return what is known of it; nothing where it has not begun."""
        return dict(read_json(self._facts)) if self._facts.is_file() else {}

    def plan(self) -> Plan:
        """Return what was trained.

        Raises
        ------
        DataError
            Where the kit does not say.
        """
        try:
            return Plan.from_text(json.dumps(self.facts()["plan"]))
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"does not say what was trained ({error})", where=self._facts) from None

    def begin(self, plan: Plan, grid: str, shape: tuple[int, ...]) -> None:
        """Write down what is trained, on which grid, and when this began last."""
        facts = {
            **self.facts(),
            "plan": json.loads(plan.to_text()),
            "grid": grid,
            "shape": list(shape),
            "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self.close()
        write_json(self._facts, facts)

    def release(self, state: Mapping[str, Tensor], rounds: int) -> str:
        """Keep the final community model after so many rounds; return the hash of its file."""
        self.close()
        write_tensors(state, self.released)
        digest = sha256(self.released)
        facts = {**self.facts(), "released": {"rounds": rounds, "sha256": digest}}
        write_json(self._facts, facts)
        return digest

    def final_model(self) -> Path:
        """Return the file of the final community model, as the federation left it here.

        Raises
        ------
        DataError
            Where there is none, or it is not what the federation left.
        """
        released = self.facts().get("released")
        if released is None or not self.released.is_file():
            raise DataError(
                "the final model did not come here",
                where=self.folder,
                try_next="--model FILE, with target/model.safetensors of the coordinator's run folder",
            )
        if sha256(self.released) != released["sha256"]:
            raise DataError(
                "is not the model that the federation left here", where=self.released, try_next="--model FILE"
            )
        return self.released

    def close(self) -> None:
        """Have folders that only their owner can enter, also where an earlier version made them."""
        private_folder(self.folder)
        with clear_disk_errors(self.folder):
            for folder in (self.folder.parent, self.folder):
                folder.chmod(FOLDER)


@dataclass(frozen=True)
class SiteKit:
    """A site's start-up kit."""

    root: Path

    @classmethod
    def open(cls, path: Path) -> SiteKit:
        """Return the kit that is here.

        Raises
        ------
        DataError
            Where it is none of a site.
        """
        kit = cls(path)
        if not kit.site_file.is_file():
            raise DataError(
                f"is no site's start-up kit (no local/{SITE_FILE})",
                where=path,
                try_next="remembrain federation provision sites.toml OUT, which makes one for each site",
            )
        return kit

    @property
    def site_file(self) -> Path:
        """What the site says of itself."""
        return self.root / "local" / SITE_FILE

    @property
    def federations(self) -> Path:
        """Folder of what is kept."""
        return self.root / "federations"

    def federation(self, identity: str) -> KeptFederation:
        """Return what is kept of a federation, by :attr:`Plan.identity`."""
        return KeptFederation(self.federations / identity)

    def chosen(self, identity: str | None) -> KeptFederation:
        """Return the federation of this identity, or the only one there is.

        Raises
        ------
        DataError
            Where there is none, or several and none is named.
        """
        begun = sorted(path.parent.name for path in self.federations.glob("*/federation.json"))
        if not begun:
            raise DataError("took part in no federation yet", where=self.root)
        if identity is None and len(begun) > 1:
            listed = ", ".join(f"{name} ({self.federation(name).facts().get('begun')})" for name in begun)
            raise DataError(
                f"took part in {len(begun)} federations: {listed}", where=self.root, try_next="--identity ID"
            )
        if identity is not None and identity not in begun:
            raise DataError(f"has no federation {identity!r}", where=self.root, expected=", ".join(begun[:5]))
        return self.federation(identity or begun[0])
