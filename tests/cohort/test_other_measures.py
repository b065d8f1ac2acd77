"""Several measures of the same regions, a file each, are several columns; a few cells that differ are asked about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_joins import AGE, IDS, N, fatal, notes, people

from remembrain.cohort.columns import Reading
from remembrain.cohort.facts import Columns
from remembrain.cohort.joining import Beside
from remembrain.cohort.other_measures import differ, names_of_measure
from remembrain.cohort.table import TableCohort, read_table

REGIONS = ["l3thVen", "r3thVen", "lHip", "rHip", "lAmy"]


def tissue(seed: int) -> pd.DataFrame:
    """What CAT12 writes of one measure."""
    made = pd.DataFrame(np.random.default_rng(seed).normal(3, 0.3, (N, len(REGIONS))).round(4), columns=REGIONS)
    made.insert(0, "names", IDS)
    return made.assign(TIV=np.random.default_rng(9).normal(1400, 90, N).round(2))


def joined(folder: Path, tables: dict[str, pd.DataFrame], **said: object) -> TableCohort:
    for name, table in {**tables, "people": people()}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        table.to_csv(folder / f"{name}.csv", index=False)
    first, *more = (folder / f"{name}.csv" for name in tables)
    return read_table(first, Columns(), Reading(**said), Beside((*more,), folder / "people.csv"))


def test_measures_of_a_file_each_are_called_by_their_files(tmp_path: Path) -> None:
    start = "ROI_catROI_neuromorphometrics"
    tables = {f"{start}_Vgm": tissue(1), f"{start}_Vwm": tissue(2), f"{start}_Vcsf": tissue(3)}
    cohort = joined(tmp_path, tables)
    assert fatal(cohort) == []
    assert cohort.scans.age.tolist() == AGE.tolist()
    expected = [*REGIONS, "TIV", *(f"{word}_{name}" for word in ("Vwm", "Vcsf") for name in REGIONS)]
    assert sorted(cohort.features.columns) == sorted(expected)
    assert cohort.features["lHip"].tolist() == tissue(1)["lHip"].tolist()
    assert cohort.features["Vwm_lHip"].tolist() == tissue(2)["lHip"].tolist()
    assert cohort.features["Vcsf_rHip"].tolist() == tissue(3)["rHip"].tolist()
    assert f"{start}_Vwm.csv: 5 columns" in notes(cohort)
    assert "another measure, called by its file (such as Vwm_l3thVen)" in notes(cohort)
    assert "1 column (TIV) of ROI_catROI_neuromorphometrics_Vgm.csv also here, with the same cells" in notes(cohort)


def test_columns_of_a_measure_can_be_left_out_by_their_new_names(tmp_path: Path) -> None:
    cohort = joined(tmp_path, {"cat_Vgm": tissue(1), "cat_Vwm": tissue(2)}, drop=("Vwm_lHip",))
    assert fatal(cohort) == []
    assert {"lHip", "Vwm_rHip"} <= {*cohort.features.columns}
    assert "Vwm_lHip" not in cohort.features


@pytest.mark.parametrize("column", ["age", "TIV"])
def test_what_two_files_contradict_each_other_about_is_still_asked(tmp_path: Path, column: str) -> None:
    """A label that differs is no measure, and neither is a table of which one column differs."""
    other = tissue(1).assign(age=AGE + 1) if column == "age" else tissue(1).assign(TIV=1.0)
    (text,) = fatal(joined(tmp_path, {"a_Vgm": tissue(1).assign(age=AGE), "a_Vwm": other}))
    assert f"1 column ({column}) of a_Vgm.csv also here, with other cells" in text


def test_a_table_with_a_few_cells_mended_is_no_other_measure(tmp_path: Path) -> None:
    mended = tissue(1)
    mended.loc[:3, REGIONS] = 1.0
    (text,) = fatal(joined(tmp_path, {"old": tissue(1), "new": mended}))
    assert "5 columns" in text
    assert "with other cells" in text


def test_files_of_one_name_are_called_so_once_and_asked_about_after(tmp_path: Path) -> None:
    cohort = joined(tmp_path, {"gm/t": tissue(1), "wm/t": tissue(2)})
    assert {"t_lHip", "lHip"} <= {*cohort.features.columns}
    third = joined(tmp_path, {"gm/t": tissue(1), "wm/t": tissue(2), "csf/t": tissue(3)})
    assert "with other cells" in fatal(third)[0]


def test_names_and_cells_that_tell_two_measures_apart() -> None:
    assert names_of_measure(["a"], Path("x_Vwm.csv"), Path("x_Vgm.csv"), ()) == {"a": "Vwm_a"}
    assert names_of_measure(["a"], Path("x_Vwm.csv"), Path("x_Vgm.csv"), ("Vwm_a",)) == {"a": "x_Vwm_a"}
    assert names_of_measure(["a"], Path("x.csv"), Path("x.csv"), ("x_a",)) == {}
    assert differ(["1", "2", "n/a"], ["3", "4", "5"], [False, False, True])
    assert not differ(["1", "2", "3"], ["1", "2", "4"], [True, True, False])
    assert not differ(["a", "b"], ["c", "d"], [False, False])
