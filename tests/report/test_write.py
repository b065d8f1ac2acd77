"""The page as a whole: what every one must hold, whatever was audited and found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from html_check import check_page
from page_of import HOSTILE, RESOURCES, page, written

import example_defences
import example_guarantees
import example_runs
import example_surveys
from remembrain.errors import DataError, UsageError
from remembrain.report import write as report

EVERY = {**example_runs.EVERY, **example_guarantees.EVERY, **example_defences.EVERY, **example_surveys.EVERY}
NOT_A_COMFORT = "tables are protected more and more"


@pytest.fixture(scope="module", params=EVERY)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(EVERY[request.param](tmp_path_factory.mktemp("made") / "run"))


def test_page_is_well_formed_and_small(source: str) -> None:
    page = check_page(source)
    assert len(source.encode()) < 5_000_000
    assert page.all("main")
    assert page.all("nav")
    assert page.elements[0].attributes == {"lang": "en"}


def test_page_loads_nothing_and_runs_nothing(source: str) -> None:
    assert "http://" not in source
    assert "https://" not in source
    assert "<script" not in source
    assert not re.search(r"\son\w+\s*=", source)
    assert not RESOURCES.search(source), RESOURCES.search(source)


def test_page_never_comforts(source: str) -> None:
    comforts = r"\b(un)?safe(ly|ty)?\b|\bno risk\b|\blow risk\b|\bprotected\b|\bharmless\b"
    assert not re.search(comforts, source.replace(NOT_A_COMFORT, ""), re.IGNORECASE)


def test_page_shows_no_number_that_is_none(source: str) -> None:
    text = check_page(source).all("main")[0].text()
    assert not re.search(r"\b(nan|NaN|undefined|None)\b(?!: the| of | were|, the|;)", text.replace("none-None", ""))


def test_page_names_no_participant(source: str) -> None:
    assert example_runs.PARTICIPANT not in source
    assert "0.123456789" not in source


def test_every_figure_has_name_description_and_both_halves_of_a_caption(source: str) -> None:
    page = check_page(source)
    for figure in page.all("figure"):
        (picture,) = figure.all("svg")
        assert picture.attributes["role"] == "img"
        (title,), (description,) = picture.all("title"), picture.all("desc")
        assert title.text()
        assert description.text()
        (caption,) = figure.all("figcaption")
        assert "How to read it." in caption.text()
        assert "A bad picture:" in caption.text()
    assert len(page.all("svg")) == len(page.all("figure"))


@pytest.mark.usefixtures("words_for_pictures")
def test_sections_stand_in_order(tmp_path: Path) -> None:
    page = check_page(written(example_runs.leaking(tmp_path / "run")))
    assert [heading.text() for heading in page.all("h2")] == [
        "Members can be recognised",
        "Can these numbers be trusted?",
        "Findings",
        "Who could do this",
        "People",
        "The model, and its gap between members and others",
        "Attacks",
        "What was not tested",
        "Methods",
        "Reproduction",
        "Does this program measure what it says?",
        "Glossary",
    ]
    assert len(page.all("figure")) == 7


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    def spoil(evidence: Any) -> None:
        evidence["target"].update(name=HOSTILE, label=HOSTILE, unit=HOSTILE, input=HOSTILE, notes=[HOSTILE])
        evidence["target"]["layers"] = {HOSTILE: HOSTILE}
        evidence["target"]["recipe"]["optimiser"] = HOSTILE
        evidence["audit"].update(command=HOSTILE, created=HOSTILE, version=HOSTILE, versions={HOSTILE: HOSTILE})
        evidence["not_tested"] = [HOSTILE]
        evidence["people"]["groups"][0]["site"] = {HOSTILE: 20}
        for one in evidence["attacks"]:
            one.update(title=HOSTILE, paper=HOSTILE, knows=HOSTILE, needs=[HOSTILE])
        for one in evidence["findings"]:
            one.update(text=HOSTILE, why=HOSTILE)

    source = written(example_runs.leaking(tmp_path / "run", spoil))
    page = check_page(source)
    assert not page.all("script")
    assert not page.all("img")
    assert "{{ 7 * 6 }}" in page.text()
    assert "$\\frac{1}{2}$" in page.text()
    assert "\x07" not in source
    assert {"h1", "svg"} <= {element.tag for element in page.elements}


def test_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (example_runs.leaking(tmp_path / name) for name in ("one", "two"))
    assert written(first) == written(second)
    again = {path.name: path.read_bytes() for path in (first / "figures").glob("*.svg")}
    written(first)
    assert again == {path.name: path.read_bytes() for path in (first / "figures").glob("*.svg")}
    assert again == {path.name: path.read_bytes() for path in (second / "figures").glob("*.svg")}


def test_figures_are_files_of_their_own(tmp_path: Path) -> None:
    run = example_runs.leaking(tmp_path / "run")
    written(run)
    names = {path.stem for path in (run / "figures").glob("*.svg")}
    assert names == {"ages", "brain", "training", "forest", "roc", "errors", "leakage"}
    for path in (run / "figures").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "var(--" not in text
        assert "metadata" not in text
        assert text.startswith('<?xml version="1.0"')
        assert 'xmlns="http://www.w3.org/2000/svg"' in text
    assert not list(run.rglob("*.part"))


@pytest.mark.usefixtures("words_for_pictures")
def test_a_run_named_twice_stands_once(tmp_path: Path) -> None:
    run = example_runs.leaking(tmp_path / "run")
    assert len(check_page(written(run, run)).all("article")) == 1


def test_words_of_the_caller_are_checked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run folder"):
        report.write([])
    runs = [example_runs.leaking(tmp_path / name) for name in ("a", "b")]
    with pytest.raises(UsageError, match="no file for their report"):
        report.write(runs)
    assert not list(tmp_path.rglob("*.html"))


def test_a_broken_second_run_leaves_nothing_written(tmp_path: Path) -> None:
    good, bad = example_runs.leaking(tmp_path / "a"), example_runs.leaking(tmp_path / "b")
    (bad / "evidence.json").write_text("{")
    with pytest.raises(DataError, match=re.escape(str(bad / "evidence.json"))):
        report.write([good, bad], tmp_path / "both.html")
    assert not list(tmp_path.rglob("*.svg"))
    assert not list(tmp_path.rglob("*.html"))


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a run folder"):
        report.write([tmp_path])


def test_evidence_without_anything_optional_still_makes_a_page(tmp_path: Path) -> None:
    def bare(evidence: Any) -> None:
        del evidence["curves"], evidence["not_tested"]
        evidence["attacks"] = []
        evidence["findings"] = [{"attack": "overall", "status": "not assessed", "text": "Not assessed.", "why": ""}]
        evidence["people"]["groups"] = []

    run = example_runs.leaking(tmp_path / "run", bare)
    page = check_page(written(run))
    assert "No attack was run." in page.text()
    assert "no reason is recorded" in page.text()
    assert json.loads((run / "evidence.json").read_text())["attacks"] == []


def test_every_part_has_its_picture(tmp_path):
    run = example_runs.everything(tmp_path / "run")
    page(run)
    drawn = {path.stem for path in (run / "figures").glob("*.svg")}
    assert {"groups", "beyond", "exposed", "reliability", "overfitting"} <= drawn


def test_numbers_that_are_none_are_not_drawn_as_numbers(tmp_path):
    def spoil(evidence):
        evidence["exposure"]["groups"][0]["auc"] = {"value": float("nan"), "low": 0.1, "high": 0.9}
        evidence["reliability"]["bins"][0]["observed"] = {"value": 0.2, "low": None, "high": None}
        evidence["target"]["leakage"]["slope"] = {"value": None, "low": None, "high": None}
        evidence["attacks"][2]["difference_from_best_black_box"]["low"] = float("inf")

    text = page(example_runs.everything(tmp_path / "run", spoil)).text()
    assert "nan" not in text.lower().replace("finance", "")
    assert "What the weights add to the predictions" not in text
