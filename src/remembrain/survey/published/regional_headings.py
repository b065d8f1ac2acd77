"""What stands over the columns of a table of a row a region: a statistic, of which group, and in which direction.

Every word of a heading has to be understood; a column of which one is not is named and not used. Knows no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Literal, TypeAlias, cast

from remembrain.survey.columns import Question
from remembrain.survey.published.groups import level_of, people_of
from remembrain.survey.published.words import MEASURES, QUANTILES, form, is_total, measure_of

Kind: TypeAlias = Literal[
    "mean", "sd", "n", "d", "g", "t", "z", "effect", "df", "p", "beside", "q5", "q10", "q25", "q50", "q75", "q90", "q95"
]
"""A mean, a standard deviation, a quantile, people, Cohen's d, Hedges' g, Student's t, that as a normal deviate, an
effect of which it is not said which, degrees of freedom, an uncorrected p-value; ``beside`` is what stands in brackets
and is not used."""

Levels: TypeAlias = tuple[tuple[str, int], ...]
"""Questions with the place of a level, in the order of names; none of everybody."""
CONTRASTS: tuple[Kind, ...] = ("d", "g", "t", "z")
"""What is told of two groups at once, and is compared."""
OF_PAIRS = frozenset((*CONTRASTS, "effect", "p", "df"))
"""All that is told of two groups at once."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


