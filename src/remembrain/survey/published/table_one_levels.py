"""Which question, and which level of it, the label of a row of a paper's table names, and what it is instead.

*Age at the scan* is age; age at follow-up, at onset or of the mother is another variable. Knows labels and questions,
and no row beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from remembrain.survey.columns import Question
from remembrain.survey.published.groups import level_of
from remembrain.survey.published.specs import Label, is_beside, label_of, spec_in, tidied
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import form

_YES = ("yes", "1", "true", "present", "positive", "y", "ja", "oui", "sí", "si")
_NO = ("no", "0", "false", "absent", "negative", "n", "nein", "non")
_NUMBER = re.compile(r"(?<!=)(?<!= )\bno(?:\.|(?=\s*[(\[/,]?\s*(?:%|/|total\b|of\b)))", re.IGNORECASE)
_PARTS = re.compile(r"[(),;:=\[\]|/%–—]|\s-\s")
_MINUS = r"(?<=\w)[-−–](?=\s*(?:[,;(\[]|$))|[(\[]\s*[-−–]\s*[)\]]"
_NOT = re.compile(
    r"\b(?:no|non|not|never|none|former|formerly|ex|past|previous|previously|without|absen[ct]e?|negativ\w*|false|quit|"
    rf"free|lack|denie[sd]|noncarriers?)\b|{_MINUS}",
    re.IGNORECASE,
)
_WITHOUT = re.compile(rf"\b(?:non-?\s?carriers?|negativ\w*|absen[ct]e?)\b|{_MINUS}", re.IGNORECASE)
"""What says no of a question of yes and no: *HIV negative*, *APOE4 non-carriers*, *APOE4 (−)*."""
_WITH = re.compile(r"\b(?:carriers?|carriage|positiv\w*|present|presence)\b")
_BASELINE = re.compile(
    r"\s+(?:at|on)\s+(?:the\s+)?(?:time\s+of\s+)?(?:the\s+)?(?:(?:study|first|initial|baseline|cohort|trial)\s+)?"
    r"(?:baseline|enrol?lment|inclusion|recruitment|entry|scan|scanning|(?:brain\s+)?mri(?:\s+scan)?|imaging|acquisition|"
    r"assessment|examination|evaluation|visit|testing|test|interview|screening|randomi[sz]ation)$|^baseline\s+",
    re.IGNORECASE,
)
"""What says beside a name that the study itself is the time."""
_ELSEWHERE = re.compile(
    r"\b(?:follow(?:ed)?.?ups?|discharge|post|after|change|changes|difference|delta|end.?point|end of|exit|"
    r"last (?:visit|scan|observation)|death|onset|menarche|menopause|birth|first (?:symptoms?|seizure|episode)|retest|"
    r"(?:visit|wave|time|timepoint|month|week|year|day|session)\s?[0-9]+|"
    r"mother|father|parents?|maternal|paternal|partner|spouse|care.?givers?|carer|siblings?|child|children|informant|"
    r"proxy)(?:\b|(?=')|s\b)|[Δ∆]|"
    r"\b(?:log\w*|ln|[zt].?scores?|standardi[sz]ed|sqrt|square.?roots?|predicted|residuals?)\b|[<>≤≥]\s?=?\s?[0-9]|"
    r"[,(:;]\s*(?:at |after |by )?[0-9]+[\s-]?(?:month|week|year|yr|day)s?\s*(?:[,)\];:]|$)",
    re.IGNORECASE,
)
"""What says that a name is of another time, of somebody else, on another scale, or of a part of the numbers."""
_OTHERS = re.compile(
    r"\b(?:mothers?|fathers?|parents?|maternal|paternal|partners?|spouses?|care.?givers?|carers?|siblings?|relatives?|"
    r"informants?|prox(?:y|ies)|(?:at |after )?(?:follow.?ups?|discharge|end.?point|study end|exit)|"
    r"(?:month|week|year|day|wave)s?\s?[0-9]+|[0-9]+[\s-](?:month|week|year|day)s?)\b(?!.*\bbaseline)",
    re.IGNORECASE,
)
"""What says over rows that they are of other people than the table, or of another time."""
_BOTH = re.compile(r"(?<![\w/:])(?P<first>\w+)\s*[/:]\s*(?P<second>\w+)(?![\w/:])")
_ALONE = re.compile(r"^(?:only|in|among)\s+|\s+(?:only|alone)$", re.IGNORECASE)
_SEX = frozenset(("sex", "gender"))
_KINDS = frozenset(("status", "habit", "habits", "behaviour", "behavior"))
_FORMER = frozenset(("ex", "former", "past", "previous"))


@dataclass(frozen=True)
class Named:
    """The question that a label names, and what else the label says; ``other`` where it is not that very question."""

    question: Question | None = None
    name: str = ""
    rest: str = ""
    other: bool = False

    @property
    def own(self) -> Question | None:
        """The question, where the label is of nothing else."""
        return None if self.other else self.question


def named(vocabulary: Vocabulary, label: Label) -> Named:
    """Return the question that a label names, the longest of its names first."""
    for name, rest in label.names:
        question = vocabulary.question(name)
        if question is None:
            bare = _BASELINE.sub("", _without_unit(name))
            question = vocabulary.question(bare) if bare != name else _alike(vocabulary, name)
            if question is not None and question.kind != "numeric" and _BASELINE.sub("", name) != bare:
                question = None  # levels have no unit: hepatitis, mg/dl
        if question is not None:
            said = rest if form(name) == form(question.name) else name + rest  # "age: follow-up" names it, too
            return Named(question, name, rest, _ELSEWHERE.search(said) is not None)
    return Named()


def _without_unit(name: str) -> str:
    """Return a name without a unit behind it: *Age in years*, *BMI kg/m2*; one letter is none, as in *vitamin C*."""
    for between in (" in ", " "):
        before, found, unit = name.rpartition(between)
        apart = re.search(r"[,;:(\[–—-]\s*$", before) or re.match(r"[(\[]", unit)  # a part of its own
        if found and not apart and is_beside(unit) and re.search(r"[^\W\d_]{2}|/", unit):
            return before
    return name


def _alike(vocabulary: Vocabulary, name: str) -> Question | None:
    """Return the one question of levels that has the words of a name: *Smoking status* is ``smokes``, gender is sex."""
    if form(name) in _SEX:
        found = [one for one in vocabulary.questions if form(one.name) in _SEX]
    else:
        stems, bare = _stems(name), _stems(_WITH.sub(" ", _WITHOUT.sub(" ", name.casefold())))
        found = [
            one
            for one in vocabulary.questions
            if one.kind == "categorical"
            and (
                stems == _stems(one.name) != ()
                or (_positive(one) is not None and bare == _stems(_WITH.sub(" ", form(one.name))) != ())
            )
        ]
    return found[0] if len(found) == 1 and found[0].kind == "categorical" else None


@lru_cache(2**14)
def _stems(text: str) -> tuple[str, ...]:
    """Return the words of a name without their endings: *smokers*, *smoking* and *smokes* are one."""
    words = [word for word in form(text).split() if word not in _KINDS]
    return tuple(re.sub(r"(?<=\w{4})(?:ing|ers?|ed|es|e|s)$", "", word) for word in words)


def is_of_others(vocabulary: Vocabulary, label: Label, before: Question | None) -> bool:
    """Tell whether what stands over rows says that they are of others, of another time, or of one level alone.

    ``before`` is the question whose levels may stand there, too. What has levels below it says what it tells.
    """
    if label.spec is not None:
        return False
    bare = _ALONE.sub("", label.names[0][0])
    levels = (level_beside(one, bare) for one in vocabulary.questions if one.kind == "categorical" and one != before)
    return _OTHERS.search(bare) is not None or any(level is not None for level in levels)


def level_said(question: Question, label: Label) -> int | None:
    """Return the level that the label of a question names beside it, and otherwise yes where nothing denies it.

    *No* is a level behind ``=`` and beside another word for people, and a number of people in *No. (%)*.
    """
    text = _NUMBER.sub(" ", label.names[0][0])
    parts = [part.strip() for part in _PARTS.split(text)][1:]
    found = {part: _level_in(question, part) for part in parts if form(part) == "no" or spec_in(part)[1].strip()}
    levels = {level for level in found.values() if level is not None}
    if len(levels) == 1:
        clear = any(form(part) != "no" for part, level in found.items() if level is not None)
        return levels.pop() if clear or "=" in text or spec_in(_NOT.sub(" ", text))[0] is not None else None
    if levels or (_NOT.search(text) and not _NOT.search(" ".join((question.name, form(question.name))))):
        return _negative(question) if _WITHOUT.search(text) else None
    return _positive(question)


def _level_in(question: Question, part: str) -> int | None:
    """Return the level that a part of a label names, alone or beside what is told of it: *n female*."""
    level = level_of(question, part)
    return level_of(question, tidied(spec_in(part)[1])) if level is None and form(part) != "no" else level


def _negative(question: Question) -> int | None:
    """Return the level that says no, of a question of two."""
    yes = _positive(question)
    return None if yes is None or form(question.titles[1 - yes]) not in _NO else 1 - yes


def _positive(question: Question) -> int | None:
    """Return the level that says yes, of a question of two."""
    places = [place for place, title in enumerate(question.titles) if form(title) in _YES]
    return places[0] if len(question.levels) == 2 and len(places) == 1 else None


def level_beside(question: Question, text: str) -> int | None:
    """Return the level that a text names, alone or beside the name of its question."""
    level = level_of(question, text)
    if level is not None:
        return level if form(text) not in _YES and not text.isdigit() else None
    before, equals, after = text.partition("=")
    if equals:
        return level_of(question, after.strip()) if form(before) == form(question.name) else None
    words, name = form(text), form(question.name)
    for own in _SEX if name in _SEX else (name,):
        for rest in (words.removeprefix(f"{own} "), words.removesuffix(f" {own}")):
            if rest != words:
                return level_of(question, rest)
    return _of_its_kind(question, words.split())


def _of_its_kind(question: Question, words: Sequence[str]) -> int | None:
    """Return the level of *current smoker* among never, former and current, and where there are yes and no, yes."""
    stems = _stems(question.name)
    if len(words) > 1 and _stems(" ".join(words[1:])) == stems:
        first = words[0]
        places = [
            place
            for place, title in enumerate(question.titles)
            if form(title) == first or (first in _FORMER and form(title) in _FORMER)
        ]
        if len(places) == 1:
            return places[0]
        return _positive(question) if first == "current" and len(stems) == 1 else None
    return None


def both_levels(vocabulary: Vocabulary, label: str) -> tuple[Question, int, int] | None:
    """Return the question of two levels that a label names both of, in this order: *Sex, male/female*, *Sex (M:F)*."""
    for match in _BOTH.finditer(label):
        for question in vocabulary.questions:
            first, second = (level_of(question, match[name]) for name in ("first", "second"))
            own = named(vocabulary, label_of(label[: match.start()])).question if match.start() else None
            if len(question.levels) == 2 and first is not None and second is not None and first != second:
                return (question, first, second) if own in (None, question) else None
    return None


def of_its_kind(vocabulary: Vocabulary, label: Label) -> Question | None:
    """Return the question whose levels a label seems to name and does not: *ever smoker* where there are yes and no."""
    for name, _ in label.names:
        words = name.split()
        for question in vocabulary.questions:
            if question.kind == "categorical" and len(words) == 2 and _stems(words[1]) == _stems(question.name):
                return question
    return None
