"""An attack learned on a shadow model instead of on known members: for an adversary who knows the population alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from remembrain.types import Access, Attack, Known, Knows, Signals


@dataclass(frozen=True)
class ShadowAttack:
    """Another attack, taught on the members and others of one model that was trained like the target on other people.

    Shokri et al. 2017; for brain age Gupta et al. 2021, appendix E, whose shadow's people overlap the target's. Here
    they do not. Who is given as known are the shadow's people, and their signals the shadow's.
    """

    attack: Attack
    knows: Knows = "population"
    paper: str = "Shokri et al. 2017, IEEE S&P (arXiv 1610.05820); Gupta et al. 2021, MIDL, appendix E"
    fixed: ClassVar[bool] = True
    on_shadow: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """``shadow:`` and the attack's name."""
        return f"shadow:{self.attack.name}"

    @property
    def title(self) -> str:
        """The attack's title, and where it learned."""
        return f"{self.attack.title}, learned on a shadow model"

    @property
    def access(self) -> Access:
        """What the attack needs of the target."""
        return self.attack.access

    @property
    def needs(self) -> tuple[str, ...]:
        """The signals that the attack reads, of both models."""
        return self.attack.needs

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Learn from the shadow's people and score the target's."""
        return self.attack.score(known, unknown, rng)
