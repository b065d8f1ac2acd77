"""The sentences at the head of the report, for a reader who knows neither networks nor statistics.

They are written from the findings: one wording for each outcome, with its figures and intervals. What was not shown is
reported with what the data still leave possible; no word here may comfort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from remembrain.errors import with_article
from remembrain.report import guarantee_words
from remembrain.report.document import OVERALL, Attack, Evidence, Group, Held, Status
from remembrain.report.joined import alone
from remembrain.report.words import (
    capital,
    data_word,
    decimal,
    interval_of,
    percent,
    rate_interval,
    rate_of,
    several,
    spelled,
    tidy,
    value_of,
    with_interval,
)

VERDICTS: dict[Status, str] = {
    "members recognised": "Members can be recognised",
    "not shown beyond the blind baseline": "Members can be told apart; too few people to say whether by the model",
    "confounded": "The groups can be told apart, but the model may not be the reason",
    "not detected": "Recognition of members was not shown",
    "not assessed": "Not assessed",
}
LABELS: dict[Status, str] = {
    "members recognised": "recognised",
    "not shown beyond the blind baseline": "too few people to tell",
    "confounded": "confounded",
    "not detected": "not shown",
    "not assessed": "not assessed",
}
MEANS = {
    "outputs": "with the model’s predictions alone",
    "weights": "with the model’s weights",
    "rounds": "with every round of a federated training",
    "published tables": "with the published tables alone",
}
INSIDERS = {
    "learner": "What one site learns about another",
    "server": "What the server learns",
}
_GUESSING = 0.5


@dataclass(frozen=True)
class Line:
    """One sentence of the summary, the question that it answers, and how loudly it is marked."""

    question: str
    answer: str
    mark: str = ""


def heading(evidence: Evidence) -> str:
    """Return what the whole audit comes to, in a line."""
    broken = "; the claimed guarantee is contradicted" if _broken(evidence) else ""
    return VERDICTS[evidence.overall.status] + broken


def sentences(evidence: Evidence) -> tuple[Line, ...]:
    """Return what was tested, on whom, what came out, what insiders learn, what is guaranteed, and what is not told.

    A guarantee that is contradicted comes first.
    """
    federation, broken = evidence.federation, _broken(evidence)
    guaranteed = _guaranteed(evidence)
    return (
        *(guaranteed if broken else ()),
        Line("What was tested", tidy(_tested(evidence))),
        Line("On whom", tidy(_on_whom(evidence))),
        *_fed(evidence),
        Line("What came out" if not federation else "From the released model", tidy(_came_out(evidence))),
        *(Line(one.question, tidy(evidence.in_words(one.answer))) for one in insiders(evidence)),
        *(guaranteed if not broken else ()),
        Line("What it cannot tell", tidy(_cannot(evidence))),
    )


def insiders(evidence: Evidence) -> tuple[Line, ...]:
    """Return what each kind of insider of a federation learns, in a sentence."""
    federation = evidence.federation
    if federation is None:
        return ()
    lines = []
    for by, question in INSIDERS.items():
        threat, top = federation.threat(by), federation.best(by)
        found = threat.finding(OVERALL) if threat else None
        if threat is None or found is None:
            why = next((one.why for one in federation.threats if one.by == by and one.why), "it was not run")
            lines.append(Line(question, f"Not assessed: {why}. This is no evidence that nothing is learned."))
            continue
        most = (
            f" Most is seen by {top.name}, with AUC {with_interval(top.auc)}{_held(threat.tried)} "
            f"as the mean over {threat.n_pairs} pairs, of about {top.n_members} and {top.n_nonmembers} people or more."
            if top
            else ""
        )
        lines.append(Line(question, f"{VERDICTS[found.status]}.{most} {found.text}"))
    return tuple(lines)


def best(attacks: Sequence[Attack], access: str | None = None) -> Attack | None:
    """Return the assessed attack on the model with the greatest AUC, of those with this access where one is named.

    Its intervals are those that hold for all attacks at once.
    """
    able = [one for one in attacks if one.assessed and not one.blind and access in (None, one.access)]
    top = max(able, key=lambda one: one.auc.ends()[0], default=None)
    return top and top.chosen()


def _held(attacks: Sequence[Attack]) -> str:
    """Say what an interval in brackets is that holds for all attacks."""
    return f" (an interval{words})" if (words := at_once(attacks)) else ""


def accesses(attacks: Sequence[Attack]) -> list[str]:
    """Return what the attacks on the model need of it, each once, in their order."""
    return list(dict.fromkeys(one.access for one in attacks if not one.blind))


def _broken(evidence: Evidence) -> bool:
    """Return whether a claimed guarantee is contradicted."""
    return evidence.privacy is not None and evidence.privacy.contradicted


def _guaranteed(evidence: Evidence) -> tuple[Line, ...]:
    """Return what is guaranteed, where anything is known of that."""
    if evidence.privacy is None:
        return ()
    answer = tidy(guarantee_words.answer(evidence.privacy))
    return (Line("What is guaranteed", answer, mark=guarantee_words.alarm(evidence.privacy)),)


def _tested(evidence: Evidence) -> str:
    """Say what was tested."""
    target, tried = evidence.target, evidence.tried
    kinds = []
    for access in accesses(tried):
        mine = [one for one in tried if one.access == access]
        kinds.append(f"{spelled(len(mine))} {_means(access)}")
    listed = f"{several(len(tried), 'attack')} ({', '.join(kinds)})" if kinds else "no attack"
    return (
        f"{capital(listed)} tried to tell whose {data_word(evidence.people.source)} trained {target.name}, a network "
        f"that predicts {target.label} from {with_article(target.input)}."
    )


def _fed(evidence: Evidence) -> tuple[Line, ...]:
    """Say of a model that was trained elsewhere whether it is fed right; only its owner's own predictions prove it."""
    fed = evidence.target.feeding
    if fed is None:
        return ()
    said = "; ".join((fed.why, *fed.hints)).rstrip(".")
    answer = {
        "proven": f"Yes, as far as can be shown: {said}.",
        "not proven": (
            f"Not proven: {said}. A model that is fed otherwise than in its training gives less away here than it does "
            "elsewhere."
        ),
        "doubtful": f"Doubtful: {said}. Nothing that was not found here speaks for the model.",
        "refuted": f"No: {said}. Nothing is concluded from what was attacked instead.",
    }[fed.status]
    mark = "not assessed" if fed.status in ("doubtful", "refuted") else ""
    return (Line("Is the model fed right?", tidy(answer), mark=mark),)


