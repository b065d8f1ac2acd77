"""The head of the page over published tables, for a reader who knows no statistics of privacy.

Written from the findings, one wording an outcome; no word here may comfort.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

from remembrain.record.attacks import Attack, PosteriorRow, Status
from remembrain.record.numbers import Number
from remembrain.record.tables import SurveyEvidence
from remembrain.report.section import Section
from remembrain.report.sections.protection import advice
from remembrain.report.sections.release import knowledge, people
from remembrain.report.sections.tables import telling
from remembrain.report.strongest import at_once, best, still_recognised, though_guessing, with_status
from remembrain.report.words import (
    Line,
    capital,
    count_of,
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

QUOTED_FPR = 0.1
"""Share of those who did not take part who are wrongly named, where being named is told in a sentence."""

VERDICTS: dict[Status, str] = {
    "members recognised": "Those who took part can be recognised",
    "not shown beyond the blind baseline": "The groups can be told apart; too few people to say whether by the tables",
    "confounded": "The groups can be told apart, but the tables may not be the reason",
    "not detected": "Recognition of those who took part was not shown",
    "not assessed": "Not assessed",
}


def title(audits: Sequence[SurveyEvidence]) -> str:
    """Return the question of the page."""
    return f"Do the tables of {audits[0].target.name} tell who took part?"


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
            ("Being named", _named(evidence)),
            ("Without any doubt", _certain(evidence)),
            ("With realistic knowledge", _realistic(evidence)),
            ("Which tables", telling(evidence)),
            ("What would protect", _protects(evidence)),
            ("What it cannot tell", _cannot()),
        )
        if answer
    )


def _tested(evidence: SurveyEvidence) -> str:
    """Say what was tested."""
    target = evidence.target
    return (
        f"{capital(several(len(evidence.tried), 'attack'))} on {target.cells - target.suppressed:,} numbers in "
        f"{several(len(target.tables), 'table')} tried to tell {target.tested_members:,} people who took part from "
        f"{target.tested_others:,} who did not, "
        f"{'once' if evidence.audit.repeats == 1 else f'in each of {evidence.audit.repeats} repeats'}. "
        f"{people(evidence)}."
    )


def _adversary(evidence: SurveyEvidence) -> str:
    """Say what the adversary knows."""
    facts = "; ".join(f"{fact.name[0].lower()}{fact.name[1:]}: {fact.text}" for fact in knowledge(evidence))
    return f"An adversary who has: {facts}."


def _came_out(evidence: SurveyEvidence) -> str:
    """Say what came out."""
    overall = evidence.overall
    top = best(with_status(evidence, overall.status))
    confidence = f"{100 * evidence.audit.confidence:g} %"
    if overall.status == "members recognised" and top:
        return (
            "Those who took part were recognised: the best attack puts one of them above "
            f"somebody who did not in {percent(top.auc.ends()[0])} of pairs (AUC {value_of(top.auc)}, "
            f"{interval_of(top.auc)}){_identifies(top)}. Ranges are {confidence} intervals"
            f"{at_once(evidence.tried)}; guessing gives 50 %.{though_guessing([top])}"
        )
    if overall.status == "not shown beyond the blind baseline" and top:
        return (
            f"Those who took part were told from others (best attack: AUC {with_interval(top.auc)}), and nothing shows "
            "that the two differ by themselves; but people are too few to show that this is more than an adversary who "
            f"never sees a table finds (AUC {with_interval(evidence.controls.blind.auc)}). This is no evidence that "
            "the tables give nothing away."
        )
    if overall.status == "confounded" and top:
        return (
            f"The two groups were told apart (best attack: AUC {with_interval(top.auc)}), but not shown to be so "
            f"better than by an adversary who never sees a table (AUC {with_interval(evidence.controls.blind.auc)}): "
            "those who took part may be another kind of people, and what the tables give away is open."
        )
    if overall.status == "not detected":
        quiet = [attack for attack in evidence.tried if attack.assessed]
        highest = decimal(ceil(100 * max((attack.auc.ends()[2] for attack in quiet), default=1.0) - 1e-9) / 100)
        return (
            "No attack was shown to recognise those who took part, which does not show that none can: the "
            f"{confidence} intervals leave room for an AUC of {highest}{_rates_left(quiet)}."
        )
    return f"Whether they can be recognised was not assessed, and this is no evidence that they cannot: {overall.why}."


def _named(evidence: SurveyEvidence) -> str:
    """Say at base rates how many of a hundred people whom the best attack names took part, where it was shown to."""
    if evidence.overall.status != "members recognised" or evidence.posterior is None:
        return ""
    rows = [row for row in evidence.posterior.rows if row.posterior.known and row.fpr == QUOTED_FPR]
    if not rows:
        return ""
    shares = "; ".join(_of_a_hundred(row) for row in sorted(rows, key=lambda row: row.prior))
    return (
        f"Of 100 people whom the best attack names while it wrongly names {percent(QUOTED_FPR)} of those who did not, "
        f"so many took part: {shares}."
    )


def _certain(evidence: SurveyEvidence) -> str:
    """Say of how many people exact arithmetic leaves no doubt."""
    certain = evidence.certain
    if certain is None or certain.why or not certain.tested_members:
        return ""
    words = {"counts": "the counts", "means": "the means and standard deviations"}
    numbers = " and ".join(words[name] for name in certain.on)
    if not certain.proven and not certain.excluded:
        return (
            f"Of none of the people tested in the first repeat do {numbers} alone prove that they took part, or that "
            "they did not; the attacks above say what is probable."
        )
    proven, excluded = count_of(certain.proven), count_of(certain.excluded)
    return (
        f"By exact arithmetic on {numbers}, {proven} of {certain.tested_members:,} who took part are proven to have "
        f"done so, since nobody else of the file gave their answers, and {excluded} of {certain.tested_others:,} who "
        "did not are proven not to have."
    )


def _of_a_hundred(row: PosteriorRow) -> str:
    """Return how many of a hundred people who are named took part, at one base rate."""
    share = row.posterior
    return f"about {round(100 * share.ends()[0])} ({ends_of_a_hundred(share)}) if {in_words(row.prior)} did"


def in_words(prior: float) -> str:
    """Return a base rate as so many of a round number of people."""
    out_of = 10 ** max(1, ceil(-log10(prior) - 1e-9))
    return f"{prior * out_of:g} in {out_of:,}"


def ends_of_a_hundred(share: Number) -> str:
    """Return the interval of a share, of a hundred people; outwards."""
    _, low, high = share.ends()
    return f"{floor(100 * low + 1e-9)} to {ceil(100 * high - 1e-9)}"


def _realistic(evidence: SurveyEvidence) -> str:
    """Say beside the worst case what adversaries of limited knowledge reach, as means over releases drawn anew."""
    steps = [step for step in evidence.realism[1:] if step.auc]
    if not steps:
        return ""
    told = []
    for step in steps:
        name = max(step.auc, key=lambda attack: step.auc[attack].ends()[0])
        told.append(f"{step.words}: {with_interval(step.auc[name])}")
    return (
        f"Of releases made like this one ({several(evidence.worlds, 'release')} a step), the AUC of the best attack "
        f"that was swept: {'; '.join(told)}."
    )


def _identifies(attack: Attack) -> str:
    """Say what share is recognised at the false-positive rate that is quoted."""
    share = attack.rate(attack.quoted_fpr)
    if attack.quoted_fpr is None or not share.known:
        return ""
    return (
        f", and recognises {rate_of(share)} ({rate_interval(share)}) of those who took part while "
        f"wrongly naming {percent(attack.quoted_fpr)} of those who did not"
    )


def _rates_left(quiet: list[Attack]) -> str:
    """Say how many could be recognised all the same."""
    recognised = still_recognised(quiet)
    if recognised is None:
        return ""
    fpr, share = recognised
    return f", or up to {share} recognised while {percent(fpr)} of others are wrongly named"


def _protects(evidence: SurveyEvidence) -> str:
    """Say which protection is enough, as measured."""
    return " ".join(f"{kind.name}: {kind.text}" for kind in advice(evidence))


def _cannot() -> str:
    """Say what none of this tells."""
    return (
        "This says nothing of stronger attacks than those listed, of adversaries who know more than is said above, of "
        "other people, or of anything but who took part; what was not tested is listed below."
    )


SECTION: Section[SurveyEvidence] = Section(
    "summary",
    "Summary",
    heading,
    words={"lines": sentences},
    css=lambda evidence: f"verdict {evidence.overall.status.replace(' ', '-')}",
)
