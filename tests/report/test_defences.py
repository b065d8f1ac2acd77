"""A comparison of defences: what it refuses, and that it is written like any page."""

from __future__ import annotations

import json
import re

import pytest
from html_check import check_page
from page_of import HOSTILE, page, table, written

import example_defences
from remembrain.errors import DataError
from remembrain.report import write as report


def beaten(found):
    found["settings"][0].update(pareto_auc=True)


def wrong_attack(found):
    one = found["settings"][13]
    one["headline"] = example_defences.HEADLINE
    one["attacks"][example_defences.HEADLINE] = one["attacks"]["logistic"]


def silent(found):
    one = found["settings"][4]
    one["attacks"][one["headline"]]["status"] = "not assessed"
    one.update(pareto_auc=False, pareto_tpr=False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (beaten, "Undefended is said to be beaten by no setting"),
        (wrong_attack, "acts on predictions alone, but its attack network:gradient:output needs weights"),
        (silent, "is not detected, but network:gradient:output was not assessed"),
        (lambda found: found.update(kind="other"), "kind: "),
        (lambda found: found["settings"][2].update(protects="both"), r"settings\.2\.protects"),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_written(tmp_path, change, said):
    folder = example_defences.compared(tmp_path / "run", change)
    with pytest.raises(DataError, match=said):
        report.write([folder])
    assert sorted(path.name for path in folder.iterdir()) == ["defences.json", "run.json"]


def test_a_folder_without_a_comparison(tmp_path):
    for name, text in (("run.json", '{"schema": 1}'), ("grid.json", "{}")):
        (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=r"defences\.json: no such file"):
        report.write([tmp_path])


def test_texts_of_the_comparison_stay_texts(tmp_path):
    def spoil(found):
        found["target"].update(name=HOSTILE, form=HOSTILE, label=HOSTILE, unit=HOSTILE)
        found["audit"].update(command=HOSTILE, created=HOSTILE, version=HOSTILE, versions={HOSTILE: HOSTILE})
        found["people"]["source"] = HOSTILE
        found["headline"].update(title=HOSTILE, why=HOSTILE, knows=HOSTILE, access=HOSTILE)
        found["attacks"][0].update(title=HOSTILE, access=HOSTILE, knows=HOSTILE)
        found["cost_of_trying"]["text"] = HOSTILE
        found["published"]["slopes"][0]["network"] = found["published"]["network"] = HOSTILE
        found["head"] = [{"question": HOSTILE, "answer": HOSTILE}]
        found["failed"] = [{"setting": HOSTILE, "why": HOSTILE}]
        for one in found["settings"]:
            one.update(title=HOSTILE, parameter=HOSTILE, paper=HOSTILE, runs=[HOSTILE])
            one["finding"]["text"] = HOSTILE
        found["settings"][1]["lower_bound"]["estimator"] = HOSTILE

    source = written(example_defences.compared(tmp_path / "run", spoil))
    found = check_page(source)
    assert not found.all("script")
    assert not found.all("img")
    assert "{{ 7 * 6 }}" in found.text()
    assert "\x07" not in source


def test_numbers_that_are_none_are_left_out_of_figures(tmp_path):
    def spoil(found):
        found["settings"][1]["mae"]["high"] = float("inf")
        found["settings"][2]["attacks"][example_defences.HEADLINE]["auc"]["value"] = float("nan")
        found["settings"][2]["finding"]["status"] = "not assessed"
        found["settings"][3]["epsilon"]["value"] = float("inf")
        found["settings"][4]["lower_bound"]["value"] = float("nan")
        found["mean_predictor"] = float("nan")
        found["line"]["slope"]["low"] = float("-inf")
        for one in found["settings"]:
            one.update(pareto_auc=False, pareto_tpr=False)

    found = page(example_defences.compared(tmp_path / "run", spoil))
    assert not re.search(r"\b(nan|inf)\b", found.all("main")[0].text())
    assert len(found.all("figure")) == 4
    assert table(found, "does and costs")[3].startswith(
        "4 Differential privacy, by noise noise multiplier: 1 the weights none"
    )


def test_the_same_file_gives_the_same_bytes(tmp_path):
    first, second = (example_defences.compared(tmp_path / name) for name in ("one", "two"))
    assert written(first) == written(second)
    pictures = [{path.name: path.read_bytes() for path in (run / "figures").glob("*.svg")} for run in (first, second)]
    assert pictures[0] == pictures[1]
    assert set(pictures[0]) == {"tradeoff.svg", "tradeoff-tpr.svg", "overfitting.svg", "epsilon.svg"}
    assert b"var(--" not in pictures[0]["tradeoff.svg"]


@pytest.mark.usefixtures("words_for_pictures")
def test_it_goes_where_it_is_told(tmp_path):
    folder = example_defences.few(tmp_path / "run")
    out = tmp_path / "deep" / "page.html"
    written(folder, out=out)
    assert json.loads((folder / "defences.json").read_text())["kind"] == "defences"
    assert not (folder / "report.html").exists()