def _on_whom(evidence: Evidence) -> str:
    """Say on whom it was tested."""
    members, others = evidence.people.group("member"), evidence.people.group("nonmember")
    audit, tested = evidence.audit, evidence.tried[0] if evidence.tried else None
    word = data_word(evidence.people.source)
    judged = "all others"
    if tested and tested.n_members:
        judged = f"{tested.n_members} and {tested.n_nonmembers} others"
    whole = f" All {word} of a person were judged together." if any(one.joined for one in evidence.attacks) else ""
    return (
        f"Of {_about(members)} members, whose {word} trained the model, and "
        f"{_about(others)} non-members, whose {word} did not, the attacker was told "
        f"{audit.known_members} and {audit.known_nonmembers} and had to decide about {judged}, "
        f"{'once' if audit.repeats == 1 else f'in each of {audit.repeats} repeats with other people known'}.{whole}"
    )


def _about(group: Group | None) -> str:
    """Return how many people a role has."""
    return f"about {group.people:,}" if group else "fewer than ten"


def _came_out(evidence: Evidence) -> str:
    """Say what came out, by the status of the whole audit."""
    words = {
        "members recognised": _recognised,
        "not shown beyond the blind baseline": _too_few,
        "confounded": _confounded,
        "not detected": _not_detected,
        "not assessed": _not_assessed,
    }
    return words[evidence.outsider.status](evidence)


