"""The sentences of a page over published tables, for a reader who knows no statistics of privacy.

Written from the findings, one wording an outcome; no word here may comfort.
"""

from __future__ import annotations

from math import ceil

from remembrain.report.document import Attack, Held, Status
from remembrain.report.summary import Line, at_once, best, still_recognised, though_guessing
from remembrain.report.survey import AdviceRow, Level, SurveyEvidence
from remembrain.report.words import (
    capital,
    decimal,
    interval_of,
    percent,
    rate_interval,
    rate_of,
    several,
    tidy,
    value_of,
    with_interval,
)

VERDICTS: dict[Status, str] = {
    "members recognised": "Those who took part can be recognised",
    "not shown beyond the blind baseline": "The groups can be told apart; too few people to say whether by the tables",
    "confounded": "The groups can be told apart, but the tables may not be the reason",
    "not detected": "Recognition of those who took part was not shown",
    "not assessed": "Not assessed",
}
CONTROL_MEANING: dict[tuple[str, Held], str] = {
    ("null", "holds"): (
        "Of the people who did not take part, half were called members. Their scores do not differ, as must be, so the "
        "comparison finds nothing where there is nothing. It cannot show a fault in how tables or references were made."
    ),
    ("null", "failed"): (
        "The same attacks were run on people who did not take part, half of whom were called members, and found a "
        "difference that cannot exist. The audit itself is at fault, and nothing is concluded from it."
    ),
    ("null", "not assessed"): (
        "Whether the attacks find members where there are none is not known, so nothing is concluded from them."
    ),
    ("blind", "holds"): (
        "An adversary who knows some of those who took part, but never sees a table, was run on the same people. Its "
        "interval contains guessing, so the two groups were not shown to differ by themselves."
    ),
    ("blind", "failed"): (
        "An adversary who never sees a table tells the groups apart: those who took part are another kind of people. "
        "Only what an attack finds beyond this is due to the tables."
    ),
    ("blind", "not assessed"): (
        "Whether the two groups differ by themselves is not known, so nothing is concluded about the tables."
    ),
}


def title(evidence: SurveyEvidence) -> str:
    """Return the question of the page."""
    return f"Do the tables of {evidence.target.name} tell who took part?"


def heading(evidence: SurveyEvidence) -> str:
    """Return what the audit comes to, in a line."""
    return VERDICTS[evidence.overall.status]


def sentences(evidence: SurveyEvidence) -> tuple[Line, ...]:
    """Return what was tested, against whom, what came out, which protection is enough, and what is not told."""
    return tuple(
        Line(question, tidy(answer))
        for question, answer in (
            ("What was tested", _tested(evidence)),
            ("Against whom", _adversary(evidence)),
            ("What came out", _came_out(evidence)),
            ("Which tables", _which(evidence)),
            ("What would protect", _protects(evidence)),
            ("What it cannot tell", _cannot()),
        )
        if answer
    )


def advice_line(row: AdviceRow, limit: float) -> str:
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


def swept_names(evidence: SurveyEvidence, *, protects: bool) -> tuple[str, ...]:
    """Return the knobs that protect, or the others."""
    return tuple(one.name for one in evidence.sweeps if one.protects == protects)


def refused(evidence: SurveyEvidence, *, protects: bool) -> tuple[str, ...]:
    """Return, for every knob of this kind, which values could not be tried, and why."""
    lost = {
        one.title: "; ".join(f"{point.value:g} ({point.why})" for point in one.points if point.why)
        for one in evidence.sweeps
        if one.protects == protects
    }
    return tuple(f"{title}: not tried at {values}." for title, values in lost.items() if values)


def release(evidence: SurveyEvidence) -> tuple[tuple[str, str], ...]:
    """Return the facts of the release."""
    target = evidence.target
    kinds: dict[str, int] = {}
    for one in target.tables:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    words = {"margin": "one-way margin", "crosstab": "cross-tab", "mean": "table of means"}
    listed = ", ".join(
        several(count, words[kind], f"{words[kind]}s" if kind != "mean" else "tables of means")
        for kind, count in kinds.items()
    )
    facts = [
        ("Tables", f"{capital(listed)}; {target.cells:,} cells, {target.suppressed:,} of them suppressed"),
        ("People", _people(evidence)),
        ("Protection", _protection(evidence)),
    ]
    if target.weights:
        facts.append(("Weights", f"By {target.weights}; together worth {target.effective:,.0f} people of equal weight"))
    return tuple(facts)


def knowledge(evidence: SurveyEvidence) -> tuple[tuple[str, str], ...]:
    """Return what the adversary knows, knob by knob."""
    target, knows = evidence.target, evidence.target.adversary
    columns = knows.get("known_columns") or ()
    answers = ", ".join(columns) if columns else ("all of them" if knows["known"] >= 1 else percent(knows["known"]))
    wrong = (
        percent(knows["answer_error"]) + " of these are wrong" if knows["answer_error"] else "none of these is wrong"
    )
    source = "another file" if target.reference_file else "the same file, who did not take part"
    tilt = (
        f", {knows['reference_tilt']:g} standard deviations away from the population" if knows["reference_tilt"] else ""
    )
    n = f"{'known' if knows['knows_n'] else 'not known to it; taken to be'} {target.n_taken:,.0f}"
    return (
        ("Answers of the person in question", f"{answers}; {wrong}"),
        ("People of the same population", f"{target.reference:,} of {source}{tilt}"),
        ("How many took part", n),
        ("Survey weight of the person", "known" if knows["knows_weight"] else "not known"),
    )


