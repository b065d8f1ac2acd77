"""How long ten million published cells take to be read.

    python benchmarks/read_tables.py [csv|sdmx|json] [REGIONS]

A cube of four questions, their totals and thousands of regions, of which only the rows of all together are used; what
is read is held against the truth.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Table
from remembrain.survey.published.reading import read_published

SIZES = (4, 5, 10, 5)
QUESTIONS = tuple(
    Question(f"q{place}", "categorical", tuple(map(str, range(size))), tuple(f"q{place}:{n}" for n in range(size)))
    for place, size in enumerate(SIZES)
)


def cube(rng: np.random.Generator) -> np.ndarray:
    """Return people by level of every question, with totals at the end of each."""
    people = rng.integers(0, 50, SIZES)
    for axis in range(len(SIZES)):
        people = np.concatenate([people, people.sum(axis=axis, keepdims=True)], axis=axis)
    return people


def write(path: Path, form: str, whole: np.ndarray, regions: int, rng: np.random.Generator) -> None:
    """Write the cube of everybody, and regions of numbers drawn at random."""
    names = [[*one.titles, "Total"] for one in QUESTIONS]
    if form == "json":
        dimension = {one.name: {"category": {"index": [*one.levels, "_T"]}} for one in QUESTIONS}
        dimension["region"] = {"category": {"index": ["Total", *(f"region {n}" for n in range(1, regions))]}}
        value = np.concatenate([whole.ravel(), rng.integers(0, 5000, whole.size * (regions - 1))])
        ids, size = ["region", *(one.name for one in QUESTIONS)], [regions, *whole.shape]
        content = {"class": "dataset", "label": "Persons", "id": ids, "size": size, "dimension": dimension}
        path.write_text(json.dumps({**content, "value": value.tolist()}))
        return
    keys = [",".join(titles[place] for titles, place in zip(names, at, strict=True)) for at in np.ndindex(whole.shape)]
    before, after = ("OFFICE:CUBE(1.0),", ",A") if form == "sdmx" else ("", "")
    heading = ",".join(["region", *(one.name for one in QUESTIONS)])
    with path.open("w") as out:
        out.write(f"DATAFLOW,{heading},OBS_VALUE,OBS_STATUS\n" if form == "sdmx" else f"{heading},n\n")
        for region in range(regions):
            value = rng.integers(0, 5000, whole.size) if region else whole.ravel()
            where = f"region {region}" if region else "Total"
            out.writelines(f"{before}{where},{key},{n}{after}\n" for key, n in zip(keys, value.tolist(), strict=True))


def main(form: str = "csv", regions: int = 5100) -> None:
    """Write, read and compare."""
    rng = np.random.default_rng(1)
    whole = cube(rng)
    layout = Layout((Table("crosstab", QUESTIONS[:2], (), 0),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cube.json" if form == "json" else "cube.csv")
        write(path, form, whole, regions, rng)
        size, wall, cpu = path.stat().st_size / 1e6, time.perf_counter(), time.process_time()
        found, _ = read_published(path, layout, QUESTIONS)
    seconds = f"{time.perf_counter() - wall:.1f} s ({time.process_time() - cpu:.1f} s of a core)"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    np.testing.assert_array_equal(found.count, whole[:-1, :-1, -1, -1].ravel())
    print(f"{form}: {regions * whole.size:,} cells, {size:.0f} MB, read in {seconds}, {memory:.1f} GB")


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:3]))