_WORDS: dict[Kind, frozenset[str]] = {
    "mean": MEASURES["mean"] | {"m", "group mean", "µ"},
    "sd": MEASURES["sd"] | {"σ"},
    "n": MEASURES["count"] | _listed("sample size|subjects|total n|n total|number of subjects|size"),
    "d": _listed("d|cohen s d|cohens d|cohen d|cohend|d value|cohen|cohens|cohen s"),
    "g": _listed("g|hedges g|hedge s g|hedges s g|hedges|hedge g|hedgesg"),
    "t": _listed("t|t value|t values|tvalue|t stat|tstat|t statistic|t score|t test statistic|spmt|student s t"),
    "z": _listed("z|z value|z values|zvalue|z stat|zstat|z statistic|z score|zscore|spmz"),
    "effect": _listed(
        "effect size|effect sizes|effect|es|smd|standardised mean difference|standardized mean difference|contrast|"
        "contrasts|test statistic|glass delta|glass s delta"
    ),
    "df": _listed("df|dof|degrees freedom|d f"),
    "p": MEASURES["p"] | _listed("pval|pobs|p obs|p uncorrected|uncorrected p|p unc|punc|p uncorr|raw p|p raw"),
}
_KIND_OF: dict[str, Kind] = {word: kind for kind, words in _WORDS.items() for word in words}
_FILLERS = _listed(
    "of|the|in|for|group|groups|value|values|cortical|thickness|volume|area|surface|mm|mm2|mm3|mm²|mm³|cm2|cm3|cm³|ml|"
    "uncorrected"
)
_BESIDE_PAIRS = _listed(
    "effect|size|sizes|test|tests|comparison|difference|differences|statistic|statistics|between|student|s|two|sample|"
    "samples|independent|unpaired"
)
_INTERVAL = _listed("95|90|99|%|ci|confidence|interval|intervals|cis|se|range|min|max")
_ADJUSTED = re.compile(
    r"adj\w*|partial|ancova|covari\w*|controlling|controlled|icv|tiv|etiv|regress\w*|residual\w*|marginal|emm\w*|ls|"
    r"lsmeans?|least|model\w*|weighted|estimated|predicted|corrected|meta\w*|random|pooled"
)
_MINUS, _VERSUS = re.compile(r"[-−–>]|\bminus\b"), re.compile(r"/|\b(?:vs|versus|and)\b")
_CLAUSES = re.compile(r"[;.,](?:\s|$)|\b(?:and|while|whereas)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"\bnegative|\bminus (?:sign|values)|\bbelow 0\b|<\s?0\b", re.IGNORECASE)
_OF_SOME = re.compile(
    r"\b(?:no|not|none|nowhere|neither|without|bold\w*|italic\w*|asterisks?|stars?|shaded|underlined|red|blue|warm|cold|"
    r"hot|cool|yellow|gr[ae]y|green|where|if|only|except)\b|[*†‡§]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 4
"""Words of the name of a group."""
_FREEDOM = re.compile(r"\bt\s*[(\[]\s*(?:df\s*=?\s*)?(?P<df>[0-9]+(?:\.[0-9]+)?)\s*[)\]]", re.IGNORECASE)
_NUMBERED = re.compile(r"(n|m|sd|mean)([0-9])")


_level_of = lru_cache(2**12)(level_of)


@dataclass(frozen=True)
class RegionalHeading:
    """What stands over a column: its kinds (two where a second number is in brackets), and of whom.

    ``levels`` are questions with the place of a level, none of everybody. ``direction`` is 1 for the second group less
    the first, -1 for the other way round, 0 where it is not told; ``people`` how many it says there are, ``freedom``
    the degrees of freedom of a ``t(198)``.
    """

    name: str
    kinds: tuple[Kind, ...] = ()
    levels: Levels = ()
    direction: int = 0
    adjusted: bool = False
    people: int | None = None
    freedom: float | None = None

    @property
    def tells(self) -> bool:
        """Whether it tells what a row of a region alone would hold."""
        return bool({"mean", "sd", "effect", *CONTRASTS, *QUANTILES} & set(self.kinds))


@lru_cache(2**12)
def read_heading(text: str, questions: tuple[Question, ...], between: Question | None) -> RegionalHeading:
    """Return what a heading says.

    Parameters
    ----------
    text
        The heading, whole.
    questions
        Those of whose levels numbers may be.
    between
        The two groups that are compared, where any are.
    """
    bare, people = people_of(text)
    free = _FREEDOM.search(bare)
    direction, rest = direction_in(bare if free is None else bare.replace(free[0], "t "), between)
    words = [part for word in form(rest).split() for part in _parted(word)]
    found = {
        (*said, levels)
        for levels, left in _without_levels(words, questions)
        if (said := _said(left)) is not None and len(levels) == len({name for name, _ in levels})
    }
    if len(found) != 1 or (direction and not set(next(iter(found))[0]) & {"effect", *CONTRASTS}):
        return RegionalHeading(text, people=people)
    kinds, adjusted, levels = next(iter(found))
    freedom = float(free["df"]) if free is not None and kinds[0] == "t" else None
    return RegionalHeading(text, kinds, levels, direction, adjusted, people, freedom)


def direction_in(text: str, between: Question | None) -> tuple[int, str]:
    """Return which group is taken from which, as ``patients - controls`` or ``patients > controls``, and what is left.

    ``versus`` says nothing of it, and neither does a text that says both.
    """
    plain = re.sub(r"[_.]", " ", text.casefold())
    if between is None:
        return 0, plain
    minus, versus = (list(_beside(plain, pattern, between)) for pattern in (_MINUS, _VERSUS))
    signs = {1 if first == 1 else -1 for first, _, _ in minus}
    if len(signs) > 1:
        return 0, plain
    for _, start, stop in sorted((*minus, *versus), key=lambda one: one[1], reverse=True):
        plain = f"{plain[:start]} {plain[stop:]}"
    return (signs.pop() if signs else 0), plain


def direction_around(text: str, between: Question | None) -> int:
    """Return the direction that a title or a note says, clause by clause; 0 where it says none, or both.

    *Negative values: patients > controls* is the other way round; *bold: patients > controls*, and that nowhere
    patients > controls, are of some regions, and say nothing of all. A hyphen may join two names: *patient-control
    pairs*.
    """
    said = set()
    for clause in _CLAUSES.split(re.sub(r"(?<=\w)[-−–](?=\w)", " ", text)):
        direction, _ = direction_in(clause, between)
        if direction and not _OF_SOME.search(clause):
            said.add(-direction if _NEGATIVE.search(clause) and ">" in clause else direction)
    return said.pop() if len(said) == 1 else 0


def _beside(text: str, sign: re.Pattern[str], between: Question) -> Iterator[tuple[int, int, int]]:
    """Yield which group stands before a sign that has the other behind it, and where their names begin and end."""
    for match in sign.finditer(text):
        before = list(_WORD.finditer(text, 0, match.start()))
        behind = list(_WORD.finditer(text, match.end()))
        found = [
            (first, before[-size].start(), behind[more - 1].end())
            for size in range(1, min(_LONGEST, len(before)) + 1)
            for more in range(1, min(_LONGEST, len(behind)) + 1)
            if (first := _level_of(between, text[before[-size].start() : before[-1].end()])) is not None
            and _level_of(between, text[behind[0].start() : behind[more - 1].end()]) == 1 - first
        ]
        if found:
            yield found[-1]


def numbers_in(text: str) -> set[str]:
    """Return the single digits among the words of a heading, which may be codes of groups: 1 of *n1* and *group 1*."""
    words = (part for word in form(people_of(text)[0]).split() for part in _parted(word))
    return {word for word in words if len(word) == 1 and word.isdigit()}


def _parted(word: str) -> tuple[str, ...]:
    """Return the words of a heading such as ``n1``."""
    match = _NUMBERED.fullmatch(word)
    return match.groups() if match else (word,)


def _without_levels(
    words: Sequence[str], questions: Sequence[Question]
) -> Iterator[tuple[tuple[tuple[str, int], ...], list[str]]]:
    """Yield each way to take words for levels, or for everybody, with the words that are left; none first."""
    spans: list[tuple[int, int, tuple[tuple[str, int], ...]]] = []
    for size in (3, 2, 1):
        for start in range(len(words) - size + 1):
            said = " ".join(words[start : start + size])
            if is_total(said) and said not in ("t", "tot"):
                spans.append((start, start + size, ()))
            named = ((one.name, _level_of(one, said)) for one in questions)
            spans += [(start, start + size, ((name, place),)) for name, place in named if place is not None]
    yield (), list(words)
    for count in (1, 2):
        for chosen in combinations(spans, count):
            if all(one[1] <= other[0] or other[1] <= one[0] for one, other in combinations(chosen, 2)):
                inside = {place for start, stop, _ in chosen for place in range(start, stop)}
                levels = tuple(sorted(level for _, _, of in chosen for level in of))
                yield levels, [word for place, word in enumerate(words) if place not in inside]


def _said(words: Sequence[str]) -> tuple[tuple[Kind, ...], bool] | None:
    """Return what words say is told, and whether it was adjusted; nothing unless every word is understood."""
    if whole := _kind(words):
        return (whole,), False
    kept = [word for word in words if word not in _FILLERS]
    plain = [word for word in kept if not _ADJUSTED.fullmatch(word)]
    adjusted = len(plain) < len(kept)
    of_pairs = _kind([word for word in plain if word not in _BESIDE_PAIRS])
    if of_pairs in OF_PAIRS and (of_pairs in CONTRASTS or not adjusted):
        return (of_pairs,), adjusted
    for end in range(len(plain), 0, -1):
        kind, rest = _kind(plain[:end]), plain[end:]
        beside = _kind(rest)
        if kind is None or (adjusted and kind not in ("mean", *CONTRASTS)):
            continue
        if not rest:
            return (kind,), adjusted
        if kind == "mean" and beside == "sd":
            return ("mean", "sd"), adjusted
        if kind in ("mean", *CONTRASTS) and _INTERVAL.issuperset(rest):
            return (kind, "beside"), adjusted
    return None


def _kind(words: Sequence[str]) -> Kind | None:
    """Return the statistic whose name words are."""
    said = " ".join(words)
    measure = measure_of(said)
    return cast("Kind", measure) if measure in QUANTILES else _KIND_OF.get(said)
