"""What the source prints: Gupta et al. 2021, MIDL (arXiv 2105.02866), Table 1, appendix E and Figure 1."""

from __future__ import annotations

from dataclasses import dataclass

COMBINED = "network:prediction+label+gradient:last-hidden+gradient:output"


@dataclass(frozen=True)
class Row:
    """One row of Table 1: accuracy in %, mean and SD over five runs, by network; ``None`` where it was not run."""

    title: str
    attack: str
    cnn3d: tuple[float, float | None] | None
    slice_mean: tuple[float, float | None] | None

    def of(self, network: str) -> tuple[float, float | None] | None:
        """Return what was published for a network."""
        return self.cnn3d if network == "cnn3d" else self.slice_mean


TABLE = (
    Row("activation", "activation", (56.63, None), None),
    Row("error (random forest)", "error-forest", (59.90, 0.01), (74.06, 0.00)),
    Row("gradient magnitude", "network:gradient-magnitude", (72.60, 0.45), (78.34, 0.17)),
    Row("gradient of conv1", "network:gradient:first", (71.01, 0.64), (80.52, 0.40)),
    Row("gradient of output", "network:gradient:output", (76.65, 0.44), (82.16, 0.29)),
    Row("gradient of conv6", "network:gradient:last-hidden", (76.96, 0.57), (82.89, 0.83)),
    Row("prediction + label", "network:prediction+label", (76.45, 0.20), (81.70, 0.29)),
    Row("prediction + label + gradients of conv6 and output", COMBINED, (78.05, 0.47), (83.04, 0.50)),
    Row("shadow model, no member known", "shadow:network:prediction+label", (71.74, 1.82), (74.39, 2.14)),
)

BESIDE = (
    ("error (threshold)", "error-threshold"),
    ("logistic regression on prediction, label, error", "logistic"),
    ("gradient of conv6, flattened", "flat:gradient:last-hidden"),
    ("prediction + label + gradients, flattened", COMBINED.replace("network:", "flat:")),
    ("shadow model, error (threshold)", "shadow:error-threshold"),
)
"""What we run beside the published rows."""

SLOPES = {"cnn3d": 0.12, "slice-mean": 0.16}
"""Accuracy a year of generalisation gap, computed from points read off Figure 1."""

ERRORS = {"cnn3d": (1.39, 3.13), "slice-mean": (0.77, 2.88)}
"""Mean absolute error in years, members and others."""
