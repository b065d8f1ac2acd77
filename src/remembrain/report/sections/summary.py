"""The head of the page of a model, for a reader who knows neither networks nor statistics.

Written from the findings: one wording for each outcome, with its figures and intervals. What was not shown is reported
with what the data still leave possible; no word here may comfort.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from remembrain.errors import with_article
from remembrain.record.attacks import Attack, Status
from remembrain.record.model import Evidence
from remembrain.record.people import Group
from remembrain.report.joined import alone
from remembrain.report.section import Section
from remembrain.report.sections import federation, guarantee
from remembrain.report.strongest import accesses, at_once, best, still_recognised, though_guessing, with_status
from remembrain.report.words import (
    VERDICTS,
    Line,
    capital,
    decimal,
    interval_of,
    listed,
    percent,
    rate_interval,
    rate_of,
    several,
    spelled,
    tidy,
    value_of,
    with_interval,
)

_MEANS = {
    "outputs": "with the model’s predictions alone",
    "weights": "with the model’s weights",
    "rounds": "with every round of a federated training",
    "published tables": "with the published tables alone",
}


def title(audits: Sequence[Evidence]) -> str:
    """Return the question of the page."""
    names = list(dict.fromkeys(evidence.target.name for evidence in audits))
    does, them = ("Do", "them") if len(names) > 1 else ("Does", "it")
    return f"{does} {listed(names)} remember whose {audits[0].data_word} trained {them}?"


def heading(evidence: Evidence) -> str:
    """Return what the whole audit comes to, in a line."""
    broken = "; the claimed guarantee is contradicted" if _broken(evidence) else ""
    return VERDICTS[evidence.overall.status] + broken


def sentences(evidence: Evidence) -> tuple[Line, ...]:
    """Return what was tested, on whom, what came out, what insiders learn, what is guaranteed, and what is not told.

    A guarantee that is contradicted comes first.
    """
    broken, guaranteed = _broken(evidence), _guaranteed(evidence)
    came_out = "From the released model" if evidence.federation else "What came out"
    return (
        *(guaranteed if broken else ()),
        Line("What was tested", tidy(_tested(evidence))),
        Line("On whom", tidy(_on_whom(evidence))),
        *_fed(evidence),
        Line(came_out, tidy(_CAME_OUT[evidence.outsider.status](evidence))),
        *federation.insiders(evidence),
        *(guaranteed if not broken else ()),
        Line("What it cannot tell", tidy(_cannot(evidence))),
    )


def _broken(evidence: Evidence) -> bool:
    """Return whether a claimed guarantee is contradicted."""
    return evidence.privacy is not None and evidence.privacy.contradicted


def _guaranteed(evidence: Evidence) -> tuple[Line, ...]:
    """Return what is guaranteed, where anything is known of that."""
    if evidence.privacy is None:
        return ()
    answer = tidy(guarantee.answer(evidence.privacy))
    return (Line("What is guaranteed", answer, guarantee.alarm(evidence.privacy)),)


def _tested(evidence: Evidence) -> str:
    """Say what was tested."""
    target, tried = evidence.target, evidence.tried
    kinds = [
        f"{spelled(sum(attack.access == access for attack in tried))} {_means(access)}" for access in accesses(tried)
    ]
    attacks = f"{several(len(tried), 'attack')} ({', '.join(kinds)})" if kinds else "no attack"
    tried_to_tell = f"{capital(attacks)} tried to tell whose {evidence.data_word} trained {target.name}"
    if target.answers_alone:
        return f"{tried_to_tell}, a model that predicts {target.label}, and of which its answers alone were seen."
    return f"{tried_to_tell}, a network that predicts {target.label} from {with_article(target.input)}."


def _fed(evidence: Evidence) -> tuple[Line, ...]:
    """Say of a model that was trained elsewhere whether it is fed right; only its owner's own predictions prove it."""
    fed = evidence.target.feeding
    if fed is None:
        return ()
    ground = "; ".join((fed.why, *fed.hints)).rstrip(".")
    answer = {
        "proven": f"Yes, as far as can be shown: {ground}.",
        "not proven": (
            f"Not proven: {ground}. A model that is fed otherwise than in its training gives less away here than it "
            "does elsewhere."
        ),
        "doubtful": f"Doubtful: {ground}. Nothing that was not found here speaks for the model.",
        "refuted": f"No: {ground}. Nothing is concluded from what was attacked instead.",
    }[fed.status]
    mark = "not assessed" if fed.status in ("doubtful", "refuted") else ""
    return (Line("Is the model fed right?", tidy(answer), mark),)


def _on_whom(evidence: Evidence) -> str:
    """Say on whom it was tested."""
    members, others = evidence.people.group("member"), evidence.people.group("nonmember")
    audit, tested = evidence.audit, evidence.tried[0] if evidence.tried else None
    word = evidence.data_word
    judged = "all others"
    if tested and tested.n_members:
        judged = f"{tested.n_members} and {tested.n_nonmembers} others"
    joined = any(attack.joined for attack in evidence.attacks)
    whole = f" All {word} of a person were judged together." if joined else ""
    return (
        f"Of {_about(members)} members, whose {word} trained the model, and "
        f"{_about(others)} non-members, whose {word} did not, the attacker was told "
        f"{audit.known_members} and {audit.known_nonmembers} and had to decide about {judged}, "
        f"{'once' if audit.repeats == 1 else f'in each of {audit.repeats} repeats with other people known'}.{whole}"
    )


