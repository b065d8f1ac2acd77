"""Columns of labels: what has one meaning is read and told, the rest is refused with the count."""

from __future__ import annotations

import pytest

from remembrain.cohort.labels import Labels, read_labels


def read(*cells: str, label: str = "age", units: str = "", declared: str = "participants.json") -> Labels:
    return read_labels(cells, label, where="t.tsv", units=units, declared=declared)


def notes(labels: Labels) -> list[str]:
    return [problem.what for problem in labels.problems if not problem.fatal]


def refusals(labels: Labels) -> list[str]:
    return [problem.what for problem in labels.problems if problem.fatal]


def test_plain_numbers_are_read_without_a_word() -> None:
    assert read("26", "26.5", " 7e1 ", "+30") == Labels((26.0, 26.5, 70.0, 30.0), ("",) * 4, ("",) * 4)


@pytest.mark.parametrize(
    ("cell", "years"),
    [
        ("26,9", 26.9),
        ("022Y", 22),
        ("264M", 22),
        ("010W", 10 * 7 / 365.25),
        ("010D", 10 / 365.25),
        ("26 years", 26),
        ("26\u00a0yrs", 26),
        ("26 y.o.", 26),
        ("26 years old", 26),
        ("26y", 26),
        ("26y6m", 26.5),
        ("26 years, 6 months", 26.5),
        ("26;6", 26.5),
        ("18 months", 1.5),
        ("26 Jahre", 26),
        ("P26Y", 26),
        ("P26Y6M", 26.5),
    ],
)
def test_an_age_with_one_meaning_is_read_and_told(cell: str, years: float) -> None:
    labels = read(cell, "40", "50")
    assert labels.values[0] == pytest.approx(years)
    assert labels.wrong == ("", "", "")
    assert len(notes(labels)) == 1
    assert notes(labels)[0].startswith("1 cells of age")


@pytest.mark.parametrize(
    "cell",
    [
        "1_0.5",
        "nan(0)",
        "inf",
        "-inf",
        "1e999",
        "0x1F",
        "٢٦",
        "２６",
        "26y12m",
        "twenty",
        "26 apples",
        "26M",
        "26F",
        "1,2,3",
        "--26",
    ],
)
def test_what_is_no_number_has_a_reason_and_no_value(cell: str) -> None:
    labels = read(cell, "40", "50", "60")
    assert labels.values == (None, 40.0, 50.0, 60.0)
    assert repr(cell) in labels.wrong[0]
    assert labels.summaries[0] == "age is not a number"


@pytest.mark.parametrize("cell", ["", "n/a", "NA", "NaN", "None", " null ", ".", "-", "#N/A", "#DIV/0!"])
def test_all_spellings_of_missing_are_missing(cell: str) -> None:
    labels = read(cell, "40")
    assert (labels.values, labels.wrong[0]) == ((None, 40.0), "age is missing")


@pytest.mark.parametrize(("cell", "bound"), [("89+", 89), (">89", 89), ("> 89 years", 89), (">=90", 90), ("≥90", 90)])
def test_a_bound_of_the_oldest_is_read_as_that_bound_and_told(cell: str, bound: float) -> None:
    labels = read("70", cell, "80", cell)
    assert labels.values == (70, bound, 80, bound)
    assert notes(labels) == [
        "2 cells of age are a bound for the oldest (as 89+), read as that bound: the least that these ages can be"
    ]


@pytest.mark.parametrize("cells", [("65+", "30", "40"), ("<18", "30", "40"), ("89+", "91", "40"), ("89+", "85+", "40")])
def test_any_other_bound_is_refused(cells: tuple[str, ...]) -> None:
    labels = read(*cells)
    assert labels.values[0] is None
    assert labels.summaries[0] == "age is a bound"


@pytest.mark.parametrize("cell", ["20-25", "20–25", "[20,25)", "(20, 25]", "20 to 25", "20-25 years"])
def test_a_range_is_refused(cell: str) -> None:
    labels = read(cell, "40", "50", "60")
    assert labels.values == (None, 40.0, 50.0, 60.0)
    assert labels.summaries[0] == "age is a range"


def test_a_column_of_ranges_is_one_problem_with_the_count() -> None:
    labels = read(*["20-25", "26-30"] * 40, "n/a")
    assert labels.values == (None,) * 81
    assert set(labels.wrong) == {""}
    (said,) = refusals(labels)
    assert said.startswith("80 of 80 cells of age are ranges and not values: bring a column with one number a person")
    assert "20-25" not in labels.problems[0].summary


# Units


