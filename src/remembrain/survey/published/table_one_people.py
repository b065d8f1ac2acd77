"""People by level of a paper's table, and of how many their percentages are.

That is found by what the levels add up to, by how many people there are, and by the percentages themselves; groups that
are everybody together add up to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from remembrain._text import few, shown
from remembrain.survey.published.cells import TOTAL
from remembrain.survey.published.stated import Number
from remembrain.survey.published.table_one_columns import Columns, OfQuestion, whole

_ROUND = 1.01
"""A percentage may be off by half of its last place, and by what a computer makes of that."""


def add_people(columns: Columns, of: OfQuestion) -> None:
    """Add people by level, and how many they are of; percentages where either is not told."""
    people = _People(columns, of)
    if not people.are_people():
        return
    bases = [people.base(place) for place in range(len(columns.groups))]
    people.add_up()
    for places in columns.together():
        with_base = [place for place in places if bases[place] is not None]
        if with_base:
            rows = [(level, place) for level in people.levels for place in with_base]
            value = [people.count(level, place) for level, place in rows]
            if len(people.levels) == 1 and len(of.question.levels) == 2:
                (level,) = people.levels
                value += [_rest(bases[place], people.count(level, place)) for place in with_base]
                rows += [(1 - level, place) for place in with_base]
            value += [bases[place] for place in with_base]
            rows += [(TOTAL, place) for place in with_base]
            told = [np.nan if one is None else float(one) for one in value]
            columns.add_cells("count", "", of.question, rows, told, 0, of.line)
        without = [place for place in places if bases[place] is None]
        rows = [(level, place) for level in people.levels for place in without]
        shares = [people.share(level, place) for level, place in rows]
        if any(one is not None for one in shares):
            decimals = max(one.places for one in shares if one is not None)
            told = [np.nan if one is None else one.value for one in shares]
            columns.add_cells("percent", "", of.question, rows, told, decimals, of.line)


@dataclass
class _People:
    """The rows of one question of levels."""

    columns: Columns
    of: OfQuestion
    levels: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.levels = sorted(self.of.levels)

    def count(self, level: int, place: int) -> int | None:
        """Return how many people of a group are at a level."""
        return whole(self.of.levels[level].cells[place], "count")

    def share(self, level: int, place: int) -> Number | None:
        """Return the percentage of a level in a group."""
        cell = self.of.levels[level].cells[place]
        return cell.numbers.get("percent") if cell else None

    def are_people(self) -> bool:
        """Tell whether numbers alone are people; ask where nothing says it and they may be percentages.

        They are people where they are more than 100, where levels add up to all of a group, or groups to everybody.
        """
        every, everybody = range(len(self.columns.groups)), self.columns.everybody()
        doubtful = [
            level
            for level in self.levels
            if not self.of.levels[level].fact.said
            and all(self.share(level, place) is None and self._of_whole(level, place) is None for place in every)
            and any(self.count(level, place) for place in every)
        ]
        told = [self.count(level, place) or 0 for level in self.levels for place in every]
        sums = [sum(self.count(level, place) or 0 for level in self.levels) for place in every]
        complete = len(self.levels) == len(self.of.question.levels) and any(
            added == self._left(place) != 100 for place, added in enumerate(sums)
        )
        apart = 0 if everybody is None else sum(sums) - 2 * sums[everybody]
        if doubtful and not (complete or max(told) > 100 or (everybody is not None and apart == 0)):
            line = self.of.levels[doubtful[0]].fact.line
            what = "are people or percentages is not said: write n or % beside it"
            self.columns.ask(line.line, f"whether the numbers of {shown(line.label or line.level)} {what}")
            self.columns.understood.lost.add(("", self.of.question.name))
            return False
        return True

    def _of_whole(self, level: int, place: int) -> int | None:
        """Return of how many people a level says to be."""
        return whole(self.of.levels[level].cells[place], "of")

    def base(self, place: int) -> int | None:
        """Return of how many people the levels are in a group, where that can be known."""
        of, told = self.of, [self.count(level, place) for level in self.levels]
        if all(one is None for one in told):
            return None
        every = len(told) == len(of.question.levels) and None not in told
        added, left = sum(one for one in told if one is not None), self._left(place)
        missing = of.no_answer[place] if of.no_answer else None
        if left is not None and (added > left or (missing is not None and every and added != left)):
            self._ask(place, f"{added} people{' who gave an answer' * (missing is not None)}, and there are {left}")
        said = self._said(place)
        if said and (other := self._both_levels(place)) is not None:
            self._ask(place, f"{other} may be two levels, or of how many people: write 12 (15.0%)")
            return None
        if len(said) > 1 or (said and every and said[0] != added):
            self._ask(place, f"of {few(map(str, said))} people, and levels add up to {added}")
        if said or every:
            base = said[0] if said else added
            self._percentages_fit(place, {base, *self._able(place)}, base)
            return base
        return self._by_percentages(place, left)

    def _by_percentages(self, place: int, left: int | None) -> int | None:
        """Return of how many people a level alone is: of all, or of the one number that its percentage allows."""
        if left is None:
            return None
        if self._fit(place, self._able(place)) or self._fit_across(place):
            if not self.of.no_answer and left > 1 and self._fit(place, {left - 1}):
                self._note(place, f"is taken to be of all {left} people")
            return left
        able = [base for base in range(max(1, left // 2), left) if self._fit(place, {base})]
        if not able:
            self._percentages_fit(place, {left}, left)
        elif len(able) == 1:
            self._note(place, f"its percentages are of {able[0]} of {left} people, and taken so")
        return able[0] if len(able) == 1 else None

    def add_up(self) -> None:
        """Say where groups that are everybody together do not add up to everybody."""
        everybody, groups = self.columns.everybody(), self.columns.groups
        if everybody is None:
            return
        for question in self.columns.questions():
            places = [place for place, group in enumerate(groups) if group.question == question]
            people = [groups[place].people for place in places]
            if None in people or sum(one or 0 for one in people) != groups[everybody].people:
                continue
            for level in self.levels:
                told, whole_of = [self.count(level, place) for place in places], self.count(level, everybody)
                added = sum(one or 0 for one in told)
                if None not in told and whole_of is not None and added != whole_of:
                    title = f"{self.of.question.name}, {self.of.question.titles[level]}"
                    what = f"{added} people in the groups of {question.name}, and {whole_of} of everybody"
                    self.columns.ask(self.of.levels[level].fact.line.line, f"{title}: {what}")

    def _left(self, place: int) -> int | None:
        """Return how many people of a group may have answered."""
        people, missing = self.columns.groups[place].people, self.of.no_answer[place] if self.of.no_answer else None
        return None if people is None else people - (missing or 0)

    def _able(self, place: int) -> set[int]:
        """Return of how many people percentages may be: of all of a group, or of those who answered."""
        return {one for one in (self.columns.groups[place].people, self._left(place)) if one}

    def _said(self, place: int) -> list[int]:
        """Return of how many people a group says to be."""
        said = {whole(self.of.levels[level].cells[place], "of") for level in self.levels}
        said.add(self.of.everybody[place] if self.of.everybody else None)
        return sorted(one for one in said if one is not None)

    def _both_levels(self, place: int) -> str | None:
        """Return what stands as *39/161* without a percentage, where both together are all people of a group."""
        people = self.columns.groups[place].people
        for level in (level for level in self.levels if self.share(level, place) is None):
            count, of = self.count(level, place), whole(self.of.levels[level].cells[place], "of")
            if count and of and count + of == people:
                return f"{count}/{of}"
        return None

    def _fit(self, place: int, able: Iterable[int]) -> bool:
        """Tell whether all percentages of a group can be of one of these numbers of people."""
        return all(_fits(self.count(level, place), self.share(level, place), able) for level in self.levels)

    def _fit_across(self, place: int) -> bool:
        """Tell whether percentages are along rows, of all people of a level, in all columns that go with this one."""
        everybody, groups = self.columns.everybody(), self.columns.groups
        asked = groups[place].question or next(iter(self.columns.questions()), None)
        same = [other for other, group in enumerate(groups) if asked is not None and group.question == asked]
        beside = [*same, *([] if everybody is None else [everybody])]
        for level in self.levels:
            whole_of = None if everybody is None else self.count(level, everybody)
            added = whole_of or sum(self.count(level, other) or 0 for other in same)
            if not all(_fits(self.count(level, other), self.share(level, other), {added} - {0}) for other in beside):
                return False
        return bool(same)

    def _percentages_fit(self, place: int, able: set[int], base: int) -> None:
        """Say which percentage is that of no number of people that it can be of."""
        if self._fit(place, able) or self._fit_across(place):
            return
        level = next(one for one in self.levels if not _fits(self.count(one, place), self.share(one, place), able))
        share = self.share(level, place)
        what = f"{self.count(level, place)} of {base} is not {share.value if share else 0:g} %"
        self._ask(place, f"{self.of.question.titles[level]}: {what}", self.of.levels[level].fact.line.line)

    def _title(self, place: int) -> str:
        return f"{self.of.question.name} among {shown(self.columns.groups[place].name)}"

    def _note(self, place: int, what: str) -> None:
        self.columns.understood.note(self.columns.where, f"{self._title(place)}: {what}")

    def _ask(self, place: int, what: str, line: int = 0) -> None:
        self.columns.ask(line or self.of.line, f"{self._title(place)}: {what}")


def _rest(base: int | None, people: int | None) -> int | None:
    """Return who is left of so many people."""
    return None if base is None or people is None else base - people


def _fits(people: int | None, share: Number | None, of: Iterable[int]) -> bool:
    """Tell whether a percentage can be that of so many people, of one of these numbers; one that is not told can."""
    if people is None or share is None:
        return True
    half = 0.5 * 10.0**-share.places * _ROUND
    return any(abs(100 * people / base - share.value) <= half for base in of)