def _about(group: Group | None) -> str:
    """Return how many people a role has."""
    return f"about {group.people:,}" if group else "fewer than ten"


def _recognised(evidence: Evidence) -> str:
    """Say how well the best attack of each access did, among those that recognise members."""
    recognising = with_status(evidence, "members recognised")
    parts, quoted = [], []
    for access in accesses(recognising):
        number, top = sum(attack.access == access for attack in recognising), best(recognising, access)
        if top is None:
            continue
        which = "the attack" if number == 1 else f"the best of {spelled(number)} attacks that recognise them"
        ranks = (
            f"{_means(access)}, {which} puts a member above a non-member in {percent(top.auc.ends()[0])} of pairs "
            f"(AUC {value_of(top.auc)}, {interval_of(top.auc)}{alone(top, evidence.data_word)})"
        )
        parts.append(ranks + _identifies(top))
        quoted.append(top)
    return (
        f"Members were recognised: {'; '.join(parts)}{_open(evidence)}. Ranges are {_confidence(evidence)} intervals"
        f"{at_once(evidence.tried)}; guessing gives 50 %.{though_guessing(quoted)}"
    )


def _identifies(attack: Attack) -> str:
    """Say what share of members an attack identifies at the false-positive rate that is quoted."""
    share = attack.rate(attack.quoted_fpr)
    if attack.quoted_fpr is None or not share.known:
        return ""
    return (
        f" and recognises {rate_of(share)} of members ({rate_interval(share)}) while wrongly accusing "
        f"{percent(attack.quoted_fpr)} of non-members"
    )


def _too_few(evidence: Evidence) -> str:
    """Say that something beats chance, and that people are too few to tell it from the blind baseline."""
    needed = [finding.people_needed for finding in evidence.findings if finding.people_needed is not None]
    more = (
        f" About {min(needed):,} members and as many non-members to decide about would show it four times in five, if "
        "the attack’s lead is what it was here."
        if needed
        else ""
    )
    return (
        f"Members were told from non-members{_reached(evidence, 'not shown beyond the blind baseline')}, and nothing "
        "shows that the two groups differ by themselves; but "
        "people are too few to show that this is more than an attack that never sees the model finds (AUC "
        f"{with_interval(evidence.controls.blind.auc)}; {_confidence(evidence)} intervals). This is no evidence that "
        f"the model gives nothing away{_open(evidence)}.{more}"
    )


def _reached(evidence: Evidence, status: Status) -> str:
    """Return the AUC of the best attack of which this was found."""
    top = best(with_status(evidence, status))
    return f" (best attack: AUC {with_interval(top.auc)})" if top else ""


def _confounded(evidence: Evidence) -> str:
    """Say that the groups differ, and how well the blind baseline tells them apart."""
    reached, blind = _reached(evidence, "confounded"), with_interval(evidence.controls.blind.auc)
    if evidence.groups and evidence.groups.differ:
        return (
            f"Members were told from non-members{reached}, but {evidence.groups.why}: the attacks may tell two kinds "
            f"of people apart, as one that never sees the model does (AUC {blind}; "
            f"{_confidence(evidence)} intervals). What the model gives away is open until members and non-members "
            f"are matched{_open(evidence)}."
        )
    return (
        f"Members were told from non-members{reached}, but not shown to be so better than by an attack that never sees "
        f"the model (AUC {blind}; {_confidence(evidence)} intervals), so differences between the two "
        f"groups in age, sex, site or measurement may be the reason, and what the model gives away is open"
        f"{_open(evidence)}."
    )


def _not_detected(evidence: Evidence) -> str:
    """Say what the intervals still leave possible."""
    quiet = [attack for attack in with_status(evidence, "not detected") if attack.assessed]
    highest = max((attack.auc.ends()[2] for attack in quiet), default=1.0)
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


_CAME_OUT = {
    "members recognised": _recognised,
    "not shown beyond the blind baseline": _too_few,
    "confounded": _confounded,
    "not detected": _not_detected,
    "not assessed": _not_assessed,
}


def _cannot(evidence: Evidence) -> str:
    """Say what none of this tells."""
    unseen = "" if "weights" in accesses(evidence.tried) else ", an attacker who holds the weights"
    return (
        f"This says nothing of stronger attacks than those listed{unseen}, of other people or another training, or of "
        "anything but membership; what was not tested is listed below."
    )


def _open(evidence: Evidence) -> str:
    """Say how many attacks could not be assessed, where there are such."""
    count = len(with_status(evidence, "not assessed"))
    return f"; {several(count, 'attack')} could not be assessed" if count else ""


def _confidence(evidence: Evidence) -> str:
    """Return the confidence of intervals."""
    return f"{100 * evidence.audit.confidence:g} %"


def _means(access: str) -> str:
    """Return what an attack may see of the model."""
    return _MEANS.get(access, f"with access to {access}")


def _css(evidence: Evidence) -> str:
    """Return the class of the head: as loud as what it has to say."""
    return f"verdict {'contradicted' if _broken(evidence) else evidence.overall.status.replace(' ', '-')}"


SECTION = Section("summary", "Summary", heading, words={"lines": sentences}, css=_css)
