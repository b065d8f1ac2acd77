"""What 16 reference models cost beside 16 trainings of one model on the same cores."""

from __future__ import annotations

import math
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from remembrain._parallel import cores, map_processes
from remembrain.references.ensemble import Population, Training, halves, train_references
from remembrain.references.shadow import Architecture, divided
from remembrain.signals.queries import QUERIES
from remembrain.targets import training
from remembrain.targets.recipes import recipe

PEOPLE, MODELS, EPOCHS = 160, 16, 4
SHAPE = (1, 32, 32, 32)


class Drawn:
    """Scans that are drawn when they are read, the same ones every time."""

    shape = SHAPE

    def __len__(self) -> int:
        return PEOPLE

    def __getitem__(self, index: int) -> np.ndarray:
        return np.random.default_rng(index).standard_normal(SHAPE, dtype=np.float32)

    def keys(self) -> list[str]:
        """Return a name for each."""
        return [f"drawn {place}" for place in range(PEOPLE)]


@dataclass(frozen=True)
class Job:
    """A plain training on a half, for a worker."""

    folder: Path
    seed: int


def people() -> tuple[np.ndarray, np.ndarray]:
    """Return ages and names."""
    return np.random.default_rng(0).uniform(45, 82, PEOPLE), np.array([f"sub-{place}" for place in range(PEOPLE)])


def plain(job: Job) -> float:
    """Train one model as ``remembrain train`` does; return the seconds it took."""
    age, person = people()
    inside = halves(person, 2, np.random.default_rng(job.seed))[:, 0]
    of, start = recipe("cnn3d", "light", epochs=EPOCHS), time.perf_counter()
    target = Architecture("cnn3d", "light", SHAPE).make(of, 60.0, job.seed)
    kept = training.Kept(job.folder, job.folder / "epochs")
    training.train(target, divided(Drawn(), age, inside, person), of, kept, job.seed, "a plain training")
    return time.perf_counter() - start


def cost_of_sixteen() -> float:
    """Return core-seconds of an ensemble, processes and all, over 16 times those of a plain training beside others."""
    age, person = people()
    with tempfile.TemporaryDirectory() as folder:
        workers = math.gcd(MODELS, cores())  # so that no core waits at the end
        jobs = [Job(Path(folder) / f"plain-{seed}", seed) for seed in range(2 * workers)]
        alone = map_processes(plain, jobs, workers=workers, description="plain trainings")
        start = time.perf_counter()
        train_references(
            Architecture("cnn3d", "light", SHAPE), recipe("cnn3d", "light", epochs=EPOCHS),
            Population(Drawn(), age, person), Training(MODELS, 0, workers), Path(folder) / "references", QUERIES[:1],
        )  # fmt: skip
        took = time.perf_counter() - start
    return took * workers / (MODELS * float(np.mean(alone)))
