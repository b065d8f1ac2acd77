"""Cells of a paper's table: their numbers, and shapes that are not what the row tells."""

from __future__ import annotations

import pytest

from remembrain.survey.published.specs import Spec
from remembrain.survey.published.stated import Number, stated

MEAN, MEDIAN, PEOPLE = Spec("mean", "sd"), Spec("median", "quartiles"), Spec("count", "percent")


QUARTILES = Spec("median", "quartiles", alone=True)


def numbers(text: str, spec: Spec, decimal: str = ".") -> list[float] | None:
    found = stated(text, spec, decimal)
    return None if found is None else [one.value for one in found.numbers.values()]


@pytest.mark.parametrize(
    ("text", "spec", "decimal", "expected"),
    [
        ("52.3 (11.2)", MEAN, ".", [52.3, 11.2]),
        ("52.3 ± 11.2", MEAN, ".", [52.3, 11.2]),
        ("52·3 (11·2)", MEAN, ".", [52.3, 11.2]),
        ("52,3 (11,2)", MEAN, ",", [52.3, 11.2]),
        ("−1.5 (0.2)*", MEAN, ".", [-1.5, 0.2]),
        ("52.3", MEAN, ".", [52.3]),
        ("45 [38–61]", MEDIAN, ".", [38, 45, 61]),
        ("45 (38 to 61)", MEDIAN, ".", [38, 45, 61]),
        ("45 (38, 61)", MEDIAN, ".", [38, 45, 61]),
        ("45 (38-61)", MEDIAN, ".", [38, 45, 61]),
        ("45,5 (38,2; 61,0)", MEDIAN, ",", [38.2, 45.5, 61]),
        ("-0.5 (-1.2--0.3)", MEDIAN, ".", [-1.2, -0.5, -0.3]),
        ("1,234 (900-2,345)", MEDIAN, ".", [900, 1234, 2345]),
        ("45 (23)", MEDIAN, ".", [45]),
        ("12 (15.0%)", PEOPLE, ".", [12, 15]),
        ("12 (15,0 %)", PEOPLE, ",", [12, 15]),
        ("12/80 (15)", PEOPLE, ".", [12, 80, 15]),
        ("15.0% (12)", PEOPLE, ".", [12, 15]),
        ("1 234 (15)", PEOPLE, ".", [1234, 15]),
        ("15%", PEOPLE, ".", [15]),
        ("12*", PEOPLE, ".", [12]),
        ("1 (<1%)", PEOPLE, ".", [1]),
        ("1 (<0.1)", PEOPLE, ".", [1]),
        ("12 (15.0%)a", PEOPLE, ".", [12, 15]),
        ("23", Spec("count", "percent", unsure=True), ".", [23]),
        ("52.3 ± 11.2 (20–80)", MEAN, ".", [52.3, 11.2]),
        ("52.3 (11.2) [20 to 80]", MEAN, ".", [52.3, 11.2]),
        ("52.3 (11.2; 20–80)", MEAN, ".", [52.3, 11.2]),
        ("52,3 (11,2), 20–80", MEAN, ",", [52.3, 11.2]),
        ("-1.5 (0.2) [-9.1--0.3]", MEAN, ".", [-1.5, 0.2]),
        ("45 (38–61) [20–80]", MEDIAN, ".", [38, 45, 61]),
        ("38–61", QUARTILES, ".", [38, 61]),
        ("1-4", QUARTILES, ".", [1, 4]),
        ("[38, 61]", QUARTILES, ".", [38, 61]),
        ("-1.2--0.3", QUARTILES, ".", [-1.2, -0.3]),
        ("45 (38–61)", QUARTILES, ".", [38, 45, 61]),
        ("23", QUARTILES, ".", []),
        ("(11.2)", Spec("mean", "sd", alone=True), ".", [11.2]),
        *((f"52.3{text}", MEAN, ".", [52.3, 11.2]) for text in (
            " (±11.2)", "(± 11.2)", " (SD 11.2)", " (s.d. = 11.2)", "+-11.2", " ± 11.2a,b", " (11.2) a,b", " ± 11.2ᵃ",
        )),
        *((f"45 {text}", MEDIAN, ".", [38, 45, 61]) for text in ("(IQR 38–61)", "[IQR: 38–61]", "(38~61)")),
        *((text, PEOPLE, ".", [12, 15]) for text in ("12, 15%", "12; 15.0 %")),
        *((text, PEOPLE, ".", [12, 80, 15]) for text in ("12/80, 15%", "15% (12/80)")),
        ("12,15%", PEOPLE, ",", [12.15]),
        ("38", Spec("lower"), ".", [38]),
    ],
)  # fmt: skip
def test_every_way_to_write_them(text: str, spec: Spec, decimal: str, expected: list[float]) -> None:
    assert numbers(text, spec, decimal) == expected


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("52.3 (11.2%)", MEAN), ("52.3 (50.1, 54.5)", MEAN), ("5O (3)", MEAN), ("52.3 (-1)", MEAN),
        ("52,3 (11,2)", MEAN),
        ("45 (61, 38)", MEDIAN), ("70 (38, 61)", MEDIAN), ("45 ± 3", MEDIAN), ("45/80 (3)", MEDIAN),
        ("45 (SD 8)", MEDIAN), ("52.3 (IQR 11.2)", MEAN), ("39% (30–45)", PEOPLE),
        ("12.5 (15)", PEOPLE), ("12 (115)", PEOPLE), ("12 (3, 4)", PEOPLE), ("-12 (15)", PEOPLE), ("12 ± 3", PEOPLE),
        ("52.3 (11.2)", Spec("mean")), ("45 (38–61)", Spec("median")), ("twelve", PEOPLE), ("12 (15", PEOPLE),
        ("52.3 (11.2) [60–80]", MEAN), ("52.3 (20–80) [11.2]", MEAN), ("45 (38; 61–80)", MEDIAN), ("61–38", QUARTILES),
        ("38 (61)", Spec("lower")), ("12 (15) [3–4]", PEOPLE), ("52.3 (11.2) [20–80]", Spec("mean")),
        ("45 (23)", Spec("median", "quartiles", unsure=True)), ("52", Spec("mean", "sd", unsure=True)),
    ],
)  # fmt: skip
def test_what_has_another_shape_is_no_number(text: str, spec: Spec) -> None:
    assert stated(text, spec, ".") is None


@pytest.mark.parametrize(("text", "mark"), [("-", "-"), ("<5 (..)", "<5"), ("", ""), ("c", "c"), ("– (–)", "–")])
def test_marks_stand_for_all_numbers_of_a_cell(text: str, mark: str) -> None:
    found = stated(text, PEOPLE, ".")
    assert found is not None
    assert (dict(found.numbers), found.mark) == ({}, mark)


def test_a_width_between_quartiles_is_said_and_decimals_are_counted() -> None:
    found = stated("45.0 (23.15)", MEDIAN, ".")
    assert found is not None
    assert found.numbers == {"q50": Number(45.0, 1)}
    assert "width between quartiles" in found.note
    beside = stated("52.3 (18–90)", Spec("mean", "apart"), ".")
    assert beside is not None
    assert (beside.numbers, beside.note) == ({"mean": Number(52.3, 1)}, "what stands beside its numbers is not used")


def test_a_number_alone_in_a_row_of_spreads_is_one() -> None:
    found = stated("11.2", Spec("mean", "sd", alone=True), ".")
    assert found is not None
    assert dict(found.numbers) == {"sd": Number(11.2, 1)}
