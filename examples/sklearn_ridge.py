"""An estimator of scikit-learn, audited in a few lines: python examples/sklearn_ridge.py OUT

A table of made-up measures stands for the user's own; half of its people train a pipeline, which is then audited with
eight models like it, trained on halves of the people.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import remembrain

PEOPLE, MEASURES = 400, 160


def made_up(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return measures, ages in years and sexes."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(45, 85, PEOPLE)
    atrophy = (age[:, None] - 65) / 20 * rng.uniform(0, 0.6, MEASURES)
    columns = [f"region_{place:03d}" for place in range(MEASURES)]
    return (
        pd.DataFrame(rng.normal(size=(PEOPLE, MEASURES)) - atrophy, columns=columns),
        age,
        rng.choice(["F", "M"], PEOPLE),
    )


def main(out: Path) -> None:
    """Train, audit, and print what came out."""
    measures, age, sex = made_up()
    trained_on = np.arange(PEOPLE) % 2 == 0
    pipeline = make_pipeline(StandardScaler(), Ridge(1.0)).fit(measures[trained_on], age[trained_on])
    found = remembrain.audit(pipeline, measures, age, trained_on, out, sex=sex, references=8)
    print(found.table()[["finding", "auc", "auc_low", "auc_high"]])
    print(found.finding.text)
    print(found.report)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
