"""Whether another version of this package still says the very same of small runs of every kind.

    python benchmarks/same_results.py keep FOLDER           # with the version before a change
    python benchmarks/same_results.py compare FOLDER        # with the version after it

``keep`` makes a demonstration, an audit with reference models and shadow, an import, a federation with its insiders, a
survey, a grid of defences and a self-test, and keeps every file that states a result: evidence, scores, figures, pages.
``compare`` makes them again elsewhere and names each value that is not the same to the last digit. Times, versions and
paths are not compared. Commands alone are used, so that it outlives any change of the code. Names of runs after the
folder make those alone.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cyclopts import App
from safetensors.numpy import save_file

app = App(help=__doc__)
PEOPLE = 240
STATED = ("evidence.json", "defences.json", "restricted/*.tsv", "target/*.tsv", "*.html", "figures/*.svg", "stdout.txt")
NEVER_THE_SAME = (
    "created",
    "versions",
    "version",
    "commit",
    "seconds",
    "core_minutes",
    "command",
    "peak_mb",
    "device",
    "selftest",
)
"""Keys whose values are of the run and not of its result."""

_VARIES = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d| UTC)?"), "TIME"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),  # with a key of the run's own
    (re.compile(r"and [\d.]+&nbsp;s\.|<td>\d+\.\d\d</td></tr>"), "SECONDS"),
    (re.compile(r"(?s)<section aria-labelledby=\"[\w-]*selftest\">.*?</section>"), "SELFTEST"),
    (re.compile(r"[\d.]+ core-(minutes|seconds)"), "COST"),
)

ABSENT = "absent"
NO_LONGER = re.compile(
    r"/(tpr_at_fpr/[\d.]+|tpr|posterior|recognised|auc)/status$|/controls/\w+/attacks/\d+/p_holm$"
    r"|^/federation/outsider/attack$"
)
"""Values that a decision took out (0028)."""

RUNS = ("demo", "audit", "import", "federation", "survey", "defences", "selftest")
TABLE = ["--seed", "3", "--members", "100", "--nonmembers", "100", "--validation", "0", "--population", "0.1"]
QUICK = ["--network", "mlp", "--epochs", "8", "--repeats", "2", "--workers", "1"]
GRID = """
seeds = [0]
attacks = ["error-threshold", "logistic"]
repeats = 1
[split]
members = 100
nonmembers = 100
validation = 0
population = 0.1
[training]
network = "mlp"
epochs = 6
[[defences]]
name = "dp-noise"
strengths = [1.0]
[[defences]]
name = "rounding"
strengths = [10]
"""
THEIRS = """
import torch
class Theirs(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = torch.nn.Linear(24, 8)
        self.output = torch.nn.Linear(8, 1)
    def forward(self, x):
        return 62 + self.output(torch.relu(self.hidden(x)))
"""
INSIDERS = "error-threshold,network:gradient:output,trajectory,fed-mia,lira"


def write_people(folder: Path) -> None:
    """Write a table of measures of which a network learns people by heart, and one of answers to a survey."""
    rng = np.random.default_rng(0)
    age = rng.uniform(45, 80, PEOPLE).round(1)
    frame = pd.DataFrame(rng.standard_normal((PEOPLE, 20)).round(4), columns=[f"region{place}" for place in range(20)])
    frame = frame.assign(age=age, sex=rng.choice(["F", "M"], PEOPLE), site=rng.choice(["A", "B"], PEOPLE))
    frame.insert(0, "participant_id", [f"sub-{place:04d}" for place in range(PEOPLE)])
    for half, file in ((frame[: PEOPLE // 2], "members.txt"), (frame[PEOPLE // 2 :], "others.txt")):
        (folder / file).write_text("\n".join(half.participant_id) + "\n")
    frame.to_csv(folder / "people.tsv", sep="\t", index=False)
    lean = rng.standard_normal((500, 1)) + 1.4 * rng.standard_normal((500, 10))
    answers = pd.DataFrame(np.array(["a", "b", "c"])[np.digitize(lean, (-0.5, 0.7))]).add_prefix("q")
    answers.insert(0, "participant_id", [f"sub-{place}" for place in range(500)])
    answers.to_csv(folder / "answers.csv", index=False)
    (folder / "release.toml").write_text('[release]\nmargins = "all"\n')
    (folder / "grid.toml").write_text(GRID)
    (folder / "theirs.py").write_text(THEIRS)
    sizes = {"hidden.weight": (8, 24), "hidden.bias": (8,), "output.weight": (1, 8), "output.bias": (1,)}
    weights = {name: rng.standard_normal(size).astype(np.float32) / 3 for name, size in sizes.items()}
    save_file(weights, folder / "theirs.safetensors")


def commands(folder: Path) -> dict[str, list[list[str]]]:
    """Return the commands of each run, in order, by its name."""
    people, run = str(folder / "people.tsv"), lambda name: str(folder / name)
    lists = [
        *("--members-list", run("members.txt"), "--nonmembers-list", run("others.txt")),
        *("--network", run("theirs.py") + ":Theirs", "--weights", run("theirs.safetensors")),
    ]
    federation = ["--environment", "uniform-noniid", "--learners", "4", "--rounds", "3", "--unseen", "0.4"]
    sweep = ["--worlds", "2", "--sweep", "known=0.5,1", "--sweep", "round_to=0,10", "--repeats", "2", "--workers", "1"]
    return {
        "demo": [["demo", run("demo"), "--people", "224", "--grid", "32"]],
        "audit": [["audit", people, run("audit"), *TABLE, *QUICK, "--keep-every", "2", "--references", "4"]],
        "import": [
            ["import", people, run("import"), *lists, "--workers", "1"],
            ["attack", run("import"), "--repeats", "1", "--workers", "1", "--attacks", "core"],
            ["report", run("import")],
        ],
        "federation": [
            ["federate", people, run("federation"), *federation, "--network", "mlp", "--epochs", "4", "--workers", "1"],
            ["attack", run("federation"), "--attacks", INSIDERS, "--repeats", "1", "--looks", "2", "--last-rounds", "2",
             "--references", "2", "--workers", "1"],
            ["report", run("federation")],
        ],
        "survey": [["survey", "audit", run("answers.csv"), run("survey"), "--release", run("release.toml"), *sweep]],
        "defences": [["defend", people, run("defences"), "--grid", run("grid.toml"), "--workers", "1"]],
        "selftest": [["selftest", "--audits", "20", "--workers", "1"]],
    }  # fmt: skip


def make(folder: Path, only: tuple[str, ...]) -> None:
    """Make the runs in a folder; what they print stands beside what they leave."""
    write_people(folder)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "REMEMBRAIN_CACHE": str(folder / "cache"), "COLUMNS": "100"}
    for name, several in commands(folder).items():
        if only and name not in only:
            continue
        printed = ""
        for words in several:
            print(name, words[0], file=sys.stderr)
            done = subprocess.run(
                [sys.executable, "-c", "from remembrain.cli import main; main()", *words],
                env=environment, capture_output=True, text=True, check=False, cwd=folder,
            )  # fmt: skip
            if done.returncode not in (0, 1):
                raise SystemExit(f"{name}: exit {done.returncode}\n{done.stderr}")
            printed += done.stdout
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "stdout.txt").write_text(printed)


def stated(folder: Path) -> dict[str, str]:
    """Return what the files of all runs say, by path; what is never the same is taken out."""
    found = {}
    for run in sorted(one for one in folder.iterdir() if (one / "stdout.txt").is_file()):
        for pattern in STATED:
            for file in sorted(run.rglob(pattern)):
                text = file.read_text(errors="replace").replace(str(folder), "FOLDER")
                found[file.relative_to(folder).as_posix()] = without_what_varies(text)
    return found


def without_what_varies(text: str) -> str:
    """Return a text without what is of the run and not of its result."""
    for varying, instead in _VARIES:
        text = varying.sub(instead, text)
    return text


def _leaves(content: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a document with its place."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            if key not in NEVER_THE_SAME:
                yield from _leaves(value, f"{place}/{key}")
    elif isinstance(content, list) and content:
        for number, value in enumerate(content):
            yield from _leaves(value, f"{place}/{number}")
    else:
        yield place, content


def _same(before: Any, after: Any) -> bool:
    """Tell whether two values are the same; one that was not there may be there and say nothing."""
    return bool(before == after) or (before is ABSENT and after in (None, "", [], {}))


def differences(before: str, after: str, name: str) -> list[str]:
    """Return where two texts of one file differ."""
    if before == after:
        return []
    if name.endswith(".json"):
        old, new = (dict(_leaves(json.loads(text))) for text in (before, after))
        every = [place for place in {**old, **new} if not NO_LONGER.search(place)]
        places = [place for place in every if not _same(old.get(place, ABSENT), new.get(place, ABSENT))]
        return [f"{place}: {old.get(place, ABSENT)!s:.60} | {new.get(place, ABSENT)!s:.60}" for place in places]
    if name.endswith(".html"):  # space between tags is no result
        before, after = (re.sub(r"(>|SELFTEST|SECONDS)\s*(?=<|SELFTEST)", r"\1\n", text) for text in (before, after))
    lines = before.splitlines(), after.splitlines()
    several = [f"line {n}: {a:.100} | {b:.100}" for n, (a, b) in enumerate(zip(*lines, strict=False), 1) if a != b]
    return several or ([f"{len(lines[0])} lines | {len(lines[1])} lines"] if len(lines[0]) != len(lines[1]) else [])


def said_by(only: tuple[str, ...]) -> dict[str, str]:
    """Make runs, all where none is named, and return what their files say."""
    with tempfile.TemporaryDirectory() as made:
        make(Path(made), only)
        return stated(Path(made))


@app.command
def keep(folder: Path, *only: str) -> None:
    """Make the runs and keep what they say."""
    for run in only or RUNS:
        for name, text in said_by((run,)).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    print(f"kept in {folder}")


@app.command
def compare(folder: Path, *only: str) -> None:
    """Make the runs again and name what is said otherwise."""
    new = said_by(only)
    kept = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()}
    old = {name: without_what_varies(file.read_text()) for name, file in kept.items()}
    old = {name: text for name, text in old.items() if not only or name.split("/")[0] in only}
    new = {name: text for name, text in new.items() if not only or name.split("/")[0] in only}
    apart = 0
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            several = ["only after" if name in new else "only before"]
        else:
            several = differences(old[name], new[name], name)
        apart += bool(several)
        for one in several[:12]:
            print(f"{name}: {one}")
    print(f"{len(old)} files, {apart} differ")
    sys.exit(1 if apart else 0)


if __name__ == "__main__":
    app()
