"""Which columns say who and what people are, where the table is of several files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from remembrain.cohort.columns import Features, Reading
from remembrain.cohort.facts import Columns
from remembrain.cohort.table_facts import conventions_of, described_by, fact_columns
from remembrain.cohort.text_table import Origin, TextTable
from remembrain.errors import DataError


def table_of(facts: tuple[str, ...] = ("Alter", "Gender", "subject_id"), **more: str) -> TextTable:
    people = Origin(Path("people.tsv"), (9, 8))
    cells = {
        "fsid": ["a", "b"],
        "x": ["2,5", "3,5"],
        "Alter": ["50", "60"],
        "Gender": ["M", "F"],
        "subject_id": ["1", "2"],
    }
    frame = pd.DataFrame({**cells, **{name: [text, text] for name, text in more.items()}})
    return TextTable(frame, (2, 3), origins=dict.fromkeys(facts, people), facts=frozenset(facts))


def test_people_are_those_of_the_first_file_and_facts_those_of_the_other() -> None:
    table = table_of(sex="F")
    features = Features("first.tsv", table.lines, origins=table.origins)
    found = fact_columns(table, Columns(), features)
    assert found == {"label": "Alter", "person": "fsid", "session": "", "sex": "Gender", "site": ""}
    told = {problem.what: problem.where for problem in features.problems}
    assert told["the column Alter is taken for the age"] == "people.tsv"
    assert told["the column fsid is taken for the person"] == "first.tsv"


def test_a_table_without_ages_says_that_another_may_have_them() -> None:
    table = TextTable(pd.DataFrame({"participant_id": ["a"], "x": ["2"]}), (2,))
    with pytest.raises(DataError) as refused:
        fact_columns(table, Columns(), Features("t.tsv", (2,)))
    assert refused.value.try_next == "--participants FILE, if a table of people says it"


@pytest.mark.parametrize("truth", ["y_true", "true_age2", "actual", "chronological"])
def test_a_column_of_the_truth_by_another_name_is_named_first(truth: str) -> None:
    table = TextTable(pd.DataFrame({"participant_id": ["a"], truth: ["2"]}), (2,))
    with pytest.raises(DataError) as refused:
        fact_columns(table, Columns(), Features("t.tsv", (2,)))
    assert str(refused.value.try_next).startswith(f"--label {truth}")


def test_each_file_has_its_decimal_separator() -> None:
    table = table_of()
    features = Features("first.tsv", table.lines, origins=table.origins)
    cells = {"x": ["2,5", "3,5"], "Alter": ["50.5", "60"]}
    decided = conventions_of(cells, "Alter", Reading(), features)
    assert {file: one.decimal for file, one in decided.items()} == {"first.tsv": ",", "people.tsv": "."}


def test_a_dictionary_holds_for_the_columns_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text('{"age": {"Units": "months"}, "x": {"Units": "mm"}}')
    origin = Origin(tmp_path / "people.tsv", (2,))
    table = TextTable(pd.DataFrame({"x": ["1"], "age": ["600"]}), (2,), origins={"age": origin})
    assert {name: one.units for name, one in described_by(table, tmp_path / "first.tsv").items()} == {"age": "months"}
