"""What is published, of whom and how protected, and what the adversary knows."""

from __future__ import annotations

from collections import Counter

from remembrain.record.table_settings import Blur
from remembrain.record.tables import SurveyEvidence, Tables
from remembrain.report.section import Section
from remembrain.report.words import Line, capital, percent, several, with_interval

_KINDS = {
    "margin": ("one-way margin", "one-way margins"),
    "crosstab": ("cross-tab", "cross-tabs"),
    "mean": ("table of means", "tables of means"),
    "sd": ("table of standard deviations", "tables of standard deviations"),
    "quantile": ("table of a quantile", "tables of quantiles"),
    "contrast": ("contrast of two groups", "contrasts of two groups"),
}


_UNITS = {"count": "counts", "percent": "percentages", "share": "shares"}


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
    wrong += _another_measurement(target)
    source = "another file" if target.reference_file else "the same file, who did not take part"
    tilt = f", {knows.reference_tilt:g} standard deviations away from the population" if knows.reference_tilt else ""
    n = f"{'known' if knows.knows_n else 'not known to it; taken to be'} {target.n_taken:,.0f}"
    return (
        Line("Answers of the person in question", f"{answers}; {wrong}"),
        Line("People of the same population", f"{target.reference:,} of {source}{tilt}"),
        Line("How many took part", n),
        *([Line("How numbers go together", _together(target))] if target.shrinkage is not None else []),
        Line("Survey weight of the person", "known" if knows.knows_weight else "not known"),
    )


def _together(target: Tables) -> str:
    """Say from whom the adversary learns how numbers go together, and how much of that is taken for chance."""
    told = target.cells - target.suppressed
    learned = f"learned from {target.reference:,} people for {told:,} numbers, with correlations made smaller by "
    learned += f"{percent(target.shrinkage or 0.0)} (Ledoit and Wolf 2004)"
    few = "; fewer people than numbers, so that an adversary who has more of them may do better"
    return learned + (few if target.reference < told else "")


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
    """Say how tables are protected, or of given ones what is declared."""
    target, protection = evidence.target, evidence.target.protection
    parts = _declared(target.blur) if target.blur is not None else []
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
    if target.given:
        declared = f"declared, and known to the adversary: {'; '.join(parts)}" if parts else "nothing is declared"
        return f"Whatever was done to the tables before they were given; {declared}"
    return capital("; ".join(parts)) if parts else "None"


def _declared(blur: Blur) -> list[str]:
    """Say what is public of tables that somebody else published: their unit, and what was done to counts and shares."""
    parts = []
    if blur.unit is not None:
        parts.append(f"numbers are {_UNITS[blur.unit]}")
    if blur.decimals is not None:
        parts.append(f"shares have {several(blur.decimals, 'decimal')}")
    if blur.random_round_to > 1:
        parts.append(f"counts rounded up or down at random to multiples of {blur.random_round_to}")
    if blur.perturbation:
        changes = ", ".join(f"{change:+g} with probability {chance:g}" for change, chance in blur.perturbation)
        parts.append(f"counts changed by cell keys ({changes})")
    if blur.perturbation_variance:
        parts.append(f"counts changed by cell keys, of variance {blur.perturbation_variance:g}")
    if blur.noise_sd:
        parts.append(f"noise of standard deviation {blur.noise_sd:g} on counts")
    if blur.direction is not None:
        parts.append(f"contrasts are {blur.direction}")
    if blur.adjusted:
        parts.append("contrasts are adjusted for covariates, of which all numbers of people are residuals")
    return parts


def _another_measurement(target: Tables) -> str:
    """Say of which measurement the adversary's numbers are, where it is not the published one."""
    said, measured = target.adversary.reliability, target.measured
    if said != "measured":
        return f"; its numbers are of another measurement, of reliability {said:g}" if said < 1 else ""
    if measured is None or not measured.columns:
        return "; its numbers are of another measurement"
    values = [column.value or 0.0 for column in measured.columns]
    median = with_interval(measured.median)
    several_of = f", the median of {len(values):,} columns, from {min(values):.2f} to {max(values):.2f}"
    return f"; its numbers are of a second session, which {measured.people:,} people have, of reliability {median}" + (
        several_of if len(values) > 1 else ""
    )


SECTION: Section[SurveyEvidence] = Section(
    "release",
    "What is published",
    "What is published, and what the adversary knows",
    words={"facts": lambda evidence: (*release(evidence), *knowledge(evidence))},
)
