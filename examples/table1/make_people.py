"""Make the people of the example: a made-up study of 200, whose Table 1 is table1.csv, and 900 who are in none.

    python make_people.py people/

writes ``tested.csv`` (everybody of the study, and 300 others, with a column ``member``) and ``others.csv`` (600 more
people of the same population, whom the adversary knows). Nobody of them exists. ``--table`` prints the table.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

CONTROLS, PATIENTS, OUTSIDERS, OTHERS = 120, 80, 300, 600
MEANS = {
    "age": (57, 11, 4),
    "bmi": (26, 4, 1.5),
    "systolic": (128, 16, 6),
    "cholesterol": (205, 36, 8),
    "moca": (26, 2.2, -2),
}
"""Mean of controls, standard deviation, and by how much patients have more."""
SKEWED = {"income": (33, 0.55, -0.1), "ferritin": (95, 0.75, 0.1), "crp": (1.8, 0.9, 0.3), "sleep": (7, 0.15, -0.05)}
"""Median of controls, spread of the logarithm, and by how much that of patients is more."""
SHARES = {"female": (0.52, 0.45), "smokes": (0.18, 0.3), "diabetes": (0.08, 0.2), "lives alone": (0.3, 0.35)}
"""Shares among controls and among patients."""
DECIMALS = {"age": 0, "moca": 0, "systolic": 0, "cholesterol": 0}
UNITS = {"age": ", years", "bmi": " (kg/m2)", "systolic": ", mm Hg", "cholesterol": ", mg/dL", "moca": ", points",
         "income": ", thousand EUR", "ferritin": ", ng/mL", "crp": ", mg/L", "sleep": ", hours"}  # fmt: skip

Columns = dict[str, np.ndarray]


def people(count: int, patients: np.ndarray, rng: np.random.Generator) -> Columns:
    """Return made-up people; a common factor makes their measures go together."""
    common = rng.standard_normal(count)
    found: Columns = {"group": np.where(patients, "patient", "control")}
    for name, (middle, spread, more) in MEANS.items():
        value = middle + more * patients + spread * (0.5 * common + np.sqrt(0.75) * rng.standard_normal(count))
        found[name] = np.round(np.minimum(value, 30) if name == "moca" else value, DECIMALS.get(name, 1))
    for name, (middle, spread, more) in SKEWED.items():
        found[name] = np.round(middle * np.exp(more * patients + spread * rng.standard_normal(count)), 1)
    for name, (control, patient) in SHARES.items():
        found[name] = np.where(rng.random(count) < np.where(patients, patient, control), "yes", "no")
    return found


def everybody() -> tuple[Columns, Columns, Columns]:
    """Return the people of the study, outsiders, and the others whom the adversary knows."""
    rng = np.random.default_rng(2026)
    study = people(CONTROLS + PATIENTS, np.arange(CONTROLS + PATIENTS) >= CONTROLS, rng)
    outsiders, others = (people(count, rng.random(count) < 0.4, rng) for count in (OUTSIDERS, OTHERS))
    return study, outsiders, others


def table_of(study: Columns) -> list[list[str]]:
    """Return Table 1 of a study, as a paper prints it."""
    of = {
        "Overall": study["group"] != "",
        "Controls": study["group"] == "control",
        "Patients": study["group"] == "patient",
    }
    rows = [
        [
            "Characteristic",
            *(f"{name} ({'N = ' if name == 'Overall' else 'n = '}{who.sum()})" for name, who in of.items()),
        ]
    ]
    for name in MEANS:
        told = [f"{study[name][who].mean():.1f} ({study[name][who].std(ddof=1):.1f})" for who in of.values()]
        rows.append([f"{_title(name)}{UNITS[name]}, mean (SD)", *told])
    for name in SKEWED:
        thirds = [np.quantile(study[name][who], (0.5, 0.25, 0.75)) for who in of.values()]
        rows.append(
            [f"{_title(name)}{UNITS[name]}, median [IQR]", *(f"{m:.1f} [{a:.1f}–{b:.1f}]" for m, a, b in thirds)]
        )
    for name in SHARES:
        counts = [(int((study[name][who] == "yes").sum()), int(who.sum())) for who in of.values()]
        rows.append([f"{_title(name)}, n (%)", *(f"{n} ({100 * n / all_:.1f})" for n, all_ in counts)])
    return rows


def _title(name: str) -> str:
    return name.upper() if name in ("bmi", "crp") else "MoCA" if name == "moca" else name.capitalize()


def write(path: Path, columns: Columns) -> None:
    """Write people as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))


def main(out: Path) -> None:
    """Write everybody into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    study, outsiders, others = everybody()
    member = np.repeat([1, 0], [CONTROLS + PATIENTS, OUTSIDERS])
    write(
        out / "tested.csv",
        {name: np.concatenate([study[name], outsiders[name]]) for name in study} | {"member": member},
    )
    write(out / "others.csv", others)


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        csv.writer(sys.stdout, lineterminator="\n").writerows(table_of(everybody()[0]))
    else:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else "people"))