def _recognised(evidence: Evidence) -> str:
    """Say how well the best attack of each access did, among those that recognise members."""
    found = _with_status(evidence, "members recognised")
    parts, quoted = [], []
    for access in accesses(found):
        mine, top = [one for one in found if one.access == access], best(found, access)
        if top is None:
            continue
        which = "the attack" if len(mine) == 1 else f"the best of {spelled(len(mine))} attacks that recognise them"
        ranks = (
            f"{_means(access)}, {which} puts a member above a non-member in {percent(top.auc.ends()[0])} of pairs "
            f"(AUC {value_of(top.auc)}, {interval_of(top.auc)}{alone(top, data_word(evidence.people.source))})"
        )
        parts.append(ranks + _identifies(top))
        quoted.append(top)
    return (
        f"Members were recognised: {'; '.join(parts)}{_open(evidence)}. Ranges are {_confidence(evidence)} intervals"
        f"{at_once(evidence.tried)}; guessing gives 50 %.{though_guessing(quoted)}"
    )


def though_guessing(quoted: Sequence[Attack]) -> str:
    """Say why members are recognised where the interval of an AUC holds guessing: another test decides."""
    if not any(one.auc.ends()[1] <= _GUESSING for one in quoted):
        return ""
    return (
        " Where a range holds guessing, it is the test of all attacks together that shows it: it takes what is known "
        "of people out of the scores, and for attacks that learn from nobody’s membership counts everybody."
    )


def at_once(attacks: Sequence[Attack]) -> str:
    """Say that intervals of the best attack hold for all of them, where there are several."""
    several_ = [one for one in attacks if one.of_several]
    return f" that hold for all {spelled(len(several_))} attacks at once" if len(several_) > 1 else ""


def _identifies(attack: Attack) -> str:
    """Say what share of members an attack identifies at the false-positive rate that is quoted."""
    found = attack.rate(attack.quoted_fpr)
    if attack.quoted_fpr is None or not found.known:
        return ""
    return (
        f" and recognises {rate_of(found)} of members ({rate_interval(found)}) while wrongly accusing "
        f"{percent(attack.quoted_fpr)} of non-members"
    )


def still_recognised(attacks: Sequence[Attack]) -> tuple[float, str] | None:
    """Return the lowest false-positive rate that is quoted of any attack, and up to what share may be recognised."""
    fpr = min((one.quoted_fpr for one in attacks if one.quoted_fpr is not None), default=None)
    known = [found for one in attacks if (found := one.rate(fpr)).known]
    if fpr is None or not known:
        return None
    return fpr, percent(max(found.ends()[2] for found in known), up=True)


def _too_few(evidence: Evidence) -> str:
    """Say that something beats chance, and that people are too few to tell it from the blind baseline."""
    found = _with_status(evidence, "not shown beyond the blind baseline")
    top, needed = best(found), [one.people_needed for one in evidence.findings if one.people_needed is not None]
    reached = f" (best attack: AUC {with_interval(top.auc)})" if top else ""
    more = (
        f" About {min(needed):,} members and as many non-members to decide about would show it four times in five, if "
        "the attack’s lead is what it was here."
        if needed
        else ""
    )
    return (
        f"Members were told from non-members{reached}, and nothing shows that the two groups differ by themselves; but "
        "people are too few to show that this is more than an attack that never sees the model finds (AUC "
        f"{with_interval(evidence.controls.blind.auc)}; {_confidence(evidence)} intervals). This is no evidence that "
        f"the model gives nothing away{_open(evidence)}.{more}"
    )


