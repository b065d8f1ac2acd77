"""BIDS folders: which scan is whose, and everything that is wrong, said at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_cohorts import bids_folder, raw

from remembrain.cohort.bids import BidsCohort, read_bids
from remembrain.cohort.facts import Columns
from remembrain.errors import DataError, UsageError

TWO = "participant_id\tage\tsex\tsite\nsub-01\t61\tF\tOslo\nsub-02\t72.5\tmale\tBerne\n"


def fatal(cohort: BidsCohort) -> list[str]:
    return [str(problem) for problem in cohort.problems if problem.fatal]


def notes(cohort: BidsCohort) -> list[str]:
    return [str(problem) for problem in cohort.problems if not problem.fatal]


def test_a_raw_folder_is_read_with_the_facts_of_its_people(tmp_path: Path) -> None:
    folder = bids_folder(tmp_path / "bids", raw("sub-02", "sub-01"), TWO)
    cohort = read_bids(folder)
    assert cohort.problems == ()
    assert cohort.scans.participant_id.tolist() == ["sub-01", "sub-02"]
    assert cohort.scans.session_id.tolist() == ["", ""]
    assert cohort.scans.age.tolist() == [61.0, 72.5]
    assert cohort.scans.sex.tolist() == ["F", "M"]
    assert cohort.scans.site.tolist() == ["Oslo", "Berne"]
    assert [str(path.relative_to(folder)) for path in cohort.paths] == raw("sub-01", "sub-02")


def test_an_uncompressed_scan_and_more_entities_are_read(tmp_path: Path) -> None:
    files = ["sub-01/anat/sub-01_acq-MPRAGE_run-1_T1w.nii", *raw("sub-02")]
    cohort = read_bids(bids_folder(tmp_path / "bids", files, TWO))
    assert cohort.problems == ()
    assert cohort.paths[0].name == "sub-01_acq-MPRAGE_run-1_T1w.nii"


def test_other_files_are_no_scans(tmp_path: Path) -> None:
    others = ["sub-01/anat/sub-01_T1w.json", "sub-01/anat/sub-01_T2w.nii.gz", "sub-01/func/sub-01_task-rest_bold.nii"]
    cohort = read_bids(bids_folder(tmp_path / "bids", [*raw("sub-01", "sub-02"), *others], TWO))
    assert len(cohort.paths) == 2
    assert cohort.problems == ()


@pytest.mark.parametrize(
    "name",
    ["sub-01/anat/sub-01_T1w.NII.GZ", "sub-01/anat/sub-01_t1w.nii", "sub-01/anat/sub-01_T1w (1).nii",
     "Sub-03/anat/Sub-03_T1w.nii",
     "sub-01/ses-1/anat/T1.nii.gz"],
)  # fmt: skip
def test_scans_whose_names_are_nearly_those_of_bids_are_told(tmp_path: Path, name: str) -> None:
    cohort = read_bids(bids_folder(tmp_path / "bids", [*raw("sub-01", "sub-02"), name], TWO))
    assert len(cohort.paths) == 2
    assert notes(cohort) == [f"{name}: is not named as BIDS names scans and is left out"]


def test_taking_some_keeps_files_beside_their_facts(tmp_path: Path) -> None:
    cohort = read_bids(bids_folder(tmp_path / "bids", raw("sub-01", "sub-02"), TWO)).take(np.array([1]))
    assert cohort.scans.participant_id.tolist() == ["sub-02"]
    assert [path.name for path in cohort.paths] == ["sub-02_T1w.nii.gz"]


# Derivatives and entities


def derived(folder: Path, *endings: str) -> Path:
    files = [
        f"derivatives/fmriprep/{person}/anat/{person}_{ending}_T1w.nii.gz"
        for person in ("sub-01", "sub-02")
        for ending in endings
    ]
    return bids_folder(folder, [*raw("sub-01", "sub-02"), *files], TWO)


def test_derivatives_take_the_place_of_raw_scans(tmp_path: Path) -> None:
    folder = derived(tmp_path / "bids", "space-MNI152NLin2009cAsym_desc-preproc")
    assert {path.parts[-5] for path in read_bids(folder, derivatives="fmriprep").paths} == {"derivatives"}
    assert not any("derivatives" in path.parts[-5:] for path in read_bids(folder).paths)
    with pytest.raises(DataError, match=r"derivatives/cat12: no such folder"):
        read_bids(folder, derivatives="cat12")


def test_spaces_and_descs_are_chosen_by_name(tmp_path: Path) -> None:
    folder = derived(tmp_path / "bids", "space-MNI_desc-preproc", "space-MNI_desc-brain", "desc-preproc")
    chosen = read_bids(folder, derivatives="fmriprep", space="MNI", desc="brain")
    assert chosen.problems == ()
    assert [path.name for path in chosen.paths] == [f"sub-0{one}_space-MNI_desc-brain_T1w.nii.gz" for one in (1, 2)]


def test_several_matching_files_are_listed_and_none_is_taken(tmp_path: Path) -> None:
    folder = derived(tmp_path / "bids", "space-MNI_desc-preproc", "space-MNI_desc-brain", "desc-preproc")
    both = read_bids(folder, derivatives="fmriprep")
    assert len(both.paths) == 0
    found = fatal(both)
    assert [line.split(":")[0] for line in found] == ["sub-01", "sub-02"]
    assert "3 T1w scans, choose with --desc brain or preproc, --space MNI or native: " in found[0]
    for ending in ("space-MNI_desc-preproc", "space-MNI_desc-brain", "desc-preproc"):
        assert f"derivatives/fmriprep/sub-01/anat/sub-01_{ending}_T1w.nii.gz" in found[0]
    assert notes(both) == [], "a person whose scan was not chosen does have scans"
    by_space = fatal(read_bids(folder, derivatives="fmriprep", space="MNI"))
    assert all("choose with --desc brain or preproc: " in line for line in by_space)
    assert len(by_space) == 2


def test_an_entity_that_no_file_has_is_named(tmp_path: Path) -> None:
    folder = derived(tmp_path / "bids", "space-MNI_desc-preproc")
    cohort = read_bids(folder, derivatives="fmriprep", space="Talairach", desc="preproc")
    assert len(fatal(cohort)) == 1
    assert "with space-Talairach with desc-preproc, but --space MNI, --desc preproc" in fatal(cohort)[0]
    assert str(folder / "derivatives" / "fmriprep") in fatal(cohort)[0]


def test_two_files_of_one_person_and_session_are_refused(tmp_path: Path) -> None:
    files = ["sub-01/anat/sub-01_T1w.nii", *raw("sub-01", "sub-02")]
    cohort = read_bids(bids_folder(tmp_path / "bids", files, TWO))
    assert fatal(cohort) == [
        "sub-01: has 2 T1w scans, choose by leaving one of them in the folder: "
        "sub-01/anat/sub-01_T1w.nii, sub-01/anat/sub-01_T1w.nii.gz"
    ]
    assert cohort.scans.participant_id.tolist() == ["sub-02"]


def runs(folder: Path) -> Path:
    files = [
        "sub-01/anat/sub-01_acq-mprage_run-01_T1w.nii.gz",
        "sub-01/anat/sub-01_acq-mprage_run-02_T1w.nii.gz",
        "sub-01/anat/sub-01_acq-space_T1w.nii.gz",
        *raw("sub-02"),
    ]
    return bids_folder(folder, files, TWO)


def test_several_scans_of_a_session_are_chosen_between_by_entities(tmp_path: Path) -> None:
    folder = runs(tmp_path / "bids")
    (problem,) = (one for one in read_bids(folder).problems if one.fatal)
    assert "has 3 T1w scans, choose with --entity acq=mprage or space, --entity run=01 or 02 or none: " in str(problem)
    assert problem.participant == "sub-01"
    assert "sub-01" not in problem.summary
    chosen = read_bids(folder, entities=["run=1", "acq=mprage"])
    assert chosen.problems == ()
    names = [path.name for path in chosen.paths]
    assert names == ["sub-01_acq-mprage_run-01_T1w.nii.gz", "sub-02_T1w.nii.gz"], "sub-02 has nothing to choose between"
    assert read_bids(folder, entities=["run-none"]).paths[0].name == "sub-01_acq-space_T1w.nii.gz"
    assert "choose with --entity run=01 or 02: " in fatal(read_bids(folder, entities=["acq=mprage"]))[0]
    without = read_bids(folder, entities=["run=3"])
    assert fatal(without) == []
    assert notes(without)[0].startswith("sub-01: has no T1w scan with run-3: sub-01/anat/")
    assert without.scans.participant_id.tolist() == ["sub-02"]


@pytest.mark.parametrize("words", [["run"], ["=1"], ["run=1", "run=2"], ["ses=1"], ["run="]])
def test_an_entity_that_is_none_is_refused(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(UsageError, match="--entity"):
        read_bids(runs(tmp_path / "bids"), entities=words)


def test_native_space_is_chosen_by_a_name_without_a_space(tmp_path: Path) -> None:
    folder = derived(tmp_path / "bids", "space-MNI_desc-preproc", "desc-preproc")
    for word in ("native", "none"):
        chosen = read_bids(folder, derivatives="fmriprep", space=word)
        assert [path.name for path in chosen.paths] == [f"sub-0{one}_desc-preproc_T1w.nii.gz" for one in (1, 2)]


# Sessions


def visits(*names: str) -> list[str]:
    return [f"{who}/ses-{one}/anat/{who}_ses-{one}_T1w.nii.gz" for who, one in (name.split() for name in names)]


def test_sessions_have_ages_of_their_own_where_their_table_says_so(tmp_path: Path) -> None:
    folder = bids_folder(
        tmp_path / "bids",
        visits("sub-01 1", "sub-01 2", "sub-02 1"),
        TWO,
        sub_01="session_id\tage\tsite\nses-1\t61\tOslo\nses-2\t64\tBerlin\n",
    )
    cohort = read_bids(folder)
    assert cohort.problems == ()
    assert list(cohort.scans.labels()) == ["sub-01 ses-1", "sub-01 ses-2", "sub-02 ses-1"]
    assert cohort.scans.age.tolist() == [61.0, 64.0, 72.5]
    assert cohort.scans.site.tolist() == ["Oslo", "Berlin", "Berne"]


def test_age_sex_and_site_may_stand_in_sessions_tables_alone(tmp_path: Path) -> None:
    folder = bids_folder(
        tmp_path / "bids",
        visits("sub-01 1", "sub-01 2"),
        "participant_id\nsub-01\n",
        sub_01="session_id\tage\tsex\tsite\n1\t50\tF\tA\n2\t55\tF\tB\n",
    )
    cohort = read_bids(folder)
    assert cohort.problems == ()
    assert cohort.scans.age.tolist() == [50.0, 55.0]
    assert cohort.scans.sex.tolist() == ["F", "F"]
    assert cohort.scans.site.tolist() == ["A", "B"]


def test_an_age_missing_in_the_sessions_table_is_taken_from_participants(tmp_path: Path) -> None:
    table = "session_id\tage\nses-1\tn/a\n"
    cohort = read_bids(bids_folder(tmp_path / "bids", visits("sub-01 1", "sub-02 1"), TWO, sub_01=table))
    assert cohort.scans.age.tolist() == [61.0, 72.5]


def test_a_wrong_age_names_the_table_it_stands_in(tmp_path: Path) -> None:
    table = "session_id\tage\nses-1\t61\nses-2\t-4\n"
    folder = bids_folder(tmp_path / "bids", visits("sub-01 1", "sub-01 2", "sub-02 1"), TWO, sub_01=table)
    assert fatal(read_bids(folder)) == ["sub-01_sessions.tsv: sub-01 ses-2: age is -4, expected 0 to 130 years"]
    alone = bids_folder(
        tmp_path / "alone", visits("sub-01 1"), "participant_id\nsub-01\n", sub_01="session_id\tage\nses-1\tn/a\n"
    )
    assert fatal(read_bids(alone)) == ["sub-01_sessions.tsv: sub-01 ses-1: age is missing"]


def test_a_broken_sessions_table_does_not_hide_other_problems(tmp_path: Path) -> None:
    people = "participant_id\tage\nsub-01\t61\nsub-02\tn/a\n"
    folder = bids_folder(
        tmp_path / "bids", visits("sub-01 1", "sub-02 1"), people, sub_01="session_id\tage\nses-1\t61\t7\n"
    )
    found = fatal(read_bids(folder))
    assert len(found) == 2
    assert "sub-01_sessions.tsv" in found[0]
    assert "line 2, like every row, has 3 cells" in found[0]
    assert found[1] == "participants.tsv: sub-02 ses-1: age is missing"


# Problems


def test_every_problem_is_listed_at_once_and_names_its_file(tmp_path: Path) -> None:
    ages = {"01": "", "02": "n/a", "03": "-3", "04": "old", "05": "131", "06": "inf", "07": "66"}
    rows = "".join(f"sub-{name}\t{age}\n" for name, age in ages.items())
    people = [f"sub-{name}" for name in ages]
    folder = bids_folder(tmp_path / "bids", raw(*people, "sub-08"), f"participant_id\tage\n{rows}sub-09\t50\n")
    cohort = read_bids(folder)
    assert fatal(cohort) == [
        "participants.tsv: sub-01: age is missing",
        "participants.tsv: sub-02: age is missing",
        "participants.tsv: sub-03: age is -3, expected 0 to 130 years",
        "participants.tsv: sub-04: age is 'old', which is not a number",
        "participants.tsv: sub-05: age is 131, expected 0 to 130 years",
        "participants.tsv: sub-06: age is 'inf', which is not a finite number",
        "sub-08/anat/sub-08_T1w.nii.gz: sub-08 has no row in participants.tsv",
    ]
    assert notes(cohort) == [
        "participants.tsv: sub-09 has no T1w scan and is left out",
        "participants.tsv: has no column of the sex (--sex-column names one), so differences in sex are not seen",
        "participants.tsv: has no column of the site (--site-column names one), so differences in site are not seen",
    ]
    missing = [problem for problem in cohort.problems if problem.summary == "age is missing"]
    assert [problem.participant for problem in missing] == ["sub-01", "sub-02"]
    assert not any("sub-" in problem.summary for problem in cohort.problems)
    assert cohort.scans.participant_id.tolist() == ["sub-07"]
    assert len(cohort.paths) == 1


def test_only_an_age_has_to_be_one(tmp_path: Path) -> None:
    folder = bids_folder(tmp_path / "bids", raw("sub-01"), "participant_id\tscore\nsub-01\t-250.5\n")
    assert read_bids(folder, Columns(label="score")).scans.age.tolist() == [-250.5]
    with pytest.raises(DataError, match=r"participants\.tsv: has no column 'age'; expected one of its columns"):
        read_bids(folder)


def test_a_file_in_another_person_s_folder_is_refused(tmp_path: Path) -> None:
    files = ["sub-01/anat/sub-02_T1w.nii.gz", "sub-02/ses-1/anat/sub-02_ses-2_T1w.nii.gz"]
    cohort = read_bids(bids_folder(tmp_path / "bids", files, TWO))
    assert len(cohort.paths) == 0
    assert list(dict.fromkeys(fatal(cohort)))[:2] == [
        "sub-01/anat/sub-02_T1w.nii.gz: is named after another person or session than its folder",
        "sub-02/ses-1/anat/sub-02_ses-2_T1w.nii.gz: is named after another person or session than its folder",
    ]


def test_a_name_that_cannot_be_read_is_noted(tmp_path: Path) -> None:
    files = [*raw("sub-01", "sub-02"), "sub-01/anat/sub-01_old copy_T1w.nii.gz", "sub-01/anat/sub-01_T1w.nii.gz.bak"]
    cohort = read_bids(bids_folder(tmp_path / "bids", files, TWO))
    assert len(cohort.paths) == 2
    assert fatal(cohort) == []
    assert sorted(line.split(": ")[0] for line in notes(cohort)) == sorted(files[2:])


def test_no_scans_at_all_is_a_problem(tmp_path: Path) -> None:
    cohort = read_bids(bids_folder(tmp_path / "bids", [], TWO))
    assert len(fatal(cohort)) == 1
    assert "has no sub-*/[ses-*/]anat/*_T1w.nii[.gz]" in fatal(cohort)[0]
    assert len(cohort.scans) == 0
    assert sum("has no T1w scan" in line for line in notes(cohort)) == 2


# participants.tsv as people really write it


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain = read_bids(bids_folder(tmp_path / "plain", raw("sub-01", "sub-02"), TWO))
    windows = b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode() + b"\r\n"
    other = read_bids(bids_folder(tmp_path / "windows", raw("sub-01", "sub-02"), windows))
    assert other.problems == ()
    for field in ("participant_id", "session_id", "age", "sex", "site"):
        np.testing.assert_array_equal(getattr(plain.scans, field), getattr(other.scans, field))


def test_names_without_sub_and_stray_blanks_are_understood(tmp_path: Path) -> None:
    text = "participant_id\tage\tgender\n01 \t 61\tFemale\n\n02\t72\t1\n"
    cohort = read_bids(bids_folder(tmp_path / "bids", raw("sub-01", "sub-02"), text))
    assert fatal(cohort) == []
    assert cohort.scans.sex.tolist() == ["F", "1"]
    assert "participants.tsv: the column gender is taken for the sex" in notes(cohort)
    assert cohort.scans.site.tolist() == ["n/a", "n/a"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"colour\tage\n01\t5\n", "no column participant_id"),
        (b"participant_id\tage\tage\nsub-01\t5\t6\n", "the column age twice"),
        (b"participant_id\tage\nsub-01\t5\nsub-01\t6\n", "names sub-01 more than once"),
        (b"participant_id\tage\nsub-01\t5\n01\t6\n", "names sub-01 more than once"),
        (b"participant_id\tage\nsub-01\n", "line 2 has 1 cells"),
        ("participant_id\tage\nsub-01\tfünf\n".encode("utf-16")[:-1], "begins as utf-16, and byte .* is none"),
    ],
)
def test_a_broken_participants_table_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    folder = bids_folder(tmp_path / "bids", raw("sub-01"), content)
    with pytest.raises(DataError, match=said) as raised:
        read_bids(folder)
    assert str(raised.value).startswith(f"{folder / 'participants.tsv'}: ")


def test_a_missing_table_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere: no such folder; expected a BIDS folder"):
        read_bids(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"participants\.tsv: no such file"):
        read_bids(tmp_path)


def test_a_stray_quotation_mark_loses_nobody(tmp_path: Path) -> None:
    text = 'participant_id\tage\tsite\nsub-01\t61\t"Oslo\nsub-02\t72\tBerne"\n'
    with pytest.raises(DataError, match=r"participants\.tsv: line 2 cannot be read .* swallow 1 rows"):
        read_bids(bids_folder(tmp_path / "bids", raw("sub-01", "sub-02"), text))


def test_a_quoted_cell_may_hold_a_tab_and_any_other_character(tmp_path: Path) -> None:
    text = 'participant_id\tage\tsite\nsub-01\t61\t"Oslo\tNorth"\nsub-02\t72\tBerne\u2028\x0cSouth 5"\n'
    cohort = read_bids(bids_folder(tmp_path / "bids", raw("sub-01", "sub-02"), text))
    assert cohort.scans.site.tolist() == ["Oslo\tNorth", 'Berne\u2028\x0cSouth 5"']
