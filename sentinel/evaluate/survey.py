"""What rules read of a matrix: selected, grouped, muted and judged, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import CostMatrix
from sentinel.domain.scopes import Dimension, Scope
from sentinel.evaluate.attribution import DayExcess, rows_by_place
from sentinel.evaluate.detector import Panel, Verdicts, judge
from sentinel.evaluate.excess import baseline_columns
from sentinel.evaluate.foretold import Foretold
from sentinel.evaluate.groups import Groups, group
from sentinel.evaluate.muted import MutedScopes, read_mutes
from sentinel.evaluate.overridden import Overridden, find_overridden
from sentinel.rules.matching import Selection, UnknownValue, select
from sentinel.rules.model import Budget, PartRule, Rules, Spike

_Look = tuple[bytes, tuple[Dimension, ...]]
"""Which series a rule selects, and by what it splits them: rules that look at the same share its scopes."""


class Survey:
    """A matrix as its rules see it.

    Evaluations that each see a part of one matrix (`CostMatrix.part`) may share its survey: what is worked out for one
    serves the others. That changes no verdict: a verdict on a day rests on the days before it, and a sum or a mute of a
    day on that day alone. `matrix`, wherever it is asked for, is the part that an evaluation sees.
    """

    def __init__(self, whole: CostMatrix, rules: Rules) -> None:
        self.tier_pattern = rules.settings.tier_pattern
        self.foretold = Foretold(whole)
        self._whole = whole
        self._routes = rules.routes
        self._mutes = read_mutes(rules.mutes, whole, self.tier_pattern)
        self._selections: dict[str, Selection] = {}
        self._groups: dict[_Look, Groups] = {}
        self._overridden: dict[str, Overridden] = {}
        self._muted: dict[_Look, MutedScopes] = {}
        self._judged: dict[str, _Judged] = {}
        self._excesses: dict[tuple[int, bytes], DayExcess] = {}

    def selection(self, rule: PartRule) -> Selection:
        """The series that a rule looks at."""
        if rule.name not in self._selections:
            self._selections[rule.name] = select(rule, self._whole.series, self.tier_pattern)
        return self._selections[rule.name]

    @cached_property
    def unknown_in_routes(self) -> tuple[tuple[int, UnknownValue], ...]:
        """The values of routes that nothing bears, each with the place of its route."""
        return tuple(
            (place, unknown)
            for place, route in enumerate(self._routes)
            for unknown in select(route, self._whole.series, self.tier_pattern).unknown
        )

    def overridden(self, rule: Budget) -> Overridden:
        """Which scopes of a budget have an amount of their own."""
        if rule.name not in self._overridden:
            groups = self._whole_groups(rule)
            self._overridden[rule.name] = find_overridden(rule, groups, self._whole.series, self.tier_pattern)
        return self._overridden[rule.name]

    def groups(self, rule: PartRule, matrix: CostMatrix) -> Groups:
        """The scopes of a rule."""
        begin, end = self._columns(matrix)
        return self._whole_groups(rule).part(begin, end)

    def muted(self, rule: PartRule, matrix: CostMatrix) -> MutedScopes:
        """The muted days of the scopes of a rule."""
        begin, end = self._columns(matrix)
        return self._whole_muted(rule).part(begin, end)

    def verdicts(self, rule: Spike, matrix: CostMatrix, first: int) -> Verdicts:
        """The verdicts on the columns of a part from `first` on, before anybody said a word on its days."""
        begin, end = self._columns(matrix)
        judged = self._judged.get(rule.name)
        if judged is None or judged.first > begin + first:
            judged = self._judged[rule.name] = self._judge(rule, begin + first)
        return judged.part(begin + first, end)

    def day_excess(self, matrix: CostMatrix, column: int, covered: NDArray[np.bool_]) -> DayExcess:
        """What each series cost above its usual on one column; `covered` is [days] of the part."""
        begin, _ = self._columns(matrix)
        key = (begin + column, (begin + baseline_columns(covered, column)).tobytes())
        if key not in self._excesses:
            self._excesses[key] = DayExcess.on(matrix, column, covered)
        return self._excesses[key]

    def inside(self, scope: Scope) -> NDArray[np.int64]:
        """The series that lie in an account or workspace."""
        return self._rows_by_place[tuple(place.id for place in scope.places)]

    @cached_property
    def _rows_by_place(self) -> Mapping[tuple[str, ...], NDArray[np.int64]]:
        return rows_by_place(self._whole.series)

    def _columns(self, matrix: CostMatrix) -> tuple[int, int]:
        begin = self._whole.column(matrix.first_day)
        return begin, begin + matrix.days

    def _look(self, rule: PartRule) -> _Look:
        return self.selection(rule).mask.tobytes(), rule.splits_by

    def _whole_groups(self, rule: PartRule) -> Groups:
        look = self._look(rule)
        if look not in self._groups:
            self._groups[look] = group(self._whole, self.selection(rule).mask, rule.splits_by, self.tier_pattern)
        return self._groups[look]

    def _whole_muted(self, rule: PartRule) -> MutedScopes:
        look = self._look(rule)
        if look not in self._muted:
            self._muted[look] = self._mutes.apply(self._whole_groups(rule))
        return self._muted[look]

    def _judge(self, rule: Spike, first: int) -> _Judged:
        groups = self._whole_groups(rule)
        panel = Panel(
            first_day=self._whole.first_day,
            cost=groups.cost,
            known=groups.covered,
            muted=self._whole_muted(rule).partly,
            normal_from=np.zeros(len(groups.scopes), np.int64),
        )
        verdicts = judge(panel, first, self._whole.days, z=rule.z, method=rule.method.value, window=rule.window)
        return _Judged(first, verdicts)


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """The verdicts on all columns from `first` on."""

    first: int
    verdicts: Verdicts

    def part(self, begin: int, end: int) -> Verdicts:
        columns = slice(begin - self.first, end - self.first)
        return Verdicts(*(getattr(self.verdicts, field.name)[:, columns] for field in fields(Verdicts)))
