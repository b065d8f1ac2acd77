"""What headings of regional tables say, and which are not understood."""

from __future__ import annotations

import pytest

from remembrain.survey.columns import Question
from remembrain.survey.published.regional_headings import direction_around, direction_in, numbers_in, read_heading

GROUP = Question("group", "categorical", ("0", "1"), ("control", "patient"))
SEX = Question("sex", "categorical", ("m", "f"), ("male", "female"))
FIRST, SECOND = (("group", 0),), (("group", 1),)


@pytest.mark.parametrize(
    ("text", "kinds", "levels", "direction", "adjusted"),
    [
        ("Mean", ("mean",), (), 0, False),
        ("M", ("mean",), (), 0, False),
        ("mean.controls", ("mean",), FIRST, 0, False),
        ("Patients Mean thickness (mm)", ("mean",), SECOND, 0, False),
        ("sd_female_patients", ("sd",), (*SECOND, ("sex", 1)), 0, False),
        ("Std. Dev.", ("sd",), (), 0, False),
        ("n0", ("n",), FIRST, 0, False),
        ("Mean (SD)", ("mean", "sd"), (), 0, False),
        ("Median", ("q50",), (), 0, False),
        ("Cohen's d [95% CI]", ("d", "beside"), (), 0, False),
        ("effect size (Cohens d)", ("d",), (), 0, False),
        ("Hedges’ g: patients − controls", ("g",), (), 1, False),
        ("t (control > patient)", ("t",), (), -1, False),
        ("t patients vs. controls", ("t",), (), 0, False),
        ("z male", ("z",), (("sex", 0),), 0, False),
        ("d_icv", ("d",), (), 0, True),
        ("partial t", ("t",), (), 0, True),
        ("adjusted mean patients", ("mean",), SECOND, 0, True),
        ("p.value", ("p",), (), 0, False),
        ("SMD", ("effect",), (), 0, False),
        *((text, (), (), 0, False) for text in (
            "se_icv", "up_ci_icv", "fdr_p", "p adjusted", "mean HC", "d (HC - patient)", "mean difference", "eta2",
            "mean (patient - control)", "paired t", "variance", "control patient mean", "", "95% CI", "n2",
        )),
    ],
)  # fmt: skip
def test_every_word_of_a_heading_has_to_be_understood(text, kinds, levels, direction, adjusted) -> None:
    read = read_heading(text, (GROUP, SEX), GROUP)
    assert (read.kinds, read.levels, read.direction, read.adjusted) == (kinds, levels, direction, adjusted)


def test_a_heading_says_how_many_people_there_are() -> None:
    read = read_heading("Controls (n = 1,120) Mean", (GROUP,), GROUP)
    assert (read.kinds, read.levels, read.people) == (("mean",), FIRST, 1120)
    read = read_heading("t(df = 198), patients > controls", (GROUP,), GROUP)
    assert (read.kinds, read.direction, read.freedom) == (("t",), 1, 198.0)
    assert read_heading("Cohen's d (198)", (GROUP,), GROUP).kinds == ()


def test_a_direction_is_said_once() -> None:
    assert direction_in("d: Patients minus Controls", GROUP)[0] == 1
    assert direction_in("patient - control, and control - patient", GROUP)[0] == 0
    assert direction_in("patient - control", None)[0] == 0
    sex = Question("sex", "categorical", ("1", "2"), ("M", "F"))
    assert direction_in("t_females-males", sex) == (1, "t  ")
    smokes = Question("smokes", "categorical", ("0", "1"), ("non-smokers", "current smokers"))
    assert direction_in("d non-smokers > current smokers", smokes) == (-1, "d  ")
    assert direction_in("outpatient - control", GROUP)[0] == 0


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Table 2. Thickness, patients > controls", 1),
        ("d is that of controls minus patients.", -1),
        ("Thickness, controls - patients", -1),
        ("Negative values indicate controls > patients", 1),
        ("Positive d: controls > patients; negative d: patients > controls", -1),
        ("Positive: patients > controls. Also controls > patients", 0),
        ("No region showed controls > patients at p < 0.05", 0),
        ("Bold: patients > controls", 0),
        ("* patients > controls", 0),
        ("Differences of patient-control pairs", 0),
        ("controls–patients comparison", 0),
    ],
)
def test_a_note_says_the_direction_of_all_numbers_or_of_none(text: str, direction: int) -> None:
    assert direction_around(text, GROUP) == direction


def test_digits_of_headings_may_be_codes() -> None:
    assert [numbers_in(text) for text in ("n1", "mean (group 2)", "mm2, 95% CI", "n = 5")] == [
        {"1"},
        {"2"},
        set(),
        set(),
    ]