def _people(evidence: SurveyEvidence) -> str:
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
    said = evidence.target.protection
    if evidence.target.given:
        return "Whatever was done to the tables before they were given"
    parts = []
    if said["sample"] < 1:
        parts.append(f"a random {percent(said['sample'])} of people are counted")
    if said["noise_epsilon"] is not None:
        delta = f", delta {said['noise_delta']:g}" if said["noise"] == "gaussian" else ""
        parts.append(f"{said['noise'].capitalize()} noise of epsilon {said['noise_epsilon']:g}{delta} over all tables")
    if said["round_to"] > 1:
        parts.append(f"counts rounded to multiples of {said['round_to']}")
    if said["suppress_below"] > 0:
        more = ", and more against subtraction" if said["complementary"] else ""
        parts.append(f"cells of fewer than {said['suppress_below']} people suppressed{more}")
    return capital("; ".join(parts)) if parts else "None"


def _tested(evidence: SurveyEvidence) -> str:
    """Say what was tested."""
    target = evidence.target
    return (
        f"{capital(several(len(evidence.tried), 'attack'))} on {target.cells - target.suppressed:,} numbers in "
        f"{several(len(target.tables), 'table')} tried to tell {target.tested_members:,} people who took part from "
        f"{target.tested_others:,} who did not, "
        f"{'once' if evidence.audit.repeats == 1 else f'in each of {evidence.audit.repeats} repeats'}. "
        f"{_people(evidence)}."
    )


def _adversary(evidence: SurveyEvidence) -> str:
    """Say what the adversary knows."""
    facts = knowledge(evidence)
    return "An adversary who has: " + "; ".join(f"{name[0].lower()}{name[1:]}: {value}" for name, value in facts) + "."


def _came_out(evidence: SurveyEvidence) -> str:
    """Say what came out."""
    found = evidence.overall
    top = best([one for one in evidence.tried if (f := evidence.finding(one)) and f.status == found.status])
    confidence = f"{100 * evidence.audit.confidence:g} %"
    if found.status == "members recognised" and top:
        return (
            "Those who took part were recognised: the best attack puts one of them above "
            f"somebody who did not in {percent(top.auc.ends()[0])} of pairs (AUC {value_of(top.auc)}, "
            f"{interval_of(top.auc)}){_identifies(top)}. Ranges are {confidence} intervals"
            f"{at_once(evidence.tried)}; guessing gives 50 %.{though_guessing([top])}"
        )
    if found.status == "not shown beyond the blind baseline" and top:
        return (
            f"Those who took part were told from others (best attack: AUC {with_interval(top.auc)}), and nothing shows "
            "that the two differ by themselves; but people are too few to show that this is more than an adversary who "
            f"never sees a table finds (AUC {with_interval(evidence.controls.blind.auc)}). This is no evidence that "
            "the tables give nothing away."
        )
    if found.status == "confounded" and top:
        return (
            f"The two groups were told apart (best attack: AUC {with_interval(top.auc)}), but not shown to be so "
            f"better than by an adversary who never sees a table (AUC {with_interval(evidence.controls.blind.auc)}): "
            "those who took part may be another kind of people, and what the tables give away is open."
        )
    if found.status == "not detected":
        quiet = [one for one in evidence.tried if one.assessed]
        highest = decimal(ceil(100 * max((one.auc.ends()[2] for one in quiet), default=1.0) - 1e-9) / 100)
        return (
            "No attack was shown to recognise those who took part, which does not show that none can: the "
            f"{confidence} intervals leave room for an AUC of {highest}{_rates_left(quiet)}."
        )
    return f"Whether they can be recognised was not assessed, and this is no evidence that they cannot: {found.why}."


def _identifies(attack: Attack) -> str:
    """Say what share is recognised at the false-positive rate that is quoted."""
    found = attack.rate(attack.quoted_fpr)
    if attack.quoted_fpr is None or not found.known:
        return ""
    return (
        f", and recognises {rate_of(found)} ({rate_interval(found)}) of those who took part while "
        f"wrongly naming {percent(attack.quoted_fpr)} of those who did not"
    )


def _rates_left(quiet: list[Attack]) -> str:
    """Say how many could be recognised all the same."""
    recognised = still_recognised(quiet)
    if recognised is None:
        return ""
    fpr, share = recognised
    return f", or up to {share} recognised while {percent(fpr)} of others are wrongly named"


def _which(evidence: SurveyEvidence) -> str:
    """Say which tables tell most."""
    rows = evidence.contributions.rows if evidence.contributions else ()
    clear = [one for one in rows if one.alone.known and one.alone.ends()[1] > 0.5]
    if not rows:
        return ""
    if not clear:
        return (
            f"None of {several(len(rows), 'table')} was shown to tell anything by itself (joint intervals); what "
            "is found comes from many together."
        )
    listed = "; ".join(f"{one.part} (AUC alone {with_interval(one.alone)})" for one in clear[:3])
    return f"{capital(several(len(clear), 'table'))} of {len(rows)} tell something by themselves, most: {listed}."


def _protects(evidence: SurveyEvidence) -> str:
    """Say which protection is enough, as measured."""
    if not evidence.advice or not any(row.tried for row in evidence.advice.rows):
        return ""
    rows = [row for row in evidence.advice.rows if row.tried]
    return " ".join(f"{row.title}: {advice_line(row, evidence.advice.auc_below)}" for row in rows)


def _cannot() -> str:
    """Say what none of this tells."""
    return (
        "This says nothing of stronger attacks than those listed, of adversaries who know more than is said above, of "
        "other people, or of anything but who took part; what was not tested is listed below."
    )
