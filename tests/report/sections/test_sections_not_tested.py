"""What was not tested."""

import pytest
from page_of import page, section

import example_runs


@pytest.mark.parametrize(
    ("lines", "stands"),
    [
        (["two models at once", "other people"], ["Two models at once.", "Other people."]),
        ([], ["Nothing is recorded here; anything but the attacks above is to be taken as not tested."]),
    ],
)
@pytest.mark.usefixtures("words_for_pictures")
def test_every_line_of_the_evidence_stands_and_silence_is_no_all_clear(lines, stands, tmp_path) -> None:
    run = example_runs.leaking(tmp_path / "run", lambda evidence: evidence.update(not_tested=lines))
    assert [item.text() for item in section(page(run), "run1-not-tested").all("li")] == stands
