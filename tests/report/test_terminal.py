"""What a run comes to, in lines for the terminal."""

import pytest

import example_defences
import example_runs
from remembrain.errors import DataError
from remembrain.evidence.monte_carlo import line
from remembrain.record.document import SelfTest
from remembrain.report.terminal import lines_of, selftest_lines


def evidence(**other):
    content = example_runs.content((0.65, 0.82, 0.91), 0.51, "members recognised")
    return content | other


def test_findings_controls_and_a_line_an_attack() -> None:
    lines = lines_of(evidence())
    assert lines[0] == "overall: members recognised. Overall it is members recognised."
    assert any(line.startswith("null control: holds. ") for line in lines)
    (row,) = (line for line in lines if line.startswith("logistic "))
    assert row.split() == [
        "logistic", "outputs", "151+152", "0.820", "(0.780-0.860)", "0.151", "(0.000-0.274)", "0.756", "(0.716-0.796)",
    ]  # fmt: skip


def test_what_was_not_assessed_says_why() -> None:
    finding = {"attack": "overall", "status": "not assessed", "text": "Not assessed. Nothing.", "why": "too few"}
    assert lines_of(evidence(findings=[finding]))[0] == "overall: not assessed: too few. Nothing."


def test_groups_guarantees_and_single_scans_are_told_where_there_are_any() -> None:
    content = evidence(groups=example_runs.groups(matched=True), privacy={"verdict": {"text": "no claim"}})
    content["attacks"][0]["per_scan"] = {"auc": example_runs.interval(0.66)}
    lines = lines_of(content)
    assert lines[0].startswith("groups: ")
    assert "Matched on age, sex, site: 231 pairs." in lines[0]
    assert "formal privacy: no claim" in lines
    assert "people have several scans" in "\n".join(lines)
    assert any(line.endswith("0.660 (0.620-0.700)") for line in lines)


def test_a_comparison_has_a_line_a_setting_and_those_that_failed() -> None:
    content = example_defences.content() | {"failed": [{"setting": "dp=1", "why": "out of reach"}]}
    lines = lines_of(content)
    assert len(lines) == 2 + len(content["settings"])
    assert lines[-1] == "failed: dp=1: out of reach"


def test_a_self_test_has_a_line_a_figure_with_its_bounds() -> None:
    kept, left = line("alarms", (0.05, 0.01, 0.2), 20, 0.03, 0.07), line("intervals", (0.9, 0.89, 0.91), 20, 0.93, None)
    result = SelfTest(created="now", version="1", audits=20, passed=False, lines=(kept, left))
    assert [" ".join(text.split()) for text in selftest_lines(result)] == [
        "alarms 5.0 % (1.0 to 20.0) of 20 at least 3.0 %, at most 7.0 % ok",
        "intervals 90.0 % (89.0 to 91.0) of 20 at least 93.0 % OUTSIDE",
    ]


@pytest.mark.parametrize("content", [{}, {"findings": 3}, {"kind": "defences"}, {"findings": [], "controls": []}])
def test_what_this_version_does_not_write_is_refused(content) -> None:
    with pytest.raises(DataError, match="not the evidence that this version writes"):
        lines_of(content)
