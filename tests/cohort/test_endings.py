"""Numbers behind names: of scans where labels agree, of people where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.endings import one_person_in_several_names

RNG = np.random.default_rng(0)
AGES = RNG.uniform(20, 80, 30)
NONE = ["n/a"] * 60
SEXES = RNG.choice(["F", "M"], 30).tolist()


@pytest.mark.parametrize("form", ["P{:03d}_{}", "P{:03d}-0{}", "{:03d}_S_0001_I10{}", "1{:03d}_20252_{}_0", "s{} ({})"])
def test_names_whose_labels_agree_are_asked_about(form: str) -> None:
    people = [form.format(person, scan) for person in range(30) for scan in (1, 2)]
    values = [age + 2 * scan for age in AGES for scan in (0, 1)]
    (problem,) = one_person_in_several_names(people, values, NONE, "age", "t.tsv")
    assert problem.fatal
    assert "60 names seem to be of 30 people" in problem.what
    assert people[0] not in problem.summary


@pytest.mark.parametrize("form", ["{:03d}-0{}", "{:03d}_S_{}", "F{}_{}"])
def test_people_of_one_site_or_family_are_people(form: str) -> None:
    people = [form.format(site, number) for site in range(30) for number in (1, 2)]
    values = RNG.uniform(20, 80, 60).tolist()
    assert one_person_in_several_names(people, values, NONE, "age", "t.tsv") == []


def test_few_or_many_of_a_base_and_labels_that_are_missing_say_nothing() -> None:
    assert one_person_in_several_names(["sub-1", "sub-2", "a_1", "a_2"], [1.0, 2, 3, 3], NONE[:4], "age", "t") == []
    assert one_person_in_several_names([f"sub-{n}" for n in range(60)], AGES.tolist() * 2, NONE, "age", "t") == []
    assert one_person_in_several_names([], [], [], "age", "t") == []
    assert one_person_in_several_names(["a_1", "a_2"], [None, None], NONE[:2], "age", "t") == []


def test_a_name_and_the_same_with_a_number_behind_may_be_one_person() -> None:
    people = [form.format(person) for person in range(30) for form in ("s{}", "s{} (2)")]
    (problem,) = one_person_in_several_names(people, [age for age in AGES for _ in (0, 1)], NONE, "age", "t.tsv")
    assert "60 names seem to be of 30 people (s0 and s0 (2))" in problem.what


@pytest.mark.parametrize("form", ["{:03d}{}", "S{:03d}_scan-{}", "K{:02d} pass{}", "{:04d}.{}"])
@pytest.mark.parametrize("apart", [0.1, 2.0])
def test_letters_behind_names_are_asked_about_where_age_and_sex_agree(form: str, apart: float) -> None:
    people = [form.format(person, letter) for person in range(30) for letter in "ab"]
    sexes = [sex for sex in SEXES for _ in "ab"]
    values = [10 + age / 60 + apart * scan for age in AGES for scan in (0, 1)]  # of one age group: ages tell little
    (problem,) = one_person_in_several_names(people, values, sexes, "age", "t.tsv")
    assert "60 names seem to be of 30 people" in problem.what
    mixed = RNG.choice(["F", "M"], 60).tolist()
    assert one_person_in_several_names(people, values, mixed, "age", "t.tsv") == []
    if apart == 2.0:
        assert one_person_in_several_names(people, values, ["F"] * 60, "age", "t.tsv") == []
        far = [value + 30 * (place % 2) for place, value in enumerate(values)]
        assert one_person_in_several_names(people, far, sexes, "age", "t.tsv") == []
