"""Several tables of the same people as one, by person and session; who stands in one alone is left out and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_freesurfer import ATLASES, DESIKAN_KILLIANY, MEASURES, SUBCORTICAL, aparc, aseg
from made_joins import AGE, IDS, N, fatal, hemisphere, joined, notes, people, volumes

from remembrain.cohort.columns import Reading
from remembrain.cohort.facts import Column, Columns, fact_column
from remembrain.cohort.joining import Beside
from remembrain.cohort.pasted import pasted_askew
from remembrain.cohort.table import read_table
from remembrain.errors import DataError, Problem


def test_joined_tables_are_what_somebody_would_have_pasted(tmp_path: Path) -> None:
    cohort = joined(tmp_path, hemisphere("lh"), people(education=12), hemisphere("rh"), volumes())
    whole = hemisphere("lh").join(hemisphere("rh").iloc[:, 1:-1]).join(volumes().iloc[:, 1:-1])
    whole.assign(age=AGE, sex=people()["sex"], site=people()["site"]).to_csv(
        tmp_path / "one.tsv", sep="\t", index=False
    )
    one = read_table(tmp_path / "one.tsv", Columns())
    assert fatal(cohort) == []
    for name in ("participant_id", "session_id", "age", "sex", "site"):
        assert getattr(cohort.scans, name).tolist() == getattr(one.scans, name).tolist()
    pd.testing.assert_frame_equal(
        cohort.features, one.features.drop(columns=["sex", "site"])[[*cohort.features.columns]]
    )
    assert "1 column (eTIV) of first.tsv also here, with the same cells" in notes(cohort)
    assert "1 column (education) not used" in notes(cohort)


def test_who_is_in_one_table_alone_is_left_out_and_named(tmp_path: Path) -> None:
    cohort = joined(tmp_path, hemisphere("lh"), people().iloc[3:], hemisphere("rh").iloc[:-2])
    assert cohort.scans.participant_id.tolist() == IDS[3:-2]
    assert cohort.scans.age.tolist() == AGE[3:-2].tolist()
    alone = {(note.where, note.participant) for note in cohort.problems if "and is left out" in note.what}
    assert alone == {
        *(("first.tsv", name) for name in IDS[:3] + IDS[-2:]),
    }
    assert fatal(cohort) == []
    summaries = [note.summary for note in cohort.problems if note.participant == IDS[0]]
    assert summaries == ["people of first.tsv have no row in participants.tsv, and are left out"]


def test_people_of_the_other_table_alone_are_told_too(tmp_path: Path) -> None:
    cohort = joined(tmp_path, hemisphere("lh").iloc[4:], people())
    assert cohort.scans.participant_id.tolist() == IDS[4:]
    assert "participants.tsv: 3 has no row in first.tsv, and is left out" in notes(cohort)


def test_columns_of_people_are_no_measures_unless_kept(tmp_path: Path) -> None:
    table = people(education=np.arange(N) % 7 + 8.5)
    assert not {"sex", "site", "education", "age"} & {*joined(tmp_path, hemisphere("lh"), table).features.columns}
    kept = joined(tmp_path, hemisphere("lh"), table, keep=("education", "sex"))
    assert {"sex", "education"} <= {*kept.features.columns}


def test_nobody_in_common_is_one_message_with_the_column_that_would_join(tmp_path: Path) -> None:
    others = people(subject_key=IDS).assign(participant_id=[f"X{place}" for place in range(N)])
    with pytest.raises(DataError, match=r"names nobody of first.tsv: here X.*, there sub-000") as refused:
        joined(tmp_path, hemisphere("lh"), others)
    assert refused.value.try_next == "--person-column subject_key"
    cohort = joined(tmp_path, hemisphere("lh"), others, columns=Columns(person="subject_key"))
    assert cohort.scans.age.tolist() == AGE.tolist()


def test_two_rows_of_one_person_that_disagree_are_named_by_line(tmp_path: Path) -> None:
    twice = pd.concat([people(), people().iloc[[4]].assign(age=12.5)])
    cohort = joined(tmp_path, hemisphere("lh"), twice)
    (problem,) = [one for one in cohort.problems if one.fatal]
    assert problem.participant == IDS[4]
    assert "has 2 rows (lines" in problem.what
    assert "differ in age" in problem.what


def test_rows_that_repeat_or_differ_in_what_is_not_used_count_once(tmp_path: Path) -> None:
    table = people(education=12)
    more = pd.concat([table, table.iloc[[2]], table.iloc[[3]].assign(education=13)])
    cohort = joined(tmp_path, hemisphere("lh"), more)
    assert fatal(cohort) == []
    assert len(cohort.scans) == N
    assert "1 people have several rows that say the same" in notes(cohort)


def test_two_rows_of_measures_have_to_agree_in_all(tmp_path: Path) -> None:
    other = hemisphere("rh")
    more = pd.concat([other, other.iloc[[1]].assign(rh_r2_thickness=9.0)])
    assert "differ in rh_r2_thickness" in fatal(joined(tmp_path, hemisphere("lh"), people(), more))[0]


LONG = [f"{name}_ses-1" for name in IDS] + [f"{name}_ses-2.long.{name}" for name in IDS]


def test_sessions_behind_names_get_the_age_of_the_session(tmp_path: Path) -> None:
    table = pd.concat([people(session_id="01"), people(session_id="2").assign(age=AGE + 3)])
    cohort = joined(tmp_path, hemisphere("lh", LONG), table)
    assert cohort.scans.age.tolist() == [*AGE, *(AGE + 3)]
    assert {*cohort.scans.session_id} == {"ses-1", "ses-2"}
    wide = people(age_ses2=AGE + 3).rename(columns={"age": "age_ses1"})
    assert joined(tmp_path, hemisphere("lh", LONG), wide).scans.age.tolist() == [*AGE, *(AGE + 3)]


def test_a_session_without_a_row_is_left_out_and_gets_no_other_age(tmp_path: Path) -> None:
    table = pd.concat([people(session_id="1"), people(session_id="2").assign(age=AGE + 3).iloc[5:]])
    cohort = joined(tmp_path, hemisphere("lh", LONG), table)
    assert len(cohort.scans) == 2 * N - 5
    assert "sub-000 ses-2 has no row in participants.tsv, and is left out" in notes(cohort)


def test_measures_without_a_session_are_not_taken_for_two_sessions(tmp_path: Path) -> None:
    cohort = joined(tmp_path, hemisphere("lh", LONG), people(), hemisphere("rh"))
    assert "sub-000: has a row without a session, and first.tsv has ses-1, ses-2" in fatal(cohort)[0]
    assert len(fatal(cohort)) == N


def test_sessions_of_people_need_sessions_of_measures(tmp_path: Path) -> None:
    table = pd.concat([people(session_id="1"), people(session_id="2").assign(age=AGE + 3)])
    cohort = joined(tmp_path, hemisphere("lh"), table)
    assert "has 2 rows" in fatal(cohort)[0]
    assert "first.tsv no session" in fatal(cohort)[0]
    once = joined(tmp_path, hemisphere("lh"), people(session_id="1"))
    assert once.scans.age.tolist() == AGE.tolist()


def test_a_decimal_comma_of_one_file_is_none_of_another(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(3, 0.5, (N, 3)).round(4)
    cells = [[f"{value:.4f}".replace(".", ",") for value in row] for row in values]
    regions = pd.DataFrame(cells, columns=["lR0", "lR1", "lR2"])
    regions.insert(0, "names", [f"{name}_T1w" for name in IDS])  # as CAT12 writes it
    cohort = joined(tmp_path, regions, people(), hemisphere("lh"), sep=";")
    assert fatal(cohort) == []
    assert cohort.features["lR1"].tolist() == values[:, 1].tolist()
    assert cohort.features["lh_r0_thickness"].tolist() == hemisphere("lh")["lh_r0_thickness"].tolist()
    assert f"first.tsv: {3 * N} numbers have a decimal comma" in notes(cohort)


def test_a_cell_that_is_no_number_is_named_in_its_own_file(tmp_path: Path) -> None:
    other = hemisphere("rh").astype({"rh_r1_thickness": str})
    other.loc[6, "rh_r1_thickness"] = "2.5*"
    cohort = joined(tmp_path, hemisphere("lh"), people(), other)
    line = next(
        number
        for number, text in enumerate((tmp_path / "more0.tsv").read_text().splitlines(), 1)
        if text.startswith(IDS[6])
    )
    assert f"more0.tsv: rh_r1_thickness: 1 of {N} cells no numbers (row {line} '2.5*')" in fatal(cohort)[0]


def test_an_age_that_is_missing_is_named_in_the_table_of_people(tmp_path: Path) -> None:
    table = people().astype({"age": object})
    table.loc[2, "age"] = "n/a"
    assert fatal(joined(tmp_path, hemisphere("lh"), table))[0].startswith("participants.tsv row ")


def test_the_dictionary_of_a_file_holds_for_its_columns(tmp_path: Path) -> None:
    (tmp_path / "participants.json").write_text('{"age": {"Units": "months"}}')
    cohort = joined(tmp_path, hemisphere("lh"), people().assign(age=AGE * 12))
    np.testing.assert_allclose(cohort.scans.age, AGE, atol=0.01)


@pytest.mark.parametrize(
    ("name", "what"), [("nothing.tsv", "no such file"), ("", "is a folder"), ("first.tsv", "is named twice")]
)
def test_what_is_no_further_table_is_refused(tmp_path: Path, name: str, what: str) -> None:
    hemisphere("lh").to_csv(tmp_path / "first.tsv", sep="\t", index=False)
    with pytest.raises(DataError, match=what):
        read_table(tmp_path / "first.tsv", Columns(), Reading(), Beside((), tmp_path / name))


def test_a_column_by_which_to_join_has_to_be_somewhere(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no column 'nobody'"):
        joined(tmp_path, hemisphere("lh"), people(), columns=Columns(person="nobody"))


def test_tables_of_freesurfer_are_joined_as_they_come(tmp_path: Path) -> None:
    tables = aparc("lh", "aparc", "thickness", IDS), aparc("rh", "aparc", "thickness", IDS), aseg("volume", IDS)
    cohort = joined(tmp_path, tables[0], people(), *tables[1:])
    assert fatal(cohort) == []
    regions = [f"{side}_{region}_thickness" for side in ("lh", "rh") for region in DESIKAN_KILLIANY]
    assert {*regions, *SUBCORTICAL, "eTIV"} <= {*cohort.features.columns}
    for table in tables:
        read = cohort.features[[name for name in table.columns if name in cohort.features.columns]]
        pd.testing.assert_frame_equal(read, table[read.columns])


@pytest.mark.parametrize("atlas", ATLASES)
@pytest.mark.parametrize("renamed", [str, lambda name: name.replace(".", "_"), lambda name: name.replace("_", ".")])
def test_the_person_of_every_atlas_is_its_first_column(atlas: str, renamed: Callable[[str], str]) -> None:
    for measure in MEASURES:
        table = aparc("lh", atlas, measure, IDS).rename(columns=renamed)
        assert fact_column(table.astype(str), "person", None, where="") == Column(
            str(table.columns[0]), (Problem("", f"the column {table.columns[0]} is taken for the person", fatal=False),)
        )
        assert not pasted_askew(table.astype(str), str(table.columns[0]), range(N), "")


@pytest.mark.parametrize("place", [0, 5])
def test_a_person_beside_regions_is_found_wherever_it_stands(place: int) -> None:
    table = aparc("lh", "BA", "area", IDS).rename(columns=lambda name: name.replace("_", "."))
    table = table.iloc[:, 1:]
    table.insert(place, "subject", IDS)
    assert fact_column(table.astype(str), "person", None, where="").name == "subject"
    assert not any(problem.fatal for problem in fact_column(table.astype(str), "person", None, where="").problems)
