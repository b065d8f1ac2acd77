"""The page of a comparison of defences: what it must hold, and what it refuses."""

from __future__ import annotations

import json
import re

import example_defences
import pytest
from html_check import check_page
from test_page import HOSTILE, RESOURCES

from remembrain.errors import DataError
from remembrain.report.write import write

SPACE = "\N{NO-BREAK SPACE}"


def written(folder, out=None):
    path = write([folder], out)
    assert path == (out or folder / "report.html")
    return path.read_text(encoding="utf-8")


def page(folder):
    return check_page(written(folder))


def words(element):
    return element.text().replace(SPACE, " ")


def table(found, caption):
    (one,) = (each for each in found.all("table") if caption in each.text())
    return [words(row) for row in one.all("tr")[1:]]


@pytest.fixture(scope="module", params=example_defences.EVERY)
def source(request, tmp_path_factory):
    return written(example_defences.EVERY[request.param](tmp_path_factory.mktemp("made") / "run"))


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    return page(example_defences.compared(tmp_path_factory.mktemp("compared") / "run"))


def test_every_page_is_well_formed_offline_and_without_comfort(source):
    found = check_page(source)
    assert len(source.encode()) < 2_000_000
    assert not re.search(r"https?://|<script|\son\w+\s*=", source)
    assert not RESOURCES.search(source)
    assert not re.search(
        r"\b(un)?safe(ly|ty)?\b|\bno risk\b|\blow risk\b|\bprotected\b|\bharmless\b", source, re.IGNORECASE
    )
    assert not re.search(r"\b(None|nan|NaN|undefined)\b", found.all("main")[0].text().replace("none-None", ""))
    for figure in found.all("figure"):
        assert "How to read it." in figure.text()
        assert "A bad picture:" in figure.text()
        (picture,) = figure.all("svg")
        assert picture.all("title")[0].text()
        assert picture.all("desc")[0].text()


def test_sections_stand_in_order(compared):
    assert [heading.text() for heading in compared.all("h2")] == [
        "Members are recognised under 13 of 16 settings; not shown under three",
        "What each setting gives away, and what it costs",
        "Every setting",
        "Leakage and overfitting",
        "Under differential privacy",
        "What trying many settings costs",
        "Who could do this",
        "What was found, setting by setting",
        "What this page cannot tell",
        "Reproduction",
        "Glossary",
    ]
    assert [figure.attributes["id"] for figure in compared.all("figure")] == [
        "all-figure-tradeoff",
        "all-figure-tradeoff-tpr",
        "all-figure-overfitting",
        "all-figure-epsilon",
    ]


def test_a_row_a_setting_with_all_that_it_gives_away(compared):
    rows = table(compared, "still gives away")
    assert len(rows) == 16
    assert rows[2] == (
        "3 Differential privacy, by noise noise multiplier: 0.5 recognised weights 200 + 201 tested 0.60 0.56 to 0.64 "
        "2.4 % 0 % to 5.4 % 58 % 53 % to 62 % AUC 0.57 0.53 to 0.61 Logistic regression on prediction, label and error "
        "AUC, TPR"
    )
    assert rows[13].startswith("14 Rounded predictions step, years: 1 recognised outputs 200 + 201 tested Logistic")


def test_a_row_a_setting_with_all_that_it_costs(compared):
    rows = table(compared, "does and costs")
    assert rows[0] == "1 Undefended – none – 1.05 0.92 to 1.18 2.95 2.74 to 3.16 +1.90 +1.66 to +2.14"
    assert rows[1] == (
        "2 Differential privacy, by noise noise multiplier: 0.3 the weights 118 delta 1 × 10⁻⁵ second opinion 109 "
        "1.4 95 % confidence gaussian-dp 2.40 2.27 to 2.53 3.30 3.09 to 3.51 +0.90 +0.66 to +1.14"
    )
    assert "released predictions alone" in rows[14]


def test_people_seeds_intervals_threats_and_costs_are_said(compared):
    text = words(compared.all("main")[0])
    for part in (
        "Every setting was trained with seeds 0, 1 and 2; of one seed, all settings have the same members.",
        "400 members, in one place; the scans of 400 non-members",
        "200 members and 201 non-members are tested in each. 95 % intervals are for other people",
        "is not taken to shrink with the number of seeds",
        "greatest mean AUC of all attacks on the undefended model",
        "Anyone who holds a copy of the model’s weights and already knows of some people whether their scans trained",
        "Epsilons add up; choosing by what members show is in none of them.",
        "Epsilon of all 12 private ones together 352",
        "To halve what is given away costs 0.4 years of error.",
        "What an attack would find that was made for one of these defences",
        "it came from the seeds that this page prints",
    ):
        assert part in text, part


@pytest.mark.usefixtures("words_for_pictures")
def test_attacks_are_called_by_their_titles(tmp_path):
    def name_them(found):
        found["settings"][0]["finding"]["text"] = "Recognised, best by network:gradient:output."

    text = page(example_defences.compared(tmp_path / "run", name_them)).text()
    assert "best by “Neural network on gradient of the output layer”." in text


@pytest.mark.usefixtures("words_for_pictures")
def test_what_is_missing_says_why(tmp_path):
    found = page(example_defences.few(tmp_path / "run"))
    text = words(found.all("main")[0])
    assert "not assessed for: every setting: 80 non-members cannot resolve 1 %" in text
    assert "dp=1: Epsilon 1 is out of reach for 500 steps." in text
    assert "a line takes at least three settings" in text
    assert "Under differential privacy" not in text
    assert [figure.attributes["id"] for figure in found.all("figure")] == ["all-figure-tradeoff"]
    rows = table(page(example_defences.nothing_assessed(tmp_path / "other")), "still gives away")
    assert rows[0].count("not assessed a") == 3


@pytest.mark.usefixtures("words_for_pictures")
def test_settings_that_lack_a_seed_are_named(tmp_path):
    def drop(found):
        found["settings"][1]["seeds"] = [0, 2]

    text = page(example_defences.compared(tmp_path / "run", drop)).text()
    assert "but for Differential privacy, by noise (noise multiplier: 0.3): seeds 0 and 2." in text


@pytest.mark.usefixtures("words_for_pictures")
def test_a_bound_above_the_accountant_is_the_loudest_thing(tmp_path):
    found = page(example_defences.overspent(tmp_path / "run"))
    head = found.all("section")[0]
    assert head.attributes["class"] == "verdict contradicted"
    assert head.all("h2")[0].text().startswith("A guarantee is contradicted")
    assert "contradicted Setting 5: more was measured than its accountant allows." in found.text()


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
        write([folder])
    assert sorted(path.name for path in folder.iterdir()) == ["defences.json", "run.json"]


def test_a_folder_without_a_comparison(tmp_path):
    for name, text in (("run.json", '{"schema": 1}'), ("grid.json", "{}")):
        (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=r"defences\.json: no such file"):
        write([tmp_path])


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
    written(folder, out)
    assert json.loads((folder / "defences.json").read_text())["kind"] == "defences"
    assert not (folder / "report.html").exists()
