"""Names of groups in other words than their levels: one level without doubt, or none."""

from __future__ import annotations

import pytest

from remembrain.survey.columns import Question
from remembrain.survey.published.likeness import level_like


def of(*titles: str) -> Question:
    return Question("group", "categorical", tuple(map(str, range(len(titles)))), titles)


@pytest.mark.parametrize(
    ("titles", "heading", "level"),
    [
        (("control", "patient"), "Healthy controls", "control"),
        (("control", "patient"), "HCs", "control"),
        (("control", "patient"), "Healthy volunteers", "control"),
        (("control", "patient"), "Age-matched controls", "control"),
        (("control", "patient"), "MS patients", "patient"),
        (("control", "patient"), "Patients with MS", "patient"),
        (("control", "patient"), "Patient group", "patient"),
        (("HC", "MS"), "Controls", "HC"),
        (("HC", "MS"), "MS patients", "MS"),
        (("HC", "MS"), "People with MS", "MS"),
        (("Healthy control", "MS", "NMOSD"), "Controls", "Healthy control"),
        (("Placebo", "Drug A"), "Placebo group", "Placebo"),
        (("control", "patient"), "Acute patients", "patient"),
        (("HC", "MCI"), "Stable MCI", None),
        (("HC", "AD"), "Early-onset AD", None),
        (("HC", "AD"), "Sporadic AD", "AD"),
        (("control", "patient"), "Cases", None),
        (("control", "patient"), "Control patients", None),
        (("control", "patient"), "Relatives of patients", None),
        (("control", "patient"), "Patients' relatives", None),
        (("control", "patient"), "Patients without MS", None),
        (("control", "patient"), "Non-MS patients", None),
        (("control", "patient"), "Controls and patients", None),
        (("control", "patient"), "Participants", None),
        (("HC", "MS"), "Patients", None),
        (("HC", "MS"), "Patients with MS and depression", None),
        (("healthy control", "disease control"), "Controls", None),
    ],
)
def test_a_heading_is_the_level_that_its_noun_is(titles: tuple[str, ...], heading: str, level: str | None) -> None:
    found = level_like(of(*titles), heading)
    assert (None if found is None else titles[found]) == level


def test_a_number_has_no_levels() -> None:
    assert level_like(Question("age", "numeric"), "age") is None
