"""What is swept, one knob at a time: what is published and what the adversary knows, from little to much."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from remembrain._text import few, shown
from remembrain.errors import UsageError
from remembrain.record.table_settings import Protection
from remembrain.survey.release import FEWEST_OTHERS, Case, Survey


@dataclass(frozen=True)
class Knob:
    """What is swept: its name in a file, in words, what a value is, and the values tried where none are declared."""

    name: str
    title: str
    unit: str
    values: tuple[float, ...]
    protects: bool = False


KNOBS: tuple[Knob, ...] = (
    Knob("group_size", "People in the tables", "", (25, 50, 100, 250, 500, 1000, 2000)),
    Knob("tables", "Published tables", "share of all", (0.05, 0.1, 0.25, 0.5, 1.0)),
    Knob("known", "Answers known", "share of all", (0.1, 0.25, 0.5, 0.75, 1.0)),
    Knob("answer_error", "Answers known wrongly", "share of the known", (0.0, 0.05, 0.1, 0.2, 0.3)),
    Knob("reference_size", "Size of the reference", "people", (50, 100, 200, 500, 1000)),
    Knob("reference_tilt", "Tilt of the reference", "standard deviations", (0.0, 0.25, 0.5, 1.0)),
    Knob("reliability", "Reliability of what it measured", "correlation", ()),
    Knob("knows_n", "Whether it knows how many took part", "1 is yes", ()),
    Knob("round_to", "Rounding", "to multiples of", (0, 3, 5, 10, 20, 50), protects=True),
    Knob("suppress_below", "Suppression", "of cells below", (0, 5, 10, 20, 50), protects=True),
    Knob("noise_epsilon", "Noise", "epsilon of all tables", (1000, 300, 100, 30, 10, 3, 1), protects=True),
    Knob("sample", "Sampling", "share counted", (), protects=True),
)
"""All of them; those without values are swept where values are declared. :data:`REALISM` joins several."""

FULL: Mapping[str, Any] = {
    "known": 1.0,
    "known_columns": (),
    "answer_error": 0.0,
    "reference_tilt": 0.0,
    "reliability": 1.0,
    "knows_n": True,
}
REALISM: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("everything known", {}),
    ("half of the answers", {"known": 0.5}),
    ("and one in ten of them wrong", {"known": 0.5, "answer_error": 0.1}),
    ("and a reference of 500", {"known": 0.5, "answer_error": 0.1, "reference_size": 500}),
    (
        "and that tilted by half a standard deviation",
        {"known": 0.5, "answer_error": 0.1, "reference_size": 500, "reference_tilt": 0.5},
    ),
)
"""From full to realistic knowledge, one limit after another."""

DEMOGRAPHIC = re.compile(
    r"(?i)(^|[^a-z])(age|sex|gender|race|ethnic\w*|education|marital|married|income|country|region|urban|religion|born)"
    r"($|[^a-z])|^(riageyr|riagendr|ridreth\d|dmdeduc\d|dmdmartl)$|gender|ethnic|origin|education|marital|household"
)
"""Names of columns that say what most acquaintances know of a person."""


def values_of(knob: Knob, declared: Mapping[str, Sequence[float]], survey: Survey, case: Case) -> list[float]:
    """Return the values of a knob that can be tried; only declared ones where any knob is declared."""
    people = len(survey.answers)
    values = list(declared.get(knob.name, () if declared else knob.values))
    if knob.name == "group_size":
        values = [n for n in values if n <= people // 2] if knob.name not in declared else values
    if knob.name == "reference_size" and knob.name not in declared:
        values = [r for r in values if r <= _most_reference(survey, case)]
    return sorted(set(values), reverse=knob.name in ("noise_epsilon", "sample"))


def check_declared(declared: Mapping[str, Sequence[float]]) -> None:
    """Raise where a sweep is declared of what is no knob.

    Raises
    ------
    UsageError
        Naming the knobs that there are.
    """
    names = [knob.name for knob in KNOBS]
    for name in declared:
        if name not in names:
            raise UsageError(
                f"no knob {shown(name)!r} to sweep", where="[sweep]", expected=f"one of {', '.join(names)}"
            )


def changed(case: Case, name: str, value: float) -> Case:
    """Return a case with one knob turned; protection is tried alone, and not beside what is declared."""
    rules, adversary = case.rules, case.adversary
    bare = Protection(sample=rules.sample, noise=rules.noise, noise_delta=rules.noise_delta)
    turned: dict[str, Callable[[], Case]] = {
        "group_size": lambda: replace(case, group_size=int(value)),
        "tables": lambda: case,
        "round_to": lambda: replace(case, rules=replace(bare, round_to=int(value))),
        "suppress_below": lambda: replace(case, rules=replace(bare, suppress_below=int(value))),
        "noise_epsilon": lambda: replace(case, rules=replace(bare, noise_epsilon=float(value))),
        "sample": lambda: replace(case, rules=replace(bare, sample=float(value))),
        "known": lambda: replace(case, adversary=replace(adversary, known=float(value), known_columns=())),
        "answer_error": lambda: replace(case, adversary=replace(adversary, answer_error=float(value))),
        "reference_size": lambda: replace(case, adversary=replace(adversary, reference_size=int(value))),
        "reference_tilt": lambda: replace(case, adversary=replace(adversary, reference_tilt=float(value))),
        "reliability": lambda: replace(case, adversary=replace(adversary, reliability=float(value))),
        "knows_n": lambda: replace(case, adversary=replace(adversary, knows_n=bool(value))),
    }
    return turned[name]()


def realistic(survey: Survey, case: Case) -> dict[str, Case]:
    """Return a case under each of the limits of :data:`REALISM`, by the words of the step."""
    cases = {}
    for words, limits in (*REALISM, *_demographics(survey)):
        limited = {**FULL, **limits}
        if "reference_size" in limited:
            limited["reference_size"] = min(limited["reference_size"], _most_reference(survey, case))
        cases[words] = replace(case, adversary=replace(case.adversary, **limited))
    return cases


def _demographics(survey: Survey) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what somebody knows who knows a person's demographics and nothing else, where some columns are such."""
    questions = (*survey.answers.categorical, *survey.answers.numeric)
    columns = tuple(question.name for question in questions if DEMOGRAPHIC.search(question.name))
    if not columns or len(columns) == len(questions):
        return []
    return [(f"demographics alone ({few(columns, 2, most_letters=16)})", {"known_columns": columns})]


def _most_reference(survey: Survey, case: Case) -> int:
    """Return how many people a reference could have, while enough others are left to test."""
    if survey.reference is not None:
        return len(survey.reference)
    people = len(survey.answers)
    return people // 4 if case.group_size is None else max(20, people - case.group_size - FEWEST_OTHERS)
