"""An audit of published tables to one page, in the house's style: read, drawn, worded, written whole or not at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment

from remembrain.errors import DataError
from remembrain.report import methods, survey_words, threat
from remembrain.report.figures import attacks, intervals, risk, svg, sweeps
from remembrain.report.reading import checked, contradiction_of
from remembrain.report.rendering import environment
from remembrain.report.survey import SurveyEvidence
from remembrain.report.tables import attack_table
from remembrain.run import EVIDENCE, RunFolder, write_text


def write_survey(run: Path, out: Path | None = None) -> Path:
    """Write one HTML file over an audit of tables, and each figure as ``RUN/figures/*.svg``.

    Parameters
    ----------
    run
        A run folder of ``survey audit``.
    out
        The file; ``RUN/report.html`` where none is named.

    Raises
    ------
    DataError
        Where its evidence is missing, broken or contradicts its controls.
    """
    folder = RunFolder.open(run)
    evidence = read_survey(folder)
    drawings = _draw(evidence)
    page = (
        _environment()
        .get_template("survey.html.j2")
        .render(
            e=evidence,
            key="run1",
            h=2,
            audit=evidence.audit,
            drawings=drawings,
            title=survey_words.title(evidence),
            private=evidence.target.protection.get("noise_epsilon") is not None,
        )
    )
    for name, drawing in drawings.items():
        write_text(folder.figures / f"{name}.svg", svg.alone(drawing, name))
    path = out or run / "report.html"
    write_text(path, page, public=True)
    return path


@cache
def _environment() -> Environment:
    """Return the templates with what those of a survey call."""
    return environment(
        attack_table=attack_table,
        control_meaning=survey_words.CONTROL_MEANING,
        methods=methods,
        say=survey_words,
        threats=threat.threats,
    )


def read_survey(run: RunFolder) -> SurveyEvidence:
    """Read and check the evidence of an audit of tables.

    Raises
    ------
    DataError
        As in :func:`write_survey`.
    """
    again = run.again
    if not run.evidence.is_file():
        raise DataError("no such file", where=run.evidence, expected="the evidence of an audit", try_next=again)
    evidence = checked(run.evidence, SurveyEvidence, f"evidence of schema {EVIDENCE}", again)
    if fault := contradiction_of(evidence):
        raise DataError(fault, where=run.evidence, expected="findings that the controls allow", try_next=again)
    return evidence


def _draw(evidence: SurveyEvidence) -> dict[str, svg.Drawing]:
    """Return every picture that there is something to draw for, by name."""
    exposure, reliability = evidence.exposure, evidence.reliability
    knowledge = survey_words.swept_names(evidence, protects=False)
    protection = survey_words.swept_names(evidence, protects=True)
    drawn = {
        "forest": attacks.forest(evidence, evidence.audit.confidence, "Never sees a table"),
        "roc": attacks.roc(evidence),
        "tables": sweeps.tables(evidence.contributions),
        "exposed": intervals.exposed(exposure, evidence.title_of(exposure.attack)) if exposure else None,
        "reliability": risk.reliability(reliability, evidence.title_of(reliability.attack)) if reliability else None,
        "realism": sweeps.realism(evidence.realism),
        "sweeps": sweeps.sweeps(evidence.sweeps, knowledge, "What the AUC hangs on"),
        "protection": sweeps.sweeps(evidence.sweeps, protection, "What protection does"),
    }
    return {name: drawing for name, drawing in drawn.items() if drawing is not None}
