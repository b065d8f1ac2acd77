"""One model to be audited: on whom, by which attacks, with which options, and who of them the attacker knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Int

from remembrain.audits.rounds import Round, draws_of, rounds_of_audit
from remembrain.cohort import matching
from remembrain.cohort.material import AUDITED, Material
from remembrain.config import AttackOptions
from remembrain.errors import DataError
from remembrain.evidence.feeding import Owner
from remembrain.record.document import MadeBy
from remembrain.run import RunFolder
from remembrain.targets.brought import BlackBox, Model
from remembrain.targets.brought.black_box import ONLY_ANSWERS
from remembrain.targets.model import Target
from remembrain.targets.recipes import Recipe
from remembrain.types import Attack


@dataclass(frozen=True, eq=False)
class Case:
    """What is audited, and how.

    Attributes
    ----------
    run
        Gets ``evidence.json``, ``restricted/scores.tsv``, signals, and the mean brain.
    target
        The model.
    material
        The scans, their split and how the target reads them.
    attacks
        Which to run; the blind baseline always is.
    options
        Repeats, reference models, and which attacks were asked for by name.
    seed
        Of all that is drawn.
    origin
        By which commands, as :func:`~remembrain.study.central.addition.made_by` says.
    recipe
        How the target was trained, where it was trained here.
    owner
        What the owner of a model that was trained elsewhere says that it predicts for these scans.
    workers
        Processes; one a core when left out.
    """

    run: RunFolder
    target: Model
    material: Material
    attacks: tuple[Attack, ...]
    options: AttackOptions
    seed: int
    origin: MadeBy
    recipe: Recipe | None = None
    owner: Owner | None = None
    workers: int | None = None

    @property
    def network(self) -> Target:
        """The model, where it shows its weights.

        Raises
        ------
        DataError
            Where it only answers.
        """
        if isinstance(self.target, BlackBox):
            raise DataError(ONLY_ANSWERS, where=self.target.name)
        return self.target

    @cached_property
    def _paired(self) -> tuple[Material, Int[np.ndarray, "some"], matching.Matched | None]:
        """Those who are audited, their places among all who could be, and how they were paired if they were."""
        everybody = self.material.of(*AUDITED)
        if not self.options.match:
            return everybody, np.arange(len(everybody.scans)), None
        split, matched = matching.match(everybody.scans, everybody.split)
        places = split.used()
        return replace(everybody, split=split).take(places), places, matched

    @property
    def audited(self) -> Material:
        """Members, non-members and validation people; of the first two those who can be paired, if that is asked."""
        return self._paired[0]

    @property
    def places(self) -> Int[np.ndarray, "some"]:
        """Places of the audited among all who could be."""
        return self._paired[1]

    @property
    def matched(self) -> matching.Matched | None:
        """How members and non-members were paired, if they were."""
        return self._paired[2]

    @cached_property
    def draws(self) -> list[Bool[np.ndarray, "scan"]]:
        """Of which scans the attacker knows whose they are, in each repeat."""
        return draws_of(self.audited.scans, self.audited.split, self.options.repeats, self.seed)

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """Every round of the audit."""
        return rounds_of_audit(self.audited.scans, self.audited.split, self.draws, self.options.repeats, self.seed)

    @property
    def scores(self) -> Path:
        """Where scores are kept for a rerun."""
        return self.run.restricted / "attacks"
