"""Does the gradient of the last hidden layer need more known people than that of the output layer?

    python experiments/known_people.py RUN

takes a run of the central study, lets the attacker know 100 to 600 members and as many others, and prints for each
number both attacks' accuracy and their paired difference on the same tested people.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from remembrain.attacks import select
from remembrain.audits.play import play
from remembrain.audits.rounds import real_rounds
from remembrain.cohort.material import AUDITED
from remembrain.cohort.splits import draw_people
from remembrain.config import Config
from remembrain.config.roles import roles_kept
from remembrain.evidence.assess import assess
from remembrain.evidence.compare import accuracy_difference
from remembrain.query import view_of
from remembrain.run import RunFolder
from remembrain.study.people import gather
from remembrain.targets.saved import load_saved

ATTACKS = ("network:gradient:last-hidden", "network:gradient:output")
KNOWN = (100, 200, 400, 600)
REPEATS = 4


def main(path: Path) -> None:
    """Run both attacks for every number of known people."""
    run = RunFolder.open(path)
    config = Config.read(run.path / "config.toml")
    material = gather(config, roles_kept(run.split)).of(*AUDITED)
    attacks = select(ATTACKS, None)
    view, attacks = view_of(load_saved(run.target), material, attacks, run.signals, config.seed)
    for known in KNOWN:
        rng = np.random.default_rng([config.seed, known])
        draws = [draw_people(material.split, material.scans, rng, [known, known]) for _ in range(REPEATS)]
        with TemporaryDirectory() as folder:
            rounds = real_rounds(material.split, draws)
            scores = play(view, attacks, rounds, seed=config.seed, folder=Path(folder)).of("real")
        first, second = (scores[name] for name in ATTACKS)
        accuracies = [f"{100 * assess(one).accuracy.value:.1f}" for one in (first, second)]
        less = accuracy_difference(first, second)
        ends = f"{100 * less.value:+.1f} ({100 * less.low:+.1f} to {100 * less.high:+.1f})"
        print(f"{known} + {known} known: {accuracies[0]} less {accuracies[1]} is {ends}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
