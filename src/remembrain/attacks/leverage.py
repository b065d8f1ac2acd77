"""The likelihood of an error for a member and for another, both by the scan's leverage on the last layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import numbers
from remembrain.attacks._last_layer import NEEDS, leverage
from remembrain.attacks._scales import fit_log_scale
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class Leverage:
    """Score = log N(e; 0, s_in(l)^2) - log N(e; 0, s_out(l)^2), l the leverage of the scan on the output layer.

    In a linear model a member's error is (1 - l) times what it would be without them, and a non-member's grows with
    l: the pair (e, l) is all that there is to know (arXiv 2602.15919). Of a deep network the last layer's leverage is
    a part of the truth, so both spreads are learned, log-linear in log l, on the people whom the attacker knows.
    """

    name: str = "leverage"
    title: str = "Error and leverage on the last layer"
    access: Access = "weights"
    knows: Knows = "some members"
    needs: tuple[str, ...] = NEEDS
    paper: str = "Generalised leverage 2026 (arXiv 2602.15919)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-ratio of the unknown scans."""
        theirs, ours = leverage(known, unknown)
        centre, spread = np.log(theirs).mean(), np.log(theirs).std() or 1.0
        mine, features = ((np.log(some)[:, None] - centre) / spread for some in (theirs, ours))
        error, e = numbers(known.signals, "error"), numbers(unknown, "error")
        scales = [fit_log_scale(mine[some], error[some]).of(features) for some in (known.member, ~known.member)]
        logs = [-np.log(scale) - 0.5 * (e / scale) ** 2 for scale in scales]
        return np.asarray(logs[0] - logs[1])
