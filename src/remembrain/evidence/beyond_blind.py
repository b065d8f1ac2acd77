r"""Does any attack tell members by more than what they are? One test of all attacks together, facts taken out.

An attack that sees the target is compared with what is known of people without it: their facts (age, sex, site,
measures of the data) and the score of the blind baseline. From each attack's score, and from membership, what these
explain is taken out by least squares (Frisch & Waugh 1933, Econometrica 1:387); what is left of the two is correlated.
The statistic of an attack is the larger of two, of its score and of the score's normal quantiles: few people whom a
model has memorised show in the first, a shift of all in the second, whatever the tails.

Membership is shuffled among the people who were tested, and the largest statistic over all attacks is noted each time:
attacks that agree count as one, where Holm's correction counts each. P-values are adjusted step by step (Westfall &
Young 1993, *Resampling-Based Multiple Testing*, algorithm 2.8; shuffled after a regression: Freedman & Lane 1983, J.
Bus. Econ. Stat. 1:292). Without any leak some attack is below :math:`\alpha` in at most :math:`\alpha` of audits,
whether or not members differ in what was taken out, as far as that acts on scores by its value and its square.

An attack that learns is tested on people of one repeat, to whom it was not taught. One whose ranking is learned from
nobody's membership is tested on everybody: on twice as many people, where attackers know half. Membership is then
shuffled within those who are known and within the others, each with the blind baseline that was taught by the other
part. This module must not know attacks by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.people import one_a_person
from remembrain.types import Scores, Texts

PERMUTATIONS = 4999
_A_COLUMN = 5
"""People for each column that is taken out."""

_NUMBERS_AT_ONCE = 2**22
"""Numbers of shuffled memberships that are worked on at once: 32 MB."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of scans without the target, a row each; columns that matter most come first."""

    participant_id: Texts
    session_id: Texts
    values: Float[np.ndarray, "scan column"]


_OfPeople: TypeAlias = tuple[Texts, Bool[np.ndarray, "person"], Float[np.ndarray, "person"]]
"""Who was tested, whether they are members, and their scores."""


@dataclass(frozen=True, eq=False)
class _Part:
    """People whom the blind baseline was asked about at once: in order of their names, a row of facts each."""

    people: Texts
    member: Bool[np.ndarray, "person"]
    blind: Float[np.ndarray, "person"]
    facts: Float[np.ndarray, "person column"] | None


def beyond_blind(
    attacks: Mapping[str, Scores],
    blind: Sequence[Scores],
    facts: Facts | None,
    rng: np.random.Generator,
    *,
    permutations: int = PERMUTATIONS,
) -> dict[str, float]:
    """Return the adjusted p-value of every attack, one-sided: members do not score higher than facts explain.

    Parameters
    ----------
    attacks
        By name, the scores of one repeat, or of an attack that learns from nobody tested, of everybody.
    blind
        Those of the blind baseline, in parts of different people. Each attack was tested on one part, or on several.
    facts
        Of these scans, and of others; the baseline alone is taken out where there are none.
    rng
        Shuffles membership, within each part.
    permutations
        How often; a p-value is at least 1 / (permutations + 1).

    Raises
    ------
    DataError
        Where an attack was not tested on the same people as parts of the baseline, or a scan has no facts.
    """
    if not attacks:
        return {}
    by_person = {name: one_a_person(scores) for name, scores in attacks.items()}
    parts = [_part(scores, facts) for scores in map(one_a_person, blind)]
    shuffled = [  # eight people a byte: for 10,000 people 6 MB instead of 400
        np.stack([np.packbits(rng.permutation(part.member)) for _ in range(permutations)]) for part in parts
    ]
    by_parts: dict[tuple[int, ...], list[tuple[str, Float[np.ndarray, "person"]]]] = {}
    for name, scores in by_person.items():
        places, score = _placed(name, scores, parts)
        by_parts.setdefault(places, []).append((name, score))
    real, chance = {}, {}
    for places, scored in by_parts.items():
        together = [parts[place] for place in places]
        member = np.concatenate([part.member for part in together]).astype(float)[:, None]
        basis = _basis(_explained(together))
        seen = [score for _, score in scored]
        score = _left_over(np.stack([*seen, *map(_normal, seen)], axis=1), basis)
        score /= np.maximum(np.linalg.norm(score, axis=0), 1e-12)
        free = len(member) - basis.shape[1] - 1
        observed = _statistics(score, basis, member, free)[0]
        by_chance = np.concatenate(
            [
                _statistics(score, basis, memberships, free)
                for memberships in _in_pieces(
                    [shuffled[part] for part in places], [len(part.people) for part in together]
                )
            ]
        )
        for place, (name, _) in enumerate(scored):
            real[name], chance[name] = observed[place], by_chance[:, place]
    adjusted = _stepped_down(
        np.array([real[name] for name in attacks]), np.stack([chance[name] for name in attacks], axis=1)
    )
    return dict(zip(attacks, adjusted, strict=True))