def _confounded(evidence: Evidence) -> str:
    """Say that the groups differ, and how well the blind baseline tells them apart."""
    top = best(_with_status(evidence, "confounded"))
    blind = evidence.controls.blind.auc
    reached = f" (best attack: AUC {with_interval(top.auc)})" if top else ""
    if evidence.groups and evidence.groups.differ:
        return (
            f"Members were told from non-members{reached}, but {evidence.groups.why}: the attacks may tell two kinds "
            f"of people apart, as one that never sees the model does (AUC {with_interval(blind)}; "
            f"{_confidence(evidence)} intervals). What the model gives away is open until members and non-members "
            f"are matched{_open(evidence)}."
        )
    return (
        f"Members were told from non-members{reached}, but not shown to be so better than by an attack that never sees "
        f"the model (AUC {with_interval(blind)}; {_confidence(evidence)} intervals), so differences between the two "
        f"groups in age, sex, site or measurement may be the reason, and what the model gives away is open"
        f"{_open(evidence)}."
    )


def _not_detected(evidence: Evidence) -> str:
    """Say what the intervals still leave possible."""
    quiet = [one for one in _with_status(evidence, "not detected") if one.assessed]
    highest = max((one.auc.ends()[2] for one in quiet), default=1.0)
    bound = ceil(100 * highest - 1e-9) / 100
    possible = f"an attack that puts a member above a non-member in {percent(bound)} of pairs (AUC {decimal(bound)})"
    if recognised := still_recognised(quiet):
        fpr, share = recognised
        possible += f", or up to {share} of members recognised while {percent(fpr)} of non-members are accused"
    return (
        f"No attack was shown to recognise members, which does not show that none can: the {_confidence(evidence)} "
        f"intervals leave room for {possible}."
    )


def _not_assessed(evidence: Evidence) -> str:
    """Say that nothing can be said, and why."""
    why = evidence.outsider.why.strip().rstrip(".") or "no reason is recorded"
    return f"Whether members can be recognised was not assessed, and this is no evidence that they cannot: {why}."


def _cannot(evidence: Evidence) -> str:
    """Say what none of this tells."""
    unseen = "" if "weights" in accesses(evidence.tried) else ", an attacker who holds the weights"
    return (
        f"This says nothing of stronger attacks than those listed{unseen}, of other people or another training, or of "
        "anything but membership; what was not tested is listed below."
    )


def _with_status(evidence: Evidence, status: Status) -> list[Attack]:
    """Return the attacks of which this was found."""
    return [one for one in evidence.tried if (found := evidence.finding(one)) and found.status == status]


def _open(evidence: Evidence) -> str:
    """Say how many attacks could not be assessed, where there are such."""
    count = len(_with_status(evidence, "not assessed"))
    return f"; {several(count, 'attack')} could not be assessed" if count else ""


def _confidence(evidence: Evidence) -> str:
    """Return the confidence of intervals."""
    return f"{100 * evidence.audit.confidence:g} %"


def _means(access: str) -> str:
    """Return what an attack may see of the model."""
    return MEANS.get(access, f"with access to {access}")


CONTROL_MEANING: dict[tuple[str, Held], str] = {
    ("null", "holds"): (
        "The same attacks were run on non-members of whom half were called members. They found nothing there, as must "
        "be, so what they find on the model is not made up by the method."
    ),
    ("null", "failed"): (
        "The same attacks were run on non-members of whom half were called members, and found a difference that cannot "
        "exist. The audit itself is at fault, and nothing is concluded from it."
    ),
    ("null", "not assessed"): (
        "Whether the attacks find members where there are none is not known, so nothing is concluded from them."
    ),
    ("blind", "holds"): (
        "An attack that knows age, sex, site and simple measurements but never sees the model was run on the same "
        "people. Its interval contains guessing, so the two groups were not shown to differ by themselves."
    ),
    ("blind", "failed"): (
        "An attack that knows age, sex, site and simple measurements but never sees the model tells the groups apart: "
        "they differ by themselves. Only what an attack finds beyond this is due to the model."
    ),
    ("blind", "not assessed"): (
        "Whether the two groups differ by themselves is not known, so nothing is concluded about the model."
    ),
}
"""What the state of each control means for the reader."""
