"""Real cortical thickness of 297 young people in 308 regions, audited as a paper would print it.

The data are of the NSPN cohort (Whitaker, Vertes et al. 2016, PNAS 113:9105). The package ``scona`` carries them under
the MIT licence as one CSV file, which is read as a file, so that the file alone will do:

    https://github.com/WhitakerLab/scona
    scona/datasets/NSPN_WhitakerVertes_PNAS2016/PARC_500aparc_thickness_behavmerge.csv

Usage: python examples/real_regions.py PARC_500aparc_thickness_behavmerge.csv OUT
Then:  remembrain survey audit OUT/people.csv OUT/run --release OUT/release.toml --no-sweeps
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

RELEASE = """[release]
means = "all"
sds = "all"
contrast = "sex"
contrasts = "all"
group_size = 80

[adversary]
reference_size = 100
"""


def write_people(source: Path, out: Path) -> int:
    """Write everybody with their sex and the thickness of every region, and what is published; return how many."""
    cells = pd.read_csv(source, dtype=str)
    regions = [name for name in cells.columns if name.startswith(("lh_", "rh_")) and "unknown" not in name]
    people = cells[["nspn_id", "sex", *regions]].rename(columns={"nspn_id": "participant_id"})
    out.mkdir(parents=True, exist_ok=True)
    people.to_csv(out / "people.csv", index=False)
    (out / "release.toml").write_text(RELEASE, encoding="utf-8")
    return len(people)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    count = write_people(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{count} people: remembrain survey audit {sys.argv[2]}/people.csv {sys.argv[2]}/run", end=" ")
    print(f"--release {sys.argv[2]}/release.toml --no-sweeps")
