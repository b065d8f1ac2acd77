"""A section: what it needs, what it is called, and where its template lies."""

from matplotlib.figure import Figure

import example_runs
from remembrain.record.model import Evidence
from remembrain.report.figures.svg import Drawing
from remembrain.report.reading import validated
from remembrain.report.section import Chapter, Section
from remembrain.report.write import fill
from remembrain.run import RunFolder

EVIDENCE = validated(Evidence, example_runs.content((0.5, 0.6, 0.7), 0.5, "not detected"))


def chapter(tmp_path, key="run2"):
    return Chapter(EVIDENCE, RunFolder(tmp_path), "a model", key, 3)


def test_what_nothing_is_said_of_follows_from_its_names(tmp_path) -> None:
    plain = Section("not-tested", "Not tested")
    assert plain.file == "not_tested.html.j2"
    assert plain.heading_of(EVIDENCE) == "Not tested"
    assert plain.needs(EVIDENCE)
    assert plain.drawings(EVIDENCE) == {}
    assert (
        Section("a", "A", lambda evidence: evidence.target.name, template="b.html.j2").heading_of(EVIDENCE) == "cnn3d"
    )
    assert Section("a", "A", template="b.html.j2").file == "b.html.j2"


def test_anchors_begin_with_the_key_and_pictures_of_the_whole_page_with_all(tmp_path) -> None:
    assert (chapter(tmp_path).at, chapter(tmp_path).pictures) == ("run2-", "run2")
    assert (chapter(tmp_path, "").at, chapter(tmp_path, "").pictures) == ("", "all")


def test_a_section_stands_where_the_evidence_has_what_it_needs(tmp_path) -> None:
    drawing = Drawing("title", "words", Figure())
    none, one = {"none": lambda _: None}, {"none": lambda _: None, "one": lambda _: drawing}
    listed = [
        Section("not-tested", "Stands"),
        Section("not-tested", "Lacks evidence", needs=lambda evidence: evidence.references),
        Section("not-tested", "Lacks a picture", figures=none, needs_figure=True),
        Section("not-tested", "Has a picture", figures=one, needs_figure=True),
    ]
    filled = fill(listed, chapter(tmp_path))
    assert [section.title for section in filled] == ["Stands", "Has a picture"]
    assert [section.anchor for section in filled] == ["run2-not-tested"] * 2
    assert [section.level for section in filled] == [3, 3]
    assert filled[1].drawings == {"one": drawing}


def test_words_are_written_from_the_evidence_and_escaped(tmp_path) -> None:
    section = Section(
        "methods", "Methods", words={"paragraphs": lambda _: [], "references": lambda e: [f"<b>{e.target.name}</b>"]}
    )
    (filled,) = fill([section], chapter(tmp_path))
    assert "<li>&lt;b&gt;cnn3d&lt;/b&gt;</li>" in filled.body
    assert "<h4>References</h4>" in filled.body
