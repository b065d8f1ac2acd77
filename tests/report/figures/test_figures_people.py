"""Ages of members and non-members, and the mean brain."""

from dataclasses import replace

from page_of import read

import example_runs
from remembrain.report.figures.people import ages, brain


def test_bars_are_of_the_rounded_counts_in_per_cent_of_each_group():
    drawing = ages(read(example_runs.leaking))
    assert "members: below 50\u00a010, 50 to 60\u00a090, 60 to 70\u00a0130, 70 or more\u00a070" in drawing.description
    heights = [bar.get_height() for bar in drawing.figure.axes[0].patches]
    assert sum(heights[:4]) == sum(heights[4:]) == 100
    assert heights[1] == 30


def test_a_brain_is_drawn_where_a_mean_was_kept_and_is_of_enough_people():
    drawing = brain(read(example_runs.leaking))
    assert drawing.title == "Mean of about 662 people; no participant is shown"
    assert len(drawing.figure.axes) == 3
    assert brain(read(example_runs.table)) is None


def test_groups_without_bands_are_not_drawn():
    evidence = read(example_runs.leaking)
    alone = replace(evidence.people, groups=evidence.people.groups[:1])
    assert ages(replace(evidence, people=alone)) is None
