"""The page as a whole: what every one must hold, whatever the audit found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import example_guarantees
import example_runs
import pytest
from html_check import check_page

from remembrain.errors import DataError, UsageError
from remembrain.report import words
from remembrain.report import write as report
from remembrain.report.document import Attack, Evidence
from remembrain.report.sections import summary, survey_summary
from remembrain.report.strongest import still_recognised
from remembrain.report.words import percent
from remembrain.types import GRAVITY

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>&amp; "quoted" {{ 7 * 6 }} $\\frac{1}{2}$ \x07 脑'
RESOURCES = re.compile(r"""(?:\bsrc|\bhref|\baction|\bposter|\bdata)\s*=\s*["']?(?!["'#]|data:)|@import|url\((?!#)""")


def written(run: Path, *more: Path, out: Path | None = None) -> str:
    path = report.write([run, *more], out)
    assert path == (out or run / "report.html")
    return path.read_text(encoding="utf-8")


EVERY = example_runs.EVERY | example_guarantees.EVERY


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
    assert not re.search(
        r"\b(un)?safe(ly|ty)?\b|\bno risk\b|\blow risk\b|\bprotected\b|\bharmless\b", source, re.IGNORECASE
    )


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


@pytest.mark.parametrize("name", ["null_failed", "too_few"])
@pytest.mark.usefixtures("words_for_pictures")
def test_nothing_is_concluded_where_it_was_not_assessed(name: str, tmp_path: Path) -> None:
    page = check_page(written(example_runs.EVERY[name](tmp_path / "run")))
    assert page.all("h2")[0].text() == "Not assessed"
    (findings,) = (table for table in page.all("table") if "What can be said of each attack" in table.text())
    words = {row.children[1].text() for row in findings.all("tr")[1:]}
    assert words == {"not assessed"}


def test_every_status_has_its_words_and_its_mark() -> None:
    style = (Path(report.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    for texts in (words.VERDICTS, words.LABELS, survey_summary.VERDICTS):
        assert texts.keys() == set(GRAVITY)
    for status in GRAVITY:
        if status != "not detected":
            assert f".verdict.{status.replace(' ', '-')}" in style
            assert f".status.{status.replace(' ', '-')}::before" in style


@pytest.mark.parametrize("aucs", [(0.53, 0.54, 0.53), (0.65, 0.82, 0.91)])
@pytest.mark.usefixtures("words_for_pictures")
def test_it_is_said_what_decides_where_members_are_recognised_and_an_interval_holds_guessing(aucs, tmp_path) -> None:
    run = example_runs.write_run(tmp_path / "run", example_runs.content(aucs, 0.51, "members recognised"))
    text = " ".join(check_page(written(run)).text().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Members were recognised" in text
    assert ("Where a range holds guessing, it is the test of all attacks together" in text) == (aucs[0] < 0.6)


@pytest.mark.parametrize("quoted", [0.1, 0.01])
@pytest.mark.parametrize("status", ["members recognised", "not detected"])
def test_a_rate_is_quoted_where_the_evidence_says_and_nowhere_else(status: str, quoted: float) -> None:
    content = example_runs.content((0.65, 0.82, 0.91), 0.51, status)
    for one in content["attacks"]:
        one["quoted_fpr"] = quoted
    text = " ".join(line.text for line in summary.sentences(Evidence.model_validate(content)))
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    assert re.findall(r"(?:wrongly accusing|recognised while) (\S+) % of non-members", text) == [
        f"{100 * quoted:g}"
    ] * (2 if status == "members recognised" else 1)


def test_a_rate_with_intervals_for_all_attacks_at_once_is_the_one_they_resolve() -> None:
    content = example_runs.attack(example_runs.ATTACKS[0], 0.8) | {"quoted_fpr": 0.01, "roc": None}
    several = {name: content[name] for name in ("auc", "tpr_at_fpr")} | {"confidence": 0.99, "quoted_fpr": 0.1}
    one = Attack.model_validate(content | {"of_several": several})
    assert (one.quoted_fpr, one.chosen().quoted_fpr) == (0.01, 0.1)
    assert still_recognised([one, one.chosen()]) == (0.01, percent(one.rate(0.01).ends()[2], up=True))
    assert still_recognised([one.model_copy(update={"quoted_fpr": None})]) is None


def test_too_few_people_to_tell_is_no_all_clear(tmp_path: Path) -> None:
    source = written(example_runs.not_beyond_blind(tmp_path / "run"))
    page = check_page(source)
    assert page.all("h2")[0].text() == "Members can be told apart; too few people to say whether by the model"
    assert 'class="verdict not-shown-beyond-the-blind-baseline"' in source
    text = " ".join(page.text().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "nothing shows that the two groups differ by themselves" in text
    assert "This is no evidence that the model gives nothing away" in text
    assert "About 1,200 members and as many non-members" in text
    (findings,) = (table for table in page.all("table") if "What can be said of each attack" in table.text())
    assert {row.children[1].text() for row in findings.all("tr")[1:]} == {"too few people to tell"}
    assert ".status.not-shown-beyond-the-blind-baseline" in source


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("proven", "Yes, as far as can be shown: the owner's own predictions of 20 people are ours within 0.2"),
        (
            "not proven",
            "Not proven: that the model is fed what it was trained on was taken on trust. A model that is fed",
        ),
        ("doubtful", "Doubtful: the model predicts its own members no better than a single number"),
        (
            "refuted",
            "No: about 15 of the owner's own predictions differ from ours by more than 0.2; predictions are off",
        ),
    ],
)
def test_the_head_says_whether_a_stranger_s_model_is_fed_right(status: str, said: str, tmp_path: Path) -> None:
    def change(evidence: dict[str, Any]) -> None:
        evidence["target"]["feeding"] = example_runs.feeding(status, owner=status in ("proven", "refuted"))

    page = check_page(written(example_runs.misfed(tmp_path / "run", change)))
    text = " ".join(page.text().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Is the model fed right?" in text
    assert said in text
    if status in ("proven", "refuted"):
        assert (
            "differ from these by 0.0051 years in the middle and nowhere by more than 5; about 15 of them by more than"
            in text
        )
    else:
        assert "--owner-predictions" in text


def test_of_a_model_that_was_trained_here_nothing_is_asked(tmp_path: Path) -> None:
    assert "fed right" not in check_page(written(example_runs.leaking(tmp_path / "run"))).text()


def test_numbers_that_are_missing_read_not_assessed(tmp_path: Path) -> None:
    source = written(example_runs.too_few(tmp_path / "run"))
    page = check_page(source)
    assert not re.search(r"\b(None|nan|NaN|undefined)\b", page.text())
    (attacks,) = (table for table in page.all("table") if "Means over repeats" in table.text())
    for row in attacks.all("tr")[1:-1]:
        assert [cell.texts[0].strip() for cell in row.children[2:]] == ["not assessed"] * 6
    assert "Too few people: 12 members and 12 non-members a repeat, 20 of each needed." in page.text()
    assert {figure.attributes["id"] for figure in page.all("figure")} == {"run1-figure-ages"}


def test_one_missing_number_among_others(tmp_path: Path) -> None:
    page = check_page(written(example_runs.leaking(tmp_path / "run")))
    (attacks,) = (table for table in page.all("table") if "Means over repeats" in table.text())
    for row in attacks.all("tr")[1:]:
        assert row.children[5].text() == "not assessed a"
    notes = [item.text() for item in page.all("li") if item.text().startswith("a ")]
    assert [note.replace("\N{NO-BREAK SPACE}", " ") for note in notes] == [
        "a 150 non-members cannot resolve a false-positive rate of 0.1 %; at least 1000 are needed."
    ]


@pytest.mark.usefixtures("words_for_pictures")
def test_every_attack_shows_its_people_interval_and_threat_model(tmp_path: Path) -> None:
    page = check_page(written(example_runs.leaking(tmp_path / "run")))
    (attacks,) = (table for table in page.all("table") if "Means over repeats" in table.text())
    row = attacks.all("tr")[2].text()
    for part in (
        "Logistic regression",
        "outputs; some members",
        "151 + 152",
        "0.82",
        "0.78 to 0.86",
        "± 1.4 %",
        "+0.31",
    ):
        assert part in row.replace("\N{NO-BREAK SPACE}", " ")


def test_ages_of_few_people_are_not_told(tmp_path: Path) -> None:
    page = check_page(written(example_runs.too_few(tmp_path / "run")))
    assert "not told: too few" in page.text()


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


def test_several_runs_are_compared_and_each_has_its_section(tmp_path: Path) -> None:
    def rename(evidence: Any) -> None:
        evidence["target"]["name"] = "slice-mean"

    runs = example_runs.leaking(tmp_path / "a"), example_runs.not_detected(tmp_path / "b", rename)
    out = tmp_path / "deep" / "both.html"
    page = check_page(written(*runs, out=out))
    assert page.all("h1")[0].text() == "Do cnn3d and slice-mean remember whose scans trained them?"
    assert [heading.text() for heading in page.all("h2")] == [
        "The models side by side",
        "cnn3d",
        "slice-mean",
        "Glossary",
    ]
    rows = [row.text().replace("\N{NO-BREAK SPACE}", " ") for row in page.all("table")[0].all("tr")[1:]]
    assert rows[0] == (
        "cnn3d recognised 0.82 0.78 to 0.86 0.91 0.87 to 0.95 0.51 0.47 to 0.55 4.30 4.01 to 4.66 +1.80 +1.42 to +2.19 "
        "151 + 152"
    )
    assert rows[1].startswith("slice-mean not shown 0.51 0.47 to 0.55 0.52")
    assert "on the same people in the same roles" in page.text()
    assert len(page.all("figure")) == 15
    assert all((run / "figures" / "forest.svg").exists() for run in runs)


@pytest.mark.usefixtures("words_for_pictures")
def test_runs_on_other_people_are_said_to_be(tmp_path: Path) -> None:
    runs = example_runs.leaking(tmp_path / "a"), example_runs.leaking(tmp_path / "b")
    kept = json.loads((runs[1] / "restricted" / "hashes.json").read_text())
    (runs[1] / "restricted" / "hashes.json").write_text(json.dumps({**kept, "split": "d" * 64}))
    page = check_page(written(*runs, out=tmp_path / "both.html"))
    assert "The audits differ in people" in page.text()
    assert [heading.text() for heading in page.all("h2")][1:3] == ["cnn3d (a)", "cnn3d (b)"]


@pytest.mark.usefixtures("words_for_pictures")
def test_unknown_people_are_not_called_the_same(tmp_path: Path) -> None:
    runs = example_runs.leaking(tmp_path / "a"), example_runs.leaking(tmp_path / "b")
    for run in runs:
        (run / "restricted" / "hashes.json").unlink()  # as where evidence alone was handed on
    assert "The audits differ in people" in check_page(written(*runs, out=tmp_path / "both.html")).text()


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


@pytest.mark.usefixtures("words_for_pictures")
def test_attacks_are_called_by_their_titles_in_what_was_found(tmp_path: Path) -> None:
    def name_them(evidence: Any) -> None:
        names = [one["name"] for one in evidence["attacks"]]
        evidence["findings"][0]["text"] = f"Recognised by 2 of 3 attacks, best by {names[1]}. Not assessed: {names[0]}."

    run = example_runs.leaking(tmp_path / "run", name_them)
    titles = [one["title"] for one in json.loads((run / "evidence.json").read_text())["attacks"]]
    text = check_page(written(run)).text()
    assert f"best by “{titles[1]}”. Not assessed: “{titles[0]}”." in text


def test_what_was_left_out_is_told_by_kind_and_how_often(tmp_path: Path) -> None:
    def told(evidence: dict[str, Any]) -> None:
        evidence["data"] = {
            "notes": [
                {"text": "age is missing: left out", "count": 10},
                {"text": "<b>sex</b> is guessed", "count": "<10"},
            ]
        }

    (tmp_path / "without").mkdir()
    assert "What was read" not in written(example_runs.everything(tmp_path / "without" / "run"))
    page = check_page(written(example_runs.everything(tmp_path / "run", told)))
    lines = [item.text() for item in page.all("li")]
    assert "Age is missing: left out (about 10 times)." in lines
    assert "<b>sex</b> is guessed." in lines
    assert [heading.text() for heading in page.all("h3")].count("What was read, and what was left out") == 1
