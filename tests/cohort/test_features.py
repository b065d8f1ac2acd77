"""What a table's cells mean: right values, or one problem that says what to do; and everything else is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_tables import REGIONS, cohort_of, frame, said, written

from remembrain.cohort.columns import Reading
from remembrain.cohort.table import Columns, read_table


def with_cells(column: str, *cells: object, people: int = 30) -> pd.DataFrame:
    data = frame(people).astype({column: object})
    data.loc[: len(cells) - 1, column] = list(cells)
    return data


def test_odd_cells_are_read_one_by_one_and_told(tmp_path: Path) -> None:
    data = with_cells("region0", ".", "#N/A", "<0.5", "1,234.5")
    cohort = cohort_of(tmp_path, data, keep_values=("region0=1234.5",))
    assert said(cohort, fatal=True) == []
    assert said(cohort, fatal=False) == [
        "table.tsv: 2 cells of numeric columns with a code for missing ('.' in 1, '#N/A' in 1)",
        "table.tsv: 1 cell of 1 column (region0) such as <0.5, read as the bound itself",
        "table.tsv: 1 cell of 1 column (region0) with separators of thousands (1,234 is 1234)",
        "table.tsv: 2 missing cells of 1 column (region0) filled with the column's median, and marked",
    ]
    np.testing.assert_array_equal(cohort.features["region0"][:5], [np.nan, np.nan, 0.5, 1234.5, data.region0[4]])


def test_decimal_commas_give_the_same_cohort(tmp_path: Path) -> None:
    data = frame()
    plain = cohort_of(tmp_path, data)
    commas = data.copy()
    for name in ("age", *REGIONS):
        commas[name] = [str(value).replace(".", ",") for value in data[name]]
    commas.to_csv(tmp_path / "table.csv", sep=";", index=False)
    cohort = read_table(tmp_path / "table.csv", Columns())
    np.testing.assert_array_equal(cohort.scans.age, plain.scans.age)
    pd.testing.assert_frame_equal(cohort.features, plain.features)
    assert said(cohort, fatal=False) == [f"table.csv: {6 * 30} numbers have a decimal comma, and are read so"]


def test_one_decimal_comma_among_points_is_asked_about_and_can_be_declared(tmp_path: Path) -> None:
    data = with_cells("region0", "3,5")
    asked = said(cohort_of(tmp_path, data), fatal=True)
    assert len(asked) == 1
    assert "1 a decimal comma (3,5 of region0)" in asked[0]
    assert "--decimal" in asked[0]
    declared = said(cohort_of(tmp_path, data, decimal="."), fatal=True)
    assert declared == [
        "table.tsv: region0: 1 of 30 cells no numbers (row 2 '3,5'): mend them, or say "
        "--missing-codes region0=3,5 where it means missing, or --drop region0"
    ]


def test_thousands_everywhere_are_asked_about_until_declared(tmp_path: Path) -> None:
    data = frame()[["participant_id", "sex"]].assign(age=np.arange(30) + 40)
    data["volume"] = [f"{value:,}" for value in np.random.default_rng(0).integers(1000, 9999, 30)]
    assert "thousands or a fraction" in said(cohort_of(tmp_path, data), fatal=True)[0]
    whole, part = (cohort_of(tmp_path, data, decimal=decimal) for decimal in ".,")
    assert said(whole, fatal=True) == said(part, fatal=True) == []
    np.testing.assert_allclose(whole.features["volume"], 1000 * part.features["volume"])


def test_a_label_shows_the_decimal_comma_where_measures_do_not(tmp_path: Path) -> None:
    data = frame()[["participant_id", "sex"]]
    data["age"] = [f"{40 + place},5" for place in range(30)]
    data["thickness"] = [f"{value:.3f}".replace(".", ",") for value in np.random.default_rng(0).normal(2.5, 0.2, 30)]
    cohort = cohort_of(tmp_path, data)
    assert said(cohort, fatal=True) == []
    assert cohort.features["thickness"].between(1, 4).all()
    assert cohort.scans.age[0] == 40.5


@pytest.mark.parametrize("cell", ["1_0.5", "abc", "0x1F", "12 mm", "3-4"])
def test_a_cell_that_is_no_number_stops_and_names_its_row(tmp_path: Path, cell: str) -> None:
    cohort = cohort_of(tmp_path, with_cells("region0", 1.0, cell))
    assert len(said(cohort, fatal=True)) == 1
    assert f"region0: 1 of 30 cells no numbers (row 3 {cell!r})" in said(cohort, fatal=True)[0]
    answered = cohort_of(tmp_path, with_cells("region0", 1.0, cell), missing_codes=(f"region0={cell}",))
    assert said(answered, fatal=True) == []
    assert np.isnan(answered.features["region0"][1])


def test_a_second_heading_is_one_problem(tmp_path: Path) -> None:
    data = frame().astype(object)
    data.loc[0, REGIONS] = "mm3"
    asked = said(cohort_of(tmp_path, data), fatal=True)
    assert len(asked) == 1
    assert "row 2 is no row of numbers, in 6 columns (region0" in asked[0]


def test_lines_of_the_file_are_named_whatever_stands_between(tmp_path: Path) -> None:
    text = frame().to_csv(index=False).splitlines()
    text[5] = text[5].replace("p004", '"p\n004"')
    text.insert(3, "")
    text.append(text[-1].replace("p029", "p030").rsplit(",", 1)[0] + ",oops")
    (tmp_path / "table.csv").write_text("\n".join(text) + "\n")
    cohort = read_table(tmp_path / "table.csv", Columns())
    assert any("(row 34 'oops')" in line for line in said(cohort, fatal=True))


def test_codes_that_may_say_missing_are_asked_about_and_answered(tmp_path: Path) -> None:
    data = with_cells("region0", -9999, -9999)
    low, high = data.region0[2:].min(), data.region0[2:].max()
    assert said(cohort_of(tmp_path, data), fatal=True) == [
        f"table.tsv: region0: -9999 in 2 cells, and all others are {low:g} to {high:g}: "
        "does it say missing, or is it miswritten? say "
        "--missing-codes region0=-9999, or --keep-values region0=-9999 where it is a value"
    ]
    several = said(cohort_of(tmp_path, data.assign(region1=[999, *data.region1[1:]])), fatal=True)
    assert len(several) == 3
    assert "--missing-codes region0=-9999 region1=999, or" in several[-1]
    for code in ("-9999", "region0=-9999", "region0=-9999.0"):
        assert cohort_of(tmp_path, data, missing_codes=(code,)).features["region0"].isna().sum() == 2
    for code in ("-9999", "region0=-9999"):
        kept = cohort_of(tmp_path, data, keep_values=(code,))
        assert kept.problems == ()
        assert (kept.features["region0"][:2] == -9999).all()
    assert said(cohort_of(tmp_path, data, missing_codes=("region1=-9999",)), fatal=True) != []


def test_sex_and_site_are_levels_whatever_their_codes(tmp_path: Path) -> None:
    data = frame().assign(site=np.tile([1, 2, 11], 10)).rename(columns={"sex": "Gender"})
    data["Gender"] = data["Gender"].map({"F": 1, "M": 2})
    cohort = cohort_of(tmp_path, data)
    assert cohort.features["site"].tolist()[:3] == ["1", "2", "11"]
    assert set(cohort.scans.sex.tolist()) == {"1", "2"}


def test_levels_of_numbers_and_words_stay_and_are_told(tmp_path: Path) -> None:
    cohort = cohort_of(tmp_path, frame().assign(grade=["1", "2", "3", "3b", "-"] * 6))
    assert cohort.features["grade"].nunique() == 5
    assert said(cohort, fatal=False) == ["table.tsv: 1 column (grade) of words and numbers, used as levels"]


# Left out


def test_indices_and_identifiers_are_left_out_and_told(tmp_path: Path) -> None:
    data = frame()
    data.insert(0, "Unnamed: 0", range(30))
    data["RID"] = np.random.default_rng(0).choice(9000, 30, replace=False)
    data.to_csv(tmp_path / "table.csv")
    cohort = read_table(tmp_path / "table.csv", Columns())
    assert said(cohort, fatal=True) == []
    assert cohort.features.columns.tolist() == ["sex", "site", *REGIONS]
    told = " ".join(said(cohort, fatal=False))
    assert "2 columns (unnamed, Unnamed: 0) the same as another" not in told
    for name in ("unnamed", "Unnamed: 0", "RID"):
        assert name in told
    kept = cohort_of(tmp_path, data, keep=("RID",))
    assert "RID" in kept.features


def test_lone_whole_numbers_are_asked_about_and_answered_both_ways(tmp_path: Path) -> None:
    data = frame().assign(thalami=np.random.default_rng(0).choice(9000, 30, replace=False))
    (asked,) = said(cohort_of(tmp_path, data), fatal=True)
    assert "say --drop thalami or --keep thalami" in asked
    assert "thalami" in cohort_of(tmp_path, data, keep=("thalami",)).features
    assert cohort_of(tmp_path, data, drop=("thalami",)).problems == ()


def test_a_column_under_two_names_counts_once(tmp_path: Path) -> None:
    data = frame()
    data["eTIV"], data["region1.1"], data["sex2"] = data.region0, data.region1, data.sex
    cohort = cohort_of(tmp_path, data)
    assert said(cohort, fatal=True) == []
    assert cohort.features.columns.tolist() == ["sex", "site", *REGIONS]
    assert "3 columns (eTIV, region1.1, sex2) the same as another, cell by cell, counted once" in said(
        cohort, fatal=False
    )[0]  # fmt: skip


def test_a_doubled_name_with_other_values_is_asked_about(tmp_path: Path) -> None:
    data = frame()
    data["region1.1"] = data.region2 + 1
    assert "region1.1: seems to be region1 once more" in said(cohort_of(tmp_path, data), fatal=True)[0]
    assert said(cohort_of(tmp_path, data, keep=("region1.1",)), fatal=True) == []


def test_names_of_people_cannot_be_kept(tmp_path: Path) -> None:
    data = frame().assign(surname=[f"name{place}" for place in range(30)])
    assert said(cohort_of(tmp_path, data, keep=("surname",)), fatal=True) == [
        "table.tsv: surname: may name people and cannot be kept"
    ]


# No measures


def test_predictions_and_membership_stop_with_one_message(tmp_path: Path) -> None:
    data = frame().assign(predicted_age=lambda rows: rows.age + 2, was_in_training=np.tile([0, 1], 15))
    (asked,) = said(cohort_of(tmp_path, data), fatal=True)
    assert "predicted_age (predictions), was_in_training (who was trained on)" in asked
    assert said(cohort_of(tmp_path, data, drop=("predicted_age", "was_in_training")), fatal=True) == []
    assert said(cohort_of(tmp_path, data, keep=("predicted_age", "was_in_training")), fatal=True) == []
    alone = data[["participant_id", "age", "predicted_age", "was_in_training"]]
    assert "No measure is left beside them" in said(cohort_of(tmp_path, alone), fatal=True)[0]


# Raw columns


def test_raw_columns_stay_as_they_are_in_their_order(tmp_path: Path) -> None:
    data = frame().drop(columns=["sex", "site"]).assign(offset=1.0, again=lambda rows: rows.region0)
    cohort = cohort_of(tmp_path, data, raw=True)
    assert said(cohort, fatal=True) == []
    assert cohort.features.columns.tolist() == [*REGIONS, "offset", "again"]


def test_raw_columns_are_neither_words_nor_filled_in(tmp_path: Path) -> None:
    data = with_cells("region0", "")
    assert said(cohort_of(tmp_path, data, raw=True), fatal=True) == [
        "table.tsv: 2 columns (sex, site) of words, and --raw-columns gives numbers as they are: code them, or --drop",
        "table.tsv: 1 missing cell of 1 column (region0), and --raw-columns fills nothing in",
    ]


def test_a_table_is_the_same_by_every_hand(tmp_path: Path) -> None:
    data = frame()
    plain = read_table(written(tmp_path, data, "csv"), Columns(), Reading())
    excel = data.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    rows = "".join(f"{line};;\r\n" for line in ["sep=;"[:0] or excel.splitlines()[0], *excel.splitlines()[1:]])
    (tmp_path / "table.csv").write_bytes(("sep=;\r\n" + rows).encode("utf-16"))
    again = read_table(tmp_path / "table.csv", Columns())
    pd.testing.assert_frame_equal(plain.features, again.features)
    np.testing.assert_array_equal(plain.scans.participant_id, again.scans.participant_id)


def test_a_cell_of_another_size_is_asked_about_and_answered(tmp_path: Path) -> None:
    data = frame()
    data["thick"] = [f"{2.1 + 0.013 * place:.3f}" for place in range(len(data))]
    data.loc[4, "thick"] = "2,512"
    (asked,) = said(cohort_of(tmp_path, data), fatal=True)
    assert "1 cell such as 2,512 of thick may be 2512 or 2.512, where most others are" in asked
    assert asked.endswith("write plain numbers there")
    (asked,) = said(cohort_of(tmp_path, data, decimal="."), fatal=True)
    assert "thick: 2512 in 1 cell, and all others are" in asked
    assert "say --missing-codes thick=2512, or --keep-values thick=2512 where it is a value" in asked
    kept = cohort_of(tmp_path, data, decimal=".", keep_values=("thick=2512",))
    assert said(kept, fatal=True) == []
    assert kept.features["thick"][4] == 2512
    data.loc[4, "thick"] = "41.5"
    told = cohort_of(tmp_path, data)
    assert said(told, fatal=True) == []
    what = "1 column (thick) with numbers 10 times as large as all others (41.5 in thick), used as they are"
    assert said(told, fatal=False) == [f"table.tsv: {what}"]
