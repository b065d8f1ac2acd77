"""An attack that "succeeds" against a model that was never trained, and an audit that is not fooled.

    python experiments/confounded.py OUT

Members are older than non-members, as where a study's own people are compared with a younger public cohort. The
network's weights stay where they started: it remembers nobody. An attack that is only asked for its accuracy recognises
"members" all the same, by their age. The audit says that the groups differ, calls the finding confounded, and, on
members and non-members paired by sex, site and age, shows nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from remembrain.audits.judge import Evidence
from remembrain.cohort.phantom import write_cohort
from remembrain.config import AttackOptions, Config, DataOptions, SplitOptions, TrainOptions
from remembrain.report import write as report
from remembrain.run import write_text
from remembrain.study import audit

ATTACKS = ("error-threshold", "logistic", "network:prediction+label", "network:gradient:output")
PEOPLE = 900
OLDER = 4.0
"""Years by which the mean age of members exceeds that of non-members, about."""


def split_by_age(folder: Path, path: Path, seed: int) -> Path:
    """Write a split in which older people are more likely to be members, and half of each group is known."""
    table = pd.read_csv(folder / "participants.tsv", sep="\t")
    rng = np.random.default_rng(seed)
    age = table["age"].to_numpy(dtype=float)
    leaning = OLDER / 4 * (age - age.mean()) / age.var()
    member = rng.random(len(age)) < 0.5 + np.clip(leaning, -0.45, 0.45)
    known = rng.random(len(age)) < 0.5
    rows = [
        f"{person}\tn/a\t{'member' if one else 'nonmember'}\t{int(knows)}"
        for person, one, knows in zip(table["participant_id"], member, known, strict=True)
    ]
    write_text(path, "\n".join(["participant_id\tsession_id\trole\tattacker_knows", *rows]) + "\n")
    return path


def run(out: Path, seed: int = 1) -> dict[str, Evidence]:
    """Make people, leave a network untrained, attack it with and without matching, and return both evidences."""
    phantoms = write_cohort(out / "phantoms", people=PEOPLE, grid="32", seed=seed)
    split = split_by_age(phantoms, out / "split.tsv", seed)
    config = Config(
        source=phantoms,
        seed=seed,
        data=DataOptions.model_validate({"grid": "32", "store": out / "prepared"}),
        split=SplitOptions(split=split),
        training=TrainOptions(network="cnn3d", epochs=1, learning_rate=1e-12),
    )
    found = {}
    for name, match in (("unmatched", False), ("matched", True)):
        folder = audit.train(config, out / name).path
        found[name] = audit.attack(folder, AttackOptions(attacks=ATTACKS, match=match))
        report.write([folder])
    return found


def main() -> None:
    """Print what the naive attacker reads, and what the audit says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    for name, evidence in run(parser.parse_args().out).items():
        print(name)
        for attack in evidence.attacks:
            (accuracy, *accuracy_ends), (auc, *auc_ends) = attack.accuracy.ends(), attack.auc.ends()
            print(
                f"  {attack.name}: accuracy {accuracy:.3f} ({accuracy_ends[0]:.3f} to {accuracy_ends[1]:.3f}), "
                f"AUC {auc:.3f} ({auc_ends[0]:.3f} to {auc_ends[1]:.3f})"
            )
        print(f"  audit: {evidence.overall.text}")


if __name__ == "__main__":
    main()
