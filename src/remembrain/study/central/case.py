"""One model to be audited: on whom, by which attacks, with which options, and how the command came about."""

from __future__ import annotations

from dataclasses import dataclass

from remembrain.audits.sample import Sample
from remembrain.cohort.material import Material
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
        The scans of all people with a role, and how the target reads them.
    sample
        Whom of them the audit is of, and its rounds.
    attacks
        Which to run; the blind baseline always is.
    options
        Repeats, reference models, and which attacks were asked for by name.
    seed
        Of all that is drawn.
    origin
        By which commands, as :func:`~remembrain.audits.addition.made_by` says.
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
    sample: Sample
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
