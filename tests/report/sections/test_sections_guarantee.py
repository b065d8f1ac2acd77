"""What the page says of formal guarantees: loud where they are broken or void, and never more than was measured."""

from __future__ import annotations

import re

import pytest
from page_of import HOSTILE, head, kept, page, section, words

import example_guarantees
import example_runs

SEEDED = "the guarantee holds against nobody who has read it. A model to be released needs --secure-noise."


def box(found):
    return section(found, "run1-guarantee")


def set_to(**privacy):
    return lambda evidence: evidence["privacy"].update(privacy)


@pytest.mark.usefixtures("words_for_pictures")
def test_reports_without_the_key_say_nothing_of_it(tmp_path):
    for name, change in (("absent", None), ("null", lambda evidence: evidence.update(privacy=None))):
        found = page(example_runs.leaking(tmp_path / name, change))
        assert "Formal guarantee" not in found.text()
        assert "What is guaranteed" not in head(found)


def test_noise_from_the_seed_is_the_first_thing_said():
    found = kept(example_guarantees.seeded)
    (panel,) = (one for one in box(found).all("div") if "verdict" in one.attributes.get("class", ""))
    assert panel.all("h3")[0].text() == "A guarantee that holds against nobody who has read this report"
    assert panel.children[1].text().endswith(SEEDED)
    assert "it holds against nobody who has read that" in head(found)["What is guaranteed"]
    assert SEEDED not in kept(example_guarantees.secure).text()


def test_the_box_holds_every_fact():
    text = words(box(kept(example_guarantees.secure)))
    for part in (
        "epsilon 3 at delta 1 × 10⁻⁵, by the training itself",
        "2.98 at delta 1 × 10⁻⁵, by Opacus 1.6, Rényi; 2.71 by dp-accounting 0.6",
        "person; 400 people with at most 2 scans each",
        "Two sets of people are neighbours",
        "Poisson sampling",
        "noise multiplier 1.1 times a clipping norm of 1; drawn from the operating system’s generator",
        "500, each with 4 % of people",
        "noise multiplier 10, labels cut to 0 to 100",
        "kept: of 400 people the largest share was 1, and at most 1 is allowed",
        "About 200 people whose labels were shifted by 10 years; about 104 of them",
        "The choice of settings, where it was made by looking at members.",
        "claimed 3; at 95 % confidence at least 0.8; not contradicted",
        "99.58 % confidence",
        "104 + 96",
        "5 tried",
        "trade-off of what the model gives away",
    ):
        assert part in text, part


def test_a_contradiction_is_the_loudest_thing_and_comes_first():
    found = kept(example_guarantees.contradicted)
    section = found.all("section")[0]
    assert section.attributes["class"] == "verdict contradicted"
    assert section.all("h2")[0].text() == "Members can be recognised; the claimed guarantee is contradicted"
    assert next(iter(head(found))) == "What is guaranteed"
    assert head(found)["What is guaranteed"].startswith("contradicted Claimed is differential privacy with epsilon 3")
    assert "at least 4.1" in head(found)["What is guaranteed"]
    assert box(found).all("h3")[0].text() == "The claim is contradicted"
    marked = [one.text() for one in box(found).all("span") if "contradicted" in one.attributes.get("class", "")]
    assert marked == ["contradicted", "contradicted"]


def test_clipping_alone_is_no_guarantee():
    found = kept(example_guarantees.clipped)
    assert box(found).all("h3")[0].text() == "No formal guarantee"
    assert head(found)["What is guaranteed"].startswith("No formal guarantee is claimed. Everybody’s share")
    assert "spent" not in {figure.attributes["id"].split("-")[-1] for figure in found.all("figure")}


@pytest.mark.usefixtures("words_for_pictures")
def test_nothing_claimed_and_nothing_measured(tmp_path):
    verdict = {"status": "not assessed", "text": "nothing is claimed", "why": ""}
    change = set_to(training=None, claim=None, canaries=None, bounds=[], verdict=verdict)
    found = page(example_guarantees.secure(tmp_path / "run", change))
    assert head(found)["What is guaranteed"] == "No formal guarantee is claimed."
    assert "nothing here could contradict a claim" in box(found).text()


def test_every_learner_has_its_own_epsilon():
    found = kept(example_guarantees.federated)
    rows = [words(row) for row in box(found).all("table")[0].all("tr")[1:]]
    assert rows[0] == "learner-1 200 2.98 2.71 1.1 8 % 250"
    assert rows[2].startswith("learner-3 600 1.73")


@pytest.mark.usefixtures("words_for_pictures")
def test_a_share_above_the_bound_is_cried_out_whatever_the_verdict(tmp_path):
    check = {"people": 400, "largest": 1.2, "bound": 1.0}
    change = set_to(training=example_guarantees.training(secure_noise=True, clip_check=check))
    found = page(example_guarantees.secure(tmp_path / "run", change))
    assert head(found)["What is guaranteed"].startswith("failed ")
    assert "NOT KEPT" in box(found).text()
    assert "The check of clipping failed" in box(found).text()


@pytest.mark.usefixtures("words_for_pictures")
def test_controls_that_fail_are_said_beside_bounds_from_groups(tmp_path):
    def fail(evidence):
        evidence["controls"]["blind"].update(status="failed")
        evidence["findings"][0]["status"] = "confounded"

    assert "one from canaries does not" in page(example_guarantees.secure(tmp_path / "run", fail)).text()
    assert "one from canaries does not" not in kept(example_guarantees.secure).text()


@pytest.mark.usefixtures("words_for_pictures")
def test_a_bound_that_decides_nothing_is_shown_and_says_nothing_of_the_claim(tmp_path):
    other = {**example_guarantees.bound(7.77), "decides": False}
    bounds = [example_guarantees.bound(0.8), other]
    found = page(example_guarantees.secure(tmp_path / "run", set_to(bounds=bounds)))
    assert "Decides nothing here" in box(found).text()
    assert "7.77" in box(found).text()
    assert "7.77" not in found.all("section")[0].text()  # the head tells what decides
    assert "the greatest of" not in found.all("section")[0].text()


def test_what_is_not_a_number_is_no_guarantee(tmp_path):
    def spoil(evidence):
        evidence["privacy"]["training"].update(second_epsilon=float("inf"), clip_check=None)
        evidence["privacy"]["training"]["by_epoch"][3]["epsilon"] = float("nan")
        evidence["privacy"]["bounds"][1]["value"] = float("nan")

    text = box(page(example_guarantees.secure(tmp_path / "run", spoil))).text()
    assert not re.search(r"\b(None|nan|inf)\b", text)
    assert "no second opinion" in text
    assert "not assessed delta" in text


def test_texts_of_the_guarantee_stay_texts(tmp_path):
    def spoil(evidence):
        privacy = evidence["privacy"]
        privacy["training"].update(
            accountant=HOSTILE, unit=HOSTILE, neighbours=HOSTILE, sampling=HOSTILE, not_covered=[HOSTILE]
        )
        privacy["training"]["learners"][0]["name"] = HOSTILE
        privacy["bounds"][0].update(title=HOSTILE, source_title=HOSTILE, assumption=HOSTILE, paper=HOSTILE)
        privacy["verdict"].update(text=HOSTILE, why=HOSTILE)

    found = page(example_guarantees.federated(tmp_path / "run", spoil))
    assert not found.all("script")
    assert not found.all("img")
