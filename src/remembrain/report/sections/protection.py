"""Which protection of published tables is enough, as measured, and what it costs them."""

from __future__ import annotations

from remembrain.report.figures import sweeps
from remembrain.report.section import Section
from remembrain.report.sections.knowledge import refused
from remembrain.report.survey import AdviceRow, Level, SurveyEvidence
from remembrain.report.words import Line, decimal, percent, several, with_interval


def advice(evidence: SurveyEvidence) -> tuple[Line, ...]:
    """Return what each kind of protection that was tried was measured to do."""
    limit, rows = (evidence.advice.auc_below, evidence.advice.rows) if evidence.advice else (0.0, ())
    return tuple(Line(row.title, _measured(row, limit)) for row in rows if row.tried)


def _measured(row: AdviceRow, limit: float) -> str:
    """Return what one kind of protection was measured to do."""
    tried = f"{several(len(row.tried), 'level')} tried ({row.tried[0]:g} to {row.tried[-1]:g})"
    if row.enough is not None:
        return (
            f"{_level(row, row.enough.value)} is the weakest of {tried} whose joint interval stays below {limit:g}: "
            f"AUC {with_interval(row.enough.auc)}{_price(row.enough)}."
        )
    if row.strongest is None:
        return "nothing was tried that could be measured."
    return (
        f"none of {tried} keeps the joint interval below {limit:g}; the strongest leaves an AUC of "
        f"{with_interval(row.strongest.auc)}{_price(row.strongest)}."
    )


def _level(row: AdviceRow, value: float) -> str:
    """Return a level of protection in words."""
    return {
        "round_to": f"rounding to multiples of {value:g}",
        "suppress_below": f"suppressing cells below {value:g}",
        "noise_epsilon": f"noise of epsilon {value:g}",
        "sample": f"counting {percent(value)} of those who took part",
    }.get(row.name, f"{row.title.lower()} {value:g}")


def _price(level: Level) -> str:
    """Return what a level costs the tables."""
    if level.loss is None:
        return "; nothing is published"
    parts = [f"shares that are told are off by {decimal(100 * level.loss)} percentage points on average"]
    if level.suppressed:
        parts.append(f"{percent(level.suppressed)} of cells are not told")
    return "; " + ", ".join(parts)


SECTION: Section[SurveyEvidence] = Section(
    "protection",
    "Protection",
    "Which protection is enough",
    figures={"protection": lambda evidence: sweeps.sweeps(evidence, "What protection does", protects=True)},
    needs_figure=True,
    words={"refused": lambda evidence: refused(evidence, protects=True), "advice": advice},
)