@pytest.mark.parametrize("label", ["age", "Age", "AGE", "age_at_scan", "AgeYears", "Alter", "PTAGE", "edad", "age.MRI"])
def test_ages_lie_between_0_and_130_however_the_column_is_called(label: str) -> None:
    labels = read("264", "-3", "40", "50", "60", "70", label=label)
    assert labels.values[:2] == (None, None)
    assert labels.wrong[:2] == (f"{label} is 264, expected 0 to 130 years", f"{label} is -3, expected 0 to 130 years")


@pytest.mark.parametrize("label", ["score", "language", "image", "brain_age_gap", "age_group", "dosage", "average"])
def test_other_labels_may_have_any_value(label: str) -> None:
    assert read("264", "-3", label=label).values == (264.0, -3.0)


@pytest.mark.parametrize("units", ["months", "Months", "month", "mo", "age in months"])
def test_declared_units_are_converted_and_told(units: str) -> None:
    labels = read("72", "96", "120", units=units)
    assert labels.values == (6, 8, 10)
    assert notes(labels) == ["age is in months, as participants.json says, and is converted to years"]


@pytest.mark.parametrize(
    ("label", "cell", "years"),
    [("age_months", "96", 8), ("AgeInMonths", "96", 8), ("age_weeks", "52", 0.997), ("age.days", "1461", 4)],
)
def test_units_in_the_name_are_converted_and_told(label: str, cell: str, years: float) -> None:
    labels = read(cell, label=label)
    assert labels.values[0] == pytest.approx(years, abs=1e-3)
    assert "as its name says, and is converted to years" in notes(labels)[0]


@pytest.mark.parametrize(
    ("label", "units", "said"),
    [("age", "lustra", "says that age is in 'lustra'"), ("age_months", "years", "and its name says months")],
)
def test_units_that_are_unknown_or_contradict_are_refused(label: str, units: str, said: str) -> None:
    labels = read("96", "70", label=label, units=units)
    assert labels.values == (None, None)
    assert said in refusals(labels)[0]


def test_a_unit_in_the_cell_goes_before_that_of_the_column() -> None:
    assert read("022Y", "264M", units="months").values == (22, 22)


def test_numbers_that_may_be_months_are_asked_about() -> None:
    labels = read(*map(str, range(72, 121)))
    assert labels.values == (None,) * 49
    assert "--label-units" in refusals(labels)[0]
    assert read(*map(str, range(72, 121)), units="years").values[0] == 72
    old = read("70", "75", "80", "101")
    assert old.values[-1] == 101, "there are people of that age"
    assert notes(old) == ["1 of 4 ages are above 100 years, and nothing says their unit"]


def test_years_of_birth_and_days_are_asked_about() -> None:
    for cells in (map(str, range(1950, 1990)), map(str, range(9000, 9040))):
        assert "nothing says their unit" in refusals(read(*cells))[0]


def test_units_of_what_is_no_age_change_nothing() -> None:
    assert read("96", label="score", units="points").values == (96,)


# Codes, commas, text


@pytest.mark.parametrize("code", ["-9999", "-999", "-9", "99", "999", "0"])
def test_a_code_for_missing_far_outside_the_rest_is_asked_about(code: str) -> None:
    labels = read("20", "21", "22", "23", "24", "25", code)
    assert labels.values[-1] is None
    assert labels.values[0] == 20


def test_the_same_number_among_others_is_a_value() -> None:
    assert read("20", "60", "70", "85", "90", "95", "99").values[-1] == 99
    assert read("-999", "-500", "-250", "0", "100", "400", label="score").values[0] == -999


def test_commas_that_may_separate_thousands_are_refused_and_others_read() -> None:
    assert "may be 1234 or 1.234" in refusals(read("1,234", "2,345", label="score"))[0]
    assert read("1,234", "2,3", label="score").values == (1.234, 2.3)
    assert read("26,912", "27,125").values == (26.912, 27.125)


def test_a_column_of_text_is_one_problem() -> None:
    labels = read("young", "old", "old", "old", "50")
    assert labels.values == (None,) * 5
    assert "--label names the column" in refusals(labels)[0]


def test_nothing_at_all_is_read_as_nothing() -> None:
    assert read() == Labels((), (), ())


def test_ages_may_be_taken_as_they_stand_for_a_model_that_predicts_their_unit() -> None:
    labels = read("264", "360,5", "n/a", label="age_months", units="unchanged", declared="--label-units")
    assert labels.values == (264, 360.5, None)
    assert notes(labels)[-1] == "age_months is taken as it stands, whatever its unit, as --label-units says"
    assert read("022Y", "264", "300", units="unchanged").values[0] is None
