"""What is formally guaranteed: the sentence at the head of the page, and the heading, warnings and facts of the box.

A claim is a claim, and what did not contradict it does not confirm it; no word here may comfort. Claimed epsilons are
rounded up, measured bounds down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from remembrain.report.document import Evidence
from remembrain.report.figures import privacy as figures
from remembrain.report.guarantee import LowerBound, Privacy, PrivateTraining
from remembrain.report.section import Section
from remembrain.report.words import Line, confidence_of, percent, rounded, tidy

SaidT = TypeVar("SaidT")

NO_NOISE = "No formal guarantee"
_SEEDED = (
    "The noise of this training came from the audit’s seed, which this very report prints: whoever has read it can "
    "compute the noise and take it away again, so the guarantee holds against nobody who has read it. A model to be "
    "released needs --secure-noise."
)
_UNCLIPPED = (
    "The check of clipping failed: somebody’s share of a step was larger than the accountants were told, so their "
    "epsilon is not one of this training."
)
_BY = {
    "training": "by the training itself",
    "owner": "by the model’s owner; how it was trained was not seen here",
}


def alarm(privacy: Privacy) -> str:
    """Return the word to cry, where there is reason to."""
    return "contradicted" if privacy.contradicted else "failed" if privacy.unclipped else ""


def mark(privacy: Privacy) -> str:
    """Return how the box is marked: as loud as what it has to say."""
    if alarm(privacy):
        return "contradicted"
    bare = privacy.claim is None or privacy.repeatable
    return "not-assessed" if bare or privacy.verdict.status == "not assessed" else ""


def heading(privacy: Privacy) -> str:
    """Return the heading of the box."""
    if privacy.contradicted:
        return "The claim is contradicted"
    if privacy.unclipped:
        return "What the claim rests on did not hold"
    if privacy.claim is None and not privacy.noise:
        return NO_NOISE
    if privacy.repeatable:
        return "A guarantee that holds against nobody who has read this report"
    if privacy.claim is None:
        return "Trained with noise, nothing claimed"
    return (
        "A claim that was not contradicted" if privacy.verdict.status == "not contradicted" else "A claim, not assessed"
    )


def warnings(privacy: Privacy) -> tuple[str, ...]:
    """Return what must be said before anything else."""
    return (*((_SEEDED,) if privacy.repeatable else ()), *((_UNCLIPPED,) if privacy.unclipped else ()))


def answer(privacy: Privacy) -> str:
    """Return the answer to what is guaranteed, for the head of the report: claim, measured bound, verdict."""
    parts = [_claimed(privacy)]
    if privacy.unclipped:
        parts.append(_UNCLIPPED)
    if privacy.repeatable:
        parts.append("Its noise came from the seed that this report prints: it holds against nobody who has read that.")
    top = privacy.highest
    if top:
        parts.append(f"Measured: {_at_least(top, len(privacy.deciding))}.")
    if privacy.claim:
        parts.append(_judged(privacy))
    return " ".join(parts)


def no_noise(training: PrivateTraining) -> str:
    """Say why a training that only clipped guarantees nothing."""
    return f"Everybody’s share of a step was clipped to {training.clip:g}, and no noise was added."


def facts(privacy: Privacy, unit: str) -> tuple[Line, ...]:
    """Return the facts of the box in the order of the argument; ``unit`` is that of the label."""
    training = privacy.training
    lines = (
        {
            "Epsilon": _accountants(training),
            "Unit": f"{training.unit}; {training.people:,} people{_scans(training.most_scans)}",
            "Neighbours": training.neighbours if privacy.noise else "",
            "Sampling": training.sampling if privacy.noise else "",
            "Noise": _noise(training),
            "Steps": _steps(training),
            "Mean age": _mean_age(training),
            "Clipping, checked": _clipping(training),
        }
        if training
        else {}
    )
    lines["Canaries"] = _canaries(privacy, unit)
    return (
        Line("Claimed", tidy(_claim_in_short(privacy))),
        Line("Measured", tidy(_measured(privacy)), privacy.verdict.status if privacy.claim else ""),
        *(Line(name, tidy(text)) for name, text in lines.items() if text),
    )


def _canaries(privacy: Privacy, unit: str) -> str:
    """Say whose labels were shifted, and of how many of them a lot let training see."""
    canaries = privacy.canaries
    if canaries is None:
        return ""
    return (
        f"About {canaries.people} people whose labels were shifted by {canaries.shift:g} {unit}; about "
        f"{canaries.included} of them, drawn by lot, were trained on. Members and others among "
        "them differ by that lot alone." + (f" They give no bound: {canaries.why}." if canaries.why else "")
    )


def _claimed(privacy: Privacy) -> str:
    """Say what is claimed, of whom."""
    claim, training = privacy.claim, privacy.training
    if claim is None and training and training.epsilon is None:
        return f"No formal guarantee is claimed. {no_noise(training)}"
    if claim is None:
        return "No formal guarantee is claimed."
    unit = f"for each {training.unit}, " if training else ""
    return (
        f"Claimed is differential privacy with epsilon {rounded(claim.epsilon, up=True)} at delta {claim.delta:g}, "
        f"{unit}{_BY[claim.by]}."
    )


def _judged(privacy: Privacy) -> str:
    """Say what the measurements say of the claim."""
    verdict = privacy.verdict
    why = f" ({verdict.why.strip().rstrip('.')})" if verdict.why.strip() else ""
    if verdict.status == "contradicted":
        return f"The claim is contradicted{why}: as it was trained or computed, the model does not keep it."
    if verdict.status == "not contradicted":
        return "The claim is not contradicted, which does not confirm it: a lower bound misses what no attack found."
    return f"The claim was not assessed{why}."


def _at_least(bound: LowerBound, number: int) -> str:
    """Say what epsilon is at least, by the greatest of so many bounds."""
    which = f"the greatest of {number} bounds, at" if number > 1 else "at"
    allowed = ", which allows for their number" if number > 1 else ""
    return (
        f"epsilon is at least {rounded(bound.value)} at delta {bound.delta:g} ({bound.title}, from “"
        f"{bound.source_title or bound.source}”, {bound.n_members} and {bound.n_nonmembers} people; {which} "
        f"{confidence_of(bound.confidence)} confidence{allowed})"
    )


def _claim_in_short(privacy: Privacy) -> str:
    """Return the claim as a fact."""
    if privacy.claim is None:
        return "no formal guarantee"
    claim = privacy.claim
    return f"epsilon {rounded(claim.epsilon, up=True)} at delta {claim.delta:g}, {_BY[claim.by]}"


def _measured(privacy: Privacy) -> str:
    """Return the verdict as a fact."""
    verdict = privacy.verdict
    ground = verdict.why.strip().rstrip(".")
    why = f" ({ground})" if ground and ground not in verdict.text else ""
    return f"{verdict.text.strip()}{why}"


def _accountants(training: PrivateTraining) -> str:
    """Say what each accountant says."""
    if training.epsilon is None:
        return f"none. {no_noise(training)}"
    first = training.accountant or "one accountant"
    second = "no second opinion"
    if training.second_epsilon is not None:
        second = f"{rounded(training.second_epsilon, up=True)} by {training.second_accountant or 'another'}"
    return f"{rounded(training.epsilon, up=True)} at delta {training.delta:g}, by {first}; {second}"


def _noise(training: PrivateTraining) -> str:
    """Say how much noise there was, where it came from, and over how many steps."""
    if training.epsilon is None or training.noise_multiplier is None:
        return f"none; clipping norm {training.clip:g}"
    generator = "the operating system’s generator, kept nowhere"
    source = generator if training.secure_noise else "the audit’s seed, printed below"
    amount = f"noise multiplier {training.noise_multiplier:g} times a clipping norm of {training.clip:g}"
    return f"{amount}; drawn from {source}"


def _mean_age(training: PrivateTraining) -> str:
    """Say how the mean that training starts from was released."""
    mean = training.mean_age
    if mean is None:
        return ""
    return (
        "the mean that training starts from was released with noise as well (noise multiplier "
        f"{mean.noise_multiplier:g}, labels cut to {mean.low:g} to {mean.high:g})"
    )


def _clipping(training: PrivateTraining) -> str:
    """Say whether nobody's share was larger than it may be."""
    check = training.clip_check
    if check is None:
        return ""
    if check.largest is None and check.kept:
        return f"kept: {check.people:,} people were measured at their learners, who tell no more of it than that"
    largest = "not a number" if check.largest is None else f"{check.largest:.4g}"
    return (
        f"{'kept' if check.kept else 'NOT KEPT'}: of {check.people:,} people the largest share was {largest}, and at "
        f"most {check.bound:g} is allowed"
    )


def _steps(training: PrivateTraining) -> str:
    """Say how many steps there were, and how many people are in one."""
    each = "" if training.sample_rate is None else f"{percent(training.sample_rate)} of people"
    if training.steps is None:
        return f"each with {each}" if each else ""
    return f"{training.steps:,}{f', each with {each} on average' if each else ''}"


def _scans(count: int | None) -> str:
    """Return how many scans one person has at most, where that is told."""
    if count is None:
        return ", all of whose scans count as one"
    return f" with at most {'one scan' if count == 1 else f'{count} scans'} each"


def _of(say: Callable[[Privacy], SaidT]) -> Callable[[Evidence], SaidT | None]:
    """Return what is said of a guarantee as it is said of the evidence that has one."""
    return lambda evidence: say(evidence.privacy) if evidence.privacy else None


SECTION: Section[Evidence] = Section(
    "guarantee",
    "Formal guarantee",
    needs=lambda evidence: evidence.privacy,
    figures={"spent": figures.spent},
    words={
        "mark": _of(mark),
        "claim": _of(heading),
        "warnings": _of(warnings),
        "facts": lambda evidence: facts(evidence.privacy, evidence.target.unit) if evidence.privacy else (),
    },
)
