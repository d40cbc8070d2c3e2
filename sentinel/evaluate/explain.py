"""Why a rule fires on a day, or why not, for each of its scopes: read from what decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Mark
from sentinel.domain.findings import Direction, RuleKind
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.periods import PeriodKind
from sentinel.evaluate.budgets import counted_spend, period_spend, read_standing
from sentinel.evaluate.context import Context
from sentinel.evaluate.detector import ReasonCode
from sentinel.evaluate.excess import split_excess
from sentinel.evaluate.explanation import Course, Explanation, Why
from sentinel.evaluate.freshness import read_waits
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.new_spend import NEW_FOR_DAYS, QUIET_DAYS, first_charges
from sentinel.evaluate.spikes import JudgedDays, verdicts_by_marks
from sentinel.evaluate.survey import Survey
from sentinel.rules.model import Budget, Freshness, NewSpend, Rule, Rules, Spike

COURSE_DAYS = 60

_WITHOUT_VERDICT = {
    ReasonCode.UNKNOWN_DAY: Why.UNKNOWN_DAY,
    ReasonCode.NOT_STARTED: Why.NOT_STARTED,
    ReasonCode.FIRST_CHARGE: Why.FIRST_CHARGE,
    ReasonCode.TOO_YOUNG: Why.TOO_YOUNG,
    ReasonCode.TOO_FEW_DAYS: Why.TOO_FEW_DAYS,
    ReasonCode.NEGATIVE_COST: Why.NEGATIVE_COST,
    ReasonCode.TOLD_NORMAL: Why.TOLD_NORMAL,
}


def explain(
    rule: Rule,
    day: date,
    matrix: CostMatrix,
    rules: Rules,
    marks: tuple[Mark, ...],
    accounts: Mapping[str, AccountState],
    moment: datetime,
) -> tuple[Explanation, ...]:
    """One explanation for each scope of a rule, in the order of their keys; `matrix` ends with the day."""
    context = Context(matrix, rules, accounts, (), moment, Survey(matrix, rules))
    own_marks = tuple(mark for mark in marks if mark.rule == rule.name)
    return tuple(_BY_KIND[rule.kind](rule, context, own_marks))
