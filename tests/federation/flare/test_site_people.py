"""Whom a site trains on and whom it leaves out: drawn once, kept with the kit, whoever comes to the data."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.arrays import make_scans
from remembrain.cohort.meant import UNUSED
from remembrain.cohort.split_files import write_split
from remembrain.errors import DataError, ProblemsError
from remembrain.federation.flare.site_people import audited, drawn_split, earlier_split, enough, foreseen


def people(n=100, twice=False):
    names = [f"sub-{place:03d}" for place in range(n)]
    sessions = ["ses-1"] * n
    if twice:
        names, sessions = names * 2, sessions + ["ses-2"] * n
    return make_scans(np.linspace(50, 80, len(names)), names, sessions)


def test_a_share_of_people_is_left_out_with_all_their_scans_and_the_seed_decides():
    scans = people(twice=True)
    split, again, other = (drawn_split(scans, 0.3, seed) for seed in (0, 0, 1))
    left_out = scans.participant_id[split.role == "validation"]
    assert len(left_out) == 2 * 30
    assert len(set(left_out.tolist())) == 30
    np.testing.assert_array_equal(split.role, again.role)
    assert not np.array_equal(split.role, other.role)
    assert set(drawn_split(scans, 0.0, 0).role.tolist()) == {"member"}
    assert set(audited(split).role.tolist()) == {"member", "nonmember"}


def test_a_federation_goes_on_with_whom_it_began_and_counts_who_came_since(tmp_path):
    scans, path = people(), tmp_path / "split.tsv"
    began = audited(drawn_split(scans, 0.3, 0))
    write_split(path, scans, began)
    more = people(110, twice=True)
    split = earlier_split(path, more)
    old = np.isin(more.participant_id, scans.participant_id) & (more.session_id == "ses-1")
    np.testing.assert_array_equal(split.role[old] == "member", began.role == "member")
    assert set(split.role[~old].tolist()) == {UNUSED}
    assert [problem.what for problem in split.notes] == [
        "10 people are new to the data since this federation began, and left aside",
        "100 scans are new, of people who are not since this federation began, and left aside",
    ]
    with pytest.raises(ProblemsError, match="is of this federation, and not in the data any more"):
        earlier_split(path, people(99))
    path.write_text("participant_id\nsub-000\n")
    with pytest.raises(DataError, match="has no column session_id, role"):
        earlier_split(path, scans)


@pytest.mark.parametrize(
    ("people_", "said"),
    [(100, "an audit needs 118 people, of whom 78 are left out"), (240, "unseen = 0.33 in local/remembrain.toml")],
)
def test_what_would_be_enough_is_a_share_or_more_people(people_, said):
    assert said in enough(people_)


@pytest.mark.parametrize(("unseen", "able"), [(0.35, True), (0.05, False)])
def test_what_an_audit_could_see_is_told_before_any_work(unseen, able):
    scans = people(240)
    lines, why_not = foreseen(scans, drawn_split(scans, unseen, 0))
    left_out = round(240 * unseen)
    assert lines[0] == f"{240 - left_out} people are trained on, and {left_out} are left out"
    assert bool(why_not) is not able
    assert ("will not be able to audit the model; unseen = 0.33" in lines[-1]) is not able
