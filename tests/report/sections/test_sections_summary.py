"""The head of the page of a model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from html_check import check_page
from page_of import written

import example_runs
from remembrain.record.model import Evidence
from remembrain.report.reading import validated
from remembrain.report.sections import summary


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
    text = " ".join(line.text for line in summary.sentences(validated(Evidence, content)))
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    assert re.findall(r"(?:wrongly accusing|recognised while) (\S+) % of non-members", text) == [
        f"{100 * quoted:g}"
    ] * (2 if status == "members recognised" else 1)


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
