"""Whether protection of published tables is needed, which is enough, as measured, and what it costs them."""

from __future__ import annotations

from remembrain.record.numbers import UNKNOWN
from remembrain.record.tables import Advice, AdviceRow, Level, SurveyEvidence
from remembrain.report.figures import sweeps
from remembrain.report.section import Section
from remembrain.report.sections.knowledge import refused
from remembrain.report.words import Line, decimal, percent, rate_interval, rate_of, several, with_interval


def advice(evidence: SurveyEvidence) -> tuple[Line, ...]:
    """Return whether protection is needed, and where it may be, what each kind that was tried was measured to do."""
    found = evidence.advice
    if found is None:
        return ()
    rows = () if found.needed == "no" else tuple(row for row in found.rows if row.tried or row.idle)
    return (Line("As published", _need(evidence, found)), *(Line(row.title, _measured(row)) for row in rows))


def _need(evidence: SurveyEvidence, found: Advice) -> str:
    """Return whether protection is needed, and what is left without more."""
    limits = f"the limits of {_limits(found)}"
    if found.published is None:
        return f"nothing could be measured, and so not whether protection is needed to stay below {limits}."
    very = max((one.auc for one in evidence.tried if one.assessed), key=lambda auc: auc.ends()[0], default=UNKNOWN)
    best = f"; on these very tables the best attack has an AUC of {with_interval(very)}" if very.known else ""
    left = f"the tables leave {_left(found.published)}{best}"
    return {
        "no": f"{left}. Nothing more is needed to stay below {limits}.",
        "open": f"{left}. Whether protection is needed to stay below {limits}, is open: {_open(found.published)}.",
        "yes": f"{left}. Protection is needed to stay below {limits}.",
    }[found.needed]


def _open(published: Level) -> str:
    """Say why it is not known whether the limits are kept."""
    if not published.rate.known:
        return "too few did not take part to tell how many are recognised (--rate-below 1 asks of the AUC alone)"
    return "figures are, intervals not"


def _limits(found: Advice) -> str:
    """Return the limits in words."""
    people = f" and {found.people_below} people beyond luck" if found.people_below is not None else ""
    rate = f", and of {percent(found.rate_below)}{people} recognised while 1 % of others are wrongly named"
    return f"an AUC of {found.auc_below:g}{rate if people or found.rate_below < 1 else ''}"


def _left(level: Level) -> str:
    """Return what a level leaves."""
    auc = f"an AUC of {with_interval(level.auc)}"
    if not level.rate.known or level.recognised is None:
        return f"{auc} (of how many are recognised, fewer than 100 who did not take part tell nothing)"
    people = f"{level.recognised:,.0f} of {level.n:,.0f} people" if level.n else ""
    return f"{auc}, and {rate_of(level.rate)} ({rate_interval(level.rate)}) are recognised, about {people}"


def _measured(row: AdviceRow) -> str:
    """Return what one kind of protection was measured to do."""
    idle = f" ({' and '.join(f'{value:g}' for value in row.idle)} would change no cell)" if row.idle else ""
    if not row.tried or row.strongest is None:
        return f"no level that was tried changes a cell{idle}."
    tried = f"{several(len(row.tried), 'level')} tried ({row.tried[0]:g} to {row.tried[-1]:g})"
    if row.enough is not None:
        return (
            f"{_level(row, row.enough.value)} is the weakest of {tried} that stays below the limits, as all "
            f"stronger ones do: {_left(row.enough)}{_price(row.enough)}{idle}."
        )
    return (
        f"none of {tried} is shown to stay below the limits; the strongest leaves {_left(row.strongest)}"
        f"{_price(row.strongest)}{idle}."
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
