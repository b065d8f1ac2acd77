"""Tables of a row a region from end to end: one release in every form is the same, a mutated one is never misread."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_regions import GROUPS, people, published
from regional_forms import FORMS, LAYOUT, PEOPLE, QUESTIONS, ROWS, TRUE, as_csv, d_alone, same, workbook
from remembrain.config import SurveyConfig
from remembrain.errors import ProblemsError
from remembrain.evidence.metrics import auc
from remembrain.record.table_settings import Blur
from remembrain.study.survey.input import read_survey, release_of
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.layout import Layout, Plan
from remembrain.survey.one_table import write_one_table
from remembrain.survey.protection import Published
from remembrain.survey.published.reading import Rules, read_published
from remembrain.survey.release import look
from remembrain.survey.tables_csv import write_tables

AWARE = next(attack for attack in ATTACKS if attack.name == "correlation-aware")

PLAIN = as_csv(ROWS)


def read(folder: Path, text: str, layout: Layout = LAYOUT, **blur: object) -> tuple[Published, list[str]]:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return read_published(path, layout, QUESTIONS, Rules(blur=Blur(**blur)))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_a_release_is_the_same_in_every_form(tmp_path: Path, form: str) -> None:
    found, notes = read(tmp_path, FORMS[form]())
    same(found)
    assert [note for note in notes if " is read as " not in note] == []


def test_a_release_is_that_of_a_file_a_number(tmp_path: Path) -> None:
    write_tables(LAYOUT, TRUE, tmp_path / "release")
    own, _ = read_published(tmp_path / "release", LAYOUT, QUESTIONS)
    found, _ = read(tmp_path, PLAIN)
    same(found, own)
    np.testing.assert_allclose(found.blur, own.blur, atol=1e-14)
    np.testing.assert_allclose(found.half, own.half, atol=1e-6)


def test_what_is_not_used_is_named(tmp_path: Path) -> None:
    found, notes = read(tmp_path, line(0, lambda row: [*row[:-2], "se_patient", "d"]).replace("region1,", "insula,", 0))
    assert np.isnan(found.share).sum() == 5
    assert "table.csv: columns that are not used: se_patient" in notes


def test_a_workbook_is_read_as_text_is(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl", reason="the extra excel is not installed")
    workbook(tmp_path / "table.xlsx")
    same(read_published(tmp_path / "table.xlsx", LAYOUT, QUESTIONS)[0])


def swapped(one: str, other: str, text: str = PLAIN) -> str:
    """Return a table two of whose headings are exchanged."""
    names = {one: other, other: one}
    head, _, rest = text.partition("\n")
    return ",".join(names.get(name, name) for name in head.split(",")) + "\n" + rest


def line(place: int, change: Callable[[list[str]], list[str] | None], text: str = PLAIN) -> str:
    """Return a table one of whose rows is changed, or gone."""
    lines = [row.split(",") for row in text.splitlines()]
    lines[place] = change(lines[place]) or []
    return "\n".join(",".join(cells) for cells in lines if cells) + "\n"


HEAD = PLAIN.partition("\n")[0]
_APART = "a mean of .*, and .* in its groups together"
MUTATED = {
    "mean and spread exchanged": (swapped("mean", "sd"), "a standard deviation of 54.9.*, and 9.6"),
    "groups of people exchanged": (swapped("n_control", "n_patient"), _APART),
    "means of groups exchanged": (swapped("mean_control", "mean_patient"), _APART),
    "another number of people": (line(1, lambda row: [*row[:4], "52", *row[5:]]), "in its groups together"),
    "the other direction said": (
        PLAIN.replace(",d\n", ",d (control - patient)\n"),
        r"d of region0 is 0\.279604, .* says a d of 0\.276 to 0\.28.*: its direction is the other one",
    ),
    "one contrast": (line(3, lambda row: [*row[:-1], "0.2"]), r"d of region2 is 0\.2, and .* a d of 0\.787 to 0\.797"),
    "a region gone": (line(2, lambda _: None), "no table of the mean of region1, the mean of region1 by group"),
    "a region twice": (PLAIN + PLAIN.splitlines()[1] + "\n", r"stands twice: region0 \(lines 2 and 7\)"),
    "a region of another name": (
        line(2, lambda row: ["lh_insula", *row[1:]]), "rows of what is no column .* not used: lh_ins",
    ),
    "regions of other names": (PLAIN.replace("region", "lh_").replace("lh_,", "ROI,"), "name both alike"),
    "a group of another name": (PLAIN.replace("_control", "_HC"), "columns that are not used: n_HC, mean_HC, sd_HC"),
    "a word for a number": (line(1, lambda row: [row[0], "ninety", *row[2:]]), "line 2: 'ninety' below 'n' is no num"),
    "another table below": (PLAIN + HEAD.replace("n_", "m_") + "\n", "line 7: is another heading"),
    "a contrast of no name": (PLAIN.replace(",d\n", ",effect size\n"), "what effect size is is not said: name it d"),
    "an adjusted contrast": (PLAIN.replace(",d\n", ",d_icv\n"), r"d_icv is adjusted for covariates, and"),
    "adjusted by a note": (PLAIN + "Note. d is adjusted for age and sex.\n", r"d is adjusted for covariates \(Note"),
    "nothing that is known": (PLAIN.replace("mean", "b").replace("sd", "se").replace(",d\n", ",R\n"), "no heading s"),
    "a part of a cell": (FORMS["in brackets"]().replace(" (10.06", " 10.06", 1), "no number with another in brackets"),
    "a level of nobody": (FORMS["long"]().replace("region1,control", "region1,HC"), "line 6: 'HC' is no level"),
}  # fmt: skip


@pytest.mark.parametrize("mutated", MUTATED)
def test_a_mutated_table_is_refused_and_says_why(tmp_path: Path, mutated: str) -> None:
    text, message = MUTATED[mutated]
    assert text != PLAIN
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path, text)
    assert any(re.search(message, str(problem)) for problem in raised.value.problems), str(raised.value)


def contrasts(statistic: str) -> tuple[Layout, Published]:
    return published(PEOPLE, Plan(contrasts="all", contrast="group", contrast_as=statistic))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("heading", "of", "as_"),
    [
        ("Cohen's d (patients - controls)", "d", "d"),
        ("t (patient > control)", "t", "t"),
        ("t stat. patients minus controls", "t", "d"),
        ("z_patient-control", "z", "t"),
        ("cohens_d (patient - control)", "d", "z"),
    ],
)
def test_contrasts_alone_are_told_as_the_release_tells_them(tmp_path: Path, heading: str, of: str, as_: str) -> None:
    layout, true = contrasts(as_)
    found, notes = read(tmp_path, d_alone(heading, statistic=of), layout)
    same(found, true)
    assert any(f"{of} is made {as_}" in note for note in notes) == (of != as_)


def test_hedges_g_is_cohens_d_times_a_number_of_the_people(tmp_path: Path) -> None:
    layout, true = contrasts("d")
    free = int(true.base[0]) - 2
    found, _ = read(tmp_path, d_alone("Hedges' g (patient - control)", 1 - 3 / (4 * free - 1)), layout)
    np.testing.assert_allclose(found.share, true.share, rtol=1e-4)
    with pytest.raises(
        ProblemsError, match=r"g of region0, region1.* cannot be told as d, .* without the people of both"
    ):
        read(tmp_path, d_alone("g (patient - control)", n=False), layout)


def test_which_group_is_taken_from_which_is_asked_or_declared(tmp_path: Path) -> None:
    layout, true = contrasts("d")
    text = d_alone("d", -1.0)
    with pytest.raises(ProblemsError, match=r"whether d is patient - control or the other way round is not told"):
        read(tmp_path, text, layout)
    found, notes = read(tmp_path, text, layout, direction="control - patient")
    same(found, true)
    assert "table.csv: d is read as control - patient, as is declared, and turned" in notes
    with pytest.raises(
        ProblemsError, match=r"'HC - patient' names no two groups; expected such as 'patient - control'"
    ):
        read(tmp_path, text, layout, direction="HC - patient")
    titled, _ = read(tmp_path, f"Table 3: Controls minus patients\n{text}", layout)
    same(titled, true)
    with pytest.raises(ProblemsError, match="say another direction of d than"):
        read(tmp_path, f"Table 3: Controls minus patients\n{text}", layout, direction="patient - control")


def test_an_adjusted_contrast_is_taken_for_a_plain_one_where_that_is_declared(tmp_path: Path) -> None:
    layout, true = contrasts("d")
    found, notes = read(tmp_path, d_alone("d_icv (patient - control)"), layout, adjusted=True)
    same(found, true)
    assert any("adjusted, and of residuals of the same covariates, as is declared" in note for note in notes)
    both = "\n".join(f"{row},{'adjusted d' if not place else 9}" for place, row in enumerate(PLAIN.splitlines()))
    found, notes = read(tmp_path, both)
    same(found)
    assert "table.csv: columns that are not used: adjusted d" in notes


def test_p_values_are_those_of_the_groups(tmp_path: Path) -> None:
    layout, true = contrasts("p")
    found, _ = read(tmp_path, d_alone("p.value", statistic="p"), layout)
    same(found, true)
    with_p = [f"{row},{'p' if not place else 0.9}" for place, row in enumerate(PLAIN.splitlines())]
    _, notes = read(tmp_path, "\n".join(with_p))
    assert any("p = 0.9" in note and "no t test" in note for note in notes)


def test_an_attack_does_as_well_on_one_table_as_on_a_file_a_number(tmp_path: Path) -> None:
    """Of 60 of 160 people, with 340 others as the reference."""
    answers = people(500, 3, columns=12)
    rows = pd.DataFrame(answers.value, columns=[one.name for one in answers.numeric])
    rows.insert(0, "group", np.array(GROUPS.titles)[answers.code[:, 0]])
    rows[:160].assign(member=np.arange(160) < 60).astype({"member": int}).to_csv(tmp_path / "people.csv", index=False)
    rows[160:].to_csv(tmp_path / "others.csv", index=False)
    plan = {"means": "all", "sds": "all", "contrasts": "all", "contrast": "group"}
    layout, true = published(answers.take(np.arange(60)), Plan(**plan))  # type: ignore[arg-type]
    write_tables(layout, true, tmp_path / "files")
    write_one_table(layout, true, tmp_path / "one.csv")
    files = {"source": tmp_path / "people.csv", "reference": tmp_path / "others.csv"}
    found = []
    for tables in ("files", "one.csv"):
        config = SurveyConfig.model_validate({"release": plan, "tables": tmp_path / tables, **files})
        seen = look(release_of(config, read_survey(config)), np.random.default_rng(0))
        found.append(auc(seen.member, AWARE.score(seen.view, np.random.default_rng(0))))
    assert found[0] > 0.6
    assert found[1] == pytest.approx(found[0], abs=1e-3)


def test_a_file_of_one_contrast_is_of_that_which_the_release_tells(tmp_path: Path) -> None:
    layout, true = contrasts("d")
    (path,) = [one for one in write_tables(layout, true, tmp_path / "t") if "region1" in one.name]
    path.write_text(path.read_text().replace("contrast", "Cohen's d"))
    same(read_published(tmp_path / "t", layout, QUESTIONS)[0], true)
    path.write_text(path.read_text().replace("Cohen's d", "t value"))
    with pytest.raises(ProblemsError, match=r"'t value' is t, and \[release\] tells contrasts as d: say"):
        read_published(tmp_path / "t", layout, QUESTIONS)


def test_degrees_of_freedom_are_those_of_students_t(tmp_path: Path) -> None:
    layout, true = contrasts("t")
    text = d_alone("t (patient - control)", statistic="t", n=False)
    with_df = [f"{row},{'df' if place == 0 else 88}" for place, row in enumerate(text.splitlines())]
    found, _ = read(tmp_path, "\n".join(with_df), layout)
    np.testing.assert_allclose(found.share, true.share)
    np.testing.assert_array_equal(found.base, true.base)
    found, _ = read(tmp_path, text.replace("t (patient", "t(88) (patient"), layout)
    np.testing.assert_array_equal(found.base, true.base)
    with pytest.raises(ProblemsError, match=r"region1: 84\.3 degrees of freedom are not those of Student's t"):
        read(tmp_path, "\n".join([*with_df[:2], with_df[2].removesuffix("88") + "84.3", *with_df[3:]]), layout)
