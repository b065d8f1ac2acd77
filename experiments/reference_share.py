"""What models of few, half and most of the people tell of a model that was trained on few, half or most of them.

`python experiments/reference_share.py [TARGETS]` prints the mean AUC, and the mean share recognised while a tenth of
others is wrongly named, over targets: 300 people with 160 columns that eight factors move, 20 reference models.
"""

from __future__ import annotations

import sys

import numpy as np
from jaxtyping import Bool, Float
from sklearn.base import RegressorMixin, clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge

from remembrain.attacks import select
from remembrain.evidence.metrics import auc, tpr_at_fpr
from remembrain.references.ensemble import in_training
from remembrain.types import Known

PEOPLE, COLUMNS, FACTORS, MODELS = 300, 160, 8, 20
ATTACKS = ("error-threshold", "lira", "lira-offline", "rmia")
ESTIMATORS: dict[str, RegressorMixin] = {
    "ridge": Ridge(1.0),
    "forest": RandomForestRegressor(40, random_state=0, n_jobs=1, min_samples_leaf=3),
}


def people(rng: np.random.Generator) -> tuple[Float[np.ndarray, "scan column"], Float[np.ndarray, "scan"]]:
    """Return columns and ages."""
    factors = rng.normal(size=(PEOPLE, FACTORS))
    columns = 0.5 * factors @ rng.normal(size=(FACTORS, COLUMNS)) + rng.normal(size=(PEOPLE, COLUMNS))
    return columns, 60 + 5 * factors[:, :3].sum(axis=1) + 4 * rng.normal(size=PEOPLE)


def errors(
    estimator: RegressorMixin, X: np.ndarray, age: np.ndarray, inside: Bool[np.ndarray, "scan"]
) -> Float[np.ndarray, "scan"]:
    """Return everybody's errors of an estimator that is fitted to some."""
    return np.asarray(clone(estimator).fit(X[inside], age[inside]).predict(X) - age)


def main() -> None:
    """Print a line a kind of estimator, share of members, share of the reference models and attack."""
    targets = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    attacks = select(ATTACKS, None, references=True, rounds=False)
    person = np.array([f"sub-{place:03d}" for place in range(PEOPLE)])
    for name, estimator in ESTIMATORS.items():
        for share in (0.2, 0.5, 0.8, 0.9):
            told: dict[tuple[float, str], list[tuple[float, float]]] = {}
            for target in range(targets):
                rng = np.random.default_rng([5, target])
                X, age = people(rng)
                member = rng.permutation(PEOPLE) < share * PEOPLE
                own = errors(estimator, X, age, member)
                known = rng.permutation(PEOPLE) < PEOPLE // 2
                for part in (0.1, 0.2, 0.5, 0.8, 0.9):
                    inside = in_training(person, MODELS, rng, part)
                    others = np.column_stack([errors(estimator, X, age, each) for each in inside.T])
                    signals = {
                        "references/error": others[:, :, None], "references/target": own[:, None],
                        "references/inside": inside, "label": age, "error": own,
                    }  # fmt: skip
                    taught = Known({key: value[known] for key, value in signals.items()}, member[known], person[known])
                    asked = {key: value[~known] for key, value in signals.items()}
                    for attack in attacks:
                        score = attack.score(taught, asked, rng)
                        judged = auc(member[~known], score), tpr_at_fpr(member[~known], score, 0.1)
                        told.setdefault((part, attack.name), []).append(judged)
            for (part, attack_name), judged in told.items():
                value, rate = np.mean(judged, axis=0)
                se = np.std([one[0] for one in judged], ddof=1) / np.sqrt(targets)
                print(
                    f"{name}, {share:.0%} members, on {part:.0%}: {attack_name} {value:.3f} (se {se:.3f}), {rate:.2f}"
                )


if __name__ == "__main__":
    main()
