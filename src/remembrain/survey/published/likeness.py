"""Names of groups in other words than those of levels: *Healthy controls* and *MS patients* are control and patient.

A heading is taken for the one level that its noun is; whoever else it names, or denies, makes it none.
"""

from __future__ import annotations

import re

from remembrain.survey.columns import Question
from remembrain.survey.published.words import form

_PEOPLE = frozenset(("patient", "participant", "subject", "individual", "people", "person", "volunteer", "adult",
                     "group", "arm", "cohort", "sample"))  # fmt: skip
_CONTROLS = frozenset(("hc", "control", "ctrl", "ctl", "healthy", "cntrl"))
_BESIDE_CONTROLS = frozenset(("normal", "matched", "age", "sex", "and", "gender", "volunteer", "subject", "participant",
                              "group", "individual", "people", "person", "adult", "arm", "cohort"))  # fmt: skip
_KINDS = frozenset(("stable", "progressive", "converting", "converted", "early", "late", "mild", "moderate", "severe",
                    "acute", "chronic", "remitted", "treated", "untreated", "possible", "probable", "prodromal",
                    "incident", "prevalent", "onset", "amnestic", "atypical", "typical"))  # fmt: skip
"""What makes a part of those with a diagnosis, and describes all of them where a level is *patient*."""
_AFTER = re.compile(r"\b(?:with|of|in|from|who|undergoing|having|on|at|at risk|for|after|before|during)\b")
_DENIED = frozenset(
    ("without", "no", "non", "not", "never", "former", "ex", "un", "pre", "post", "versus", "vs", "or", "all")
)


def level_like(question: Question, text: str) -> int | None:
    """Return the one level that a heading means in other words, None where it means none or more than one.

    ``Patients with MS`` is a level ``patient``, and ``MS``; with levels of both names it is neither, and so are
    ``relatives of patients``, ``patients without MS`` and ``control patients``.
    """
    if question.kind != "categorical":
        return None
    words = _words(text)
    titles = [_words(title) for title in question.titles]
    if not words or _DENIED & set(words) - {word for title in titles for word in title}:
        return None
    found = [place for place, title in enumerate(titles) if title and _means(text, title)]
    if not found and _is_control(words):
        found = [place for place, title in enumerate(titles) if _CONTROLS & set(title)]
    if len(found) != 1 or (_is_control(words) and not _is_control(titles[found[0]]) and titles[found[0]] != words):
        return None
    others = {word for place, title in enumerate(titles) if place != found[0] for word in title}
    return None if (others - set(titles[found[0]])) & set(words) else found[0]


def _means(text: str, title: list[str]) -> bool:
    """Tell whether the noun of a heading is a level, or the people of that level."""
    parts = _AFTER.split(form(text), maxsplit=1)
    noun, behind = _words(parts[0]), _words(parts[1]) if len(parts) > 1 else []
    of_people = bool(noun) and noun[-1] in _PEOPLE
    if title[-1] not in _PEOPLE and _KINDS & set(noun[: -len(title)]):
        return False
    return noun[-len(title) :] == title or (of_people and (noun[:-1] == title or (len(noun) == 1 and behind == title)))


def _is_control(words: list[str]) -> bool:
    """Tell whether all words say that people are healthy controls."""
    return bool(set(words) & _CONTROLS) and set(words) <= _CONTROLS | _BESIDE_CONTROLS


def _words(text: str) -> list[str]:
    """Return words in small letters and the singular."""
    return [word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word
            for word in form(text).split()]  # fmt: skip
