"""Of a table that a model wrote, the rows' names and the one column that was not given are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remembrain.cohort.answered import read_answered
from remembrain.errors import DataError


@pytest.mark.parametrize(
    "text",
    [
        "scan_id,predicted_age\ns1,40.5\ns2,\n",
        "predicted_age;Scan.ID\n40,5;s1\nNA;s2\n",
        '"","scan_id","volume","anything"\n"1","s1",3,40.5\n"2","s2",4,NA\n',
        "scan_id;volume;predicted_age\ns1;3,25;40,500\ns2;4,5;NA\n",
        "scan_id\tx\ns1\t40.5\ns2\tn/a\n",
        "scan_id,volume,gap,predicted_age\ns1,1,2,40.5\ns2,1,2,NA\n",
    ],
)
def test_usual_tables_are_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "output.csv"
    path.write_text(text)
    scans, numbers = read_answered(path, "scan_id", ("volume",))
    assert list(scans) == ["s1", "s2"]
    np.testing.assert_array_equal(numbers, [40.5, np.nan])


def test_an_answer_of_several_numbers_is_every_column_that_was_not_given(tmp_path: Path) -> None:
    path = tmp_path / "output.csv"
    path.write_text('"",volume,p40,scan_id,p50\n1,9,0.25,s1,0.75\n2,9,1,s2,0\n')
    scans, numbers = read_answered(path, "scan_id", ("volume",), several=True)
    assert list(scans) == ["s1", "s2"]
    np.testing.assert_array_equal(numbers, [[0.25, 0.75], [1, 0]])
    path.write_text("scan_id,volume\ns1,40\n")
    with pytest.raises(DataError, match="has no column of predictions"):
        read_answered(path, "scan_id", ("volume",), several=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,predicted_age\ns1,40\n", "has no column scan_id, which says of which scan a row is"),
        ("scan_id\ns1\n", "has no column of predictions"),
        ("scan_id,volume\ns1,40\n", "has no column of predictions"),
        ("scan_id,a,b\ns1,40,50\n", "has no column of predictions"),
        ("scan_id,age,predicted_age,prediction\ns1,1,40,50\n", "has several columns of predictions"),
        ("scan_id,predicted_age\ns1,forty\n", "'forty', which is no number"),
        ("scan_id,predicted_age\ns1,inf\n", "'inf', which is no number"),
        ("scan_id;predicted_age\ns1;69,292\ns2;58,419\n", "69,292 of predicted_age may be thousands or a fraction"),
        ("", "is empty"),
    ],
)
def test_what_has_no_single_reading_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "output.csv"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_answered(path, "scan_id", ("volume",))
    assert said in str(caught.value)
