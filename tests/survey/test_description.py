"""What is said of an audit of tables beside findings: what was published, what each table adds, what was not tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from made_survey import EVERYTHING, made
from remembrain.record.table_settings import Adversary, Blur, Protection
from remembrain.run import Key
from remembrain.survey.attacks import ATTACKS
from remembrain.survey.description import describe_contributions, describe_tables, not_tested
from remembrain.survey.layout import lay_out
from remembrain.survey.looks import Attacked, attack_release, chosen
from remembrain.survey.release import Case, Release, Survey, draw_release

PLAIN = chosen(["inner-product"])


@pytest.fixture(scope="module")
def release() -> Release:
    """Tables of 150 of 400 people, of which small cells are suppressed."""
    answers = made(400, weighted=True)
    case = Case(150, Protection(suppress_below=5), Adversary(reference_size=80), tested=60)
    return draw_release(Survey(answers, lay_out(EVERYTHING, answers, "")), case, np.random.default_rng(0))


@pytest.fixture(scope="module")
def attacked(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Attacked]:
    folder: Path = tmp_path_factory.mktemp("kept")
    return attack_release(release, PLAIN, repeats=2, seed=3, folder=folder, key=Key.of(people="made"), workers=1)


def test_tables_are_counted_with_what_is_hidden_of_them(release: Release, attacked: Sequence[Attacked]) -> None:
    tables = describe_tables(release, attacked[0], "answers.csv", "w", Blur(decimals=1))
    hidden = np.isnan(release.published.share)
    assert [table.name for table in tables.tables] == [table.name for table in release.survey.layout.tables]
    assert sum(table.cells for table in tables.tables) == tables.cells == len(hidden)
    assert sum(table.suppressed for table in tables.tables) == tables.suppressed == hidden.sum() > 0
    last = release.survey.layout.tables[-1]
    assert tables.tables[-1].suppressed == hidden[last.start :].sum()
    assert (tables.people, tables.group, tables.audited_group, tables.given) == (400, 150, 150, False)
    assert (tables.reference, tables.reference_file, tables.n_taken) == (80, False, 150)
    assert (tables.tested_members, tables.tested_others) == (60, 60)
    weight = release.survey.answers.weight[release.group]
    assert tables.effective == pytest.approx(weight.sum() ** 2 / np.square(weight).sum())
    assert (tables.protection.suppress_below, tables.adversary.reference_size) == (5, 80)
    assert (tables.blur, tables.measured) == (None, None)
    declared = Blur(decimals=1)
    read = replace(release, given=True, reading=("t.csv: columns that are not used: year",))
    given = describe_tables(read, attacked[0], "answers.csv", None, declared)
    assert (given.blur, given.reading) == (declared, read.reading)


def test_each_table_is_taken_alone_and_taken_away(release: Release, attacked: Sequence[Attacked]) -> None:
    contributions = describe_contributions(release, attacked)
    assert contributions.attack == "correlation-aware"
    assert {row.part for row in contributions.rows} == {table.name for table in release.survey.layout.tables}
    column = 1
    row = next(row for row in contributions.rows if row.part == release.survey.layout.tables[column].name)
    alone, without = (
        np.mean([roc_auc_score(repeat.member, score(repeat.parts)[:, column]) for repeat in attacked])
        for score in (lambda parts: parts.alone, lambda parts: parts.without)
    )
    whole = np.mean([roc_auc_score(repeat.member, repeat.parts.whole) for repeat in attacked])
    assert row.alone.value == pytest.approx(alone)
    assert row.added.value == pytest.approx(whole - without)


def test_what_was_not_tested_hangs_on_how_tables_were_published(release: Release) -> None:
    def said(changed: Release, attacks=ATTACKS) -> str:
        return "\n".join(not_tested(changed, attacks))

    def ruled(**rules) -> Release:
        return replace(release, case=replace(release.case, rules=Protection(**rules)))

    assert "kept out" not in said(release)
    assert "150 people: in each repeat 30 of them were kept out" in said(replace(release, n=120.0))
    assert "kept out" not in said(replace(release, n=120.0, given=True))
    assert ("Subtraction" in said(ruled(suppress_below=5, complementary=False))) is True
    assert "Subtraction" not in said(ruled(suppress_below=5)) + said(ruled(complementary=False))
    assert "epsilon of the noise" in said(ruled(noise_epsilon=1.0))
    assert "epsilon of the noise" not in said(release)
    assert "columns count and of" in said(release)
    assert "columns count and of" not in said(replace(release, given=True))
    assert "not asked for: correlation-aware, distance, learned, likelihood-ratio" in said(release, PLAIN)
    assert "not asked for" not in said(release)
