"""All of ``evidence.json`` of a model.

A number that is not known is ``None`` here, and the page says *not assessed* of it. Knows no file.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
from jaxtyping import Float

from remembrain.record.attacks import Attack, Finding
from remembrain.record.document import Judged, Made
from remembrain.record.federation import Federation
from remembrain.record.naming import data_word
from remembrain.record.numbers import Count
from remembrain.record.people import Data, Groups, People
from remembrain.record.privacy import Privacy
from remembrain.record.references import References
from remembrain.record.target import Curves, Shadow, Target


@dataclass(frozen=True, kw_only=True)
class Audit(Made):
    """How the evidence of a model came about, and how many people the attacker knew."""

    known_members: Count
    known_nonmembers: Count


@dataclass(frozen=True, kw_only=True)
class Evidence(Judged):
    """All of one ``evidence.json`` of a model."""

    audit: Audit
    target: Target
    people: People
    data: Data = field(default_factory=Data)
    groups: Groups | None = None
    shadow: Shadow | None = None
    references: References | None = None
    federation: Federation | None = None
    privacy: Privacy | None = None
    curves: Curves = field(default_factory=Curves)
    mean_brain: ClassVar[Float[np.ndarray, "x y z"] | None] = None
    """The mean of all scans, where it lies beside the evidence: it is no part of the document."""

    def with_mean_brain(self, volume: Float[np.ndarray, "x y z"] | None) -> Self:
        """Return the same with the mean of all scans, which stands in a file of its own."""
        whole = copy(self)
        object.__setattr__(whole, "mean_brain", volume)
        return whole

    @property
    def data_word(self) -> str:
        """What a person's data are called."""
        return data_word(self.people.source)

    @property
    def private(self) -> bool:
        """Whether anything is said of differential privacy."""
        return self.privacy is not None

    @property
    def everything(self) -> tuple[Attack, ...]:
        """All attacks; one that only insiders ran stands for the insider who achieved most with it."""
        threats = self.federation.threats if self.federation else ()
        names = {attack.name for attack in self.attacks}
        of_insiders: dict[str, Attack] = {}
        for attack in (attack for threat in threats if threat.main for attack in threat.attacks):
            best = of_insiders.get(attack.name)
            if attack.name not in names and (best is None or _value(attack) > _value(best)):
                of_insiders[attack.name] = attack
        return (*self.attacks, *of_insiders.values())

    @property
    def outsider(self) -> Finding:
        """The finding of the released model alone, where there are insiders as well."""
        return self.federation.outsider if self.federation else self.overall


def _value(attack: Attack) -> float:
    """Return an attack's AUC, less than any where it was not assessed."""
    return attack.auc.ends()[0] if attack.assessed else -1.0
