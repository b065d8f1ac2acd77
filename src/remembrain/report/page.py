"""Run folders to one page: read, drawn, worded, filled into templates, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from remembrain.errors import UsageError
from remembrain.report import guarantee_words, methods, summary, threat, words
from remembrain.report.defence_page import write_defences
from remembrain.report.document import Evidence
from remembrain.report.figures import attacks, intervals, model, people, privacy, references, risk, rounds, svg
from remembrain.report.joined import together
from remembrain.report.parts import Part
from remembrain.report.reading import read_evidence, read_mean_brain
from remembrain.report.rendering import environment
from remembrain.report.survey_page import write_survey
from remembrain.report.tables import attack_table
from remembrain.run import RunFolder, insist_on_file, write_text

_OF = {"survey": "published tables", "defences": "a comparison of defences"}


@dataclass(frozen=True)
class Section:
    """One audit as the templates read it; ids on the page begin with ``key``, headings below it with ``level``."""

    key: str
    name: str
    level: int
    evidence: Evidence
    drawings: Mapping[str, svg.Drawing]


def write(runs: Sequence[Path], out: Path | None = None) -> Path:
    """Write one HTML file over one or several run folders, and each figure as ``RUN/figures/*.svg``.

    Parameters
    ----------
    runs
        Run folders with ``evidence.json``; or one of published tables, or of a comparison of defences.
    out
        The file; ``RUN/report.html`` for one run.

    Returns
    -------
    path
        The file that was written.

    Raises
    ------
    UsageError
        Where no run is named, or several without ``out``, or ``out`` is a folder or in one that is not there.
    DataError
        Where a folder is not a run, or its evidence is missing, broken or contradicts its controls.
    """
    if out is not None:
        insist_on_file(out)
    folders = [RunFolder.open(path) for path in dict.fromkeys(runs)]
    for folder in folders:
        kind = folder.kind
        if kind != "model" and len(folders) > 1:
            raise UsageError(f"is of {_OF[kind]}", where=folder.path, expected="runs of models, or this one alone")
        if kind != "model":
            return (write_survey if kind == "survey" else write_defences)(folder.path, out)
    if not folders:
        raise UsageError("no run folder to report on", try_next="remembrain report RUN")
    if len(folders) > 1 and out is None:
        raise UsageError("several run folders and no file for their report", try_next="remembrain report A B --out F")
    evidence = [read_evidence(folder) for folder in folders]
    names = _names(evidence, folders)
    level = 2 if len(folders) == 1 else 3
    sections = [
        Section(f"run{place}", name, level, found, _draw(folder, found))
        for place, (folder, name, found) in enumerate(zip(folders, names, evidence, strict=True), start=1)
    ]
    page = _fill(sections, same_people=_same_people(folders))
    for folder, section in zip(folders, sections, strict=True):
        for name, drawing in section.drawings.items():
            write_text(folder.figures / f"{name}.svg", svg.alone(drawing, name))
    path = out or folders[0].path / "report.html"
    write_text(path, page, public=True)
    return path


def _names(evidence: Sequence[Evidence], folders: Sequence[RunFolder]) -> list[str]:
    """Return what each audit is called: its model, and the folder where two models have one name."""
    models = [one.target.name for one in evidence]
    return [
        name if models.count(name) == 1 else f"{name} ({folder.path.resolve().name})"
        for name, folder in zip(models, folders, strict=True)
    ]


def _draw(folder: RunFolder, evidence: Evidence) -> dict[str, svg.Drawing]:
    """Return every picture that there is something to draw for, by name."""
    volume = read_mean_brain(folder, evidence.people.n_people)
    drawn = {
        "ages": people.ages(evidence.people, evidence.target),
        "brain": None if volume is None else people.brain(volume, evidence.people),
        "training": model.training(evidence.target),
        "forest": attacks.forest(evidence, evidence.audit.confidence),
        "roc": attacks.roc(evidence),
        "errors": model.errors(evidence.curves, evidence.target),
        "leakage": model.leakage(evidence),
        "overfitting": risk.overfitting(evidence.target),
        "groups": intervals.differences(evidence.groups) if evidence.groups else None,
        "beyond": intervals.beyond(evidence),
        "exposed": _of(evidence, evidence.exposure, intervals.exposed),
        "environment": _learners(evidence),
        "pairs": rounds.pairs(evidence),
        "rounds": rounds.over_rounds(evidence),
        "power": references.power(evidence),
        "reliability": _of(evidence, evidence.reliability, risk.reliability),
        "spent": privacy.spent(evidence),
    }
    return {name: drawing for name, drawing in drawn.items() if drawing is not None}


def _learners(evidence: Evidence) -> svg.Drawing | None:
    """Draw the learners of a federation."""
    found, target = evidence.federation, evidence.target
    return rounds.environment(found.learners, found.environment, target.label, target.unit) if found else None


def _absent(evidence: Evidence, drawings: Mapping[str, svg.Drawing]) -> set[str]:
    """Return which sections there is nothing to say in."""
    there = {
        "groups": evidence.groups is not None,
        "federation": evidence.federation is not None,
        "guarantee": evidence.privacy is not None,
        "beyond": "beyond" in drawings,
        "references": evidence.references is not None,
        "exposed": evidence.exposure is not None,
        "risk": evidence.posterior is not None,
    }
    return {name for name, is_there in there.items() if not is_there}


def _of(evidence: Evidence, part: Part | None, draw: Callable[[Any, str], svg.Drawing | None]) -> svg.Drawing | None:
    """Draw a part that belongs to one attack, under that attack's title."""
    return None if part is None else draw(part, evidence.title_of(getattr(part, "attack", "")))


def _same_people(folders: Sequence[RunFolder]) -> bool:
    """Tell whether runs are known to be of the same people, split alike: by what stays on this machine with each."""
    hashes = [(found.get("split"), found.get("scans")) for found in (folder.hashes() for folder in folders)]
    return len(set(hashes)) == 1 and None not in hashes[0]


def _fill(sections: Sequence[Section], *, same_people: bool) -> str:
    """Return the page."""
    compared = {section.name: section.evidence for section in sections} if len(sections) > 1 else {}
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            sections=sections,
            audit=sections[0].evidence.audit,
            title=_title(sections),
            compared=attacks.comparison(compared) if compared else None,
            private=any(section.evidence.privacy for section in sections),
            same_people=same_people,
        )
    )


def _title(sections: Sequence[Section]) -> str:
    """Return the question of the page."""
    names = list(dict.fromkeys(section.evidence.target.name for section in sections))
    listed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    data = words.data_word(sections[0].evidence.people.source)
    does, them = ("Do", "them") if len(names) > 1 else ("Does", "it")
    return f"{does} {listed} remember whose {data} trained {them}?"


@cache
def _environment() -> Environment:
    """Return the templates with what those of an audit call."""
    return environment(
        absent=_absent,
        attack_table=attack_table,
        together=together,
        best=summary.best,
        control_meaning=summary.CONTROL_MEANING,
        guarantee=guarantee_words,
        heading_of=summary.heading,
        insider_lines=summary.insiders,
        methods=methods,
        sentences=summary.sentences,
        threats=threat.threats,
        verdicts=summary.VERDICTS,
    )
