"""What the sites of a federation, and its server, learn about one another's people."""

from __future__ import annotations

from remembrain.record.attacks import OVERALL
from remembrain.record.federation import Federation, Threat
from remembrain.record.model import Evidence
from remembrain.report.figures import rounds
from remembrain.report.figures.svg import Drawing
from remembrain.report.section import Section
from remembrain.report.strongest import at_once, best
from remembrain.report.words import VERDICTS, Line, tidy, with_interval

INSIDERS = {
    "learner": "What one site learns about another",
    "server": "What the server learns",
}


def insiders(evidence: Evidence) -> tuple[Line, ...]:
    """Return what each kind of insider of a federation learns, in a sentence."""
    federation = evidence.federation
    if federation is None:
        return ()
    return tuple(Line(question, tidy(evidence.in_words(_learned(federation, by)))) for by, question in INSIDERS.items())


def _learned(federation: Federation, by: str) -> str:
    """Say what one kind of insider learns, or why that is not known."""
    threat = federation.threat(by)
    finding = threat.finding(OVERALL) if threat else None
    if threat is None or finding is None:
        why = next((other.why for other in federation.threats if other.by == by and other.why), "it was not run")
        return f"Not assessed: {why}. This is no evidence that nothing is learned."
    return f"{VERDICTS[finding.status]}.{_most(threat)} {finding.text}"


def _most(threat: Threat) -> str:
    """Say what the best attack of an insider achieves; nothing where none was assessed."""
    top, held = best(threat.tried), at_once(threat.tried)
    if top is None:
        return ""
    return (
        f" Most is seen by {top.name}, with AUC {with_interval(top.auc)}{f' (an interval{held})' if held else ''} "
        f"as the mean over {threat.n_pairs} pairs, of about {top.n_members} and {top.n_nonmembers} people or more."
    )


def _learners(evidence: Evidence) -> Drawing | None:
    """Draw the learners of a federation."""
    federation, target = evidence.federation, evidence.target
    if federation is None:
        return None
    return rounds.environment(federation.learners, federation.environment, target.label, target.unit)


SECTION: Section[Evidence] = Section(
    "federation",
    "Between sites",
    "What the sites of the federation learn about one another",
    needs=lambda evidence: evidence.federation,
    figures={"rounds": rounds.over_rounds, "pairs": rounds.pairs, "environment": _learners},
    words={"insiders": insiders},
)
