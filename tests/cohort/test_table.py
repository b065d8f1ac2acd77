"""Tables of regional measures: whose rows they are, what is a feature and what is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_tables import REGIONS, cohort_of, frame, said, written

from remembrain.cohort.cells import read_cells
from remembrain.cohort.encode import encode
from remembrain.cohort.facts import Columns
from remembrain.cohort.table import label_of_classes, read_table
from remembrain.errors import DataError


@pytest.mark.parametrize("ending", ["tsv", "csv", "txt", "parquet"])
def test_every_kind_of_table_gives_the_same_cohort(tmp_path: Path, ending: str) -> None:
    data = frame()
    data["age"] += np.pi / 10  # all digits count
    cohort = read_table(written(tmp_path, data, ending), Columns())
    assert cohort.problems == ()
    assert cohort.scans.participant_id.tolist() == data.participant_id.tolist()
    np.testing.assert_array_equal(cohort.scans.age, data.age)
    assert cohort.scans.sex.tolist() == data.sex.tolist()
    assert cohort.scans.site.tolist() == data.site.tolist()
    assert set(cohort.scans.session_id.tolist()) == {""}
    assert cohort.features.columns.tolist() == ["sex", "site", *REGIONS]
    np.testing.assert_array_equal(cohort.features[REGIONS], data[REGIONS])


def test_whole_numbers_read_as_fractions_are_still_names_and_levels(tmp_path: Path) -> None:
    data = frame().assign(participant_id=np.arange(30.0), site=np.float32(3), scanner=np.tile([1.5, 3.0], 15))
    cohort = read_table(written(tmp_path, data, "parquet"), Columns())
    assert cohort.scans.participant_id[:3].tolist() == ["0", "1", "2"]
    assert set(cohort.scans.site.tolist()) == {"3"}
    assert cohort.features["scanner"].tolist() == data.scanner.tolist()


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, frame(), "csv")
    plain = read_table(path, Columns())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    again = read_table(path, Columns())
    assert again.problems == ()
    np.testing.assert_array_equal(plain.scans.participant_id, again.scans.participant_id)
    pd.testing.assert_frame_equal(plain.features, again.features)


@pytest.mark.parametrize(
    "words", [{"label": "years"}, {"person": "subject"}, {"drop": ("thickness",)}, {"missing_codes": ("volume=-9",)}]
)
def test_a_missing_column_is_named_among_those_there_are(tmp_path: Path, words: dict) -> None:
    with pytest.raises(DataError, match=r"table\.tsv: has no column '(years|subject|thickness|volume)'") as raised:
        cohort_of(tmp_path, frame(), **words)
    assert "expected one of its columns: participant_id, age, sex, site, region0" in str(raised.value)


def test_files_that_are_no_tables_are_named(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pandas reads Parquet by pyarrow, which is not installed")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    (tmp_path / "broken.csv").write_text("participant_id,age\np1,50,7\n")
    with pytest.raises(DataError, match=r"broken\.parquet: is not a Parquet file"):
        read_table(tmp_path / "broken.parquet", Columns())
    with pytest.raises(DataError, match=r"broken\.csv: line 2, like every row, has 3 cells"):
        read_table(tmp_path / "broken.csv", Columns())
    for ending in ("csv", "parquet"):
        with pytest.raises(DataError, match=rf"none\.{ending}: no such file"):
            read_table(tmp_path / f"none.{ending}", Columns())


def test_neither_the_label_nor_who_it_is_are_features(tmp_path: Path) -> None:
    data = frame().assign(visit="1", lesion=np.arange(30) % 7)
    cohort = cohort_of(tmp_path, data, label="region2", session="visit", drop=("site", "lesion"))
    assert cohort.features.columns.tolist() == ["age", "sex", "region0", "region1", "region3", "region4", "region5"]
    encoded = encode(cohort, np.arange(20))
    label = cohort.scans.age
    assert max(abs(np.corrcoef(column, label)[0, 1]) for column in encoded.values.T) < 0.9
    assert set(cohort.scans.site.tolist()) != {"n/a"}, "a fact may be dropped as a feature and stays a fact"


def test_text_that_may_name_people_is_left_out_with_a_warning(tmp_path: Path) -> None:
    data = frame(60)
    data["surname"] = [f"name{place}" for place in range(60)]
    data["doctor"] = [f"doctor{place % 51}" for place in range(60)]
    data["ward"] = [f"ward{place % 50}" for place in range(60)]
    cohort = cohort_of(tmp_path, data)
    assert said(cohort, fatal=True) == []
    assert said(cohort, fatal=False) == [
        "table.tsv: 1 column (surname) of text with 60 different values is left out: it may name people",
        "table.tsv: 1 column (doctor) of text with 51 different values is left out: it may name people",
    ]
    assert "ward" in cohort.features


def test_names_are_left_out_in_small_tables_with_gaps_or_several_visits(tmp_path: Path) -> None:
    data = frame(30).assign(surname=[f"name{place}" for place in range(29)] + [""])
    assert "surname" not in cohort_of(tmp_path, data).features
    visits = pd.concat([frame(20, seed).assign(session_id=f"ses-{seed}") for seed in (0, 1)])
    visits["surname"] = [f"name{place}" for place in range(20)] * 2
    cohort = cohort_of(tmp_path, visits)
    assert "surname" not in cohort.features
    assert "site" in cohort.features


def test_columns_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    cohort = cohort_of(tmp_path, frame().assign(coil="Prisma", empty="n/a", half=["1", ""] * 15))
    assert said(cohort, fatal=False) == ["table.tsv: 3 columns (coil, empty, half) of one value, left out"]


def test_a_table_without_features_is_a_problem(tmp_path: Path) -> None:
    cohort = cohort_of(tmp_path, frame()[["participant_id", "age"]])
    assert said(cohort, fatal=True) == ["table.tsv: has no column that could be a feature"]


def test_all_spellings_of_missing_are_missing(tmp_path: Path) -> None:
    data = frame().astype({"region0": object, "site": object})
    data.loc[:4, "region0"] = ["n/a", "NA", "", "NaN", "null"]
    data.loc[:1, "site"] = ["n/a", "None"]
    cohort = cohort_of(tmp_path, data)
    assert said(cohort, fatal=False) == [
        "table.tsv: 5 missing cells of 1 column (region0) filled with the column's median, and marked",
        "table.tsv: 2 missing cells of 1 column (site) taken as a level of its own",
    ]
    assert cohort.features["region0"].isna().tolist() == [True] * 5 + [False] * 25
    assert cohort.features["site"].isna().tolist() == [True] * 2 + [False] * 28
    assert cohort.scans.site[:2].tolist() == ["n/a", "n/a"]


def test_every_problem_is_listed_at_once_with_its_row(tmp_path: Path) -> None:
    data = frame().astype({"age": object})
    data.loc[:3, "age"] = ["", "-1", "old", "inf"]
    data.loc[4, "participant_id"] = ""
    data.loc[6, "region1"] = np.inf
    cohort = cohort_of(tmp_path, data)
    assert said(cohort, fatal=True) == [
        "table.tsv: region1: 1 of 30 cells no numbers (row 8 'inf'): mend them, or say --missing-codes "
        "region1=inf where it means missing, or --drop region1",
        "table.tsv row 2 (p000): age is missing",
        "table.tsv row 3 (p001): age is -1, expected 0 to 130 years",
        "table.tsv row 4 (p002): age is 'old', which is not a number",
        "table.tsv row 5 (p003): age is 'inf', which is not a finite number",
        "table.tsv row 6: names no person",
    ]
    assert cohort.scans.participant_id.tolist() == [f"p{place:03d}" for place in range(5, 30)]
    assert len(cohort.features) == 25
    assert cohort.features["region0"].tolist() == data["region0"].tolist()[5:]


def test_several_rows_of_a_person_need_sessions(tmp_path: Path) -> None:
    twice = pd.concat([frame(seed=0), frame(seed=1)])
    assert (
        said(cohort_of(tmp_path, twice), fatal=True)[0]
        == "table.tsv: p000: has several rows, and no column says the session (--session-column NAME)"
    )
    assert len(said(cohort_of(tmp_path, twice), fatal=True)) == 30
    twice["session_id"] = ["ses-1"] * 30 + ["ses-2"] * 30
    cohort = cohort_of(tmp_path, twice)
    assert cohort.problems == ()
    assert list(cohort.scans.labels())[30] == "p000 ses-2"


def test_the_same_measures_under_several_people_are_refused(tmp_path: Path) -> None:
    data = frame()
    data.loc[[4, 9], "region3"] = np.nan
    data.loc[[9, 12], REGIONS] = data.loc[[4, 4], REGIONS].to_numpy()
    cohort = cohort_of(tmp_path, data)
    assert said(cohort, fatal=True) == ["table.tsv: p004, p009, p012: the same measures under several people"]


def test_the_same_measures_of_one_person_are_no_problem(tmp_path: Path) -> None:
    data = pd.concat([frame(), frame()]).assign(session_id=["1"] * 30 + ["2"] * 30)
    (told,) = cohort_of(tmp_path, data).problems
    assert told.what == "30 people have several sessions and one age; nothing tells how far these lie apart"


def test_few_measures_may_coincide(tmp_path: Path) -> None:
    data = frame()[["participant_id", "age", "region0", "region1"]].round(0)
    assert said(cohort_of(tmp_path, data), fatal=True) == []


def test_a_label_of_few_values_looks_like_classes(tmp_path: Path) -> None:
    half = np.tile([0.0, 1.0], 15)
    (asked,) = label_of_classes(half, "diagnosis", "table.tsv")
    assert asked.fatal
    assert "diagnosis has 2 different values (0, 1), which look like classes" in str(asked)
    assert "--label-is-number" in str(asked)
    assert len(label_of_classes(np.tile([0.0, 0.5, 1, 2], 10), "cdr", "t")) == 1
    assert len(label_of_classes(np.full(30, 50.0), "age", "t")) == 1
    assert label_of_classes(np.tile([0.0, 1, 2, 3, 4], 10), "score", "t") == []
    assert label_of_classes(np.array([60.0, 61, 61]), "age", "t") == []


def test_names_of_freesurfer_are_people_with_sessions(tmp_path: Path) -> None:
    data = frame().rename(columns={"participant_id": "Measure:volume"})
    data["Measure:volume"] = [f"sub-{row // 2:02d}_ses-{'pre' if row % 2 else 'post'}" for row in range(30)]
    cohort = cohort_of(tmp_path, data)
    assert said(cohort, fatal=True) == []
    assert len(set(cohort.scans.participant_id.tolist())) == 15
    assert cohort.scans.session_id[:2].tolist() == ["ses-post", "ses-pre"]
    assert any("are read as 15 people" in note for note in said(cohort, fatal=False))


def test_a_row_that_sums_up_others_is_no_person(tmp_path: Path) -> None:
    data = frame()
    data.loc[29, "participant_id"] = "Mean"
    assert said(cohort_of(tmp_path, data), fatal=True) == [
        "table.tsv row 31: Mean is no person: a row that sums up others?"
    ]


def test_a_table_that_names_nobody_says_so(tmp_path: Path) -> None:
    data = frame().rename(columns={"participant_id": "who"})
    with pytest.raises(DataError, match=r"no column that names the person.*who, age(.|\n)*--person-column NAME"):
        cohort_of(tmp_path, data)


def test_problems_of_people_say_whose_they_are_and_in_short_whose_not(tmp_path: Path) -> None:
    data = frame().astype({"age": object})
    data.loc[0, "age"] = "old"
    (problem,) = [one for one in cohort_of(tmp_path, data).problems if one.fatal]
    assert problem.participant == "p000"
    assert problem.summary == "age is not a number"


def test_one_age_for_visits_that_lie_years_apart_is_refused(tmp_path: Path) -> None:
    visits = [
        f"{number},{visit},{40 + number},{number}.{visit[-1]},{number}"
        for number in range(9)
        for visit in ("bl", "m36")
    ]
    path = tmp_path / "t.csv"
    path.write_text("RID,VISCODE,AGE,thickness,area\n" + "\n".join(visits) + "\n")
    wrong = [problem for problem in read_table(path, Columns()).problems if "years apart" in problem.what]
    assert [problem.what for problem in wrong] == ["bl and m36 lie 3.0 years apart, and have one AGE"] * 9
    assert all(problem.fatal for problem in wrong)
    path.write_text(path.read_text().replace("m36", "v2"))
    told = read_table(path, Columns()).problems
    assert any("9 people have several sessions and one AGE; nothing tells" in problem.what for problem in told)


def test_names_of_columns_on_two_levels_are_read_as_one(tmp_path: Path) -> None:
    data = frame()
    data.columns = pd.MultiIndex.from_tuples(
        [("", name) if place < 2 else ("lh", name) for place, name in enumerate(data)]
    )
    data.to_parquet(tmp_path / "t.parquet")
    names = read_cells(tmp_path / "t.parquet").frame.columns
    assert list(names) == [name if place < 2 else f"lh {name}" for place, name in enumerate(frame())]


def test_a_name_with_a_sign_that_cannot_be_seen_is_refused_by_the_name_of_the_sign(tmp_path: Path) -> None:
    data = frame()
    data.loc[3, "participant_id"] = "p\x1b[2J"
    data.loc[4, "participant_id"] = "p\u3164x"
    problems = said(cohort_of(tmp_path, data), fatal=True)
    assert "table.tsv: 'p<U+001B>[2J' holds U+001B (escape), which cannot be seen" in problems
    assert "table.tsv: 'p<U+3164>x' holds U+3164 (hangul filler), which cannot be seen" in problems


def test_signs_that_turn_the_direction_of_writing_are_taken_out_and_told(tmp_path: Path) -> None:
    data = frame().rename(columns={"region0": "re\u202egion0"})
    data.loc[3, "participant_id"] = "\u2066p03x\u2069"
    cohort = cohort_of(tmp_path, data)
    assert cohort.scans.participant_id[3] == "p03x"
    assert "region0" in cohort.features.columns
    told = "U+202E (right-to-left override), U+2066 (left-to-right isolate), U+2069 (pop directional isolate)"
    assert f"table.tsv: 3 signs that nobody sees are left out: {told}" in said(cohort, fatal=False)
