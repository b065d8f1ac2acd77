"""Whether the groups are the same kind of people."""

from __future__ import annotations

import pytest
from page_of import kept, page

import example_runs


def test_groups_that_differ_are_said_in_the_summary_with_what_to_do():
    text = kept(example_runs.differing).text()
    assert text.count("members and non-members differ in age (largest for age: +0.61)") >= 2
    assert "remembrain attack RUN --match" in text
    assert "until members and non-members are matched" in text


@pytest.mark.usefixtures("words_for_pictures")
def test_matched_people_are_told_with_who_was_left_out(tmp_path):
    def match(evidence):
        evidence["groups"] = example_runs.groups(matched=True)

    text = page(example_runs.everything(tmp_path / "run", match)).text()
    assert "231 members and 231 non-members who were paired by age, sex, site" in text
    assert "69 members and 68 non-members found no partner" in text
    assert "--match" not in text
