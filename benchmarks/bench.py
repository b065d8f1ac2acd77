"""Ratios that the design promises, measured side by side in one run on tensors made here; ``make bench``.

Each ratio sets what this package does beside the least that would have to be done anyway. The two sides take turns
scan by scan, or epoch by epoch in training: whatever else the machine does falls on both.
"""

from __future__ import annotations

import copy
import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

import references
import survey
from remembrain.attacks import BLIND, CORE
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.audits.judge import judge
from remembrain.audits.play import Played
from remembrain.cohort.store import ScanStore, file_of
from remembrain.evidence import calibration, exposure
from remembrain.federation.archive import Archive
from remembrain.federation.in_process import Federation, run_rounds
from remembrain.federation.learner import Local, Turn, train_locally
from remembrain.signals import extract
from remembrain.targets.learning import Examples, learn
from remembrain.targets.model import Target
from remembrain.targets.networks import Form, build
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe, recipe
from remembrain.targets.training import Kept, People, train
from remembrain.types import Inputs, Known, Role, Rows, Scores

SHAPE = (1, 64, 64, 64)
LAST = ("prediction", "error", "gradient:last-hidden", "gradient:output")
ALL = (*LAST, "label", "gradient-magnitude", "gradient:first")


@dataclass(frozen=True)
class Ratio:
    """One measured ratio and the most it may be."""

    title: str
    value: float
    limit: float

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.limit else "ABOVE THE LIMIT"
        return f"{self.title:<76}{self.value:6.2f}   at most {self.limit:.2f}   {verdict}"


@dataclass(frozen=True, eq=False)
class InMemory:
    """Scans in memory, whose content hashes are known, as they are in a store."""

    array: np.ndarray
    hashes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one scan."""
        return tuple(self.array.shape[1:])

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, index: int) -> np.ndarray:
        return np.asarray(self.array[index])

    def keys(self) -> Sequence[str]:
        """Return the hashes."""
        return self.hashes


class Beside:
    """Scans that let the bare loop take one step whenever one of them has been read, and keep its time."""

    def __init__(self, inputs: Inputs, steps: Iterator[None]) -> None:
        self.inputs, self.steps = inputs, steps
        self.bare = 0.0

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one scan."""
        return self.inputs.shape

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: int) -> np.ndarray:
        start = time.perf_counter()
        next(self.steps, None)
        self.bare += time.perf_counter() - start
        return np.asarray(self.inputs[index])

    def keys(self) -> Sequence[str]:
        """Return the content hashes."""
        return self.inputs.keys()


def light_target() -> Target:
    network = build("cnn3d", "light", SHAPE, mean_age=60.0, generator=torch.Generator().manual_seed(0))
    return Target(network.eval(), "cnn3d", "light", SHAPE)


def made_scans(count: int) -> tuple[InMemory, np.ndarray]:
    rng = np.random.default_rng(0)
    array = rng.standard_normal((count, *SHAPE), dtype=np.float32)
    hashes = tuple(hashlib.sha256(scan.tobytes()).hexdigest() for scan in array)
    return InMemory(array, hashes), rng.uniform(45, 82, count)


def ratio_to_bare(
    ours: Callable[[Beside, Path], object], bare: Callable[[], Iterator[None]], inputs: Inputs, turns: int
) -> float:
    """Return the median over turns of the time of ours without the bare steps taken meanwhile, over theirs."""
    ratios = []
    for _ in range(turns):
        beside = Beside(inputs, bare())
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            ours(beside, Path(folder))
            whole = time.perf_counter() - start
        assert next(beside.steps, "done") == "done"
        ratios.append((whole - beside.bare) / beside.bare)
    return statistics.median(ratios)


def signals_over_bare(names: Sequence[str], backward: bool, scans: int = 150, turns: int = 7) -> float:
    """Return the time of extraction over that of a loop that does nothing but call the network on each scan."""
    inputs, age = made_scans(scans)
    tensors = torch.from_numpy(inputs.array)

    def bare() -> Iterator[None]:
        network = light_target().module
        for scan, years in zip(tensors.flip(0), age[::-1], strict=True):
            with torch.set_grad_enabled(backward):
                output = network(scan[None])
                if backward:
                    network.zero_grad()
                    (output.reshape(()) - float(years)).square().backward()
            yield

    def ours(beside: Beside, folder: Path) -> None:
        extract(light_target(), beside, age, names=names, folder=folder)

    return ratio_to_bare(ours, bare, inputs, turns)