def _in_pieces(
    shuffled: Sequence[UInt8[np.ndarray, "permutation byte"]], people: Sequence[int]
) -> Iterator[Float[np.ndarray, "person some"]]:
    """Yield shuffled memberships of several parts one below the other, so many shuffles at once as memory bears."""
    at_once = max(1, _NUMBERS_AT_ONCE // sum(people))
    for start in range(0, len(shuffled[0]), at_once):
        rows = [
            np.unpackbits(packed[start : start + at_once], axis=1, count=number).T
            for packed, number in zip(shuffled, people, strict=True)
        ]
        yield np.concatenate(rows).astype(float)


def _part(blind: _OfPeople, facts: Facts | None) -> _Part:
    """Return a part of the people, with what is known of them without the target."""
    people, member, score = blind
    return _Part(people, member, score, None if facts is None else _facts_of(facts, people))


def _placed(
    name: str, scores: _OfPeople, parts: Sequence[_Part]
) -> tuple[tuple[int, ...], Float[np.ndarray, "person"]]:
    """Return which parts an attack was tested on, and its scores of their people in the order of the parts."""
    people, member, score = scores
    places = tuple(place for place, part in enumerate(parts) if np.isin(part.people[:1], people)[0])
    together = [parts[place] for place in places]
    ordered = np.concatenate([part.people for part in together]) if together else people[:0]
    answers = np.concatenate([part.member for part in together]) if together else member[:0]
    back = np.argsort(ordered, kind="stable")
    if not np.array_equal(ordered[back], people) or not np.array_equal(answers[back], member):
        raise DataError("was not tested on the people of the blind baseline", where=name, expected="the same people")
    aligned = np.empty_like(score)
    aligned[back] = score
    return places, aligned


def _facts_of(facts: Facts, people: Texts) -> Float[np.ndarray, "person column"]:
    """Return the mean facts of every person's scans."""
    names, place, scans = np.unique(
        np.asarray(facts.participant_id, dtype=str), return_inverse=True, return_counts=True
    )
    if len(missing := np.setdiff1d(people, names)):
        raise DataError("has no facts", where=str(missing[0]), expected="one row a scan")
    total = np.zeros((len(names), facts.values.shape[1]))
    np.add.at(total, place, facts.values)
    return np.asarray((total / scans[:, None])[np.searchsorted(names, people)])


def _explained(parts: Sequence[_Part]) -> Float[np.ndarray, "person column"]:
    """Return the columns that are taken out: of each part a constant and the blind score, facts and their squares.

    Facts beyond a fifth of the people are taken together: the main directions in which they vary.
    """
    size = [len(part.people) for part in parts]
    starts, people = np.cumsum([0, *size]), sum(size)
    own = np.zeros((people, 2 * len(parts)))
    for place, part in enumerate(parts):
        rows = slice(starts[place], starts[place + 1])
        own[rows, 2 * place], own[rows, 2 * place + 1] = 1.0, _scaled(part.blind[:, None])[:, 0]
    columns = list(own.T)
    known = [part.facts for part in parts if part.facts is not None]
    if known:
        kept = _scaled(np.concatenate(known))
        both = np.empty((people, 2 * kept.shape[1]))
        both[:, ::2], both[:, 1::2] = kept, _scaled(kept**2)
        columns += _main(both, max(2, people // _A_COLUMN) - len(columns))
    return np.stack(columns, axis=1)


def _main(values: Float[np.ndarray, "person column"], most: int) -> list[Float[np.ndarray, "person"]]:
    """Return at most so many columns that say most: all, or the first half and the main directions of the others."""
    values = values[:, np.ptp(values, axis=0) > 0]
    if values.shape[1] <= (most := max(0, most)):
        return list(values.T)
    first = most // 2
    left, size, _ = np.linalg.svd(values[:, first:], full_matrices=False)
    return [*values[:, :first].T, *(left * size)[:, : most - first].T]


def _scaled(values: Float[np.ndarray, "person column"]) -> Float[np.ndarray, "person column"]:
    """Return columns of mean 0 and spread 1; a constant one is 0."""
    centred = values - values.mean(axis=0)
    return np.asarray(centred / np.maximum(centred.std(axis=0), 1e-12))


def _normal(score: Float[np.ndarray, "person"]) -> Float[np.ndarray, "person"]:
    """Return the normal quantiles of ranks, ties in the middle (Blom 1958)."""
    return np.asarray(stats.norm.ppf((stats.rankdata(score) - 0.375) / (len(score) + 0.25)))


def _basis(columns: Float[np.ndarray, "person column"]) -> Float[np.ndarray, "person some"]:
    """Return an orthonormal basis of what the columns span; one that others give adds nothing."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, size > 1e-8 * size[0]])


def _left_over(
    values: Float[np.ndarray, "person some"], basis: Float[np.ndarray, "person column"]
) -> Float[np.ndarray, "person some"]:
    """Return what the columns of an orthonormal basis do not explain."""
    return np.asarray(values - basis @ (basis.T @ values))


def _statistics(
    score: Float[np.ndarray, "person twice"],
    basis: Float[np.ndarray, "person column"],
    member: Float[np.ndarray, "person some"],
    free: int,
) -> Float[np.ndarray, "some attack"]:
    """Return Student's t of each attack for each membership, the larger of that of scores and that of their ranks.

    Scores are without what the basis explains. Membership is as it stands: what of it is explained has nothing to do
    with these scores, and is taken off its length alone (Pythagoras), which spares a product of the size of the data.
    """
    seen, explained = np.split(member.T @ np.hstack([score, basis]), [score.shape[1]], axis=1)
    length = np.sqrt(np.maximum((member**2).sum(axis=0) - (explained**2).sum(axis=1), 1e-24))
    together = seen / length[:, None]
    t = together * np.sqrt(max(free, 1) / np.maximum(1 - together**2, 1e-12))
    half = t.shape[1] // 2
    return np.asarray(np.maximum(t[:, :half], t[:, half:]))


def _stepped_down(real: Float[np.ndarray, "attack"], chance: Float[np.ndarray, "permutation attack"]) -> list[float]:
    """Return p-values adjusted by the largest statistic of the attacks that are not ahead."""
    order = np.argsort(-real, kind="stable")
    largest = np.maximum.accumulate(chance[:, order[::-1]], axis=1)[:, ::-1]
    p = (1 + np.count_nonzero(largest >= real[order] - 1e-12, axis=0)) / (1 + len(chance))
    adjusted = np.empty(len(real))
    adjusted[order] = np.maximum.accumulate(p)
    return [float(value) for value in adjusted]
