"""One release: whose answers the tables are of, what is published of them, and how it looks to an adversary.

Whoever did not take part is somebody else of the file, or of a file of outsiders. Where the tables are to be of
everybody, nobody is left; then a few people at a time, others in each look, are kept out of tables that are audited in
place of those of everybody. Whoever is kept out in one look takes part in another: roles are drawn anew by lot, so that
what is peculiar to a person stands on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.errors import DataError
from remembrain.record.table_settings import TESTED, Adversary, Protection
from remembrain.survey.another_scan import Again, Scan
from remembrain.survey.answers import Answers
from remembrain.survey.knowledge import as_known, draw_reference, estimated_n, reference_size
from remembrain.survey.layout import Layout
from remembrain.survey.moments import as_means, published_numbers, tally_of_numbers
from remembrain.survey.protection import Published, deducible, noise_scale, protect, public_blur
from remembrain.survey.view import View, reference_of
from remembrain.types import Texts

SMALLEST_GROUP = 10
FEWEST_OTHERS = 20

Places = Int[np.ndarray, "some"]


@dataclass(frozen=True, eq=False)
class Survey:
    """The people there are, what is published of a group of them, and people of other files.

    ``outsiders`` did not take part; ``reference`` are those whom the adversary knows. Where there are none, both come
    from the same file as the group. ``again`` are second sessions of the people of ``answers``.
    """

    answers: Answers
    layout: Layout
    outsiders: Answers | None = None
    reference: Answers | None = None
    again: Again | None = None


@dataclass(frozen=True)
class Case:
    """One way to publish, against one adversary; at most ``tested`` people of each side are tested."""

    group_size: int | None = None
    rules: Protection = field(default_factory=Protection)
    adversary: Adversary = field(default_factory=Adversary)
    tested: int = TESTED


@dataclass(frozen=True, eq=False)
class Release:
    """Tables of a ``group`` of ``n`` people. ``kept_out`` people of the group are so in turn, others in each look.

    Members are drawn from ``members``; people of the same file who did not take part, and references, from ``others``,
    who then are no members in that look.
    ``by_lot`` says whether it is by lot alone who took part of those who are tested, ``given`` whether the tables were
    published by somebody, and not here; ``told`` is of how many people these are, as the largest of them says, where
    nothing else does, and ``reading`` how they were read, a line each.
    """

    survey: Survey
    case: Case
    group: Places
    members: Places
    others: Places
    published: Published
    n: float
    kept_out: int = 0
    by_lot: bool = False
    given: bool = False
    told: float | None = None
    reading: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Look:
    """What an adversary sees in one look, whom it decides about, who of these took part, and of whom the tables are."""

    view: View
    participant_id: Texts
    member: Bool[np.ndarray, "person"]
    published: Published
    group: Places


def draw_release(
    survey: Survey, case: Case, rng: np.random.Generator, secret: np.random.Generator | None = None
) -> Release:
    """Draw a group and publish its tables; where no size is said, of everybody.

    Noise, and who is counted of a sample, are drawn from ``secret`` where there is one: noise whose seed is known hides
    nothing.

    Raises
    ------
    DataError
        Where the group is of fewer than 10 people, or too few are left to test or to be the reference.
    """
    people = len(survey.answers)
    apart = reference_size(case.adversary, people) if survey.reference is None else 0
    alone = survey.outsiders is None
    order = rng.permutation(people)
    if case.group_size is not None:
        wanted, left = case.group_size, people - case.group_size - apart
        if wanted < SMALLEST_GROUP:
            raise DataError(f"a group of {wanted} people", expected=f"at least {SMALLEST_GROUP}")
        if left < (FEWEST_OTHERS if alone else 0):
            raise DataError(
                f"a group of {wanted} and a reference of {apart} leave {max(left, 0)} of {people} people to test as "
                "outsiders" + ("" if left >= 0 else ", and are more than there are"),
                expected=f"at least {FEWEST_OTHERS}",
                try_next="a smaller --group-size or --reference-size, or files of --outsiders and a --reference",
            )
        group = np.sort(order[:wanted])
        published = _publish(survey, case, group, secret or rng)
        return Release(
            survey, case, group, group, order[wanted:], published, float(wanted), by_lot=_by_lot(survey, case)
        )
    everybody = np.arange(people)
    kept_out = _kept_out(people, case) if alone else 0
    if people < SMALLEST_GROUP:
        raise DataError(f"{people} people", expected=f"at least {SMALLEST_GROUP}")
    if people - apart - kept_out < SMALLEST_GROUP:
        raise DataError(
            f"a reference of {apart} and {kept_out} to test leave {people - apart - kept_out} of {people} people",
            expected=f"at least {SMALLEST_GROUP} in the tables",
            try_next="a smaller --reference-size, or files of --outsiders and a --reference",
        )
    published = _publish(survey, case, everybody, secret or rng)
    n = float(people - apart - kept_out)
    by_lot = kept_out > 0 or _by_lot(survey, case)
    return Release(survey, case, everybody, everybody, everybody, published, n, kept_out, by_lot=by_lot)


def of_tables(survey: Survey, case: Case, member: Bool[np.ndarray, "person"], published: Published) -> Release:
    """Return a release of which only the tables are there, and people of whom it is known whether they took part.

    Parameters
    ----------
    survey
        The people to test, and a reference of other people.
    case
        With ``group_size`` where it is known; the adversary takes it from the largest table otherwise, or estimates it.
    member
        Who took part.
    published
        The tables; their blur is that which is none of the rules of protection.

    Raises
    ------
    DataError
        Where there is no reference, or nobody on one side.
    """
    if survey.reference is None:
        raise DataError("tables alone need people of the same population", expected="--reference FILE")
    if member.all() or not member.any():
        raise DataError("all or none of the people took part", expected="some who did and some who did not")
    told = None
    if case.group_size is None:
        told = most_told(published) if case.adversary.knows_n and not np.ptp(survey.answers.weight) else None
        case = replace(case, adversary=replace(case.adversary, knows_n=False))
    ours, theirs = np.flatnonzero(member), np.flatnonzero(~member)
    n = float(case.group_size or told or len(ours))
    scale = noise_scale(survey.layout, case.rules) * float(survey.answers.weight.max())
    base = np.where(np.isfinite(published.base), published.base, n)
    blur = published.blur + public_blur(survey.layout, case.rules, published.share, base, scale)
    return Release(survey, case, ours, ours, theirs, replace(published, blur=blur), n, given=True, told=told)


def most_told(published: Published) -> float | None:
    """Return how many people the largest table is of, where any says it: at least so many took part."""
    told = published.base[np.isfinite(published.base)]
    return float(told.max()) if len(told) and told.max() >= 1 else None


def look(release: Release, rng: np.random.Generator) -> Look:
    """Return what the adversary sees.

    What is drawn anew each time is who is tested, what the adversary knows of people's answers, who is its reference,
    and, where the tables are of everybody, who is kept out of them.
    """
    survey, case, adversary = release.survey, release.case, release.case.adversary
    others = release.others
    if survey.reference is not None:
        size = min(adversary.reference_size or len(survey.reference), len(survey.reference))
        known = survey.reference.take(draw_reference(survey.reference, size, adversary, rng))
        rest, drawn = others, others[:0]
    else:
        pool = survey.answers.take(others)
        places = draw_reference(pool, reference_size(adversary, len(survey.answers)), adversary, rng)
        known, drawn = pool.take(places), others[places]
        rest = np.setdiff1d(others, drawn)
    whole = len(release.group) == len(survey.answers)
    tested = rng.permutation(rest)[: min(release.kept_out or case.tested, case.tested)]
    published, group, members = release.published, release.group, release.members
    if whole and len(drawn) + release.kept_out:
        away = np.union1d(drawn, tested if release.kept_out else drawn)
        group = members = np.setdiff1d(release.group, away)
        published = _publish(survey, case, group, rng)
    member = rng.permutation(members)[: case.tested]
    if survey.outsiders is not None:
        theirs = survey.outsiders.take(rng.permutation(len(survey.outsiders))[: case.tested])
    else:
        theirs = survey.answers.take(tested)
    asked = survey.answers.take(member).joined(theirs)
    took_part = np.arange(len(asked)) < len(member)
    scan = _scan(release, member, tested if survey.outsiders is None else None)
    view = _view(release, as_known(asked, adversary, rng, scan), known, published, scan.reliability)
    return Look(view, asked.participant_id, took_part, published, group)


def _scan(release: Release, member: Places, others: Places | None) -> Scan:
    """Return what the adversary measured of members and of others, who are of the same file where they are places.

    True second sessions count where it is by lot alone who of those with one took part, or where everybody has one:
    that somebody has none must not tell.
    """
    survey, said = release.survey, release.case.adversary.reliability
    if said != "measured" or survey.again is None:
        return Scan(np.full(len(survey.answers.numeric), 1.0 if said == "measured" else said), None, len(member))
    reliability = np.clip(survey.again.reliability, 0.0, 1.0)
    measured = np.isfinite(survey.again.value).any(axis=1)
    if others is None or (release.given and not measured.all()):
        return Scan(reliability, None, len(member))
    return Scan(reliability, survey.again.value[np.concatenate([member, others])], len(member))


def _by_lot(survey: Survey, case: Case) -> bool:
    """Tell whether members and others are drawn from the same people alike.

    Outsiders of another file may be other people, and where the reference is drawn askew, those it leaves are, too.
    """
    return survey.outsiders is None and (survey.reference is not None or not case.adversary.reference_tilt)


def _kept_out(people: int, case: Case) -> int:
    """Return how many people are kept out at a time: a twentieth, enough for a rate of 1 % where that is no fifth."""
    return max(FEWEST_OTHERS, min(case.tested, people // 5, max(100, people // 20)))


def _publish(survey: Survey, case: Case, group: Places, rng: np.random.Generator) -> Published:
    """Return what is published of a group."""
    layout, rules = survey.layout, case.rules
    counted = group[rng.random(len(group)) < rules.sample] if rules.sample < 1 else group
    answers = survey.answers.take(counted)
    found = tally_of_numbers(layout, answers)
    protected = protect(layout, found, rules, rng, largest_weight=float(survey.answers.weight.max()))
    return published_numbers(layout, answers, protected, rules)


def _view(
    release: Release,
    asked: Answers,
    known: Answers,
    published: Published,
    reliability: Float[np.ndarray, "number"],
) -> View:
    """Return the view of these people."""
    layout, adversary = release.survey.layout, release.case.adversary
    n = release.n * release.case.rules.sample
    numbers = as_means(layout, known, asked, published, n, reliability)
    layout = layout.of_means
    reference = reference_of(layout, numbers.known_cells, numbers.known, known.weight)
    seen = deducible(layout, numbers.share)
    if not adversary.knows_n:
        spread = reference.variance / reference.answered
        n = release.told or estimated_n(seen, reference.share, spread, reference.size, numbers.blur)
    return View(
        layout,
        numbers.asked_cells,
        numbers.asked,
        seen,
        numbers.blur,
        reference,
        n,
        asked.weight if adversary.knows_weight else np.ones(len(asked)),
        release.case.rules,
        float(release.survey.answers.weight.max()),
        adversary.answer_error,
        published.step,
        numbers.coincidence if numbers.coincidence.any() else None,
    )
