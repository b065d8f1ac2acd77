"""What is published, of whom and how protected, and what the adversary knows."""

from __future__ import annotations

from collections import Counter

from remembrain.record.tables import SurveyEvidence
from remembrain.report.section import Section
from remembrain.report.words import Line, capital, percent, several

_KINDS = {
    "margin": ("one-way margin", "one-way margins"),
    "crosstab": ("cross-tab", "cross-tabs"),
    "mean": ("table of means", "tables of means"),
    "sd": ("table of standard deviations", "tables of standard deviations"),
    "quantile": ("table of a quantile", "tables of quantiles"),
    "contrast": ("contrast of two groups", "contrasts of two groups"),
}


def release(evidence: SurveyEvidence) -> tuple[Line, ...]:
    """Return the facts of the release."""
    target = evidence.target
    kinds = Counter(table.kind for table in target.tables)
    tables = ", ".join(several(count, *_KINDS[kind]) for kind, count in kinds.items())
    weights = f"By {target.weights}; together worth {target.effective:,.0f} people of equal weight"
    return (
        Line("Tables", f"{capital(tables)}; {target.cells:,} cells, {target.suppressed:,} of them suppressed"),
        Line("People", people(evidence)),
        Line("Protection", _protection(evidence)),
        *((Line("Weights", weights),) if target.weights else ()),
    )


def knowledge(evidence: SurveyEvidence) -> tuple[Line, ...]:
    """Return what the adversary knows, knob by knob."""
    target, knows = evidence.target, evidence.target.adversary
    columns = knows.known_columns
    answers = ", ".join(columns) if columns else ("all of them" if knows.known >= 1 else percent(knows.known))
    wrong = percent(knows.answer_error) + " of these are wrong" if knows.answer_error else "none of these is wrong"
    if knows.reliability < 1:
        wrong += f"; its numbers are of another measurement, of reliability {knows.reliability:g}"
    source = "another file" if target.reference_file else "the same file, who did not take part"
    tilt = f", {knows.reference_tilt:g} standard deviations away from the population" if knows.reference_tilt else ""
    n = f"{'known' if knows.knows_n else 'not known to it; taken to be'} {target.n_taken:,.0f}"
    return (
        Line("Answers of the person in question", f"{answers}; {wrong}"),
        Line("People of the same population", f"{target.reference:,} of {source}{tilt}"),
        Line("How many took part", n),
        Line("Survey weight of the person", "known" if knows.knows_weight else "not known"),
    )


def people(evidence: SurveyEvidence) -> str:
    """Say of whom the tables are, and of whom those are that are attacked."""
    target = evidence.target
    if target.given:
        return (
            f"Tables as they were given; {target.tested_members:,} people who took part and {target.tested_others:,} "
            "who did not were tested"
        )
    if target.audited_group == target.group:
        return f"{target.group:,} of {target.people:,} people"
    return (
        f"Published are tables of {target.group:,} people. In each repeat others of them were kept out, to stand for "
        f"people who did not take part, so that the tables attacked are of {target.audited_group:,}"
    )


def _protection(evidence: SurveyEvidence) -> str:
    """Say how tables are protected."""
    protection = evidence.target.protection
    if evidence.target.given:
        return "Whatever was done to the tables before they were given"
    parts = []
    if protection.sample < 1:
        parts.append(f"a random {percent(protection.sample)} of people are counted")
    if protection.noise_epsilon is not None:
        delta = f", delta {protection.noise_delta:g}" if protection.noise == "gaussian" else ""
        noise = f"{protection.noise.capitalize()} noise of epsilon {protection.noise_epsilon:g}"
        parts.append(f"{noise}{delta} over all tables")
    if protection.round_to > 1:
        parts.append(f"counts rounded to multiples of {protection.round_to}")
    if protection.suppress_below > 0:
        more = ", and more against subtraction" if protection.complementary else ""
        parts.append(f"cells of fewer than {protection.suppress_below} people suppressed{more}")
    return capital("; ".join(parts)) if parts else "None"


SECTION: Section[SurveyEvidence] = Section(
    "release",
    "What is published",
    "What is published, and what the adversary knows",
    words={"facts": lambda evidence: (*release(evidence), *knowledge(evidence))},
)
