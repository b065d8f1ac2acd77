"""Who was audited, by role; and the names of what groups may differ in."""

from remembrain.record.people import Ages, Factor, Group, People


def test_a_factor_has_its_level_in_its_name_where_it_has_one():
    assert Factor(factor="sex", level="F", n_members=1, n_nonmembers="<10").name == "sex: F"
    assert Factor(factor="age", n_members=1, n_nonmembers=1).name == "age"


def test_people_are_found_by_their_role():
    group = Group(role="member", people=100, scans=110, age=Ages(mean=60.0), sex={"F": 50, "M": 50}, site={})
    people = People(source="BIDS folder", n_people=100, n_scans=110, groups=(group,))
    assert people.group("member") is group
    assert people.group("nonmember") is None
    assert group.age_bands.edges == group.age_bands.counts == ()  # nothing of it may be told