def attacks_over_asking(people: int = 200, rounds: int = 7) -> float:
    """Return the time that the core learns and scores in all rounds over that of asking the target for its signals."""
    inputs, age = made_scans(people)
    rng = np.random.default_rng(0)
    names = sorted({need for one in CORE for need in one.needs} | {"prediction"})
    member, known = np.arange(people) % 2 == 0, np.arange(people // 2)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        seen = extract(light_target(), inputs, age, names=names, folder=Path(folder)).seen
        asked = time.perf_counter() - start
        rows = [{name: Rows(array, some) for name, array in seen.items()} for some in (known, known + people // 2)]
        taught = Known(rows[0], member[known], known.astype(str))
        start = time.perf_counter()
        for one in CORE:
            for _ in range(rounds):
                one.score(taught, rows[1], rng)
        return (time.perf_counter() - start) / asked


def epoch_from_store_over_memory(scans: int = 192, turns: int = 7) -> float:
    """Return the time of a training epoch that reads float16 files over that of the same steps on tensors in memory."""
    inputs, age = made_scans(scans)
    how = recipe("cnn3d", "light", epochs=1)
    roles: dict[Role, np.ndarray] = {"member": np.arange(scans // 2), "nonmember": np.arange(scans // 2, scans)}

    def bare() -> None:
        for _ in same_steps(light_target().module, torch.from_numpy(inputs.array), age, scans // 2, how):
            pass

    def ours(store: ScanStore) -> None:
        with tempfile.TemporaryDirectory() as folder:
            to = Path(folder)
            train(light_target(), People(store, age, roles), how, Kept(to, to), seed=0)

    with tempfile.TemporaryDirectory() as folder:
        for name, scan in zip(inputs.keys(), inputs.array, strict=True):
            path = file_of(Path(folder), name)
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, scan.astype(np.float16))
        store = ScanStore(Path(folder), inputs.hashes, SHAPE, np.zeros((scans, 0)), ())
        ratios = []
        for _ in range(turns):
            times = [timed(bare), timed(lambda: ours(store)), timed(bare)]
            ratios.append(2 * times[1] / (times[0] + times[2]))
        return statistics.median(ratios)


def timed(call: Callable[[], object]) -> float:
    """Return how long a call takes, in seconds."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def same_steps(
    network: torch.nn.Module, scans: torch.Tensor, age: np.ndarray, members: int, how: Recipe
) -> Iterator[None]:
    """Take one step a batch of members, then predict all scans."""
    optimiser = how.make_optimiser(network)
    years = torch.from_numpy(age.astype(np.float32))
    network.train()
    for places in torch.randperm(members, generator=torch.Generator().manual_seed(0)).split(how.batch_size):
        optimiser.zero_grad()
        (network(scans[places])[:, 0] - years[places]).square().mean().backward()
        optimiser.step()
        yield
    network.eval()
    for batch in scans.split(how.batch_size):
        with torch.no_grad():
            network(batch)
        yield


PEAK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import numpy, torch
import bench

class Drawn:
    shape = bench.SHAPE
    def __len__(self):
        return int(sys.argv[3])
    def __getitem__(self, index):
        return numpy.random.default_rng(index).standard_normal(self.shape, dtype=numpy.float32)
    def keys(self):
        return [str(index) for index in range(len(self))]

torch.set_num_threads(1)
bench.extract(bench.light_target(), Drawn(), numpy.full(len(Drawn()), 60.0), names=bench.ALL, folder=Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_memory(scans: int) -> int:
    """Return the peak resident memory of a process that extracts all signals of so many scans, in kB."""
    with tempfile.TemporaryDirectory() as folder:
        here = str(Path(__file__).resolve().parent)
        command = [sys.executable, "-c", PEAK, here, folder, str(scans)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def statistics_of(attacks: int, people: int, repeats: int = 5) -> float:
    """Return the seconds for every interval, test and finding of so many attacks on so many members and others."""
    rng = np.random.default_rng(0)
    names = [f"attack-{number}" for number in range(attacks)]
    named = [replace(ErrorThreshold(), name=names[0])]
    named += [replace(ErrorThreshold(), name=name, access="weights") for name in names[1:]]
    member = np.repeat([True, False], people)
    ids = np.array([f"sub-{place:05d}" for place in range(2 * people)])
    session = np.full(2 * people, "")

    def scores(name: str, gain: float, rounds: int) -> list[Scores]:
        return [
            Scores(name, repeat, ids, session, member, gain * member + rng.normal(size=2 * people))
            for repeat in range(rounds)
        ]

    real = {name: scores(name, number / attacks, repeats) for number, name in enumerate([BLIND.name, *names])}
    null = {name: scores(name, 0, 2) for name in real}
    facts = exposure.Facts(
        ids, rng.normal(63, 8, 2 * people), rng.choice(["F", "M"], 2 * people), session, np.ones(2 * people)
    )

    def everything() -> None:
        judged = judge(named, BLIND, Played({"real": real, "null": null}, {}), seed=0)
        calibration.reliability(names[-1], calibration.membership(real[names[-1]], rng))
        calibration.posteriors(judged.assessments[names[-1]])
        exposure.exposure(real[names[-1]], facts)

    return timed(everything)


def round_over_training(learners: int = 4, scans: int = 100, turns: int = 3) -> float:
    """Return a federated round in process over the learners' own training, each turn after the other's."""
    shape = (1, 32, 32, 32)
    rng = np.random.default_rng(0)
    count = learners * scans
    volumes = rng.standard_normal((count, *shape), dtype=np.float32)
    inputs = InMemory(volumes, tuple(str(place) for place in range(count)))
    age, how = rng.uniform(45, 80, count), recipe("cnn3d", "light", federated=True)
    network = build("cnn3d", "light", shape, mean_age=62.0, generator=torch.Generator().manual_seed(0))
    places = {number: np.arange(count)[number - 1 :: learners] for number in range(1, learners + 1)}
    names = {number: str(number) for number in places}
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        federation = Federation(network, inputs, age, places, names, np.arange(0), how, 1, 0)
        for turn in range(turns):

            def bare() -> None:
                for number, own in places.items():
                    local = Local(inputs, age, places=own)
                    train_locally(copy.deepcopy(network), local, how, Turn(number, 1, 0))

            before = timed(bare)
            begun = copy.deepcopy(network.state_dict())
            ours = timed(lambda: run_rounds(federation, Archive(Path(folder) / str(turn)), workers=1))  # noqa: B023
            network.load_state_dict(begun)
            ratios.append(2 * ours / (before + timed(bare)))
    return statistics.median(ratios)


def private_over_plain(name: str, form: Form, batch: int, turns: int = 9) -> float:
    """Return the time of a private step over that of a plain one on the same people, each turn after the other's."""
    inputs, age = made_scans(batch)
    everybody, names = np.arange(batch), np.array([f"{place:03d}" for place in range(batch)])
    how = recipe(name, form, batch_size=batch)
    asked = Privacy(noise_multiplier=1.0, delta=1e-3)

    def learning(private: bool) -> Callable[[], object]:
        network = build(name, form, SHAPE, mean_age=62.0, generator=torch.Generator().manual_seed(0))
        target = Target(network, name, form, SHAPE)
        made = replace(how, privacy=asked) if private else how
        steps = learn(target, Examples(inputs, age, names, everybody), made, 0, begun=True)
        optimiser = made.make_optimiser(network)
        return lambda: steps.one_pass(optimiser, 0, 1, lambda: None)

    plain, private = learning(False), learning(True)
    plain(), private()
    ratios = []
    for _ in range(turns):
        before = timed(plain)
        ours = timed(private)
        ratios.append(2 * ours / (before + timed(plain)))
    return statistics.median(ratios)


TRAINING = """
import re, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import opacus.optimizers, torch
import bench

torch.set_num_threads(1)
inputs, age = bench.made_scans(32)
made = bench.recipe(sys.argv[2], sys.argv[3], epochs=1, batch_size=int(sys.argv[4]))
if sys.argv[5] == "private":
    made = replace(made, privacy=bench.Privacy(noise_multiplier=1.0, delta=1e-3))
network = bench.build(sys.argv[2], sys.argv[3], bench.SHAPE, mean_age=62.0, generator=torch.Generator().manual_seed(0))
target = bench.Target(network, sys.argv[2], sys.argv[3], bench.SHAPE)
names = bench.np.array([f"{place:03d}" for place in range(32)])
steps = bench.learn(target, bench.Examples(inputs, age, names, bench.np.arange(32)), made, 0)
optimiser = made.make_optimiser(network)
Path("/proc/self/clear_refs").write_text("5")  # forget the peak of importing
steps.one_pass(optimiser, 0, 1, lambda: None)
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def training_memory(name: str, form: Form, batch: int, kind: str) -> int:
    """Return the peak resident memory of a process that trains an epoch, in kB; both kinds have Opacus loaded."""
    here = str(Path(__file__).resolve().parent)
    command = [sys.executable, "-c", TRAINING, here, name, form, str(batch), kind]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def private_memory(name: str, form: Form, batch: int) -> float:
    """Return the peak memory of a private epoch over that of a plain one."""
    return training_memory(name, form, batch, "private") / training_memory(name, form, batch, "plain")


def main() -> int:
    """Measure and print every ratio; return 1 where one is above its limit."""
    torch.set_num_threads(1)
    measurements: list[tuple[str, Callable[[], float], float]] = [
        ("last layers' signals over a bare forward pass", lambda: signals_over_bare(LAST, backward=False), 1.15),
        ("all signals over a bare forward and backward loop", lambda: signals_over_bare(ALL, backward=True), 1.15),
        ("the core of attacks, seven rounds, over asking the target, 200 people", attacks_over_asking, 1.25),
        ("training epoch from the store over the same steps in memory", epoch_from_store_over_memory, 1.10),
        ("a federated round in process over its learners' own training", round_over_training, 1.05),
        ("private step over a plain one, cnn3d paper", lambda: private_over_plain("cnn3d", "paper", 4, 3), 1.40),
        (
            "private step over a plain one, slice-mean paper",
            lambda: private_over_plain("slice-mean", "paper", 4, 3),
            1.40,
        ),
        ("private step over a plain one, cnn3d light", lambda: private_over_plain("cnn3d", "light", 16), 1.40),
        ("private step over a plain one, slice-mean light", lambda: private_over_plain("slice-mean", "light", 8), 1.40),
        (
            "peak memory of a private epoch over a plain one, cnn3d paper",
            lambda: private_memory("cnn3d", "paper", 8),
            1.20,
        ),
        (
            "peak memory of a private epoch over a plain one, cnn3d light",
            lambda: private_memory("cnn3d", "light", 16),
            1.20,
        ),
        ("peak memory of extraction, 1,000 scans over 100", lambda: peak_memory(1000) / peak_memory(100), 1.05),
        ("seconds for all statistics of 20 attacks on 5,000 + 5,000 people", lambda: statistics_of(20, 5000), 10.0),
        ("the same of 10,000 + 10,000 over it", lambda: statistics_of(20, 10000) / statistics_of(20, 5000), 2.5),
        ("16 reference models over 16 trainings of one model on the same cores", references.cost_of_sixteen, 1.1),
        (
            "tables: a repeat of all attacks, 8,000 people over 4,000",
            lambda: survey.seconds(8000, 70) / survey.seconds(4000, 70),
            2.2,
        ),
        ("tables: the same, 140 questions over 70", lambda: survey.seconds(4000, 140) / survey.seconds(4000, 70), 3.0),
        ("tables: seconds for a whole audit of 5,000 people x 70 questions", lambda: survey.whole_audit()[0], 60.0),
        ("tables: GB of its largest process", lambda: survey.whole_audit()[1], 2.0),
    ]
    ratios = []
    for title, measure, limit in measurements:
        ratios.append(Ratio(title, measure(), limit))
        print(ratios[-1], flush=True)
    return int(any(ratio.value > ratio.limit for ratio in ratios))


if __name__ == "__main__":
    sys.exit(main())
