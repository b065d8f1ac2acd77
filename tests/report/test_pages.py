"""The kinds of pages: their sections in order, what is absent, and which runs have no page together."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
from page_of import page

import example_defences
import example_guarantees
import example_runs
import example_surveys
from remembrain import cli
from remembrain.report import sections
from remembrain.report import write as report
from remembrain.report.pages import LAST, PAGES
from remembrain.run import RunFolder

FOLDER = Path(sections.__file__).parent
MODULES = {path.stem: import_module(f"remembrain.report.sections.{path.stem}") for path in FOLDER.glob("[a-z]*.py")}
STANDING = [section for kind in PAGES.values() for section in (*kind.sections, *kind.beside, *LAST)]
EVERY = {
    "model": [example_runs.everything],
    "federation": [example_guarantees.federated],
    "several models": [example_runs.leaking, example_runs.everything],
    "survey": [example_surveys.recognised],
    "quiet survey": [example_surveys.quiet],
    "defences": [example_defences.compared],
    "few defences": [example_defences.few],
}


def test_every_section_stands_on_a_page_and_has_its_template_beside_it() -> None:
    assert {id(module.SECTION) for module in MODULES.values()} == {id(section) for section in STANDING}
    files = {section.file for section in STANDING}
    assert files == {path.name for path in FOLDER.glob("*.j2")}
    assert files - {"summary.html.j2"} <= {f"{name}.html.j2" for name in MODULES}


def test_no_anchor_or_figure_stands_twice_on_a_page() -> None:
    for kind in PAGES.values():
        names = [section.name for section in (*kind.sections, *kind.beside, *LAST)]
        assert len(set(names)) == len(names)
        figures = [name for section in kind.sections for name in section.figures]
        assert len(set(figures)) == len(figures)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.usefixtures("words_for_pictures")
def test_contents_name_every_section_that_stands_and_no_other(kind: str, tmp_path: Path) -> None:
    runs = [make(tmp_path / str(number)) for number, make in enumerate(EVERY[kind])]
    whole = page(*runs, out=tmp_path / "page.html")
    anchors = [each.attributes["aria-labelledby"] for each in whole.all("section")]
    ids = [element.attributes["id"] for element in whole.elements if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    listed = [[link.attributes["href"][1:] for link in each.all("a")] for each in whole.all("nav")]
    assert all(set(entries) <= set(ids) for entries in listed)
    named = [name for entries in listed for name in entries[:-1]] + [listed[0][-1]]
    heads = [anchor for anchor in anchors if anchor.endswith("summary")]
    assert len(heads) == len(listed) == len(runs)
    assert named == [anchor for anchor in anchors if anchor not in [*heads, "comparison"]]
    titles = {section.name: section.title for section in PAGES[RunFolder(runs[0]).kind].sections}
    for link in whole.all("nav")[0].all("a")[:-1]:
        assert link.text() == titles[link.attributes["href"][1:].removeprefix("run1-")]


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as done:
        cli.main([str(word) for word in words])
    return int(done.value.code or 0)


def comparison(folder: Path) -> Path:
    return example_defences.compared(folder / "defences")


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    return page(example_defences.compared(tmp_path_factory.mktemp("compared") / "run"))


def headings(whole) -> list[str]:
    return [heading.text() for heading in whole.all("h2")]


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


def test_a_comparison_of_defences_is_opened(tmp_path: Path, capsys) -> None:
    folder = comparison(tmp_path)
    assert run("report", folder) == 0
    assert capsys.readouterr().out == f"{folder / 'report.html'}\n"
    assert run("report", folder, "--out", tmp_path / "other.html") == 0
    assert (tmp_path / "other.html").read_text() == (folder / "report.html").read_text()
    capsys.readouterr()
    assert run("show", folder, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((folder / "defences.json").read_text())
    assert run("show", folder) == 0
    lines = capsys.readouterr().out.splitlines()
    settings = json.loads((folder / "defences.json").read_text())["settings"]
    assert len(lines) == 1 + len(settings)
    assert lines[1].startswith("none ")
    assert settings[0]["finding"]["status"] in lines[1]
    assert f"{settings[0]['mae']['value']:.3f}" in lines[1]
    assert any(line.startswith("dp-noise=0.3 ") for line in lines)


def test_an_unfinished_comparison_names_the_command_that_goes_on(tmp_path: Path, capsys) -> None:
    (tmp_path / "run.json").write_text('{"schema": 1}')
    (tmp_path / "grid.json").write_text("{}")
    for command in ("report", "show"):
        assert run(command, tmp_path) == 3
        said = capsys.readouterr().err
        assert "defences.json: no such file" in said
        assert "remembrain defend DATA " in said


@pytest.mark.parametrize(
    ("files", "kind", "again"),
    [
        ({}, "model", "remembrain attack"),
        ({"release/tables.csv": ""}, "survey", "remembrain survey audit"),
        ({"evidence.json": '{"kind": "survey"}'}, "survey", ""),
        ({"evidence.json": '{"kind": "survey"}', "release/tables.csv": ""}, "survey", ""),
        ({"evidence.json": '{"kind": "model"}', "release/tables.csv": ""}, "model", ""),
        ({"evidence.json": "[]"}, "model", ""),
    ],
)
def test_the_kind_is_what_the_evidence_says(files, kind, again, tmp_path: Path, capsys) -> None:
    (tmp_path / "run.json").write_text('{"schema": 1}')
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert RunFolder(tmp_path).kind == kind
    for command in ("report", "show") if again else ():
        assert run(command, tmp_path) == 3
        assert again in capsys.readouterr().err


def test_a_comparison_has_no_page_with_others(tmp_path: Path, capsys) -> None:
    folder, model = comparison(tmp_path), example_runs.leaking(tmp_path / "model")
    assert run("report", model, folder, "--out", tmp_path / "other.html") == 2
    assert f"{folder}: is of a comparison of defences" in capsys.readouterr().err
    assert not (tmp_path / "other.html").exists()
    assert report.write([model]) == model / "report.html"
