"""What the page says beside the attacks: groups first, white-box gain, exposure, risk, leakage, self-test."""

from __future__ import annotations

from pathlib import Path

import example_runs
import pytest
from html_check import check_page

from remembrain.errors import DataError
from remembrain.report.write import write


def page(path: Path):
    return check_page(write([path]).read_text(encoding="utf-8"))


def headings(found) -> list[str]:
    return [heading.text() for heading in found.all("h2")]


@pytest.mark.usefixtures("words_for_pictures")
def test_the_groups_come_first_and_everything_has_its_place(tmp_path):
    found = headings(page(example_runs.everything(tmp_path / "run")))
    assert found == [
        "Members can be recognised",
        "Are members and non-members the same kind of people?",
        "Can these numbers be trusted?",
        "Findings",
        "Who could do this",
        "People",
        "The model, and its gap between members and others",
        "Attacks",
        "What the weights add to the predictions",
        "Who is exposed",
        "What it means to be named",
        "What was not tested",
        "Methods",
        "Reproduction",
        "Does this program measure what it says?",
        "Glossary",
    ]


def test_every_part_has_its_picture(tmp_path):
    run = example_runs.everything(tmp_path / "run")
    page(run)
    drawn = {path.stem for path in (run / "figures").glob("*.svg")}
    assert {"groups", "beyond", "exposed", "reliability", "overfitting"} <= drawn


@pytest.mark.usefixtures("words_for_pictures")
def test_the_shadow_model_stands_beside_the_target(tmp_path):
    text = page(example_runs.everything(tmp_path / "run")).text()
    assert "Shadow model, whom it was trained on 60 1.07" in text
    assert "Shadow model, others 61 3.51" in text
    assert "for 29 epochs" in text
    assert "hadow model, others" not in page(example_runs.differing(tmp_path / "without")).text()


@pytest.mark.usefixtures("words_for_pictures")
def test_groups_that_differ_are_said_in_the_summary_with_what_to_do(tmp_path):
    text = page(example_runs.differing(tmp_path / "run")).text()
    assert text.count("members and non-members differ in age (largest for age: +0.61)") >= 2
    assert "remembrain attack RUN --match" in text
    assert "until members and non-members are matched" in text


@pytest.mark.usefixtures("words_for_pictures")
def test_matched_people_are_told_with_who_was_left_out(tmp_path):
    def match(evidence):
        evidence["groups"] = example_runs.groups(matched=True)

    text = page(example_runs.everything(tmp_path / "run", match)).text()
    assert "231 members and 231 non-members who were paired by age, sex, site" in text
    assert "69 members and 68 non-members found no partner" in text
    assert "--match" not in text


@pytest.mark.usefixtures("words_for_pictures")
def test_small_groups_are_not_told(tmp_path):
    text = page(example_runs.everything(tmp_path / "run")).text()
    assert "Not told, because too few people were tested to form two groups: scans a person." in text
    assert "Intervals hold for all 8 groups together" in text


@pytest.mark.usefixtures("words_for_pictures")
def test_a_posterior_has_its_prior_rate_and_interval_or_its_reason(tmp_path):
    text = " ".join(page(example_runs.everything(tmp_path / "run")).text().split())
    assert "1 % 10 % 70 % 60 % to 80 % 7 % 2 % to 12 %" in text
    assert "150 non-members cannot resolve" in text
    assert "restricted/probabilities.tsv" in text


@pytest.mark.usefixtures("words_for_pictures")
def test_a_self_test_that_failed_is_said_beside_the_controls_too(tmp_path):
    text = page(example_runs.differing(tmp_path / "run")).text()
    assert "The last self-test of this program on this machine failed" in text
    assert "the figures of this report are not to be relied on" in text
    assert "NOT KEPT" in text
    assert "It was of another version than this audit" in text
    assert "The self-test was not run on this machine" in page(example_runs.leaking(tmp_path / "none")).text()


@pytest.mark.usefixtures("words_for_pictures")
def test_an_attacker_without_members_is_a_threat_of_its_own(tmp_path):
    text = page(example_runs.everything(tmp_path / "run")).text()
    assert "has scans of similar people" in text
    assert "Others (shadow model)" in text


@pytest.mark.parametrize("part", ["groups", "exposure"])
def test_texts_of_the_evidence_stay_texts(tmp_path, part):
    def attack(evidence):
        if part == "groups":
            evidence["groups"]["factors"][2]["level"] = "<script>alert(1)</script>"
            evidence["groups"]["why"] = "<img src=x onerror=alert(1)>"
        else:
            evidence["exposure"]["groups"][7]["level"] = "<script>alert(1)</script>"

    source = write([example_runs.everything(tmp_path / "run", attack)]).read_text(encoding="utf-8")
    assert "<script" not in source
    assert "<img" not in source


def test_numbers_that_are_none_are_not_drawn_as_numbers(tmp_path):
    def spoil(evidence):
        evidence["exposure"]["groups"][0]["auc"] = {"value": float("nan"), "low": 0.1, "high": 0.9}
        evidence["reliability"]["bins"][0]["observed"] = {"value": 0.2, "low": None, "high": None}
        evidence["target"]["leakage"]["slope"] = {"value": None, "low": None, "high": None}
        evidence["attacks"][2]["difference_from_best_black_box"]["low"] = float("inf")

    text = page(example_runs.everything(tmp_path / "run", spoil)).text()
    assert "nan" not in text.lower().replace("finance", "")
    assert "What the weights add to the predictions" not in text


def test_a_part_of_the_wrong_kind_is_refused(tmp_path):
    def spoil(evidence):
        evidence["exposure"]["cells"] = "many"

    with pytest.raises(DataError, match=r"exposure\.cells"):
        write([example_runs.everything(tmp_path / "run", spoil)])
