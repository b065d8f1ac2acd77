"""Tables of regional measures: what is a feature and what is not, and that nobody but members shapes the encoding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remembrain.cohort.table import TableCohort, encode, read_table
from remembrain.errors import DataError
from remembrain.types import Inputs

REGIONS = [f"region{place}" for place in range(6)]


def frame(people: int = 30, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    made = pd.DataFrame(rng.normal(3, 2, (people, len(REGIONS))).round(6), columns=REGIONS)
    made.insert(0, "participant_id", [f"p{place:03d}" for place in range(people)])
    made.insert(1, "age", rng.uniform(45, 80, people).round(2))
    made.insert(2, "sex", rng.choice(["F", "M"], people))
    made.insert(3, "site", rng.choice(["A", "B", "C"], people))
    return made


def written(folder: Path, data: pd.DataFrame, ending: str = "tsv") -> Path:
    path = folder / f"table.{ending}"
    if ending == "parquet":
        pytest.importorskip("pyarrow", reason="pandas reads Parquet by pyarrow, which is not installed")
        data.to_parquet(path)
    else:
        data.to_csv(path, sep={"csv": ",", "txt": ";"}.get(ending, "\t"), index=False)
    return path


def cohort_of(folder: Path, data: pd.DataFrame, **words) -> TableCohort:
    return read_table(written(folder, data), **{"label": "age", **words})


def said(cohort: TableCohort, *, fatal: bool) -> list[str]:
    return [str(problem) for problem in cohort.problems if problem.fatal is fatal]


# Reading


@pytest.mark.parametrize("ending", ["tsv", "csv", "txt", "parquet"])
def test_every_kind_of_table_gives_the_same_cohort(tmp_path: Path, ending: str) -> None:
    data = frame()
    cohort = read_table(written(tmp_path, data, ending), label="age")
    assert cohort.problems == ()
    assert cohort.scans.participant_id.tolist() == data.participant_id.tolist()
    np.testing.assert_array_equal(cohort.scans.age, data.age)
    assert cohort.scans.sex.tolist() == data.sex.tolist()
    assert cohort.scans.site.tolist() == data.site.tolist()
    assert set(cohort.scans.session_id.tolist()) == {""}
    assert cohort.features.columns.tolist() == ["sex", "site", *REGIONS]
    np.testing.assert_array_equal(cohort.features[REGIONS], data[REGIONS])


def test_parquet_keeps_names_that_pandas_put_into_the_index(tmp_path: Path) -> None:
    data = frame()
    cohort = read_table(written(tmp_path, data.set_index("participant_id"), "parquet"), label="age")
    assert cohort.scans.participant_id.tolist() == data.participant_id.tolist()


def test_whole_numbers_read_as_fractions_are_still_names_and_levels(tmp_path: Path) -> None:
    data = frame().assign(participant_id=np.arange(30.0), site=np.float32(3), scanner=np.tile([1.5, 3.0], 15))
    cohort = read_table(written(tmp_path, data, "parquet"), label="age")
    assert cohort.scans.participant_id[:3].tolist() == ["0", "1", "2"]
    assert set(cohort.scans.site.tolist()) == {"3"}
    assert cohort.features["scanner"].tolist() == data.scanner.tolist()


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, frame(), "csv")
    plain = read_table(path, label="age")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    again = read_table(path, label="age")
    assert again.problems == ()
    np.testing.assert_array_equal(plain.scans.participant_id, again.scans.participant_id)
    pd.testing.assert_frame_equal(plain.features, again.features)


@pytest.mark.parametrize("words", [{"label": "years"}, {"person": "subject"}, {"drop": ["region9"]}])
def test_a_missing_column_is_named_among_those_there_are(tmp_path: Path, words: dict) -> None:
    with pytest.raises(DataError, match=r"table\.tsv: has no column '(years|subject|region9)'") as raised:
        cohort_of(tmp_path, frame(), **words)
    assert "expected one of participant_id, age, sex, site, region0" in str(raised.value)


def test_files_that_are_no_tables_are_named(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pandas reads Parquet by pyarrow, which is not installed")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    (tmp_path / "broken.csv").write_text("participant_id,age\np1,50,7\n")
    with pytest.raises(DataError, match=r"broken\.parquet: is not a Parquet file"):
        read_table(tmp_path / "broken.parquet", label="age")
    with pytest.raises(DataError, match=r"broken\.csv: line 2, like every row, has 3 cells"):
        read_table(tmp_path / "broken.csv", label="age")
    for ending in ("csv", "parquet"):
        with pytest.raises(DataError, match=rf"none\.{ending}: no such file"):
            read_table(tmp_path / f"none.{ending}", label="age")


# What is a feature


def test_neither_the_label_nor_who_it_is_are_features(tmp_path: Path) -> None:
    data = frame().assign(visit="1", lesion=np.arange(30) % 7)
    cohort = cohort_of(tmp_path, data, label="region2", session="visit", drop=["site", "lesion"])
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
        "table.tsv: surname: is text with 60 different values and is left out: it may name people",
        "table.tsv: doctor: is text with 51 different values and is left out: it may name people",
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
    cohort = cohort_of(tmp_path, frame().assign(scanner="Prisma", empty="n/a", half=["1", ""] * 15))
    assert said(cohort, fatal=False) == [
        f"table.tsv: {name}: has one value and is left out" for name in ("scanner", "empty", "half")
    ]


def test_a_table_without_features_is_a_problem(tmp_path: Path) -> None:
    cohort = cohort_of(tmp_path, frame()[["participant_id", "age"]])
    assert said(cohort, fatal=True) == ["table.tsv: has no column that could be a feature"]


def test_all_spellings_of_missing_are_missing(tmp_path: Path) -> None:
    data = frame().astype({"region0": object, "site": object})
    data.loc[:4, "region0"] = ["n/a", "NA", "", "NaN", "null"]
    data.loc[:1, "site"] = ["n/a", "None"]
    cohort = cohort_of(tmp_path, data)
    assert cohort.problems == ()
    assert cohort.features["region0"].isna().tolist() == [True] * 5 + [False] * 25
    assert cohort.features["site"].isna().tolist() == [True] * 2 + [False] * 28
    assert cohort.scans.site[:2].tolist() == ["n/a", "n/a"]


# Problems


def test_every_problem_is_listed_at_once_with_its_row(tmp_path: Path) -> None:
    data = frame().astype({"age": object})
    data.loc[:3, "age"] = ["", "-1", "old", "inf"]
    data.loc[4, "participant_id"] = ""
    data.loc[6, "region1"] = np.inf
    cohort = cohort_of(tmp_path, data)
    assert said(cohort, fatal=True) == [
        "table.tsv row 2 (p000): age is missing",
        "table.tsv row 3 (p001): age is -1, expected 0 to 130 years",
        "table.tsv row 4 (p002): age is 'old', which is not a number",
        "table.tsv row 5 (p003): age is 'inf', which is not a finite number",
        "table.tsv row 6: names no person",
        "table.tsv: region1: has infinite values",
    ]
    assert cohort.scans.participant_id.tolist() == [f"p{place:03d}" for place in range(5, 30)]
    assert len(cohort.features) == 25
    assert cohort.features["region0"].tolist() == data["region0"].tolist()[5:]


def test_several_rows_of_a_person_need_sessions(tmp_path: Path) -> None:
    twice = pd.concat([frame(seed=0), frame(seed=1)])
    assert said(cohort_of(tmp_path, twice), fatal=True)[0] == "table.tsv: p000: has several rows for one session"
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
    assert cohort_of(tmp_path, data).problems == ()


def test_few_measures_may_coincide(tmp_path: Path) -> None:
    data = frame()[["participant_id", "age", "region0", "region1"]].round(0)
    assert cohort_of(tmp_path, data).problems == ()


# Encoding


def test_numbers_are_scaled_by_members_alone(tmp_path: Path) -> None:
    cohort = cohort_of(tmp_path, frame())
    members = np.arange(0, 30, 2)
    encoded = encode(cohort, members)
    raw = cohort.features["region1"].to_numpy()
    by_hand = (raw - raw[members].mean()) / raw[members].std()
    np.testing.assert_allclose(encoded.values[:, encoded.columns.index("region1")], by_hand, rtol=1e-5, atol=1e-6)


def test_missing_numbers_are_the_members_median_and_marked(tmp_path: Path) -> None:
    data = frame(5).assign(region0=[1.0, 2.0, 9.0, np.nan, 50.0])
    encoded = encode(cohort_of(tmp_path, data), np.array([0, 1, 2, 3]))
    # members' median is 2; of 1, 2, 9, 2 the mean is 3.5 and the SD sqrt(10.25)
    expected = (np.array([1.0, 2.0, 9.0, 2.0, 50.0]) - 3.5) / np.sqrt(10.25)
    expected[4] = 10  # cut at 10 SD
    np.testing.assert_allclose(encoded.values[:, encoded.columns.index("region0")], expected, rtol=1e-6)
    assert encoded.values[:, encoded.columns.index("region0 missing")].tolist() == [0, 0, 0, 1, 0]


def test_text_becomes_a_column_for_each_level_that_members_have(tmp_path: Path) -> None:
    data = frame(6).assign(site=["A", "B", "A", "n/a", "C", "B"])
    encoded = encode(cohort_of(tmp_path, data), np.array([0, 1, 2, 3]))
    names = [name for name in encoded.columns if name.startswith("site")]
    assert names == ["site=A", "site=B", "site missing"]
    columns = [encoded.columns.index(name) for name in names]
    assert encoded.values[:, columns].tolist() == [
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
        [0, 0, 0],
        [0, 1, 0],
    ]


def test_a_column_that_no_member_has_is_zero(tmp_path: Path) -> None:
    data = frame().assign(region0=[np.nan] * 20 + list(range(10)), region1=[7.0] * 20 + list(range(10)))
    encoded = encode(cohort_of(tmp_path, data), np.arange(20))
    assert (encoded.values[:, encoded.columns.index("region0")] == 0).all()
    assert (encoded.values[:20, encoded.columns.index("region1")] == 0).all()
    assert np.isfinite(encoded.values).all()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_a_nonmember_has_changes_nobody_else_s_row(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("t")
    before = frame(40).astype({"site": object})
    if data.draw(st.booleans(), "a member has gaps"):
        before.loc[3, ["region0", "site"]] = [np.nan, ""]
    members, stranger = np.arange(25), data.draw(st.integers(25, 39))
    after = before.copy()
    changed = data.draw(st.sets(st.sampled_from(REGIONS), min_size=1))
    for name in changed:
        after.loc[stranger, name] = data.draw(st.floats(-1e6, 1e6) | st.just(np.nan))
    after.loc[stranger, "site"] = data.draw(st.sampled_from(["A", "C", "Z", ""]))
    one, two = (encode(cohort_of(folder, table), members) for table in (before, after))
    assert one.columns == two.columns
    others = np.arange(40) != stranger
    np.testing.assert_array_equal(one.values[others], two.values[others])
    assert np.isfinite(two.values).all()


def test_rows_are_read_as_the_target_reads_scans(tmp_path: Path) -> None:
    data = pd.concat([frame(), frame()]).assign(session_id=["1"] * 30 + ["2"] * 30)
    encoded = encode(cohort_of(tmp_path, data), np.arange(30))
    assert isinstance(encoded, Inputs)
    assert encoded.shape == (len(encoded.columns),)
    assert len(encoded) == 60
    assert encoded[3].shape == encoded.shape
    assert encoded[3].dtype == np.float32
    assert encoded.keys()[:30] == encoded.keys()[30:]
    assert len(set(encoded.keys())) == 30


def test_taking_some_keeps_rows_beside_their_facts(tmp_path: Path) -> None:
    data = frame()
    cohort = cohort_of(tmp_path, data).take(np.array([7, 2]))
    assert cohort.scans.participant_id.tolist() == ["p007", "p002"]
    assert cohort.features["region0"].tolist() == data["region0"].iloc[[7, 2]].tolist()
    encode(cohort, np.array([0]))


# What the blind baseline sees


def test_statistics_of_a_row_are_what_the_formula_says(tmp_path: Path) -> None:
    data = frame(5)[["participant_id", "age"]]
    data = data.assign(a=[0.0, 1, 2, 3, 100], b=[np.nan, 0, 4, 8, 12], c=["x", "x", "y", "y", ""])
    encoded = encode(cohort_of(tmp_path, data), np.arange(5))
    a = np.minimum(np.abs(np.array([0.0, 1, 2, 3, 100]) - 2) / (1 * 1.4826), 20)
    b = np.array([0, 6, 2, 2, 6]) / (4 * 1.4826)
    expected = np.column_stack([[1 / 3, 0, 0, 0, 1 / 3], (a + b) / 2, np.maximum(a, b)])
    np.testing.assert_allclose(encoded.statistics, expected)
    assert len(encoded.statistic_names) == 3


def test_statistics_are_there_without_numbers_and_without_values(tmp_path: Path) -> None:
    words = frame()[["participant_id", "age", "sex"]]
    np.testing.assert_array_equal(encode(cohort_of(tmp_path, words), np.arange(30)).statistics, np.zeros((30, 3)))
    sparse = frame().assign(region0=[np.nan] * 20 + list(range(10)))
    some = cohort_of(tmp_path, sparse).take(np.arange(20))
    assert np.isfinite(encode(some, np.arange(10)).statistics).all()
