"""Spreads and contrasts: what is published of them, and that each is the mean of something that people add."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_regions import PLAN, cell, people, published
from remembrain.errors import DataError
from remembrain.evidence.metrics import auc
from remembrain.record.table_settings import Adversary, Protection
from remembrain.survey.answers import MISSING, UNKNOWN
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.columns import Question
from remembrain.survey.layout import Plan, Statistic, lay_out
from remembrain.survey.moments import as_means
from remembrain.survey.published.reading import read_published
from remembrain.survey.release import Case, Survey, draw_release, look
from remembrain.survey.tables_csv import write_tables

AWARE = next(attack for attack in ATTACKS if attack.name == "correlation-aware")


def test_published_are_the_standard_deviation_and_cohens_d_of_every_cell() -> None:
    answers = people(80)
    answers.value[3, 0], answers.code[4, 0] = np.nan, MISSING
    layout, told = published(answers)
    x, group, site = answers.value[:, 0], answers.code[:, 0], answers.code[:, 1]
    kept = np.isfinite(x)
    assert told.share[cell(layout, "sd-region0")] == pytest.approx(np.std(x[kept], ddof=1))
    of_b = kept & (site == 1)
    assert told.share[cell(layout, "sd-region0-by-site", 1)] == pytest.approx(np.std(x[of_b], ddof=1))
    first, second = x[of_b & (group == 0)], x[of_b & (group == 1)]
    squares = (len(first) - 1) * first.var(ddof=1) + (len(second) - 1) * second.var(ddof=1)
    d = (second.mean() - first.mean()) / np.sqrt(squares / (len(first) + len(second) - 2))
    place = cell(layout, "contrast-region0-group-by-site", 1)
    assert told.share[place] == pytest.approx(d)
    assert (told.count[place], told.base[place]) == (len(first), len(first) + len(second))


def test_a_spread_with_its_mean_is_the_mean_of_what_each_person_adds() -> None:
    """However far the reference is from the group, and whatever weights people have."""
    group, reference = people(60), people(90, 1)
    reference.value[:] += 7
    layout, told = published(group)
    stood = as_means(layout, reference, group, told, n=60)
    for name in ("sd-region1", "sd-region1-by-site"):
        for level in range(2 if "site" in name else 1):
            place = cell(layout, name, level)
            column = [table.name for table in layout.tables].index(name)
            there = layout.cells_of(group)[:, column] == place
            assert stood.share[place] == pytest.approx(stood.asked[there, column].mean())


def test_what_the_adversary_lacks_of_a_person_adds_nothing_and_a_suppressed_cell_stays_so() -> None:
    group, reference = people(60), people(90, 1)
    asked = people(3, 2)
    asked.value[0, 0], asked.code[1, 0] = np.inf, UNKNOWN
    layout, told = published(group, rules=Protection(suppress_below=61))
    stood = as_means(layout, reference, asked, told, n=60)
    assert np.isnan(stood.share).all()
    names, cells = [table.name for table in layout.tables], layout.cells_of(asked)
    assert cells[0, names.index("sd-region0")] == cells[1, names.index("contrast-region0-group")] == UNKNOWN
    assert np.isfinite(stood.asked[cells >= 0]).all()


def told_from(plan: Plan, group_size: int, reliability: float = 1.0) -> float:
    """How well the correlation-aware attack tells members of a group from its numbers, mean of four releases."""
    aucs = []
    for seed in range(4):
        rng = np.random.default_rng([8, seed])
        answers = people(1200, seed, columns=40)
        adversary = Adversary(reference_size=600, reliability=reliability)
        survey = Survey(answers, lay_out(plan, answers, "[release]"))
        seen = look(draw_release(survey, Case(group_size, adversary=adversary), rng), rng)
        aucs.append(auc(seen.member, AWARE.score(seen.view, rng)))
    return float(np.mean(aucs))


def test_means_and_spreads_say_more_than_means_and_another_scan_less() -> None:
    """40 independent regions, 30 people: means alone Phi(sqrt(40 / 60) / sqrt(1 + 30 / 600)) = 0.787."""
    means = told_from(Plan(means="all"), 30)
    assert means == pytest.approx(0.787, abs=0.06)
    assert told_from(Plan(means="all", sds="all"), 30) > means + 0.03
    assert told_from(Plan(means="all"), 30, reliability=0.5) < means - 0.05
    effects = told_from(Plan(contrasts="all", contrast="group"), 60)
    assert effects == pytest.approx(0.72, abs=0.06)  # Phi(sqrt(40 / 120)), but for the reference


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (Plan(contrasts="all"), "contrasts without contrast"),
        (Plan(means="all", contrast="group"), "contrast without contrasts"),
        (Plan(contrasts="all", contrast="region0"), "the column 'region0' is numeric"),
        (Plan(contrasts="all", contrast="third"), r"'third' has 3 levels: x, y, z; expected two groups"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(plan: Plan, message: str) -> None:
    answers = people(30)
    third = Question("third", "categorical", ("x", "y", "z"), ("x", "y", "z"))
    more = replace(
        answers, categorical=(*answers.categorical, third), code=np.hstack([answers.code, answers.code[:, :1]])
    )
    with pytest.raises(DataError, match=message):
        lay_out(plan, more, "[release]")


def test_noise_is_refused_of_what_its_size_is_not_known_of() -> None:
    with pytest.raises(DataError, match="noise on 'sd-region0'"):
        published(people(30), Plan(sds="all"), Protection(noise_epsilon=1.0))


def test_what_is_written_is_read_again_and_a_papers_own_table_too(tmp_path) -> None:
    answers = people(80)
    layout, told = published(answers)
    questions = (*answers.categorical, *answers.numeric)
    write_tables(layout, told, tmp_path / "release")
    read, _ = read_published(tmp_path / "release", layout, questions)
    np.testing.assert_allclose(read.share, told.share, rtol=1e-8)
    np.testing.assert_allclose(read.count, told.count)
    np.testing.assert_allclose(read.base, told.base)
    alone = lay_out(Plan(means="all", sds="all"), answers, "[release]")
    paper = tmp_path / "paper.csv"
    names = [table.name for table in alone.tables]
    for cells in (
        "variable,n,mean,SD\nregion0,80,49.5,10.25\nregion1,80,52.5,9.75\n",
        "variable,n,mean (SD)\nregion0,80,49.5 (10.25)\nregion1,80,52.5 (9.75)\n",
    ):
        paper.write_text(cells)
        read, _ = read_published(paper, alone, questions)
        assert dict(zip(names, read.share.tolist(), strict=True)) == {
            "mean-region0": 49.5, "mean-region1": 52.5, "sd-region0": 10.25, "sd-region1": 9.75,
        }  # fmt: skip
        np.testing.assert_allclose(read.base, 80)


def test_a_cell_in_which_nobody_of_the_reference_stands_leaves_every_number_finite() -> None:
    """Of a mean by site that the reference knows nobody of, people are held against everybody's mean."""
    group, reference = people(60), people(90, 1)
    reference = reference.take(reference.code[:, 1] == 0)
    layout, told = published(group)
    for reliability in (1.0, 0.8):
        stood = as_means(layout, reference, group, told, n=60, reliability=reliability)
        assert np.isfinite(stood.asked).all()
        assert np.isfinite(stood.share).all()
    column = [table.name for table in layout.tables].index("mean-region0-by-site")
    stood = as_means(layout, reference, group, told, n=60)
    np.testing.assert_allclose(stood.asked[:, column], group.value[:, 0])


@pytest.mark.parametrize("statistic", ["d", *(pytest.param(one, marks=pytest.mark.slow) for one in ("t", "z"))])
def test_the_last_place_of_numbers_blurs_what_is_made_of_them(statistic: Statistic) -> None:
    """What means, spreads and contrasts of few decimals are taken for is off by what it says, over 50 groups."""
    known, off, blur = people(300, 1), [], []
    plan = replace(PLAN, contrast_as=statistic)
    place = {"mean": 1.0, "sd": 1.0, "contrast": 0.1}
    for seed in range(50):
        layout, exact = published(people(50, 3 + seed), plan)
        last = np.array([place[table.kind] for table in layout.tables])[layout.table_of]
        told = replace(exact, share=np.round(exact.share / last) * last, blur=last**2 / 12)
        stood, true = (as_means(layout, known, known, one, n=50) for one in (told, exact))
        off.append(stood.share - true.share)
        blur.append(stood.blur)
    ratio = np.mean(np.square(off), axis=0) / np.mean(blur, axis=0)
    for kind in place:
        assert ratio[layout.cells_of_kind(kind)].mean() == pytest.approx(1, abs=0.3)
    assert not true.blur.any()
